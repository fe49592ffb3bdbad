"""Pictures of a comparison: their sentences, their order, and what stands beside the marks."""

from __future__ import annotations

from typing import Any

from funding.app import compare_charts as charts
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.compare import Comparison, by_city, compare
from funding.scenario import parse
from tests.small import apply, ask, city

PNG = b"\x89PNG\r\n"


def solved(given: Applications, envelope: int, name: str, more: str = "") -> Allocation:
    text = f'name = "{name}"\n[fund]\nunit = 100\nenvelope = {envelope}\n{more}'
    return allocate(given, parse(text))


def asks() -> Applications:
    """Aix asks 1,000 with score 90, Brest (South) 1,000 with 60, and another Brest 500 with 50."""
    return apply(
        city("A", name="Aix"),
        city("B", name="Brest", region="South"),
        city("C", name="Brest"),
        ask("A-1", 1_000, score=90),
        ask("B-1", 1_000, score=60),
        ask("C-1", 500, score=50),
    )


def cut() -> Comparison:
    """Base: 1,000, 1,000 and 500. Cut: 1,000, 200 and nothing. Turned: 400, 1,000 and 500."""
    given = asks()
    turned = '[[decisions]]\ncity = "A"\nmaximum = 400\nreason = "Treaty"\n'
    return compare(
        [
            solved(given, 2_500, "Base"),
            solved(given, 1_200, "Cut"),
            solved(given, 2_500, "Turned", turned),
        ]
    )


def data_of(layer: dict[str, Any], spec: dict[str, Any]) -> list[dict[str, Any]]:
    data = layer.get("data") or spec["data"]
    if "values" in data:
        return list(data["values"])
    return list(spec["datasets"][data["name"]])


def test_the_largest_gain_comes_first_and_the_largest_loss_last() -> None:
    found = cut()
    shown = charts.gains(found, by_city(found), 0)
    assert shown is not None
    assert shown.title == "2 cities lose with Cut, most Brest (−800 EUR)"
    spec = shown.chart.to_dict()
    (bars, labels) = spec["layer"]
    assert [row["city"] for row in data_of(bars, spec)] == ["Brest (C)", "Brest (B)"]
    assert [row["told"] for row in data_of(labels, spec)] == ["−500", "−800"]
    assert bars["encoding"]["y"]["sort"] == ["Brest (C)", "Brest (B)"]
    assert bars["mark"]["color"] == charts.SECOND
    assert bars["encoding"]["x"]["title"] == "Difference from Base, EUR"


def test_gains_and_losses_are_both_in_the_sentence() -> None:
    """Against Cut, Turned gives Aix 600 less, Brest 800 and the other Brest 500 more."""
    given = cut()
    found = Comparison(given.names, given.allocations, 1)
    shown = charts.gains(found, by_city(found), 1)
    assert shown is not None
    assert shown.title == (
        "2 cities gain with Turned, most Brest (+800 EUR), and 1 loses, Aix (−600 EUR)"
    )


def test_of_many_the_largest_of_each_are_shown() -> None:
    given = apply(*(ask(f"C{n}-1", 100 * n, score=50) for n in range(1, 13)))
    found = compare([solved(given, 7_800, "Base"), solved(given, 0, "Nothing")])
    shown = charts.gains(found, by_city(found), 0)
    assert shown is not None
    assert shown.title.startswith("12 cities lose with Nothing, most City C12 (−1,200 EUR)")
    assert shown.title.endswith("; at most 10 of each are shown")
    spec = shown.chart.to_dict()
    assert [row["told"] for row in data_of(spec["layer"][0], spec)][-1] == "−1,200"
    assert len(data_of(spec["layer"][0], spec)) == charts.MOST


def test_where_nobody_gains_or_loses_there_is_no_picture() -> None:
    given = asks()
    found = compare([solved(given, 2_500, "Base"), solved(given, 2_500, "Again")])
    assert charts.gains(found, by_city(found), 0) is None


def test_bands_say_with_which_scenario_most_lose() -> None:
    found = cut()
    shown = charts.bands(found, by_city(found))
    assert shown.title == "2 cities lose with Cut, more than with any other, of 3 that applied"
    spec = shown.chart.to_dict()
    rows = data_of(spec["layer"][0], spec)
    assert [(row["scenario"], row["band"], row["cities"]) for row in rows] == [
        ("Cut", "no change", 1),
        ("Cut", "loses more than 5 %", 2),
        ("Turned", "no change", 2),
        ("Turned", "loses more than 5 %", 1),
    ]
    assert [(row["start"], row["end"]) for row in rows[:2]] == [(0, 1), (1, 3)]


def test_bands_without_losers_say_so() -> None:
    given = asks()
    found = compare([solved(given, 1_200, "Cut"), solved(given, 2_500, "Base")])
    shown = charts.bands(found, by_city(found))
    assert shown.title == "No city loses with any of these scenarios, of 3 that applied"


def test_shares_tell_the_group_that_moves_most() -> None:
    """South: 1,000 of 2,500, then 200 of 1,200."""
    shown = charts.shares(cut(), 0, "Region")
    assert shown is not None
    assert shown.title == "North takes 83.3 % of the awards with Cut, 60 % with Base"
    spec = shown.chart.to_dict()
    labels = [row["told"] for row in data_of(spec["layer"][1], spec)]
    assert labels == [
        "60 % · 1,500 EUR",
        "40 % · 1,000 EUR",
        "83.3 % · 1,000 EUR",
        "16.7 % · 200 EUR",
    ]


def test_shares_that_stay_say_so() -> None:
    shown = charts.shares(cut(), 0, "Stream")
    assert shown is not None
    assert shown.title == (
        "Financing takes 100 % of the awards in both; no share moves by 0.1 % or more"
    )


def test_without_awards_there_are_no_shares() -> None:
    given = asks()
    found = compare([solved(given, 0, "Base"), solved(given, 0, "Again")])
    assert charts.shares(found, 0, "Region") is None


def test_pictures_are_files_too() -> None:
    found = cut()
    shown = [
        charts.gains(found, by_city(found), 0),
        charts.bands(found, by_city(found)),
        charts.shares(found, 0, "Region"),
    ]
    for picture in shown:
        assert picture is not None
        assert picture.png().startswith(PNG)
        spec = picture.on_screen().to_dict()
        assert spec["height"] > picture.height  # axis and legend have room on the page
