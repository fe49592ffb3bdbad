"""Page Decide and export, in each state that it can be in."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from funding.app import adoption, workspace
from funding.awards import Allocation, allocate
from funding.scenario import parse
from funding.store import Store
from funding.verify import verify
from funding.workbook import read
from tests.app.support import (
    TINY,
    bench,
    button,
    intake,
    plans_file,
    sound,
    start,
    tiny,
    turn,
    upload,
    words,
)
from tests.letter_books import document

DECIDED = ("Award workbook", "Letters", "Open data")  # only once an allocation is adopted
FLOOR = "[rules.stream_shares]\ntraining = { min = 1.0 }\n"


def opened(tables: str = "", envelope: str = "1_000") -> AppTest:
    """The two small cities under a scenario of one envelope, on the page."""
    at = upload(start(), ("tiny.xlsx", tiny()))
    made = bench(at)
    made.choose(made.add(parse(TINY.format(envelope=envelope) + tables)))
    return turn(at, "decide")


def adopt(at: AppTest, reason: str = "Best *value*", author: str = "A. Analyst") -> AppTest:
    at.text_area(key="reason").set_value(reason)
    at.text_input(key="author").set_value(author)
    return sound(button(at, "Adopt this allocation").click().run())


def prepare(at: AppTest, what: str) -> AppTest:
    return sound(button(at, f"Prepare {what}").click().run())


def downloads(at: AppTest) -> dict[str, bool]:
    """Label of each download → whether it can be pressed."""
    found: Any = at.get("download_button")
    return {b.label: not b.disabled for b in found}


def can_prepare(at: AppTest, what: str) -> bool:
    return not button(at, f"Prepare {what}").disabled


def tray(at: AppTest, what: str) -> Any:
    """What was made on the page."""
    return at.session_state["prepared"][what][1]


def allocation_in(at: AppTest) -> Allocation:
    given = intake(at).applications
    scenario = bench(at).draft(bench(at).current).scenario
    assert given is not None
    assert scenario is not None
    return allocate(given, scenario)


def nothing_of_a_decision(at: AppTest) -> None:
    for what in DECIDED:
        assert not can_prepare(at, what.lower()), what
    assert downloads(at)["Download result as JSON"] is False
    assert downloads(at)["Download record of the decision"] is False


def test_before_a_decision_there_is_the_proposal_and_nothing_goes_out() -> None:
    at = opened()
    assert "1,000 EUR of 1,000 EUR awarded, to 1 of 2 cities" in words(at)
    nothing_of_a_decision(at)
    prepare(at, "proposal")
    assert downloads(at)["Download proposal"]
    assert "Verified:" in words(at)
    assert downloads(at)["Download applications workbook"]
    assert downloads(at)["Download scenario in hand"]


def test_an_adopted_allocation_is_exported_and_verifies(tmp_path: Path) -> None:
    at = adopt(opened())
    told = words(at)
    assert "Adopted: Tiny *fund*" in told
    assert ":green-badge[Of the present inputs]" in told
    assert "Best *value*" in told
    assert "Adopted by A. Analyst on" in told
    made = bench(at).adopted
    assert made is not None
    assert (made.scenario, made.reason) == ("Tiny *fund*", "Best *value*")
    store = workspace.opened()
    assert isinstance(store, Store)
    assert made.allocation in {saved.key for saved in store.allocations()}
    assert made.time.utcoffset() is not None
    assert made.time.utcoffset().total_seconds() == 0  # type: ignore[union-attr]
    assert downloads(at)["Download result as JSON"]
    prepare(at, "award workbook")
    file = tray(at, "Award workbook")
    path = tmp_path / file.name
    path.write_bytes(file.data)
    found = verify(path)
    assert dict(found.allocation.awards) == {"A-1": 100_000, "B-1": 0}
    assert file.words in words(at)


def test_letters_are_prepared_and_a_faulty_template_is_told_in_a_sentence() -> None:
    at = adopt(opened())
    prepare(at, "letters")
    assert "2 letters, one to each city that applied." in words(at)
    at.file_uploader(key="template").upload("ours.docx", document("Dear {{ citty }}")).run()
    prepare(at, "letters")  # of another template: what was made is not offered
    (told,) = [e.value for e in at.error]
    assert "citty" in told.replace("\\", "")
    assert "ours.docx" in told.replace("\\", "")
    assert "Download letters" not in downloads(at)


def test_open_data_lists_every_fault_by_the_fields_of_the_page() -> None:
    at = adopt(opened())
    prepare(at, "open data")
    (frame,) = [d.value for d in at.dataframe]
    told = " ".join(frame["What to put right"])
    assert "“Day of the decision”" in told
    assert "“Publisher prefix”" in told
    assert "--" not in told
    assert f"{len(frame)} faults to put right" in words(at)
    at.text_input(key="publish --prefix").set_value("360G-test").run()
    prepare(at, "open data")
    (less,) = [d.value for d in at.dataframe]
    assert len(less) == len(frame) - 1


def test_a_prefix_that_can_be_none_is_told_beside_its_field() -> None:
    at = adopt(opened())
    sound(at.text_input(key="publish --prefix").set_value("ours").run())
    assert "field “Publisher prefix” is" in words(at)
    assert not can_prepare(at, "open data")


def test_an_edit_of_the_scenario_makes_the_adopted_one_old() -> None:
    """What was prepared before is not offered either; taken back, it counts again."""
    at = adopt(opened())
    prepare(at, "award workbook")
    draft = bench(at).draft("Tiny *fund*")
    draft.take({**draft.tables, "fund": {"unit": 100, "envelope": 2_000}})
    turn(at, "decide")
    told = words(at)
    assert ":orange-badge[Older than its inputs]" in told
    assert "Scenario Tiny *fund* was edited" in told
    assert "Download award workbook" not in downloads(at)
    nothing_of_a_decision(at)
    draft.reset()
    turn(at, "decide")
    assert ":green-badge[Of the present inputs]" in words(at)
    assert downloads(at)["Download award workbook"]


def test_other_applications_make_the_adopted_one_old() -> None:
    at = adopt(opened())
    upload(at, ("other.xlsx", tiny(name="Arles")))
    turn(at, "decide")
    assert "The applications are not those that were allocated." in words(at)
    nothing_of_a_decision(at)
    adopt(at, reason="Again")
    assert ":green-badge[Of the present inputs]" in words(at)


def test_an_adoption_can_be_withdrawn() -> None:
    at = adopt(opened())
    sound(button(at, "Withdraw the adoption").click().run())
    assert bench(at).adopted is None
    nothing_of_a_decision(at)


@pytest.mark.parametrize(("reason", "author"), [("", "A. Analyst"), ("Fair", " "), ("", "")])
def test_a_decision_needs_a_reason_and_a_name(reason: str, author: str) -> None:
    at = adopt(opened(), reason, author)
    assert bench(at).adopted is None
    told = words(at)
    assert ("Reason is blank" in told) is (not reason)
    assert ("Adopted by is blank" in told) is (not author.strip())


def test_without_an_allocation_nothing_can_be_adopted() -> None:
    """A floor of all the money for training, where nobody asks for training."""
    at = opened(FLOOR)
    assert "no allocation to adopt" in words(at)
    assert not [b for b in at.button if b.label == "Adopt this allocation"]
    nothing_of_a_decision(at)
    assert downloads(at)["Download scenario in hand"]


def test_faults_leave_the_scenarios_alone_to_be_exported() -> None:
    at = start()
    book = openpyxl.load_workbook(io.BytesIO(tiny()))
    book["Assessment"]["D3"] = 160
    stream = io.BytesIO()
    book.save(stream)
    upload(at, ("tiny.xlsx", stream.getvalue()))
    turn(at, "decide")
    assert "1 fault" in words(at)
    nothing_of_a_decision(at)
    assert not can_prepare(at, "comparison workbook")
    assert downloads(at)["Download applications workbook"] is False
    assert downloads(at)["Download all scenarios"]


def test_plans_that_are_not_assessed_cannot_be_decided() -> None:
    at = upload(start(), ("plans.xlsx", plans_file()))
    turn(at, "decide")
    assert "not assessed yet" in words(at)
    nothing_of_a_decision(at)


def test_with_nothing_open_it_says_so() -> None:
    at = start()
    bench(at).opened = None
    turn(at, "decide")
    assert "Nothing is open" in words(at)
    nothing_of_a_decision(at)


def test_the_comparison_is_of_the_scenarios_chosen_on_compare() -> None:
    at = opened()
    made = bench(at)
    other = made.add(parse('name = "Twice"\n[fund]\nunit = 100\nenvelope = 2_000\n'))
    made.reference, made.others = "Tiny *fund*", [other]
    turn(at, "decide")
    assert "Chosen there: Tiny *fund*, Twice." in words(at)
    prepare(at, "comparison workbook")
    assert downloads(at)["Download comparison workbook"]
    assert "2 scenarios beside each other." in words(at)


def test_one_without_an_allocation_keeps_the_comparison_from_being_made() -> None:
    at = opened()
    made = bench(at)
    other = made.add(parse(f'name = "Floor"\n[fund]\nunit = 100\nenvelope = 2_000\n{FLOOR}'))
    made.reference, made.others = "Tiny *fund*", [other]
    turn(at, "decide")
    prepare(at, "comparison workbook")
    assert any("Floor has no allocation" in e.value for e in at.error)
    assert "Download comparison workbook" not in downloads(at)


def test_what_was_prepared_is_of_these_very_awards() -> None:
    at = adopt(opened())
    prepare(at, "award workbook")
    key = at.session_state["prepared"]["Award workbook"][0]
    assert key == adoption.fingerprint(allocation_in(at))


def test_a_fingerprint_tells_inputs_and_awards_apart() -> None:
    given = read([("tiny.xlsx", tiny())]).require()
    one, same, more = (
        allocate(given, parse(TINY.format(envelope=envelope)))
        for envelope in ("1_000", "1_000", "2_000")
    )
    assert adoption.fingerprint(one) == adoption.fingerprint(same)
    assert adoption.fingerprint(one) != adoption.fingerprint(more)
    paid = {"B-1": one.payments["A-1"]}
    moved = replace(one, awards={"A-1": 0, "B-1": 100_000}, payments=paid)  # the same inputs
    assert adoption.fingerprint(one) != adoption.fingerprint(moved)
