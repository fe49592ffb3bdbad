"""Which of our headers a foreign header probably means: a first proposal, for people to correct."""

from __future__ import annotations

from difflib import SequenceMatcher

from funding.applications import CellKind, Column
from funding.workbook.cells import number
from funding.workbook.tables import Table, Value, is_blank, matching
from funding.workbook.targets import targets, unambiguous

CONFIDENT = 0.85  # likeness of two headers from which one is taken for the other
_LOOKED_AT = 50  # filled cells that must fit the kind of a column
_NUMBERS = (CellKind.MONEY, CellKind.COUNT, CellKind.SCORE, CellKind.DEGREES, CellKind.YEAR)

# What other funds call what we ask for, as it is compared.
_ALSO = {
    "Activity code": ("identifier", "grant identifier", "application number", "project code"),
    "City code": ("recipient org:identifier", "applicant code", "municipality code"),
    "City": ("recipient org:name", "applicant", "municipality", "city name", "name of the city"),
    "Title": ("project title", "project", "activity"),
    "Description": ("project description", "summary"),
    "Theme": ("grant programme:title", "grant programme: title", "sector", "topic"),
    "Total cost": ("total budget", "project cost", "total project cost"),
    "Requested": ("amount applied for", "amount requested", "requested amount", "grant requested"),
    "Own cash": ("own contribution", "cash contribution", "own funds"),
    "Own in kind": ("in kind", "contribution in kind", "in-kind contribution"),
    "Start": ("start date", "planned dates:start date"),
    "End": ("end date", "planned dates:end date"),
    "Population": ("inhabitants",),
    "Funder": ("funding org:name",),
    "Funder identifier": ("funding org:identifier",),
    "Assessment: Score": ("score", "points", "total score"),
}


def suggest(table: Table) -> dict[str, tuple[str, ...]]:
    """Foreign header → the headers of ours that it probably fills; only where that is likely.

    Headers count as alike that are the same, are known names of the same thing, or are written
    nearly the same; the column must not hold anything that ours could not. None of ours is
    given twice: the better likeness, then the earlier column, has it. What is left out is for
    a person to pair.
    """
    scored: list[tuple[float, int, str, str]] = []
    for at, header in enumerate(table.headers):
        if is_blank(header) or table.headers.index(header) != at:
            continue
        values = [v for row in table.rows if not is_blank(v := table.value(row, at))]
        for ours in unambiguous():
            likeness = _likeness(header, ours)
            if likeness >= CONFIDENT and _may_hold(targets(ours)[0].column, values[:_LOOKED_AT]):
                scored.append((-likeness, at, header, ours))
    pairs: dict[str, str] = {}
    for _, _, header, ours in sorted(scored):
        if header not in pairs and ours not in pairs.values():
            pairs[header] = ours
    return {header: (pairs[header],) for header in table.headers if header in pairs}


def _likeness(theirs: str, ours: str) -> float:
    """From 0 to 1; 1 for the same words, a little less for another name of the same thing."""
    word = matching(theirs)
    if word == matching(ours):
        return 1.0
    if word in _ALSO.get(ours, ()):
        return 0.99
    return min(0.98, SequenceMatcher(None, word, matching(ours), autojunk=False).ratio())


def _may_hold(column: Column, values: list[Value]) -> bool:
    """Whether values may belong in a column, seen from afar: numbers where it holds numbers,
    none where it holds dates or words."""
    if column.kind in _NUMBERS:
        return all(
            number(v) is not None or (isinstance(v, str) and any(c.isdigit() for c in v))
            for v in values
        )
    if column.kind in (CellKind.TEXT, CellKind.CODE):
        return True
    return all(number(v) is None for v in values)
