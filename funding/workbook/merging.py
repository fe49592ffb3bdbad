"""What is made of an intake: one workbook of many, and the call for the forms of the cities."""

from __future__ import annotations

from pathlib import Path

from funding.applications import FORMAT, Call
from funding.errors import ApplicationsFaulty, InputError
from funding.workbook.intake import Intake
from funding.workbook.parsing import parse_call
from funding.workbook.sources import open_workbook
from funding.workbook.tables import FUND
from funding.workbook.writer import write_applications, write_plans


def write_intake(intake: Intake, banner: str = "") -> bytes:
    """One application workbook of all files that were read.

    Where nothing is assessed yet it is the workbook for the ministry to assess: the plans, and
    in sheets Assessment and City record the codes alone. Raises ApplicationsFaulty where a fault
    blocks.
    """
    if intake.applications is not None:
        return write_applications(intake.applications, banner)
    if intake.plans is not None:
        return write_plans(intake.plans, banner)
    raise ApplicationsFaulty(intake.faults)


def read_call(path: Path) -> Call:
    """The call of a workbook's sheet Fund, whatever its other sheets hold.

    Raises ApplicationsFaulty for faults in that sheet, InputError where there is none, and what
    reading a workbook raises.
    """
    tables, _ = open_workbook(path)
    if FUND not in tables:
        raise InputError(f"{path} has no sheet Fund; name a workbook that has one.")
    call, faults = parse_call("", tables[FUND])
    blocking = [fault for fault in faults if fault.blocks]
    if blocking:
        raise ApplicationsFaulty(blocking)
    lacking = [c.header for n, c in Call.columns().items() if c.required and not call.has(n)]
    if lacking:
        raise InputError(f"Sheet Fund of {path} does not give: {', '.join(lacking)}. Fill them in.")
    return Call(**{"workbook_format": FORMAT, **call.values})
