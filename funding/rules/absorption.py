"""Absorption: a city gets what it can spend well."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, ClassVar

from pydantic import Field

from funding.case import Case, Plan
from funding.fund import Amount, Number, Share
from funding.linear import Limit, Sense
from funding.rules.base import Looser, Rule, parameter


class Absorption(Rule):
    """A city gets what it can spend well: X_c financing ≤ κ S_c delivery_c + τ X_c training.

    κ is an amount per member of international staff, delivery_c the part of earlier awards that
    was spent as agreed (a default for cities without a record), τ what one euro of training adds.
    A city without staff gets financing only through training. Source: the UK's "capacity and
    capability" gate, Nakopa's experience gate.
    """

    key = "absorption"
    looser: ClassVar[Looser] = {
        "per_staff": "up",
        "per_training": "up",
        "default_delivery": "up to 1",
    }
    title = "Absorption"
    per_staff: Amount = parameter(
        "Per member of staff", "κ", "currency per person", "Financing that one person can manage"
    )
    per_training: Annotated[Number, Field(ge=0)] = parameter(
        "Per euro of training",
        "τ",
        "euro of financing per euro of training",
        "Financing that training makes room for",
        default=Decimal(0),
    )
    default_delivery: Share = parameter(
        "Delivery without a record",
        "",
        "share of 1",
        "Delivery of a city without earlier awards",
        default=Decimal(1),
    )

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row a city that asks for financing."""
        factor = Fraction(self.per_training)
        for city in case.open_plans:
            financing = case.of_stream(city, "financing")
            if financing:
                training = plan.awards(case.of_stream(city, "training"))
                left = plan.awards(financing) - factor * training
                yield Limit(self.key, city, left, Sense.AT_MOST, self.capacity(city, case))

    def capacity(self, city: str, case: Case) -> Fraction:
        """κ S_c delivery_c [cents]: what the city can manage without training."""
        delivery = case.applications.record(city).delivery
        if delivery is None:
            delivery = Fraction(self.default_delivery)
        return self.per_staff * case.applications.cities[city].staff * delivery

    def words(self, limit: Limit, case: Case) -> str:
        """Staff, delivery, and what that leaves."""
        staff = case.applications.cities[limit.subject].staff
        more = f", plus {self.per_training} for each euro of training" if self.per_training else ""
        return (
            f"absorption: financing at most {case.money(limit.bound)} for {staff} international "
            f"staff and the delivery record{more}"
        )
