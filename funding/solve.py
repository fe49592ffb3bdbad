"""The stages: the best value, then the most even allocation worth as much, then whole units.

Stage 1 finds the best value V*. Stage 2 takes, among allocations worth at least (1 − π) V*, the
one that minimises Σ q_a (1 − x_a / q_a)², the unmet part of the requests, squared; it is
strictly convex, so names, order and solver cannot decide between equals. Where minimum viable
amounts make the model mixed-integer, stage 1 decides who is funded and stage 2 shares amounts.
"""

from __future__ import annotations

import time
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from funding import quick
from funding.case import Case, Plan
from funding.conflict import no_answer
from funding.equals import city_content, content
from funding.errors import SolverStopped
from funding.even_choice import even_choice
from funding.least_squares import least_squares
from funding.linear import Kind, Limit, Linear, Quantity, Sense
from funding.program import Answer, Program, Row, State, Task, build, solve
from funding.scenario import Scenario

GAP = 1e-7  # between the best allocation found and the bound, in stage 1
STAGE_1 = 0.6  # of the time limit
GRACE = 5.0  # seconds that a linear solve gets even where the time is up
NEAR = 1e-6  # of a unit: what counts as a whole number of units in a solver's answer
LARGE = 4_000  # rows from which a task is given to the solver as a matrix
MANY, MANY_MIXED = 4_000, 250  # cities from which prices decide, without and with minimums
ONLY_PRICES = 5_000  # cities from which HiGHS, without prices, does not look at its clock for long
ANY = 1e-3  # of a unit: an award
FLAT = 1e-7  # of the largest worth: a reduced cost or price below it counts as 0


@dataclass(frozen=True)
class Fair:
    """Stages 1 and 2. ``units`` are awards in units of the fund, not yet whole."""

    program: Program
    state: State
    best: float  # V*, the value found in stage 1
    bound: float  # no allocation in whole units is worth more
    units: dict[str, float]
    funded: dict[Quantity, int]  # y_a, z_c and b_a, where rules speak of them
    worth: Linear  # the scenario's value


class Clock:
    """What is left of a time limit [seconds]."""

    def __init__(self, limit: float) -> None:
        self.start, self.limit = time.perf_counter(), limit

    @property
    def left(self) -> float:
        """Seconds left, or 0."""
        return max(0.0, self.limit - self.spent)

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.start


def fair_allocation(scenario: Scenario, case: Case, limits: Sequence[Limit], clock: Clock) -> Fair:
    """Stages 1 and 2 of the model.

    Raises NoAllocation where no allocation holds the rows, SolverStopped at the time limit.
    """
    worth = scenario.value(case)
    program = build(Plan(case), limits, worth)
    by_hand = {rule.key for rule in scenario.rules if rule.by_hand}
    decided = {limit.subject for limit in limits if limit.rule in by_hand}
    rows = [*program.rows, *_declared_order(program, case, decided)]
    free = Task([0.0] * len(program.upper), program.upper, program.worth, rows, program.integer)
    # What is left of the time is for sharing out and making whole.
    first = _best(program, free, STAGE_1 * clock.left)
    if not first.found:
        no_answer(first, scenario, case, clock.limit, clock.left)
    price = float(scenario.objective.fairness_price)
    chosen = first
    if program.integer and price:
        least = _worth_row(program, (1 - price) * first.objective)

        def share(answer: Answer) -> Sequence[float] | None:
            fixed = _funded_fixed(program, answer, rows)
            return _most_even(program, case, replace(fixed, rows=[*fixed.rows, least]))

        chosen = even_choice(program, case, [*rows, least], first, share, lambda: clock.left)
    fixed = _funded_fixed(program, chosen, rows)
    linear = first if chosen is first and not program.integer else None
    even = _even(program, case, scenario, fixed, price, first.objective, linear, clock)
    units = {code: even[j] for j, code in program.awards()}
    funded = {program.quantities[j]: round(even[j]) for j in program.integer}
    scale = program.worth_scale
    bound = max(first.bound, first.objective)
    return Fair(program, first.state, first.objective * scale, bound * scale, units, funded, worth)


def _best(program: Program, task: Task, time_limit: float) -> Answer:
    """The best value: by a quick path where the fund is large, else, or in doubt, plainly."""
    cities = np.array(program.city)
    many, found, clock = int(cities.max(initial=0)) + 1, None, Clock(time_limit)
    half = time_limit / 2  # so that a plain solve has the other
    if task.integer:
        if many >= MANY_MIXED:
            alone = many >= ONLY_PRICES
            limit = time_limit if alone else half
            found = quick.mixed(task, cities, choices(program), time_limit=limit)
            if alone and not found:
                return _withoutchoices(task, clock)
    elif many >= MANY:
        found = quick.linear(task, cities, time_limit=half)
    elif len(task.rows) >= LARGE:
        found = quick.direct(task, time_limit=half)
    return found or solve(task, time_limit=clock.left, gap=GAP)


def _withoutchoices(task: Task, clock: Clock) -> Answer:
    """That nothing was found; infeasible where it is so even with choices in fractions."""
    linear = replace(task, integer=frozenset())
    answer = solve(linear, time_limit=max(clock.left, GRACE))
    return answer if answer.state is State.INFEASIBLE else Answer(State.STOPPED)


def choices(program: Program) -> list[quick.Whole]:
    """What makes each yes-or-no column a yes, in units of the fund."""
    step, found = program.step, []
    for j in sorted(program.integer):
        kind, code, (least, most) = program.quantities[j]
        if kind is Kind.CITY_FUNDED:
            of = Quantity(Kind.CITY_TOTAL, code)
        else:
            of = Quantity(Kind.AWARD, code)
        if kind is Kind.IN_BAND:
            found.append(quick.Whole(j, program.column[of], least / step, most / step))
        else:
            found.append(quick.Whole(j, program.column[of], ANY, np.inf))
    return found


def _declared_order(program: Program, case: Case, decided: Container[str]) -> list[Row]:
    """y_a ≥ y_b for identical activities of one city, z_c ≥ z_d for cities that apply alike.

    In the declared order. Those that were decided by hand are like no other.
    """
    rows: list[Row] = []
    alike: dict[str, list[tuple[tuple[int | str, ...], int]]] = {}
    plans = case.open_plans
    for j in sorted(program.integer):
        kind, code, _ = program.quantities[j]
        if kind is Kind.IN_BAND:
            continue
        if decided and any(c in decided for c in (code, *plans.get(code, ()))):
            continue
        if kind is Kind.FUNDED:
            city = case.applications.activities[code].city
            key, turn = city + content(case, code), case.turn(code)
        else:
            key, turn = city_content(case, code), min(case.turn(a) for a in plans[code])
        alike.setdefault(f"{kind} {key}", []).append((turn, j))
    for same in alike.values():
        for (_, first), (_, second) in pairwise(sorted(same)):
            rows.append(Row({first: 1.0, second: -1.0}, Sense.AT_LEAST, 0.0))
    return rows


def _funded_fixed(program: Program, chosen: Answer, rows: Sequence[Row]) -> Task:
    """The linear program that is left once it is decided who is funded."""
    lower, upper = [0.0] * len(program.upper), list(program.upper)
    for j in program.integer:
        lower[j] = upper[j] = float(round(chosen.values[j]))
    return Task(lower, upper, program.worth, rows)


def _worth_row(program: Program, least: float) -> Row:
    terms = {j: w for j, w in enumerate(program.worth) if w}
    return Row(terms, Sense.AT_LEAST, least)


def _even(
    program: Program,
    case: Case,
    scenario: Scenario,
    task: Task,
    price: float,
    best: float,
    linear: Answer | None,
    clock: Clock,
) -> Sequence[float]:
    """Stage 2: the most even awards, or equals served in turn where ties are not shared.

    ``linear`` is the best answer to ``task``, where stage 1 has it already.
    """
    linear = linear or _best(program, task, max(clock.left, GRACE))
    if not linear.found:
        raise SolverStopped("The solver stopped before the awards were shared out.")
    if price:
        least = (1 - price) * best
        face = Task(task.lower, task.upper, task.worth, [*task.rows, _worth_row(program, least)])
    else:
        face = _optimal_face(task, linear)
    if not scenario.ties.share:
        return _in_turn(program, case, face, linear, clock)
    return _most_even(program, case, face) or linear.values


def _optimal_face(task: Task, linear: Answer) -> Task:
    """Everything that is worth as much as the optimum.

    Complementary slackness: a column with a reduced cost stays at its value, and a row with a
    price stays at its bound, in every optimal allocation.
    """
    lower, upper = list(task.lower), list(task.upper)
    for j, cost in enumerate(linear.columns):
        if abs(cost) > FLAT:
            lower[j] = upper[j] = linear.values[j]
    rows = [
        Row(row.terms, Sense.EXACTLY, row.bound) if abs(dual) > FLAT else row
        for row, dual in zip(task.rows, linear.rows, strict=True)
    ]
    return Task(lower, upper, task.worth, rows)


def _in_turn(
    program: Program, case: Case, face: Task, linear: Answer, clock: Clock
) -> Sequence[float]:
    """Among equals, those who come first in the declared order are served first."""
    ranks = ranked(case)
    worth = [0.0] * len(program.upper)
    for j, code in program.awards():
        worth[j] = 1.0 - ranks[code]
    answer = solve(Task(face.lower, face.upper, worth, face.rows), time_limit=clock.left)
    return answer.values if answer.found else linear.values


def ranked(case: Case) -> dict[str, float]:
    """Activity → its place in the declared order, from 0 (first) to just under 1."""
    turns = sorted(case.open, key=case.turn)
    return {code: i / len(turns) for i, code in enumerate(turns)}


def _most_even(program: Program, case: Case, face: Task) -> Sequence[float] | None:
    """min Σ q (1 − x/q)² over a face; None where it is not found."""
    activities, step = case.applications.activities, case.fund.step
    asked = {j: activities[code].requested / step for j, code in program.awards()}
    return least_squares(face, asked)


def whole_units(
    program: Program,
    case: Case,
    lower: dict[str, int],
    upper: dict[str, int],
    funded: dict[Quantity, int] | None,
    tighten: dict[int, float],
    slack: float,
    time_limit: float,
) -> tuple[State, dict[str, int]]:
    """How the solve ended, and the most valuable whole-unit awards between bounds [units].

    ``funded`` fixes who is funded; ``tighten`` takes a little from the bounds of rows that an
    earlier answer broke by a rounding of the solver. ``slack`` is what may be lost, in worth.
    """
    low, high = [0.0] * len(program.upper), list(program.upper)
    integer = set(program.integer)
    for j, code in program.awards():
        low[j], high[j] = float(lower[code]), float(upper[code])
        integer.add(j)
    for quantity, y in (funded or {}).items():
        j = program.column[quantity]
        low[j] = high[j] = float(y)
    rows = [
        _shifted(_tightened(row, tighten.get(i, 0.0)), low) for i, row in enumerate(program.rows)
    ]
    # Counted from the lower bounds, so that the solver sees the few units at stake.
    span = [b - a for a, b in zip(low, high, strict=True)]
    task = Task([0.0] * len(low), span, program.worth, rows, frozenset(integer))
    answer = None
    if len(rows) >= LARGE:
        answer = quick.direct(task, time_limit=time_limit, slack=slack)
        if answer is None and funded is not None:
            return State.STOPPED, {}  # and there is a wider step
    if answer is None:
        answer = solve(task, time_limit=time_limit, slack=slack, confirm=funded is None)
    if not answer.found:
        return answer.state, {}
    values = [a + d for a, d in zip(low, answer.values, strict=True)]
    return answer.state, {code: round(values[j]) for j, code in program.awards()}


def _shifted(row: Row, low: Sequence[float]) -> Row:
    by = sum(k * low[j] for j, k in row.terms.items())
    return Row(row.terms, row.sense, row.bound - by) if by else row


def _tightened(row: Row, by: float) -> Row:
    if not by or row.sense is Sense.EXACTLY:
        return row
    return Row(row.terms, row.sense, row.bound + (by if row.sense is Sense.AT_LEAST else -by))
