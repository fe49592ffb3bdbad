"""The user's own workbook comes back with its faults marked, commented and listed."""

from __future__ import annotations

import importlib
import io
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Color, Font, PatternFill

from funding.errors import Fault, WorkbookRejected
from funding.workbook import annotate
from tests.workbook.support import edited, taken, texts, workbook

RED, YELLOW = "FFFFC7CF", "FFFFEB9D"


def annotated(data: bytes) -> openpyxl.Workbook:
    intake = taken(data)
    return openpyxl.load_workbook(io.BytesIO(annotate(data, intake.faults + intake.notes)))


def test_cells_are_marked_and_commented() -> None:
    book = annotated(workbook(Activities_M2="12.5k", Cities_L2=None))
    fault, note = book["Activities"]["M2"], book["Cities"]["L2"]
    assert fault.value == "12.5k"
    assert fault.fill.start_color.rgb == RED
    assert fault.comment is not None
    assert fault.comment.text.splitlines() == [
        "Funding check:",
        'Requested is "12.5k"; expected an amount such as 12500.00',
    ]
    assert note.fill.start_color.rgb == YELLOW
    assert note.comment is not None
    assert book["Activities"]["M3"].comment is None


def test_the_first_sheet_lists_them_with_links() -> None:
    book = annotated(workbook(Activities_M2="12.5k", Cities_L2=None, City_record_A2="ROM"))
    page = book.worksheets[0]
    assert (page.title, book.active) == ("Faults", page)
    rows = [[cell.value for cell in row[:3]] for row in page.iter_rows()]
    assert rows == [
        ["Kind", "Place", "What is wrong"],
        ["Fault", "Activities!M2", 'Requested is "12.5k"; expected an amount such as 12500.00'],
        ["Fault", "City record!A2", '"ROM" is not a code of sheet Cities'],
        ["Note", "Cities!L2", "Coordination is formal but no agreement is named"],
    ]
    links = [row[1].hyperlink for row in page.iter_rows(min_row=2)]
    assert [link and link.location for link in links] == [
        "'Activities'!M2",
        "'City record'!A2",
        "'Cities'!L2",
    ]


def test_the_list_is_set_up_to_be_read_and_printed() -> None:
    page = annotated(workbook(Activities_M2="12.5k", Cities_L2=None))["Faults"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:D3")
    assert (page.page_setup.orientation, page.page_setup.fitToHeight) == ("landscape", 0)
    fit = page.sheet_properties.pageSetUpPr
    assert fit is not None
    assert fit.fitToPage is True
    assert page.print_title_rows == "$1:$1"
    widths = [page.column_dimensions[letter].width for letter in "ABCD"]
    assert widths == [10, 24, 110, 24]
    assert page.column_dimensions["E"].hidden
    kinds = [page[cell].fill.start_color.rgb for cell in ("A2", "A3")]
    assert kinds == [RED, YELLOW]


def test_a_missing_sheet_has_no_link() -> None:
    def drop(book: openpyxl.Workbook) -> None:
        del book["Assessment"]

    page = annotated(edited(workbook(), drop)).worksheets[0]
    assert page["B2"].value == "Assessment"
    assert page["B2"].hyperlink is None


def test_the_copy_gives_the_same_faults_again() -> None:
    """The list is no sheet of ours, so that a corrected copy can be handed in as it is."""
    data = workbook(Activities_M2="12.5k")
    first = taken(data)
    copy = annotate(data, first.faults + first.notes)
    assert (taken(copy).faults, taken(copy).notes) == (first.faults, first.notes)

    def correct(book: openpyxl.Workbook) -> None:
        book["Activities"]["M2"] = 12_500.30

    corrected = edited(copy, correct)
    assert taken(corrected).require() == taken(workbook()).require()
    again = openpyxl.load_workbook(io.BytesIO(annotate(corrected, ())))
    assert again.sheetnames.count("Faults") == 1
    assert again["Faults"]["C2"].value == "No faults and no notes."


def test_faults_of_one_cell_share_a_comment_and_own_comments_stay() -> None:
    def comment(book: openpyxl.Workbook) -> None:
        book["Activities"]["A3"].comment = Comment("ask Lille", "me")

    book = annotated(edited(workbook(Activities_A3="gre-1"), comment))
    found = book["Activities"]["A3"].comment
    assert found is not None
    assert found.text.splitlines() == [
        "ask Lille",
        "Funding check:",
        '"gre-1" differs from "GRE-1" in Activities!A2 in letter case only; expected another '
        "code, for Excel takes them for the same",
        "activity gre-1 is not assessed; expected a row in sheet Assessment",
    ]


@pytest.mark.parametrize("text", ["=1+1", "=cmd|'/c calc'!A1", "+1", "@x"])
def test_no_text_becomes_a_formula(text: str) -> None:
    """The sheet's own name, from the file, stands in the list; so does a file name."""

    def spoil(book: openpyxl.Workbook) -> None:
        cell = book["Cities"]["B2"]
        cell.value = text
        cell.data_type = "s"
        book.create_sheet("=Ideas")

    data = edited(workbook(Cities_E2="many"), spoil)
    intake = taken(data)
    assert "=Ideas" in texts(intake.notes)[0]
    copy = annotate(data, intake.faults + intake.notes)
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in archive.read(name)
    assert taken(copy).tables["Cities"].rows[0].values[1] == text


def test_own_formulas_stay_formulas() -> None:
    book = annotated(workbook(Cities_E2="=150000+8000"))
    assert book["Cities"]["E2"].value == "=150000+8000"


def test_texts_stay_as_they_are_in_the_list() -> None:
    """Signs of XML, other scripts, an escape of Excel, what XML cannot hold, and its limit."""
    said = 'é & <b> "x" Ω 日本 _x0041_ a\x0b\ud800\uffffz\r\nnext 🙂'
    faults = [
        Fault("=f\udcff.xlsx", "Cities", 2, "B2", said),
        Fault("", "Cities", 3, "B3", "y" * 40_000),
    ]
    data = annotate(workbook(), faults)
    page = openpyxl.load_workbook(io.BytesIO(data))["Faults"]
    # The library leaves the escape as Excel reads it: _x005F_x0041_ is _x0041_.
    assert page["C2"].value == 'é & <b> "x" Ω 日本 _x005F_x0041_ az\nnext 🙂'
    assert (page["D2"].value, page["D2"].data_type) == ("=f.xlsx", "s")
    assert page["C3"].value == "y" * 32_000 + "…"


def test_a_comment_tells_what_it_has_room_for() -> None:
    """Two of three messages of 12 000 characters go into a comment of 30 000."""
    faults = [Fault("", "Cities", 2, "B2", letter * 12_000) for letter in "abc"]
    book = openpyxl.load_workbook(io.BytesIO(annotate(workbook(), faults)))
    comment = book["Cities"]["B2"].comment
    assert comment is not None
    lines = comment.text.splitlines()
    assert [line[:9] for line in lines] == ["Funding c", "aaaaaaaaa", "bbbbbbbbb", "… and mor"]


def test_of_very_many_faults_the_first_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three faults and a note, of which two are told: two more remain."""
    # By its full name: in the package that name is the function.
    module = importlib.import_module("funding.workbook.annotate")
    monkeypatch.setattr(module, "MOST_TOLD", 2)
    changed = workbook(Cities_L2=None, Cities_E2="x", Cities_E3="y", Activities_M2="z")
    page = annotated(changed).worksheets[0]
    assert [cell.value for cell in page["B"]] == ["Place", "Cities!E2", "Cities!E3", None]
    assert page["C4"].value == "… and 2 more, once these are corrected"


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(WorkbookRejected, match="empty"):
        annotate(b"", ())


def test_light_letters_become_dark_on_a_mark_and_light_again() -> None:
    def paint(book: openpyxl.Workbook) -> None:
        for place, colour in {"A1": "FFFFFFFF", "B1": "FF7030A0"}.items():
            cell = book["Cities"][place]
            cell.font = Font(bold=True, color=colour)
            cell.fill = PatternFill("solid", start_color="FF1F3A5F")
        book["Cities"]["C1"].font = Font(color=Color(theme=0))

    def letters(data: bytes) -> list[object]:
        page = openpyxl.load_workbook(io.BytesIO(data))["Cities"]
        colours = [page[place].font.color for place in ("A1", "B1", "C1")]
        return [
            colour and (colour.rgb if colour.type == "rgb" else colour.theme) for colour in colours
        ]

    data = edited(workbook(), paint)
    copy = annotate(data, [Fault("", "Cities", 1, place, "twice") for place in ("A1", "B1", "C1")])
    assert letters(copy) == ["FF1F1F1F", "FF7030A0", "FF1F1F1F"]
    page = openpyxl.load_workbook(io.BytesIO(copy))["Cities"]
    assert page["A1"].font.bold
    assert letters(annotate(copy, ())) == ["FFFFFFFF", "FF7030A0", 0]


def test_a_long_message_has_room() -> None:
    """120 characters in a column of 110: two lines; three that are broken: three."""
    told = ["short", "x" * 120, "a\nb\nc"]
    faults = [Fault("", "Cities", row, f"B{row}", text) for row, text in enumerate(told, 2)]
    page = openpyxl.load_workbook(io.BytesIO(annotate(workbook(), faults)))["Faults"]
    assert [page.row_dimensions[row].height for row in (2, 3, 4)] == [None, 30, 45]
