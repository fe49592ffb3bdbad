"""Headers, sheets and settings: what is missing, twice, unknown or elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

import openpyxl
import pytest

from funding.workbook import Row, Table, read, to_tables
from tests.workbook.support import Cells, edited, read_tables, sound, taken, texts, workbook


@pytest.mark.parametrize(
    "header",
    ["requested", " Requested ", "Requested\u00a0", "REQUESTED", "\u00a0requested  "],
)
def test_letter_case_and_spaces_of_headers_do_not_matter(header: str) -> None:
    assert taken(workbook(Activities_M1=header)).require() == taken(workbook()).require()


@pytest.mark.parametrize(
    "header", ["own  Engagement\u00a0budget", "Own\nengagement budget", "OWN ENGAGEMENT BUDGET"]
)
def test_doubled_and_unbroken_spaces_within_headers(header: str) -> None:
    assert taken(workbook(Cities_F1=header)).require() == taken(workbook()).require()


def test_columns_may_stand_in_any_order() -> None:
    cells = sound()
    cells["Activities"] = [row[::-1] for row in cells["Activities"]]
    intake = taken(workbook(cells))
    assert intake.require() == taken(workbook()).require()
    cells["Activities"][1][7] = "12.5k"  # Requested is now the eighth column
    assert taken(workbook(cells)).faults[0].place == "Activities!H2"


def test_a_missing_header_is_one_fault_that_names_the_nearest() -> None:
    intake = taken(workbook(Activities_M1="Reqested"))
    assert texts(intake.faults) == [
        'Activities!M1: no column Requested; is it "Reqested" in M1? Rename that header'
    ]
    assert intake.notes == ()  # nor is it told a second time


def test_a_missing_header_without_a_likeness() -> None:
    assert texts(taken(workbook(Cities_E1="Zzz")).faults) == [
        "Cities: no column Population; expected this header in row 1"
    ]


def test_scores_need_their_header_though_cells_may_be_blank() -> None:
    assert texts(taken(workbook(Assessment_D1="Zzz")).faults) == [
        "Assessment: no column Score; expected this header in row 1"
    ]


def test_a_header_twice_names_both() -> None:
    intake = taken(workbook(Activities_H1="requested"))
    assert texts(intake.faults) == [
        "Activities!M1: column Requested stands twice; it is already in Activities!H1",
    ]  # which of the two is meant is not known, so neither is looked at


def test_a_year_twice() -> None:
    """Nor do the years add up to anything while one of them is in doubt."""
    assert texts(taken(workbook(Activities_T1="Requested  2026")).faults) == [
        "Activities!T1: column Requested 2026 stands twice; it is already in Activities!S1"
    ]


def test_unknown_columns_are_notes_that_help() -> None:
    changes: dict[str, Any] = {
        "Activities_N1": "Minimum viabel",
        "Activities_U1": "Mayor",
        "Activities_V3": "x",
    }
    assert texts(taken(workbook(**changes)).notes) == [
        'Activities!N1: column "Minimum viabel" is not known and was not read; '
        "did you mean Minimum viable?",
        'Activities!U1: column "Mayor" is not known and was not read',
        "Activities!V1: column V has no header and was not read",
    ]


def _lower(rows: list[list[Any]]) -> list[list[Any]]:
    return [["Applications of the year"], [None], *rows]


def test_headers_further_down_are_found_and_told() -> None:
    cells = sound()
    cells["Cities"] = _lower(cells["Cities"])
    intake = taken(workbook(cells))
    assert texts(intake.faults) == [
        "Cities!3: the headers stand in row 3; expected them in row 1: delete the rows above"
    ]


def test_blank_rows_keep_the_numbers_true() -> None:
    cells = sound()
    cells["Activities"][2:2] = [[None] * 20, ["  ", "\u00a0"]]
    assert taken(workbook(cells)).require() == taken(workbook()).require()
    cells["Activities"][4][12] = "x"
    assert taken(workbook(cells)).faults[0].place == "Activities!M5"


def test_a_row_outside_our_columns_is_noted() -> None:
    """Row 6 holds a total under a column that is not ours."""
    changed = workbook(Activities_U1="Mayor", Activities_U6="see file")
    assert texts(taken(changed).notes)[-1] == (
        "Activities!6: this row has text only in columns that are not known and was not read"
    )


def test_an_empty_sheet_holds_no_application() -> None:
    cells = sound()
    for sheet in ("Activities", "Assessment", "Scores"):
        cells[sheet] = cells[sheet][:1]
    assert texts(taken(workbook(cells)).faults) == [
        "Activities: the sheet has no rows; expected at least one"
    ]


def test_unknown_and_hidden_sheets_and_rows_are_noted() -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book.create_sheet("Ideas")
        book["Scores"].sheet_state = "hidden"
        book["Cities"].row_dimensions[3].hidden = True
        book["Activities"].row_dimensions[2].hidden = True
        book["Activities"].row_dimensions[4].hidden = True

    intake = taken(edited(workbook(), hide))
    assert intake.faults == ()
    assert texts(intake.notes) == [
        "Ideas: this sheet is not part of the application workbook and was not read",
        "Cities!3: this row is hidden; hidden rows are read like any other",
        "Activities!2: this row and 1 more are hidden; hidden rows are read like any other",
        "Scores: this sheet is hidden; it was read like any other",
    ]


def test_names_of_sheets_match_as_headers_do() -> None:
    def rename(book: openpyxl.Workbook) -> None:
        book["City record"].title = "city  RECORD "

    assert taken(edited(workbook(), rename)).require() == taken(workbook()).require()


def test_hidden_columns_and_merged_cells_are_noted() -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["Cities"].column_dimensions["G"].hidden = True
        book["Activities"].column_dimensions.group("H", "I", hidden=True)
        book["Assessment"].merge_cells("H2:H4")

    intake = taken(edited(workbook(), change))
    assert intake.faults == ()
    assert texts(intake.notes) == [
        "Cities!G1: column G is hidden; hidden columns are read like any other",
        "Activities!H1: columns H, I are hidden; hidden columns are read like any other",
        "Assessment: cells are merged (H2:H4); what they hold counts for their first cell alone",
    ]


def test_a_sheet_named_nearly_right() -> None:
    def rename(book: openpyxl.Workbook) -> None:
        book["Activities"].title = "Activites"

    intake = taken(edited(workbook(), rename))
    assert "Activities: the workbook has no such sheet; expected one" in texts(intake.faults)
    assert texts(intake.notes)[0] == (
        "Activites: this sheet is not part of the application workbook and was not read; "
        "is it Activities? Rename it"
    )


def test_a_sheet_twice() -> None:
    def double(book: openpyxl.Workbook) -> None:
        book.copy_worksheet(book["Cities"]).title = "Cities "

    assert texts(taken(edited(workbook(), double)).faults) == [
        "Cities : sheet Cities stands twice; delete one of the two"
    ]


# --- sheet Fund ------------------------------------------------------------------------


def _with_fund(*rows: list[Any]) -> Cells:
    cells = sound()
    cells["Fund"] += rows
    return cells


def test_a_setting_twice_names_both() -> None:
    assert texts(taken(workbook(_with_fund(["currency ", "USD"]))).faults) == [
        "Fund!A9: setting Currency stands twice; it is already in Fund!A4"
    ]


def test_unknown_settings_are_notes_that_help() -> None:
    intake = taken(workbook(_with_fund(["Funders", "x"], ["Minister", "y"], [None, "z"])))
    assert texts(intake.notes) == [
        'Fund!A9: setting "Funders" is not known and was not read; did you mean Funder?',
        'Fund!A10: setting "Minister" is not known and was not read',
        "Fund!A11: a row without a setting was not read",
    ]


def test_a_missing_setting() -> None:
    cells = sound()
    del cells["Fund"][3]
    assert texts(taken(workbook(cells)).faults) == [
        "Fund: no setting Currency; expected a row that gives it"
    ]


def test_settings_that_are_not_given() -> None:
    cells = sound()
    cells["Fund"] = cells["Fund"][:5]
    call = taken(workbook(cells)).require().call
    assert (call.funder, call.closing_date, call.workbook_format) == ("", None, 1)


def test_a_newer_format_is_refused_in_a_sentence() -> None:
    """Nothing else is told: the newer workbook may mean something else by its cells."""
    intake = taken(workbook(Fund_B8=2, Cities_E2="x"))
    assert texts(intake.faults) == [
        "Fund!B8: Workbook format is 2, but this version reads format 1; "
        "use a newer version of this tool"
    ]
    assert intake.notes == ()


# --- several workbooks -----------------------------------------------------------------


def _city_alone(code: str, *, fund: bool = True) -> Cells:
    """The workbook of one city."""
    cells = sound()
    del cells["Assessment"], cells["City record"], cells["Scores"]
    if not fund:
        del cells["Fund"]
    cells["Cities"] = [r for r in cells["Cities"] if r[0] in ("City code", code)]
    cells["Activities"] = [r for r in cells["Activities"] if r[1] in ("City code", code)]
    return cells


def _ministry() -> Cells:
    cells = sound()
    del cells["Cities"], cells["Activities"]
    return cells


def test_several_workbooks_make_one_set() -> None:
    sources = [
        ("lil.xlsx", workbook(_city_alone("LIL"))),
        ("gre.xlsx", workbook(_city_alone("GRE"))),
        ("ministry.xlsx", workbook(_ministry())),
    ]
    intake = read(sources)
    assert intake.require().digest == taken(workbook()).require().digest
    assert list(intake.require().cities) == ["LIL", "GRE"]
    again = read_tables(intake.tables)
    assert again.require() == intake.require()


def test_columns_of_several_workbooks_may_differ_in_order() -> None:
    turned = _city_alone("GRE")
    turned["Activities"] = [row[::-1] for row in turned["Activities"]]
    turned["Activities"][1][7] = "12.5k"
    sources = [
        ("lil.xlsx", workbook(_city_alone("LIL"))),
        ("gre.xlsx", workbook(turned)),
        ("ministry.xlsx", workbook(_ministry())),
    ]
    intake = read(sources)
    expected = [
        'gre.xlsx: Activities!H2: Requested is "12.5k"; expected an amount such as 12500.00'
    ]
    assert texts(intake.faults) == expected
    assert texts(read_tables(intake.tables).faults) == expected  # the grids name it alike


def test_faults_between_workbooks_name_both() -> None:
    """Both are told: whether a.xlsx or b.xlsx is the wrong one cannot be known."""
    sources = [("a.xlsx", workbook()), ("b.xlsx", workbook(_city_alone("LIL")))]
    assert texts(read(sources).faults) == [
        'a.xlsx: Cities!A3: "LIL" stands twice; it is also in b.xlsx: Cities!A2',
        'a.xlsx: Activities!A4: "LIL-1" stands twice; it is also in b.xlsx: Activities!A2',
        'b.xlsx: Cities!A2: "LIL" stands twice; it is already in a.xlsx: Cities!A3',
        'b.xlsx: Activities!A2: "LIL-1" stands twice; it is already in a.xlsx: Activities!A4',
    ]


def test_sheets_fund_must_agree() -> None:
    other = workbook(_city_alone("LIL"), Fund_B4="USD", Fund_B7=dt.date(2025, 12, 1))
    sources = [
        ("gre.xlsx", workbook(_city_alone("GRE"))),
        ("lil.xlsx", other),
        ("ministry.xlsx", workbook(_ministry())),
    ]
    assert texts(read(sources).faults) == [
        'lil.xlsx: Fund!B4: Currency is "USD"; expected "EUR" as in ministry.xlsx: Fund!B4',
        "lil.xlsx: Fund!B7: Closing date is the date 2025-12-01; expected the date 2025-11-30 "
        "as in ministry.xlsx: Fund!B7",
    ]


def test_a_workbook_without_fund_among_several_is_noted() -> None:
    sources = [
        ("gre.xlsx", workbook(_city_alone("GRE"))),
        ("lil.xlsx", workbook(_city_alone("LIL", fund=False))),
        ("ministry.xlsx", workbook(_ministry())),
    ]
    intake = read(sources)
    assert texts(intake.notes) == [
        "lil.xlsx: Fund: no sheet Fund; its amounts are taken to be in the fund's currency"
    ]
    assert intake.applications is not None


# --- tables ----------------------------------------------------------------------------


def test_an_edited_grid_is_checked_like_a_workbook() -> None:
    tables = to_tables(taken(workbook()).require())
    table = tables["Activities"]
    at = table.headers.index("Requested")
    first = table.rows[0]
    values = (*first.values[:at], "12.5k", *first.values[at + 1 :])
    tables["Activities"] = Table(table.headers, (Row(2, values), *table.rows[1:]))
    assert texts(read_tables(tables, "grid").faults) == [
        'grid: Activities!M2: Requested is "12.5k"; expected an amount such as 12500.00'
    ]


def test_tables_keep_the_cells_as_they_stand() -> None:
    table = taken(workbook(Cities_B2="Orle\u0301ans  ")).tables["Cities"]
    assert table.headers[:2] == ("City code", "City")
    assert table.letters[:3] == ("A", "B", "C")
    assert [row.number for row in table.rows] == [2, 3]
    assert table.rows[0].values[:3] == ("GRE", "Orle\u0301ans  ", "001")
