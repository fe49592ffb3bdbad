"""The awards of an allocation as tables, and which of their rows a user asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from funding import money
from funding.app.separated import frame_csv
from funding.app.text import count, plain
from funding.applications import STREAMS
from funding.awards import Allocation
from funding.outcomes import WITHOUT_AWARD

STATUSES = ("full", "reduced", *WITHOUT_AWARD, "no activities")
CODE, OF = "City code", "Activity code"


@dataclass(frozen=True)
class Wanted:
    """Which rows a user wants to see; what is empty leaves all.

    A city has a stream where its plan has an activity of it, and a year where the fund pays it
    something in that year.
    """

    words: str = ""
    streams: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    @property
    def sentence(self) -> str:
        """What is asked for beside the search, in a few words."""
        parts = {
            "stream": self.streams,
            "region": self.regions,
            "size class": self.sizes,
            "status": self.statuses,
            "paid in": [str(year) for year in self.years],
        }
        return "; ".join(f"{name} {' or '.join(found)}" for name, found in parts.items() if found)


@dataclass(frozen=True)
class Choices:
    """What there is to choose from, each in its own order; without choice where it is empty."""

    streams: tuple[str, ...]
    regions: tuple[str, ...]
    sizes: tuple[str, ...]
    statuses: tuple[str, ...]
    years: tuple[int, ...]


def choices(allocation: Allocation) -> Choices:
    """The groups that occur; years only where there are several."""
    given = allocation.applications
    streams = {a.stream for a in given.activities.values()}
    statuses = {outcome.status for outcome in allocation.outcomes.values()}
    statuses |= {allocation.city_status(city) for city in given.cities}
    sizes = {size_class(allocation, city) for city in given.cities}
    years = allocation.years
    return Choices(
        streams=tuple(s for s in STREAMS if s in streams),
        regions=tuple(sorted({city.region for city in given.cities.values()}, key=str.casefold)),
        sizes=tuple(s for s in size_classes(allocation) if s in sizes),
        statuses=tuple(s for s in STATUSES if s in statuses),
        years=years if len(years) > 1 else (),
    )


def size_classes(allocation: Allocation) -> tuple[str, ...]:
    """The size classes of the scenario, the smallest first; none where it has none."""
    classes = tuple(allocation.case.fund.size_classes)
    return (*classes, "metropolis") if classes else ()


def size_class(allocation: Allocation, city: str) -> str:
    """The size class of a city."""
    return allocation.case.fund.size_class(allocation.applications.cities[city].population)


def by_city(allocation: Allocation) -> pd.DataFrame:
    """One row a city, the largest award first; amounts in currency units, shares of 1."""
    given, totals = allocation.applications, allocation.city_totals
    plans = given.plans.values()
    asked = {code: sum(a.requested for a in plan) for code, plan in given.plans.items()}
    data: dict[str, Any] = {
        CODE: list(given.cities),
        "City": [city.name for city in given.cities.values()],
        "Region": [city.region for city in given.cities.values()],
        "Requested": [_units(asked[code]) for code in given.cities],
        "Award": [_units(totals[code]) for code in given.cities],
        "Share": [_share(totals[code], asked[code]) for code in given.cities],
        "Funded": [sum(1 for a in plan if allocation.awards[a.code]) for plan in plans],
        "Activities": [len(plan) for plan in plans],
    }
    for year, paid in _by_year(allocation).items():
        in_year = {
            city: sum(paid.get(a.code, 0) for a in plan) for city, plan in given.plans.items()
        }
        data[str(year)] = [_units(in_year[code]) for code in given.cities]
    data["Status"] = [allocation.city_status(code) for code in given.cities]
    if size_classes(allocation):
        data["Size class"] = [size_class(allocation, code) for code in given.cities]
    return _sorted(pd.DataFrame(data), CODE)


def by_activity(allocation: Allocation) -> pd.DataFrame:
    """One row an activity, the largest award first; amounts in currency units, shares of 1."""
    given = allocation.applications
    activities = given.activities.values()
    data: dict[str, Any] = {
        OF: list(given.activities),
        CODE: [a.city for a in activities],
        "City": [given.cities[a.city].name for a in activities],
        "Title": [a.title for a in activities],
        "Stream": [a.stream for a in activities],
        "Score": [float(given.score(a.code)) for a in activities],
        "Requested": [_units(a.requested) for a in activities],
        "Award": [_units(allocation.awards[a.code]) for a in activities],
        "Share": [_share(allocation.awards[a.code], a.requested) for a in activities],
    }
    for year, paid in _by_year(allocation).items():
        data[str(year)] = [_units(paid.get(a.code, 0)) for a in activities]
    outcomes = [allocation.outcomes[a.code] for a in activities]
    data["Status"] = [outcome.status for outcome in outcomes]
    data["Why"] = [" ".join(outcome.reasons) for outcome in outcomes]
    data["Region"] = [given.cities[a.city].region for a in activities]
    if size_classes(allocation):
        data["Size class"] = [size_class(allocation, a.city) for a in activities]
    return _sorted(pd.DataFrame(data), OF)


def wanted_cities(allocation: Allocation, frame: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    """The rows of `by_city` that are wanted."""
    frame = _in_groups(frame, wanted)
    if wanted.streams:
        plans = allocation.applications.plans.items()
        having = {c for c, plan in plans if any(a.stream in wanted.streams for a in plan)}
        frame = frame[frame[CODE].isin(having)]
    return found(frame, wanted.words)


def wanted_activities(frame: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    """The rows of `by_activity` that are wanted."""
    frame = _in_groups(frame, wanted)
    if wanted.streams:
        frame = frame[frame["Stream"].isin(wanted.streams)]
    return found(frame, wanted.words)


def _in_groups(frame: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    for column, groups in (
        ("Region", wanted.regions),
        ("Size class", wanted.sizes),
        ("Status", wanted.statuses),
    ):
        if groups:
            frame = frame[frame[column].isin(groups)]
    if wanted.years:
        paid = frame[[str(year) for year in wanted.years]]
        frame = frame[(paid > 0).any(axis=1)]
    return frame


def found(frame: pd.DataFrame, search: str) -> pd.DataFrame:
    """The rows in which every word of the search occurs in some text, whatever its case."""
    words = search.casefold().split()
    if not words or frame.empty:
        return frame
    texts = frame.select_dtypes(include=["object", "string"]).fillna("")
    joined = texts.agg(" ".join, axis=1).str.casefold()
    for word in words:
        keep = joined.str.contains(word, regex=False)
        frame, joined = frame[keep], joined[keep]
    return frame


def summary(shown: pd.DataFrame, whole: pd.DataFrame, currency: str, words: tuple[str, str]) -> str:
    """How many rows there are, what they ask for and get, as a sentence; ``words`` are what a
    row is, one and many."""
    asked, got = (round(float(shown[name].sum()) * money.CENTS) for name in ("Requested", "Award"))
    some = count(len(shown), *words)
    if len(shown) < len(whole):
        some = f"{len(shown):,} of {count(len(whole), *words)}"
    return (
        f"{some}: {money.show(got, currency)} awarded of {money.show(asked, currency)} requested."
    )


def as_csv(frame: pd.DataFrame) -> bytes:
    """A table as it stands, for a spreadsheet; amounts without cents as whole numbers."""
    whole = frame.copy()
    for name in frame.select_dtypes("float"):
        if (frame[name].dropna() % 1 == 0).all():
            whole[name] = frame[name].astype("Int64")
    return frame_csv(whole)


def as_text(frame: pd.DataFrame) -> Styler:
    """A table for `st.table`: texts of users escaped, amounts with separators, shares in per cent.

    Columns of numbers stay numbers, which the page shows at the right.
    """
    made = frame.copy()
    formats: dict[Any, str | Callable[[object], str] | None] = {}
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            made[name] = [plain(value) for value in frame[name]]
        elif name in money_columns(frame):
            formats[name] = _amounts(frame[name])
        elif name == "Share":
            formats[name] = _percent
        else:
            formats[name] = _number
    names = {str(name): heading(str(name)) for name in frame.columns}
    return made.rename(columns=names).style.format({names[n]: f for n, f in formats.items()})


def heading(name: str) -> str:
    """A column as people read it."""
    return f"Paid in {name}" if name.isdigit() else _HEADINGS.get(name, name)


_HEADINGS = {"Share": "Of request"}


def _percent(share: Any) -> str:
    # The space does not break, or a narrow column would part number and sign.
    return "–" if math.isnan(share) else money.percent(share).replace(" ", "\u00a0")


def _number(number: Any) -> str:
    return f"{number:,.1f}" if number % 1 else f"{number:,.0f}"


def _amounts(column: pd.Series[float]) -> Callable[[Any], str]:
    """How the amounts of a column are written: all with cents where one has some."""
    places = 2 if any(round(amount * money.CENTS) % money.CENTS for amount in column) else 0
    return lambda amount: money.show(round(amount * money.CENTS), places=places)


def amount_texts(values: Iterable[float]) -> list[str]:
    """Amounts in currency units with separators; all with cents where one has some."""
    cents = [round(value * money.CENTS) for value in values]
    places = 2 if any(amount % money.CENTS for amount in cents) else 0
    return [money.show(amount, places=places) for amount in cents]


def money_columns(frame: pd.DataFrame) -> list[str]:
    """The columns that hold amounts."""
    return [name for name in frame.columns if name in ("Requested", "Award") or name.isdigit()]


def _by_year(allocation: Allocation) -> Mapping[int, Mapping[str, int]]:
    """Year → activity → what is paid [cents]; empty where there is one year only."""
    if len(allocation.years) < 2:
        return {}
    paid: dict[int, dict[str, int]] = {year: {} for year in allocation.years}
    for code, parts in allocation.payments.items():
        for year, amount in parts.items():
            if amount:
                paid[year][code] = amount
    return paid


def _sorted(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    order = frame.sort_values(["Award", code], ascending=[False, True])
    return order.reset_index(drop=True)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _units(cents: int) -> float:
    return cents / money.CENTS
