"""A map of the cities from their own coordinates: nothing is fetched, so there are no borders."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from funding import money
from funding.app.award_tables import CODE, STATUSES, by_city
from funding.app.text import count
from funding.awards import Allocation

WIDTH, NARROW = 600, 440  # pixels; the narrow one fits beside a city's panel on a small screen
LEAST, MOST = 280, 640  # pixels of height
NAMED = 20  # cities whose names may stand on the map
_APART = 18  # pixels between a city and its name
GREY = "#808495"  # readable on light and on dark
MARGIN = 1.2  # how much more is shown than the cities take up
PICKED = "picked"  # the selection of a city

# Colour and shape each tell a status; the colours are apart for the colour-blind too.
SIGNS = {
    "full": ("#2874c9", "circle"),
    "reduced": ("#e0861a", "diamond"),
    "reserve": ("#12967a", "triangle-up"),
    "not funded": (GREY, "cross"),
    "excluded by decision": ("#a04a94", "square"),
    "below threshold": (GREY, "triangle-down"),
    "ineligible": ("#c2453a", "triangle-left"),
    "no activities": (GREY, "triangle-right"),
}
assert SIGNS.keys() == set(STATUSES)


Box = tuple[float, float, float, float]  # left, right, top, bottom [pixels]


@dataclass(frozen=True)
class Frame:
    """The part of the world that is shown, in degrees, and its size [pixels]."""

    west: float
    east: float
    south: float
    north: float
    width: int
    height: int

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place is [pixels from the left and the top]."""
        across = (longitude - self.west) / (self.east - self.west)
        down = (self.north - latitude) / (self.north - self.south)
        return across * self.width, down * self.height


def points(allocation: Allocation) -> pd.DataFrame:
    """One row a city whose coordinates are known, the smallest awards last.

    Beside the columns of the table by city it has the coordinates in degrees and the label of
    the cities that are named on the map.
    """
    cities = allocation.applications.cities
    frame = by_city(allocation)
    known = frame[CODE].map(lambda code: _placed(cities[code].latitude, cities[code].longitude))
    frame = frame[known.astype(bool)].reset_index(drop=True)
    frame["Latitude"] = [float(cities[c].latitude or 0) for c in frame[CODE]]
    frame["Longitude"] = [float(cities[c].longitude or 0) for c in frame[CODE]]
    return frame


def _placed(latitude: object, longitude: object) -> bool:
    return latitude is not None and longitude is not None


def missing_words(allocation: Allocation) -> str:
    """For how many cities coordinates are missing, as a sentence; empty where for none."""
    cities = allocation.applications.cities.values()
    missing = [c.name for c in cities if not _placed(c.latitude, c.longitude)]
    if not missing:
        return ""
    if len(missing) == len(cities):
        return "No city gives its coordinates, so there is no map."
    verb = "is" if len(missing) == 1 else "are"
    return f"{count(len(missing), 'city', 'cities')} without coordinates {verb} not on the map."


def by_status(shown: pd.DataFrame) -> pd.DataFrame:
    """How many of the cities have each status, and what they get [currency units]."""
    found = shown.groupby("Status").agg(Cities=("Status", "size"), Award=("Award", "sum"))
    order = [status for status in STATUSES if status in found.index]
    return found.reindex(order).reset_index()


def frame_of(shown: pd.DataFrame, width: int = WIDTH) -> Frame:
    """What to show so that every city is on the map, with distances true in its middle."""
    west, east = float(shown["Longitude"].min()), float(shown["Longitude"].max())
    south, north = float(shown["Latitude"].min()), float(shown["Latitude"].max())
    middle = (south + north) / 2
    shrink = max(0.1, math.cos(math.radians(middle)))  # a degree of longitude, of one of latitude
    across = max((east - west) * shrink, 0.4) * MARGIN
    down = max(north - south, 0.4) * MARGIN
    height = min(MOST, max(LEAST, round(width * down / across)))
    scale = max(down / height, across / width)  # degrees of latitude a pixel
    half_down, half_across = scale * height / 2, scale * width / 2 / shrink
    centre = (west + east) / 2
    return Frame(
        west=centre - half_across,
        east=centre + half_across,
        south=middle - half_down,
        north=middle + half_down,
        width=width,
        height=height,
    )


def named(shown: pd.DataFrame, frame: Frame) -> tuple[list[str], list[str]]:
    """The names to stand above and below their cities, row by row, empty for most: those of the
    largest awards whose names meet neither each other nor another city."""
    pairs = zip(shown["Longitude"], shown["Latitude"], strict=True)
    places = [frame.at(longitude, latitude) for longitude, latitude in pairs]
    above, below = [""] * len(shown), [""] * len(shown)
    boxes: list[Box] = []
    for row, (name, award) in enumerate(zip(shown["City"], shown["Award"], strict=True)):
        if row >= NAMED or not award:
            continue
        text = name if len(name) <= 18 else f"{name[:17]}…"
        for labels, down in ((above, -_APART), (below, _APART)):
            box = _box(text, places[row], down)
            if _inside(box, frame) and _free(box, boxes, places):
                labels[row] = text
                boxes.append(box)
                break
    return above, below


def _box(text: str, place: tuple[float, float], down: float) -> Box:
    """What a name takes up, so far below its city [pixels]."""
    x, y = place
    half = 3.6 * len(text) + 3
    return x - half, x + half, y + down - 9, y + down + 9


def _inside(box: Box, frame: Frame) -> bool:
    left, right, top, bottom = box
    return left >= 0 and right <= frame.width and top >= 0 and bottom <= frame.height


def _free(box: Box, boxes: Iterable[Box], places: Iterable[tuple[float, float]]) -> bool:
    left, right, top, bottom = box
    meets = any(right >= o[0] and o[1] >= left and bottom >= o[2] and o[3] >= top for o in boxes)
    return not meets and not any(left < x < right and top < y < bottom for x, y in places)


def title(allocation: Allocation) -> str:
    """What the map shows, as a sentence."""
    cities = allocation.applications.cities
    if not allocation.served:
        return "No city gets an award"
    most = max(allocation.city_totals.values())
    first = [code for code, total in allocation.city_totals.items() if total == most]
    amount = money.show(most, allocation.applications.call.currency)
    largest = f"{cities[first[0]].name} the largest, {amount}"
    if len(first) > 1:
        largest = f"{len(first):,} of them the largest, {amount} each"
    verb = "gets" if allocation.served == 1 else "get"
    served = f"{allocation.served:,} of {count(len(cities), 'city', 'cities')}"
    return f"{served} {verb} an award; {largest}"


def chart(
    shown: pd.DataFrame,
    heading: str,
    currency: str,
    *,
    width: int = WIDTH,
    pale: bool = False,
) -> alt.LayerChart | alt.FacetChart:
    """The cities by status, the larger the award the larger the sign; a click picks one.

    ``shown`` are rows of `points`; ``width`` is that of the map [pixels]. ``pale``: of an
    allocation that is older than its inputs.
    """
    frame = frame_of(shown, width)
    above, below = named(shown, frame)
    data = shown.assign(Above=above, Below=below, Percent=shown["Share"])
    present = [status for status in STATUSES if status in set(shown["Status"])]
    colours, shapes = zip(*(SIGNS[status] for status in present), strict=True)
    legend = alt.Legend(
        title="Status", orient="bottom", columns=3, symbolSize=110, symbolStrokeWidth=0
    )
    most = float(shown["Award"].max())
    sizes = alt.Legend(
        title=f"Award, {currency}",
        orient="bottom",
        format="~s",
        values=_steps(most),
        symbolType="circle",
        symbolFillColor=GREY,
        symbolStrokeWidth=0,
    )
    base = alt.Chart(data).encode(
        x=alt.X("Longitude:Q", **_degrees(frame.west, frame.east, "W", "E")),
        y=alt.Y("Latitude:Q", **_degrees(frame.south, frame.north, "S", "N")),
    )
    pick = alt.selection_point(name=PICKED, fields=[CODE], empty=False)
    signs = (
        base.mark_point(filled=True, stroke="white", strokeWidth=0.8)
        .encode(
            size=alt.Size(
                "Award:Q",
                scale=alt.Scale(domain=[0, max(most, 1)], range=_areas(len(shown))),
                legend=sizes if most else None,
            ),
            color=alt.Color(
                "Status:N", scale=alt.Scale(domain=present, range=list(colours)), legend=legend
            ),
            shape=alt.Shape(
                "Status:N", scale=alt.Scale(domain=present, range=list(shapes)), legend=legend
            ),
            opacity=alt.value(0.3 if pale else 0.85),
            tooltip=[
                alt.Tooltip("City:N"),
                alt.Tooltip(f"{CODE}:N"),
                alt.Tooltip("Region:N"),
                alt.Tooltip("Requested:Q", title=f"Requested, {currency}", format=",.2f"),
                alt.Tooltip("Award:Q", title=f"Award, {currency}", format=",.2f"),
                alt.Tooltip("Percent:Q", title="Share of request", format=".1%"),
                alt.Tooltip("Status:N"),
            ],
        )
        .add_params(pick)
    )
    names = [
        base.mark_text(dy=down, fontSize=11, color=GREY).encode(text=f"{column}:N")
        for column, down in (("Above", -_APART), ("Below", _APART))
    ]
    zoom = alt.selection_interval(name="zoom", bind="scales")
    layers = alt.layer(signs, names[0].add_params(zoom), names[1])
    return layers.properties(
        width=frame.width,
        height=frame.height,
        # The size is the map's without its legends, or distances would not be true.
        autosize=alt.AutoSizeParams(type="pad", contains="content"),
        title=alt.TitleParams(
            textwrap.wrap(heading, width // 9), anchor="start", fontSize=15, offset=10
        ),
    )


def _areas(cities: int) -> list[float]:
    """The smallest and the largest sign [square pixels]: the more cities, the smaller."""
    return [min(45.0, max(14.0, 5_600 / cities)), min(900.0, max(160.0, 110_000 / cities))]


def _degrees(low: float, high: float, minus: str, plus: str) -> dict[str, Any]:
    """An axis of degrees, with the sides of the world in its labels."""
    label = f"abs(datum.value) + '° ' + (datum.value < 0 ? '{minus}' : '{plus}')"
    return {
        "title": None,
        "scale": alt.Scale(domain=[low, high], nice=False, zero=False),
        "axis": alt.Axis(labelExpr=label, tickCount=6, gridOpacity=0.4),
    }


def _steps(most: float) -> list[float]:
    """Round amounts for the legend of sizes, up to the largest award; none where that is 0."""
    if not most:
        return []
    power = 10.0 ** math.floor(math.log10(most))
    top = max(step for step in (1, 2, 5) if step * power <= most) * power
    return [top / 5, top]
