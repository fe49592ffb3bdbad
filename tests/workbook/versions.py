"""Two versions of the sound sheets, as tables, for tests of what changed between them."""

from __future__ import annotations

from typing import Any

from funding.workbook.changes import Changes, changes
from funding.workbook.tables import Row, Table
from tests.workbook.support import Cells, sound


def tables(cells: Cells) -> dict[str, Table]:
    """The cells as tables, as if they stood in a workbook."""
    return {
        sheet: Table(
            tuple(header or "" for header in rows[0]),
            tuple(Row(number, tuple(values)) for number, values in enumerate(rows[1:], 2)),
        )
        for sheet, rows in cells.items()
    }


def compared(after: Cells, before: Cells | None = None) -> Changes:
    return changes(tables(sound() if before is None else before), tables(after))


def told(found: Changes) -> list[tuple[str, ...]]:
    """Label, column, before, after of each change."""
    return [(change.label, change.column, change.before, change.after) for change in found]


def edited(**cells: Any) -> Cells:
    """The sound cells with some set, such as ``Activities_M2=5``."""
    made = sound()
    for place, value in cells.items():
        sheet, _, cell = place.rpartition("_")
        made[sheet.replace("_", " ")][int(cell[1:]) - 1][ord(cell[0]) - ord("A")] = value
    return made
