"""Page Compare: the reference and another scenario side by side, and what differs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from funding.app.award_figures import left, proof, worth
from funding.app.limit_tables import binding, stopped, ties
from funding.app.parts import no_applications, result_of
from funding.app.results import Failed, Made, try_again
from funding.app.state import workbench
from funding.app.text import count, listed, plain
from funding.app.two_sides import (
    SIDES,
    by_activity,
    by_city,
    difference_words,
    found,
    headlines,
    stream_chart,
    stream_title,
    streams,
)


def show() -> None:
    """Headlines, chart, and the tables."""
    bench = workbench()
    if not bench.names:
        st.info("There is no scenario. Open one on page Scenarios.")
        return
    names = [bench.reference, *bench.others[:1]]
    made = [found for name in names if (found := result_of(bench, name)) is not None]
    if not made:
        no_applications(bench)
        return
    _problems(made)
    having = [outcome for outcome in made if isinstance(outcome, Made)]
    if not having:
        return
    currency = having[0].allocation.applications.call.currency
    # Wide enough for amounts of eight digits on a small screen: a grid cuts what does not fit.
    figures, chart = st.columns([4, 3], gap="medium")
    with figures:
        _headlines(having)
    with chart:
        frame = streams(having)
        st.markdown(f"**{plain(stream_title(frame))}**")
        st.altair_chart(stream_chart(frame, currency), width="stretch")
    _tables(having, currency)


def _problems(made: Sequence[Made | Failed]) -> None:
    for outcome in made:
        if isinstance(outcome, Failed):
            st.error(listed(f"{outcome.name}: no allocation.\n{outcome.problem}"))
            if outcome.stopped and st.button("Try again", key=f"again {outcome.name}"):
                try_again()
                st.rerun()


def _headlines(having: Sequence[Made]) -> None:
    bench = workbench()
    named = [
        f"{side} is {made.name}{' (edited)' if bench.draft(made.name).changed else ''}"
        for side, made in zip(SIDES, having, strict=False)
    ]
    st.markdown(f"**{plain('; '.join(named))}**")
    config = {name: st.column_config.TextColumn(alignment="right") for name in (*SIDES, "B − A")}
    st.dataframe(headlines(having), hide_index=True, column_config=config)
    proofs = [f"{made.name}: {proof(made.allocation)}" for made in having]
    st.caption(plain(" ".join(proofs)))


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
    tabs = st.tabs(
        ["By city", "By activity", "Rules that bind", "Value and what is left", "Equals", "Notes"]
    )
    with tabs[0]:
        _grid(cities, found(cities, words, only_different=different), currency, ("city", "cities"))
    with tabs[1]:
        shown = found(activities, words, only_different=different)
        _grid(activities, shown, currency, ("activity", "activities"))
    with tabs[2]:
        for outcome in having:
            frame = found(binding(outcome.allocation), words, only_different=False)
            st.markdown(f"**{plain(outcome.name)}**: {count(len(frame), 'limit')}")
            wide = {"In words": st.column_config.TextColumn(width="large")}
            st.dataframe(frame, hide_index=True, column_config=wide)
    with tabs[3]:
        _remainders(having)
    with tabs[4]:
        for outcome in having:
            frame = found(ties(outcome.allocation), words, only_different=False)
            told = count(len(frame), "tie")
            st.markdown(f"**{plain(outcome.name)}**: order or lot decided {told}")
            st.dataframe(frame, hide_index=True)
    with tabs[5]:
        for outcome in having:
            notes = outcome.allocation.notes
            st.markdown(f"**{plain(outcome.name)}**")
            for note in notes or ["Nothing to note."]:
                st.markdown(f"- {plain(note)}")


def _remainders(having: Sequence[Made]) -> None:
    for outcome in having:
        allocation = outcome.allocation
        st.markdown(f"**{plain(outcome.name)}**: {plain(worth(allocation))}")
        st.markdown(plain(left(allocation)))
        st.dataframe(stopped(allocation), hide_index=True)


def _grid(whole: pd.DataFrame, shown: pd.DataFrame, currency: str, words: tuple[str, str]) -> None:
    if len(shown) < len(whole):
        st.caption(f"{len(shown):,} of {count(len(whole), *words)}")
    amounts = ["Requested", *SIDES, "B − A"]
    config = {
        name: st.column_config.NumberColumn(
            name if name == "Requested" or name == "B − A" else f"Award {name}",
            help=f"In {currency}",
            format=_format(whole, name),
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


def _format(frame: pd.DataFrame, name: str) -> str:
    """Whole amounts without decimals; a column in which some have cents with two."""
    return "localized" if name not in frame or (frame[name] % 1 == 0).all() else "accounting"


show()
