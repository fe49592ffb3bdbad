"""Two allocations beside each other, as tables and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from funding import money
from funding.app import award_tables
from funding.app.results import Made
from funding.applications import STREAMS
from funding.awards import Allocation

SIDES = ("A", "B")
COLOURS = ("#2874c9", "#e0861a")  # both readable on light and on dark


def headlines(results: Sequence[Made]) -> pd.DataFrame:
    """The figures at the head: one row each, a column a side, and B − A where both are."""
    sides = {side: _figures(allocation) for side, allocation in _pairs(results)}
    names = list(next(iter(sides.values())))
    data: dict[str, list[str]] = {"Figure": names}
    for side, figures in sides.items():
        data[side] = [figures[name][0] for name in names]
    if len(sides) == len(SIDES):
        before, after = (sides[side] for side in SIDES)
        currency = results[0].allocation.applications.call.currency
        data["B − A"] = [_step(before[n][1], after[n][1], currency, n) for n in names]
    return pd.DataFrame(data, dtype="string")


_MONEY = ("Envelope", "Awarded", "Unspent")


def _figures(allocation: Allocation) -> dict[str, tuple[str, int]]:
    """Figure → as it is shown, and its number (money in cents)."""
    given, currency = allocation.applications, allocation.applications.call.currency
    statuses = [outcome.status for outcome in allocation.outcomes.values()]
    funded, cities = allocation.funded, allocation.served
    full = statuses.count("full")
    envelope = allocation.case.fund.envelope
    return {
        "Envelope": (money.show(envelope, currency), envelope),
        "Awarded": (money.show(allocation.spent, currency), allocation.spent),
        "Unspent": (money.show(allocation.unspent, currency), allocation.unspent),
        "Activities funded": (f"{funded:,} of {len(given.activities):,}", funded),
        "Of these in full": (f"{full:,}", full),
        "Cities funded": (f"{cities:,} of {len(given.cities):,}", cities),
    }


def _step(before: int, after: int, currency: str, name: str) -> str:
    change = after - before
    size = money.show(abs(change), currency) if name in _MONEY else f"{abs(change):,}"
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return f"{sign}{size}"


def by_city(results: Sequence[Made]) -> pd.DataFrame:
    """One row a city: its request and, for each side, award, status; B − A where both are."""
    given = results[0].allocation.applications
    data: dict[str, Any] = {
        "City code": list(given.cities),
        "City": [city.name for city in given.cities.values()],
        "Region": [city.region for city in given.cities.values()],
        "Requested": [_units(sum(a.requested for a in plan)) for plan in given.plans.values()],
    }
    for side, allocation in _pairs(results):
        totals = allocation.city_totals
        data[side] = [_units(totals.get(code, 0)) for code in given.cities]
    _difference(data)
    for side, allocation in _pairs(results):
        data[f"Status {side}"] = [allocation.city_status(code) for code in given.cities]
    return _sorted(pd.DataFrame(data), "City code")


def by_activity(results: Sequence[Made]) -> pd.DataFrame:
    """One row an activity: its request and, for each side, award, status and reasons."""
    given = results[0].allocation.applications
    activities = given.activities.values()
    data: dict[str, Any] = {
        "Activity code": list(given.activities),
        "City": [given.cities[a.city].name for a in activities],
        "Title": [a.title for a in activities],
        "Stream": [a.stream for a in activities],
        "Score": [float(given.score(a.code)) for a in activities],
        "Requested": [_units(a.requested) for a in activities],
    }
    for side, allocation in _pairs(results):
        data[side] = [_units(allocation.awards.get(code, 0)) for code in given.activities]
    _difference(data)
    for side, allocation in _pairs(results):
        outcomes = [allocation.outcomes[code] for code in given.activities]
        data[f"Status {side}"] = [outcome.status for outcome in outcomes]
        data[f"Why {side}"] = ["; ".join(outcome.reasons) for outcome in outcomes]
    return _sorted(pd.DataFrame(data), "Activity code")


def streams(results: Sequence[Made]) -> pd.DataFrame:
    """Awards by stream and side, in currency units, with each stream's share of the awards."""
    rows = []
    for side, allocation in _pairs(results):
        for stream in STREAMS:
            got = sum(
                award
                for code, award in allocation.awards.items()
                if allocation.applications.activities[code].stream == stream
            )
            share = got / allocation.spent if allocation.spent else 0.0
            rows.append(
                {
                    "Stream": stream,
                    "Scenario": side,
                    "Awarded": got / 100,
                    "Share": share,
                    "Label": _percent(share),
                }
            )
    return pd.DataFrame(rows)


def stream_chart(frame: pd.DataFrame, currency: str) -> alt.LayerChart | alt.FacetChart:
    """Awards by stream, the scenarios beside each other, each bar with its amount."""
    base = alt.Chart(frame).encode(
        y=alt.Y("Stream:N", sort=list(STREAMS), title=None),
        yOffset=alt.YOffset("Scenario:N", sort=list(SIDES)),
        x=alt.X("Awarded:Q", title=f"Awarded, {currency}", axis=alt.Axis(format="~s", tickCount=6)),
        tooltip=[
            alt.Tooltip("Scenario:N"),
            alt.Tooltip("Stream:N"),
            alt.Tooltip("Awarded:Q", format=",.0f"),
            alt.Tooltip("Label:N", title="Share"),
        ],
    )
    colour = alt.Color(
        "Scenario:N",
        scale=alt.Scale(domain=list(SIDES), range=list(COLOURS)),
        legend=alt.Legend(title=None, orient="top"),
    )
    labels = base.mark_text(align="left", dx=4, color="#808495").encode(text=alt.Text("Label:N"))
    bars = base.mark_bar().encode(color=colour)
    return alt.layer(bars, labels).properties(height=270)


def stream_title(frame: pd.DataFrame) -> str:
    """A sentence on the stream whose share differs most; where all are equal, on the largest."""
    shares = frame.pivot(index="Stream", columns="Scenario", values="Share")
    if len(shares.columns) == 2 and (moved := (shares["B"] - shares["A"]).abs()).max() >= 0.0005:
        name = str(moved.idxmax())
        a, b = float(shares["A"][name]), float(shares["B"][name])
        return f"{name.capitalize()} takes {_percent(a)} of the awards in A and {_percent(b)} in B"
    side = shares.columns[0]
    name = str(shares[side].idxmax())
    part = float(shares[side][name])
    where = "both scenarios" if len(shares.columns) == 2 else side
    return f"{name.capitalize()} takes {_percent(part)} of the awards in {where}"


def difference_words(cities: pd.DataFrame, currency: str) -> str:
    """How many cities gain and lose from A to B, and how much moves."""
    change = cities["B − A"]
    gain, lose = int((change > 0).sum()), int((change < 0).sum())
    if not gain and not lose:
        return "Every city gets the same in A and B."
    up = round(float(change[change > 0].sum()) * 100)
    down = round(float(-change[change < 0].sum()) * 100)
    told = []
    if gain:
        verb = "city gains" if gain == 1 else "cities gain"
        told.append(f"{gain:,} {verb} {money.show(up, currency)}")
    if lose:
        verb = "city loses" if lose == 1 else "cities lose"
        told.append(f"{lose:,} {verb} {money.show(down, currency)}")
    same = len(change) - gain - lose
    told.append(f"{same:,} {'gets' if same == 1 else 'get'} the same")
    return f"From A to B {', '.join(told)}."


def _pairs(results: Sequence[Made]) -> list[tuple[str, Allocation]]:
    return [(side, made.allocation) for side, made in zip(SIDES, results, strict=False)]


def _difference(data: dict[str, Any]) -> None:
    if all(side in data for side in SIDES):
        data["B − A"] = [b - a for a, b in zip(data["A"], data["B"], strict=True)]


def _sorted(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    """The largest differences first; with one side, the largest awards."""
    by = "B − A" if "B − A" in frame else next(side for side in SIDES if side in frame)
    order = frame.assign(_size=frame[by].abs()).sort_values(
        ["_size", code], ascending=[False, True]
    )
    return order.drop(columns="_size").reset_index(drop=True)


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _units(cents: int) -> float:
    return cents / money.CENTS


def found(frame: pd.DataFrame, search: str, *, only_different: bool) -> pd.DataFrame:
    """The rows in which every word of the search occurs; of these, if asked, those that differ."""
    if only_different and "B − A" in frame:
        frame = frame[frame["B − A"] != 0]
    return award_tables.found(frame, search)
