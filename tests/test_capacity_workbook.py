"""Matching, training first and coordination first in the award workbook: live, and verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from funding.awards import allocate
from funding.report import award_workbook
from funding.verify import verify
from tests.award_books import book, lines, recalculated
from tests.small import apply, ask, city, scenario

RULES = """
[rules.matching]
ratio = 1.5
[rules.training_first]
trained_share = 0.5
base = 2_000
[rules.coordination_first]
base = 2_000
"""


@pytest.fixture(scope="module")
def data() -> bytes:
    """A and D, alike but for their training: one long sum, and one of two terms. B has neither.

    Each trained person makes room for 6,000 / (0.5 × 6) = 2,000 in A and in D, each euro of
    coordination for 6,000 / 2,500 = 2.4. B-1 gets 2,000 of its 5,000.
    """
    parts = [city(code, staff=6, trained_staff=1) for code in "AD"]
    asks = [ask(f"{code}-1", 8_000) for code in "AD"]
    asks += [
        ask(f"{code}-{n}", amount, stream="coordination")
        for code in "AD"
        for n, amount in ((2, 1_000), (3, 1_500))
    ]
    asks += [
        ask(f"A-{n + 10}", 1_000, stream="training", people_to_be_certified=n) for n in range(1, 8)
    ]
    asks += [
        ask("D-11", 1_000, stream="training", people_to_be_certified=1),
        ask("D-12", 3_000, stream="training", people_to_be_certified=2),
    ]
    alone = city("B", staff=0, trained_staff=0, coordination="none")
    return award_workbook(allocate(apply(*parts, alone, *asks, ask("B-1", 5_000)), scenario(RULES)))


def test_each_row_is_a_live_formula(data: bytes) -> None:
    """A: 4,000 + 2,000 × (1 + … + 7) people; D: 4,000 + 2,000 × 3; both 2,000 + 2.4 × 2,500."""
    found = {(r["Rule"], r["Code"]): r for r in lines(data, "Checks")}
    live = {(r["Rule"], r["Code"]): r for r in lines(data, "Checks", values=False)}
    expected = {
        ("Matching", "A-1"): (8_000, 12_000),
        ("Training first", "A"): (8_000, 60_000),
        ("Training first", "D"): (8_000, 10_000),
        ("Training first", "B"): (2_000, 2_000),
        ("Coordination first", "A"): (8_000, 8_000),
        ("Coordination first", "D"): (8_000, 8_000),
        ("Coordination first", "B"): (2_000, 2_000),
    }
    for row, sides in expected.items():
        assert (found[row]["Used"], found[row]["Limit"]) == sides, row
        assert found[row]["OK"] == "OK"
        assert live[row]["Used"].startswith("="), row
    assert live["Coordination first", "D"]["Limit"].startswith("=2000+2.4*SUMIFS(")
    assert live["Training first", "D"]["Limit"].count("SUMIFS(") == 2
    assert found["Training first", "A"]["How"] == "live formula over Check weights"
    weights = {r["Activity code"]: r["Training first · A"] for r in lines(data, "Check weights")}
    assert [weights[f"A-{n + 10}"] for n in range(1, 8)] == [2, 4, 6, 8, 10, 12, 14]
    short = [r["How"] for (_, code), r in found.items() if code != "A"]
    assert set(short) == {"live formula"}


def test_reasons_name_the_rules(data: bytes) -> None:
    (row,) = (r for r in lines(data, "Awards by activity") if r["Activity code"] == "B-1")
    assert row["Status"] == "reduced"
    assert "Training first: financing at most 2,000 EUR for a city without" in row["Why"]
    assert "Coordination first: with no coordination, financing at most 2,000 EUR" in row["Why"]


def test_it_verifies_from_itself(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "awards.xlsx"
    path.write_bytes(data)
    assert verify(path).rows > 0


@pytest.mark.needs_office
def test_a_spreadsheet_comes_to_the_same_values(soffice: str, tmp_path: Path, data: bytes) -> None:
    saved, again = book(data)["Checks"], book(recalculated(soffice, tmp_path, data))["Checks"]
    for was, now in zip(saved.iter_rows(), again.iter_rows(), strict=True):
        for before, after in zip(was, now, strict=True):
            number = isinstance(before.value, int | float)
            expected = pytest.approx(before.value, abs=1e-6) if number else before.value
            assert after.value == expected, before.coordinate
