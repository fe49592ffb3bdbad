"""From a file's bytes to tables of raw cells, safely, with the sheet's own row numbers.

An Excel workbook gives a `Grid` for each sheet that is wanted: ours by their names, or those
that a mapping names.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from funding.applications import SHEETS
from funding.errors import Fault, Stage, WorkbookRejected
from funding.workbook.package import check_package, too_much
from funding.workbook.parts import Book, SheetPart, read_book
from funding.workbook.sheet import SheetCells
from funding.workbook.tables import (
    MOST_COLUMNS,
    MOST_ROWS,
    Row,
    Table,
    Value,
    column_letter,
    is_blank,
    is_ours,
    matching,
    sheet_called,
)

MOST_HELD = 8_000_000  # cells in the tables of all sheets, blank ones among them

_LISTED = 20  # titles of sheets that a message lists
_SHOWN = 60  # characters of a title
_ALIKE = 0.75  # of a sheet's name and ours, that the one may be meant by the other


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet as it stands: its filled rows with their numbers, row 1 among them.

    ``oddities`` are notes (hidden rows, merged cells …) and the fault of too many rows.
    """

    title: str
    rows: tuple[Row, ...]
    oddities: tuple[Fault, ...] = ()

    def table(self, header_row: int = 1) -> Table:
        """The sheet as a table under the headers that stand in a row; rows above are left out."""
        headers: Sequence[Value] = ()
        below: list[Row] = []
        for row in self.rows:
            if row.number == header_row:
                headers = row.values
            elif row.number > header_row:
                below.append(row)
        width = max(map(_width, (headers, *(row.values for row in below))))
        names = tuple("" if is_blank(v) else str(v) for v in _padded(headers, width))
        padded = tuple(Row(row.number, _padded(row.values, width)) for row in below)
        return Table(names, padded, tuple(column_letter(at) for at in range(width)))


@dataclass(frozen=True, slots=True)
class Opened:
    """A workbook as far as it was wanted: its grids, the titles of all its sheets, its notes."""

    grids: tuple[Grid, ...]
    titles: tuple[str, ...]
    notes: tuple[Fault, ...]


def open_grids(file: str, data: bytes, called: Callable[[str], str | None]) -> Opened:
    """The sheets of an Excel workbook that ``called`` gives a name; others are not looked at.

    ``called`` takes a title and gives the name that faults carry, or None. Raises
    WorkbookRejected, in a sentence, for what is no safe or sound workbook.
    """
    package = check_package(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = read_book(archive)
            grids = []
            held = 0
            for sheet in book.sheets:
                if sheet.part and (name := called(sheet.title)) is not None:
                    grids.append(_grid(file, name, archive, book, sheet))
                    held += _size(grids[-1])
                    if held > MOST_HELD:
                        raise too_much()
    except WorkbookRejected:
        raise
    except Exception as error:  # a damaged part leads the parser and the archive to many
        raise unreadable() from error
    notes = tuple(
        Fault(file, "", 0, "", message, blocks=False, stage=Stage.FILE)
        for message in package.beside
    )
    return Opened(tuple(grids), tuple(sheet.title for sheet in book.sheets), notes)


def unreadable() -> WorkbookRejected:
    """The refusal of a workbook with a damaged part."""
    return WorkbookRejected(
        "the workbook is damaged and cannot be read; open it in Excel, let Excel repair it, "
        "and save it again"
    )


def open_tables(file: str, data: bytes) -> tuple[dict[str, Table], list[Fault]]:
    """The tables of an application workbook by the names of our sheets, with what is odd.

    Raises WorkbookRejected.
    """
    opened = open_grids(file, data, sheet_called)
    tables: dict[str, Table] = {}
    faults = list(opened.notes)
    for grid in opened.grids:
        sheet = sheet_called(grid.title) or grid.title
        if sheet in tables:
            message = f"sheet {sheet} stands twice; delete one of the two"
            faults.append(Fault(file, grid.title, 0, "", message, stage=Stage.SHEETS))
        else:
            tables[sheet] = grid.table()
            faults += grid.oddities
    if not tables:
        raise WorkbookRejected(
            f"the workbook has none of the sheets {', '.join(SHEETS)}; it has "
            f"{_titles(opened.titles)}. Start from the template, or read it through a mapping"
        )
    faults += _strange(file, opened.titles, tables)
    return tables, faults


def _titles(titles: Sequence[str]) -> str:
    more = f" and {len(titles) - _LISTED} more" if len(titles) > _LISTED else ""
    return ", ".join(title[:_SHOWN] for title in titles[:_LISTED]) + more


def _strange(file: str, titles: Iterable[str], tables: dict[str, Table]) -> list[Fault]:
    """Notes on sheets that are not ours, with the absent one that may be meant."""
    absent = {matching(sheet): sheet for sheet in SHEETS if sheet not in tables}
    faults = []
    for title in titles:
        if sheet_called(title) is not None or is_ours(title):
            continue
        near = get_close_matches(matching(title), absent, 1, _ALIKE)
        hint = f"; is it {absent[near[0]]}? Rename it" if near else ""
        message = "this sheet is not part of the application workbook and was not read"
        faults.append(
            Fault(file, title, 0, "", f"{message}{hint}", blocks=False, stage=Stage.SHEETS)
        )
    return faults


def _grid(file: str, name: str, archive: zipfile.ZipFile, book: Book, sheet: SheetPart) -> Grid:
    cells = SheetCells(book)
    rows: list[Row] = []
    beyond = 0
    with archive.open(sheet.part) as part:
        for number, values in cells.rows(part):
            if not values or all(map(is_blank, values)):
                continue
            if number > MOST_ROWS:
                beyond = number
                break
            rows.append(Row(number, tuple(values)))
    return Grid(sheet.title, tuple(rows), tuple(_oddities(file, name, cells, sheet.hidden, beyond)))


def _size(grid: Grid) -> int:
    """How many places its table has: a value in the last column makes every row as wide."""
    return len(grid.rows) * max((len(row.values) for row in grid.rows), default=0)


def _oddities(
    file: str, sheet: str, cells: SheetCells, hidden: bool, beyond: int
) -> Iterable[Fault]:
    """What the sheet has beside its values: told, because it is not seen in Excel."""

    def note(row: int, place: str, message: str) -> Fault:
        return Fault(file, sheet, row, place, message, blocks=False)

    if beyond:
        yield beyond_rows(file, sheet, beyond)
    if hidden:
        yield note(0, "", "this sheet is hidden; it was read like any other")
    if rows := cells.hidden_rows:
        which = f"this row and {len(rows) - 1} more are" if len(rows) > 1 else "this row is"
        yield note(rows[0], str(rows[0]), f"{which} hidden; hidden rows are read like any other")
    if columns := cells.hidden_columns:
        letters = ", ".join(column_letter(at - 1) for at in columns[:_LISTED])
        what = f"columns {letters} are" if len(columns) > 1 else f"column {letters} is"
        first = f"{column_letter(columns[0] - 1)}1"
        yield note(1, first, f"{what} hidden; hidden columns are read like any other")
    if cells.merged:
        message = f"cells are merged ({', '.join(cells.merged[:3])}"
        more = " …" if len(cells.merged) > 3 else ""
        yield note(0, "", f"{message}{more}); what they hold counts for their first cell alone")
    if cells.beyond:
        last = column_letter(MOST_COLUMNS - 1)
        message = f"this cell lies beyond column {last}, the last that is read"
        row = int(cells.beyond.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)
        yield note(row, cells.beyond, f"{message}; it was not read")


def beyond_rows(file: str, sheet: str, row: int) -> Fault:
    """The fault of a sheet with more rows than are read; ``row`` is the first that is not."""
    message = f"row {row:,} lies beyond the {MOST_ROWS:,} rows that are read"
    advice = "clear the rows that are not needed, or split the file"
    return Fault(file, sheet, row, str(row), f"{message}; {advice}")


def _width(values: Sequence[Value]) -> int:
    """How many columns reach to the last cell that is not blank."""
    return max((at for at, value in enumerate(values, 1) if not is_blank(value)), default=0)


def _padded(values: Sequence[Value], width: int) -> tuple[Value, ...]:
    return (*values[:width], *(None,) * (width - len(values)))
