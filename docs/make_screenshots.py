"""Makes the pictures of the tutorial from the running workbench.

    python -m docs.make_screenshots [CHROMIUM]

Needs Chromium and the extra ``test``, and Pillow, which comes with Streamlit. Each picture shows
what the reader sees after the step that it stands beside, with 256 colours, which are enough.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.app import main_path as path
from tests.app.browser import at_rest, browsing, new_page, open_workbench, press, serving

FOLDER = Path(__file__).resolve().parent / "images"
MOST = 200_000  # bytes of a picture


def shoot(page: Page, name: str, height: int = 900) -> None:
    """A picture of what is on the screen, in a window of this height."""
    page.set_viewport_size({"width": 1280, "height": height})
    page.mouse.move(0, 0)
    page.wait_for_timeout(1500)  # charts and grids are drawn a moment after the text
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_timeout(300)
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    target = FOLDER / f"{name}.png"
    image.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
    if target.stat().st_size > MOST:
        raise ValueError(f"{target} is larger than {MOST:,} bytes")


def main(chromium: str) -> None:
    """Go the way of the tutorial, and take a picture at each step."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as address,
        browsing(chromium) as browser,
    ):
        page = new_page(browser, set(), width=1280, height=900)
        open_workbench(page, address)
        shoot(page, "start")
        path.open_file(page, path.FAULTY)
        shoot(page, "faults")
        path.correct(page)
        shoot(page, "corrections")
        press(page, "Apply")
        path.make_scenario(page)
        shoot(page, "scenario")
        path.compare(page)
        shoot(page, "compare")
        path.open_city(page)
        shoot(page, "city", 1700)  # down to why it gets what it gets
        path.adopt(page)
        press(page, "Prepare award workbook")
        at_rest(page)
        shoot(page, "decide")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium") or "chromium")
