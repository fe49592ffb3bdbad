"""What page Compare shows of a comparison: the whole, who gains and loses, shares, inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from funding.app import compare_charts as charts
from funding.app import comparing
from funding.app.pictures import downloads, draw
from funding.app.text import count, plain
from funding.compare import (
    BANDS,
    ONE_SIDED,
    SHARES,
    Comparison,
    by_activity,
    by_city,
    sentences,
)

FEW = 2  # other scenarios whose values and differences have room beside each other
ROW = 35  # height of a row of a table [pixels]
TALL = 560
_FIGURE, _MEANING = 270, 420  # pixels, so that none of these texts is cut
_OTHER = "compared scenario"


def whole(comparison: Comparison) -> None:
    """Sentences, how many gain and lose with each, and all figures."""
    for name, words in sentences(comparison).items():
        text = f"**{plain(name)}**  \n{plain(' '.join(words))}"
        if len(words) == 1:
            st.info(text)  # nothing changed: one sentence says so
        else:
            st.markdown(text)
    cities = by_city(comparison)
    if len(comparison.others) > 1:
        shown = charts.bands(comparison, cities)
        draw(shown, comparing.bands(comparison, cities), "gains and losses", comparison.base_name)
    _figures(comparison)


def _figures(comparison: Comparison) -> None:
    st.markdown("#### Figures")
    show: comparing.Show = "Both"
    if len(comparison.others) > FEW:
        picked = st.radio(
            "Show",
            ["Values", "Differences"],
            horizontal=True,
            key="compared figures",
            label_visibility="collapsed",
            persist_state="session",
        )
        show = "Differences" if picked == "Differences" else "Values"
    frame = comparing.figures(comparison, show)
    config: dict[str, Any] = {
        name: st.column_config.TextColumn(alignment="right")
        for name in frame.columns
        if name not in ("Section", "Figure", "Meaning")
    }
    config["Figure"] = st.column_config.TextColumn(pinned=True, width=_FIGURE)
    config["Section"] = st.column_config.TextColumn(pinned=True)
    config["Meaning"] = st.column_config.TextColumn(width=_MEANING)
    st.dataframe(frame, hide_index=True, column_config=config, height=ROW * (len(frame) + 1) + 3)
    if not comparison.same_value:
        st.caption(
            "Value is counted otherwise in some of these scenarios: those values cannot be "
            "compared, so that no difference is shown."
        )
    downloads(comparing.figures_numbers(comparison), "figures", comparison.base_name)


def winners(comparison: Comparison) -> None:
    """Every award beside that of the reference, city by city or activity by activity."""
    at = _other(comparison)
    cities = by_city(comparison)
    name = comparison.others[at][0]
    shown = charts.gains(comparison, cities, at)
    if shown is None:
        st.info(plain(f"No city gains or loses with {name}."))
    else:
        numbers = comparing.awards(comparison, cities, at, titles=False)
        draw(shown, numbers, "gains and losses", name)
    st.markdown("#### Every award")
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    titles = (
        left.radio(
            "By",
            ["Cities", "Activities"],
            horizontal=True,
            key="compared by",
            persist_state="session",
        )
        == "Activities"
    )
    words = right.text_input(
        "Search",
        key="compared search",
        placeholder="City, code, title …",
        persist_state="session",
    )
    changes = by_activity(comparison) if titles else cities
    _awards(comparison, comparing.awards(comparison, changes, at, titles=titles), words, titles)
    table = comparing.awards_whole(comparison, changes, titles=titles)
    downloads(table, "activities" if titles else "cities", comparison.base_name)


def _awards(comparison: Comparison, frame: pd.DataFrame, words: str, titles: bool) -> None:
    bands = [band for band in (*BANDS, ONE_SIDED) if (frame["Gain or loss"] == band).any()]
    labels = {band: f"{band} ({(frame['Gain or loss'] == band).sum():,})" for band in bands}
    picked = st.pills(
        "Gain or loss",
        bands,
        selection_mode="multi",
        format_func=labels.__getitem__,
        key=f"compared bands {titles} {len(bands)}",
        label_visibility="collapsed",
    )
    found = comparing.matching(frame, words)
    if picked:
        found = found[found["Gain or loss"].isin(picked)]
    if len(found) < len(frame):
        one, many = ("activity", "activities") if titles else ("city", "cities")
        st.caption(f"{len(found):,} of {count(len(frame), one, many)}")
    config: dict[str, Any] = {
        name: st.column_config.NumberColumn(
            f"{name}, {comparison.currency}", format=number_format(frame[name])
        )
        for name in ("Reference", "Here", "Difference")
    }
    st.dataframe(
        found,
        hide_index=True,
        column_config=config,
        height=min(TALL, ROW * (len(found) + 1) + 3),
    )


def shares(comparison: Comparison) -> None:
    """What each group gets: of streams, regions, size classes and more."""
    at = _other(comparison)
    by = st.radio(
        "By",
        list(SHARES),
        horizontal=True,
        key="compared shares",
        persist_state="session",
    ) or next(iter(SHARES))
    table = comparing.shares(comparison, by)
    shown = charts.shares(comparison, at, by)
    if shown is None:
        st.info("Nothing is awarded, so that there are no shares.")
    else:
        draw(shown, table, "shares", by, comparison.others[at][0])
    config: dict[str, Any] = {}
    for name in table.columns[1:]:
        share = name.startswith("Share: ")
        config[name] = st.column_config.NumberColumn(
            "Share" if share else f"{name}, {comparison.currency}",
            help="Of all awards" if share else None,
            format="%.1f %%" if share else number_format(table[name]),
        )
    parts = {name: table[name] * 100 for name in config if name.startswith("Share: ")}
    st.dataframe(table.assign(**parts), hide_index=True, column_config=config)


def inputs(comparison: Comparison) -> None:
    """Only what differs between the inputs."""
    at = _other(comparison)
    name = comparison.others[at][0]
    frame = comparing.inputs(comparison, at)
    if not len(frame):
        st.info(plain(f"The inputs of {name} are those of {comparison.base_name}."))
        return
    verb = "differs" if len(frame) == 1 else "differ"
    number = count(len(frame), "input")
    st.markdown(plain(f"{number} of {name} {verb} from the reference, {comparison.base_name}."))
    wide = {column: st.column_config.TextColumn(width="medium") for column in ("Reference", "Here")}
    if (frame["Where"] == "Scenario").all():
        st.dataframe(comparing.inputs_words(comparison, at), hide_index=True, column_config=wide)
    else:
        wide["Key or code"] = st.column_config.TextColumn(width="large")
        st.dataframe(frame, hide_index=True, column_config=wide)
    downloads(comparing.inputs_whole(comparison), "inputs", comparison.base_name)


def _other(comparison: Comparison) -> int:
    """Which of the other scenarios is looked at; asked where there are several."""
    names = [name for name, _ in comparison.others]
    if len(names) == 1:
        return 0
    if st.session_state.get(_OTHER, names[0]) not in names:
        del st.session_state[_OTHER]
    picked = st.selectbox(
        plain(f"Beside the reference, {comparison.base_name}"),
        names,
        key=_OTHER,
        persist_state="session",
    )
    return names.index(picked)


def number_format(column: Sequence[float] | pd.Series[float]) -> str:
    """Whole amounts without decimals; a column in which some have cents with two."""
    known = pd.Series(column).dropna()
    return "localized" if (known % 1 == 0).all() else "accounting"
