"""Pieces that several pages draw: faults in a list, messages, downloads' names."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from funding.app.results import SIDES, Failed, Made, result
from funding.app.state import Workbench
from funding.app.text import count, plain
from funding.errors import Fault

_LISTED = 100  # faults on screen at once
_UNFIT = re.compile(r"[^\w.-]+")


def fault_list(faults: Sequence[Fault]) -> None:
    """Faults or notes, each with its place."""
    with st.container(height=420 if len(faults) > 6 else "content", border=True):
        for fault in faults[:_LISTED]:
            st.markdown(f"**{plain(fault.place)}**  \n{plain(fault.message)}")
        if len(faults) > _LISTED:
            st.markdown(f"… and {len(faults) - _LISTED:,} more, shown when these are put right.")


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
    faults = len(bench.intake.faults) if bench.intake else 0
    found = f"The applications have {count(faults, 'fault')}" if faults else "Nothing is open"
    st.error(f"{plain(found)}, so there is no allocation. Page Applications lists what to do.")


def file_name(*parts: str, suffix: str) -> str:
    """A file name of plain characters from texts of users."""
    stem = "-".join(_UNFIT.sub("-", part).strip("-. ") for part in parts if part)
    return f"{stem[:80] or 'funding'}{suffix}"
