"""Blocks of sheet Summary: their writer, what is left, and how equals were told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from funding.awards import Allocation
from funding.remainder import left_words, stop_title
from funding.report.recorder import TO_FILL_IN
from funding.report.style import DARK, QUIET, Book, Cell, Kind
from funding.ties import ties_words

TABLE = 5  # columns of a table
MOST_TIES = 12  # in words; all are told with the activities
SIGNING = ("Prepared by", "Checked by, for finance", "Approved by")
LINE_TO_SIGN = 28  # height [points]
DIGITS = 12  # of a hash: enough to tell files apart on paper


@dataclass
class Writer:
    """Writes blocks of a half of the page, one under the other."""

    book: Book
    sheet: Any
    column: int
    row: int

    def heading(self, title: str, headers: Sequence[tuple[str, Kind]]) -> None:
        """The title of a block, and the headers of its columns."""
        looks = self.book.looks
        self.row += 1
        self.sheet.write_string(
            self.row, self.column, title, looks.make(bold=True, font_size=12, font_color=DARK)
        )
        for at, (header, kind) in enumerate(headers):
            self.sheet.write_string(self.row + 1, self.column + at, header, looks.header(kind))
        self.row += 2

    def line(self, cells: Sequence[tuple[Cell, Kind]], *, total: bool = False) -> None:
        """One row of a block."""
        for at, (cell, kind) in enumerate(cells):
            look = self.book.looks.total(kind) if total else self.book.looks.cell(kind)
            self.book.put(self.sheet, self.row, self.column + at, cell, kind, look)
        self.row += 1


def write_remainder(to: Writer, allocation: Allocation) -> None:
    """The rules that keep awards from rising, each with how many it stops."""
    scenario, case, found = allocation.scenario, allocation.case, allocation.remainder
    headers = (
        ("Why no award can rise", Kind.TEXT),
        ("Activities", Kind.COUNT),
        ("By it alone", Kind.COUNT),
        ("Short of request", Kind.WHOLE),
        ("Next step from", Kind.WHOLE),
    )
    to.heading("What is left, and what stops it", headers)
    for words in left_words(case, found).split(": "):
        to.line([(f"{words[:1].upper()}{words[1:]}.", Kind.TEXT), *_EMPTY])
    for stopped in found.stopped:
        to.line(
            [
                (stop_title(scenario, stopped), Kind.TEXT),
                (len(stopped.activities), Kind.COUNT),
                (stopped.alone, Kind.COUNT),
                (stopped.missing, Kind.WHOLE),
                (stopped.step, Kind.WHOLE),
            ]
        )


def write_ties(to: Writer, allocation: Allocation) -> None:
    """For whom, among equals, the declared order or a lot decided."""
    told = ties_words(allocation.case, allocation.decided)
    headers = (("What, and who came first", Kind.TEXT), *_UNNAMED)
    to.heading("Equals between whom order or lot decided", headers)
    for words in told[:MOST_TIES] or ["Nothing had to be decided so"]:
        to.line([(f"{words[:1].upper()}{words[1:]}.", Kind.TEXT), *_EMPTY])
    if len(told) > MOST_TIES:
        more = f"… and {len(told) - MOST_TIES:,} more: column Why says each."
        to.line([(more, Kind.TEXT), *_EMPTY])


def write_signatures(left: Writer, right: Writer, allocation: Allocation) -> None:
    """Lines to sign, over both halves of the page, and what is signed: the paper names the file."""
    book, sheet, given = left.book, left.sheet, allocation.applications
    left.heading("Signatures", (("", Kind.TEXT), ("Name", Kind.TEXT), *_UNNAMED[1:]))
    right.heading("", (("Date", Kind.TEXT), ("Signature", Kind.TEXT), *_UNNAMED[1:]))
    look = book.looks.cell(Kind.TEXT, valign="bottom")
    for who in SIGNING:
        sheet.set_row(left.row, LINE_TO_SIGN)
        left.line([(who, Kind.TEXT)])
        right.row += 1
        row = left.row - 1
        for half in (left, right):
            sheet.merge_range(row, half.column + 1, row, half.column + TABLE - 1, "", look)
            sheet.write_blank(row, half.column + 1, TO_FILL_IN, look)
        sheet.write_blank(row, right.column, TO_FILL_IN, look)
    said = (
        f"For {allocation.case.money(allocation.spent)} as on sheets Awards by city and Awards by "
        f"activity · on sheet Run record: applications {given.digest[:DIGITS]}…, scenario "
        f"{allocation.scenario.digest[:DIGITS]}…"
    )
    sheet.write_string(left.row, left.column, said, book.looks.make(font_color=QUIET))
    left.row += 1


_EMPTY: tuple[tuple[Cell, Kind], ...] = ((None, Kind.TEXT),) * (TABLE - 1)
_UNNAMED: tuple[tuple[str, Kind], ...] = (("", Kind.TEXT),) * (TABLE - 1)
