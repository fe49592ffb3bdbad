"""What an award workbook states, read before anything of it is believed."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import openpyxl

from funding import money, scenario
from funding.applications import Applications
from funding.errors import InputError, RowsBroken, ScenarioError, UsageError, WorkbookRejected
from funding.report.award_workbook import FORMAT, RUN, SCENARIO
from funding.report.ranges import BY_ACTIVITY, BY_CITY
from funding.scenario import Scenario
from funding.workbook import Table, read
from funding.workbook.package import check_package

Cells = Mapping[tuple[int, int], object]  # (row, column), counted from 0 → value; blanks left out
Line = Mapping[str, object]  # header → cell


@dataclass(frozen=True)
class Stated:
    """The cells of every sheet, the applications and the scenario, and the run record by item.

    ``tables`` are the application sheets as they stand, for places to be named; ``activities``
    has the row of sheet Awards by activity of each activity, by its code.
    """

    name: str
    sheets: Mapping[str, Cells]
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
            years = {int(h[6:]): amount(cell) for h, cell in line.items() if _is_year(h)}
            found[code] = {year: paid for year, paid in years.items() if paid}
        return found


def is_award_workbook(path: Path) -> bool:
    """Whether a file holds the sheets of an award workbook; what cannot be read does not."""
    try:
        data = path.read_bytes()
        check_package(data)
    except (OSError, WorkbookRejected):
        return False
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    try:
        return {BY_ACTIVITY, RUN} <= set(book.sheetnames)
    finally:
        book.close()


def read_stated(path: Path) -> Stated:
    """What a file states.

    Raises UsageError where it cannot be read, InputError where it is no award workbook that this
    version knows, RowsBroken where its applications or scenario are no longer what any award
    workbook can hold.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise UsageError(f"{path} cannot be read; is it there, and may you read it?") from None
    try:
        check_package(data)
        sheets = _sheets(data)
        run = {
            str(r[0]): str(r[1]) for r in rows_of(sheets[RUN]) if len(r) > 1 and r[0] is not None
        }
        _known(run)
        lines = _lines(sheets[BY_ACTIVITY])
        intake = read([(path.name, data)])
    except WorkbookRejected as error:
        raise WorkbookRejected(f"{path.name}: {error}") from None
    text = "\n".join(str(row[0] or "") if row else "" for row in rows_of(sheets[SCENARIO])[1:])
    try:
        given = intake.require()
        return Stated(path.name, sheets, given, intake.tables, scenario.parse(text), run, lines)
    except ScenarioError as error:
        raise changed(path.name, [f"{SCENARIO}: {error}"]) from None
    except InputError as error:
        raise changed(path.name, [str(error)]) from None


def changed(name: str, wrong: list[str]) -> RowsBroken:
    """The error that lists what does not agree in a file."""
    more = [f"… and {len(wrong) - 20} more"] if len(wrong) > 20 else []
    lines = "\n  ".join([*wrong[:20], *more])
    return RowsBroken(f"{name} does not verify:\n  {lines}")


def amount(cell: object) -> int:
    """A cell's amount [cents]; what is no amount counts as −1, which no award is."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return -1
    # Excel shows 15 significant digits; a float's noise beyond them is not in the sheet.
    exact = Decimal(format(cell, ".15g")) * money.CENTS
    return int(exact) if exact == exact.to_integral_value() else -1


def _known(run: Mapping[str, str]) -> None:
    if not run.get("format", "").isdigit():
        raise RowsBroken(f"{RUN}: format is no number, but {run.get('format')}.")
    if int(run["format"]) > FORMAT:
        raise InputError(
            f"This award workbook has format {run.get('format')}; this version reads {FORMAT}."
        )


def _sheets(data: bytes) -> dict[str, Cells]:
    book = openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=True, keep_links=False
    )
    try:
        missing = [s for s in (BY_ACTIVITY, BY_CITY, SCENARIO, RUN) if s not in book.sheetnames]
        if missing:
            raise InputError(
                f"This is no award workbook: it has no sheet {', '.join(missing)}. "
                "Name a workbook that `funding allocate` wrote."
            )
        return {sheet.title: _cells(sheet) for sheet in book.worksheets}
    finally:
        book.close()


def _cells(sheet: object) -> Cells:
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # read-only sheets have it
    return {
        (r, c): value
        for r, row in enumerate(sheet.iter_rows(values_only=True))  # type: ignore[attr-defined]
        for c, value in enumerate(row)
        if value not in (None, "")
    }


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


def _is_year(header: str) -> bool:
    return header.startswith("Award ") and header[6:].isdigit()
