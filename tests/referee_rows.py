"""Every rule of ``docs/model.md`` as rows over columns; see ``tests/referee_milp.py``.

A row is ``low ≤ Σ k·column ≤ high`` in exact numbers. Awards and totals count in units of the
fund, so every amount [cents] is divided by the unit where it enters a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import inf

from funding.applications import Activity, Applications
from tests.oracle import Referee
from tests.oracle_limits import Limits, Table, within
from tests.oracle_reading import CENTS, ZERO, Tables

Exact = int | Fraction
Terms = dict[int, Fraction]


@dataclass(frozen=True)
class Row:
    """``low ≤ Σ k·column ≤ high``"""

    terms: Terms
    low: Fraction | float
    high: Fraction | float


@dataclass
class Column:
    """One unknown from 0 to ``most``; an award where it names the activity."""

    most: Exact
    award: str | None = None
    binary: bool = False
    worth: Fraction = ZERO  # what one of it adds to the value


class Rows:
    """Columns and rows of one set of applications under one scenario's tables."""

    def __init__(self, applications: Applications, tables: Tables) -> None:
        self.read: Limits = Referee(applications, tables)
        self.tables = tables
        self.unit = self.read.unit
        self.columns: list[Column] = []
        self.x: dict[str, int] = {}  # open activity → its award's column
        for a in self.read.all():
            if a.code in self.read.spans:
                self.x[a.code] = self._column(Column(self._most(a), award=a.code))

    def rows(self) -> Iterator[Row]:
        """Every row; columns that only some rules need are made on the way."""
        for a in self.read.all():
            if a.code in self.x:
                yield from self._worth(a)
                yield from self._nothing_or_at_least(a)
                yield from self._activity(a)
        for code in self.read.plans:
            yield from self._city(code)
        yield from self._envelope()
        yield from self._hands_off()
        yield from self._stream_shares()
        yield from self._group_shares()
        yield from self._decisions()

    # -- helpers ------------------------------------------------------------------------

    def _column(self, column: Column) -> int:
        self.columns.append(column)
        return len(self.columns) - 1

    def _most(self, activity: Activity) -> int:
        """q̄_a [units]"""
        return self.read.spans[activity.code][1] // self.unit

    def _sum(self, activities: Iterable[Activity], factor: Exact = 1) -> Terms:
        """factor × Σ x_a over the open ones of some activities."""
        return {self.x[a.code]: Fraction(factor) for a in activities if a.code in self.x}

    def _units(self, amount: Exact) -> Fraction:
        """An amount [cents] in units of the fund."""
        return Fraction(amount) / self.unit

    def _at_most(self, terms: Terms, amount: Exact) -> Row:
        """Σ k·column ≤ an amount [cents]."""
        return Row(_clean(terms), -inf, self._units(amount))

    def _at_least(self, terms: Terms, amount: Exact) -> Row:
        return Row(_clean(terms), self._units(amount), inf)

    # -- value and requests -------------------------------------------------------------

    def _worth(self, activity: Activity) -> Iterator[Row]:
        """w_a g_a, g_a = x_a less (1 − λ) of what lies above f q_a."""
        table = self.tables.get("objective", {})
        full = Fraction(table.get("full_value_share", 1))
        later = Fraction(table.get("later_value", Fraction(1, 2)))
        each = self._weight(activity) * self.unit
        award = self.x[activity.code]
        self.columns[award].worth = each
        above = self._column(Column(self._most(activity), worth=-(1 - later) * each))
        # what lies above is at least x_a − f q_a; being worth less than nothing, it is no more
        yield self._at_most({award: Fraction(1), above: Fraction(-1)}, full * activity.requested)

    def _weight(self, activity: Activity) -> Fraction:
        """w_a, in value for each cent."""
        score = self.read.score(activity.code)
        basis = self.tables.get("objective", {}).get("value", "merit_money")
        if basis == "merit_money":
            return score / CENTS
        if basis == "merit_projects":
            return score / activity.requested
        people = self.read.applications.cities[activity.city].population
        return score * people / (len(self.read.plans[activity.city]) * activity.requested)

    def _nothing_or_at_least(self, activity: Activity) -> Iterator[Row]:
        """x_a lies in one of the stretches; where it is nothing or one unit and more, only its
        most is a condition."""
        award = {self.x[activity.code]: Fraction(1)}
        stretches = self._stretches(activity)
        if len(stretches) == 1:
            yield Row(award, -inf, Fraction(stretches[0][1]))
            return
        chosen = [(self._column(Column(1, binary=True)), stretch) for stretch in stretches]
        yield Row(award | {j: Fraction(-least) for j, (least, _) in chosen if least}, ZERO, inf)
        yield Row(award | {j: Fraction(-most) for j, (_, most) in chosen if most}, -inf, ZERO)
        yield Row({j: Fraction(1) for j, _ in chosen}, Fraction(1), Fraction(1))

    def _stretches(self, activity: Activity) -> list[tuple[int, int]]:
        """The whole-unit awards that request and bands admit, 0 among them, as stretches without
        a gap: the first and the last of each [units]."""
        least, most = (amount // self.unit for amount in self.read.spans[activity.code])
        bands, stretches = self.read.bands(activity), [(0, 0)]
        if bands is None:
            return [(0, most)] if least == 1 else [(0, 0), (least, most)]
        for units in range(least, most + 1):
            if within(bands, units * self.unit):
                if stretches[-1][1] == units - 1:
                    stretches[-1] = (stretches[-1][0], units)
                else:
                    stretches.append((units, units))
        return stretches

    def _activity(self, activity: Activity) -> Iterator[Row]:
        """National share, matching and caps on activities."""
        award = {self.x[activity.code]: Fraction(1)}
        if (table := self.read.rule("national_share")) is not None:
            yield self._at_most(award, self.read.national_limit(activity, table))
        if (table := self.read.rule("matching")) is not None:
            yield self._at_most(award, self.read.matching_limit(activity, table))
        for limit in self.read.activity_limits(activity):
            yield self._at_most(award, limit)

    # -- cities -------------------------------------------------------------------------

    def _city(self, code: str) -> Iterator[Row]:
        plan = self.read.plans[code]
        total = self._sum(plan)
        if (table := self.read.rule("independence")) is not None:
            limit = self.read.independence_limit(code, table)
            if limit is not None:
                yield self._at_most(total, limit)
        if (table := self.read.rule("city_cap")) is not None:
            for cap in self.read.caps(code, table):
                yield self._at_most(total, cap)
        if (table := self.read.rule("city_minimum")) is not None and total:
            funded = self._column(Column(1, binary=True))
            most = sum(self.columns[j].most for j in total)
            enough = self._units(Fraction(table["amount"]) * CENTS)
            yield Row(_clean(total | {funded: -enough}), ZERO, inf)
            yield Row(_clean(total | {funded: Fraction(-most)}), -inf, ZERO)
        streams = {
            s: [a for a in plan if a.stream == s and a.code in self.x]
            for s in ("financing", "training", "coordination")
        }
        financing = self._sum(streams["financing"])
        if (table := self.read.rule("absorption")) is not None:
            more = self._sum(streams["training"], -Fraction(table.get("per_training", 0)))
            yield self._at_most(financing | more, self.read.staff_limit(code, table))
        if (table := self.read.rule("training_first")) is not None:
            yield from self._training_first(code, table, financing, streams["training"])
        if (table := self.read.rule("coordination_first")) is not None:
            yield from self._coordination_first(code, table, financing, streams["coordination"])

    def _training_first(
        self, code: str, table: Table, financing: Terms, training: list[Activity]
    ) -> Iterator[Row]:
        """Financing ≤ b + (Q − b)⁺ (T + Σ n x / q̄) / (θ S), where T < θ S."""
        city, base = self.read.applications.cities[code], Fraction(table["base"]) * CENTS
        needed = Fraction(table["trained_share"]) * city.staff
        if table["trained_share"] == 0 or (city.staff and city.trained_staff >= needed):
            return
        if not city.staff:
            yield self._at_most(financing, base)
            return
        above = max(ZERO, self.read.asked(code, "financing") - base)
        terms = dict(financing)
        for a in training:
            one_unit = above * a.people_to_be_certified / (needed * self._most(a))
            terms[self.x[a.code]] = -one_unit / self.unit
        yield self._at_most(terms, base + above * city.trained_staff / needed)

    def _coordination_first(
        self, code: str, table: Table, financing: Terms, steps: list[Activity]
    ) -> Iterator[Row]:
        """Financing ≤ b + (Q − b)⁺ Σ x coordination / Q̄, where coordination is not formal."""
        if self.read.applications.cities[code].coordination == "formal":
            return
        base, most = Fraction(table["base"]) * CENTS, self.read.most_coordination(code)
        above = max(ZERO, self.read.asked(code, "financing") - base)
        more = self._sum(steps, -above / most) if most else {}
        yield self._at_most(financing | more, base)

    # -- the fund -----------------------------------------------------------------------

    def _envelope(self) -> Iterator[Row]:
        yield self._at_most(self._sum(self.read.all()), self.read.fund)
        if not self.read.envelopes:
            return
        years: dict[int, Terms] = {}
        for a in self.read.all():
            for year, share in self.read.shares(a).items():
                if a.code in self.x:
                    years.setdefault(year, {})[self.x[a.code]] = share
        for year, terms in years.items():
            yield self._at_most(terms, self.read.year_limit(year))

    def _hands_off(self) -> Iterator[Row]:
        table = self.read.rule("hands_off")
        if table is None:
            return
        share = Fraction(table.get("max_steered_share", 1))
        for plan in self.read.plans.values():
            counted = [a for a in plan if a.stream != "coordination"]
            yield self._at_most(self._share(filter(self.read.steers, plan), counted, share), 0)
        share, every = Fraction(table.get("max_steered_share_of_fund", 1)), list(self.read.all())
        yield self._at_most(self._share(filter(self.read.steers, every), every, share), 0)

    def _share(self, some: Iterable[Activity], of: Iterable[Activity], share: Fraction) -> Terms:
        """Σ x_a over some − share × Σ x_a over others."""
        terms = self._sum(of, -share)
        for column in self._sum(some):
            terms[column] = terms.get(column, ZERO) + 1
        return terms

    def _stream_shares(self) -> Iterator[Row]:
        table = self.read.rule("stream_shares") or {}
        for stream in ("financing", "training", "coordination"):
            bounds = table.get(stream, {})
            total = self._sum(a for a in self.read.all() if a.stream == stream)
            if "min" in bounds:
                yield self._at_least(total, Fraction(bounds["min"]) * self.read.fund)
            if "max" in bounds:
                yield self._at_most(total, Fraction(bounds["max"]) * self.read.fund)

    def _group_shares(self) -> Iterator[Row]:
        for _, table, members in self.read.group_tables():
            total, every = self._sum(members), list(self.read.all())
            capped = table.get("at_most_demand", True)
            if table.get("of", "envelope") == "envelope":
                if "min" in table:
                    least = Fraction(table["min"]) * self.read.fund
                    asked = sum(self.columns[j].most for j in total) * self.unit
                    yield self._at_least(total, min(least, Fraction(asked)) if capped else least)
                if "max" in table:
                    yield self._at_most(total, Fraction(table["max"]) * self.read.fund)
                continue
            if "min" in table and (total or not capped):
                yield self._at_least(self._share(members, every, Fraction(table["min"])), 0)
            if "max" in table:
                yield self._at_most(self._share(members, every, Fraction(table["max"])), 0)

    def _decisions(self) -> Iterator[Row]:
        activities = self.read.applications.activities
        for table in self.read.listed("decisions"):
            if "city" in table:
                total = self._sum(self.read.plans.get(table["city"], []))
            else:
                named = activities.get(table["activity"])
                total = self._sum([named] if named is not None else [])
            if table.get("exclude", False):
                yield self._at_most(total, 0)
            if "minimum" in table:
                yield self._at_least(total, Fraction(table["minimum"]) * CENTS)
            if "maximum" in table:
                yield self._at_most(total, Fraction(table["maximum"]) * CENTS)


def _clean(terms: Terms) -> Terms:
    """The terms that are not 0."""
    return {column: k for column, k in terms.items() if k}
