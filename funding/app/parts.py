"""Pieces that several pages draw: results, messages, downloads' names."""

from __future__ import annotations

import re

import streamlit as st

from funding import money
from funding.app.results import Failed, Made, result
from funding.app.state import Workbench
from funding.app.text import count
from funding.app.workspace import keep_allocation
from funding.awards import Allocation

_UNFIT = re.compile(r"[^\w.-]+")


def result_of(bench: Workbench, name: str) -> Made | Failed | None:
    """A scenario's allocation for what is applied now, or what keeps it from having one.

    ``name`` is the scenario's in the list. None while there are no sound, assessed applications.
    """
    applications = bench.applications
    if applications is None:
        return None
    draft = bench.draft(name)
    if draft.scenario is None:
        return Failed(name, draft.problem)
    found = result(name, applications, draft.scenario)
    key = (applications.digest, draft.scenario.digest)
    bench.briefs[key] = brief(found.allocation) if isinstance(found, Made) else "no allocation"
    if isinstance(found, Made):
        keep_allocation(found.allocation, name)
    return found


def brief(allocation: Allocation) -> str:
    """An allocation in a few words: ``11,999,800 EUR to 70 of 123 cities``."""
    given = allocation.applications
    spent = money.show(allocation.spent, given.call.currency)
    return f"{spent} to {allocation.served:,} of {count(len(given.cities), 'city', 'cities')}"


def no_applications(bench: Workbench) -> None:
    """Why nothing can be allocated."""
    intake = bench.intake
    if intake is None:
        st.error("Nothing is open, so there is no allocation. Open files on page Applications.")
    elif intake.faults:
        found = count(len(intake.faults), "fault")
        st.error(
            f"The applications have {found}, so there is no allocation. "
            "Page Applications lists what to do."
        )
    else:
        st.info(
            "The plans are not assessed yet, so there is no allocation. "
            "Download the workbook to assess on page Applications, fill in its sheet Assessment, "
            "and open it."
        )


def nothing_waits(bench: Workbench) -> bool:
    """Whether no edit of a grid waits to be applied; one that does would be lost, and is told."""
    if bench.unapplied:
        st.warning(
            f"{count(bench.unapplied, 'change')} in the sheets below would be lost: apply or "
            "discard them first."
        )
    return not bench.unapplied


def file_name(*parts: str, suffix: str) -> str:
    """A file name of plain characters from texts of users."""
    stem = "-".join(_UNFIT.sub("-", part).strip("-. ") for part in parts if part)
    return f"{stem[:80] or 'funding'}{suffix}"
