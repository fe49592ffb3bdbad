"""What the user says for publication, because no award workbook holds it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from funding.errors import Fault, UsageError, WorkbookRejected
from funding.publish.organisations import LIST_CODE
from funding.workbook.tables import matching, plain_text
from funding.workbook.text_encoding import decoded
from funding.workbook.text_tables import records

CODE, IDENTIFIER, AGREED = "City code", "Identifier", "Agreed"

_PREFIX = re.compile(r"360G-[A-Za-z0-9]+(?:[_.-]+[A-Za-z0-9]+)*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_TEXT = ("Cc", "Cs")  # Unicode categories: control characters, halves of characters
_SEPARATORS = (",", ";", "\t")
_TORN = (
    "it has more cells than line 1, or a quotation mark that is not closed; put a text that holds "
    "a separator in quotation marks and double those within it"
)


@dataclass(frozen=True, slots=True)
class CityFact:
    """One line of the file of cities; what is blank there is "" or None."""

    code: str
    identifier: str
    agreed: dt.date | None
    place: Fault


@dataclass(frozen=True)
class CityFacts:
    """The file of cities: what it says, by city code, and what is wrong in it."""

    cities: Mapping[str, CityFact] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What the user says. What is not given is "" or None, and a fault where a standard asks.

    ``prefix`` begins every grant identifier; ``register`` is the list code of the register that
    identifiers come from which name none; ``decided`` is the day of the awards, ``agreed`` that
    of the agreements, ``decision`` the reference of the act that decides. Raises UsageError for
    a prefix or a register that can be none, and for a text that holds control characters.
    """

    prefix: str = ""
    publisher: str = ""
    publisher_id: str = ""
    register: str = ""
    decided: dt.date | None = None
    agreed: dt.date | None = None
    decision: str = ""
    de_minimis: bool | None = None
    cities: CityFacts = field(default_factory=CityFacts)

    def __post_init__(self) -> None:
        if self.prefix and _PREFIX.fullmatch(self.prefix) is None:
            raise UsageError(
                f'--prefix is "{self.prefix}"; expected 360G- and then letters A to Z, digits, and '
                ". - or _ between them, such as 360G-example."
            )
        if self.register and LIST_CODE.fullmatch(self.register) is None:
            raise UsageError(
                f'--register is "{self.register}"; expected the list code of a register, with '
                "its country first, such as GB-LAE (org-id.guide lists them)."
            )
        for name in ("publisher", "publisher_id", "decision"):
            strange = next(
                (c for c in getattr(self, name) if unicodedata.category(c) in _NO_TEXT), ""
            )
            if strange:
                raise UsageError(
                    f"--{name.replace('_', '-')} holds a control character "
                    f"(U+{ord(strange):04X}); expected plain text: type it again."
                )


def read_cities(path: Path) -> CityFacts:
    """The file of cities: a CSV file with ``City code``, and ``Identifier``, ``Agreed`` or both.

    Other columns are not read. Raises UsageError where it cannot be read, and WorkbookRejected
    where it is no text.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise UsageError(f"{path} cannot be read; is it there, and may you read it?") from None
    return cities_in(path.name, data)


def cities_in(file: str, data: bytes) -> CityFacts:
    """What the bytes of a file of cities of this name say, as `read_cities`."""
    try:
        text, _ = decoded(data)
    except WorkbookRejected as error:
        raise WorkbookRejected(f"{file}: {error}.") from None
    separator, headers = _headed(text)
    known = {
        name: headers.index(matching(name))
        for name in (CODE, IDENTIFIER, AGREED)
        if matching(name) in headers
    }
    top = Fault(file, "", 1, "", "")
    if CODE not in known or len(known) == 1:
        message = f"the columns must be {CODE}, and {IDENTIFIER} or {AGREED} or both, in line 1"
        return CityFacts(faults=(replace(top, message=message),))
    twice = [name for name in known if headers.count(matching(name)) > 1]
    if twice:
        message = "stands twice in line 1; keep one of the two"
        return CityFacts(faults=tuple(replace(top, message=f"{name} {message}") for name in twice))
    cities: dict[str, CityFact] = {}
    faults: list[Fault] = []
    for number, line in islice(enumerate(records(text, separator), 1), 1, None):
        place = Fault(file, f"line {number}", number, "", "")
        if line is None or len(line) > len(headers):
            faults.append(replace(place, message=_TORN))
            continue
        cells = {name: plain_text(line[at]) if at < len(line) else "" for name, at in known.items()}
        if not any(cells.values()):
            continue
        faults += (replace(place, message=wrong) for wrong in _wrong(cells, cities))
        cities.setdefault(cells[CODE], _fact(cells, place))
    return CityFacts(cities, tuple(faults))


def _headed(text: str) -> tuple[str, list[str]]:
    """The separator under which line 1 has the column of codes, and its headers as compared."""
    for separator in _SEPARATORS:
        headers = [matching(cell) for cell in next(records(text, separator), None) or []]
        if matching(CODE) in headers:
            return separator, headers
    return _SEPARATORS[0], []


def _wrong(cells: Mapping[str, str], before: Mapping[str, CityFact]) -> Iterator[str]:
    code, agreed = cells[CODE], cells.get(AGREED, "")
    if not code:
        yield f"{CODE} is blank"
    elif code in before:
        yield f"{code} stands in {before[code].place.sheet} already; keep one of the two"
    if agreed and _date(agreed) is None:
        yield f'{AGREED} is "{agreed}"; expected a date such as 2026-07-15'


def _fact(cells: Mapping[str, str], place: Fault) -> CityFact:
    return CityFact(cells[CODE], cells.get(IDENTIFIER, ""), _date(cells.get(AGREED, "")), place)


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
