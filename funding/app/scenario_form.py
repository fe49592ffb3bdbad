"""The form of one scenario: part by part, with faults and the parent's values where they belong."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st
from pydantic import BaseModel

from funding import money
from funding.app import decision_forms
from funding.app.forms import Form, Table, fields_of, help_of, is_on, map_grid, switched
from funding.app.parameters import Parameter, Shape, entered, parameters, taken
from funding.app.scenario_words import (
    CLASSES,
    TABLES,
    Difference,
    problems_by_place,
    value_words,
)
from funding.app.state import Workbench
from funding.app.text import count, plain
from funding.fund import Fund
from funding.rules import GATES, RULES, Rule
from funding.scenario import Scenario
from funding.scenario_tables import canonical

_APART = {key: rule for key, rule in RULES.items() if rule.apart and parameters(rule)}
_PARTS = ("Fund and aim", "Gates", "Rules", "Decisions by hand", "Classes")


def draw(bench: Workbench, name: str, currency: str) -> tuple[Form, Table]:
    """Every part of a scenario in its form; the form, and the tables that it says."""
    draft = bench.draft(name)
    form = Form(bench, f"{name} {draft.generation}", currency)
    made: Table = dict(draft.tables)
    fund, gates, rules, decided, classes = st.tabs(_PARTS)
    with fund:
        _fund(form, made)
        for place in ("objective", "ties"):
            _table(form, made, place)
    for tab, section, known in ((gates, "gates", GATES), (rules, "rules", RULES)):
        with tab:
            for key, model in known.items():
                # Rules that hold always and have no parameters have nothing to set.
                if (not model.always or parameters(model)) and key not in _APART:
                    _term(form, made, section, key, model)
    with decided:
        for key, model in _APART.items():
            _apart(form, made, key, model)
    with classes:
        for parameter in CLASSES:
            _classes(form, made, parameter)
    return form, made


def annotate(form: Form, name: str, found: Sequence[Difference]) -> list[str]:
    """Put faults, the parent's values and the ways back to them where they belong.

    The faults that belong to no field are given back.
    """
    draft, parent = form.bench.draft(name), form.bench.parent_of(name)
    faults = problems_by_place(draft.problem, form.slots)
    for place, told in faults.items():
        for line in told if place else []:
            form.slots[place].error(plain(line))
    if parent is not None:
        for place, parameter in form.fields.items():
            _parents_value(form, place, parameter, draft.tables, parent)
        for place in [p.removesuffix(" head") for p in form.slots if p.endswith(" head")]:
            own = [d for d in found if d.place == place]
            if own or (draft.scenario is None and _differs(draft.tables, parent.tables, place)):
                _way_back(form, name, place, own)
    return faults.get("", [])


def _parents_value(
    form: Form, place: str, parameter: Parameter, tables: Mapping[str, Any], parent: Scenario
) -> None:
    """Under a field what the parent has there, where it is something else."""
    table, _, field = place.rpartition(".")
    mine, theirs = held(tables, table), held(parent.tables, table)
    if not (is_on(mine) and is_on(theirs)):
        return
    before = theirs.get(field, parameter.default)
    after = mine.get(field, parameter.default)
    if canonical(before) != canonical(after) and not isinstance(before, BaseModel):
        told = value_words(parameter, before, form.currency)
        form.slots[place].caption(f"Parent: {plain(told)}")


def _way_back(form: Form, name: str, place: str, own: Sequence[Difference]) -> None:
    with form.slots[f"{place} head"]:
        st.button(
            "Back to the parent's",
            key=form.name(f"{place} back"),
            width="stretch",
            help=plain("; ".join(f"{d.what}: {d.here} here, {d.parent} there" for d in own))
            or None,
            on_click=back,
            args=(form.bench, name, place),
        )
    listed = any(d.where != own[0].where for d in own) or (own and place not in form.fields)
    with form.slots[place]:
        lines = [d for d in own if d.what == "on or off" or (listed and "(" in d.where)]
        for d in lines:
            st.caption(f"Parent: {plain(f'{d.where}, {d.what}: {d.parent}')}")


def back(bench: Workbench, name: str, place: str) -> None:
    """Give a table of a scenario what its parent has there."""
    parent, draft = bench.parent_of(name), bench.draft(name)
    assert parent is not None  # offered where there is one
    tables = copy.deepcopy(draft.tables)
    *sections, key = place.split(".")
    table = tables
    for section in sections:
        table = table.setdefault(section, {})
    theirs = held(parent.tables, place)
    if theirs is None:
        table.pop(key, None)
    else:
        table[key] = copy.deepcopy(theirs)
    draft.restart(tables)


def held(tables: Mapping[str, Any], place: str) -> Any:
    """What stands at a place of a scenario's tables; None where there is nothing."""
    found: Any = tables
    for key in place.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _differs(mine: Mapping[str, Any], theirs: Mapping[str, Any], place: str) -> bool:
    return bool(canonical(held(mine, place)) != canonical(held(theirs, place)))


def _title(form: Form, place: str, title: str, note: str | None) -> None:
    """The head of a part: its title, and room for the way back to the parent's."""
    head, room, _ = st.columns([3, 1, 1], vertical_alignment="center")
    head.markdown(f"**{plain(title)}**", help=note)
    with room:
        form.slot(f"{place} head")


def _fund(form: Form, tables: Table) -> None:
    """The unit, and the envelope as a whole or by year."""
    fund = dict(tables.get("fund", {}))
    tables["fund"] = fund
    with st.container(border=True):
        _title(form, "fund", "Fund", help_of(Fund))
        unit, switch = st.columns(2, vertical_alignment="bottom")
        with unit:
            (known,) = [p for p in parameters(Fund) if p.name == "unit"]
            fund.update(fields_of(form, [known], fund, "fund"))
        name = form.name("fund by year")
        if name not in st.session_state:
            st.session_state[name] = "envelopes" in fund
        if switch.toggle("Envelope by year", key=name):
            fund["envelopes"] = _years(form, fund)
            fund.pop("envelope", None)
            form.slot("fund.envelopes")
            st.caption(f"Together {_total(fund['envelopes'], form.currency)}")
        else:
            fund["envelope"] = _amount(form, "Envelope", _whole(fund), "fund.envelope")
            fund.pop("envelopes", None)
        form.slot("fund")


def _years(form: Form, fund: Table) -> Table:
    """One amount for each year of the scenario and of the applications."""
    given: Mapping[str, Any] = fund.get("envelopes", {})
    applications = form.bench.applications
    asked: set[str] = set()
    if applications is not None:
        asked = {str(y) for a in applications.activities for y in applications.payment_shares(a)}
        if not given:
            given = {str(applications.call.first_year): fund.get("envelope", 0)}
    years = sorted({*given, *asked})
    made: Table = {}
    for year, column in zip(years, st.columns(max(1, len(years))), strict=False):
        with column:
            place = f"fund.envelopes.{year}"
            value = _amount(form, f"Envelope {year}", given.get(year), place)
        if value is not None:
            made[year] = value
    return made


def _amount(form: Form, label: str, value: Any, place: str) -> Any:
    name = form.name(place)
    if name not in st.session_state:
        st.session_state[name] = entered(Shape.AMOUNT, value)
    unit = f" ({form.currency})" if form.currency else ""
    text = st.text_input(label + unit, key=name)
    form.slot(place, Parameter(place, label, "", "", Shape.AMOUNT, required=False, default=None))
    return value if text == entered(Shape.AMOUNT, value) else taken(Shape.AMOUNT, text)


def _whole(fund: Table) -> Any:
    if "envelope" in fund:
        return fund["envelope"]
    years = fund.get("envelopes", {}).values()
    return sum(v for v in years if isinstance(v, int | Decimal))


def _total(envelopes: Table, currency: str) -> str:
    amounts = [v for v in envelopes.values() if isinstance(v, int | Decimal)]
    try:
        return money.show(sum(money.cents(v) for v in amounts), currency)
    except ValueError:
        return "not known yet"


def _table(form: Form, tables: Table, place: str) -> None:
    title, model = TABLES[place]
    kept = tables.get(place)
    with st.container(border=True):
        _title(form, place, title, help_of(model))
        made = fields_of(form, parameters(model), dict(kept or {}), place)
        form.slot(place)
    if made or kept is not None:
        tables[place] = made


def _term(form: Form, tables: Table, section: str, name: str, model: Any) -> None:
    """A rule or gate in its section of the tables."""
    terms = dict(tables.get(section, {}))
    with st.container(border=True):
        table = switched(form, model, terms.get(name), f"{section}.{name}")
    if table is None or (not table and model.always and name not in terms):
        terms.pop(name, None)
    else:
        terms[name] = table
    if terms or section in tables:
        tables[section] = terms


def _apart(form: Form, tables: Table, name: str, model: type[Rule]) -> None:
    """A rule that the scenario holds on top; decisions by hand one by one."""
    (listed, *_) = parameters(model)
    if not model.by_hand or listed.inner is None:
        table = switched(form, model, tables.get(name), name)
        if table is None:
            tables.pop(name, None)
        else:
            tables[name] = table
        return
    rows = tables.get(name, [])
    with st.container(border=True):
        told = f"{model.title} · {count(len(rows), 'decision')}" if rows else model.title
        _title(form, name, told, help_of(model))
        decision_forms.draw(form, listed.inner, rows, name)
        form.slot(name)


def _classes(form: Form, made: Table, parameter: Parameter) -> None:
    """The size classes or partner classes."""
    value = made.get(parameter.name)
    with st.container(border=True):
        _title(form, parameter.name, parameter.title, plain(parameter.description) or None)
        new = map_grid(form, parameter, value, parameter.name)
        form.slot(parameter.name)
    if new or value is not None:
        made[parameter.name] = new
