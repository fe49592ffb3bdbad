"""The workbench as an analyst meets it: page by page, without a browser."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest

from funding import logs, money, places
from funding.app import workbench as workbench_frame
from funding.app.workbench import CHOICE
from funding.awards import allocate
from funding.scenario import load
from funding.workbook import read
from tests.app.support import (
    TINY,
    bench,
    button,
    edit,
    figures,
    intake,
    open_tiny,
    sound,
    start,
    tiny,
    turn,
    upload,
    words,
)


def test_the_first_screen_shows_the_sample_allocated() -> None:
    """The figures equal those of an allocation made without the workbench."""
    at = start()
    assert not at.error
    applications = read([places.sample_workbook()]).require()
    made = allocate(applications, load(places.sample_scenarios() / "base.toml"))
    shown = figures(at)
    assert shown["Awarded, EUR"] == money.show(made.spent)
    funded = sum(1 for award in made.awards.values() if award)
    assert shown["Activities funded"] == f"{funded} of {len(applications.activities)}"
    assert any("Synthetic data" in m.value for m in at.markdown)
    captions = " ".join(c.value for c in at.caption)
    assert re.search(r"value is at most 0\\\.\d\d \\% below the best possible", captions)


@pytest.mark.parametrize("page", ["applications", "scenarios", "allocation", "compare", "decide"])
def test_every_page_is_drawn(page: str) -> None:
    assert not turn(start(), page).error


def test_uploads_are_allocated_and_a_change_of_the_envelope_counts_at_once() -> None:
    """1,000 EUR go to A-1, which has the better score; 2,000 EUR serve both."""
    at = open_tiny(start(), tiny())
    turn(at, "allocation")
    assert figures(at)["Awarded, EUR"] == "1,000"
    assert figures(at)["Cities funded"] == "1 of 2"
    turn(at, "scenarios")
    (envelope,) = [t for t in at.text_input if t.label.startswith("Envelope")]
    sound(envelope.set_value("2,000").run())
    turn(at, "allocation")
    assert figures(at)["Awarded, EUR"] == "2,000"
    assert "edited since it was opened" in words(at)


def test_what_is_no_scenario_is_said_and_no_old_result_is_shown() -> None:
    at = open_tiny(start(), tiny())
    turn(at, "scenarios")
    (envelope,) = [t for t in at.text_input if t.label.startswith("Envelope")]
    sound(envelope.set_value("12,5").run())
    assert any("12\\,5" in e.value for e in at.error)
    turn(at, "allocation")
    assert not [d for d in at.dataframe if "A" in d.value]
    assert any("no allocation" in e.value for e in at.error)
    turn(at, "scenarios")  # what was typed is still there, to be put right
    (envelope,) = [t for t in at.text_input if t.label.startswith("Envelope")]
    assert envelope.value == "12,5"
    sound(button(at, "Undo all edits").click().run())
    assert not at.error


def test_rules_that_contradict_each_other_are_told_in_a_sentence() -> None:
    """A floor of all the money for training, where nobody asks for training."""
    at = open_tiny(start(), tiny())
    text = TINY.format(envelope=1000) + "[rules.stream_shares]\ntraining = { min = 1.0 }\n"
    at.file_uploader[0].upload("floor.toml", text.encode()).run()
    sound(button(at, "Import this scenario").click().run())
    turn(at, "allocation")
    assert any("no allocation" in e.value for e in at.error)
    at.selectbox(key=CHOICE).set_value("Tiny *fund*").run()
    assert not at.error
    assert figures(at)["Awarded, EUR"] == "1,000"


def test_decisions_by_hand_have_a_form_and_bands_a_grid() -> None:
    """With A excluded B has the 1,000 EUR; with B excluded instead, A has 800 in its band."""
    at = open_tiny(start(), tiny())
    text = TINY.format(envelope=1000) + (
        '[[decisions]]\ncity = "A"\nexclude = true\nreason = "Withdrawn"\n'
        '[[rules.award_bands]]\nstreams = ["financing"]\nmin = 100\nmax = 900\n'
        "[rules.city_minimum]\namount = 200\n"
    )
    at.file_uploader[0].upload("hand.toml", text.encode()).run()
    sound(button(at, "Import this scenario").click().run())
    turn(at, "allocation")
    assert figures(at)["Awarded, EUR"] == "800"
    shown = next(d.value for d in at.dataframe if "City code" in d.value).set_index("City code")
    assert shown["Status"].to_dict() == {"A": "excluded by decision", "B": "reduced"}
    turn(at, "scenarios")
    sound(button(at, "Edit").click().run())
    (city,) = [s for s in at.selectbox if s.label == "City"]
    city.set_value("B")
    sound(button(at, "Save this decision").click().run())
    turn(at, "allocation")
    shown = next(d.value for d in at.dataframe if "City code" in d.value).set_index("City code")
    assert shown["Status"].to_dict() == {"A": "reduced", "B": "excluded by decision"}


def test_edits_are_listed_and_count_only_when_applied() -> None:
    """With B-1 at score 90 the 1,000 EUR go to Brest."""
    at = open_tiny(start(), tiny())
    turn(at, "applications")
    at.radio(key="sheet").set_value("Assessment").run()
    score = "c3"  # Activity code, Eligible, Eligible cost, Score
    edit(at, "sheet Assessment", {"edited_rows": {1: {score: 90.0}}})
    assert any("1 change" in m.value for m in at.markdown)
    assert "**Assessment · B-1: Work B-1**  \nScore: 60 → 90" in words(at)
    turn(at, "allocation")
    assert intake(at).applications.score("B-1") == 60  # type: ignore[union-attr]
    turn(at, "applications")  # the edit is still there after a change of page
    assert any("1 change" in m.value for m in at.markdown)
    sound(button(at, "Apply").click().run())
    assert intake(at).applications.score("B-1") == 90  # type: ignore[union-attr]
    turn(at, "allocation")
    (cities,) = [d.value for d in at.dataframe if "City code" in d.value]
    assert cities.set_index("City code")["Award"].to_dict() == {"A": 0.0, "B": 1000.0}


def test_a_faulty_edit_is_refused_with_its_place() -> None:
    at = open_tiny(start(), tiny())
    turn(at, "applications")
    edit(at, "sheet Cities", {"deleted_rows": [1]})  # B-1 then belongs to no city
    assert any("fault" in e.value for e in at.error)
    assert any(r"Activities\!B3" in m.value for m in at.markdown)
    assert button(at, "Apply").disabled
    sound(button(at, "Discard").click().run())
    assert not at.error
    assert "B" in intake(at).applications.cities  # type: ignore[union-attr]


def test_a_new_row_counts_once_applied() -> None:
    at = open_tiny(start(), tiny())
    turn(at, "applications")
    row = {"c0": "C", "c1": "Caen", "c3": "North", "c4": 10.0, "c5": 5.5, "c7": 0.0, "c8": 0.0}
    edit(at, "sheet Cities", {"added_rows": [row | {"c10": "none"}]})
    sound(button(at, "Apply").click().run())
    made = intake(at).applications
    assert made is not None
    assert (made.cities["C"].population, made.cities["C"].own_budget) == (10, 550)


def test_a_file_that_is_no_workbook_leaves_what_was_open() -> None:
    at = turn(start(), "applications")
    before = bench(at).intake
    upload(at, ("notes.xlsx", b"name;amount"))
    assert any("notes" in e.value for e in at.error)
    assert bench(at).intake is before


def test_text_of_users_is_shown_as_text() -> None:
    """A fund with marks of Markdown in its name; a city whose name looks like a formula."""
    at = open_tiny(start(), tiny(name="=1+1 **x**"))
    assert any(r"Tiny \*fund\*" in s.value for s in at.subheader)
    turn(at, "allocation")
    (cities,) = [d.value for d in at.dataframe if "City code" in d.value]
    assert "=1+1 **x**" in set(cities["City"])


def test_the_search_finds_words_wherever_they_stand() -> None:
    at = start()
    at.text_input(key="search").set_value("dijon bourgogne").run()
    (cities,) = [d.value for d in at.dataframe if "City code" in d.value]
    assert list(cities["City"]) == ["Dijon"]


def test_a_rule_switched_off_keeps_its_parameters() -> None:
    at = turn(start(), "scenarios")
    on = next(t for t in at.toggle if "City cap" in t.label)
    sound(on.set_value(False).run())
    draft = bench(at).draft(bench(at).current)
    assert draft.scenario is not None
    assert draft.scenario.rule("city_cap") is None
    on = next(t for t in at.toggle if "City cap" in t.label)
    sound(on.set_value(True).run())
    assert not bench(at).draft(bench(at).current).changed


def test_drawing_the_forms_changes_nothing() -> None:
    at = turn(start(), "scenarios")
    for name in bench(at).names:
        at.selectbox(key=CHOICE).set_value(name).run()
        sound(at)
        assert bench(at).current == name
        draft = bench(at).draft(name)
        assert draft.tables == dict(draft.original.tables), name


def test_a_faulty_workbook_is_opened_to_be_put_right() -> None:
    """The score 60 of B-1 stands as 160: named by its cell, nothing allocated until it is 61."""
    book = openpyxl.load_workbook(io.BytesIO(tiny()))
    book["Assessment"]["D3"] = 160
    stream = io.BytesIO()
    book.save(stream)
    at = open_tiny(start(), stream.getvalue())
    turn(at, "allocation")
    assert any("1 fault" in e.value for e in at.error)
    assert not at.dataframe
    turn(at, "applications")
    assert any(r"Assessment\!D3" in m.value for m in at.markdown)
    at.radio(key="sheet").set_value("Assessment").run()
    edit(at, "sheet Assessment", {"edited_rows": {1: {"c3": 61.0}}})
    sound(button(at, "Apply").click().run())
    turn(at, "allocation")
    assert figures(at)["Awarded, EUR"] == "1,000"


def test_a_slip_of_ours_has_a_number_that_is_in_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The message holds no stack trace and no text of the error, which may quote a cell."""
    at = start()
    monkeypatch.setattr(workbench_frame, "_lead", lambda *_: 1 / 0)
    at.run()
    assert not at.exception
    (told,) = [e.value for e in at.error]
    number = re.search(r"error ([0-9a-f]{8})", told)
    assert number is not None
    assert "ZeroDivisionError" not in told
    (log,) = tmp_path.rglob(logs.FILE_NAME)
    (line,) = [x for x in log.read_text(encoding="utf-8").splitlines() if number[1] in x]
    assert "ZeroDivisionError at test_workbench.py" in line


def test_the_steps_are_shown_until_they_are_hidden() -> None:
    at = start()
    assert "Who gets how much, and why" in words(at)
    sound(button(at, "Hide").click().run())
    assert "Who gets how much, and why" not in words(at)
    assert "Who gets how much, and why" not in words(turn(at, "scenarios"))


def test_edits_that_wait_are_said_on_every_page() -> None:
    at = open_tiny(start(), tiny())
    turn(at, "applications")
    edit(at, "sheet Cities", {"edited_rows": {0: {"c1": "Aix-en-Provence"}}})
    assert "1 edit not applied yet" in words(turn(at, "scenarios"))


def test_long_names_are_shown_whole() -> None:
    name = "A scenario with a *very* long name " * 5
    at = open_tiny(start(), tiny(name="Llanfairpwllgwyngyll " * 4))
    text = TINY.format(envelope=1000).replace("Tiny *fund*", name.strip())
    at.file_uploader[0].upload("long.toml", text.encode()).run()
    sound(button(at, "Import this scenario").click().run())
    for page in ("scenarios", "allocation", "compare", "decide"):
        turn(at, page)
        assert at.selectbox(key=CHOICE).value == name.strip()
