"""The workbench in a real browser: a server, a page, and what an analyst does in them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright

from funding import places

PATIENCE = 60_000  # milliseconds; a busy machine is no fault
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
OURS = frozenset({"127.0.0.1", ""})
Look = Literal["light", "dark"]


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a workbench that runs meanwhile; workspace and log are in ``folder``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = places.streamlit_script()
    options = ["--server.headless=true", f"--server.port={port}", "--server.fileWatcherType=none"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=script.parent,
        env=os.environ
        | {
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_STATE_HOME": str(folder / "state"),
            "FUNDING_DATABASE_URL": f"sqlite:///{folder / 'data' / 'workspace.db'}",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def browsing(chromium: str) -> Iterator[Browser]:
    """A browser that is closed at the end."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
        try:
            yield browser
        finally:
            browser.close()


def new_page(
    browser: Browser,
    hosts: set[str],
    *,
    width: int = 1440,
    height: int = 1000,
    look: Look = "light",
) -> Page:
    """A page of a context of its own; every host that it asks goes into ``hosts``."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=look, accept_downloads=True
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    return page


def open_workbench(page: Page, address: str) -> None:
    """Open it; its server may still be starting."""
    for _ in range(200):
        try:
            page.goto(address)
            break
        except Error:  # refused, as nothing listens yet
            page.wait_for_timeout(200)
    else:
        raise AssertionError("the workbench did not start")
    expect(page.get_by_role("link", name="Decide and export")).to_be_visible()
    at_rest(page)


def at_rest(page: Page) -> None:
    """Wait until nothing runs, and no fault is shown."""
    page.wait_for_timeout(700)  # a run starts a moment after the click
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)  # all of it is drawn
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("could not be drawn")).to_have_count(0)


def turn(page: Page, name: str) -> None:
    """Go to a page of the workbench."""
    page.get_by_role("link", name=name, exact=True).click()
    at_rest(page)


def press(page: Page, name: str) -> None:
    """Press a button, and wait for what it does."""
    page.get_by_role("button", name=name, exact=True).click()
    at_rest(page)


def type_into(page: Page, grid: Locator, column: int, row: int, text: str) -> None:
    """Type into a cell of a grid, which is drawn on a canvas: by the keyboard, step by step.

    ``column`` counts from 1, the markers of rows being column 0.
    """
    enter(page, grid)
    move(page, grid, column, row)
    page.keyboard.press("Enter")
    box = page.get_by_test_id("portal").locator("input, textarea").first
    expect(box).to_be_focused()
    box.fill(text)
    page.keyboard.press("Enter")
    expect(box).to_have_count(0)


def enter(page: Page, grid: Locator) -> None:
    """Choose the first cell, which is not editable, so that no editor opens.

    A grid that is being drawn anew takes no click: it gets another one once it can.
    """
    grid.scroll_into_view_if_needed()
    for _ in range(20):
        grid.click(position={"x": 60, "y": 52})
        try:
            expect(_chosen(grid)).to_have_attribute("data-testid", "glide-cell-1-0", timeout=3000)
        except AssertionError:
            continue
        return
    raise AssertionError("the grid takes no click")


def move(page: Page, grid: Locator, column: int, row: int) -> None:
    """From the first cell of a grid to another one, by the keyboard."""
    for key, steps in (("ArrowRight", column - 1), ("ArrowDown", row)):
        for _ in range(steps):
            page.keyboard.press(key)
            page.wait_for_timeout(60)
    expect(_chosen(grid)).to_have_attribute("data-testid", f"glide-cell-{column}-{row}")


def _chosen(grid: Locator) -> Locator:
    return grid.locator('[data-testid^="glide-cell-"][aria-selected="true"]')
