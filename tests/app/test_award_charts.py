"""Charts of what groups get: the numbers behind the bars, and the sentence above them."""

from __future__ import annotations

import pytest

from funding import charts
from funding.app.award_charts import Bars, all_bars, chart, height, table
from funding.awards import Allocation, allocate
from tests.small import apply, ask, city, scenario


def made(*asks: object, tables: str = "", envelope: int = 1000) -> dict[str, Bars]:
    return {bars.by: bars for bars in all_bars(allocated(*asks, tables=tables, envelope=envelope))}


def allocated(*asks: object, tables: str, envelope: int) -> Allocation:
    cities = (city("A", region="North"), city("B", region="South"), city("C", region="South"))
    given = apply(*cities, *asks)  # type: ignore[arg-type]
    return allocate(given, scenario(tables, envelope=envelope))


def rows(bars: Bars) -> list[tuple[str, float, float]]:
    columns = (bars.frame[name] for name in ("Group", "Awarded", "Compared"))
    return list(zip(*columns, strict=True))


def test_each_group_has_its_award_and_its_request() -> None:
    """A-1 and B-1 in full, C-1 the other 200 EUR; streams and size classes in their own order."""
    found = made(
        ask("A-1", 500, score=90, stream="training"),
        ask("B-1", 300, score=80),
        ask("C-1", 400, score=70),
        tables="[size_classes]\nsmall = 20000\n",
    )
    assert list(found) == ["Stream", "Size class", "Region"]
    assert rows(found["Stream"]) == [("financing", 500, 700), ("training", 500, 500)]
    assert rows(found["Region"]) == [("North", 500, 500), ("South", 500, 700)]
    assert rows(found["Size class"]) == [("metropolis", 1000, 1200)]
    assert found["Stream"].frame["Label"].to_list() == [
        "500 · 71.4 % of the request",
        "500 · 100.0 % of the request",
    ]
    assert found["Stream"].title == "2 streams get the most, 50.0 % of the awards each"
    assert found["Size class"].title == (
        'Cities of size class "metropolis" get 100.0 % of the awards'
    )


def test_the_title_says_who_gets_the_most_and_who_nothing() -> None:
    """North's 700 EUR go first; South asks for training only, which gets the other 300 EUR."""
    found = made(ask("A-1", 700, score=90), ask("B-1", 400, stream="training"))
    assert found["Stream"].title == "Financing takes 70.0 % of the awards"
    assert found["Region"].title == "North gets the most, 70.0 % of the awards"
    alone = made(ask("A-1", 1000, score=90), ask("B-1", 400))
    assert alone["Region"].title == (
        "North gets the most, 100.0 % of the awards; 1 of 2 regions gets nothing"
    )
    nothing = made(ask("A-1", 700), envelope=50)
    assert {bars.title for bars in nothing.values()} == {"Nothing is awarded"}


def test_a_share_short_of_all_is_not_told_as_all() -> None:
    """999,900 of 1,000,000 EUR are 99.99 %."""
    found = made(ask("A-1", 1_000_000), envelope=999_900)
    assert found["Region"].frame["Label"].to_list() == ["999,900 · over 99.9 % of the request"]


def test_years_stand_against_their_envelopes() -> None:
    tables = "[fund]\nunit = 100\n[fund.envelopes]\n2026 = 600\n2027 = 400\n"
    asked = ask("A-1", 800, by_year={2026: 600, 2027: 200})
    years = made(asked, tables=tables)["Year"]
    assert rows(years) == [("2026", 600, 600), ("2027", 200, 400)]
    assert years.title == "75.0 % of the awards are paid in 2026"
    assert years.frame["Label"].to_list() == [
        "600 · 100.0 % of the year's envelope",
        "200 · 50.0 % of the year's envelope",
    ]
    assert list(table(years, "EUR")) == [
        "Year",
        "Awarded, EUR",
        "Envelope of the year, EUR",
        "Share of awards",
    ]


def test_years_without_envelopes_stand_alone() -> None:
    years = made(ask("A-1", 800, by_year={2026: 400, 2027: 400}))["Year"]
    assert years.title == "50.0 % of the awards are paid in 2026 and in 2027 each"
    assert "Envelope of the year, EUR" not in table(years, "EUR")
    axis = chart(years, "EUR").to_dict()["layer"][0]["encoding"]["x"]["axis"]
    assert axis["title"] == "EUR"


def test_the_chart_names_its_unit_and_labels_each_bar() -> None:
    bars = made(ask("A-1", 700, score=90), ask("B-1", 400))["Region"]
    spec = chart(bars, "EUR").to_dict()
    assert spec["title"]["text"] == [bars.title]
    whole, awarded, labels = spec["layer"]
    assert whole["encoding"]["x"]["axis"]["title"] == "EUR; solid: awarded, pale: requested"
    assert awarded["encoding"]["x"]["field"] == "Awarded"
    assert labels["encoding"]["text"]["field"] == "Label"
    assert spec["height"] < height(bars)


def test_what_is_older_than_its_inputs_is_pale() -> None:
    bars = made(ask("A-1", 700))["Region"]
    fresh, pale = (chart(bars, "EUR", pale=p).to_dict()["layer"][1]["mark"] for p in (False, True))
    assert pale["opacity"] < fresh["opacity"]


@pytest.mark.parametrize("name", ["A region with quite a long name, in the north", "東北"])
def test_a_chart_becomes_a_picture(name: str) -> None:
    given = apply(city("A", region=name), ask("A-1", 500))
    (_, bars) = all_bars(allocate(given, scenario(envelope=1000)))
    assert charts.png(chart(bars, "EUR")).startswith(b"\x89PNG")
