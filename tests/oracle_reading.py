"""What the referee reads from applications and scenario, and its gates; see ``tests/oracle.py``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from funding.applications import Activity, Applications, City, CityRecord

CENTS = 100
ZERO = Fraction(0)
Tables = Mapping[str, Any]
Awards = Mapping[str, int]


class Reading:
    """Applications and the tables of a scenario: who is open, and what each asks for."""

    def __init__(self, applications: Applications, tables: Tables) -> None:
        self.applications = applications
        self.tables = tables
        self.unit = int(tables["fund"].get("unit", 1)) * CENTS
        years = tables["fund"].get("envelopes") or {}
        self.envelopes = {int(year): Fraction(amount) * CENTS for year, amount in years.items()}
        total = Fraction(tables["fund"]["envelope"]) * CENTS if not years else ZERO
        self.fund = total + sum(self.envelopes.values(), ZERO)
        self.plans: dict[str, list[Activity]] = {code: [] for code in applications.cities}
        for activity in applications.activities.values():
            self.plans[activity.city].append(activity)
        self.partners = {a.code: self._partner_class(a) for a in self.all()}
        self.refused = self._refusals()
        self.spans = self._spans()

    # -- what is read -------------------------------------------------------------------

    def all(self) -> Iterable[Activity]:
        return self.applications.activities.values()

    def record(self, city: str) -> CityRecord:
        return self.applications.records.get(city, CityRecord(city=city))

    def score(self, code: str) -> Fraction:
        """v_a: the mean of the assessors' means, or else the score of Assessment."""
        by_assessor: dict[str, list[Fraction]] = {}
        for row in self.applications.scores:
            if row.activity == code and not row.conflict:
                by_assessor.setdefault(row.assessor, []).append(Fraction(row.score))
        if by_assessor:
            means = [sum(rows, ZERO) / len(rows) for rows in by_assessor.values()]
            return sum(means, ZERO) / len(means)
        given = self.applications.assessments[code].score
        if given is None:
            raise ValueError(f"{code} has no score")
        return Fraction(given)

    def cost(self, activity: Activity) -> int:
        """k_a"""
        counted = self.applications.assessments[activity.code].eligible_cost
        return activity.total_cost if counted is None else counted

    def shares(self, activity: Activity) -> dict[int, Fraction]:
        """Year → q_at / q_a."""
        if not activity.requested_by_year:
            return {self.applications.call.first_year: Fraction(1)}
        parts = activity.requested_by_year
        return {year: Fraction(part, activity.requested) for year, part in parts if part}

    def _partner_class(self, activity: Activity) -> str:
        classes = set()
        for country in activity.partner_countries:
            named = "other"
            for name, countries in self.tables.get("partner_classes", {}).items():
                if country in countries:
                    named = name
            classes.add(named)
        if not classes:
            return "none"
        return "several" if len(classes) > 1 else classes.pop()

    def size_class(self, city: City) -> str:
        limits = self.tables.get("size_classes", {})
        for name in sorted(limits, key=lambda n: limits[n]):
            if city.population <= limits[name]:
                return str(name)
        return "metropolis"

    def group(self, activity: Activity, attribute: str) -> str:
        city = self.applications.cities[activity.city]
        if attribute == "region":
            return city.region
        if attribute == "size_class":
            return self.size_class(city)
        if attribute == "theme":
            return activity.theme
        if attribute == "benefit":
            return activity.main_benefit or "not stated"
        if attribute == "partner_class":
            return self.partners[activity.code]
        if attribute == "first_time":
            return "yes" if self.record(activity.city).first_time else "no"
        raise ValueError(f"no attribute {attribute}")

    # -- gates --------------------------------------------------------------------------

    def gate(self, name: str) -> Mapping[str, Any] | None:
        """The parameters of a gate in force, else None."""
        table: Mapping[str, Any] | None = self.tables.get("gates", {}).get(name)
        return table if table is not None and table.get("enabled", True) else None

    def _refusals(self) -> dict[str, list[str]]:
        refused = {a.code: list(self._reasons(a)) for a in self.all()}
        return {code: reasons for code, reasons in refused.items() if reasons}

    def _reasons(self, activity: Activity) -> Iterator[str]:
        city = self.applications.cities[activity.city]
        found = self.applications.assessments[activity.code]
        if not found.eligible:
            yield "eligible"
        if self.gate("reports_filed") is not None and self.record(city.code).reports_overdue:
            yield "reports_filed"
        table = self.gate("additionality")
        if table is not None and city.earlier_budget is not None:
            least = (1 - Fraction(table.get("tolerance", 0))) * city.earlier_budget
            if city.own_budget < least:
                yield "additionality"
        pledged = sum(a.own_cash for a in self.plans[city.code])
        if self.gate("pledges_covered") is not None and pledged > city.own_budget:
            yield "pledges_covered"
        table = self.gate("own_contribution")
        if table is not None and self._own(activity, table) < (
            Fraction(table["floor"]) * self.cost(activity)
        ):
            yield "own_contribution"
        table = self.gate("no_overlap")
        if table is not None:
            other = table.get("refuse_other_funding", False) and found.other_national_funding > 0
            if found.overlaps or other:
                yield "no_overlap"
        table = self.gate("merit_threshold")
        if table is not None and self.score(activity.code) < Fraction(table["score"]):
            yield "merit_threshold"

    def _own(self, activity: Activity, table: Mapping[str, Any]) -> Fraction:
        """Own cash and what counts of the own in kind."""
        share = Fraction(table.get("in_kind_share", 1))
        in_kind = Fraction(activity.own_in_kind)
        if share < 1:
            in_kind = min(in_kind, share / (1 - share) * activity.own_cash)
        return activity.own_cash + in_kind

    def _spans(self) -> dict[str, tuple[int, int]]:
        """Open activities: the least and the most whole-unit award [cents]."""
        table = self.tables.get("rules", {}).get("request", {})
        spans = {}
        for a in self.all():
            if a.code in self.refused:
                continue
            most = a.requested // self.unit * self.unit
            least = self.unit
            if table.get("all_or_nothing", False):
                least = max(self.unit, most)
            elif table.get("respect_minimum_viable", True) and a.minimum_viable is not None:
                least = max(self.unit, ceil(Fraction(a.minimum_viable, self.unit)) * self.unit)
            if least <= most:
                spans[a.code] = (least, most)
        return spans
