"""The record of changes: every step that counted, on screen and as CSV, and its undoing."""

from __future__ import annotations

import csv
import datetime as dt
import io

from funding.app.record import change_words, changes_frame, record_csv, sentence, steps
from funding.app.separated import guarded
from funding.workbook import Row, Table, changes
from funding.workbook.record import HEADERS, Entry, Record
from tests.app.support import (
    bench,
    button,
    edit,
    intake,
    sound,
    start,
    three_files,
    turn,
    upload,
    words,
)

NOON = dt.datetime(2026, 3, 1, 12, 0, 5, tzinfo=dt.UTC)


def cities(name: str) -> dict[str, Table]:
    return {"Cities": Table(("City code", "City"), (Row(2, ("GRE", name)),))}


def lines(record: Record) -> list[list[str]]:
    return list(csv.reader(io.StringIO(record_csv(record).decode("utf-8-sig"), newline="")))


def test_the_csv_has_a_line_for_each_change_and_each_step_without() -> None:
    made = changes(cities("Grenoble"), cities("=Grenoble"))
    record = Record((Entry(NOON, "opened", ("a.xlsx", "b.xlsx")), Entry(NOON, "edit", (), made)))
    head, opened, edited = lines(record)
    assert head == ["Step", "Time (UTC)", "What", "Files", "Changes", *HEADERS]
    assert opened[:5] == [
        "1", "2026-03-01 12:00:05", "opened", "a.xlsx, b.xlsx", "a new set of applications",
    ]  # fmt: skip
    assert opened[5:] == [""] * len(HEADERS)
    assert edited[:3] == ["2", "2026-03-01 12:00:05", "edit"]
    row = dict(zip(head, edited, strict=True))
    assert (row["Column"], row["Before"]) == ("City", "Grenoble")
    assert row["After"] == "'=Grenoble"  # never a formula


def test_text_that_a_spreadsheet_takes_for_a_formula_is_guarded() -> None:
    for risky in ("=1", "+1", "-1", "@a", "\ta", "\ra"):
        record = Record((Entry(NOON, "opened", (risky,)),))
        assert lines(record)[1][3] == f"'{risky}"


def test_places_that_are_the_same_on_both_sides_stand_once() -> None:
    """A cell changed in its place; and one whose row stands elsewhere."""
    frame = changes_frame(changes(cities("Grenoble"), cities("Gratianopolis")))
    assert frame.to_dict("records") == [
        {
            "Sheet": "Cities", "Change": "changed cell", "Row": "GRE: Gratianopolis",
            "Column": "City", "Before": "Grenoble", "After": "Gratianopolis",
            "Where": "Cities!B2",
        }
    ]  # fmt: skip
    moved = {"Cities": Table(("City code", "City"), (Row(5, ("GRE", "Gratianopolis")),))}
    (row,) = changes_frame(changes(cities("Grenoble"), moved)).to_dict("records")
    assert (row["Where before"], row["Where after"]) == ("Cities!B2", "Cities!B5")


def test_a_change_is_told_in_two_lines_with_text_as_it_stands() -> None:
    (cell,) = changes(cities("Grenoble"), cities("*x*"))
    assert change_words(cell) == ("**Cities · GRE\\: \\*x\\***  \nCity: Grenoble → \\*x\\*")
    (row,) = changes(cities("Grenoble"), {"Cities": Table(("City code", "City"), ())})
    assert "removed row: City code\\: GRE\\; City\\: Grenoble" in change_words(row)


def test_steps_come_with_the_latest_first() -> None:
    record = Record((Entry(NOON, "opened", ("a.xlsx",)), Entry(NOON, "edit")))
    frame = steps(record)
    assert list(frame["Step"]) == [2, 1]
    assert list(frame["What"]) == ["edit", "opened"]


def test_undoing_an_opening_says_what_it_is() -> None:
    assert sentence(Entry(NOON, "undone", ("a.xlsx",))) == "back to what was open before"


def test_an_edit_is_recorded_and_undone_and_the_undoing_recorded() -> None:
    at = upload(start(), *three_files())
    edit(at, "sheet Cities", {"edited_rows": {0: {"c3": "Alpes"}}})
    sound(button(at, "Apply").click().run())
    assert intake(at).require().cities["GRE"].region == "Alpes"
    assert "1 edit applied" in words(at)
    sound(button(at, "Undo the last step").click().run())
    assert intake(at).require().cities["GRE"].region == "South"
    assert "1 edit applied" not in words(at)
    told = [(e.action, e.changes.sentence) for e in bench(at).record.entries]
    assert told == [
        ("opened", "nothing changed"),
        ("opened", "nothing changed"),
        ("edit", "1 cell changed in 1 row"),
        ("undone", "1 cell changed in 1 row"),
    ]


def test_leaving_files_out_is_recorded_and_undone() -> None:
    at = upload(start(), *three_files(Cities_E2=0))
    sound(button(at, "Go on without the file that has faults").click().run())
    last = bench(at).record.entries[-1]
    assert (last.action, last.files) == ("left out", ("lille.xlsx",))
    assert last.changes.sentence == "2 rows removed"  # the city and its activity
    sound(button(at, "Undo the last step").click().run())
    assert intake(at).left_out == ()
    assert "Left out" not in words(at)


def test_undo_goes_back_step_by_step_to_what_was_open_first() -> None:
    at = upload(start(), *three_files())
    edit(at, "sheet Cities", {"edited_rows": {0: {"c3": "Alpes"}}})
    sound(button(at, "Apply").click().run())
    for _ in range(2):
        sound(button(at, "Undo the last step").click().run())
    opened = bench(at).opened
    assert opened is not None
    assert opened.sample
    assert button(at, "Undo the last step").disabled


def test_a_step_that_is_chosen_shows_its_changes() -> None:
    at = upload(start(), *three_files())
    edit(at, "sheet Cities", {"edited_rows": {0: {"c3": "Alpes"}}})
    sound(button(at, "Apply").click().run())
    at.session_state["steps 3"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    sound(at.run())
    assert "**Step 3: edit** · 1 cell changed in 1 row" in words(at)
    (found,) = [d.value for d in at.dataframe if "Where" in d.value]
    assert list(found["After"]) == ["Alpes"]


def test_an_edit_may_count_where_faults_remain_that_were_there_before() -> None:
    """Lille has two faults; one is put right here, the other later."""
    at = upload(start(), *three_files(Cities_E2=0, Cities_H2=-1))
    faults = len(intake(at).faults)
    edit(at, "sheet Cities", {"edited_rows": {1: {"c4": 238_000.0}}})
    assert "would remain, none of them new" in words(at)
    sound(button(at, "Apply").click().run())
    assert 0 < len(intake(at).faults) < faults
    turn(at, "allocation")
    assert any("no allocation" in e.value for e in at.error)


def test_a_formula_behind_a_separator_is_guarded_too() -> None:
    """Programs that part lines at ; would else find =1+1 in a cell of its own."""
    assert guarded("a;=1+1;b") == "a;'=1+1;b"
    assert guarded("a\n@x") == "a\n'@x"
    assert guarded("a; b = 1") == "a; b = 1"
