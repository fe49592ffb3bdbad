"""Corrected files: which of the opened ones they replace, and what that would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

import streamlit as st

from funding.app.findings import fault_list
from funding.app.intakes import replaces
from funding.app.opening import KINDS, bar
from funding.app.parts import nothing_waits
from funding.app.record import change_table
from funding.app.state import Correction, File, Opened, Workbench
from funding.app.text import count, listed, plain
from funding.errors import FundingError

FURTHER = "(a further file)"
_UPLOADER = "corrected files"


def draw(bench: Workbench, opened: Opened) -> None:
    """The uploader, and before they count what corrected files would change."""
    waiting = bench.correction is not None
    with st.expander("Corrected files", expanded=waiting):
        several = len(opened.files) > 1
        files = st.file_uploader(
            "Corrected files; each replaces the opened file of its name"
            if several
            else f"Corrected files, in the place of {plain(opened.files[0][0])}",
            type=KINDS,
            accept_multiple_files=True,
            key=f"{_UPLOADER} {bench.corrections}",
            on_change=_forget,
            args=(bench,),
            help="Everything is checked again. Nothing counts before you have seen what changes.",
        )
        given = [(file.name, file.getvalue()) for file in files or []]
        wanted = _plan(opened, given) if given else {}
        if given and st.button("Show what changes", type="primary", disabled=waiting):
            _read(bench, opened, given, wanted)
        if bench.correction is not None:
            _preview(bench, opened, bench.correction)


def _forget(bench: Workbench) -> None:
    """Other files were chosen: what was read of the earlier ones does not hold."""
    bench.correction = None


def _plan(opened: Opened, given: Sequence[File]) -> dict[str, list[File]]:
    """Name of an opened file → what replaces it; the analyst says so where names do not."""
    names = [name for name, _ in opened.files]
    if len(names) == 1:
        return {names[0]: list(given)}
    chosen: dict[str, str] = {}
    for at, (name, _) in enumerate(given):
        found = replaces(name, names)
        if found is None:
            found = st.selectbox(
                f"{plain(name)} has the name of no opened file. It is",
                [FURTHER, *names],
                format_func=lambda file: file if file == FURTHER else f"in the place of {file}",
                key=f"replaces {at} {name}",
            )
        chosen[name] = found
    return plan(given, chosen)


def plan(given: Sequence[File], chosen: Mapping[str, str]) -> dict[str, list[File]]:
    """Name of an opened file → the file that replaces it, under the same name where it is of
    the same kind; a further file stands under its own name."""
    made: dict[str, list[File]] = {}
    for name, data in given:
        file = chosen[name]
        if file == FURTHER:
            made.setdefault(name, []).append((name, data))
        else:
            same = PurePath(name).suffix.lower() == PurePath(file).suffix.lower()
            made.setdefault(file, []).append((file if same else name, data))
    return made


def _read(
    bench: Workbench, opened: Opened, given: Sequence[File], wanted: Mapping[str, Sequence[File]]
) -> None:
    try:
        with bar([*opened.files, *given]) as progress:
            bench.read_corrected(wanted, [name for name, _ in given], progress)
    except FundingError as error:
        st.error(listed(str(error)))
    else:
        st.rerun()


def _preview(bench: Workbench, opened: Opened, correction: Correction) -> None:
    """What would change, what remains wrong, and the two buttons."""
    intake, changes = correction.opened.intake, correction.changes
    was = len(opened.intake.faults)
    now = count(len(intake.faults), "fault") if intake.faults else "no faults"
    before = count(was, "fault") if was else "none"
    st.markdown(
        f"**{plain(', '.join(correction.given))}**  \n"
        f"{plain(changes.sentence[:1].upper() + changes.sentence[1:])}. "
        f"Then there would be {now}; now there {'is' if was == 1 else 'are'} {before}."
    )
    if changes:
        change_table(changes, 300 if len(changes) > 7 else None)
    lost = opened.edits and not correction.opened.edits
    if lost:
        st.warning("Edits made here are not in the file; they are undone where the table says so.")
    if intake.faults:
        st.markdown("**Faults that remain**")
        fault_list(intake.faults, 300)
    left, right, _ = st.columns([1, 1, 3])
    apply = left.button("Apply corrected files", type="primary", width="stretch")
    if apply and nothing_waits(bench):
        bench.apply_corrected()
        st.toast("Corrected files applied")
        st.rerun()
    if right.button("Discard corrected files", width="stretch"):
        bench.discard_correction()
        st.rerun()
