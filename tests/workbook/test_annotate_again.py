"""A second check: what the first one left in the workbook is taken out again."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from funding.errors import Fault
from funding.workbook import annotate
from tests.workbook.rich import cells, comments, packed, parts, rewritten, rich, sheet_parts
from tests.workbook.support import edited, sound, workbook

FAULTS = (
    Fault("", "Cities", 2, "F2", "too much"),
    Fault("", "Cities", 2, "B2", "no such city"),
    Fault("", "Cities", 2, "B2", "nor such a name"),
    Fault("", "Cities", 3, "C3", "blank", blocks=False),
    Fault("", "Activities", 2, "D2", "blank"),
)
# The library drops what it does not know, which is no matter here.
OF_THE_LIBRARY = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")
GREEN = PatternFill("solid", start_color="FF00B050")


def loaded(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_nothing_is_left_of_a_check() -> None:
    data = rich()
    clean = annotate(annotate(data, FAULTS), ())
    for title in set(sheet_parts(data)) - {"Chart"}:
        assert cells(clean, title) == cells(data, title)
    assert comments(clean, "xl/comments1.xml") == comments(data, "xl/comments1.xml")
    assert comments(clean, "xl/comments2.xml") == {}
    boxes = "xl/drawings/vmlDrawing1.vml"
    assert parts(clean)[boxes].count(b"ObjectType") == parts(data)[boxes].count(b"ObjectType")
    assert list(sheet_parts(clean)) == ["Faults", *sheet_parts(data)]


def test_a_note_takes_the_place_of_a_fault() -> None:
    data = rich()
    milder = [Fault("", "Cities", 2, "F2", "rather much", blocks=False)]
    again = annotate(annotate(data, FAULTS), milder)
    assert "FFFFEB9D" in cells(again, "Cities")["F2"].format
    assert comments(again, "xl/comments1.xml")["F2"][1] == "Funding check:\nrather much"
    assert cells(again, "Cities")["B2"] == cells(data, "Cities")["B2"]


def coloured() -> bytes:
    """Two columns whose formats differ in nothing but their fill."""

    def colour(book: openpyxl.Workbook) -> None:
        book["Cities"]["F2"].fill = GREEN
        book["Cities"]["F3"].number_format = book["Cities"]["F2"].number_format

    return edited(workbook(), colour)


def fills(data: bytes, title: str, *places: str) -> list[str]:
    page = loaded(data)[title]
    return [page[place].fill.start_color.rgb for place in places]


def test_colours_come_back_after_another_program_has_saved_the_copy() -> None:
    """It numbers the formats anew and makes one of the two marks."""
    faults = [Fault("", "Cities", row, f"F{row}", "wrong") for row in (2, 3)]
    copy = edited(annotate(coloured(), faults), lambda book: None)
    assert fills(copy, "Cities", "F2", "F3") == ["FFFFC7CF", "FFFFC7CF"]
    assert fills(annotate(copy, ()), "Cities", "F2", "F3") == ["FF00B050", "00000000"]


def test_a_mark_that_moved_is_taken_out_too() -> None:
    """A row was put in above: what the mark stood for in the list is what it stands for here."""
    copy = annotate(coloured(), [Fault("", "Cities", 2, "F2", "wrong")])
    moved = edited(copy, lambda book: book["Cities"].insert_rows(2))
    assert fills(moved, "Cities", "F3") == ["FFFFC7CF"]
    assert fills(annotate(moved, ()), "Cities", "F3") == ["FF00B050"]


def test_without_the_list_a_mark_still_goes() -> None:
    def drop(book: openpyxl.Workbook) -> None:
        del book["Faults"]

    copy = edited(annotate(coloured(), [Fault("", "Cities", 2, "F2", "wrong")]), drop)
    clean = annotate(copy, ())
    page = loaded(clean)["Cities"]
    assert page["F2"].fill.fill_type is None
    assert page["F2"].comment is None


@OF_THE_LIBRARY
def test_words_that_others_added_to_ours_stay() -> None:
    """Below ours, above ours, and in a comment that was ours alone."""
    copy = annotate(rich(), FAULTS)

    def answer(book: openpyxl.Workbook) -> None:
        page = book["Cities"]
        for place, text in {
            "B2": "{0}\nI know",
            "C3": "my word\n{0}",
            "F2": "{0}\nthis is right",
        }.items():
            page[place].comment = Comment(text.format(page[place].comment.text), "Cid")

    clean = loaded(annotate(edited(copy, answer), ()))["Cities"]
    assert clean["B2"].comment.text == "ask Grenoble\nI know"
    assert clean["C3"].comment.text == "my word\nno number yet\nsee mail"
    assert clean["F2"].comment.text == "this is right"


def test_a_comment_in_one_piece_is_cut_at_our_line() -> None:
    """Some programs make one run of all, and write the line break in their own way."""
    part = "xl/comments1.xml"
    copy = annotate(rich(), FAULTS)
    text = b"<text><r><t>ask&#13;&#10;Funding check:_x000D_\nno such city</t></r></text>"

    def join(content: bytes) -> bytes:
        start = content.index(b"<text>", content.index(b'ref="B2"'))
        return content[:start] + text + content[content.index(b"</text>", start) + 7 :]

    clean = annotate(rewritten(copy, part, join), ())
    assert comments(clean, part)["B2"] == ("Ada", "ask")


def test_a_word_about_our_checks_is_no_text_of_ours() -> None:
    part = "xl/comments1.xml"
    said = b"see the Funding check: it is wrong"
    data = rewritten(rich(), part, lambda content: content.replace(b"ask Grenoble", said))
    assert comments(annotate(data, ()), part)["B2"] == ("Ada", said.decode())


@OF_THE_LIBRARY
def test_a_list_that_was_moved_and_hidden_comes_first_again() -> None:
    copy = annotate(rich(), FAULTS)

    def move(book: openpyxl.Workbook) -> None:
        book.move_sheet("Faults", 3)
        book["Faults"].sheet_state = "hidden"
        book["Faults"]["C2"].comment = Comment("done", "me")

    moved = edited(copy, move)
    assert list(sheet_parts(moved)).index("Faults") == 3
    again = annotate(moved, FAULTS[:1])
    book = loaded(again)
    assert book.sheetnames[0] == "Faults"
    assert book.sheetnames.count("Faults") == 1
    page = book["Faults"]
    assert (page.sheet_state, page.max_row, page["C2"].comment) == ("visible", 2, None)
    assert book["Cities"].print_area == "'Cities'!$A$1:$N$99"
    assert book["Scores"].defined_names["Here"].attr_text == "Scores!$A$1"
    assert book["Faults"].print_title_rows == "$1:$1"


@pytest.mark.parametrize("title", ["Faults", "faults"])
def test_a_sheet_of_that_name_that_is_not_ours_stays(title: str) -> None:
    mine = {**sound(), title: [["Kind", "Place", "What I found"], ["a", "b", "c"]]}
    data = workbook(mine)
    copy = annotate(data, FAULTS[:1])
    names = ["Faults (2)", *mine]
    assert list(sheet_parts(copy)) == names
    assert cells(copy, title) == cells(data, title)
    again = annotate(copy, ())
    assert list(sheet_parts(again)) == names
    assert cells(again, "Faults (2)")["C2"].value == "No faults and no notes."


def test_fonts_and_formats_do_not_pile_up() -> None:
    data = rich()
    once = annotate(data, FAULTS)
    copy = once
    for _ in range(3):
        copy = annotate(annotate(copy, ()), FAULTS)
    assert len(parts(copy)["xl/styles.xml"]) == len(parts(once)["xl/styles.xml"])
    assert set(parts(copy)) == set(parts(once))


def test_shared_texts_of_the_list_are_understood() -> None:
    """As Excel saves them: in the table of all texts, some in runs with a reading beside them."""
    content = parts(annotate(rich(), FAULTS))
    strings = content["xl/sharedStrings.xml"]
    number = strings.count(b"<si>")
    texts = (
        b"<si><r><t>Ki</t></r><r><t>nd</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>"
        b"<si><t>'Cities'!F2</t></si></sst>"
    )
    content["xl/sharedStrings.xml"] = strings.replace(b"</sst>", texts)
    page = content["xl/worksheets/sheet8.xml"]
    for at, text in enumerate((b"Kind", b"'Cities'!F2"), number):
        inline = b't="inlineStr"><is><t xml:space="preserve">' + text + b"</t></is>"
        assert page.count(inline) == 1
        page = page.replace(inline, b't="s"><v>%d</v>' % at)
    content["xl/worksheets/sheet8.xml"] = page
    clean = annotate(packed(content), ())
    assert list(sheet_parts(clean)).count("Faults") == 1
    assert cells(clean, "Cities")["F2"] == cells(rich(), "Cities")["F2"]
