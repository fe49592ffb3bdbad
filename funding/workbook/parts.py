"""What of a workbook's parts is needed to read its sheets: where they are, texts, dates.

Read here and not by the library, which reads much more (names, themes, fonts, properties) into
objects without a bound, and drops a sheet whose part is missing without a word. Nothing outside
the file is ever looked up.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH
from openpyxl.xml.constants import PKG_REL_NS, REL_NS, SHEET_MAIN_NS

from funding.errors import WorkbookRejected
from funding.workbook.package import too_much

MOST_ELEMENT = 8 << 20  # bytes of one row, or of one text
MOST_DEPTH = 100  # of elements in one another
MOST_TEXTS = 1_000_000
MOST_TEXT = 32_767  # characters in a cell, as in Excel
MOST_FORMATS = 70_000  # Excel's own limit is 65,490
MOST_SHEETS = 1_000
MOST_TITLE = 255  # characters; Excel's own limit is 31

N = f"{{{SHEET_MAIN_NS}}}"
_MORE = f"{N}extLst"  # what later versions of Excel add
_ODD = "a part of it is not built as a workbook's parts are"
_TEXT = f"{N}t"
_RUNS = (_TEXT, f"{N}r")  # and not the phonetic reading
_WORKBOOK = "xl/workbook.xml"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.I | re.S)
_SPAN = re.compile(r"\[(?:h+|m+|s+)\]", re.I)
_DATE = re.compile(r"[dmyhs]", re.I)
_MARKS = re.compile(r"[^\w\s!-~]{64}")  # no letters: signs, or accents
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
# of the formats that every Excel has
_KINDS_KNOWN = dict.fromkeys((*range(14, 23), 45, 47), "date") | {
    46: "span",
    9: "percent",
    10: "percent",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TRUE = ("1", "true")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet: its title, the name of its part (empty for a sheet of charts), and whether it
    is hidden."""

    title: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Book:
    """What all sheets share. ``kinds`` says of each cell style whether it makes a date, a span of
    time or a percentage of a number: ``date``, ``span``, ``percent`` or an empty text."""

    sheets: tuple[SheetPart, ...]
    texts: tuple[str, ...]
    kinds: tuple[str, ...]
    epoch: dt.datetime


def read_book(archive: zipfile.ZipFile) -> Book:
    """The parts that `check_package` has looked at. Raises WorkbookRejected, and whatever the XML
    parser or the archive raises for a damaged part."""
    names = {name.lower(): name for name in archive.namelist()}

    def relations(of: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(of)
        part = names.get(f"{folder}/_rels/{name}.rels".lstrip("/").lower())
        if part is None:
            return {}
        with archive.open(part) as stream:
            return _relations(stream, folder)

    for kind, target in relations("").values():
        if kind == "officeDocument" and target.lower() != _WORKBOOK:
            raise damaged("its workbook is not where Excel puts it")
    related = relations(_WORKBOOK)
    with archive.open(names[_WORKBOOK]) as stream:
        entries, epoch = _workbook(stream)
    sheets = tuple(_sheet(entry, related, names) for entry in entries)
    read = [sheet.part for sheet in sheets if sheet.part]
    if len(set(read)) < len(read):
        raise damaged("two of its sheets are one")
    return Book(sheets, _texts(archive, related, names), _kinds(archive, related, names), epoch)


def elements(part: IO[bytes], root: str, container: str, *places: str) -> Iterator[Element]:
    """Each element at one of the places, such as ``sheetData/row``, whole and in the part's
    order. All else is dropped as it is read, so that memory stays bounded.

    The container, such as ``sheetData`` (empty: the root), stands once and has nothing else in
    it. The part is one that `check_package` has looked at: it has no document type, so there is
    nothing to expand. Raises WorkbookRejected for a part that is built otherwise, and for
    boundless elements.
    """
    space = root[: root.index("}") + 1]
    holder = tuple(f"{space}{tag}" for tag in container.split("/") if tag)
    wanted = {tuple(f"{space}{tag}" for tag in place.split("/")) for place in places}
    stream = _Bounded(part)
    path: list[Element] = []  # open elements, but for what is in a wanted one
    open_inside = holders = 0
    kept: Element | None = None  # the wanted element that is open
    for event, element in iterparse(stream, ("start", "end")):
        if kept is not None and element is not kept:
            open_inside += 1 if event == "start" else -1
            if open_inside > MOST_DEPTH:
                raise damaged(_ODD)
        elif event == "start":
            path.append(element)
            where = tuple(outer.tag for outer in path[1:4])
            holders += where == holder
            if where in wanted:
                kept = element
            elif path[0].tag != root or (where[:-1] == holder and where and where[-1] != _MORE):
                raise damaged(_ODD)
            if len(path) > MOST_DEPTH:
                raise damaged(_ODD)
        else:
            path.pop()
            if kept is not None:
                yield kept
                kept = None
            if path:
                stream.since = 0
                path[-1].clear()
    if holders != 1:
        raise damaged(_ODD)


class _Bounded:
    """A part that may give only so many bytes before its reader has done with an element."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        data = self._part.read(size)
        self.since += len(data)
        if self.since > MOST_ELEMENT:
            raise too_much()
        return data


def text_of(element: Element) -> str:
    """A text: whole, or in runs that look different. Raises WorkbookRejected for a damaged one."""
    pieces = []
    for child in element:
        if child.tag in _RUNS:
            texts = [child] if child.tag == _TEXT else child.findall(_TEXT)
            if any(map(len, texts)):
                raise damaged("a text holds more than text")
            pieces += [text.text or "" for text in texts]
    return excel_text("".join(pieces))


def excel_text(text: str) -> str:
    """A text as Excel shows it. Raises WorkbookRejected for one that no keyboard makes: longer
    than Excel's cells, or with accents without end, which take ages to be put in order."""
    text = unescaped(text)
    if len(text) > MOST_TEXT:
        raise damaged(f"a text in it has {len(text):,} characters; Excel holds {MOST_TEXT:,}")
    if not text.isascii():
        for run in _MARKS.findall(text):
            if all(map(unicodedata.combining, run)):
                raise damaged(f"a letter in it has more than {len(run)} accents")
    return text


def unescaped(text: str) -> str:
    """A text with its escaped characters, as ECMA-376 part 1, 22.9.2.19 writes them: _x000D_ is
    a carriage return, and _x005F_ an underline that begins no escape. Halves of a character
    beyond 16 bits stay as they are: alone they are no text."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)


def damaged(why: str) -> WorkbookRejected:
    """The refusal of a workbook that Excel would offer to repair."""
    return WorkbookRejected(
        f"the workbook is damaged: {why}; open it in Excel, let Excel repair it, and save it again"
    )


def _relations(part: IO[bytes], folder: str) -> dict[str, tuple[str, str]]:
    """Id → kind, and the part's name; what lies outside the file has no name."""
    found: dict[str, tuple[str, str]] = {}
    for element in elements(part, f"{{{PKG_REL_NS}}}Relationships", "", "Relationship"):
        target = element.get("Target", "")
        if not (target and element.get("Type")):
            raise damaged("a relation in it leads nowhere")
        inside = element.get("TargetMode", "Internal") == "Internal"
        path = target if target.startswith("/") else f"/{folder}/{target}"
        name = posixpath.normpath(path).lstrip("/") if inside else ""
        kind = element.get("Type", "").rpartition("/")[2]
        if found.setdefault(element.get("Id", ""), (kind, name)) != (kind, name):
            raise damaged("two relations in it bear one name")
        if len(found) > MOST_FORMATS:
            raise too_much()
    return found


def _workbook(part: IO[bytes]) -> tuple[list[Element], dt.datetime]:
    sheets = []
    epoch = WINDOWS_EPOCH
    for element in elements(part, f"{N}workbook", "sheets", "sheets/sheet", "workbookPr"):
        if element.tag == f"{N}sheet":
            sheets.append(element)
            if len(sheets) > MOST_SHEETS:
                raise WorkbookRejected(f"the workbook has more than {MOST_SHEETS:,} sheets")
        elif element.get("date1904") in _TRUE:
            epoch = MAC_EPOCH
    return sheets, epoch


def _sheet(entry: Element, related: dict[str, tuple[str, str]], names: dict[str, str]) -> SheetPart:
    title = entry.get("name", "")
    kind, target = related.get(entry.get(f"{{{REL_NS}}}id", ""), ("", ""))
    part = names.get(target.lower())
    if not 0 < len(title) <= MOST_TITLE or _CONTROL.search(title):
        raise damaged("a sheet's name is missing, too long, or has signs that are no letters")
    if part is None:
        raise damaged(f"its sheet {title} is missing")
    return SheetPart(
        title, part if kind == "worksheet" else "", entry.get("state", "visible") != "visible"
    )


def _only(kind: str, related: dict[str, tuple[str, str]], names: dict[str, str]) -> str | None:
    """The name of the one part of a kind; None where there is none."""
    targets = {target.lower() for of, target in related.values() if of == kind}
    if len(targets) > 1 or not targets <= names.keys():
        raise damaged("a part of it is missing or stands twice")
    return names[targets.pop()] if targets else None


def _texts(
    archive: zipfile.ZipFile, related: dict[str, tuple[str, str]], names: dict[str, str]
) -> tuple[str, ...]:
    """The table of texts, to which cells point by number."""
    part = _only("sharedStrings", related, names)
    if part is None:
        return ()
    with archive.open(part) as stream:
        texts: list[str] = []
        for element in elements(stream, f"{N}sst", "", "si"):
            texts.append(text_of(element))
            if len(texts) > MOST_TEXTS:
                raise too_much()
        return tuple(texts)


def _kinds(
    archive: zipfile.ZipFile, related: dict[str, tuple[str, str]], names: dict[str, str]
) -> tuple[str, ...]:
    """What each cell style makes of a number; without a table of styles there is one, plain."""
    part = _only("styles", related, names)
    if part is None:
        return ("",)
    kinds = dict(_KINDS_KNOWN)
    styles: list[str] = []
    with archive.open(part) as stream:
        places = ("numFmts/numFmt", "cellXfs/xf")
        for element in elements(stream, f"{N}styleSheet", "cellXfs", *places):
            if element.tag == f"{N}xf":
                styles.append(element.get("numFmtId", "0"))
            else:
                kinds[_whole(element.get("numFmtId", ""))] = _kind(element.get("formatCode", ""))
            if len(styles) + len(kinds) > MOST_FORMATS:
                raise too_much()
    return tuple(kinds.get(_whole(style), "") for style in styles) or ("",)


def _kind(code: str) -> str:
    """What a number format shows, by the part of it that stands for numbers above 0."""
    bare = _LITERAL.sub("", code).partition(";")[0]
    if _SPAN.search(bare):
        return "span"
    if _DATE.search(bare):
        return "date"
    return "percent" if "%" in bare else ""


def _whole(text: str) -> int:
    if _WHOLE.fullmatch(text) is None:
        raise damaged("a number format has no number")
    return int(text)
