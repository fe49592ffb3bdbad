"""An empty application workbook to be filled in, with one example row a sheet."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter

from funding import money
from funding.applications import FORMAT, SHEETS, Call, CellKind, Column
from funding.errors import UsageError
from funding.workbook.parsing import EXAMPLE
from funding.workbook.tables import FUND, FUND_HEADERS, Row, Table, Value, blank_table, settings
from funding.workbook.writer import (
    EXAMPLE_RULE,
    SAFE_TEXT,
    Page,
    Styles,
    set_properties,
    write_fund,
    write_sheet,
)

Audience = Literal["city", "ministry"]
SHEETS_FOR: Mapping[Audience, tuple[str, ...]] = {
    "city": ("Fund", "Cities", "Activities"),
    "ministry": tuple(SHEETS),
}
ROWS = 1_000  # rows of each sheet that have lists and notes

_GUIDANCE = (
    "Dark headers: every row must fill these columns. Light headers: a cell may stay blank.",
    "The grey row EXAMPLE shows how to fill a row; it is never read. Delete it or leave it.",
    "Choose a cell to see what it holds. Give amounts as plain numbers, dates as dates.",
    "A request that is spread over years: add columns Requested 2026, Requested 2027 … at the "
    "right of sheet Activities.",
    "The headers are protected, without a password, so that the form can be read when it is back.",
)
_LAST_COLUMN = 16_383  # of a sheet in Excel, from 0
_ALLOWED = dict.fromkeys(  # in a protected sheet
    (
        *("objects", "scenarios", "format_cells", "format_columns", "format_rows"),
        *("insert_rows", "delete_rows", "insert_hyperlinks", "sort", "autofilter"),
    ),
    True,
)


def template(audience: Audience, currency: str = "EUR", call: Call | None = None) -> bytes:
    """An empty application workbook: for a city its own sheets only, for the ministry all six.

    The form for cities has no column that the ministry fills. The currency sets the decimals
    of amounts and is filled in; where the ``call`` is given, all of sheet Fund is, and its
    currency counts, so that the forms of all cities agree. Headers are protected. Raises
    UsageError for another audience or currency.
    """
    if audience not in SHEETS_FOR:
        raise UsageError(f'There is no template for "{audience}"; choose city or ministry.')
    currency = call.currency if call else currency
    if currency not in money.currencies():
        raise UsageError(f'"{currency}" is not a currency; give an ISO 4217 code such as EUR.')
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, SAFE_TEXT)
    set_properties(book, f"Application workbook for the {audience}")
    styles = Styles(book, currency, open_cells=True)
    page = Page(f"{call.fund} · {call.reference}" if call else "Application workbook")
    worksheets = {sheet: book.add_worksheet(sheet) for sheet in SHEETS_FOR[audience]}
    for sheet, worksheet in worksheets.items():
        if sheet == FUND:
            given = Styles(book, currency) if call else styles  # what is given stays as it is
            write_fund(worksheet, _settings(currency, call), given, page)
        else:
            _form(worksheet, sheet, styles, page)
        worksheet.protect("", _ALLOWED)
    book.close()
    return stream.getvalue()


def _form(worksheet: Any, sheet: str, styles: Styles, page: Page) -> None:
    """A sheet to fill: the example in row 2, all cells but the headers open."""
    columns = SHEETS[sheet].columns().values()
    values = tuple(example(column, coded=False) for column in columns)
    table = replace(blank_table(sheet), rows=(Row(2, values),))
    write_sheet(worksheet, sheet, table, styles, page, ROWS, to_fill=True)
    last = len(columns) - 1
    # Open to the end: for Requested YYYY, and because Excel deletes a row only if all of it is.
    worksheet.set_column(last + 1, _LAST_COLUMN, None, styles.kinds[CellKind.MONEY])
    look = {"type": "formula", "criteria": EXAMPLE_RULE, "format": styles.example}
    worksheet.conditional_format(1, 0, ROWS, last, look)


def example(column: Column, *, coded: bool = True) -> Value:
    """The example of a column as a cell holds it; without ``coded``, codes say EXAMPLE."""
    text = column.example
    match column.kind:
        case CellKind.CODE if not coded:
            return EXAMPLE if column.header == "City code" else f"{EXAMPLE}-1"
        case _ if not text:
            return None
        case CellKind.MONEY | CellKind.SCORE | CellKind.DEGREES:
            return Decimal(text)
        case CellKind.COUNT | CellKind.YEAR:
            return int(text)
        case CellKind.DATE:
            return dt.date.fromisoformat(text)
    return text


def _settings(currency: str, call: Call | None) -> Table:
    """Sheet Fund with what is known beforehand, and guidance under the settings."""
    known: dict[str, Value] = {"Currency": currency, "Workbook format": FORMAT}
    if call:
        known = {str(row.values[0]): row.values[1] for row in settings(call).rows}
    rows = [
        Row(number, (column.header, known.get(column.header), _hint(column)))
        for number, column in enumerate(SHEETS[FUND].columns().values(), 2)
    ]
    after = len(rows) + 3
    rows += [Row(after + at, (None, None, line)) for at, line in enumerate(_GUIDANCE)]
    return Table(FUND_HEADERS, tuple(rows))


def _hint(column: Column) -> str:
    return f"{column.note}; for example {column.example}" if column.example else column.note
