"""Sheets as grids: what is shown, what counts as a change, and that nothing is lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from funding.app.grids import Sheet, sheet_of
from funding.app.grids import applied as applied_or_none
from funding.app.intakes import ADDED
from funding.workbook import Row, Table, changes
from funding.workbook.tables import ErrorCell, Uncalculated, Value, blank_table


def sheet(*rows: tuple[Value, ...], headers: tuple[str, ...] = ("City code", "City")) -> Sheet:
    return sheet_of("Cities", Table(headers, tuple(Row(n, r) for n, r in enumerate(rows, 2))))


def applied(made: Sheet, frame: pd.DataFrame) -> Table:
    table = applied_or_none(made, frame)
    assert table is not None
    return table


def column(made: Sheet, header: str) -> str:
    return f"c{made.table.headers.index(header)}"


def cell(made: Sheet, header: str, place: int = 0) -> object:
    return made.frame[column(made, header)].iloc[place]


def with_cell(made: Sheet, header: str, value: Any, place: int = 0) -> pd.DataFrame:
    frame = made.frame.copy()
    frame.iat[place, list(frame.columns).index(column(made, header))] = value
    return frame


def with_row(made: Sheet, **cells: Any) -> pd.DataFrame:
    """A frame with a row more, as the editor adds it: no place, no row number."""
    frame = made.frame.copy()
    names = {column(made, header.replace("_", " ")): value for header, value in cells.items()}
    frame.loc[len(frame)] = {name: names.get(name) for name in frame.columns}
    return frame


def test_a_known_column_that_the_sheet_lacks_can_be_filled() -> None:
    made = sheet(("GRE", "Grenoble"))
    assert made.table.headers[:2] == ("City code", "City")
    assert set(made.table.headers) == set(blank_table("Cities").headers)
    changed = applied(made, with_cell(made, "Region", "Isère"))
    assert changed.value(changed.rows[0], changed.headers.index("Region")) == "Isère"


@pytest.mark.parametrize(
    ("header", "raw", "shown"),
    [
        ("Population", 158_000, 158_000.0),
        ("Population", "158000", "'158000"),  # typed as text: not the same as the number
        ("Population", "many", "many"),
        ("Population", ErrorCell("#N/A"), "#N/A (error)"),
        ("Population", Uncalculated("="), "= (not calculated)"),
        ("City code", 101, "101 (number)"),
        ("City", "=1+1", "=1+1"),
    ],
)
def test_what_a_cell_holds_is_seen(header: str, raw: Value, shown: object) -> None:
    made = sheet((raw,), headers=(header,))
    assert cell(made, header) == shown


@pytest.mark.parametrize(
    "raw",
    [158_000, "158000", "many", True, 1.5, Decimal("2.50"), ErrorCell("#N/A"), dt.date(2026, 1, 2)],
)
@pytest.mark.parametrize("header", ["Population", "City", "Own engagement budget", "Unknown"])
def test_a_cell_that_is_not_edited_keeps_its_raw_value(header: str, raw: Value) -> None:
    made = sheet((raw, "x"), headers=(header, "Region"))
    table = applied(made, with_cell(made, "Region", "y"))
    assert table.rows[0].values[0] is raw
    assert table.rows[0].values[1] == "y"


@pytest.mark.parametrize(
    ("header", "before", "typed", "after"),
    [
        ("Population", 10, 11.0, Decimal(11)),
        ("Own engagement budget", 10, 12500.1, Decimal("12500.1")),  # not the float nearest to it
        ("Population", "158000", "158000", Decimal(158_000)),  # the mark taken away
        ("Population", "many", "some", "some"),  # refused by the reader, not here
        ("City code", 101, "101", "101"),
        ("City", "x", None, None),
    ],
)
def test_an_edit_is_taken_as_the_workbook_would_hold_it(
    header: str, before: Value, typed: object, after: Value
) -> None:
    made = sheet((before,), headers=(header,))
    value = applied(made, with_cell(made, header, typed)).rows[0].values[0]
    assert (value, type(value)) == (after, type(after))


def test_without_an_edit_the_table_itself_comes_back() -> None:
    """So that what was not touched need not be compared."""
    made = sheet(("GRE", "Grenoble"), ("LYS", "Lyon"))
    assert applied(made, made.frame.copy()) is made.source
    assert applied(made, with_row(made)) is made.source  # a blank new row is nothing


def test_rows_that_were_not_edited_are_the_same_objects() -> None:
    made = sheet(("GRE", "Grenoble"), ("LYS", "Lyon"))
    table = applied(made, with_cell(made, "City", "Lyons", 1))
    assert made.source is not None
    assert table.rows[0] is made.source.rows[0]
    (change,) = changes({"Cities": made.source}, {"Cities": table})
    assert (change.sheet, change.label, change.column) == ("Cities", "LYS: Lyons", "City")
    assert (change.before, change.after) == ("Lyon", "Lyons")


def test_columns_that_the_sheet_lacks_are_added_only_when_they_are_filled() -> None:
    made = sheet(("GRE", "Grenoble"))
    assert applied(made, with_cell(made, "City", "Gratianopolis")).headers == ("City code", "City")
    filled = applied(made, with_cell(made, "Region", "Isère"))
    assert filled.headers == ("City code", "City", "Region")
    assert filled.rows[0].values == ("GRE", "Grenoble", "Isère")


def test_rows_are_told_apart_after_one_was_deleted_and_one_added() -> None:
    """Of three rows the last is deleted and a new one added: it must not pass for the old one."""
    made = sheet(("A", "Aix"), ("B", "Brest"), ("C", "Caen"))
    frame = with_row(made, City_code="D", City="Dijon")
    frame = frame.drop(index=2)
    table = applied(made, frame)
    assert [(row.number, row.values) for row in table.rows] == [
        (2, ("A", "Aix")),
        (3, ("B", "Brest")),
        (5, ("D", "Dijon")),
    ]


def test_an_absent_sheet_is_an_empty_grid() -> None:
    made = sheet_of("City record", None)
    assert made.table.headers == blank_table("City record").headers
    assert len(made.frame) == 0


def test_two_columns_of_one_name_are_both_there() -> None:
    made = sheet(("A", "x", "y"), headers=("City code", "City", "City"))
    assert list(made.frame.loc[0, ["c1", "c2"]]) == ["x", "y"]


def test_rows_of_several_files_name_their_file() -> None:
    rows = (Row(2, ("A",), ("A",), "north.xlsx"), Row(2, ("B",), ("A",), "south.xlsx"))
    made = sheet_of("Cities", Table(("City code",), rows))
    assert "file" in made.order
    table = applied(made, with_row(made, City_code="C"))
    assert [row.file for row in table.rows] == ["north.xlsx", "south.xlsx", ADDED]


def test_an_absent_sheet_stays_absent_until_a_row_is_added() -> None:
    made = sheet_of("City record", None)
    assert applied_or_none(made, made.frame) is None
    table = applied(made, with_row(made, City_code="C"))
    assert table.headers == ("City code",)
