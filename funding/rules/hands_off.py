"""Hands off: little of each award euro for what the ministry asked for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from funding import money
from funding.case import Case, Plan
from funding.fund import Share
from funding.linear import Limit, Sense
from funding.rules.base import Looser, Rule, parameter


class HandsOff(Rule):
    """National money does not steer: Σ steered x_a ≤ ε Σ x_a in each city, and ≤ ε_F of all awards.

    In a city's row, coordination activities are left out on both sides: the step that
    coordinates with the nation is no steering. In the fund's row the same steered awards stand
    against all awards, coordination included. A city with only steered activities gets nothing
    for them (unless ε = 1), since each would be the whole of its award. Source: only 20 % of
    cities want a national say (survey of 59 cities, 2022).
    """

    key = "hands_off"
    looser: ClassVar[Looser] = {
        "max_steered_share": "up to 1",
        "max_steered_share_of_fund": "up to 1",
    }
    title = "Hands off"
    max_steered_share: Share = parameter(
        "Steered share of a city's award, at most",
        "ε",
        "share of 1",
        "Of a city's award, coordination left out",
        default=Decimal(1),
    )
    max_steered_share_of_fund: Share = parameter(
        "Steered share of all awards, at most",
        "ε_F",
        "share of 1",
        "Steered awards against all awards of the fund",
        default=Decimal(1),
    )

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row a city that has steered activities, and one for the fund."""
        share, of_fund = Fraction(self.max_steered_share), Fraction(self.max_steered_share_of_fund)
        all_steered = []
        for city, codes in case.open_plans.items():
            counted = [a for a in codes if not _coordination(case, a)]
            steered = [a for a in counted if case.applications.assessments[a].steered]
            all_steered += steered
            if steered and share < 1:
                left = plan.awards(steered) - share * plan.awards(counted)
                yield Limit(self.key, city, left, Sense.AT_MOST, 0)
        if all_steered and of_fund < 1:
            left = plan.awards(all_steered) - of_fund * plan.everything()
            yield Limit(self.key, "", left, Sense.AT_MOST, 0)

    def words(self, limit: Limit, case: Case) -> str:
        """The share, of what."""
        if limit.subject:
            share, of_what = self.max_steered_share, "the city's award, coordination left out"
        else:
            share, of_what = self.max_steered_share_of_fund, "all awards"
        most = money.percent(share)
        return f"hands off: nationally steered activities get at most {most} of {of_what}"


def _coordination(case: Case, activity: str) -> bool:
    return case.applications.activities[activity].stream == "coordination"
