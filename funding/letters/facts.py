"""What a letter can say of a city: fields of text, taken from a verified award workbook alone.

These are the fields of the templates; docs/letters.md describes each. Amounts and dates are
written as the award workbook shows them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from funding import money
from funding.applications import Activity, City
from funding.stated import Line
from funding.verify import Verified

# The column of sheet Awards by activity that says it; a workbook without one says nothing of it.
HELPED = "What would have helped"
FINGERPRINT = 12  # digits of a hash that are enough to compare by eye


@dataclass(frozen=True, slots=True)
class Payment:
    """What the fund pays for an activity, or to a city, in a year."""

    year: str
    amount: str


@dataclass(frozen=True, slots=True)
class Item:
    """An activity of the city's plan. What there is not is empty."""

    code: str
    title: str
    stream: str
    partner: str
    start: str
    end: str
    eligible_cost: str
    requested: str
    minimum_viable: str
    award: str  # empty where there is none
    own_contribution: str  # empty without an award
    payments: tuple[Payment, ...]
    certified: str  # people to be certified; empty: nobody
    status: str
    why: str
    helped: str
    place: str  # on the reserve list, from 1


@dataclass(frozen=True, slots=True)
class Reason:
    """A text, once, and the codes of all activities with one status that it is said of."""

    codes: str
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a letter to a city can say. What there is not is empty."""

    fund: str
    reference: str
    funder: str
    scenario: str
    fingerprint: str
    banner: str
    date: str
    city: str
    city_code: str
    legal_identifier: str
    region: str
    status: str
    requested: str
    award: str  # empty where there is none
    own_contribution: str
    payments: tuple[Payment, ...]
    activities: tuple[Item, ...]
    awarded: tuple[Item, ...]
    reserve: tuple[Item, ...]
    refused: tuple[Item, ...]
    reasons: tuple[Reason, ...]
    helps: tuple[Reason, ...]  # what would have helped


def letters_of(verified: Verified, date: dt.date | None = None) -> Iterator[Letter]:
    """One letter for each city that applied, in the order of the applications."""
    places = _places(verified)
    for city in verified.applications.cities.values():
        yield _Facts(verified, city, _day(date), places).letter()


def letter_to(verified: Verified, city: str, date: dt.date | None = None) -> Letter:
    """The letter to one city, by its code."""
    applicant = verified.applications.cities[city]
    return _Facts(verified, applicant, _day(date), _places(verified)).letter()


def helped(line: Line) -> str:
    """What would have helped an activity, from its line of sheet Awards by activity.

    Empty for a workbook that does not say it.
    """
    return str(line.get(HELPED) or "")


@dataclass(frozen=True)
class _Facts:
    """What a verified award workbook says of one city."""

    verified: Verified
    city: City
    date: str
    places: Mapping[str, int]  # activity → place on the reserve list

    @cached_property
    def plan(self) -> tuple[Activity, ...]:
        """The activities of the city."""
        return self.verified.applications.plans[self.city.code]

    @cached_property
    def decimals(self) -> int:
        """As in a column of the workbook: cents in all amounts of a letter where one has some."""
        amounts: list[int] = []
        for a in self.plan:
            cost, least = self.verified.applications.eligible_cost(a.code), a.minimum_viable or 0
            paid = self.verified.stated.payments[a.code].values()
            amounts += (a.requested, least, cost, self.own_contribution(a), *paid)
        whole = all(amount % money.CENTS == 0 for amount in amounts)
        return 0 if whole else money.decimals(self.verified.applications.call.currency)

    def letter(self) -> Letter:
        """All that the letter to the city can say."""
        call, city, plan = self.verified.applications.call, self.city, self.plan
        items = tuple(map(self.item, plan))
        total = sum(self.verified.allocation.awards[a.code] for a in plan)
        own = sum(self.own_contribution(a) for a in plan if self.verified.allocation.awards[a.code])
        paid: dict[int, int] = {}
        for a in plan:
            for year, amount in self.verified.stated.payments[a.code].items():
                paid[year] = paid.get(year, 0) + amount
        return Letter(
            fund=call.fund,
            reference=call.reference,
            funder=call.funder,
            scenario=self.verified.stated.scenario.name,
            fingerprint=self.verified.applications.digest[:FINGERPRINT],
            banner=call.banner,
            date=self.date,
            city=city.name,
            city_code=city.code,
            legal_identifier=city.legal_identifier,
            region=city.region,
            status=self.verified.allocation.city_status(city.code),
            requested=self.money(sum(a.requested for a in plan)),
            award=self.money(total) if total else "",
            own_contribution=self.money(own) if total else "",
            payments=self.payments(paid),
            activities=items,
            awarded=tuple(i for i in items if i.award),
            reserve=tuple(sorted((i for i in items if i.place), key=lambda i: int(i.place))),
            refused=tuple(i for i in items if not i.award and not i.place),
            reasons=_once((i.code, i.status, i.why) for i in items),
            helps=_once((i.code, i.status, i.helped) for i in items),
        )

    def item(self, a: Activity) -> Item:
        """All that it can say of an activity."""
        line, award = (
            self.verified.stated.activities[a.code],
            self.verified.allocation.awards[a.code],
        )
        least = a.minimum_viable
        return Item(
            code=a.code,
            title=a.title,
            stream=a.stream,
            partner=a.partner,
            start=_day(a.start),
            end=_day(a.end),
            eligible_cost=self.money(self.verified.applications.eligible_cost(a.code)),
            requested=self.money(a.requested),
            minimum_viable="" if least is None else self.money(least),
            award=self.money(award) if award else "",
            own_contribution=self.money(self.own_contribution(a)) if award else "",
            payments=self.payments(self.verified.stated.payments[a.code]),
            certified=str(a.people_to_be_certified or ""),
            status=str(line["Status"]),
            why=str(line["Why"]),
            helped=helped(line),
            place=str(self.places.get(a.code, "")),
        )

    def own_contribution(self, a: Activity) -> int:
        """Own contribution required [cents]: eligible cost less award and other funding."""
        cost = self.verified.applications.eligible_cost(a.code)
        return max(0, cost - self.verified.allocation.awards[a.code] - a.other_funding)

    def payments(self, paid: Mapping[int, int]) -> tuple[Payment, ...]:
        """Payments [cents], from the first year on, without those of 0."""
        return tuple(Payment(str(year), self.money(paid[year])) for year in sorted(paid))

    def money(self, amount: int) -> str:
        """An amount [cents] and its currency, which stay on one line."""
        text = money.show(amount, places=self.decimals)
        return f"{text}\u00a0{self.verified.applications.call.currency}"


def _places(verified: Verified) -> dict[str, int]:
    """Activity → its place on the reserve list."""
    return {code: at for at, code in enumerate(verified.allocation.reserve, 1)}


def _once(said: Iterable[tuple[str, str, str]]) -> tuple[Reason, ...]:
    """Each text once, from code, status and text of each activity; those without are left out."""
    found: dict[tuple[str, str], list[str]] = {}
    for code, status, text in said:
        if text:
            found.setdefault((status, text), []).append(code)
    return tuple(Reason(", ".join(codes), status, text) for (status, text), codes in found.items())


def _day(date: dt.date | None) -> str:
    return "" if date is None else date.isoformat()
