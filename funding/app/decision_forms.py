"""Decisions by hand: a list to read, and a form for one of them, with its required reason.

Made from the class of the decision: what names a city or an activity is chosen from the
applications, what is money is entered in currency units.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st
from pydantic import BaseModel, ValidationError

from funding.app.forms import Form, Table, label_of, note_of
from funding.app.parameters import Parameter, Shape, entered, parameters, taken
from funding.app.scenario_words import value_words
from funding.app.state import Workbench
from funding.app.text import plain
from funding.messages import problem_words

NEW = -1  # the place of a decision that is being added


def draw(form: Form, item: type[BaseModel], rows: Sequence[Table], place: str) -> None:
    """The decisions one below the other, with buttons; and the form of the one being written."""
    at: int | None = st.session_state.get(form.name(f"{place} open"))
    codes = codes_of(form.bench)
    for number, row in enumerate(rows):
        if number == at:
            _editor(form, item, rows, place, number, codes)
            continue
        text, edit, delete = st.columns([6, 1, 1], vertical_alignment="center")
        text.markdown(
            f"**{plain(subject(item, row, codes))}**: {plain(terms(item, row, form.currency))}  \n"
            f"{plain(row.get('reason') or 'No reason is given.')}"
        )
        edit.button(
            "Edit",
            key=form.name(f"{place} edit {number}"),
            width="stretch",
            on_click=_open,
            args=(form, place, number),
        )
        delete.button(
            "Delete",
            key=form.name(f"{place} delete {number}"),
            width="stretch",
            on_click=_delete,
            args=(form, place, number),
        )
    if not rows and at is None:
        st.caption("Nothing is decided by hand.")
    if at == NEW:
        _editor(form, item, rows, place, NEW, codes)
    elif at is None:
        st.button(
            "Add a decision",
            key=form.name(f"{place} add"),
            on_click=_open,
            args=(form, place, NEW),
        )


def codes_of(bench: Workbench) -> dict[str, dict[str, str]]:
    """Name of a parameter that holds a code → code → what it stands for, by that name."""
    intake = bench.intake
    whole = (intake.applications or intake.plans) if intake else None
    if whole is None:
        return {}
    cities = {code: city.name for code, city in whole.cities.items()}
    activities = {
        code: f"{activity.title}, {cities[activity.city]}"
        for code, activity in whole.activities.items()
    }
    named = {"city": cities, "activity": activities}
    return {kind: dict(sorted(of.items(), key=lambda pair: pair[1])) for kind, of in named.items()}


def subject(item: type[BaseModel], row: Table, codes: Mapping[str, Mapping[str, str]]) -> str:
    """Whose: ``Grenoble (city GRE)``."""
    for parameter in _whose(item):
        code = row.get(parameter.name)
        if code is not None:
            name = codes.get(parameter.name, {}).get(str(code))
            told = f"{parameter.name} {code}"
            return f"{name} ({told})" if name else f"{told}, not among the applications"
    return "Nobody"


def terms(item: type[BaseModel], row: Table, currency: str) -> str:
    """What is decided: ``at least 60,000 EUR``, ``exclude``."""
    told = []
    for parameter in _terms(item):
        value = row.get(parameter.name)
        if parameter.shape is Shape.FLAG:
            told += [parameter.title.lower()] if value else []
        elif value is not None:
            told.append(f"{parameter.title.lower()} {value_words(parameter, value, currency)}")
    return ", ".join(told) or "nothing"


def _whose(item: type[BaseModel]) -> list[Parameter]:
    """What names an applicant."""
    return [p for p in parameters(item) if p.name in ("city", "activity")]


def _terms(item: type[BaseModel]) -> list[Parameter]:
    return [p for p in parameters(item) if p.shape in (Shape.AMOUNT, Shape.FLAG)]


def _words(item: type[BaseModel]) -> list[Parameter]:
    """What is written, beside whose it is."""
    whose = _whose(item)
    return [p for p in parameters(item) if p.shape is Shape.TEXT and p not in whose]


def _editor(
    form: Form,
    item: type[BaseModel],
    rows: Sequence[Table],
    place: str,
    at: int,
    codes: Mapping[str, Mapping[str, str]],
) -> None:
    """The form of one decision. Nothing of it counts before it is saved."""
    row = {} if at == NEW else rows[at]
    name = partial(_name, form, place, at)
    with st.container(border=True):
        kinds = {p.name: p.title.removesuffix(" code") for p in _whose(item)}
        first = next((kind for kind in kinds if kind in row), next(iter(kinds)))
        left, right = st.columns([1, 3])
        kind = left.radio(
            "For",
            list(kinds),
            index=list(kinds).index(first),
            format_func=lambda name: kinds[name],
            key=name("for"),
            horizontal=True,
        )
        known = dict(codes.get(kind, {}))
        held = row.get(kind)
        if held is not None and held not in known:
            known = {str(held): "not among the applications", **known}
        right.selectbox(
            kinds[kind],
            list(known),
            index=list(known).index(str(held)) if held is not None else None,
            format_func=lambda code: f"{known[code]} ({code})",
            placeholder="Choose by name or code",
            key=name(kind),
        )
        fields = _terms(item)
        for column, p in zip(
            st.columns(len(fields), vertical_alignment="bottom"), fields, strict=True
        ):
            label, value = label_of(p, form.currency), row.get(p.name, p.default)
            if p.shape is Shape.FLAG:
                column.checkbox(label, bool(value), key=name(p.name), help=note_of(p))
            else:
                shown = entered(p.shape, value)
                column.text_input(label, shown, key=name(p.name), help=note_of(p))
        for p in _words(item):
            label = f"{p.title} (required)" if p.required else p.title
            st.text_input(label, row.get(p.name, ""), key=name(p.name), help=note_of(p))
        for line in st.session_state.get(name("faults"), []):
            st.error(plain(line))
        save, cancel, _ = st.columns([1, 1, 3])
        save.button(
            "Save this decision",
            key=name("save"),
            type="primary",
            width="stretch",
            on_click=_save,
            args=(form, item, place, at),
        )
        cancel.button(
            "Cancel", key=name("cancel"), width="stretch", on_click=_close, args=(form, place, at)
        )


def _name(form: Form, place: str, at: int, what: str) -> str:
    return form.name(f"{place} {'new' if at == NEW else at} {what}")


def _open(form: Form, place: str, at: int) -> None:
    st.session_state[form.name(f"{place} open")] = at


def _close(form: Form, place: str, at: int) -> None:
    st.session_state.pop(form.name(f"{place} open"), None)
    st.session_state.pop(_name(form, place, at, "faults"), None)


def _delete(form: Form, place: str, at: int) -> None:
    _change(form, place, lambda rows: rows.pop(at))


def _save(form: Form, item: type[BaseModel], place: str, at: int) -> None:
    """Let a decision count that is sound by itself; else say what is wrong with it."""
    held = form.bench.draft(form.bench.current).tables.get(place, [])
    row = {} if at == NEW else dict(held[at])
    row = entries(form, item, place, at, row)
    faults = problems(item, row)
    if faults:
        st.session_state[_name(form, place, at, "faults")] = faults
        return
    _close(form, place, at)
    if at == NEW:
        _change(form, place, lambda rows: rows.append(row))
    else:
        _change(form, place, lambda rows: rows.__setitem__(at, row))


def entries(form: Form, item: type[BaseModel], place: str, at: int, row: Table) -> Table:
    """A row with what its form says."""
    state, made = st.session_state, dict(row)
    kind = state.get(_name(form, place, at, "for"))
    for p in parameters(item):
        value: Any = state.get(_name(form, place, at, p.name))
        if p in _whose(item):
            value = value if p.name == kind else None
        elif p.shape is Shape.FLAG:
            value = value or None  # off is what holds where nothing is said
        else:
            value = taken(p.shape, value or "")
        if value is None:
            made.pop(p.name, None)
        else:
            made[p.name] = value
    return made


def problems(item: type[BaseModel], row: Table) -> list[str]:
    """What is wrong with a decision by itself, in sentences."""
    try:
        item.model_validate(row)
    except ValidationError as error:
        titles = {p.name: p.title for p in parameters(item)}
        return [_told(line, titles) for line in problem_words("", item, error)]
    return []


def _told(line: str, titles: Mapping[str, str]) -> str:
    """A sentence about a key with the title of its field in its place."""
    word = line.partition(":")[0].partition(" ")[0]
    rest = line[len(word) :]
    told = f"{titles[word]}{rest}" if word in titles else line.lstrip(": ")
    return f"{told[:1].upper()}{told[1:]}."


def _change(form: Form, place: str, change: Any) -> None:
    draft = form.bench.draft(form.bench.current)
    tables = copy.deepcopy(draft.tables)
    rows = tables.setdefault(place, [])
    change(rows)
    if not rows:
        tables.pop(place)
    draft.restart(tables)
