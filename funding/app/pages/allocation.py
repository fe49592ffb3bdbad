"""Page Allocation: the scenario in hand: its figures, every award with its reasons, each city."""

from __future__ import annotations

import streamlit as st

from funding.app import award_views, city_panel, conflict_room, limit_views
from funding.app.award_tables import Wanted
from funding.app.parts import no_applications, result_of
from funding.app.results import Failed, Stale, at_hand
from funding.app.state import Workbench, workbench
from funding.app.text import plain
from funding.awards import Allocation

TABS = ("Cities", "Activities", "Map", "Charts", "Rules that bind", "What is left", "Equals, notes")


def show() -> None:
    """The allocation at hand, or what keeps the scenario from having one."""
    bench = workbench()
    if not bench.names:
        st.info("There is no scenario. Open one on page Scenarios.")
        return
    applications = bench.applications
    if applications is None:
        no_applications(bench)
        return
    name = bench.current
    draft = bench.draft(name)
    if draft.scenario is None:
        conflict_room.draw(bench, applications, None, Failed(name, draft.problem))
        return
    outcome = at_hand(name, applications, draft.scenario)
    if isinstance(outcome, Stale):
        _stale(bench, outcome)
        return
    result_of(bench, name)  # known by now; the list of scenarios takes note of it
    if isinstance(outcome, Failed):
        conflict_room.draw(bench, applications, draft.scenario, outcome)
    else:
        _allocation(bench, outcome.allocation, pale=False)


def _stale(bench: Workbench, stale: Stale) -> None:
    """What there was before the inputs changed, greyed, and a button for what there is now."""
    took = f"The last allocation of these applications took {stale.seconds:.0f} s."
    if stale.earlier is None:
        st.info(plain(f"{stale.name} is not allocated yet. {took}"))
    else:
        st.warning(
            plain(
                "These awards are older than their inputs: the scenario or the applications "
                f"changed since. They cannot be exported. {took}"
            )
        )
    if st.button("Allocate", type="primary", key="allocate"):
        result_of(bench, stale.name)
        st.rerun()
    if stale.earlier is not None:
        _allocation(bench, stale.earlier.allocation, pale=True)


def _allocation(bench: Workbench, allocation: Allocation, *, pale: bool) -> None:
    """Figures, then tables, map and charts, beside them the city in hand."""
    if bench.draft(bench.current).changed:
        st.caption(plain(f"{bench.current}, edited since it was opened"))
    award_views.figure_row(allocation, pale=pale)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        wish = award_views.wanted(allocation)
    with right:
        city = city_panel.choose_city(allocation)
    if city is None:
        _views(allocation, wish, narrow=False, pale=pale)
        return
    main, panel = st.columns([5, 3], gap="medium")
    with main:
        _views(allocation, wish, narrow=True, pale=pale)
    with panel:
        city_panel.draw(bench, allocation, city, pale=pale)


def _views(allocation: Allocation, wish: Wanted, *, narrow: bool, pale: bool) -> None:
    """One tab at a time is drawn, so that a large fund stays quick."""
    cities, activities, where, bars, limits, left, equals = st.tabs(
        TABS, key="view of the allocation", on_change="rerun"
    )
    if cities.open:
        with cities:
            award_views.city_table(allocation, wish, pale=pale)
    if activities.open:
        with activities:
            award_views.activity_table(allocation, wish, pale=pale)
    if where.open:
        with where:
            award_views.city_map(allocation, wish, narrow=narrow, pale=pale)
    if bars.open:
        with bars:
            award_views.award_bars(allocation, pale=pale)
    if limits.open:
        with limits:
            limit_views.binding_limits(allocation, wish.words, pale=pale)
    if left.open:
        with left:
            limit_views.remainder(allocation)
    if equals.open:
        with equals:
            limit_views.equals_and_notes(allocation, wish.words)


show()
