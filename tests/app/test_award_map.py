"""The map of the cities: who is on it, where, and how it tells statuses apart."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from funding import charts
from funding.app.award_map import (
    SIGNS,
    by_status,
    chart,
    frame_of,
    missing_words,
    named,
    points,
    title,
)
from funding.applications import City
from funding.awards import Allocation, allocate
from tests.small import apply, ask, city, scenario


def at(code: str, latitude: float | None, longitude: float | None) -> City:
    places = [None if x is None else Decimal(str(x)) for x in (latitude, longitude)]
    return city(code, latitude=places[0], longitude=places[1])


def allocated(*cities: City, envelope: int = 1500) -> Allocation:
    """Each city asks for 1,000 EUR; those named first have the better scores."""
    asks = [ask(f"{c.code}-1", 1000, score=90 - n) for n, c in enumerate(cities)]
    return allocate(apply(*cities, *asks), scenario(envelope=envelope))


def placed(*places: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(places, columns=["Longitude", "Latitude"])


def test_cities_without_coordinates_are_counted() -> None:
    made = allocated(at("A", 48, 2), at("B", None, None), at("C", 0, 0))
    assert sorted(points(made)["City code"]) == ["A", "C"]  # 0° N, 0° E is a place
    assert missing_words(made) == "1 city without coordinates is not on the map."
    assert missing_words(allocated(at("A", 48, 2))) == ""
    none = allocated(at("A", None, None))
    assert missing_words(none) == "No city gives its coordinates, so there is no map."
    assert points(none).empty


@pytest.mark.parametrize("width", [440, 600])
def test_distances_are_true_in_the_middle(width: int) -> None:
    """At 60° N a degree of longitude is half as long as one of latitude."""
    frame = frame_of(placed((10, 59), (14, 61)), width)
    west, south = frame.at(10, 59)
    east, north = frame.at(14, 61)
    assert east - west == pytest.approx(south - north, rel=1e-6)
    assert 0 < west < east < width
    assert 0 < north < south < frame.height


@pytest.mark.parametrize(
    "places", [[(2, 48)], [(-60, -20), (55, 51)], [(0, 89), (179, 89)], [(1, 40), (1, 60)]]
)
def test_every_city_is_inside(places: list[tuple[float, float]]) -> None:
    frame = frame_of(placed(*places))
    for place in places:
        x, y = frame.at(*place)
        assert 0 < x < frame.width
        assert 0 < y < frame.height


def test_names_stand_where_they_meet_nothing() -> None:
    """B lies where A's name would stand, which goes below; D has no award."""
    shown = placed((0, 0), (0, 0.35), (8, 0), (0, 8), (0, -0.5))
    shown = shown.assign(City=["A", "B", "C", "D", "E"], Award=[3, 2, 1, 0, 1])
    frame = frame_of(shown)
    assert frame.at(0, 0)[1] - frame.at(0, 0.35)[1] == pytest.approx(22, abs=4)  # pixels above
    assert named(shown, frame) == (["", "B", "C", "", ""], ["A", "", "", "", "E"])


def test_a_name_that_finds_no_place_is_left_out() -> None:
    """B above and C below are where A's name would stand."""
    shown = placed((0, 0), (0, 0.3), (0, -0.3), (8, 8), (0, 8))
    shown = shown.assign(City=["A", "B", "C", "D", "E"], Award=[3, 0, 0, 0, 0])
    assert named(shown, frame_of(shown)) == ([""] * 5, [""] * 5)


def test_the_title_tells_of_those_with_the_largest_award() -> None:
    two = allocated(at("A", 48, 2), at("B", 49, 3), at("C", 47, 1))
    assert title(two) == "2 of 3 cities get an award; City A the largest, 1,000 EUR"
    even = allocated(at("A", 48, 2), at("B", 49, 3), envelope=2000)
    assert title(even) == "2 of 2 cities get an award; 2 of them the largest, 1,000 EUR each"
    assert title(allocated(at("A", 48, 2), envelope=50)) == "No city gets an award"


def test_cities_are_counted_by_status() -> None:
    made = allocated(at("A", 48, 2), at("B", 49, 3), at("C", 47, 1))
    assert by_status(points(made)).to_dict("list") == {
        "Status": ["full", "reduced", "reserve"],
        "Cities": [1, 1, 1],
        "Award": [1000.0, 500.0, 0.0],
    }


def test_colour_is_never_the_only_sign() -> None:
    shapes = [shape for _, shape in SIGNS.values()]
    assert len(set(shapes)) == len(shapes)
    made = allocated(at("A", 48, 2), at("B", 49, 3), at("C", 47, 1))
    signs = chart(points(made), title(made), "EUR").to_dict()["layer"][0]
    for channel in ("color", "shape"):
        assert signs["encoding"][channel]["field"] == "Status"
        assert signs["encoding"][channel]["scale"]["domain"] == ["full", "reduced", "reserve"]
    assert signs["encoding"]["size"]["field"] == "Award"


def test_a_click_gives_the_code_and_nothing_is_fetched() -> None:
    made = allocated(at("A", 48, 2))
    spec = chart(points(made), title(made), "EUR").to_dict()
    picks = [p for p in spec["params"] if p["name"] == "picked"]
    assert picks[0]["select"]["fields"] == ["City code"]
    assert "url" not in str(spec["datasets"]) + str(spec["layer"])
    assert charts.png(chart(points(made), title(made), "EUR")).startswith(b"\x89PNG")


def test_where_nothing_is_awarded_there_are_no_sizes_to_explain() -> None:
    made = allocated(at("A", 48, 2), envelope=50)
    signs = chart(points(made), title(made), "EUR").to_dict()["layer"][0]
    assert signs["encoding"]["size"]["legend"] is None
