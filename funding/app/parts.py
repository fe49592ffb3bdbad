"""Pieces that several pages draw: results, messages, downloads' names."""

from __future__ import annotations

import re

import streamlit as st

from funding import money
from funding.app.kept import Key, content, kept
from funding.app.results import Failed, Made, known, result
from funding.app.state import Workbench
from funding.app.text import count
from funding.app.workspace import allocation_kept, keep_allocation
from funding.applications import Applications
from funding.awards import Allocation
from funding.scenario import Scenario

_KIND = "allocations"  # as module results keeps them
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
    _note(bench, found, applications, draft.scenario)
    if isinstance(found, Made):
        keep_allocation(found.allocation, name)
    return found


def recall(bench: Workbench) -> None:
    """What was allocated of what is in hand and compared before, by this user or another, is
    known again without being solved."""
    applications = bench.applications
    if applications is None:
        return
    asked: set[Key] = st.session_state.setdefault("recalled", set())
    for name in dict.fromkeys([bench.current, bench.reference, *bench.others]):
        scenario = bench.draft(name).scenario if name in bench.drafts else None
        if scenario is None:
            continue
        key = content(applications, scenario)
        if key not in asked:
            asked.add(key)
            if known(name, applications, scenario) is None:
                found = allocation_kept(applications, scenario)
                if found is not None:
                    kept(_KIND).put(key, found)
        _note(bench, known(name, applications, scenario), applications, scenario)


def _note(
    bench: Workbench, found: Made | Failed | None, applications: Applications, scenario: Scenario
) -> None:
    """What the list of scenarios says of a result."""
    if found is not None:
        key = (applications.digest, scenario.digest)
        bench.briefs[key] = brief(found.allocation) if isinstance(found, Made) else "no allocation"


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
