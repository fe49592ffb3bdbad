"""What a strategic city would state instead of its true plan, as changed applications.

Each is what a real city can try and get away with: the sheet's identity, total cost = requested +
own cash + own in kind + other funding, holds to the cent, and what the ministry writes (scores,
eligible costs that it struck down to) stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from funding.alternatives import by_year, with_parts
from funding.applications import Activity, Applications, Assessment
from funding.scenario import Scenario

PART = Fraction(1, 5)  # how much more or less is asked for
LONGEST = 32  # letters of a code

MONEY = ("requested", "own_cash", "own_in_kind", "other_funding", "total_cost")


@dataclass(frozen=True)
class Statement:
    """Applications in which a city states something else.

    ``origin`` gives the true activity behind each new code; the other codes are the true ones.
    """

    applications: Applications
    origin: Mapping[str, str]


@dataclass(frozen=True)
class Manipulation:
    """One way to state another plan: ``title`` begins a sentence, ``states`` says what is written.

    ``of`` gives an activity as it is then stated; None where it says nothing else. ``splits``:
    each activity is stated as two.
    """

    key: str
    title: str
    states: str
    of: Callable[[Activity], Activity | None] = lambda activity: None
    splits: bool = False

    def statement(self, given: Applications, scenario: Scenario, city: str) -> Statement | None:
        """The applications with the city's other plan; None where it would state the same."""
        if self.splits:
            return _split(given, scenario, city)
        stated = {a.code: self.of(a) for a in given.plans[city]}
        other = {code: a for code, a in stated.items() if a is not None}
        if not other:
            return None
        return Statement(with_parts(given, {"activities": {**given.activities, **other}}), {})


def _ask_more(a: Activity) -> Activity:
    """A padded budget: the request and the cost rise, the city's own money does not."""
    more = int(a.requested * PART)
    asked = a.requested + more
    return a.model_copy(
        update={
            "requested": asked,
            "total_cost": a.total_cost + more,
            "requested_by_year": by_year(a, asked),
        }
    )


def _ask_less(a: Activity) -> Activity:
    """A cheaper offer for the same activity: what is not asked for is pledged as own cash."""
    less = int(a.requested * PART)
    asked, least = a.requested - less, a.minimum_viable
    return a.model_copy(
        update={
            "requested": asked,
            "own_cash": a.own_cash + less,
            "minimum_viable": None if least is None else min(least, asked),
            "requested_by_year": by_year(a, asked),
        }
    )


def _needs(part: Fraction) -> Callable[[Activity], Activity | None]:
    """Less than this part of the request is said to be of no use."""

    def of(a: Activity) -> Activity | None:
        least = -int(-a.requested * part // 1)
        if (a.minimum_viable or 0) >= least:
            return None
        return a.model_copy(update={"minimum_viable": least})

    return of


MANIPULATIONS: Mapping[str, Manipulation] = {
    each.key: each
    for each in (
        Manipulation(
            "ask more",
            "Asking 20 % more",
            "each request 20 % higher and the total cost higher by as much, own money as it is",
            _ask_more,
        ),
        Manipulation(
            "ask less",
            "Asking 20 % less",
            "each request 20 % lower and own cash higher by as much, total cost as it is; a "
            "minimum viable amount above the request falls to it",
            _ask_less,
        ),
        Manipulation(
            "all or nothing",
            "Saying that only the whole request is viable",
            "each minimum viable amount is the request: take it or leave it",
            _needs(Fraction(1)),
        ),
        Manipulation(
            "at least half",
            "Saying that half the request is the least viable",
            "each minimum viable amount below half the request is raised to half",
            _needs(Fraction(1, 2)),
        ),
        Manipulation(
            "split",
            "Splitting each activity in two halves",
            "each activity as two of half its request, cost, own money and minimum viable amount",
            splits=True,
        ),
    )
}


def _split(given: Applications, scenario: Scenario, city: str) -> Statement | None:
    """Each activity of a city as two, the first a half in whole units of the fund.

    Those of which a half would be less than a unit, and those that a decision by hand names, stay
    whole.
    """
    named = {str(table.get("activity")) for table in scenario.tables.get("decisions", ())}
    plan = [a for a in given.plans[city] if a.code not in named]
    activities, assessments = dict(given.activities), dict(given.assessments)
    origin: dict[str, str] = {}
    for a in plan:
        first = a.requested // 2 // scenario.fund.step * scenario.fund.step
        if not first:
            continue
        code = _free(a.code, activities)
        origin[code] = a.code
        activities[a.code], activities[code] = _halves(a, first, code)
        halves = activities[a.code], activities[code]
        assessments[a.code], assessments[code] = _assessed(given.assessments[a.code], *halves)
    if not origin:
        return None
    of = {old: new for new, old in origin.items()}
    scores = list(given.scores)
    scores += [
        s.model_copy(update={"activity": of[s.activity]}) for s in scores if s.activity in of
    ]
    parts = {"activities": activities, "assessments": assessments, "scores": tuple(scores)}
    return Statement(with_parts(given, parts), origin)


def _free(code: str, taken: Collection[str]) -> str:
    """A code for the second half that nobody has."""
    return next(found for found in _codes(code) if found not in taken)


def _codes(code: str) -> Iterator[str]:
    number = 2
    while True:
        end = f".{number}"
        yield f"{code[: LONGEST - len(end)]}{end}"
        number += 1


def _halves(a: Activity, first: int, code: str) -> tuple[Activity, Activity]:
    """Two activities that are together the one; the first asks for so much [cents]."""
    part = Fraction(first, a.requested)
    one: dict[str, Any] = {name: int(getattr(a, name) * part) for name in MONEY}
    one["total_cost"] = sum(one[name] for name in MONEY if name != "total_cost")
    two: dict[str, Any] = {name: getattr(a, name) - one[name] for name in MONEY}
    if a.minimum_viable is not None:
        one["minimum_viable"] = int(a.minimum_viable * part)
        two["minimum_viable"] = a.minimum_viable - one["minimum_viable"]
    one["people_to_be_certified"] = a.people_to_be_certified // 2
    two["people_to_be_certified"] = a.people_to_be_certified - one["people_to_be_certified"]
    one["requested_by_year"] = by_year(a, first)
    two["requested_by_year"] = tuple(
        (year, whole - half)
        for (year, whole), (_, half) in zip(
            a.requested_by_year, one["requested_by_year"], strict=True
        )
    )
    two["code"] = code
    return a.model_copy(update=one), a.model_copy(update=two)


def _assessed(found: Assessment, first: Activity, second: Activity) -> tuple[Assessment, ...]:
    """The assessment of both halves: the same words, and the amounts shared out."""
    part = Fraction(first.requested, first.requested + second.requested)
    one: dict[str, Any] = {"other_national_funding": int(found.other_national_funding * part)}
    two: dict[str, Any] = {"activity": second.code}
    two["other_national_funding"] = found.other_national_funding - one["other_national_funding"]
    cost = found.eligible_cost
    if cost is not None:  # of neither half more than its total cost, by a cent
        counted = max(min(int(cost * part), first.total_cost), cost - second.total_cost)
        one["eligible_cost"], two["eligible_cost"] = counted, cost - counted
    return found.model_copy(update=one), found.model_copy(update=two)
