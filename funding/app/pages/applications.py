"""Page Applications: what is open, its faults and notes, its sheets as grids, and the record."""

from __future__ import annotations

import streamlit as st

from funding.app import corrections, opening, pairing_room, record
from funding.app.editor import edited
from funding.app.findings import fault_list, findings
from funding.app.grids import Sheet, applied, sheet_of
from funding.app.record import change_list
from funding.app.state import Opened, Workbench, workbench
from funding.app.text import count, plain
from funding.applications import SHEETS
from funding.messages import few
from funding.workbook import Changes, Intake, changes

EDITABLE = [sheet for sheet in SHEETS if sheet != "Fund"]

_LOW, _TALL, _ROW = 220, 620, 35  # pixels: a grid at least and at most, and a row of it


def show() -> None:
    """Open, look, edit, apply."""
    bench = workbench()
    if bench.pairing is not None:
        pairing_room.draw(bench, bench.pairing)
        return
    opened = bench.opened
    bench.unapplied = len(_pending(bench, opened)[0]) if opened else 0
    opening.draw(bench)
    opened = bench.opened
    if opened is None:
        st.info("Nothing is open. Choose files above, or open the sample fund.")
        return
    _state(opened)
    opening.draw_files(bench, opened)
    corrections.draw(bench, opened)
    grid, beside = st.columns([2, 1])
    with grid:
        sheet = st.radio(
            "Sheet",
            EDITABLE,
            horizontal=True,
            key="sheet",
            label_visibility="collapsed",
            persist_state="session",
        )
        _grid(bench, opened, sheet or "Cities")
    with beside:
        _beside(bench, opened)
    record.draw(bench)


def _state(opened: Opened) -> None:
    """What keeps the applications from being the whole of what was handed in."""
    intake = opened.intake
    if intake.left_out:
        names = few(intake.left_out)
        are = "is" if len(intake.left_out) == 1 else "are"
        st.warning(
            f"Left out, as {'it has' if are == 'is' else 'they have'} faults: {plain(names)}. "
            f"Nothing of {'it' if are == 'is' else 'them'} counts."
        )
    if intake.plans is not None:
        st.info(
            "These plans are sound and not assessed yet, so there is no allocation. "
            "Edit them here; then download the workbook to assess and fill in its sheets "
            "Assessment and City record."
        )


def _grid(bench: Workbench, opened: Opened, name: str) -> None:
    sheet = _sheet(opened, name)
    edited(
        bench,
        _grid_name(bench, name),
        sheet.frame,
        column_config=sheet.config(),
        column_order=sheet.order,
        height=min(_TALL, max(_LOW, _ROW * (len(sheet.frame) + 2) + 3)),
    )
    st.caption(
        "Type into a cell; the last row adds one; select rows at the left to delete them. "
        "Nothing counts until it is applied. \\* must be filled."
    )


def _sheet(opened: Opened, name: str) -> Sheet:
    return sheet_of(name, opened.intake.tables.get(name))


def _grid_name(bench: Workbench, name: str) -> str:
    return f"sheet {name} {bench.generation}"


def _pending(bench: Workbench, opened: Opened) -> tuple[Changes, Intake | None]:
    """What was changed in any sheet, and what reading it would give."""
    tables = dict(opened.intake.tables)
    for name in EDITABLE:
        grid = bench.grids.get(_grid_name(bench, name))
        if grid is None or grid.latest is grid.base:
            continue
        table = applied(_sheet(opened, name), grid.latest)
        if table is not None:
            tables[name] = table
    if all(table is opened.intake.tables.get(name) for name, table in tables.items()):
        return Changes(), None
    found = changes(opened.intake.tables, tables)
    return found, bench.edit(tables) if found else None


def _beside(bench: Workbench, opened: Opened) -> None:
    found, intake = _pending(bench, opened)
    bench.unapplied = len(found)
    if intake is None:
        findings(opened.intake)
        _download(opened)
        return
    st.markdown(f"**{count(len(found), 'change')} not applied yet**")
    st.caption(plain(found.sentence[:1].upper() + found.sentence[1:]))
    change_list(found)
    known = set(opened.intake.faults)
    new = [fault for fault in intake.faults if fault not in known]
    if new:
        st.error(
            f"{count(len(new), 'fault')} to put right before this can be applied; "
            "nothing of it counts until then."
        )
        fault_list(new)
    elif intake.faults:
        st.info(f"{count(len(intake.faults), 'fault')} would remain, none of them new.")
    left, right = st.columns(2)
    if left.button("Apply", type="primary", disabled=bool(new), width="stretch"):
        bench.apply(intake, found)
        st.toast(f"{count(len(found), 'change')} applied")
        st.rerun()
    if right.button("Discard", width="stretch"):
        bench.renew_grids()
        st.rerun()
    notes = [note for note in intake.notes if note not in opened.intake.notes]
    if notes:
        st.markdown(f"**{count(len(notes), 'new note')}**")
        fault_list(notes)


def _download(opened: Opened) -> None:
    """What is open as one workbook; marked copies where one file was opened."""
    if opened.intake.sound:
        label = "Workbook to assess" if opened.intake.plans else "Applications as a workbook"
        opening.download(opened.intake, label, "all")
    elif len(opened.files) == 1 and not opened.edits:
        for name, make in opening.marked_copies(opened, [opened.files[0][0]]).items():
            st.download_button(
                "Your file with its faults marked",
                make,
                name,
                on_click="ignore",
                width="stretch",
            )


show()
