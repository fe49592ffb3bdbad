"""Pairing the columns of a foreign workbook with ours: the choices, and the mapping they make."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from funding.app.grids import raw
from funding.applications import CellKind
from funding.errors import FundingError, WorkbookRejected
from funding.workbook import Intake, Table, read
from funding.workbook import Mapping as Pairing
from funding.workbook.cells import shown
from funding.workbook.mapping import build_mapping
from funding.workbook.reader import Grid, open_grids
from funding.workbook.suggestions import suggest
from funding.workbook.tables import FUND, Value, is_blank, matching, sheet_called, year_column
from funding.workbook.targets import CODES, filled, fineness, needs, targets, unambiguous

FUND_SETTINGS = ("Fund", "Reference", "Currency", "First year")
DATES = ("DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "YYYY-MM-DD", "YYYY/MM/DD")
_HEADERS_WITHIN = 10  # rows in which the headers are looked for
_YEARS = 4  # columns Requested YYYY that are offered
_EXAMPLES = 2  # values that tell what a column holds
_LONGEST = 24  # characters of one
_IN_SHEET = re.compile(r"sheets\.(\d+)\.(?:\w+: )?")
MOST_WORDS = 40  # different words of a column that can be translated

File = tuple[str, bytes]


@dataclass(frozen=True)
class SheetChoice:
    """What was chosen for one foreign sheet; ``constants`` are texts as typed."""

    title: str
    header_row: int
    columns: Mapping[str, Sequence[str]]
    number_rows: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Choices:
    """All that was chosen; ``fund`` are settings as typed, ``conventions`` as the file has it."""

    name: str
    sheets: Sequence[SheetChoice]
    fund: Mapping[str, str] = field(default_factory=dict)
    conventions: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Room:
    """Files that wait for the columns of a foreign one to be paired.

    ``files`` are all that will be opened together, ``foreign`` the names of those that have
    none of our sheets; the ``grids`` are those of the first of them. ``number`` tells the
    widgets of one room from those of another.
    """

    files: tuple[File, ...]
    foreign: tuple[str, ...]
    grids: tuple[Grid, ...]
    number: int
    _read: tuple[str, Intake | str] | None = None
    _tables: dict[tuple[str, int], Table] = field(default_factory=dict)

    _opened = 0

    @classmethod
    def of(cls, files: Sequence[File], foreign: Sequence[str]) -> Room:
        """The room for some files of which at least one is foreign."""
        data = next(data for name, data in files if name == foreign[0])
        grids = open_grids("", data, lambda title: title).grids
        Room._opened += 1
        filled_grids = tuple(grid for grid in grids if grid.rows)
        return cls(tuple(files), tuple(foreign), filled_grids, Room._opened)

    def table(self, title: str, header_row: int) -> Table:
        """A foreign sheet under the headers of a row."""
        key = (title, header_row)
        if key not in self._tables:
            self._tables[key] = next(g for g in self.grids if g.title == title).table(header_row)
        return self._tables[key]

    def header_row(self, title: str) -> int:
        """The row in which the headers of a sheet most likely stand."""
        grid = next(grid for grid in self.grids if grid.title == title)
        rows = [row.number for row in grid.rows[:_HEADERS_WITHIN]]

        def likely(number: int) -> tuple[int, int, int]:
            headers = self.table(title, number).headers
            found = len(suggest(self.table(title, number)))
            return found, sum(not is_blank(h) for h in headers), -number

        return max(rows, key=likely, default=1)

    def would_give(self, mapping: Pairing, toml: str) -> Intake | str:
        """What the files give through a mapping, or why they cannot be read."""
        if self._read is None or self._read[0] != toml:
            try:
                self._read = (toml, read(list(self.files), mapping))
            except FundingError as error:
                self._read = (toml, str(error))
        return self._read[1]


def foreign_files(files: Iterable[File], mapping: Pairing | None) -> tuple[str, ...]:
    """The names of the Excel workbooks that are sound, have none of our sheets and are not
    fitted by the mapping."""
    found = []
    for name, data in files:
        if PurePath(name).suffix.lower() != ".xlsx":
            continue
        try:
            titles = open_grids("", data, lambda _: None).titles
        except WorkbookRejected:
            continue
        ours = any(sheet_called(title) for title in titles)
        if titles and not ours and not (mapping and mapping.fits(titles)):
            found.append(name)
    return tuple(found)


def mapping_of(choices: Choices) -> Pairing:
    """The mapping that was chosen. Raises InputError with every problem, in sentences."""
    fund = {f: _constant(f"{FUND}: {f}", text) for f, text in choices.fund.items() if text.strip()}
    conventions = {key: value for key, value in choices.conventions.items() if value}
    tables = {
        "format": 1,
        "name": choices.name,
        "fund": fund,
        "conventions": conventions,
        "sheets": [_sheet_table(sheet) for sheet in choices.sheets],
    }
    return build_mapping(tables)


def problems(told: str, titles: Sequence[str]) -> list[str]:
    """The problems of a mapping for somebody who sees no file: with the sheet's own name in
    the place of where it stands in the file."""
    found = []
    for line in filter(None, map(str.strip, told.splitlines())):
        match = _IN_SHEET.match(line)
        if match:
            # Several sheets of ours may lack something: one line each.
            for part in re.split(r"; (?=sheet )", line[match.end() :]):
                found.append(f"{titles[int(match[1])]}: {part}")
        else:
            found.append(line)
    return found


def _sheet_table(sheet: SheetChoice) -> dict[str, Any]:
    constants = {h: _constant(h, t) for h, t in sheet.constants.items() if t.strip()}
    words = {
        header: {word: own for word, own in given.items() if own}
        for header, given in sheet.words.items()
        if any(given.values())
    }
    return {
        "sheet": sheet.title,
        "header_row": sheet.header_row,
        "number_rows": sheet.number_rows.strip(),
        "columns": {theirs: list(ours) for theirs, ours in sheet.columns.items() if ours},
        "defaults": constants,
        "values": words,
    }


def _constant(header: str, text: str) -> Any:
    """What was typed, as a cell of ours would hold it."""
    value = raw(targets(header)[0].column, text.strip())
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)  # the file then says 2026 and not 2026.0
    return value


def headers_of(table: Table) -> list[str]:
    """The foreign headers that can be paired: those with a text, each once."""
    seen = {matching(header): header for header in reversed(table.headers)}
    return [h for h in table.headers if not is_blank(h) and seen[matching(h)] is h]


def example(table: Table, header: str) -> str:
    """The first different values of a column, shortly."""
    at = table.headers.index(header)
    values: dict[str, None] = {}
    for row in table.rows:
        value = table.value(row, at)
        if not is_blank(value):
            text = " ".join(cell_text(value).split())
            values[text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"] = None
        if len(values) == _EXAMPLES:
            break
    return ", ".join(values)


def cell_text(value: Value) -> str:
    """A cell as text on screen; a blank one is empty."""
    if is_blank(value):
        return ""
    if isinstance(value, dt.datetime) and not value.time():
        value = value.date()
    return str(value) if isinstance(value, str | dt.date) else shown(value)


def options(first_year: str) -> list[str]:
    """Our headers that a column can fill; the years from the fund's first one on."""
    found = unambiguous()
    if first_year.strip().isdigit():
        start = int(first_year)
        found += [year_column(year).header for year in range(start, start + _YEARS)]
    return found


def option_label(header: str) -> str:
    """A header of ours with its sheet, as the list of choices shows it."""
    own = targets(header)
    if own[0].is_code:
        return f"{own[0].header} (all sheets)"
    return f"{own[0].header} ({own[0].sheet})"


def wanted(columns: Mapping[str, Sequence[str]], number_rows: str) -> list[str]:
    """What the sheets that are fed must have and no column gives; codes are no constants."""
    found = filled(columns, (), number_rows)
    names = unambiguous()
    return [
        header if header in names else f"{sheet}: {header}"
        for sheet in sorted(set(found) - {FUND}, key=fineness)
        for header in needs(sheet)
        if header not in found[sheet] and header not in CODES
    ]


def lacks_codes(columns: Mapping[str, Sequence[str]]) -> bool:
    """Whether activities are fed and no column gives their code."""
    found = filled(columns, (), "")
    fed = [sheet for sheet in ("Activities", "Assessment") if sheet in found]
    return any("Activity code" not in found[sheet] for sheet in fed)


def choices_of(header: str) -> tuple[str, ...]:
    """The words that a column of ours takes; empty where it takes others too."""
    column = targets(header)[0].column
    return ("yes", "no") if column.kind is CellKind.YES_NO else tuple(column.choices)


def foreign_words(table: Table, theirs: str, ours: str) -> list[str]:
    """The different words of a foreign column that are none of ours, the first `MOST_WORDS`."""
    at = table.headers.index(theirs)
    known = {matching(word) for word in choices_of(ours)}
    found: dict[str, str] = {}
    for row in table.rows:
        value = table.value(row, at)
        if isinstance(value, str) and not is_blank(value) and matching(value) not in known:
            found.setdefault(matching(value), value.strip())
    return list(found.values())[:MOST_WORDS]
