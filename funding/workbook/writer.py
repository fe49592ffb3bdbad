"""The application workbook, written: the six sheets, typeset, with lists and notes to fill it.

Text is always written as text, so that none of it becomes a formula or a link. The same
applications give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from textwrap import wrap
from typing import Any

import xlsxwriter

from funding import money
from funding.applications import SHEETS, Applications, Call, CellKind, Column
from funding.errors import InputError
from funding.workbook.cells import FIRST_DAY, LAST_DAY, MOST_TEXT, expected
from funding.workbook.tables import (
    FUND,
    Row,
    Table,
    Value,
    column_letter,
    to_assess,
    to_tables,
    year_column,
    year_of,
)

SAFE_TEXT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
CREATED = dt.datetime(
    2020, 1, 1, tzinfo=dt.UTC
)  # fixed, so that the same content gives the same bytes
SPARE_ROWS = 200  # rows under the last one that have the lists too
EXAMPLE_RULE = '=OR($A2="EXAMPLE",LEFT($A2,8)="EXAMPLE-")'

_DARK, _LIGHT, _LINE, _INK, _WARNING = "#1F3A5F", "#DCE6F1", "#B8C4D2", "#1F2933", "#9C0006"
_MOST_HEADER = 255  # characters of a page header in Excel
_MOST_MESSAGE = 255  # characters of an input message in Excel
_TOO_LONG = -2  # what the library gives back when it cut a text

_WIDTHS = {
    CellKind.CODE: 15,
    CellKind.MONEY: 15,
    CellKind.COUNT: 13,
    CellKind.SCORE: 9,
    CellKind.DEGREES: 11,
    CellKind.YES_NO: 12,
    CellKind.CHOICE: 17,
    CellKind.DATE: 12,
    CellKind.YEAR: 9,
    CellKind.COUNTRIES: 14,
    CellKind.CURRENCY: 10,
}
_NARROWEST, _WIDEST = 12, 46  # columns of text, in characters
_FUND_WIDTHS = (22, 44, 80)
_LINE_HEIGHT = 16  # points
_TALLEST = 400  # points; Excel takes 409


def write_applications(applications: Applications, banner: str = "") -> bytes:
    """The application workbook of a call, ready to be read again or sent on.

    ``banner`` is a text such as "SYNTHETIC DATA" that stands on sheet Fund, on every printed
    page and in the file's properties. Raises InputError for a text too long for a cell.
    """
    return _written(applications.call, to_tables(applications), banner)


def write_plans(plans: Applications, banner: str = "") -> bytes:
    """The workbook for the ministry to assess: the plans, and of its own sheets the codes alone.

    ``plans`` are applications without assessments. Raises InputError as `write_applications`.
    """
    return _written(plans.call, to_assess(plans), banner)


def _written(call: Call, tables: Mapping[str, Table], banner: str) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, SAFE_TEXT)
    set_properties(book, f"Applications: {call.fund}", banner)
    _add_tables(book, call, tables, banner)
    book.close()
    return stream.getvalue()


def add_sheets(book: Any, applications: Applications, banner: str = "") -> None:
    """Write the six sheets into an open XlsxWriter workbook, after the sheets it has.

    The workbook should be opened with `SAFE_TEXT`. Raises InputError for a text too long.
    """
    _add_tables(book, applications.call, to_tables(applications), banner)


def _add_tables(book: Any, call: Call, tables: Mapping[str, Table], banner: str) -> None:
    page = Page(f"{call.fund} · {call.reference}", banner)
    styles = Styles(book, call.currency)
    sheets = {sheet: book.add_worksheet(sheet) for sheet in tables}
    for sheet, table in tables.items():
        if sheet == FUND:
            write_fund(sheets[sheet], table, styles, page)
        else:
            write_sheet(sheets[sheet], sheet, table, styles, page, SPARE_ROWS)


def set_properties(book: Any, title: str, banner: str = "") -> None:
    """The file's properties, with a fixed date."""
    properties = {"title": title, "created": CREATED}
    if banner:
        properties |= {"subject": banner, "comments": banner, "keywords": banner}
    book.set_properties(properties)


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on every printed page."""

    title: str
    banner: str = ""

    def set_up(self, worksheet: Any, sheet: str, columns: int) -> None:
        """Landscape, as wide as one page, with its headers repeated."""
        worksheet.set_landscape()
        worksheet.set_paper(8 if columns > 14 else 9)  # A3, A4
        worksheet.fit_to_pages(1, 0)
        worksheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.7)
        header = f'&L&"-,Bold"{_page_text(self.title, 70)}'
        if self.banner:
            header += f"\n&K{_WARNING[1:]}"
            header += _page_text(self.banner, _MOST_HEADER - len(header) - len(f"&R{sheet}"))
        worksheet.set_header(f"{header}&R{sheet}")
        worksheet.set_footer("&RPage &P of &N")


def _page_text(text: str, most: int) -> str:
    """A text in a page header, where ``&`` starts a code, in at most so many characters."""
    plain = " ".join(text.split())
    coded, kept = plain.replace("&", "&&"), len(plain)
    while len(coded) > most:
        kept -= 1
        coded = plain[:kept].replace("&", "&&") + "…"
    return coded


class Styles:
    """The formats of one workbook: how each kind of cell looks, and how headers do.

    With ``open_cells`` the cells to fill can be changed in a sheet that is protected.
    """

    def __init__(self, book: Any, currency: str, *, open_cells: bool = False) -> None:
        self.currency = currency
        self._lock = {"locked": False} if open_cells else {}
        header = {
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "border": 1,
            "border_color": _LINE,
            "align": "left",
            "indent": 1,
        }
        self.required = book.add_format({**header, "bg_color": _DARK, "font_color": "#FFFFFF"})
        self.optional = book.add_format({**header, "bg_color": _LIGHT, "font_color": _INK})
        self.label = book.add_format({"bold": True, "valign": "top", "num_format": "@"})
        self.note = book.add_format({"font_color": "#52606D", "text_wrap": True, "valign": "top"})
        self.banner = book.add_format(
            {"bold": True, "font_color": _WARNING, "text_wrap": True, "valign": "top"}
        )
        self.example = book.add_format(
            {"italic": True, "font_color": "#7B8794", "bg_color": "#F2F4F7"}
        )
        self.kinds = {kind: book.add_format(self._look(kind)) for kind in CellKind}
        self.left = {
            kind: book.add_format({**self._look(kind), "align": "left", "indent": 1})
            for kind in CellKind
        }

    def _look(self, kind: CellKind) -> dict[str, Any]:
        places = money.decimals(self.currency)
        formats = {
            CellKind.MONEY: "#,##0" + ("." + "0" * places if places else ""),
            CellKind.COUNT: "#,##0",
            CellKind.SCORE: "General",
            CellKind.DEGREES: "0.0000",
            CellKind.DATE: "yyyy-mm-dd",
            CellKind.YEAR: "0",
        }
        look: dict[str, Any] = {"num_format": formats.get(kind, "@"), "valign": "top", **self._lock}
        if kind in (CellKind.TEXT, CellKind.COUNTRIES):
            look["text_wrap"] = True
        if kind not in formats:
            look |= {"align": "left", "indent": 1}  # apart from the number before it
        return look


def columns_of(sheet: str, headers: Sequence[str]) -> list[Column]:
    """The columns of a sheet's headers, as our own tables have them."""
    known = {column.header: column for column in SHEETS[sheet].columns().values()}
    return [known.get(h) or year_column(year_of(h) or 0) for h in headers]


def note_on(column: Column, currency: str) -> str:
    """What a column means, as a comment on its header says it."""
    must = "Required." if column.required else "May stay blank."
    unit = currency if column.unit == "currency" else column.unit
    holds = f"Holds {expected(column, currency)}{f' [{unit}]' if unit else ''}."
    return f"{must} {column.note}. {holds}"


def write_fund(worksheet: Any, table: Table, styles: Styles, page: Page) -> None:
    """Sheet Fund: one setting a row; the banner is the note of its first row."""
    columns = list(SHEETS[FUND].columns().values())
    for at, header in enumerate(table.headers):
        worksheet.write_string(0, at, header, styles.required if at < 2 else styles.optional)
    for at, width in enumerate(_FUND_WIDTHS):
        worksheet.set_column(at, at, width)
    worksheet.set_row(0, _LINE_HEIGHT)
    for row in table.rows:
        setting, value, note = row.values
        line = row.number - 1
        column = next((c for c in columns if c.header == setting), None)
        banner = bool(page.banner) and setting == "Fund"
        write_cell(worksheet, line, 0, setting, styles.label)
        if column:
            write_cell(worksheet, line, 1, value, styles.left[column.kind])
            _validate(worksheet, line, line, 1, FUND, column, styles)
            note = f"{'Required. ' * column.required}{note}"
        text = page.banner if banner else note
        write_cell(worksheet, line, 2, text, styles.banner if banner else styles.note)
        worksheet.set_row(line, _height((setting, value, text), _FUND_WIDTHS))
    worksheet.freeze_panes(1, 0)
    worksheet.repeat_rows(0)
    worksheet.print_area(0, 0, max((r.number for r in table.rows), default=1) - 1, 2)
    page.set_up(worksheet, FUND, 3)


def write_sheet(
    worksheet: Any,
    sheet: str,
    table: Table,
    styles: Styles,
    page: Page,
    spare: int,
    *,
    to_fill: bool = False,
) -> None:
    """Any other sheet: headers with notes, rows, lists to choose from, ready to print.

    ``spare`` rows under the last have the lists too. Of a form that is yet ``to_fill`` all rows
    are printed that will be there, and not those of now alone.
    """
    columns = columns_of(sheet, table.headers)
    widths = [_width(column, at, table.rows) for at, column in enumerate(columns)]
    last = max((row.number for row in table.rows), default=1) - 1
    worksheet.set_comments_author("Application workbook")
    for at, column in enumerate(columns):
        worksheet.set_column(at, at, widths[at], styles.kinds[column.kind])
        look = styles.required if column.required else styles.optional
        worksheet.write_string(0, at, column.header, look)
        worksheet.write_comment(
            0, at, note_on(column, styles.currency), {"x_scale": 1.6, "y_scale": 1.1}
        )
        _validate(worksheet, 1, last + spare, at, sheet, column, styles)
    worksheet.set_row(0, _height([c.header for c in columns], [w * 0.9 for w in widths]) + 4)
    for row in table.rows:
        worksheet.set_row(row.number - 1, _height(row.values, widths))
        for at, (value, column) in enumerate(zip(row.values, columns, strict=True)):
            write_cell(worksheet, row.number - 1, at, value, styles.kinds[column.kind])
    worksheet.freeze_panes(1, 2 if sheet in ("Cities", "Activities") else 1)
    worksheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    worksheet.repeat_rows(0)
    if not to_fill:
        worksheet.print_area(0, 0, max(last, 1), len(columns) - 1)
    page.set_up(worksheet, sheet, len(columns))


def write_cell(worksheet: Any, row: int, column: int, value: Value, style: Any) -> None:
    """One cell, by what it holds; text stays text whatever it starts with."""
    if value is None:
        worksheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        if worksheet.write_string(row, column, value, style) == _TOO_LONG:
            place = f"{worksheet.get_name()}!{column_letter(column)}{row + 1}"
            raise InputError(
                f"{place}: the text has {len(value):,} characters, more than a cell of Excel "
                f"holds; shorten it to {MOST_TEXT:,}."
            )
    elif isinstance(value, bool):
        worksheet.write_boolean(row, column, value, style)
    elif isinstance(value, dt.date):
        worksheet.write_datetime(row, column, value, style)
    elif isinstance(value, int | float | Decimal):
        worksheet.write_number(row, column, float(value), style)
    else:
        worksheet.write_string(row, column, str(value), style)


def _width(column: Column, at: int, rows: Sequence[Row]) -> float:
    if column.kind is not CellKind.TEXT:
        return _WIDTHS[column.kind]
    lengths = sorted(len(str(row.values[at])) for row in rows if row.values[at] is not None)
    usual = lengths[len(lengths) * 9 // 10] if lengths else 24
    return min(_WIDEST, max(_NARROWEST, usual + 3))


def _height(values: Sequence[Value], widths: Sequence[float]) -> float:
    """The height of a row in which texts wrap: not every program fits rows by itself."""
    lines = 1
    for value, width in zip(values, widths, strict=True):
        if isinstance(value, str):
            fill = max(1, int(width * 1.15) - 1)
            if len(value) > fill or "\n" in value:
                lines = max(lines, sum(len(wrap(part, fill)) or 1 for part in value.split("\n")))
    return min(_TALLEST, _LINE_HEIGHT * lines)


def _validate(
    worksheet: Any, first: int, last: int, at: int, sheet: str, column: Column, styles: Styles
) -> None:
    """What Excel lets one type into a column, and what it says when a cell is chosen."""
    rule = _rule(sheet, column, f"{column_letter(at)}2", last)
    message = note_on(column, styles.currency)
    rule |= {
        "input_title": column.header[:32],
        "input_message": _cut(message),
        "error_title": column.header[:32],
        "error_message": _cut(f"Expected {expected(column, styles.currency)}."),
        "ignore_blank": True,
    }
    worksheet.data_validation(first, at, max(first, last), at, rule)


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_MESSAGE else f"{text[: _MOST_MESSAGE - 1]}…"


def _rule(sheet: str, column: Column, first: str, last: int) -> dict[str, Any]:
    match column.kind:
        case CellKind.CHOICE:
            return {"validate": "list", "source": list(column.choices)}
        case CellKind.YES_NO:
            return {"validate": "list", "source": ["yes", "no"]}
        case CellKind.MONEY | CellKind.SCORE | CellKind.DEGREES:
            return {"validate": "decimal", **_between(column)}
        case CellKind.COUNT | CellKind.YEAR:
            return {"validate": "integer", **_between(column)}
        case CellKind.DATE:
            return {
                "validate": "date",
                "criteria": "between",
                "minimum": FIRST_DAY,
                "maximum": LAST_DAY,
            }
        case CellKind.CODE:
            home = _HOMES.get(column.header, sheet)
            if home != sheet:
                source = f"={home}!$A$2:$A${max(last + 1, 1_001)}"
                return {"validate": "list", "source": source, "error_type": "warning"}
            own = f"=COUNTIF($A$2:$A${last + 1},{first})=1"
            return {"validate": "custom", "value": own, "error_type": "warning"}
    return {"validate": "length", "criteria": "<=", "value": MOST_TEXT}


def _between(column: Column) -> dict[str, Any]:
    least = 0 if column.least is None else column.least
    if column.most is None:
        return {"criteria": ">=", "value": least}
    return {"criteria": "between", "minimum": least, "maximum": column.most}


_HOMES: Mapping[str, str] = {"City code": "Cities", "Activity code": "Activities"}
