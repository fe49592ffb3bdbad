"""Independence: X_c ≤ max(0, σ B_c / (1 − σ) − N_c − Σ N_a)."""

from __future__ import annotations

import pytest

from tests import small

RULE = "[rules.independence]\nmax_national_share = {}\n"
HALF = small.scenario(RULE.format(0.5))
# B = 6,000, N_c = 1,000; the plan has 500 of national money already and asks for 7,000.
CITY = small.apply(
    small.city("A", own_budget=6_000),
    small.record("A", other_national_funding=1_000),
    small.ask("A-1", 3_000, score=80, other_national_funding=500),
    small.ask("A-2", 4_000, score=70),
    small.ask("B-1", 9_000, score=60),
)


def test_one_national_euro_for_each_own() -> None:
    """X_A ≤ 6,000 − 1,000 − 500 = 4,500: A-1 (80) full, A-2 1,500. B has ample means.

    National money is then 4,500 + 1,500 = 6,000, as much as its own. Without: all full.
    """
    assert small.awards(HALF, CITY) == {"A-1": 3_000, "A-2": 1_500, "B-1": 9_000}
    assert small.awards(small.scenario(), CITY) == {"A-1": 3_000, "A-2": 4_000, "B-1": 9_000}


@pytest.mark.parametrize(
    ("share", "most"),
    [
        ("0.5", 4_500),
        ("0.6", 7_500),  # 0.6 / 0.4 × 6,000 = 9,000
        ("0.25", 500),  # a third of 6,000
        ("0.2", 0),  # 1,500 less 1,500
        ("0.1", 0),  # never below nothing
        ("0", 0),
    ],
)
def test_the_share_is_of_own_and_national_money(share: str, most: int) -> None:
    scenario = small.scenario(RULE.format(share))
    assert small.bounds(scenario, CITY, "independence")["A"] == most


def test_a_share_of_one_is_no_limit() -> None:
    assert small.rows(small.scenario(RULE.format(1)), CITY, "independence") == {}


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"A-1": 3_000, "A-2": 1_500}, []),
        ({"A-1": 3_000, "A-2": 1_600}, ["A"]),
        ({"A-2": 4_500}, []),
        ({"B-1": 9_000}, []),
    ],
)
def test_the_citys_awards_count_together(given: dict[str, float], broken: list[str]) -> None:
    assert small.broken(HALF, CITY, "independence", given) == broken


def test_national_money_of_a_refused_activity_counts_too() -> None:
    """A-2 is refused, yet its 2,000 of national money is there: 5,000 − 2,000 = 3,000."""
    asks = small.apply(
        small.city("A", own_budget=5_000),
        small.ask("A-1", 5_000),
        small.ask("A-2", 1_000, eligible=False, other_national_funding=2_000),
    )
    assert small.awards(HALF, asks) == {"A-1": 3_000, "A-2": 0}


def test_a_city_without_own_money_gets_nothing() -> None:
    asks = small.apply(small.city("A", own_budget=0), small.ask("A-1", 500, own_cash=0))
    assert small.awards(HALF, asks) == {"A-1": 0}


def test_a_city_without_open_activities_has_no_row() -> None:
    asks = small.apply(small.ask("A-1", 500, eligible=False), small.ask("B-1", 500))
    assert list(small.rows(HALF, asks, "independence")) == ["B"]


def test_a_share_of_one_asks_for_no_own_money() -> None:
    """Own budget 0 and σ = 1: 500, as asked."""
    asks = small.apply(small.city("A", own_budget=0), small.ask("A-1", 500, own_cash=0))
    assert small.awards(small.scenario(RULE.format(1)), asks) == {"A-1": 500}
