"""Tables of raw cells as JSON, so that the very same cells come back.

What JSON has itself stands as it is: text, whole numbers, floats, yes and no, blanks. Anything
else is a list of its kind and its text.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from funding.workbook import Row, Table
from funding.workbook.tables import ErrorCell, Percent, Uncalculated, Unread, Value

_WRITERS: Mapping[type, Callable[[Any], list[Any]]] = {
    Decimal: lambda v: ["decimal", str(v)],
    Percent: lambda v: ["percent", repr(float(v))],
    ErrorCell: lambda v: ["error", str(v)],
    Uncalculated: lambda v: ["uncalculated", str(v)],
    Unread: lambda v: ["unread", str(v), v.why],
    dt.datetime: lambda v: ["moment", v.isoformat()],
    dt.date: lambda v: ["date", v.isoformat()],
    dt.time: lambda v: ["time", v.isoformat()],
    dt.timedelta: lambda v: ["duration", v.days, v.seconds, v.microseconds],
    float: lambda v: ["float", repr(v)],  # infinite, or no number
}
_READERS: Mapping[str, Callable[..., Value]] = {
    "decimal": Decimal,
    "percent": Percent,
    "error": ErrorCell,
    "uncalculated": Uncalculated,
    "unread": Unread,
    "moment": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "duration": dt.timedelta,
    "float": float,
}
_PLAIN = (str, int, bool, type(None))


def cell_json(value: Value) -> Any:
    """A cell as JSON would hold it. Raises TypeError for what no cell holds."""
    kind = type(value)
    if kind in _PLAIN or (isinstance(value, float) and kind is float and math.isfinite(value)):
        return value
    if kind not in _WRITERS:
        raise TypeError(f"a cell holds no {kind.__name__}")
    return _WRITERS[kind](value)


def cell_from(held: Any) -> Value:
    """The cell again; the inverse of `cell_json`."""
    if not isinstance(held, list):
        plain: Value = held
        return plain
    kind, *parts = held
    return _READERS[kind](*parts)


def table_json(table: Table) -> dict[str, Any]:
    """A table as JSON would hold it."""
    return {
        "headers": list(table.headers),
        "letters": list(table.letters),
        "header row": table.header_row,
        "rows": [
            [
                row.number,
                [cell_json(value) for value in row.values],
                list(row.letters),
                row.file,
                row.sheet,
            ]
            for row in table.rows
        ],
    }


def table_from(held: Mapping[str, Any]) -> Table:
    """The table again; the inverse of `table_json`."""
    rows = tuple(
        Row(number, tuple(map(cell_from, values)), tuple(letters), file, sheet)
        for number, values, letters, file, sheet in held["rows"]
    )
    return Table(tuple(held["headers"]), rows, tuple(held["letters"]), held["header row"])
