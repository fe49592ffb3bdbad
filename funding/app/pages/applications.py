"""Page Applications: what is open, its faults and notes, and its sheets as editable grids."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import pandas as pd
import streamlit as st

from funding.app.editor import edited
from funding.app.grids import Change, Sheet, applied, changes, sheet_of
from funding.app.parts import fault_list, file_name
from funding.app.state import SAMPLE, Workbench, workbench
from funding.app.text import count, listed, plain
from funding.applications import SHEETS
from funding.errors import FundingError
from funding.workbook import Intake, annotate, read_tables, write_applications

EDITABLE = [sheet for sheet in SHEETS if sheet != "Fund"]


def show() -> None:
    """Open, look, edit, apply."""
    bench = workbench()
    _open(bench)
    if bench.intake is None:
        return
    grid, beside = st.columns([7, 3])
    with grid:
        sheet = st.segmented_control(
            "Sheet",
            EDITABLE,
            default="Cities",
            key="sheet",
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )
        _grid(bench, sheet or "Cities")
    with beside:
        _beside(bench)


def _open(bench: Workbench) -> None:
    with st.expander("Open other applications", expanded=bench.intake is None):
        files = st.file_uploader(
            "Application workbooks; several are read as one set",
            type=["xlsx"],
            accept_multiple_files=True,
            key="workbooks",
        )
        left, right, _ = st.columns([1, 1, 3])
        if left.button("Open these workbooks", disabled=not files, width="stretch"):
            try:
                bench.open_files([(file.name, file.getvalue()) for file in files or []])
            except FundingError as error:
                st.error(listed(str(error)))
            else:
                st.rerun()
        is_sample = bench.source == SAMPLE and bench.intake is not None
        if right.button("Open the sample fund", disabled=is_sample, width="stretch"):
            bench.open_sample()
            st.rerun()


def _grid(bench: Workbench, name: str) -> None:
    sheet = _sheet(bench, name)
    edited(
        bench,
        _grid_name(bench, name),
        sheet.frame,
        column_config=sheet.config(),
        column_order=sheet.order,
        height=620,
    )
    st.caption(
        "Type into a cell; the last row adds one; select rows at the left to delete them. "
        "Nothing counts until it is applied. \\* must be filled."
    )


def _sheet(bench: Workbench, name: str) -> Sheet:
    assert bench.intake is not None  # the page ends before where nothing is open
    return sheet_of(name, bench.intake.tables.get(name))


def _grid_name(bench: Workbench, name: str) -> str:
    return f"sheet {name} {bench.generation}"


def _pending(bench: Workbench) -> tuple[list[Change], Intake | None]:
    """What was changed in any sheet, and what reading it would give."""
    assert bench.intake is not None  # as above
    found: list[Change] = []
    tables = dict(bench.intake.tables)
    for name in EDITABLE:
        grid = bench.grids.get(_grid_name(bench, name))
        if grid is None:
            continue
        sheet = _sheet(bench, name)
        if own := changes(sheet, grid.latest):
            found += own
            tables[name] = applied(sheet, grid.latest)
    return found, read_tables(tables) if found else None


def _beside(bench: Workbench) -> None:
    found, intake = _pending(bench)
    if intake is None:
        _as_applied(bench)
        return
    st.markdown(f"**{count(len(found), 'change')} not applied yet**")
    frame = pd.DataFrame([asdict(change) for change in found], dtype="string")
    frame.columns = pd.Index(["Sheet", "Row", "Column", "Was", "Becomes"])
    st.dataframe(frame, hide_index=True)
    if intake.faults:
        st.error(
            f"{count(len(intake.faults), 'fault')} to put right before this can be applied; "
            "nothing of it counts until then."
        )
        fault_list(intake.faults)
    left, right = st.columns(2)
    if left.button("Apply", type="primary", disabled=bool(intake.faults), width="stretch"):
        bench.apply(intake, len(found))
        st.toast(f"{count(len(found), 'change')} applied")
        st.rerun()
    if right.button("Discard", width="stretch"):
        bench.renew_grids()
        st.rerun()
    new = [note for note in intake.notes if note not in (bench.intake or intake).notes]
    if new:
        st.markdown(f"**{count(len(new), 'new note')}**")
        fault_list(new)


def _as_applied(bench: Workbench) -> None:
    assert bench.intake is not None  # as above
    faults, notes = bench.intake.faults, bench.intake.notes
    if faults:
        st.error(f"{count(len(faults), 'fault')}: put right here, or in the workbook.")
        fault_list(faults)
        _marked_copies(bench)
    else:
        st.success("No faults")
    st.markdown(f"**{count(len(notes), 'note')}** \u2013 worth a look, nothing is refused")
    if notes:
        fault_list(notes)
    if bench.edits and st.button("Back to the workbook as it was opened"):
        bench.back_to_loaded()
        st.rerun()
    applications = bench.intake.applications
    if applications is not None:
        banner = applications.call.fund if "synthetic" in applications.call.fund.casefold() else ""
        st.download_button(
            "Applications as a workbook",
            partial(write_applications, applications, banner),
            file_name(applications.call.reference, "applications", suffix=".xlsx"),
            on_click="ignore",
        )


def _marked_copies(bench: Workbench) -> None:
    """Each uploaded workbook with its faults marked; only of files as they were opened."""
    if bench.edits or bench.loaded is None:
        return
    found = (*bench.loaded.faults, *bench.loaded.notes)
    for name, data in bench.files:
        own = [fault for fault in found if fault.file in ("", name)]
        st.download_button(
            plain(f"{name} with its faults marked"),
            partial(annotate, data, own),
            file_name(name.removesuffix(".xlsx"), "faults", suffix=".xlsx"),
            on_click="ignore",
        )


show()
