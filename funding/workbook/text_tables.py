"""From the bytes of a CSV file to the table of the sheet that it holds.

A CSV file does not say how it is written: its encoding, what stands between its cells, its
decimal sign, the order of its dates, even which sheet it is. Each is taken from what the file
itself proves and told in a note; where nothing proves it, the file is refused or the cell is a
fault, with what to do.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from funding.applications import SHEETS, CellKind
from funding.errors import Fault, Stage, WorkbookRejected
from funding.workbook.cells import shown
from funding.workbook.headings import HEADER_ROWS
from funding.workbook.parsing import is_example
from funding.workbook.reader import Grid, beyond_rows
from funding.workbook.sheet import LAST_ROW
from funding.workbook.tables import (
    FUND,
    FUND_HEADERS,
    MOST_COLUMNS,
    MOST_ROWS,
    ErrorCell,
    Row,
    Table,
    Value,
    column_letter,
    is_blank,
    matching,
    year_of,
)
from funding.workbook.text_encoding import decoded
from funding.workbook.text_values import Conventions
from funding.workbook.written import NUMBERS

MOST_BROKEN = 20  # rows with broken quotes, after which the rest is not read

_SEPARATORS = {";": '";"', ",": '","', "\t": "a tab"}
_DECLARED = re.compile(r'\A"?sep=(.)"?[;,\t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
# as Excel writes them in English, German and French
_ERRORS = re.compile(
    r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|UNKNOWN!|CONNECT!"
    r"|BUSY!|GETTING_DATA|NV|BEZUG!|WERT!|ZAHL!|VALEUR!|NOM\?|NOMBRE!|NUL!)"
)
_WORDS = re.compile(r"[^\W_]+")

Record: TypeAlias = list[str]
Kinds: TypeAlias = Callable[[Row], Sequence[tuple[int, CellKind]]]  # places and kinds in a row

_NOT_TEXT = NUMBERS | {CellKind.DATE, CellKind.YES_NO}


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file is laid out, and ``told`` as a note says it."""

    sheet: str
    separator: str
    header_row: int
    headers: Record
    told: str

    def header(self, at: int) -> str:
        """The header of a column, counted from 0."""
        return self.headers[at] if at < len(self.headers) else ""


@dataclass(frozen=True, slots=True)
class _Fit:
    """How many headers of a sheet stand in a row, and whether all that must be there do."""

    sheet: str
    row: int
    headers: Record
    count: int
    complete: bool


def read_text(name: str, data: bytes, file: str) -> tuple[dict[str, Table], list[Fault]]:
    """The one sheet that a CSV file holds, with the faults and notes on the file as a whole.

    ``name`` is the file's name, which tells sheets with the same headers apart; ``file`` is
    what faults carry. Numbers come as Decimal, dates as date, blanks as None; what does not
    fit the file's conventions stays text (`Unread`), for `parsed` to make the fault. Rows are
    numbered as Excel shows them. Raises WorkbookRejected, in a sentence without the file's
    name, for a file of which nothing can be read.
    """
    text, encoding = decoded(data)
    layout, text = _layout(name, text)
    faults: list[Fault] = []
    rows = list(_rows(file, layout, text, faults))
    notes = [layout.told]
    if encoding == "cp1252":
        notes.append(_told_of_cp1252(layout, rows))
    elif encoding:
        notes[0] += f", its text in {encoding}"
    rows, conventions = _converted(layout, rows)
    for message in notes + conventions.notes():
        faults.append(Fault(file, layout.sheet, 0, "", message, blocks=False, stage=Stage.FILE))
    return {layout.sheet: Grid(layout.sheet, tuple(rows)).table()}, faults


def _told_of_cp1252(layout: _Layout, rows: Sequence[Row]) -> str:
    told = "read as Windows-1252 (cp1252), for it is not UTF-8; check that accents look right"
    example = next(_accented(layout, rows), "")
    return f"{told}, for example {example}" if example else told


def _accented(layout: _Layout, rows: Sequence[Row]) -> Iterator[str]:
    """Cells that hold more than ASCII, as a note names them: those under the headers first."""
    for row in sorted(rows, key=lambda row: row.number <= layout.header_row):
        for at, value in enumerate(row.values):
            if isinstance(value, str) and not value.isascii():
                header = " ".join(layout.header(at).split())
                named = header if header and row.number > layout.header_row else column_letter(at)
                yield f"{named} in row {row.number} is {shown(value)}"


# Separator and sheet


def _layout(name: str, text: str) -> tuple[_Layout, str]:
    """The separator and the sheet that the headers prove, and the text without a line sep=."""
    declared = _DECLARED.match(text)
    if not declared:
        separator, fits = _separated(text)
    else:
        separator, text = declared[1], text[declared.end() :]
        if separator not in _SEPARATORS:
            raise WorkbookRejected(
                f"the first line says that {shown(separator)} stands between cells; "
                'expected ";", "," or a tab: save the file again with one of these'
            )
        fits = _fits(text, separator)
    most = max(fit.count for fit in fits)
    if most < 2:
        raise WorkbookRejected(
            f"none of the first {HEADER_ROWS} rows holds the headers of one of the sheets "
            f'{", ".join(SHEETS)}, with ";", "," or a tab between them; start from the template'
        )
    fit, why = _best(name, fits, most)
    between = ", as its first line says," if declared else ""
    told = f"read as sheet {fit.sheet}{why}, with {_SEPARATORS[separator]}{between} between cells"
    return _Layout(fit.sheet, separator, fit.row, fit.headers, told), text


def _separated(text: str) -> tuple[str, list[_Fit]]:
    """The separator that gives most of our headers."""
    fits = {separator: _fits(text, separator) for separator in _SEPARATORS}
    counts = {separator: max(f.count for f in found) for separator, found in fits.items()}
    most = max(counts.values())
    best = [separator for separator, count in counts.items() if count == most]
    if len(best) > 1 and most > 1:
        either = " as with ".join(_SEPARATORS[separator] for separator in best)
        raise WorkbookRejected(
            f"what stands between the cells is not clear: the headers have as many known names "
            f"with {either}; save the file again with one of them throughout"
        )
    return best[0], fits[best[0]]


def _fits(text: str, separator: str) -> list[_Fit]:
    """For each sheet the row, of the first ones, that holds most of its headers."""
    top = list(islice(records(text, separator), HEADER_ROWS)) or [[]]
    rows = [{matching(cell) for cell in record or ()} for record in top]
    fits = []
    for sheet in SHEETS:
        known, needed = _headers(sheet)
        counts = [_count(sheet, words, known) for words in rows]
        best = counts.index(max(counts))
        fits.append(_Fit(sheet, best + 1, top[best] or [], counts[best], needed <= rows[best]))
    return fits


def _count(sheet: str, words: set[str], known: set[str]) -> int:
    years = sum(1 for word in words if year_of(word)) if sheet == "Activities" else 0
    return len(words & known) + years


def _headers(sheet: str) -> tuple[set[str], set[str]]:
    """The headers of a sheet as they are compared, and those of them that must be there."""
    if sheet == FUND:
        return set(map(matching, FUND_HEADERS)), set(map(matching, FUND_HEADERS[:2]))
    columns = SHEETS[sheet].columns().values()
    needed = {matching(c.header) for c in columns if c.required or c.required_header}
    return {matching(c.header) for c in columns}, needed


def _best(name: str, fits: Sequence[_Fit], most: int) -> tuple[_Fit, str]:
    """The sheet whose headers fit best, and what else it was told by.

    The file's name decides between sheets that fit equally, or for one that lacks no header
    where those with more of them do.
    """
    best = [fit for fit in fits if fit.count == most]
    whole = [fit for fit in best if fit.complete]
    for fit in fits:
        if fit.sheet != _sheet_named(name):
            continue
        if fit in best or (fit.complete and fit.count > 1 and not whole):
            return fit, " by the file's name" if best != [fit] else ""
    chosen = whole if len(whole) == 1 else best
    if len(chosen) > 1:
        raise WorkbookRejected(
            f"its headers may be those of sheet {' or '.join(fit.sheet for fit in chosen)}; name "
            f"the file after its sheet, such as {matching(chosen[0].sheet).replace(' ', '-')}.csv"
        )
    return chosen[0], ""


def _sheet_named(name: str) -> str | None:
    """The one sheet whose name stands in the file's name, as in ``city-record_2026.csv``."""
    words = f" {' '.join(_WORDS.findall(matching(name)))} "
    found = [sheet for sheet in SHEETS if f" {matching(sheet)} " in words]
    return found[0] if len(found) == 1 else None


# Rows


def records(text: str, separator: str) -> Iterator[Record | None]:
    """The rows of CSV text, blank ones too; None for one whose quotes are broken.

    After such a row reading goes on in the line below the one that it began in.
    """
    stream = io.StringIO(text, newline="")
    reader = csv.reader(stream, delimiter=separator, strict=True)
    while True:
        start = stream.tell()
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            stream.seek(start)
            stream.readline()
            yield None


def _rows(file: str, layout: _Layout, text: str, faults: list[Fault]) -> Iterator[Row]:
    """The rows that hold anything, as text, the headers among them. Rows that cannot be told
    apart into cells are faults and left out."""
    broken = 0
    wide = len(layout.headers)
    far = ""

    def fault(number: int, message: str) -> None:
        faults.append(Fault(file, layout.sheet, number, str(number), message))

    for number, record in enumerate(records(text, layout.separator), 1):
        # Blank rows are followed to Excel's last and no further.
        if number <= LAST_ROW and record is not None and all(map(is_blank, record)):
            continue
        if number > MOST_ROWS:
            faults.append(beyond_rows(file, layout.sheet, number))
            return
        if record is None:
            broken += 1
            fault(number, _BROKEN_QUOTES + (_NOR_BELOW if broken == MOST_BROKEN else ""))
            if broken == MOST_BROKEN:
                return
        elif number > layout.header_row and len(record) > wide:
            fault(number, _too_many(layout.separator, len(record), wide))
        else:
            if not far and (far := _far(number, record)):
                faults.append(Fault(file, layout.sheet, number, far, _TOO_FAR, blocks=False))
            yield Row(number, tuple(map(_value, record[:MOST_COLUMNS])))


_TOO_FAR = (
    f"this cell lies beyond column {column_letter(MOST_COLUMNS - 1)}, the last that is read; "
    "it was not read"
)
_BROKEN_QUOTES = (
    "a quotation mark that opens a text in this row is not closed, or the text goes on behind it; "
    'put the whole text in quotation marks and double those within it ("a ""b"" c"); '
    "the row was not read"
)
_NOR_BELOW = "; nor were the rows below it, for too many are like this"


def _far(number: int, record: Record) -> str:
    """The first cell of a row that lies too far right to be read, or ""."""
    places = range(MOST_COLUMNS, len(record))
    return next((f"{column_letter(at)}{number}" for at in places if not is_blank(record[at])), "")


def _too_many(separator: str, count: int, wide: int) -> str:
    return (
        f"this row has {count} cells under {wide} headers and was not read; a text or a number "
        f"with {_SEPARATORS[separator]} in it needs quotation marks around it, as in "
        f'"a{separator if separator != chr(9) else " "}b"'
    )


def _value(text: str) -> Value:
    if is_blank(text):
        return None
    return ErrorCell(text.strip()) if "#" in text and _ERRORS.fullmatch(text.strip()) else text


# Values


def _converted(layout: _Layout, rows: Sequence[Row]) -> tuple[list[Row], Conventions]:
    """The rows with numbers, dates, TRUE and FALSE for the texts that stand for them."""
    kinds = _kinds(layout)
    below = [row for row in rows if row.number > layout.header_row]
    conventions = Conventions.of(
        (kind, text.strip(), f"{column_letter(at)}{row.number}")
        for row in below
        if not any(map(is_example, row.values))  # which is never read
        for at, kind, text in _texts(row, kinds)
        if kind is not CellKind.YES_NO
    )
    made = [row for row in rows if row.number <= layout.header_row]
    for row in below:
        values = list(row.values)
        for at, kind, text in _texts(row, kinds):
            values[at] = _read(kind, text, conventions)
        made.append(Row(row.number, tuple(values)))
    return made, conventions


def _read(kind: CellKind, text: str, conventions: Conventions) -> Value:
    word = text.strip()
    if kind is CellKind.YES_NO:
        return word == "TRUE" if word in ("TRUE", "FALSE") else text
    return conventions.date(word) if kind is CellKind.DATE else conventions.number(kind, word)


def _texts(row: Row, kinds: Kinds) -> Iterator[tuple[int, CellKind, str]]:
    """The cells of a row that hold text where something else belongs: column, kind, text."""
    for at, kind in kinds(row):
        value = row.values[at] if at < len(row.values) else None
        if isinstance(value, str) and not isinstance(value, ErrorCell):
            yield at, kind, value


def _kinds(layout: _Layout) -> Kinds:
    """What the columns of a sheet hold that is not text."""
    places = [(matching(header), at) for at, header in enumerate(layout.headers[:MOST_COLUMNS])]
    columns = SHEETS[layout.sheet].columns().values()
    known = {matching(c.header): c.kind for c in columns if c.kind in _NOT_TEXT}
    if layout.sheet == FUND:
        return _settings(dict(reversed(places)), known)
    found = [(at, known[header]) for header, at in places if header in known]
    if layout.sheet == "Activities":
        found += [(at, CellKind.MONEY) for header, at in places if year_of(header) is not None]
    return lambda row: found


def _settings(places: Mapping[str, int], known: Mapping[str, CellKind]) -> Kinds:
    """Sheet Fund: the value of a row is of the kind of its setting."""
    setting, value = (places.get(matching(header), MOST_COLUMNS) for header in FUND_HEADERS[:2])

    def kinds(row: Row) -> list[tuple[int, CellKind]]:
        name = matching(row.values[setting] or "") if setting < len(row.values) else ""
        return [(value, known[name])] if name in known else []

    return kinds
