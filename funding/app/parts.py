"""Pieces that several pages draw: results, messages, downloads' names."""

from __future__ import annotations

import re

import streamlit as st

from funding.app.results import SIDES, Failed, Made, result
from funding.app.state import Workbench
from funding.app.text import count

_UNFIT = re.compile(r"[^\w.-]+")


def results(bench: Workbench) -> list[Made | Failed]:
    """The results of both sides for what is applied now, or what keeps a side from having one."""
    applications = bench.intake.applications if bench.intake else None
    if applications is None:
        return []
    made: list[Made | Failed] = []
    for side in SIDES:
        draft = bench.draft(side)
        if draft.scenario is None:
            name = str(draft.tables.get("name", draft.original.name))
            made.append(Failed(side, name, draft.problem))
        else:
            made.append(result(side, applications, draft.scenario))
    return made


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
