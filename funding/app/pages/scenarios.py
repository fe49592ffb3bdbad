"""Page Scenarios: both scenarios in forms made from the classes of their rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from funding import money
from funding.app.forms import fields_of, help_of, map_grid, switched
from funding.app.parameters import Parameter, Shape, entered, parameters, taken
from funding.app.parts import file_name
from funding.app.results import SIDES
from funding.app.state import Draft, Workbench, workbench
from funding.app.text import count, listed, plain
from funding.errors import ScenarioError
from funding.fund import Fund, Ties
from funding.objective import Objective
from funding.rules import GATES, RULES
from funding.scenario import ON_FUND, difference

Table = dict[str, Any]
_APART = {key: rule for key, rule in RULES.items() if rule.apart and parameters(rule)}
_CLASSES = [p for p in parameters(Fund) if p.shape is Shape.MAP and p.name not in ON_FUND]


def show() -> None:
    """Row by row, the same part of A and B beside each other."""
    bench = workbench()
    _upload(bench)
    if not bench.shelf:
        st.info("There is no scenario. Upload one.")
        return
    made: dict[str, Table] = {side: dict(bench.draft(side).tables) for side in SIDES}
    tops = _pair(lambda side: st.container())
    st.markdown("#### Fund")
    _pair(lambda side: _fund(bench, made[side], _key(bench, side)))
    st.markdown("#### What is maximised", help=help_of(Objective))
    _pair(lambda side: _table(bench, made[side], "objective", Objective, _key(bench, side)))
    st.markdown("#### Equals", help=help_of(Ties))
    _pair(lambda side: _table(bench, made[side], "ties", Ties, _key(bench, side)))
    for title, section, known in (("Gates", "gates", GATES), ("Rules", "rules", RULES)):
        st.markdown(f"#### {title}")
        for key, model in known.items():
            # Rules that hold always and have no parameters have nothing to set.
            if (not model.always or parameters(model)) and key not in _APART:
                _pair(partial(_term, bench, made, section, key, model))
    for key, model in _APART.items():
        _pair(partial(_term, bench, made, "", key, model))
    st.markdown("#### Classes of cities and partners")
    for parameter in _CLASSES:
        st.caption(plain(parameter.label))
        _pair(partial(_classes, bench, made, parameter))
    for side in SIDES:
        bench.draft(side).take(made[side])
        with tops[side]:
            _top(bench, side)


def _pair(draw: Callable[[str], Any]) -> dict[str, Any]:
    drawn = {}
    for side, column in zip(SIDES, st.columns(2, gap="medium"), strict=True):
        with column:
            drawn[side] = draw(side)
    return drawn


def _key(bench: Workbench, side: str) -> str:
    return f"{side} {bench.chosen[side]} {bench.draft(side).generation}"


def _upload(bench: Workbench) -> None:
    with st.expander("Open a scenario file", expanded=not bench.shelf):
        file = st.file_uploader("A scenario in TOML", type=["toml"], key="scenario file")
        choices = st.columns([1, 1, 3])
        for side, column in zip(SIDES, choices, strict=False):
            if column.button(f"Open as {side}", disabled=file is None, width="stretch"):
                assert file is not None  # else the button is disabled
                try:
                    text = file.getvalue().decode("utf-8")
                    name = bench.add_scenario(file.name, text)
                except UnicodeDecodeError:
                    st.error(f"{plain(file.name)} is not text in UTF-8. Save it so and try again.")
                except ScenarioError as error:
                    st.error(listed(f"{file.name} cannot be used: {error}"))
                else:
                    for each in SIDES:
                        bench.chosen.setdefault(each, name)
                    bench.chosen[side] = name
                    st.session_state.pop(f"scenario {side}", None)
                    st.rerun()


def _top(bench: Workbench, side: str) -> None:
    """Name, problems in words, what was changed, download."""
    draft = bench.draft(side)
    name = str(draft.tables.get("name", ""))
    st.markdown(f"**{side} · {plain(name)}**{' (edited)' if draft.changed else ''}")
    if description := draft.tables.get("description"):
        st.caption(plain(description))
    if draft.scenario is None:
        st.error(listed(f"This scenario cannot be used:\n{draft.problem}"))
    left, right = st.columns(2)
    if left.button(
        "Undo all edits", key=f"undo {side}", disabled=not draft.changed, width="stretch"
    ):
        draft.reset()
        prefix = f"{side} {bench.chosen[side]} "
        bench.grids = {k: g for k, g in bench.grids.items() if not k.startswith(prefix)}
        st.rerun()
    right.download_button(
        "Download as TOML",
        draft.scenario.to_toml() if draft.scenario else "",
        file_name(name, suffix=".toml"),
        "application/toml",
        key=f"toml {side}",
        disabled=draft.scenario is None,
        on_click="ignore",
        width="stretch",
    )
    if draft.changed and draft.scenario is not None:
        _differences(draft)


def _differences(draft: Draft) -> None:
    assert draft.scenario is not None  # checked by the caller
    changed = difference(draft.original, draft.scenario)
    rows = [(key, _shown(old), _shown(new)) for key, (old, new) in changed.items()]
    with st.expander(f"{count(len(rows), 'edit')} to the scenario as it was opened"):
        frame = pd.DataFrame(rows, columns=["Key", "Was", "Is"], dtype="string")
        st.dataframe(frame, hide_index=True)


def _shown(value: Any) -> str:
    return "not there" if value is None else str(value)


def _fund(bench: Workbench, tables: Table, key: str) -> None:
    """The unit, and the envelope as a whole or by year."""
    fund = dict(tables.get("fund", {}))
    tables["fund"] = fund
    with st.container(border=True):
        unit, switch = st.columns(2, vertical_alignment="bottom")
        with unit:
            (field,) = [p for p in parameters(Fund) if p.name == "unit"]
            fund.update(fields_of(bench, [field], fund, f"{key} fund"))
        by_year = "envelopes" in fund
        name = f"{key} by year"
        if name not in st.session_state:
            st.session_state[name] = by_year
        wanted = switch.toggle("Envelope by year", key=name)
        if wanted:
            fund["envelopes"] = _years(bench, fund, key)
            fund.pop("envelope", None)
            st.caption(f"Together {_total(fund['envelopes'])}")
        else:
            fund["envelope"] = _amount("Envelope", _whole(fund), f"{key} envelope")
            fund.pop("envelopes", None)


def _years(bench: Workbench, fund: Table, key: str) -> Table:
    """One amount for each year of the scenario and of the applications."""
    given: Mapping[str, Any] = fund.get("envelopes", {})
    applications = bench.intake.applications if bench.intake else None
    asked: set[str] = set()
    if applications is not None:
        asked = {str(y) for a in applications.activities for y in applications.payment_shares(a)}
        if not given:
            given = {str(applications.call.first_year): fund.get("envelope", 0)}
    years = sorted({*given, *asked})
    made: Table = {}
    for year, column in zip(years, st.columns(max(1, len(years))), strict=False):
        with column:
            value = _amount(f"Envelope {year}", given.get(year), f"{key} envelope {year}")
        if value is not None:
            made[year] = value
    return made


def _amount(label: str, value: Any, key: str) -> Any:
    if key not in st.session_state:
        st.session_state[key] = entered(Shape.AMOUNT, value)
    text = st.text_input(plain(label), key=key)
    return value if text == entered(Shape.AMOUNT, value) else taken(Shape.AMOUNT, text)


def _whole(fund: Table) -> Any:
    if "envelope" in fund:
        return fund["envelope"]
    years = fund.get("envelopes", {}).values()
    return sum(v for v in years if isinstance(v, int | Decimal))


def _total(envelopes: Table) -> str:
    amounts = [v for v in envelopes.values() if isinstance(v, int | Decimal)]
    try:
        return money.show(sum(money.cents(v) for v in amounts))
    except ValueError:
        return "not known yet"


def _table(bench: Workbench, tables: Table, name: str, model: Any, key: str) -> None:
    held = tables.get(name)
    with st.container(border=True):
        made = fields_of(bench, parameters(model), dict(held or {}), f"{key} {name}")
    if made or held is not None:
        tables[name] = made


def _term(
    bench: Workbench, made: dict[str, Table], section: str, name: str, model: Any, side: str
) -> None:
    """A rule or gate of one side, in the tables of that side; without a section, on top."""
    tables = made[side]
    terms = dict(tables.get(section, {})) if section else tables
    with st.container(border=True, height="stretch"):
        key = f"{_key(bench, side)} {section} {name}"
        table = switched(bench, model, terms.get(name), key)
    if table is None or (not table and model.always and name not in terms):
        terms.pop(name, None)
    else:
        terms[name] = table
    if section and (terms or section in tables):
        tables[section] = terms


def _classes(bench: Workbench, made: dict[str, Table], parameter: Parameter, side: str) -> None:
    """The size classes or partner classes of one side."""
    value = made[side].get(parameter.name)
    new = map_grid(bench, parameter, value, _key(bench, side))
    if new or value is not None:
        made[side][parameter.name] = new


show()
