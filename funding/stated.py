"""What an award workbook states, read before anything of it is believed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from funding import money, scenario
from funding.applications import Applications
from funding.errors import InputError, RowsBroken, ScenarioError, UsageError, WorkbookRejected
from funding.report.award_workbook import FORMAT, RUN, SCENARIO
from funding.report.ranges import BY_ACTIVITY, BY_CITY
from funding.scenario import Scenario
from funding.workbook import Contents, Table, contents, read, titles

Cells = Mapping[tuple[int, int], object]  # (row, column), counted from 0 → value; blanks left out
Line = Mapping[str, object]  # header → cell
NO_AMOUNT = -1

_YEAR = re.compile(r"Award (\d{4})", re.ASCII)


@dataclass(frozen=True)
class Stated:
    """What every sheet holds, the applications and the scenario, and the run record by item.

    ``tables`` are the application sheets as they stand, for places to be named; ``activities``
    has the row of sheet Awards by activity of each activity, by its code.
    """

    name: str
    sheets: Mapping[str, Contents]
    applications: Applications
    tables: Mapping[str, Table]
    scenario: Scenario
    run: Mapping[str, str]
    activities: Mapping[str, Line]

    @cached_property
    def awards(self) -> dict[str, int]:
        """Activity code → the award it states [cents]."""
        return {code: amount(line.get("Award")) for code, line in self.activities.items()}

    @cached_property
    def payments(self) -> dict[str, dict[int, int]]:
        """Activity code → the payments above 0 that it states, by year [cents]."""
        found = {}
        for code, line in self.activities.items():
            years = ((_YEAR.fullmatch(header), cell) for header, cell in line.items())
            paid = {int(year[1]): amount(cell) for year, cell in years if year}
            found[code] = {year: part for year, part in paid.items() if part}
        return found


def is_award_workbook(path: Path) -> bool:
    """Whether a file holds the sheets of an award workbook; what cannot be read does not."""
    try:
        return {BY_ACTIVITY, RUN} <= set(titles(path.read_bytes()))
    except (OSError, WorkbookRejected):
        return False


def read_stated(path: Path) -> Stated:
    """What a file states. Raises UsageError where it cannot be read, and as `stated_in`."""
    try:
        data = path.read_bytes()
    except OSError:
        raise UsageError(f"{path} cannot be read; is it there, and may you read it?") from None
    return stated_in(path.name, data)


def stated_in(name: str, data: bytes) -> Stated:
    """What the bytes of a file of this name state.

    Raises InputError where it is no award workbook that this version knows, RowsBroken where its
    applications or scenario are no longer what any award workbook can hold.
    """
    try:
        sheets = contents(data)
        _has_ours(sheets)
        record = rows_of(sheets[RUN].cells)
        run = {str(row[0]): str(row[1]) for row in record if len(row) > 1 and row[0] is not None}
        _known(run)
        lines = _lines(sheets[BY_ACTIVITY].cells)
        intake = read([(name, data)])
    except WorkbookRejected as error:
        raise WorkbookRejected(f"{name}: {error}") from None
    text = "\n".join(
        str(row[0] or "") if row else "" for row in rows_of(sheets[SCENARIO].cells)[1:]
    )
    try:
        given = intake.require()
        return Stated(name, sheets, given, intake.tables, scenario.parse(text), run, lines)
    except ScenarioError as error:
        raise changed(name, [f"{SCENARIO}: {error}"]) from None
    except InputError as error:
        raise changed(name, [str(error)]) from None


def changed(name: str, wrong: list[str]) -> RowsBroken:
    """The error that lists what does not agree in a file."""
    more = [f"… and {len(wrong) - 20} more"] if len(wrong) > 20 else []
    lines = "\n  ".join([*wrong[:20], *more])
    return RowsBroken(f"{name} does not verify:\n  {lines}")


def amount(cell: object) -> int:
    """A cell's amount [cents]; what is no amount counts as NO_AMOUNT, which no award is."""
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        return NO_AMOUNT
    # Excel shows 15 significant digits; a float's noise beyond them is not in the sheet.
    exact = Decimal(format(cell, ".15g")) * money.CENTS
    return int(exact) if exact == exact.to_integral_value() else NO_AMOUNT


def _known(run: Mapping[str, str]) -> None:
    if not re.fullmatch(r"\d{1,9}", run.get("format", ""), re.ASCII):
        raise RowsBroken(f"{RUN}: format is no number, but {run.get('format', 'not there')[:80]}.")
    if int(run["format"]) > FORMAT:
        raise InputError(
            f"This award workbook has format {run.get('format')}; this version reads {FORMAT}."
        )


def _has_ours(sheets: Mapping[str, Contents]) -> None:
    missing = [name for name in (BY_ACTIVITY, BY_CITY, SCENARIO, RUN) if name not in sheets]
    if missing:
        raise InputError(
            f"This is no award workbook: it has no sheet {', '.join(missing)}. "
            "Name a workbook that `funding allocate` wrote."
        )


def rows_of(cells: Cells) -> list[list[object]]:
    """The cells of a sheet row by row, up to its last ones."""
    rows: list[list[object]] = [[] for _ in range(max((r for r, _ in cells), default=-1) + 1)]
    for (r, c), value in sorted(cells.items()):
        rows[r] += [None] * (c - len(rows[r])) + [value]
    return rows


def _lines(cells: Cells) -> dict[str, Line]:
    """Activity code → its row by header."""
    rows = rows_of(cells)
    headers = [str(header) for header in rows[0]] if rows else []
    for header in ("Activity code", "Award"):
        if header not in headers:
            raise RowsBroken(f'{BY_ACTIVITY}: it has no column "{header}" any more.')
    lines: dict[str, Line] = {}
    for row in rows[1:]:
        line = dict(zip(headers, row, strict=False))
        code = line.get("Activity code")
        if code is not None:
            if str(code) in lines:
                raise RowsBroken(f"{BY_ACTIVITY}: {code} stands twice among the awards.")
            lines[str(code)] = line
    return lines
