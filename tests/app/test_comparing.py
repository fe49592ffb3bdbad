"""Tables of a comparison: each value worked out by hand on three small cities."""

from __future__ import annotations

import csv
import io

import pytest

from funding.app import comparing
from funding.app.separated import frame_csv
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.baselines import baseline
from funding.compare import FIGURES, Comparison, by_activity, by_city, compare
from funding.scenario import parse
from tests.small import apply, ask, city


def solved(given: Applications, envelope: int, name: str = "Base", more: str = "") -> Allocation:
    text = f'name = "{name}"\n[fund]\nunit = 100\nenvelope = {envelope}\n{more}'
    return allocate(given, parse(text))


def asks() -> Applications:
    """A asks 600 and 400, scores 90 and 80; B (South) asks 1,000, score 60."""
    return apply(
        city("A"),
        city("B", region="South"),
        ask("A-1", 600, score=90),
        ask("A-2", 400, score=80, stream="training"),
        ask("B-1", 1_000, score=60),
    )


def cut() -> Comparison:
    """Of 1,500 A gets all 1,000 and B 500; of 1,200 B gets 200; of 900 A-2 only 300."""
    given = asks()
    return compare([solved(given, 1_500), solved(given, 1_200, "Cut"), solved(given, 900, "Deep")])


def figure_row(comparison: Comparison, show: comparing.Show, title: str) -> dict[str, str]:
    frame = comparing.figures(comparison, show)
    (row,) = frame[frame["Figure"] == title].to_dict("records")
    return {str(key): str(value) for key, value in row.items()}


def test_figures_stand_beside_each_other_with_their_units() -> None:
    found = cut()
    row = figure_row(found, "Values", "Awarded")
    assert row["Base (reference)"] == "1,500 EUR"
    assert (row["Cut"], row["Deep"]) == ("1,200 EUR", "900 EUR")
    assert figure_row(found, "Values", "Success rate")["Deep"] == "66.7 %"
    assert figure_row(found, "Values", "Activities funded")["Cut"] == "3"
    # of 600, 300: in the middle 450
    assert figure_row(found, "Values", "Median award")["Deep"] == "450 EUR"


def test_differences_have_a_sign_and_a_unit() -> None:
    found = cut()
    row = figure_row(found, "Differences", "Awarded")
    assert row["Base (reference)"] == "1,500 EUR"
    assert (row["Cut"], row["Deep"]) == ("−300 EUR", "−600 EUR")
    # 3 of 3 against 2 of 3
    assert figure_row(found, "Differences", "Success rate")["Deep"] == "−33.3 points"
    assert figure_row(found, "Differences", "Activities funded")["Cut"] == "same"
    # 600·90 + 400·80 + 500·60 = 116,000; then 200·60: 98,000
    assert figure_row(found, "Both", "Value")["Difference: Cut"] == "−18,000"
    assert figure_row(found, "Both", "Value")["Cut"] == "98,000"


def test_a_figure_without_meaning_is_a_dash_and_has_no_difference() -> None:
    given = asks()
    found = compare([solved(given, 1_500), solved(given, 0, "Nothing")])
    row = figure_row(found, "Both", "Median award")
    assert (row["Nothing"], row["Difference: Nothing"]) == ("–", "–")


def test_values_of_another_basis_have_no_difference() -> None:
    given = asks()
    reach = solved(given, 1_500, "Reach", '[objective]\nvalue = "reach"\n')
    row = figure_row(compare([solved(given, 1_500), reach]), "Both", "Value")
    assert row["Difference: Reach"] == "–"
    assert row["Reach"] != "–"


def test_figures_that_only_one_basis_of_value_has_are_known() -> None:
    assert set(comparing.IN_VALUE) <= {figure.key for figure in FIGURES}


def test_figures_as_numbers_are_in_currency_units() -> None:
    frame = comparing.figures_numbers(cut()).set_index("Figure")
    assert frame.loc["Awarded", "Cut"] == 1_200
    assert frame.loc["Awarded", "Counted in"] == "EUR"
    assert frame.loc["Success rate", "Deep"] == pytest.approx(2 / 3)
    assert len(frame) == len(FIGURES)


def test_a_scenario_may_be_called_like_a_header_or_like_the_reference() -> None:
    given = asks()
    found = compare(
        [solved(given, 1_500), solved(given, 900, "Figure"), solved(given, 0, "Base (reference)")]
    )
    assert comparing.heads(found, ("Figure",)) == [
        "Base (reference)", "Figure (2)", "Base (reference) (2)",
    ]  # fmt: skip
    assert comparing.figures(found, "Values").columns.is_unique


# -- winners and losers -----------------------------------------------------------------


def test_the_largest_difference_comes_first() -> None:
    found = cut()
    frame = comparing.awards(found, by_city(found), 1, titles=False)
    assert frame.to_dict("list") == {
        "Code": ["B", "A"],
        "City": ["City B", "City A"],
        "Reference": [500.0, 1_000.0],
        "Here": [0.0, 900.0],
        "Difference": [-500.0, -100.0],
        "Gain or loss": ["loses more than 5 %", "loses more than 5 %"],
    }


def test_activities_have_titles_and_who_applied_once_comes_last() -> None:
    one, two = asks(), apply(ask("A-1", 600, score=90), ask("C-1", 100, score=70))
    found = compare([solved(one, 1_500), solved(two, 1_500, "Other")])
    frame = comparing.awards(found, by_activity(found), 0, titles=True)
    assert frame["Code"].tolist() == ["A-1", "A-2", "B-1", "C-1"]
    assert frame["Title"].tolist()[0] == "Activity A-1"
    assert frame["Difference"].isna().tolist() == [False, True, True, True]


def test_the_whole_table_has_every_scenario() -> None:
    found = cut()
    frame = comparing.awards_whole(found, by_city(found), titles=False).set_index("Code")
    assert list(frame.loc["B", ["Base (reference)", "Cut", "Deep"]]) == [500, 200, 0]
    assert frame.loc["B", "Difference: Cut"] == -300
    assert frame.loc["A", "Gain or loss: Cut"] == "no change"


def test_cities_are_counted_by_band() -> None:
    found = cut()
    frame = comparing.bands(found, by_city(found)).set_index("Scenario")
    assert list(frame.loc["Cut"]) == [0, 0, 1, 0, 1]
    assert list(frame.loc["Deep"]) == [0, 0, 0, 0, 2]


# -- inputs, shares ---------------------------------------------------------------------


def test_only_inputs_that_differ() -> None:
    found = cut()
    assert comparing.inputs(found, 0).to_dict("records") == [
        {
            **{"Change": "modified", "Where": "Scenario", "Key or code": "fund.envelope"},
            **{"Reference": "1,500", "Here": "1,200"},
        }
    ]
    assert comparing.inputs_whole(found)["Scenario"].tolist() == ["Cut", "Deep"]


def test_shares_of_groups() -> None:
    frame = comparing.shares(cut(), "Region").set_index("Region")
    assert frame["Base (reference)"].to_dict() == {"North": 1_000, "South": 500}
    assert frame.loc["South", "Share: Cut"] == pytest.approx(1 / 6)  # 200 of 1,200


def test_a_group_that_a_scenario_does_not_know_is_missing_there() -> None:
    given = asks()
    sized = solved(given, 1_500, "Sized", "[size_classes]\nsmall = 60_000\n")
    frame = comparing.shares(compare([solved(given, 1_500), sized]), "Size class")
    frame = frame.set_index("Size class")
    assert frame["Sized"].dropna().to_dict() == {"small": 1_500}
    assert frame["Base (reference)"].dropna().to_dict() == {"metropolis": 1_500}


# -- baselines --------------------------------------------------------------------------


def floor() -> Allocation:
    """South gets at least half of 1,000: A-1 500, B-1 500."""
    share = '[[rules.group_shares]]\nattribute = "region"\ngroup = "South"\nmin = 0.5\n'
    return solved(asks(), 1_000, more=share)


def test_ranking_best_to_worst_breaks_the_floor() -> None:
    """It gives 600 and 400 to A: 86,000 instead of 45,000 + 30,000, and nothing to South."""
    allocation = floor()
    ranked = baseline("Best to worst", allocation)
    frame = comparing.baseline_table(allocation, [ranked])
    best, row = frame.to_dict("records")
    assert (best["Method"], best["Of the best"]) == (comparing.BEST, "100 %")
    assert (row["Awarded"], row["Value"], row["Of the best"]) == ("1,000 EUR", "86,000", "114.67 %")
    assert row["Activities funded"] == "2 of 3"
    assert row["Rules not held"] == "Group shares"
    assert comparing.baseline_words(allocation, ranked) == (
        "Best to worst would have funded 2 activities instead of 2, worth 14.67 % more in value, "
        "and would have broken a rule: Group shares."
    )


def test_a_baseline_that_holds_every_rule_is_said_to() -> None:
    allocation = solved(asks(), 1_500)
    words = comparing.baseline_words(allocation, baseline("Best to worst", allocation))
    assert words == (
        "Best to worst would have funded 3 activities instead of 3, worth the same in value, "
        "and would have held every rule."
    )


# -- searching and CSV ------------------------------------------------------------------


def test_every_word_of_a_search_must_occur() -> None:
    found = cut()
    frame = comparing.awards(found, by_activity(found), 0, titles=True)
    assert comparing.matching(frame, "city a a-2")["Code"].tolist() == ["A-2"]
    assert len(comparing.matching(frame, "  ")) == 3
    assert not len(comparing.matching(frame, "zzz"))


def test_csv_keeps_numbers_and_guards_text() -> None:
    given = apply(city("A", name="=A1"), ask("A-1", 600))
    found = compare([solved(given, 600), solved(given, 500, "+Cut")])
    whole = frame_csv(comparing.awards_whole(found, by_city(found), titles=False))
    head, row = csv.reader(io.StringIO(whole.decode("utf-8-sig")))
    assert head[3] == "'+Cut"
    assert row[:5] == ["A", "'=A1", "600.0", "500.0", "-100.0"]
