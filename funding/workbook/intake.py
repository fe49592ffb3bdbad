"""Applications from workbooks: every fault and note, and the applications where none blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from funding.applications import (
    FORMAT,
    REQUIRED_SHEETS,
    SHEETS,
    Activity,
    Applications,
    Assessment,
    AssessorScore,
    Call,
    City,
    CityRecord,
)
from funding.errors import ApplicationsFaulty, Fault, InputError, WorkbookRejected
from funding.workbook.cells import shown
from funding.workbook.parsing import Parsed, newer_format, parse_call, parse_sheet
from funding.workbook.reader import Source, read_cells
from funding.workbook.relations import Relations
from funding.workbook.tables import FUND, Table, merged

Part = tuple[str, Mapping[str, Table]]


@dataclass(frozen=True)
class Intake:
    """What reading gave.

    ``faults`` block and must be put right; ``notes`` need not be. ``applications`` is None
    where a fault blocks. ``tables`` are the raw cells as they stand, by sheet.
    """

    applications: Applications | None
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    tables: Mapping[str, Table]

    def require(self) -> Applications:
        """The applications. Raises ApplicationsFaulty, with every fault, where there are none."""
        if self.applications is None:
            raise ApplicationsFaulty(self.faults)
        return self.applications


def read(sources: Sequence[Source]) -> Intake:
    """Read one or several workbooks as one set of applications.

    A source is a path, or a name with the bytes of a workbook. Rows of several workbooks are
    joined, their sheets Fund must agree, and each fault names its file. Raises
    WorkbookRejected for files that are no safe workbooks, UsageError for missing files.
    """
    if not sources:
        raise InputError("No workbook was given.")
    parts: list[Part] = []
    found: list[Fault] = []
    rejected: list[str] = []
    for source in sources:
        try:
            file, tables, faults = read_cells(source, named=len(sources) > 1)
        except WorkbookRejected as error:
            rejected.append(str(error))
        else:
            parts.append((file, tables))
            found += faults
    if rejected:
        raise WorkbookRejected("\n".join(rejected))
    return _intake(parts, found)


def read_tables(tables: Mapping[str, Table], file: str = "") -> Intake:
    """The same checks on raw tables, such as the workbench's grids after an edit."""
    return _intake([(file, tables)], [])


def _intake(parts: Sequence[Part], found: Sequence[Fault]) -> Intake:
    tables = merged(parts)
    newer = [newer_format(file, part[FUND]) for file, part in parts if FUND in part]
    if any(newer):
        return Intake(None, tuple(fault for fault in newer if fault), (), tables)
    call, faults = _call(parts)
    rows: dict[str, list[Parsed]] = {sheet: [] for sheet in SHEETS}
    known = set(SHEETS)
    for sheet in list(SHEETS)[1:]:
        having = [(file, part[sheet]) for file, part in parts if sheet in part]
        for file, table in having:
            made = parse_sheet(sheet, file, table, call.values.get("currency", ""))
            rows[sheet] += made.rows
            faults += made.faults
            if not made.codes_known:
                known.discard(sheet)
        if sheet in REQUIRED_SHEETS and not having:
            known.discard(sheet)
            faults.append(Fault("", sheet, 0, "", "the workbook has no such sheet; expected one"))
        elif sheet in ("Cities", "Activities") and not rows[sheet] and sheet in known:
            faults.append(Fault("", sheet, 0, "", "the sheet has no rows; expected at least one"))
    faults += [*found, *Relations(call, rows, frozenset(known)).faults()]
    faults = sorted(set(faults), key=_order)
    blocking = tuple(fault for fault in faults if fault.blocks)
    notes = tuple(fault for fault in faults if not fault.blocks)
    applications = None if blocking else _applications(call, rows)
    return Intake(applications, blocking, notes, tables)


def _call(parts: Sequence[Part]) -> tuple[Parsed, list[Fault]]:
    """The call that all sheets Fund agree on, and the faults where they do not."""
    faults: list[Fault] = []
    calls: list[Parsed] = []
    for file, part in parts:
        if FUND in part:
            call, own = parse_call(file, part[FUND])
            calls.append(call)
            faults += own
        elif len(parts) > 1:
            message = "no sheet Fund; its amounts are taken to be in the fund's currency"
            faults.append(Fault(file, FUND, 0, "", message, blocks=False))
    if not calls:
        faults.append(Fault("", FUND, 0, "", "the workbook has no such sheet; expected one"))
        return Parsed(FUND, "", 1, whole=False), faults
    agreed = Parsed(FUND, calls[0].file, 1, whole=all(call.whole for call in calls))
    for name, column in Call.columns().items():
        _agree(agreed, calls, name, column.header, column.required, faults)
    return agreed, faults


def _agree(
    agreed: Parsed,
    calls: Sequence[Parsed],
    name: str,
    header: str,
    required: bool,
    faults: list[Fault],
) -> None:
    """Take a setting from the first sheet Fund that gives it; the others must say the same."""
    giving = [call for call in calls if name in call.values]
    tried = [call for call in calls if name in call.cells]
    if giving:
        agreed.values[name] = giving[0].values[name]
        agreed.cells[name] = giving[0].cells[name]
    elif not required:
        agreed.values[name] = Call.model_fields[name].get_default()
    elif not tried:
        message = f"no setting {header}; expected a row that gives it"
        faults.append(Fault(calls[0].file, FUND, 0, "", message))
    for other in giving[1:]:
        if other.values[name] != agreed.values[name]:
            faults.append(
                other.fault(
                    name,
                    f"{header} is {shown(other.values[name])}; expected "
                    f"{shown(agreed.values[name])} as in {giving[0].place(name)}",
                )
            )


def _order(fault: Fault) -> tuple[Any, ...]:
    """Faults in the order in which the workbook is looked through."""
    sheets = list(SHEETS)
    at = sheets.index(fault.sheet) if fault.sheet in SHEETS else len(sheets)
    letters = fault.cell.rstrip("0123456789")
    return (fault.file, at, fault.sheet, fault.row, len(letters), letters, fault.message)


def _applications(call: Parsed, rows: Mapping[str, Sequence[Parsed]]) -> Applications:
    return Applications.of(
        Call(**{"workbook_format": FORMAT, **call.values}),
        [City(**row.values) for row in rows["Cities"]],
        [Activity(**row.values) for row in rows["Activities"]],
        [Assessment(**row.values) for row in rows["Assessment"]],
        [CityRecord(**row.values) for row in rows["City record"]],
        [AssessorScore(**row.values) for row in rows["Scores"]],
    )
