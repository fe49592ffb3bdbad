"""The grants to publish: every funded activity, with its city as an organisation.

Nothing else of the workbook is taken along: no assessment, no score, no reason, no comment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from funding import money
from funding.applications import Activity, Call, City
from funding.errors import Fault
from funding.publish.facts import Facts
from funding.publish.organisations import Organisation, same_as
from funding.verify import Verified
from funding.workbook import Table
from funding.workbook.tables import FUND

CITIES, ACTIVITIES = "Cities", "Activities"

_NAMED = 5  # codes that a fault or a note names

UNSAID = Fault("", FUND, 0, "", "")  # the place of what the user has to say


class Places:
    """Where cells stand in the application sheets of the workbook, for faults."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self._rows = {
            sheet: {str(table.value(row, 0) or "").strip(): row for row in table.rows}
            for sheet, table in tables.items()
        }

    def of(self, sheet: str, key: str, header: str) -> Fault:
        """The cell of the row that begins with ``key``; the sheet where there is no such cell."""
        table, row = self._tables[sheet], self._rows[sheet].get(key)
        if row is None or header not in table.headers:
            return Fault("", sheet, 0, "", "")
        letter = table.letter(table.headers.index(header), row)
        return Fault("", sheet, row.number, f"{letter}{row.number}", "")


@dataclass(frozen=True, slots=True)
class Grant:
    """A funded activity. ``award`` [cents]; ``years`` are those in which something is paid;
    ``agreed`` is the day of the agreement, None where nobody said."""

    activity: Activity
    award: int
    years: tuple[int, ...]
    recipient: Organisation
    agreed: dt.date | None


@dataclass(frozen=True)
class Release:
    """All that is published together, and where it stands, for faults."""

    call: Call
    publisher: Organisation
    grants: tuple[Grant, ...]
    facts: Facts
    places: Places

    @property
    def recipients(self) -> tuple[Organisation, ...]:
        """The funded cities, each once, in the order of the grants."""
        return tuple({g.activity.city: g.recipient for g in self.grants}.values())

    def setting(self, name: str) -> Fault:
        """The place of a setting of sheet Fund, for a fault."""
        return self.places.of(FUND, name, "Value")

    def cell(self, grant: Grant, header: str) -> Fault:
        """The place of a cell of sheet Activities, for a fault."""
        return self.places.of(ACTIVITIES, grant.activity.code, header)


def release(verified: Verified, facts: Facts) -> Release:
    """The grants of a verified award workbook, with what the user says of them."""
    given, places = verified.applications, Places(verified.stated.tables)
    recipients = {code: _recipient(city, facts, places) for code, city in given.cities.items()}
    grants = []
    for code, activity in given.activities.items():
        if not verified.allocation.awards[code]:
            continue
        said = facts.cities.cities.get(activity.city)
        grants.append(
            Grant(
                activity,
                verified.allocation.awards[code],
                tuple(sorted(verified.stated.payments[code])),
                recipients[activity.city],
                (said and said.agreed) or facts.agreed,
            )
        )
    return Release(given.call, _publisher(given.call, facts, places), tuple(grants), facts, places)


def faults(verified: Verified, made: Release) -> Iterator[Fault]:
    """What keeps the grants from being published in any standard."""
    said = made.facts.cities
    yield from said.faults
    for code, fact in said.cities.items():
        if code and code not in verified.applications.cities:
            yield replace(fact.place, message=f"there is no city {code} in the award workbook")
    if not made.grants:
        yield Fault("", "Awards by activity", 0, "", "no activity has an award to publish")
    if not made.publisher.name:
        message = "Funder is blank; give the publisher's name with --publisher"
        yield replace(made.setting("Funder"), message=message)


def notes(made: Release) -> Iterator[str]:
    """What the user should look at: organisations that are one by their identifiers."""
    alike: dict[str, list[Organisation]] = {}
    for organisation in (made.publisher, *made.recipients):
        if organisation.identifier:
            alike.setdefault(same_as(organisation.identifier), []).append(organisation)
    for identifier, organisations in alike.items():
        if len(organisations) > 1:
            names = ", ".join(organisation.label for organisation in organisations)
            yield f"{names} have the same identifier, {identifier}"


def blank(organisation: Organisation) -> Fault:
    """The fault of an organisation without an identifier."""
    message = f"{organisation.header} of {organisation.label} is blank; give it with "
    message += "--publisher-id" if organisation.place.sheet == FUND else "--cities FILE.csv"
    return replace(organisation.place, message=message)


def short(codes: Iterable[str]) -> str:
    """Codes as a fault or note names them: the first few."""
    named = list(islice(codes, _NAMED + 1))
    return ", ".join(named[:_NAMED]) + ("…" if len(named) > _NAMED else "")


def units(cents: int) -> Decimal:
    """Cents as currency units, exactly, whole ones without decimals: a French Excel takes the
    ``12000.00`` of `money.in_units` for text, but 12000 for a number."""
    return Decimal(cents) / money.CENTS


def _publisher(call: Call, facts: Facts, places: Places) -> Organisation:
    name = facts.publisher or call.funder
    if facts.publisher_id:
        where = Fault("", "--publisher-id", 0, "", "")
        return Organisation(name, "the funder", "Funder identifier", facts.publisher_id, where)
    where = places.of(FUND, "Funder identifier", "Value")
    return Organisation(name, "the funder", "Funder identifier", call.funder_identifier, where)


def _recipient(city: City, facts: Facts, places: Places) -> Organisation:
    label, said = f"{city.name} ({city.code})", facts.cities.cities.get(city.code)
    if said and said.identifier:
        return Organisation(city.name, label, "Identifier", said.identifier, said.place)
    where = places.of(CITIES, city.code, "Legal identifier")
    return Organisation(city.name, label, "Legal identifier", city.legal_identifier, where)
