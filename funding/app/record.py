"""The record of changes: every step that counted in this session, its changes, as CSV."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from funding.app.parts import file_name, nothing_waits
from funding.app.separated import as_csv
from funding.app.state import Workbench
from funding.app.text import count, plain
from funding.messages import few
from funding.workbook import Changes
from funding.workbook.record import HEADERS, Change, Entry, Record

SHOWN = 500  # changes in a table on screen at once
LISTED = 40  # changes in a list
_STEPS = ("Step", "Time (UTC)", "What", "Files", "Changes")


def sentence(entry: Entry) -> str:
    """What a step changed, in a few words."""
    if entry.action == "opened":
        return "a new set of applications" if entry.files else ""
    if entry.action == "undone" and not entry.changes:
        return "back to what was open before"
    return entry.changes.sentence


def steps(record: Record) -> pd.DataFrame:
    """The steps as a table, the latest first."""
    rows = [
        (
            number,
            f"{entry.time:%Y-%m-%d %H:%M:%S}",
            entry.action,
            few(entry.files),
            sentence(entry),
        )
        for number, entry in enumerate(record.entries, 1)
    ]
    return pd.DataFrame(rows[::-1], columns=list(_STEPS))


def record_csv(record: Record) -> bytes:
    """Every step with each of its changes, one a line, for a spreadsheet."""
    rows = list[tuple[str, ...]]()
    blank = ("",) * len(HEADERS)
    for number, entry in enumerate(record.entries, 1):
        head = (
            str(number),
            f"{entry.time:%Y-%m-%d %H:%M:%S}",
            entry.action,
            ", ".join(entry.files),
            sentence(entry),
        )
        rows += [(*head, *row) for row in entry.changes.rows() or [blank]]
    return as_csv((*_STEPS, *HEADERS), rows)


def change_list(changes: Changes) -> None:
    """Changes on screen where there is little room: the first of them, one below the other."""
    some = changes.entries[:LISTED]
    with st.container(height=320 if len(some) > 4 else "content", border=True):
        for change in some:
            st.markdown(change_words(change))
        if len(changes) > LISTED:
            st.markdown(f"… and {len(changes) - LISTED:,} more.")


def change_words(change: Change) -> str:
    """A change in two lines of Markdown: where, and what."""
    sheet, kind, label, column, before, after, *_ = change.row()
    where = f"**{plain(sheet)} · {plain(label)}**"
    if kind == "changed cell":
        what = f"{plain(column)}: {plain(before) or 'blank'} → {plain(after) or 'blank'}"
    else:
        what = f"{kind}: {plain(before or after)}"
    return f"{where}  \n{what}"


def change_table(changes: Changes, height: int | None = None) -> None:
    """Changes on screen, as a table."""
    st.dataframe(
        changes_frame(changes),
        hide_index=True,
        height=height or "auto",
        column_config={
            name: st.column_config.TextColumn(width="medium") for name in ("Row", "Before", "After")
        },
    )
    if len(changes) > SHOWN:
        st.caption(f"The first {SHOWN:,} of {len(changes):,}; the record as CSV will have all.")


def changes_frame(changes: Changes) -> pd.DataFrame:
    """The first changes as a table of texts, without columns that say nothing.

    Where every place is the same before and after, or stands on one side alone, there is one
    column Where.
    """
    rows = [entry.row() for entry in changes.entries[:SHOWN]]
    frame = pd.DataFrame(rows, columns=list(HEADERS), dtype="string")
    before, after = frame["Where before"], frame["Where after"]
    if ((before == after) | (before == "") | (after == "")).all():
        frame = frame.drop(columns=["Where before", "Where after"])
        frame["Where"] = after.where(after != "", before)
    return frame.drop(columns=[name for name in frame.columns if (frame[name] == "").all()])


def draw(bench: Workbench) -> None:
    """All steps; the changes of one that is chosen; undo and download."""
    entries = bench.record.entries
    label = f"Record of changes · {count(len(entries), 'step')}"
    # With its state kept here it stays open while steps are added or undone.
    with st.expander(label, key="record of changes", on_change="rerun"):
        if not entries:
            st.caption("Nothing was opened yet.")
            return
        st.caption("Every step that counted in this session, the latest first.")
        frame = steps(bench.record)
        picked = st.dataframe(
            frame,
            hide_index=True,
            height=min(280, 38 + 35 * len(frame)),
            on_select="rerun",
            selection_mode="single-row",
            key=f"steps {len(entries)}",
            column_config={
                "Step": st.column_config.NumberColumn(width=60),
                "Files": st.column_config.TextColumn(width="medium"),
                "Changes": st.column_config.TextColumn(width="large"),
            },
        )
        _chosen(entries, picked.selection.rows)
        _buttons(bench)


def _chosen(entries: tuple[Entry, ...], rows: list[int]) -> None:
    if not rows:
        st.caption("Choose a step at the left of its line to see its changes.")
        return
    number = len(entries) - rows[0]
    entry = entries[number - 1]
    st.markdown(f"**Step {number}: {entry.action}** · {plain(sentence(entry))}")
    if entry.changes:
        change_table(entry.changes)


def _buttons(bench: Workbench) -> None:
    left, right, _ = st.columns([1, 1, 2])
    last = bench.last
    help_text = f"Step: {last.action}, {plain(sentence(last))}" if last else "Nothing to undo"
    undo = left.button("Undo the last step", disabled=last is None, help=help_text, width="stretch")
    if undo and nothing_waits(bench):
        bench.undo()
        st.rerun()
    right.download_button(
        "Record as CSV",
        partial(record_csv, bench.record),
        file_name("record-of-changes", suffix=".csv"),
        "text/csv",
        on_click="ignore",
        width="stretch",
    )
