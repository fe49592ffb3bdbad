"""Templates: whose sheets they hold, what they show, and that they can be filled and read."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest

from funding.applications import SHEETS
from funding.errors import ApplicationsFaulty, InputError, UsageError
from funding.workbook import read_call, template
from funding.workbook.tables import Row, Table, column_letter
from funding.workbook.template import Audience
from tests.workbook.support import edited, read_tables, sound, taken, texts, workbook

CITY_SHEETS = ["Fund", "Cities", "Activities"]
LEFT_OUT = "the template's example row was left out; give it a code if it is meant"


def opened(audience: Audience) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template(audience)))


def test_a_city_never_sees_what_the_ministry_fills() -> None:
    book = opened("city")
    assert book.sheetnames == CITY_SHEETS
    theirs = {
        c.header
        for s in ("Assessment", "City record", "Scores")
        for c in SHEETS[s].columns().values()
    } - {"Activity code", "City code"}
    seen = {cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert "Score" in theirs
    assert not theirs & seen


def test_the_ministry_sees_all_sheets_and_columns() -> None:
    book = opened("ministry")
    assert book.sheetnames == list(SHEETS)
    for sheet, record in SHEETS.items():
        headers = [c.header for c in record.columns().values()]
        if sheet == "Fund":
            assert [r[0].value for r in book["Fund"]["A2:A11"]] == headers
        else:
            assert [cell.value for cell in book[sheet][1]] == headers


@pytest.mark.parametrize("audience", get_args(Audience))
def test_example_rows_are_left_out_with_a_note(audience: Audience) -> None:
    """Nothing of the template counts as data: only its blanks are faults."""
    intake = taken(template(audience))
    sheets = [s for s in opened(audience).sheetnames if s != "Fund"]
    unassessed = ["the plans are not assessed yet: no sheet Assessment"]
    assert texts(intake.notes) == [
        *(unassessed if audience == "city" else []),
        *(f"{sheet}!A2: {LEFT_OUT}" for sheet in sheets),
    ]
    assert [fault.place for fault in intake.faults if fault.row] == [
        "Fund!B2",
        "Fund!B3",
        "Fund!B7",
    ]
    assert all(
        not table.rows or sheet == "Fund" or len(table.rows) == 1
        for sheet, table in intake.tables.items()
    )


def test_example_rows_are_sound() -> None:
    """With codes of its own and the call filled in, the example is an application."""
    tables = dict(taken(template("ministry")).tables)
    for sheet in tables:
        rows = [Row(r.number, tuple(_recoded(v) for v in r.values)) for r in tables[sheet].rows]
        tables[sheet] = Table(tables[sheet].headers, tuple(rows))
    fund: dict[str, Any] = {"Fund": "x", "Reference": "y", "First year": 2026}
    rows = [
        Row(r.number, (r.values[0], fund.get(str(r.values[0]), r.values[1]), None))
        for r in tables["Fund"].rows
    ]
    tables["Fund"] = Table(tables["Fund"].headers, tuple(rows))
    intake = read_tables(tables)
    assert (texts(intake.faults), texts(intake.notes)) == ([], [])
    assert intake.require().activities["GRE-1"].requested == 2_000_000


def _recoded(value: Any) -> Any:
    return value.replace("EXAMPLE", "GRE") if isinstance(value, str) else value


def test_a_filled_template_is_read() -> None:
    """The form for cities, filled by hand under the example, and the ministry's sheets."""
    cells = sound()

    def fill(book: openpyxl.Workbook) -> None:
        for row in book["Fund"].iter_rows(min_row=2, max_row=11):
            given = {r[0]: r[1] for r in cells["Fund"]}
            row[1].value = given.get(row[0].value)
        for sheet in ("Cities", "Activities", "Assessment", "City record", "Scores"):
            places = {cell.value: at for at, cell in enumerate(book[sheet][1], 1)}
            for line, values in enumerate(cells[sheet][1:], 3):
                for header, value in zip(cells[sheet][0], values, strict=True):
                    if header not in places:
                        places[header] = len(places) + 1
                        book[sheet].cell(1, places[header], header)
                    book[sheet].cell(line, places[header], value)

    intake = taken(edited(template("ministry"), fill))
    assert intake.faults == ()
    assert list(intake.require().activities) == ["GRE-1", "GRE-2", "LIL-1"]
    assert intake.require().activities["GRE-1"].requested_by_year == (
        (2026, 650_030),
        (2027, 600_000),
    )


def test_the_currency_is_filled_in_and_sets_the_decimals() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("city", "JPY")))
    assert book["Fund"]["B6"].value == "JPY"
    assert book["Activities"]["M2"].number_format == "#,##0"
    comment = book["Activities"]["M1"].comment
    assert comment is not None
    assert "an amount such as 12500 [JPY]" in comment.text


def test_every_column_has_a_note_and_a_rule() -> None:
    for sheet in opened("ministry").worksheets:
        if sheet.title == "Fund":
            continue
        ruled = {str(r.sqref).split(":")[0] for r in sheet.data_validations.dataValidation}
        for at, cell in enumerate(sheet[1]):
            assert cell.comment is not None
            assert f"{column_letter(at)}2" in ruled
        for rule in sheet.data_validations.dataValidation:
            assert rule.prompt


def test_what_there_is_no_template_for() -> None:
    with pytest.raises(UsageError, match="choose city or ministry"):
        template("mayor")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="ISO 4217"):
        template("city", "Euro")


@pytest.mark.parametrize("audience", get_args(Audience))
def test_headers_are_protected_and_cells_are_not(audience: Audience) -> None:
    """Right of our columns all is open: a city may add Requested 2027, or columns of its own."""
    for page in opened(audience).worksheets:
        assert page.protection.sheet
        assert page.protection.password is None
        assert not page.protection.deleteRows  # in the file: not forbidden
        assert all(cell.protection.locked for cell in page[1])
        if page.title == "Fund":
            assert all(page.cell(row, 1).protection.locked for row in range(2, 12))
            assert not any(page.cell(row, 2).protection.locked for row in range(2, 12))
            continue
        for at in range(1, page.max_column + 1):
            assert not page.cell(2, at).protection.locked
        columns = [d for d in page.column_dimensions.values() if not d.protection.locked]
        spans = [(d.min or 0, d.max or 0) for d in columns]
        assert max(last for _, last in spans) == 16_384
        assert sum(last - first + 1 for first, last in spans) == 16_384


def test_rows_that_are_filled_later_are_printed_too() -> None:
    for page in opened("ministry").worksheets:
        assert page.print_title_rows == "$1:$1"
        assert page.page_setup.orientation == "landscape"
        assert bool(page.print_area) == (page.title == "Fund")


def test_forms_made_for_a_call_agree_with_it() -> None:
    """Sheet Fund is filled and closed, so that the forms of all cities merge."""
    call = taken(workbook()).require().call
    form = template("city", call=call)
    page = openpyxl.load_workbook(io.BytesIO(form))["Fund"]
    given = {row[0].value: row[1].value for row in page["A2:B11"]}
    assert (given["Fund"], given["Currency"], given["First year"]) == ("City fund", "EUR", 2026)
    assert given["Closing date"] == dt.datetime(2025, 11, 30)  # noqa: DTZ001 (Excel has no zone)
    assert all(page.cell(row, 2).protection.locked for row in range(2, 12))
    assert [f.message for f in taken(form).faults if f.sheet == "Fund"] == []


def test_the_call_is_read_from_any_workbook_with_a_sound_sheet_fund(tmp_path: Path) -> None:
    path = tmp_path / "fund.xlsx"
    path.write_bytes(workbook(Cities_E2="many"))
    assert read_call(path) == taken(workbook()).require().call
    path.write_bytes(workbook(Fund_B4="EURO", Fund_B5=None))
    with pytest.raises(ApplicationsFaulty, match="Fund!B4"):
        read_call(path)
    cells = sound()
    del cells["Fund"][3]
    path.write_bytes(workbook(cells))
    with pytest.raises(InputError, match="does not give: Currency"):
        read_call(path)
    del cells["Fund"]
    path.write_bytes(workbook(cells))
    with pytest.raises(InputError, match="has no sheet Fund"):
        read_call(path)
