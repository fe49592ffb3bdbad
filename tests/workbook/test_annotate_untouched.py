"""Everything else in an annotated workbook stays as it was, to the byte."""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from funding.errors import Fault
from funding.workbook import annotate
from tests.workbook.rich import (
    MAIN,
    Cell,
    cells,
    comments,
    parts,
    rich,
    sheet_parts,
    threaded,
)
from tests.workbook.support import sound, taken

# A fault at a filled cell, one at a cell with a formula, one where a comment stands, one at a
# blank cell in a column with a format, one in a row that is not there, one far right.
FAULTS = (
    Fault("", "Cities", 2, "F2", "too much"),
    Fault("", "Cities", 2, "E2", "too many"),
    Fault("", "Cities", 2, "B2", "no such city"),
    Fault("", "Cities", 2, "L3", "blank", blocks=False),
    Fault("", "Cities", 7, "C7", "blank"),
    Fault("", "Activities", 2, "AB2", "far out"),
)
TOUCHED = {
    "[Content_Types].xml",  # the new sheet, comments and their boxes
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/worksheets/sheet3.xml",  # Cities, with its comments
    "xl/comments1.xml",
    "xl/drawings/vmlDrawing1.vml",
    "xl/worksheets/sheet4.xml",  # Activities, which had none
    "xl/worksheets/_rels/sheet4.xml.rels",
}
ADDED = {
    "xl/comments2.xml",
    "xl/drawings/vmlDrawing3.vml",
    "xl/worksheets/sheet8.xml",
}


@pytest.fixture(scope="module")
def given() -> bytes:
    return rich()


@pytest.fixture(scope="module")
def marked(given: bytes) -> bytes:
    return annotate(given, FAULTS)


def test_only_the_parts_that_must_change_do(given: bytes, marked: bytes) -> None:
    before, after = parts(given), parts(marked)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == TOUCHED
    assert set(after) - set(before) == ADDED
    assert list(after)[: len(before)] == list(before)


def tokens(part: bytes) -> list[str]:
    """Tags and texts, one by one."""
    return re.findall(r"<[^>]*>|[^<]+", part.decode())


def changes(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """The tags and texts that went, and those that came."""
    old, new = tokens(before), tokens(after)
    gone: list[str] = []
    come: list[str] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            gone += old[a:b]
            come += new[c:d]
    return gone, come


def test_a_marked_sheet_differs_in_its_cells_formats_alone(given: bytes, marked: bytes) -> None:
    """In Cities three cells that are there, one in a row that is there, one in no row."""
    gone, come = changes(
        parts(given)["xl/worksheets/sheet3.xml"], parts(marked)["xl/worksheets/sheet3.xml"]
    )
    unstyled = [re.sub(r' s="\d+"', "", token) for token in gone]
    assert unstyled == ['<c r="B2" t="s">', '<c r="E2">', '<c r="F2">']
    assert [re.sub(r' s="\d+"', "", token) for token in come] == [
        '<c r="B2" t="s">',
        '<c r="E2">',
        '<c r="F2">',
        '<c r="L3"/>',
        "</row>",  # of row 3; that of row 7 was there
        '<row r="7">',
        '<c r="C7"/>',
    ]


def test_a_sheet_without_comments_gains_their_drawing_in_its_place(
    given: bytes, marked: bytes
) -> None:
    """Activities was the selected tab and has a drawing, behind which the boxes go."""
    before = parts(given)["xl/worksheets/sheet4.xml"]
    after = parts(marked)["xl/worksheets/sheet4.xml"]
    gone, come = changes(before, after)
    row = '<row r="2" spans="1:23">'
    assert gone == ['<dimension ref="A1:W4"/>', next(t for t in gone if "tabSelected" in t), row]
    assert come[0] == '<dimension ref="A1:AB4"/>'
    assert 'tabSelected="0"' in come[1]
    assert come[2:] == ['<row r="2" spans="1:28">', come[3], '<legacyDrawing r:id="rId3"/>']
    assert re.fullmatch(r'<c r="AB2" s="\d+"/>', come[3])
    names = [child.tag.removeprefix(MAIN) for child in ElementTree.fromstring(after)]
    at = names.index("legacyDrawing")
    assert names[at - 1] == "drawing"


@pytest.mark.parametrize(
    ("part", "went"),
    [
        ("[Content_Types].xml", []),
        ("xl/_rels/workbook.xml.rels", []),
        ("xl/worksheets/_rels/sheet4.xml.rels", []),
        ("xl/drawings/vmlDrawing1.vml", []),
        ("xl/styles.xml", ["<cellXfs ", "<fills ", "<fonts "]),
        ("xl/comments1.xml", []),
        (
            "xl/workbook.xml",
            # two names of one sheet, the filter, the print area and titles; the open tab
            ["<definedName "] * 5 + ["<workbookView "],
        ),
    ],
)
def test_the_other_parts_only_gain(given: bytes, marked: bytes, part: str, went: list[str]) -> None:
    gone, come = changes(parts(given)[part], parts(marked)[part])
    assert sorted(token[: token.find(" ") + 1] for token in gone) == went
    assert come


def test_names_keep_to_their_sheets(given: bytes, marked: bytes) -> None:
    def names(data: bytes) -> dict[tuple[str, str], str]:
        root = ElementTree.fromstring(parts(data)["xl/workbook.xml"])
        titles = list(sheet_parts(data))
        return {
            (name.get("name", ""), titles[int(at)] if (at := name.get("localSheetId")) else ""): (
                name.text or ""
            )
            for name in root.iter(f"{MAIN}definedName")
        }

    before, after = names(given), names(marked)
    assert before["Here", "Scores"] == "Scores!$A$1"
    assert before["_xlnm.Print_Area", "Cities"] == "Cities!$A$1:$N$99"
    assert {key: text for key, text in after.items() if key[1] != "Faults"} == before
    assert after["_xlnm.Print_Titles", "Faults"] == "'Faults'!$1:$1"


def test_the_list_is_shown_and_alone_selected(marked: bytes) -> None:
    content = parts(marked)
    root = ElementTree.fromstring(content["xl/workbook.xml"])
    titles = list(sheet_parts(marked))
    assert titles[:2] == ["Faults", "Hidden"]
    states = [sheet.get("state", "visible") for sheet in root.iter(f"{MAIN}sheet")]
    assert states[:3] == ["visible", "hidden", "visible"]
    view = root.find(f"{MAIN}bookViews/{MAIN}workbookView")
    assert view is not None
    assert (view.get("activeTab"), view.get("firstSheet")) == ("0", "0")
    selected = [
        title
        for title, part in sheet_parts(marked).items()
        for view in ElementTree.fromstring(content[part]).iter(f"{MAIN}sheetView")
        if view.get("tabSelected") == "1"
    ]
    assert selected == ["Faults"]


def test_every_cell_keeps_what_it_holds(given: bytes, marked: bytes) -> None:
    """Stored results of formulas too; a marked cell keeps its format but for the fill."""
    at = {(fault.sheet, fault.cell) for fault in FAULTS}
    for title in set(sheet_parts(given)) - {"Chart"}:
        before, after = cells(given, title), cells(marked, title)
        assert {k: v for k, v in after.items() if (title, k) not in at} == {
            k: v for k, v in before.items() if (title, k) not in at
        }
        for cell in {*before} & {k for t, k in at if t == title}:
            assert before[cell][:3] == after[cell][:3]
            assert without_fill(after[cell]) == without_fill(before[cell])
            assert "FFFFC7CF" in after[cell].format
    result = cells(marked, "Cities")["E2"]
    assert (result.value, "150000+8000" in result.formula) == ("158000", True)
    assert "FFFFEB9D" in cells(marked, "Cities")["L3"].format
    assert without_fill(cells(marked, "Cities")["L3"]) == without_fill(
        cells(given, "Cities")["P2"]  # the format of texts, which column L has too
    )


def without_fill(cell: Cell) -> str:
    return re.sub(r"<\w+:fill .*?</\w+:fill>", "", cell.format)


def test_comments_of_others_stay(marked: bytes) -> None:
    found = comments(marked, "xl/comments1.xml")
    assert found["B2"] == ("Ada", "ask Grenoble\nFunding check:\nno such city")
    assert found["C3"] == ("Ben", "no number yet\nsee mail")
    assert found["F2"] == ("Funding check", "Funding check:\ntoo much")
    boxes = parts(marked)["xl/drawings/vmlDrawing1.vml"]
    assert boxes.count(b'ObjectType="Note"') == 2 + 4  # of others, ours; B2 has one already
    assert b"Press" in boxes


def test_a_thread_and_its_stand_in_stay() -> None:
    data = threaded(rich())
    marked = annotate(data, [Fault("", "Cities", 3, "C3", "blank"), *FAULTS])
    assert comments(marked, "xl/comments1.xml")["C3"] == ("tc={B}", "no number yet\nsee mail")
    part = "xl/threadedComments/threadedComment1.xml"
    assert parts(marked)[part] == parts(data)[part]
    assert "FFFFC7CF" in cells(marked, "Cities")["C3"].format


def test_handed_in_again_it_has_the_same_faults() -> None:
    """Its formulas come with their results, so none is told to lack one."""
    spoilt = sound()
    spoilt["Cities"][1][5] = "much"
    spoilt["Activities"][3][2] = None
    data = rich(spoilt)
    first = taken(data)
    copy = annotate(data, first.faults + first.notes)
    again = taken(copy)
    assert (again.faults, again.notes) == (first.faults, first.notes)
    assert [fault.cell for fault in first.faults] == ["F2", "C4"]
    # Copies of copies do not grow.
    assert annotate(copy, again.faults + again.notes) == copy


def test_parts_that_are_not_packed_stay_so(given: bytes) -> None:
    """Some programs leave the first part unpacked, for others to recognise the file by."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts(given).items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 2, 29, 12, 0, 0)), part)
    with zipfile.ZipFile(io.BytesIO(annotate(stream.getvalue(), FAULTS))) as archive:
        infos = archive.infolist()
    assert {i.compress_type for i in infos if i.filename not in ADDED} == {zipfile.ZIP_STORED}
    assert {i.date_time[0] for i in infos if i.filename not in ADDED} == {2024}
    assert {i.compress_type for i in infos if i.filename in ADDED} == {zipfile.ZIP_DEFLATED}
