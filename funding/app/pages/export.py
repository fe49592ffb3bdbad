"""Page Export: the award workbooks and results of both scenarios."""

from __future__ import annotations

import json
from functools import partial

import streamlit as st

from funding.app.parts import file_name, no_applications, results
from funding.app.results import Failed, proof
from funding.app.state import workbench
from funding.app.text import listed, plain
from funding.awards import Allocation
from funding.report import award_workbook
from funding.result import as_json


def show() -> None:
    """One box a side."""
    bench = workbench()
    made = results(bench)
    if not made:
        no_applications(bench)
        return
    for column, outcome in zip(st.columns(2), made, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{outcome.side} · {plain(outcome.name)}**")
            if isinstance(outcome, Failed):
                st.error(listed(outcome.problem))
                continue
            st.caption(plain(proof(outcome.allocation).capitalize()))
            _downloads(outcome.side, outcome.allocation)


def _downloads(side: str, allocation: Allocation) -> None:
    """The downloads are bound to this allocation: they are made later, in another thread."""
    stem = (allocation.applications.call.reference, allocation.scenario.name)
    st.download_button(
        "Award workbook",
        partial(award_workbook, allocation),
        file_name(*stem, suffix=".awards.xlsx"),
        key=f"awards {side}",
        type="primary",
        on_click="ignore",
        help="Awards, reasons, rules and checks as live formulas, and all inputs",
    )
    st.download_button(
        "Result as JSON",
        partial(_as_json, allocation),
        file_name(*stem, suffix=".json"),
        "application/json",
        key=f"json {side}",
        on_click="ignore",
    )
    st.download_button(
        "Scenario as TOML",
        allocation.scenario.to_toml(),
        file_name(allocation.scenario.name, suffix=".toml"),
        "application/toml",
        key=f"scenario toml {side}",
        on_click="ignore",
    )


def _as_json(allocation: Allocation) -> bytes:
    text = json.dumps(as_json(allocation), ensure_ascii=False, indent=2)
    return text.encode("utf-8")


show()
