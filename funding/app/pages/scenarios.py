"""Page Scenarios: the list of them, and the one in hand in a form made from its rules' classes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from funding.app import scenario_form, scenario_list
from funding.app.forms import Table
from funding.app.scenario_words import Difference, differences
from funding.app.state import Workbench, workbench
from funding.app.text import count, plain


def show() -> None:
    """The list; then the scenario in hand: what is wrong, what differs, and its form."""
    bench = workbench()
    top = st.container()
    if not bench.names:
        with top:
            scenario_list.draw(bench)
        st.info("There is no scenario. Import one.")
        return
    name, draft = bench.current, bench.draft(bench.current)
    st.divider()
    head, about = st.container(), st.container()
    form, made = scenario_form.draw(bench, name, bench.currency)
    with about:
        draft.take(_described(made, f"{name} {draft.generation} description"))
        parent = bench.parent_of(name)
        found: Sequence[Difference] = ()
        if parent is not None and draft.scenario is not None:
            found = differences(parent, draft.scenario, bench.currency)
        state = st.container()
    loose = scenario_form.annotate(form, name, found)
    with head:
        _head(bench, name)
    with state:
        _state(bench, name, found, loose)
    with top:  # last, as it tells what was just entered too
        scenario_list.draw(bench)


def _head(bench: Workbench, name: str) -> None:
    """Its name, and the way back to it as it was opened."""
    draft = bench.draft(name)
    title, undo = st.columns([4, 1], vertical_alignment="bottom")
    title.subheader(plain(name), anchor=False)
    if undo.button("Undo all edits", disabled=not draft.changed, width="stretch"):
        draft.reset()
        st.rerun()


def _described(tables: Table, key: str) -> Table:
    """The tables with the description that is entered."""
    held = str(tables.get("description", ""))
    if key not in st.session_state:
        st.session_state[key] = held
    text = st.text_area(
        "Description",
        key=key,
        height=110,
        placeholder="What this scenario is for, in a sentence or two",
    )
    return tables if text.strip() == held.strip() else {**tables, "description": text.strip()}


def _state(bench: Workbench, name: str, found: Sequence[Difference], loose: Sequence[str]) -> None:
    """Faults in full, and what differs from the parent."""
    draft = bench.draft(name)
    if draft.scenario is None:
        total = len(draft.problem.strip().splitlines())
        st.error(
            f"This scenario cannot be used: {count(total, 'fault')} to put right. Nothing is "
            "allocated with it until then. Each stands beside its field."
        )
        for line in loose:
            st.error(plain(line))
        return
    if draft.parent is None:
        st.caption("It stands alone: no parent to differ from.")
    elif bench.parent_of(name) is None:
        st.caption(plain(f"It comes from {draft.parent}, which is no longer in the list."))
    elif not found:
        st.caption(plain(f"Nothing differs from {draft.parent}, but perhaps names and notes."))
    else:
        words = f"{count(len(found), 'difference')} from {draft.parent}"
        with st.expander(plain(words), expanded=len(found) <= 8, key=f"differences {name}"):
            st.dataframe(_table(found), hide_index=True)


def _table(found: Sequence[Difference]) -> pd.DataFrame:
    rows = [(d.where, d.what, d.parent, d.here) for d in found]
    return pd.DataFrame(rows, columns=["Of", "What", "Parent", "Here"], dtype="string")


show()
