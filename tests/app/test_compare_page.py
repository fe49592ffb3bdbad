"""Page Compare: the choice, each tab, what has no allocation, levers, and what is kept."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from funding.app import stress, stress_room
from funding.app.jobs import Desk
from funding.applications import Applications, Assessment, Call
from funding.compare import MOST
from funding.robustness import Settings, Study
from funding.robustness.study import draw
from funding.scenario import Scenario, parse
from funding.sweep import Found
from funding.sweep.points import Common, solve_point
from funding.workbook import write_applications
from tests.app.support import activity, bench, button, city, plans_file, start, turn, upload, words

TABLES = """
name = "{name}"
[fund]
unit = 100
envelope = {envelope}
[size_classes]
small = 2_000
{more}
"""
# Each region at least three quarters of what is awarded: two of them cannot have that.
CLASH = """
[[rules.group_shares]]
attribute = "region"
group = "North"
min = 0.75
at_most_demand = false
[[rules.group_shares]]
attribute = "region"
group = "South"
min = 0.75
at_most_demand = false
"""


def scenario(name: str, envelope: int = 1_500, more: str = "") -> Scenario:
    return parse(TABLES.format(name=name, envelope=envelope, more=more))


def three() -> bytes:
    """Aix (small, North) and Brest (South) ask 1,000 each, scores 80 and 60."""
    brest = city("B", "Brest*").model_copy(update={"region": "South", "population": 90_000})
    made = Applications.of(
        Call(fund="Tiny call", reference="T-1", currency="EUR", first_year=2026),
        [city("A", "Aix"), brest],
        [activity("A-1", "A", 1000), activity("B-1", "B", 1000)],
        [
            Assessment(activity="A-1", score=Decimal(80)),
            Assessment(activity="B-1", score=Decimal(60)),
        ],
    )
    return write_applications(made)


def compared(*scenarios: Scenario, tab: str = "") -> AppTest:
    """The page with some scenarios only, the first of them the reference."""
    at = upload(start(), ("three.xlsx", three()))
    held = bench(at)
    held.drafts.clear()
    held.reference, held.others = "", []
    names = [held.add(each) for each in scenarios]
    held.choose(names[0])
    held.reference, held.others = names[0], names[1:MOST]
    turn(at, "compare")
    return show(at, tab) if tab else at


def show(at: AppTest, tab: str) -> AppTest:
    at.session_state["compare tabs"] = tab
    at.run()
    assert not at.exception
    assert not [e.value for e in at.error if "could not be drawn" in e.value]
    return at


def lever(at: AppTest, label: str) -> Any:
    """A lever by the start of its label, its escapes taken out."""
    every = [*at.slider, *at.number_input]
    (found,) = [w for w in every if w.label.replace("\\", "").startswith(label)]
    return found


def test_the_reference_and_another_in_sentences_and_figures() -> None:
    at = compared(scenario("Base"), scenario("Cut", 1_200))
    assert "300 EUR less is awarded than in Base, 1,200 EUR in all." in words(at)
    frame = at.dataframe[0].value.set_index("Figure")
    assert frame.loc["Awarded", "Base (reference)"] == "1,500 EUR"
    assert frame.loc["Awarded", "Difference: Cut"] == "−300 EUR"


def test_nothing_changed_is_a_notice() -> None:
    at = compared(scenario("Base"), scenario("Again"))
    assert any("Nothing changed" in info.value for info in at.info)


def test_one_scenario_only_asks_for_another_but_has_levers() -> None:
    at = compared(scenario("Base"))
    assert any("Choose a scenario" in info.value for info in at.info)
    assert at.multiselect[0].disabled
    show(at, "Quick levers")
    assert lever(at, "Envelope").value == 1_500


def test_without_applications_it_is_said_what_to_do() -> None:
    at = upload(start(), ("plans.xlsx", plans_file()))
    turn(at, "compare")
    assert "not assessed yet" in words(at)
    assert not at.tabs


def test_a_conflict_among_the_others_is_told_and_left_out() -> None:
    at = compared(scenario("Base"), scenario("Clash", more=CLASH), scenario("Cut", 1_200))
    (error,) = at.error
    told = error.value.replace("\\", "")
    assert told.startswith("Clash has no allocation and is left out.")
    assert "South: at least 1,125 EUR" in told  # of what is asked for there, 1,000
    frame = at.dataframe[0].value
    assert [name for name in frame.columns if "Clash" in name] == []
    assert "Difference: Cut" in frame.columns


def test_a_reference_without_allocation_asks_for_another() -> None:
    at = compared(scenario("Clash", more=CLASH), scenario("Base"))
    assert any("choose another one" in info.value for info in at.info)
    assert not at.tabs


def test_a_new_reference_changes_places_with_the_old_one() -> None:
    at = compared(scenario("Base"), scenario("Cut", 1_200))
    at.selectbox(key="reference to compare with").select("Cut").run()
    assert (bench(at).reference, bench(at).others) == ("Cut", ["Base"])
    assert "300 EUR more is awarded than in Cut" in words(at)


def test_others_are_chosen_from_the_list() -> None:
    at = compared(scenario("Base"), scenario("Cut", 1_200), scenario("Deep", 900))
    at.multiselect[0].set_value(["Deep"]).run()
    assert bench(at).others == ["Deep"]
    assert "Cut" not in words(at)


def test_ten_scenarios_stand_beside_each_other() -> None:
    every = [scenario(f"S{n}", 1_900 - 100 * n) for n in range(11)]
    at = compared(*every)
    frame = at.dataframe[-1].value
    assert [name for name in frame.columns if name.startswith("S")] == [
        "Section", "S0 (reference)", *(f"S{n}" for n in range(1, 10)),
    ]  # fmt: skip
    at.radio(key="compared figures").set_value("Differences").run()
    frame = at.dataframe[-1].value.set_index("Figure")
    assert frame.loc["Awarded", "S9"] == "−900 EUR"


def test_who_gains_and_loses_is_searched_and_chosen_by_band() -> None:
    at = compared(scenario("Base"), scenario("Cut", 900), tab="Who gains and loses")
    assert "2 cities lose with Cut, most Brest* (−500 EUR)" in words(at)
    assert at.dataframe[0].value["Code"].tolist() == ["B", "A"]
    at.text_input(key="compared search").input("aix").run()
    assert at.dataframe[0].value["Code"].tolist() == ["A"]
    at.text_input(key="compared search").input("").run()
    at.radio(key="compared by").set_value("Activities").run()
    assert at.dataframe[0].value["Code"].tolist() == ["B-1", "A-1"]


def test_shares_by_a_kind_of_group() -> None:
    at = compared(scenario("Base"), scenario("Cut", 1_000), tab="Shares")
    at.radio(key="compared shares").set_value("Region").run()
    assert "North takes 100 % of the awards with Cut, 66.7 % with Base" in words(at)
    assert at.dataframe[0].value["Region"].tolist() == ["North", "South"]


def test_inputs_that_differ() -> None:
    at = compared(scenario("Base"), scenario("Cut", 1_000), tab="Inputs")
    assert at.dataframe[0].value["What"].tolist() == ["Envelope"]
    at = compared(scenario("Base"), scenario("Again"), tab="Inputs")
    assert "The inputs of Again are those of Base." in words(at)


def test_ranking_best_to_worst_stands_beside_the_optimum() -> None:
    at = compared(scenario("Base"), tab="Without this tool")
    assert "Best to worst would have funded 2 activities instead of 2" in words(at)
    assert at.dataframe[0].value["Method"].tolist()[:2] == ["This tool", "Best to worst"]


def test_the_workbook_is_prepared_and_then_offered() -> None:
    at = compared(scenario("Base"), scenario("Cut", 1_000), tab="Workbook")
    assert not at.get("download_button")
    button(at, "Prepare the comparison workbook").click().run()
    assert len(at.get("download_button")) == 1
    bench(at).others = []
    bench(at).add(scenario("Deep", 500))
    bench(at).others = ["Deep"]
    at.run()
    assert not at.get("download_button")
    assert "changed since the workbook was prepared" in words(at)


# -- levers -----------------------------------------------------------------------------


def test_a_lever_answers_with_numbers_and_names() -> None:
    at = compared(scenario("Base"), tab="Quick levers")
    lever(at, "Envelope").set_value(1_200.0).run()
    assert "With 300 EUR less, 1 city loses 300 EUR: Brest*; 1 city keeps its award." in words(at)
    assert list(bench(at).names) == ["Base"]


def test_levers_go_back() -> None:
    at = compared(scenario("Base"), tab="Quick levers")
    lever(at, "Envelope").set_value(1_200.0).run()
    button(at, "Levers back to the reference").click().run()
    assert lever(at, "Envelope").value == 1_500
    assert "Move a lever" in words(at)


def test_what_the_levers_made_is_kept_as_a_scenario() -> None:
    at = compared(scenario("Base"), scenario("Cut", 900), tab="Quick levers")
    lever(at, "Floor").set_value(50.0)
    lever(at, "Envelope").set_value(1_000.0).run()
    button(at, "Keep as a scenario").click().run()
    name = "Base: 500 EUR less; at least 50 % for small cities"
    assert bench(at).names == ["Base", "Cut", name]
    assert bench(at).others == ["Cut", name]
    assert bench(at).draft(name).parent == "Base"
    assert "is in the list of scenarios" in words(at)
    assert lever(at, "Envelope").value == 1_500


def test_levers_that_leave_no_allocation_name_the_rules_in_conflict() -> None:
    """North at least three quarters; half of the money for the small city, which is Aix."""
    floor = """
[[rules.group_shares]]
attribute = "region"
group = "South"
min = 0.75
at_most_demand = false
"""
    at = compared(scenario("Base", 1_000, floor), tab="Quick levers")
    lever(at, "Floor").set_value(50.0).run()
    (error,) = at.error
    told = error.value.replace("\\", "")
    assert told.startswith("With at least 50 % for small cities there is no allocation.")
    assert "South" in told
    assert "small" in told


def test_levers_that_make_no_scenario_say_why() -> None:
    at = compared(scenario("Base", more="[ties]\nshare = false\n"), tab="Quick levers")
    lever(at, "Fairness").set_value(5.0).run()
    (error,) = at.error
    assert "choose one of them" in error.value


# -- stress -----------------------------------------------------------------------------


def desk(at: AppTest) -> Desk:
    held: Desk = at.session_state["desk of studies"]
    return held


def finished(at: AppTest) -> AppTest:
    """The page once the study that was started has ended."""
    job = desk(at).job
    assert job is not None
    job.wait()
    return show(at, "Stress")


def test_a_sweep_runs_and_stays_when_the_page_is_left() -> None:
    at = compared(scenario("Base"), tab="Stress")
    at.number_input(key="sweep points").set_value(3).run()
    assert not at.dataframe
    button(at, "Start").click().run()
    finished(at)
    assert at.dataframe[0].value["Envelope"].tolist() == ["750 EUR", "1,500 EUR", "2,250 EUR"]
    assert "Between 750 and 1,500 EUR: B-1 comes in." in words(at)
    turn(at, "scenarios")
    turn(at, "compare")
    show(at, "Stress")
    assert at.dataframe[0].value["Awarded"].tolist() == ["700 EUR", "1,500 EUR", "2,000 EUR"]
    assert not [b for b in at.button if b.label == "Start"]


def test_a_study_that_runs_shows_progress_and_is_stopped_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate()
    monkeypatch.setattr(stress_room, "solve_point", gate)
    at = compared(scenario("Base"), tab="Stress")
    at.number_input(key="sweep points").set_value(5).run()
    button(at, "Start").click().run()
    assert gate.begun.wait(30)
    show(at, "Stress")
    assert "2 of 5 points done" in at.get("progress")[0].proto.text
    assert at.dataframe[0].value["Envelope"].tolist() == ["750 EUR", "1,500 EUR"]
    button(at, "Stop the study").click().run()
    assert "Stopping when what is in hand is done" in words(at)
    gate.opened.set()
    finished(at)
    assert "3 of 5 points are done" in words(at)
    button(at, "Go on from 3 points").click().run()
    finished(at)
    assert len(at.dataframe[0].value) == 5


class Gate:
    """Solves points; at the third it says so and waits until it may go on."""

    def __init__(self) -> None:
        self.begun, self.opened, self.seen = threading.Event(), threading.Event(), 0

    def __call__(self, common: Common, scenario: Scenario) -> Found:
        self.seen += 1
        if self.seen == 3:
            self.begun.set()
            assert self.opened.wait(30)
        return solve_point(common, scenario)


def test_the_frontier_needs_no_choice() -> None:
    at = compared(scenario("Base"), tab="Stress")
    at.radio(key="stress kind").set_value("Frontier").run()
    assert at.selectbox(key="frontier against").value == "gini"
    assert button(at, "Start")


def test_robustness_tells_colours_in_words() -> None:
    at = compared(scenario("Base", 2_000), tab="Stress")
    at.radio(key="stress kind").set_value("Robustness").run()
    at.number_input(key="draws").set_value(10).run()
    assert button(at, "Start")
    study = Study(
        bench(at).applications,  # type: ignore[arg-type]
        bench(at).draft("Base").scenario,  # type: ignore[arg-type]
        Settings(standard_error=3.0),
    )
    held = desk(at).found(stress.draws_name(study))
    held.update({number: draw(study, number) for number in range(10)})
    at.run()
    assert "10 draws with seed 1" in words(at)
    assert at.dataframe[0].value["Over the draws"].tolist() == ["grey: sometimes funded"] * 2


def test_a_range_that_falls_is_not_swept() -> None:
    at = compared(scenario("Base"), tab="Stress")
    lever(at, "From").set_value(9_000.0).run()
    assert "from a lower to a higher value" in words(at)
    assert not [b for b in at.button if b.label == "Start"]


@pytest.mark.parametrize("tab", ["Shares", "Who gains and loses", "Quick levers"])
def test_a_fund_that_awards_nothing_is_drawn(tab: str) -> None:
    at = compared(scenario("Base", 0), scenario("Nothing", 0), tab=tab)
    assert at.tabs
