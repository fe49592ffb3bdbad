"""Exact awards: whole units that hold every row, and what became of each activity.

An `Allocation` exists only if every row holds, in exact arithmetic without the solver: only
`allocate` needs that, and imports it when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial

from funding import check
from funding.applications import Applications
from funding.case import Awards, Case, Plan
from funding.check import Payments, RowUse
from funding.equals import LOT
from funding.errors import RowsBroken
from funding.linear import Exact, Limit, Linear, Quantity, Sense
from funding.outcomes import Outcome, city_status, outcomes_of, reserve_of, room_of
from funding.proof import Certificate, bound_of
from funding.remainder import Remainder, remainder_of
from funding.room import Room
from funding.scenario import Scenario
from funding.ties import Pair, Tie, pairs_of, ties_of

LAST_DIGITS = 1e-9  # of a value: what solvers' arithmetic leaves open


@dataclass(frozen=True)
class Allocation:
    """The awards of one scenario on one set of applications; holds every rule, exactly.

    ``awards`` has every activity [cents]; ``payments`` those above 0, by year [cents].
    ``status`` is ``optimal``, or ``feasible`` where the solver stopped at its time limit.
    ``value`` is exact; none in whole units is worth more than ``bound``. ``best_value`` is what
    stage 1 found, ``fair_value`` what was left of it when the awards were shared evenly.
    ``certify`` makes the certificate, when it is first asked for.

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
    certify: Callable[[], Certificate | None] = field(default=lambda: None, repr=False)

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
    def price_of_fairness(self) -> float:
        """The value that was given up for a more even spread; 0 or more."""
        return self._lost(self.best_value - self.fair_value)

    @property
    def rounding_loss(self) -> float:
        """The value that whole units cost; below 0 where they are worth more, which they can be
        where value was given up for evenness."""
        return self._lost(self.fair_value - float(self.value))

    def _lost(self, value: float) -> float:
        """A difference of values; 0 where it is only of the solvers' last digits."""
        return 0.0 if abs(value) <= LAST_DIGITS * abs(self.best_value) else value

    @property
    def gap(self) -> float:
        """How far the value is below the bound at most, as a share of the bound."""
        return max(0.0, (self.bound - float(self.value)) / self.bound) if self.bound else 0.0

    @cached_property
    def certificate(self) -> Certificate | None:
        """Multipliers that prove the bound; None where the fund is too large for them."""
        return self.certify()

    @cached_property
    def certified_bound(self) -> Fraction | None:
        """No allocation is worth more: proved in exact arithmetic from the certificate alone.

        None where there is none. A bound below what the least award of any activity is worth is
        0: nothing of worth can be awarded then.
        """
        if self.certificate is None:
            return None
        value = self.scenario.value(self.case)
        bound = bound_of(self.certificate, self.case, self.limits, value)
        return bound if self.value or bound >= self._least_worth(value) else Fraction(0)

    def _least_worth(self, value: Linear) -> Exact:
        """What the least award that is worth something is worth; 0 where there is none."""
        least = {
            a: self.case.spans[a].least for plan in self.case.open_plans.values() for a in plan
        }
        amounts = Plan(self.case).values(least, self.scenario.objective.full_share)
        worth = dict.fromkeys(least, Fraction(0))
        for quantity, k in value:
            worth[quantity.code] += k * amounts[quantity]
        return min((each for each in worth.values() if each > 0), default=0)

    @property
    def certified_gap(self) -> float | None:
        """How far the value is below the certified bound at most, as a share of it."""
        bound = self.certified_bound
        if bound is None:
            return None
        return float((bound - self.value) / bound) if bound else 0.0

    @cached_property
    def values(self) -> dict[Quantity, Exact]:
        """Every quantity of the model as the awards make it."""
        return Plan(self.case).values(self.awards, self.scenario.objective.full_share)

    @cached_property
    def rows(self) -> tuple[RowUse, ...]:
        """Every row of the rules with its use and room; definitions are left out.

        A row binds where it keeps an award from rising by a unit, or is a floor just met.
        """
        stops = {id(row) for outcome in self.outcomes.values() for row in outcome.rules}
        uses = []
        for row in self.limits:
            if self.scenario.rule(row.rule):
                use = check.use_of(row, self.values)
                floor = row.sense is Sense.AT_LEAST and row.part.startswith("minimum")
                met = floor and use.room < self.case.fund.step
                uses.append(replace(use, binding=met or id(row) in stops))
        return tuple(uses)

    @cached_property
    def city_totals(self) -> Mapping[str, int]:
        """City code → the sum of its awards [cents]."""
        totals = dict.fromkeys(self.applications.cities, 0)
        for code, award in self.awards.items():
            totals[self.applications.activities[code].city] += award
        return totals

    @property
    def funded(self) -> int:
        """How many activities have an award."""
        return sum(1 for award in self.awards.values() if award)

    @property
    def served(self) -> int:
        """How many cities have an award."""
        return sum(1 for total in self.city_totals.values() if total)

    @cached_property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Activity code → its status and the reasons for it, in words."""
        return outcomes_of(self.scenario, self.case, self.limits, self.awards)

    @cached_property
    def room(self) -> Room:
        """The room that the rules leave these awards."""
        return room_of(self.scenario, self.case, self.limits, self.awards)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Each activity or city that came just before an equal one."""
        return pairs_of(self.scenario, self.room)

    @cached_property
    def decided(self) -> tuple[Tie, ...]:
        """For whom, among equals, the declared order or a lot decided."""
        return ties_of(self.case, self.pairs)

    @cached_property
    def remainder(self) -> Remainder:
        """What is left in the fund, and which rules keep each award from rising."""
        return remainder_of(self.case, self.room, self.outcomes, self.awards, self.payments)

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
        every = self.payments.values()
        paid = {year for parts in every for year, amount in parts.items() if amount}
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
        """What an analyst should know of the rules, and of lots, on these applications."""
        notes = self.scenario.notes(self.case)
        drawn = any(LOT in tie.by for tie in self.decided)
        if drawn and not self.applications.call.draw_number:
            notes.append(
                "A lot decided between equals, but sheet Fund gives no draw number: without one "
                "that is published before the call closes, lots can be foreseen"
            )
        return tuple(notes)


def allocate(
    applications: Applications, scenario: Scenario, *, time_limit: float = 60.0
) -> Allocation:
    """The best allocation of a fund under a scenario, exact to the unit.

    Raises NoAllocation where the rules contradict each other, SolverStopped where the solver
    found nothing within ``time_limit`` [seconds]. An answer found in time is shared out and made
    whole even where that takes a few seconds more.
    """
    from funding.certificate import certificate_of
    from funding.conflict import refuse_unreachable
    from funding.payments import schedule
    from funding.program import State
    from funding.run import run_record
    from funding.solve import Clock, fair_allocation
    from funding.whole import exact_awards

    clock = Clock(time_limit)
    case = scenario.case(applications)
    limits = scenario.limits(case)
    refuse_unreachable(scenario, case, limits)
    if case.open:
        fair = fair_allocation(scenario, case, limits, clock)
        found, shared = exact_awards(scenario, case, limits, fair, clock)
        best = max(fair.best, shared)  # the solvers' last digits
        state, bound = fair.state, max(fair.bound, best)
    else:
        found, state, bound, best, shared = {}, State.OPTIMAL, 0.0, 0.0, 0.0
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
        fair_value=shared,
        seconds=clock.spent,
        run=run_record(applications, scenario, time_limit),
        certify=partial(certificate_of, scenario, case, limits, time_limit),
    )
