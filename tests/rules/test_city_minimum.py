"""City minimum: X_c = 0 or X_c ≥ M."""

from __future__ import annotations

from hashlib import sha256

import pytest

from funding.awards import allocate
from funding.errors import NoAllocation, ScenarioError
from funding.scenario import Scenario
from tests import small

ASKS = small.apply(
    small.ask("A-1", 8_000, score=60),
    small.ask("B-1", 6_000, score=90),
    small.ask("C-1", 4_000, score=80),
)


def at_least(amount: float, tables: str = "", **fund: int) -> Scenario:
    """A fund of 10,000 with a minimum."""
    text = f"[rules.city_minimum]\namount = {amount}\n{tables}"
    return small.scenario(text, **{"envelope": 10_000, **fund})


def test_a_city_gets_nothing_or_enough() -> None:
    """C asks for less than 5,000. A and B with 5,000 each: 750 (thousand), B alone 540, A 480.

    Without the rule B-1 (90) is full and C-1 (80) has the other 4,000.
    """
    found = small.awards(at_least(5_000), ASKS)
    assert found == {"A-1": 5_000, "B-1": 5_000, "C-1": 0}
    free = {"A-1": 0, "B-1": 6_000, "C-1": 4_000}
    assert small.awards(small.scenario(envelope=10_000), ASKS) == free


def test_a_citys_activities_count_together() -> None:
    """A has 2 × 1,500 (score 70), B 2,500 (score 80); 3,000 in the fund, M = 2,600.

    B asks for less: nothing; A has 3,000. Without the rule B has 2,500 and A 500.
    """
    asks = small.apply(
        small.ask("A-1", 1_500), small.ask("A-2", 1_500), small.ask("B-1", 2_500, score=80)
    )
    found = small.awards(at_least(2_600, envelope=3_000), asks)
    assert found == {"A-1": 1_500, "A-2": 1_500, "B-1": 0}
    free = small.awards(small.scenario(envelope=3_000), asks)
    assert (free["B-1"], free["A-1"] + free["A-2"]) == (2_500, 500)


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({}, []),
        ({"A-1": 5_000, "B-1": 5_000}, []),
        ({"A-1": 4_900}, ["A least"]),
        ({"A-1": 100, "C-1": 4_000}, ["A least", "C out of reach"]),
    ],
)
def test_the_minimum_holds_to_the_unit(given: dict[str, float], broken: list[str]) -> None:
    assert sorted(small.broken(at_least(5_000), ASKS, "city_minimum", given)) == broken


def test_a_minimum_that_is_no_multiple_of_the_unit() -> None:
    """At least 8,050 is 8,100, and A asks for 8,000; at least 7,950 is 8,000."""
    assert small.awards(at_least(8_050), ASKS)["A-1"] == 0
    assert small.awards(at_least(7_950), ASKS)["A-1"] == 8_000


def test_equality_is_enough() -> None:
    """M is just what C asks for."""
    assert small.awards(at_least(4_000), ASKS) == {"A-1": 0, "B-1": 6_000, "C-1": 4_000}


@pytest.mark.parametrize("amount", [0, 100])
def test_a_minimum_that_any_award_holds_needs_no_rows(amount: int) -> None:
    assert small.rows(at_least(amount), ASKS, "city_minimum") == {}


def test_a_city_that_a_cap_keeps_below_the_minimum_gets_nothing() -> None:
    found = small.awards(at_least(5_000, "[rules.city_cap]\namount = 4_900\n"), ASKS)
    assert set(found.values()) == {0}


def test_it_is_said_why() -> None:
    """C asks for less. A would need 5,100, and 4,900 are left of 10,900 beside B's 6,000."""
    found = allocate(ASKS, at_least(5_100, envelope=10_900))
    assert small.in_units(found) == {"A-1": 5_100, "B-1": 5_800, "C-1": 0}
    c = found.outcomes["C-1"]
    assert c.status == "not funded"
    assert c.reasons[1] == (
        "City minimum: 5,100 EUR, more than the 4,000 EUR that is asked for and open."
    )
    assert found.notes == (
        "City minimum: less than 5,100 EUR is asked for and open in C; nothing can be awarded "
        "there",
    )


def test_a_city_that_only_money_keeps_from_its_minimum_is_in_reserve() -> None:
    """B full, 900 left; A needs 5,100: 4,200 more. A with 5,100 and B with 1,800 is no better
    than B's 6,000, since B would be below its minimum."""
    found = allocate(ASKS, at_least(5_100, envelope=6_900))
    a = found.outcomes["A-1"]
    assert (a.status, found.awards["B-1"]) == ("reserve", 600_000)
    assert a.reasons[0] == "In reserve: with 4,200 EUR more in the envelope it could be funded."


def test_an_activity_that_is_too_small_alone_names_the_minimum() -> None:
    """A's two ask for 3,000 each, 5,000 is the minimum and nothing is left: B has all."""
    asks = small.apply(
        small.ask("A-1", 3_000, score=50),
        small.ask("A-2", 3_000, score=50),
        small.ask("B-1", 6_000, score=90),
        small.ask("B-2", 4_500, score=90),
    )
    outcome = allocate(asks, at_least(5_000, envelope=10_500)).outcomes["A-1"]
    assert outcome.status == "not funded"
    assert "City minimum: nothing, or at least 5,000 EUR for the city." in outcome.reasons


@pytest.mark.parametrize("city", "ABCDEFGH")
def test_minimum_and_bands_are_told_in_the_order_of_the_rules(city: str) -> None:
    """Z takes 10,000 or nothing; 4,900 are left, and the city needs 5,000 of its 5,500."""
    asks = small.apply(
        small.ask("Z-1", 10_000, score=95, minimum_viable=10_000),
        small.ask(f"{city}-1", 3_000, stream="training"),
        small.ask(f"{city}-2", 2_500),
    )
    bands = '[[rules.award_bands]]\nstreams = ["training"]\nmin = 1_000\n'
    outcome = allocate(asks, at_least(5_000, bands, envelope=14_900)).outcomes[f"{city}-1"]
    assert outcome.reasons == (
        "No room for 100 EUR.",
        "City minimum: nothing, or at least 5,000 EUR for the city.",
        "Award bands: nothing, or from 1,000 EUR to 3,000 EUR.",
    )


def test_cities_alike_are_funded_in_the_declared_order() -> None:
    """Two cities alike, each with two activities; money for one of them. Nothing but the lot
    tells them apart: the city whose activity has the smallest is first."""
    first = set()
    for draw in range(8):
        asks = [small.ask(f"{c}-{n}", 1_000) for c in "AC" for n in (1, 2)]
        lots = {a.code: sha256(f"{draw}|{a.code}".encode()).hexdigest() for a, _ in asks}
        applications = small.apply(*asks, draw_number=str(draw))
        awards = small.awards(at_least(2_000, envelope=2_900), applications)
        (city,) = {code[0] for code, award in awards.items() if award}
        assert city == min(lots, key=lots.__getitem__)[0]
        first.add(city)
    assert first == {"A", "C"}


def test_a_floor_that_the_minimum_keeps_from_its_stream_is_a_conflict() -> None:
    """Training must have 1,000 to 2,000 and only city D asks for it, which needs 5,000."""
    asks = small.apply(small.ask("A-1", 8_000), small.ask("D-1", 6_000, stream="training"))
    tables = "[rules.stream_shares]\ntraining = { min = 0.1, max = 0.2 }\n"
    with pytest.raises(NoAllocation, match="Stream shares, City minimum"):
        allocate(asks, at_least(5_000, tables))


def test_a_decision_by_hand_and_the_minimum_both_hold() -> None:
    """At least 1,000 for C by decision: C must be funded, so with 4,000 at least."""
    decided = '[[decisions]]\ncity = "C"\nminimum = 1_000\nreason = "r"\n'
    assert small.awards(at_least(4_000, decided), ASKS)["C-1"] == 4_000
    with pytest.raises(NoAllocation, match="City minimum, Decisions by hand"):
        allocate(ASKS, at_least(5_000, decided))


@pytest.mark.parametrize("text", ["", "amount = -1\n", 'amount = "5"\n'])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match=r"rules\.city_minimum\.amount"):
        small.scenario(f"[rules.city_minimum]\n{text}")
