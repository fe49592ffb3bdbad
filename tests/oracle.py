"""The referee: what ``docs/model.md`` says, in plain loops over exact fractions.

Written from the document alone, by someone who had not read the rules of the package, so that
a formula that is wrong in the package is not wrong here too. It takes the applications and the
resolved tables of a scenario (as TOML gives them, decimals exact) and judges awards in cents.
It optimises nothing, knows no solver, and shares no formula with ``funding``.

Every judgement is a sentence that starts with the name of its rule or gate: ``rule: what``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any

from funding.applications import Activity, Applications, City, CityRecord

CENTS = 100
ZERO = Fraction(0)
Tables = Mapping[str, Any]
Awards = Mapping[str, int]
Payments = Mapping[str, Mapping[int, int]]


class Referee:
    """Judges awards of one set of applications under one scenario's tables."""

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
        self._reached: dict[str, int] = {}  # city → Q̄_c, once it was asked for

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
        if self.gate("no_overlap") is not None and found.overlaps:
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

    # -- rules --------------------------------------------------------------------------

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
            groups = {self.group(a, attribute) for a in self.all()}
            for name in sorted(groups) if table.get("each", False) else [table["group"]]:
                members = [a for a in self.all() if self.group(a, attribute) == name]
                for side in self._group_share(table, members, x):
                    yield f"group_shares: {attribute} {name}: {side}"

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

    # -- value, payments, steps ---------------------------------------------------------

    def value(self, awards: Awards) -> Fraction:
        """V of awards [cents], in the unit of the scenario's objective."""
        return sum((self.weight(a, awards.get(a.code, 0)) for a in self.all()), ZERO)

    def weight(self, activity: Activity, award: int) -> Fraction:
        """w_a g_a: what an award [cents] to one activity adds to the value."""
        table = self.tables.get("objective", {})
        full = Fraction(table.get("full_value_share", 1)) * activity.requested
        later = Fraction(table.get("later_value", Fraction(1, 2)))
        counts = min(Fraction(award), full) + later * max(ZERO, award - full)
        score = self.score(activity.code)
        basis = table.get("value", "merit_money")
        if basis == "merit_money":
            return score * counts / CENTS
        met = counts / activity.requested
        if basis == "merit_projects":
            return score * met
        if basis == "reach":
            plan = self.plans[activity.city]
            population = self.applications.cities[activity.city].population
            return score * Fraction(population, len(plan)) * met
        raise ValueError(f"no value {basis}")

    def stops(self, awards: Awards, code: str) -> list[str]:
        """What breaks if this award rises to the next larger one."""
        return self.broken({**awards, code: self.next_award(awards, code)})

    def next_award(self, awards: Awards, code: str) -> int:
        """The next larger award that the request, the bands and the city minimum admit."""
        award, (least, most) = awards.get(code, 0), self.spans.get(code, (self.unit, 0))
        activity, table = self.applications.activities[code], self.rule("city_minimum")
        enough, plan = ZERO, [a.code for a in self.plans[activity.city]]
        if table and not any(awards.get(other, 0) for other in plan):
            enough = Fraction(table["amount"]) * CENTS
        if sum(self.spans[other][1] for other in plan if other in self.spans) < enough:
            enough = ZERO
        every = range(least, most + 1, self.unit)
        fits = any(self.in_band(activity, any_award) for any_award in every)
        first = award + self.unit if award else least
        for larger in range(first, most + 1, self.unit):
            if larger >= enough and (not fits or self.in_band(activity, larger)):
                return larger
        return first

    def broken_payments(self, awards: Awards, payments: Payments) -> list[str]:
        """Every condition on payments by year that is not met."""
        found = []
        used: dict[int, int] = {}
        for a in self.all():
            award, paid = awards.get(a.code, 0), payments.get(a.code, {})
            shares = self.shares(a)
            if sum(paid.values()) != award:
                found.append(f"{a.code}: paid {sum(paid.values())} of {award}")
            for year in sorted({*paid, *shares}):
                due = award * shares.get(year, ZERO) / self.unit
                part = paid.get(year, 0)
                used[year] = used.get(year, 0) + part
                if part not in (floor(due) * self.unit, ceil(due) * self.unit):
                    found.append(f"{a.code} {year}: {part} is not next to {due * self.unit}")
        for year, part in used.items():
            if self.envelopes and part > self.envelopes.get(year, ZERO):
                found.append(f"year {year}: {part} > {self.envelopes.get(year, ZERO)}")
        return found


def refusals(applications: Applications, tables: Tables) -> dict[str, list[str]]:
    """Activity code → the gates that refuse it, for the refused only."""
    return Referee(applications, tables).refused


def spans(applications: Applications, tables: Tables) -> dict[str, tuple[int, int]]:
    """Open activity → its least and its most whole-unit award [cents]."""
    return Referee(applications, tables).spans


def broken(applications: Applications, tables: Tables, awards: Awards) -> list[str]:
    """Every gate and rule that the awards [cents] break; empty when they are sound."""
    return Referee(applications, tables).broken(awards)


def broken_payments(
    applications: Applications, tables: Tables, awards: Awards, payments: Payments
) -> list[str]:
    """Every condition on payments by year that is not met."""
    return Referee(applications, tables).broken_payments(awards, payments)


def value(applications: Applications, tables: Tables, awards: Awards) -> Fraction:
    """V of awards [cents]."""
    return Referee(applications, tables).value(awards)


def stops(applications: Applications, tables: Tables, awards: Awards, code: str) -> list[str]:
    """What breaks if this activity's award rises by its next step."""
    return Referee(applications, tables).stops(awards, code)
