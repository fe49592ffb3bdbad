"""The frame of the workbench: what is open, the scenario in hand, and the pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from funding import logs
from funding.app.about import footer
from funding.app.state import Workbench, workbench
from funding.app.text import count, listed, plain

PAGES = Path(__file__).resolve().parent / "pages"
CHOICE = "scenario in hand"


def main() -> None:
    """Draw the workbench; run by Streamlit at every change."""
    st.set_page_config(page_title="City funding", layout="wide")
    logs.start()
    pages = [
        st.Page(PAGES / "applications.py", title="Applications"),
        st.Page(PAGES / "scenarios.py", title="Scenarios"),
        st.Page(PAGES / "allocation.py", title="Allocation", default=True),
        st.Page(PAGES / "compare.py", title="Compare"),
        st.Page(PAGES / "decide.py", title="Decide and export"),
    ]
    page = st.navigation(pages, position="top")
    try:
        _head(workbench())
        page.run()
    except Exception as error:  # a slip of ours: the analyst gets a sentence, the log the place
        logs.failure("workbench", error)
        st.error(
            "This page could not be drawn because of a fault in this tool. Your inputs are "
            "unchanged. The log says where it happened, without any applicant's data."
        )
    footer()


def _head(bench: Workbench) -> None:
    """What is open on the left, the scenario in hand on the right; on every page."""
    about, choice = st.columns([2, 1], vertical_alignment="bottom")
    with about:
        _about(bench)
    if bench.names:
        # The choice is the state's, which other pages set too; the widget only shows it.
        st.session_state[CHOICE] = bench.current
        choice.selectbox("Scenario in hand", bench.names, key=CHOICE, on_change=_choose)
    if bench.problem:
        st.error(listed(bench.problem))


def _choose() -> None:
    workbench().choose(st.session_state[CHOICE])


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
