"""Grants as French essential grant data ("données essentielles des conventions de subvention").

Source: decree 2017-779 of 5 May 2017 and order of 17 November 2017, which name the fourteen
columns; their formats as in Etalab's description of the format, version 1.1.1 (UTF-8, commas,
decimal points), and in the schema "Subventions" 2.0 of the common base of local data (SCDL),
which is what published files are checked with: periods with ``/``, texts of 256 characters.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

from funding.errors import Fault
from funding.publish.grants import UNSAID, Grant, Release, blank, short, units
from funding.publish.organisations import Unfit, siret

FILE = "fr-subventions.csv"
COLUMNS = (
    "nomAttribuant",
    "idAttribuant",
    "dateConvention",
    "referenceDecision",
    "nomBeneficiaire",
    "idBeneficiaire",
    "objet",
    "montant",
    "nature",
    "conditionsVersement",
    "datesPeriodeVersement",
    "idRAE",
    "notificationUE",
    "pourcentageSubvention",
)
MOST_TEXT = 256  # characters of objet
CURRENCY = "EUR"

# Where a spreadsheet takes what follows for a formula: at the start of a cell, and after the
# semicolon at which a French one ends the cells of any CSV file. Quotation marks before it can be
# an empty quoted text there, behind which the cell goes on.
_FORMULA = re.compile(r"(?:^|(?<=;))([\s\"]*)(?=[=+\-@＝＋－＠])")


def faults(made: Release) -> Iterator[Fault]:
    """What the format asks for and nobody said, or what it cannot take."""
    facts, call = made.facts, made.call
    if call.currency != CURRENCY:
        message = f"Currency is {call.currency}; montant is in EUR alone"
        yield replace(made.setting("Currency"), message=message)
    for organisation in (made.publisher, *made.recipients):
        if not organisation.identifier:
            yield blank(organisation)
            continue
        try:
            siret(organisation.identifier)
        except Unfit as error:
            message = f"{organisation.header} of {organisation.label} {error}"
            yield replace(organisation.place, message=message)
    yield from _without_day(made)
    if facts.de_minimis is None:
        yield replace(
            UNSAID,
            message="nothing says whether this is de minimis aid (notificationUE)"
            "; give --de-minimis or --no-de-minimis",
        )
    for grant in made.grants:
        if len(_line(grant.activity.title)) > MOST_TEXT:
            message = f"Title of {grant.activity.code} has {len(_line(grant.activity.title))} "
            message += f"characters; objet takes {MOST_TEXT}. Shorten it in the applications and "
            yield replace(made.cell(grant, "Title"), message=f"{message}allocate again")


def _without_day(made: Release) -> Iterator[Fault]:
    """Agreements without a day, and those that would be older than the decision."""
    missing = list(dict.fromkeys(g.activity.city for g in made.grants if g.agreed is None))
    if missing:
        count = f"{len(missing)} {'city' if len(missing) == 1 else 'cities'}"
        yield replace(
            UNSAID,
            message=f"no day of the agreement (dateConvention) for {count} "
            f"({short(missing)}); give one for all with --agreed, such as --agreed 2026-07-15, or "
            "one for each in column Agreed of --cities FILE.csv",
        )
    decided = made.facts.decided
    if decided is None:
        return
    early = {g.activity.city: g.agreed for g in made.grants if g.agreed and g.agreed < decided}
    own = {city: made.facts.cities.cities[city] for city in early if _has_own_day(made, city)}
    for city, fact in own.items():
        message = f"the agreement with {city} is of {fact.agreed}, before --decided {decided}"
        yield replace(fact.place, message=f"{message}; correct one of them")
    if len(own) < len(early):
        message = f"the agreements are of {made.facts.agreed}, before --decided {decided}"
        yield Fault("", "--agreed", 0, "", f"{message}; correct one of them")


def _has_own_day(made: Release, city: str) -> bool:
    """Whether the file of cities gives the day of the agreement with a city."""
    said = made.facts.cities.cities.get(city)
    return said is not None and said.agreed is not None


def notes(made: Release) -> Iterator[str]:
    """What the user should look at: days that cannot follow, and texts with an apostrophe so
    that no spreadsheet takes them for a formula."""
    late = [g for g in made.grants if g.agreed and g.agreed.year > g.years[-1]]
    if late:
        named = short(grant.activity.code for grant in late)
        yield (
            f"{FILE}: dateConvention of {named} is later than the last year with a payment; "
            "look at --agreed or --cities"
        )
    texts = {text for grant in made.grants for text in _texts(made, grant)}
    marked = sum(_guarded(text) != text for text in texts)
    if marked:
        count = f"{marked} {'text' if marked == 1 else 'texts'}"
        yield (
            f"{FILE}: an apostrophe was written in {count}, before what a spreadsheet would "
            "take for a formula"
        )


def files(made: Release) -> dict[str, bytes]:
    """The CSV file, by name."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for grant in made.grants:
        writer.writerow(_row(made, grant))
    return {FILE: stream.getvalue().encode()}


def _row(made: Release, grant: Grant) -> list[str]:
    """One text for each column."""
    funder, decision, city, title = map(_guarded, _texts(made, grant))
    return [
        funder,
        siret(made.publisher.identifier),
        grant.agreed.isoformat() if grant.agreed else "",
        decision,
        city,
        siret(grant.recipient.identifier),
        title,
        str(units(grant.award)),
        "aide en numéraire",
        "unique" if len(grant.years) == 1 else "échelonné",
        f"{grant.years[0]}-01-01/{grant.years[-1]}-12-31",
        "",
        "oui" if made.facts.de_minimis else "non",
        "1.00",
    ]


def _texts(made: Release, grant: Grant) -> list[str]:
    """The texts of a row that people typed: funder, decision, city, title, each in one line."""
    funder, city = made.publisher.name, grant.recipient.name
    return [_line(t) for t in (funder, made.facts.decision, city, grant.activity.title)]


def _line(text: str) -> str:
    return " ".join(text.split())


def _guarded(text: str) -> str:
    """The text with an apostrophe before each formula that a spreadsheet could see in it."""
    return _FORMULA.sub(r"\1'", text)
