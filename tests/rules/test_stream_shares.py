"""Stream shares: l_s F ≤ Σ x_a over stream s ≤ u_s F."""

from __future__ import annotations

import pytest

from funding.errors import NoAllocation, ScenarioError
from tests import small

FLOOR = small.scenario("[rules.stream_shares]\ntraining = { min = 0.3 }\n", envelope=10_000)
CEILING = small.scenario("[rules.stream_shares]\nfinancing = { max = 0.5 }\n", envelope=10_000)
BOTH = small.apply(
    small.ask("A-1", 9_000, score=90), small.ask("B-1", 4_000, score=60, stream="training")
)


def test_a_floor_moves_money_to_the_stream() -> None:
    """Training gets 0.3 × 10,000 = 3,000, A-1 the other 7,000; without A-1 takes 9,000."""
    assert small.awards(FLOOR, BOTH) == {"A-1": 7_000, "B-1": 3_000}
    without = small.awards(small.scenario(envelope=10_000), BOTH)
    assert without == {"A-1": 9_000, "B-1": 1_000}


def test_a_ceiling_holds_the_stream_back() -> None:
    """Financing at most 5,000; B-1 takes its 4,000, and 1,000 stays unspent."""
    assert small.awards(CEILING, BOTH) == {"A-1": 5_000, "B-1": 4_000}


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"B-1": 3_000}, []),
        ({"A-1": 7_000, "B-1": 2_900}, ["training minimum"]),  # of F, not of what is awarded
        ({}, ["training minimum"]),
    ],
)
def test_the_floor_is_a_share_of_the_envelope(given: dict[str, float], broken: list[str]) -> None:
    assert small.broken(FLOOR, BOTH, "stream_shares", given) == broken


@pytest.mark.parametrize(
    ("given", "broken"), [({"A-1": 5_000}, []), ({"A-1": 5_100}, ["financing maximum"])]
)
def test_the_ceiling_is_a_share_of_the_envelope(given: dict[str, float], broken: list[str]) -> None:
    assert small.broken(CEILING, BOTH, "stream_shares", given) == broken


@pytest.mark.parametrize(
    "training",
    [
        small.ask("B-1", 2_900, stream="training"),  # asks for less than the floor
        small.ask("B-1", 4_000, stream="training", eligible=False),  # nothing is open
        small.ask("B-1", 4_000),  # nobody applies for training
    ],
)
def test_a_floor_out_of_reach_is_never_missed_in_silence(training: small.Ask) -> None:
    with pytest.raises(NoAllocation):
        small.awards(FLOOR, small.apply(small.ask("A-1", 9_000), training))


def test_streams_that_are_not_named_are_free() -> None:
    named = small.scenario("[rules.stream_shares]\ntraining = {}\n")
    assert small.rows(named, BOTH, "stream_shares") == {}


def test_a_floor_above_the_ceiling_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"0\.5.*0\.4"):
        small.scenario("[rules.stream_shares]\ntraining = { min = 0.5, max = 0.4 }\n")


def test_a_floor_that_another_rule_keeps_from_its_stream_is_a_conflict() -> None:
    """Training must have 3,000; the one city that asks for it has no own budget: at most 0."""
    asks = small.apply(
        small.city("B", own_budget=0),
        small.ask("A-1", 9_000),
        small.ask("B-1", 4_000, stream="training"),
    )
    tables = "[rules.independence]\n[rules.stream_shares]\ntraining = { min = 0.3 }\n"
    with pytest.raises(NoAllocation, match="Independence, Stream shares"):
        small.awards(small.scenario(tables, envelope=10_000), asks)
