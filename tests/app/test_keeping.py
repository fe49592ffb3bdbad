"""What is made is there again: after a restart, and beside a second window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from funding.app import workspace
from funding.app.intakes import ADDED
from funding.store import Store
from funding.workbook.record import Changes
from tests.app.support import (
    bench,
    button,
    edit,
    intake,
    open_tiny,
    sound,
    start,
    three_files,
    tiny,
    turn,
    upload,
    words,
)


def envelope(at: AppTest, amount: str) -> AppTest:
    (field,) = [t for t in at.text_input if t.label.startswith("Envelope")]
    return sound(field.set_value(amount).run())


def test_a_restart_returns_to_the_same_place() -> None:
    """Applications with an edit and its record, scenarios with a draft, what is in hand and
    compared, the page, and that the steps were dismissed."""
    at = open_tiny(start(), tiny())
    sound(button(at, "Hide").click().run())
    turn(at, "applications")
    at.radio(key="sheet").set_value("Assessment").run()
    edit(at, "sheet Assessment", {"edited_rows": {1: {"c3": 90.0}}})
    sound(button(at, "Apply").click().run())
    turn(at, "scenarios")
    envelope(at, "2,000")
    bench(at).reference = "Tiny *fund*"
    envelope(at, "12,5")  # no amount: the draft cannot be used, and is kept all the same
    before = bench(at)

    workspace.close_all()  # as a new process opens it
    again = start()
    after = bench(again)
    assert after is not before
    assert intake(again).applications == intake(at).applications
    assert after.opened is not None
    assert (after.opened.edits, after.opened.source) == (1, "tiny.xlsx")
    assert after.record == before.record
    assert after.names == before.names
    assert after.current == after.reference == "Tiny *fund*"
    assert after.others == before.others
    assert after.draft(after.current).tables == before.draft(after.current).tables
    assert after.draft(after.current).problem
    assert not after.lead
    assert any(t.value == "12,5" for t in again.text_input)  # back on page Scenarios
    after.undo()
    assert after.applications is not None
    assert after.applications.score("B-1") == 60


def test_rows_that_were_typed_among_several_files_are_no_news_after_a_restart() -> None:
    """They have no sheet Fund, and need none: no note says so, before nor after."""
    at = upload(turn(start(), "applications"), *three_files())
    made = bench(at).opened
    assert made is not None
    table = made.intake.tables["Cities"]
    row = replace(table.rows[0], number=9, file=ADDED, values=("NEW", *table.rows[0].values[1:]))
    new = replace(table, rows=(*table.rows, row))
    tables = {**made.intake.tables, "Cities": new}
    bench(at).apply(bench(at).edit(tables), Changes())
    sound(at.run())
    before = intake(at).notes
    workspace.close_all()
    assert intake(start()).notes == before


def test_the_second_window_is_told_and_takes_the_other() -> None:
    one = open_tiny(start(), tiny())
    two = start()
    turn(one, "scenarios")
    envelope(one, "2,000")
    turn(two, "scenarios")
    assert "changed in another window" in words(two)
    assert "1,000 → 2,000" in words(two)
    sound(button(two, "Take theirs").click().run())
    assert "changed in another window" not in words(two)
    assert any(t.value == "2,000" for t in two.text_input)
    assert bench(two).draft("Tiny *fund*").elsewhere is None


def test_the_second_window_keeps_its_own_as_a_copy() -> None:
    one = open_tiny(start(), tiny())
    two = turn(start(), "scenarios")
    turn(one, "scenarios")
    envelope(two, "3,000")
    envelope(one, "2,000")  # the first knows nothing of it when this is entered
    told = words(sound(one.run()))
    assert "changed in another window" in told
    assert "1,000 → 3,000" in told
    assert "Changed here too, and otherwise" in told
    sound(button(one, "Keep mine as a copy").click().run())
    drafts = bench(one).drafts
    assert bench(one).current == "Tiny *fund* (2)"
    kept = {name: drafts[name].tables["fund"]["envelope"] for name in drafts if "Tiny" in name}
    assert kept == {"Tiny *fund*": 3000, "Tiny *fund* (2)": 2000}


def test_the_second_window_overwrites_knowingly_and_history_has_both() -> None:
    one = open_tiny(start(), tiny())
    two = turn(start(), "scenarios")
    envelope(two, "3,000")
    turn(one, "scenarios")
    envelope(one, "2,000")
    sound(button(one, "Overwrite theirs").click().run())
    assert not bench(one).draft("Tiny *fund*").elsewhere
    store = workspace.opened()
    assert isinstance(store, Store)
    texts = [saved.toml for saved in store.history("Tiny *fund*")]
    assert "envelope = 2000" in texts[0]
    assert "envelope = 3000" in texts[1]
    sound(two.run())
    assert "3,000 → 2,000" in words(two)


def test_a_scenario_that_was_deleted_elsewhere_is_told() -> None:
    one = open_tiny(start(), tiny())
    two = turn(start(), "scenarios")
    turn(one, "scenarios")
    sound(button(one, "Delete").click().run())
    sound(two.run())
    assert "deleted in another window" in words(two)
    sound(button(two, "Delete it here too").click().run())
    assert "Tiny *fund*" not in bench(two).names


def test_an_allocation_is_saved_as_it_is_made() -> None:
    at = open_tiny(start(), tiny())
    turn(at, "allocation")
    scenario, given = bench(at).draft(bench(at).current).scenario, bench(at).applications
    assert scenario is not None
    assert given is not None
    kept = workspace.allocation_kept(given, scenario)
    assert kept is not None
    assert kept.spent == 100_000


@pytest.mark.parametrize("trouble", ["folder", "address"])
def test_without_a_workspace_the_workbench_runs_on(
    trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file where the folder should be; an address that is none. It says what is not kept."""
    (tmp_path / "file").write_text("")
    address = {
        "folder": f"sqlite:///{tmp_path / 'file' / 'workspace.db'}",
        "address": "nonsense",
    }[trouble]
    monkeypatch.setenv("FUNDING_DATABASE_URL", address)
    at = start()
    assert "are not kept" in words(at)
    turn(at, "scenarios")
    assert "are not kept" in words(at)
    monkeypatch.setenv("FUNDING_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    sound(button(at, "Try again").click().run())
    assert "are not kept" not in words(at)
    assert (tmp_path / "new.db").exists()
