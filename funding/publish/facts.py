"""What the user says for publication, because no award workbook holds it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from funding.errors import Fault, UsageError, WorkbookRejected
from funding.publish.organisations import LIST_CODE
from funding.workbook.tables import matching, plain_text
from funding.workbook.text_encoding import decoded

CODE, IDENTIFIER, AGREED = "City code", "Identifier", "Agreed"

_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SEPARATORS = (",", ";", "\t")


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
    a prefix or a register that can be none.
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
                f'--prefix is "{self.prefix}"; expected letters A to Z, digits, and . - or _ '
                "between them, such as 360G-example."
            )
        if self.register and LIST_CODE.fullmatch(self.register) is None:
            raise UsageError(
                f'--register is "{self.register}"; expected the list code of a register, with '
                "its country first, such as GB-LAE (org-id.guide lists them)."
            )


def read_cities(path: Path) -> CityFacts:
    """The file of cities: a CSV file with ``City code``, and ``Identifier``, ``Agreed`` or both.

    Other columns are not read. Raises UsageError where it cannot be read, and WorkbookRejected
    where it is no text.
    """
    try:
        text, _ = decoded(path.read_bytes())
    except OSError:
        raise UsageError(f"{path} cannot be read; is it there, and may you read it?") from None
    except WorkbookRejected as error:
        raise WorkbookRejected(f"{path.name}: {error}.") from None
    lines = _lines(text)
    headers = [matching(cell) for cell in lines[0]] if lines else []
    known = {
        name: headers.index(matching(name))
        for name in (CODE, IDENTIFIER, AGREED)
        if matching(name) in headers
    }
    if CODE not in known or len(known) == 1:
        message = f"the columns must be {CODE}, and {IDENTIFIER} or {AGREED} or both, in line 1"
        return CityFacts(faults=(Fault(path.name, "", 1, "", message),))
    cities: dict[str, CityFact] = {}
    faults: list[Fault] = []
    for number, line in enumerate(lines[1:], 2):
        cells = {name: plain_text(line[at]) if at < len(line) else "" for name, at in known.items()}
        if not any(cells.values()):
            continue
        place = Fault(path.name, f"line {number}", number, "", "")
        faults += (replace(place, message=wrong) for wrong in _wrong(cells, cities))
        cities.setdefault(cells[CODE], _fact(cells, place))
    return CityFacts(cities, tuple(faults))


def _lines(text: str) -> Sequence[list[str]]:
    """The cells of each line, by the separator under which the first has the column of codes."""
    first = text.partition("\n")[0]
    for separator in _SEPARATORS:
        if matching(CODE) in map(matching, next(csv.reader([first], delimiter=separator), [])):
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    return []


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
