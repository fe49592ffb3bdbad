"""One cell of a foreign workbook as a cell of ours: only what the mapping declares is applied.

Each use of a declaration is counted, so that notes can say where it was applied and how often.
What no declaration covers comes back as it stands, and `parsed` makes the fault of it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from funding.applications import CellKind
from funding.errors import Fault
from funding.workbook.cells import number, shown
from funding.workbook.conventions import Conventions
from funding.workbook.mapping import ForeignSheet
from funding.workbook.tables import ErrorCell, Uncalculated, Value, is_blank, matching, plain_text
from funding.workbook.targets import Target

_NUMBERS = frozenset({CellKind.MONEY, CellKind.COUNT, CellKind.SCORE, CellKind.DEGREES})
_TEXTS = frozenset({CellKind.TEXT, CellKind.CODE})
_TRUE_DATE = "true date"
_LISTED = 8  # words of a column that a note lists


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a foreign sheet, and the header of its column."""

    file: str
    sheet: str
    header: str
    letter: str
    row: int

    @property
    def cell(self) -> str:
        """The cell as Excel writes it: ``E17``."""
        return f"{self.letter}{self.row}"

    def fault(self, message: str, *, blocks: bool = True) -> Fault:
        """A fault, or a note, at this cell."""
        return Fault(self.file, self.sheet, self.row, self.cell, message, blocks)


@dataclass(slots=True)
class _Use:
    """Where one declaration was applied in one column: the first cell, and the rows."""

    first: Place
    rows: set[int] = field(default_factory=set)
    example: str = ""


class Codes:
    """The cleaned codes of a workbook: two that come out the same are a fault."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[str, Place]] = {}
        self.faults: list[Fault] = []
        self._told: set[tuple[str, str]] = set()

    def take(self, header: str, original: str, code: str, place: Place) -> None:
        """Hold a code; tells of it where another text already became the same code."""
        before = plain_text(original)
        first, where = self._known.setdefault((header, code.casefold()), (before, place))
        # Two that differ only in letter case are told as such, like codes that are not cleaned.
        if matching(first) == matching(before) or (header, before) in self._told:
            return
        self._told.add((header, before))
        message = (
            f"{header} {shown(before)} becomes {code}, as does {shown(first)} in {where.cell}; "
            "expected codes that stay different: rename one of them in the workbook"
        )
        self.faults.append(place.fault(message))


class Conversion:
    """Converts the cells of one foreign sheet, and tells afterwards what was applied where."""

    def __init__(self, sheet: ForeignSheet, conventions: Conventions, codes: Codes) -> None:
        self._sheet, self._conventions, self._codes = sheet, conventions, codes
        self._uses: dict[tuple[str, str, str], _Use] = {}  # column, what, for which header
        self._words = cache(sheet.words)
        self._pairs: dict[str, dict[str, Any]] = defaultdict(dict)  # header → words in use

    def value(self, target: Target, place: Place, value: Value, default: Value = None) -> Value:
        """The cell as its column of ours takes it; the default where it is blank."""
        if isinstance(value, ErrorCell | Uncalculated):
            return value
        if is_blank(value):
            if default is None:
                self._use("blank", place)
            else:
                self._use("default", place, target.header, shown(default))
            return default
        words = self._words(target.sheet, target.header)
        word = matching(value if isinstance(value, str) else shown(value)) if words else ""
        if words and word in words:
            self._pairs[target.header][shown(value)] = words[word]
            self._use("words", place, target.header)
            own: Value = words[word]
            return own
        if isinstance(value, str):
            return self._text(target, place, value)
        if target.column.kind in _TEXTS:
            return self._digits(target, place, value)
        if target.column.kind is CellKind.DATE and isinstance(value, dt.date):
            self._use(_TRUE_DATE, place)
        return value

    def _text(self, target: Target, place: Place, value: str) -> Value:
        kind = target.column.kind
        if kind is CellKind.DATE:
            found = self._conventions.date(value)
            if found:
                self._use("dates", place, found[1])
                return found[0]
        elif kind in _NUMBERS:
            exact = self._conventions.number(value)
            if exact is not None:
                self._use("numbers", place)
                return exact
        elif kind is CellKind.CODE:
            return self._code(target, place, value)
        return value

    def _digits(self, target: Target, place: Place, value: Value) -> Value:
        """A whole number as the text of its digits, where the mapping says so."""
        exact = number(value)
        whole = exact is not None and exact == exact.to_integral_value()
        if exact is None or not whole or not self._conventions.numbers_as_text:
            return value
        self._use("digits", place)
        digits = format(exact, "f")
        return self._code(target, place, digits) if target.column.kind is CellKind.CODE else digits

    def _code(self, target: Target, place: Place, text: str) -> str:
        code = self._conventions.code(text)
        if self._conventions.clean_codes:
            self._codes.take(target.header, text, code, place)
        if code != plain_text(text) and code != text:
            self._use("codes", place, example=f"{shown(text)} is {code}")
        return code

    def _use(self, what: str, place: Place, of: str = "", example: str = "") -> None:
        use = self._uses.setdefault((place.letter, what, of), _Use(place, example=example))
        use.rows.add(place.row)

    def notes(self, needed: frozenset[str]) -> Iterator[Fault]:
        """What was applied, one note a column and a declaration. ``needed`` are the foreign
        headers whose blank cells are faults already."""
        for (letter, what, of), use in self._uses.items():
            count = len(use.rows)
            match what:
                case "dates":
                    true = self._uses.get((letter, _TRUE_DATE, ""))
                    also = f"; {_many(len(true.rows), 'true date')} there too" if true else ""
                    said = f"{_many(count, 'date')} text, read as {of}{also}"
                case "numbers":
                    said = f"{_many(count, 'number')} text, read with {self._signs()}"
                case "digits":
                    said = f"{_many(count, 'number')} whole and read as text, by the digits"
                case "codes":
                    said = f"{_many(count, 'code')} cleaned: {use.example}"
                case "words":
                    said = f"{_many(count, 'word')} translated for {of}: {self._list(of)}"
                case "default":
                    said = (
                        f"{_many(count, 'cell')} blank; the mapping gives {of} {use.example} there"
                    )
                case "blank" if use.first.header not in needed:
                    said = f"{_many(count, 'cell')} blank"
                case _:
                    continue
            more = f" (the first is in {use.first.cell})" if count > 1 else ""
            yield use.first.fault(f'"{use.first.header}": {said}{more}', blocks=False)

    def _signs(self) -> str:
        """The signs that were declared, as a note says them."""
        decimal, between = self._conventions.decimal, self._conventions.thousands
        thousands = f" and {shown(between) if between.strip() else 'spaces'} between thousands"
        return f"{shown(decimal)} before decimals{thousands if between else ''}"

    def _list(self, header: str) -> str:
        pairs = [
            f"{theirs} is {shown(ours).strip(chr(34))}"
            for theirs, ours in self._pairs[header].items()
        ]
        more = f" and {len(pairs) - _LISTED} more" if len(pairs) > _LISTED else ""
        return ", ".join(pairs[:_LISTED]) + more


def _many(count: int, noun: str) -> str:
    """``1 date is``, ``3 dates are``."""
    return f"{count:,} {noun} is" if count == 1 else f"{count:,} {noun}s are"
