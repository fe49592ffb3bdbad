"""Limits on screen: those that bind, what one more euro would gain, what is left, equals, notes."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from funding.app import award_figures, award_tables, limit_tables
from funding.app.award_views import download
from funding.app.on_demand import PRICES_LIMIT, find_prices, known_prices
from funding.app.parts import file_name
from funding.app.text import count, plain
from funding.awards import Allocation

_WORDS = {
    "In words": st.column_config.TextColumn(width="large"),
    "Price in words": st.column_config.TextColumn(width="large"),
}


def binding_limits(allocation: Allocation, words: str, *, pale: bool) -> None:
    """The limits that bind and, once it was asked for, what more of each would gain."""
    prices = known_prices(allocation)
    whole = limit_tables.binding(allocation, prices)
    shown = award_tables.found(whole, words)
    some = f"{len(shown):,} of " if len(shown) < len(whole) else ""
    binds = "stops an award from rising, or is a floor just met"
    if len(whole) != 1:
        binds = "stop an award from rising, or are floors just met"
    st.markdown(f"{some}{count(len(whole), 'limit')} {binds}.")
    if prices is not None:
        st.markdown(f"**{plain(limit_tables.price_sentence(allocation, prices))}**")
    if not pale and (prices is None or not prices.complete):
        _price_button(allocation, again=prices is not None)
    config = _WORDS | {"One more adds": st.column_config.NumberColumn(format="%.6g")}
    st.dataframe(
        shown,
        hide_index=True,
        column_config=config,
        placeholder=limit_tables.NO_PRICE,
        alt="Limits that bind",
    )
    if not pale:
        _csv(allocation, shown, "limits-that-bind")
    if prices is not None:
        _keys(allocation, pale=pale)


def _price_button(allocation: Allocation, *, again: bool) -> None:
    """Prices when they are asked for; ``again``: where time ran out before all were found."""
    currency = allocation.applications.call.currency
    label = "Look for all prices again" if again else f"What one more {currency} would gain"
    told = "Solves the fund again for each limit and each key of the scenario"
    if not st.button(label, help=told, key="find prices"):
        return
    with st.spinner(
        f"Solving with more and less of each limit, for up to {PRICES_LIMIT:.0f} s …",
        show_time=True,
    ):
        find_prices(allocation)
    st.rerun()


def _keys(allocation: Allocation, *, pale: bool) -> None:
    """What more of each key of the scenario is worth, with all rows that move with it."""
    prices = known_prices(allocation)
    if prices is None:
        return
    st.markdown("**What more of each limit of the scenario would gain, in all**")
    keys = limit_tables.price_table(allocation, prices)
    right = {
        name: st.column_config.TextColumn(alignment="right")
        for name in ("Now", "adds", "One less takes")
    }
    st.dataframe(keys, hide_index=True, column_config={**_WORDS, **right}, alt="Prices")
    if not pale:
        _csv(allocation, keys, "prices")
    decided = limit_tables.decision_table(prices)
    if len(decided):
        st.markdown("**What the decisions by hand cost, in value**")
        st.dataframe(decided, hide_index=True, alt="Cost of decisions by hand")


def remainder(allocation: Allocation) -> None:
    """The value and its proof, what is left, and who stops whom."""
    st.markdown(plain(award_figures.worth(allocation)))
    _certificate(allocation)
    st.markdown(plain(award_figures.left(allocation)))
    frame = limit_tables.stopped(allocation)
    if frame.empty:
        return
    st.markdown("**Rules that stop the next step of an award**")
    currency = allocation.applications.call.currency
    config = {
        name: st.column_config.TextColumn(
            f"{name}, {currency}" if name in ("Short of request", "Next step from") else name,
            alignment="right",
        )
        for name in frame.columns[1:]
    }
    st.dataframe(frame, hide_index=True, column_config=config, alt="Rules that stop awards")
    st.caption(
        "Activities: how many each rule stops; by it alone: how many no other rule stops. Short of "
        "request: what these lack together. Next step from: the smallest rise that it refuses."
    )


def _certificate(allocation: Allocation) -> None:
    """The proof that needs no solver, once it was asked for."""
    if "certificate" not in vars(allocation):
        if not st.button(
            "Prove it without the solver",
            help="Finds a certificate and checks it in exact arithmetic",
        ):
            return
        with st.spinner("Proving …", show_time=True):
            _ = allocation.certificate
        st.rerun()
    st.markdown(plain(award_figures.certified(allocation)))


def equals_and_notes(allocation: Allocation, words: str) -> None:
    """For whom the declared order or a lot decided, and what else is to know."""
    frame = limit_tables.ties(allocation)
    if frame.empty:
        st.markdown("Neither the declared order nor a lot decided between equals.")
    else:
        st.markdown(f"The declared order or a lot decided {count(len(frame), 'tie')}.")
        st.dataframe(award_tables.found(frame, words), hide_index=True, alt="Ties")
    st.markdown("**Notes**")
    for note in allocation.notes or ["Nothing to note."]:
        st.markdown(f"- {plain(note)}")


def _csv(allocation: Allocation, frame: pd.DataFrame, stem: str) -> None:
    name = file_name(allocation.scenario.name, stem, suffix=".csv")
    download("CSV", partial(award_tables.as_csv, frame), name)
