"""Page Scenarios: the scenario in hand in forms made from the classes of their rules."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from funding import money
from funding.app.forms import fields_of, help_of, map_grid, switched
from funding.app.parameters import Parameter, Shape, entered, parameters, taken
from funding.app.parts import file_name
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
    """One scenario at a time: its fund, what is maximised, its gates and rules."""
    bench = workbench()
    _upload(bench)
    if not bench.names:
        st.info("There is no scenario. Open one.")
        return
    draft = bench.draft(bench.current)
    made: Table = dict(draft.tables)
    key = f"{bench.current} {draft.generation}"
    top = st.container()
    st.markdown("#### Fund")
    _fund(bench, made, key)
    st.markdown("#### What is maximised", help=help_of(Objective))
    _table(bench, made, "objective", Objective, key)
    st.markdown("#### Equals", help=help_of(Ties))
    _table(bench, made, "ties", Ties, key)
    for title, section, known in (("Gates", "gates", GATES), ("Rules", "rules", RULES)):
        st.markdown(f"#### {title}")
        for name, model in known.items():
            # Rules that hold always and have no parameters have nothing to set.
            if (not model.always or parameters(model)) and name not in _APART:
                _term(bench, made, section, name, model, key)
    for name, model in _APART.items():
        _term(bench, made, "", name, model, key)
    st.markdown("#### Classes of cities and partners")
    for parameter in _CLASSES:
        st.caption(plain(parameter.label))
        _classes(bench, made, parameter, key)
    draft.take(made)
    with top:
        _top(bench, draft)


def _upload(bench: Workbench) -> None:
    with st.expander("Open a scenario file", expanded=not bench.names):
        file = st.file_uploader("A scenario in TOML", type=["toml"], key="scenario file")
        if st.button("Open this scenario", disabled=file is None):
            assert file is not None  # else the button is disabled
            try:
                text = file.getvalue().decode("utf-8")
                name = bench.add_file(file.name, text)
            except UnicodeDecodeError:
                st.error(f"{plain(file.name)} is not text in UTF-8. Save it so and try again.")
            except ScenarioError as error:
                st.error(listed(f"{file.name} cannot be used: {error}"))
            else:
                bench.choose(name)
                st.rerun()


def _top(bench: Workbench, draft: Draft) -> None:
    """Name, problems in words, what was changed, download."""
    name = bench.current
    st.markdown(f"**{plain(name)}**{' (edited)' if draft.changed else ''}")
    if description := draft.tables.get("description"):
        st.caption(plain(description))
    if draft.scenario is None:
        st.error(listed(f"This scenario cannot be used:\n{draft.problem}"))
    left, right = st.columns(2)
    if left.button("Undo all edits", disabled=not draft.changed, width="stretch"):
        draft.reset()
        st.rerun()
    right.download_button(
        "Download as TOML",
        draft.scenario.to_toml() if draft.scenario else "",
        file_name(name, suffix=".toml"),
        "application/toml",
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


def _term(bench: Workbench, tables: Table, section: str, name: str, model: Any, start: str) -> None:
    """A rule or gate, in its section of the tables; without a section, on top."""
    terms = dict(tables.get(section, {})) if section else tables
    with st.container(border=True):
        table = switched(bench, model, terms.get(name), f"{start} {section} {name}")
    if table is None or (not table and model.always and name not in terms):
        terms.pop(name, None)
    else:
        terms[name] = table
    if section and (terms or section in tables):
        tables[section] = terms


def _classes(bench: Workbench, made: Table, parameter: Parameter, key: str) -> None:
    """The size classes or partner classes."""
    value = made.get(parameter.name)
    new = map_grid(bench, parameter, value, key)
    if new or value is not None:
        made[parameter.name] = new


show()
