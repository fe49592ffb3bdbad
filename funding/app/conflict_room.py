"""Where a scenario has no allocation: which rules contradict each other, and their repairs."""

from __future__ import annotations

import streamlit as st

from funding.app.on_demand import (
    REPAIRS_LIMIT,
    Repairs,
    find_repairs,
    known_repairs,
    repaired,
)
from funding.app.results import Failed, try_again
from funding.app.state import Workbench
from funding.app.text import listed, plain
from funding.applications import Applications
from funding.errors import Conflict
from funding.repairs import WANTED, Repair, repair_lines
from funding.scenario import Scenario


def draw(
    bench: Workbench, applications: Applications, scenario: Scenario | None, failed: Failed
) -> None:
    """Why there is no allocation, and what can be done; ``scenario`` is None while unusable."""
    st.error(listed(f"{failed.name}: no allocation.\n{failed.problem}"))
    if scenario is None:
        st.markdown("Put the scenario right on page Scenarios.")
    elif failed.stopped:
        if st.button("Try again", key="try again"):
            try_again()
            st.rerun()
    elif failed.conflict is not None:
        _repairs(bench, applications, scenario, failed, failed.conflict)


def _repairs(
    bench: Workbench,
    applications: Applications,
    scenario: Scenario,
    failed: Failed,
    conflict: Conflict,
) -> None:
    found = known_repairs(applications, scenario)
    if found is None:
        st.caption(
            "A repair changes as few keys of the scenario as will do, as little as will do; what "
            "is law or arithmetic stays as it is."
        )
        label = "Find repairs"
    else:
        _found(bench, scenario, failed, conflict, found)
        if found.in_time or len(found.repairs) == WANTED:
            return
        label = "Look for repairs again"  # on a quieter machine there may be time
    if st.button(label, type="primary", key="find repairs"):
        with st.spinner(
            f"Looking for the smallest changes, for up to {REPAIRS_LIMIT:.0f} s …", show_time=True
        ):
            find_repairs(applications, scenario, conflict)
        st.rerun()


def _found(
    bench: Workbench, scenario: Scenario, failed: Failed, conflict: Conflict, found: Repairs
) -> None:
    lines = repair_lines(found.repairs, conflict, in_time=found.in_time)
    told = {f"Cheapest repair: {found.repairs[0].words}."} if found.repairs else set()
    told |= {f"Or instead: {repair.words}." for repair in found.repairs[1:]}
    for line in lines:
        if line not in told:
            st.markdown(plain(line))
    for number, repair in enumerate(found.repairs, 1):
        head = "Cheapest repair" if number == 1 else "Or instead"
        with st.container(border=True):
            st.markdown(f"**{head}**  \n{plain(repair.words)}.")
            st.button(
                "Make this a scenario and take it in hand",
                key=f"repair {number}",
                on_click=_use,
                args=(bench, scenario, failed.name, repair, number),
            )


def _use(bench: Workbench, scenario: Scenario, name: str, repair: Repair, number: int) -> None:
    bench.choose(bench.add(repaired(scenario, repair, number), name))
