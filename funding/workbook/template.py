"""An empty application workbook to be filled in, with one example row a sheet."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Literal

import xlsxwriter

from funding import money
from funding.applications import FORMAT, SHEETS, CellKind, Column
from funding.errors import UsageError
from funding.workbook.parsing import EXAMPLE
from funding.workbook.tables import FUND, FUND_HEADERS, Row, Table, Value, blank_table
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
)


def template(audience: Audience, currency: str = "EUR") -> bytes:
    """An empty application workbook: for a city its own sheets only, for the ministry all six.

    The form for cities has no column that the ministry fills. The currency sets the decimals
    of amounts and is filled in. Raises UsageError for another audience or currency.
    """
    if audience not in SHEETS_FOR:
        raise UsageError(f'There is no template for "{audience}"; choose city or ministry.')
    if currency not in money.currencies():
        raise UsageError(f'"{currency}" is not a currency; give an ISO 4217 code such as EUR.')
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, SAFE_TEXT)
    set_properties(book, f"Application workbook for the {audience}")
    styles = Styles(book, currency)
    page = Page("Application workbook")
    worksheets = {sheet: book.add_worksheet(sheet) for sheet in SHEETS_FOR[audience]}
    for sheet, worksheet in worksheets.items():
        if sheet == FUND:
            write_fund(worksheet, _settings(currency), styles, page)
            continue
        columns = SHEETS[sheet].columns().values()
        values = tuple(example(column, coded=False) for column in columns)
        table = replace(blank_table(sheet), rows=(Row(2, values),))
        write_sheet(worksheet, sheet, table, styles, page, ROWS)
        worksheet.conditional_format(
            1,
            0,
            ROWS,
            len(columns) - 1,
            {"type": "formula", "criteria": EXAMPLE_RULE, "format": styles.example},
        )
    book.close()
    return stream.getvalue()


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


def _settings(currency: str) -> Table:
    """Sheet Fund with what is known beforehand, and guidance under the settings."""
    known: dict[str, Value] = {"Currency": currency, "Workbook format": FORMAT}
    rows = [
        Row(number, (column.header, known.get(column.header), _hint(column)))
        for number, column in enumerate(SHEETS[FUND].columns().values(), 2)
    ]
    after = len(rows) + 3
    rows += [Row(after + at, (None, None, line)) for at, line in enumerate(_GUIDANCE)]
    return Table(FUND_HEADERS, tuple(rows))


def _hint(column: Column) -> str:
    return f"{column.note}; for example {column.example}" if column.example else column.note
