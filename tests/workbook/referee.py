"""What stands in a workbook, found a second way: from ECMA-376 alone, with zipfile and
ElementTree. It shares nothing with the reader, is slow and holds all in memory, and takes a
workbook for ill-formed where two programs could read different values from it.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
WORKBOOK = "xl/workbook.xml"
DOUBLE = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
COUNT = re.compile(r"\+?[0-9]{1,10}")
BUILT_IN = dict.fromkeys((14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 47), "date") | {46: "span"}
EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook knows no zones
A_DAY = 86_400_000  # milliseconds
LEAP_DAY_OF_1900 = 60  # a day that Excel counts and that never was


class IllFormed(Exception):
    """Not a workbook whose values are beyond doubt."""


@dataclass(frozen=True)
class Error:
    """An error of Excel, or a number that its format cannot show (empty text)."""

    text: str


@dataclass(frozen=True)
class Moment:
    """A date or a time, as days since the epoch of 1900; None for 29 February 1900."""

    days: Decimal | None


@dataclass(frozen=True)
class Span:
    """A span of time, in days: the same in every epoch."""

    days: Decimal


class Formula:
    """A formula without its result."""


Found = str | Decimal | bool | Error | Moment | Span | Formula
Cells = dict[tuple[int, int], Found]  # by row and column, from 1
Links = dict[str, tuple[str, str]]  # id → kind, part


def stands(data: bytes, wanted: Callable[[str], object]) -> list[tuple[str, Cells]]:
    """The title and filled cells of each worksheet that is wanted, in order. Raises IllFormed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Workbook(archive).sheets(wanted)
    except IllFormed:
        raise
    except Exception as error:
        raise IllFormed(f"{type(error).__name__}: {error}") from error


def require(condition: object, why: str) -> None:
    if not condition:
        raise IllFormed(why)


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        names = [name.lower() for name in archive.namelist()]
        require(len(set(names)) == len(names), "a part stands twice")
        self.names = dict(zip(names, archive.namelist(), strict=True))
        kinds = [part for kind, part in self.links("").values() if kind == "officeDocument"]
        require(all(part.lower() == WORKBOOK for part in kinds), "another workbook is meant")
        self.related = self.links(WORKBOOK)
        self.root = self.xml(WORKBOOK, "workbook")
        self.since = Decimal(1462) if self.is_1904() else Decimal(0)
        self.texts = self.shared()
        self.formats = self.styles()

    def xml(self, part: str, root: str, space: str = MAIN) -> ElementTree.Element:
        content = self.archive.read(self.names[part.lower()])
        require(b"<!DOCTYPE" not in content, "a document type")
        element = ElementTree.fromstring(content)
        require(element.tag == space + root, f"{part} is no {root}")
        return element

    def links(self, of: str) -> Links:
        folder, name = posixpath.split(of)
        part = posixpath.join(folder, "_rels", f"{name}.rels")
        if part.lower() not in self.names:
            return {}
        found: Links = {}
        for link in self.xml(part, "Relationships", PACKAGE):
            require(link.tag == PACKAGE + "Relationship", "something else than a relation")
            require(link.attrib["Type"] and link.attrib["Target"], "a relation to nothing")
            kind = link.attrib["Type"].rsplit("/", 1)[-1]
            target = posixpath.normpath(posixpath.join("/", folder, link.attrib["Target"]))[1:]
            if link.get("TargetMode", "Internal") != "Internal":
                target = ""
            same = found.setdefault(link.attrib["Id"], (kind, target))
            require(same == (kind, target), "an id stands twice")
        return found

    def only(self, kind: str) -> str | None:
        parts = {part.lower() for of, part in self.related.values() if of == kind}
        require(len(parts) <= 1, f"{kind} stands twice")
        return parts.pop() if parts else None

    def is_1904(self) -> bool:
        marks = [e.get("date1904", "0") for e in self.root.iterfind(f"{MAIN}workbookPr")]
        return any(mark in ("1", "true") for mark in marks)

    def shared(self) -> list[str]:
        part = self.only("sharedStrings")
        if part is None:
            return []
        return [text(e) for e in children(self.xml(part, "sst"), "si")]

    def styles(self) -> list[str]:
        """Of each cell style what it shows a number as: a date, a span, or (empty) a number."""
        part = self.only("styles")
        if part is None:
            return [""]
        root = self.xml(part, "styleSheet")
        codes = {
            int(count(e.attrib["numFmtId"])): e.attrib["formatCode"]
            for e in root.iterfind(f"{MAIN}numFmts/{MAIN}numFmt")
        }
        tables = root.findall(f"{MAIN}cellXfs")
        require(len(tables) == 1, "not one table of styles")
        ids = [int(count(e.get("numFmtId", "0"))) for e in children(tables[0], "xf")]
        return [shows(codes[n]) if n in codes else BUILT_IN.get(n, "") for n in ids] or [""]

    def sheets(self, wanted: Callable[[str], object]) -> list[tuple[str, Cells]]:
        lists = self.root.findall(f"{MAIN}sheets")
        require(len(lists) == 1, "not one list of sheets")
        found, parts = [], []
        for sheet in children(lists[0], "sheet"):
            kind, part = self.related[sheet.attrib[LINK]]
            require(part.lower() in self.names, "a sheet's part is missing")
            if kind == "worksheet":
                parts.append(part.lower())
                if wanted(sheet.attrib["name"]):
                    found.append((sheet.attrib["name"], self.cells(part)))
        require(len(set(parts)) == len(parts), "two sheets are one part")
        return found

    def cells(self, part: str) -> Cells:
        tables = self.xml(part, "worksheet").findall(f"{MAIN}sheetData")
        require(len(tables) == 1, "not one table of cells")
        found: Cells = {}
        last = 0
        for row in children(tables[0], "row"):
            number = int(count(row.get("r", str(last + 1))))
            require(last < number <= 1_048_576, f"row {number} after row {last}")
            last = number
            before = 0
            for cell in children(row, "c"):
                column = self.column(cell, number, before)
                require(before < column <= 16_384, f"column {column} after {before}")
                before = column
                value = self.value(cell)
                if value is not None:
                    found[number, column] = value
        return found

    @staticmethod
    def column(cell: ElementTree.Element, row: int, before: int) -> int:
        place = cell.get("r")
        if place is None:
            return before + 1
        parts = re.fullmatch(r"([A-Z]+)([0-9]+)", place)
        require(parts and parts[2] == str(row), f"{place} in row {row}")
        assert parts
        column = 0
        for letter in parts[1]:
            column = column * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter) + 1
        return column

    def value(self, cell: ElementTree.Element) -> Found | None:
        kind = cell.get("t", "n")
        held = {tag: cell.findall(MAIN + tag) for tag in ("v", "f", "is")}
        list(children(cell, "v", "f", "is"))
        require(all(len(elements) <= 1 for elements in held.values()), "two values in a cell")
        require(not any(len(e) for e in held["v"]), "a value holds more than text")
        content = (held["v"][0].text or "") if held["v"] else ""
        if held["is"]:
            require(kind == "inlineStr" and not content, "a text where none belongs")
            return text(held["is"][0])
        if not content:
            return Formula() if held["f"] and kind != "str" else None
        match kind:
            case "n":
                return self.number(content, cell.get("s", "0"))
            case "s":
                at = int(count(content))
                require(at < len(self.texts), "no such text")
                return self.texts[at]
            case "str":
                return unescaped(content)
            case "b":
                return {"0": False, "1": True, "false": False, "true": True}[content]
            case "e":
                require(content.startswith("#"), "an error without a name")
                return Error(content)
            case "d":
                return iso(content)
        raise IllFormed(f"a cell of type {kind}")

    def number(self, content: str, style: str) -> Found:
        content = content.strip(" \t\r\n")
        require(DOUBLE.fullmatch(content), f"{content[:20]} is no number")
        at = int(count(style))
        require(at < len(self.formats), "no such style")
        if not self.formats[at]:
            return Decimal(content)
        days = Decimal(content)
        if not 0 <= days + self.since < 2_958_466 or days < 0:
            return Error("")
        if self.formats[at] == "span":
            return Span(days)
        days = (days * A_DAY).to_integral_value() / A_DAY  # what rounds to midnight is the next day
        if self.since and days >= 1:  # what is less than a day is a time, of no day
            return Moment(days + self.since)
        if int(days) == LEAP_DAY_OF_1900:
            return Moment(None)
        return Moment(days + 1 if 1 <= days < LEAP_DAY_OF_1900 else days)


def children(of: ElementTree.Element, *tags: str) -> list[ElementTree.Element]:
    """The elements in one of these; anything but them and extensions is ill-formed."""
    found = [e for e in of if e.tag != f"{MAIN}extLst"]
    require(all(e.tag in {MAIN + tag for tag in tags} for e in found), f"in {of.tag}")
    return found


def text(of: ElementTree.Element) -> str:
    """A text or its runs; the phonetic reading is no part of it."""
    pieces = []
    for child in of:
        if child.tag == f"{MAIN}t":
            pieces.append(child)
        elif child.tag == f"{MAIN}r":
            pieces += child.findall(f"{MAIN}t")
    require(not any(len(piece) for piece in pieces), "a text holds more than text")
    return unescaped("".join(piece.text or "" for piece in pieces))


def unescaped(content: str) -> str:
    """Escapes of ST_Xstring; halves of a surrogate pair are no characters."""
    pieces = re.split(r"_x([0-9a-fA-F]{4})_", content)
    for at in range(1, len(pieces), 2):
        code = int(pieces[at], 16)
        pieces[at] = f"_x{pieces[at]}_" if 0xD800 <= code <= 0xDFFF else chr(code)
    return "".join(pieces)


def count(content: str) -> str:
    """An unsigned number, as XML Schema writes it."""
    require(COUNT.fullmatch(content), f"{content[:20]!r} is no number")
    return content


def iso(content: str) -> Moment:
    moment = dt.datetime.fromisoformat(content.removesuffix("Z"))
    require(moment.tzinfo is None, "a time zone")
    return Moment(days_of(moment))


def days_of(moment: dt.datetime) -> Decimal:
    """Days since 30 December 1899."""
    span = moment - EPOCH
    return Decimal(span.days) + Decimal(span.seconds * 10**6 + span.microseconds) / (86_400 * 10**6)


def shows(code: str) -> str:
    """What a format shows: a date, a span or a number; sign by sign up to its first semicolon."""
    at = 0
    shown = ""
    while at < len(code):
        sign = code[at]
        if sign == ";":
            return shown
        if sign == '"':
            end = code.find('"', at + 1)
            at = len(code) if end < 0 else end + 1
        elif sign in "\\_*":
            at += 2
        elif sign == "[":
            end = code.find("]", at)
            inside = code[at + 1 : end].lower() if end > 0 else ""
            if inside and set(inside) in ({"h"}, {"m"}, {"s"}):
                return "span"
            at = len(code) if end < 0 else end + 1
        elif sign.lower() in "ymdhs":
            shown = "date"
            at += 1
        else:
            at += 1
    return shown
