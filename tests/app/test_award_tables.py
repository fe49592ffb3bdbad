"""Awards as tables: their numbers, what a user asked to see, as CSV and as plain text."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from funding.app.award_tables import (
    CODE,
    OF,
    Wanted,
    as_csv,
    as_text,
    by_activity,
    by_city,
    choices,
    found,
    money_columns,
    summary,
    wanted_activities,
    wanted_cities,
)
from funding.awards import Allocation, allocate
from tests.small import apply, ask, city, scenario

SIZES = "[size_classes]\nsmall = 20000\n"


@pytest.fixture(scope="module")
def made() -> Allocation:
    """1,500 EUR: Aix, with the better score, has all of 1,000.50 EUR in whole units, three fifths
    of it in 2026; Brest's training the other 500 EUR; Caen is not eligible."""
    given = apply(
        city("A", name="Aix", region="South", population=10_000),
        city("B", name="Brest", region="West", population=90_000),
        city("C", name="=Caen", region="West", population=20_000),
        ask("A-1", 1000.5, score=80, by_year={2026: 600.3, 2027: 400.2}),
        ask("A-2", 200, score=10),
        ask("B-1", 1000, score=60, stream="training"),
        ask("C-1", 300, score=90, eligible=False),
    )
    return allocate(given, scenario(SIZES, envelope=1500))


def test_one_row_a_city_the_largest_award_first(made: Allocation) -> None:
    frame = by_city(made).set_index(CODE)
    assert list(frame.index) == ["A", "B", "C"]
    assert frame["Requested"].to_list() == [1200.5, 1000, 300]
    assert frame["Award"].to_list() == [1000, 500, 0]
    assert frame["Share"].to_list() == pytest.approx([1000 / 1200.5, 0.5, 0])
    assert frame["Funded"].to_list() == [1, 1, 0]
    assert frame["Activities"].to_list() == [2, 1, 1]
    assert frame["Status"].to_list() == ["reduced", "reduced", "ineligible"]
    assert frame["Size class"].to_list() == ["small", "metropolis", "small"]
    assert frame["2026"].to_list() == [600, 500, 0]
    assert frame["2027"].to_list() == [400, 0, 0]


def test_one_row_an_activity_with_its_reasons(made: Allocation) -> None:
    frame = by_activity(made).set_index(OF)
    assert list(frame.index) == ["A-1", "B-1", "A-2", "C-1"]
    assert frame["Award"].to_dict() == {"A-1": 1000, "B-1": 500, "A-2": 0, "C-1": 0}
    assert frame.loc["B-1", "Stream"] == "training"
    assert frame.loc["A-1", "Status"] == "full"
    why = frame["Why"].to_dict()
    assert "1,000 EUR in whole units" in why["A-1"]
    assert "it shares the last of the money" in why["B-1"]


def test_without_several_years_or_size_classes_there_are_no_columns_for_them() -> None:
    alone = allocate(apply(ask("A-1", 1000)), scenario(envelope=1000))
    assert "Size class" not in by_city(alone)
    assert money_columns(by_city(alone)) == ["Requested", "Award"]
    assert (choices(alone).sizes, choices(alone).years) == ((), ())


def test_what_there_is_to_choose_from(made: Allocation) -> None:
    """Statuses of cities and of activities: A-2 alone is in reserve."""
    offered = choices(made)
    assert offered.streams == ("financing", "training")
    assert offered.regions == ("South", "West")
    assert offered.sizes == ("small", "metropolis")
    assert offered.statuses == ("full", "reduced", "reserve", "ineligible")
    assert offered.years == (2026, 2027)


@pytest.mark.parametrize(
    ("wish", "cities", "activities"),
    [
        (Wanted(), "ABC", ["A-1", "B-1", "A-2", "C-1"]),
        (Wanted(regions=("West",)), "BC", ["B-1", "C-1"]),
        (Wanted(sizes=("small",)), "AC", ["A-1", "A-2", "C-1"]),
        (Wanted(streams=("training",)), "B", ["B-1"]),
        (Wanted(statuses=("reduced",)), "AB", ["B-1"]),
        (Wanted(years=(2027,)), "A", ["A-1"]),
        (Wanted(words="west 90"), "", []),
        (Wanted(words="BREST"), "B", ["B-1"]),
        (Wanted(words="aix", regions=("West",)), "", []),
    ],
)
def test_only_what_is_wanted(
    made: Allocation, wish: Wanted, cities: str, activities: list[str]
) -> None:
    assert "".join(wanted_cities(made, by_city(made), wish)[CODE]) == cities
    assert wanted_activities(by_activity(made), wish)[OF].to_list() == activities


def test_filters_in_words() -> None:
    wish = Wanted("x", ("training",), ("West", "South"), (), ("full",), (2026,))
    assert wish.sentence == ("stream training; region West or South; status full; paid in 2026")
    assert Wanted("x").sentence == ""


def test_a_table_in_a_sentence(made: Allocation) -> None:
    whole = by_city(made)
    assert summary(whole, whole, "EUR", ("city", "cities")) == (
        "3 cities: 1,500 EUR awarded of 2,500.50 EUR requested."
    )
    shown = wanted_cities(made, whole, Wanted(regions=("West",)))
    assert summary(shown, whole, "EUR", ("city", "cities")).startswith(
        "2 of 3 cities: 500 EUR awarded of 1,300 EUR"
    )


def test_the_search_takes_every_word_as_text() -> None:
    frame = pd.DataFrame(
        {"City": ["Aix", "Brest", None], "Region": ["South", "West (old)", "South"], "n": [1, 2, 3]}
    )
    assert list(found(frame, "SOUTH aix")["n"]) == [1]
    assert list(found(frame, "(old")["n"]) == [2]
    assert list(found(frame, "")["n"]) == [1, 2, 3]
    assert list(found(frame, "north")["n"]) == []
    assert list(found(frame[:0], "x")["n"]) == []


def test_csv_has_plain_numbers_and_no_formula(made: Allocation) -> None:
    frame = by_city(made)[["City", "Requested", "Award"]]
    text = as_csv(frame).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["City", "Requested", "Award"],
        ["Aix", "1200.5", "1000"],
        ["Brest", "1000.0", "500"],
        ["'=Caen", "300.0", "0"],
    ]


def test_plain_text_is_escaped_and_amounts_are_written_out(made: Allocation) -> None:
    """Requests with cents, as one has some; awards without."""
    columns = ["City", "Requested", "Award", "Share"]
    html = as_text(by_city(made)[columns]).to_html()
    for written in ("1,200.50", "300.00", "1,000<", "83.3\u00a0%", "Of request", r"\=Caen"):
        assert written in html
