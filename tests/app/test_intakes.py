"""What is open, checked again: nothing that was known of the files is forgotten."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from funding.app.intakes import (
    ADDED,
    corrected,
    edited,
    file_states,
    replaces,
    unread,
)
from funding.workbook import Intake, Row, Table, marked_names, read
from funding.workbook.tables import Value
from tests.app.support import city_file, ministry_file, three_files

LOST = ("notes.xlsx", b"name;amount")


def with_cell(intake: Intake, sheet: str, row: int, header: str, value: Value) -> dict[str, Table]:
    """The tables with one cell changed; ``row`` counts from 0."""
    table = intake.tables[sheet]
    at, old = table.headers.index(header), table.rows[row]
    new = replace(old, values=(*old.values[:at], value, *old.values[at + 1 :]))
    rows = (*table.rows[:row], new, *table.rows[row + 1 :])
    return {**intake.tables, sheet: replace(table, rows=rows)}


def with_row(intake: Intake, sheet: str, **cells: Value) -> dict[str, Table]:
    """The tables with a row more, as a grid adds it."""
    table = intake.tables[sheet]
    values = tuple(cells.get(header.replace(" ", "_")) for header in table.headers)
    new = Row(9, values, file=ADDED if table.rows[0].file else "")
    return {**intake.tables, sheet: replace(table, rows=(*table.rows, new))}


def test_an_edit_counts_in_the_file_that_it_was_made_in() -> None:
    intake = read(three_files())
    made = edited(intake, with_cell(intake, "Cities", 1, "Region", "Nord"))
    assert made.sound
    assert made.require().cities["LIL"].region == "Nord"
    (lille,) = [part for part in made.parts if part.file == "lille.xlsx"]
    assert [row.values[0] for row in lille.tables["Cities"].rows] == ["LIL"]


def test_a_faulty_edit_names_file_and_cell() -> None:
    """Lille is the only row of its own file, so its population stands in E2 there."""
    intake = read(three_files())
    made = edited(intake, with_cell(intake, "Cities", 1, "Population", Decimal(0)))
    assert [fault.place for fault in made.faults] == ["lille.xlsx: Cities!E2"]


def test_an_edit_does_not_bring_back_what_could_not_be_read() -> None:
    """The file that is no workbook is still a fault after an edit of another."""
    intake = read([*three_files(), LOST])
    before = [fault.file for fault in intake.faults]
    made = edited(intake, with_cell(intake, "Cities", 0, "Region", "Alpes"))
    assert [fault.file for fault in made.faults] == before == ["notes.xlsx"]
    assert unread(made) == unread(intake)


def test_sheets_fund_that_disagree_are_still_told_after_an_edit() -> None:
    """Only the first sheet Fund stands among the tables; the other's currency is not forgotten."""
    intake = read(three_files(Fund_B4="USD"))
    assert "lille.xlsx" in {fault.file for fault in intake.faults}
    made = edited(intake, with_cell(intake, "Cities", 0, "Region", "Alpes"))
    assert made.faults == intake.faults


def test_a_column_that_one_file_lacks_is_still_told_after_an_edit_of_another() -> None:
    """Lille's column E has another header, so it has no Population; Grenoble is edited."""
    intake = read(three_files(Cities_E1="Inhabitants"))
    told = [f for f in intake.faults if f.file == "lille.xlsx"]
    assert told
    made = edited(intake, with_cell(intake, "Cities", 0, "Region", "Alpes"))
    assert [f for f in made.faults if f.file == "lille.xlsx"] == told


def test_a_column_that_a_file_lacks_can_be_filled_in_the_grid() -> None:
    intake = read(three_files(Cities_E1="Inhabitants"))
    made = edited(intake, with_cell(intake, "Cities", 1, "Population", Decimal(10)))
    assert made.sound
    assert made.require().cities["LIL"].population == 10


def test_a_new_row_belongs_to_no_file_and_stays_through_a_second_edit() -> None:
    cells: dict[str, Value] = {
        "City_code": "CAE", "City": "Caen", "Region": "North", "Population": Decimal(10),
        "Own_engagement_budget": Decimal(5), "International_staff": Decimal(0),
        "Staff_with_relevant_training": Decimal(0), "Coordination": "none",
    }  # fmt: skip
    intake = read(three_files())
    made = edited(intake, with_row(intake, "Cities", **cells))
    assert set(made.require().cities) == {"GRE", "LIL", "CAE"}
    assert not [note for note in made.notes if note.sheet == "Fund"]
    again = edited(made, with_cell(made, "Cities", 0, "Region", "Alpes"))
    assert again.require().cities["CAE"].name == "Caen"
    third = edited(again, with_cell(again, "Cities", 2, "City", "Caen-la-mer"))
    assert third.require().cities["CAE"].name == "Caen-la-mer"


def test_one_workbook_takes_edits_as_it_stands() -> None:
    intake = read([("grenoble.xlsx", city_file("GRE"))])
    made = edited(intake, with_row(intake, "Cities", City_code="CAE"))
    assert {fault.place for fault in made.faults} >= {"Cities!B9"}  # the city's name is blank


def test_what_was_left_out_stays_so_when_more_is_left_out() -> None:
    """First Lille, then, after an edit that is not right, Grenoble."""
    files = [*three_files(Cities_E2=0), ("nantes.xlsx", city_file("LIL"))]
    files[3] = ("nantes.xlsx", city_file("LIL", Cities_A2="NAN", Activities_A2="NAN-1",
                                         Activities_B2="NAN"))  # fmt: skip
    files[2] = ("ministry.xlsx", ministry_file(Assessment_A4="NAN-1"))
    intake = read(files)
    first = intake.without_faulty()
    assert first.left_out == ("lille.xlsx",)
    assert first.sound
    spoilt = edited(first, with_cell(first, "Cities", 0, "Population", Decimal(0)))
    assert spoilt.left_out == ("lille.xlsx",)
    second = spoilt.without_faulty()
    assert second.left_out == ("grenoble.xlsx", "lille.xlsx")
    assert set(second.require().cities) == {"NAN"}


def test_a_corrected_file_comes_back_and_edits_elsewhere_stay() -> None:
    """Lille was left out; Grenoble's region was edited; then Lille's file comes corrected."""
    first = read(three_files(Cities_E2=0)).without_faulty()
    now = edited(first, with_cell(first, "Cities", 0, "Region", "Alpes"))
    made = corrected(now, read(three_files()), {"lille.xlsx"})
    assert made.left_out == ()
    assert {c.code: c.region for c in made.require().cities.values()} == {
        "GRE": "Alpes",
        "LIL": "North",
    }


def test_a_corrected_file_undoes_the_edits_in_it_alone() -> None:
    intake = read(three_files())
    now = edited(intake, with_cell(intake, "Cities", 1, "Region", "Nord"))
    made = corrected(now, read(three_files()), {"lille.xlsx"})
    assert made.require().cities["LIL"].region == "North"


def test_what_was_left_out_stays_so_when_another_file_is_corrected() -> None:
    first = read([*three_files(Cities_E2=0), LOST]).without_faulty()
    assert first.left_out == ("lille.xlsx", "notes.xlsx")
    made = corrected(first, read([*three_files(Cities_E2=0), LOST]), {"grenoble.xlsx"})
    assert made.left_out == ("lille.xlsx", "notes.xlsx")
    assert made.sound


def test_files_are_listed_the_worst_first() -> None:
    intake = read([*three_files(Cities_E2=0, Cities_H2=-1), LOST])
    states = file_states(intake)
    assert [(s.file, s.state, s.faults) for s in states] == [
        ("notes.xlsx", "cannot be read", 1),
        ("lille.xlsx", "faults", 2),
        ("grenoble.xlsx", "sound", 0),
        ("ministry.xlsx", "sound", 0),
    ]
    assert states[0].sheets == ()
    assert (states[2].sheets, states[2].rows) == (("Fund", "Cities", "Activities"), 3)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Lille.XLSX", "lille.xlsx"),
        ("lille-faults.xlsx", "lille.xlsx"),
        ("lille (2).xlsx", "lille.xlsx"),
        ("lille-faults (1).xlsx", "lille.xlsx"),
        ("Ville (nord)-faults.xlsx", "Ville (nord).xlsx"),
        ("Ville (nord).xlsx", "Ville (nord).xlsx"),
        ("ville.xlsx", None),
        ("a (1).xlsx", "a (1).xlsx"),
        ("a.xlsx", "a.xlsx"),
    ],
)
def test_a_file_is_known_again_by_its_name(name: str, file: str | None) -> None:
    files = ["lille.xlsx", "Ville (nord).xlsx", "a.xlsx", "a (1).xlsx"]
    assert replaces(name, files) == file


def test_the_marked_copy_has_a_name_of_its_own() -> None:
    assert marked_names(["ville de Lille.v2.xlsx"]) == ["ville de Lille.v2-faults.xlsx"]
