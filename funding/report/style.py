"""How the sheets of a report look: formats, page set-up, and tables with live cells.

Amounts are given in cents and written in currency units. Text is always written as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias

from funding import money
from funding.linear import Exact
from funding.workbook.writer import Page, write_cell

DARK, MEDIUM, LIGHT, LINE = "#1F3A5F", "#5B7DA6", "#DCE6F1", "#D5DCE4"
INK, QUIET, GOOD, FAIR, BAD = "#1F2933", "#52606D", "#1E6B3A", "#8A5A00", "#9C0006"
STATUS_COLOURS = {"full": GOOD, "reduced": FAIR, "reserve": MEDIUM}
FONT = "Calibri"
ROW_OF_HEADERS, LINE_OF_TEXT, HIGHEST_ROW = 30, 13, 409  # heights in points
LETTERS = 1.3  # of text at size 10 in a unit of column width


class Kind(StrEnum):
    """What a column of a report holds, and so how its cells look."""

    TEXT = "text"
    WRAPPED = "wrapped text"
    STATUS = "status"
    MONEY = "money"  # given in cents
    WHOLE = "money shown without cents"  # given in cents
    SHARE = "share of 1"
    SCORE = "score"
    COUNT = "whole number"
    PRECISE = "small share of 1"
    WEIGHT = "coefficient"
    PRICE = "value for one more"


@dataclass(frozen=True, slots=True)
class Live:
    """A cell with a formula, and the value that the formula comes to."""

    formula: str
    value: Exact | str | float


Cell: TypeAlias = Live | Exact | float | str | None


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table: header, what it holds, its width in characters."""

    header: str
    kind: Kind
    width: float


class Looks:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any, currency: str) -> None:
        places = money.decimals(currency)
        number = "#,##0" + ("." + "0" * places if places else "")
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._numbers = {
            Kind.MONEY: f'{number}\\ "{currency}"',
            Kind.WHOLE: f'#,##0\\ "{currency}"',
            Kind.SHARE: "0.0 %",
            Kind.PRECISE: "0.0000 %",
            Kind.SCORE: "0.0",
            Kind.COUNT: "#,##0",
            Kind.WEIGHT: "0.0###",
            Kind.PRICE: "#,##0.00????",  # decimal signs under each other
        }

    def make(self, **look: Any) -> Any:
        """The format with these properties of XlsxWriter."""
        whole = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "top"} | look
        key = tuple(sorted(whole.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(whole)
        return self._made[key]

    def cell(self, kind: Kind, **more: Any) -> Any:
        """The format of a cell in a table."""
        look: dict[str, Any] = {"num_format": self._numbers.get(kind, "@")}
        look |= {"bottom": 1, "bottom_color": LINE, "text_wrap": kind is Kind.WRAPPED}
        look |= {} if kind in self._numbers else {"align": "left", "indent": 1}
        return self.make(**look | more)

    def total(self, kind: Kind) -> Any:
        """The format of a cell in a row of totals."""
        return self.cell(kind, bold=True, top=1, top_color=DARK, bg_color=LIGHT)

    def header(self, kind: Kind) -> Any:
        """The format of a header, over its column."""
        number = kind in self._numbers
        return self.make(
            bold=True,
            font_color="#FFFFFF",
            bg_color=DARK,
            text_wrap=True,
            valign="vcenter",
            align="right" if number else "left",
            indent=0 if number else 1,
        )


@dataclass(frozen=True)
class Book:
    """An XlsxWriter workbook with its formats and what stands on every page."""

    book: Any
    looks: Looks
    page: Page
    foot: str  # on every page, such as the scenario's name

    def set_up_page(self, sheet: Any, name: str, columns: int) -> None:
        """Landscape, as wide as one page, with fund, sheet, scenario and banner."""
        self.page.set_up(sheet, name, columns)
        foot = self.foot if len(self.foot) <= 100 else f"{self.foot[:99]}…"
        sheet.set_footer(f"&L{foot.replace('&', '&&')}&RPage &P of &N")
        sheet.hide_gridlines(2)

    def put(self, sheet: Any, row: int, column: int, cell: Cell, kind: Kind, look: Any) -> None:
        """Write one cell; row and column count from 0."""
        if isinstance(cell, Live):
            sheet.write_formula(row, column, f"={cell.formula}", look, _shown(cell.value, kind))
        elif cell is None or isinstance(cell, str):
            write_cell(sheet, row, column, cell or None, look)
        else:
            sheet.write_number(row, column, _shown(cell, kind), look)

    def table(
        self,
        sheet: Any,
        fields: Sequence[Field],
        rows: Sequence[Sequence[Cell]],
        *,
        total: Sequence[Cell] = (),
        frozen: int = 1,
        printed: int | None = None,
        none: str = "",
    ) -> None:
        """A sheet that is one table: headers in row 1, rows, and perhaps a row of totals.

        ``frozen`` columns stay in sight; only the first ``printed`` rows are printed.
        ``none`` stands in place of rows where there are none.
        """
        fields = [_fitting(field, at, [*rows, total]) for at, field in enumerate(fields)]
        for at, field in enumerate(fields):
            sheet.set_column(at, at, field.width)
            sheet.write_string(0, at, field.header, self.looks.header(field.kind))
        sheet.set_row(0, ROW_OF_HEADERS)
        for number, row in enumerate(rows, 1):
            sheet.set_row(number, _height(fields, row))
            for at, (field, cell) in enumerate(zip(fields, row, strict=True)):
                self.put(sheet, number, at, cell, field.kind, self._look(field, cell))
        if none and not rows:
            sheet.write_string(1, 0, none, self.looks.make(font_color=QUIET))
        for at, cell in enumerate(total):
            kind = fields[at].kind
            self.put(sheet, len(rows) + 1, at, cell, kind, self.looks.total(kind))
        last = len(rows) + bool(total) if printed is None else printed
        sheet.freeze_panes(1, frozen)
        sheet.autofilter(0, 0, max(len(rows), 1), len(fields) - 1)
        sheet.repeat_rows(0)
        sheet.print_area(0, 0, max(last, 1), len(fields) - 1)
        self.set_up_page(sheet, sheet.get_name(), len(fields))

    def _look(self, field: Field, cell: Cell) -> Any:
        if field.kind is Kind.STATUS and isinstance(cell, str):
            return self.looks.cell(field.kind, font_color=STATUS_COLOURS.get(cell, QUIET))
        return self.looks.cell(field.kind)


def _height(fields: Sequence[Field], row: Sequence[Cell]) -> float:
    """The height of a row that shows its wrapped text; not every program finds it by itself."""
    lines = 1
    for field, cell in zip(fields, row, strict=True):
        if field.kind is Kind.WRAPPED and isinstance(cell, str):
            room = LETTERS * (field.width - 2)
            lines = max(lines, sum(1 + int(len(part) / room) for part in cell.split("\n")))
    return height_of(lines)


def height_of(lines: int) -> float:
    """The height of a row with so many lines of text [points]."""
    return min(HIGHEST_ROW, lines * LINE_OF_TEXT + 2)


def _fitting(field: Field, at: int, rows: Sequence[Sequence[Cell]]) -> Field:
    """The column, its amounts without decimals where none of them has cents."""
    if field.kind is not Kind.MONEY:
        return field
    cells = (row[at] for row in rows if at < len(row))
    values = (cell.value if isinstance(cell, Live) else cell for cell in cells)
    if any(isinstance(value, int | Fraction) and value % money.CENTS for value in values):
        return field
    return replace(field, kind=Kind.WHOLE)


def _shown(value: Exact | float | str, kind: Kind) -> float | str:
    """A value as it stands in the cell: money in currency units."""
    if isinstance(value, str):
        return value
    return units(value) if kind in (Kind.MONEY, Kind.WHOLE) else float(value)


def units(cents: Exact | float) -> float:
    """Cents as a number of currency units."""
    return float(Fraction(cents) / money.CENTS)
