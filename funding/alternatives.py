"""What a city could have done otherwise, as changed applications; what it could have been given.

An alternative is one thing to change for one activity, with its values from the nearest to the
farthest from what was applied for. Nothing else changes, but for what its docstring names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import floor
from typing import Any

from funding import money
from funding.applications import Activity, Applications, Stream
from funding.awards import Allocation
from funding.linear import Kind, Quantity
from funding.scenario import Scenario, from_tables

Given = tuple[Applications, Scenario]

SCORE, ASK, OWN_CASH, OWN_BUDGET = "score", "ask", "own cash", "own budget"
TRAINED, CERTIFIED, TRAINING = "trained staff", "people to be certified", "training"
FORMAL, STEP = "formal coordination", "coordination"
TENTHS, MOST_SCORE = 10, 100
BY_HAND = "To see what this award would change"


@dataclass(frozen=True)
class Alternative:
    """One thing to change. ``of`` is the activity whose field it is, or a city's code.

    ``values`` are tenths of points, cents, persons, or 1 for yes, the nearest first; ``before``
    is the value as applied for. ``make`` gives the applications and the scenario with a value.
    ``steady``: the farther, the better for the activity, so that the farthest value tells
    whether any would do. ``makes_room``: the farther, the more allocations hold the rules; others
    of the city may take that room. ``any_more``: any larger award counts as help.
    """

    key: str
    of: str
    before: int
    values: Sequence[int]
    make: Callable[[int], Given]
    steady: bool = False
    makes_room: bool = False
    any_more: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """The nearest change of one kind with which an award would have been better.

    ``of`` is the activity or the city that it is about; ``before`` as applied for, ``needed`` is
    None where no value up to ``farthest`` would do. Scores are in tenths of a point, amounts in
    cents. ``award`` is what the activity has with it [cents], in full with ``in_full``.
    """

    key: str
    of: str
    before: int
    farthest: int
    needed: int | None = None
    award: int = 0
    in_full: bool = False


def alternatives(allocation: Allocation, code: str) -> Iterator[Alternative]:
    """Everything that is tried for an activity, in the order in which it is told.

    Training and coordination are tried for financing, which is what rules make depend on them.
    """
    activity = allocation.applications.activities[code]
    yield from (_score(allocation, code), _ask(allocation, code))
    yield from (_own_cash(allocation, code), _own_budget(allocation, activity.city))
    if activity.stream == "financing":
        yield _trained(allocation, activity.city)
        for of in _open(allocation, activity.city, "training"):
            yield _certified(allocation, of)
            if _makes_room(allocation, of, code):
                yield _award_of(allocation, TRAINING, of, activity.requested)
        yield _formal(allocation, activity.city)
        for of in _open(allocation, activity.city, "coordination"):
            if _makes_room(allocation, of, code):
                yield _award_of(allocation, STEP, of, 0)


def _makes_room(allocation: Allocation, of: str, code: str) -> bool:
    """Whether a rule that stops an activity has more room the more another one gets."""
    one, other = Quantity(Kind.AWARD, code), Quantity(Kind.AWARD, of)
    stops = allocation.outcomes[code].rules
    return any(row.left[one] * row.left[other] < 0 for row in stops)


def _open(allocation: Allocation, city: str, stream: Stream) -> list[str]:
    return sorted(allocation.case.of_stream(city, stream))


def _score(allocation: Allocation, code: str) -> Alternative:
    """A higher score, to a tenth; it stands in place of those of the assessors."""
    given = allocation.applications
    score = given.score(code)

    def make(tenths: int) -> Given:
        found = given.assessments[code].model_copy(update={"score": Decimal(tenths) / TENTHS})
        update = {
            "assessments": {**given.assessments, code: found},
            "scores": tuple(s for s in given.scores if s.activity != code),
        }
        return with_parts(given, update), allocation.scenario

    before = floor(score * TENTHS)
    values = range(before + 1, MOST_SCORE * TENTHS + 1)
    return Alternative(SCORE, code, before, values, make, steady=True)


def _ask(allocation: Allocation, code: str) -> Alternative:
    """A smaller request; what is no longer asked for comes from others, at the same cost.

    The least viable award falls with it where it would be more than is asked. A reduced award
    could only be more with a request above it.
    """
    given, step = allocation.applications, allocation.case.fund.step
    a, award = given.activities[code], allocation.awards[code]

    def make(asked: int) -> Given:
        least = a.minimum_viable
        update = {
            "requested": asked,
            "other_funding": a.other_funding + a.requested - asked,
            "minimum_viable": None if least is None else min(least, asked),
            "requested_by_year": by_year(a, asked),
        }
        return _with_activity(given, code, update), allocation.scenario

    most = allocation.case.spans[code].most
    nearest = most - step if most == a.requested else most
    values = range(nearest, award, -step)
    return Alternative(ASK, code, a.requested, values, make, any_more=True)


def by_year(a: Activity, asked: int) -> tuple[tuple[int, int], ...]:
    """The years' parts of another request, in the same proportions, to the cent."""
    ends, total = [0], 0
    for _, part in a.requested_by_year:
        total += part
        ends.append(total * asked // a.requested)
    return tuple(
        (year, after - before)
        for (year, _), (before, after) in zip(a.requested_by_year, pairwise(ends), strict=True)
    )


def _own_cash(allocation: Allocation, code: str) -> Alternative:
    """More of the city's own cash, budgeted too, up to the eligible cost, which stays as it is."""
    given = allocation.applications
    a, cost = given.activities[code], given.eligible_cost(code)

    def make(cash: int) -> Given:
        more, city = cash - a.own_cash, given.cities[a.city]
        update = {"own_cash": cash, "total_cost": a.total_cost + more}
        found = given.assessments[code].model_copy(update={"eligible_cost": cost})
        changed = _with_activity(given, code, update)
        changed = with_parts(changed, {"assessments": {**given.assessments, code: found}})
        budget = {"own_budget": city.own_budget + more}
        return _with_city(changed, a.city, budget), allocation.scenario

    values = _up(allocation, a.own_cash, cost)
    return Alternative(OWN_CASH, code, a.own_cash, values, make, makes_room=True)


def _own_budget(allocation: Allocation, city: str) -> Alternative:
    """A larger own engagement budget: by as much as the whole plan costs, or to what the city
    pledged or budgeted earlier, where that is more."""
    given = allocation.applications
    found, plan = given.cities[city], given.plans[city]
    pledged, costs = sum(a.own_cash for a in plan), sum(a.total_cost for a in plan)
    most = max(found.own_budget + costs, pledged, found.earlier_budget or 0)

    def make(budget: int) -> Given:
        return _with_city(given, city, {"own_budget": budget}), allocation.scenario

    values = _up(allocation, found.own_budget, most)
    return Alternative(OWN_BUDGET, city, found.own_budget, values, make, makes_room=True)


def _trained(allocation: Allocation, city: str) -> Alternative:
    """More of the city's international staff with relevant training."""
    given = allocation.applications
    found = given.cities[city]

    def make(people: int) -> Given:
        return _with_city(given, city, {"trained_staff": people}), allocation.scenario

    values = range(found.trained_staff + 1, found.staff + 1)
    return Alternative(TRAINED, city, found.trained_staff, values, make, makes_room=True)


def _certified(allocation: Allocation, of: str) -> Alternative:
    """More people whom a training activity certifies, up to the city's staff."""
    given = allocation.applications
    a = given.activities[of]

    def make(people: int) -> Given:
        return _with_activity(given, of, {"people_to_be_certified": people}), allocation.scenario

    values = range(a.people_to_be_certified + 1, given.cities[a.city].staff + 1)
    return Alternative(CERTIFIED, of, a.people_to_be_certified, values, make, makes_room=True)


def _award_of(allocation: Allocation, key: str, of: str, beyond: int) -> Alternative:
    """A larger award, guaranteed by hand, to another activity of the city; up to so much beyond its
    request [cents], which is then as much larger as its cost."""
    given, scenario = allocation.applications, allocation.scenario
    a, award, most = given.activities[of], allocation.awards[of], allocation.case.spans[of].most

    def make(larger: int) -> Given:
        applications = given
        if larger > most:
            more = larger - a.requested
            update = {
                "requested": larger,
                "total_cost": a.total_cost + more,
                "requested_by_year": by_year(a, larger),
            }
            cost = {"eligible_cost": given.eligible_cost(of) + more}
            found = given.assessments[of].model_copy(update=cost)
            applications = _with_activity(given, of, update)
            applications = with_parts(
                applications, {"assessments": {**given.assessments, of: found}}
            )
        return applications, _guaranteed(scenario, of, larger)

    decided = any(t.get("activity") == of for t in scenario.tables.get("decisions", ()))
    step = allocation.case.fund.step
    nearest = max(award + step, allocation.case.spans[of].least)
    values = range(nearest, most + beyond + 1, step)
    return Alternative(key, of, award, () if decided else values, make)


def _guaranteed(scenario: Scenario, activity: str, least: int) -> Scenario:
    """The scenario with one more decision by hand: so much at least for an activity [cents].

    No maximum too: what coordination can get at most is part of a rule.
    """
    decision = {"activity": activity, "minimum": money.in_units(least), "reason": BY_HAND}
    decisions: list[Any] = [*scenario.tables.get("decisions", ()), decision]
    return from_tables({**scenario.tables, "decisions": decisions})


def _formal(allocation: Allocation, city: str) -> Alternative:
    """Coordination with the national government that is formal."""
    given = allocation.applications

    def make(_: int) -> Given:
        return _with_city(given, city, {"coordination": "formal"}), allocation.scenario

    values = () if given.cities[city].coordination == "formal" else (1,)
    return Alternative(FORMAL, city, 0, values, make)


def _up(allocation: Allocation, before: int, most: int) -> range:
    """Amounts above one, to the next whole unit and up, until one that reaches the most [cents]."""
    step = allocation.case.fund.step
    first = (before // step + 1) * step
    return range(first, -(-most // step) * step + 1, step)


def _with_activity(given: Applications, code: str, update: dict[str, Any]) -> Applications:
    changed = given.activities[code].model_copy(update=update)
    return with_parts(given, {"activities": {**given.activities, code: changed}})


def _with_city(given: Applications, code: str, update: dict[str, Any]) -> Applications:
    changed = given.cities[code].model_copy(update=update)
    return with_parts(given, {"cities": {**given.cities, code: changed}})


def with_parts(given: Applications, update: dict[str, Any]) -> Applications:
    """Applications of which some parts are others; none of what was worked out is kept."""
    parts = {name: getattr(given, name) for name in Applications.model_fields}
    return Applications(**parts | update)
