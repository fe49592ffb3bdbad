"""Hands off: Σ steered x_a ≤ ε Σ x_a in each city, and ≤ ε_F of all awards."""

from __future__ import annotations

import pytest

from funding.errors import NoAllocation
from tests import small

CITY = "[rules.hands_off]\nmax_steered_share = 0.2\n"
FUND = "[rules.hands_off]\nmax_steered_share_of_fund = 0.1\n"
# A: steered 5,000, free 8,000, coordination 3,000. B: steered only.
ASKS = small.apply(
    small.ask("A-1", 5_000, score=90, steered=True),
    small.ask("A-2", 8_000),
    small.ask("A-3", 3_000, stream="coordination"),
    small.ask("B-1", 4_000, score=90, steered=True),
)


def test_little_of_each_citys_award_is_steered() -> None:
    """A-1 ≤ 0.2 (A-1 + 8,000), so A-1 ≤ 2,000; B-1 ≤ 0.2 B-1, so 0. Without: all full."""
    wanted = {"A-1": 2_000, "A-2": 8_000, "A-3": 3_000, "B-1": 0}
    assert small.awards(small.scenario(CITY), ASKS) == wanted
    full = {"A-1": 5_000, "A-2": 8_000, "A-3": 3_000, "B-1": 4_000}
    assert small.awards(small.scenario(), ASKS) == full


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"A-1": 2_000, "A-2": 8_000}, []),  # 2,000 of 10,000
        ({"A-1": 2_100, "A-2": 8_000}, ["A"]),
        ({"A-1": 2_100, "A-2": 8_000, "A-3": 3_000}, ["A"]),  # coordination does not help
        ({"A-1": 100}, ["A"]),
        ({"B-1": 100}, ["B"]),
        ({"A-3": 3_000}, []),
    ],
)
def test_coordination_counts_on_neither_side(given: dict[str, float], broken: list[str]) -> None:
    assert small.broken(small.scenario(CITY), ASKS, "hands_off", given) == broken


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"A-1": 1_200, "A-2": 8_000, "A-3": 3_000}, []),  # 1,200 of 12,200
        ({"A-1": 1_300, "A-2": 8_000, "A-3": 3_000}, [""]),  # 1,300 of 12,300
        ({"A-1": 600, "A-2": 8_000, "A-3": 3_000, "B-1": 700}, [""]),  # cities together
        ({"A-1": 900, "A-2": 8_000}, [""]),  # 890 would be a tenth
    ],
)
def test_the_fund_as_a_whole(given: dict[str, float], broken: list[str]) -> None:
    """Against all awards, coordination included."""
    assert small.broken(small.scenario(FUND), ASKS, "hands_off", given) == broken


def test_the_fund_shares_its_steered_tenth() -> None:
    """11,000 are free, so steered s ≤ 0.1 (s + 11,000) = 1,222.2: 1,200, split 5 : 4 by request.

    In the even point A-1 has 679 and B-1 543 of 1,222.2; in hundreds 700 and 500.
    """
    awards = small.awards(small.scenario(FUND), ASKS)
    assert awards == {"A-1": 700, "A-2": 8_000, "A-3": 3_000, "B-1": 500}


def test_a_steered_coordination_activity_is_no_steering() -> None:
    asks = small.apply(small.ask("A-1", 500, stream="coordination", steered=True))
    both = small.scenario(CITY + "max_steered_share_of_fund = 0.0\n")
    assert small.rows(both, asks, "hands_off") == {}
    assert small.awards(both, asks) == {"A-1": 500}


def test_shares_of_one_are_no_limit() -> None:
    assert small.rows(small.scenario("[rules.hands_off]\n"), ASKS, "hands_off") == {}


def test_nothing_steered_at_all() -> None:
    none = small.scenario("[rules.hands_off]\nmax_steered_share = 0\n")
    awards = small.awards(none, ASKS)
    assert (awards["A-1"], awards["A-2"], awards["B-1"]) == (0, 8_000, 0)


def test_closed_activities_count_on_neither_side() -> None:
    """A-2 is not steered, but refused: A has only steered activities open, x ≤ 0.2 x, so 0."""
    asks = small.apply(
        small.ask("A-1", 5_000, steered=True), small.ask("A-2", 8_000, eligible=False)
    )
    assert small.awards(small.scenario(CITY), asks) == {"A-1": 0, "A-2": 0}


def test_a_fund_with_only_steered_activities_awards_nothing() -> None:
    """x + z ≤ 0.1 (x + z), so 0, though no city is limited; a share of 1 is no limit."""
    asks = small.apply(small.ask("A-1", 5_000, steered=True), small.ask("B-1", 900, steered=True))
    assert small.awards(small.scenario(FUND), asks) == {"A-1": 0, "B-1": 0}
    free = small.scenario(FUND.replace("0.1", "1"))
    assert small.awards(free, asks) == {"A-1": 5_000, "B-1": 900}


def test_coordination_makes_room_for_steered_awards_in_the_fund() -> None:
    """s ≤ 0.1 (s + 900), so s ≤ 100."""
    asks = small.apply(
        small.ask("A-1", 5_000, steered=True), small.ask("B-1", 900, stream="coordination")
    )
    assert small.awards(small.scenario(FUND), asks) == {"A-1": 100, "B-1": 900}


def test_a_minimum_by_hand_for_a_city_with_only_steered_activities_is_a_conflict() -> None:
    asks = small.apply(small.ask("A-1", 5_000, steered=True))
    decided = '[[decisions]]\nactivity = "A-1"\nminimum = 100\nreason = "r"\n'
    with pytest.raises(NoAllocation, match="Hands off, Decisions by hand"):
        small.awards(small.scenario(CITY + decided), asks)
