"""Faults and notes beside the data: by stage, filtered by file and sheet, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

import streamlit as st

from funding.app.text import count, plain
from funding.applications import SHEETS
from funding.errors import Fault, Stage
from funding.workbook import Intake, as_json

STAGES = {
    Stage.FILE: "File",
    Stage.SHEETS: "Sheets",
    Stage.COLUMNS: "Columns",
    Stage.CELLS: "Cells",
    Stage.RELATIONS: "Relations",
}
MOST = 40  # faults of a stage on screen at once
_ALL = "All"
_WHOLE = "(whole files)"


def by_stage(found: Sequence[Fault]) -> dict[Stage, list[Fault]]:
    """Stage → its faults, in the order of the stages; only stages that have some."""
    grouped = {stage: [fault for fault in found if fault.stage == stage] for stage in STAGES}
    return {stage: faults for stage, faults in grouped.items() if faults}


def sheets_of(found: Sequence[Fault]) -> list[str]:
    """The sheets that faults are in, ours first and in their order; empty: whole files."""
    own = {fault.sheet for fault in found}
    order = {sheet: at for at, sheet in enumerate(SHEETS)}
    return sorted(own, key=lambda sheet: (order.get(sheet, len(order)), sheet))


def files_of(found: Sequence[Fault]) -> list[str]:
    """The files that faults are in, in their order."""
    return [file for file in dict.fromkeys(fault.file for fault in found) if file]


def chosen(found: Sequence[Fault], file: str | None, sheet: str | None) -> list[Fault]:
    """The faults of a file and a sheet; None for any."""
    return [fault for fault in found if file in (None, fault.file) and sheet in (None, fault.sheet)]


def fault_list(found: Sequence[Fault], height: int = 420) -> None:
    """Faults or notes by stage, each with its place; of many the first of each stage."""
    grouped = by_stage(found)
    shown = sum(min(len(faults), MOST) for faults in grouped.values())
    with st.container(height=height if shown > 5 else "content", border=True):
        for stage, faults in grouped.items():
            st.caption(f"{STAGES[stage]} · {len(faults):,}")
            for fault in faults[:MOST]:
                place = f"**{plain(fault.place)}**  \n" if fault.place else ""
                st.markdown(f"{place}{plain(fault.message)}")
            if len(faults) > MOST:
                st.markdown(f"… and {len(faults) - MOST:,} more; the list as JSON has all.")


def findings(intake: Intake) -> None:
    """All that is to say of what is open: how the files were read, faults, other notes."""
    faults, notes = _filtered(intake)
    reading = [note for note in notes if note.stage == Stage.FILE]
    other = [note for note in notes if note.stage != Stage.FILE]
    if reading:
        st.markdown(f"**How the files were read** · {count(len(reading), 'note')}")
        fault_list(reading, 200)
    if faults:
        st.error(f"{count(len(faults), 'fault')}: put right here, or in the file.")
        fault_list(faults)
    elif not intake.faults:
        st.success("No faults")
    else:
        st.info("No faults in what is chosen.")
    if other:
        more = "other note" if reading else "note"
        st.markdown(f"**{count(len(other), more)}** \u2013 worth a look, nothing is refused")
        fault_list(other)
    elif not notes:
        st.caption("No notes")
    if intake.faults or intake.notes:
        st.download_button(
            "Faults and notes as JSON",
            partial(json_of, intake),
            "faults.json",
            "application/json",
            on_click="ignore",
            width="stretch",
            help="All of them, whatever is chosen above; as `funding check --json` writes them",
        )


def json_of(intake: Intake) -> bytes:
    """Every fault and note, as ``funding check --json`` writes them."""
    return json.dumps(as_json(intake), indent=2, ensure_ascii=False).encode("utf-8")


def _filtered(intake: Intake) -> tuple[list[Fault], list[Fault]]:
    """Faults and notes of the chosen file and sheet."""
    found = [*intake.faults, *intake.notes]
    files, sheets = files_of(found), sheets_of(found)
    file: str | None = None
    sheet: str | None = None
    if len(files) > 1 or len(sheets) > 1:
        left, right = st.columns(2)
        if len(files) > 1:
            file = _choice(left, "In file", files)
        if len(sheets) > 1:
            sheet = _choice(right if len(files) > 1 else left, "In sheet", sheets)
    return chosen(intake.faults, file, sheet), chosen(intake.notes, file, sheet)


def _choice(place: st.delta_generator.DeltaGenerator, label: str, options: list[str]) -> str | None:
    """One of some names, or None for all of them."""
    words = {_ALL: None} | {option or _WHOLE: option for option in options}
    key = f"findings {label}"
    if st.session_state.get(key, _ALL) not in words:
        st.session_state[key] = _ALL
    picked = place.selectbox(label, list(words), key=key, persist_state="session")
    return words[picked or _ALL]
