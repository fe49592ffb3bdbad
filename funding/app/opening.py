"""Opening files: the uploaders, a bar while they are read, and the table of files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from funding.app.intakes import STATES, FileState, file_states, found_in
from funding.app.pairing import Room, foreign_files
from funding.app.parts import file_name, nothing_waits
from funding.app.state import File, Opened, Workbench
from funding.app.text import count, listed, plain
from funding.errors import Fault, FundingError, InputError, Stage, WorkbookRejected
from funding.messages import few
from funding.workbook import Intake, annotate, can_be_marked, marked_names, write_intake
from funding.workbook import Mapping as Pairing
from funding.workbook.intake import Progress
from funding.workbook.mapping import parse_mapping

KINDS = ["xlsx", "csv", "tsv", "txt"]
WORDS = dict(zip(STATES, ("cannot be read", "with faults", "left out", "sound"), strict=True))
_MANY = 3  # files from which a bar is of use

Places = Iterator[DeltaGenerator]


def draw(bench: Workbench) -> None:
    """Choose files, and a mapping for those that are not ours; open them, or the sample."""
    new = len(bench.record.entries)  # once something was opened, a new and closed one
    label = "Open other applications" if bench.opened else "Open applications"
    with st.expander(label, expanded=bench.opened is None, key=f"open {new}"):
        left, right = st.columns([3, 1])
        files = left.file_uploader(
            "Workbooks and CSV files; several are read as one set",
            type=KINDS,
            accept_multiple_files=True,
            key=f"workbooks {new}",
        )
        mapping = right.file_uploader(
            "Mapping, for workbooks of others",
            type=["toml"],
            key=f"mapping {new}",
            help="Optional. It is used for each workbook that has a sheet which it names. "
            "Without one, you can pair the columns of a foreign workbook here.",
        )
        first, second, _ = st.columns([1, 1, 2])
        these = first.button(
            "Open these files", type="primary", disabled=not files, width="stretch"
        )
        if these and nothing_waits(bench):
            given = [(file.name, file.getvalue()) for file in files or []]
            _open(bench, given, mapping.getvalue() if mapping else None)
        is_sample = bench.opened is not None and bench.opened.sample
        sample = second.button("Open the sample fund", disabled=is_sample, width="stretch")
        if sample and nothing_waits(bench):
            bench.open_sample()
            st.rerun()


def _open(bench: Workbench, given: list[File], toml: bytes | None) -> None:
    """Open files; where they are none of ours, go on to pairing their columns."""
    bench.pairing = None
    try:
        mapping = _mapping(toml)
    except InputError as error:
        st.error(listed(f"The mapping cannot be used:\n{error}"))
        return
    try:
        with bar(given) as progress:
            bench.open_files(given, mapping, progress)
    except WorkbookRejected as error:
        foreign = foreign_files(given, mapping)
        if not foreign:
            st.error(listed(str(error)))
            return
        bench.pairing = Room.of(given, foreign)
    except FundingError as error:
        st.error(listed(str(error)))
        return
    st.rerun()


def _mapping(toml: bytes | None) -> Pairing | None:
    """The mapping of an uploaded file. Raises InputError."""
    if toml is None:
        return None
    try:
        return parse_mapping(toml.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError("it cannot be read as text in UTF-8.") from None


def draw_files(bench: Workbench, opened: Opened) -> None:
    """Where several files were read: each with its state, and what can be done about it."""
    states = file_states(opened.intake, opened.set_aside)
    if len(states) < 2:
        return
    worrying = any(state.state in ("cannot be read", "faults") for state in states)
    with st.expander(files_sentence(states), expanded=worrying, key=f"files {worrying}"):
        st.dataframe(
            files_frame(states),
            hide_index=True,
            height=min(320, 38 + 35 * len(states)),
            placeholder="",  # of what is not known, which else reads None
            column_config={
                "File": st.column_config.TextColumn(width="large"),
                "Sheets": st.column_config.TextColumn(width="large"),
            },
        )
        places = iter(st.columns(3))
        _go_on(bench, opened, places)
        _marked(opened, states, places)
        _sound_ones(opened, places)
        lost = [state.file for state in states if state.state == "cannot be read"]
        _offer_pairing(bench, opened, lost)


def files_sentence(states: Sequence[FileState]) -> str:
    """How many files there are, and in which states: ``13 files · 1 cannot be read, 12 sound``."""
    found = [state.state for state in states]
    told = [f"{found.count(state)} {WORDS[state]}" for state in STATES if state in found]
    sole = "all sound" if told == [f"{len(states)} sound"] else ", ".join(told)
    return f"{count(len(states), 'file')} · {sole}"


def files_frame(states: Sequence[FileState]) -> pd.DataFrame:
    """The states as a table; what is not known of a file that cannot be read is blank."""
    rows = [
        (
            s.file,
            s.state,
            s.faults,
            s.notes,
            s.rows if s.sheets else None,
            ", ".join(s.sheets),
        )
        for s in states
    ]
    frame = pd.DataFrame(rows, columns=["File", "State", "Faults", "Notes", "Rows", "Sheets"])
    return frame.astype({"Rows": "Int64"})


def _go_on(bench: Workbench, opened: Opened, places: Places) -> None:
    """Leave out the files with faults, where some without would be left."""
    faulty = opened.intake.faulty_files()
    faulty = tuple(file for file in faulty if file not in opened.intake.left_out)
    kept = [part for part in opened.intake.parts if part.file not in faulty]
    if not faulty:
        return
    what = "file that has" if len(faulty) == 1 else f"{len(faulty)} files that have"
    go = next(places).button(
        f"Go on without the {what} faults",
        disabled=not kept,
        width="stretch",
        help="They stay listed as left out, and come back with a corrected upload or with Undo",
    )
    if go and nothing_waits(bench):
        bench.leave_out_faulty()
        st.rerun()


def _offer_pairing(bench: Workbench, opened: Opened, lost: Sequence[str]) -> None:
    """Of the files that could not be read, those that only need their columns paired."""
    foreign = foreign_files([file for file in opened.files if file[0] in lost], opened.mapping)
    if not foreign:
        return
    text, button = st.columns([3, 1], vertical_alignment="center")
    has = "has" if len(foreign) == 1 else "have"
    text.markdown(
        f"{plain(few(foreign))} {has} none of our sheets, but can be read once "
        f"{'its' if has == 'has' else 'their'} columns are paired with ours."
    )
    if button.button("Pair the columns", width="stretch"):
        bench.pairing = Room.of(opened.files, foreign)
        st.rerun()


def _marked(opened: Opened, states: Sequence[FileState], places: Places) -> None:
    """The marked copy of each file with faults, one by one or all together."""
    ready = marked_copies(opened, [s.file for s in states if s.faults])
    if not ready:
        return
    with next(places).popover(f"Marked copies · {len(ready)}", width="stretch"):
        st.caption("Each workbook with its faults marked, to send back.")
        with st.container(height=300 if len(ready) > 6 else "content", border=False):
            for name, make in ready.items():
                st.download_button(
                    plain(name),
                    make,
                    name,
                    key=f"marked {name}",
                    on_click="ignore",
                    type="tertiary",
                )
        if len(ready) > 1:
            st.download_button(
                "All of them (ZIP)", partial(zipped, ready), "marked-copies.zip", on_click="ignore"
            )


def marked_copies(opened: Opened, files: Sequence[str]) -> dict[str, Callable[[], bytes]]:
    """Name of the copy → what makes it, of each of some files that can be marked."""
    readable = {part.file or opened.files[0][0] for part in opened.intake.parts}
    readable |= {
        name
        for name, found in opened.set_aside.items()
        if not any(fault.blocks and fault.stage == Stage.FILE for fault in found)
    }
    made: dict[str, Callable[[], bytes]] = {}
    for name, data in opened.files:
        if name in files and name in readable and can_be_marked(name):
            found: Sequence[Fault] = opened.set_aside.get(name, ())
            if name not in opened.intake.left_out:
                found = found_in(opened.intake, name)
            made[name] = partial(annotate, data, found)
    return dict(zip(marked_names(list(made)), made.values(), strict=True))


def zipped(copies: Mapping[str, Callable[[], bytes]]) -> bytes:
    """The copies in one archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, make in copies.items():
            archive.writestr(name, make())
    return stream.getvalue()


def _sound_ones(opened: Opened, places: Places) -> None:
    """One workbook of the files that are sound."""
    if opened.rest.sound and not opened.intake.sound:
        with next(places):
            download(opened.rest, "One workbook of what is sound", "sound")


def download(intake: Intake, label: str, key: str) -> None:
    """What is open, as one workbook of ours."""
    whole = intake.applications or intake.plans
    assert whole is not None  # it is given where nothing blocks
    banner = whole.call.fund if "synthetic" in whole.call.fund.casefold() else ""
    kind = "applications" if intake.applications else "to-assess"
    st.download_button(
        label,
        partial(write_intake, intake, banner),
        file_name(whole.call.reference, kind, suffix=".xlsx"),
        key=f"download {key}",
        on_click="ignore",
        width="stretch",
    )


@contextmanager
def bar(files: Sequence[File]) -> Any:
    """A bar that shows how far reading is, where there are many files."""
    if len(files) < _MANY:
        yield None
        return
    shown = st.progress(0.0, "Reading …")

    def step(done: int, total: int, name: str) -> None:
        shown.progress(done / total, plain(f"Reading {name}") if name else "Checking …")

    progress: Progress = step
    try:
        yield progress
    finally:
        shown.empty()
