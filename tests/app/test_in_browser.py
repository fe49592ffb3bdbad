"""The workbench in a real browser: an edit in a grid reaches the allocation."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Locator, Page, expect, sync_playwright

from funding import places
from tests.app.support import three_files

pytestmark = pytest.mark.needs_browser

PATIENCE = 30_000  # milliseconds
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a workbench that runs while the test does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = places.streamlit_script()
    options = ["--server.headless=true", f"--server.port={port}", "--server.fileWatcherType=none"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=script.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    """A new page that has asked no other machine when the test ends."""
    hosts: set[str] = set()
    expect.set_options(timeout=PATIENCE)  # a busy machine is no fault
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
        made = browser.new_page(viewport={"width": 1440, "height": 1000})
        made.set_default_timeout(PATIENCE)
        made.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
        yield made
        browser.close()
    assert hosts <= {"127.0.0.1", ""}


def open_page(page: Page, address: str) -> None:
    """Open the workbench; its server may still be starting."""
    for _ in range(100):
        try:
            page.goto(address)
            return
        except Error:  # refused, as nothing listens yet
            page.wait_for_timeout(200)
    raise AssertionError("the workbench did not start")


def at_rest(page: Page) -> None:
    """Wait until nothing runs."""
    page.wait_for_timeout(300)  # a run starts a moment after the click
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def type_into(page: Page, grid: Locator, column: int, row: int, text: str) -> None:
    """Type into a cell of a grid, which is drawn on a canvas: by the keyboard, step by step.

    ``column`` counts from 1, the markers of rows being column 0.
    """
    grid.scroll_into_view_if_needed()
    grid.click(position={"x": 60, "y": 52})  # the first cell: not editable, so no editor opens
    chosen = grid.locator('[data-testid^="glide-cell-"][aria-selected="true"]')
    expect(chosen).to_have_attribute("data-testid", "glide-cell-1-0")
    for key, steps in (("ArrowRight", column - 1), ("ArrowDown", row)):
        for _ in range(steps):
            page.keyboard.press(key)
            page.wait_for_timeout(60)
    expect(chosen).to_have_attribute("data-testid", f"glide-cell-{column}-{row}")
    page.keyboard.press("Enter")
    box = page.get_by_test_id("portal").locator("input, textarea").first
    expect(box).to_be_focused()
    box.fill(text)
    page.keyboard.press("Enter")
    expect(box).to_have_count(0)


def test_an_edit_in_a_grid_reaches_the_allocation(page: Page, address: str, tmp_path: Path) -> None:
    open_page(page, address)
    expect(page.get_by_text("Synthetic data").first).to_be_visible()
    expect(page.get_by_text("Rules that bind")).to_be_visible()

    page.get_by_role("link", name="Applications").click()
    expect(page.get_by_text("No faults")).to_be_visible()
    grid = page.get_by_test_id("stDataFrame").first
    type_into(page, grid, column=3, row=0, text="Lutetia *new*")  # Row, City code, City
    expect(page.get_by_text("1 change not applied yet")).to_be_visible()

    page.get_by_role("link", name="Decide and export").click()  # nothing is lost on another page
    at_rest(page)
    page.get_by_role("link", name="Applications").click()
    expect(page.get_by_text("1 change not applied yet")).to_be_visible()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_text("1 edit applied")).to_be_visible()

    page.get_by_role("link", name="Allocation").click()
    search = page.get_by_placeholder("City, region")
    search.fill("lutetia")
    search.press("Enter")
    expect(page.get_by_text("1 of 123 cities")).to_be_visible()

    page.get_by_role("link", name="Decide and export").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Award workbook").first.click()
    path = tmp_path / "awards.xlsx"
    waiting.value.save_as(path)
    assert path.read_bytes().startswith(b"PK")
    at_rest(page)


def test_a_broken_file_is_left_out_and_an_edit_undone(
    page: Page, address: str, tmp_path: Path
) -> None:
    """Grenoble's file and the ministry's are sound; Lille's says that nobody lives there."""
    paths = []
    for name, data in three_files(Cities_E2=0):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(data)
    open_page(page, address)
    page.get_by_role("link", name="Applications").click()
    expect(page.get_by_text("No faults")).to_be_visible()
    page.get_by_text("Open other applications").click()
    at_rest(page)  # files given while the page is drawn are lost
    page.locator('input[type="file"]').first.set_input_files(paths)
    page.get_by_role("button", name="Open these files").click()
    expect(page.get_by_text("3 files · 1 with faults, 2 sound")).to_be_visible()
    expect(page.get_by_text("lille.xlsx: Cities!E2")).to_be_visible()

    page.get_by_role("button", name="Go on without the file that has faults").click()
    expect(page.get_by_text("Left out, as it has faults: lille.xlsx")).to_be_visible()
    expect(page.get_by_text("1 city · 2 activities")).to_be_visible()

    at_rest(page)
    grid = page.get_by_test_id("stDataFrame").nth(1)  # after the table of files
    type_into(page, grid, column=4, row=0, text="Gratianopolis")  # Row, City code, File, City
    expect(page.get_by_text("City: Grenoble → Gratianopolis")).to_be_visible()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_text("1 edit applied")).to_be_visible()

    at_rest(page)  # the record is drawn anew with its fourth step, and closed
    page.get_by_text("Record of changes · 4 steps").click()
    page.get_by_role("button", name="Undo the last step").click()
    expect(page.get_by_text("1 edit applied")).to_have_count(0)
    expect(page.get_by_text("Record of changes · 5 steps")).to_be_visible()
    expect(page.get_by_text("Left out, as it has faults: lille.xlsx")).to_be_visible()
    at_rest(page)
