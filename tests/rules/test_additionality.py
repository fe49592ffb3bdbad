"""Gate additionality: own budget ≥ (1 − tolerance) × earlier budget."""

from __future__ import annotations

import pytest

from tests import small

GATE = small.scenario("[gates.additionality]\ntolerance = 0.05\n", envelope=3_000)


def budgets(own: float, earlier: float | None) -> bool:
    """Whether a city with these budgets passes a tolerance of 5 %."""
    asks = small.apply(
        small.city("A", own_budget=own, earlier_budget=earlier), small.ask("A-1", 1_000)
    )
    return not small.refused(GATE, asks)


@pytest.mark.parametrize(
    ("own", "earlier", "passes"),
    [
        (95_000, 100_000, True),  # exactly 5 % less
        (94_999.99, 100_000, False),
        (120_000, 100_000, True),
        (0, 0, True),
        (0, 0.01, False),
        (0, None, True),  # not known
    ],
)
def test_the_own_budget_may_fall_by_the_tolerance(
    own: float, earlier: float | None, passes: bool
) -> None:
    assert budgets(own, earlier) is passes


def test_a_city_that_saves_on_its_own_is_closed() -> None:
    """F = 3,000: A-1 (90) is closed for its city's 50 % fall, so B-1 is full. Without: A-1."""
    asks = small.apply(
        small.city("A", own_budget=50_000, earlier_budget=100_000),
        small.city("B", own_budget=50_000, earlier_budget=50_000),
        small.ask("A-1", 3_000, score=90),
        small.ask("B-1", 3_000, score=60),
    )
    assert small.awards(GATE, asks) == {"A-1": 0, "B-1": 3_000}
    assert small.awards(small.scenario(envelope=3_000), asks) == {"A-1": 3_000, "B-1": 0}
    for amount in ("100,000 EUR", "50,000 EUR", "5 %"):
        assert amount in small.reason(GATE, asks, "A-1")


def test_without_a_tolerance_nothing_may_fall() -> None:
    asks = small.apply(
        small.city("A", own_budget=999.99, earlier_budget=1_000), small.ask("A-1", 500)
    )
    strict = small.scenario("[gates.additionality]\n")
    assert small.refused(strict, asks) == {"A-1": ["additionality"]}


def test_cities_that_pass_for_want_of_knowledge_are_noted() -> None:
    asks = small.apply(small.city("A"), small.city("B", earlier_budget=1), small.ask("A-1", 500))
    (note,) = GATE.notes(GATE.case(asks))
    assert "1 city is not known" in note
    assert note.endswith(": A")
