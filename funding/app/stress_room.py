"""The tab Stress: sweeps, the frontier and robustness of the reference, while the page is used."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from funding import charts, money
from funding.app import stress
from funding.app.jobs import Desk, Job
from funding.app.parts import file_name
from funding.app.pictures import downloads
from funding.app.pictures import draw as draw_picture
from funding.app.results import Made
from funding.app.stress_charts import colours
from funding.app.text import count, listed, plain
from funding.awards import Allocation
from funding.errors import UsageError
from funding.report.robustness_workbook import robustness_workbook
from funding.report.sweep_workbook import sweep_workbook
from funding.robustness import Findings, Settings, Study, findings_of, sentences
from funding.robustness.findings import Levels
from funding.robustness.study import draw as draw_once
from funding.sweep import (
    AGAINST,
    Frontier,
    Parameter,
    Range,
    Sweep,
    all_changes,
    figure_of,
    frontier_of,
    headline,
    knee_words,
    notes,
)
from funding.sweep.frontier import HIGHER, LOWER
from funding.sweep.points import solve_point

_DESK = "desk of studies"
KINDS = ("Sweep", "Frontier", "Robustness")
EVERY = 1.5  # seconds between two looks at a study that runs
TOLD = 12  # changes of the funded set on screen at once
MOST_POINTS, MOST_DRAWS = 60, 5_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def draw(base: Made) -> None:
    """The kind of study, what it asks for, its progress, and what it found."""
    desk: Desk = st.session_state.setdefault(_DESK, Desk())
    st.caption(
        plain(f"Studies of the reference, {base.name}.")
        + " They run while you go on working, on other pages too; what is found is kept."
    )
    kind = st.radio(
        "Study",
        KINDS,
        horizontal=True,
        key="stress kind",
        label_visibility="collapsed",
        persist_state="session",
    )
    {"Sweep": _sweep, "Frontier": _frontier, "Robustness": _robustness}[kind or KINDS[0]](
        desk, base.allocation
    )


def _run(
    desk: Desk,
    name: Hashable,
    items: Mapping[Hashable, Any],
    start: Callable[[], Job],
    what: str,
    show: Callable[[], None],
) -> None:
    """The button that starts or goes on, progress while it runs, and what is found so far."""
    found = desk.found(name)
    done = sum(key in found for key in items)
    job = desk.running(name)
    if job is not None:
        _while_running(job, what, show)
        return
    if problem := desk.problem(name):
        st.error(listed(problem))
    if done < len(items):
        label = f"Go on from {count(done, what)}" if done > 1 else "Start"
        if st.button(label, type="primary", disabled=desk.busy, key=f"start {what}"):
            start()
            st.rerun()
        if desk.busy:
            st.caption("Another study is running. This one can start when it has ended.")
        if done > 1:
            st.info(f"{done:,} of {count(len(items), what)} are done; what follows is of them.")
    show()


@st.fragment(run_every=EVERY)
def _while_running(job: Job, what: str, show: Callable[[], None]) -> None:
    """Drawn again and again while the study runs; then the page once more, without it."""
    if not job.running:
        st.rerun()
    left, right = st.columns([5, 1], vertical_alignment="center")
    told = f"{job.done:,} of {count(job.of, what)} done"
    if not job.done:
        told = "Starting the processes that solve …"
    left.progress(min(1.0, job.done / job.of), told)
    right.button(
        "Stop the study",
        on_click=job.stop,
        disabled=job.stopping,
        width="stretch",
        key=f"stop {what}",
    )
    if job.stopping:
        st.caption("Stopping when what is in hand is done. What was found is kept.")
    show()


# -- sweep ------------------------------------------------------------------------------


def _sweep(desk: Desk, allocation: Allocation) -> None:
    given, scenario = allocation.applications, allocation.scenario
    currency = given.call.currency
    known = {each.key: each for each in stress.movable(scenario)}
    left, low, high, steps = st.columns([3, 2, 2, 1], vertical_alignment="bottom")
    key = left.selectbox(
        "Parameter",
        list(known),
        format_func=lambda key: (
            f"{known[key].title} ({known[key].show(known[key].value, currency)})"
        ),
        key=f"sweep parameter {scenario.digest}",
        persist_state="session",
    )
    parameter = known[key]
    ends = stress.usual(parameter)
    first = _end(low, "From", parameter, ends[0], currency, scenario.digest)
    last = _end(high, "To", parameter, ends[1], currency, scenario.digest)
    number = steps.number_input(
        "Points", 2, MOST_POINTS, 11, key="sweep points", persist_state="session"
    )
    if first >= last:
        st.warning("The sweep goes from a lower to a higher value.")
        return
    over = Range(parameter, stress.spaced(first, last, int(number), parameter))
    try:
        items = stress.sweep_items(scenario, over)
    except UsageError as error:
        st.error(listed(f"This range cannot be swept.\n{error}"))
        return
    name = stress.sweep_name(given)

    def show() -> None:
        made = stress.sweep_so_far(given, scenario, over, desk.found(name))
        if made is not None:
            _swept(made)

    common = stress.sweep_common(given)
    _run(desk, name, items, partial(desk.start, name, solve_point, common, items), "point", show)


def _end(
    place: st.delta_generator.DeltaGenerator,
    label: str,
    parameter: Parameter,
    value: Decimal,
    currency: str,
    of: str,
) -> Decimal:
    """One end of the range, in currency units, per cent or as it is."""
    share = parameter.kind == "share"
    unit = "%" if share else currency if parameter.in_money else ""
    start = float(value * 100 if share else value)
    whole = start == int(start)
    typed = place.number_input(
        plain(f"{label}{', ' if unit else ''}{unit}"),
        min_value=0.0,
        max_value=100.0 if share else float(money.MOST // money.CENTS),
        value=start,
        format="%.0f" if whole and not share else "%.2f",
        key=f"sweep {label} {parameter.key} {of}",
        persist_state="session",
    )
    exact = Decimal(str(typed or 0.0))
    return stress.rounded(exact / 100 if share else exact, parameter)


def _swept(made: Sweep) -> None:
    """The chart with its sentence, where the funded set changes, and the table."""
    if made.found:
        chart = charts.sweep_chart(made)
        st.altair_chart(chart, width="content", alt=headline(made))
        _files(made, None, chart)
    else:
        st.warning(plain(headline(made)))
    for words in notes(made):
        st.markdown(f"- {plain(words)}")
    st.markdown("**Where the funded set changes**")
    told = all_changes(made)
    for words in told[:TOLD]:
        st.markdown(f"- {plain(words)}")
    if len(told) > TOLD:
        with st.expander(f"{len(told) - TOLD:,} more"):
            for words in told[TOLD:]:
                st.markdown(f"- {plain(words)}")
    _table(stress.points_table(made), "Remark")


def _table(frame: pd.DataFrame, *texts: str) -> None:
    """A table of texts, numbers to the right."""
    config: dict[str, Any] = {
        column: st.column_config.TextColumn(alignment="right")
        for column in frame.columns
        if column not in texts
    }
    st.dataframe(frame, hide_index=True, column_config=config)


def _files(made: Sweep, traded: Frontier | None, chart: charts.Chart) -> None:
    stem = "sweep" if traded is None else "frontier"
    downloads(
        stress.points_numbers(made), stem, made.scenario.name, picture=partial(charts.png, chart)
    )
    st.download_button(
        "Sweep workbook",
        partial(sweep_workbook, made, traded),
        file_name(stem, made.scenario.name, suffix=".xlsx"),
        XLSX,
        key=f"workbook {stem}",
        on_click="ignore",
    )


# -- frontier ---------------------------------------------------------------------------


def _frontier(desk: Desk, allocation: Allocation) -> None:
    given, scenario = allocation.applications, allocation.scenario
    over = stress.prices(scenario)
    measures = [*LOWER, *HIGHER]
    key = st.selectbox(
        "What evenness is measured by",
        measures,
        index=measures.index(AGAINST),
        format_func=lambda key: figure_of(key).title,
        key="frontier against",
        persist_state="session",
    )
    try:
        items = stress.sweep_items(scenario, over)
    except UsageError as error:
        st.error(listed(f"This scenario has no frontier.\n{error}"))
        return
    name = stress.sweep_name(given)

    def show() -> None:
        made = stress.sweep_so_far(given, scenario, over, desk.found(name))
        # One price alone would say that giving up value buys nothing.
        if made is not None and len(made.points) > 1:
            _traded(frontier_of(made, figure_of(key)))

    common = stress.sweep_common(given)
    _run(desk, name, items, partial(desk.start, name, solve_point, common, items), "price", show)


def _traded(made: Frontier) -> None:
    """The chart with its sentence, and the table."""
    if not made.trades:
        st.warning(plain(knee_words(made)))
        return
    chart = charts.frontier_chart(made)
    st.altair_chart(chart, width="content", alt=knee_words(made))
    _files(made.sweep, made, chart)
    _table(stress.trades_table(made), "Fairness price", "Remark")


# -- robustness -------------------------------------------------------------------------


def _robustness(desk: Desk, allocation: Allocation) -> None:
    given, scenario = allocation.applications, allocation.scenario
    settings, wanted = _settings(stress.scores_vary(given))
    try:
        study = Study(given, scenario, settings)
    except UsageError as error:
        st.error(listed(str(error)))
        return
    name = stress.draws_name(study)
    items: dict[Hashable, int] = {number: number for number in range(wanted)}

    def show() -> None:
        found: dict[Any, Any] = dict(desk.found(name))
        if found:
            _found(findings_of(study, allocation, found, asked=wanted, levels=Levels()))

    _run(desk, name, items, partial(desk.start, name, draw_once, study, items), "draw", show)


def _settings(spread_known: bool) -> tuple[Settings, int]:
    """What varies, and how many draws."""
    columns = st.columns([2, 2, 2, 3, 2], vertical_alignment="bottom")
    wanted = columns[0].number_input(
        "Draws", 10, MOST_DRAWS, 200, step=50, key="draws", persist_state="session"
    )
    envelope = columns[1].number_input(
        "Envelope ±, %", 0, 99, 10, key="draws envelope", persist_state="session"
    )
    requests = columns[2].number_input(
        "Requests −, %",
        0,
        99,
        0,
        key="draws requests",
        persist_state="session",
        help="Each activity comes out smaller by up to this share, in all its parts alike",
    )
    from_scores = spread_known and columns[3].toggle(
        "Scores by assessors",
        value=True,
        key="draws by assessors",
        persist_state="session",
        help="Each score varies as far as its assessors differ; else all by one standard error",
    )
    error: float | None = None
    if not from_scores:
        error = columns[4].number_input(
            "Error of scores, points",
            0.0,
            50.0,
            3.0,
            key="draws error",
            persist_state="session",
        )
    return Settings(
        standard_error=error,
        envelope_spread=envelope / 100,
        request_spread=requests / 100,
        time_limit=stress.TIME_LIMIT,
    ), int(wanted)


def _found(made: Findings) -> None:
    """Sentences, and every activity or city with its colour in words."""
    for words in sentences(made):
        st.markdown(f"- {plain(words)}")
    if not made.allocated:
        return
    stem = ("robustness", made.study.scenario.name)
    draw_picture(colours(made), stress.chances_table(made, cities=False), *stem)
    cities = (
        st.radio(
            "By",
            ["Activities", "Cities"],
            horizontal=True,
            key="draws by",
            label_visibility="collapsed",
            persist_state="session",
        )
        == "Cities"
    )
    frame = stress.chances_table(made, cities=cities)
    currency = made.study.applications.call.currency
    config: dict[str, Any] = {
        column: st.column_config.NumberColumn(f"{column}, {currency}", format="localized")
        for column in ("Award today", "Award at 5 %", "in the middle", "at 95 %")
    }
    config["Funded in"] = st.column_config.NumberColumn(help="Share of the draws", format="percent")
    styled = frame.style.map(stress.tint, subset=[stress.COLOUR])
    st.dataframe(styled, hide_index=True, column_config=config, height=480)
    downloads(frame, *stem, "cities" if cities else "activities")
    st.download_button(
        "Robustness workbook",
        partial(robustness_workbook, made),
        file_name(*stem, suffix=".xlsx"),
        XLSX,
        key="workbook robustness",
        on_click="ignore",
    )
