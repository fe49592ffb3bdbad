"""Whole units: from the fair point to awards that hold every row exactly.

A small integer model around the fair point, its fractional awards free by a unit, then wider,
then all; what the solver's rounding left over is then placed in exact arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from funding.case import Case, Plan
from funding.errors import NoAllocation, SolverStopped
from funding.linear import Kind, Limit, Quantity
from funding.outcomes import Room
from funding.program import State
from funding.scenario import Scenario
from funding.solve import NEAR, Clock, Fair, whole_units

LOSS = 0.0002  # of the fair value: what rounding may cost before a wider step is tried
TIGHTEN = 1e-5  # of a unit: taken from a row that a solver's rounding broke
SLACK = 1e-5  # of the best value: how near to the best whole-unit awards a solve may end
PATIENCE = 5.0  # seconds for one step


def fair_value(scenario: Scenario, case: Case, fair: Fair) -> float:
    values = {Quantity(Kind.AWARD, a): x * case.fund.step for a, x in fair.units.items()}
    full = float(scenario.objective.full_share)
    total = 0.0
    for quantity, k in scenario.value(case):
        if quantity.kind is Kind.AWARD:
            total += float(k) * values[quantity]
        else:
            asked = case.applications.activities[quantity.code].requested
            later = values[Quantity(Kind.AWARD, quantity.code)] - full * asked
            total += float(k) * max(0.0, later)
    return total


def exact_awards(
    scenario: Scenario, case: Case, limits: Sequence[Limit], fair: Fair, clock: Clock
) -> dict[str, int]:
    """Whole-unit awards [cents] around the fair point, wider where that is not enough."""
    worth, plan = scenario.value(case), Plan(case)
    enough = (1 - LOSS) * fair_value(scenario, case, fair)
    best: dict[str, int] | None = None
    best_value, state = Fraction(-1), State.STOPPED
    for lower, upper, fixed in _steps(case, fair):
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
        raise NoAllocation(
            "Fractions of a unit could hold all the rules, but no awards in whole units of "
            f"{case.money(case.fund.step)} do. Choose a smaller unit, lower a guaranteed part, "
            "or relax a rule."
        )
    if best is None:
        raise SolverStopped(
            "No awards in whole units were found that hold every rule within the time limit. "
            "Choose a smaller unit, or allow more time."
        )
    return best


def _steps(
    case: Case, fair: Fair
) -> Iterator[tuple[dict[str, int], dict[str, int], dict[Quantity, int] | None]]:
    """Bounds [units] for the whole-unit awards, from a unit around the fair point to all."""
    least = {a: case.spans[a].least // case.fund.step for a in fair.units}
    most = {a: case.spans[a].most // case.fund.step for a in fair.units}

    def around(reach: int, whole_too: bool) -> tuple[dict[str, int], dict[str, int]]:
        lower, upper = {}, {}
        for a, x in fair.units.items():
            near = abs(x - round(x)) < NEAR * max(1.0, x)
            spread = reach if whole_too or not near else 0
            down, up = (round(x), round(x)) if near else (math.floor(x), math.ceil(x))
            served = fair.funded.get(Quantity(Kind.FUNDED, a))
            floor = least[a] if served else 0
            ceiling = 0 if served == 0 else most[a]
            lower[a] = min(max(down - spread, floor), ceiling)
            upper[a] = max(min(up + spread, ceiling), lower[a])
        return lower, upper

    yield (*around(0, False), fair.funded)
    yield (*around(1, False), fair.funded)
    yield (*around(2, True), fair.funded)
    zeros = dict.fromkeys(fair.units, 0)
    yield zeros, most, fair.funded
    yield zeros, most, None


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
            min(max(clock.left, 1.0), PATIENCE),
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
    evenness, units then move from a lesser activity to a better one, and between equals to
    whoever comes first in the declared order, while every rule holds.
    """
    room = Room(case, [row for row in limits if row.rule != "value"], awards)
    worth = {a: scenario.objective.worth(a, case) for a in case.open}
    order = sorted(case.open, key=lambda a: (-worth[a], case.turn(a)))
    # To the unit above the fair point first: what is left of equals' money is not one's alone.
    above = {a: math.ceil(x - NEAR) * case.fund.step for a, x in fair.units.items()}
    most = {a: case.spans[a].most for a in order}
    _fill(room, order, above)
    _fill(room, order, most)
    plain = scenario.objective.full_share == 1 and not scenario.objective.fairness_price
    if plain:
        for better in order:
            _take(room, better, order, worth)
        _fill(room, order, most)
    _turn_by_turn(room, order, worth, fair, plain)
    _places(room, order, worth)
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


def _take(room: Room, better: str, order: Sequence[str], worth: Mapping[str, Fraction]) -> None:
    """Move units to an activity from lesser ones that share what stops it."""
    step = room.case.fund.step
    if room.awards[better] == 0 or not room.raise_by(better):
        return
    sharing = room.sharing(better, step)
    for other in reversed(order):
        if other not in sharing or worth[other] >= worth[better]:
            continue
        while _can_move(room, better, other):
            room.add(other, -step)
            room.add(better, step)


def _can_move(room: Room, to: str, from_: str) -> bool:
    step, awards, spans = room.case.fund.step, room.awards, room.case.spans
    return (
        awards[to] < spans[to].most
        and awards[from_] - step >= spans[from_].least
        and room.move_fits(to, from_, step)
    )


def _places(room: Room, order: Sequence[str], worth: Mapping[str, Fraction]) -> None:
    """Give a place that equals could not share to whoever comes first in the declared order."""
    groups: dict[tuple[Fraction, int], list[str]] = {}
    for code in order:  # equals stand in the declared order
        asked = room.case.applications.activities[code].requested
        groups.setdefault((worth[code], asked), []).append(code)
    for equals in groups.values():
        for first, second in combinations(equals, 2):
            amount, span = room.awards[second], room.case.spans[first]
            if room.awards[first] or not span.least <= amount <= span.most:
                continue
            if room.move_fits(first, second, amount):
                room.add(second, -amount)
                room.add(first, amount)


def _turn_by_turn(
    room: Room,
    order: Sequence[str],
    worth: Mapping[str, Fraction],
    fair: Fair,
    plain: bool,
) -> None:
    """Give a unit that equals could not share to whoever comes first in the declared order.

    Two that ask for the same exchange their awards: with diminishing returns or a price a unit
    more is worth less, and the fair point is exact only to a solver's tolerance.
    """
    step = room.case.fund.step
    split = [a for a in order if abs(fair.units[a] - round(fair.units[a])) > NEAR]
    for first, second in combinations(split, 2):
        if not room.awards[first] or not room.awards[second]:
            continue
        asks = room.case.applications.activities
        if asks[first].requested == asks[second].requested:
            alike = room.awards[second] == room.awards[first] + step
        else:
            alike = plain
        if worth[first] != worth[second] or not alike:
            continue
        down = room.awards[first] == math.floor(fair.units[first]) * step
        up = room.awards[second] == math.ceil(fair.units[second]) * step
        if down and up and _can_move(room, first, second):
            room.add(second, -step)
            room.add(first, step)
