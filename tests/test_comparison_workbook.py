"""The comparison workbook: its sheets, what stands in them, and formulas that agree with values."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from funding.awards import allocate
from funding.compare import MOST, Comparison, compare
from funding.report import comparison_workbook
from funding.scenario import parse
from tests.award_books import recalculated
from tests.small import apply, ask


def comparison() -> Comparison:
    """1,000 for A (90) 600 and T (10, training) 500; without and with 300 kept for training."""
    given = apply(
        ask("A-1", 800, score=90, title="=1+1"), ask("T-1", 500, score=10, stream="training")
    )
    fund = "[fund]\nunit = 100\nenvelope = 1_000\n"
    floor = "[rules.stream_shares]\ntraining = { min = 0.3 }\n"
    texts = (f'name = "Base"\n{fund}', f'name = "Floor"\n{fund}{floor}')
    return compare([allocate(given, parse(text)) for text in texts])


@pytest.fixture(scope="module")
def data() -> bytes:
    return comparison_workbook(comparison())


def cells(data: bytes, sheet: str, *, formulas: bool = False) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=not formulas)
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def test_the_sheets_stand_in_order(data: bytes) -> None:
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == [
        *("Comparison", "Inputs", "Shares", "Awards by city", "Awards by activity", "Baselines"),
    ]


def test_awards_with_differences_as_formulas(data: bytes) -> None:
    """The floor takes 100 from A (800, then 700) and gives T 300 after 200."""
    assert cells(data, "Awards by city") == [
        ["City code", "City", "Base", "Floor", "Difference: Floor", "Gain or loss"],
        ["A", "City A", 800, 700, -100, "loses more than 5 %"],
        ["T", "City T", 200, 300, 100, "gains more than 5 %"],
        [None, "Total", 1000, 1000, 0, None],
    ]
    assert cells(data, "Awards by city", formulas=True)[1][4] == "=D2-C2"
    assert cells(data, "Awards by activity", formulas=True)[1][2] == "=1+1"  # as text:
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book["Awards by activity"]["C2"].data_type == "s"


def test_only_inputs_that_differ(data: bytes) -> None:
    assert cells(data, "Inputs")[1:] == [
        [
            *("Floor", "added", "Scenario", "rules.stream_shares.training.min"),
            *(None, None, "0.3"),
        ]
    ]


def test_what_the_optimum_gains_over_the_baselines(data: bytes) -> None:
    """Floor: 90·700 + 10·300 = 66,000. Best to worst: 800 and 200, 74,000, without the floor.
    Pro rata: 10/13 of each, 615 and 384 in hundreds: 600 and 400, or 58,000."""
    rows = [row for row in cells(data, "Baselines") if row[0] == "Floor"]
    assert rows[0] == [
        *("Floor", "This tool", 1000, 66_000, None, None, 2, None, 3, 3, None, None),
    ]
    assert rows[1][1:] == [
        *("Best to worst", 1000, 74_000, -8_000, pytest.approx(-8 / 74), 2, 0, 3, 2, 1),
        "Stream training: at least 300 EUR, 30 % of the envelope; missed by 100 EUR.",
    ]
    assert rows[2][1:5] == ["Pro rata", 1000, 58_000, 8_000]
    assert rows[2][9:] == [3, 0, None]


def test_the_first_sheet_tells_and_counts(data: bytes) -> None:
    rows = cells(data, "Comparison")
    told = [row[0] for row in rows]
    assert "2 scenarios compared · reference Base · call T-1" in told
    by_title = {row[0]: row[1:3] for row in rows}
    assert by_title["Awarded"] == [1000, 1000]
    assert by_title["Coverage"] == [pytest.approx(10 / 13)] * 2
    (counted,) = [row for row in rows if row[0] == "Floor" and row[1] is not None]
    assert counted[1:6] == [1, 0, 0, 0, 1]


def test_charts_stand_in_the_workbook(data: bytes) -> None:
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert [name for name in names if name.startswith("xl/charts/chart")] == [
        *("xl/charts/chart1.xml", "xl/charts/chart2.xml"),
    ]


def test_the_same_comparison_gives_the_same_sheets(data: bytes) -> None:
    again = comparison_workbook(comparison())
    for sheet in ("Inputs", "Shares", "Awards by city", "Awards by activity", "Baselines"):
        assert cells(again, sheet) == cells(data, sheet)


@pytest.mark.needs_office
def test_a_spreadsheet_comes_to_the_same_values(soffice: str, tmp_path: Path, data: bytes) -> None:
    again = recalculated(soffice, tmp_path, data)
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).sheetnames:
        for old, new in zip(cells(data, sheet), cells(again, sheet), strict=True):
            for was, now in zip(old, new, strict=True):
                same = isinstance(was, float) or isinstance(now, float)
                assert now == (pytest.approx(was) if same else was)


def one_sided() -> Comparison:
    """T is known to the first alone, U to the second, which is of another call on invented data."""
    rules = parse('name = "Base"\n[fund]\nunit = 100\nenvelope = 1_000\n')
    first = apply(ask("A-1", 800, score=90), ask("T-1", 100))
    second = apply(ask("A-1", 700, score=90), ask("U-1", 100))
    call = second.call.model_copy(update={"reference": "T-2", "fund": "Synthetic fund"})
    later = second.model_copy(update={"call": call})
    return compare([allocate(first, rules), allocate(later, rules)])


def test_who_applied_in_one_only_is_counted() -> None:
    """A falls from 800 to 700; T and U stand on one side only."""
    rows = cells(comparison_workbook(one_sided()), "Comparison")
    (at,) = [at for at, row in enumerate(rows) if row[0] == "Scenario"]
    assert rows[at][6] == "applied in one only"
    assert rows[at + 1][:7] == ["Base (2)", 0, 0, 0, 0, 1, 2]


def test_calls_are_all_named_and_invented_data_is_said_so() -> None:
    told = [row[0] for row in cells(comparison_workbook(one_sided()), "Comparison")]
    assert "2 scenarios compared · reference Base (1) · calls T-1, T-2" in told
    assert "SYNTHETIC DATA: for demonstration, no award is real" in told


def chart(data: bytes, number: int = 1) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read(f"xl/charts/chart{number}.xml").decode()


def test_amounts_of_a_small_fund_are_not_drawn_in_thousands(data: bytes) -> None:
    assert "Awarded by stream (EUR)" in chart(data)
    rules = parse('name = "Base"\n[fund]\nunit = 100\nenvelope = 10_000\n')
    large = allocate(apply(ask("A-1", 10_000)), rules)
    made = comparison_workbook(compare([large, large]))
    assert "Awarded by stream (thousand EUR)" in chart(made)


def test_each_of_ten_scenarios_has_a_colour_of_its_own() -> None:
    made = chart(comparison_workbook(compare([comparison().base] * MOST)))
    assert len(set(re.findall(r"<c:ser>.*?srgbClr val=.(\w+)", made))) == MOST


def test_a_long_name_has_room() -> None:
    """150 letters over a column of 19 take ten lines of some 13 points."""
    found = comparison()
    base = replace(found.base.scenario, name="long name " * 15)
    book = openpyxl.load_workbook(
        io.BytesIO(comparison_workbook(compare([replace(found.base, scenario=base), found.base])))
    )
    for sheet in ("Shares", "Awards by city", "Awards by activity"):
        assert (book[sheet].row_dimensions[1].height or 0) >= 10 * 13
    assert (book["Baselines"].row_dimensions[2].height or 0) >= 4 * 13


def test_ten_scenarios_fit_and_a_missing_city_stays_blank() -> None:
    """Nine that know A and T, and one that knows A alone."""
    base = comparison().base
    alone = allocate(apply(ask("A-1", 800, score=90)), base.scenario)
    found = compare([*[base] * 9, alone])
    made = comparison_workbook(found)
    (row,) = [row for row in cells(made, "Awards by city") if row[0] == "T"]
    assert row[2:12] == [*[200] * 9, None]
    assert row[-2:] == [None, "applied in one only"]
