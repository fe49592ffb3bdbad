"""Page Decide and export: the award workbook and result of the scenario in hand."""

from __future__ import annotations

import json
from functools import partial

import streamlit as st

from funding.app.award_figures import proof
from funding.app.parts import file_name, no_applications, result_of
from funding.app.results import Failed
from funding.app.state import workbench
from funding.app.text import listed, plain
from funding.awards import Allocation
from funding.report import award_workbook
from funding.result import as_json


def show() -> None:
    """The downloads of the scenario in hand."""
    bench = workbench()
    outcome = result_of(bench, bench.current) if bench.names else None
    if outcome is None:
        no_applications(bench)
        return
    with st.container(border=True):
        st.markdown(f"**{plain(outcome.name)}**")
        if isinstance(outcome, Failed):
            st.error(listed(outcome.problem))
            return
        st.caption(plain(proof(outcome.allocation)))
        _downloads(outcome.allocation)


def _downloads(allocation: Allocation) -> None:
    """The downloads are bound to this allocation: they are made later, in another thread."""
    stem = (allocation.applications.call.reference, allocation.scenario.name)
    st.download_button(
        "Award workbook",
        partial(award_workbook, allocation),
        file_name(*stem, suffix=".awards.xlsx"),
        type="primary",
        on_click="ignore",
        help="Awards, reasons, rules and checks as live formulas, and all inputs",
    )
    st.download_button(
        "Result as JSON",
        partial(_as_json, allocation),
        file_name(*stem, suffix=".json"),
        "application/json",
        on_click="ignore",
    )
    st.download_button(
        "Scenario as TOML",
        allocation.scenario.to_toml(),
        file_name(allocation.scenario.name, suffix=".toml"),
        "application/toml",
        on_click="ignore",
    )


def _as_json(allocation: Allocation) -> bytes:
    text = json.dumps(as_json(allocation), ensure_ascii=False, indent=2)
    return text.encode("utf-8")


show()
