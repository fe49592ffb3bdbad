"""The chart of a frontier: points of two measures with their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import altair as alt

from funding.charts.kinds import (
    ACCENT,
    FAINT,
    SECOND,
    WIDTH,
    Layered,
    Row,
    Scale,
    axis_of,
    data_of,
    domain_of,
    headed,
)
from funding.charts.labels import Spot, sides

TALL, NEAR = 320, 12  # the height of the chart, and how near points are one [pixels]


def frontier(rows: Sequence[Row], x: Scale, y: Scale, name: str, title: str) -> Layered:
    """Points of two measures: those that none beats are joined, the others are hollow.

    ``name`` is the column that names a point. Rows say ``dominated`` and ``knee``; the knee is in
    the second colour. A name that would hide another is left out.
    """
    wide = domain_of([float(row[x.key]) for row in rows], x.step, 0.02, 0.2)
    high = domain_of([float(row[y.key]) for row in rows], y.step, 0.09, 0.09)
    across = alt.X(
        x.key,
        type="quantitative",
        scale=alt.Scale(domain=wide, nice=False, zero=False),
        axis=axis_of(x, wide, x.title, 7, grid=False),
    )
    up = alt.Y(
        y.key,
        type="quantitative",
        scale=alt.Scale(domain=high, nice=False, zero=False),
        axis=axis_of(y, high, y.title, 8),
    )
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

    def spot(row: Row) -> Spot:
        right, top = float(row[x.key]) - wide[0], high[1] - float(row[y.key])
        return Spot(
            str(row[name]),
            right / (wide[1] - wide[0]) * WIDTH,
            top / (high[1] - high[0]) * TALL,
        )

    ends = sorted(plain, key=lambda row: row is not best[0] and row is not best[-1])
    told = [*knee, *ends, *_apart(beaten, spot, name)]
    line = [spot(row) for row in sorted(best, key=lambda row: float(row[x.key]))]
    placed = sides([spot(row) for row in told], line, WIDTH, TALL)
    for row, side in zip(told, placed, strict=True):
        if side is not None:
            colour = FAINT if row["dominated"] else SECOND if row["knee"] else ACCENT
            text = at([row]).mark_text(
                color=colour,
                fontWeight="bold" if row["knee"] else "normal",
                align=side.align,
                dx=side.dx,
                dy=side.dy,
            )
            layers.append(text.encode(text=f"{name}:N"))
    return alt.layer(*layers).properties(width=WIDTH, height=TALL, title=headed(title))


def _apart(rows: Sequence[Row], spot: Callable[[Row], Spot], name: str) -> list[Row]:
    """One row for all that lie on nearly one point, so that one name is enough."""
    met: list[tuple[Spot, list[Row]]] = []
    for row in rows:
        here = spot(row)
        near = (
            group
            for first, group in met
            if max(abs(first.across - here.across), abs(first.down - here.down)) < NEAR
        )
        group = next(near, None)
        if group is None:
            met.append((here, [row]))
        else:
            group.append(row)
    made: list[Row] = []
    for _, (first_row, *others) in met:
        more = f" and {len(others)} more" if others else ""
        made.append({**first_row, name: f"{first_row[name]}{more}, dominated"})
    return made
