"""What reading found, as JSON: for ``funding check --json`` and for download."""

from __future__ import annotations

from typing import Any

from funding.errors import Fault, Stage
from funding.workbook.changes import Changes
from funding.workbook.intake import Intake

FORMAT = 1


def as_json(intake: Intake, changes: Changes | None = None) -> dict[str, Any]:
    """Every fault and note with its place, and the changes where they were asked for."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "sound": intake.sound,
        "assessed": intake.plans is None,
        "files": list(intake.files),
        "left_out": list(intake.left_out),
        "faults": [_fault(fault) for fault in intake.faults],
        "notes": [_fault(note) for note in intake.notes],
    }
    if changes is not None:
        told["changes"] = changes.as_json()
    return told


def refused_json(message: str) -> dict[str, Any]:
    """The same where no file could be read: each line of the message is a fault of its file."""
    faults = [Fault("", "", 0, "", line, stage=Stage.FILE) for line in message.splitlines()]
    return {
        "format": FORMAT,
        "sound": False,
        "assessed": False,
        "files": [],
        "left_out": [],
        "faults": [_fault(fault) for fault in faults],
        "notes": [],
    }


def _fault(fault: Fault) -> dict[str, str | int]:
    return {
        "file": fault.file,
        "sheet": fault.sheet,
        "cell": fault.cell,
        "row": fault.row,
        "stage": fault.stage.value,
        "message": fault.message,
    }
