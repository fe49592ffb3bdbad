"""Gate reports filed: a city that owes a report gets nothing new."""

from __future__ import annotations

from tests import small

GATE = "[gates.reports_filed]\n"
ASKS = small.apply(
    small.record("A", reports_overdue=True),
    small.record("B", reports_overdue=False),
    small.ask("A-1", 2_000, score=90),
    small.ask("A-2", 1_000, score=80),
    small.ask("B-1", 2_000, score=50),
    small.ask("C-1", 2_000, score=40),  # no record
)


def test_the_whole_plan_of_the_city_is_closed() -> None:
    """F = 3,000: B-1 2,000 and C-1 1,000; without the gate A-1 2,000 and A-2 1,000."""
    gated = small.awards(small.scenario(GATE, envelope=3_000), ASKS)
    assert gated == {"A-1": 0, "A-2": 0, "B-1": 2_000, "C-1": 1_000}
    free = small.awards(small.scenario(envelope=3_000), ASKS)
    assert free == {"A-1": 2_000, "A-2": 1_000, "B-1": 0, "C-1": 0}


def test_no_record_owes_nothing() -> None:
    scenario = small.scenario(GATE)
    assert small.refused(scenario, ASKS) == {"A-1": ["reports_filed"], "A-2": ["reports_filed"]}
    assert "overdue reports" in small.reason(scenario, ASKS, "A-1")
