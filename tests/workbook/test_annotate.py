"""The user's own workbook comes back with its faults marked, commented and listed."""

from __future__ import annotations

import importlib
import io
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment

from funding.errors import WorkbookRejected
from funding.workbook import annotate
from tests.workbook.support import edited, taken, texts, workbook

RED, YELLOW = "00FFC7CE", "00FFEB9C"


def annotated(data: bytes) -> openpyxl.Workbook:
    intake = taken(data)
    return openpyxl.load_workbook(io.BytesIO(annotate(data, intake.faults + intake.notes)))


def test_cells_are_marked_and_commented() -> None:
    book = annotated(workbook(Activities_M2="12.5k", Cities_L2=None))
    fault, note = book["Activities"]["M2"], book["Cities"]["L2"]
    assert fault.value == "12.5k"
    assert fault.fill.start_color.rgb == RED
    assert fault.comment is not None
    assert fault.comment.text == 'Requested is "12.5k"; expected an amount such as 12500.00'
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
        '"gre-1" stands twice; it is already in Activities!A2, written "GRE-1"',
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
