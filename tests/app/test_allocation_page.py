"""Page Allocation in each of its states, on two small cities; expected values are by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from funding.app import on_demand, results
from funding.app.kept import kept
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.errors import SolverStopped
from funding.scenario import Scenario
from tests.app.support import (
    TINY,
    bench,
    button,
    figures,
    open_tiny,
    plans_file,
    sound,
    start,
    tiny,
    turn,
    upload,
    view,
    words,
)

FLOOR = "[rules.stream_shares]\ntraining = { min = 1.0 }\n"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """What is kept of the small call for all sessions is not kept from test to test."""
    yield
    kept("allocations").forget(lambda found: not isinstance(found, Allocation) or _small(found))
    for kind in ("prices", "changes", "repairs"):
        kept(kind).forget(lambda _: True)


def _small(found: Allocation) -> bool:
    return found.applications.call.fund == "Tiny call"


def opened(envelope: str = "1_000", **fields: str) -> AppTest:
    """1,000 EUR: A-1 at score 80 has all of its 1,000 EUR, B-1 at 60 nothing."""
    return turn(open_tiny(start(), tiny(**fields), envelope), "allocation")


def add(at: AppTest, text: str) -> None:
    """Take another scenario in hand, as page Scenarios does."""
    made = bench(at)
    made.choose(made.add_file("other.toml", text))
    sound(at.run())


def city_rows(at: AppTest) -> dict[str, float]:
    (frame,) = [d.value for d in at.dataframe if "City code" in d.value]
    return dict(zip(frame["City code"], frame["Award"], strict=True))


def choose(at: AppTest, code: str) -> None:
    sound(at.selectbox(key="city from the list").set_value(code).run())


def test_figures_proof_and_awards() -> None:
    at = opened()
    assert figures(at) == {
        "Envelope, EUR": "1,000",
        "Awarded, EUR": "1,000",
        "Unspent, EUR": "0",
        "Activities funded": "1 of 2",
        "Cities funded": "1 of 2",
        "Lowest coverage": "100 %",
        "Value": "80,000",
    }
    assert "The value is the best possible." in words(at)
    assert city_rows(at) == {"A": 1000, "B": 0}
    assert "2 cities: 1,000 EUR awarded of 2,000 EUR requested." in words(at)


@pytest.mark.parametrize(
    ("tab", "told"),
    [
        ("Activities", "2 activities: 1,000 EUR awarded"),
        ("Map", "No city gives its coordinates, so there is no map."),
        ("Charts", "Of all awards"),
        ("Rules that bind", "1 limit stops an award from rising"),
        ("What is left", "Nothing is left: 1 activity has all it asks for"),
        ("Equals, notes", "Neither the declared order nor a lot decided"),
    ],
)
def test_each_tab_is_drawn(tab: str, told: str) -> None:
    assert told in words(view(opened(), tab))


def test_a_search_and_filters_are_for_tables() -> None:
    at = opened()
    sound(at.text_input(key="search").set_value("brest").run())
    assert city_rows(at) == {"B": 0}
    assert "1 of 2 cities: 0 EUR awarded" in words(at)
    sound(at.text_input(key="search").set_value("").run())
    sound(at.multiselect(key="only Status").set_value(["full"]).run())
    assert city_rows(at) == {"A": 1000}
    assert "Only status full." in words(at)
    sound(at.text_input(key="search").set_value("brest").run())
    assert "Nothing fits the search and the filters." in words(at)


def test_a_filter_of_a_group_that_is_gone_is_forgotten() -> None:
    """With 2,000 EUR nobody is in reserve."""
    at = opened()
    sound(at.multiselect(key="only Status").set_value(["reserve"]).run())
    add(at, TINY.format(envelope=1500).replace("Tiny", "More"))
    assert city_rows(at) == {"A": 1000, "B": 500}


def test_the_plain_table_says_the_same() -> None:
    at = opened(name="Aix *new*")
    sound(at.toggle(key="plain cities").set_value(True).run())
    assert not [d for d in at.dataframe if "City code" in d.value]
    (table,) = [t.value for t in at.table]
    assert table["City"].to_list() == [r"Aix \*new\*", "Brest"]
    assert table["Award"].to_list() == [1000, 0]


def test_a_picked_row_opens_its_city() -> None:
    at = opened()
    at.session_state["city in hand"] = "B"  # as a row or a sign on the map does
    sound(at.run())
    told = words(at)
    assert "**Brest** · B" in told
    assert "Nothing of 1,000 EUR requested: reserve." in told
    assert "Number 1 on the reserve list: 100 EUR more in the envelope would fund it." in told
    assert at.selectbox(key="city from the list").value == "B"
    sound(button(at, "Close").click().run())
    assert "**Brest** · B" not in words(at)
    choose(at, "A")
    assert "1,000 EUR of 1,000 EUR requested, 100 %: full." in words(at)


def test_text_of_users_stays_text_in_the_panel() -> None:
    at = opened(name="Aix *new*")
    choose(at, "A")
    assert any(r"**Aix \*new\*** · A" in m.value for m in at.markdown)


def test_the_panel_tells_of_every_scenario_with_a_result() -> None:
    """1,500 EUR leave Brest 500 EUR, which is less by 500 EUR here."""
    at = opened()
    made = bench(at)
    for name in [name for name in made.names if name != made.current]:
        del made.drafts[name]
    add(at, TINY.format(envelope=1500).replace("Tiny", "More"))
    made.choose("Tiny *fund*")
    choose(at, "B")
    assert "0, reserve" in words(at)
    assert "500 (+500), reduced" in words(at)
    made.add_file("third.toml", TINY.format(envelope=2000).replace("Tiny", "Most"))
    sound(at.run())
    assert "1 scenario not allocated yet" in words(at)
    sound(button(at, "Allocate every scenario").click().run())
    assert "1,000 (+1,000), full" in words(at)


def test_what_would_have_changed_it_is_found_when_asked_for_and_kept() -> None:
    """At the score of A-1, Brest would have shared the 1,000 EUR."""
    at = opened()
    choose(at, "B")
    assert "would have brought" not in words(at)
    sound(button(at, "Find what would have changed it").click().run())
    assert "A score of 80 (not 60) would have brought 500 EUR." in words(at)
    turn(turn(at, "scenarios"), "allocation")
    assert "A score of 80 (not 60) would have brought 500 EUR." in words(at)


def test_prices_are_found_when_asked_for_and_kept() -> None:
    """One euro more would go to B-1, at score 60."""
    at = view(opened(), "Rules that bind")
    sound(button(at, "What one more EUR would gain").click().run())
    assert "One EUR more in the envelope would gain 60." in words(at)
    limits, keys = (d.value for d in at.dataframe)
    assert limits["One more adds"].to_list() == [60]
    assert keys["adds"].to_list() == ["60"]
    assert not [b for b in at.button if b.label.startswith("What one more")]


def test_where_time_ran_out_prices_can_be_looked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = view(opened(), "Rules that bind")
    monkeypatch.setattr(on_demand, "PRICES_LIMIT", -1.0)
    sound(button(at, "What one more EUR would gain").click().run())
    assert "Time ran out before all prices were found." in words(at)
    monkeypatch.setattr(on_demand, "PRICES_LIMIT", 60.0)
    sound(button(at, "Look for all prices again").click().run())
    assert "One EUR more in the envelope would gain 60." in words(at)


def test_the_proof_without_the_solver_is_made_when_asked_for() -> None:
    at = view(opened(), "What is left")
    sound(button(at, "Prove it without the solver").click().run())
    assert "by exact arithmetic: no allocation is worth more than 80,000" in words(at)


def test_where_rules_contradict_each_other_repairs_become_scenarios() -> None:
    """All the money is for training, for which nobody asks; without that floor A has it."""
    at = opened()
    add(at, TINY.format(envelope=1000).replace("Tiny", "Floor") + FLOOR)
    assert any("no allocation" in e.value for e in at.error)
    assert "1,000 EUR, 100 % of the envelope" in words(at)
    assert not at.metric
    sound(button(at, "Find repairs").click().run())
    assert "lower it from 100 % to 0 % (1,000 EUR awarded then)" in words(at)
    sound(at.button(key="repair 1").click().run())
    made = bench(at)
    assert made.current == "Floor *fund*, repair 1"
    assert made.draft(made.current).parent == "Floor *fund*"
    assert figures(at)["Awarded, EUR"] == "1,000"


def test_where_no_repair_is_found_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_demand, "repairs_of", lambda *args, **options: ())
    at = opened()
    add(at, TINY.format(envelope=1000).replace("Tiny", "Floor") + FLOOR)
    sound(button(at, "Find repairs").click().run())
    assert "No repair was found that changes a few keys" in words(at)
    assert not [b for b in at.button if "repairs" in b.label]


def test_where_time_ran_out_repairs_can_be_looked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = opened()
    add(at, TINY.format(envelope=1000).replace("Tiny", "Floor") + FLOOR)
    monkeypatch.setattr(on_demand, "REPAIRS_LIMIT", 0.0)
    sound(button(at, "Find repairs").click().run())
    assert "before time ran out" in words(at)
    monkeypatch.setattr(on_demand, "REPAIRS_LIMIT", 60.0)
    sound(button(at, "Look for repairs again").click().run())
    assert "lower it from 100 % to 0 %" in words(at)


def test_a_solver_that_was_stopped_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(applications: Applications, scenario: Scenario) -> Allocation:
        raise SolverStopped("The solver stopped after 60 seconds without an allocation.")

    at = opened()
    monkeypatch.setattr(results, "allocate", stops)
    add(at, TINY.format(envelope=1500).replace("Tiny", "Slow"))
    assert "The solver stopped after 60 seconds" in words(at)
    assert not [b for b in at.button if b.label == "Find repairs"]
    monkeypatch.setattr(results, "allocate", allocate)
    sound(button(at, "Try again").click().run())
    assert figures(at)["Awarded, EUR"] == "1,500"


def test_what_is_older_than_its_inputs_is_greyed_and_not_handed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if a solve took long: the new envelope counts once it is asked for."""
    at = opened()
    assert at.get("download_button")
    monkeypatch.setattr(results, "QUICK", 0.0)
    made = bench(at)
    draft = made.draft(made.current)
    draft.take({**draft.tables, "fund": {"unit": 100, "envelope": 2000}})
    sound(at.run())
    assert "older than their inputs" in words(at)
    assert at.metric[0].value == r":gray[1\,000]"
    assert not at.get("download_button")
    choose(at, "B")
    assert not [b for b in at.button if b.label.startswith("Find what")]
    sound(button(at, "Allocate").click().run())
    assert figures(at)["Envelope, EUR"] == "2,000"
    assert at.get("download_button")
    assert "older than" not in words(at)


def test_a_scenario_without_an_earlier_result_waits_to_be_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = opened()
    monkeypatch.setattr(results, "QUICK", 0.0)
    add(at, TINY.format(envelope=1500).replace("Tiny", "More"))
    assert "More *fund* is not allocated yet." in words(at)
    assert not at.metric
    sound(button(at, "Allocate").click().run())
    assert figures(at)["Awarded, EUR"] == "1,500"


def test_where_nothing_is_funded_the_page_says_so() -> None:
    at = opened(envelope="50")
    assert figures(at)["Lowest coverage"] == "–"
    assert figures(at)["Cities funded"] == "0 of 2"
    for tab in ("Activities", "Charts", "Rules that bind", "What is left"):
        view(at, tab)


def test_plans_that_are_not_assessed_have_no_allocation() -> None:
    at = start()
    upload(at, ("plans.xlsx", plans_file()))
    turn(at, "allocation")
    assert "The plans are not assessed yet" in words(at)
    assert not at.metric


def test_without_a_scenario_there_is_no_allocation() -> None:
    at = start()
    made = bench(at)
    made.drafts.clear()
    made.settle()
    sound(at.run())
    assert "There is no scenario." in words(at)


def test_the_panel_gives_the_letter_to_its_city_and_no_other() -> None:
    at = opened()
    choose(at, "B")
    sound(button(at, "Prepare letter").click().run())
    assert at.session_state["prepared"]["Letter"][1].name == "B Brest.docx"
    choose(at, "A")  # what was made is of another city
    assert button(at, "Prepare letter")
