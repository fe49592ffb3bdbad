"""The way from a file with faults to a verified decision, as the tutorial goes it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.app.browser import at_rest, press, turn, type_into

ROOT = Path(__file__).resolve().parents[2]
FAULTY = ROOT / "inputs" / "applications-with-faults.xlsx"
BASE = "Base 2026 (synthetic sample)"
NAME = "Smaller envelope"
ENVELOPES = {"2026": "6,000,000", "2027": "5,000,000"}
FLOOR = "7"  # per cent of the envelope for small cities
CITY = "Caen"
REASON = "Keeps small cities in the fund while the envelope shrinks."
AUTHOR = "A. Analyst (invented)"

# Sheet, a heading that it alone has, column and row in its grid, and what belongs there; column 1
# of a grid is the row in the file.
CORRECTIONS = (
    ("Cities", "Region", 7, 2, "1119000"),
    ("Activities", "Title", 13, 6, "173400"),
    ("Assessment", "Eligible", 5, 1, "65"),
)


def open_file(page: Page, path: Path) -> None:
    """Open a workbook on page Applications."""
    turn(page, "Applications")
    page.get_by_text("Open other applications").click()
    at_rest(page)  # files given while the page is drawn are lost
    page.locator('input[type="file"]').first.set_input_files(path)
    press(page, "Open these files")


def correct(page: Page) -> None:
    """Put the planted faults right in the grids; nothing of it counts yet."""
    for done, (sheet, heading, column, row, value) in enumerate(CORRECTIONS, 1):
        page.get_by_test_id("stRadio").get_by_text(sheet, exact=True).click()
        expect(grid_of(page)).to_contain_text(heading)  # the other sheet's grid is gone
        at_rest(page)
        type_into(page, grid_of(page), column, row, value)
        changes = "1 change" if done == 1 else f"{done} changes"
        expect(page.get_by_text(f"{changes} not applied yet")).to_be_visible()
        at_rest(page)


def grid_of(page: Page) -> Locator:
    """The grid of the sheet that is shown."""
    return page.get_by_test_id("stDataFrame").first


def fill(page: Page, label: re.Pattern[str], text: str) -> None:
    """Type into a field, and leave it."""
    field = page.get_by_role("textbox", name=label)
    field.fill(text)
    field.press("Tab")
    at_rest(page)


def make_scenario(page: Page) -> None:
    """A scenario that differs from the base by its envelope and the floor for small cities."""
    turn(page, "Scenarios")
    page.get_by_role("button", name="New", exact=True).click()
    page.get_by_label("Name", exact=True).fill(NAME)
    press(page, "Make it")
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    for year, amount in ENVELOPES.items():
        fill(page, re.compile(f"^Envelope {year}"), amount)
    expect(page.get_by_text("Together 11,000,000 EUR")).to_be_visible()
    page.get_by_role("tab", name="Rules", exact=True).click()
    at_rest(page)
    shares = page.get_by_test_id("stDataFrame").filter(has_text="size_class")
    type_into(page, shares, column=5, row=1, text=FLOOR)  # Attribute, Group, Groups, Each, At least
    at_rest(page)


def compare(page: Page) -> None:
    """The scenario beside the base, and nothing else."""
    turn(page, "Compare")
    nobody = page.get_by_text("Choose a scenario to stand beside the reference.")
    page.get_by_role("button", name="Clear all").click()
    expect(nobody).to_be_visible()
    at_rest(page)
    page.get_by_label("Beside it, up to 9").click()
    page.get_by_role("option", name=NAME).click()
    expect(page.get_by_test_id("stMultiSelect").filter(has_text=NAME)).to_be_visible()
    at_rest(page)
    page.keyboard.press("Escape")
    allocate_if_asked(page)
    expect(nobody).to_have_count(0)


def allocate_if_asked(page: Page) -> None:
    """On a slow machine an allocation waits to be asked for."""
    button = page.get_by_role("button", name=re.compile(r"^Allocate( \d+ scenarios?)?$"))
    if button.count():
        button.first.click()
        at_rest(page)


def open_city(page: Page) -> None:
    """Everything about one city, on page Allocation."""
    turn(page, "Allocation")
    allocate_if_asked(page)
    field = page.get_by_label("City", exact=True)
    field.click()
    field.press_sequentially(CITY)
    page.get_by_role("option", name=CITY).first.click()
    at_rest(page)
    expect(page.get_by_role("button", name="Close", exact=True)).to_be_visible()


def adopt(page: Page) -> None:
    """The allocation of the scenario in hand is adopted."""
    turn(page, "Decide and export")
    allocate_if_asked(page)
    page.get_by_label("Reason", exact=True).fill(REASON)
    page.get_by_label("Adopted by", exact=True).fill(AUTHOR)
    press(page, "Adopt this allocation")
    expect(page.get_by_text("Of the present inputs")).to_be_visible()


def download(page: Page, folder: Path) -> Path:
    """The award workbook of what was adopted, as the browser saved it."""
    press(page, "Prepare award workbook")
    button = page.get_by_role("button", name="Download award workbook", exact=True)
    expect(button).to_be_visible()
    with page.expect_download() as waiting:
        button.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path
