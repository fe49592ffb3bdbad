"""Value: what an allocation is worth, in one of three bases, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pydantic import Field

from funding import money
from funding.case import Case, Plan
from funding.fund import Share
from funding.linear import Exact, Limit, Linear, Quantity, Sense, total
from funding.rules.base import Terms

Base = Literal["merit_money", "merit_projects", "reach"]


MEASURES: dict[Base, str] = {
    "merit_money": "score × {currency} awarded",
    "merit_projects": "score × the share of each request that is met",
    "reach": "score × inhabitants reached",
}


class Objective(Terms):
    """What is maximised, and how much of it an analyst gives up for a more even spread."""

    value: Base = Field("merit_money", title="Value", description="What an award is worth")
    full_value_share: Share = Field(
        Decimal(1), title="Counts in full", description="The first part of a request (share of 1)"
    )
    later_value: Share = Field(
        Decimal("0.5"), title="The rest counts", description="Share of 1 of its value"
    )
    fairness_price: Share = Field(
        Decimal(0),
        title="Fairness price π",
        description="Share of merit that may be given up for a more even spread",
    )

    @property
    def full_share(self) -> Fraction:
        """The share of a request that counts in full; 1: diminishing returns are off."""
        return Fraction(self.full_value_share)

    def measure(self, currency: str) -> str:
        """In what the value is counted, in words."""
        return MEASURES[self.value].format(currency=currency)

    def worth(self, activity: str, case: Case) -> Fraction:
        """What one cent of award adds to the value.

        merit_money: v_a per currency unit; merit_projects: v_a / q_a; reach:
        v_a P_c / (|A(c)| q_a), |A(c)| being all activities that the city applied with.
        """
        given = case.applications
        a = given.activities[activity]
        score = given.score(activity)
        if self.value == "merit_money":
            return score / money.CENTS
        if self.value == "merit_projects":
            return score / a.requested
        people = given.cities[a.city].population
        return score * people / (len(given.plans[a.city]) * a.requested)

    def gain(self, activity: str, case: Case, before: int, after: int) -> Fraction:
        """What an award adds to the value when it goes from one amount to another [cents]."""
        full = self.full_share * case.applications.activities[activity].requested
        later = Fraction(self.later_value)

        def counts(award: int) -> Fraction:
            return min(Fraction(award), full) + later * max(Fraction(0), award - full)

        more = counts(after) - counts(before) if self.full_share < 1 else after - before
        return self.worth(activity, case) * more

    def linear(self, plan: Plan, case: Case) -> Linear:
        """The value as a linear expression; the later part of an award counts for less."""
        terms: dict[Quantity, Exact] = {}
        less = 1 - Fraction(self.later_value) if self.full_share < 1 else 0
        for a in case.open:
            worth = self.worth(a, case)
            for quantity, _ in plan.award(a):
                terms[quantity] = worth
            for quantity, _ in plan.later(a) if less else ():
                terms[quantity] = -less * worth
        return Linear(terms)

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """Where returns diminish, the rows that say what the later part of an award is."""
        share = self.full_share
        if share == 1:
            return
        for a in case.open:
            full = share * case.applications.activities[a].requested
            first = [(1, plan.award(a)), (-1, plan.later(a))]
            if case.spans[a].least > case.fund.step:
                # Counted only where the activity is funded: the relaxation, where y_a is a
                # fraction, then stays close to what whole decisions are worth.
                left = total([*first, (-full, plan.funded(a))])
                yield Limit("value", a, left, Sense.AT_MOST, 0, fact=True)
            else:
                yield Limit("value", a, total(first), Sense.AT_MOST, full, fact=True)
