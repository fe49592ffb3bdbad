"""A small sound workbook, cell by cell, for tests to spoil."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import openpyxl

from funding.errors import Fault
from funding.workbook import Intake, Table, read
from funding.workbook.intake import Part, check_parts

Cells = dict[str, list[list[Any]]]

# fmt: off
_SOUND: Cells = {
    "Fund": [
        ["Setting", "Value", "Note"],
        ["Fund", "City fund", None],
        ["Reference", "CF-26", None],
        ["Currency", "EUR", None],
        ["First year", 2026, None],
        ["Opening date", dt.date(2025, 9, 1), None],
        ["Closing date", dt.date(2025, 11, 30), None],
        ["Workbook format", 1, None],
    ],
    "Cities": [
        ["City code", "City", "Legal identifier", "Region", "Population",  # A–E
         "Own engagement budget", "Earlier engagement budget", "International staff",  # F–H
         "Staff with relevant training", "Staff certified", "Coordination",  # I–K
         "Coordination reference", "Latitude", "Longitude"],  # L–N
        ["GRE", "Grenoble", "001", "South", 158_000,
         50_000, 45_000, 4,
         2, 1, "formal",
         "Accord", 45.19, 5.72],
        ["LIL", "Lille", None, "North", 238_000,
         20_000.50, None, 2,
         0, None, "ad hoc",
         None, None, None],
    ],
    "Activities": [
        ["Activity code", "City code", "Title", "Description", "Stream", "Theme",  # A–F
         "Main benefit", "Partner", "Partner country", "Start", "End",  # G–K
         "Total cost", "Requested", "Minimum viable", "Own cash", "Own in kind",  # L–P
         "Other funding", "People to be certified", "Requested 2026", "Requested 2027"],  # Q–T
        ["GRE-1", "GRE", "Clean water", None, "financing", "water",
         None, "Sfax", "TN", dt.date(2026, 3, 1), dt.date(2027, 2, 28),
         20_000, 12_500.30, 5_000, 7_000, 499.70,
         None, None, 6_500.30, 6_000],
        ["GRE-2", "GRE", "Courses", None, "training", "skills",
         "other", None, None, None, None,
         2_000, 1_500, None, 500, None,
         None, 2, None, None],
        ["LIL-1", "LIL", "Agreement", None, "coordination", "law",
         None, None, "NA; ML", None, None,
         9_000, 6_000, None, 2_000, None,
         1_000, None, None, None],
    ],
    "Assessment": [
        ["Activity code", "Eligible", "Eligible cost", "Score", "Nationally steered",  # A–E
         "Other national funding", "Overlaps national programme", "Comment"],  # F–H
        ["GRE-1", "yes", 19_000, None, "no", None, None, None],
        ["GRE-2", None, None, 70.5, None, None, None, None],
        ["LIL-1", None, None, 64, "yes", 1_000, "no", None],
    ],
    "City record": [
        ["City code", "First-time applicant", "Reports overdue", "Earlier awards",  # A–D
         "Earlier awards spent", "Other national funding", "Comment"],  # E–G
        ["GRE", "no", "no", 40_000, 38_000, 0, None],
    ],
    "Scores": [
        ["Activity code", "Assessor", "Criterion", "Score", "Conflict of interest", "Comment"],
        ["GRE-1", "Ada", "quality", 80, None, None],
        ["GRE-1", "Ada", "effect", 84, None, None],
        ["GRE-1", "Ben", "quality", 81, None, None],
        ["GRE-1", "Cid", "quality", 10, "yes", None],
    ],
}
# fmt: on


def sound() -> Cells:
    """A fresh copy of the sound workbook's cells."""
    return deepcopy(_SOUND)


def workbook(cells: Mapping[str, list[list[Any]]] | None = None, **changes: Any) -> bytes:
    """An .xlsx of the cells; ``changes`` such as ``Activities_M2="12.5k"`` are set last.

    Written by a library that makes formulas of texts with = and errors of #N/A, as Excel
    would hold them.
    """
    book = openpyxl.Workbook()
    del book["Sheet"]
    for sheet, rows in (sound() if cells is None else cells).items():
        page = book.create_sheet(sheet)
        for row in rows:
            page.append(row)
    for place, value in changes.items():
        sheet, _, cell = place.rpartition("_")
        book[sheet.replace("_", " ")][cell] = value
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def edited(data: bytes, edit: Callable[[openpyxl.Workbook], object]) -> bytes:
    """The workbook after an edit by the library."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book)
    return saved(book)


def taken(data: bytes) -> Intake:
    return read([("book.xlsx", data)])


def read_tables(tables: Mapping[str, Table], file: str = "") -> Intake:
    """What reading gives of tables as if they were those of one file."""
    return check_parts([Part(file, tables)], (), ())


def texts(faults: tuple[Fault, ...]) -> list[str]:
    return [str(fault) for fault in faults]
