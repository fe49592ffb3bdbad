"""Allocations, kept so that they need not be solved again, and checked again when they come back.

What is kept is what the solver found; all else follows from the applications and the scenario.
An allocation that breaks a rule cannot be made, so none comes back that does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from funding.applications import Applications
from funding.awards import Allocation
from funding.case import Case
from funding.errors import WorkspaceError
from funding.linear import Limit
from funding.proof import Certificate
from funding.scenario import Scenario
from funding.store import blobs

KIND = "allocation"
FORMAT = 1

# What an allocation follows from beside the applications and the scenario.
_MADE_WITH = ("funding", "PuLP", "solver", "evenness")
_TIME_LIMIT = 60.0  # seconds for a certificate that was not asked for before


def inputs_of(applications: Applications, scenario: Scenario) -> str:
    """The hash of all that an allocation follows from: the content, and the versions of this
    tool and its solvers."""
    from funding.run import run_record

    run = run_record(applications, scenario, _TIME_LIMIT)
    made_with = [run[item] for item in _MADE_WITH]
    content = [FORMAT, applications.digest, scenario.digest, made_with]
    return hashlib.sha256(blobs.canonical(content)).hexdigest()


def put(session: Session, allocation: Allocation) -> str:
    """Keep an allocation; its key. The certificate is kept where it was made already."""
    made = "certificate" in vars(allocation)
    return blobs.put_json(
        session,
        {
            "format": FORMAT,
            "awards": dict(allocation.awards),
            "payments": [
                [code, sorted(parts.items())] for code, parts in allocation.payments.items()
            ],
            "status": allocation.status,
            "bound": allocation.bound,
            "best value": allocation.best_value,
            "fair value": allocation.fair_value,
            "seconds": allocation.seconds,
            "run": dict(allocation.run),
            "certificate": _certificate_json(allocation) if made else None,
        },
    )


def get(session: Session, key: str, applications: Applications, scenario: Scenario) -> Allocation:
    """The allocation under a key, of the applications and the scenario that it was made of.

    Raises RowsBroken where it does not hold every rule of them, WorkspaceError where it is of
    others or not whole.
    """
    held = blobs.get_json(session, key, FORMAT)
    if (held["run"]["applications"], held["run"]["scenario"]) != (
        applications.digest,
        scenario.digest,
    ):
        raise WorkspaceError(
            "The allocation that was saved is of other applications or of another scenario. "
            "Open those, or allocate anew."
        )
    case = scenario.case(applications)
    limits = scenario.limits(case)
    return Allocation(
        applications=applications,
        scenario=scenario,
        case=case,
        limits=limits,
        awards={code: held["awards"].get(code, 0) for code in applications.activities},
        payments={code: dict(parts) for code, parts in held["payments"]},
        status=held["status"],
        bound=held["bound"],
        best_value=held["best value"],
        fair_value=held["fair value"],
        seconds=held["seconds"],
        run=held["run"],
        certify=partial(_certificate, held["certificate"], scenario, case, limits),
    )


def _certificate_json(allocation: Allocation) -> list[Any]:
    """The rows that the sheet Certificate has too; a list of none where there is no certificate."""
    from funding.report.certificate_sheet import certificate_rows

    certificate = allocation.certificate
    return [None] if certificate is None else [certificate_rows(certificate)]


def _certificate(
    held: list[Any] | None, scenario: Scenario, case: Case, limits: Sequence[Limit]
) -> Certificate | None:
    from funding.certificate import certificate_of
    from funding.report.certificate_sheet import FIELDS, certificate_from

    if held is None:  # it was not asked for before
        return certificate_of(scenario, case, limits, _TIME_LIMIT)
    (rows,) = held
    if rows is None:
        return None
    return certificate_from([[field.header for field in FIELDS], *rows], case, limits)
