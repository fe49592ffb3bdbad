"""Envelope: Σ x_a ≤ F; by year Σ x_a q_at / q_a ≤ u⌊F_t / u⌋."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests import small

YEARS = "[fund]\nunit = 100\n[fund.envelopes]\n2026 = 6_050\n2027 = 4_000\n"
TWO_YEARS = small.apply(
    small.ask("A-1", 8_000, score=60, by_year={2026: 4_000, 2027: 4_000}),
    small.ask("B-1", 4_000, score=90),
)


def test_the_best_is_served_until_the_money_ends() -> None:
    """6,000 of envelope: A-1 (80) in full with 4,000, the other 2,000 to B-1 (60).

    With 10,000 both are full.
    """
    both = small.apply(small.ask("A-1", 4_000, score=80), small.ask("B-1", 6_000, score=60))
    assert small.awards(small.scenario(envelope=6_000), both) == {"A-1": 4_000, "B-1": 2_000}
    assert small.awards(small.scenario(envelope=10_000), both) == {"A-1": 4_000, "B-1": 6_000}


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"A-1": 8_000, "B-1": 2_000}, []),  # 2026: 4,000 + 2,000 = 6,000
        ({"A-1": 8_000, "B-1": 2_100}, ["", "2026"]),  # 10,100 > 10,050; 6,100 > 6,000
        ({"A-1": 6_000, "B-1": 4_000}, ["2026"]),  # 3,000 + 4,000 = 7,000
        ({"A-1": 8_100}, ["2027"]),  # 4,050 > 4,000
        ({}, []),
    ],
)
def test_each_year_has_its_own_envelope(given: dict[str, float], broken: list[str]) -> None:
    """A-1 is paid half in each year, B-1 in the first; F = 6,050 + 4,000."""
    assert small.broken(small.scenario(YEARS), TWO_YEARS, "envelope", given) == broken


def test_money_goes_where_its_year_lets_it() -> None:
    """A unit of 2026 is worth 90 with B-1 and 2 × 60 with A-1: A-1 8,000, B-1 6,000 − 4,000.

    In one pot of 10,050: B-1 4,000 first, then A-1 6,000 (in hundreds).
    """
    assert small.awards(small.scenario(YEARS), TWO_YEARS) == {"A-1": 8_000, "B-1": 2_000}
    pot = small.scenario(envelope=10_050)
    assert small.awards(pot, TWO_YEARS) == {"A-1": 6_000, "B-1": 4_000}


def test_a_year_counts_in_whole_units() -> None:
    """Payments are hundreds, so 6,050 for 2026 is 6,000; the total is what it is."""
    bounds = small.bounds(small.scenario(YEARS), TWO_YEARS, "envelope")
    assert bounds == {"": 10_050, "2026": 6_000, "2027": 4_000}


def test_a_year_without_an_envelope_pays_nothing() -> None:
    """A-1 asks for 2028 too: its part of 1/4 may not be paid, so A-1 gets nothing."""
    late = small.apply(
        small.ask("A-1", 8_000, by_year={2026: 6_000, 2028: 2_000}), small.ask("B-1", 1_000)
    )
    assert small.bounds(small.scenario(YEARS), late, "envelope")["2028"] == 0
    assert small.awards(small.scenario(YEARS), late) == {"A-1": 0, "B-1": 1_000}


def test_without_envelopes_by_year_no_year_is_limited() -> None:
    """One row for the fund, whatever the years of the requests."""
    assert small.bounds(small.scenario(envelope=500), TWO_YEARS, "envelope") == {"": 500}


def test_a_year_row_holds_the_proportions_of_the_request() -> None:
    """1,000 of 3,000 in 2026 is a third of each euro, exactly."""
    thirds = small.apply(small.ask("A-1", 3_000, by_year={2026: 1_000, 2027: 2_000}))
    row = small.rows(small.scenario(YEARS), thirds, "envelope")["2026"]
    assert [k for _, k in row.left] == [Fraction(1, 3)]


@pytest.mark.parametrize("money", ["envelope = 0\n", "[fund.envelopes]\n2026 = 0\n2027 = 0\n"])
def test_a_fund_of_nothing_awards_nothing_and_breaks_no_floor(money: str) -> None:
    """Half of 0 is 0, so the floor of financing holds with no award."""
    floor = "[rules.stream_shares]\nfinancing = { min = 0.5 }\n"
    read = small.scenario(f"[fund]\nunit = 100\n{money}{floor}")
    assert small.awards(read, TWO_YEARS) == {"A-1": 0, "B-1": 0}
