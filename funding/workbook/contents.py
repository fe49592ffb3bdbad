"""All that stands in a workbook, on whatever sheets: values, formulas, what is hidden.

For what has to be held against what it should be. Read as safely as an application workbook.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from funding.errors import WorkbookRejected
from funding.workbook.package import check_package, too_much
from funding.workbook.parts import read_book
from funding.workbook.reader import MOST_HELD, unreadable
from funding.workbook.sheet import SheetCells
from funding.workbook.tables import column_letter

Place = tuple[int, int]  # row and column, counted from 0


@dataclass(frozen=True, slots=True)
class Contents:
    """One sheet: its filled cells, the formulas that stand behind some, and, as the end of a
    sentence, what of it is hidden ("" for nothing)."""

    cells: Mapping[Place, object]
    formulas: Mapping[Place, str]
    hidden: str


def contents(data: bytes) -> dict[str, Contents]:
    """The sheets of an Excel workbook by their titles; sheets of charts are left out.

    Raises WorkbookRejected, in a sentence, for what is no safe or sound workbook.
    """
    check_package(data)
    found: dict[str, Contents] = {}
    held = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = read_book(archive)
            for sheet in (sheet for sheet in book.sheets if sheet.part):
                reading, cells = SheetCells(book, everything=True), dict[Place, object]()
                with archive.open(sheet.part) as part:
                    for number, values in reading.rows(part):
                        held += len(values)
                        if held > MOST_HELD:
                            raise too_much()
                        filled = ((at, v) for at, v in enumerate(values) if v not in (None, ""))
                        cells.update(((number - 1, at), value) for at, value in filled)
                formulas = {(r - 1, c - 1): text for (r, c), text in reading.formulas.items()}
                hidden = "the sheet is hidden" if sheet.hidden else _hidden(reading)
                found[sheet.title] = Contents(cells, formulas, hidden)
    except WorkbookRejected:
        raise
    except Exception as error:  # a damaged part leads the parser and the archive to many
        raise unreadable() from error
    return found


def titles(data: bytes) -> tuple[str, ...]:
    """The titles of its sheets. Raises WorkbookRejected."""
    check_package(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple(sheet.title for sheet in read_book(archive).sheets)
    except WorkbookRejected:
        raise
    except Exception as error:
        raise unreadable() from error


def _hidden(reading: SheetCells) -> str:
    rows, columns = reading.hidden_rows, reading.hidden_columns
    parts = [f"row {rows[0]}" + (f" and {len(rows) - 1} more" if rows[1:] else "")] if rows else []
    if columns:
        more = f" and {len(columns) - 1} more" if columns[1:] else ""
        parts.append(f"column {column_letter(columns[0] - 1)}{more}")
    count = len(rows) + len(columns)
    return f"{', '.join(parts)} {'is' if count == 1 else 'are'} hidden" if parts else ""
