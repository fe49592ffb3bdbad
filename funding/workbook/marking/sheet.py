"""One sheet's part: a single pass over its cells, and the edits that mark some of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from funding.workbook.marking.splice import (
    Edit,
    Element,
    grown,
    is_true,
    parser,
    relation_attribute,
    relation_id,
    retagged,
    self_closed,
    set_attributes,
    tag_end,
)
from funding.workbook.tables import column_letter

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_AFTER_NOTES = (  # what stands behind legacyDrawing in a worksheet
    *("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems"),
    *("tableParts", "extLst", "AlternateContent"),  # Excel wraps controls into the last
)

Place = tuple[int, int]  # row and column, from 1
Restyle = Callable[[Place, int], int]  # a cell's place and format → its new format


def place_of(reference: str) -> Place | None:
    """Row and column of ``I17``; None where no cell is meant."""
    found = _CELL.fullmatch(reference)
    if found is None:
        return None
    row, column = int(found[2]), column_number(found[1])
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def column_number(letters: str) -> int:
    """The column of its letters, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def reference(place: Place) -> str:
    """``I17`` of row 17 and column 9."""
    return f"{column_letter(place[1] - 1)}{place[0]}"


@dataclass(slots=True)
class Outline:
    """A sheet but for its cells: its root with its children; those of ``sheetData`` are not
    held."""

    root: Element
    views: list[Element] = field(default_factory=list)
    columns: list[tuple[int, int, int]] = field(default_factory=list)  # first, last, format

    def view_edits(self, content: bytes) -> list[Edit]:
        """The edits that leave the sheet's tab unselected: what is typed into one of several
        selected sheets would go into all of them."""
        selected = (v for v in self.views if is_true(v.attributes.get("tabSelected")))
        return [set_attributes(content, v.start, {"tabSelected": "0"}) for v in selected]

    def legacy_drawing(self) -> str:
        """The relation to the drawing that holds the boxes of comments; else empty."""
        found = self.root.child("legacyDrawing")
        return relation_id(found) if found else ""

    def legacy_edit(self, relation: str) -> Edit:
        """The edit that adds the drawing of comments where the schema wants it."""
        before = (c.end for c in self.root.children if c.local not in _AFTER_NOTES)
        at = max(before, default=self.root.inside)
        attribute = relation_attribute(self.root, relation)
        return Edit(at, at, f"<{self.root.prefix}legacyDrawing {attribute}/>".encode())

    def column_style(self, column: int) -> int:
        return next((s for first, last, s in self.columns if first <= column <= last), 0)


class _Halt(Exception):
    """The part has been read as far as it matters."""


class SheetPass:
    """Reads a sheet's part once. With a marker it reads the cells and what follows them;
    without one it stops where the cells begin."""

    def __init__(self, content: bytes, marker: CellMarker | None = None) -> None:
        self._content = content
        self._marker = marker
        self._parser = parser(content)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._depth = 0
        self._section = ""  # the child of the root in which we are
        self._cell_name = ""
        self._row = self._column = 0
        self._row_tail = -1
        self.outline = Outline(Element("", {}, 0, 0))

    def read(self) -> Outline:
        """Raises ExpatError and ValueError for what is no sheet."""
        with suppress(_Halt):
            self._parser.Parse(self._content, True)
        return self.outline

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._section == "sheetData":
            if self._depth == 4:
                self._cell(name, attributes)
            elif self._depth == 3:
                self._begin_row(attributes)
            return
        if self._depth == 3 and self._section in ("sheetViews", "cols"):
            self._detail(self._element(name, attributes))
        elif self._depth == 2:
            element = self._element(name, attributes)
            self.outline.root.children.append(element)
            self._section = element.local
            if self._section == "sheetData":
                self._begin_data(element)
        elif self._depth == 1:
            self.outline.root = self._element(name, attributes)

    def _end(self, _: str) -> None:
        self._depth -= 1
        if self._depth == 2 and self._section == "sheetData":
            self._end_row()
        elif self._depth == 1:
            element = self.outline.root.children[-1]
            at = self._parser.CurrentByteIndex
            element.close = at
            closed = at == element.inside and self_closed(self._content, at)
            element.end = at if closed else tag_end(self._content, at)
            if self._section == "sheetData" and self._marker is not None:
                self._marker.end_data(element, self.outline)
            self._section = ""

    def _element(self, name: str, attributes: dict[str, str]) -> Element:
        start = self._parser.CurrentByteIndex
        return Element(name, attributes, start, tag_end(self._content, start))

    def _detail(self, element: Element) -> None:
        if element.local == "sheetView":
            self.outline.views.append(element)
        elif element.local == "col":
            values = element.attributes
            first, last = int(values["min"]), int(values["max"])
            self.outline.columns.append((first, last, int(values.get("style", 0))))

    def _begin_data(self, element: Element) -> None:
        if self._marker is None:
            raise _Halt
        self._cell_name = f"{element.prefix}c"
        self._marker.begin_data(element.prefix, self.outline)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes.get("r") or self._row + 1)
        self._column, self._row_tail = 0, -1
        assert self._marker is not None  # else the pass has halted
        self._marker.begin_row(self._row, attributes, self._parser.CurrentByteIndex)

    def _cell(self, name: str, attributes: dict[str, str]) -> None:
        if name != self._cell_name:
            if self._row_tail < 0:  # cells come before whatever else a row may hold
                self._row_tail = self._parser.CurrentByteIndex
            return
        written = attributes.get("r")
        letters = written.rstrip("0123456789").upper() if written else ""
        column = column_number(letters) if letters else self._column + 1
        self._column = column
        assert self._marker is not None
        style = int(attributes.get("s") or 0)
        if self._marker.concerned(column, style):
            self._marker.cell(column, style, self._parser.CurrentByteIndex)

    def _end_row(self) -> None:
        assert self._marker is not None
        self._marker.end_row(self._row_tail, self._parser.CurrentByteIndex)


class CellMarker:
    """Gathers the edits that give cells of one sheet another format.

    ``wanted`` are places that are visited whether or not their cells are in the part: a blank
    cell seldom is. Cells of a format in ``suspect`` are visited too. What ``restyle`` gives
    is their new format.
    """

    def __init__(
        self,
        content: bytes,
        wanted: Mapping[int, frozenset[int]],
        suspect: frozenset[int],
        restyle: Restyle,
    ) -> None:
        self.edits: list[Edit] = []
        self._content = content
        self._wanted = wanted
        self._suspect = suspect
        self._restyle = restyle
        self._rows = sorted(wanted)
        self._next_row = 0
        self._gaps: dict[int, int] = {}  # row that is not in the part → where it belongs
        self._met: set[int] = set()
        self._added: list[Place] = []
        self._prefix = ""
        self._outline: Outline | None = None
        self._row = 0
        self._row_values: dict[str, str] = {}
        self._row_start = 0
        self._cells: list[tuple[int, int]] = []  # of the row, where it is wanted: column, place
        self._here: frozenset[int] = frozenset()

    def begin_data(self, prefix: str, outline: Outline) -> None:
        self._prefix, self._outline = prefix, outline

    def begin_row(self, number: int, values: dict[str, str], start: int) -> None:
        while self._next_row < len(self._rows) and self._rows[self._next_row] < number:
            self._gaps[self._rows[self._next_row]] = start
            self._next_row += 1
        self._row, self._row_values, self._row_start = number, values, start
        self._here = self._wanted.get(number, frozenset())
        self._met.add(number)
        self._cells = []

    def concerned(self, column: int, style: int) -> bool:
        """Whether a cell is to be visited; asked of every cell of the sheet."""
        return bool(self._here) or style in self._suspect

    def cell(self, column: int, style: int, start: int) -> None:
        self._cells.append((column, start))
        if column not in self._here and style not in self._suspect:
            return
        new = self._restyle((self._row, column), style)
        if new != style:
            self.edits.append(set_attributes(self._content, start, {"s": str(new)}))

    def end_row(self, tail: int, close: int) -> None:
        missing = sorted(self._here - {column for column, _ in self._cells})
        if not missing:
            return
        inside = tag_end(self._content, self._row_start)
        tag = self._content[self._row_start : inside]
        spans = self._row_values.get("spans")
        widened = retagged(tag, {"spans": _spans(spans, missing)}) if spans else tag
        if self_closed(self._content, inside):
            cells = "".join(map(self._new_cell, missing))
            widened = widened[:-2].rstrip() + f">{cells}</{self._prefix}row>".encode()
        else:
            end = tail if tail >= 0 else close
            self._insert(missing, end)
        if widened != tag:
            self.edits.append(Edit(self._row_start, inside, widened))

    def end_data(self, element: Element, outline: Outline) -> None:
        last = element.close
        for row in self._rows[self._next_row :]:
            self._gaps[row] = last
        rows = {row: at for row, at in self._gaps.items() if row not in self._met}
        self._row_values = {}  # new rows have no format of their own
        new = {row: self._new_row(row).encode() for row in sorted(rows)}
        if element.empty and new:
            self.edits += grown(self._content, element, b"".join(new.values()))
        else:
            self.edits += [Edit(rows[row], rows[row], raw) for row, raw in new.items()]
        self._widen(outline)

    def _insert(self, columns: list[int], end: int) -> None:
        """New cells before the first cell that lies to their right."""
        starts = sorted(self._cells)
        known = [column for column, _ in starts]
        for column in columns:
            right = bisect_left(known, column)
            at = starts[right][1] if right < len(starts) else end
            self.edits.append(Edit(at, at, self._new_cell(column).encode()))

    def _new_cell(self, column: int) -> str:
        place = self._row, column
        self._added.append(place)
        style = self._restyle(place, self._default(column))
        return f'<{self._prefix}c r="{reference(place)}" s="{style}"/>'

    def _new_row(self, row: int) -> str:
        self._row = row
        cells = "".join(map(self._new_cell, sorted(self._wanted[row])))
        return f'<{self._prefix}row r="{row}">{cells}</{self._prefix}row>'

    def _default(self, column: int) -> int:
        """The format in which Excel shows a cell that is not in the part."""
        if is_true(self._row_values.get("customFormat")):
            return int(self._row_values.get("s") or 0)
        return self._outline.column_style(column) if self._outline else 0

    def _widen(self, outline: Outline) -> None:
        """Keep the sheet's dimension true of the cells that were added."""
        dimension = outline.root.child("dimension")
        if dimension is None or not self._added:
            return
        corners = [place_of(part) for part in dimension.attributes.get("ref", "").split(":")]
        found = [corner for corner in corners if corner is not None]
        places = [*found, *self._added]
        first = min(row for row, _ in places), min(column for _, column in places)
        last = max(row for row, _ in places), max(column for _, column in places)
        if not found or (found[0], found[-1]) == (first, last):
            return
        ref = f"{reference(first)}:{reference(last)}"
        self.edits.append(set_attributes(self._content, dimension.start, {"ref": ref}))


def _spans(written: str, columns: list[int]) -> str:
    """The columns that a row's cells span, with more of them."""
    first, _, last = written.split()[0].partition(":")
    if " " in written.strip() or not (first.isdigit() and last.isdigit()):
        return written
    return f"{min(int(first), columns[0])}:{max(int(last), columns[-1])}"
