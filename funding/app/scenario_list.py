"""The list of scenarios: each with what it comes from, how it differs and what it gives."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from funding.app.parts import file_name
from funding.app.scenario_words import differences
from funding.app.state import Workbench
from funding.app.text import count, listed, plain
from funding.errors import FundingError, ScenarioError

_TURN = "scenario list turn"  # a new one gives the list and the forms behind buttons a new start


def draw(bench: Workbench) -> None:
    """The list, and what can be done with the scenario in hand."""
    turn = st.session_state.setdefault(_TURN, 0)
    if bench.names:
        picked = st.dataframe(
            frame(bench),
            hide_index=True,
            height=min(400, 38 + 35 * len(bench.names)),
            on_select="rerun",
            selection_mode="single-row",
            key=f"scenarios {turn}",
            placeholder="",  # of one without a parent, which else reads None
            column_config={
                "In hand": st.column_config.TextColumn(width=60),
                "Scenario": st.column_config.TextColumn(width=265),
                "Comes from": st.column_config.TextColumn(width=195),
                "Differences": st.column_config.NumberColumn(
                    width=85, help="From the scenario that it comes from; notes do not count"
                ),
                "State": st.column_config.TextColumn(width=90),
                "Result": st.column_config.TextColumn(
                    width=250, help="Of those that were allocated since the workbench opened"
                ),
            },
        )
        rows = picked.selection.rows
        if rows and bench.names[rows[0]] != bench.current:
            bench.choose(bench.names[rows[0]])
            _next()
            st.rerun()
        st.caption("Choose a scenario at the left of its line to take it in hand.")
    with st.container(horizontal=True):
        if bench.names:
            _copy(bench)
            _rename(bench, turn)
            _new(bench, turn)
            _export(bench)
            _delete(bench)
    _deleted(bench)
    _import(bench, turn)


def frame(bench: Workbench) -> pd.DataFrame:
    """One row a scenario."""
    currency = bench.currency
    rows = []
    for name in bench.names:
        draft, parent = bench.draft(name), bench.parent_of(name)
        number = None
        if parent is not None and draft.scenario is not None:
            number = len(differences(parent, draft.scenario, currency))
        state = "edited" if draft.changed else ""
        if draft.scenario is None:
            state = "cannot be used"
        elif draft.elsewhere is not None:
            state = "changed elsewhere"
        rows.append(
            (
                "●" if name == bench.current else "",
                name,
                draft.parent or "",
                number,
                state,
                bench.brief(name),
            )
        )
    columns = ["In hand", "Scenario", "Comes from", "Differences", "State", "Result"]
    return pd.DataFrame(rows, columns=columns).astype({"Differences": "Int64"})


def _next() -> None:
    st.session_state[_TURN] += 1


def _copy(bench: Workbench) -> None:
    if st.button("Copy", help="A copy of the scenario in hand, which it then differs from"):
        bench.choose(bench.copy(bench.current))
        _next()
        st.rerun()


def _rename(bench: Workbench, turn: int) -> None:
    with st.popover("Rename", key=f"rename {turn}"):
        name = st.text_input("New name", bench.current, key=f"new name {turn} {bench.current}")
        if st.button("Rename it"):
            _tried(lambda: bench.choose(bench.rename(bench.current, name)))


def _new(bench: Workbench, turn: int) -> None:
    with st.popover("New", key=f"new {turn}"):
        base = st.selectbox("Start from", bench.names, key=f"start from {turn}")
        name = st.text_input("Name", bench.free_name("New scenario"), key=f"name {turn}")
        if st.button("Make it"):
            _tried(lambda: bench.choose(bench.new(base, name)))


def _tried(act: Callable[[], None]) -> None:
    """Do something with the list; what is wrong with it is said where it was asked for."""
    try:
        act()
    except FundingError as error:
        st.error(plain(error))
    else:
        _next()
        st.rerun()


def _export(bench: Workbench) -> None:
    draft = bench.draft(bench.current)
    st.download_button(
        "Export as TOML",
        draft.scenario.to_toml() if draft.scenario else "",
        file_name(bench.current, suffix=".toml"),
        "application/toml",
        disabled=draft.scenario is None,
        on_click="ignore",
        help="A scenario file that stands alone, as `funding allocate --scenario` takes it",
    )


def _delete(bench: Workbench) -> None:
    if st.button("Delete", help="It can be brought back"):
        bench.remove(bench.current)
        _next()
        st.rerun()


def _deleted(bench: Workbench) -> None:
    if bench.deleted is None:
        return
    text, button = st.columns([4, 1], vertical_alignment="center")
    text.info(f"Deleted: {plain(bench.deleted[1])}")
    if button.button("Bring it back", width="stretch"):
        bench.bring_back()
        _next()
        st.rerun()


def _import(bench: Workbench, turn: int) -> None:
    with st.expander("Import a scenario file", expanded=not bench.names, key=f"import {turn}"):
        file = st.file_uploader("A scenario in TOML", type=["toml"], key=f"scenario file {turn}")
        if st.button("Import this scenario", disabled=file is None):
            assert file is not None  # else the button is disabled
            try:
                name = bench.add_file(file.name, file.getvalue().decode("utf-8-sig"))
            except UnicodeDecodeError:
                st.error(f"{plain(file.name)} is not text in UTF-8. Save it so and try again.")
            except ScenarioError as error:
                st.error(listed(f"{file.name} cannot be used: {error}"))
            else:
                bench.choose(name)
                st.toast(f"{count(1, 'scenario')} imported")
                _next()
                st.rerun()
