"""Gate own contribution: own cash + creditable in kind ≥ floor × eligible cost."""

from __future__ import annotations

import pytest

from funding.scenario import Scenario
from tests import small


def gate(in_kind_share: str, floor: str = "0.1") -> Scenario:
    return small.scenario(
        f"[gates.own_contribution]\nfloor = {floor}\nin_kind_share = {in_kind_share}\n",
        envelope=3_000,
    )


@pytest.mark.parametrize(
    ("share", "cash", "in_kind", "passes"),
    [
        ("0.5", 1_000, 1_000, True),  # in kind up to the cash: 2,000
        ("0.5", 999.99, 5_000, False),  # 1,999.98
        ("0.5", 800, 5_000, False),  # 1,600
        ("0.2", 1_600, 5_000, True),  # in kind a quarter of the cash: 400
        ("0.2", 1_599, 5_000, False),
        ("0.2", 1_600, 399, False),  # not more than there is
        ("1", 0, 2_000, True),  # all of it
        ("1", 800, 1_199.99, False),
        ("0", 1_999, 9_000, False),  # none
        ("0", 2_000, 0, True),
    ],
)
def test_in_kind_counts_up_to_its_share(
    share: str, cash: float, in_kind: float, passes: bool
) -> None:
    """Asked is 0.1 × 20,000 = 2,000; creditable in kind is at most s / (1 − s) × cash."""
    asks = small.apply(
        small.ask("A-1", 5_000, own_cash=cash, own_in_kind=in_kind, eligible_cost=20_000)
    )
    assert small.refused(gate(share), asks) == ({} if passes else {"A-1": ["own_contribution"]})


def test_an_activity_without_own_money_is_closed() -> None:
    """F = 3,000: A-1 (90) brings 200 of 10,000, B-1 1,000 of 4,000. Without the gate: A-1."""
    asks = small.apply(
        small.ask("A-1", 3_000, score=90, own_cash=200, other_funding=6_800),
        small.ask("B-1", 3_000, score=60, own_cash=1_000),
    )
    assert small.awards(gate("0.5"), asks) == {"A-1": 0, "B-1": 3_000}
    assert small.awards(small.scenario(envelope=3_000), asks) == {"A-1": 3_000, "B-1": 0}
    why = small.reason(gate("0.5"), asks, "A-1")
    for part in ("200 EUR", "10 %", "1,000 EUR"):
        assert part in why


@pytest.mark.parametrize(("cost", "floor"), [(0, "1"), (20_000, "0")])
def test_nothing_asked_nothing_needed(cost: float, floor: str) -> None:
    """Eligible cost 0, or a floor of 0: passes without any own money."""
    asks = small.apply(small.ask("A-1", 500, own_cash=0, eligible_cost=cost))
    assert small.refused(gate("0.5", floor), asks) == {}


def test_without_a_share_all_in_kind_counts() -> None:
    asks = small.apply(small.ask("A-1", 500, own_cash=0, own_in_kind=500))
    half = small.scenario("[gates.own_contribution]\nfloor = 0.5\n")
    assert small.refused(half, asks) == {}


def test_the_own_budget_plays_no_part() -> None:
    """500 of own cash are half of the cost of 1,000, though the city budgets nothing."""
    asks = small.apply(small.city("A", own_budget=0), small.ask("A-1", 500, own_cash=500))
    assert small.refused(gate("1", "0.5"), asks) == {}
