"""Exact awards: whole units that hold every row, and what became of each activity.

An `Allocation` exists only if every row holds, in exact arithmetic without the solver. Awards
come from a small integer model around the fair point, free by a unit, then wider, then all;
what the solver's rounding left over is then placed exactly, best first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from funding import check
from funding.applications import Applications
from funding.case import Awards, Case, Plan
from funding.check import Payments, RowUse
from funding.errors import NoAllocation, RowsBroken, SolverStopped
from funding.linear import Exact, Kind, Limit, Quantity, Sense
from funding.outcomes import Outcome, Room, city_status, outcomes_of, reserve_of
from funding.payments import schedule
from funding.program import State
from funding.run import run_record
from funding.scenario import Scenario
from funding.solve import NEAR, Clock, Fair, fair_allocation, whole_units

LOSS = 0.0002  # of the fair value: what rounding may cost before a wider step is tried
TIGHTEN = 1e-5  # of a unit: taken from a row that a solver's rounding broke


@dataclass(frozen=True)
class Allocation:
    """The awards of one scenario on one set of applications; holds every rule, exactly.

    ``awards`` has every activity [cents]; ``payments`` those above 0, by year [cents].
    ``status`` is ``optimal``, or ``feasible`` where the solver stopped at its time limit.
    ``value`` is exact; no allocation is worth more than ``bound``. ``best_value`` is what stage
    1 found, ``fair_value`` what was left of it when the awards were shared evenly: their
    difference is the price of fairness, and ``fair_value`` less ``value`` what rounding cost.

    Raises RowsBroken when a row does not hold: such an allocation cannot be made.
    """

    applications: Applications
    scenario: Scenario
    case: Case = field(repr=False)
    limits: Sequence[Limit] = field(repr=False)
    awards: Awards = field(repr=False)
    payments: Payments = field(repr=False)
    status: str
    bound: float
    best_value: float
    fair_value: float
    seconds: float
    run: Mapping[str, str] = field(repr=False)

    def __post_init__(self) -> None:
        wrong = check.broken_awards(self.case, self.limits, self.awards)
        wrong += check.broken_payments(self.case, self.awards, self.payments)
        if wrong:
            raise RowsBroken("These awards do not hold the rules:\n  " + "\n  ".join(wrong[:20]))

    @property
    def spent(self) -> int:
        """Σ x_a [cents]."""
        return sum(self.awards.values())

    @property
    def unspent(self) -> int:
        """What is left of the envelope [cents]."""
        return self.case.fund.envelope - self.spent

    @cached_property
    def value(self) -> Fraction:
        """What the allocation is worth, exactly."""
        return Fraction(self.scenario.value(self.case).value(self.values))

    @property
    def gap(self) -> float:
        """How far the value is below the bound at most, as a share of the bound."""
        return max(0.0, (self.bound - float(self.value)) / self.bound) if self.bound else 0.0

    @cached_property
    def values(self) -> dict[Quantity, Exact]:
        """Every quantity of the model as the awards make it."""
        return Plan(self.case).values(self.awards, self.scenario.objective.full_share)

    @cached_property
    def rows(self) -> tuple[RowUse, ...]:
        """Every row of the rules with its use and room; definitions are left out.

        A row binds where it keeps an award from rising by a unit, or is a floor just met.
        """
        stops = {row.name for outcome in self.outcomes.values() for row in outcome.rules}
        uses = []
        for row in self.limits:
            if self.scenario.rule(row.rule):
                use = check.use_of(row, self.values)
                floor = row.sense is Sense.AT_LEAST and row.part.startswith("minimum")
                met = floor and use.room < self.case.fund.step
                uses.append(replace(use, binding=met or row.name in stops))
        return tuple(uses)

    @cached_property
    def city_totals(self) -> Mapping[str, int]:
        """City code → the sum of its awards [cents]."""
        totals = dict.fromkeys(self.applications.cities, 0)
        for code, award in self.awards.items():
            totals[self.applications.activities[code].city] += award
        return totals

    @cached_property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Activity code → its status and the reasons for it, in words."""
        return outcomes_of(self.scenario, self.case, self.limits, self.awards)

    def city_status(self, city: str) -> str:
        """The status of a city, from those of its activities."""
        return city_status([self.outcomes[a.code].status for a in self.applications.plans[city]])

    @cached_property
    def reserve(self) -> tuple[str, ...]:
        """The reserve list: who would be next with more money, best score first."""
        return reserve_of(self.case, self.outcomes)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Every year in which the fund pays or has an envelope."""
        paid = {year for parts in self.payments.values() for year in parts}
        return tuple(sorted(paid.union(self.case.fund.envelopes)))

    def own_contribution(self, activity: str) -> int:
        """What the city then has to find [cents]: eligible cost less award and other funding."""
        other = self.applications.activities[activity].other_funding
        cost = self.applications.eligible_cost(activity)
        return max(0, cost - self.awards[activity] - other)

    def national_share(self, city: str) -> Fraction | None:
        """(X_c + N) / (X_c + N + B_c): national money in the city's engagement money.

        None where the city has no engagement money at all.
        """
        plan = self.applications.plans[city]
        given = sum(self.applications.assessments[a.code].other_national_funding for a in plan)
        given += self.applications.record(city).other_national_funding
        national = self.city_totals[city] + given
        everything = national + self.applications.cities[city].own_budget
        return Fraction(national, everything) if everything else None

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What an analyst should know of the rules on these applications."""
        return tuple(self.scenario.notes(self.case))


def allocate(
    applications: Applications, scenario: Scenario, *, time_limit: float = 60.0
) -> Allocation:
    """The best allocation of a fund under a scenario, exact to the unit.

    Raises NoAllocation where the rules contradict each other, SolverStopped where the solver
    found nothing within ``time_limit`` [seconds].
    """
    clock = Clock(time_limit)
    case = scenario.case(applications)
    limits = scenario.limits(case)
    if case.open:
        fair = fair_allocation(scenario, case, limits, clock)
        found = _exact(scenario, case, limits, fair, clock)
        state, bound, best = fair.state, fair.bound, fair.best
        fair_value = _fair_value(scenario, case, fair)
    else:
        _nothing_open(limits)
        found, state, bound, best, fair_value = {}, State.OPTIMAL, 0.0, 0.0, 0.0
    awards = {code: found.get(code, 0) for code in applications.activities}
    payments = schedule(case, awards)
    return Allocation(
        applications=applications,
        scenario=scenario,
        case=case,
        limits=limits,
        awards=awards,
        payments=payments,
        status=str(state),
        bound=bound,
        best_value=best,
        fair_value=fair_value,
        seconds=clock.spent,
        run=run_record(applications, scenario, time_limit),
    )


def _nothing_open(limits: Sequence[Limit]) -> None:
    broken = [row.name for row in limits if row.room({}) < 0]
    if broken:
        raise NoAllocation(
            f"No activity passes the gates, yet a part is guaranteed: {'; '.join(broken)}."
        )


def _fair_value(scenario: Scenario, case: Case, fair: Fair) -> float:
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


def _exact(
    scenario: Scenario, case: Case, limits: Sequence[Limit], fair: Fair, clock: Clock
) -> dict[str, int]:
    """Whole-unit awards [cents] around the fair point, wider where that is not enough."""
    worth, plan = scenario.value(case), Plan(case)
    enough = (1 - LOSS) * _fair_value(scenario, case, fair)
    best: dict[str, int] | None = None
    best_value, state = Fraction(-1), State.STOPPED
    for lower, upper, fixed in _steps(case, fair):
        state, units = _holding(case, limits, fair, lower, upper, fixed, clock)
        if units is None:
            continue
        awards = _filled(scenario, case, limits, units)
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
) -> Iterator[tuple[dict[str, int], dict[str, int], dict[str, int] | None]]:
    """Bounds [units] for the whole-unit awards, from a unit around the fair point to all."""
    least = {a: case.spans[a].least // case.fund.step for a in fair.units}
    most = {a: case.spans[a].most // case.fund.step for a in fair.units}

    def around(reach: int, whole_too: bool) -> tuple[dict[str, int], dict[str, int]]:
        lower, upper = {}, {}
        for a, x in fair.units.items():
            near = abs(x - round(x)) < NEAR * max(1.0, x)
            spread = reach if whole_too or not near else 0
            down, up = (round(x), round(x)) if near else (math.floor(x), math.ceil(x))
            served = fair.funded.get(a)
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
    fixed: dict[str, int] | None,
    clock: Clock,
) -> tuple[State, dict[str, int] | None]:
    """Whole-unit awards [cents] between bounds that hold every row exactly, or why there are none.

    They are infeasible only if the rows themselves are, not rows that we have tightened.
    """
    solver_rows = [limit for limit in limits if limit.left]
    tighten: dict[int, float] = {}
    for _ in range(4):
        state, units = whole_units(
            fair.program, case, lower, upper, fixed, tighten, min(clock.left, 20.0)
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
    scenario: Scenario, case: Case, limits: Sequence[Limit], awards: dict[str, int]
) -> dict[str, int]:
    """The awards raised, best first, while any rule leaves room for a unit more."""
    room = Room(case, [row for row in limits if row.rule != "value"], awards)
    order = sorted(case.open, key=lambda a: (-scenario.objective.worth(a, case), case.turn(a)))
    raised = True
    while raised:
        raised = False
        for code in order:
            step = room.raise_by(code)
            while step and room.fits(code, step):
                room.add(code, step)
                raised, step = True, room.raise_by(code)
    return dict(room.awards)
