"""Awards on screen: figures, what is shown of them, tables, a map, charts, and their downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from funding import charts
from funding.app import award_charts, award_map, award_tables
from funding.app.award_charts import Bars
from funding.app.award_figures import headlines, proof
from funding.app.award_tables import CODE, Wanted, choices
from funding.app.parts import file_name
from funding.app.text import count, plain
from funding.awards import Allocation

MOST_PLAIN = 1_000  # rows of a plain table; more would make the page slow
CITY_COLUMNS = ("City", CODE, "Requested", "Award", "Share", "Status", "Funded", "Activities")
ACTIVITY_COLUMNS = (
    *(award_tables.OF, "City", "Title", "Stream", "Score", "Requested", "Award", "Share"),
    "Status",
)
_GREY = "color: #808495"
_CITY, _TURN = "city in hand", "city tables drawn anew"
_NAME, _LETTERS = 180, 24  # pixels of a column of long names, and from when they are long
_BESIDE = 400  # pixels of the table beside the map
_WIDE = 600  # pixels of a chart; two stand beside each other where there is room


def city_in_hand(allocation: Allocation) -> str | None:
    """The city that was chosen in a table, on the map or from the list; None where none is."""
    code = st.session_state.get(_CITY)
    return code if code in allocation.applications.cities else None


def take_city(code: str | None) -> None:
    """Choose a city, or none. Tables and map are drawn anew, so that none marks another one."""
    st.session_state[_CITY] = code
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def figure_row(allocation: Allocation, *, pale: bool) -> None:
    """The figures at the head, and how good the allocation is known to be."""
    with st.container(horizontal=True, gap="small"):
        for figure in headlines(allocation):
            value = plain(figure.value)
            st.metric(
                figure.label,
                f":gray[{value}]" if pale else value,
                help=plain(figure.meaning) if figure.meaning else None,
                width="content",
            )
    st.caption(plain(proof(allocation)))


def wanted(allocation: Allocation) -> Wanted:
    """What the user wants to see of the awards: a search and filters."""
    offered = choices(allocation)
    search, popover = st.columns([4, 1], vertical_alignment="bottom")
    words = search.text_input(
        "Search",
        key="search",
        placeholder="City, region, code, title, status or reason …",
        persist_state="session",
    )
    filters: list[tuple[str, Sequence[Any]]] = [
        ("Stream", offered.streams),
        ("Region", offered.regions),
        ("Size class", offered.sizes),
        ("Status", offered.statuses),
        ("Paid in", offered.years),
    ]
    chosen: dict[str, tuple[Any, ...]] = {}
    with popover.popover("Filters", width="stretch"):
        for name, groups in filters:
            chosen[name] = _filter(name, groups) if len(groups) > 1 else ()
    made = Wanted(words or "", *chosen.values())
    if made.sentence:
        st.caption(plain(f"Only {made.sentence}."))
    return made


def _filter(name: str, groups: Sequence[Any]) -> tuple[Any, ...]:
    key = f"only {name}"
    held = st.session_state.get(key) or []
    if any(group not in groups for group in held):  # other applications have other groups
        st.session_state[key] = [group for group in held if group in groups]
    found = st.multiselect(name, groups, key=key, placeholder="All", persist_state="session")
    return tuple(found)


def city_table(allocation: Allocation, wish: Wanted, *, pale: bool) -> None:
    """The awards by city; a row that is picked opens its city."""
    whole = award_tables.by_city(allocation)
    shown = award_tables.wanted_cities(allocation, whole, wish)
    order = [*CITY_COLUMNS, *_years(whole), "Region"]
    order += ["Size class"] if "Size class" in whole else []
    _table(allocation, shown[order], whole, ("city", "cities"), pale=pale)


def activity_table(allocation: Allocation, wish: Wanted, *, pale: bool) -> None:
    """The awards by activity; a row that is picked opens its city."""
    whole = award_tables.by_activity(allocation)
    shown = award_tables.wanted_activities(whole, wish)
    order = [*ACTIVITY_COLUMNS, *_years(whole), "Why", CODE]
    _table(allocation, shown[order], whole, ("activity", "activities"), pale=pale)


def _years(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns if str(name).isdigit()]


def _table(
    allocation: Allocation,
    shown: pd.DataFrame,
    whole: pd.DataFrame,
    words: tuple[str, str],
    *,
    pale: bool,
) -> None:
    one, many = words
    currency = allocation.applications.call.currency
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.markdown(plain(award_tables.summary(shown, whole, currency, words)), width="content")
        as_text = st.toggle(
            "Plain table",
            key=f"plain {many}",
            help="The same rows as text: for a screen reader, for printing, to copy",
            persist_state="session",
            width="content",
        )
    if shown.empty:
        st.info("Nothing fits the search and the filters.")
        return
    if as_text:
        _plain_table(shown, f"Awards by {one}, {currency}")
    else:
        _grid(allocation, shown, one, pale=pale)
    if not pale:
        download(
            f"{count(len(shown), *words)} as CSV",
            partial(award_tables.as_csv, shown),
            file_name(allocation.scenario.name, f"awards-by-{one}", suffix=".csv"),
        )


def _grid(allocation: Allocation, shown: pd.DataFrame, one: str, *, pale: bool) -> None:
    amounts = award_tables.money_columns(shown)
    currency = allocation.applications.call.currency
    config: dict[str, Any] = {
        name: st.column_config.NumberColumn(
            award_tables.heading(name),
            help=f"In {currency}",
            format="localized" if (shown[name] % 1 == 0).all() else "accounting",
        )
        for name in amounts
    }
    config |= {
        "Share": st.column_config.NumberColumn(award_tables.heading("Share"), format="%.1f %%"),
        "Score": st.column_config.NumberColumn(format="%.1f"),
        "City": st.column_config.TextColumn(width=_NAME if _longest(shown) else None),
        "Title": st.column_config.TextColumn(width="medium"),
        "Why": st.column_config.TextColumn(width="large"),
        "Funded": st.column_config.NumberColumn("Funded", help="Activities with an award"),
        "Activities": st.column_config.NumberColumn(help="Activities of the city's plan"),
    }
    frame = shown.assign(Share=shown["Share"] * 100)
    key = f"{one} table {st.session_state.get(_TURN, 0)}"
    st.dataframe(
        frame.style.map(lambda _: _GREY) if pale else frame,
        hide_index=True,
        column_config=config,
        height=min(560, 38 + 35 * max(1, len(shown))),
        on_select=partial(_row_picked, key, shown[CODE].tolist()),
        selection_mode="single-row",
        key=key,
        alt=f"Awards by {one}; the plain table says the same",
    )


def _longest(shown: pd.DataFrame) -> bool:
    """Whether a name is too long for its column to grow with it."""
    return bool((shown["City"].str.len() > _LETTERS).any())


def _row_picked(key: str, codes: Sequence[str]) -> None:
    rows = st.session_state[key].selection.rows
    st.session_state[_CITY] = codes[rows[0]] if rows else None


def _plain_table(shown: pd.DataFrame, words: str) -> None:
    st.table(award_tables.as_text(shown.head(MOST_PLAIN)), hide_index=True, alt=words)
    if len(shown) > MOST_PLAIN:
        st.caption(f"The first {MOST_PLAIN:,} of {len(shown):,}; the CSV has all.")


def city_map(allocation: Allocation, wish: Wanted, *, narrow: bool, pale: bool) -> None:
    """The cities that are wanted, where they are; a click on one opens it. ``narrow``: beside a
    city's panel."""
    currency = allocation.applications.call.currency
    known = award_map.points(allocation)
    shown = award_tables.wanted_cities(allocation, known, wish)
    missing = award_map.missing_words(allocation)
    if not shown.empty:
        width = award_map.NARROW if narrow else award_map.WIDTH
        heading = award_map.title(allocation)
        drawn = award_map.chart(shown, heading, currency, width=width, pale=pale)
        with st.container(horizontal=True, gap="large"):
            _clickable(drawn, heading)
            with st.container(width=_BESIDE):
                st.markdown(f"**Cities on the map**, awards in {plain(currency)}")
                counted = award_tables.as_text(award_map.by_status(shown))
                st.table(counted, hide_index=True, alt="Cities on the map by status")
        some = f"{len(shown):,} of " if len(shown) < len(known) else ""
        st.caption(
            f"{some}{count(len(known), 'city', 'cities')} with coordinates. The larger the sign, "
            "the larger the award. Turn the wheel to zoom, drag to move, click a city to open it. "
            "The table by city says the same."
        )
        _chart_downloads(
            allocation, "map", drawn, award_tables.as_csv, shown.drop(columns="Share"), pale=pale
        )
    elif not known.empty:
        st.info("Nothing fits the search and the filters.")
    if missing:
        st.info(missing)


def _clickable(drawn: Any, words: str) -> None:
    key = f"map {st.session_state.get(_TURN, 0)}"
    st.altair_chart(
        drawn,
        width="content",
        key=key,
        on_select=partial(_sign_picked, key),
        selection_mode=[award_map.PICKED],
        alt=words,
    )


def _sign_picked(key: str) -> None:
    found = st.session_state[key].selection.get(award_map.PICKED) or []
    st.session_state[_CITY] = found[0].get(CODE) if found else None


def award_bars(allocation: Allocation, *, pale: bool) -> None:
    """A chart for each way to group the awards."""
    currency = allocation.applications.call.currency
    st.caption("Of all awards, whatever the search and the filters leave out.")
    with st.container(horizontal=True, gap="medium"):
        for bars in award_charts.all_bars(allocation):
            with st.container(width=_WIDE):
                drawn = award_charts.chart(bars, currency, pale=pale)
                height = award_charts.height(bars)
                st.altair_chart(drawn, width="stretch", height=height, alt=bars.title)
                _chart_downloads(
                    allocation, _stem(bars), drawn, _bars_csv(currency), bars, pale=pale
                )


def _stem(bars: Bars) -> str:
    return f"awards-by-{bars.by.lower().replace(' ', '-')}"


def _bars_csv(currency: str) -> Callable[[Bars], bytes]:
    return lambda bars: award_tables.as_csv(award_charts.table(bars, currency))


def _chart_downloads(
    allocation: Allocation,
    stem: str,
    drawn: Any,
    table: Callable[[Any], bytes],
    data: Any,
    *,
    pale: bool,
) -> None:
    """A chart's numbers and its picture, as files; none of what is older than its inputs."""
    if pale:
        return
    name = allocation.scenario.name
    with st.container(horizontal=True, gap="small"):
        download("CSV", partial(table, data), file_name(name, stem, suffix=".csv"))
        download("Picture", partial(charts.png, drawn), file_name(name, stem, suffix=".png"))


def download(label: str, make: Callable[[], bytes], name: str) -> None:
    """A download that is made when it is asked for; its file name tells it apart."""
    mime = "image/png" if name.endswith(".png") else "text/csv"
    st.download_button(label, make, name, mime, key=f"download {name}", on_click="ignore")
