"""Charts: what stands in the specification, and that it draws without a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from funding.charts import (
    ACCENT,
    SECOND,
    Scale,
    curves,
    data_of,
    frontier,
    frontier_chart,
    headed,
    heat,
    png,
    svg,
    sweep_chart,
    wrapped,
)
from funding.charts.kinds import NBSP
from funding.charts.labels import Spot, sides
from funding.sweep import figure_of, frontier_of, ranges_of, sweep
from tests.small import apply, ask, scenario

X, VALUE, SHARE = Scale("x", "Envelope (EUR)"), Scale("v", "Value"), Scale("s", "Share", ".1%")


def told(drawn: str) -> list[str]:
    """The texts of an SVG, in order; lines of one are joined."""
    space = "{http://www.w3.org/2000/svg}"
    return [
        " ".join(t.itertext()).replace(NBSP, " ")
        for t in ElementTree.fromstring(drawn).iter(f"{space}text")
    ]


def marks(spec: Any) -> Iterator[dict[str, Any]]:
    """Every mark of a specification."""
    if isinstance(spec, dict):
        if isinstance(spec.get("mark"), dict):
            yield spec["mark"]
        for inner in spec.values():
            yield from marks(inner)
    elif isinstance(spec, list):
        for inner in spec:
            yield from marks(inner)


def test_curves_name_their_ends_their_units_and_where_there_is_nothing() -> None:
    rows: list[dict[str, Any]] = [
        {"x": 1, "v": None, "s": None, "none": True},
        {"x": 2, "v": 1490, "s": 0.251, "none": False},
        {"x": 3, "v": 2510, "s": 0.493, "none": False},
    ]
    chart = curves(rows, X, [VALUE, SHARE], "The value rises", now=2)
    words = told(svg(chart))
    assert {"The value rises", "Crosses: no allocation holds the rules there."} <= {*words}
    for shown in ("1,490", "2,510", "25.1 %", "49.3 %", "today", "Envelope (EUR)"):
        assert words.count(shown) == 1, shown
    assert {mark["color"] for mark in marks(chart.to_dict()) if mark["type"] == "line"} == {ACCENT}
    assert [mark["color"] for mark in marks(chart.to_dict()) if mark["type"] == "rule"] == [
        SECOND,
        SECOND,
    ]


def test_curves_of_one_point_and_of_none() -> None:
    one = curves([{"x": 1, "v": 7, "none": False}], X, [VALUE], "One")
    assert told(svg(one)).count("7") >= 1
    nothing = curves([{"x": 1, "v": None, "none": True}], X, [VALUE], "None")
    assert "None" in told(svg(nothing))


def test_a_frontier_names_the_knee_and_one_name_for_all_on_one_point() -> None:
    rows = [
        {"x": 0, "v": 1, "n": "π = 0", "dominated": False, "knee": False},
        {"x": 1, "v": 3, "n": "π = 1", "dominated": False, "knee": True},
        {"x": 4, "v": 4, "n": "π = 2", "dominated": False, "knee": False},
        {"x": 4, "v": 2.001, "n": "π = 3", "dominated": True, "knee": False},
        {"x": 4, "v": 2, "n": "π = 4", "dominated": True, "knee": False},
    ]
    chart = frontier(rows, X, VALUE, "n", "The knee")
    words = told(svg(chart))
    assert "π = 3 and 1 more, dominated" in words
    assert not any("π = 4" in word for word in words)
    big = [m for m in marks(chart.to_dict()) if m["type"] == "point" and m["color"] == SECOND]
    assert len(big) == 1


def test_a_heat_map_has_its_numbers_and_a_cross_where_there_is_nothing() -> None:
    rows: list[dict[str, Any]] = [
        {"a": "1", "b": "u", "v": 5, "none": False},
        {"a": "1", "b": "w", "v": 7, "none": False},
        {"a": "2", "b": "u", "v": None, "none": True},
        {"a": "2", "b": "w", "v": 5, "none": False},
    ]
    words = told(svg(heat(rows, Scale("a", "A"), Scale("b", "B"), [VALUE], "Both")))
    assert (words.count("5"), words.count("7"), words.count("✕")) == (2, 1, 1)
    flat = heat(rows[:1], Scale("a", "A"), Scale("b", "B"), [VALUE], "Flat")
    assert "5" in told(svg(flat))


def test_long_titles_break_between_words() -> None:
    lines = headed("word " * 40).to_dict()["text"]
    assert len(lines) > 1
    assert " ".join(lines) == ("word " * 40).strip()
    assert all(len(line) <= 86 for line in lines)


@pytest.mark.parametrize(
    "bound", ["35.1 %", "8 million EUR", "π = 0.5 %", "600,000 EUR", "10.5 million"]
)
def test_no_line_ends_between_a_number_and_its_unit(bound: str) -> None:
    for letters in range(1, 24):
        lines = wrapped(f"from here {bound} to there", letters)
        assert any(bound in line.replace(NBSP, " ") for line in lines), lines


@pytest.mark.parametrize(
    ("form", "values"),
    [(",.0f", (6, 7)), (",.0f", (6, 9)), (".1%", (0.0523, 0.0536)), (",.1f", (11.01, 11.02))],
)
def test_no_two_ticks_are_written_alike(form: str, values: tuple[float, float]) -> None:
    rows = [{"x": x, "y": y} for x, y in enumerate(values)]
    drawn = svg(curves(rows, Scale("x", "X"), [Scale("y", "Y", form)], "Title"))
    named = "{http://www.w3.org/2000/svg}g[@class='mark-text role-axis-label']"
    labels = ElementTree.fromstring(drawn).iterfind(f".//{named}")
    axes = [["".join(tick.itertext()) for tick in axis] for axis in labels]
    assert len(axes) == 2
    for ticks in axes:
        assert len(set(ticks)) == len(ticks) >= 1, ticks


def test_names_hide_neither_each_other_nor_points() -> None:
    """Of points close together some are named; the first, always. All stay within the chart."""
    close = [Spot(f"π = {i} %", 100 + 4 * i, 100 + 5 * i) for i in range(12)]
    found = sides(close, close, 620, 320)
    assert found[0] is not None
    assert 1 <= sum(side is not None for side in found) < len(close)
    apart = [Spot(f"π = {i} %", 100 * i, 50 * i) for i in range(6)]
    assert all(side is not None and side.dy < 0 for side in sides(apart, apart, 620, 320)[1:])
    (edge,) = sides([Spot("π = 10 %", 610, 160)], [], 620, 320)
    assert edge is not None
    assert edge.align == "right"


def test_text_of_users_is_text() -> None:
    rows = [{"a": "<b>&", "b": "u", "v": 5, "none": False}]
    drawn = svg(heat(rows, Scale("a", "A"), Scale("b", "B"), [VALUE], "<script>"))
    assert "<script>" not in drawn
    assert {"<script>", "<b>&"} <= {*told(drawn)}


def test_exact_numbers_become_what_json_holds() -> None:
    from decimal import Decimal
    from fractions import Fraction

    values = data_of([{"a": Fraction(1, 2), "b": Decimal("0.1"), "c": float("nan"), "d": True}])
    assert values.to_dict()["values"] == [{"a": 0.5, "b": 0.1, "c": None, "d": True}]


def test_png_is_a_png_of_two_dots_a_pixel() -> None:
    data = png(curves([{"x": 1, "v": 7}, {"x": 2, "v": 9}], X, [VALUE], "Two"))
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") > 2 * 620


def test_nothing_is_fetched() -> None:
    """Data at an address is refused rather than looked up."""
    import altair as alt

    away = alt.Chart(alt.UrlData("http://127.0.0.1:9/x.json")).mark_point()
    with pytest.raises(ValueError, match="allowed"):
        png(away)


def test_the_charts_of_a_sweep_and_of_a_frontier() -> None:
    """A (90) asks 600, B (80) 500: at 600 A has all, at 900 B has 300 too: 54,000 and 78,000."""
    given = apply(ask("A-1", 600, score=90), ask("B-1", 500, score=80))
    rules = scenario(envelope=600)
    one = sweep(given, rules, ranges_of(rules, ["fund.envelope=600,900"]), workers=1)
    words = told(svg(sweep_chart(one)))
    head = "the value rises by 44.4 %, 2 cities are funded instead of 1."
    assert f"Envelope from 600 to 900 EUR: {head}" in words
    assert {"54,000", "78,000", "Awarded (EUR)", "Cities funded", "Lowest coverage"} <= {*words}
    asked = ["fund.envelope=600,900", "objective.fairness_price=0,0.125"]
    two = sweep(given, rules, ranges_of(rules, asked), workers=1)
    words = told(svg(sweep_chart(two)))
    assert words.count("12.5 %") == 4  # a row of each map
    pi = sweep(given, rules, ranges_of(rules, asked[1:]), workers=1)
    words = told(svg(frontier_chart(frontier_of(pi, figure_of("cities")))))
    assert {"π = 0 %", "π = 12.5 %", "Cities funded"} <= {*words}
