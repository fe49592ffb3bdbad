"""National share: the nation pays at most so much of each euro, by partner class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from funding import money
from funding.case import Case, Plan
from funding.fund import Fund, Share
from funding.linear import Limit, Sense
from funding.rules.base import Rule, parameter, room_words


class NationalShare(Rule):
    """The nation pays at most so much of each euro: x_a ≤ max(0, ρ(class) k_a − N_a).

    N_a is national money already granted for the activity, k_a its eligible cost. Where N_a
    alone exceeds the share, the award is 0. Source: France 2025, 70 / 50 / 30 % by partner
    country, 60 % for several; 2024: 90 / 70 %. Rates are data, by year.
    """

    key = "national_share"
    title = "National share"
    caps_alone = True
    rates: Mapping[str, Share] = parameter(
        "Rates", "ρ", "share of 1 by partner class", "Most that the nation pays of eligible cost"
    )

    def problems(self, fund: Fund) -> Iterator[str]:
        """Classes without a rate, and rates without a class."""
        classes = fund.all_partner_classes
        for name in classes:
            if name not in self.rates:
                yield f'no rate for partner class "{name}"'
        for name in self.rates:
            if name not in classes:
                known = ", ".join(classes)
                yield f'rate for "{name}", which is no partner class; the classes are {known}'

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row an activity."""
        applications = case.applications
        for code in case.open:
            rate = Fraction(self.rates[case.group_of("partner_class", code)])
            given = applications.assessments[code].other_national_funding
            most = max(Fraction(0), rate * applications.eligible_cost(code) - given)
            yield Limit(self.key, code, plan.award(code), Sense.AT_MOST, most)

    def words(self, limit: Limit, case: Case) -> str:
        """The rate, what it is a share of, and what that leaves."""
        applications, code = case.applications, limit.subject
        group = case.group_of("partner_class", code)
        given = applications.assessments[code].other_national_funding
        less = f" less {case.money(given)} of other national money" if given else ""
        return (
            f"national share: {money.percent(self.rates[group])} of the eligible cost of "
            f"{case.money(applications.eligible_cost(code))} (partner class {group}){less}: "
            f"{room_words(limit, case)}"
        )
