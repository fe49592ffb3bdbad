"""Gate no overlap: not already covered by another national programme."""

from __future__ import annotations

from tests import small

GATE = "[gates.no_overlap]\n"
ASKS = small.apply(
    small.ask("A-1", 3_000, score=90, overlaps=True),
    small.ask("A-2", 1_000, score=50),
    small.ask("B-1", 3_000, score=60),
)


def test_what_another_programme_covers_is_closed() -> None:
    """F = 3,500: B-1 full, A-2 500. Without the gate A-1 full, B-1 500."""
    gated = small.awards(small.scenario(GATE, envelope=3_500), ASKS)
    assert gated == {"A-1": 0, "A-2": 500, "B-1": 3_000}
    free = small.awards(small.scenario(envelope=3_500), ASKS)
    assert free == {"A-1": 3_000, "A-2": 0, "B-1": 500}


def test_only_the_activity_is_closed_not_the_city() -> None:
    scenario = small.scenario(GATE)
    assert small.refused(scenario, ASKS) == {"A-1": ["no_overlap"]}
    assert "another national programme" in small.reason(scenario, ASKS, "A-1")


def test_any_other_national_money_closes_where_the_scenario_says_so() -> None:
    """F = 3,500: A-1 has a cent of another ministry and is closed; B-1 is full, A-2 gets 500.

    By default A-1 is full. Money that city B has at large (N_c) closes nothing.
    """
    asks = small.apply(
        small.record("B", other_national_funding=9_000),
        small.ask("A-1", 3_000, score=90, other_national_funding=0.01),
        small.ask("A-2", 1_000, score=50),
        small.ask("B-1", 3_000, score=60),
    )
    strict = small.scenario(f"{GATE}refuse_other_funding = true\n", envelope=3_500)
    assert small.awards(strict, asks) == {"A-1": 0, "A-2": 500, "B-1": 3_000}
    assert small.refused(strict, asks) == {"A-1": ["no_overlap"]}
    assert small.reason(strict, asks, "A-1") == (
        "has 0.01 EUR of other national funding; none is allowed"
    )
    default = small.awards(small.scenario(GATE, envelope=3_500), asks)
    assert default == {"A-1": 3_000, "A-2": 0, "B-1": 500}
