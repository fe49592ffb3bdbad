"""What an award workbook shows, cell by cell, without making a file.

The reports write into these sheets as they do into XlsxWriter's, so that what a file states can
be held against what it should state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Shown = str | float | None
TO_FILL_IN = "to fill in"  # what is given for the content of a blank cell that people write into


@dataclass(frozen=True, slots=True)
class Written:
    """The value of a cell, and the formula that comes to it ("" for a cell without one).

    In a ``free`` one people may write what they like.
    """

    value: Shown
    formula: str = ""
    free: bool = False


class Anything:
    """Takes every call and keeps nothing: looks, charts, page set-up."""

    def __getattr__(self, name: str) -> Anything:
        return self

    def __call__(self, *given: object, **named: object) -> Anything:
        return self


@dataclass
class RecordedSheet(Anything):
    """A sheet that remembers what was written: (row, column), counted from 0, → what."""

    name: str
    cells: dict[tuple[int, int], Written] = field(default_factory=dict)

    def get_name(self) -> str:
        """The name of the sheet."""
        return self.name

    def write_string(self, row: int, column: int, text: str, *look: Any) -> int:
        """Text; an empty one leaves the cell blank."""
        self.cells[row, column] = Written(text or None)
        return 0

    def write_number(self, row: int, column: int, number: float, *look: Any) -> int:
        """A number."""
        self.cells[row, column] = Written(number)
        return 0

    def write_blank(self, row: int, column: int, content: str | None, *look: Any) -> int:
        """A blank cell; what is given for its content is written by nobody."""
        if content == TO_FILL_IN:
            self.cells[row, column] = Written(None, free=True)
        return 0

    def write_formula(self, row: int, column: int, formula: str, look: Any, value: Shown) -> int:
        """A formula, which is written with a leading sign of equality, and its value."""
        self.cells[row, column] = Written(value, formula.removeprefix("="))
        return 0


@dataclass
class RecordedBook(Anything):
    """A workbook of such sheets, by name."""

    sheets: dict[str, RecordedSheet] = field(default_factory=dict)

    def add_worksheet(self, name: str) -> RecordedSheet:
        """A new sheet."""
        return self.sheets.setdefault(name, RecordedSheet(name))
