"""City cap: X_c ≤ the least of the caps that are given and apply."""

from __future__ import annotations

import pytest

from funding.errors import ScenarioError
from tests import small

# F = 20,000: 8,000 for all, 6,000 as a share, half a euro for each inhabitant, 2,500 for new ones.
FULL = small.scenario(
    "[rules.city_cap]\namount = 8_000\nshare = 0.3\nper_inhabitant = 0.5\n"
    "first_time_amount = 2_500\n",
    envelope=20_000,
)
NEW = small.scenario("[rules.city_cap]\nfirst_time_amount = 2_500\n", envelope=20_000)
ASKS = small.apply(
    small.city("A", population=10_000),
    small.city("B", population=100_000),
    small.city("C", population=100_000),
    small.record("C", first_time=True),
    small.ask("A-1", 4_000, score=80),
    small.ask("A-2", 3_000, score=70),
    small.ask("B-1", 8_000, score=80),
    small.ask("C-1", 5_000, score=80),
)


def test_the_least_cap_holds() -> None:
    """A: min(8,000; 6,000; 5,000). B: min(8,000; 6,000; 50,000). C: first-timer, 2,500."""
    bounds = small.bounds(FULL, ASKS, "city_cap")
    assert bounds == {"A": 5_000, "B": 6_000, "C": 2_500}


def test_capped_cities_leave_money() -> None:
    """A-1 (80) full and A-2 1,000; B 6,000; C 2,500: 13,500 of 20,000.

    The asks come to exactly 20,000, so without the rule all are full.
    """
    capped = {"A-1": 4_000, "A-2": 1_000, "B-1": 6_000, "C-1": 2_500}
    assert small.awards(FULL, ASKS) == capped
    full = {"A-1": 4_000, "A-2": 3_000, "B-1": 8_000, "C-1": 5_000}
    assert small.awards(small.scenario(envelope=20_000), ASKS) == full


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"A-1": 4_000, "A-2": 1_000}, []),
        ({"A-1": 4_000, "A-2": 1_100}, ["A"]),
        ({"B-1": 6_100, "C-1": 2_600}, ["B", "C"]),
    ],
)
def test_a_citys_awards_count_together(given: dict[str, float], broken: list[str]) -> None:
    assert sorted(small.broken(FULL, ASKS, "city_cap", given)) == broken


def test_a_cap_for_first_timers_is_for_them_alone() -> None:
    """A and B have no row; C gets 2,500."""
    assert small.bounds(NEW, ASKS, "city_cap") == {"C": 2_500}


def test_a_higher_cap_for_first_timers_lifts_no_other() -> None:
    tables = "[rules.city_cap]\namount = 1_000\nfirst_time_amount = 2_500\n"
    assert small.bounds(small.scenario(tables), ASKS, "city_cap")["C"] == 1_000


def test_a_cap_of_nothing() -> None:
    none = small.scenario("[rules.city_cap]\namount = 0\n", envelope=20_000)
    assert set(small.awards(none, ASKS).values()) == {0}


def test_a_cap_without_any_amount_is_refused() -> None:
    with pytest.raises(ScenarioError, match="per_inhabitant"):
        small.scenario("[rules.city_cap]\n")
