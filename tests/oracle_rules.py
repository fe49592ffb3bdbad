"""The rules as the referee judges them; see ``tests/oracle.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import floor
from typing import Any

from funding.applications import Activity, Applications
from tests.oracle_reading import CENTS, ZERO, Awards, Reading, Tables


class Rules(Reading):
    """Judges awards by every gate and rule."""

    def __init__(self, applications: Applications, tables: Tables) -> None:
        super().__init__(applications, tables)
        self._reached: dict[str, int] = {}  # city → Q̄_c, once it was asked for

    def rule(self, name: str) -> Mapping[str, Any] | None:
        table: Mapping[str, Any] | None = self.tables.get("rules", {}).get(name)
        return table if table is not None and table.get("enabled", True) else None

    def broken(self, awards: Awards) -> list[str]:
        """Every gate and rule that the awards [cents] break; empty when they are sound."""
        x = {a.code: awards.get(a.code, 0) for a in self.all()}
        found = [f"unknown: {code} is no activity" for code in awards if code not in x]
        tests: tuple[Callable[[Awards], Iterator[str]], ...] = (
            self._closed,
            self._envelope,
            self._request,
            self._national_share,
            self._matching,
            self._independence,
            self._hands_off,
            self._absorption,
            self._training_first,
            self._coordination_first,
            self._stream_shares,
            self._group_shares,
            self._city_cap,
            self._activity_caps,
            self._city_minimum,
            self._award_bands,
            self._decisions,
        )
        for test in tests:
            found += test(x)
        return found

    def _closed(self, x: Awards) -> Iterator[str]:
        for code, award in x.items():
            if award and code in self.refused:
                yield f"{self.refused[code][0]}: {code} is closed and has {award}"

    def _envelope(self, x: Awards) -> Iterator[str]:
        if sum(x.values()) > self.fund:
            yield f"envelope: {sum(x.values())} > {self.fund}"
        if not self.envelopes:
            return
        used: dict[int, Fraction] = {}
        for a in self.all():
            for year, share in self.shares(a).items():
                used[year] = used.get(year, ZERO) + x[a.code] * share
        for year, amount in used.items():
            limit = floor(self.envelopes.get(year, ZERO) / self.unit) * self.unit
            if amount > limit:
                yield f"envelope: year {year}: {amount} > {limit}"

    def _request(self, x: Awards) -> Iterator[str]:
        for code, award in x.items():
            if award == 0:
                continue
            if award % self.unit:
                yield f"request: {code}: {award} is no multiple of {self.unit}"
            if code in self.refused:
                continue
            if code not in self.spans:
                yield f"request: {code}: no award fits, but it has {award}"
                continue
            least, most = self.spans[code]
            if not least <= award <= most:
                yield f"request: {code}: {award} is not from {least} to {most}"

    def _national_share(self, x: Awards) -> Iterator[str]:
        table = self.rule("national_share")
        if table is None:
            return
        for a in self.all():
            limit = self._national_limit(a, table)
            if x[a.code] > limit:
                yield f"national_share: {a.code}: {x[a.code]} > {limit}"

    def _national_limit(self, activity: Activity, table: Mapping[str, Any]) -> Fraction:
        rate = Fraction(table["rates"][self.partners[activity.code]])
        if len(set(activity.partner_countries)) >= 2 and "several_countries" in table:
            rate = max(rate, Fraction(table["several_countries"]))
        by_region = table.get("region_rates", {})
        region = self.applications.cities[activity.city].region
        if region in by_region:
            rate = Fraction(by_region[region])
        national = self.applications.assessments[activity.code].other_national_funding
        return max(ZERO, rate * self.cost(activity) - national)

    def _matching(self, x: Awards) -> Iterator[str]:
        table = self.rule("matching")
        if table is None:
            return
        for a in self.all():
            limit = self._matching_limit(a, table)
            if x[a.code] > limit:
                yield f"matching: {a.code}: {x[a.code]} > {limit}"

    def _matching_limit(self, activity: Activity, table: Mapping[str, Any]) -> Fraction:
        gate = self.gate("own_contribution")
        own = Fraction(activity.own_cash) if gate is None else self._own(activity, gate)
        return Fraction(table["ratio"]) * own

    def _independence(self, x: Awards) -> Iterator[str]:
        table = self.rule("independence")
        if table is None:
            return
        for code, plan in self.plans.items():
            limit = self._independence_limit(code, table)
            total = sum(x[a.code] for a in plan)
            if limit is not None and total > limit:
                yield f"independence: {code}: {total} > {limit}"

    def _independence_limit(self, code: str, table: Mapping[str, Any]) -> Fraction | None:
        share = Fraction(table.get("max_national_share", Fraction(1, 2)))
        if share == 1:
            return None
        national = self.record(code).other_national_funding
        for a in self.plans[code]:
            national += self.applications.assessments[a.code].other_national_funding
        own = self.applications.cities[code].own_budget
        return max(ZERO, share / (1 - share) * own - national)

    def _hands_off(self, x: Awards) -> Iterator[str]:
        table = self.rule("hands_off")
        if table is None:
            return
        city_share = Fraction(table.get("max_steered_share", 1))
        fund_share = Fraction(table.get("max_steered_share_of_fund", 1))
        steered_all = 0
        for code, plan in self.plans.items():
            steered = others = 0
            for a in plan:
                if a.stream == "coordination":
                    continue
                if self.applications.assessments[a.code].steered:
                    steered += x[a.code]
                else:
                    others += x[a.code]
            steered_all += steered
            if steered > city_share * (steered + others):
                yield f"hands_off: {code}: {steered} of {steered + others} is steered"
        if steered_all > fund_share * sum(x.values()):
            yield f"hands_off: fund: {steered_all} of {sum(x.values())} is steered"

    def _absorption(self, x: Awards) -> Iterator[str]:
        table = self.rule("absorption")
        if table is None:
            return
        for code, plan in self.plans.items():
            record = self.record(code)
            delivery = Fraction(table.get("default_delivery", 1))
            if record.earlier_awards and record.earlier_awards_spent is not None:
                delivery = Fraction(record.earlier_awards_spent, record.earlier_awards)
            staff = self.applications.cities[code].staff
            limit = Fraction(table["per_staff"]) * CENTS * staff * delivery
            training = sum(x[a.code] for a in plan if a.stream == "training")
            limit += Fraction(table.get("per_training", 0)) * training
            financing = sum(x[a.code] for a in plan if a.stream == "financing")
            if financing > limit:
                yield f"absorption: {code}: {financing} > {limit}"

    def _asked(self, code: str, stream: str) -> int:
        """Σ q̄_a over a city's open activities of a stream."""
        open_ones = [a for a in self.plans[code] if a.stream == stream and a.code in self.spans]
        return sum(self.spans[a.code][1] for a in open_ones)

    def _training_first(self, x: Awards) -> Iterator[str]:
        table = self.rule("training_first")
        if table is None or not table["trained_share"]:
            return
        base = Fraction(table["base"]) * CENTS
        for code, plan in self.plans.items():
            city = self.applications.cities[code]
            asked_for = Fraction(table["trained_share"]) * city.staff
            trained = Fraction(city.trained_staff)
            for a in plan:
                if a.stream == "training" and a.code in self.spans:
                    part = Fraction(x[a.code], self.spans[a.code][1])
                    trained += a.people_to_be_certified * part
            if city.staff and city.trained_staff >= asked_for:
                continue
            limit = base
            if city.staff:
                limit += max(ZERO, self._asked(code, "financing") - base) * trained / asked_for
            financing = sum(x[a.code] for a in plan if a.stream == "financing")
            if financing > limit:
                yield f"training_first: {code}: {financing} > {limit}"

    def _coordination_first(self, x: Awards) -> Iterator[str]:
        table = self.rule("coordination_first")
        if table is None:
            return
        base = Fraction(table["base"]) * CENTS
        for code, plan in self.plans.items():
            if self.applications.cities[code].coordination == "formal":
                continue
            limit, most = base, self.most_coordination(code)
            if most:
                got = sum(x[a.code] for a in plan if a.stream == "coordination")
                limit += max(ZERO, self._asked(code, "financing") - base) * got / most
            financing = sum(x[a.code] for a in plan if a.stream == "financing")
            if financing > limit:
                yield f"coordination_first: {code}: {financing} > {limit}"

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
                limits.append(self._national_limit(a, table))
            if (table := self.rule("matching")) is not None:
                limits.append(self._matching_limit(a, table))
            limits += self._activity_limits(a)
            limits += self._by_hand("activity", a.code)
            awards = range(least, most + 1, self.unit)
            fitting = [z for z in awards if all(z <= y for y in limits) and self.in_band(a, z)]
            fitting.append(0)
            sums = {total + award for total in sums for award in fitting}
        limits = []
        if (table := self.rule("independence")) is not None:
            limits += [z for z in [self._independence_limit(code, table)] if z is not None]
        if (table := self.rule("city_cap")) is not None:
            limits += self._caps(code, table)
        limits += self._by_hand("city", code)
        self._reached[code] = max(s for s in sums if all(s <= z for z in limits))
        return self._reached[code]

    def _by_hand(self, kind: str, code: str) -> list[Fraction]:
        """What decisions by hand leave an activity or a city at most."""
        limits = []
        for table in self.tables.get("decisions", []):
            if table.get(kind) == code and table.get("enabled", True):
                if table.get("exclude", False):
                    limits.append(ZERO)
                if "maximum" in table:
                    limits.append(Fraction(table["maximum"]) * CENTS)
        return limits

    def _stream_shares(self, x: Awards) -> Iterator[str]:
        table = self.rule("stream_shares")
        if table is None:
            return
        for stream in ("financing", "training", "coordination"):
            bounds = table.get(stream, {})
            total = sum(x[a.code] for a in self.all() if a.stream == stream)
            if "min" in bounds and total < Fraction(bounds["min"]) * self.fund:
                yield f"stream_shares: {stream}: {total} is less than the floor"
            if "max" in bounds and total > Fraction(bounds["max"]) * self.fund:
                yield f"stream_shares: {stream}: {total} is more than the ceiling"

    def _group_shares(self, x: Awards) -> Iterator[str]:
        for table in self.tables.get("rules", {}).get("group_shares", []):
            if not table.get("enabled", True):
                continue
            attribute = table["attribute"]
            shared = [table["group"]] if "group" in table else table.get("groups", [])
            pots = [shared]
            if table.get("each", False):
                pots = [[name] for name in sorted({self.group(a, attribute) for a in self.all()})]
            for pot in pots:
                members = [a for a in self.all() if self.group(a, attribute) in pot]
                for side in self._group_share(table, members, x):
                    yield f"group_shares: {attribute} {pot}: {side}"

    def _group_share(
        self, table: Mapping[str, Any], members: list[Activity], x: Awards
    ) -> Iterator[str]:
        total = sum(x[a.code] for a in members)
        spans = [self.spans[a.code] for a in members if a.code in self.spans]
        of_envelope = table.get("of", "envelope") == "envelope"
        base = self.fund if of_envelope else Fraction(sum(x.values()))
        if "min" in table:
            least = Fraction(table["min"]) * base
            if table.get("at_most_demand", True):
                if of_envelope:
                    least = min(least, Fraction(sum(most for _, most in spans)))
                elif not spans:
                    least = ZERO
            if total < least:
                yield f"{total} < {least}"
        if "max" in table and total > Fraction(table["max"]) * base:
            yield f"{total} > {Fraction(table['max']) * base}"

    def _city_cap(self, x: Awards) -> Iterator[str]:
        table = self.rule("city_cap")
        if table is None:
            return
        for code, plan in self.plans.items():
            caps = self._caps(code, table)
            total = sum(x[a.code] for a in plan)
            if caps and total > min(caps):
                yield f"city_cap: {code}: {total} > {min(caps)}"

    def _caps(self, code: str, table: Mapping[str, Any]) -> list[Fraction]:
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

    def _activity_caps(self, x: Awards) -> Iterator[str]:
        for a in self.all():
            if x[a.code] and x[a.code] > min(self._activity_limits(a), default=x[a.code]):
                yield f"activity_caps: {a.code}: {x[a.code]} is above a cap"

    def _activity_limits(self, activity: Activity) -> list[Fraction]:
        """What each cap leaves the activity: in all, or by each year that pays for it."""
        limits = []
        for table in self.tables.get("rules", {}).get("activity_caps", []):
            if not table.get("enabled", True):
                continue
            if "group" in table and self.group(activity, table["attribute"]) != table["group"]:
                continue
            if "amount" in table:
                limits.append(Fraction(table["amount"]) * CENTS)
            if "per_year" in table:
                units = floor(Fraction(table["per_year"]) * CENTS / self.unit)
                limits += [units * self.unit / part for part in self.shares(activity).values()]
        return limits

    def _city_minimum(self, x: Awards) -> Iterator[str]:
        table = self.rule("city_minimum")
        if table is None:
            return
        for code, plan in self.plans.items():
            total = sum(x[a.code] for a in plan)
            if 0 < total < Fraction(table["amount"]) * CENTS:
                yield f"city_minimum: {code}: {total} is less than the minimum"

    def _award_bands(self, x: Awards) -> Iterator[str]:
        for a in self.all():
            if x[a.code] and not self.in_band(a, x[a.code]):
                yield f"award_bands: {a.code}: {x[a.code]} is in no band"

    def in_band(self, activity: Activity, award: int) -> bool:
        """Whether an award above 0 is free of bands or in one that is open to the activity."""
        tables = self.tables.get("rules", {}).get("award_bands", [])
        bands = [t for t in tables if t.get("enabled", True) and activity.stream in t["streams"]]
        if not bands:
            return True
        months = self._months(activity)
        for table in bands:
            if table.get("themes") and activity.theme not in table["themes"]:
                continue
            if table.get("experienced_only", False) and self.record(activity.city).first_time:
                continue
            if months is not None and months < table.get("min_months", 0):
                continue
            if months is not None and "max_months" in table and months > table["max_months"]:
                continue
            if award < Fraction(table["min"]) * CENTS:
                continue
            if "max" in table and award >= Fraction(table["max"]) * CENTS:
                continue
            return True
        return False

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

    def _decisions(self, x: Awards) -> Iterator[str]:
        for table in self.tables.get("decisions", []):
            if not table.get("enabled", True):
                continue
            if "activity" in table:
                total, who = x.get(table["activity"], 0), f"activity {table['activity']}"
            else:
                total = sum(x[a.code] for a in self.plans.get(table["city"], []))
                who = f"city {table['city']}"
            if table.get("exclude", False) and total:
                yield f"decisions: {who} is excluded and has {total}"
            if "minimum" in table and total < Fraction(table["minimum"]) * CENTS:
                yield f"decisions: {who}: {total} is less than the minimum"
            if "maximum" in table and total > Fraction(table["maximum"]) * CENTS:
                yield f"decisions: {who}: {total} is more than the maximum"
