"""Matching: so much for each unit of money that the city brings itself."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, ClassVar

from pydantic import Field

from funding.case import Case, Plan
from funding.fund import Number
from funding.linear import Limit, Sense
from funding.rules.base import Looser, Rule, parameter, room_words


class Matching(Rule):
    """At most so many euros for each that the city brings: x_a ≤ r (own cash + creditable in kind).

    In kind is creditable as gate own contribution says; where that gate is off, only own cash
    counts. The contribution is the one pledged in the application, whatever is awarded. Without
    any that counts there is no award. Source: the Franco-Québec fund matches 1 : 1.
    """

    key = "matching"
    looser: ClassVar[Looser] = {"ratio": "up"}
    title = "Matching"
    caps_alone = True
    ratio: Annotated[Number, Field(ge=0)] = parameter(
        "Ratio", "r", "euro per euro", "What the fund adds, at most, to each euro of the city's own"
    )

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row an activity."""
        for code in case.open:
            yield Limit(self.key, code, plan.award(code), Sense.AT_MOST, self.most(code, case))

    def most(self, activity: str, case: Case) -> Fraction:
        """r × the own contribution that counts [cents]."""
        return Fraction(self.ratio) * case.contributions[activity]

    def words(self, limit: Limit, case: Case) -> str:
        """The ratio, what the city brings, and what that leaves."""
        activity = case.applications.activities[limit.subject]
        own = case.contributions[activity.code]
        parts = f"own cash {case.money(activity.own_cash)}"
        if activity.own_in_kind:
            parts += f", in kind {case.money(own - activity.own_cash)}"
            parts += f" of {case.money(activity.own_in_kind)}"
        return (
            f"matching: {self.ratio.normalize():f} for each of the city's own "
            f"{case.money(own)} that count ({parts}): {room_words(limit, case)}"
        )

    def notes(self, case: Case) -> Iterator[str]:
        """How many activities get less because not all of their in kind counts."""
        activities = (case.applications.activities[a] for a in case.open)
        short = [
            a.code
            for a in activities
            if a.own_in_kind > case.contributions[a.code] - a.own_cash
            and self.most(a.code, case) < case.spans[a.code].most
        ]
        if short:
            yield (
                f"Matching: for {len(short)} {'activity' if len(short) == 1 else 'activities'} "
                "that cannot get all they ask, not all in kind counts; it counts as gate own "
                "contribution credits it, and not at all where that gate is off"
            )
