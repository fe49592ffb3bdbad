"""The first sheet, Faults: what is wrong, with links; and what an earlier one remembers.

Three hidden columns hold, for each marked cell, its place and two cells in the format that the
cell had and in the format that marks it. A program that saves the workbook may number formats
anew; as it does so here too, the next check finds the way back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from funding.errors import Fault
from funding.workbook.marking.notes import Told
from funding.workbook.marking.sheet import Place, place_of, reference
from funding.workbook.marking.splice import (
    HEAD,
    MAIN,
    Element,
    as_shown,
    cell_text,
    local,
    parse,
    parser,
)
from funding.workbook.marking.styles import Colour, Styles

HEADERS = ("Kind", "Place", "What is wrong", "File")
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

_WIDTHS = (10, 24, 110, 24)
_LINE = 15  # points
_LONGEST = 32_000  # characters of a cell; Excel takes 32,767
_LARGEST = 24 << 20  # bytes of a sheet that may be an earlier list; ours have a few million


@dataclass(frozen=True, slots=True)
class Change:
    """A marked cell's format before and after."""

    title: str
    place: Place
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the list of an earlier check remembers: formats by sheet and place, which of them
    stands for which mark, and the lines in our comments."""

    formats: Mapping[tuple[str, Place], int]
    by_mark: Mapping[int, int]
    told: Told


NOTHING = Earlier({}, {}, Told(None))


def list_sheet(
    faults: Sequence[Fault],
    more: int,
    titles: Mapping[str, str],
    changes: Mapping[tuple[str, Place], Change],
    styles: Styles,
) -> bytes:
    """The part of sheet Faults. ``titles`` are the workbook's own names of its sheets, by the
    names that faults use; a fault of a sheet that is not there has no link."""
    left = dict(changes)
    text, link, head = styles.text(), styles.link(), styles.header()
    headers = zip("ABCD", HEADERS, strict=True)
    rows = [_row(1, [_cell(f"{letter}1", header, head) for letter, header in headers])]
    links: list[str] = []
    for number, fault in enumerate(faults, 2):
        title = titles.get(fault.sheet)
        said = f"{fault.sheet}!{fault.cell}" if fault.cell else fault.sheet
        colour = Colour.FAULT if fault.blocks else Colour.NOTE
        cells = [
            _cell(f"A{number}", "Fault" if fault.blocks else "Note", styles.text(colour)),
            _cell(f"B{number}", said, text if title is None else link),
            _cell(f"C{number}", fault.message, text),
            _cell(f"D{number}", fault.file, text),
        ]
        if title is not None:
            place = place_of(fault.cell)
            links.append(_link(number, title, place or (max(1, fault.row), 1), said))
            change = left.pop((title, place), None) if place else None
            if change is not None:
                cells += _memory(number, change, text)
        rows.append(_row(number, cells, _lines(said, fault.message, fault.file)))
    last = len(faults) + 2
    if not faults:
        rows.append(_row(last, [_cell(f"C{last}", "No faults and no notes.", text)]))
    if more:
        told = f"… and {more:,} more, once these are corrected"
        rows.append(_row(last, [_cell(f"C{last}", told, text)]))
    return _whole("".join(rows), "".join(links), last_listed(len(faults)))


def last_listed(count: int) -> int:
    """The last row that the list's filter covers, of so many faults."""
    return max(2, count + 1)


def _memory(number: int, change: Change, text: int) -> list[str]:
    # By cell, not by format: where two formats differ in their fill alone, the program that
    # saves the workbook makes one of their marks.
    return [
        _cell(f"E{number}", _address(change.title, change.place), text),
        f'<c r="F{number}" s="{change.before}"/>',
        f'<c r="G{number}" s="{change.after}"/>',
    ]


def _whole(rows: str, links: str, last: int) -> bytes:
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, width in enumerate(_WIDTHS, 1)
    )
    return (
        HEAD
        + (
            f'<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            '<sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="1" '
            'topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" '
            'activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}'
            '<col min="5" max="7" width="2" hidden="1" customWidth="1"/></cols>'
            f'<sheetData>{rows}</sheetData><autoFilter ref="A1:D{last}"/>'
            + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
            + '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" '
            'footer="0.3"/>'
            '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'
        ).encode()
    )


def _row(number: int, cells: Sequence[str], lines: int = 1) -> str:
    # Not every program makes a row as high as its text needs.
    height = f' ht="{min(409, _LINE * lines)}"' if lines > 1 else ""
    return f'<row r="{number}"{height}>{"".join(cells)}</row>'


def _lines(*texts: str) -> int:
    """How many lines the longest of a row's texts takes in its column, at most."""
    return max(
        sum(1 + len(line) // (width * 9 // 10) for line in text.split("\n"))
        for text, width in zip(texts, _WIDTHS[1:], strict=True)
    )


def _cell(where: str, text: str, style: int) -> str:
    """Text as text, whatever it begins with."""
    if not text:
        return f'<c r="{where}" s="{style}"/>'
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    shown = f'<is><t xml:space="preserve">{cell_text(cut)}</t></is>'
    return f'<c r="{where}" s="{style}" t="inlineStr">{shown}</c>'


def _address(title: str, place: Place) -> str:
    quoted = title.replace("'", "''")
    return f"'{quoted}'!{reference(place)}"


def _link(number: int, title: str, place: Place, said: str) -> str:
    location = quoteattr(_address(title, place))
    return f'<hyperlink ref="B{number}" location={location} display={quoteattr(said)}/>'


def read_earlier(content: bytes, strings: bytes | None) -> Earlier | None:
    """What an earlier list remembers; None where the sheet is not a list of ours.

    ``strings`` is the workbook's part of shared texts, where it has one.
    """
    if len(content) > _LARGEST:
        return None
    cells = _cells(parse(content))
    shared = _shared(strings, cells.values())

    def text(row: int, column: int) -> str:
        cell = cells.get((row, column))
        return _text(cell, shared) if cell else ""

    if tuple(text(1, column) for column in range(1, 5)) != HEADERS:
        return None
    rows = sorted({row for row, _ in cells} - {1})
    lines = {line.strip() for row in rows for line in text(row, 3).splitlines()}
    formats: dict[tuple[str, Place], int] = {}
    pairs: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for row in rows:
        title, _, cell = text(row, 5).rpartition("!")
        place = place_of(cell)
        if place is None:
            continue
        # A blank cell in the format of all blank cells is one that programs leave out.
        before = _style(cells[row, 6]) if (row, 6) in cells else 0
        formats[title[1:-1].replace("''", "'"), place] = before
        if (row, 7) in cells:
            pairs[_style(cells[row, 7])][before] += 1
    by_mark = {mark: befores.most_common(1)[0][0] for mark, befores in pairs.items()}
    return Earlier(formats, by_mark, Told(frozenset(lines)))


def _cells(root: Element) -> dict[Place, Element]:
    """The cells of a sheet; what has no number or letter follows what stands before it."""
    cells: dict[Place, Element] = {}
    data = root.child("sheetData")
    number = 0
    for row in data.all("row") if data else ():
        number = int(row.attributes.get("r") or number + 1)
        column = 0
        for cell in row.all("c"):
            place = place_of(cell.attributes.get("r", ""))
            column = place[1] if place else column + 1
            cells[number, column] = cell
    return cells


def _style(cell: Element) -> int:
    return int(cell.attributes.get("s") or 0)


def _text(cell: Element, shared: Mapping[int, str]) -> str:
    if cell.attributes.get("t") == "inlineStr":
        return "".join(_texts(cell.child("is")))
    value = cell.child("v")
    if value is None:
        return ""
    shown = shared.get(int(value.text), "") if cell.attributes.get("t") == "s" else value.text
    return as_shown(shown)


def _texts(element: Element | None) -> list[str]:
    """The texts of a string, also of one in runs, but for what tells how it is spoken."""
    if element is None or element.local == "rPh":
        return []
    if element.local == "t":
        return [as_shown(element.text)]
    return [text for child in element.children for text in _texts(child)]


def _shared(strings: bytes | None, cells: Iterable[Element]) -> dict[int, str]:
    """The shared texts that some cells name; the part may hold far more than these."""
    named = (c.child("v") for c in cells if c.attributes.get("t") == "s")
    wanted = {int(value.text) for value in named if value is not None}
    found: dict[int, str] = {}
    if strings is None or not wanted:
        return found
    reader = parser(strings)
    path: list[str] = []
    number = -1

    def begin(name: str, _: object) -> None:
        nonlocal number
        path.append(local(name))
        if len(path) == 2 and path[1] == "si":
            number += 1
            if number in wanted:
                found[number] = ""

    def finish(_: str) -> None:
        path.pop()

    def characters(text: str) -> None:
        if number in wanted and path[-1] == "t" and "rPh" not in path:
            found[number] += text

    reader.StartElementHandler = begin
    reader.EndElementHandler = finish
    reader.CharacterDataHandler = characters
    reader.Parse(strings, True)
    return found
