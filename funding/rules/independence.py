"""Independence: the city keeps the larger part of its own engagement."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from funding import money
from funding.case import Case, Plan
from funding.fund import Share
from funding.linear import Limit, Sense
from funding.rules.base import Looser, Rule, parameter, room_words


class Independence(Rule):
    """The city keeps its own engagement: X_c ≤ max(0, σ B_c / (1 − σ) − N_c − Σ N_a).

    σ is the most that national money may be of a city's engagement money; σ = 0.5: at most one
    national euro for each of its own; σ = 1: off. B_c is its own engagement budget, N_c other
    national funding at large, Σ N_a what national money its activities already have (all
    activities of its plan, funded or not). An own budget of 0 admits no award. Source: the
    survey's "retain independence"; European Charter of Local Self-Government, art. 9(7).
    """

    key = "independence"
    looser: ClassVar[Looser] = {"max_national_share": "up to 1"}
    title = "Independence"
    caps_alone = True
    max_national_share: Share = parameter(
        "National share of engagement money, at most",
        "σ",
        "share of 1",
        "Of a city's engagement money, own and national together",
        default=Decimal("0.5"),
    )

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row a city with open activities."""
        share = Fraction(self.max_national_share)
        if share == 1:
            return
        each = share / (1 - share)  # of its own money
        for city in case.open_plans:
            own = case.applications.cities[city].own_budget
            most = each * own - other_national(case, city)
            left = plan.city_total(city)
            yield Limit(self.key, city, left, Sense.AT_MOST, max(Fraction(0), most))

    def words(self, limit: Limit, case: Case) -> str:
        """The share, the own budget, other national money, and what that leaves."""
        other = other_national(case, limit.subject)
        less = f" and {case.money(other)} of other national money" if other else ""
        own = case.applications.cities[limit.subject].own_budget
        return (
            f"independence: national money at most {money.percent(self.max_national_share)} of "
            f"the city's engagement money, with {case.money(own)} of its own{less}: "
            f"{room_words(limit, case)}"
        )


def other_national(case: Case, city: str) -> int:
    """N_c + Σ N_a [cents]: national money that a city has already, at large and by activity."""
    applications = case.applications
    by_activity = sum(
        applications.assessments[a.code].other_national_funding for a in applications.plans[city]
    )
    return applications.record(city).other_national_funding + by_activity
