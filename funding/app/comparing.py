"""Tables of scenarios beside each other: figures, awards, inputs, shares and baselines.

Amounts are in currency units where a column is a number, so that it can be sorted; the names of
scenarios stand over columns as they are, told apart from the fixed headers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

import pandas as pd

from funding import money
from funding.app.scenario_words import differences
from funding.applications import STREAMS
from funding.awards import Allocation
from funding.baselines import Proposal
from funding.compare import (
    BANDS,
    FIGURES,
    ONE_SIDED,
    SHARES,
    AwardChange,
    Comparison,
    Figure,
    Measure,
    input_changes,
    parts_of,
)
from funding.compare.comparison import allocation_value
from funding.linear import Exact

Show = Literal["Values", "Differences", "Both"]

IN_VALUE = ("value", "bound", "fairness")  # figures that only values of one basis can share
MINUS = "−"
SAME = "same"
INPUTS = ("Change", "Where", "Key or code", "Column", "Reference", "Here")
BASELINES = (
    *("Method", "Awarded", "Value", "Of the best", "Activities funded", "Rules held"),
    "Rules not held",
)
BEST = "This tool"


def heads(comparison: Comparison, fixed: Sequence[str] = ()) -> list[str]:
    """What stands over each scenario's column: its name, and of the reference that it is.

    A name that is a fixed header, or stands already, gets a number.
    """
    taken, found = set(fixed), list[str]()
    for at, name in enumerate(comparison.names):
        head = f"{name} (reference)" if at == comparison.reference else name
        number = 1
        while head in taken:
            number += 1
            head = f"{name} ({number})"
        taken.add(head)
        found.append(head)
    return found


# -- figures ----------------------------------------------------------------------------


def figures(comparison: Comparison, show: Show) -> pd.DataFrame:
    """One row a figure, as text with its unit; the reference first among the scenarios.

    ``Differences`` has those in the place of the others' values, ``Both`` has them beside.
    """
    fixed = ("Section", "Figure", "Meaning")
    named = heads(comparison, fixed)
    base, currency = named.pop(comparison.reference), comparison.currency
    rows = []
    for figure in FIGURES:
        row: dict[str, str] = {"Section": figure.section, "Figure": figure.title}
        row[base] = figure_text(figure, figure.of(comparison.base), currency)
        for head, (_, allocation) in zip(named, comparison.others, strict=True):
            if show != "Differences":
                row[head] = figure_text(figure, figure.of(allocation), currency)
            if show != "Values":
                over = head if show == "Differences" else f"Difference: {head}"
                row[over] = _step(comparison, figure, allocation)
        rows.append(row | {"Meaning": figure.meaning})
    return pd.DataFrame(rows, dtype="string")


def moved_figures(comparison: Comparison) -> pd.DataFrame:
    """The figures that differ between the reference and the only other, without its seconds."""
    base, (_, other) = comparison.base, *comparison.others
    rows = []
    for figure in FIGURES:
        step = _step(comparison, figure, other)
        if figure.measure is not Measure.SECONDS and step != SAME:
            before = figure_text(figure, figure.of(base), comparison.currency)
            after = figure_text(figure, figure.of(other), comparison.currency)
            if before != after:
                rows.append((figure.title, before, after, step))
    return pd.DataFrame(rows, columns=["Figure", "Was", "Is", "Difference"], dtype="string")


def figures_numbers(comparison: Comparison) -> pd.DataFrame:
    """The same as numbers, for a spreadsheet: money in currency units, shares of 1."""
    named = heads(comparison, ("Section", "Figure", "Counted in"))
    rows = []
    for figure in FIGURES:
        unit = comparison.currency if figure.measure is Measure.MONEY else str(figure.measure)
        row: dict[str, Any] = {"Section": figure.section, "Figure": figure.title}
        row["Counted in"] = unit
        for head, allocation in zip(named, comparison.allocations, strict=True):
            row[head] = _number(figure, figure.of(allocation))
        rows.append(row)
    return pd.DataFrame(rows)


def figure_text(figure: Figure, value: Exact | float | None, currency: str) -> str:
    """A figure as an analyst reads it; a dash where it has no meaning."""
    if value is None:
        return "–"
    match figure.measure:
        case Measure.MONEY:
            return money.show(Fraction(round(value / money.CENTS) * money.CENTS), currency)
        case Measure.SHARE:
            return money.percent(value)
        case Measure.SECONDS:
            return f"{float(value):.1f} s"
        case Measure.PERSONS:
            return f"{float(value):,.1f}".removesuffix(".0")
        case Measure.COUNT:
            return f"{round(value):,}"


def figure_step(figure: Figure, before: Any, after: Any, currency: str) -> str:
    """The difference of a figure, with its sign; shares in percentage points."""
    if before is None or after is None:
        return "–"
    more = after - before
    if figure.measure is Measure.SHARE:
        shown = f"{abs(float(more)) * 100:.1f} points"
    else:
        shown = figure_text(figure, abs(more), currency)
    zero = not any(digit in shown for digit in "123456789")
    return SAME if zero else f"{'+' if more > 0 else MINUS}{shown}"


def _step(comparison: Comparison, figure: Figure, allocation: Allocation) -> str:
    base = comparison.base
    if figure.key in IN_VALUE and allocation_value(base) != allocation_value(allocation):
        return "–"
    return figure_step(figure, figure.of(base), figure.of(allocation), comparison.currency)


def _number(figure: Figure, value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    return number / money.CENTS if figure.measure is Measure.MONEY else number


# -- winners and losers -----------------------------------------------------------------


def awards(
    comparison: Comparison, changes: Sequence[AwardChange], at: int, *, titles: bool
) -> pd.DataFrame:
    """Every award of the reference beside that of the other at a place among the others.

    The largest differences first; who applied in one only has none and comes last.
    """
    places = [n for n in range(len(comparison.names)) if n != comparison.reference]
    here = places[at]
    ordered = sorted(
        changes,
        key=lambda c: (c.differences[at] is None, -abs(c.differences[at] or 0), c.code),
    )
    data: dict[str, Any] = {"Code": [c.code for c in ordered], "City": [c.city for c in ordered]}
    if titles:
        data["Title"] = [c.title for c in ordered]
    data["Reference"] = _units([c.awards[comparison.reference] for c in ordered])
    data["Here"] = _units([c.awards[here] for c in ordered])
    data["Difference"] = _units([c.differences[at] for c in ordered])
    data["Gain or loss"] = [c.bands[at] for c in ordered]
    return pd.DataFrame(data)


def awards_whole(
    comparison: Comparison, changes: Sequence[AwardChange], *, titles: bool
) -> pd.DataFrame:
    """Every award of every scenario, each other with its difference and band."""
    fixed = ("Code", "City", *(("Title",) if titles else ()))
    named = heads(comparison, fixed)
    data: dict[str, Any] = {"Code": [c.code for c in changes], "City": [c.city for c in changes]}
    if titles:
        data["Title"] = [c.title for c in changes]
    for at, head in enumerate(named):
        data[head] = _units([c.awards[at] for c in changes])
    others = (head for at, head in enumerate(named) if at != comparison.reference)
    for at, head in enumerate(others):
        data[f"Difference: {head}"] = _units([c.differences[at] for c in changes])
        data[f"Gain or loss: {head}"] = [c.bands[at] for c in changes]
    return pd.DataFrame(data)


def bands(comparison: Comparison, cities: Sequence[AwardChange]) -> pd.DataFrame:
    """One row for each other scenario: how many cities are in each band."""
    one_sided = any(ONE_SIDED in change.bands for change in cities)
    columns = (*BANDS, ONE_SIDED) if one_sided else BANDS
    rows = []
    for at, (name, _) in enumerate(comparison.others):
        counts = Counter(change.bands[at] for change in cities)
        rows.append([name, *(counts[band] for band in columns)])
    return pd.DataFrame(rows, columns=["Scenario", *columns])


def _units(amounts: Sequence[int | None]) -> pd.Series[float]:
    values = [None if amount is None else amount / money.CENTS for amount in amounts]
    return pd.Series(values, dtype="Float64")


# -- inputs and shares ------------------------------------------------------------------


def inputs(comparison: Comparison, at: int) -> pd.DataFrame:
    """What differs between the inputs of the reference and of another scenario; without columns
    where only the scenario differs, which has none."""
    frame = _inputs(comparison, at)
    return frame if (frame["Column"] != "").any() else frame.drop(columns="Column")


def inputs_words(comparison: Comparison, at: int) -> pd.DataFrame:
    """What differs between the scenarios of the reference and of another, in words with units."""
    here = comparison.others[at][1].scenario
    found = differences(comparison.base.scenario, here, comparison.currency)
    rows = [(d.where, d.what, d.parent, d.here) for d in found]
    return pd.DataFrame(rows, columns=["Of", "What", "Reference", "Here"], dtype="string")


def _inputs(comparison: Comparison, at: int) -> pd.DataFrame:
    found = input_changes(comparison.base, comparison.others[at][1])
    rows = [(c.change, c.where, c.key, c.field, c.before, c.after) for c in found]
    return pd.DataFrame(rows, columns=list(INPUTS), dtype="string")


def inputs_whole(comparison: Comparison) -> pd.DataFrame:
    """What differs between the inputs of the reference and of every other scenario."""
    frames = [
        _inputs(comparison, at).assign(Scenario=name)[["Scenario", *INPUTS]]
        for at, (name, _) in enumerate(comparison.others)
    ]
    return pd.concat(frames, ignore_index=True)


def shares(comparison: Comparison, by: str) -> pd.DataFrame:
    """One row a group of a kind (a key of `SHARES`): awarded and its share, scenario by scenario.

    A group that a scenario does not know, such as a size class, is missing there.
    """
    named = heads(comparison, (by,))
    found = [parts_of(allocation, SHARES[by]) for allocation in comparison.allocations]
    groups = list(dict.fromkeys(name for parts in found for name in parts))
    if set(groups) <= set(STREAMS):
        groups.sort(key=STREAMS.index)  # as everywhere
    data: dict[str, Any] = {by: groups}
    for head, parts in zip(named, found, strict=True):
        known = [parts.get(group) for group in groups]
        data[head] = _units([part.awarded if part else None for part in known])
        shares = [None if p is None or p.share is None else float(p.share) for p in known]
        data[f"Share: {head}"] = pd.Series(shares, dtype="Float64")
    return pd.DataFrame(data)


# -- baselines --------------------------------------------------------------------------


def baseline_table(allocation: Allocation, found: Sequence[Proposal]) -> pd.DataFrame:
    """The optimum first, then what each method of today would have done on the same rules."""
    given, rules = len(allocation.awards), len(allocation.scenario.rules)
    currency, best = allocation.applications.call.currency, allocation.value

    def row(name: str, spent: int, value: Fraction, funded: int, broken: Sequence[str]) -> Any:
        return (
            name,
            money.show(spent, currency),
            f"{round(value):,}",
            money.percent(value / best, 2) if best else "–",
            f"{funded:,} of {given:,}",
            f"{rules - len(broken)} of {rules}",
            ", ".join(broken) or "none",
        )

    rows = [row(BEST, allocation.spent, best, allocation.funded, ())]
    rows += [row(p.method, p.spent, p.value, p.funded, p.rules_broken) for p in found]
    return pd.DataFrame(rows, columns=list(BASELINES), dtype="string")


def baseline_words(allocation: Allocation, found: Proposal) -> str:
    """What one method would have done, against the optimum, in a sentence."""
    best = allocation.value
    words = f"{found.method} would have funded {found.funded:,} activities"
    words += f" instead of {allocation.funded:,}"
    if best and found.value != best:
        part = (found.value - best) / best
        way = "more" if part > 0 else "less"
        words += f", worth {money.percent(abs(part), 2)} {way} in value"
    elif best:
        words += ", worth the same in value"
    broken = found.rules_broken
    if broken:
        many = "a rule" if len(broken) == 1 else f"{len(broken)} rules"
        return f"{words}, and would have broken {many}: {', '.join(broken)}."
    return f"{words}, and would have held every rule."


# -- searching --------------------------------------------------------------------------


def matching(frame: pd.DataFrame, search: str) -> pd.DataFrame:
    """The rows in which every word of the search occurs in some text, whatever its case."""
    words = search.casefold().split()
    texts = frame.select_dtypes(include=["object", "string"]).fillna("")
    if not words or not len(frame):
        return frame
    joined = texts.agg(" ".join, axis=1).str.casefold()
    for word in words:
        keep = joined.str.contains(word, regex=False)
        frame, joined = frame[keep], joined[keep]
    return frame
