"""The panel of one city: everything about it, and what would have changed its awards."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from funding.app import adoption, city_facts, exports, offers
from funding.app.award_views import city_in_hand, take_city
from funding.app.on_demand import find_changes, known_changes
from funding.app.parts import result_of
from funding.app.proving import proved
from funding.app.results import Failed, Made, known
from funding.app.state import Workbench
from funding.app.text import count, listed, plain
from funding.awards import Allocation
from funding.errors import SolverStopped
from funding.explain import explain
from funding.sentences import city_text

_LIST = "city from the list"
_LETTER = "Letter"


def choose_city(allocation: Allocation) -> str | None:
    """The list to choose a city from; the city in hand, however it was chosen."""
    given = allocation.applications.cities
    codes = sorted(given, key=lambda code: (given[code].name.casefold(), code))
    st.session_state[_LIST] = city_in_hand(allocation)  # a table or the map may have chosen it
    st.selectbox(
        "City",
        codes,
        index=None,
        format_func=lambda code: city_facts.label(allocation, code),
        key=_LIST,
        on_change=_listed,
        placeholder="Choose one",
    )
    return city_in_hand(allocation)


def _listed() -> None:
    take_city(st.session_state[_LIST])


def draw(bench: Workbench, allocation: Allocation, code: str, *, pale: bool) -> None:
    """Everything about a city; ``pale``: under an allocation that is older than its inputs."""
    city = allocation.applications.cities[code]
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown(f"**{plain(city.name)}** · {plain(code)}  \n{plain(city.region)}")
            st.button(
                "Close", on_click=take_city, args=(None,), key="close the city", width="content"
            )
        st.markdown(plain(city_facts.headline(allocation, code)))
        currency = plain(allocation.applications.call.currency)
        st.markdown(f"**Engagement plan**, in {currency}")
        _pairs(city_facts.plan_lines(allocation, code), apart=True)
        _why(allocation, code)
        for facts in city_facts.all_facts(allocation, code):
            st.markdown(f"**{facts.heading}**")
            _pairs(facts.lines)
        _scenarios(bench, allocation, code, pale=pale)
        _changes(allocation, code, pale=pale)
        if not pale:
            _letter(allocation, code)


def _pairs(lines: Iterable[tuple[str, str]], *, apart: bool = False) -> None:
    """Names with what is said of them, one below the other; ``apart``: on a line of its own."""
    if apart:
        st.markdown("\n".join(f"- **{plain(name)}**  \n{plain(value)}" for name, value in lines))
    else:
        st.markdown("  \n".join(f"{plain(name)}: **{plain(value)}**" for name, value in lines))


def _why(allocation: Allocation, code: str) -> None:
    st.markdown("**Why**")
    # The first sentence says what the headline says.
    _, *reasons = city_text(explain(allocation, code)).splitlines() or [""]
    st.markdown("\n".join(f"- {plain(reason)}" for reason in reasons) or "Nothing to explain.")


def _scenarios(bench: Workbench, allocation: Allocation, code: str, *, pale: bool) -> None:
    """The award in every scenario of the list, and a button for those without a result."""
    applications = bench.applications
    if applications is None or len(bench.names) < 2 or code not in applications.cities:
        return
    found: list[tuple[str, Made | Failed]] = []
    waiting: list[str] = []
    for name in bench.names:
        draft = bench.draft(name)
        if draft.scenario is None:
            found.append((name, Failed(name, draft.problem)))
        elif (outcome := known(name, applications, draft.scenario)) is not None:
            found.append((name, outcome))
        else:
            waiting.append(name)
    st.markdown(f"**In each scenario**, in {plain(applications.call.currency)}")
    _pairs(city_facts.scenario_lines(found, allocation, code), apart=True)
    if not waiting:
        return
    st.caption(f"{count(len(waiting), 'scenario')} not allocated yet with these applications.")
    if not pale and st.button("Allocate every scenario", key="allocate every scenario"):
        bar = st.progress(0.0, "Allocating …")
        for done, name in enumerate(waiting):
            bar.progress(done / len(waiting), plain(f"Allocating {name} …"))
            result_of(bench, name)
        st.rerun()


def _changes(allocation: Allocation, code: str, *, pale: bool) -> None:
    """What would have changed the awards: found by solving again, when it is asked for."""
    explanation = explain(allocation, code)
    effort = city_facts.needs_solving(explanation)
    if not effort:
        return
    st.markdown("**What would have changed it**")
    solved = known_changes(allocation, code)
    if solved is not None:
        for activity, text in city_facts.changes_texts(solved):
            st.markdown(f"{plain(activity)}: {plain(text.removeprefix(f'{activity} '))}")
        return
    st.caption(plain(effort))
    if pale or not st.button("Find what would have changed it", key="find changes"):
        return
    bar = st.progress(0.0, "Solving again …")

    def progress(done: int, of: int, what: str) -> None:
        bar.progress(done / of, plain(f"Solving again for {what} …"))

    try:
        find_changes(allocation, code, progress)
    except SolverStopped as error:
        st.error(listed(str(error)))
        return
    st.rerun()


def _letter(allocation: Allocation, code: str) -> None:
    """The letter that the city would get, made of the verified award workbook as all letters."""
    columns = offers.described(
        _LETTER,
        "As the city would get it, in Word. All letters, with a template or a day of your own: "
        "page Decide and export.",
        narrow=True,
    )
    key = adoption.fingerprint(allocation)
    offers.offer(
        _LETTER,
        columns,
        (key, code),
        lambda _: exports.letter_file(proved(allocation, key).verified, code),
    )
