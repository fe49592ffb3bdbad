"""The sheets as tables of raw cells, before anything is made of them.

A `Table` is what stands in a sheet: its headers and its rows, each row with its number in the
sheet and each column with its letter, so that a fault can name ``Activities!I17``. The grids of
the workbench show and edit tables; the reader makes them from workbooks, `to_tables` from
applications.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias, cast

from funding.applications import SHEETS, Activity, Applications, CellKind, Column, Record
from funding.money import in_units

FUND = "Fund"
FUND_HEADERS = ("Setting", "Value", "Note")
OUR_SHEETS = ("Faults",)  # written by us, never read
MOST_ROWS, MOST_COLUMNS = 40_000, 100  # of a sheet that are read
YEARLY = "Requested"  # Requested 2026, Requested 2027, …

_YEARLY = re.compile(rf"{YEARLY.casefold()} (\d{{4}})", re.ASCII)
_OURS = re.compile(rf"({'|'.join(OUR_SHEETS)})( \(\d+\))?", re.ASCII)
# soft hyphen, zero-width space, word joiner, byte order mark, marks of writing direction; not the
# joiners of letters, which show in some scripts
UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_LINE_BREAKS = re.compile(r"\r\n?|\v|\x85|\u2028|\u2029")


class ErrorCell(str):
    """A cell that holds an error of Excel, such as ``#N/A``."""

    __slots__ = ()


class Uncalculated(str):
    """A formula that was saved without its result."""

    __slots__ = ()


class Percent(float):
    """A number that Excel shows as a percentage: 0.815 is seen as 81.5 %."""

    __slots__ = ()


class Unread(str):
    """A text in a column of numbers or dates that was not read as one; ``why`` says why not,
    as the end of a sentence, or is empty where the text looks like neither."""

    __slots__ = ("why",)
    why: str

    def __new__(cls, text: str, why: str = "") -> Unread:
        made = super().__new__(cls, text)
        made.why = why
        return made


Value: TypeAlias = str | int | float | Decimal | bool | dt.date | dt.time | dt.timedelta | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: ``number`` counts from 1, ``values`` follow the table's headers.

    ``letters``, ``file`` and ``sheet`` are given where rows of several workbooks, or of a
    foreign sheet, stand in one table; else the table's letters, the file and the sheet that are
    being read are meant.
    """

    number: int
    values: tuple[Value, ...]
    letters: tuple[str, ...] = ()
    file: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as it stands: its headers, and the rows under them that are not blank."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    letters: tuple[str, ...] = ()
    header_row: int = 1  # the row in which the headers stand

    def letter(self, column: int, row: Row | None = None) -> str:
        """The letter of a column (counted from 0) in the sheet that the row came from."""
        letters = (row.letters if row else ()) or self.letters
        return letters[column] if letters else column_letter(column)

    def value(self, row: Row, column: int) -> Value:
        """The cell of a row in a column (from 0); a row may be shorter than the headers."""
        return row.values[column] if column < len(row.values) else None


def column_letter(column: int) -> str:
    """Excel's letter of a column counted from 0.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def plain_text(value: object) -> str:
    """Text as it is held: composed accents (NFC), one ordinary space between words, none at
    the ends, no characters that are never seen; line breaks stay.

    Spacing is no content: what looks the same on screen is the same. The table keeps the
    original.
    """
    text = str(value)
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # most cells; the rest of this function would do the same
    text = unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", UNSEEN.sub("", text)))
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def matching(value: object) -> str:
    """A header, the name of a sheet or a word of a list as it is compared: letter case does
    not matter."""
    return " ".join(plain_text(value).split()).casefold()


def is_blank(value: Value) -> bool:
    """Whether a cell holds nothing to be seen."""
    if value is None or not isinstance(value, str):
        return value is None
    text = value.strip()
    return not text or not (text.isascii() or UNSEEN.sub("", text).strip())


def sheet_called(name: str) -> str | None:
    """The sheet of the application workbook that is meant by a name, or None."""
    return _SHEET_NAMES.get(matching(name))


def is_ours(title: str) -> bool:
    """Whether a sheet was written by us into a workbook and is never read: Faults, Faults (2)."""
    return _OURS.fullmatch(title) is not None


def year_of(header: str) -> int | None:
    """The year of a header ``Requested 2027``, else None."""
    found = _YEARLY.fullmatch(matching(header))
    return int(found[1]) if found else None


def year_column(year: int) -> Column:
    """The column ``Requested YYYY`` of a year."""
    return Column(
        f"{YEARLY} {year}",
        CellKind.MONEY,
        f"The part of the request that falls in {year}",
        "currency",
        least=0,
        example="6000.00",
    )


def blank_table(sheet: str) -> Table:
    """The sheet with its headers and no rows."""
    if sheet == FUND:
        return Table(FUND_HEADERS, ())
    return Table(tuple(c.header for c in SHEETS[sheet].columns().values()), ())


def to_tables(applications: Applications) -> dict[str, Table]:
    """The six sheets as they would stand in a workbook; the inverse of reading.

    Money is given in currency units, yes and no as words, countries as ``SN; ML``.
    """
    years = sorted({y for a in applications.activities.values() for y, _ in a.requested_by_year})
    return {
        FUND: settings(applications.call),
        "Cities": _table("Cities", applications.cities.values()),
        "Activities": _with_years(applications.activities.values(), years),
        "Assessment": _table("Assessment", applications.assessments.values()),
        "City record": _table("City record", applications.records.values()),
        "Scores": _table("Scores", applications.scores),
    }


def to_assess(plans: Applications) -> dict[str, Table]:
    """The six sheets with the plans filled in, and of the ministry's sheets the codes alone."""
    sheets = to_tables(plans)
    for sheet, codes in (("Assessment", plans.activities), ("City record", plans.cities)):
        headers = sheets[sheet].headers
        blank = (None,) * (len(headers) - 1)
        rows = tuple(Row(number, (code, *blank)) for number, code in enumerate(codes, 2))
        sheets[sheet] = Table(headers, rows)
    return sheets


def settings(call: Record) -> Table:
    """Sheet Fund of a call: one setting a row."""
    columns = call.columns().items()
    rows = (
        Row(number, (column.header, _raw(column, getattr(call, name)), column.note))
        for number, (name, column) in enumerate(columns, 2)
    )
    return Table(FUND_HEADERS, tuple(rows))


def _table(sheet: str, records: Iterable[Record]) -> Table:
    columns = SHEETS[sheet].columns().items()
    rows = (
        Row(number, tuple(_raw(column, getattr(record, name)) for name, column in columns))
        for number, record in enumerate(records, 2)
    )
    return replace(blank_table(sheet), rows=tuple(rows))


def _with_years(activities: Iterable[Activity], years: Sequence[int]) -> Table:
    activities = list(activities)
    table = _table("Activities", activities)
    rows = tuple(
        replace(row, values=row.values + tuple(_year_values(activity, years)))
        for row, activity in zip(table.rows, activities, strict=True)
    )
    return Table(table.headers + tuple(year_column(y).header for y in years), rows)


def _year_values(activity: Activity, years: Sequence[int]) -> Iterable[Value]:
    by_year = dict(activity.requested_by_year)
    return (in_units(by_year[year]) if year in by_year else None for year in years)


def _raw(column: Column, value: object) -> Value:
    """A field as it stands in its cell."""
    if value is None or value == "" or value == ():
        return None
    match column.kind:
        case CellKind.MONEY:
            return in_units(cast(int, value))
        case CellKind.YES_NO:
            return "yes" if value else "no"
        case CellKind.COUNTRIES:
            return "; ".join(cast("tuple[str, ...]", value))
    return cast(Value, value)


def merged(parts: Sequence[tuple[str, Mapping[str, Table]]]) -> dict[str, Table]:
    """The tables of several workbooks as one set: rows joined under all headers that occur.

    Each row keeps its file, its number and its letters, so that it can still be named. Of
    sheet Fund the first stands for all.
    """
    if len(parts) == 1:
        return dict(parts[0][1])
    joined: dict[str, Table] = {}
    for sheet in SHEETS:
        found = [(file, tables[sheet]) for file, tables in parts if sheet in tables]
        if found:
            joined[sheet] = joined_table(found[:1] if sheet == FUND else found)
    return joined


def joined_table(parts: Sequence[tuple[str, Table]]) -> Table:
    """One sheet of several files as one table, under all headers that occur."""
    headers: dict[str, str] = {}  # as compared → as first met
    for _, table in parts:
        for header in table.headers:
            headers.setdefault(matching(header), header)
    rows: list[Row] = []
    for file, table in parts:
        places = {matching(header): at for at, header in enumerate(table.headers)}
        order = [places.get(header) for header in headers]
        usual = tuple("" if at is None else table.letter(at) for at in order)
        for row in table.rows:
            values = tuple(None if at is None else table.value(row, at) for at in order)
            own = tuple("" if at is None else table.letter(at, row) for at in order)
            letters = own if row.letters else usual
            rows.append(Row(row.number, values, letters, row.file or file, row.sheet))
    return Table(tuple(headers.values()), tuple(rows))


_SHEET_NAMES = {matching(sheet): sheet for sheet in SHEETS}
