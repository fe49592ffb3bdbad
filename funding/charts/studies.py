"""The charts of a sweep and of a frontier: their rows, scales and titles, from the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import altair as alt

from funding import money
from funding.charts.kinds import Chart, Scale, curves, heat, written
from funding.charts.trades import frontier
from funding.compare import FIGURES, Figure, Measure
from funding.sweep import (
    Frontier,
    Number,
    Parameter,
    Sweep,
    headline,
    knee_words,
    prices_words,
)

MILLION = 1_000_000
PANELS = ("value", "spent", "cities", "lowest")


def sweep_chart(sweep: Sweep) -> Chart:
    """A sweep: curves over one parameter, heat maps over two."""
    known = {figure.key: figure for figure in FIGURES}
    figures = [known[key] for key in PANELS if key != "value" or sweep.same_value]
    scales = [_scale(sweep, figure) for figure in figures]
    parameters = [each.parameter for each in sweep.ranges]
    rows = [
        _row(sweep, at, figures, scales, point.found.figures) | {"none": not point.found.exists}
        for at, point in enumerate(sweep.points)
    ]
    title = headline(sweep)
    if len(parameters) == 1:
        across = _axis(sweep, 0)
        now = sweep.now[0]
        today = None if now is None else _on_axis(sweep, 0, now)
        return curves(rows, across, scales, title, now=today)
    named = [Scale(f"named{i}", _axis(sweep, i).title) for i in (0, 1)]
    for row, point in zip(rows, sweep.points, strict=True):
        for i, value in enumerate(point.at):
            row[f"named{i}"] = written(_on_axis(sweep, i, value), _axis(sweep, i).form)
    return heat(rows, named[0], named[1], scales, title)


def frontier_chart(found: Frontier) -> alt.LayerChart | alt.FacetChart:
    """A frontier: what is given up across, what it buys upwards; π beside each point."""
    figure = found.figure
    objective = found.sweep.scenario.objective
    what = "Merit" if objective.value.startswith("merit") else "Value"
    y = Scale("measure", figure.title, ".1%" if figure.measure is Measure.SHARE else ",.0f")
    if figure.measure is Measure.MONEY:
        y = Scale("measure", f"{figure.title} ({found.sweep.currency})")
    rows = [
        {
            "given_up": trade.given_up,
            "measure": _in_units(figure, trade.measure),
            "name": prices_words(trade),
            "dominated": trade.dominated,
            "knee": trade.knee,
        }
        for trade in found.trades
    ]
    x = Scale("given_up", f"{what} given up (share of the best)", ".1%")
    return frontier(rows, x, y, "name", knee_words(found))


def _row(
    sweep: Sweep,
    at: int,
    figures: Sequence[Figure],
    scales: Sequence[Scale],
    values: Mapping[str, Number],
) -> dict[str, object]:
    """One point: where it is, and each figure in the unit of its scale."""
    row: dict[str, object] = {
        f"at{i}": _on_axis(sweep, i, value) for i, value in enumerate(sweep.points[at].at)
    }
    for figure, scale in zip(figures, scales, strict=True):
        value = values.get(figure.key)
        if value is not None:
            shown = _in_units(figure, value)
            row[scale.key] = shown / MILLION if "million" in scale.title else shown
        else:
            row[scale.key] = None
    return row


def _in_units(figure: Figure, value: Number) -> float:
    """A figure as a number: money in currency units."""
    exact = Fraction(value or 0)
    return float(exact / money.CENTS if figure.measure is Measure.MONEY else exact)


def _scale(sweep: Sweep, figure: Figure) -> Scale:
    """How a figure is written: large numbers in millions, shares in per cent."""
    values = [abs(_in_units(figure, point.found.figures[figure.key])) for point in sweep.found]
    large = max(values, default=0) >= 10 * MILLION or (
        figure.measure is Measure.MONEY and max(values, default=0) >= MILLION
    )
    if figure.measure is Measure.SHARE:
        return Scale(figure.key, figure.title, ".1%")
    unit = ""
    if figure.measure is Measure.MONEY:
        unit = sweep.currency
    elif figure.key == "value":
        unit = sweep.scenario.objective.measure(sweep.currency)
    if large:
        unit = f"million {unit}" if figure.measure is Measure.MONEY else f"million; {unit}"
    title = f"{figure.title} ({unit})" if unit else figure.title
    return Scale(figure.key, title, ",.1f" if large else ",.0f")


def _in_millions(sweep: Sweep, at: int) -> bool:
    each = sweep.ranges[at]
    return each.parameter.kind == "amount" and max(each.values) >= MILLION


def _axis(sweep: Sweep, at: int) -> Scale:
    """The axis of a parameter, with as many decimals as its values need."""
    each = sweep.ranges[at]
    parameter: Parameter = each.parameter
    large = _in_millions(sweep, at)
    factor = MILLION if large else 1
    if parameter.kind == "share":
        places = max(_places(value * 100) for value in each.values)
        return Scale(f"at{at}", parameter.title, f".{places}%")
    places = max(_places(value / factor) for value in each.values)
    unit = f"million {sweep.currency}" if large else sweep.currency
    title = f"{parameter.title} ({unit})" if parameter.in_money else parameter.title
    return Scale(f"at{at}", title, f",.{places}f")


def _places(value: Decimal) -> int:
    """The decimals that a value needs."""
    return max(0, -int(value.normalize().as_tuple().exponent))


def _on_axis(sweep: Sweep, at: int, value: Decimal) -> float:
    return float(value / MILLION if _in_millions(sweep, at) else value)
