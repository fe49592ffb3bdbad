"""Sound workbooks, and ways to spoil them: the bytes of the archive, its parts, their cells."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import xlsxwriter

from tests.workbook.support import sound, workbook

Parts = list[tuple[str, bytes]]  # of an archive, in order; a name may stand twice
ROOT = Path(__file__).resolve().parents[2]

NASTY = (
    *("1e400", "-1e400", "NaN", "INF", "-INF", "inf", "1_000", "0x10"),
    *("１２", "٣", " 12 ", "\t7\n"),
    *("9" * 400, "0." + "3" * 400, "-0", "007", "+5", "1,5", "1.", ".5", ".", "-", "1e", "1e5"),
    *("12500.300000000001", "1e-400", "4.9e-324", "1.7976931348623159e308", "TRUE", "true", "2"),
    *("-1", "0", "0.5", "0.9999999999", "59", "60", "61", "60.5", "45901", "45901.999999999",
      "2958465", "2958465.9999999", "2958466", "1e9", "2957003.5", "2957004", "-0.5"),
    *("2026-03-01", "2026-03-01T10:30:00", "2026-02-30", "2026-03-01T10", "2026-03-01+01:00",
      "2026-03-01x", "20260301", "10:30:00", "2026-W01-1", "0000-01-01"),
    *("#N/A", "#REF!", "", " ", "&#160;", "&#10;", "&#13;", "&#0;", "&#xFFFE;", "&#x1F642;",
      "&amp;", "&lt;v&gt;", "&e;", "&#xD800;", "_x000D_", "_x005F_x000D_", "_xD83D_", "x005F_",
      "_x0000_", "_x0041_", "a_x000a_b", "\u202e", "\u0301" * 80, "e\u0301", "ﬁ", "İ", "ß"),
    *("=1+1", "=cmd|'/c calc'!A1", "+1", "@x", '=WEBSERVICE("http://x")', "'1", "x" * 6_000),
    *("<!-- 3 -->4", "4<!-- 3 -->", "<![CDATA[5]]>", "<![CDATA[<v>5</v>]]>", "<?x y?>6"),
    *("1<b/>2", "<v>1</v>", "<t>x</t>", "EUR", "JPY", "yes", "training", "GRE", "2026"),
)  # fmt: skip
TEXTS = (
    "<t>{}</t>", '<t xml:space="preserve"> {} </t>', "<t/>", "<r><t>{}</t></r><r><t>b</t></r>",
    "<r><rPr><b/></rPr><t>{}</t></r>", "<t>{}</t><rPh sb='0' eb='1'><t>ruby</t></rPh>",
    "<r/>", "<t>{}</t><t>b</t>", "<r><t>{}</t><t>c</t></r>", "<t>a<b/>{}</t>", "{}",
)  # fmt: skip
TYPES = ("n", "s", "str", "b", "e", "d", "inlineStr", "x", "", "N", "s ")
NUMBERS = ("0", "1", "2", "3", "5", "99", "-1", "999999999", "99999999999", "1_0", "٣", " 1", "")
ROWS = (
    "0",
    "1",
    "2",
    "3",
    "-1",
    "1048576",
    "1048577",
    "40001",
    "1_0",
    "３",
    " 3",
    "3.0",
    "",
    "9" * 30,
)
PLACES = (
    "A1",
    "B2",
    "A3",
    "XFD3",
    "XFE3",
    "ZZZ3",
    "a3",
    "A03",
    "A0",
    "3A",
    "A",
    "",
    "AAAA3",
    "Ａ3",
    "CW2",
)
CODES = (
    "yyyy-mm-dd", "[h]:mm", "[hh]:mm:ss", "0.00", "General", '"day" 0', '0 "yd"', r"0\d", "0_d",
    "[Red]0", "[$-409]d mmm", "[$EUR] 0", "0;yyyy", "@", '"', '"a;b" yyyy', "[m]", "[mmm]", "*d0",
    r"\;yyyy", "mm:ss.0", "", "[", "[hm]", "AM/PM",
)  # fmt: skip
SNIPPETS = (
    b"<", b">", b"&", b'"', b"</c>", b"<c/>", b"<row/>", b"</row>", b"<!--", b"-->", b"]]>",
    b"&#0;",
    b"<!DOCTYPE x>", b"<?xml version='1.0' encoding='utf-16'?>", b"\x00", b"\xff", b"\xef\xbb\xbf",
    b"<extLst><ext/></extLst>", b"<mc:AlternateContent/>", b"<x:c xmlns:x='y'/>",
    b"<c><v>1</v></c>",
    b"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>",
)  # fmt: skip
_CELL = re.compile(rb"<c\b[^>]*?(?:/>|>.*?</c>)", re.S)
_ROW = re.compile(rb"<row\b[^>]*?(?:/>|>.*?</row>)", re.S)
_ITEM = re.compile(
    rb"<(?:si|xf|sheet|Relationship|numFmt|Override)\b[^>]*?(?:/>|>.*?</si>|>)", re.S
)


def unpacked(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def packed(parts: Parts) -> bytes:
    """The same bytes for the same parts: without the time of packing."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if name in archive.NameToInfo:  # else a warning; Python keeps the last of the two
                del archive.NameToInfo[name]
            archive.writestr(entry, content)
    return stream.getvalue()


def bases() -> list[bytes]:
    """Workbooks as several programs save them. The same in each run."""
    books = [workbook(), _by_xlsxwriter(sound()), _by_xlsxwriter(sound(), "1904"), _sample()]
    return [packed([p for p in unpacked(b) if not p[0].startswith("docProps")]) for b in books]


def _by_xlsxwriter(cells: Mapping[str, Sequence[Sequence[object]]], epoch: str = "1900") -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": epoch == "1904"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for sheet, rows in cells.items():
        page = book.add_worksheet(sheet)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, dt.date):
                    page.write_datetime(row, column, value, day)
                elif value is not None:
                    page.write(row, column, value)
    book.close()
    return stream.getvalue()


def _sample() -> bytes:
    """The first rows of the sample; relations between its sheets have faults, and that is fine."""
    book = openpyxl.load_workbook(ROOT / "inputs/applications.xlsx", read_only=True)
    cells = {
        page.title: [list(r) for r in page.iter_rows(max_row=5, values_only=True)] for page in book
    }
    book.close()
    return _by_xlsxwriter(cells)


def mutant(base: bytes, rng: random.Random) -> bytes:
    """One spoilt workbook: at one of two levels, by one to three mutations."""
    times = rng.choice((1, 1, 1, 2, 3))
    if rng.random() < 0.25:
        for _ in range(times):
            base = spoil_bytes(base, rng)
        return base
    parts = unpacked(base)
    for _ in range(times):
        rng.choice(LEVELS)(parts, rng)
    return packed(parts)


def spoil_bytes(data: bytes, rng: random.Random) -> bytes:
    """Flip, cut, insert, repeat or swap, anywhere in the file or in its directory."""
    if not data:
        return data
    near_end = max(0, len(data) - 1_500)
    at = rng.randrange(near_end if rng.random() < 0.4 else 0, len(data))
    span = rng.choice((1, 1, 2, 4, 16, 64, 512))
    piece = data[at : at + span]
    to = rng.randrange(len(data))
    match rng.randrange(6):
        case 0:
            return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        case 1:
            return data[:at] + data[at + span :]
        case 2:
            return data[:at] + rng.randbytes(span) + data[at:]
        case 3:
            return data[:to] + piece + data[to:]
        case 4:
            return data[:at] + rng.randbytes(len(piece)) + data[at + len(piece) :]
        case _:
            return data[:at] if rng.random() < 0.3 else data[:to] + piece + data[to + len(piece) :]


def _pick(parts: Parts, rng: random.Random, like: str = "") -> int:
    found = [at for at, (name, _) in enumerate(parts) if like in name]
    return rng.choice(found or range(len(parts)))


def spoil_parts(parts: Parts, rng: random.Random) -> None:
    if len(parts) < 2:
        return
    one, two = _pick(parts, rng), _pick(parts, rng)
    name, content = parts[one]
    match rng.randrange(7):
        case 0:
            del parts[one]
        case 1:
            parts.append((name, parts[two][1]))
        case 2:
            parts[one], parts[two] = (name, parts[two][1]), (parts[two][0], content)
        case 3:
            parts[one] = (name, content[: rng.randrange(len(content) + 1)])
        case 4:
            parts[one] = (rng.choice((name.upper(), "/" + name, "../" + name, "xl/x.bin")), content)
        case 5:
            parts[one] = (name, b"")
        case _:
            rng.shuffle(parts)


def spoil_text(parts: Parts, rng: random.Random) -> None:
    """XML as text: a byte, a snippet, a span."""
    at = _pick(parts, rng, rng.choice(("", "sheet", "workbook", "Strings", "styles")))
    name, content = parts[at]
    where = rng.randrange(len(content) + 1)
    match rng.randrange(4):
        case 0:
            content = content[:where] + rng.choice(SNIPPETS) + content[where:]
        case 1:
            content = content[:where] + rng.choice(SNIPPETS) + content[where + 1 :]
        case 2:
            content = content[:where] + content[where + rng.randrange(1, 30) :]
        case _:  # after a tag, where a snippet may well be right
            where = content.find(b">", where) + 1
            content = content[:where] + rng.choice(SNIPPETS) + content[where:]
    parts[at] = (name, content)


def spoil_items(parts: Parts, rng: random.Random) -> None:
    """Texts, styles, sheets, relations: one removed, repeated, swapped, or changed inside."""
    at = _pick(parts, rng, rng.choice(("Strings", "styles", "workbook.xml", ".rels", "Types")))
    name, content = parts[at]
    spots = [found.span() for found in _ITEM.finditer(content)]
    if spots:
        parts[at] = (name, _shuffled(content, spots, rng, _item))


def _item(item: bytes, rng: random.Random) -> bytes:
    if item.startswith(b"<si"):
        return b"<si>%s</si>" % _text(rng)
    value = rng.choice(
        (*NUMBERS, "14", "22", "46", "164", "165", "rId1", "rId2", "hidden", "Cities")
    )
    attributes = list(re.finditer(rb'="([^"]*)"', item))
    if not attributes:
        return item
    start, end = rng.choice(attributes).span(1)
    return item[:start] + value.encode() + item[end:]


def spoil_styles(parts: Parts, rng: random.Random) -> None:
    """Another format for some style; the epoch of 1904."""
    at = _pick(parts, rng, "styles.xml")
    name, content = parts[at]
    code = rng.choice(CODES).replace('"', "&quot;")
    known = re.search(rb"<numFmts[^>]*>", content)
    new = f'<numFmt numFmtId="164" formatCode="{code}"/>'.encode()
    if known and rng.random() < 0.7:
        content = re.sub(rb"<numFmt [^>]*/>", lambda _: new, content)
    content = re.sub(
        rb'numFmtId="(14|164)"(?! f)',
        f'numFmtId="{rng.choice((14, 22, 46, 49, 57, 164))}"'.encode(),
        content,
    )
    parts[at] = (name, content)
    if rng.random() < 0.3:
        at = _pick(parts, rng, "workbook.xml")
        name, content = parts[at]
        mark = f'<workbookPr date1904="{rng.choice(("1", "true", "0", "x"))}"'.encode()
        parts[at] = (name, content.replace(b"<workbookPr", mark))


def spoil_rows(parts: Parts, rng: random.Random) -> None:
    at = _pick(parts, rng, "worksheets/sheet")
    name, content = parts[at]
    spots = [found.span() for found in _ROW.finditer(content)]
    if spots:
        parts[at] = (name, _shuffled(content, spots, rng, _row))


def _row(row: bytes, rng: random.Random) -> bytes:
    number = rng.choice(ROWS)
    match rng.randrange(4):
        case 0:
            return re.sub(rb' r="\d+"', b"", row)  # of the row and its cells
        case 1:
            return re.sub(rb'^<row r="\d+"', f'<row r="{number}"'.encode(), row)
        case 2:
            return re.sub(rb'( r="[A-Z]*)\d+"', rb'\g<1>%s"' % number.encode(), row)
        case _:
            return row.replace(b"<row", b'<row hidden="1"', 1)


def spoil_cells(parts: Parts, rng: random.Random) -> None:
    at = _pick(parts, rng, "worksheets/sheet")
    name, content = parts[at]
    spots = [found.span() for found in _CELL.finditer(content)]
    if spots:
        parts[at] = (name, _shuffled(content, spots, rng, _cell))


def _cell(cell: bytes, rng: random.Random) -> bytes:
    opening = re.match(rb"<c\b[^>]*?(?=/?>)", cell)
    assert opening
    head = opening[0]
    nasty = rng.choice(NASTY).encode()
    formula = rng.choice(
        (b"<f>1+1</f>", b"<f/>", b'<f t="shared" si="0"/>', b"<f>cmd|x!A1</f>", b"")
    )
    match rng.randrange(9):
        case 0:
            return _set(head, b"t", rng.choice(TYPES)) + cell[len(head) :]
        case 1:
            return _set(head, b"s", rng.choice(NUMBERS)) + cell[len(head) :]
        case 2:
            return _set(head, b"r", rng.choice(PLACES)) + cell[len(head) :]
        case 3:
            return re.sub(rb' r="[^"]*"', b"", head) + cell[len(head) :]
        case 4:
            return _set(head, b"t", rng.choice(TYPES)) + b">%s<v>%s</v></c>" % (formula, nasty)
        case 5:
            return _set(head, b"t", "inlineStr") + b"><is>%s</is></c>" % _text(rng)
        case 6:
            return head + b">%s%s</c>" % (
                formula,
                rng.choice((b"<v/>", b"", b"<v>1</v><v>2</v>", b"<is/>")),
            )
        case 7:
            return (
                _set(_set(head, b"t", "n"), b"s", rng.choice(("1", "2")))
                + b"><v>%s</v></c>" % nasty
            )
        case _:
            return _set(head, b"t", "n") + b"><v>%s</v></c>" % nasty


def _set(head: bytes, attribute: bytes, value: str) -> bytes:
    bare = re.sub(rb"\s%s=\"[^\"]*\"" % attribute, b"", head)
    return bare + b' %s="%s"' % (attribute, value.encode())


def _text(rng: random.Random) -> bytes:
    return rng.choice(TEXTS).format(rng.choice(NASTY)).encode()


def _shuffled(
    content: bytes,
    spots: Sequence[tuple[int, int]],
    rng: random.Random,
    change: Callable[[bytes, random.Random], bytes],
) -> bytes:
    """One of the spots changed inside (mostly), removed, repeated, or swapped with the next."""
    at = rng.randrange(len(spots))
    start, end = spots[at]
    one = content[start:end]
    kind = rng.random()
    if kind < 0.7:
        return content[:start] + change(one, rng) + content[end:]
    if kind < 0.8:
        return content[:start] + content[end:]
    if kind < 0.9 or at + 1 == len(spots):
        return content[:end] + one + content[end:]
    then, last = spots[at + 1]
    return content[:start] + content[then:last] + content[end:then] + one + content[last:]


def spoil_frame(parts: Parts, rng: random.Random) -> None:
    """What stands around the rows: a wrong dimension, hidden columns, merged cells."""
    at = _pick(parts, rng, "worksheets/sheet")
    name, content = parts[at]
    before, after = rng.choice(
        (
            (b"<sheetData>", b'<cols><col min="2" max="9" hidden="1"/></cols><sheetData>'),
            (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A2:B3"/></mergeCells>'),
            (b"</sheetData>", b"</sheetData><sheetData><row/></sheetData>"),
            (b"<dimension ref=", b'<dimension ref="A1" x='),
            (b"<sheetData>", b"<sheetData><row/>"),
            (b"</sheetData>", b"<row><c><v>8</v></c></row></sheetData>"),
        )
    )
    parts[at] = (name, content.replace(before, after))


LEVELS = (
    *(spoil_cells,) * 6, *(spoil_rows,) * 2, *(spoil_items,) * 3,
    spoil_parts, spoil_text, spoil_styles, spoil_frame,
)  # fmt: skip
