"""Workbooks packed in ways that Excel does not, but reads; and damaged ones."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Sequence
from xml.etree import ElementTree

import openpyxl
import pytest

from funding.errors import Fault, WorkbookRejected
from funding.workbook import annotate
from tests.workbook.rich import MAIN, cells, comments, packed, parts, rewritten, rich, sheet_parts

SPREADSHEET = MAIN[1:-1]
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def bare(data: str, **more: str) -> dict[str, bytes]:
    """The fewest parts that make a workbook: one sheet, Cities, with this content.

    Its names are odd and its targets absolute; it has no formats, and no window.
    """
    texts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/odd/The%20cities.xml" ContentType="{TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" '
        f'Type="{RELATIONS}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<x:workbook xmlns:x="{SPREADSHEET}" xmlns:q="{RELATIONS}"><x:sheets>'
        '<x:sheet name="Cities" sheetId="7" q:id="rId1"/></x:sheets></x:workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="/odd/The%20cities.xml"/>'
        "</Relationships>",
        "odd/The cities.xml": data,
    }
    return {name: text.encode() for name, text in {**texts, **more}.items()}


def sheet(rows: str, prefix: str = "", **around: str) -> str:
    """A sheet of these rows; ``before`` and ``after`` stand around them."""
    named = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    inner = f"{around.get('before', '')}{rows}{around.get('after', '')}"
    return f'<{prefix}worksheet {named}="{SPREADSHEET}">{inner}</{prefix}worksheet>'


def faults(*places: str) -> list[Fault]:
    return [Fault("", "Cities", int(place.lstrip("ABCDEFGH")), place, "wrong") for place in places]


def marked_rows(content: dict[str, bytes], *places: str) -> list[list[str]]:
    """The references of the sheet's cells, row by row, after these are marked."""
    copy = parts(annotate(packed(content), faults(*places)))
    root = ElementTree.fromstring(copy["odd/The cities.xml"])
    rows = root.find(f"{MAIN}sheetData")
    assert rows is not None
    return [[row.get("r", ""), *(cell.get("r", "") for cell in row)] for row in rows]


DATA = [
    ("<sheetData/>", [["2", "B2", "C2"], ["5", "A5"]]),
    ("<sheetData></sheetData>", [["2", "B2", "C2"], ["5", "A5"]]),
    ('<sheetData><row r="2"/></sheetData>', [["2", "B2", "C2"], ["5", "A5"]]),
    ('<sheetData><row r="5"/><row r="6"/></sheetData>', [["2", "B2", "C2"], ["5", "A5"], ["6"]]),
    (  # rows and cells that are counted: the second row, its second cell
        "<sheetData><row/><row><c/><c><v>1</v></c></row></sheetData>",
        [[""], ["", "", "", "C2"], ["5", "A5"]],
    ),
    (  # from the third row on they are numbered; cells beside what is no cell
        '<sheetData><row r="2"><c r="C2"/><c r="E2"/><extLst/></row><row/></sheetData>',
        [["2", "B2", "C2", "E2", ""], [""], ["5", "A5"]],
    ),
    (  # out of order, which Excel repairs: nothing stands twice
        '<sheetData><row r="5"><c r="A5"/></row>'
        '<row r="2"><c r="C2"/><c r="B2"/></row></sheetData>',
        [["5", "A5"], ["2", "C2", "B2"]],
    ),
]


@pytest.mark.parametrize(("rows", "expected"), DATA)
def test_cells_that_are_not_there_come_in_their_place(
    rows: str, expected: Sequence[Sequence[str]]
) -> None:
    assert marked_rows(bare(sheet(rows)), "B2", "C2", "A5") == expected


@pytest.mark.parametrize(("rows", "expected"), DATA)
def test_prefixes_are_kept(rows: str, expected: Sequence[Sequence[str]]) -> None:
    prefixed = re.sub(r"(</?)(\w)", r"\1y:\2", rows)
    assert marked_rows(bare(sheet(prefixed, "y:")), "B2", "C2", "A5") == expected


def test_places_are_counted_in_bytes() -> None:
    """A mark of the encoding, line breaks of Windows, letters of two bytes, signs in quotes, a
    comment and a passage that look like cells."""
    text = (
        "\ufeff<?xml version='1.0'?>\r\n<!-- <row r='2'> é -->\r\n"
        f"<worksheet xmlns='{SPREADSHEET}' xmlns:m='m>'><sheetData>\r\n"
        "<row r='2' m:é='\"/>'><c r = 'A2' m:x='>' t='str'><v>é日</v></c><!-- <c r='B2'/> -->"
        "<c r='D2' s='0' t='str' ><v><![CDATA[</c><c r='E2'/>]]></v></c></row></sheetData>"
        "</worksheet>"
    )
    copy = parts(annotate(packed(bare(text)), faults("A2", "C2", "D2")))["odd/The cities.xml"]
    expected = text
    for old, new in (
        ("t='str'><v>é", "t='str' s=\"1\"><v>é"),
        ("<c r='D2' s='0' t='str' >", '<c r="C2" s="1"/><c r=\'D2\' s="1" t=\'str\' >'),
        ("</worksheet>", f'<legacyDrawing xmlns:r="{RELATIONS}" r:id="rId2"/></worksheet>'),
    ):
        assert old in expected
        expected = expected.replace(old, new)
    assert copy.decode() == expected


def test_a_workbook_without_formats_gets_some() -> None:
    rows = '<sheetData><row r="2"><c r="B2"><v>7</v></c></row></sheetData>'
    copy = annotate(packed(bare(sheet(rows))), faults("B2", "C3"))
    assert list(sheet_parts(copy)) == ["Faults", "Cities"]
    found = cells(copy, "Cities")
    assert found["B2"].value == "7"
    assert all("FFFFC7CF" in found[place].format for place in ("B2", "C3"))
    told = ("Funding check", "Funding check:\nwrong")
    assert comments(copy, "xl/comments1.xml") == {"B2": told, "C3": told}
    book = ElementTree.fromstring(parts(copy)["xl/workbook.xml"])
    names = [child.tag.removeprefix(MAIN) for child in book]
    assert names == ["bookViews", "sheets", "definedNames"]
    assert annotate(copy, faults("B2", "C3")) == copy


@pytest.mark.parametrize(
    "styles",
    [
        "<{p}styleSheet {n}/>",
        "<{p}styleSheet {n}><{p}dxfs/></{p}styleSheet>",
        "<{p}styleSheet {n}><{p}fonts/><{p}fills/><{p}cellXfs/><{p}dxfs/></{p}styleSheet>",
        "<{p}styleSheet {n}><{p}numFmts/><{p}fills><{p}fill/></{p}fills><{p}cellXfs><{p}xf/>"
        "</{p}cellXfs><{p}extLst/></{p}styleSheet>",
    ],
)
@pytest.mark.parametrize("prefix", ["", "z:"])
def test_poor_formats_are_filled_up_in_order(styles: str, prefix: str) -> None:
    named = f'xmlns:{prefix[:-1]}="{SPREADSHEET}"' if prefix else f'xmlns="{SPREADSHEET}"'
    content = bare(sheet('<sheetData><row r="2"><c r="B2" s="9"/></row></sheetData>'))
    content["xl/styles.xml"] = styles.replace("{p}", prefix).replace("{n}", named).encode()
    rels = "xl/_rels/workbook.xml.rels"
    relation = (
        f'<Relationship Id="s" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    )
    content[rels] = content[rels].replace(b"</Relationships>", relation.encode())
    made = ElementTree.fromstring(parts(annotate(packed(content), faults("B2")))["xl/styles.xml"])
    order = ["numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles"]
    order += ["dxfs", "extLst"]
    names = [child.tag.removeprefix(MAIN) for child in made]
    assert names == sorted(names, key=order.index)
    lists = {child.tag.removeprefix(MAIN): list(child) for child in made}
    formats = [{k: int(v) for k, v in xf.items()} for xf in lists["cellXfs"]]
    assert all(xf.get("fontId", 0) < len(lists["fonts"]) for xf in formats)
    assert all(xf.get("fillId", 0) < len(lists["fills"]) for xf in formats)
    red = f".//{MAIN}fgColor[@rgb='FFFFC7CF']"
    reds = [at for at, fill in enumerate(lists["fills"]) if fill.find(red) is not None]
    assert len(reds) == 1
    assert reds[0] >= 2  # Excel has its own idea of the first two
    assert reds[0] in [xf.get("fillId") for xf in formats]


def test_a_row_and_a_column_give_their_format_to_a_cell_that_is_not_there() -> None:
    """The row's where it says so, else the column's, else that of all cells."""
    row = '<sheetData><row r="2" s="2" customFormat="1"/><row r="3" s="2"/></sheetData>'
    columns = '<cols><col min="2" max="4" style="1" width="9"/></cols>'
    content = bare(sheet(row, before=columns))
    content["xl/styles.xml"] = (
        f'<styleSheet xmlns="{SPREADSHEET}"><cellXfs count="3"><xf numFmtId="0"/>'
        '<xf numFmtId="49"/><xf numFmtId="4"/></cellXfs></styleSheet>'
    ).encode()
    rels = "xl/_rels/workbook.xml.rels"
    relation = (
        f'<Relationship Id="s" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    )
    content[rels] = content[rels].replace(b"</Relationships>", relation.encode())
    copy = annotate(packed(content), faults("B2", "B3", "B4", "E4"))
    found = cells(copy, "Cities")
    formats = [found[place].format.split(" | ")[0] for place in ("B2", "B3", "B4", "E4")]
    assert formats == ["4", "49", "49", "0"]


def test_boxes_go_into_a_drawing_that_is_not_well_formed() -> None:
    """Excel writes line breaks of HTML into it."""
    part = "xl/drawings/vmlDrawing1.vml"
    data = rewritten(rich(), part, lambda vml: vml.replace(b"</div>", b"<br>x</div>"))
    copy = annotate(data, faults("F2", "B2"))
    vml = parts(copy)[part]
    assert vml.startswith(parts(data)[part][: -len("</xml>")].rstrip())
    assert vml.rstrip().endswith(b"</v:shape></xml>")
    numbers = re.findall(rb'id="_x0000_s(\d+)"', vml)
    assert len(set(numbers)) == len(numbers)
    assert comments(copy, "xl/comments1.xml")["F2"][1] == "Funding check:\nwrong"


def test_controls_stay_behind_the_boxes() -> None:
    """Excel wraps controls, which belong behind the drawing of comments, for other programs."""
    wrapped = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
        '2006"><mc:Choice Requires="x14"/></mc:AlternateContent><tableParts/>'
    )
    content = bare(sheet("<sheetData/><pageMargins/>", after=wrapped))
    copy = parts(annotate(packed(content), faults("B2")))["odd/The cities.xml"]
    names = [child.tag.rpartition("}")[2] for child in ElementTree.fromstring(copy)]
    expected = ["sheetData", "pageMargins", "legacyDrawing", "AlternateContent", "tableParts"]
    assert names == expected


def test_a_sheet_is_found_by_its_own_name_and_linked_by_it() -> None:
    content = bare(sheet("<sheetData/>"))
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace(
        b'"Cities"', '"L\'été &amp; &lt;co&gt;"'.encode()
    )
    title = "L'été & <co>"
    copy = annotate(packed(content), [Fault("", title, 2, "B2", "wrong")])
    page = openpyxl.load_workbook(io.BytesIO(copy))["Faults"]
    link = page["B2"].hyperlink
    assert link is not None
    assert link.location == "'L''été & <co>'!B2"
    assert set(cells(copy, title)) == {"B2"}


def test_the_sheet_that_is_read_is_the_one_that_is_marked() -> None:
    """Of two names that mean the same sheet the first is read."""
    content = bare(sheet("<sheetData/>"))
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace(
        b"</x:sheets>", b'<x:sheet name="cities " sheetId="8" q:id="rId2"/></x:sheets>'
    )
    content["odd/two.xml"] = content["odd/The cities.xml"]
    rels = "xl/_rels/workbook.xml.rels"
    relation = (
        f'<Relationship Id="rId2" Type="{RELATIONS}/worksheet" Target="../odd/two.xml"/>'
        "</Relationships>"
    )
    content[rels] = content[rels].replace(b"</Relationships>", relation.encode())
    copy = parts(annotate(packed(content), faults("B2")))
    assert b'r="B2"' in copy["odd/The cities.xml"]
    assert copy["odd/two.xml"] == content["odd/two.xml"]


@pytest.mark.parametrize("cell", ["B1048577", "XFE1", "ABCD1", "b2", "B0", "17", ""])
@pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")
def test_what_is_no_cell_is_told_but_not_marked(cell: str) -> None:
    copy = annotate(rich(), [Fault("", "Cities", 17, cell, "wrong")])
    assert cells(copy, "Cities") == cells(rich(), "Cities")
    link = openpyxl.load_workbook(io.BytesIO(copy))["Faults"]["B2"].hyperlink
    assert link is not None
    assert link.location == "'Cities'!A17"


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("odd/The cities.xml", b"<worksheet><sheetData></worksheet>"),
        ("odd/The cities.xml", b'<?xml version="1.0" encoding="UTF-16"?><worksheet/>'),
        ("xl/_rels/workbook.xml.rels", b"<Relationships/>"),
        ("xl/workbook.xml", b"<workbook/>"),
    ],
)
def test_a_damaged_part_is_refused(part: str, content: bytes) -> None:
    with pytest.raises(WorkbookRejected):
        annotate(packed({**bare(sheet("<sheetData/>")), part: content}), faults("B2"))


def test_a_document_type_is_refused_wherever_it_stands() -> None:
    """Where the look at the package does not search: in a part that poses as a picture."""
    content = bare(sheet("<sheetData/>"))
    typed = b"<!DOCTYPE worksheet [<!ENTITY a 'b'>]>" + content.pop("odd/The cities.xml")
    content["xl/media/a.xml"] = typed
    rels = "xl/_rels/workbook.xml.rels"
    content[rels] = content[rels].replace(b"/odd/The%20cities.xml", b"media/a.xml")
    with pytest.raises(WorkbookRejected, match=r"cannot be marked|document type"):
        annotate(packed(content), faults("B2"))


def test_changed_bytes_are_refused_or_marked_but_never_crash() -> None:
    """Three bytes of one part changed at random, two hundred times over."""
    draw = random.Random(1)
    content = parts(annotate(rich(), faults("B2", "F2", "C9")))
    names = [n for n in content if n.endswith(("xml", "rels", "vml")) and "theme" not in n]
    outcomes = {True: 0, False: 0}
    for _ in range(200):
        name = draw.choice(names)
        spoilt = bytearray(content[name])
        for _ in range(3):
            spoilt[draw.randrange(len(spoilt))] = draw.choice(b'<>/"=1aZ &;')
        try:
            annotate(packed({**content, name: bytes(spoilt)}), faults("B2", "D4"))
        except WorkbookRejected:
            outcomes[False] += 1
        else:
            outcomes[True] += 1
    assert min(outcomes.values()) > 20


def test_every_part_of_a_copy_is_well_formed() -> None:
    for name, part in parts(annotate(rich(), faults("B2", "F2", "C9"))).items():
        if name.endswith(("xml", "rels")):
            ElementTree.fromstring(part)
    assert next(iter(sheet_parts(annotate(rich(), ())))) == "Faults"
