"""The comparison workbook: prepared when it is asked for, told while it is, then downloaded."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from funding.app.parts import file_name
from funding.app.text import count, listed, plain
from funding.compare import Comparison
from funding.errors import InputError
from funding.report import comparison_workbook

_PREPARED = "comparison workbook"


@dataclass(frozen=True)
class _Prepared:
    """A workbook and what it is of: it is offered only for the very same comparison."""

    of: tuple[str, ...]
    data: bytes


def draw(comparison: Comparison) -> None:
    """The button that prepares it, its progress, and the download."""
    st.markdown(
        "The comparison as an Excel workbook: sentences, figures, charts, inputs that differ, "
        "shares, every award by city and by activity with live formulas, and for each scenario "
        "what ranking best to worst and other ways of today would have done."
    )
    of = _content(comparison)
    held: _Prepared | None = st.session_state.get(_PREPARED)
    if held is None or held.of != of:
        if held is not None:
            st.caption("The scenarios changed since the workbook was prepared.")
        if not st.button("Prepare the comparison workbook", type="primary"):
            return
        held = _prepare(comparison, of)
        if held is None:
            return
    st.download_button(
        "Comparison workbook",
        held.data,
        file_name(comparison.base.applications.call.reference, "comparison", suffix=".xlsx"),
        type="primary",
        on_click="ignore",
    )
    names = ", ".join(name for name, _ in comparison.others)
    st.caption(plain(f"{comparison.base_name} beside {names}"))


def _prepare(comparison: Comparison, of: tuple[str, ...]) -> _Prepared | None:
    total = len(comparison.names)
    bar = st.progress(0.0, f"Ranking best to worst and more, for {count(total, 'scenario')} …")

    def progress(done: int, whole: int) -> None:
        bar.progress(done / whole, f"{done} of {count(whole, 'scenario')} done")

    try:
        made = _Prepared(of, comparison_workbook(comparison, progress))
    except InputError as error:
        st.error(listed(str(error)))
        return None
    finally:
        bar.empty()
    st.session_state[_PREPARED] = made
    return made


def _content(comparison: Comparison) -> tuple[str, ...]:
    """Names and digests of all that goes into the workbook."""
    runs = (a.run for a in comparison.allocations)
    digests = (text for run in runs for text in (run["applications"], run["scenario"]))
    return (*comparison.names, *digests)
