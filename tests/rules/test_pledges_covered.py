"""Gate pledges covered: Σ own cash over the plan ≤ own engagement budget."""

from __future__ import annotations

import pytest

from funding.applications import Applications
from tests import small

GATE = small.scenario("[gates.pledges_covered]\n", envelope=3_000)


def plan(second: float) -> Applications:
    """City A budgets 10,000 and pledges 6,000 and something more; B is sound."""
    return small.apply(
        small.city("A", own_budget=10_000),
        small.ask("A-1", 1_000, score=90, own_cash=6_000),
        small.ask("A-2", 1_000, score=90, own_cash=second, eligible=False),
        small.ask("B-1", 3_000, score=50),
    )


@pytest.mark.parametrize(("second", "closed"), [(4_000, False), (4_000.01, True)])
def test_the_pledges_of_the_whole_plan_count(second: float, closed: bool) -> None:
    """6,000 + 4,000 = 10,000 is covered, a cent more is not, though A-2 is refused anyway."""
    gates = small.refused(GATE, plan(second))
    assert ("A-1" in gates) is closed
    assert gates["A-2"] == ["eligible", *(["pledges_covered"] if closed else [])]


def test_an_uncovered_plan_gets_nothing() -> None:
    """F = 3,000: B-1 takes all; without the gate A-1 (90) has its 1,000 first."""
    assert small.awards(GATE, plan(5_000)) == {"A-1": 0, "A-2": 0, "B-1": 3_000}
    free = small.awards(small.scenario(envelope=3_000), plan(5_000))
    assert free == {"A-1": 1_000, "A-2": 0, "B-1": 2_000}
    why = small.reason(GATE, plan(5_000), "A-1")
    assert "11,000 EUR" in why
    assert "10,000 EUR" in why


def test_nothing_pledged_needs_no_budget() -> None:
    asks = small.apply(small.city("A", own_budget=0), small.ask("A-1", 500, own_cash=0))
    assert small.refused(GATE, asks) == {}
