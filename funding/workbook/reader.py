"""From a workbook's bytes to tables of raw cells, safely, with the sheet's own row numbers."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
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
    headers: tuple[Value, ...] = ()
    rows: list[Row] = []
    for number, values in _filled(worksheet, uncalculated):
        if number > MOST_ROWS:
            message = f"row {number:,} lies beyond the {MOST_ROWS:,} rows that are read"
            advice = "clear the rows that are not needed, or split the workbook"
            faults.append(Fault(file, sheet, number, str(number), f"{message}; {advice}"))
            break
        if number == 1:
            headers = values
        else:
            rows.append(Row(number, values))
    if hidden:
        more = f"this row and {len(hidden) - 1} more are" if len(hidden) > 1 else "this row is"
        message = f"{more} hidden; hidden rows are read like any other"
        place = str(hidden[0])
        faults.append(Fault(file, sheet, hidden[0], place, message, blocks=False))
    width = max(map(_width, (headers, *(row.values for row in rows))))
    names = tuple("" if is_blank(v) else str(v) for v in _padded(headers, width))
    padded = tuple(Row(row.number, _padded(row.values, width)) for row in rows)
    return Table(names, padded, tuple(column_letter(at) for at in range(width)))


def _extras(
    book: Any, worksheet: Any, package: Package
) -> tuple[Mapping[int, set[str]], Sequence[int]]:
    """Uncalculated cells and hidden rows, looked for only where the sheet can have any."""
    part = worksheet._worksheet_path  # the library does not say it in another way
    if part not in package.with_formulas | package.with_hidden:
        return {}, ()
    with book._archive.open(part) as stream:
        return uncalculated_and_hidden(stream)


def _filled(
    worksheet: Any, uncalculated: Mapping[int, set[str]]
) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """The rows that are not blank, with their numbers; a stray cell may lie a million below."""
    worksheet.reset_dimensions()  # what the file says of its size drops rows where it is stale
    gap: object = None  # the library gives the same row for all that are not in the file
    for number, cells in enumerate(worksheet.iter_rows(max_col=MOST_COLUMNS), 1):
        if number > _LAST_ROW:
            raise WorkbookRejected("the workbook numbers its rows beyond Excel's last")
        lacking = uncalculated.get(number)
        if cells is gap or (not lacking and all(cell.value is None for cell in cells)):
            gap = cells
            continue
        width = len(cells)
        while width and cells[width - 1].value is None:
            width -= 1
        values = tuple(map(_value, cells[:width]))
        if lacking:
            values = tuple(
                Uncalculated("=") if f"{column_letter(at)}{number}" in lacking else value
                for at, value in enumerate(_padded(values, MOST_COLUMNS))
            )
        if not all(map(is_blank, values)):
            yield number, values


def _value(cell: Any) -> Value:
    value: Value = cell.value
    return ErrorCell(value) if cell.data_type == "e" and value is not None else value


def _width(values: Sequence[Value]) -> int:
    """How many columns reach to the last cell that is not blank."""
    return max((at for at, value in enumerate(values, 1) if not is_blank(value)), default=0)


def _padded(values: Sequence[Value], width: int) -> tuple[Value, ...]:
    return (*values[:width], *(None,) * (width - len(values)))
