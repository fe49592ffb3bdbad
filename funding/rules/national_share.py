"""National share: the nation pays at most so much of each euro, by partner class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from funding import money
from funding.case import Case, Plan
from funding.fund import Fund, Share
from funding.linear import Limit, Sense
from funding.rules.base import Looser, Rule, parameter, room_words
from funding.rules.groups import nobody_applies


class NationalShare(Rule):
    """The nation pays at most so much of each euro: x_a ≤ max(0, ρ k_a − N_a).

    N_a is national money already granted for the activity, k_a its eligible cost. Where N_a
    alone exceeds the share, the award is 0. ρ is the rate of the city's region where it has one;
    else that of the partner class or, if that is more, the rate for several countries. Source:
    France 2025, 70 / 50 / 30 % by partner country, or 60 % for several; European funds, by
    region. Rates are data, by year.
    """

    key = "national_share"
    looser: ClassVar[Looser] = {
        "rates": "up to 1",
        "several_countries": "up to 1",
        "region_rates": "up to 1",
    }
    title = "National share"
    caps_alone = True
    rates: Mapping[str, Share] = parameter(
        "Rates", "ρ", "share of 1 by partner class", "Most that the nation pays of eligible cost"
    )

    several_countries: Share | None = parameter(
        "Several countries",
        "",
        "share of 1",
        "Instead of a lower rate of their class, for partners in two countries or more",
        default=None,
    )
    region_rates: Mapping[str, Share] = parameter(
        "Rates by region",
        "",
        "share of 1 by region",
        "Instead of any other rate, for cities of these regions",
        default={},
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
        rates = (*self.rates.values(), *self.region_rates.values(), self.several_countries or 0)
        exact = {rate: Fraction(rate) for rate in rates}
        for code in case.open:
            rate = exact[self.rate(code, case)[0]]
            given = applications.assessments[code].other_national_funding
            most = max(Fraction(0), rate * applications.eligible_cost(code) - given)
            yield Limit(self.key, code, plan.award(code), Sense.AT_MOST, most)

    def rate(self, code: str, case: Case) -> tuple[Decimal, str]:
        """ρ of an activity, and where it comes from."""
        region, group = case.city_of(code).region, case.group_of("partner_class", code)
        if region in self.region_rates:
            return self.region_rates[region], f"region {region}"
        countries = set(case.applications.activities[code].partner_countries)
        several = self.several_countries
        if several is not None and len(countries) > 1 and several > self.rates[group]:
            return several, f"{len(countries)} partner countries"
        return self.rates[group], f"partner class {group}"

    def notes(self, case: Case) -> Iterator[str]:
        """Regions with a rate that nobody applies in."""
        for region in self.region_rates:
            yield from nobody_applies("National share", "region", region, case)

    def words(self, limit: Limit, case: Case) -> str:
        """The rate, what it is a share of, and what that leaves."""
        applications, code = case.applications, limit.subject
        rate, origin = self.rate(code, case)
        given = applications.assessments[code].other_national_funding
        less = f" less {case.money(given)} of other national money" if given else ""
        return (
            f"national share: {money.percent(rate)} of the eligible cost of "
            f"{case.money(applications.eligible_cost(code))} ({origin}){less}: "
            f"{room_words(limit, case)}"
        )
