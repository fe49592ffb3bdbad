"""Page Scenarios as an analyst meets it."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from funding.app.decision_forms import problems, subject, terms
from funding.rules.decisions import Decision
from tests.app.support import TINY, bench, button, open_tiny, sound, start, tiny, turn, words


@pytest.fixture(scope="module")
def base() -> bytes:
    return tiny()


def opened(base: bytes, more: str = "") -> AppTest:
    """Two tiny scenarios, the second a copy of the first, in hand."""
    at = open_tiny(start(), base)
    if more:
        text = TINY.format(envelope=1000).replace("Tiny *fund*", "Tiny") + more
        at.file_uploader[0].upload("more.toml", text.encode()).run()
        sound(button(at, "Import this scenario").click().run())
    return sound(button(at, "Copy").click().run())


def at_place(at: AppTest, kind: str, place: str) -> Any:
    (found,) = [w for w in getattr(at, kind) if str(w.key).endswith(f" {place}")]
    return found


def listed(at: AppTest) -> dict[str, dict[str, Any]]:
    frame = at.dataframe[0].value
    rows = frame.set_index("Scenario").to_dict("index")
    return {str(name): {str(k): v for k, v in row.items()} for name, row in rows.items()}


def test_the_list_tells_parent_differences_and_state(base: bytes) -> None:
    at = opened(base)
    assert listed(at)["Tiny *fund* (2)"]["Comes from"] == "Tiny *fund*"
    assert listed(at)["Tiny *fund* (2)"]["Differences"] == 0
    sound(at_place(at, "text_input", "fund.envelope").set_value("2,000").run())
    row = listed(at)["Tiny *fund* (2)"]
    assert (row["Differences"], row["State"], row["In hand"]) == (1, "edited", "●")
    turn(at, "allocation")
    turn(at, "scenarios")
    assert listed(at)["Tiny *fund* (2)"]["Result"] == "2,000 EUR to 2 of 2 cities"


def test_a_field_that_differs_shows_the_parents_value_and_goes_back(base: bytes) -> None:
    at = opened(base)
    sound(at_place(at, "text_input", "fund.envelope").set_value("2,000").run())
    assert "Parent: 1,000 EUR" in words(at)
    (table,) = [d.value for d in at.dataframe if "Parent" in d.value]
    assert table.to_dict("records") == [
        {"Of": "Fund", "What": "Envelope", "Parent": "1,000 EUR", "Here": "2,000 EUR"}
    ]
    sound(at_place(at, "button", "fund back").click().run())
    assert at_place(at, "text_input", "fund.envelope").value == "1,000"
    assert "Parent: 1,000 EUR" not in words(at)
    assert not bench(at).draft(bench(at).current).changed


def test_a_rule_switched_on_goes_back_to_off(base: bytes) -> None:
    at = opened(base)
    sound(at_place(at, "toggle", "rules.city_minimum on").set_value(True).run())
    assert any("missing" in e.value for e in at.error)  # its amount, beside its field
    sound(at_place(at, "text_input", "rules.city_minimum.amount").set_value("200").run())
    assert not at.error
    sound(at_place(at, "button", "rules.city_minimum back").click().run())
    assert not at_place(at, "toggle", "rules.city_minimum on").value
    assert "city_minimum" not in bench(at).draft(bench(at).current).tables.get("rules", {})


def test_a_way_back_is_there_while_the_scenario_cannot_be_used(base: bytes) -> None:
    at = opened(base)
    sound(at_place(at, "text_input", "fund.envelope").set_value("12,5").run())
    assert "cannot be used: 1 fault to put right" in words(at)
    assert any("12\\,5" in e.value for e in at.error)
    sound(at_place(at, "button", "fund back").click().run())
    assert not at.error


def test_source_and_note_are_kept_and_are_no_difference(base: bytes) -> None:
    at = opened(base, "[rules.city_cap]\namount = 800\n")
    sound(at_place(at, "text_input", "rules.city_cap.source").set_value("Call, article 4").run())
    draft = bench(at).draft(bench(at).current)
    assert draft.tables["rules"]["city_cap"]["source"] == "Call, article 4"
    assert not [d for d in at.dataframe if "Parent" in d.value]
    sound(at_place(at, "text_input", "rules.city_cap.source").set_value("").run())
    assert "source" not in bench(at).draft(bench(at).current).tables["rules"]["city_cap"]


def test_a_decision_needs_a_reason_and_is_made_edited_and_deleted(base: bytes) -> None:
    at = opened(base)
    assert "Nothing is decided by hand." in words(at)
    sound(button(at, "Add a decision").click().run())
    sound(at_place(at, "selectbox", "decisions new city").set_value("B").run())
    at_place(at, "checkbox", "decisions new exclude").set_value(True)
    sound(button(at, "Save this decision").click().run())
    assert "Reason is missing." in words(at)
    assert not bench(at).draft(bench(at).current).changed
    at_place(at, "text_input", "decisions new reason").set_value("Withdrew")
    sound(button(at, "Save this decision").click().run())
    made = bench(at).draft(bench(at).current)
    assert made.tables["decisions"] == [{"city": "B", "exclude": True, "reason": "Withdrew"}]
    assert "Brest (city B): exclude" in words(at).replace("*", "")

    sound(button(at, "Edit").click().run())
    at_place(at, "radio", "decisions 0 for").set_value("activity").run()
    sound(at_place(at, "selectbox", "decisions 0 activity").set_value("A-1").run())
    at_place(at, "checkbox", "decisions 0 exclude").set_value(False)
    at_place(at, "text_input", "decisions 0 minimum").set_value("300")
    sound(button(at, "Save this decision").click().run())
    assert bench(at).draft(bench(at).current).tables["decisions"] == [
        {"activity": "A-1", "minimum": 300, "reason": "Withdrew"}
    ]
    (delete,) = [b for b in at.button if str(b.key).endswith("decisions delete 0")]
    sound(delete.click().run())
    assert "decisions" not in bench(at).draft(bench(at).current).tables


def test_decisions_in_words() -> None:
    codes = {"city": {"B": "Brest"}, "activity": {}}
    row = {"city": "B", "minimum": 60_000, "maximum": 70_000, "reason": "Treaty"}
    assert subject(Decision, row, codes) == "Brest (city B)"
    assert terms(Decision, row, "EUR") == "at least 60,000 EUR, at most 70,000 EUR"
    assert (
        subject(Decision, {"activity": "X-1"}, codes) == "activity X-1, not among the applications"
    )
    assert problems(Decision, row) == []
    assert problems(Decision, {**row, "maximum": 5}) == ["Minimum is above maximum."]
    assert problems(Decision, {**row, "minimum": "a lot"})[0].startswith("At least: ")


def test_delete_and_bring_back_rename_and_new(base: bytes) -> None:
    at = opened(base)
    name = bench(at).current
    sound(button(at, "Delete").click().run())
    assert name not in bench(at).names
    sound(button(at, "Bring it back").click().run())
    assert bench(at).current == name
    (field,) = [t for t in at.text_input if t.label == "New name"]
    field.set_value("Tiny *fund*")
    sound(button(at, "Rename it").click().run())
    assert any("already" in e.value for e in at.error)
    (field,) = [t for t in at.text_input if t.label == "New name"]
    field.set_value("n" * 200)
    sound(button(at, "Rename it").click().run())
    assert bench(at).current == "n" * 200
    sound(button(at, "Make it").click().run())
    assert bench(at).current == "New scenario"
    assert bench(at).draft("New scenario").parent == bench(at).names[0]


def test_without_any_scenario_every_page_says_so(base: bytes) -> None:
    at = open_tiny(start(), base)
    while bench(at).names:
        bench(at).remove(bench(at).current)
    for page in ("scenarios", "allocation", "compare", "decide", "applications"):
        turn(at, page)
    turn(at, "scenarios")
    assert "There is no scenario" in words(at)


def test_choosing_a_line_of_the_list_takes_it_in_hand(base: bytes) -> None:
    at = opened(base)
    key = f"scenarios {at.session_state['scenario list turn']}"
    at.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    sound(at.run())
    assert bench(at).current == bench(at).names[0]


def test_a_fault_in_an_envelope_by_year_stands_under_its_year(base: bytes) -> None:
    at = opened(base)
    sound(at_place(at, "toggle", "fund by year").set_value(True).run())
    sound(at_place(at, "text_input", "fund.envelopes.2026").set_value("12,5").run())
    told = [e.value for e in at.error]
    assert any(t.startswith("Expected an amount of 0 or more") for t in told)
