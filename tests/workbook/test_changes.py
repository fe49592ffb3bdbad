"""The record of changes: rows by key, cells by what they say, nothing dropped."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

import pytest

from funding.workbook.changes import Change, Changes, FilledCell, Place, changes
from funding.workbook.tables import ErrorCell, Uncalculated, blank_table
from tests.workbook.support import sound
from tests.workbook.versions import compared, edited, tables, told


def test_a_changed_amount() -> None:
    (change,) = compared(edited(Activities_M2=13_000))
    assert change == Change(
        sheet="Activities",
        kind="changed cell",
        key=("GRE-1",),
        label="GRE-1: Clean water",
        column="Requested",
        before="12,500.30",
        after="13,000.00",
        place_before=Place("", "Activities", 2, "M2"),
        place_after=Place("", "Activities", 2, "M2"),
    )


def test_an_added_row_keeps_its_filled_cells() -> None:
    after = sound()
    after["Cities"].insert(1, ["NAN", "Nantes", None, "West", 320_000, *[None] * 9])
    (change,) = compared(after)
    place = Place("", "Cities", 2, "2")
    assert (change.kind, change.key, change.label) == ("added row", ("NAN",), "NAN: Nantes")
    assert (change.place_before, change.place_after) == (None, place)
    assert (change.column, change.before, change.after) == ("", "", "")
    label = "NAN: Nantes"
    assert change.cells == (
        FilledCell(label, "City code", "NAN", Place("", "Cities", 2, "A2")),
        FilledCell(label, "City", "Nantes", Place("", "Cities", 2, "B2")),
        FilledCell(label, "Region", "West", Place("", "Cities", 2, "D2")),
        FilledCell(label, "Population", "320,000", Place("", "Cities", 2, "E2")),
    )


def test_a_removed_row_keeps_its_filled_cells() -> None:
    after = sound()
    del after["City record"][1]
    (change,) = compared(after)
    assert (change.kind, change.label) == ("removed row", "GRE: Grenoble")
    assert (change.place_before, change.place_after) == (Place("", "City record", 2, "2"), None)
    assert [(cell.column, cell.text) for cell in change.cells] == [
        ("City code", "GRE"),
        ("First-time applicant", "no"),
        ("Reports overdue", "no"),
        ("Earlier awards", "40,000.00"),
        ("Earlier awards spent", "38,000.00"),
        ("Other national funding", "0.00"),
    ]


def test_rows_of_every_sheet_are_matched_by_key() -> None:
    """Each sheet turned upside down, one cell changed in each."""
    after = edited(
        Fund_B5=2027,
        Cities_E3=238_001,
        Activities_E3="financing",
        Assessment_D3=71,
        City_record_D2=None,
        Scores_D3=85,
    )
    for rows in after.values():
        rows[1:] = reversed(rows[1:])
    assert told(compared(after)) == [
        ("First year", "Value", "2026", "2027"),
        ("LIL: Lille", "Population", "238,000", "238,001"),
        ("GRE-2: Courses", "Stream", "training", "financing"),
        ("GRE-2: Courses", "Score", "70.5", "71"),
        ("GRE: Grenoble", "Earlier awards", "40,000.00", "blank"),
        ("GRE-1: Clean water, Ada, effect", "Score", "84", "85"),
    ]


def test_a_recoded_activity_is_a_row_removed_and_a_row_added() -> None:
    found = compared(edited(Activities_A4="LIL-9"))
    assert [(c.kind, c.label) for c in found] == [
        ("removed row", "LIL-1: Agreement"),
        ("added row", "LIL-9: Agreement"),
    ]


def test_letter_case_in_a_code_makes_another_code() -> None:
    found = compared(edited(Activities_A4="lil-1"))
    assert sorted((c.kind, c.key) for c in found) == [
        ("added row", ("lil-1",)),
        ("removed row", ("LIL-1",)),
    ]


# --- what is the same -------------------------------------------------------------------

SAME: list[tuple[str, Any, Any]] = [
    ("Activities_M2", 12_500, 12_500.00),
    ("Activities_M2", 0.3, 0.1 + 0.2),
    ("Assessment_B2", "yes", True),
    ("Assessment_B2", "yes", " YES "),
    ("Assessment_G2", "no", False),
    ("Cities_K2", "ad hoc", "Ad  Hoc"),
    ("Activities_I2", "SN; ML", "sn;ml;"),
    ("Fund_B4", "EUR", "eur"),
    ("Activities_J2", dt.date(2026, 3, 1), dt.datetime.combine(dt.date(2026, 3, 1), dt.time())),
    ("Activities_C2", "Café", unicodedata.normalize("NFD", "Café")),
    ("Activities_C2", "Clean water", "Clean  water\u00a0"),
    ("Activities_C2", None, "  "),
    ("Activities_A2", "GRE-1", " GRE-1 "),
    ("Fund_A3", "Reference", "reference "),
    ("Activities_M2", ErrorCell("#N/A"), ErrorCell("#N/A")),
]


@pytest.mark.parametrize(("cell", "first", "second"), SAME)
def test_the_same_typed_in_another_way(cell: str, first: Any, second: Any) -> None:
    found = compared(edited(**{cell: second}), edited(**{cell: first}))
    assert found == Changes()
    assert not found
    assert found.sentence == "nothing changed"


def test_headers_match_as_the_reader_matches_them() -> None:
    after = sound()
    after["Activities"][0][12:13] = [" requested "]
    after["Activities"][0][18:19] = ["REQUESTED  2026"]
    assert not compared(after)


def test_a_missing_column_is_a_blank_one() -> None:
    """As the workbench completes a sheet with the columns that it lacks."""
    before = sound()
    for row in before["Activities"]:
        del row[3]  # Description: blank in all rows
    assert not compared(sound(), before)
    assert not compared(before)


def test_a_missing_sheet_is_an_empty_one() -> None:
    before = tables(sound())
    del before["City record"]
    after = dict(before, **{"City record": blank_table("City record")})
    assert not changes(before, after)
    found = changes(before, tables(sound()))
    assert [(c.kind, c.label) for c in found] == [("added row", "GRE: Grenoble")]


def test_blank_rows_are_none() -> None:
    after = sound()
    after["Activities"].append([None, " ", ""])
    assert not compared(after)


# --- what differs -----------------------------------------------------------------------

DIFFERENT: list[tuple[str, Any, Any, str, str]] = [
    ("Activities_M2", 12_500, "12500", "12,500.00", '"12500"'),
    ("Activities_M2", -5, None, "-5", "blank"),
    ("Activities_M2", 1, True, "1.00", "TRUE"),
    ("Activities_M2", 0, None, "0.00", "blank"),  # a blank is no 0
    ("Activities_M2", 1.005, 1, "1.005", "1.00"),
    ("Activities_M2", Uncalculated("="), 1, "a formula without its result", "1.00"),
    ("Activities_M2", ErrorCell("#N/A"), "#N/A", "the error #N/A", '"#N/A"'),
    ("Activities_C2", 7, "7", "the number 7", 'the text "7"'),
    ("Activities_C2", "blank", None, 'the text "blank"', "blank"),
    ("Activities_C2", "Saint Malo", "Saint\u200d Malo",
     'the text "Saint Malo"', 'the text "Saint<U+200D> Malo"'),
    ("Activities_C2", "a\nb", "a b", 'the text "a<U+000A>b"', 'the text "a b"'),
    ("Activities_C2", "clean", "Clean", "clean", "Clean"),
    ("Activities_I2", "SN; ML", "Senegal", "SN; ML", '"Senegal"'),
    ("Activities_J2", dt.date(2026, 3, 1), "2026-03-01", "2026-03-01", '"2026-03-01"'),
    ("Activities_J2", dt.date(2026, 3, 1), dt.datetime.combine(dt.date(2026, 3, 1), dt.time(9, 30)),
     "2026-03-01", "the date 2026-03-01 09:30"),
    ("Assessment_B2", None, "yes", "blank", "yes"),  # a blank means yes, but is blank
    ("Assessment_B2", True, 1, "yes", "1"),
    ("Cities_B2", "#N/A", ErrorCell("#N/A"), "#N/A", "the error #N/A"),
    ("Cities_M2", 45.19, 45.2, "45.19", "45.2"),
    ("Fund_B5", 2026, 2027, "2026", "2027"),
    ("Fund_B6", dt.date(2025, 9, 1), None, "2025-09-01", "blank"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "first", "second", "before", "after"), DIFFERENT)
def test_what_differs_is_told(cell: str, first: Any, second: Any, before: str, after: str) -> None:
    forth = compared(edited(**{cell: second}), edited(**{cell: first}))
    assert [(c.kind, c.before, c.after) for c in forth] == [("changed cell", before, after)]
    back = compared(edited(**{cell: first}), edited(**{cell: second}))
    assert [(c.before, c.after) for c in back] == [(after, before)]


def test_long_texts_that_begin_alike_are_told_in_full() -> None:
    first, second = "x" * 70 + "1", "x" * 70 + "2"
    (change,) = compared(edited(Activities_M2=second), edited(Activities_M2=first))
    assert change.before == f'the text "{first}"'
    assert change.after == f'the text "{second}"'


def test_letter_case_of_names_in_a_key_is_one_cell() -> None:
    found = compared(edited(Scores_B2="ADA", Scores_C2="Quality"))
    assert told(found) == [
        ("GRE-1: Clean water, ADA, Quality", "Assessor", "Ada", "ADA"),
        ("GRE-1: Clean water, ADA, Quality", "Criterion", "quality", "Quality"),
    ]


def test_each_side_shows_amounts_in_its_currency() -> None:
    """12500.30 is no amount in yen, so it is shown as a fault shows it; it did not change."""
    after = edited(Fund_B4="JPY", Activities_L2=30_000)
    assert told(compared(after)) == [
        ("Currency", "Value", "EUR", "JPY"),
        ("GRE-1: Clean water", "Total cost", "20,000.00", "30,000"),
    ]


def test_a_currency_is_given_where_no_sheet_says_it() -> None:
    before = {"Activities": tables(sound())["Activities"]}
    after = {"Activities": tables(edited(Activities_L2=30_000))["Activities"]}
    (change,) = changes(before, after, "JPY")
    assert (change.before, change.after) == ("20,000", "30,000")


# --- columns ----------------------------------------------------------------------------


def test_columns_are_told_once_with_their_cells() -> None:
    after = sound()
    for row, extra in zip(after["Activities"], ("Requested 2028", 10, None, 7.5), strict=True):
        row.append(extra)
    for row in after["Cities"]:
        del row[6]  # Earlier engagement budget
    gone, new = compared(after)
    assert (gone.kind, gone.column, gone.place_before, gone.place_after) == (
        "removed column",
        "Earlier engagement budget",
        Place("", "Cities", 1, "G1"),
        None,
    )
    assert [(c.label, c.text, c.place.cell) for c in gone.cells] == [
        ("GRE: Grenoble", "45,000.00", "G2")
    ]
    assert (new.kind, new.key, new.label) == (
        "added column",
        ("Requested 2028",),
        "Requested 2028",
    )
    assert new.place_after == Place("", "Activities", 1, "U1")
    assert [(c.label, c.text, c.place.cell) for c in new.cells] == [
        ("GRE-1: Clean water", "10.00", "U2"),
        ("LIL-1: Agreement", "7.50", "U4"),
    ]


def test_unknown_columns_are_compared_like_any_other() -> None:
    before, after = sound(), sound()
    for cells, note in ((before, "old"), (after, "new")):
        for row, text in zip(cells["Cities"], ("In-house note", note, 5), strict=True):
            row.append(text)
    assert told(compared(after, before)) == [("GRE: Grenoble", "In-house note", "old", "new")]
    assert [c.kind for c in compared(after)] == ["added column"]
    assert [c.kind for c in compared(sound(), after)] == ["removed column"]


def test_an_unknown_or_required_column_counts_even_when_blank() -> None:
    after = sound()
    after["Cities"][0].append("In-house note")
    for row in after["Assessment"]:
        del row[3]  # Score, which must be there
    before = edited(Assessment_D3=None, Assessment_D4=None)
    assert [(c.kind, c.column) for c in compared(after, before)] == [
        ("added column", "In-house note"),
        ("removed column", "Score"),
    ]


def test_a_cell_without_a_header_is_not_dropped() -> None:
    after = sound()
    after["Cities"][0].append(None)
    after["Cities"][1].append("stray")
    (change,) = compared(after)
    assert (change.kind, change.column) == ("added column", "column O")
    assert [cell.text for cell in change.cells] == ["stray"]


def test_a_column_that_stands_twice_is_matched_by_its_cells() -> None:
    before, after = sound(), sound()
    for cells, order in ((before, ("x", "y")), (after, ("y", "x"))):
        cells["Cities"][0] += ["Note", "Note"]
        for row in cells["Cities"][1:]:
            row += [f"{word}{row[0]}" for word in order]
    assert not compared(after, before)


# --- rows without a usable key ----------------------------------------------------------


def test_a_code_filled_in_is_one_cell() -> None:
    for wrong, shown in ((None, "blank"), (7, "7"), (dt.date(2026, 3, 1), "the date 2026-03-01")):
        before = edited(Activities_A4=wrong)
        assert told(compared(sound(), before)) == [
            ("LIL-1: Agreement", "Activity code", shown, "LIL-1")
        ]


def test_a_code_filled_in_is_not_guessed_among_equals() -> None:
    """Of two equal rows it cannot be said which is the one that had no code."""
    before, after = sound(), sound()
    before["Activities"].append([None, "LIL", "Tram"])
    after["Activities"] += [["LIL-7", "LIL", "Tram"], ["LIL-8", "LIL", "Tram"]]
    found = compared(after, before)
    assert sorted(change.kind for change in found) == ["added row", "added row", "removed row"]


def test_a_code_taken_out_is_one_cell() -> None:
    (change,) = compared(edited(Activities_A4=None))
    assert (change.kind, change.label, change.key) == ("changed cell", "row 4", ("",))
    assert (change.column, change.before, change.after) == ("Activity code", "LIL-1", "blank")


def test_scores_without_a_criterion_are_matched_within_their_assessor() -> None:
    before = edited(Scores_C2=None, Scores_C4=None, Scores_D4=80)
    after = edited(Scores_D4=80)
    after["Scores"][1:] = reversed(after["Scores"][1:])
    assert told(compared(after, before)) == [
        ("GRE-1: Clean water, Ben, quality", "Criterion", "blank", "quality"),
        ("GRE-1: Clean water, Ada, quality", "Criterion", "blank", "quality"),
    ]


def test_a_column_of_codes_lost_is_told_once() -> None:
    after = sound()
    for row in after["Activities"]:
        del row[0]
    (change,) = compared(after)
    assert (change.kind, change.column) == ("removed column", "Activity code")
    assert [cell.text for cell in change.cells] == ["GRE-1", "GRE-2", "LIL-1"]


def test_an_edited_row_without_a_key_is_still_the_same_row() -> None:
    before = edited(Activities_A3=None)
    after = edited(Activities_A3=None, Activities_N3=100)
    assert told(compared(after, before)) == [("row 3", "Minimum viable", "blank", "100.00")]


def test_unlike_rows_without_a_key_are_two_rows() -> None:
    before, after = sound(), sound()
    before["Activities"].append([None, "GRE", "Old plan", None, "training", "law"])
    after["Activities"].append([None, "LIL", "New plan", None, "financing", "water"])
    found = compared(after, before)
    assert sorted(change.kind for change in found) == ["added row", "removed row"]


def test_a_code_that_stands_twice_is_matched_by_content_then_by_order() -> None:
    """Three rows GRE-2: one equal but moved, one edited, one removed, which stood behind the
    moved one."""
    before, after = sound(), sound()
    same = ["GRE-2", "LIL", "Twin"]
    before["Activities"] += [list(same), ["GRE-2", "LIL", "Last"]]
    after["Activities"][2:3] = [list(same), [*after["Activities"][2][:13], 5]]
    found = compared(after, before)
    assert [(c.kind, c.label, c.column) for c in found] == [
        ("removed row", "GRE-2: Last (row 6)", ""),
        ("changed cell", "GRE-2: Courses (row 4)", "Minimum viable"),
        ("changed cell", "GRE-2: Courses (row 4)", "Own cash"),
        ("changed cell", "GRE-2: Courses (row 4)", "People to be certified"),
    ]
