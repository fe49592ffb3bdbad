"""The picture of a robustness study: how many are nearly always funded, how many hardly ever."""

from __future__ import annotations

import altair as alt

from funding.app.compare_charts import AXIS, BAR, LEGEND, Picture
from funding.app.stress import TINTS, counts
from funding.app.text import count
from funding.charts import data_of
from funding.robustness import Colour, Findings

ROOM = 12  # a segment of less than a twelfth of the bar has no room for its words


def colours(found: Findings) -> Picture:
    """A bar for the activities and one for the cities, in the three colours, each with its word."""
    rows = []
    for what, parts in counts(found):
        whole, start = sum(number for _, number in parts), 0
        for colour, number in parts:
            if number:
                rows.append(
                    {
                        **{"what": what, "meaning": colour.words, "number": number},
                        **{"start": start / whole, "end": (start + number) / whole},
                        **{"middle": (start + number / 2) / whole},
                        "told": f"{number:,} {colour}" if number * ROOM >= whole else "",
                    }
                )
            start += number
    order = [what for what, _ in counts(found)]
    base = alt.Chart(data_of(rows)).encode(
        y=alt.Y("what:N", sort=order, title=None),
        tooltip=[
            alt.Tooltip("what:N", title="Of"),
            alt.Tooltip("meaning:N", title="Over the draws"),
            alt.Tooltip("number:Q", title="Number"),
        ],
    )
    across = alt.X(
        "start:Q",
        title="Share of all",
        axis=alt.Axis(format="~%"),
        scale=alt.Scale(domain=[0, 1], nice=False),
    )
    bars = base.mark_bar(size=BAR).encode(
        x=across,
        x2="end:Q",
        color=alt.Color(
            "meaning:N",
            scale=alt.Scale(
                domain=[colour.words for colour in Colour],
                range=[TINTS[colour] for colour in Colour],
            ),
            legend=alt.Legend(title=None, orient="top", labelLimit=240),
        ),
    )
    words = base.mark_text(color="white", fontSize=11).encode(x="middle:Q", text="told:N")
    height = (BAR + 10) * len(order)
    return Picture(_title(found), alt.layer(bars, words), height, AXIS + LEGEND)


def _title(found: Findings) -> str:
    """``Of 398 activities 120 are nearly always funded, 90 sometimes, 188 hardly ever``."""
    (_, parts), _ = counts(found)
    whole = count(sum(number for _, number in parts), "activity", "activities")
    green, *rest = parts
    told = ", ".join(f"{number:,} {c.words.removesuffix(' funded')}" for c, number in rest)
    verb = "is" if green[1] == 1 else "are"
    return f"Of {whole} {green[1]:,} {verb} {green[0].words}, {told}"
