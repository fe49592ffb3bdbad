"""The way from a file with faults to a verified decision, as the tutorial goes it."""

from __future__ import annotations

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

# Sheet → column and row of its grid, and what belongs there; column 1 is the row in the file.
CORRECTIONS = (
    ("Cities", 7, 2, "1119000"),
    ("Activities", 13, 6, "173400"),
    ("Assessment", 5, 1, "65"),
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
    for done, (sheet, column, row, value) in enumerate(CORRECTIONS, 1):
        page.get_by_test_id("stButtonGroup").get_by_text(sheet, exact=True).click()
        at_rest(page)
        type_into(page, grid_of(page), column, row, value)
        changes = "1 change" if done == 1 else f"{done} changes"
        expect(page.get_by_text(f"{changes} not applied yet")).to_be_visible()
        at_rest(page)


def grid_of(page: Page) -> Locator:
    """The grid of the sheet that is shown."""
    return page.get_by_test_id("stDataFrame").first


def fill(page: Page, label: str, text: str) -> None:
    """Type into a field, and leave it."""
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Tab")
    at_rest(page)
