"""The record of what was changed: each change, all changes of a step, all steps.

A change is held in texts, as an analyst reads it, so that the record outlives the sheets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from funding.errors import Fault

Kind: TypeAlias = Literal[
    "added column", "removed column", "added row", "changed cell", "removed row"
]
Action: TypeAlias = Literal["opened", "edit", "corrected upload", "left out", "undone"]

# The headers of `Changes.rows`.
HEADERS = ("Sheet", "Change", "Row", "Column", "Before", "After", "Where before", "Where after")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: ``cell`` is a reference such as ``I17``, or the number of a row.

    ``file`` is empty where one workbook was read.
    """

    file: str
    sheet: str
    row: int
    cell: str

    def __str__(self) -> str:
        return Fault(self.file, self.sheet, self.row, self.cell, "").place


@dataclass(frozen=True, slots=True)
class FilledCell:
    """A cell of a row or column that was added or removed: what its row is called, its header,
    and what stands or stood in it."""

    label: str
    column: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.

    ``key`` is what the row is known by, as typed, and ``label`` the same with the city's name or
    the activity's title; of a column both name its header. ``before`` and ``after`` are texts as
    an analyst reads them; they are empty for rows and columns, whose filled ``cells`` are kept
    instead. Cells where an added or removed column meets an added or removed row are kept with
    the row. A place is None on the side where the thing does not stand.
    """

    sheet: str
    kind: Kind
    key: tuple[str, ...]
    label: str
    column: str = ""
    before: str = ""
    after: str = ""
    place_before: Place | None = None
    place_after: Place | None = None
    cells: tuple[FilledCell, ...] = ()

    def row(self) -> tuple[str, ...]:
        """The change as one line of a table under `HEADERS`."""
        before, after = self.before, self.after
        if self.kind.endswith("row"):
            texts = "; ".join(f"{cell.column}: {cell.text}" for cell in self.cells)
        else:
            texts = _count(len(self.cells), "filled cell")
        if self.kind.startswith("removed"):
            before = texts
        elif self.kind.startswith("added"):
            after = texts
        places = (str(place or "") for place in (self.place_before, self.place_after))
        return (self.sheet, self.kind, self.label, self.column, before, after, *places)

    def as_json(self) -> dict[str, Any]:
        """The change in texts alone; ``key`` is a list of texts, ``cells`` one of dicts."""
        return {
            "sheet": self.sheet,
            "kind": self.kind,
            "key": list(self.key),
            "label": self.label,
            "column": self.column,
            "before": self.before,
            "after": self.after,
            "place_before": str(self.place_before or ""),
            "place_after": str(self.place_after or ""),
            "cells": [
                {"label": c.label, "column": c.column, "text": c.text, "place": str(c.place)}
                for c in self.cells
            ],
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed, by sheet, in the order of the rows after; removed rows where they stood.

    False where nothing did.
    """

    entries: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.entries)

    def count(self, kind: Kind) -> int:
        """How many changes are of a kind."""
        return sum(entry.kind == kind for entry in self.entries)

    @property
    def rows_changed(self) -> int:
        """In how many rows cells changed; rows added or removed do not count."""
        changed = (entry for entry in self.entries if entry.kind == "changed cell")
        places = (entry.place_after for entry in changed if entry.place_after)
        return len({(place.sheet, place.file, place.row) for place in places})

    @property
    def sentence(self) -> str:
        """``2 rows added, 1 removed, 5 cells changed in 3 rows``, or ``nothing changed``."""
        parts = [*self._moved("row"), *self._moved("column")]
        cells = self.count("changed cell")
        if cells:
            rows = _count(self.rows_changed, "row")
            parts.append(f"{_count(cells, 'cell')} changed in {rows}")
        return ", ".join(parts) or "nothing changed"

    def rows(self) -> list[tuple[str, ...]]:
        """The changes as lines of a table under `HEADERS`."""
        return [entry.row() for entry in self.entries]

    def as_json(self) -> list[dict[str, Any]]:
        """The changes as JSON would hold them, in texts alone."""
        return [entry.as_json() for entry in self.entries]

    def _moved(self, thing: Literal["row", "column"]) -> Iterator[str]:
        added = self.count("added row" if thing == "row" else "added column")
        removed = self.count("removed row" if thing == "row" else "removed column")
        if added:
            yield f"{_count(added, thing)} added"
        if removed:
            yield f"{removed:,} removed" if added else f"{_count(removed, thing)} removed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One step in the life of the sheets: when (UTC), what was done, with which files, and what
    it changed.

    Raises ValueError for a time that is not in UTC.
    """

    time: dt.datetime
    action: Action
    files: tuple[str, ...] = ()
    changes: Changes = field(default_factory=Changes)

    def __post_init__(self) -> None:
        if self.time.utcoffset() != dt.timedelta():
            raise ValueError(f"the time {self.time} of a record is not in UTC")


@dataclass(frozen=True, slots=True)
class Record:
    """The record of all steps, the earliest first. It only grows: `plus` gives a longer one."""

    entries: tuple[Entry, ...] = ()

    def plus(self, entry: Entry) -> Record:
        """The record with one more step."""
        return Record((*self.entries, entry))


def _count(number: int, one: str) -> str:
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"
