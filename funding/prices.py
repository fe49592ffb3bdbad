"""Prices: what one more unit of each limit is worth, and of each key of the scenario in total.

Every price is found by solving stage 1 again, in fractions of units and without rounding bounds, a
step and half a step more and less. One sign throughout: positive where more of the limit adds
value. Where minimums make the fund mixed-integer, these are the prices with those funded who are;
what a step is worth where that is decided anew stands beside them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from funding import money, quick
from funding.awards import Allocation
from funding.case import Case, Plan
from funding.errors import NoAllocation, ScenarioError, SolverStopped
from funding.levers import LARGE, Lever, levers, moved
from funding.linear import Kind, Limit
from funding.program import Program, Task, build, solve
from funding.scenario import Scenario
from funding.steps import FLAT, Side, side

SURE = 1e-9  # share of the best within which a mixed-integer solve for a price ends
PERSON, POINT = Decimal("0.1"), Decimal("0.01")  # steps of amounts per head, and of shares


@dataclass(frozen=True, slots=True)
class Price:
    """What a step of a limit is worth, each unit of it, for more and for less of it.

    ``more`` and ``less`` are None where that step is impossible: there is no price. ``per`` says of
    what a unit is priced; ``least`` and ``most`` are where the limit can be for the prices to hold,
    infinite where no end was found.
    """

    more: float | None
    less: float | None
    least: float
    most: float
    steady: bool
    per: str

    @property
    def kinked(self) -> bool:
        """Whether more and less have different prices."""
        return self.more is not None and self.less is not None and self.more != self.less


@dataclass(frozen=True, slots=True)
class KeyPrice:
    """The price of a key of the scenario, in total: all rows that it moves.

    ``again`` holds what more and less are worth where it is decided anew who is funded, None where
    nothing is to be decided or that step is impossible.
    """

    lever: Lever
    price: Price
    again: tuple[float | None, float | None] | None


@dataclass(frozen=True, slots=True)
class DecisionPrice:
    """What a decision by hand costs: the best value without it, less that with it; 0 or more."""

    row: str
    words: str
    cost: float


@dataclass(frozen=True)
class Prices:
    """All prices of an allocation. ``rows`` are by the name of the row.

    ``fixed`` says that they are the prices with those funded who are. ``complete`` is false where
    time ran out before all were found.
    """

    rows: Mapping[str, Price]
    keys: tuple[KeyPrice, ...]
    decisions: tuple[DecisionPrice, ...]
    fixed: bool
    complete: bool


def prices_of(allocation: Allocation, *, time_limit: float = 300.0) -> Prices:
    """The prices of an allocation, by solving again.

    Where ``time_limit`` [seconds] is up before, those that were found until then.
    """
    until = time.perf_counter() + time_limit
    rows: dict[str, Price] = {}
    keys: list[KeyPrice] = []
    decided: list[DecisionPrice] = []
    fixed, complete = False, True
    if allocation.case.open:
        try:
            finder = _Finder(allocation, until)
            fixed = finder.fixed
            decided += finder.decisions()
            for lever in levers(allocation.scenario):
                keys.append(finder.of_key(lever))
            finder.of_rows(rows)
        except SolverStopped:
            complete = False
    for each in keys:  # an envelope's in total, with the shares that move with it
        if each.lever.rule == "envelope":
            year = each.lever.path[2:]
            rows[" · ".join(["envelope", *map(str, year)])] = each.price
    return Prices(rows, tuple(keys), tuple(decided), fixed, complete)


def prices_of_money(
    allocation: Allocation, *, time_limit: float = 60.0
) -> tuple[dict[int | None, float | None], bool]:
    """What a currency unit more of the envelope is worth, as `prices_of` has it.

    By year where the envelope is given by year, else under None; None where more is impossible.
    Then whether these are prices with those funded who are. Raises SolverStopped.
    """
    found = levers(allocation.scenario)
    envelopes = {_year(lever): lever for lever in found if lever.rule == "envelope"}
    if not allocation.case.open:
        return dict.fromkeys(envelopes, 0.0), False
    finder = _Finder(allocation, time.perf_counter() + time_limit)
    return {year: finder.more(lever) for year, lever in envelopes.items()}, finder.fixed


def _year(lever: Lever) -> int | None:
    """The year of a year's envelope."""
    return int(lever.path[2]) if len(lever.path) > 2 else None


class _Finder:
    """Solves the fund of an allocation again with something moved."""

    def __init__(self, allocation: Allocation, until: float) -> None:
        self.allocation, self.until = allocation, until
        self.scenario, self.case = allocation.scenario, allocation.case
        self.program = _program(self.scenario, self.case, allocation.limits)
        self.fixed = bool(self.program.integer)
        self.band = self._bands()
        self.scale = self.program.worth_scale  # what one unit of the fund is worth at most
        here = self._fixed(self.program, self.case)
        if here is None:
            raise AssertionError("the awards themselves hold every row")
        self.here = here
        self.currency = allocation.applications.call.currency
        spans = self.case.spans
        self.all_asked = sum(spans[a].most for a in self.case.open) / self.case.fund.step

    def _bands(self) -> dict[str, int]:
        """The number of the band that each award falls in, among those of its activity."""
        found = {}
        for code, ranges in _bands_of(self.program).items():
            for i, (least, most) in enumerate(ranges):
                if least <= self.allocation.awards[code] <= most:
                    found[code] = i
        return found

    def _task(self, program: Program, case: Case) -> Task:
        """The linear program that is left with those funded who have an award."""
        values = Plan(case).values(self.allocation.awards)
        bands = _bands_of(program)
        lower, upper = [0.0] * len(program.upper), list(program.upper)
        for j in program.integer:
            quantity = program.quantities[j]
            if quantity.kind is Kind.IN_BAND:
                which = bands[quantity.code].index(quantity.band)
                yes = float(self.band.get(quantity.code) == which)
            else:
                yes = float(values[quantity])
            lower[j] = upper[j] = yes
        return Task(lower, upper, program.worth, program.rows)

    def _fixed(self, program: Program, case: Case) -> float | None:
        """The best value with those funded who are; None where there is none."""
        task = self._task(program, case)
        left = self.until - time.perf_counter()
        answer = quick.direct(task, time_limit=left) or solve(task, time_limit=left)
        return _value(program, answer.found, answer.objective, str(answer.state))

    def _anew(self, program: Program) -> float | None:
        """The best value where who is funded is decided anew."""
        task = Task(
            [0.0] * len(program.upper), program.upper, program.worth, program.rows, program.integer
        )
        left = self.until - time.perf_counter()
        answer = quick.direct(task, time_limit=left, gap=SURE)
        answer = answer or solve(task, time_limit=left, gap=SURE)
        return _value(program, answer.found, answer.objective, str(answer.state))

    def _moved(self, lever: Lever, value: Decimal | None) -> tuple[Program, Case] | None:
        try:
            read = moved(self.scenario, {lever: value})
            case = read.case(self.allocation.applications)
            return _program(read, case, read.limits(case)), case
        except (ScenarioError, NoAllocation):
            return None

    def of_key(self, lever: Lever) -> KeyPrice:
        """The price of a key, by building all rows anew with it moved."""
        step, size, per = self._step(lever)
        known: dict[float, float | None] = {0.0: self.here}

        def worth(steps: float) -> float | None:
            if steps not in known:
                made = self._moved(lever, lever.value + Decimal(steps) * step)
                known[steps] = None if made is None else self._fixed(*made)
            return known[steps]

        down = float(lever.value / step)
        most = float((1 - lever.value) / step) if lever.kind == "share" else self.all_asked
        # A switch has no more or less: what it is worth is the price of the decision.
        switch = lever.kind == "switch"
        more = None if switch else side(worth, self.here, 1, most, self.scale)
        less = None if switch else side(worth, self.here, -1, down, self.scale)
        price = _price(more, less, float(lever.value), float(step), size, per)
        if price.least < 0:  # the same down to nothing
            price = replace(price, least=0.0)
        return KeyPrice(lever, price, None if switch or not self.fixed else self._again(lever))

    def more(self, lever: Lever) -> float | None:
        """What a step more of a key is worth; None where that is impossible."""
        step, size, _ = self._step(lever)
        made = self._moved(lever, lever.value + step)
        there = None if made is None else self._fixed(*made)
        return None if there is None else _round(self._clean(there - self.here) / size)

    def _again(self, lever: Lever) -> tuple[float | None, float | None]:
        step, size, _ = self._step(lever)
        here = self._anew(self.program)
        found: list[float | None] = []
        for sign in (1, -1):
            made = self._moved(lever, lever.value + sign * step)
            there = None if made is None else self._anew(made[0])
            if here is None or there is None:
                found.append(None)
                continue
            found.append(_round(self._clean((there - here) * sign) / size))
        return found[0], found[1]

    def _clean(self, difference: float) -> float:
        """A difference of values; 0 where it is of the solver's last digits or its gap."""
        least = max(FLAT * self.scale, SURE * abs(self.here))
        return 0.0 if abs(difference) <= least else difference

    def _step(self, lever: Lever) -> tuple[Decimal, float, str]:
        """How far a key is moved, that in what its price is per, and this in words."""
        fund = self.case.fund
        unit, last = Decimal(fund.unit), lever.path[-1]
        if lever.kind == "per person":
            step = Decimal(1) if lever.value >= LARGE else PERSON
            return step, float(step), f"{self.currency} per head"
        if lever.kind == "amount":
            whole = last == "per_year" or lever.path[:2] == ("fund", "envelopes")
            step = 2 * unit if whole else unit  # these count in whole units: half is one
            return step, float(step), self.currency
        if lever.kind == "share" and self._of_envelope(lever) and fund.envelope:
            return (
                unit / money.in_units(fund.envelope),
                float(unit),
                f"{self.currency} of the limit",
            )
        per = "percentage point" if lever.kind == "share" else "0.01"
        return POINT, 1.0, per

    def _of_envelope(self, lever: Lever) -> bool:
        """Whether a share is one of the envelope, so that its limit is money."""
        if lever.rule == "group_shares":
            tables = self.scenario.tables["rules"]["group_shares"]
            return bool(tables[lever.path[2]].get("of", "envelope") == "envelope")
        return lever.rule in ("stream_shares", "city_cap")

    def of_rows(self, found: dict[str, Price]) -> None:
        """The price of each row by itself, into a dictionary by the names of the rows."""
        warm = quick.Warm(self._task(self.program, self.case), self.until)
        places = [i for i, row in enumerate(self.allocation.limits) if row.left]
        for j, i in enumerate(places):
            limit = self.allocation.limits[i]
            if self.scenario.rule(limit.rule) is not None:
                found[limit.name] = self._row_price(warm, j, limit)

    def _row_price(self, warm: quick.Warm, j: int, limit: Limit) -> Price:
        row, known = warm.task.rows[j], dict[float, float | None]()
        left = sum(k * warm.values[c] for c, k in row.terms.items())
        unit = float(self.case.fund.unit)
        bound = float(limit.bound) / money.CENTS
        if abs(row.bound - left) > 1 + 1e-6:  # the optimum stays one with a unit more or less
            until_tight = Side(0.0, 0.0, math.floor(abs(row.bound - left)))
            ever = Side(0.0, 0.0, math.inf)
            if left <= row.bound:
                return _price(ever, until_tight, bound, unit, unit, self.currency)
            return _price(until_tight, ever, bound, unit, unit, self.currency)

        def worth(steps: float) -> float | None:
            if steps not in known:
                there = warm.at(j, row.bound + steps)
                known[steps] = None if there is None else there * self.scale
            return known[steps]

        here = (warm.best or 0.0) * self.scale
        more = side(worth, here, 1, self.all_asked, self.scale)
        less = side(worth, here, -1, self.all_asked, self.scale)
        return _price(more, less, bound, unit, unit, self.currency)

    def decisions(self) -> list[DecisionPrice]:
        """What each decision by hand costs, where all else is decided anew without it."""
        found, with_it = [], None
        for lever in levers(self.scenario):
            if not lever.row:
                continue
            with_it = self._anew(self.program) if with_it is None else with_it
            made = self._moved(lever, None)
            without = None if made is None else self._anew(made[0])
            if without is None or with_it is None:
                continue
            cost = max(0.0, self._clean(without - with_it))
            row = next(row for row in self.allocation.limits if row.name == lever.row)
            words = self.scenario.words(row, self.case)
            found.append(DecisionPrice(lever.row, words, _round(cost)))
        return found


def _bands_of(program: Program) -> dict[str, list[tuple[int, int]]]:
    """The bands of each activity in the program, from the lowest."""
    found: dict[str, list[tuple[int, int]]] = {}
    for quantity in program.quantities:
        if quantity.kind is Kind.IN_BAND:
            found.setdefault(quantity.code, []).append(quantity.band)
    return {code: sorted(ranges) for code, ranges in found.items()}


def _program(scenario: Scenario, case: Case, limits: Sequence[Limit]) -> Program:
    return build(Plan(case), limits, scenario.value(case), whole_bounds=False)


def _value(program: Program, found: bool, objective: float, state: str) -> float | None:
    if found:
        return objective * program.worth_scale
    if state == "infeasible":
        return None
    raise SolverStopped("The solver stopped before all prices were found.")


def _price(
    more: Side | None, less: Side | None, value: float, step: float, size: float, per: str
) -> Price:
    """From steps to what the price is per, and to where the limit can be."""
    return Price(
        more=None if more is None else _round(more.each / size),
        less=None if less is None else _round(less.each / size),
        least=value if less is None else value - less.reach * step,
        most=value if more is None else value + more.reach * step,
        steady=all(one is None or one.steady for one in (more, less)),
        per=per,
    )


def _round(number: float) -> float:
    """Without the solver's last digits."""
    return float(f"{number:.6g}") + 0.0
