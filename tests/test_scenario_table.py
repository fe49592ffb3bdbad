"""The table of sample scenarios in ``docs/scenarios.md`` is what the tool finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from funding import places
from funding.awards import Allocation, allocate
from funding.scenario import load
from funding.workbook import read

PAGE = Path(__file__).resolve().parent.parent / "docs" / "scenarios.md"
HEADING = "| scenario | value | gap | awarded | cities | lowest coverage |"
SCENARIOS = sorted(places.sample_scenarios().glob("*.toml"))


def lowest_coverage(found: Allocation) -> float:
    """The least part of its open requests that a city with an award gets, by plain sums."""
    asked: dict[str, int] = {}
    for code in found.case.open:
        activity = found.applications.activities[code]
        asked[activity.city] = asked.get(activity.city, 0) + activity.requested
    got = dict.fromkeys(asked, 0)
    for code, award in found.awards.items():
        city = found.applications.activities[code].city
        if city in got:
            got[city] += award
    return min(got[city] / asked[city] for city in asked if got[city])


def row(path: Path) -> str:
    """One line of the table."""
    found = allocate(read([places.sample_workbook()]).require(), load(path))
    cities = {found.applications.activities[a].city for a, x in found.awards.items() if x}
    value, spent = f"{float(found.value):,.0f}", f"{found.spent // 100:,}"
    low = lowest_coverage(found)
    name = f"`{path.name}`"
    return f"| {name} | {value} | {found.gap:.3%} | {spent} | {len(cities)} | {low:.1%} |"


@pytest.mark.parametrize("path", SCENARIOS, ids=[path.stem for path in SCENARIOS])
def test_a_line_of_the_table_is_what_the_tool_finds(path: Path) -> None:
    assert row(path) in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_table_has_a_line_for_each_scenario() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = lines.index(HEADING) + 2
    shown = [line.split("|")[1].strip(" `") for line in lines[start : start + len(SCENARIOS)]]
    assert shown == [path.name for path in SCENARIOS]
