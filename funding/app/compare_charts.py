"""Pictures of a comparison: who gains and who loses, and what each group gets.

Each is a sentence made from its numbers and a chart that shows them; both go into the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import altair as alt

from funding import money
from funding.app.text import count
from funding.charts import ACCENT, FAINT, INK, SECOND, data_of, headed, png
from funding.compare import BANDS, ONE_SIDED, SHARES, AwardChange, Comparison, parts_of

MOST = 10  # cities that gain, and as many that lose
BAR = 24  # height of one bar with its distance [pixels]
LABEL = "#76818d"  # numbers beside bars, on light and on dark grounds
PALE = ("#9dc3ec", "#f3c591")  # of the two colours, for what is small
TINTS = (ACCENT, PALE[0], "#d5dae0", PALE[1], SECOND)  # from gain to loss
ONE_SIDED_TINT = FAINT

WIDTH = 620  # of a chart in a file [pixels]
AXIS, LEGEND = 84, 62  # height of what stands beside the bars [pixels]

Row: TypeAlias = Mapping[str, Any]
Layered: TypeAlias = alt.LayerChart | alt.FacetChart  # as Altair says it


@dataclass(frozen=True)
class Picture:
    """A chart and the sentence that it shows, which stands over it on screen and in the file.

    ``height`` [pixels] is that of the bars, ``beside`` that of axis and legend.
    """

    title: str
    chart: Layered
    height: int
    beside: int

    def png(self) -> bytes:
        """The chart under its sentence, as a PNG."""
        sized = self.chart.properties(width=WIDTH, height=self.height)
        return png(sized.properties(title=headed(self.title)))

    def on_screen(self) -> Layered:
        """The chart as high as it is with all that is beside the bars, which a page counts in."""
        return self.chart.properties(height=self.height + self.beside)


# -- who gains and who loses ------------------------------------------------------------


def gains(comparison: Comparison, cities: Sequence[AwardChange], at: int) -> Picture | None:
    """The cities that gain and lose most with the other at a place among the others, in order.

    None where nobody gains or loses.
    """
    moved = [(change, d) for change in cities if (d := change.differences[at])]
    if not moved:
        return None
    ordered = sorted(moved, key=lambda pair: (-pair[1], pair[0].city, pair[0].code))
    up = [pair for pair in ordered if pair[1] > 0]
    down = [pair for pair in ordered if pair[1] < 0]
    named = _named([change for change, _ in (*up[:MOST], *down[-MOST:])])
    rows = [
        {
            "city": named[change.code],
            "more": difference / money.CENTS,
            "told": signed(difference),
            "gains": difference > 0,
        }
        for change, difference in (*up[:MOST], *down[-MOST:])
    ]
    chart = _gains_chart(rows, comparison)
    return Picture(_gains_title(comparison, at, up, down), chart, BAR * len(rows), AXIS)


def _named(changes: Sequence[AwardChange]) -> dict[str, str]:
    """City code → its name; with the code where two have the same."""
    times = Counter(change.city for change in changes)
    return {c.code: c.city if times[c.city] == 1 else f"{c.city} ({c.code})" for c in changes}


def _gains_title(
    comparison: Comparison,
    at: int,
    up: Sequence[tuple[AwardChange, int]],
    down: Sequence[tuple[AwardChange, int]],
) -> str:
    """``3 cities gain with Cut, most Aix (+300 EUR), and 1 loses, Brest (−900 EUR)``."""
    currency, parts = comparison.currency, list[str]()
    for found, most, one, many in ((up, 0, "gains", "gain"), (down, -1, "loses", "lose")):
        if not found:
            continue
        change, difference = found[most]
        verb = one if len(found) == 1 else many
        cities = count(len(found), "city", "cities") if not parts else f"{len(found):,}"
        with_it = f" with {comparison.others[at][0]}" if not parts else ""
        name = change.city if len(found) == 1 else f"most {change.city}"
        parts.append(f"{cities} {verb}{with_it}, {name} ({signed(difference)} {currency})")
    shown = max(len(up), len(down)) > MOST
    more = f"; at most {MOST} of each are shown" if shown else ""
    return f"{', and '.join(parts)}{more}"


def _gains_chart(rows: Sequence[Row], comparison: Comparison) -> Layered:
    order = [row["city"] for row in rows]
    reach = max(abs(row["more"]) for row in rows)
    # Room for the numbers, which stand outside of the bars.
    low = -1.25 * reach if any(row["more"] < 0 for row in rows) else 0
    high = 1.25 * reach if any(row["more"] > 0 for row in rows) else 0

    def base(some: Sequence[Row]) -> alt.Chart:
        return alt.Chart(data_of(some)).encode(
            y=alt.Y("city:N", sort=order, title=None, axis=alt.Axis(labelLimit=220)),
            x=alt.X(
                "more:Q",
                title=f"Difference from {comparison.base_name}, {comparison.currency}",
                scale=alt.Scale(domain=[low, high], nice=False),
                axis=alt.Axis(
                    format="~s",
                    labelExpr="datum.value == 0 ? '0' : datum.label",
                    tickCount=6,
                ),
            ),
            tooltip=[
                alt.Tooltip("city:N", title="City"),
                alt.Tooltip("told:N", title=f"Difference, {comparison.currency}"),
            ],
        )

    layers: list[alt.Chart] = []
    sides: list[tuple[bool, str, Literal["left", "right"], int]]
    sides = [(True, ACCENT, "left", 4), (False, SECOND, "right", -4)]
    for sign, colour, align, shift in sides:
        some = [row for row in rows if row["gains"] is sign]
        if some:
            layers.append(base(some).mark_bar(color=colour, size=BAR - 8))
            text = base(some).mark_text(align=align, dx=shift, color=LABEL, fontSize=12)
            layers.append(text.encode(text="told:N"))
    return alt.layer(*layers)


# -- all scenarios at once --------------------------------------------------------------


def bands(comparison: Comparison, cities: Sequence[AwardChange]) -> Picture:
    """For every other scenario, how many cities gain and lose, in the five bands."""
    rows = [
        row
        for at, (name, _) in enumerate(comparison.others)
        for row in _segments(name, Counter(change.bands[at] for change in cities))
    ]
    losing = [
        (sum(BANDS.index(c.bands[at]) > 2 for c in cities if c.bands[at] in BANDS), name)
        for at, (name, _) in enumerate(comparison.others)
    ]
    most, name = max(losing, key=lambda pair: pair[0])
    if most:
        verb = "loses" if most == 1 else "lose"
        title = f"{count(most, 'city', 'cities')} {verb} with {name}, more than with any other"
        if len(losing) == 1 or sorted(n for n, _ in losing)[-2] == most:
            title = f"{count(most, 'city', 'cities')} {verb} with {name}"
    else:
        title = "No city loses with any of these scenarios"
    title = f"{title}, of {len(cities):,} that applied"
    height = (BAR + 6) * len(comparison.others)
    return Picture(title, _bands_chart(rows, comparison), height, AXIS + LEGEND)


def _segments(name: str, counts: Counter[str]) -> Iterator[Row]:
    """The pieces of one bar: where each begins and ends, in cities."""
    start = 0
    for band in (*BANDS, ONE_SIDED):
        number = counts[band]
        if number:
            yield {
                **{"scenario": name, "band": band, "cities": number, "start": start},
                **{"end": start + number, "middle": start + number / 2},
                **{"dark": band == BANDS[0]},  # white on the orange of losses has 2.6 : 1
            }
        start += number


def _bands_chart(rows: Sequence[Row], comparison: Comparison) -> Layered:
    known = [b for b in (*BANDS, ONE_SIDED) if any(row["band"] == b for row in rows)]
    whole = max((row["end"] for row in rows), default=1)
    tints = dict(zip((*BANDS, ONE_SIDED), (*TINTS, ONE_SIDED_TINT), strict=True))
    base = alt.Chart(data_of(rows)).encode(
        y=alt.Y(
            "scenario:N",
            sort=[name for name, _ in comparison.others],
            title=None,
            axis=alt.Axis(labelLimit=240),
        ),
        tooltip=[
            alt.Tooltip("scenario:N", title="Scenario"),
            alt.Tooltip("band:N", title="Gain or loss"),
            alt.Tooltip("cities:Q", title="Cities"),
        ],
    )
    bars = base.mark_bar(size=BAR - 6).encode(
        x=alt.X(
            "start:Q",
            title="Cities",
            scale=alt.Scale(domain=[0, whole], nice=False),
            axis=alt.Axis(tickMinStep=1),
        ),
        x2="end:Q",
        color=alt.Color(
            "band:N",
            scale=alt.Scale(domain=known, range=[tints[band] for band in known]),
            legend=alt.Legend(title=None, orient="top", columns=3, labelLimit=240),
        ),
    )
    wide = [row for row in rows if row["cities"] * 40 >= whole]  # room for the number
    numbers = (
        alt.Chart(data_of(wide))
        .mark_text()
        .encode(
            y=alt.Y("scenario:N", sort=[name for name, _ in comparison.others]),
            x="middle:Q",
            text="cities:Q",
            color=alt.condition("datum.dark", alt.value("white"), alt.value(INK)),
        )
    )
    return alt.layer(bars, numbers)


# -- what each group gets ---------------------------------------------------------------


def shares(comparison: Comparison, at: int, by: str) -> Picture | None:
    """The share of each group (of a kind of `SHARES`) in the reference and another scenario.

    None where neither awards anything.
    """
    name, other = comparison.others[at]
    sides = ((comparison.base_name, comparison.base), (name, other))
    rows, found = [], []
    for side, allocation in sides:
        parts = parts_of(allocation, SHARES[by])
        found.append({group: part.share or 0 for group, part in parts.items()})
        for group, part in parts.items():
            if part.share is not None:
                told = f"{money.percent(part.share)} · {allocation.case.money(part.awarded)}"
                rows.append(
                    {"group": group, "scenario": side, "share": float(part.share), "told": told}
                )
    if not rows:
        return None
    before, after = found
    groups = sorted({*before, *after}, key=lambda g: (-before.get(g, 0), -after.get(g, 0), g))
    chart = _shares_chart(rows, [side for side, _ in sides], groups)
    height = 2 * (BAR - 4) * len(groups)
    return Picture(_shares_title(sides[0][0], name, before, after), chart, height, AXIS + LEGEND)


def _shares_title(base: str, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The group whose share moves most; where none does, the largest."""
    both = [group for group in before if group in after]
    if not both:
        return f"{base} and {name} have no group in common"
    most = max(both, key=lambda group: (abs(after[group] - before[group]), before[group]))
    shown, there = money.percent(before[most]), money.percent(after[most])
    capital = f"{most[:1].upper()}{most[1:]}"
    if shown == there:
        largest = max(both, key=lambda group: before[group])
        capital, shown = f"{largest[:1].upper()}{largest[1:]}", money.percent(before[largest])
        return f"{capital} takes {shown} of the awards in both; no share moves by 0.1 % or more"
    return f"{capital} takes {there} of the awards with {name}, {shown} with {base}"


def _shares_chart(rows: Sequence[Row], sides: Sequence[str], groups: Sequence[str]) -> Layered:
    base = alt.Chart(data_of(rows)).encode(
        y=alt.Y("group:N", sort=list(groups), title=None, axis=alt.Axis(labelLimit=220)),
        yOffset=alt.YOffset("scenario:N", sort=list(sides)),
        x=alt.X(
            "share:Q",
            title="Share of all awards",
            axis=alt.Axis(format="~%", tickCount=6),
            scale=alt.Scale(domain=[0, 1.4 * max(row["share"] for row in rows)], nice=False),
        ),
        tooltip=[
            alt.Tooltip("scenario:N", title="Scenario"),
            alt.Tooltip("group:N", title="Group"),
            alt.Tooltip("told:N", title="Share and award"),
        ],
    )
    colour = alt.Color(
        "scenario:N",
        scale=alt.Scale(domain=list(sides), range=[ACCENT, SECOND]),
        legend=alt.Legend(title=None, orient="top", labelLimit=300),
    )
    labels = base.mark_text(align="left", dx=4, color=LABEL, fontSize=12).encode(text="told:N")
    bars = base.mark_bar().encode(color=colour)
    return alt.layer(bars, labels)


def signed(cents: int) -> str:
    """An amount with its sign: ``+125,500`` or ``−472,000``."""
    return f"{'+' if cents > 0 else '−' if cents < 0 else ''}{money.show(abs(cents))}"
