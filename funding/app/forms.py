"""Forms for the tables of a scenario, made from the classes that read them.

Each function draws the widgets of some table and returns the table that they say. What is no
valid value stays as it was typed: the scenario refuses it in words. Under each field there is
room for what is to be said of it once the whole is read: a fault, the parent's value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st
from pydantic import BaseModel
from streamlit.delta_generator import DeltaGenerator

from funding.app.editor import edited
from funding.app.parameters import REMARKS, Parameter, Shape, entered, parameters, taken
from funding.app.state import Workbench
from funding.app.text import plain
from funding.rules import Gate, Rule

Table = dict[str, Any]
_ACROSS = 3  # fields in a row
_SHORT = 24  # characters of a unit that a label has room for; longer ones stand in the help
_NARROW = (Shape.SHARE, Shape.AMOUNT, Shape.NUMBER, Shape.TEXT, Shape.CHOICE)
_REMARK = {
    name: Parameter(name, name.capitalize(), words, "", Shape.TEXT, required=False, default="")
    for name, words in zip(
        REMARKS, ("Where the value comes from", "For the file; changes no award"), strict=True
    )
}


@dataclass
class Form:
    """The forms of one scenario. ``key`` begins the keys of its widgets: a new one is a new start.

    ``slots`` are the rooms for what is to be said of a place, such as ``rules.city_cap.amount``;
    ``fields`` the parameters that have a field there.
    """

    bench: Workbench
    key: str
    currency: str
    slots: dict[str, DeltaGenerator] = field(default_factory=dict)
    fields: dict[str, Parameter] = field(default_factory=dict)

    def name(self, place: str) -> str:
        """The key of the widget of a place."""
        return f"{self.key} {place}"

    def slot(self, place: str, parameter: Parameter | None = None) -> None:
        """Room, here, for what is to be said of a place."""
        self.slots[place] = st.container()
        if parameter is not None:
            self.fields[place] = parameter


def switched(
    form: Form, model: type[Rule] | type[Gate], table: Any, place: str
) -> Table | list[Table] | None:
    """A rule or gate with its switch; None while the scenario does not name it.

    A rule that was switched off keeps its parameters in the draft, for when it comes back.
    """
    on = model.always or is_on(table)
    fields = parameters(model)
    head, room, remarks = st.columns([3, 1, 1], vertical_alignment="center")
    with head:
        if model.always:
            st.markdown(f"**{plain(model.title)}** · always holds", help=help_of(model))
        else:
            name = form.name(f"{place} on")
            _seed(name, on)
            on = st.toggle(f"**{plain(model.title)}**", key=name, help=help_of(model))
    with room:
        form.slot(f"{place} head")
    st.caption(plain(_sentence(model)))
    if not on:
        form.slot(place)
        return _off(table)
    made: Table | list[Table]
    if len(fields) == 1 and fields[0].shape is Shape.ROWS:  # a rule that holds a list of tables
        rows = table if isinstance(table, list) else []
        made = _rows(form, fields[0], [_on(row) for row in rows], place)
    else:
        made = _on(table or {})
        with remarks:
            _remarks(form, made, place)
        made = fields_of(form, fields, made, place)
    form.slot(place)
    return made


def _remarks(form: Form, table: Table, place: str) -> None:
    """Source and note of a table, behind a button that says whether there are any."""
    told = [_REMARK[name].title.lower() for name in REMARKS if table.get(name)]
    label = " and ".join(told).capitalize() if told else "Add a source"
    with st.popover(label, key=form.name(f"{place} remarks"), type="tertiary", width="stretch"):
        for name in REMARKS:
            _put(table, _REMARK[name], _field(form, _REMARK[name], table.get(name), place))


def fields_of(form: Form, fields: list[Parameter], table: Table, place: str) -> Table:
    """The fields of a table, small ones beside each other; keys without a field stay."""
    made = dict(table)
    narrow = [p for p in fields if p.shape in _NARROW]
    across = 2 if len(narrow) in (1, 2, 4) else _ACROSS  # four as two rows of two
    for start in range(0, len(narrow), across):
        for column, parameter in zip(
            st.columns(across), narrow[start : start + across], strict=False
        ):
            with column:
                _put(made, parameter, _field(form, parameter, made.get(parameter.name), place))
                form.slot(f"{place}.{parameter.name}", parameter)
    for parameter in fields:
        if parameter.shape not in _NARROW:
            _put(made, parameter, _wide(form, parameter, made.get(parameter.name), place))
            form.slot(f"{place}.{parameter.name}", parameter)
    return made


def map_grid(form: Form, parameter: Parameter, value: Any, place: str) -> Table:
    """A table of names and values; rows can be added and deleted."""
    held: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    shape = parameter.of or Shape.TEXT
    start = pd.DataFrame(
        {
            "name": pd.array(list(held), dtype="string"),
            "value": pd.array([entered(shape, v) for v in held.values()], dtype="string"),
        }
    )
    label = label_of(parameter, form.currency)
    config = {
        "name": st.column_config.TextColumn("Name", width="small"),
        "value": st.column_config.TextColumn(
            label, help=plain(parameter.description), width="medium"
        ),
    }
    grid = edited(form.bench, form.name(place), start, column_config=config)
    made: Table = {}
    for name, text in grid.fillna("").itertuples(index=False, name=None):
        if name.strip() or text.strip():
            # A row without a name or a value is not dropped: the scenario says what is missing.
            made[name.strip()] = _taken(shape, held.get(name.strip()), text, blank="")
    return made


def _rows(form: Form, parameter: Parameter, rows: list[Table], place: str) -> list[Table]:
    """A list of tables as a grid, one row each."""
    assert parameter.inner is not None  # given with the shape
    fields = [*parameters(parameter.inner), *_REMARK.values()]
    start = pd.DataFrame(
        {"at": pd.array(range(len(rows)), dtype="Int64")}
        | {p.name: _column_of(p, [row.get(p.name, p.default) for row in rows]) for p in fields}
    )
    grid = edited(
        form.bench,
        form.name(f"{place} {parameter.name}"),
        start,
        column_config={p.name: _column_config(p, form.currency) for p in fields},
        column_order=[p.name for p in fields],
    )
    made = []
    for record in grid.to_dict("records"):
        old = {} if pd.isna(record["at"]) or record["at"] >= len(rows) else rows[int(record["at"])]
        table = dict(old)
        for p in fields:
            cell = record[p.name]
            blank = bool(pd.isna(cell))
            if p.shape is Shape.FLAG:
                _put(table, p, bool(p.default) if blank else bool(cell))
            else:
                _put(table, p, _taken(p.shape, table.get(p.name), "" if blank else str(cell)))
        made.append(table)
    return made


def _column_of(parameter: Parameter, values: list[Any]) -> Any:
    if parameter.shape is Shape.FLAG:
        return pd.array(values, dtype="boolean")
    texts = [entered(parameter.shape, value) or None for value in values]
    return pd.array(texts, dtype="string")


def _column_config(parameter: Parameter, currency: str) -> Any:
    label, note = label_of(parameter, currency), plain(parameter.description)
    if parameter.shape is Shape.FLAG:
        return st.column_config.CheckboxColumn(label, help=note, default=bool(parameter.default))
    if parameter.shape is Shape.CHOICE:
        return st.column_config.SelectboxColumn(
            label,
            help=note,
            options=list(parameter.choices),
            default=parameter.default,
            format_func=_words,
        )
    return st.column_config.TextColumn(label, help=note)


def _field(form: Form, parameter: Parameter, value: Any, place: str) -> Any:
    """One small field."""
    shown = parameter.default if value is None else value
    name = form.name(f"{place}.{parameter.name}")
    label, note = label_of(parameter, form.currency), note_of(parameter)
    if parameter.shape is Shape.FLAG:
        _seed(name, bool(shown))
        return st.checkbox(label, key=name, help=note)
    if parameter.shape is Shape.CHOICE and (shown is None or shown in parameter.choices):
        _seed(name, shown)
        clearable: dict[str, Any] = {} if parameter.default else {"index": None}
        return st.selectbox(
            label, parameter.choices, key=name, help=note, format_func=_words, **clearable
        )
    _seed(name, entered(parameter.shape, shown))
    text = st.text_input(label, key=name, help=note)
    return _taken(parameter.shape, shown, text)


def _wide(form: Form, parameter: Parameter, value: Any, place: str) -> Any:
    """A field that takes the whole width: a table of its own, a map, several choices."""
    inside = f"{place}.{parameter.name}"
    name = form.name(inside)
    label = label_of(parameter, form.currency)
    if parameter.shape is Shape.FLAG:
        return _field(form, parameter, value, place)
    if parameter.shape is Shape.GROUP:
        assert parameter.inner is not None  # given with the shape
        inner = parameters(parameter.inner)
        held = value if isinstance(value, dict) else _plain_table(parameter.default)
        title, *columns = st.columns([1, *(1 for _ in inner)], vertical_alignment="bottom")
        title.markdown(plain(parameter.title), help=note_of(parameter))
        made = dict(held)
        for column, p in zip(columns, inner, strict=True):
            with column:
                _put(made, p, _field(form, p, made.get(p.name), inside))
        return made or None
    if parameter.shape is Shape.CHOICES:
        shown = list(parameter.default or ()) if value is None else list(value)
        _seed(name, [choice for choice in shown if choice in parameter.choices])
        note = note_of(parameter)
        return st.multiselect(label, parameter.choices, key=name, help=note, format_func=_words)
    if parameter.shape is Shape.MAP:
        st.caption(label, help=note_of(parameter))
        return map_grid(form, parameter, value, inside)
    assert parameter.shape in (Shape.TEXTS, Shape.NAMES), parameter
    _seed(name, entered(parameter.shape, value))
    return _taken(parameter.shape, value, st.text_input(label, key=name))


def _taken(shape: Shape, old: Any, text: str, blank: Any = None) -> Any:
    """What was entered; where nothing was changed, the very value that stood there."""
    if old is not None and text == entered(shape, old):
        return old
    new = taken(shape, text)
    return blank if new is None else new


def _put(table: Table, parameter: Parameter, value: Any) -> None:
    """Put a value in the table; a default that was not written there stays unwritten."""
    if value is None:
        table.pop(parameter.name, None)
    elif parameter.name in table or _differs(value, parameter.default):
        table[parameter.name] = value


def _differs(value: Any, default: Any) -> bool:
    if isinstance(value, list) and isinstance(default, tuple):
        return value != list(default)
    return bool(value != default)


def _plain_table(default: Any) -> Table:
    return default.model_dump(exclude_none=True) if isinstance(default, BaseModel) else {}


def is_on(table: Any) -> bool:
    """Whether a scenario that holds this for a rule has the rule on."""
    if isinstance(table, list):
        return any(row.get("enabled", True) for row in table)
    return isinstance(table, dict) and table.get("enabled", True) is not False


def _off(table: Any) -> Table | list[Table] | None:
    if isinstance(table, list):
        return [{**row, "enabled": False} for row in table] or None
    return {**table, "enabled": False} if isinstance(table, dict) else None


def _on(table: Table) -> Table:
    return {key: value for key, value in table.items() if key != "enabled"}


def _seed(key: str, value: Any) -> None:
    """The first value of a widget; while it lives, what the analyst entered counts."""
    if key not in st.session_state:
        st.session_state[key] = value


def label_of(parameter: Parameter, currency: str) -> str:
    """Title with the unit in which it is entered."""
    if Shape.AMOUNT in (parameter.shape, parameter.of):
        unit = parameter.unit or "currency"
        unit = unit.replace("currency", currency) if currency else ""
    elif parameter.shape is Shape.NUMBER:
        unit = parameter.unit if len(parameter.unit) <= _SHORT else ""
    else:
        return parameter.label
    return f"{parameter.title} ({unit})" if unit else parameter.title


def note_of(parameter: Parameter) -> str | None:
    """What a parameter means, with its unit, as a field's help."""
    told = [parameter.description, f"Unit: {parameter.unit}" if parameter.unit else ""]
    return plain(". ".join(text for text in told if text)) or None


def _words(choice: object) -> str:
    return str(choice).replace("_", " ")


def _sentence(model: type[BaseModel]) -> str:
    """What a table is for: the first paragraph of its class."""
    return (model.__doc__ or "").partition("\n\n")[0]


def help_of(model: type[BaseModel]) -> str:
    """What a table is for, and where it is taken from."""
    _, found, source = (model.__doc__ or "").partition("Source:")
    first = _sentence(model)
    return plain(f"{first} Source:{source}" if found else first)
