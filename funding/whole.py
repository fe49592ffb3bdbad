"""Whole units: from the fair point to awards that hold every row exactly.

A small integer model around the fair point, its fractional awards free by a unit, then those
that a floor needs, then all; what the solver's rounding left over is then placed in exact
arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from funding.case import Case, Plan
from funding.conflict import no_whole_awards
from funding.errors import SolverStopped
from funding.linear import Kind, Limit, Linear, Quantity, Sense
from funding.program import State
from funding.room import Room
from funding.scenario import Scenario
from funding.settle import settle
from funding.solve import NEAR, Clock, Fair, whole_units
from funding.tied import Tied

LOSS = 0.0002  # of the fair value: what rounding may cost before a wider step is tried
TIGHTEN = 1e-5  # of a unit: taken from a row that a solver's rounding broke
SLACK = 3e-5  # of the best value: how near to the best whole-unit awards a solve may end
PATIENCE = 5.0  # seconds for one step


def fair_value(scenario: Scenario, case: Case, worth: Linear, fair: Fair) -> float:
    """What the awards of stage 2 are worth, where ``worth`` is the scenario's value."""
    values = {Quantity(Kind.AWARD, a): x * case.fund.step for a, x in fair.units.items()}
    full = float(scenario.objective.full_share)
    total = 0.0
    for quantity, k in worth:
        if quantity.kind is Kind.AWARD:
            total += float(k) * values[quantity]
        else:
            asked = case.applications.activities[quantity.code].requested
            later = values[Quantity(Kind.AWARD, quantity.code)] - full * asked
            total += float(k) * max(0.0, later)
    return total


def exact_awards(
    scenario: Scenario, case: Case, limits: Sequence[Limit], fair: Fair, clock: Clock
) -> tuple[dict[str, int], float]:
    """Whole-unit awards [cents] around the fair point, wider where that is not enough; and what
    the fair point is worth."""
    worth, plan = fair.worth, Plan(case)
    shared = fair_value(scenario, case, worth, fair)
    enough = (1 - LOSS) * shared
    best: dict[str, int] | None = None
    best_value, state = Fraction(-1), State.STOPPED
    for lower, upper, fixed in _steps(case, limits, fair):
        state, units = _holding(case, limits, fair, lower, upper, fixed, clock)
        if units is None:
            continue
        awards = _filled(scenario, case, limits, fair, units)
        values = plan.values(awards, scenario.objective.full_share)
        value = Fraction(worth.value(values))
        if value > best_value:
            best, best_value = awards, value
        if best_value >= enough:
            break
    if best is None and state is State.INFEASIBLE:  # the last step leaves all awards free
        no_whole_awards(scenario, case, clock.left)
    if best is None:
        raise SolverStopped(
            "No awards in whole units were found that hold every rule within the time limit. "
            "Choose a smaller unit, or allow more time."
        )
    return best, shared


def _steps(
    case: Case, limits: Sequence[Limit], fair: Fair
) -> Iterator[tuple[dict[str, int], dict[str, int], dict[Quantity, int] | None]]:
    """Bounds [units] for the whole-unit awards, from a unit around the fair point to all."""
    least = {a: case.spans[a].least // case.fund.step for a in fair.units}
    most = {a: case.spans[a].most // case.fund.step for a in fair.units}

    def around(reach: int) -> tuple[dict[str, int], dict[str, int]]:
        lower, upper = {}, {}
        for a, x in fair.units.items():
            near = abs(x - round(x)) < NEAR * max(1.0, x)
            spread = 0 if near else reach
            down, up = (round(x), round(x)) if near else (math.floor(x), math.ceil(x))
            served = fair.funded.get(Quantity(Kind.FUNDED, a))
            floor = least[a] if served else 0
            ceiling = 0 if served == 0 else most[a]
            lower[a] = min(max(down - spread, floor), ceiling)
            upper[a] = max(min(up + spread, ceiling), lower[a])
        return lower, upper

    zeros = dict.fromkeys(fair.units, 0)
    yield (*around(0), fair.funded)
    lower, upper = around(1)
    yield lower, upper, fair.funded
    free = _just_guaranteed(case, limits, fair)
    if free:
        lower |= {a: zeros[a] for a in free}
        upper |= {a: most[a] for a in free}
        yield lower, upper, fair.funded
    yield zeros, most, fair.funded
    yield zeros, most, None


def _just_guaranteed(case: Case, limits: Sequence[Limit], fair: Fair) -> set[str]:
    """The activities of several cities that together have, at the fair point, only what a rule
    guarantees them: whole units of some may have to make up for those of others."""
    step, plans = case.fund.step, case.open_plans
    values: dict[Quantity, float] = dict(fair.funded)
    for code, x in fair.units.items():
        values[Quantity(Kind.AWARD, code)] = x * step
    for city, plan in plans.items():
        values[Quantity(Kind.CITY_TOTAL, city)] = sum(fair.units[a] for a in plan) * step
    found: set[str] = set()
    for row in limits:
        if row.sense is not Sense.AT_LEAST or any(q not in values for q, _ in row.left):
            continue
        codes = {a for q, _ in row.left for a in (plans[q.code] if q.kind.of_city else [q.code])}
        several = len({case.applications.activities[a].city for a in codes}) > 1
        room = sum(float(k) * values[q] for q, k in row.left) - float(row.bound)
        if several and room < step:
            found |= codes
    return found


def _holding(
    case: Case,
    limits: Sequence[Limit],
    fair: Fair,
    lower: dict[str, int],
    upper: dict[str, int],
    fixed: dict[Quantity, int] | None,
    clock: Clock,
) -> tuple[State, dict[str, int] | None]:
    """Whole-unit awards [cents] between bounds that hold every row exactly, or why there are none.

    They are infeasible only if the rows themselves are, not rows that we have tightened.
    """
    solver_rows = [limit for limit in limits if limit.left]
    tighten: dict[int, float] = {}
    slack = SLACK * fair.best / fair.program.worth_scale
    for _ in range(4):
        state, units = whole_units(
            fair.program,
            case,
            lower,
            upper,
            fixed,
            tighten,
            slack,
            # The last step, which leaves who is funded free, has all the time there is.
            max(clock.left, 1.0) if fixed is None else min(max(clock.left, 1.0), PATIENCE),
        )
        if not units:
            return State.STOPPED if tighten else state, None
        awards = {a: z * case.fund.step for a, z in units.items()}
        values = Plan(case).values(awards)
        broken = [
            i for i, row in enumerate(solver_rows) if row.rule != "value" and row.room(values) < 0
        ]
        if not broken:
            return state, awards
        for i in broken:
            tighten[i] = tighten.get(i, 0.0) * 10 or TIGHTEN
    return State.STOPPED, None


def _filled(
    scenario: Scenario, case: Case, limits: Sequence[Limit], fair: Fair, awards: dict[str, int]
) -> dict[str, int]:
    """The awards, with what the solver's rounding left over placed exactly.

    Best first while any rule leaves room for a unit more. Where no merit is given up for
    evenness, units then move from a lesser activity to a better one. Last, what equals cannot
    share goes to whoever comes first in the declared order. Every rule holds all the time.
    """
    room = Room(case, [row for row in limits if row.rule != "value"], awards)
    tied = Tied(scenario, room)
    order = sorted(tied.order, key=lambda a: -tied.worth[a])  # equals in the declared order
    # To the unit above the fair point first: what is left of equals' money is not one's alone.
    above = {a: math.ceil(x - NEAR) * case.fund.step for a, x in fair.units.items()}
    most = {a: case.spans[a].most for a in order}
    _fill(room, order, above)
    _fill(room, order, most)
    if scenario.objective.full_share == 1 and not scenario.objective.fairness_price:
        _take(tied, order)
        _fill(room, order, most)
    settle(tied, fair.units)
    return dict(room.awards)


def _fill(room: Room, order: Sequence[str], most: Mapping[str, int]) -> None:
    """Raise awards up to ``most`` [cents], best first, while every rule holds."""
    raised = True
    while raised:
        raised = False
        for code in order:
            step = room.raise_by(code)
            while step and room.awards[code] + step <= most[code] and room.fits(code, step):
                room.add(code, step)
                raised, step = True, room.raise_by(code)


def _take(tied: Tied, order: Sequence[str]) -> None:
    """Move units to better activities from lesser ones that share what stops them.

    The least worth gives first, and among equals whoever comes last.
    """
    room, unit = tied.room, tied.unit
    rising = [code for code in reversed(order) if room.awards[code]]
    for worth, equals in groupby(order, key=tied.worth.__getitem__):
        lesser = {code: i for i, code in enumerate(rising) if tied.worth[code] < worth}
        for better in equals:
            if not lesser or not room.awards[better] or not tied.wants(better):
                continue
            for other in room.sharing(better, unit, lesser):
                while _may_take(tied, better, other):
                    tied.move({better: unit, other: -unit})


def _may_take(tied: Tied, better: str, other: str) -> bool:
    left = tied.room.awards[other] - tied.unit
    return (
        left >= tied.case.spans[other].least
        and tied.wants(better)
        and tied.room.move_fits(better, other, tied.unit)
    )
