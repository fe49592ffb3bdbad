"""A small foreign workbook and its mapping, for tests to spoil."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from collections.abc import Mapping as Dict
from typing import Any

from funding.workbook import Intake, read
from funding.workbook.mapping import Mapping, build_mapping
from tests.workbook.support import workbook

HEADERS = ["Ref", "Town", "Name", "Area", "Project", "Kind", "Ask", "Cost", "From"]
FIRST = ["A-1", "GRE", "Grenoble", "South", "Water", "loan", 500, 500, dt.date(2026, 3, 1)]
SECOND = ["A-2", "LIL", "Lille", "North", "Courses", "course", 300.5, 300.5, None]
PAIRS: dict[str, Any] = {
    "Ref": "Activity code",
    "Town": "City code",
    "Name": "City",
    "Area": "Region",
    "Project": "Title",
    "Kind": ["Theme", "Stream"],
    "Ask": "Requested",
    "Cost": "Total cost",
    "From": "Start",
}
FUND: dict[str, Any] = {
    "Fund": "City fund",
    "Reference": "CF-26",
    "Currency": "EUR",
    "First year": 2026,
}
DEFAULTS: dict[str, Any] = {
    "Population": 1,
    "Own engagement budget": 0,
    "International staff": 0,
    "Staff with relevant training": 0,
    "Coordination": "none",
    "Own cash": 0,
    "Assessment: Score": 50,
}
STREAMS = {"Stream": {"loan": "financing", "Course": "training"}}


def pairing(pairs: dict[str, Any] | None = None, **more: Any) -> Mapping:
    """The mapping of sheet Grants; ``more`` replaces what it has."""
    usual: dict[str, Any] = {"fund": FUND, "defaults": DEFAULTS, "values": STREAMS}
    return make_mapping("Grants", "Grants", 1, PAIRS if pairs is None else pairs, **usual | more)


def grants(*rows: list[Any], **cells: Any) -> bytes:
    """A workbook with sheet Grants; ``cells`` such as ``G2="x"`` are set last."""
    given = [HEADERS, *(rows or (FIRST, SECOND))]
    return workbook({"Grants": given}, **{f"Grants_{cell}": v for cell, v in cells.items()})


def taken(data: bytes, mapping: Mapping | None = None) -> Intake:
    return read([("grants.xlsx", data)], mapping or pairing())


def notes(intake: Intake) -> list[str]:
    """The notes but for those on the mapping as a whole."""
    general = ("read through the mapping", "all rows have", "the mapping gives", "blank (the first")
    return [str(note) for note in intake.notes if not note.message.startswith(general)]


def changed(row: list[Any], **values: Any) -> list[Any]:
    """A copy of a row with some of its cells changed, by header."""
    return [values.get(header, value) for header, value in zip(HEADERS, row, strict=True)]


def make_mapping(
    name: str,
    sheet: str,
    header_row: int,
    pairs: Dict[str, Any],
    *,
    fund: Dict[str, Any] | None = None,
    defaults: Dict[str, Any] | None = None,
    values: Dict[str, Any] | None = None,
    number_rows: str = "",
    conventions: Dict[str, Any] | None = None,
    at_most: Iterable[tuple[str, str]] = (),
    source: str = "",
    note: str = "",
) -> Mapping:
    """The mapping of one foreign sheet from pairs of columns: foreign header → ours.

    ``at_most`` gives pairs (column, of); the others are the tables of the file, see
    ``docs/mapping.md``. Raises InputError with every problem, in sentences.
    """
    return build_mapping(
        {
            "name": name,
            "source": source,
            "note": note,
            "sheet": sheet,
            "header_row": header_row,
            "number_rows": number_rows,
            "columns": dict(pairs),
            "fund": dict(fund or {}),
            "defaults": dict(defaults or {}),
            "values": {header: dict(words) for header, words in (values or {}).items()},
            "conventions": dict(conventions or {}),
            "at_most": [{"column": column, "of": of} for column, of in at_most],
        }
    )
