"""Gate eligible: the ministry's word."""

from __future__ import annotations

from tests import small

ASKS = small.apply(
    small.ask("A-1", 4_000, score=90, eligible=False, comment="private trip"),
    small.ask("A-2", 1_000, score=50),
    small.ask("B-1", 4_000, score=60, eligible=False),
)


def test_what_the_ministry_refuses_gets_nothing() -> None:
    """F = 4,000. A-1 has the most points, but is refused; A-2, of the same city, is not.

    Said eligible, A-1 would take all.
    """
    scenario = small.scenario(envelope=4_000)
    assert small.awards(scenario, ASKS) == {"A-1": 0, "A-2": 1_000, "B-1": 0}
    eligible = small.apply(small.ask("A-1", 4_000, score=90), small.ask("A-2", 1_000, score=50))
    assert small.awards(scenario, eligible) == {"A-1": 4_000, "A-2": 0}


def test_it_holds_in_every_scenario_and_gives_the_comment() -> None:
    scenario = small.scenario()
    assert small.refused(scenario, ASKS) == {"A-1": ["eligible"], "B-1": ["eligible"]}
    assert small.reason(scenario, ASKS, "A-1") == "assessed as not eligible (private trip)"
    assert small.reason(scenario, ASKS, "B-1") == "assessed as not eligible"
