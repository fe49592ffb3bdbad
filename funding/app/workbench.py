"""The frame of the workbench: what is open, the scenario in hand, notices, and the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from funding import logs
from funding.app import notices
from funding.app.about import footer
from funding.app.keeping import keeper
from funding.app.parts import recall
from funding.app.state import Workbench, workbench
from funding.app.text import count, plain

PAGES = Path(__file__).resolve().parent / "pages"
CHOICE = "scenario in hand"
DEFAULT = "allocation"
STEPS = {  # page → its title, and what it is for
    "applications": ("Applications", "Who asks for what: open, check, correct"),
    "scenarios": ("Scenarios", "The fund and its rules, and what differs"),
    "allocation": ("Allocation", "Who gets how much, and why"),
    "compare": ("Compare", "What another set of rules would change"),
    "decide": ("Decide and export", "Adopt one, hand it on, prove it"),
}
_RETURNED = "returned"  # whether the session went back to the page where it was left


def main() -> None:
    """Draw the workbench; run by Streamlit at every change."""
    st.set_page_config(page_title="City funding", layout="wide")
    logs.start()
    pages = {
        name: st.Page(PAGES / f"{name}.py", title=title, default=name == DEFAULT)
        for name, (title, _) in STEPS.items()
    }
    page = st.navigation(list(pages.values()), position="top")
    try:
        held = keeper()
        bench = workbench()
        _go_back(held.page, page, pages)
        held.look(bench)
        recall(bench)
        signs = _head(bench)
        notices.draw(bench, held)
        room, told = st.container(), held.problem
        before = _elsewhere(bench)
        if bench.lead:
            _lead(bench, pages)
        page.run()
        _signs(bench, signs)
        held.keep(bench, next(name for name, known in pages.items() if known == page))
        if held.problem and held.problem != told:
            with room:
                notices.not_kept(held)
        if _elsewhere(bench) and not before:  # found while saving: its notice stands on top
            st.rerun()
    except Exception as error:  # a slip of ours: the analyst gets a sentence, the log the place
        number = logs.failure("workbench", error)
        st.error(
            "This page could not be drawn because of a fault in this tool. Your inputs are "
            f"unchanged. The log has it as error {number}: where it happened, without any "
            "applicant's data."
        )
    footer()


def _go_back(left: str, page: Any, pages: dict[str, Any]) -> None:
    """At its first run, a session that asks for no page goes to where the last one was left."""
    if st.session_state.setdefault(_RETURNED, False):
        return
    st.session_state[_RETURNED] = True
    if page == pages[DEFAULT] and left in pages and left != DEFAULT:
        st.switch_page(pages[left])


def _head(bench: Workbench) -> DeltaGenerator:
    """What is open on the left, the scenario in hand on the right; on every page.

    The answer is room for signs, which are known once the page is drawn.
    """
    about, choice = st.columns([2, 1], vertical_alignment="bottom")
    with about:
        _about(bench)
        signs = st.empty()
    if bench.names:
        # The choice is the state's, which other pages set too; the widget only shows it.
        st.session_state[CHOICE] = bench.current
        choice.selectbox("Scenario in hand", bench.names, key=CHOICE, on_change=_choose)
    return signs


def _choose() -> None:
    workbench().choose(st.session_state[CHOICE])


def _signs(bench: Workbench, room: DeltaGenerator) -> None:
    """What waits or is older than its inputs, of what is in hand."""
    told = []
    if bench.unapplied:
        told.append(f":orange-badge[{count(bench.unapplied, 'edit')} not applied yet]")
    if bench.names:
        draft = bench.draft(bench.current)
        if draft.elsewhere is not None:
            told.append(":orange-badge[Changed in another window]")
        if draft.scenario is None:
            told.append(":red-badge[The scenario in hand cannot be used]")
        elif draft.changed:
            told.append(":blue-badge[The scenario in hand is edited]")
        if draft.scenario and bench.applications and not bench.brief(bench.current):
            told.append(":gray-badge[Not allocated with these inputs yet]")
    if told:
        room.markdown(" ".join(told))


def _elsewhere(bench: Workbench) -> bool:
    """Whether another window changed the scenario in hand."""
    return bool(bench.names) and bench.draft(bench.current).elsewhere is not None


def _lead(bench: Workbench, pages: dict[str, Any]) -> None:
    """The five steps of the work, until they are dismissed."""
    with st.container(border=True, key="lead"):
        *steps, last = st.columns([*(3 for _ in STEPS), 1])
        for number, (step, (name, (title, purpose))) in enumerate(
            zip(steps, STEPS.items(), strict=True), 1
        ):
            arrow = " →" if number < len(STEPS) else ""
            step.page_link(pages[name], label=f"{number} {title}{arrow}")
            step.caption(purpose)
        if last.button("Hide", help="Hide these steps for good", type="tertiary"):
            bench.lead = False
            st.rerun()


def _about(bench: Workbench) -> None:
    opened = bench.opened
    if opened is None:
        st.markdown("**Nothing is open**")
        return
    intake = opened.intake
    out = len(intake.left_out)
    left = f" :orange-badge[{count(out, 'file')} left out]" if out else ""
    whole = intake.applications or intake.plans
    if whole is None:
        st.markdown(f"**{plain(opened.source)}**  \n:red-badge[Faults to put right]{left}")
        return
    call = whole.call
    synthetic = "synthetic" in f"{call.fund} {call.funder}".casefold()
    badges = " :orange-badge[Synthetic data]" if synthetic else ""
    badges += " :blue-badge[Not assessed yet]" if intake.plans else ""
    edits = f" · {count(opened.edits, 'edit')} applied" if opened.edits else ""
    st.markdown(
        f"**{plain(call.fund)}**{badges}{left}  \n{plain(call.reference)} · "
        f"{count(len(whole.cities), 'city', 'cities')} · "
        f"{count(len(whole.activities), 'activity', 'activities')} · "
        f"{plain(opened.source)}{edits}"
    )
