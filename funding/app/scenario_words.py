"""Scenarios in words: what differs from a parent, and to which field a fault belongs.

Made from the classes of the rules, so that no rule is known by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel

from funding.app.parameters import Parameter, Shape, entered, parameters
from funding.compare.inputs import scenario_changes
from funding.fund import Fund, Ties
from funding.objective import Objective
from funding.rules import GATES, RULES
from funding.scenario import ON_FUND, Scenario

TABLES: dict[str, tuple[str, type[BaseModel]]] = {
    "fund": ("Fund", Fund),
    "objective": ("What is maximised", Objective),
    "ties": ("Equals", Ties),
}
CLASSES = [p for p in parameters(Fund) if p.shape is Shape.MAP and p.name not in ON_FUND]
_KEY = re.compile(r"(?:(?:rules|gates)\.)?(\w+)(?:\[(.*)\])?(?:\.(.+))?", re.DOTALL)
_PLACE = re.compile(r"[\w.]+")
_TABLE = re.compile(r"(?:(?:rules|gates)\.)?\w+")
_NONE, _OFF = "nothing", "off"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs from the parent: of which table, what, and both values in words.

    ``place`` is the table's: ``rules.city_cap``, ``fund``, ``decisions``.
    """

    place: str
    where: str
    what: str
    parent: str
    here: str


def differences(parent: Scenario, scenario: Scenario, currency: str = "") -> list[Difference]:
    """What differs in effect, in the order of the file; names and notes are no rules."""
    on = [_on(parent), _on(scenario)]
    return [
        _difference(change.key, (change.before, change.after), on, currency)
        for change in scenario_changes(parent, scenario)
    ]


def _on(scenario: Scenario) -> set[str]:
    """The tables that count in a scenario."""
    terms = {*(rule.key for rule in scenario.rules), *(gate.key for gate in scenario.gates)}
    return {*TABLES, *(p.name for p in CLASSES), *terms}


def _difference(
    key: str, values: tuple[str, str], on: Sequence[set[str]], currency: str
) -> Difference:
    match, start = _KEY.fullmatch(key), _TABLE.match(key)
    assert match is not None  # every key of a scenario begins with a word
    assert start is not None
    name, row, path = match.groups()
    title, model = _table(name)
    if row is not None:
        title = f"{title} ({row.replace('_', ' ')})"
    first, _, rest = (path or "").partition(".")
    known = {p.name: p for p in _fields(name, model)} if model else {}
    parameter = known.get(first)
    inner = _inner(parameter, rest) if parameter else None
    if parameter is None:
        what = (path or "").replace("_", " ") or ("" if name in on[0] & on[1] else "on or off")
    else:
        what = parameter.title
        if rest:
            what = f"{what}, {inner.title.lower() if inner else rest}"
    blank = [_NONE if name in tables else _OFF for tables in on]
    told = [
        (shown(inner or parameter, text, currency) if parameter else text) if text else nothing
        for text, nothing in zip(values, blank, strict=True)
    ]
    return Difference(start[0], title, what, *told)


def _table(name: str) -> tuple[str, type[BaseModel] | None]:
    if name in TABLES:
        return TABLES[name]
    term = RULES.get(name) or GATES.get(name)
    if term is not None:
        return term.title, term
    titles = {p.name: p.title for p in CLASSES}
    return titles.get(name, name.replace("_", " ").capitalize()), None


def _fields(name: str, model: type[BaseModel]) -> list[Parameter]:
    """The parameters of a table; of one that stands in a list, those of each of its tables."""
    found = parameters(model)
    if len(found) == 1 and found[0].shape is Shape.ROWS and found[0].inner is not None:
        return parameters(found[0].inner)
    return found


def _inner(parameter: Parameter, rest: str) -> Parameter | None:
    if rest and parameter.inner is not None:
        return next((p for p in parameters(parameter.inner) if p.name == rest), None)
    return None


def shown(parameter: Parameter, text: str, currency: str) -> str:
    """A value as it stands in a file, with its unit: ``0.14`` of a share as ``14 %``."""
    if not text:
        return _NONE
    shape = parameter.of or parameter.shape
    if shape in (Shape.CHOICE, Shape.CHOICES):
        return text.replace("_", " ")
    if shape not in (Shape.SHARE, Shape.AMOUNT):
        return text
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text
    if shape is Shape.SHARE:
        return f"{entered(Shape.SHARE, number)} %"
    return f"{entered(Shape.AMOUNT, number)} {currency}".rstrip()


def value_words(parameter: Parameter, value: Any, currency: str) -> str:
    """A value of a scenario's tables in words, with its unit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        inner = {p.name: p for p in parameters(parameter.inner)} if parameter.inner else {}
        told = []
        for key, part in value.items():
            known = inner.get(key, parameter)
            title = known.title if key in inner else key
            told.append(f"{title} {value_words(known, part, currency)}")
        return ", ".join(told) or _NONE
    if isinstance(value, list | tuple):
        return ", ".join(str(item).replace("_", " ") for item in value) or _NONE
    text = "" if value is None else str(value)
    return shown(parameter, text, currency)


def problems_by_place(problem: str, places: Iterable[str]) -> dict[str, list[str]]:
    """Place → the sentences of a scenario's problem that belong there, without the place.

    A sentence goes to the longest of the places that its own begins with; what has none of them
    stands under ``""``.
    """
    known = sorted(places, key=len, reverse=True)
    found: dict[str, list[str]] = {}
    for line in filter(None, (part.strip() for part in problem.splitlines())):
        start = _PLACE.match(line)
        where = start[0].rstrip(".") if start else ""
        place = next((p for p in known if where == p or where.startswith(f"{p}.")), "")
        told = line[len(place) :].lstrip(":. ") if place else line
        found.setdefault(place, []).append(f"{told[:1].upper()}{told[1:]}" if told else line)
    return found
