"""The panel of quick levers: set, solved at once, and kept as a scenario where it is wanted."""

from __future__ import annotations

import math
from decimal import Decimal

import streamlit as st

from funding import money
from funding.app import compare_charts as charts
from funding.app import comparing
from funding.app import quick_levers as quick
from funding.app.pictures import draw as draw_picture
from funding.app.results import Failed, Made, Stale, at_hand, result
from funding.app.state import Workbench
from funding.app.text import listed, plain
from funding.compare import MOST, Comparison, by_city
from funding.errors import FundingError
from funding.scenario import Scenario

_TURN = "turn of the levers"  # a new one puts them back to where the scenario has them
_KEPT = "kept variant"
SHOWN = 50  # per cent, as far as a lever goes that stands lower
STEPS = 100  # of the envelope's field, from nothing to its amount


def draw(bench: Workbench, base: Made) -> None:
    """The levers of the reference, and what moving them does."""
    scenario = base.allocation.scenario
    currency = base.allocation.applications.call.currency
    if kept := st.session_state.pop(_KEPT, None):
        st.success(plain(f"{kept} is in the list of scenarios and stands beside the reference."))
    with st.container(border=True):
        wanted = _levers(scenario, f"{base.name} {scenario.digest}", currency)
    told = quick.changes(scenario, wanted, currency)
    if not told:
        st.caption(
            "Move a lever: the fund is allocated anew at once, as a variant of the reference "
            "that is in no list until you keep it."
        )
        return
    try:
        variant = quick.variant(scenario, wanted, base.name, told)
    except FundingError as error:
        st.error(listed(f"With {quick.listing(told)} this is no scenario.\n{error}"))
        _back()
        return
    applications = base.allocation.applications
    found = at_hand(variant.name, applications, variant)
    if isinstance(found, Stale):
        st.info(f"The last allocation of these applications took {found.seconds:.0f} s.")
        if st.button("Allocate", type="primary", key="allocate variant"):
            result(variant.name, applications, variant)
            st.rerun()
        return
    if isinstance(found, Failed):
        st.error(listed(f"With {quick.listing(told)} there is no allocation.\n{found.problem}"))
        _back()
        return
    names = (base.name, "the levers")
    comparison = Comparison(names, (base.allocation, found.allocation), 0)
    st.markdown(f"**{plain(quick.effect(comparison, told))}**")
    _keep(bench, variant)
    _effects(comparison)


def _levers(scenario: Scenario, of: str, currency: str) -> quick.Setting:
    """The four fields; a lever that is not touched stands exactly where the scenario has it."""
    now = quick.setting(scenario)
    turn = st.session_state.setdefault(_TURN, 0)
    places = st.columns(1 + len(quick.SHARES), gap="medium", vertical_alignment="bottom")
    envelope = _envelope(places[0], scenario, f"lever envelope {turn} {of}", currency)
    shares = {}
    for lever, place in zip(quick.SHARES, places[1:], strict=True):
        if lever.key not in now.shares:
            place.caption("This scenario has no size classes, so that no city counts as small.")
            continue
        start = float(now.shares[lever.key] * 100)
        value = place.slider(
            plain(lever.title),
            0.0,
            float(max(SHOWN, math.ceil(start))) if not lever.off else 100.0,
            start,
            step=lever.step,
            format="%g %%",
            key=f"lever {lever.key} {turn} {of}",
            help=lever.help,
        )
        exact = now.shares[lever.key]
        shares[lever.key] = exact if value == start else Decimal(str(value)) / 100
    return quick.Setting(envelope, shares)


def _envelope(
    place: st.delta_generator.DeltaGenerator, scenario: Scenario, key: str, currency: str
) -> int:
    """The envelope [cents], in steps of about a hundredth of it."""
    start = scenario.fund.envelope / money.CENTS
    step = 10.0 ** max(0, round(math.log10(max(start / STEPS, 1))))
    whole = scenario.fund.envelope % money.CENTS == 0
    value = place.number_input(
        plain(f"Envelope, {currency} (now {money.show(scenario.fund.envelope)})"),
        min_value=0.0,
        max_value=float(money.MOST // money.CENTS),
        value=start,
        step=step,
        format="%.0f" if whole else "%.2f",
        key=key,
        help="The money of the fund. Where it is given by year, the years keep their proportion.",
    )
    return scenario.fund.envelope if value == start else round((value or 0.0) * money.CENTS)


def _keep(bench: Workbench, variant: Scenario) -> None:
    with st.container(horizontal=True):
        if st.button("Keep as a scenario", type="primary"):
            name = bench.add(variant, parent=bench.reference)
            if len(bench.others) < MOST - 1 and name not in bench.others:
                bench.others = [*bench.others, name]
            st.session_state[_KEPT] = name
            st.session_state[_TURN] += 1
            st.rerun()
        _back()


def _back() -> None:
    if st.button("Levers back to the reference"):
        st.session_state[_TURN] += 1
        st.rerun()


def _effects(comparison: Comparison) -> None:
    """Who gains and loses, and the figures that move."""
    left, right = st.columns([3, 2], gap="medium")
    cities = by_city(comparison)
    with left:
        shown = charts.gains(comparison, cities, 0)
        if shown is not None:
            table = comparing.awards(comparison, cities, 0, titles=False)
            draw_picture(shown, table, "levers", comparison.base_name)
    with right:
        frame = comparing.moved_figures(comparison)
        config = {
            name: st.column_config.TextColumn(alignment="right") for name in frame.columns[1:]
        }
        st.dataframe(frame, hide_index=True, column_config=config)
