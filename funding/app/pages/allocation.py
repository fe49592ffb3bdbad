"""Page Allocation: both scenarios side by side, their differences, every award with its reasons."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from funding.app.parts import no_applications, results
from funding.app.results import (
    SIDES,
    Failed,
    Headline,
    Made,
    binding,
    by_activity,
    by_city,
    difference_words,
    found,
    headlines,
    proof,
    step,
    stream_chart,
    stream_title,
    streams,
    try_again,
)
from funding.app.state import workbench
from funding.app.text import count, listed, plain


def show() -> None:
    """Headlines, chart, and the tables."""
    bench = workbench()
    made = results(bench)
    if not made:
        no_applications(bench)
        return
    _heads(made)
    having = [outcome for outcome in made if isinstance(outcome, Made)]
    if not having:
        return
    currency = having[0].allocation.applications.call.currency
    frame = streams(having)
    st.markdown(f"**{plain(stream_title(frame))}**")
    st.altair_chart(stream_chart(frame, currency), width="stretch")
    _tables(having, currency)


def _heads(made: Sequence[Made | Failed]) -> None:
    against: list[Headline] = []
    for column, outcome in zip(st.columns(2), made, strict=True):
        with column.container(border=True, height="stretch"):
            bench = workbench()
            edited = " (edited)" if bench.draft(outcome.side).changed else ""
            st.markdown(f"**{outcome.side} · {plain(outcome.name)}**{edited}")
            if isinstance(outcome, Failed):
                st.error(listed(outcome.problem))
                if outcome.stopped and st.button("Try again", key=f"again {outcome.side}"):
                    try_again()
                    st.rerun()
                continue
            figures = headlines(outcome.allocation)
            currency = outcome.allocation.applications.call.currency
            for n, (place, figure) in enumerate(
                zip(st.columns([3, 3, 2, 2]), figures, strict=True)
            ):
                delta = step(figure, against[n], currency) if against else None
                place.metric(
                    figure.label, figure.value, delta, delta_color="off", delta_arrow="off"
                )
            st.caption(plain(proof(outcome.allocation)))
            against = figures


def _tables(having: Sequence[Made], currency: str) -> None:
    cities, activities = by_city(having), by_activity(having)
    if "B − A" in cities:
        st.markdown(plain(difference_words(cities, currency)))
    search, only = st.columns([3, 1], vertical_alignment="bottom")
    words = search.text_input(
        "Search",
        key="search",
        placeholder="City, region, code, title, status or reason …",
        persist_state="session",
    )
    different = "B − A" in cities and only.toggle(
        "Only what differs", key="only different", persist_state="session"
    )
    tabs = st.tabs(["By city", "By activity", "Rules that bind", "Notes"])
    with tabs[0]:
        _grid(cities, found(cities, words, only_different=different), currency, ("city", "cities"))
    with tabs[1]:
        shown = found(activities, words, only_different=different)
        _grid(activities, shown, currency, ("activity", "activities"))
    with tabs[2]:
        for outcome in having:
            frame = found(binding(outcome.allocation), words, only_different=False)
            st.markdown(f"**{outcome.side} · {plain(outcome.name)}**: {count(len(frame), 'rule')}")
            wide = {"In words": st.column_config.TextColumn(width="large")}
            st.dataframe(frame, hide_index=True, column_config=wide)
    with tabs[3]:
        for outcome in having:
            notes = outcome.allocation.notes
            st.markdown(f"**{outcome.side} · {plain(outcome.name)}**")
            for note in notes or ["Nothing to note."]:
                st.markdown(f"- {plain(note)}")


def _grid(whole: pd.DataFrame, shown: pd.DataFrame, currency: str, words: tuple[str, str]) -> None:
    if len(shown) < len(whole):
        st.caption(f"{len(shown):,} of {count(len(whole), *words)}")
    amounts = ["Requested", *SIDES, "B − A"]
    config = {
        name: st.column_config.NumberColumn(
            name if name == "Requested" or name == "B − A" else f"Award {name}",
            help=f"In {currency}",
            format="localized",
        )
        for name in amounts
    }
    texts = {
        "Title": st.column_config.TextColumn(width="medium"),
        "Why A": st.column_config.TextColumn(width="large"),
        "Why B": st.column_config.TextColumn(width="large"),
        "Score": st.column_config.NumberColumn(format="%.1f"),
    }
    st.dataframe(shown, hide_index=True, column_config={**config, **texts}, height=560)


show()
