"""From a workbook's bytes to tables of raw cells, safely, with the sheet's own row numbers."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

from funding.applications import SHEETS
from funding.errors import Fault, UsageError, WorkbookRejected
from funding.workbook.package import Package, check_package, uncalculated_and_hidden
from funding.workbook.tables import (
    OUR_SHEETS,
    ErrorCell,
    Row,
    Table,
    Uncalculated,
    Value,
    column_letter,
    is_blank,
    sheet_called,
)

MOST_ROWS = 40_000
MOST_COLUMNS = 100
_LAST_ROW = 1_048_576  # of a sheet in Excel

Source = Path | tuple[str, bytes]


def read_cells(source: Source, *, named: bool) -> tuple[str, dict[str, Table], list[Fault]]:
    """The tables of one workbook, by sheet; with its name and what is to say of it as a whole.

    The name is that of the file where ``named``, else empty: one workbook needs no name.
    Raises WorkbookRejected, with the file's name, and UsageError where there is no such file.
    """
    name, data = _content(source)
    try:
        tables, faults = _tables(name if named else "", data)
    except WorkbookRejected as error:
        raise WorkbookRejected(f"{name}: {error}.") from error
    return name if named else "", tables, faults


def _content(source: Source) -> tuple[str, bytes]:
    if not isinstance(source, Path):
        return source
    try:
        return source.name, source.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {source}. Check its name and folder.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{source} cannot be read: {reason}.") from error


def _tables(file: str, data: bytes) -> tuple[dict[str, Table], list[Fault]]:
    package = check_package(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the library, on parts that are not read
            book = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
            try:
                return _sheets(file, book, package)
            finally:
                book.close()
    except WorkbookRejected:
        raise
    except Exception as error:  # the library raises whatever a damaged part leads it to
        raise WorkbookRejected(
            "the workbook is damaged and cannot be read; open it in Excel, let Excel repair it, "
            "and save it again"
        ) from error


def _sheets(
    file: str, book: openpyxl.Workbook, package: Package
) -> tuple[dict[str, Table], list[Fault]]:
    tables: dict[str, Table] = {}
    faults: list[Fault] = []

    def note(sheet: str, message: str, *, blocks: bool = False) -> None:
        faults.append(Fault(file, sheet, 0, "", message, blocks))

    for worksheet in book.worksheets:
        title = worksheet.title
        sheet = sheet_called(title)
        if sheet is None:
            if title not in OUR_SHEETS:
                note(title, "this sheet is not part of the application workbook and was not read")
        elif sheet in tables:
            note(title, f"sheet {sheet} stands twice; delete one of the two", blocks=True)
        else:
            if worksheet.sheet_state != "visible":
                note(sheet, "this sheet is hidden; it was read like any other")
            tables[sheet] = _table(file, sheet, book, worksheet, package, faults)
    if not tables:
        wanted = ", ".join(SHEETS)
        raise WorkbookRejected(
            f"the workbook has none of the sheets {wanted}; start from the template"
        )
    if package.external_links:
        note("", "the workbook has links to other workbooks; their stored values were read")
    return tables, faults


def _table(
    file: str, sheet: str, book: Any, worksheet: Any, package: Package, faults: list[Fault]
) -> Table:
    uncalculated, hidden = _extras(book, worksheet, package)
    worksheet.reset_dimensions()  # what the file says of its size drops rows where it is stale
    headers: tuple[Value, ...] = ()
    rows: list[Row] = []
    for number, cells in enumerate(worksheet.iter_rows(max_col=MOST_COLUMNS), 1):
        values = tuple(_value(cell) for cell in cells)
        if number <= MOST_ROWS and uncalculated:
            values = _mark_uncalculated(number, values, uncalculated)
        if all(is_blank(value) for value in values):
            if number > _LAST_ROW:
                raise WorkbookRejected("the workbook numbers its rows beyond Excel's last")
            continue
        if number > MOST_ROWS:
            message = f"row {number:,} lies beyond the {MOST_ROWS:,} rows that are read"
            advice = "clear the rows that are not needed, or split the workbook"
            faults.append(Fault(file, sheet, number, str(number), f"{message}; {advice}"))
            break
        if number == 1:
            headers = values
        else:
            rows.append(Row(number, values))
    for number in hidden[:1]:
        count = "this row is" if len(hidden) == 1 else f"this row and {len(hidden) - 1} more are"
        message = f"{count} hidden; hidden rows are read like any other"
        faults.append(Fault(file, sheet, number, str(number), message, blocks=False))
    width = max((_width(values) for values in (headers, *(row.values for row in rows))), default=0)
    names = tuple("" if is_blank(v) else str(v) for v in _padded(headers, width))
    trimmed = tuple(Row(row.number, _padded(row.values, width)) for row in rows)
    return Table(names, trimmed, tuple(column_letter(at) for at in range(width)))


def _extras(book: Any, worksheet: Any, package: Package) -> tuple[frozenset[str], tuple[int, ...]]:
    """Uncalculated cells and hidden rows, looked for only where the sheet can have any."""
    part = worksheet._worksheet_path  # the library does not say it in another way
    if part not in package.with_formulas | package.with_hidden:
        return frozenset(), ()
    with book._archive.open(part) as stream:
        return uncalculated_and_hidden(stream)


def _value(cell: Any) -> Value:
    value: Value = cell.value
    return ErrorCell(value) if cell.data_type == "e" and value is not None else value


def _mark_uncalculated(
    number: int, values: Sequence[Value], uncalculated: frozenset[str]
) -> tuple[Value, ...]:
    places = range(max(len(values), MOST_COLUMNS))
    marked = (f"{column_letter(at)}{number}" in uncalculated for at in places)
    return tuple(
        Uncalculated("=") if mark else (values[at] if at < len(values) else None)
        for at, mark in enumerate(marked)
    )


def _width(values: Sequence[Value]) -> int:
    """How many columns reach to the last cell that is not blank."""
    return max((at for at, value in enumerate(values, 1) if not is_blank(value)), default=0)


def _padded(values: Sequence[Value], width: int) -> tuple[Value, ...]:
    return (*values[:width], *(None,) * (width - len(values)))
