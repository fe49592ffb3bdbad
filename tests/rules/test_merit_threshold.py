"""Gate merit threshold: score ≥ threshold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from funding.applications import AssessorScore
from tests import small

GATE = small.scenario("[gates.merit_threshold]\nscore = 50\n")


def given(assessor: str, criterion: str, score: str, *, conflict: bool = False) -> AssessorScore:
    return AssessorScore(
        activity="A-1",
        assessor=assessor,
        criterion=criterion,
        score=Decimal(score),
        conflict=conflict,
    )


def test_below_it_nothing_is_funded_though_money_is_left() -> None:
    """100,000 for 4,000 of asks: A-1 (49.9) still gets nothing; without the gate it does."""
    asks = small.apply(small.ask("A-1", 2_000, score="49.9"), small.ask("B-1", 2_000, score=50))
    assert small.awards(GATE, asks) == {"A-1": 0, "B-1": 2_000}
    assert small.awards(small.scenario(), asks) == {"A-1": 2_000, "B-1": 2_000}
    (refusal,) = GATE.case(asks).refusals["A-1"]
    assert (refusal.gate, refusal.status) == ("merit_threshold", "below threshold")
    assert refusal.reason == "score 49.9 is below the threshold of 50"


@pytest.mark.parametrize(("score", "passes"), [("50", True), ("49.999", False), ("0", False)])
def test_the_threshold_itself_passes(score: str, passes: bool) -> None:
    asks = small.apply(small.ask("A-1", 2_000, score=score))
    assert (not small.refused(GATE, asks)) is passes


def test_a_threshold_of_nothing_lets_all_pass() -> None:
    none = small.scenario("[gates.merit_threshold]\nscore = 0\n")
    assert small.refused(none, small.apply(small.ask("A-1", 500, score=0))) == {}


def test_the_score_is_the_mean_of_the_assessors_means() -> None:
    """X: (40 + 60 + 50) / 3 = 50; Y: 49. Mean 49.5. Over all four scores it would be 49.75."""
    scores = [given("X", "a", "40"), given("X", "b", "60"), given("X", "c", "50")]
    asks = small.apply(small.ask("A-1", 500, score=None), *scores, given("Y", "a", "49"))
    assert small.reason(GATE, asks, "A-1") == "score 49.5 is below the threshold of 50"


def test_a_score_with_a_conflict_of_interest_does_not_count() -> None:
    """Without Y's 10 the mean is X's 50, which passes; where only Y scored, Assessment says."""
    x, y = given("X", "a", "50"), given("Y", "a", "10", conflict=True)
    assert small.refused(GATE, small.apply(small.ask("A-1", 500, score=None), x, y)) == {}
    assert small.refused(GATE, small.apply(small.ask("A-1", 500, score=70), y)) == {}
