"""Charts as Altair specifications, and as files; a sentence on top says what the numbers say.

Every function here is pure: rows in, a chart out. Two colours carry the meaning, told apart by the
colour-blind too; the rest is left to the theme, so that the workbench can be dark. Values stand
beside their marks. `png` and `svg` draw without a browser and without a network.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import altair as alt
import vl_convert

ACCENT, SECOND = "#2874c9", "#e0861a"
FAINT = "#8a94a0"  # what is beside the point, on light and dark grounds
INK = "#1f2933"
WIDTH, PANEL = 620, 130  # of a chart, and the height of one of several under each other [pixels]
SCALE = 2  # dots of a PNG for each pixel
LETTERS = 86  # of a title in one line
CELL, LINE = 46, 26  # the least width of a cell of a heat map, and its height [pixels]
DARK_FROM = 0.6  # of the way from pale to dark, where numbers on it turn white
NOWHERE = "Crosses: no allocation holds the rules there."
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"

Layered: TypeAlias = alt.LayerChart | alt.FacetChart  # as Altair says it
Row: TypeAlias = Mapping[str, Any]
Chart: TypeAlias = Layered | alt.Chart | alt.VConcatChart | alt.HConcatChart | alt.ConcatChart


@dataclass(frozen=True, slots=True)
class Scale:
    """A column of the rows on an axis: its title with the unit, and how its numbers are written.

    ``form`` is a format of d3, such as ``,.1f`` or ``.1%``.
    """

    key: str
    title: str
    form: str = ",.0f"

    @property
    def ticks(self) -> str:
        """The format without needless zeros, for an axis."""
        return f"{self.form[:-1]}~{self.form[-1]}"


def png(chart: Chart) -> bytes:
    """The chart as a PNG, on white, with two dots for each pixel."""
    drawn: bytes = vl_convert.vegalite_to_png(chart.to_dict(), scale=SCALE, **_DRAWN)
    return drawn


def svg(chart: Chart) -> str:
    """The chart as an SVG, on white."""
    drawn: str = vl_convert.vegalite_to_svg(chart.to_dict(), **_DRAWN)
    return drawn


def data_of(rows: Sequence[Row]) -> alt.InlineData:
    """Rows as data inside the specification: exact numbers become what JSON holds."""
    values: list[Any] = [{k: _plain(v) for k, v in row.items()} for row in rows]
    return alt.InlineData(values=values)


def headed(title: str, subtitle: str = "") -> alt.TitleParams:
    """A sentence over a chart, in as many lines as it needs, and what belongs to it beneath."""
    lines, beneath = wrapped(title, LETTERS), wrapped(subtitle, round(LETTERS * 1.15))
    shown = beneath if subtitle else alt.Undefined
    return alt.TitleParams(lines, subtitle=shown, anchor="start", frame="group")


def _small(title: str) -> alt.TitleParams:
    """The title of one panel of several."""
    return alt.TitleParams(title, fontSize=12, anchor="start", frame="group")


def wrapped(text: str, letters: int) -> list[str]:
    """A text in lines of at most so many letters, broken between words."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) > letters and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = joined
    return lines


def curves(
    rows: Sequence[Row], x: Scale, panels: Sequence[Scale], title: str, *, now: float | None = None
) -> alt.VConcatChart:
    """Measures over one parameter, under each other: a panel each, with its own scale.

    Each row holds a point; a measure that is None has no mark. ``now`` is where the parameter
    stands today. Rows whose ``none`` is true, where nothing can be allocated, are crossed out on
    the axis of every panel. The first and the last value stand beside their points.
    """
    known = [float(row[x.key]) for row in rows]
    inner = [*known, *([] if now is None else [now])]
    margin = (max(inner) - min(inner) or 1) * 0.09
    domain = [min(inner) - margin, max(inner) + margin]
    made = [
        _panel(rows, x, panel, domain, now, first=not at, last=at == len(panels) - 1)
        for at, panel in enumerate(panels)
    ]
    note = NOWHERE if any(row.get("none") for row in rows) else ""
    return alt.vconcat(*made, spacing=10).properties(title=headed(title, note))


def _panel(
    rows: Sequence[Row],
    x: Scale,
    y: Scale,
    domain: Sequence[float],
    now: float | None,
    *,
    first: bool,
    last: bool,
) -> Layered:
    """One measure: its line and points, where the parameter stands, and where there is nothing."""
    across = alt.X(
        x.key,
        type="quantitative",
        scale=alt.Scale(domain=list(domain), nice=False, zero=False),
        axis=alt.Axis(format=x.ticks, title=x.title if last else None, labels=last, grid=False),
    )
    up = alt.Y(
        y.key,
        type="quantitative",
        scale=alt.Scale(zero=False, nice=True, padding=14),
        axis=alt.Axis(format=y.ticks, title=None, tickCount=4),
    )
    found = [row for row in rows if row.get(y.key) is not None]
    base = alt.Chart(data_of(found)).encode(x=across, y=up)
    layers: list[Any] = [
        base.mark_line(color=ACCENT, strokeWidth=2),
        base.mark_point(color=ACCENT, filled=True, size=30, opacity=1),
    ]
    if found:
        low, high = (f(found, key=lambda row: row[x.key]) for f in (min, max))
        beside: dict[str, Any] = {"fontSize": 11, "color": ACCENT}
        text = alt.Text(y.key, type="quantitative", format=y.form)
        if low is not high:
            told = alt.Chart(data_of([low])).encode(x=across, y=up, text=text)
            layers.append(told.mark_text(dy=-11, **beside))
        told = alt.Chart(data_of([high])).encode(x=across, y=up, text=text)
        layers.append(told.mark_text(align="left", dx=8, **beside))
    if now is not None:
        layers += _today(x.key, across, now, named=first)
    nowhere = [row for row in rows if row.get("none")]
    if nowhere:
        crossed = alt.Chart(data_of(nowhere)).encode(x=across, y=alt.value(PANEL - 8))
        layers.append(
            crossed.mark_point(shape="cross", angle=45, filled=True, color=FAINT, size=60)
        )
    return alt.layer(*layers).properties(width=WIDTH, height=PANEL, title=_small(y.title))


def _today(key: str, across: alt.X, now: float, *, named: bool) -> list[alt.Chart]:
    """A line where the parameter stands today, named in one of the panels."""
    at = alt.Chart(data_of([{key: now, "word": "today"}])).encode(x=across)
    rule = at.mark_rule(color=SECOND, strokeDash=[4, 3], strokeWidth=1.5)
    # Over the panel, where no value of a point stands.
    word = at.mark_text(color=SECOND, dy=-7, fontSize=11).encode(text="word:N", y=alt.value(0))
    return [rule, word] if named else [rule]


def frontier(rows: Sequence[Row], x: Scale, y: Scale, name: str, title: str) -> Layered:
    """Points of two measures: those that none beats are joined, the others are hollow.

    ``name`` is the column that names a point. Rows say ``dominated`` and ``knee``; the knee is in
    the second colour.
    """
    given = sorted((float(row[x.key]), float(row[y.key])) for row in rows)
    span = (given[-1][0] - given[0][0] or 1) if given else 1
    start = given[0][0] if given else 0.0
    across = alt.X(
        x.key,
        type="quantitative",
        scale=alt.Scale(domain=[start - 0.02 * span, start + 1.2 * span], nice=False),
        axis=alt.Axis(format=x.ticks, title=x.title, grid=False, tickCount=6),
    )
    up = alt.Y(
        y.key,
        type="quantitative",
        scale=alt.Scale(zero=False, nice=True, padding=24),
        axis=alt.Axis(format=y.ticks, title=y.title),
    )
    falling = bool(given) and given[-1][1] < given[0][1]
    best = [row for row in rows if not row["dominated"]]
    beaten = [row for row in rows if row["dominated"]]
    knee = [row for row in best if row["knee"]]
    plain = [row for row in best if not row["knee"]]

    def at(points: Sequence[Row]) -> alt.Chart:
        return alt.Chart(data_of(points)).encode(x=across, y=up)

    layers = [
        at(best).mark_line(color=ACCENT, strokeWidth=2).encode(order=f"{x.key}:Q"),
        at(beaten).mark_point(color=FAINT, size=50),
        at(plain).mark_point(color=ACCENT, filled=True, size=60, opacity=1),
        at(knee).mark_point(color=SECOND, filled=True, size=140, opacity=1),
    ]
    aside = -9 if falling else 11  # on the side where the line does not go
    named = _apart(beaten, x.key, y.key, name)
    told: list[tuple[list[Row], str, Literal["normal", "bold"]]] = [
        *((plain, ACCENT, "normal"), (knee, SECOND, "bold"), (named, FAINT, "normal")),
    ]
    for points, colour, weight in told:
        text = at(points).encode(text=f"{name}:N")
        layers.append(text.mark_text(color=colour, fontWeight=weight, align="left", dx=7, dy=aside))
    return alt.layer(*layers).properties(width=WIDTH, height=320, title=headed(title))


def _apart(rows: Sequence[Row], x: str, y: str, name: str) -> list[Row]:
    """One row for all that lie on nearly one point, so that no name hides another."""
    met: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        met.setdefault((f"{float(row[x]):.2g}", f"{float(row[y]):.2g}"), []).append(row)
    made: list[Row] = []
    for first, *others in met.values():
        more = f" and {len(others)} more" if others else ""
        made.append({**first, name: f"{first[name]}{more}, dominated"})
    return made


def heat(
    rows: Sequence[Row], x: Scale, y: Scale, panels: Sequence[Scale], title: str
) -> alt.ConcatChart:
    """Measures over two parameters: a map each, with its numbers; the darker, the higher.

    A row whose ``none`` is true is a cell where nothing can be allocated: it is grey, with a cross.
    ``x`` and ``y`` are columns of text in the rows, in the order in which they are first met.
    """
    columns = list(dict.fromkeys(str(row[x.key]) for row in rows))
    lines = list(dict.fromkeys(str(row[y.key]) for row in rows))
    letters = max(
        (len(written(row[p.key], p.form)) for p in panels for row in rows if _has(row, p)),
        default=1,
    )
    wide = max(CELL, round(letters * 7.2) + 10)
    made = [_map(rows, x, y, panel, columns, lines, wide) for panel in panels]
    beside = 1 if wide * len(columns) > WIDTH / 2 else 2
    note = NOWHERE if any(row.get("none") for row in rows) else ""
    each: alt.ConcatChart = alt.concat(*made, columns=beside, spacing=28)
    whole: alt.ConcatChart = each.properties(title=headed(title, note))
    apart: alt.ConcatChart = whole.resolve_scale(color="independent")
    return apart


def _map(
    rows: Sequence[Row],
    x: Scale,
    y: Scale,
    panel: Scale,
    columns: Sequence[str],
    lines: Sequence[str],
    wide: int,
) -> Layered:
    """One measure as a heat map with numbers."""
    found = [row for row in rows if _has(row, panel)]
    values = [float(row[panel.key]) for row in found]
    low, high = min(values, default=0.0), max(values, default=1.0)
    dark = low + DARK_FROM * (high - low)
    height = LINE * len(lines)
    beside = wrapped(y.title, max(16, round(height / 6)))
    across = alt.X(
        x.key, type="nominal", sort=list(columns), axis=alt.Axis(title=x.title, labelAngle=0)
    )
    down = alt.Y(y.key, type="nominal", sort=list(lines)[::-1], axis=alt.Axis(title=beside))
    shown = [
        {**row, "told": written(row[panel.key], panel.form), "white": float(row[panel.key]) > dark}
        for row in found
    ]
    base = alt.Chart(data_of(shown)).encode(x=across, y=down)
    flat = not high > low
    colour = alt.Color(
        panel.key,
        type="quantitative",
        legend=None,
        scale=alt.Scale(
            domain=[low - 1, low + 1] if flat else [low, high], range=["#e3eefb", "#1b5da8"]
        ),
    )
    cells = base.mark_rect(stroke="white", strokeWidth=1).encode(color=colour)
    ink = alt.condition("datum.white", alt.value("white"), alt.value(INK))
    numbers = base.mark_text(fontSize=11).encode(text="told:N", color=ink)
    gone = [row for row in rows if not _has(row, panel)]
    empty = alt.Chart(data_of([{**row, "told": "✕"} for row in gone])).encode(x=across, y=down)
    layers = [
        cells,
        numbers,
        empty.mark_rect(color=FAINT, opacity=0.25),
        empty.mark_text(fontSize=11, color=FAINT).encode(text="told:N"),
    ]
    return alt.layer(*layers).properties(
        width=wide * len(columns),
        height=height,
        title=_small(panel.title),
    )


def _has(row: Row, panel: Scale) -> bool:
    return row.get(panel.key) is not None


def written(value: Any, form: str) -> str:
    """A number in one of the few formats of d3 that are formats of Python too."""
    return format(float(value), form).replace("%", " %")


def _plain(value: Any) -> Any:
    """A value as JSON holds it; a number that is none is left out."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int):
        return value
    number = float(value) if not isinstance(value, Decimal) or value.is_finite() else math.nan
    return number if math.isfinite(number) else None


_LOOK: dict[str, Any] = {
    "background": "white",
    "padding": 16,
    "font": FONT,
    "text": {"color": INK},
    "title": {"color": INK, "fontSize": 15, "subtitleColor": "#52606d", "offset": 10},
    "view": {"stroke": None},
    "axis": {
        **{"labelColor": INK, "titleColor": INK, "titleFontWeight": "normal"},
        **{"gridColor": "#e4e9ef", "domainColor": "#b7c0ca", "tickColor": "#b7c0ca"},
        **{"labelFontSize": 11, "titleFontSize": 11},
    },
}
_DRAWN: dict[str, Any] = {
    "config": _LOOK,
    "allowed_base_urls": [],  # nothing is fetched
    "format_locale": {
        **{"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]},
        "percent": "\u00a0%",
    },
}
