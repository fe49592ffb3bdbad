"""Pictures of every page, to be looked at one by one: see looks.md.

python -m tests.app.looks FOLDER [CHROMIUM]
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect

from funding import money
from funding.applications import STREAMS, Activity, Applications, Assessment, Call, City
from funding.workbook import write_applications
from tests.app import main_path
from tests.app.browser import (
    Look,
    at_rest,
    browsing,
    new_page,
    open_workbench,
    press,
    serving,
    turn,
)

PAGES = ("Applications", "Scenarios", "Allocation", "Compare", "Decide and export")
WIDTHS = (1440, 1024)
LOOKS: tuple[Look, ...] = ("light", "dark")

TALLEST = 4000  # pixels of a picture
RULES = """
name = "{name}"
[fund]
unit = 100
envelope = {envelope}
[size_classes]
small = 20_000
medium = 100_000
[rules.stream_shares]
training = {{ min = 0.2 }}
[rules.city_cap]
amount = 50_000
"""

# Long names, and names in other scripts; the rest are numbered.
NAMES = (
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson",
    "Θεσσαλονίκη",
    "Ouagadougou – Arrondissement nº 12 (*centre*)",
    "القدس الشرقية",
    "京都市",
    "Київ",
)


def fund(cities: int) -> bytes:
    """A synthetic fund of so many cities, two activities each, as a workbook."""
    made = [_city(number) for number in range(cities)]
    asked = [_activity(city, number) for city in made for number in (1, 2)]
    scored = [
        Assessment(activity=a.code, score=Decimal(50 + 7 * n % 50)) for n, a in enumerate(asked)
    ]
    call = Call(
        fund="Synthetic fund for looking at", reference="LOOK-1", currency="EUR", first_year=2026
    )
    return write_applications(Applications.of(call, made, asked, scored))


def _city(number: int) -> City:
    name = NAMES[number] if number < len(NAMES) else f"City {number}"
    return City(
        code=f"C{number:03d}",
        name=name,
        region=f"Region {number % 9}",
        population=1_000 * (1 + number * number % 700),
        own_budget=(200_000 + 1_000 * number) * money.CENTS,
        staff=1 + number % 5,
        trained_staff=number % 2,
        coordination=("formal", "ad hoc", "none")[number % 3],
    )


def _activity(city: City, number: int) -> Activity:
    cents = (20_000 + 500 * (int(city.code[1:]) % 90)) * money.CENTS
    return Activity(
        code=f"{city.code}-{number}",
        city=city.code,
        title=f"Working together on water, heat and housing, part {number}",
        stream=STREAMS[(int(city.code[1:]) + number) % 3],
        theme="water",
        total_cost=2 * cents,
        requested=cents,
        own_cash=cents,
    )


def main(folder: Path, chromium: str) -> None:
    """Every page of every fund in every width and look."""
    folder.mkdir(parents=True, exist_ok=True)
    with browsing(chromium) as browser:
        for cities in (5, 120, 500):
            path = folder / f"fund-{cities}.xlsx"
            path.write_bytes(fund(cities))
            for look in LOOKS:
                with tempfile.TemporaryDirectory() as home, serving(Path(home)) as address:
                    page = new_page(browser, set(), look=look)
                    open_workbench(page, address)
                    main_path.open_file(page, path)
                    _scenarios(page, folder, cities)
                    for name in PAGES:
                        turn(page, name)
                        _shoot(page, folder / f"{name.split()[0].lower()}-{cities}-{look}")


def _scenarios(page: Page, folder: Path, cities: int) -> None:
    """Two scenarios that fit the size of the fund, the second beside the first."""
    turn(page, "Scenarios")
    for name, part in (("Half", 20_000), ("Third of what is asked for, a long name", 13_000)):
        path = folder / f"{name.split()[0].lower()}-{cities}.toml"
        path.write_text(RULES.format(name=name, envelope=cities * part), encoding="utf-8")
        page.get_by_text("Import a scenario file").click()
        at_rest(page)
        page.locator('input[type="file"]').last.set_input_files(path)
        press(page, "Import this scenario")
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    turn(page, "Compare")
    page.get_by_label("Reference", exact=True).click()
    page.get_by_role("option", name="Half").click()
    at_rest(page)
    page.get_by_label(re.compile("^Beside it")).click()
    page.get_by_role("option", name=re.compile("^Third")).click()
    at_rest(page)
    page.keyboard.press("Escape")
    main_path.allocate_if_asked(page)


def _shoot(page: Page, stem: Path) -> None:
    """The whole of a page, as far as it scrolls, in every width."""
    page.mouse.move(0, 0)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(1000)
        height = int(page.get_by_test_id("stMain").evaluate("main => main.scrollHeight"))
        page.set_viewport_size({"width": width, "height": min(height + 80, TALLEST)})
        page.wait_for_timeout(1500)  # charts and grids are drawn a moment after the text
        page.screenshot(path=f"{stem}-{width}.png")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        sys.argv[2] if len(sys.argv) > 2 else shutil.which("chromium") or "chromium",
    )
