"""City minimum: a city gets nothing, or enough to be worth it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from funding.case import Case, Plan
from funding.fund import Amount
from funding.linear import Limit, Sense
from funding.rules.base import Looser, Rule, parameter

OUT_OF_REACH = "out of reach"


class CityMinimum(Rule):
    """Nothing, or enough to be worth it: X_c = 0 or X_c ≥ M.

    With z_c = 1 where the city has an award: M z_c ≤ X_c ≤ Q̄_c z_c, Q̄_c what its open
    activities ask for in whole units. A city that asks for less than M gets nothing. Source:
    Nakopa 50 000 EUR, FICOL 200 000 EUR.
    """

    key = "city_minimum"
    looser: ClassVar[Looser] = {"amount": "down"}
    title = "City minimum"
    amount: Amount = parameter("Amount", "M", "currency", "The least that a funded city gets")

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """Two rows a city, or one where it asks for less; none where any award is enough."""
        for city, activities in case.open_plans.items():
            if all(case.spans[a].least >= self.amount for a in activities):
                continue
            total, most = plan.city_total(city), _asked(city, case)
            if most < self.amount:
                yield Limit(self.key, city, total, Sense.AT_MOST, 0, OUT_OF_REACH)
                continue
            funded = plan.city_funded(city)
            yield Limit(self.key, city, total - most * funded, Sense.AT_MOST, 0, "most")
            yield Limit(self.key, city, total - self.amount * funded, Sense.AT_LEAST, 0, "least")

    def words(self, limit: Limit, case: Case) -> str:
        """The minimum, or that the city asks for less."""
        amount, asked = case.money(self.amount), case.money(_asked(limit.subject, case))
        if limit.part == OUT_OF_REACH:
            return f"city minimum: {amount}, more than the {asked} that is asked for and open"
        if limit.part == "most":
            return f"city minimum: an award makes the city funded, with at most {asked}"
        return f"city minimum: nothing, or at least {amount} for the city"

    def notes(self, case: Case) -> Iterator[str]:
        """Cities that cannot get anything, since they ask for less than the minimum."""
        short = [c for c in case.open_plans if _asked(c, case) < self.amount]
        if short:
            yield (
                f"City minimum: less than {case.money(self.amount)} is asked for and open in "
                f"{', '.join(sorted(short))}; nothing can be awarded there"
            )


def _asked(city: str, case: Case) -> int:
    """Q̄_c [cents]: what the city's open activities ask for in whole units."""
    return sum(case.spans[a].most for a in case.open_plans[city])
