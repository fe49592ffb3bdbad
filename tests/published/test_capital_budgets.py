"""Textbook choices of projects under yearly limits, with printed answers.

Where a project may be done in part, an award is the part of its request; the unit is 1, so that
rounding is far below the printed digits. Amounts are the printed ones, in millions of the
currency where the text says millions.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.published.support import WHOLE_PROJECTS, Choice

MILLION = 1_000_000


def millions(*years: list[int]) -> list[list[int]]:
    """Printed millions in currency units."""
    return [[amount * MILLION for amount in year] for year in years]


# J. H. Lorie and L. J. Savage (1955), Three problems in rationing capital, Journal of Business
# 28(4), 229-239: nine projects, two years. H. M. Weingartner (1963), Mathematical Programming
# and the Analysis of Capital Budgeting Problems, solved it as a linear programme.
LORIE_SAVAGE = Choice(
    [14, 17, 17, 15, 40, 12, 14, 10, 12],
    millions([12, 54, 6, 6, 30, 6, 48, 36, 18], [3, 7, 6, 2, 35, 6, 4, 3, 3]),
    [50 * MILLION, 20 * MILLION],
)
# W. L. Winston, Operations Research: Applications and Algorithms, chapter 3, "Capital
# budgeting": Star Oil, and its LINDO output in the chapter on sensitivity.
STAR_OIL = Choice(
    [13, 16, 16, 14, 39],
    millions([11, 53, 5, 5, 29], [3, 6, 5, 1, 34]),
    [40 * MILLION, 20 * MILLION],
)
# The same, chapter 9, "Capital budgeting": Stockco; thousands of dollars.
STOCKCO = Choice([16, 22, 12, 8], [[5_000, 7_000, 4_000, 3_000]], [14_000])
# F. S. Hillier and G. J. Lieberman, Introduction to Operations Research, chapter "Integer
# programming": California Manufacturing; factories and warehouses in Los Angeles and San
# Francisco, at most one warehouse, and that only beside a factory.
CALIFORNIA = Choice(
    [9, 5, 6, 4],
    millions([6, 3, 5, 2]),
    [10 * MILLION],
    themes=["factory", "factory", "warehouse", "warehouse"],
)


def test_lorie_and_savage_in_part(tmp_path: Path) -> None:
    """Weingartner: projects 1, 3, 4 and 9 in full, 0.970 of project 6 and 0.045 of project 7;
    a million more is worth 0.136 in the first year and 1.864 in the second.

    By hand: x6 = 32/33 and x7 = 1/22 spend both years in full, so 58 + 12 × 32/33 + 14 / 22 =
    70.27. No plan is worth more: with prices 3/22 and 41/22 the limits cost 6.818 + 37.273, and
    of the projects 1, 3, 4 and 9 gain 6.773 + 5 + 10.455 + 3.955 above their price, the
    others nothing: 70.27 again.
    """
    found = LORIE_SAVAGE.allocate(tmp_path, "")
    parts = LORIE_SAVAGE.fractions(found)
    assert {n for n, part in parts.items() if part == 1} == {1, 3, 4, 9}
    assert {n for n, part in parts.items() if part == 0} == {2, 5, 8}
    assert (round(float(parts[6]), 3), round(float(parts[7]), 3)) == (0.970, 0.045)
    exact = 58 + 12 * Fraction(32, 33) + Fraction(14, 22)
    assert found.best_value == pytest.approx(float(exact), rel=1e-9)
    assert float(found.value) == pytest.approx(float(exact), rel=1e-6)
    first, second = Fraction(3, 22), Fraction(41, 22)
    price = [
        worth - (first * a + second * b) / MILLION
        for worth, a, b in zip(LORIE_SAVAGE.worth, *LORIE_SAVAGE.spending, strict=True)
    ]
    assert 50 * first + 20 * second + sum(max(Fraction(0), gain) for gain in price) == exact


def test_lorie_and_savage_whole(tmp_path: Path) -> None:
    """Whole projects: 1, 3, 4, 6 and 9, worth 70. All 512 choices are tried beside the tool."""
    found = LORIE_SAVAGE.allocate(tmp_path, WHOLE_PROJECTS)
    assert LORIE_SAVAGE.best_whole() == (70, [{1, 3, 4, 6, 9}])
    assert LORIE_SAVAGE.value(found) == 70
    assert LORIE_SAVAGE.chosen(found) == {1, 3, 4, 6, 9}


def test_star_oil(tmp_path: Path) -> None:
    """Printed: 57.4490166 million; investments 1, 3 and 4 in full, 0.200860 of 2 and 0.288084
    of 5."""
    found = STAR_OIL.allocate(tmp_path, "")
    assert found.best_value == pytest.approx(57.4490166, abs=1e-6)
    assert float(found.value) == pytest.approx(57.4490166, abs=1e-5)
    parts = {n: round(float(part), 6) for n, part in STAR_OIL.fractions(found).items()}
    assert parts == {1: 1, 2: 0.200860, 3: 1, 4: 1, 5: 0.288084}


def test_stockco(tmp_path: Path) -> None:
    """Printed: 42 thousand, with investments 2, 3 and 4; not the first, though it brings most
    for each dollar."""
    found = STOCKCO.allocate(tmp_path, WHOLE_PROJECTS)
    assert STOCKCO.best_whole() == (42, [{2, 3, 4}])
    assert STOCKCO.value(found) == 42
    assert STOCKCO.chosen(found) == {2, 3, 4}


def test_california_manufacturing(tmp_path: Path) -> None:
    """Printed: both factories and no warehouse, 14 million. At most half of the envelope for
    warehouses admits the one or the other (5 or 2 million of 10), but not both. Without that the
    factory in San Francisco and both warehouses would be worth 15."""
    one_warehouse = '[[rules.group_shares]]\nattribute = "theme"\ngroup = "warehouse"\nmax = 0.5\n'
    found = CALIFORNIA.allocate(tmp_path, WHOLE_PROJECTS + one_warehouse)
    assert CALIFORNIA.value(found) == 14
    assert CALIFORNIA.chosen(found) == {1, 2}
    free = CALIFORNIA.allocate(tmp_path, WHOLE_PROJECTS)
    assert CALIFORNIA.value(free) == 15
    assert CALIFORNIA.chosen(free) == {2, 3, 4}
