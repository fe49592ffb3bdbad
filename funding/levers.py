"""The parameters of a scenario that can be moved: which, by what step, and the scenario then.

Prices move each of them a little, repairs loosen them as far as is needed. A lever is a key of
the scenario file; its values are written as the file writes them: amounts in currency units, shares
of 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args, get_type_hints

from pydantic import BaseModel

from funding import money
from funding.fund import Amount, Share
from funding.rules import Rule
from funding.scenario import Scenario, from_tables

Path = tuple[str | int, ...]
Value = Decimal | None  # None: the key is left out, a decision by hand switched off

MOST_RATIO = Decimal(1_000)  # as far as a number such as a ratio is raised
LARGE = Decimal(1_000)  # amounts per person from which whole currency units are fine enough

Kind = Literal["amount", "per person", "share", "number", "switch"]


@dataclass(frozen=True, slots=True)
class Lever:
    """A key of a scenario: where it stands, its value, and which way it asks for less.

    ``row`` names the row of a decision by hand, else it is empty. ``step`` is what its values are
    multiples of when it is moved; ``kind`` says in what it is written.
    """

    rule: str
    row: str
    title: str
    path: Path
    value: Decimal
    kind: Kind
    way: str
    step: Decimal

    @property
    def key(self) -> str:
        """The dotted key, such as ``rules.city_cap.amount``."""
        return ".".join(str(part) for part in self.path)

    @property
    def in_money(self) -> bool:
        """Whether its values are amounts."""
        return self.kind in ("amount", "per person")

    def show(self, value: Value, currency: str) -> str:
        """A value in words."""
        if value is None:
            return "nothing"
        if self.in_money:
            return money.show(money.cents(value), currency)
        return money.percent(value, 3) if self.kind == "share" else f"{value.normalize():f}"


def levers(scenario: Scenario) -> list[Lever]:
    """Every key that can be moved, in the order of the rules; the envelope first."""
    found = list(_of_fund(scenario))
    for rule in scenario.rules:
        if not rule.fact:
            found += _of_rule(scenario, rule)
    return found


def moved(scenario: Scenario, changes: Mapping[Lever, Value]) -> Scenario:
    """The scenario with some keys at other values. Raises ScenarioError where it is none then."""
    tables: dict[str, Any] = dict(scenario.tables)
    for lever, value in changes.items():
        tables = put(tables, lever.path, value)
    return from_tables(tables)


def written(scenario: Scenario, changes: Mapping[Lever, Value], note: str) -> dict[str, Any]:
    """Only what differs, as the tables of a scenario that extends this one; lists in full."""
    after: Any = dict(scenario.tables)
    for lever, value in changes.items():
        after = put(after, lever.path, value)
    own: dict[str, Any] = {}
    for lever in changes:
        inner, new = own, after
        old: Any = scenario.tables
        for depth, part in enumerate(lever.path):
            last = depth == len(lever.path) - 1
            if last or isinstance(new[part], list):
                inner[str(part)] = new[part]
                break
            if _is_table(lever, depth):
                inner.setdefault(str(part), {})["note"] = _noted(old.get(part, {}), note)
            inner = inner.setdefault(str(part), {})
            new, old = new[part], old.get(part, {})
    for lever in changes:
        _note_item(own, lever, note)
    return own


def _is_table(lever: Lever, depth: int) -> bool:
    """Whether a part of a path is a table that takes a note."""
    return depth == (1 if lever.path[0] == "rules" else 0)


def _noted(table: Mapping[str, Any], note: str) -> str:
    before = str(table.get("note", ""))
    return f"{note}. {before}" if before else note


def _note_item(own: dict[str, Any], lever: Lever, note: str) -> None:
    """A note in the changed table of a list."""
    inner: Any = own
    for part in lever.path:
        if isinstance(part, int):
            item = dict(inner[part])
            if not str(item.get("note", "")).startswith(note):
                item["note"] = _noted(item, note)
            inner[part] = item
            return
        inner = inner.get(part)
        if not isinstance(inner, dict | list):
            return


def put(tables: Any, path: Path, value: Value) -> Any:
    """A copy of tables with a value at a path."""
    first, *rest = path
    if isinstance(tables, list):
        copy: Any = list(tables)
        copy[int(first)] = put(tables[int(first)], tuple(rest), value)
        return copy
    copy = dict(tables)
    if rest:
        copy[first] = put(tables.get(first, {}), tuple(rest), value)
    elif value is not None:
        copy[first] = int(value) if value == value.to_integral_value() else value
    else:
        copy.pop(first, None)
        if not {"minimum", "maximum"} & set(copy):
            copy["enabled"] = False
            copy[first] = tables[first]
    return copy


def _of_fund(scenario: Scenario) -> Iterator[Lever]:
    fund = scenario.fund
    step = Decimal(fund.unit)
    if not fund.envelopes:
        value = money.in_units(fund.envelope)
        yield Lever("envelope", "", "Envelope", ("fund", "envelope"), value, "amount", "up", step)
    for year, amount in fund.envelopes.items():
        path = ("fund", "envelopes", str(year))
        title = f"Envelope of {year}"
        yield Lever("envelope", "", title, path, money.in_units(amount), "amount", "up", step)


def _of_rule(scenario: Scenario, rule: Rule) -> Iterator[Lever]:
    start: Path = (rule.key,) if rule.apart else ("rules", rule.key)
    listed = getattr(rule, "listed", "")
    if not listed:
        yield from _of_table(scenario, rule, rule, start, rule.title)
        return
    raw: Any = scenario.tables if rule.apart else scenario.tables["rules"]
    on = [i for i, table in enumerate(raw[rule.key]) if table.get("enabled", True) is not False]
    for i, item in zip(on, getattr(rule, listed), strict=True):
        yield from _of_table(scenario, rule, item, (*start, i), f"{rule.title}, {item.label}")


def _of_table(
    scenario: Scenario, rule: Rule, table: BaseModel, path: Path, title: str
) -> Iterator[Lever]:
    ways = getattr(table, "looser", {})
    for name in type(table).model_fields:
        value = getattr(table, name)
        if isinstance(value, BaseModel):
            yield from _of_table(scenario, rule, value, (*path, name), f"{title}, {name}")
        elif isinstance(value, Mapping) and name in ways:
            for key, inner in value.items():
                label = f"{title}, {name} {key}"
                yield _lever(scenario, rule, table, name, (*path, name, key), label, inner)
        elif name in ways and value is not None and value is not False:
            label = f"{title}, {name}"
            yield _lever(scenario, rule, table, name, (*path, name), label, value)


def _lever(
    scenario: Scenario, rule: Rule, table: BaseModel, name: str, path: Path, title: str, value: Any
) -> Lever:
    """A lever for a field of a table, or for one key of it."""
    way = getattr(table, "looser", {})[name]
    row = ""
    if rule.by_hand:
        subject = getattr(table, "activity", None) or getattr(table, "city", None)
        of = "" if getattr(table, "activity", None) else " of the city"
        part = {"exclude": "exclusion"}.get(str(path[-1]), str(path[-1]))
        row = f"{rule.key} · {subject} · {part}{of}"
    kind = kind_of(type(table), name, value)
    match kind:
        case "switch":
            at, step = Decimal(1), Decimal(1)
        case "amount":
            at, step = money.in_units(value), Decimal(scenario.fund.unit)
        case "per person":
            at = money.in_units(value)
            step = Decimal(1) if at >= LARGE else Decimal("0.01")
        case "share":
            at, step = value, Decimal("0.001")
        case "number":
            at, step = Decimal(value), Decimal("1" if isinstance(value, int) else "0.01")
    return Lever(rule.key, row, title, path, at, kind, way, step)


def kind_of(table: type[BaseModel], name: str, value: Any) -> Kind:
    """What a field of a table is counted in, by its type; whether per person, by its unit."""
    if value is True:
        return "switch"
    hint = get_type_hints(table, include_extras=True)[name]
    types = (hint, *get_args(hint))
    if Amount in types:
        extra = table.model_fields[name].json_schema_extra
        unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
        return "per person" if unit == "currency per person" else "amount"
    return "share" if Share in types else "number"
