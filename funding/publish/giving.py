"""Grants in the 360Giving Data Standard: as JSON, and as a sheet with the standard's titles.

Source: 360Giving Data Standard 1.4.3 (CC BY 4.0), its fields and titles; for identifiers its
guidance: the publisher's prefix, hyphens, and ``_`` in place of other characters.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeAlias

import xlsxwriter

from funding import money
from funding.errors import Fault
from funding.publish.grants import UNSAID, Grant, Release, blank, short, units
from funding.publish.organisations import Unfit, names_no_register, org_id
from funding.publish.schema import CURRENCIES, VERSION, require_valid
from funding.workbook.writer import SAFE_TEXT, set_properties, write_cell

JSON_FILE, SHEET_FILE = "360giving.json", "360giving.xlsx"
SHEET = "grants"
LONG_TITLE = 140  # characters; the standard asks for fewer

Value: TypeAlias = str | Decimal | dt.date | None


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its title in a sheet, its path in JSON, its width in a sheet [characters].

    A path of two parts leads into the only object of a list.
    """

    title: str
    path: tuple[str, ...]
    width: int


FIELDS = (
    Field("Identifier", ("id",), 34),
    Field("Title", ("title",), 44),
    Field("Description", ("description",), 60),
    Field("Currency", ("currency",), 10),
    Field("Amount Applied For", ("amountAppliedFor",), 20),
    Field("Amount Awarded", ("amountAwarded",), 18),
    Field("Award Date", ("awardDate",), 13),
    Field("Planned Dates:Start Date", ("plannedDates", "startDate"), 25),
    Field("Planned Dates:End Date", ("plannedDates", "endDate"), 24),
    Field("Recipient Org:Identifier", ("recipientOrganization", "id"), 32),
    Field("Recipient Org:Name", ("recipientOrganization", "name"), 28),
    Field("Funding Org:Identifier", ("fundingOrganization", "id"), 26),
    Field("Funding Org:Name", ("fundingOrganization", "name"), 36),
    Field("Grant Programme:Code", ("grantProgramme", "code"), 24),
    Field("Grant Programme:Title", ("grantProgramme", "title"), 36),
)

# Signs that could end a script in a web page, and line ends that a script does not take.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def faults(made: Release) -> Iterator[Fault]:
    """What the standard asks for and nobody said, or what it cannot take."""
    facts, call = made.facts, made.call
    if not facts.prefix:
        yield replace(
            UNSAID,
            message="no publisher prefix, with which 360Giving's Identifier "
            "begins; give yours with --prefix, such as --prefix 360G-example",
        )
    if facts.decided is None:
        yield replace(
            UNSAID,
            message="no day of the decision, which is 360Giving's Award Date; "
            "give it with --decided, such as --decided 2026-06-30",
        )
    elif call.closing_date and facts.decided < call.closing_date:
        message = f"the call closed on {call.closing_date}, after --decided {facts.decided}"
        yield replace(made.setting("Closing date"), message=f"{message}; correct --decided")
    if call.currency not in CURRENCIES:
        message = f"{call.currency} is none of the currencies of 360Giving {VERSION}"
        yield replace(made.setting("Currency"), message=f"{message}; it cannot be published so")
    yield from _unidentified(made)
    for grant in made.grants:
        if not grant.activity.description:
            message = f"Description of {grant.activity.code} is blank, and 360Giving asks for one"
            message += "; fill it in the applications and allocate again"
            yield replace(made.cell(grant, "Description"), message=message)


def _unidentified(made: Release) -> Iterator[Fault]:
    """Organisations that cannot be told from all others in the world."""
    organisations = (made.publisher, *made.recipients)
    register = made.facts.register
    bare = [o for o in organisations if names_no_register(o.identifier)]
    for organisation in organisations:
        if not organisation.identifier:
            yield blank(organisation)
            continue
        try:
            org_id(organisation.identifier, register)
        except Unfit as error:
            message = f"{organisation.header} of {organisation.label} {error}"
            yield replace(organisation.place, message=message)
    if bare and not register:
        first, more = bare[0], len(bare) - 1
        message = (
            f'{first.header} of {first.label} is "{first.identifier}", which names no register'
        )
        message += f", as {more} more" if more else ""
        message += "; give the register's list code, such as --register GB-LAE (org-id.guide)"
        yield replace(first.place, message=message)


def notes(made: Release) -> Iterator[str]:
    """What the standard advises against, but takes."""
    long = [g.activity.code for g in made.grants if len(g.activity.title) >= LONG_TITLE]
    if long:
        yield (
            f"{JSON_FILE}: {LONG_TITLE} characters or more in the title of {short(long)}; "
            "360Giving asks for fewer"
        )


def files(made: Release) -> dict[str, bytes]:
    """The JSON file and the workbook, by name. Raises ValueError for what is not valid."""
    rows = [_row(made, grant) for grant in made.grants]
    package = {"grants": [_nested(row) for row in rows]}
    require_valid(package)
    text = json.dumps(package, ensure_ascii=False, indent=2).translate(_ESCAPES)
    return {JSON_FILE: f"{text}\n".encode(), SHEET_FILE: _workbook(made, rows)}


def identifier(made: Release, grant: Grant) -> str:
    """The grant's identifier: prefix, the call's reference, the activity's code."""
    reference = re.sub(r"[^\w.-]+", "_", made.call.reference)
    return f"{made.facts.prefix}-{reference}-{grant.activity.code}"


def _row(made: Release, grant: Grant) -> list[Value]:
    """One value for each field."""
    activity, register = grant.activity, made.facts.register
    return [
        identifier(made, grant),
        activity.title,
        activity.description,
        made.call.currency,
        units(activity.requested),
        units(grant.award),
        made.facts.decided,
        activity.start,
        activity.end,
        org_id(grant.recipient.identifier, register),
        grant.recipient.name,
        org_id(made.publisher.identifier, register),
        made.publisher.name,
        made.call.reference,
        made.call.fund,
    ]


def _nested(row: list[Value]) -> dict[str, Any]:
    """The row as JSON has it; what is blank is left out."""
    grant: dict[str, Any] = {}
    for field, value in zip(FIELDS, row, strict=True):
        if value is None:
            continue
        *outer, name = field.path
        home = grant.setdefault(outer[0], [{}])[0] if outer else grant
        home[name] = _plain(value)
    return grant


def _plain(value: str | Decimal | dt.date) -> str | int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _workbook(made: Release, rows: list[list[Value]]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, SAFE_TEXT)
    set_properties(book, f"Grants: {made.call.fund}")
    sheet = book.add_worksheet(SHEET)
    places = money.decimals(made.call.currency)
    header = book.add_format({"bold": True})
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    amount = book.add_format({"num_format": "0" + ("." + "0" * places if places else "")})
    for at, field in enumerate(FIELDS):
        sheet.set_column(at, at, field.width)
        sheet.write_string(0, at, field.title, header)
    for number, row in enumerate(rows, 1):
        for at, value in enumerate(row):
            look = amount if isinstance(value, Decimal) else text if isinstance(value, str) else day
            if value is not None:
                write_cell(sheet, number, at, value, look)
    sheet.freeze_panes(1, 1)
    book.close()
    return stream.getvalue()
