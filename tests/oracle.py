"""The referee: what ``docs/model.md`` says, in plain loops over exact fractions.

Written from the document alone, by someone who had not read the rules of the package, so that
a formula that is wrong in the package is not wrong here too. It takes the applications and the
resolved tables of a scenario (as TOML gives them, decimals exact) and judges awards in cents.
It optimises nothing, knows no solver, and shares no formula with ``funding``.

Every judgement is a sentence that starts with the name of its rule or gate: ``rule: what``.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor

from funding.applications import Activity, Applications
from tests.oracle_limits import within
from tests.oracle_reading import CENTS, ZERO, Awards, Tables
from tests.oracle_rules import Rules

Payments = Mapping[str, Mapping[int, int]]


class Referee(Rules):
    """Judges awards of one set of applications under one scenario's tables."""

    def value(self, awards: Awards) -> Fraction:
        """V of awards [cents], in the unit of the scenario's objective."""
        return sum((self.weight(a, awards.get(a.code, 0)) for a in self.all()), ZERO)

    def weight(self, activity: Activity, award: int) -> Fraction:
        """w_a g_a: what an award [cents] to one activity adds to the value."""
        table = self.tables.get("objective", {})
        full = Fraction(table.get("full_value_share", 1)) * activity.requested
        later = Fraction(table.get("later_value", Fraction(1, 2)))
        counts = min(Fraction(award), full) + later * max(ZERO, award - full)
        score = self.score(activity.code)
        basis = table.get("value", "merit_money")
        if basis == "merit_money":
            return score * counts / CENTS
        met = counts / activity.requested
        if basis == "merit_projects":
            return score * met
        if basis == "reach":
            plan = self.plans[activity.city]
            population = self.applications.cities[activity.city].population
            return score * Fraction(population, len(plan)) * met
        raise ValueError(f"no value {basis}")

    def stops(self, awards: Awards, code: str) -> list[str]:
        """What breaks if this award rises to the next larger one."""
        return self.broken({**awards, code: self.next_award(awards, code)})

    def next_award(self, awards: Awards, code: str) -> int:
        """The next larger award that the request, the bands and the city minimum admit."""
        award, (least, most) = awards.get(code, 0), self.spans.get(code, (self.unit, 0))
        activity, table = self.applications.activities[code], self.rule("city_minimum")
        enough, plan = ZERO, [a.code for a in self.plans[activity.city]]
        if table and not any(awards.get(other, 0) for other in plan):
            enough = Fraction(table["amount"]) * CENTS
        if sum(self.spans[other][1] for other in plan if other in self.spans) < enough:
            enough = ZERO
        every, bands = range(least, most + 1, self.unit), self.bands(activity)
        fits = bands is None or any(within(bands, any_award) for any_award in every)
        first = award + self.unit if award else least
        for larger in range(first, most + 1, self.unit):
            if larger >= enough and (bands is None or not fits or within(bands, larger)):
                return larger
        return first

    def broken_payments(self, awards: Awards, payments: Payments) -> list[str]:
        """Every condition on payments by year that is not met."""
        found = []
        used: dict[int, int] = {}
        for a in self.all():
            award, paid = awards.get(a.code, 0), payments.get(a.code, {})
            shares = self.shares(a)
            if sum(paid.values()) != award:
                found.append(f"{a.code}: paid {sum(paid.values())} of {award}")
            for year in sorted({*paid, *shares}):
                due = award * shares.get(year, ZERO) / self.unit
                part = paid.get(year, 0)
                used[year] = used.get(year, 0) + part
                if part not in (floor(due) * self.unit, ceil(due) * self.unit):
                    found.append(f"{a.code} {year}: {part} is not next to {due * self.unit}")
        for year, part in used.items():
            if self.envelopes and part > self.envelopes.get(year, ZERO):
                found.append(f"year {year}: {part} > {self.envelopes.get(year, ZERO)}")
        return found


def refusals(applications: Applications, tables: Tables) -> dict[str, list[str]]:
    """Activity code → the gates that refuse it, for the refused only."""
    return Referee(applications, tables).refused


def spans(applications: Applications, tables: Tables) -> dict[str, tuple[int, int]]:
    """Open activity → its least and its most whole-unit award [cents]."""
    return Referee(applications, tables).spans


def broken(applications: Applications, tables: Tables, awards: Awards) -> list[str]:
    """Every gate and rule that the awards [cents] break; empty when they are sound."""
    return Referee(applications, tables).broken(awards)


def broken_payments(
    applications: Applications, tables: Tables, awards: Awards, payments: Payments
) -> list[str]:
    """Every condition on payments by year that is not met."""
    return Referee(applications, tables).broken_payments(awards, payments)


def value(applications: Applications, tables: Tables, awards: Awards) -> Fraction:
    """V of awards [cents]."""
    return Referee(applications, tables).value(awards)


def stops(applications: Applications, tables: Tables, awards: Awards, code: str) -> list[str]:
    """What breaks if this activity's award rises by its next step."""
    return Referee(applications, tables).stops(awards, code)
