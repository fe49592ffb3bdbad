"""Coordination first: financing goes with the step that formalises coordination."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from funding.case import Case, Plan
from funding.fund import Amount
from funding.linear import Limit, Sense
from funding.rules.base import Looser, Rule, parameter


class CoordinationFirst(Rule):
    """Where coordination is not formal, financing above a base goes with the step to formalise it.

    X_c financing ≤ b + (Q_c − b)⁺ X_c coordination / Q̄_c, with Q_c = Σ q̄_a over the city's open
    financing, and Q̄_c the most that its open coordination activities can get together under
    their requests and the caps on awards and cities (`Case.obtainable`), so that a city whose
    coordination gets all it can get is not held back. Q̄_c = 0: b. Coordination formal, or no more
    than b asked: no limit. Source: 73 % of cities call their coordination ad hoc (survey of 2022).
    """

    key = "coordination_first"
    looser: ClassVar[Looser] = {"base": "up"}
    title = "Coordination first"
    base: Amount = parameter(
        "Base", "b", "currency", "Financing without a step towards formal coordination"
    )

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row a city without formal coordination that asks for more than the base."""
        for city in case.open_plans:
            more = self.above(city, case)
            if not more:
                continue
            financing = plan.awards(case.of_stream(city, "financing"))
            steps = case.of_stream(city, "coordination")
            most = case.obtainable(city, steps)
            rate = Fraction(more, most) if most else Fraction(0)
            left = financing - rate * plan.awards(steps)
            yield Limit(self.key, city, left, Sense.AT_MOST, self.base)

    def above(self, city: str, case: Case) -> int:
        """(Q_c − b)⁺ [cents] where coordination is not formal, else 0."""
        if case.applications.cities[city].coordination == "formal":
            return 0
        return max(0, case.demand(case.of_stream(city, "financing")) - self.base)

    def words(self, limit: Limit, case: Case) -> str:
        """The base, and what more there is with coordination."""
        city = limit.subject
        ad_hoc = case.applications.cities[city].coordination == "ad hoc"
        how = "ad hoc coordination" if ad_hoc else "no coordination"
        text = f"coordination first: with {how}, financing at most {case.money(self.base)}"
        most = case.obtainable(city, case.of_stream(city, "coordination"))
        if not most:
            return f"{text}, as no step to formalise it can be funded"
        return (
            f"{text}, and up to {case.money(self.above(city, case))} more in proportion to what "
            f"its coordination activities get of {case.money(most)}, the most they can"
        )

    def notes(self, case: Case) -> Iterator[str]:
        """Cities that can get no more than the base, since no coordination can be funded."""
        stuck = sorted(
            city
            for city in case.open_plans
            if self.above(city, case)
            and not case.obtainable(city, case.of_stream(city, "coordination"))
        )
        if stuck:
            yield (
                f"Coordination first: financing is at most {case.money(self.base)} where "
                "coordination is not formal and no coordination activity can be funded: "
                f"{', '.join(stuck)}"
            )
