"""The rules as the referee judges them; see ``tests/oracle.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from funding.applications import Activity
from tests.oracle_limits import Limits, Table
from tests.oracle_reading import CENTS, ZERO, Awards


class Rules(Limits):
    """Judges awards by every gate and rule."""

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
            if amount > self.year_limit(year):
                yield f"envelope: year {year}: {amount} > {self.year_limit(year)}"

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
            limit = self.national_limit(a, table)
            if x[a.code] > limit:
                yield f"national_share: {a.code}: {x[a.code]} > {limit}"

    def _matching(self, x: Awards) -> Iterator[str]:
        table = self.rule("matching")
        if table is None:
            return
        for a in self.all():
            limit = self.matching_limit(a, table)
            if x[a.code] > limit:
                yield f"matching: {a.code}: {x[a.code]} > {limit}"

    def _independence(self, x: Awards) -> Iterator[str]:
        table = self.rule("independence")
        if table is None:
            return
        for code, plan in self.plans.items():
            limit = self.independence_limit(code, table)
            total = sum(x[a.code] for a in plan)
            if limit is not None and total > limit:
                yield f"independence: {code}: {total} > {limit}"

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
                if self.steers(a):
                    steered += x[a.code]
                elif a.stream != "coordination":
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
            limit = self.staff_limit(code, table)
            training = sum(x[a.code] for a in plan if a.stream == "training")
            limit += Fraction(table.get("per_training", 0)) * training
            financing = sum(x[a.code] for a in plan if a.stream == "financing")
            if financing > limit:
                yield f"absorption: {code}: {financing} > {limit}"

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
                limit += max(ZERO, self.asked(code, "financing") - base) * trained / asked_for
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
                limit += max(ZERO, self.asked(code, "financing") - base) * got / most
            financing = sum(x[a.code] for a in plan if a.stream == "financing")
            if financing > limit:
                yield f"coordination_first: {code}: {financing} > {limit}"

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
        for name, table, members in self.group_tables():
            for side in self._group_share(table, members, x):
                yield f"group_shares: {name}: {side}"

    def _group_share(self, table: Table, members: list[Activity], x: Awards) -> Iterator[str]:
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
            caps = self.caps(code, table)
            total = sum(x[a.code] for a in plan)
            if caps and total > min(caps):
                yield f"city_cap: {code}: {total} > {min(caps)}"

    def _activity_caps(self, x: Awards) -> Iterator[str]:
        for a in self.all():
            if x[a.code] and x[a.code] > min(self.activity_limits(a), default=x[a.code]):
                yield f"activity_caps: {a.code}: {x[a.code]} is above a cap"

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

    def _decisions(self, x: Awards) -> Iterator[str]:
        for table in self.listed("decisions"):
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
