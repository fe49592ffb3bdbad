"""Page Allocation: the scenario in hand: its figures, and every award with its reasons."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from funding.app.parts import no_applications, result_of
from funding.app.results import (
    Failed,
    Made,
    binding,
    by_activity,
    by_city,
    found,
    headlines,
    left,
    proof,
    stopped,
    stream_chart,
    stream_title,
    streams,
    ties,
    try_again,
    worth,
)
from funding.app.state import workbench
from funding.app.text import count, listed, plain
from funding.awards import Allocation


def show() -> None:
    """Headlines, chart, and the tables."""
    bench = workbench()
    if not bench.names:
        st.info("There is no scenario. Open one on page Scenarios.")
        return
    outcome = result_of(bench, bench.current)
    if outcome is None:
        no_applications(bench)
        return
    if isinstance(outcome, Failed):
        st.error(listed(f"{outcome.name}: no allocation.\n{outcome.problem}"))
        if outcome.stopped and st.button("Try again"):
            try_again()
            st.rerun()
        return
    currency = outcome.allocation.applications.call.currency
    # Wide enough for amounts of eight digits on a small screen: a grid cuts what does not fit.
    figures, chart = st.columns([4, 3], gap="medium")
    with figures:
        _headlines(outcome, edited=bench.draft(outcome.name).changed)
    with chart:
        frame = streams([outcome])
        st.markdown(f"**{plain(stream_title(frame))}**")
        st.altair_chart(stream_chart(frame, currency), width="stretch")
    _tables(outcome, currency)


def _headlines(made: Made, *, edited: bool) -> None:
    st.markdown(f"**{plain(made.name)}{' (edited)' if edited else ''}**")
    config = {"A": st.column_config.TextColumn("Amount", alignment="right")}
    st.dataframe(headlines([made]), hide_index=True, column_config=config)
    st.caption(plain(proof(made.allocation)))


def _tables(made: Made, currency: str) -> None:
    cities, activities = by_city([made]), by_activity([made])
    words = st.text_input(
        "Search",
        key="search",
        placeholder="City, region, code, title, status or reason …",
        persist_state="session",
    )
    tabs = st.tabs(
        ["By city", "By activity", "Rules that bind", "Value and what is left", "Equals", "Notes"]
    )
    with tabs[0]:
        shown = found(cities, words, only_different=False)
        _grid(cities, shown, currency, ("city", "cities"))
    with tabs[1]:
        shown = found(activities, words, only_different=False)
        _grid(activities, shown, currency, ("activity", "activities"))
    with tabs[2]:
        frame = found(binding(made.allocation), words, only_different=False)
        wide = {"In words": st.column_config.TextColumn(width="large")}
        st.dataframe(frame, hide_index=True, column_config=wide)
    with tabs[3]:
        _remainders(made.allocation, currency)
    with tabs[4]:
        frame = found(ties(made.allocation), words, only_different=False)
        st.markdown(f"Order or lot decided {count(len(frame), 'tie')}")
        st.dataframe(frame, hide_index=True)
    with tabs[5]:
        for note in made.allocation.notes or ["Nothing to note."]:
            st.markdown(f"- {plain(note)}")


def _remainders(allocation: Allocation, currency: str) -> None:
    money = {
        name: st.column_config.NumberColumn(help=f"In {currency}", format="localized")
        for name in ("Short of request", "Next step from")
    }
    st.markdown(plain(worth(allocation)))
    st.markdown(plain(left(allocation)))
    st.dataframe(stopped(allocation), hide_index=True, column_config=money)


def _grid(whole: pd.DataFrame, shown: pd.DataFrame, currency: str, words: tuple[str, str]) -> None:
    if len(shown) < len(whole):
        st.caption(f"{len(shown):,} of {count(len(whole), *words)}")
    config = {
        name: st.column_config.NumberColumn(
            label, help=f"In {currency}", format=_format(whole, name)
        )
        for name, label in (("Requested", "Requested"), ("A", "Award"))
    }
    texts = {
        "Title": st.column_config.TextColumn(width="medium"),
        "Status A": st.column_config.TextColumn("Status"),
        "Why A": st.column_config.TextColumn("Why", width="large"),
        "Score": st.column_config.NumberColumn(format="%.1f"),
    }
    st.dataframe(shown, hide_index=True, column_config={**config, **texts}, height=560)


def _format(frame: pd.DataFrame, name: str) -> str:
    """Whole amounts without decimals; a column in which some have cents with two."""
    return "localized" if name not in frame or (frame[name] % 1 == 0).all() else "accounting"


show()
