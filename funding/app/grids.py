"""Sheets of applications as grids, and the tables with an analyst's edits.

A grid shows the raw cells of a `Table`. What is not changed keeps its raw value, so an edit of
one cell never alters another. A column in which some cell does not fit its kind is shown as
text, so that nothing is hidden: ``'12500`` is a number that was typed as text, and
``101 (number)`` a number where a text belongs, as in the cells of the workbook.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from funding.app.intakes import ADDED
from funding.applications import SHEETS, CellKind, Column
from funding.workbook.tables import (
    ErrorCell,
    Row,
    Table,
    Uncalculated,
    Value,
    blank_table,
    is_blank,
    matching,
    year_column,
    year_of,
)

AT, ROW, FILE = "at", "row", "file"  # columns beside those of the sheet
_NUMBERS = {CellKind.MONEY, CellKind.COUNT, CellKind.YEAR, CellKind.SCORE, CellKind.DEGREES}
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Sheet:
    """A sheet as a grid: its table, with every known column, and the frame made from it.

    ``source`` is the table as it stands, None for an absent sheet. The frame's columns are
    ``at`` (the row's place in the table, missing in a new row), ``row`` and ``file``, then
    ``c0``, ``c1`` … in the order of the headers.
    """

    name: str
    source: Table | None
    table: Table
    frame: pd.DataFrame

    @property
    def columns(self) -> list[Column | None]:
        """The column of each header; None for headers that the model does not know."""
        return [_column(self.name, header) for header in self.table.headers]

    @property
    def order(self) -> list[str]:
        """The frame's columns that are shown."""
        files = [FILE] if any(row.file for row in self.table.rows) else []
        return [ROW, *files, *(f"c{n}" for n in range(len(self.table.headers)))]

    def config(self) -> dict[str, Any]:
        """How the editor shows each column. Nothing here is a check: the reader checks."""
        shown: dict[str, Any] = {
            ROW: st.column_config.NumberColumn(
                "Row", help="Row of the sheet", disabled=True, format="%d", pinned=True, width=50
            ),
            FILE: st.column_config.TextColumn("File", disabled=True),
        }
        for n, (header, column) in enumerate(zip(self.table.headers, self.columns, strict=True)):
            text = isinstance(self.frame[f"c{n}"].dtype, pd.StringDtype)
            shown[f"c{n}"] = _config(header, column, text, pinned=n == 0)
        return shown


def sheet_of(name: str, table: Table | None) -> Sheet:
    """The grid of a sheet; an absent sheet is an empty one."""
    full = _complete(name, table or blank_table(name))
    data: dict[str, Any] = {
        AT: pd.array(range(len(full.rows)), dtype="Int64"),
        ROW: pd.array([row.number for row in full.rows], dtype="Int64"),
        FILE: pd.array([row.file for row in full.rows], dtype="string"),
    }
    for n, header in enumerate(full.headers):
        values = [full.value(row, n) for row in full.rows]
        data[f"c{n}"] = _series(_column(name, header), values)
    return Sheet(name, table, full, pd.DataFrame(data))


def applied(sheet: Sheet, edited: pd.DataFrame) -> Table | None:
    """The table with the edits in it; where there are none, the sheet's ``source`` itself.

    Cells that were not edited keep their raw value. A new row gets the next number, and where
    rows name their files the name `ADDED`.
    """
    here, columns = _by_place(edited), sheet.columns
    rows: list[Row] = []
    for place, row in enumerate(sheet.table.rows):
        if place not in here:
            continue
        old = _cells(sheet.frame, place)
        if all(map(_same, old, here[place])):
            rows.append(row)
            continue
        values = tuple(
            sheet.table.value(row, n) if _same(old[n], new) else raw(columns[n], new)
            for n, new in enumerate(here[place])
        )
        rows.append(replace(row, values=values))
    file = ADDED if any(row.file for row in rows) else ""
    number = max((row.number for row in sheet.table.rows), default=1)
    for cells in _added(edited):
        number += 1
        values = tuple(raw(column, cell) for column, cell in zip(columns, cells, strict=True))
        rows.append(Row(number, values, file=file))
    if len(rows) == len(sheet.table.rows) and all(map(operator.is_, rows, sheet.table.rows)):
        return sheet.source
    return _filled(sheet, rows)


def _filled(sheet: Sheet, rows: Sequence[Row]) -> Table:
    """A table of the rows without the columns that the sheet lacked and nobody filled; rows that
    were not edited are those of the source."""
    own = len(sheet.source.headers) if sheet.source else 0
    kept = [
        n
        for n in range(len(sheet.table.headers))
        if n < own or any(not is_blank(sheet.table.value(row, n)) for row in rows)
    ]
    source: dict[int, Row] = {}
    if sheet.source and len(kept) == own:
        pairs = zip(sheet.table.rows, sheet.source.rows, strict=True)
        source = {id(row): before for row, before in pairs}
    made = tuple(
        source.get(id(row))
        or replace(
            row,
            values=tuple(sheet.table.value(row, n) for n in kept),
            letters=tuple(row.letters[n] for n in kept) if row.letters else (),
        )
        for row in rows
    )
    letters = tuple(sheet.table.letters[n] for n in kept) if sheet.table.letters else ()
    headers = tuple(sheet.table.headers[n] for n in kept)
    return replace(sheet.table, headers=headers, rows=made, letters=letters)


def _complete(name: str, table: Table) -> Table:
    """The table with a blank column for each known one that it lacks, so it can be filled."""
    known = [c.header for c in SHEETS[name].columns().values()]
    having = {matching(header) for header in table.headers}
    missing = tuple(header for header in known if matching(header) not in having)
    if not missing:
        return table
    blank = ("",) * len(missing)
    rows = tuple(
        replace(
            row,
            values=(
                *(table.value(row, n) for n in range(len(table.headers))),
                *(None for _ in missing),
            ),
            letters=(*row.letters, *blank) if row.letters else (),
        )
        for row in table.rows
    )
    letters = (*table.letters, *blank) if table.letters else ()
    return replace(table, headers=(*table.headers, *missing), rows=rows, letters=letters)


def _column(name: str, header: str) -> Column | None:
    year = year_of(header) if name == "Activities" else None
    if year is not None:
        return year_column(year)
    named = {matching(c.header): c for c in SHEETS[name].columns().values()}
    return named.get(matching(header))


def _config(header: str, column: Column | None, text: bool, *, pinned: bool) -> Any:
    label = header or "(no header)"
    if column is None:
        note = "Not a column of the application workbook: kept out of the model"
        return st.column_config.TextColumn(label, help=note, disabled=True)
    label += " *" if column.required else ""
    shared: dict[str, Any] = {"label": label, "help": column.note, "pinned": pinned}
    if column.kind in _NUMBERS and not text:
        return st.column_config.NumberColumn(**shared, format="localized")
    if column.kind is CellKind.DATE and not text:
        return st.column_config.DateColumn(**shared, format="YYYY-MM-DD")
    options = _options(column)
    if options:
        return st.column_config.SelectboxColumn(**shared, options=list(options))
    return st.column_config.TextColumn(**shared)


def _options(column: Column) -> Sequence[str]:
    return ("yes", "no") if column.kind is CellKind.YES_NO else column.choices


def _series(column: Column | None, values: Sequence[Value]) -> Any:
    """The cells of a column as pandas holds them; as text where one does not fit the kind."""
    kind = column.kind if column else CellKind.TEXT
    if kind in _NUMBERS and all(v is None or _is_number(v) for v in values):
        floats = [None if v is None else float(v) for v in values]  # type: ignore[arg-type]
        return pd.array(floats, dtype="Float64")
    if kind is CellKind.DATE and all(v is None or _is_date(v) for v in values):
        stamps = [None if v is None else pd.Timestamp(v) for v in values]  # type: ignore[arg-type]
        return pd.array(stamps, dtype="datetime64[s]")
    return pd.array([_as_text(column, v) for v in values], dtype="string")


def _as_text(column: Column | None, value: Value) -> str | None:
    """A raw value in a column of text; what is not a text there says what it is."""
    if value is None:
        return None
    if isinstance(value, Uncalculated):
        return "= (not calculated)"
    if isinstance(value, ErrorCell):
        return f"{value} (error)"
    kind = column.kind if column else CellKind.TEXT
    if kind is CellKind.YES_NO and isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        # A number typed as text, marked as in Excel; without the mark it would be a number.
        return f"'{value}" if not isinstance(raw(column, value), str | None) else str(value)
    if isinstance(value, bool) or not _is_number(value):
        return str(value)
    return str(value) if kind in _NUMBERS else f"{value} (number)"


def raw(column: Column | None, cell: Any) -> Value:
    """What an edited cell holds, as the workbook's cell would."""
    if _blank(cell):
        return None
    if isinstance(cell, float):
        return Decimal(format(cell, ".15g"))
    if isinstance(cell, pd.Timestamp | dt.datetime):
        return cell.date()
    text = str(cell)
    if column is None:
        return text
    if column.kind in _NUMBERS and _PLAIN_NUMBER.fullmatch(text.strip()):
        return Decimal(text.strip())
    if column.kind is CellKind.DATE and _DATE.fullmatch(text.strip()):
        try:
            return dt.date.fromisoformat(text.strip())
        except ValueError:
            return text
    return text


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _is_date(value: Value) -> bool:
    if isinstance(value, dt.datetime):
        return not value.time()
    return isinstance(value, dt.date)


def _blank(cell: Any) -> bool:
    return bool(pd.isna(cell)) or (isinstance(cell, str) and not cell.strip())


def _same(old: Any, new: Any) -> bool:
    if _blank(old) or _blank(new):
        return _blank(old) and _blank(new)
    return bool(old == new)


def _cells(frame: pd.DataFrame, place: int) -> list[Any]:
    return frame.iloc[place, frame.columns.get_loc("c0") :].tolist()


def _by_place(edited: pd.DataFrame) -> Mapping[int, list[Any]]:
    kept = edited[edited[AT].notna()]
    first = edited.columns.get_loc("c0")
    rows = kept.iloc[:, first:].itertuples(index=False, name=None)
    return {int(at): list(cells) for at, cells in zip(kept[AT], rows, strict=True)}


def _added(edited: pd.DataFrame) -> list[list[Any]]:
    """New rows that hold anything."""
    new = edited[edited[AT].isna()]
    rows = new.iloc[:, edited.columns.get_loc("c0") :].itertuples(index=False, name=None)
    return [list(cells) for cells in rows if not all(_blank(cell) for cell in cells)]
