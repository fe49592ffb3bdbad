"""Limits as tables and sentences: which bind, what more is worth, what is left, who came first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from funding.app.award_figures import certified, headlines, left, proof, worth
from funding.app.limit_tables import (
    binding,
    decision_table,
    number_of,
    price_sentence,
    price_table,
    stopped,
    ties,
)
from funding.awards import Allocation, allocate
from funding.prices import Prices, prices_of
from tests.small import apply, ask, city, scenario

CAP = "[rules.city_cap]\namount = 700\n"


@pytest.fixture(scope="module")
def made() -> Allocation:
    """1,000 EUR: A is capped at 700 of 1,000 EUR, so that B has the other 300 EUR."""
    given = apply(
        city("A", name="Aix"),
        city("B", name="Brest"),
        ask("A-1", 1000, score=80),
        ask("B-1", 1000, score=60),
    )
    return allocate(given, scenario(CAP, envelope=1000))


@pytest.fixture(scope="module")
def prices(made: Allocation) -> Prices:
    return prices_of(made)


def test_the_limits_that_bind_are_told_in_words(made: Allocation) -> None:
    """B has room under its cap."""
    frame = binding(made)
    assert list(frame) == ["Rule", "Whom", "In words"]
    assert frame["Rule"].to_list() == ["Envelope", "City cap"]
    assert frame["Whom"].to_list() == ["the fund", "Aix (A)"]
    assert frame["In words"].to_list()[0] == "The envelope: at most 1,000 EUR."


def test_one_more_euro_goes_to_whom_the_cap_leaves_room(made: Allocation, prices: Prices) -> None:
    """In the envelope it serves B, 60 a euro; under A's cap it takes from B's, 80 − 60."""
    frame = binding(made, prices).set_index("Rule")
    assert frame["One more adds"].to_dict() == {"Envelope": 60.0, "City cap": 20.0}
    assert frame["Price in words"].to_dict()["Envelope"].startswith("One more EUR adds 60")
    assert price_sentence(made, prices) == (
        "One EUR more in the envelope would gain 60. Prices are in value (score × EUR awarded)."
    )


def test_keys_of_the_scenario_have_prices_in_all(made: Allocation, prices: Prices) -> None:
    frame = price_table(made, prices).set_index("Limit")
    assert frame["adds"].to_list() == ["60", "20"]
    assert frame["Now"].to_list() == ["1,000 EUR", "700 EUR"]
    assert all(words.endswith(".") for words in frame["In words"])


def test_what_is_not_complete_says_so(made: Allocation, prices: Prices) -> None:
    late = replace(prices, complete=False, fixed=True)
    told = price_sentence(made, late)
    assert "with those funded who are" in told
    assert told.endswith("Time ran out before all prices were found.")
    nothing = Prices({}, (), (), fixed=False, complete=False)
    assert price_sentence(made, nothing).startswith("No price was found.")
    assert set(binding(made, nothing)["Price in words"]) == {"not found"}
    assert price_table(made, nothing).empty
    assert decision_table(nothing).empty


def test_where_more_is_impossible_there_is_no_price() -> None:
    assert number_of(None) == "–"
    assert number_of(0.0) == "0"


def test_who_is_stopped_by_what(made: Allocation) -> None:
    """A is stopped by its cap and by the envelope, B by the envelope alone."""
    frame = stopped(made).set_index("Rule")
    assert frame["Activities"].to_list() == ["2", "1"]
    assert frame["By it alone"].to_list() == ["1", "0"]
    assert frame["Short of request"].to_list() == ["1,000", "300"]
    assert frame["Next step from"].to_list() == ["100", "100"]


def test_equals_between_whom_something_decided_are_told() -> None:
    """1,100 EUR for two equals: the last 100 EUR cannot be shared; the smaller city is first."""
    cities = (city("A", population=1_000), city("B", population=2_000))
    equal = allocate(apply(*cities, ask("A-1", 1000), ask("B-1", 1000)), scenario(envelope=1100))
    (row,) = ties(equal).to_dict("records")
    assert row["What"].startswith("100 EUR")
    assert (row["Came first"], row["Came after"]) == ("A-1 (City A)", "B-1 (City B)")
    assert row["Decided by"] == "smaller population"
    assert ties(allocate(apply(ask("A-1", 1000)), scenario(envelope=1100))).empty


def test_the_figures_at_the_head(made: Allocation) -> None:
    """700 × 80 + 300 × 60 = 74,000; B has 300 of 1,000 EUR."""
    shown = {figure.label: figure.value for figure in headlines(made)}
    assert shown == {
        "Envelope, EUR": "1,000",
        "Awarded, EUR": "1,000",
        "Unspent, EUR": "0",
        "Activities funded": "2 of 2",
        "Cities funded": "2 of 2",
        "Lowest coverage": "30 %",
        "Value": "74,000",
    }
    meanings = {figure.label: figure.meaning for figure in headlines(made)}
    assert meanings["Awarded, EUR"].startswith("100 % of the envelope, 50 % of all")
    assert meanings["Activities funded"] == "0 of these in full"


def test_a_large_value_is_shown_in_millions() -> None:
    """200,000 EUR at score 70 are 14 million."""
    large = allocate(apply(ask("A-1", 200_000)), scenario(envelope=200_000))
    value = headlines(large)[-1]
    assert value.value == "14.0 M"
    assert value.meaning.startswith("14,000,000, ")


def test_the_proof_is_told_as_far_as_it_goes(made: Allocation) -> None:
    sure = replace(made, seconds=0.61)
    assert proof(sure) == "The value is the best possible. Found in 0.6 s."
    below = replace(made, bound=float(made.value) / 0.9998, seconds=0.61)
    assert proof(below) == "The value is at most 0.02 % below the best possible. Found in 0.6 s."
    late = replace(below, status="feasible", seconds=60.04)
    assert proof(late) == (
        "The solver stopped at its time limit, after 60.0 s: every rule holds, and the value is "
        "at most 0.02 % below the best possible, but better awards may exist."
    )


def test_the_worth_and_what_is_left_in_sentences(made: Allocation) -> None:
    assert worth(made).startswith("The awards are worth 74,000 (score × EUR awarded)")
    assert "Lost by rounding to whole units: 0." in worth(made)
    more = replace(made, fair_value=float(made.value) - 500)
    assert "Whole units happen to be worth 500 more than the even shares." in worth(more)
    assert left(made).startswith("Nothing is left")
    assert "no allocation is worth more than 74,000" in certified(made)
    assert "too large for one" in certified(replace(made, certify=lambda: None))
