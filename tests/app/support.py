"""The workbench as a test drives it, and two small cities to open in it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from funding import money
from funding.app.state import Workbench
from funding.applications import Activity, Applications, Assessment, Call, City
from funding.workbook import Intake, write_applications
from tests.workbook.support import Cells, workbook
from tests.workbook.support import sound as cells

ROOT = Path(__file__).resolve().parents[2]
PAGES = "funding/app/pages"
TINY = """
name = "Tiny *fund*"
[fund]
unit = 100
envelope = {envelope}
"""


def city(code: str, name: str) -> City:
    return City(
        code=code, name=name, region="North", population=1000, own_budget=10**8, staff=2,
        trained_staff=1, coordination="formal",
    )  # fmt: skip


def activity(code: str, of: str, requested: int) -> Activity:
    cents = requested * money.CENTS
    return Activity(
        code=code, city=of, title=f"Work {code}", stream="financing", theme="water",
        total_cost=cents, requested=cents, own_cash=0,
    )  # fmt: skip


def tiny(name: str = "Aix") -> bytes:
    """Two cities, one activity of 1,000 EUR each, the first with the better score."""
    made = Applications.of(
        Call(fund="Tiny call", reference="T-1", currency="EUR", first_year=2026),
        [city("A", name), city("B", "Brest")],
        [activity("A-1", "A", 1000), activity("B-1", "B", 1000)],
        [
            Assessment(activity="A-1", score=Decimal(80)),
            Assessment(activity="B-1", score=Decimal(60)),
        ],
    )
    return write_applications(made)


def start() -> AppTest:
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    return sound(at)


def sound(at: AppTest) -> AppTest:
    assert not at.exception
    assert not [e.value for e in at.error if "could not be drawn" in e.value]
    return at


def turn(at: AppTest, page: str) -> AppTest:
    return sound(at.switch_page(f"{PAGES}/{page}.py").run())


def bench(at: AppTest) -> Workbench:
    made: Workbench = at.session_state["workbench"]
    return made


def button(at: AppTest, label: str) -> Any:
    (found,) = [b for b in at.button if b.label == label]
    return found


def open_tiny(at: AppTest, data: bytes, envelope: str = "1_000") -> AppTest:
    upload(at, ("tiny.xlsx", data))
    turn(at, "scenarios")
    text = TINY.format(envelope=envelope)
    at.file_uploader[0].upload("tiny.toml", text.encode()).run()
    sound(button(at, "Import this scenario").click().run())
    return at


def figures(at: AppTest) -> dict[str, str]:
    """Figure → what is shown, from the head of page Allocation."""
    return {metric.label: metric.value.replace("\\", "") for metric in at.metric}


def view(at: AppTest, tab: str) -> AppTest:
    """Turn to a tab of page Allocation; only the open one is drawn."""
    at.session_state["view of the allocation"] = tab
    return sound(at.run())


def grid_key(at: AppTest, part: str) -> str:
    """The key of a grid, such as an editor of a sheet."""
    (name,) = [name for name in bench(at).grids if part in name]
    return f"{name} v{bench(at).grids[name].version}"


def edit(at: AppTest, part: str, edits: dict[str, Any]) -> AppTest:
    """What the browser sends after edits in a grid."""
    state: dict[str, Any] = {"edited_rows": {}, "added_rows": [], "deleted_rows": []}
    at.session_state[grid_key(at, part)] = state | edits
    return sound(at.run())


def intake(at: AppTest) -> Intake:
    """What counts of the applications that are open."""
    made = bench(at).intake
    assert made is not None
    return made


def upload(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Open files on page Applications."""
    turn(at, "applications")
    for name, data in files:
        at.file_uploader[0].upload(name, data)
    at.run()
    return sound(button(at, "Open these files").click().run())


def words(at: AppTest) -> str:
    """All that is said on the page, its escapes taken out."""
    told = [*at.markdown, *at.caption, *at.error, *at.warning, *at.info, *at.success]
    return "\n".join(str(element.value) for element in told).replace("\\", "")


def city_file(code: str, **changes: Any) -> bytes:
    """The workbook of one of the two cities GRE and LIL, without the ministry's sheets."""
    cells = cells_of("Fund", "Cities", "Activities")
    for sheet, at in (("Cities", 0), ("Activities", 1)):
        cells[sheet][1:] = [row for row in cells[sheet][1:] if row[at] == code]
    return workbook(cells, **changes)


def ministry_file(**changes: Any) -> bytes:
    """The ministry's workbook about both cities."""
    return workbook(cells_of("Fund", "Assessment", "City record", "Scores"), **changes)


def cells_of(*sheets: str) -> Cells:
    """Some sheets of the sound workbook."""
    return {sheet: rows for sheet, rows in cells().items() if sheet in sheets}


def plans_file() -> bytes:
    """Both cities' plans, not assessed yet."""
    return workbook(cells_of("Fund", "Cities", "Activities"))


def three_files(**of_lille: Any) -> list[tuple[str, bytes]]:
    """Grenoble's, Lille's and the ministry's workbook; Lille's with changed cells."""
    return [
        ("grenoble.xlsx", city_file("GRE")),
        ("lille.xlsx", city_file("LIL", **of_lille)),
        ("ministry.xlsx", ministry_file()),
    ]
