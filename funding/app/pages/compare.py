"""Page Compare: a reference, up to nine others beside it, and what moving a lever would do."""

from __future__ import annotations

import streamlit as st

from funding.app import (
    baselines_section,
    comparison_download,
    lever_panel,
    stress_room,
)
from funding.app import compare_sections as sections
from funding.app.parts import no_applications, result_of
from funding.app.results import Failed, Made, Stale, at_hand, try_again
from funding.app.state import Workbench, workbench
from funding.app.text import count, listed, plain
from funding.compare import MOST, Comparison

REFERENCE, OTHERS = "reference to compare with", "others to compare"
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
    if isinstance(base, Failed):
        st.info(
            "The reference has no allocation: choose another one to compare with, or take it in "
            "hand and repair it on page Allocation."
        )
    _problems(made)
    if not isinstance(base, Made):
        return
    having = [base, *(other for other in others if isinstance(other, Made))]
    comparison = None
    if len(having) > 1:
        names = tuple(each.name for each in having)
        comparison = Comparison(names, tuple(each.allocation for each in having), 0)
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


def _results(bench: Workbench, names: list[str]) -> list[Made | Failed | Stale]:
    """The results, solved where they are not known; where that takes long, when it is asked for."""
    waiting = [name for name in names if isinstance(_at_hand(bench, name), Stale)]
    if waiting:
        st.info(
            f"{count(len(waiting), 'scenario')} with these inputs "
            f"{'is' if len(waiting) == 1 else 'are'} not allocated yet: "
            f"{plain(', '.join(waiting))}."
        )
        if st.button(f"Allocate {count(len(waiting), 'scenario')}", type="primary"):
            with st.empty():
                for at, name in enumerate(waiting):
                    text = plain(f"Allocating {at + 1} of {len(waiting)}: {name}")
                    st.progress(at / len(waiting), text)
                    result_of(bench, name)
            st.rerun()
    return [_at_hand(bench, name) for name in names]


def _at_hand(bench: Workbench, name: str) -> Made | Failed | Stale:
    draft, applications = bench.draft(name), bench.applications
    assert applications is not None  # else the page ends before
    if draft.scenario is None:
        return Failed(name, draft.problem)
    found = at_hand(name, applications, draft.scenario)
    if not isinstance(found, Stale):
        result_of(bench, name)  # known by now; the list of scenarios takes note of it
    return found


def _problems(made: list[Made | Failed | Stale]) -> None:
    """Which scenarios have no allocation, and why; they are left out of the tables."""
    for at, outcome in enumerate(made):
        if isinstance(outcome, Failed):
            end = " and is left out" if at else ""
            head = f"{outcome.name} has no allocation{end}."
            st.error(listed(f"{head}\n{outcome.problem}"))
            if outcome.stopped and st.button("Try again", key=f"again {outcome.name}"):
                try_again()
                st.rerun()


def _nothing_beside(bench: Workbench) -> str:
    """What to do where nothing stands beside the reference."""
    if bench.others:
        return "None of the scenarios beside the reference has an allocation yet; see above."
    return "Choose a scenario to stand beside the reference."


def _tabs(bench: Workbench, base: Made, comparison: Comparison | None) -> None:
    """Only the open tab is drawn."""
    names = [*OF_TWO, "Quick levers", "Stress", "Without this tool", "Workbook"]
    tabs = dict(zip(names, st.tabs(names, key="compare tabs", on_change="rerun"), strict=True))
    for name in (*OF_TWO, "Workbook"):
        if tabs[name].open and comparison is None:
            with tabs[name]:
                st.info(_nothing_beside(bench))
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
    if tabs["Stress"].open:
        with tabs["Stress"]:
            stress_room.draw(base)
    if tabs["Without this tool"].open:
        with tabs["Without this tool"]:
            baselines_section.draw(base.name, base.allocation)


show()
