"""The workbench in a real browser: the whole way, by hand and by keyboard, and for every reader.

Where a test fails, a trace and a picture of its page are kept in the folder that FUNDING_TRACES
names, else beside the test's other files; the report says where. ``playwright show-trace`` opens
a trace.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app import main_path as path
from tests.app.browser import (
    OURS,
    at_rest,
    browsing,
    new_page,
    open_workbench,
    press,
    serving,
    turn,
    type_into,
)
from tests.app.failing import failed
from tests.app.reading import hard_to_read, unnamed
from tests.app.support import three_files

pytestmark = pytest.mark.needs_browser

PAGES = ("Applications", "Scenarios", "Allocation", "Compare", "Decide and export")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of a workbench of this test alone."""
    with serving(tmp_path) as found:
        yield found


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with browsing(chromium) as found:
        yield found


@pytest.fixture
def page(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that has asked no other machine when the test ends."""
    hosts: set[str] = set()
    made = new_page(browser, hosts)
    made.context.tracing.start(screenshots=True, snapshots=True)
    yield made
    if failed(request.node):
        folder = Path(os.environ.get("FUNDING_TRACES") or tmp_path)
        folder.mkdir(parents=True, exist_ok=True)
        stem = folder / request.node.name
        made.screenshot(path=f"{stem}.png", full_page=True)
        made.context.tracing.stop(path=f"{stem}.zip")
        sys.stdout.write(f"The page as it was: {stem}.png and {stem}.zip\n")
    else:
        made.context.tracing.stop()
    assert hosts <= OURS, "the workbench asks other machines"
    assert "127.0.0.1" in hosts


def test_from_a_file_with_faults_to_a_decision_that_verifies(
    page: Page, address: str, tmp_path: Path
) -> None:
    """The tutorial's way: open, correct, allocate less money, compare, explain, adopt, verify."""
    open_workbench(page, address)
    expect(page.get_by_text("Synthetic data").first).to_be_visible()
    path.open_file(page, path.FAULTY)
    for place in ("Cities!F4", "Activities!L8", "Assessment!D3"):
        expect(page.get_by_text(place, exact=True)).to_be_visible()
    path.correct(page)
    press(page, "Apply")
    expect(page.get_by_text("3 edits applied")).to_be_visible()
    path.make_scenario(page)
    path.compare(page)
    expect(page.get_by_text("1,000,000 EUR less is awarded than in Base 2026")).to_be_visible()
    path.open_city(page)
    expect(page.get_by_text("68,600 EUR of 194,000 EUR requested")).to_be_visible()
    path.adopt(page)
    file = path.download(page, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "funding", "verify", str(file)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "all cells and hashes agree" in done.stderr


def test_the_way_by_keyboard_alone(page: Page, address: str) -> None:
    """From the first page to a changed envelope and an adopted allocation, without a mouse."""
    open_workbench(page, address)
    follow(page, "Scenarios")
    reach(page, "textbox", "Envelope 2026")
    page.keyboard.press("Control+A")
    page.keyboard.type("6,000,000")
    page.keyboard.press("Tab")
    at_rest(page)
    expect(page.get_by_text("Together 11,600,000 EUR")).to_be_visible()
    follow(page, "Decide and export")
    expect(page.get_by_text("of 11,600,000 EUR awarded")).to_be_visible()
    reach(page, "textbox", "Reason")
    page.keyboard.type("Less money")
    reach(page, "textbox", "Adopted by")
    page.keyboard.type("A. Analyst")
    reach(page, "button", "Adopt this allocation")
    page.keyboard.press("Enter")
    at_rest(page)
    expect(page.get_by_text("Of the present inputs")).to_be_visible()
    reach(page, "button", "Prepare award workbook")
    page.keyboard.press("Enter")
    at_rest(page)
    reach(page, "button", "Download award workbook")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename.endswith(".awards.xlsx")


def test_text_can_be_read_on_light_and_on_dark(browser: Browser, address: str, page: Page) -> None:
    """4.5 : 1 for every text of every page, 3 : 1 for large text."""
    wrong: list[str] = []
    dark = new_page(browser, set(), look="dark")
    for look, each in (("light", page), ("dark", dark)):
        open_workbench(each, address)
        for name in PAGES:
            turn(each, name)
            wrong += [f"{look}, {name}: {text}" for text in hard_to_read(each)]
    assert not wrong, "\n".join(wrong)


def test_everything_that_can_be_pressed_or_filled_has_a_name(page: Page, address: str) -> None:
    wrong: list[str] = []
    open_workbench(page, address)
    for name in PAGES:
        turn(page, name)
        wrong += [f"{name}: {control}" for control in unnamed(page)]
    assert not wrong, "\n".join(wrong)


def test_a_broken_file_is_left_out_and_an_edit_undone(
    page: Page, address: str, tmp_path: Path
) -> None:
    """Grenoble's file and the ministry's are sound; Lille's says that nobody lives there."""
    paths = []
    for name, data in three_files(Cities_E2=0):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(data)
    open_workbench(page, address)
    turn(page, "Applications")
    expect(page.get_by_text("No faults")).to_be_visible()
    page.get_by_text("Open other applications").click()
    at_rest(page)  # files given while the page is drawn are lost
    page.locator('input[type="file"]').first.set_input_files(paths)
    press(page, "Open these files")
    expect(page.get_by_text("3 files · 1 with faults, 2 sound")).to_be_visible()
    expect(page.get_by_text("lille.xlsx: Cities!E2")).to_be_visible()
    press(page, "Go on without the file that has faults")
    expect(page.get_by_text("Left out, as it has faults: lille.xlsx")).to_be_visible()
    expect(page.get_by_text("1 city · 2 activities")).to_be_visible()

    grid = page.get_by_test_id("stDataFrame").nth(1)  # after the table of files
    type_into(page, grid, column=4, row=0, text="Gratianopolis")  # Row, City code, File, City
    expect(page.get_by_text("City: Grenoble → Gratianopolis")).to_be_visible()
    turn(page, "Decide and export")  # nothing is lost on another page
    turn(page, "Applications")
    expect(page.get_by_text("1 change not applied yet")).to_be_visible()
    press(page, "Apply")
    expect(page.get_by_text("1 edit applied")).to_be_visible()
    page.get_by_text("Record of changes · 4 steps").click()
    press(page, "Undo the last step")
    expect(page.get_by_text("1 edit applied")).to_have_count(0)
    expect(page.get_by_text("Record of changes · 5 steps")).to_be_visible()
    expect(page.get_by_text("Left out, as it has faults: lille.xlsx")).to_be_visible()


def reach(page: Page, role: str, name: str) -> None:
    """Press Tab until a control has the focus; what it is, the browser says."""
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    for _ in range(300):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {role} {name}")


def follow(page: Page, name: str) -> None:
    """Go to a page by the keyboard."""
    reach(page, "link", name)
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name=name, exact=True)  # the lead's links end with an arrow
    expect(link).to_have_attribute("aria-current", "page")
    at_rest(page)
