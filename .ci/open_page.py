"""Open the workbench in Chromium: the text must appear, without a fault and without the internet.

python .ci/open_page.py ADDRESS TEXT CHROMIUM
"""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

from playwright.sync_api import expect, sync_playwright

OPTIONS = [
    *("--no-sandbox", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]
PATIENCE = 60_000  # milliseconds; a new machine compiles everything once


def main(address: str, text: str, chromium: str) -> str | None:
    """What is wrong, or None."""
    hosts: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        page = browser.new_page()
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
        page.goto(address)
        expect(page.get_by_text(text).first).to_be_visible(timeout=PATIENCE)
        # What comes below the text may still be on its way: wait for the end of the run.
        whole = page.get_by_test_id("stApp")
        expect(whole).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
        faults = page.get_by_test_id("stException").all_inner_texts()
        browser.close()
    if faults:
        return f"The page shows a fault: {faults[0]}"
    if outside := hosts - {"127.0.0.1", "localhost", ""}:
        return f"The page asks other machines: {sorted(outside)}"
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
