"""The baselines beside an allocation: what the optimum gains in merit, in funded activities and in
rules held. A table for a sheet, and a block for sheet Summary.

Baselines need no solver, and the same allocation always has the same ones: whoever verifies a
workbook works them out again.
"""

from __future__ import annotations

from collections.abc import Sequence

from funding.awards import Allocation
from funding.baselines import Proposal, baselines
from funding.report.blocks import TABLE, Writer
from funding.report.style import Cell, Field, Kind, Live
from funding.workbook.tables import column_letter

BASELINES = "Baselines"
OPTIMUM = "This tool"
MOST = 1_000  # activities, up to which the baselines are found in about a second
TOLD = 3  # broken rows in words
COLUMNS = (
    Field("Method", Kind.TEXT, 24),
    Field("Awarded", Kind.MONEY, 16),
    Field("Value", Kind.COUNT, 16),
    Field("The optimum gains", Kind.COUNT, 15),
    Field("In per cent", Kind.SHARE, 10),
    Field("Activities funded", Kind.COUNT, 11),
    Field("The optimum funds more", Kind.COUNT, 12),
    Field("Rules in force", Kind.COUNT, 9),
    Field("Rules held", Kind.COUNT, 9),
    Field("The optimum holds more", Kind.COUNT, 12),
    Field("Rules that it could not hold", Kind.WRAPPED, 74),
)
VALUE, GAINS, PART, FUNDED, HELD = 2, 3, 4, 5, 8  # places among them


def baselines_beside(allocation: Allocation, wanted: bool | None) -> Sequence[Proposal]:
    """The baselines, where they are wanted; None: where they are soon found."""
    if wanted is None:
        wanted = len(allocation.awards) <= MOST
    return baselines(allocation) if wanted else ()


def rows_beside(
    allocation: Allocation, proposals: Sequence[Proposal], top: int, start: int = 0
) -> list[list[Cell]]:
    """The optimum, then each baseline and what the optimum gains over it.

    ``top`` is the number of the optimum's row on its sheet, ``start`` the place of its first
    column, counted from 0.
    """
    value, more, _, funded, held = (
        column_letter(start + at) for at in (VALUE, GAINS, PART, FUNDED, HELD)
    )
    rules, best, count = len(allocation.scenario.rules), allocation.value, allocation.funded
    found: list[list[Cell]] = [
        [OPTIMUM, allocation.spent, best, None, None, count, None, rules, rules, None, None]
    ]
    for here, p in enumerate(proposals, top + 1):
        gain = best - p.value
        part = Live(f"{more}{here}/{value}{here}", gain / p.value) if p.value else None
        found.append(
            [
                *(p.method, p.spent, p.value),
                *(Live(f"{value}{top}-{value}{here}", gain), part),
                *(p.funded, Live(f"{funded}{top}-{funded}{here}", count - p.funded)),
                *(rules, p.rules_held),
                *(Live(f"{held}{top}-{held}{here}", rules - p.rules_held), _broken(p) or None),
            ]
        )
    return found


def write_beside(to: Writer, allocation: Allocation, proposals: Sequence[Proposal]) -> None:
    """The block of sheet Summary, whose numbers are those of sheet Baselines."""
    headers = (
        ("What is done without this tool", Kind.TEXT),
        ("Value", Kind.COUNT),
        ("Optimum gains", Kind.SHARE),
        ("Activities funded", Kind.COUNT),
        ("Rules held", Kind.COUNT),
    )
    to.heading("What the optimum gains, on the same rules", headers)
    for number, row in enumerate(rows_beside(allocation, proposals, 2), 2):
        cells: list[tuple[Cell, Kind]] = [(row[0], Kind.TEXT)]
        for at in (VALUE, PART, FUNDED, HELD):
            there, place = row[at], f"{BASELINES}!{column_letter(at)}{number}"
            shown = there.value if isinstance(there, Live) else there
            cells.append((None if shown is None else Live(place, shown), COLUMNS[at].kind))
        to.line(cells)
    if any(p.broken for p in proposals):
        rules = f"A baseline that breaks a rule can be worth more: see sheet {BASELINES}."
        to.line([(rules, Kind.TEXT), *[(None, Kind.TEXT)] * (TABLE - 1)])


def _broken(found: Proposal) -> str:
    """The broken rows in words, the first of many."""
    told = [found.words(use) for use in found.broken]
    more = len(told) - TOLD
    return " ".join(told[:TOLD]) + (f" … and {more:,} more." if more > 0 else "")
