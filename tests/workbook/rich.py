"""A workbook with nearly everything that Excel can put into one, and ways to look at one.

What stands in a workbook is read here with a plain XML reader, not with the code under test.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree

import xlsxwriter

from tests.workbook.support import Cells, sound

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


def parts(data: bytes) -> dict[str, bytes]:
    """Every part by its name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: Mapping[str, bytes]) -> bytes:
    """A workbook of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return stream.getvalue()


def rewritten(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed; the change must change something."""
    content = parts(data)
    new = change(content[part])
    assert new != content[part]
    return packed({**content, part: new})


class Cell(NamedTuple):
    """What stands in a cell: how it is stored, its formula, its value, its format in full."""

    kind: str
    formula: str
    value: str
    format: str


def sheet_parts(data: bytes) -> dict[str, str]:
    """The part of each sheet by its name, in the order of the tabs."""
    content = parts(data)
    book = ElementTree.fromstring(content["xl/workbook.xml"])
    rels = ElementTree.fromstring(content["xl/_rels/workbook.xml.rels"])
    targets = {rel.get("Id"): rel.get("Target", "") for rel in rels}
    found = {}
    for sheet in book.iter(f"{MAIN}sheet"):
        target = unquote(targets[sheet.get(f"{REL}id")])
        found[sheet.get("name", "")] = target[1:] if target[0] == "/" else f"xl/{target}"
    return found


def cells(data: bytes, title: str) -> dict[str, Cell]:
    """The cells of a sheet that hold something or have a format, by reference."""
    content = parts(data)
    formats = _formats(content["xl/styles.xml"])
    texts = _shared(content.get("xl/sharedStrings.xml"))
    found = {}
    root = ElementTree.fromstring(content[sheet_parts(data)[title]])
    for cell in root.iter(f"{MAIN}c"):
        value = cell.findtext(f"{MAIN}v", "")
        kind = cell.get("t", "n")
        if kind == "s":
            kind, value = "text", texts[int(value)]
        elif kind == "inlineStr":
            kind, value = "text", _text(cell)
        formula = cell.find(f"{MAIN}f")
        written = "" if formula is None else ElementTree.tostring(formula, encoding="unicode")
        made = Cell(kind, written, value, formats[int(cell.get("s", 0))])
        if made != Cell("n", "", "", formats[0]):
            found[cell.get("r", "")] = made
    return found


def comments(data: bytes, part: str) -> dict[str, tuple[str, str]]:
    """Author and text of the comments in a part, by cell."""
    root = ElementTree.fromstring(parts(data)[part])
    authors = [author.text or "" for author in root.iter(f"{MAIN}author")]
    return {
        comment.get("ref", ""): (authors[int(comment.get("authorId", 0))], _text(comment))
        for comment in root.iter(f"{MAIN}comment")
    }


def _formats(styles: bytes) -> list[str]:
    """Each format with its font, fill, border and number format written out."""
    root = ElementTree.fromstring(styles)
    lists = {
        key: root.findall(f"{MAIN}{name}/*")
        for key, name in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders"))
    }
    numbers = {n.get("numFmtId"): n.get("formatCode") for n in root.iter(f"{MAIN}numFmt")}
    made = []
    for xf in root.findall(f"{MAIN}cellXfs/{MAIN}xf"):
        said = [numbers.get(xf.get("numFmtId"), xf.get("numFmtId"))]
        said += [_plain(all_[int(xf.get(key, 0))]) for key, all_ in lists.items() if all_]
        said += [_plain(child) for child in xf] + [xf.get("quotePrefix", "0")]
        made.append(" | ".join(map(str, said)))
    return made


def _plain(element: ElementTree.Element) -> str:
    return re.sub(r"\s+", " ", ElementTree.tostring(element, encoding="unicode"))


def _shared(strings: bytes | None) -> list[str]:
    if strings is None:
        return []
    return [_text(item) for item in ElementTree.fromstring(strings).findall(f"{MAIN}si")]


def _text(element: ElementTree.Element) -> str:
    return "".join(found.text or "" for found in element.iter(f"{MAIN}t"))


def rich(changed: Cells | None = None) -> bytes:
    """The sound workbook, or these cells, amid charts, pictures, rules and names.

    Its sheet Cities has a formula with a stored result in E2, comments in B2 (of Ada) and C3,
    and a format of its own in most columns; the sheets Chart and Hidden are none of ours.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    formats = {
        "bold": book.add_format({"bold": True, "bg_color": "#DDEEFF", "border": 1}),
        "money": book.add_format({"num_format": "#,##0.00", "locked": False}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "font_color": "#7030A0"}),
        "text": book.add_format({"num_format": "@", "italic": True}),
    }
    hidden = book.add_worksheet("Hidden")
    hidden.write_column(0, 0, ["a", "b", "c"])
    hidden.hide()
    pages = {}
    for title, rows in (sound() if changed is None else changed).items():
        pages[title] = book.add_worksheet(title)
        _fill(pages[title], rows, formats)
    _adorn(book, pages, formats)
    pages["Cities"].set_first_sheet()
    pages["Activities"].activate()
    book.close()
    return _with_links(stream.getvalue())


def _fill(page: Any, rows: list[list[Any]], formats: Mapping[str, Any]) -> None:
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if at == 0:
                page.write_string(0, column, value, formats["bold"])
            elif isinstance(value, dt.date):
                page.write_datetime(at, column, value, formats["date"])
            elif isinstance(value, str):
                page.write_string(at, column, value, formats["text"])
            elif value is not None:
                page.write_number(at, column, value, formats["money"])


def _adorn(book: Any, pages: Mapping[str, Any], formats: Mapping[str, Any]) -> None:
    cities, activities = pages["Cities"], pages["Activities"]
    cities.write_formula("E2", "=150000+8000", formats["money"], 158_000)
    cities.write_formula("P2", '=UPPER(B2)&"!"', formats["text"], "GRENOBLE!")
    cities.write_comment("B2", "ask Grenoble", {"author": "Ada"})
    cities.write_comment("C3", "no number yet\nsee mail", {"author": "Ben"})
    cities.write_rich_string("P3", "plain ", formats["bold"], "bold", formats["text"])
    cities.data_validation("K2:K99", {"validate": "list", "source": ["formal", "ad hoc", "none"]})
    scale = {"type": "3_color_scale"}
    cities.conditional_format("F2:F99", scale)
    cities.conditional_format("G2:G99", {"type": "data_bar", "data_bar_2010": True})
    cities.add_sparkline("Q2", {"range": "Cities!F2:G2"})
    cities.insert_image("R2", "pixel.png", {"image_data": io.BytesIO(PIXEL)})
    cities.insert_textbox("R9", "A box with a word")
    cities.insert_button("R14", {"caption": "Press"})
    cities.set_header("&L&G&CCities", {"image_left": "p.png", "image_data_left": io.BytesIO(PIXEL)})
    cities.print_area("A1:N99")
    cities.repeat_rows(0)
    cities.protect("", {"sort": True})
    cities.set_column("L:L", 30, formats["text"])
    cities.set_row(9, 40, formats["bold"])
    cities.freeze_panes(1, 1)
    cities.write_url("P5", "https://example.org/", string="a link")
    activities.autofilter("A1:T4")
    activities.outline_settings(True, False)
    activities.merge_range("V2:W3", "merged", formats["bold"])
    activities.ignore_errors({"number_stored_as_text": "A1:A9"})
    options = {"columns": [{"header": "One"}, {"header": "Two"}], "name": "Mine"}
    pages["Scores"].add_table("J1:K4", options)
    book.define_name("Everywhere", "=Cities!$A$1")
    book.define_name("Activities!Here", "=Activities!$A$1")
    book.define_name("Scores!Here", "=Scores!$A$1")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Activities!$M$2:$M$4", "name": "=Cities!$A$1"})
    activities.insert_chart("X2", chart)
    sheet = book.add_chartsheet("Chart")
    own = book.add_chart({"type": "pie"})
    own.add_series({"values": "=Activities!$M$2:$M$4"})
    sheet.set_chart(own)


_THREAD = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
    'threadedcomments"><threadedComment ref="C3" dT="2026-01-01T00:00:00" personId="{A}" '
    'id="{B}"><text>a thread</text></threadedComment></ThreadedComments>'
)
_LINK = (
    f'<externalLink xmlns="{MAIN[1:-1]}"><externalBook xmlns:r="{REL[1:-1]}" r:id="rId1">'
    '<sheetNames><sheetName val="Other"/></sheetNames></externalBook></externalLink>'
)
_LINK_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{REL[1:-1]}/externalLinkPath" Target="other.xlsx" '
    'TargetMode="External"/></Relationships>'
)
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _with_links(data: bytes) -> bytes:
    """The workbook with a link to another one."""
    content = parts(data)
    content["xl/externalLinks/externalLink1.xml"] = _LINK.encode()
    content["xl/externalLinks/_rels/externalLink1.xml.rels"] = _LINK_RELS.encode()
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace(
        b"<definedNames>",
        b'<externalReferences><externalReference r:id="rId901"/></externalReferences>'
        b"<definedNames>",
    )
    relation = (
        f'<Relationship Id="rId901" Type="{REL[1:-1]}/externalLink" '
        'Target="externalLinks/externalLink1.xml"/></Relationships>'
    )
    rels = "xl/_rels/workbook.xml.rels"
    content[rels] = content[rels].replace(b"</Relationships>", relation.encode())
    override = (
        '<Override PartName="/xl/externalLinks/externalLink1.xml" '
        f'ContentType="{_SPREADSHEET}.externalLink+xml"/></Types>'
    )
    types = "[Content_Types].xml"
    content[types] = content[types].replace(b"</Types>", override.encode())
    return packed(content)


def threaded(data: bytes) -> bytes:
    """The rich workbook with the comment in Cities!C3 as a thread and its stand-in."""
    content = parts(data)
    content["xl/threadedComments/threadedComment1.xml"] = _THREAD.encode()
    content["xl/comments1.xml"] = content["xl/comments1.xml"].replace(b">Ben<", b">tc={B}<")
    rels = sheet_parts(data)["Cities"].replace("worksheets/", "worksheets/_rels/") + ".rels"
    relation = (
        '<Relationship Id="rId902" Type="http://schemas.microsoft.com/office/2017/10/'
        'relationships/threadedComment" Target="../threadedComments/threadedComment1.xml"/>'
        "</Relationships>"
    )
    content[rels] = content[rels].replace(b"</Relationships>", relation.encode())
    return packed(content)
