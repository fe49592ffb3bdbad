"""City cap: no city takes too much."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from pydantic import model_validator

from funding import money
from funding.case import Case, Plan
from funding.fund import Amount, Share
from funding.linear import Limit, Sense
from funding.rules.base import Looser, Rule, parameter, room_words


class CityCap(Rule):
    """No city takes too much: X_c ≤ the least of the caps that are given.

    An amount, a share of F, an amount for each inhabitant, and for first-time applicants an
    amount of their own, which stands beside the others. Source: Nakopa 2021, 100 000 EUR for
    first-timers.
    """

    key = "city_cap"
    looser: ClassVar[Looser] = {
        "amount": "up",
        "share": "up to 1",
        "per_inhabitant": "up",
        "first_time_amount": "up",
    }
    title = "City cap"
    caps_alone = True
    amount: Amount | None = parameter(
        "Amount", "", "currency", "The same for every city", default=None
    )
    share: Share | None = parameter("Share of the envelope", "", "share of 1", "Of F", default=None)
    per_inhabitant: Amount | None = parameter(
        "Per inhabitant", "", "currency per person", "Times the population", default=None
    )
    first_time_amount: Amount | None = parameter(
        "First-time applicants", "", "currency", "For cities without an earlier award", default=None
    )

    @model_validator(mode="after")
    def _some_cap(self) -> CityCap:
        caps = (self.amount, self.share, self.per_inhabitant, self.first_time_amount)
        if all(cap is None for cap in caps):
            raise ValueError("expected amount, share, per_inhabitant or first_time_amount")
        return self

    def caps(self, city: str, case: Case) -> dict[str, Fraction]:
        """Each cap that applies to the city [cents], by what it is."""
        caps: dict[str, Fraction] = {}
        if self.amount is not None:
            caps["for every city"] = Fraction(self.amount)
        if self.share is not None:
            caps[f"{money.percent(self.share)} of the envelope"] = money.part(
                self.share, case.fund.envelope
            )
        if self.per_inhabitant is not None:
            people = case.applications.cities[city].population
            caps[f"for {people:,} inhabitants"] = Fraction(self.per_inhabitant * people)
        if self.first_time_amount is not None and case.applications.record(city).first_time:
            caps["for first-time applicants"] = Fraction(self.first_time_amount)
        return caps

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row a city with open activities to which a cap applies."""
        for city in case.open_plans:
            caps = self.caps(city, case)
            if caps:
                left = plan.city_total(city)
                yield Limit(self.key, city, left, Sense.AT_MOST, min(caps.values()))

    def words(self, limit: Limit, case: Case) -> str:
        """The least cap and what it is."""
        caps = self.caps(limit.subject, case)
        which = min(caps, key=lambda name: caps[name])
        return f"city cap {which}: {room_words(limit, case)}"
