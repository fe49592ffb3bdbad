"""The cells of one sheet's part, in one pass: values as they stand, and what is odd about them.

The rows are read here, because what an upload needs is not to be had from the library: cells
with a formula but no stored result, hidden rows and columns, merged cells, and a refusal where
rows or cells stand twice or out of order, of which the library silently drops some.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element

from openpyxl.formula.translate import Translator
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from funding.errors import WorkbookRejected
from funding.workbook.cells import shown
from funding.workbook.parts import Book, N, damaged, elements, excel_text, text_of
from funding.workbook.tables import (
    MOST_COLUMNS,
    ErrorCell,
    Percent,
    Uncalculated,
    Value,
    column_letter,
)

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of a sheet in Excel

_ROW, _CELL, _COLUMN, _MERGED = f"{N}row", f"{N}c", f"{N}col", f"{N}mergeCell"
_RESULT, _FORMULA, _INLINE = f"{N}v", f"{N}f", f"{N}is"
_MORE = f"{N}extLst"  # what later versions of Excel add
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_INDEX = re.compile(r"\d{1,9}", re.ASCII)
_ROW_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?Z?", re.ASCII)
_DAYS = 2_958_466  # 31 December 9999 and a day, as Excel counts from 1900
_DAYS_1904 = 1_462  # that the other epoch lies later
_TRUE = ("1", "true")
_REFERENCE = 20  # characters of a place that a message quotes
_MERGED_KEPT = 4  # enough to tell of three and that there are more


class SheetCells:
    """The rows of one sheet, read from its part; what is odd is known once all are read.

    `rows` gives ``(number, values)`` of each row in the part, blank rows included, values up to
    the last filled of the first 100 columns; of all, and with ``formulas``, where ``everything``
    is wanted. Raises WorkbookRejected for rows or cells that no
    program writes, and whatever the XML parser raises for a damaged part.
    """

    def __init__(self, book: Book, *, everything: bool = False) -> None:
        self.formulas: dict[tuple[int, int], str] = {}  # (row, column), from 1 → its text
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []  # from 1
        self.merged: list[str] = []  # A2:A5; the first few
        self.beyond = ""  # the first filled cell beyond the columns that are read
        self._texts, self._kinds, self._epoch = book.texts, book.kinds, book.epoch
        self._days = _DAYS if book.epoch == WINDOWS_EPOCH else _DAYS - _DAYS_1904
        self._columns: dict[str, int] = {}  # letters → number: most cells repeat them
        self._everything, self._most = everything, LAST_COLUMN if everything else MOST_COLUMNS
        self._shared: dict[str, tuple[str, str]] = {}  # a shared formula: its text, and where

    def rows(self, part: IO[bytes]) -> Iterator[tuple[int, list[Value]]]:
        """Each row with its number. The part is one that `check_package` has looked at."""
        number = 0
        places = ("sheetData/row", "cols/col", "mergeCells/mergeCell")
        for element in elements(part, f"{N}worksheet", "sheetData", *places):
            if element.tag == _ROW:
                number = self._number(element, number)
                yield number, self._values(element, number)
            elif element.tag == _COLUMN:
                self._column(element)
            elif len(self.merged) < _MERGED_KEPT:
                self.merged.append(" ".join(element.get("ref", "")[:_REFERENCE].split()))

    def _number(self, row: Element, before: int) -> int:
        given = row.get("r")
        if given is None:
            number = before + 1
        elif _ROW_NUMBER.fullmatch(given):
            number = int(given)
        else:
            raise damaged(f"{shown(given)} is no number of a row")
        if number > LAST_ROW:
            raise WorkbookRejected("the workbook numbers its rows beyond Excel's last")
        if number <= before:
            raise _out_of_order(f"row {number}")
        if row.get("hidden") in _TRUE:
            self.hidden_rows.append(number)
        return number

    def _column(self, element: Element) -> None:
        if element.get("hidden") in _TRUE:
            first, last = int(element.get("min", "0")), int(element.get("max", "0"))
            known = self.hidden_columns[-1] if self.hidden_columns else 0  # they stand in order
            self.hidden_columns += range(max(first, known + 1), min(last, self._most) + 1)

    def _values(self, row: Element, number: int) -> list[Value]:
        values: list[Value] = []
        column = 0
        ending = str(number)
        for cell in row:
            if cell.tag != _CELL:
                if cell.tag == _MORE:
                    continue
                raise damaged(f"row {number} holds something other than cells")
            before, place = column, cell.get("r")
            if place is None:
                column += 1
            else:
                known = self._columns.get(place[: -len(ending)])
                usual = known is not None and place.endswith(ending)
                column = known if usual and known else self._column_number(place, ending)
            if not before < column <= LAST_COLUMN:
                raise _out_of_order(_called(cell))
            if not len(cell):
                continue
            if self._everything and (formula := cell.find(_FORMULA)) is not None:
                place = f"{column_letter(column - 1)}{number}"
                self.formulas[number, column] = self._formula(formula, place)
            value = self._value(cell)
            if value is None:
                continue
            if column > self._most:
                self.beyond = self.beyond or f"{column_letter(column - 1)}{number}"
                continue
            values += [None] * (column - 1 - len(values))
            values.append(value)
        return values

    def _formula(self, element: Element, place: str) -> str:
        """The text of a cell's formula; of one that cells share, as it is meant in this one."""
        text, name = element.text or "", element.get("si", "")
        if element.get("t") != "shared":
            return text
        if text:
            self._shared[name] = (text, place)
            return text
        shared, origin = self._shared.get(name, ("", place))
        return Translator(f"={shared}", origin).translate_formula(place)[1:] if shared else ""

    def _column_number(self, place: str, ending: str) -> int:
        """The number of the column of a cell's place, which ends in the number of its row."""
        found = _PLACE.fullmatch(place)
        if found is None:
            raise damaged(f"{shown(place)} is no place of a cell")
        if found[2] != ending:
            raise _out_of_order(f"cell {place} in row {ending}")
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
        self._columns[found[1]] = column
        return column

    def _value(self, cell: Element) -> Value:
        kind = cell.get("t", "n")
        result, formula, inline = _held(cell)
        text = None if result is None else result.text
        if kind == "inlineStr" and inline is not None and not text:
            return text_of(inline)
        if inline is not None or (kind == "inlineStr" and text):
            raise damaged(f"{_called(cell)} holds a text in a way that Excel does not know")
        if not text:
            # A formula may well give an empty text; without any result it was not calculated.
            lacks = kind != "str" and formula is not None
            return Uncalculated("=") if lacks else None
        if kind == "n":
            return self._number_or_date(cell, text)
        if kind == "s" and _INDEX.fullmatch(text) and int(text) < len(self._texts):
            return self._texts[int(text)]
        if kind == "str":
            return excel_text(text)
        if kind == "b" and text in ("0", "1"):
            return text == "1"
        if kind == "e" and text.startswith("#"):
            return ErrorCell(text)
        if kind == "d" and (moment := _moment(text)):
            return moment
        raise damaged(f"{_called(cell)} holds no value that Excel knows")

    def _number_or_date(self, cell: Element, text: str) -> Value:
        """Python's own reading of numbers takes more than Excel's, such as 1_000: checked first."""
        value: int | float
        if _WHOLE.fullmatch(text):
            value = int(text)
        elif _NUMBER.fullmatch(text):
            value = float(text)
        else:
            raise damaged(f"{_called(cell)} should hold a number and holds {shown(text)}")
        style = cell.get("s", "0")
        if not _INDEX.fullmatch(style) or int(style) >= len(self._kinds):
            raise damaged(f"{_called(cell)} has a style that the workbook does not have")
        made = self._kinds[int(style)]
        if not made:
            return value
        if made == "percent":
            return Percent(value)
        try:
            if not 0 <= value < self._days:
                raise OverflowError
            moment: Value = from_excel(value, self._epoch, timedelta=made == "span")
        except OverflowError:
            return ErrorCell("#VALUE!")  # Excel shows ##### where a number is no date
        return moment


def _held(cell: Element) -> tuple[Element | None, Element | None, Element | None]:
    """The result, the formula and the text of its own that a cell holds. Each stands once."""
    result = formula = inline = None
    for child in cell:
        tag = child.tag
        if tag == _RESULT and result is None and not len(child):
            result = child
        elif tag == _FORMULA and formula is None:
            formula = child
        elif tag == _INLINE and inline is None:
            inline = child
        elif tag != _MORE:
            raise damaged(f"{_called(cell)} holds no value that Excel knows")
    return result, formula, inline


def _moment(text: str) -> dt.date | None:
    """The date, with a time or without, that a cell holds as text; None for anything else."""
    found = _DAY.fullmatch(text)
    try:
        if found is None:
            return None
        if found[2]:
            return dt.datetime.fromisoformat(found[1] + found[2])
        return dt.date.fromisoformat(found[1])
    except ValueError:
        return None


def _called(cell: Element) -> str:
    place = cell.get("r", "")
    return f"cell {place}" if _PLACE.fullmatch(place) else "a cell"


def _out_of_order(what: str) -> WorkbookRejected:
    return WorkbookRejected(
        f"{what} stands twice or out of order, so the workbook is damaged; open it in Excel, "
        "let Excel repair it, and save it again"
    )
