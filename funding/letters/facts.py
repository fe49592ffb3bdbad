"""What a letter can say of a city: fields of text, taken from a verified award workbook alone.

These are the fields of the templates; docs/letters.md describes each. Amounts and dates are
written as the award workbook shows them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from funding import money
from funding.applications import Activity, City
from funding.outcomes import Outcome, reserve_of
from funding.verify import Line, Verified

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


def letters_of(verified: Verified, date: dt.date | None = None) -> Iterator[Letter]:
    """One letter for each city that applied, in the order of the applications."""
    places = _places(verified)
    for city in verified.applications.cities.values():
        yield _letter(verified, city, places, date)


def helped(line: Line) -> str:
    """What would have helped an activity, from its line of sheet Awards by activity.

    Empty for a workbook that does not say it.
    """
    return str(line.get(HELPED) or "")


def _letter(
    verified: Verified, city: City, places: Mapping[str, int], date: dt.date | None
) -> Letter:
    call, plan = verified.applications.call, verified.applications.plans[city.code]
    items = tuple(_item(verified, a, places) for a in plan)
    total = sum(verified.awards[a.code] for a in plan)
    paid: dict[int, int] = {}
    for a in plan:
        for year, amount in verified.payments[a.code].items():
            paid[year] = paid.get(year, 0) + amount
    own = sum(_own(verified, a) for a in plan if verified.awards[a.code])
    return Letter(
        fund=call.fund,
        reference=call.reference,
        funder=call.funder,
        scenario=verified.stated.scenario.name,
        fingerprint=verified.applications.digest[:FINGERPRINT],
        banner=call.banner,
        date=_day(date),
        city=city.name,
        city_code=city.code,
        legal_identifier=city.legal_identifier,
        region=city.region,
        status=str(verified.stated.cities[city.code]["Status"]),
        requested=_money(verified, sum(a.requested for a in plan)),
        award=_money(verified, total) if total else "",
        own_contribution=_money(verified, own) if total else "",
        payments=_payments(verified, paid),
        activities=items,
        awarded=tuple(i for i in items if i.award),
        reserve=tuple(sorted((i for i in items if i.place), key=lambda i: int(i.place))),
        refused=tuple(i for i in items if not i.award and not i.place),
    )


def _item(verified: Verified, a: Activity, places: Mapping[str, int]) -> Item:
    line, award = verified.stated.activities[a.code], verified.awards[a.code]
    least = a.minimum_viable
    return Item(
        code=a.code,
        title=a.title,
        stream=a.stream,
        partner=a.partner,
        start=_day(a.start),
        end=_day(a.end),
        eligible_cost=_money(verified, verified.applications.eligible_cost(a.code)),
        requested=_money(verified, a.requested),
        minimum_viable="" if least is None else _money(verified, least),
        award=_money(verified, award) if award else "",
        own_contribution=_money(verified, _own(verified, a)) if award else "",
        payments=_payments(verified, verified.payments[a.code]),
        certified=str(a.people_to_be_certified or ""),
        status=str(line["Status"]),
        why=str(line["Why"]),
        helped=helped(line),
        place=str(places.get(a.code, "")),
    )


def _places(verified: Verified) -> dict[str, int]:
    """Activity → its place on the reserve list.

    By the rule of the list, not from sheet Reserve list, which no check holds to it.
    """
    lines = verified.stated.activities
    outcomes = {code: Outcome(str(line["Status"]), ()) for code, line in lines.items()}
    return {code: at for at, code in enumerate(reserve_of(verified.case, outcomes), 1)}


def _own(verified: Verified, a: Activity) -> int:
    """Own contribution required [cents]: eligible cost less award and other funding."""
    cost = verified.applications.eligible_cost(a.code)
    return max(0, cost - verified.awards[a.code] - a.other_funding)


def _payments(verified: Verified, paid: Mapping[int, int]) -> tuple[Payment, ...]:
    return tuple(Payment(str(year), _money(verified, paid[year])) for year in sorted(paid))


def _money(verified: Verified, amount: int) -> str:
    """As the cells of the award workbook; amount and currency stay on one line."""
    currency = verified.applications.call.currency
    return f"{money.show(amount, places=money.decimals(currency))}\u00a0{currency}"


def _day(date: dt.date | None) -> str:
    return "" if date is None else date.isoformat()
