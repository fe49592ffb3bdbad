"""The cells of one sheet's part, in one pass: values as they stand, and what is odd about them.

The library opens the workbook and knows its texts, styles and dates. The rows are read here,
because what an upload needs is not to be had from it: cells with a formula but no stored
result, hidden rows and columns, merged cells, and a refusal where rows or cells stand twice or
out of order, of which the library silently drops some.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element, iterparse

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from funding.errors import WorkbookRejected
from funding.workbook.tables import MOST_COLUMNS, ErrorCell, Uncalculated, Value

LAST_ROW = 1_048_576  # of a sheet in Excel

_N = f"{{{SHEET_MAIN_NS}}}"
_ROW, _CELL, _COLUMN, _MERGED = f"{_N}row", f"{_N}c", f"{_N}col", f"{_N}mergeCell"
_RESULT, _FORMULA, _INLINE = f"{_N}v", f"{_N}f", f"{_N}is"
_TEXT, _SHARED = f"{_N}t", f"{_N}si"
_RUNS = (_TEXT, f"{_N}r")  # and not the phonetic reading
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_INDEX = re.compile(r"\d{1,9}", re.ASCII)
_TRUE = ("1", "true")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class WorkbookReader(ExcelReader):
    """The library's reader, but for the table of texts, which it reads slowly and not exactly:
    it leaves escaped characters as they are and drops ``x005F_`` from any text."""

    def read_strings(self) -> None:
        """Fill ``shared_strings``."""
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is not None:
            with self.archive.open(part.PartName[1:]) as stream:
                self.shared_strings = _shared(stream)


class SheetCells:
    """The rows of one sheet, read from its part; what is odd is known once all are read.

    ``sheet`` is the library's read-only worksheet. Iterating gives ``(number, values)`` of each
    row in the part, blank rows included, values up to the last filled of the first 100 columns.
    Raises WorkbookRejected for rows or cells that no program writes, and whatever the XML
    parser raises for a damaged part.
    """

    def __init__(self, sheet: Any) -> None:
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []  # from 1
        self.merged: list[str] = []  # A2:A5
        self.beyond = ""  # the first filled cell beyond the columns that are read
        self._texts = sheet._shared_strings
        book = sheet.parent
        self._epoch = book.epoch
        self._dates, self._spans = book._date_formats, book._timedelta_formats
        self._columns: dict[str, int] = {}  # letters → number: most cells repeat them

    def rows(self, part: IO[bytes]) -> Iterator[tuple[int, list[Value]]]:
        """Each row with its number. The part is one that `check_package` has looked at: it has
        no document type, so the parser has nothing to expand."""
        number = 0
        for _, element in iterparse(part):
            tag = element.tag
            if tag == _ROW:
                number = self._number(element, number)
                yield number, self._values(element, number)
                element.clear()
            elif tag == _COLUMN:
                self._column(element)
            elif tag == _MERGED:
                self.merged.append(element.get("ref", ""))

    def _number(self, row: Element, before: int) -> int:
        given = row.get("r")
        number = before + 1 if given is None else int(given)
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
            self.hidden_columns += range(first, min(last, MOST_COLUMNS) + 1)

    def _values(self, row: Element, number: int) -> list[Value]:
        values: list[Value] = []
        column = 0
        for cell in row:
            if cell.tag != _CELL:
                continue
            before, column = column, self._place(cell, number, column)
            if column <= before:
                raise _out_of_order(f"cell {cell.get('r')}")
            if not len(cell):
                continue
            value = self._value(cell)
            if value is None:
                continue
            if column > MOST_COLUMNS:
                self.beyond = self.beyond or cell.get("r", "")
                break
            values += [None] * (column - 1 - len(values))
            values.append(value)
        return values

    def _place(self, cell: Element, number: int, before: int) -> int:
        """The number of a cell's column."""
        place = cell.get("r")
        if place is None:
            return before + 1
        letters = place.rstrip("0123456789")
        known = self._columns.get(letters)
        if known is None:
            found = _PLACE.fullmatch(place)
            if found is None:
                raise _out_of_order(f"cell {place[:20]}")
            known = 0
            for letter in found[1]:
                known = known * 26 + ord(letter) - 64
            self._columns[letters] = known
        if place[len(letters) :] != str(number):
            raise _out_of_order(f"cell {place[:20]} in row {number}")
        return known

    def _value(self, cell: Element) -> Value:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            child = cell.find(_INLINE)
            return None if child is None else _text(child)
        text = cell.findtext(_RESULT)
        if not text:
            # A formula may well give an empty text; without any result it was not calculated.
            lacks = kind != "str" and cell.find(_FORMULA) is not None
            return Uncalculated("=") if lacks else None
        if kind == "n":
            return self._number_or_date(text, cell.get("s"))
        if kind == "s" and _INDEX.fullmatch(text):
            shared: str = self._texts[int(text)]
            return shared
        if kind == "str":
            return _unescaped(text)
        if kind == "b" and text in ("0", "1"):
            return text == "1"
        if kind == "e":
            return ErrorCell(text)
        if kind == "d":
            moment: Value = from_ISO8601(text)  # type: ignore[no-untyped-call]
            return moment
        raise WorkbookRejected(f"cell {cell.get('r', '')} holds no value that Excel knows")

    def _number_or_date(self, text: str, style: str | None) -> Value:
        """Python's own reading of numbers takes more than Excel's, such as 1_000: checked first."""
        value: int | float
        if _WHOLE.fullmatch(text):
            value = int(text)
        elif _NUMBER.fullmatch(text):
            value = float(text)
        else:
            raise WorkbookRejected(f'"{text[:20]}" stands where a cell holds a number')
        if style is None or int(style) not in self._dates:
            return value
        try:
            moment: Value = from_excel(value, self._epoch, timedelta=int(style) in self._spans)
        except (OverflowError, ValueError):
            return ErrorCell("#VALUE!")  # Excel shows ##### where a number is no date
        return moment


def _shared(part: IO[bytes]) -> list[str]:
    """The table of texts that cells refer to."""
    texts = []
    for _, element in iterparse(part):
        if element.tag == _SHARED:
            texts.append(_text(element))
            element.clear()
    return texts


def _text(element: Element) -> str:
    """A text: whole, or in runs that look different."""
    runs = (p if p.tag == _TEXT else p.find(_TEXT) for p in element if p.tag in _RUNS)
    return _unescaped("".join(run.text or "" for run in runs if run is not None))


def _unescaped(text: str) -> str:
    """A text with its escaped characters, as ECMA-376 part 1, 22.9.2.19 writes them: _x000D_ is
    a carriage return, and _x005F_ an underline that begins no escape."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _out_of_order(what: str) -> WorkbookRejected:
    return WorkbookRejected(
        f"{what} stands twice or out of order, so the workbook is damaged; open it in Excel, "
        "let Excel repair it, and save it again"
    )
