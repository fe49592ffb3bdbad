"""The case that rules speak about: applications and fund, what is open, and the quantities.

`Case` holds what is given; `Plan` hands out the quantities that rows may speak of. Activities
that a gate refused, or that no whole-unit award can serve, are *closed*: their award is 0 and
no quantity exists for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from funding import money
from funding.applications import Activity, Applications, City, Stream
from funding.fund import Fund, Ties
from funding.linear import Exact, Kind, Limit, Linear, Quantity, Sense, plus

Attribute = Literal["region", "size_class", "theme", "benefit", "partner_class", "first_time"]
Awards = Mapping[str, int]  # activity code → x_a [cents]; activities left out get 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an activity is closed: the gate (or rule) that refuses it, and the reason in words."""

    activity: str
    gate: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """The whole-unit awards that a request admits: 0, or ``least`` to ``most`` [cents]."""

    least: int  # m̄_a
    most: int  # q̄_a


@dataclass(frozen=True)
class Case:
    """Applications, fund and what the gates left open.

    ``spans`` and ``contributions`` hold every activity, the latter the city's own money for it
    that counts [cents]; ``refusals`` maps closed activities to their reasons. ``caps`` gives the
    rows of the rules that limit one award, or one city's total, by themselves.
    """

    applications: Applications
    fund: Fund
    ties: Ties
    spans: Mapping[str, Span]
    contributions: Mapping[str, Exact]
    refusals: Mapping[str, tuple[Refusal, ...]]
    caps: Callable[[Case], Iterable[Limit]]

    @cached_property
    def open(self) -> tuple[str, ...]:
        """Codes of the activities that can be funded, in an order given by their content.

        The order must not depend on names or rows, so that the solver meets the same matrix
        whatever the cities are called. Equal contents stand in the declared order, city by city,
        so that of cities that applied alike the same one comes first everywhere.
        """
        given = self.applications.activities
        turns = {a: self.turn(a) for a in given if a not in self.refusals}
        first: dict[str, tuple[int | str, ...]] = {}  # city → the turn of its first activity
        for a, turn in turns.items():
            first[given[a].city] = min(turn, first.get(given[a].city, turn))
        key = {a: (self._content(a), first[given[a].city], turn) for a, turn in turns.items()}
        return tuple(sorted(turns, key=key.__getitem__))

    @cached_property
    def open_plans(self) -> Mapping[str, tuple[str, ...]]:
        """City code → its open activities; cities without any are left out."""
        plans: dict[str, list[str]] = {}
        for code in self.open:
            plans.setdefault(self.applications.activities[code].city, []).append(code)
        return {city: tuple(codes) for city, codes in plans.items()}

    def of_stream(self, city: str, stream: Stream) -> list[str]:
        """The open activities of a city in one stream."""
        given = self.applications.activities
        return [a for a in self.open_plans.get(city, ()) if given[a].stream == stream]

    def demand(self, activities: Iterable[str]) -> int:
        """Σ q̄_a [cents]: what open activities ask for, in whole units."""
        return sum(self.spans[a].most for a in activities)

    @cached_property
    def expressions(self) -> dict[Quantity, Linear]:
        """Quantities that rows have spoken of so far, each as an expression by itself."""
        return {}

    @cached_property
    def _ceilings(self) -> Mapping[Quantity, Exact]:
        """The least cap on each award and each city's total that has one [cents]."""
        least: dict[Quantity, Exact] = {}
        for row in self.caps(self):
            if row.sense is not Sense.AT_MOST or len(row.left) != 1:
                continue  # a minimum, a band, or a decision on what is closed
            ((quantity, k),) = row.left
            most = Fraction(row.bound) / k
            least[quantity] = min(most, least.get(quantity, most))
        return least

    @cached_property
    def _bands(self) -> Mapping[str, set[tuple[int, int]]]:
        """The bands of each activity whose award must fall in one, least and most [cents]."""
        found: dict[str, set[tuple[int, int]]] = {}
        for row in self.caps(self):
            for quantity, _ in row.left:
                if quantity.kind is Kind.IN_BAND:
                    found.setdefault(quantity.code, set()).add(quantity.band)
        return found

    def obtainable(self, city: str, activities: Iterable[str]) -> int:
        """The most that open activities of a city can get together, all else at nothing [cents].

        The largest sum of whole-unit awards that hold their requests, their bands and every cap;
        minimums, and what cities compete for, such as the envelope, are left out of account.
        """
        codes = list(activities)
        whole = self._in_units(Quantity(Kind.CITY_TOTAL, city), self.demand(codes))
        sums = {0: 0}  # for some of the activities: Σ of their least → largest Σ of their most
        for code in codes:
            without = list(sums.items())
            for least, most in self._choices(code):
                for low, high in without:
                    if low + least <= whole:
                        sums[low + least] = max(high + most, sums.get(low + least, 0))
        return min(max(sums.values()), whole)

    def _choices(self, code: str) -> Iterator[tuple[int, int]]:
        """Least and most of the awards above 0 that an open activity's caps and bands leave it."""
        span = self.spans[code]
        for least, most in self._bands.get(code, {(span.least, span.most)}):
            capped = self._in_units(Quantity(Kind.AWARD, code), most)
            if least <= capped:
                yield least, capped

    def _in_units(self, quantity: Quantity, most: int) -> int:
        """An amount, or the cap on a quantity where that is less, in whole units [cents]."""
        step = self.fund.step
        return int(min(most, self._ceilings.get(quantity, most)) // step) * step

    def _content(self, code: str) -> tuple[Any, ...]:
        a = self.applications.activities[code]
        city, span = self.applications.cities[a.city], self.spans[code]
        found, record = self.applications.assessments[code], self.applications.record(a.city)
        return (
            a.stream,
            -self.applications.score(code),
            a.requested,
            span.least,
            self.applications.eligible_cost(code),
            a.own_cash,
            found.other_national_funding,
            int(found.steered),
            city.population,
            city.own_budget,
            city.staff,
            self.contributions[code],
            a.people_to_be_certified,
            city.trained_staff,
            city.coordination,
            city.region,
            a.theme,
            a.main_benefit or "",
            a.partner_countries,
            a.requested_by_year,
            f"{a.start} {a.end}",
            record.first_time,
            record.delivery or 0,
            record.other_national_funding,
            sorted(other.requested for other in self.applications.plans[a.city]),
        )

    def turn(self, code: str) -> tuple[int | str, ...]:
        """The declared order among equals, as a sort key; where it ends, the drawn lot.

        The lot is SHA-256 of the fund's published draw number and the activity's code: nobody
        can steer it, everybody can check it.
        """
        known = self._turns.get(code)
        if known is not None:
            return known
        a = self.applications.activities[code]
        keys: list[int | str] = []
        for by in self.ties.order:
            if by == "first_time":
                keys.append(0 if self.applications.record(a.city).first_time else 1)
            else:
                keys.append(self.applications.cities[a.city].population)
        return self._turns.setdefault(code, (*keys, self.lot(code)))

    @cached_property
    def _turns(self) -> dict[str, tuple[int | str, ...]]:
        """The places in the declared order that were asked for so far."""
        return {}

    def lot(self, code: str) -> str:
        """The drawn lot of an activity, a hexadecimal number."""
        text = f"{self.applications.call.draw_number}|{code}"
        return hashlib.sha256(text.encode()).hexdigest()

    def city_of(self, activity: str) -> City:
        """The city that applies with an activity."""
        return self.applications.cities[self.applications.activities[activity].city]

    def groups(self, attribute: Attribute, activities: Iterable[str]) -> dict[str, list[str]]:
        """Group name → those of the activities that belong to it; sorted by name."""
        found: dict[str, list[str]] = {}
        for code in activities:
            found.setdefault(self.group_of(attribute, code), []).append(code)
        return dict(sorted(found.items()))

    def group_of(self, attribute: Attribute, code: str) -> str:
        """The group of an activity under an attribute; ``"not stated"`` for a blank."""
        a: Activity = self.applications.activities[code]
        match attribute:
            case "region":
                return self.city_of(code).region
            case "size_class":
                return self.fund.size_class(self.city_of(code).population)
            case "theme":
                return a.theme
            case "benefit":
                return a.main_benefit or "not stated"
            case "partner_class":
                return self.fund.partner_class(a.partner_countries)
            case "first_time":
                return "yes" if self.applications.record(a.city).first_time else "no"

    def money(self, amount: Exact) -> str:
        """An amount in cents as text, with the call's currency."""
        return money.show(amount, self.applications.call.currency)


_MEANT = {Kind.FUNDED: Kind.AWARD, Kind.CITY_FUNDED: Kind.CITY_TOTAL}  # 1 if money, else 0


class _Values(dict[Quantity, Exact]):
    """Awards and city totals with their values; what follows from these is found when asked for.

    ``full_share`` is the share of a request that counts in full.
    """

    def __init__(self, asked: Mapping[str, Activity], full_share: Fraction) -> None:
        super().__init__()
        self._asked, self._full_share = asked, full_share

    def __missing__(self, quantity: Quantity) -> Exact:
        kind, code, (least, most) = quantity
        if kind is Kind.AWARD or kind is Kind.CITY_TOTAL:
            raise KeyError(quantity)
        money = self[Quantity(Kind.CITY_TOTAL if kind.of_city else Kind.AWARD, code)]
        if kind is Kind.LATER:
            return max(Fraction(0), money - self._full_share * self._asked[code].requested)
        return int(least <= money <= most) if kind is Kind.IN_BAND else int(money != 0)


@dataclass(frozen=True)
class Plan:
    """Hands out the quantities of a case: a closed list, each with exact bounds.

    A quantity of a closed activity is the empty expression, 0.
    """

    case: Case

    def award(self, activity: str) -> Linear:
        """x_a [cents]."""
        return self._quantity(Kind.AWARD, activity)

    def later(self, activity: str) -> Linear:
        """The part of x_a above the share that counts in full [cents]."""
        return self._quantity(Kind.LATER, activity)

    def funded(self, activity: str) -> Linear:
        """y_a: 1 if the activity is funded, else 0."""
        return self._quantity(Kind.FUNDED, activity)

    def city_total(self, city: str) -> Linear:
        """X_c [cents]: all awards of the city."""
        return self._of_city(Kind.CITY_TOTAL, city)

    def city_funded(self, city: str) -> Linear:
        """z_c: 1 if the city has an award, else 0."""
        return self._of_city(Kind.CITY_FUNDED, city)

    def in_band(self, activity: str, band: tuple[int, int]) -> Linear:
        """b_a: 1 if x_a lies from the least to the most of a band [cents], both above 0."""
        if activity in self.case.refusals:
            return Linear()
        return Linear({Quantity(Kind.IN_BAND, activity, band): 1})

    def awards(self, activities: Iterable[str]) -> Linear:
        """Σ x_a over some activities [cents]."""
        return plus(self.award(a) for a in activities)

    def everything(self) -> Linear:
        """Σ x_a over the whole fund, through the city totals (shorter rows) [cents]."""
        return plus(self.city_total(c) for c in self.case.open_plans)

    def _quantity(self, kind: Kind, activity: str) -> Linear:
        if activity in self.case.refusals:
            return Linear()
        return self._one(Quantity(kind, activity))

    def _of_city(self, kind: Kind, city: str) -> Linear:
        if city not in self.case.open_plans:
            return Linear()
        return self._one(Quantity(kind, city))

    def _one(self, quantity: Quantity) -> Linear:
        """A quantity by itself; the same expression whoever asks, since rules ask often."""
        known = self.case.expressions
        if quantity not in known:
            known[quantity] = Linear({quantity: 1})
        return known[quantity]

    def most(self, quantity: Quantity) -> int:
        """The largest value that a quantity can take, from the requests alone."""
        match quantity.kind:
            case Kind.AWARD | Kind.LATER:
                return self.case.spans[quantity.code].most
            case Kind.CITY_TOTAL:
                return sum(self.case.spans[a].most for a in self.case.open_plans[quantity.code])
            case Kind.FUNDED | Kind.CITY_FUNDED | Kind.IN_BAND:
                return 1

    def definitions(self, limits: Sequence[Limit]) -> Iterator[Limit]:
        """The rows that say what the quantities are which the limits use.

        X_c = Σ x_a for city totals; and for y_a and z_c, where no limit says it, that they are 1
        if and only if there is an award: x_a ≤ q̄_a y_a and x_a ≥ u y_a.
        """
        meanings = list(self._meanings(limits))
        rows = [*limits, *meanings]
        used = {q.code for row in rows for q, _ in row.left if q.kind is Kind.CITY_TOTAL}
        yield from meanings
        for city, activities in self.case.open_plans.items():
            if city in used:
                left = self.city_total(city) - self.awards(activities)
                yield Limit("city total", city, left, Sense.EXACTLY, 0, fact=True)

    def _meanings(self, limits: Sequence[Limit]) -> Iterator[Limit]:
        used = {q: None for row in limits for q, _ in row.left if q.kind in _MEANT}
        said = {
            (frozenset(q for q, _ in row.left), row.sense)
            for row in limits
            if len(row.left) == 2 and any(q.kind in _MEANT for q, _ in row.left)
        }
        for quantity in used:
            money = Quantity(_MEANT[quantity.kind], quantity.code)
            yes, award = self._one(quantity), self._one(money)
            for sense, each in (
                (Sense.AT_MOST, self.most(money)),
                (Sense.AT_LEAST, self.case.fund.step),
            ):
                if (frozenset((quantity, money)), sense) not in said:
                    left = award - each * yes
                    yield Limit(quantity.kind, quantity.code, left, sense, 0, sense, fact=True)

    def values(self, awards: Awards, full_share: Fraction = Fraction(1)) -> dict[Quantity, Exact]:
        """Every quantity as the awards make it, exactly.

        ``full_share`` is the share of a request that counts in full (see the objective).
        """
        values = _Values(self.case.applications.activities, full_share)
        for city, activities in self.case.open_plans.items():
            total = 0
            for a in activities:
                x = awards.get(a, 0)
                values[Quantity(Kind.AWARD, a)] = x
                total += x
            values[Quantity(Kind.CITY_TOTAL, city)] = total
        return values


def make_case(
    applications: Applications,
    fund: Fund,
    ties: Ties,
    span: Callable[[Activity], Span],
    contribution: Callable[[Activity], Exact],
    refuse: Callable[[Activity], Iterable[Refusal]],
    caps: Callable[[Case], Iterable[Limit]],
) -> Case:
    """The case: every activity's span and own contribution, and every reason that closes one."""
    refusals = {}
    for code, activity in applications.activities.items():
        reasons = tuple(refuse(activity))
        if reasons:
            refusals[code] = reasons
    spans = {code: span(a) for code, a in applications.activities.items()}
    own = {code: contribution(a) for code, a in applications.activities.items()}
    return Case(applications, fund, ties, spans, own, refusals, caps)
