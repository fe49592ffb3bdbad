"""Page Compare: a reference, up to nine others beside it, and what moving a lever would do."""

from __future__ import annotations

import time

import streamlit as st

from funding.app import (
    baselines_section,
    comparison_download,
    lever_panel,
)
from funding.app import compare_sections as sections
from funding.app.parts import no_applications, result_of
from funding.app.results import Failed, Made, try_again
from funding.app.state import Workbench, workbench
from funding.app.text import listed, plain
from funding.compare import MOST, Comparison

REFERENCE, OTHERS = "reference to compare with", "others to compare"
PATIENCE = 0.3  # seconds until it is told which scenario is being allocated
OF_TWO = ("What changes", "Who gains and loses", "Shares", "Inputs")


def show() -> None:
    """The choice of scenarios, and the tabs."""
    bench = workbench()
    if not bench.names:
        st.info("There is no scenario. Open one on page Scenarios.")
        return
    _choice(bench)
    if bench.applications is None:
        no_applications(bench)
        return
    made = _results(bench, [bench.reference, *bench.others])
    base, *others = made
    _problems(made)
    if not isinstance(base, Made):
        st.info("The reference has no allocation: choose another one to compare with.")
        return
    having = [other for other in others if isinstance(other, Made)]
    comparison = None
    if having:
        both = [base, *having]
        comparison = Comparison(
            tuple(each.name for each in both), tuple(each.allocation for each in both), 0
        )
    _tabs(bench, base, comparison)


def _choice(bench: Workbench) -> None:
    """Which is the reference, and which stand beside it."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    # The choice is the state's, which other pages and the levers set too.
    st.session_state[REFERENCE] = bench.reference
    left.selectbox("Reference", bench.names, key=REFERENCE, on_change=_take_reference)
    options = [name for name in bench.names if name != bench.reference]
    st.session_state[OTHERS] = [name for name in bench.others if name in options]
    right.multiselect(
        f"Beside it, up to {MOST - 1}",
        options,
        key=OTHERS,
        max_selections=MOST - 1,
        on_change=_take_others,
        placeholder="Choose scenarios" if options else "There is no other scenario",
        disabled=not options,
    )


def _take_reference() -> None:
    """A new reference; where it stood among the others, the old one takes its place there."""
    bench, name = workbench(), st.session_state[REFERENCE]
    bench.others = [bench.reference if other == name else other for other in bench.others]
    bench.reference = name


def _take_others() -> None:
    workbench().others = list(st.session_state[OTHERS])


def _results(bench: Workbench, names: list[str]) -> list[Made | Failed]:
    """The results, solved where they are not known yet; where that takes a while, it is told."""
    place, began, made = st.empty(), time.monotonic(), list[Made | Failed]()
    for at, name in enumerate(names):
        if time.monotonic() - began > PATIENCE:
            text = plain(f"Allocating {at + 1} of {len(names)}: {name}")
            place.progress(at / len(names), text)
        found = result_of(bench, name)
        assert found is not None  # there are applications
        made.append(found)
    place.empty()
    return made


def _problems(made: list[Made | Failed]) -> None:
    """Which scenarios have no allocation, and why; they are left out of the tables."""
    for outcome in made:
        if isinstance(outcome, Failed):
            head = f"{outcome.name} has no allocation and is left out."
            st.error(listed(f"{head}\n{outcome.problem}"))
            if outcome.stopped and st.button("Try again", key=f"again {outcome.name}"):
                try_again()
                st.rerun()


def _tabs(bench: Workbench, base: Made, comparison: Comparison | None) -> None:
    """Only the open tab is drawn."""
    names = [*OF_TWO, "Quick levers", "Ranking today", "Workbook"]
    tabs = dict(zip(names, st.tabs(names, key="compare tabs", on_change="rerun"), strict=True))
    for name in (*OF_TWO, "Workbook"):
        if tabs[name].open and comparison is None:
            with tabs[name]:
                st.info("Choose a scenario to stand beside the reference.")
    draws = {
        "What changes": sections.whole,
        "Who gains and loses": sections.winners,
        "Shares": sections.shares,
        "Inputs": sections.inputs,
        "Workbook": comparison_download.draw,
    }
    for name, draw in draws.items():
        if comparison is not None and tabs[name].open:
            with tabs[name]:
                draw(comparison)
    if tabs["Quick levers"].open:
        with tabs["Quick levers"]:
            lever_panel.draw(bench, base)
    if tabs["Ranking today"].open:
        with tabs["Ranking today"]:
            baselines_section.draw(base.name, base.allocation)


show()
