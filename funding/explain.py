"""Why a city gets what it gets: data from an allocation, computed when it is asked for.

What needs no solver is always there. What a limit costs an award, what more money is worth and the
changes that would have helped are found by solving again, on demand: see `counterfactual`, imported
only then.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from funding.alternatives import Change
from funding.applications import Activity
from funding.awards import Allocation
from funding.errors import UsageError
from funding.linear import Limit, Sense
from funding.outcomes import MONEY, room_of, sentence
from funding.rules.base import NOT_FUNDED
from funding.ties import words_of


@dataclass(frozen=True)
class Binding:
    """A rule that keeps an award from its next step, for the same subject.

    ``words`` are a sentence with its amounts. ``cost`` is how much more the award would be
    without it, all else the same [cents]; None where it was not asked, or where it is the money
    of the fund, which has a price instead.
    """

    rule: str
    words: str
    rows: tuple[Limit, ...]
    money: bool = False
    by_hand: bool = False
    cost: int | None = None


@dataclass(frozen=True)
class Why:
    """Why an activity gets what it gets; amounts in cents.

    ``asked`` is its request in whole units, q̄_a. ``refusals`` are the reasons of gates and
    ``decisions`` those by hand that guarantee it something, ``ties`` what order or lot decided: all
    as sentences. ``place`` is its place in the reserve list and ``step`` the next larger award,
    less what it has; for that ``short`` more money is needed. ``changes`` is None where they were
    not looked for.
    """

    code: str
    status: str
    asked: int
    award: int
    refusals: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()
    bindings: tuple[Binding, ...] = ()
    place: int | None = None
    step: int = 0
    short: int = 0
    changes: tuple[Change, ...] | None = None


@dataclass(frozen=True)
class Explanation:
    """Why a city gets what it gets; amounts in cents.

    ``prices`` is what a currency unit more of money would add to the value, by year where the
    envelope is by year, else under None; ``fixed``: with those funded who are. None where it was
    not asked, and for a year where more is impossible. ``measure`` says in what value is counted.
    """

    city: str
    name: str
    status: str
    requested: int
    award: int
    currency: str
    activities: tuple[Why, ...]
    measure: str
    prices: Mapping[int | None, float | None] | None = None
    fixed: bool = False

    @cached_property
    def by_code(self) -> Mapping[str, Why]:
        """Activity code → why."""
        return {why.code: why for why in self.activities}


@dataclass(frozen=True, slots=True)
class Need:
    """What an activity on the reserve list needs; amounts in cents.

    ``least`` is its least award; ``alone`` the money that is missing for it, were it the next;
    ``in_turn`` what is missing for it and all before it, each with its least award. None where
    another rule then leaves it no room; it is then passed over.
    """

    code: str
    least: int
    alone: int
    in_turn: int | None


def needs_of(allocation: Allocation) -> tuple[Need, ...]:
    """The reserve list in order, with what each needs. All other awards stay as they are."""
    scenario, case = allocation.scenario, allocation.case
    now, then = allocation.room, room_of(scenario, case, allocation.limits, allocation.awards)
    needs = []
    for code in allocation.reserve:
        step = now.raise_by(code)
        alone, in_turn = now.short(code, step), None
        if all(row.rule == MONEY for row in then.blocking(code, step)):
            in_turn = then.short(code, step)
            then.add(code, step)
        needs.append(Need(code, step, alone, in_turn))
    return tuple(needs)


def explain(allocation: Allocation, city: str) -> Explanation:
    """Why a city gets what it gets, as far as no solver is needed.

    Raises UsageError for a code that no city has.
    """
    given = allocation.applications
    if city not in given.cities:
        raise UsageError(f"There is no city {city}{_near(city, given.cities)}")
    plan, currency = given.plans[city], given.call.currency
    ties = words_of(allocation.case, allocation.pairs)
    return Explanation(
        city=city,
        name=given.cities[city].name,
        status=allocation.city_status(city),
        requested=sum(a.requested for a in plan),
        award=allocation.city_totals[city],
        currency=currency,
        activities=tuple(_why(allocation, a, ties) for a in plan),
        measure=allocation.scenario.objective.measure(currency),
    )


def explain_by_solving(
    allocation: Allocation, city: str, only: Collection[str] = (), *, time_limit: float = 60.0
) -> Explanation:
    """As `explain`, with the price of money and, for some activities of the city or for all, what
    each binding rule costs and which changes would have helped.

    Takes some dozen solves for each activity that is not in full; ``time_limit`` [seconds] is for
    each. Raises UsageError for a code that is not in the city's plan, SolverStopped.
    """
    from funding.prices import prices_of_money

    plain = explain(allocation, city)
    codes = chosen(plain, only)
    solved = [
        _by_solving(allocation, why, time_limit) if why.code in codes else why
        for why in plain.activities
    ]
    prices, fixed = prices_of_money(allocation, time_limit=time_limit)
    return replace(plain, activities=tuple(solved), prices=prices, fixed=fixed)


def chosen(explanation: Explanation, only: Collection[str]) -> list[str]:
    """The activities of the city that are meant by some codes; by none, all.

    Raises UsageError for a code that is not in the city's plan.
    """
    known = explanation.by_code
    for code in only:
        if code not in known:
            raise UsageError(f"City {explanation.city} has no activity {code}{_near(code, known)}")
    return [code for code in known if not only or code in only]


def _near(code: str, known: Collection[str]) -> str:
    """The nearest known code as the end of a sentence; nothing where none is near."""
    near = difflib.get_close_matches(code, known, 1)
    return f"; did you mean {near[0]}?" if near else "."


def _by_solving(allocation: Allocation, why: Why, time_limit: float) -> Why:
    from funding.counterfactual import changes_of, cost_of

    def cost(binding: Binding) -> int | None:
        if binding.money:
            return None
        return cost_of(allocation, why.code, _without(allocation, binding), time_limit=time_limit)

    bindings = tuple(replace(binding, cost=cost(binding)) for binding in why.bindings)
    changes = changes_of(allocation, why.code, time_limit=time_limit)
    return replace(why, bindings=bindings, changes=changes)


def _without(allocation: Allocation, binding: Binding) -> list[Limit]:
    """All rows of a rule for the same subject, but for the floor that may stand beside a limit."""
    subjects = {(row.rule, row.subject) for row in binding.rows}
    rows = [row for row in allocation.limits if (row.rule, row.subject) in subjects]
    return [row for row in rows if not _is_floor(row)]


def _is_floor(row: Limit) -> bool:
    return row.sense is Sense.AT_LEAST and row.part.startswith("minimum")


def _why(allocation: Allocation, a: Activity, ties: Mapping[str, str]) -> Why:
    case, outcome, code = allocation.case, allocation.outcomes[a.code], a.code
    found = Why(code, outcome.status, case.spans[code].most, allocation.awards[code])
    if code in case.refusals:
        refusals = tuple(sentence(r.reason) for r in case.refusals[code])
        return replace(found, refusals=refusals)
    scenario, room = allocation.scenario, allocation.room
    by_hand = {rule.key for rule in scenario.rules if rule.by_hand}
    guaranteed = room.guaranteed(code, by_hand)
    step = room.raise_by(code)
    listed = code in allocation.reserve
    return replace(
        found,
        decisions=tuple(sentence(scenario.words(row, case)) for row in guaranteed),
        ties=(ties[code],) if code in ties else (),
        bindings=_bindings(allocation, outcome.rules, by_hand),
        place=allocation.reserve.index(code) + 1 if listed else None,
        step=step,
        short=room.short(code, step) if listed else 0,
    )


def _bindings(
    allocation: Allocation, rows: Collection[Limit], by_hand: Collection[str]
) -> tuple[Binding, ...]:
    """The rows put together by rule and subject; decisions by hand first, money last. Where some
    exclude the activity, these alone."""
    ruled = {row.rule: allocation.scenario.rule(row.rule) for row in rows}
    excluding = [row for row in rows if (r := ruled[row.rule]) and r.status(row) != NOT_FUNDED]
    groups: dict[tuple[str, str], list[Limit]] = {}
    for row in excluding or rows:
        groups.setdefault((row.rule, row.subject), []).append(row)
    found = []
    for (key, _), group in groups.items():
        rule = ruled[key]
        title = rule.title if rule else key
        words = sentence(allocation.scenario.words(group[0], allocation.case))
        found.append(Binding(title, words, tuple(group), key == MONEY, key in by_hand))
    return tuple(sorted(found, key=lambda b: (b.money, not b.by_hand)))
