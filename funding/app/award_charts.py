"""Charts of what each group gets, with a sentence as title and amounts beside the bars."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import altair as alt
import pandas as pd

from funding import money
from funding.app.award_tables import size_classes
from funding.applications import STREAMS
from funding.awards import Allocation
from funding.case import Attribute
from funding.compare.figures import parts_of

Grouping = Literal["Stream", "Region", "Size class", "Year"]

BLUE, GREY = "#2874c9", "#808495"  # both readable on light and on dark
LONGEST_TITLE = 62  # letters of a line
WIDTH = 430  # pixels of the bars and their labels, in a file
_BAR = 34  # pixels of a group
_AROUND = 74  # pixels of a chart beside its bars and its title: the axis below
_LINE = 22  # pixels of a line of the title
_LABELS = 1.75  # how far the axis goes beyond the longest bar, so that its label fits


@dataclass(frozen=True)
class Bars:
    """One chart: the groups with what they get, in currency units, and what that shows."""

    by: Grouping
    title: str
    frame: pd.DataFrame  # Group, Awarded, Compared, Share of awards, Label
    compared: str  # what Compared is; empty where there is nothing to compare with


def all_bars(allocation: Allocation) -> list[Bars]:
    """The charts that tell something of this allocation."""
    made = [_of_groups(allocation, "Stream", None)]
    if size_classes(allocation):
        made.append(_of_groups(allocation, "Size class", "size_class"))
    if len(allocation.years) > 1:
        made.append(_of_years(allocation))
    # Of all the highest: at the end it leaves no hole beside it.
    return [*made, _of_groups(allocation, "Region", "region")]


def _of_groups(allocation: Allocation, by: Grouping, attribute: Attribute | None) -> Bars:
    parts = parts_of(allocation, attribute)
    rows = [(name, part.awarded, part.requested) for name, part in parts.items()]
    order = STREAMS if by == "Stream" else size_classes(allocation) if by == "Size class" else ()
    if order:
        rows.sort(key=lambda row: order.index(row[0]))
    else:
        rows.sort(key=lambda row: (-row[1], row[0].casefold()))
    frame = _frame(rows, allocation.spent, "request")
    return Bars(by, _title(by, rows, allocation.spent), frame, "requested")


def _of_years(allocation: Allocation) -> Bars:
    paid = dict.fromkeys(allocation.years, 0)
    for parts in allocation.payments.values():
        for year, amount in parts.items():
            paid[year] = paid.get(year, 0) + amount
    limits = allocation.case.fund.envelopes
    rows = [(str(year), amount, limits.get(year, 0)) for year, amount in sorted(paid.items())]
    frame = _frame(rows, allocation.spent, "year's envelope")
    compared = "envelope of the year" if limits else ""
    return Bars("Year", _title("Year", rows, allocation.spent), frame, compared)


def _frame(rows: list[tuple[str, int, int]], spent: int, whole: str) -> pd.DataFrame:
    data = [
        {
            "Group": name,
            "Awarded": awarded / money.CENTS,
            "Compared": compared / money.CENTS,
            "Share of awards": awarded / spent if spent else 0.0,
            "Label": _label(awarded, compared, whole),
        }
        for name, awarded, compared in rows
    ]
    columns = ["Group", "Awarded", "Compared", "Share of awards", "Label"]
    return pd.DataFrame(data, columns=columns)


def _label(awarded: int, compared: int, whole: str) -> str:
    amount = money.show(awarded, places=0)
    if not compared:
        return amount
    return f"{amount} · {_percent(awarded, compared)} of the {whole}"


def _percent(part: int, whole: int) -> str:
    """A share with one decimal; 100 % is said of all alone."""
    tenths = round(Fraction(part, whole) * 1000)
    return "over 99.9 %" if tenths == 1000 and part < whole else f"{tenths / 10:.1f} %"


def _title(by: Grouping, rows: list[tuple[str, int, int]], spent: int) -> str:
    """What a chart shows, as a sentence."""
    if not spent:
        return "Nothing is awarded"
    most = max(awarded for _, awarded, _ in rows)
    first = [name for name, awarded, _ in rows if awarded == most]
    share = _percent(most, spent)
    if by == "Year":
        return f"{share} of the awards are paid in {' and in '.join(first)}{_each(first)}"
    kinds = {"Stream": "streams", "Region": "regions", "Size class": "size classes"}[by]
    none = sum(1 for _, awarded, _ in rows if not awarded)
    nothing = ""
    if none:
        nothing = f"; {none} of {len(rows)} {kinds} {'gets' if none == 1 else 'get'} nothing"
    if len(first) > 1:
        return f"{len(first)} {kinds} get the most, {share} of the awards each{nothing}"
    name = first[0]
    if by == "Size class":
        return f'Cities of size class "{name}" get {share} of the awards{nothing}'
    verb = "takes" if by == "Stream" else "gets the most,"
    return f"{name[:1].upper()}{name[1:]} {verb} {share} of the awards{nothing}"


def _each(names: list[str]) -> str:
    return " each" if len(names) > 1 else ""


def chart(bars: Bars, currency: str, *, pale: bool = False) -> alt.LayerChart | alt.FacetChart:
    """Bars of what is awarded on paler ones of what it compares with, each with its amount.

    ``pale``: of an allocation that is older than its inputs.
    """
    frame = bars.frame
    longest = float(frame[["Awarded", "Compared"]].to_numpy().max()) if len(frame) else 0.0
    base = alt.Chart(frame).encode(
        y=alt.Y("Group:N", sort=list(frame["Group"]), title=None, axis=alt.Axis(labelLimit=190)),
        tooltip=_tooltip(bars, currency),
    )
    scale = alt.Scale(domain=[0, max(longest, 1.0) * _LABELS], nice=False)
    axis = alt.Axis(
        format="~s",
        labelExpr="datum.value == 0 ? '0' : datum.label",
        grid=False,
        tickCount=5,
        title=f"{currency}; solid: awarded, pale: {bars.compared}" if bars.compared else currency,
    )
    strength = 0.35 if pale else 1.0
    whole = base.mark_bar(color=BLUE, opacity=0.25 * strength).encode(
        x=alt.X("Compared:Q", scale=scale, axis=axis)
    )
    awarded = base.mark_bar(color=BLUE, opacity=strength, height={"band": 0.55}).encode(
        x=alt.X("Awarded:Q", scale=scale)
    )
    # Beside the longer of both bars, so that no label stands on one.
    labels = (
        base.transform_calculate(end="max(datum.Awarded, datum.Compared)")
        .mark_text(align="left", dx=5, color=GREY, fontSize=12)
        .encode(x=alt.X("end:Q", scale=scale), text="Label:N")
    )
    return alt.layer(whole, awarded, labels).properties(
        title=alt.TitleParams(_lines(bars), anchor="start", fontSize=15, offset=10),
        width=WIDTH,
        height=_BAR * len(frame),
    )


def _tooltip(bars: Bars, currency: str) -> list[alt.Tooltip]:
    compared = alt.Tooltip("Compared:Q", title=_column(bars, currency), format=",.2f")
    return [
        alt.Tooltip("Group:N", title=bars.by),
        alt.Tooltip("Awarded:Q", title=f"Awarded, {currency}", format=",.2f"),
        *([compared] if bars.compared else []),
        alt.Tooltip("Share of awards:Q", format=".1%"),
    ]


def _column(bars: Bars, currency: str) -> str:
    return f"{bars.compared[:1].upper()}{bars.compared[1:]}, {currency}"


def _lines(bars: Bars) -> list[str]:
    return textwrap.wrap(bars.title, LONGEST_TITLE)


def height(bars: Bars) -> int:
    """How high a chart is on screen, all that is around the bars included [pixels]."""
    return _BAR * len(bars.frame) + _LINE * len(_lines(bars)) + _AROUND


def table(bars: Bars, currency: str) -> pd.DataFrame:
    """What a chart shows, as a table."""
    frame = bars.frame.drop(columns=["Label", *([] if bars.compared else ["Compared"])])
    names = {
        "Group": bars.by,
        "Awarded": f"Awarded, {currency}",
        "Compared": _column(bars, currency),
    }
    return frame.rename(columns=names)
