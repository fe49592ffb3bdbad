"""What today's ways of handing out the money would have done, beside the optimum."""

from __future__ import annotations

import streamlit as st

from funding.app import comparing
from funding.app.kept import content, kept
from funding.app.pictures import downloads
from funding.app.text import plain
from funding.awards import Allocation
from funding.baselines import METHODS, Proposal, baseline

AT_ONCE = 1_000  # activities up to which they are worked out without being asked for
_ASKED = "baselines asked for"


def draw(name: str, allocation: Allocation) -> None:
    """Sentences and a table; asked for first where working them out takes long."""
    st.markdown(
        plain(
            f"What would have been awarded without this tool, under the rules of {name} as far as "
            "each way of handing out the money can hold them. None of them looks ahead, so that "
            "a part that is guaranteed may stay unmet."
        )
    )
    key = (allocation.run["applications"], allocation.run["scenario"])
    asked: set[tuple[str, str]] = st.session_state.setdefault(_ASKED, set())
    many = len(allocation.awards) > AT_ONCE
    if many and key not in asked:
        if not st.button("Work them out"):
            st.caption("This takes a while with so many activities.")
            return
        asked.add(key)
    found = _worked_out(allocation)
    for proposal in found:
        st.markdown(f"- {plain(comparing.baseline_words(allocation, proposal))}")
    table = comparing.baseline_table(allocation, found)
    numbers = list(comparing.BASELINES[1:-1])
    config = {column: st.column_config.TextColumn(alignment="right") for column in numbers}
    config["Rules not held"] = st.column_config.TextColumn(width="large")
    st.dataframe(table, hide_index=True, column_config=config)
    broken = [(p.method, p.words(use)) for p in found for use in p.broken]
    if broken:
        with st.expander("What is missed, rule by rule"):
            for method, words in broken[:20]:
                st.markdown(f"- **{plain(method)}**: {plain(words)}")
            if len(broken) > 20:
                st.markdown(f"… and {len(broken) - 20:,} more.")
    downloads(table, "baselines", name)


def _worked_out(allocation: Allocation) -> list[Proposal]:
    """Every baseline, each told while it is worked out."""
    place, found = st.empty(), []
    for method in METHODS:
        with place, st.spinner(f"{method} …"):
            found.append(_baseline(method, allocation))
    place.empty()
    return found


def _baseline(method: str, allocation: Allocation) -> Proposal:
    key = content(allocation.applications, allocation.scenario, method)
    known: Proposal | None = kept("baselines").get(key)
    if known is None:
        known = baseline(method, allocation)
        kept("baselines").put(key, known)
    return known
