"""The live formulas of the award workbook, and what a spreadsheet makes of them."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from funding.awards import Allocation, allocate
from funding.report import award_workbook, sides
from funding.report.ranges import look_alike
from tests.award_books import (
    DECIDED,
    RULES,
    WATER,
    book,
    decided,
    hostile,
    lines,
    many,
    recalculated,
)
from tests.small import scenario

EXACTNESS = 3  # rows of Checks that belong to no rule: payments, whole units, gates


@pytest.fixture(scope="module")
def allocation() -> Allocation:
    return allocate(hostile(), scenario(RULES))


@pytest.fixture(scope="module")
def data(allocation: Allocation) -> bytes:
    return award_workbook(allocation)


def test_every_row_of_every_rule_is_checked_and_listed(allocation: Allocation, data: bytes) -> None:
    checks, rules = lines(data, "Checks"), lines(data, "Rules")
    assert len(checks) == len(allocation.rows) + EXACTNESS
    assert len(rules) == len(allocation.rows)
    assert {row["OK"] for row in checks} == {"OK"}
    assert {row["How"] for row in checks} == {"live formula"}
    (independence,) = (r for r in checks if (r["Rule"], r["Code"]) == ("Independence", "AA"))
    assert (independence["Used"], independence["Limit"]) == (50_000, 50_000)
    (year,) = (r for r in rules if r["In words"].startswith("The envelope of 2027"))
    assert (year["Used"], year["Room left"], year["Binding"]) == (15_000, 0, "yes")


def test_negative_terms_change_sides(data: bytes) -> None:
    """Steered: 50,000 ≤ 0.5 × 100,000. Minimum of BB-1: 50,000 ≥ 30,000 × funded.

    Absorption of AA: 30,000 of financing ≤ 5 staff × 20,000 + 2 × 20,000 of training.
    """
    found = {(r["Rule"], r["Code"], r["Must be"]): r for r in lines(data, "Checks")}
    steered = found["Hands off", None, "at most"]
    assert (steered["Used"], steered["Limit"]) == (50_000, 50_000)
    least = found["Request", "BB-1", "at least"]
    assert (least["Used"], least["Limit"], least["Room left"]) == (50_000, 30_000, 20_000)
    able = found["Absorption", "AA", "at most"]
    assert (able["Used"], able["Limit"]) == (30_000, 140_000)
    formulas = {
        (r["Rule"], r["Code"], r["Must be"]): r for r in lines(data, "Checks", values=False)
    }
    assert formulas["Absorption", "AA", "at most"]["Limit"].startswith("=100000+2*SUMIFS(")


def test_long_sums_take_their_coefficients_from_a_sheet() -> None:
    """Of the best four only three may be for water: 3,000 ≤ 0.75 × 4,000."""
    data = award_workbook(allocate(many(), scenario(WATER, envelope=4_000)))
    (water,) = (r for r in lines(data, "Checks") if r["Whom"] == "Theme water")
    assert (water["Used"], water["Limit"]) == (3_000, 3_000)
    assert water["How"] == "live formula over Check weights"
    weights = {r["Activity code"]: r for r in lines(data, "Check weights")}
    counted = {code: r["Group shares · Theme water · maximum"] for code, r in weights.items()}
    assert counted == {code: None if code == "X-1" else 1 for code in weights}


def test_decisions_minimums_and_bands_are_checked_by_formulas() -> None:
    """AA: 8,000 ≥ 4,000 × funded. AA-1: 5,100 from 5,000 to 7,900. CC: 0 ≤ 0."""
    found = allocate(decided(), scenario(DECIDED, envelope=15_000))
    assert {code: award / 100 for code, award in found.awards.items()} == {
        "AA-1": 5_100,
        "AA-2": 2_900,
        "BB-1": 7_000,
        "CC-1": 0,
        "DD-1": 0,
    }
    data = award_workbook(found)
    checks = lines(data, "Checks")
    assert {row["OK"] for row in checks} == {"OK"}
    assert {row["How"] for row in checks} == {"live formula"}
    sides_of = {
        (r["Rule"], r["Code"], r["Must be"]): (r["Used"], r["Limit"])
        for r in checks
        if not r["In words"].startswith("Award bands") or r["Used"] != r["Limit"]
    }
    assert sides_of["City minimum", "AA", "at least"] == (8_000, 4_000)
    assert sides_of["Award bands", "AA-1", "at most"] == (5_100, 7_900)
    assert sides_of["Award bands", "AA-1", "at least"] == (5_100, 5_000)
    assert sides_of["Decisions by hand", "CC", "at most"] == (0, 0)
    cities = {row["City code"]: row for row in lines(data, "Awards by city")}
    assert cities["CC"]["Status"] == "excluded by decision"
    assert cities["CC"]["Why"].endswith('City CC: no award by decision, "Withdrawn".')
    assert 'at least 5,000 EUR by decision, "=1+1"' in cities["AA"]["Why"]
    refused = {row["Activity code"]: row["Status"] for row in lines(data, "Not funded")}
    assert refused == {"CC-1": "excluded by decision", "DD-1": "not funded"}
    summary = {row[0]: row[1] for row in book(data)["Summary"].iter_rows(values_only=True)}
    assert summary["excluded by decision"] == 1


def test_sums_without_a_formula_are_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sides, "MOST_COLUMNS", 0)
    data = award_workbook(allocate(many(), scenario(WATER, envelope=4_000)))
    (water,) = (r for r in lines(data, "Checks", values=False) if r["Whom"] == "Theme water")
    assert (water["Used"], water["Limit"]) == (3_000, 3_000)
    assert water["How"] == "evaluated exactly by the tool"
    assert "Check weights" not in book(data).sheetnames


@pytest.mark.parametrize(
    ("codes", "alike"),
    [
        (["GRE-1", "GRE-2", "LYO-10"], False),
        (["GRE", "gre"], True),
        (["GRE-1", "GRE-01"], True),
        (["GRE-1", "GRE.1"], True),
        (["1", "A"], True),  # a number
        (["1E5"], True),
        (["MAR-1"], True),  # the first of March
        (["TRUE"], True),
    ],
)
def test_codes_that_a_condition_may_confuse_are_found(codes: list[str], alike: bool) -> None:
    assert look_alike(codes) is alike


@pytest.mark.needs_office
@pytest.mark.parametrize("which", ["hostile", "many", "decided"])
def test_a_spreadsheet_comes_to_the_same_values(soffice: str, tmp_path: Path, which: str) -> None:
    applications, rules = {
        "hostile": (hostile(), scenario(RULES)),
        "many": (many(), scenario(WATER, envelope=4_000)),
        "decided": (decided(), scenario(DECIDED, envelope=15_000)),
    }[which]
    data = award_workbook(allocate(applications, rules))
    saved, again = book(data), book(recalculated(soffice, tmp_path, data))
    compared = 0
    for sheet in book(data, values=False):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            was, now = (b[sheet.title][cell.coordinate].value for b in (saved, again))
            expected = was if isinstance(was, str) else pytest.approx(was, abs=1e-6)
            assert now == expected, f"{sheet.title}!{cell.coordinate}: {cell.value}"
            compared += 1
    assert compared > 50
    assert {row[8].value for row in again["Checks"].iter_rows(min_row=2)} == {"OK"}


@pytest.mark.needs_office
def test_a_changed_award_breaks_the_checks(soffice: str, tmp_path: Path, data: bytes) -> None:
    """100 more for AA-1 break AA's independence and, by the total, the envelope."""
    changed = openpyxl.load_workbook(io.BytesIO(data))
    cell = changed["Awards by activity"]["I2"]
    assert cell.value == 30_000
    cell.value = 30_100
    stream = io.BytesIO()
    changed.save(stream)
    again = recalculated(soffice, tmp_path, stream.getvalue())
    broken = {(r["Rule"], r["Code"]) for r in lines(again, "Checks") if r["OK"] == "BROKEN"}
    assert {("Envelope", None), ("Independence", "AA"), ("Payments", None)} <= broken
    assert ("Request", "AA-1") not in broken
    summary = {row[0]: row[1] for row in book(again)["Summary"].iter_rows(values_only=True)}
    assert summary["Checks that do not hold"] == len(
        [r for r in lines(again, "Checks") if r["OK"] == "BROKEN"]
    )
