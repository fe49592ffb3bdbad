"""Splitting an activity changes nothing; served in turn means in turn; a tie is what it says."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, event, given

from funding.applications import Applications
from funding.awards import allocate
from funding.result import as_json
from funding.ties import Tie
from tests.oracle import Referee
from tests.random_funds import ENVELOPES, funds, rules
from tests.small import apply, ask, city, in_units, record, scenario
from tests.test_fairness import before_rounding, both, same
from tests.test_properties import examples, of, tried
from tests.tied_funds import tied_funds

AMOUNTS = ("total_cost", "requested", "own_cash", "own_in_kind", "other_funding")
FOUND = ("eligible_cost", "other_national_funding")


def times(row: Any, factor: int, fields: tuple[str, ...], by: int = 1) -> Any:
    """A row whose amounts are multiplied and divided."""
    update = {f: v * factor // by for f in fields if (v := getattr(row, f)) is not None}
    return row.model_copy(update=update)


CAPS = re.compile(r"\[\[rules\.activity_caps\]\]\n(?:[^\[].*\n)*")  # two halves may have two caps


def halved(applications: Applications) -> tuple[Applications, Applications]:
    """The applications with twice the amounts, and with each activity twice instead."""
    whole: list[Any] = []
    halves: list[Any] = []
    for a in applications.activities.values():
        found = applications.assessments[a.code]
        double = times(a, 2, (*AMOUNTS, "people_to_be_certified"))
        years = tuple((year, 2 * part) for year, part in a.requested_by_year)
        double = double.model_copy(update={"requested_by_year": years})
        whole.append((double, times(found, 2, FOUND)))
        for n in (1, 2):
            code = f"{a.code}.{n}"
            half = a.model_copy(update={"code": code})
            halves.append((half, found.model_copy(update={"activity": code})))
    others: list[Any] = [*applications.cities.values(), *applications.records.values()]
    return apply(*whole, *others), apply(*halves, *others)


@examples(100)
@given(funds(), rules(linear=True, named_codes=False), ENVELOPES)
def test_two_halves_get_what_the_whole_gets(
    applications: Applications, tables: str, money: str
) -> None:
    """By merit_money, without minimum amounts or caps for each activity: before rounding together
    the same, each half as much as the other; after it within a unit for each."""
    tables = CAPS.sub("", tables)
    for value in ("merit_projects", "reach"):
        tables = tables.replace(value, "merit_money")
    one, two = halved(applications)
    read = of(tables, money, 1)
    whole, halves = both(before_rounding(one, read), before_rounding(two, read))
    for code, award in whole.units.items():
        parts = [halves.units[f"{code}.{n}"] for n in (1, 2)]
        assert same(award, sum(parts)), code
        assert same(parts[0], parts[1]), code
    mine, theirs = tried(one, read), tried(two, read)
    if mine is not None and theirs is not None:
        for code, award in mine.awards.items():
            together = theirs.awards[f"{code}.1"] + theirs.awards[f"{code}.2"]
            event("split" if award else "nothing")
            assert abs(award - together) <= 2 * read.fund.step, code


@pytest.mark.parametrize(("value", "together"), [("merit_money", 50), ("merit_projects", 100)])
def test_by_projects_two_halves_count_twice(value: str, together: int) -> None:
    """100 for a whole of 100, or two halves of 50, beside another of 100 with an equal score.

    By money all tie: the halves get 50 together, as the whole does. By projects a unit for a half
    counts twice as much, so that the halves are served first, with all of their 100.
    """
    text = f'[objective]\nvalue = "{value}"\n'
    whole = apply(ask("A-1", 100), ask("B-1", 100))
    halves = apply(ask("A-1", 50), ask("A-2", 50), ask("B-1", 100))
    read = scenario(text, envelope=100, unit=1)
    assert in_units(allocate(whole, read))["A-1"] == 50
    got = in_units(allocate(halves, read))
    assert got["A-1"] + got["A-2"] == together


@examples(100)
@given(tied_funds(), ENVELOPES)
def test_in_turn_the_first_is_full_before_the_next_gets_any(
    applications: Applications, money: str
) -> None:
    """With no rule but the money in one pot, and any part of a request: of those with one score,
    all before one that is not in full are in full, and all after it get nothing."""
    if "envelopes" in money:
        money = "envelope = 4_300\n"
    tables = "[ties]\nshare = false\n[rules.request]\nrespect_minimum_viable = false\n"
    found = allocate(applications, of(tables, money, 100))
    case = found.case
    for score in {applications.score(code) for code in case.open}:
        tied = [a for a in sorted(case.open, key=case.turn) if applications.score(a) == score]
        for first, later in combinations(tied, 2):
            event("one after the other")
            assert found.awards[first] == case.spans[first].most or not found.awards[later]


@examples(120)
@given(tied_funds(), rules(named_codes=False), ENVELOPES)
def test_in_turn_no_unit_could_go_to_one_that_comes_first(
    applications: Applications, tables: str, money: str
) -> None:
    """Under any rules, judged by the referee: of two that are worth as much, none that comes later
    has a unit that the first could have."""
    read = of("[ties]\nshare = false\n" + tables, money, 100)
    found = tried(applications, read)
    assume(found is not None)
    assert found is not None
    referee, unit = Referee(applications, read.tables), read.fund.step
    order = sorted(found.case.open, key=found.case.turn)
    for first, later in combinations(order, 2):
        if found.awards[later]:
            moved = dict(found.awards)
            moved[first] += unit
            moved[later] -= unit
            if referee.value(moved) == found.value and moved[first] <= referee.spans[first][1]:
                event("tried")
                assert referee.broken(moved), (first, later)


def test_a_tie_names_who_came_first_and_what_decided() -> None:
    """103 for four equal asks of 60: 25.75 each, so three get 26 and one 25.

    B is a first-time applicant, C the smaller; A and D, alike, draw lots.
    """
    given = apply(
        *(ask(f"{c}-1", 60) for c in "ABCD"),
        city("A", population=9_000),
        city("B", population=90_000),
        city("C", population=1_000),
        city("D", population=9_000),
        record("B", first_time=True),
    )
    found = allocate(given, scenario(envelope=103, unit=1))
    drawn = sorted("AD", key=lambda c: found.case.lot(f"{c}-1"))
    first, last = f"{drawn[0]}-1", f"{drawn[1]}-1"
    assert in_units(found) == {"B-1": 26, "C-1": 26, first: 26, last: 25}
    by = ("first-time applicant", "smaller population", "lot")
    assert found.decided == (Tie("unit", ("B-1", "C-1", first), (last,), by),)
    words = f"Tie: 1 EUR that could not be shared went to {first} first, by lot."
    assert found.outcomes[last].reasons[-1] == words
    words = f"Tie: 1 EUR that could not be shared came here before {last}, as the smaller city."
    assert found.outcomes["C-1"].reasons[-1] == words
    assert as_json(found)["ties"] == [
        {
            "what": "unit",
            "of": "activities",
            "first": ["B-1", "C-1", first],
            "after": [last],
            "by": list(by),
        }
    ]


def test_places_and_plans_are_ties_too() -> None:
    """Two places for three equal asks, all or nothing; and one plan of two cities that are alike,
    where 100 are for one city's minimum of 100, in two activities of 50."""
    text = "[rules.request]\nall_or_nothing = true\n"
    thrice = apply(*(ask(f"{c}-1", 100) for c in "ABC"))
    found = allocate(thrice, scenario(text, envelope=200, unit=10))
    (tie,) = found.decided
    order = sorted(found.case.open, key=found.case.turn)
    assert tie == Tie("place", tuple(order[:2]), (order[2],), ("lot",))

    text = "[rules.city_minimum]\namount = 100\n"
    plans = apply(*(ask(f"{c}-{n}", 50) for c in "AB" for n in (1, 2)))
    found = allocate(plans, scenario(text, envelope=100, unit=1))
    (tie,) = found.decided
    first = next(c for c in "AB" if found.city_totals[c])
    after = "B" if first == "A" else "A"
    assert tie == Tie("place", (first,), (after,), ("lot",), of_cities=True)
    assert found.outcomes[f"{after}-1"].reasons[-1].startswith("Tie: a place")


def test_where_no_order_decided_nothing_is_listed() -> None:
    """100 for two equal asks of 60, 50 each; 60 and 40 where the one scored more."""
    even = allocate(apply(ask("A-1", 60), ask("B-1", 60)), scenario(envelope=100, unit=1))
    better = apply(ask("A-1", 60, score=71), ask("B-1", 60))
    assert even.decided == ()
    assert allocate(better, scenario(envelope=100, unit=1)).decided == ()


def test_a_lot_without_a_draw_number_is_noted() -> None:
    given = [ask("A-1", 60), ask("B-1", 60)]
    read = scenario(envelope=101, unit=1)
    (note,) = allocate(apply(*given, draw_number=""), read).notes
    assert "no draw number" in note
    assert allocate(apply(*given, draw_number="7"), read).notes == ()


@examples(80)
@given(funds(), rules(priced=True), ENVELOPES)
def test_bound_evenness_and_rounding_are_told_apart(
    applications: Applications, tables: str, money: str
) -> None:
    """Bound ≥ best ≥ fair value; the price of fairness and what rounding cost add up."""
    found = tried(applications, of(tables, money, 100))
    assume(found is not None)
    assert found is not None
    told: Any = as_json(found)
    near = 1e-6 * max(1.0, told["bound"])
    assert told["bound"] >= told["best_value"] >= told["fair_value"] >= 0
    assert told["value"] <= told["bound"] + near
    lost = told["price_of_fairness"] + told["rounding_loss"]
    assert abs(told["best_value"] - lost - told["value"]) <= near
    if "fairness_price" in tables:
        assert told["price_of_fairness"] <= 0.1 * told["best_value"] + near
    elif "share = false" not in tables:
        assert told["price_of_fairness"] <= near
        assert told["rounding_loss"] >= -near
