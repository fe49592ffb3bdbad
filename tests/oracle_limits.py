"""The figures that the rules turn on, as the referee reads them; see ``tests/oracle.py``.

The judge (``oracle_rules.py``) and the matrix of the whole model (``referee_milp.py``) share
these figures, but each says for itself what a rule demands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import floor
from typing import Any

from funding.applications import Activity, Applications
from tests.oracle_reading import CENTS, ZERO, Reading, Tables

Table = Mapping[str, Any]
Band = tuple[Fraction, Fraction | None]  # from min to under max [cents]; None: no limit


def within(bands: Iterable[Band], award: int) -> bool:
    """Whether an award is in one of some bands."""
    return any(award >= least and (most is None or award < most) for least, most in bands)


class Limits(Reading):
    """Rates, caps, bands and groups; amounts in cents."""

    def __init__(self, applications: Applications, tables: Tables) -> None:
        super().__init__(applications, tables)
        self._reached: dict[str, int] = {}  # city → Q̄_c, once it was asked for

    def rule(self, name: str) -> Table | None:
        """The parameters of a rule in force, else None."""
        table: Table | None = self.tables.get("rules", {}).get(name)
        return table if table is not None and table.get("enabled", True) else None

    def listed(self, name: str) -> list[Table]:
        """The tables in force of a rule that holds a list."""
        tables = self.tables if name == "decisions" else self.tables.get("rules", {})
        return [table for table in tables.get(name, []) if table.get("enabled", True)]

    def year_limit(self, year: int) -> int:
        """u ⌊F_t / u⌋"""
        return floor(self.envelopes.get(year, ZERO) / self.unit) * self.unit

    # -- one activity -------------------------------------------------------------------

    def national_limit(self, activity: Activity, table: Table) -> Fraction:
        rate = Fraction(table["rates"][self.partners[activity.code]])
        if len(set(activity.partner_countries)) >= 2 and "several_countries" in table:
            rate = max(rate, Fraction(table["several_countries"]))
        by_region = table.get("region_rates", {})
        region = self.applications.cities[activity.city].region
        if region in by_region:
            rate = Fraction(by_region[region])
        national = self.applications.assessments[activity.code].other_national_funding
        return max(ZERO, rate * self.cost(activity) - national)

    def matching_limit(self, activity: Activity, table: Table) -> Fraction:
        gate = self.gate("own_contribution")
        own = Fraction(activity.own_cash) if gate is None else self._own(activity, gate)
        return Fraction(table["ratio"]) * own

    def activity_limits(self, activity: Activity) -> list[Fraction]:
        """What each cap leaves the activity: in all, or by each year that pays for it."""
        limits = []
        for table in self.listed("activity_caps"):
            if "group" in table and self.group(activity, table["attribute"]) != table["group"]:
                continue
            if "amount" in table:
                limits.append(Fraction(table["amount"]) * CENTS)
            if "per_year" in table:
                units = floor(Fraction(table["per_year"]) * CENTS / self.unit)
                limits += [units * self.unit / part for part in self.shares(activity).values()]
        return limits

    def steers(self, activity: Activity) -> bool:
        """Whether an award to it counts as steered: coordination never does."""
        steered = self.applications.assessments[activity.code].steered
        return steered and activity.stream != "coordination"

    def bands(self, activity: Activity) -> list[Band] | None:
        """The bands open to an activity, min and max; None where its stream is free."""
        tables = [t for t in self.listed("award_bands") if activity.stream in t["streams"]]
        if not tables:
            return None
        months, found = self._months(activity), []
        for table in tables:
            if table.get("themes") and activity.theme not in table["themes"]:
                continue
            if table.get("experienced_only", False) and self.record(activity.city).first_time:
                continue
            if months is not None and months < table.get("min_months", 0):
                continue
            if months is not None and "max_months" in table and months > table["max_months"]:
                continue
            most = Fraction(table["max"]) * CENTS if "max" in table else None
            found.append((Fraction(table["min"]) * CENTS, most))
        return found

    def in_band(self, activity: Activity, award: int) -> bool:
        """Whether an award above 0 is free of bands or in one that is open to the activity."""
        bands = self.bands(activity)
        return bands is None or within(bands, award)

    def _months(self, activity: Activity) -> int | None:
        """D_a, counted month by month, for first days that every month has."""
        if activity.start is None or activity.end is None:
            return None
        months, day = 0, activity.start
        while day <= activity.end:
            months += 1
            later = day.month % 12 + 1
            day = day.replace(year=day.year + (later == 1), month=later)
        return months

    # -- one city -----------------------------------------------------------------------

    def independence_limit(self, code: str, table: Table) -> Fraction | None:
        share = Fraction(table.get("max_national_share", Fraction(1, 2)))
        if share == 1:
            return None
        national = self.record(code).other_national_funding
        for a in self.plans[code]:
            national += self.applications.assessments[a.code].other_national_funding
        own = self.applications.cities[code].own_budget
        return max(ZERO, share / (1 - share) * own - national)

    def caps(self, code: str, table: Table) -> list[Fraction]:
        caps = []
        if "amount" in table:
            caps.append(Fraction(table["amount"]) * CENTS)
        if "share" in table:
            caps.append(Fraction(table["share"]) * self.fund)
        if "per_inhabitant" in table:
            people = self.applications.cities[code].population
            caps.append(Fraction(table["per_inhabitant"]) * CENTS * people)
        if "first_time_amount" in table and self.record(code).first_time:
            caps.append(Fraction(table["first_time_amount"]) * CENTS)
        return caps

    def staff_limit(self, code: str, table: Table) -> Fraction:
        """κ S_c delivery_c: the financing that a city's staff can manage by itself."""
        record = self.record(code)
        delivery = Fraction(table.get("default_delivery", 1))
        if record.earlier_awards and record.earlier_awards_spent is not None:
            delivery = Fraction(record.earlier_awards_spent, record.earlier_awards)
        staff = self.applications.cities[code].staff
        return Fraction(table["per_staff"]) * CENTS * staff * delivery

    def asked(self, code: str, stream: str) -> int:
        """Σ q̄_a over a city's open activities of a stream."""
        open_ones = [a for a in self.plans[code] if a.stream == stream and a.code in self.spans]
        return sum(self.spans[a.code][1] for a in open_ones)

    def by_hand(self, kind: str, code: str) -> list[Fraction]:
        """What decisions by hand leave an activity or a city at most."""
        limits = []
        for table in self.listed("decisions"):
            if table.get(kind) == code:
                if table.get("exclude", False):
                    limits.append(ZERO)
                if "maximum" in table:
                    limits.append(Fraction(table["maximum"]) * CENTS)
        return limits

    def most_coordination(self, code: str) -> int:
        """Q̄_c: every sum that whole-unit awards to the city's coordination can come to is built,
        activity by activity; the largest that the caps allow."""
        if code in self._reached:
            return self._reached[code]
        sums = {0}
        for a in self.plans[code]:
            if a.stream != "coordination" or a.code not in self.spans:
                continue
            least, most = self.spans[a.code]
            limits = []
            if (table := self.rule("national_share")) is not None:
                limits.append(self.national_limit(a, table))
            if (table := self.rule("matching")) is not None:
                limits.append(self.matching_limit(a, table))
            limits += self.activity_limits(a)
            limits += self.by_hand("activity", a.code)
            awards = range(least, min([most, *map(floor, limits)]) + 1, self.unit)
            bands = self.bands(a)
            fitting = [z for z in awards if bands is None or within(bands, z)]
            fitting.append(0)
            sums = {total + award for total in sums for award in fitting}
        limits = []
        if (table := self.rule("independence")) is not None:
            limits += [z for z in [self.independence_limit(code, table)] if z is not None]
        if (table := self.rule("city_cap")) is not None:
            limits += self.caps(code, table)
        limits += self.by_hand("city", code)
        self._reached[code] = max(s for s in sums if all(s <= z for z in limits))
        return self._reached[code]

    # -- groups -------------------------------------------------------------------------

    def group_tables(self) -> Iterator[tuple[str, Table, list[Activity]]]:
        """Each group share that is demanded: attribute and groups, its table, who belongs."""
        for table in self.listed("group_shares"):
            attribute = table["attribute"]
            pots = [[table["group"]] if "group" in table else table.get("groups", [])]
            if table.get("each", False):
                pots = [[name] for name in sorted({self.group(a, attribute) for a in self.all()})]
            for pot in pots:
                members = [a for a in self.all() if self.group(a, attribute) in pot]
                yield f"{attribute} {', '.join(pot)}", table, members
