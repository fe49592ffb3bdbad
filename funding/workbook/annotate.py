"""The user's own workbook with its faults marked, commented and listed on a first sheet."""

from __future__ import annotations

import zipfile
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from xml.parsers import expat

from funding.errors import Fault, WorkbookRejected
from funding.workbook.marking.archive import Archive, Relations
from funding.workbook.marking.book import Book, Sheet
from funding.workbook.marking.listing import (
    NOTHING,
    Change,
    Earlier,
    last_listed,
    list_sheet,
    read_earlier,
)
from funding.workbook.marking.notes import change_notes, hold_ours
from funding.workbook.marking.sheet import CellMarker, Place, SheetPass, place_of
from funding.workbook.marking.styles import Colour, Styles
from funding.workbook.package import check_package
from funding.workbook.tables import OUR_SHEETS, is_ours, sheet_called

LIST = OUR_SHEETS[0]
MOST_TOLD = 5_000  # faults that one copy marks and lists

_DAMAGED = (
    *(expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError),
    *(LookupError, ValueError, RecursionError),
)

Marks = dict[Place, list[Fault]]


def annotate(source: bytes, faults: Sequence[Fault]) -> bytes:
    """The workbook with the given faults and notes in it, for the one who will correct it.

    Faulty cells are red, cells with a note yellow; each has a comment, under the comment that
    somebody else may have written there, and the first sheet, Faults, lists all (of more than
    5,000 the first ones) with links to the cells. Everything else in the workbook stays as it
    is, to the byte. What an earlier check left in it (its list, its comments, its colours) is
    taken out first. Where a threaded comment stands, the list alone says what is wrong.

    Give the faults of this workbook only. Raises WorkbookRejected for a file that is no safe
    workbook, or whose parts are damaged.
    """
    check_package(source)
    ordered = sorted(faults, key=lambda fault: not fault.blocks)  # keeps the order otherwise
    try:
        return _Copy(source).made(ordered[:MOST_TOLD], len(ordered[MOST_TOLD:]))
    except _DAMAGED as error:
        raise WorkbookRejected(
            "the workbook cannot be marked; open it in Excel, let Excel repair it, and save it"
        ) from error


class _Copy:
    """One annotated copy in the making."""

    def __init__(self, source: bytes) -> None:
        self._archive = Archive(source)
        self._book = Book(self._archive)
        self._styles = Styles(self._book.read_styles())
        self._list, self._earlier = self._find_earlier()
        self._changes: dict[tuple[str, Place], Change] = {}

    def _find_earlier(self) -> tuple[Sheet | None, Earlier]:
        """The list of an earlier check. A sheet of that name that is somebody else's stays."""
        strings: bytes | None = None
        for sheet in self._book.sheets:
            if sheet.kind == "worksheet" and is_ours(sheet.title):
                strings = strings or self._book.read_strings()
                earlier = read_earlier(self._archive.read(sheet.part), strings)
                if earlier is not None:
                    return sheet, earlier
        return None, NOTHING

    def made(self, faults: Sequence[Fault], more: int) -> bytes:
        """The copy's bytes, with these faults and told how many more there are."""
        others = [sheet for sheet in self._book.sheets if sheet is not self._list]
        titles = _titles(others)
        marks = _marks(titles, faults)
        for sheet in others:
            self._change(sheet, marks.get(sheet.title, {}))
        content = list_sheet(faults, more, titles, self._changes, self._styles)
        self._book.put_styles(self._styles.saved())
        self._book.put_first(self._title(), content, last_listed(len(faults)), self._list)
        return self._archive.saved()

    def _title(self) -> str:
        if self._list is not None:
            return self._list.title
        taken = {sheet.title.casefold() for sheet in self._book.sheets}
        title, number = LIST, 2
        while title.casefold() in taken:
            title, number = f"{LIST} ({number})", number + 1
        return title

    def _change(self, sheet: Sheet, marks: Marks) -> None:
        """Mark one sheet, and take out what an earlier check marked in it."""
        content = self._archive.read(sheet.part)
        relations = Relations(self._archive, sheet.part)
        noted = relations.first("comments") if sheet.kind == "worksheet" else None
        again = noted is not None and hold_ours(self._archive.read(noted.target))
        suspect = self._styles.marked_before
        if sheet.kind != "worksheet" or not (marks or again or suspect):
            outline = SheetPass(content).read()
            self._archive.edit(sheet.part, outline.view_edits(content))
            return
        columns: defaultdict[int, set[int]] = defaultdict(set)
        for row, column in marks:
            columns[row].add(column)
        wanted = {row: frozenset(found) for row, found in columns.items()}

        def restyle(place: Place, style: int) -> int:
            return self._restyled(sheet.title, place, style, marks)

        marker = CellMarker(content, wanted, suspect, restyle)
        outline = SheetPass(content, marker).read()
        edits = [*outline.view_edits(content), *marker.edits]
        if marks or again:
            said = {at: [fault.message for fault in here] for at, here in marks.items()}
            told = self._earlier.told
            legacy = outline.legacy_drawing()
            made = change_notes(self._archive, relations, legacy, said, told)
            edits += [outline.legacy_edit(made)] if made else []
        self._archive.edit(sheet.part, edits)

    def _restyled(self, title: str, place: Place, style: int, marks: Marks) -> int:
        """A cell's format: its own again, and from there the mark that is due to it."""
        own = self._own(title, place, style)
        here = marks.get(place)
        if here is None:
            return own
        colour = Colour.FAULT if any(fault.blocks for fault in here) else Colour.NOTE
        marked = self._styles.marked(own, colour)
        self._changes[title, place] = Change(title, place, own, marked)
        return marked

    def _own(self, title: str, place: Place, style: int) -> int:
        """The format that a cell had before an earlier check marked it.

        A row may have moved since: then what the same mark stood for elsewhere.
        """
        if style not in self._styles.marked_before:
            return style
        known = self._earlier.formats.get((title, place), self._earlier.by_mark.get(style))
        if known is None or known in self._styles.marked_before:
            return self._styles.unmarked(style)
        return known


def _titles(sheets: Sequence[Sheet]) -> dict[str, str]:
    """The workbook's own names of its sheets, by the names that faults use: ours where the
    sheet is one of ours, else its own. Of two that mean the same the first is read."""
    found: dict[str, str] = {}
    worksheets = [sheet.title for sheet in sheets if sheet.kind == "worksheet"]
    for title in worksheets:
        found.setdefault(sheet_called(title) or title, title)
    for title in worksheets:
        found.setdefault(title, title)
    return found


def _marks(titles: Mapping[str, str], faults: Sequence[Fault]) -> dict[str, Marks]:
    """The faults that mean one cell, by the sheet's own name and the cell."""
    marks: defaultdict[str, Marks] = defaultdict(dict)
    for fault in faults:
        place = place_of(fault.cell)
        if place is not None and fault.sheet in titles:
            marks[titles[fault.sheet]].setdefault(place, []).append(fault)
    return marks
