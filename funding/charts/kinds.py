"""Charts as Altair specifications, and as files; a sentence on top says what the numbers say.

Every function here is pure: rows in, a chart out. Two colours carry the meaning, told apart by the
colour-blind too; the rest is left to the theme, so that the workbench can be dark. Values stand
beside their marks. `png` and `svg` draw without a browser and without a network.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import altair as alt
import vl_convert

from funding.charts.labels import LETTER

ACCENT, SECOND = "#2874c9", "#e0861a"
FAINT = "#8a94a0"  # what is beside the point, on light and dark grounds
INK = "#1f2933"
WIDTH, PANEL = 620, 130  # of a chart, and the height of one of several under each other [pixels]
TICKS = 8  # on the axis of a parameter, about
SCALE = 2  # dots of a PNG for each pixel
LETTERS = 86  # of a title in one line
CELL, LINE = 46, 26  # the least width of a cell of a heat map, and its height [pixels]
BESIDE = 14  # from a point to the end of the axis, but for the value between [pixels]
DARK_FROM = 0.6  # of the way from pale to dark, where numbers on it turn white
NOWHERE = "Crosses: no allocation holds the rules there."
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
NBSP = "\u00a0"
# What no line ends within: ``35.1 %``, ``8 million EUR``, ``π = 2 %``.
BOUND = re.compile(r"(?<=\d) (?=%|million\b|[A-Z]{3}\b)|(?<=million) (?=[A-Z]{3}\b)| (?==)|(?<==) ")

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

    @property
    def step(self) -> float:
        """The least step between two ticks that are written differently."""
        places = int(self.form.rpartition(".")[2][:-1])
        return float(Decimal(1).scaleb(-places - 2 * self.form.endswith("%")))


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
    """A text in lines of at most so many letters, broken between words; a number and its unit
    stay together."""
    lines = [""]
    for word in filter(None, BOUND.sub(NBSP, text).split(" ")):
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
    letters = (len(written(row[p.key], p.form)) for p in panels for row in rows if _has(row, p))
    room = BESIDE + LETTER * max(letters, default=1)  # for the values beside the ends
    domain = domain_of(inner, x.step, *[room / (WIDTH - 2 * room)] * 2)
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
    found = [row for row in rows if _has(row, y)]
    high = domain_of([float(row[y.key]) for row in found], y.step, 0.12, 0.12)
    across = alt.X(
        x.key,
        type="quantitative",
        scale=alt.Scale(domain=list(domain), nice=False, zero=False),
        axis=axis_of(x, domain, x.title if last else None, TICKS, labels=last, grid=False),
    )
    up = alt.Y(
        y.key,
        type="quantitative",
        scale=alt.Scale(domain=high, nice=False, zero=False),
        axis=axis_of(y, high, None, 5),
    )
    base = alt.Chart(data_of(found)).encode(x=across, y=up)
    layers: list[Any] = [
        base.mark_line(color=ACCENT, strokeWidth=2),
        base.mark_point(color=ACCENT, filled=True, size=30, opacity=1),
    ]
    if found:
        start, end = (f(found, key=lambda row: row[x.key]) for f in (min, max))
        beside: dict[str, Any] = {"fontSize": 11, "color": ACCENT}
        text = alt.Text(y.key, type="quantitative", format=y.form)
        if start is not end:
            told = alt.Chart(data_of([start])).encode(x=across, y=up, text=text)
            layers.append(told.mark_text(align="right", dx=-8, **beside))
        told = alt.Chart(data_of([end])).encode(x=across, y=up, text=text)
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


def axis_of(
    scale: Scale, domain: Sequence[float], title: str | None, count: int, **more: Any
) -> alt.Axis:
    """An axis with at most so many ticks, no two of them written alike."""
    return alt.Axis(
        format=scale.ticks, title=title, values=_ticks(domain, scale.step, count), **more
    )


def _ticks(domain: Sequence[float], least: float, count: int) -> list[float]:
    """Round numbers within a domain: multiples of 1, 2 or 5 times a power of ten, ``least`` or
    more; at most ``count``."""
    low, high = (Fraction(str(end)) for end in domain)
    power = max(Fraction(10) ** math.floor(math.log10((high - low) / count)), Fraction(str(least)))
    step = next(
        power * times
        for times in (1, 2, 5, 10, 20, 50)
        if math.floor(high / (power * times)) - math.ceil(low / (power * times)) < count
    )
    return [float(step * at) for at in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _today(key: str, across: alt.X, now: float, *, named: bool) -> list[alt.Chart]:
    """A line where the parameter stands today, named in one of the panels."""
    at = alt.Chart(data_of([{key: now, "word": "today"}])).encode(x=across)
    rule = at.mark_rule(color=SECOND, strokeDash=[4, 3], strokeWidth=1.5)
    # Over the panel, where no value of a point stands.
    word = at.mark_text(color=SECOND, dy=-7, fontSize=11).encode(text="word:N", y=alt.value(0))
    return [rule, word] if named else [rule]


def domain_of(values: Sequence[float], step: float, before: float, after: float) -> list[float]:
    """The range of an axis, with such parts of it as room before and after the values."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    span = high - low
    if span < step:  # a tick at least
        return [(low + high) / 2 - step, (low + high) / 2 + step]
    return [low - before * span, high + after * span]


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
