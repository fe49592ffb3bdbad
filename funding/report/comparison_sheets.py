"""The tables of the comparison workbook: inputs, shares, awards and baselines."""

from __future__ import annotations

from collections.abc import Sequence

from funding.awards import Allocation
from funding.baselines import Proposal
from funding.compare import SHARES, AwardChange, Comparison, input_changes, parts_of
from funding.report.beside import COLUMNS, rows_beside
from funding.report.ranges import column_range
from funding.report.style import HIGHEST_ROW, Cell, Field, Kind, Live
from funding.workbook.tables import column_letter

INPUTS, SHARED = "Inputs", "Shares"
CITIES, ACTIVITIES = "Awards by city", "Awards by activity"
SAME_INPUTS = "The inputs of all scenarios are the same."
DIFFERENCE = "Difference: "
WIDTH = 19  # of a column with a scenario's name over it

INPUT_FIELDS = (
    Field("Scenario", Kind.WRAPPED, 34),
    Field("Change", Kind.TEXT, 11),
    Field("Where", Kind.TEXT, 14),
    Field("Key or code", Kind.WRAPPED, 44),
    Field("Column", Kind.WRAPPED, 22),
    Field("Reference", Kind.WRAPPED, 44),
    Field("Here", Kind.WRAPPED, 44),
)
BASELINE_FIELDS = (Field("Scenario", Kind.WRAPPED, 36), *COLUMNS)


def height_of_names(names: Sequence[str]) -> float:
    """The height of a row of headers with names over columns of `WIDTH` [points]."""
    longest = max(map(len, names), default=0)
    return min(HIGHEST_ROW, 14 * (1 + longest // (WIDTH - 3)) + 3)


def input_rows(comparison: Comparison) -> list[list[Cell]]:
    """One row for each input that differs from the reference, scenario by scenario."""
    return [
        [name, c.change, c.where, c.key, c.field, c.before, c.after]
        for name, allocation in comparison.others
        for c in input_changes(comparison.base, allocation)
    ]


def share_fields(comparison: Comparison) -> tuple[Field, ...]:
    """The columns of sheet Shares: awarded and its share, for each scenario."""
    fields = [Field("By", Kind.TEXT, 20), Field("Group", Kind.WRAPPED, 30)]
    for name in comparison.names:
        fields += [Field(name, Kind.MONEY, WIDTH), Field("Share of awards", Kind.SHARE, 10)]
    return tuple(fields)


def share_rows(comparison: Comparison) -> list[list[Cell]]:
    """One row a group of each kind: what it is awarded in each scenario, and its share.

    A group that a scenario does not know, such as a size class, stays blank there.
    """
    rows: list[list[Cell]] = []
    for title, attribute in SHARES.items():
        parts = [parts_of(allocation, attribute) for allocation in comparison.allocations]
        for group in dict.fromkeys(name for found in parts for name in sorted(found)):
            row: list[Cell] = [title, group]
            for found in parts:
                part = found.get(group)
                row += [part.awarded, part.share] if part else [None, None]
            rows.append(row)
    return rows


def award_fields(comparison: Comparison, *, titles: bool) -> tuple[Field, ...]:
    """The columns of a sheet of awards: one for each scenario, then differences and bands."""
    fields = [Field("Activity code" if titles else "City code", Kind.TEXT, 12)]
    fields.append(Field("City", Kind.TEXT, 22))
    fields += [Field("Title", Kind.WRAPPED, 40)] if titles else []
    fields += [Field(name, Kind.MONEY, WIDTH) for name in comparison.names]
    for name, _ in comparison.others:
        fields.append(Field(f"{DIFFERENCE}{name}", Kind.MONEY, WIDTH))
        fields.append(Field("Gain or loss", Kind.TEXT, 21))
    return tuple(fields)


def award_rows(
    comparison: Comparison, changes: Sequence[AwardChange], *, titles: bool
) -> list[list[Cell]]:
    """One row a city or activity; differences are formulas over the awards."""
    start = 3 if titles else 2
    base = column_letter(start + comparison.reference)
    places = [at for at in range(len(comparison.names)) if at != comparison.reference]
    rows = list[list[Cell]]()
    for number, change in enumerate(changes, 2):
        row: list[Cell] = [change.code, change.city]
        row += [change.title] if titles else []
        row += change.awards
        for at, more, band in zip(places, change.differences, change.bands, strict=True):
            here = f"{column_letter(start + at)}{number}"
            row.append(None if more is None else Live(f"{here}-{base}{number}", more))
            row.append(band or None)
        rows.append(row)
    return rows


def award_total(
    comparison: Comparison, sheet: str, changes: Sequence[AwardChange], *, titles: bool
) -> list[Cell]:
    """The totals under a sheet of awards."""
    start = 3 if titles else 2
    count = len(changes)

    def total(column: int, value: int) -> Live:
        return Live(f"SUM({column_range(sheet, column, count)})", value)

    cells: list[Cell] = [None, "Total", *([None] if titles else [])]
    cells += [total(start + at, a.spent) for at, a in enumerate(comparison.allocations)]
    first = start + len(comparison.names)
    for at in range(len(comparison.others)):
        more = sum(change.differences[at] or 0 for change in changes)
        cells += [total(first + 2 * at, more), None]
    return cells


def baseline_rows(
    named: Sequence[tuple[str, Allocation, Sequence[Proposal]]],
) -> list[list[Cell]]:
    """For each scenario its optimum, then each baseline and what the optimum gains over it."""
    rows = list[list[Cell]]()
    for name, allocation, proposals in named:
        top = len(rows) + 2
        rows += [[name, *row] for row in rows_beside(allocation, proposals, top, start=1)]
    return rows
