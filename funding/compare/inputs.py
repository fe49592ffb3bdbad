"""What differs between the inputs of two allocations: modified, added and deleted, by key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from pydantic import BaseModel

from funding import money
from funding.applications import SHEETS, Applications, CellKind
from funding.awards import Allocation
from funding.fund import Fund, Ties
from funding.objective import Objective
from funding.scenario import Scenario

Change = Literal["modified", "added", "deleted"]
SCENARIO = "Scenario"
ON = "on"
# Keys of a table in a list that tell it from the others of its list.
TELLING = ("attribute", "group", "groups", "streams", "themes", "city", "activity")
NAMES = ("format", "name", "description")
REMARKS = ("source", "note")  # on every table, for the file
YEARS = "Requested by year"


@dataclass(frozen=True, slots=True)
class InputChange:
    """One thing that differs: where (sheet Scenario or of the applications), which row or key,
    which column, and what it was and is, as text; empty where there is nothing."""

    where: str
    change: Change
    key: str
    field: str
    before: str
    after: str


def input_changes(before: Allocation, after: Allocation) -> list[InputChange]:
    """Only what differs, the scenario first, then the applications sheet by sheet."""
    found = list(scenario_changes(before.scenario, after.scenario))
    old, new = before.applications, after.applications
    if old.digest != new.digest:
        for sheet in SHEETS:
            found += _of_sheet(sheet, old, new)
    return found


def scenario_changes(before: Scenario, after: Scenario) -> Iterator[InputChange]:
    """What differs between scenarios. What is only told of a scenario is no input, and what is
    left out is its default."""
    old, new = (_flat(_without_names(side.tables)) for side in (before, after))
    old_else, new_else = _defaults(before), _defaults(after)
    for key in [*old, *(key for key in new if key not in old)]:
        was, stands = old.get(key, old_else.get(key, "")), new.get(key, new_else.get(key, ""))
        if was != stands:
            yield InputChange(SCENARIO, _kind(bool(was), bool(stands)), key, "", was, stands)


def _without_names(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a scenario is called: that is no input."""
    return {key: value for key, value in tables.items() if key not in NAMES}


def _defaults(scenario: Scenario) -> dict[str, str]:
    """Dotted key → what holds where a table that is on leaves it out; the table itself: on."""
    on: dict[str, type[BaseModel]] = {"fund": Fund, "objective": Objective, "ties": Ties}
    on |= {f"gates.{gate.key}": type(gate) for gate in scenario.gates}
    on |= {f"rules.{rule.key}": type(rule) for rule in scenario.rules}
    found = dict.fromkeys(on, ON)
    for place, model in on.items():
        for name, field in model.model_fields.items():
            if not field.is_required():
                found[f"{place}.{name}"] = _text(field.get_default())
    return found


def _kind(was: bool, stands: bool) -> Change:
    if was and stands:
        return "modified"
    return "deleted" if was else "added"


def _flat(tables: Mapping[str, Any], start: str = "") -> dict[str, str]:
    """Dotted key → value as text; tables of a list are told apart by what they are for.

    Without tables that are switched off: they count as not there.
    """
    found: dict[str, str] = {}
    for key, value in tables.items():
        name = f"{start}.{key}" if start else key
        if isinstance(value, Mapping):
            if not _off(value):
                found |= _flat(value, name) or ({name: ON} if start else {})
        elif isinstance(value, list) and value and all(isinstance(t, Mapping) for t in value):
            seen: Counter[str] = Counter()
            for table in value:
                if _off(table):
                    continue
                label = ", ".join(_text(table[k]) for k in TELLING if k in table) or "all"
                seen[label] += 1
                number = f" ({seen[label]})" if seen[label] > 1 else ""
                terms = {k: v for k, v in table.items() if k not in TELLING}
                found |= _flat(terms, f"{name}[{label}{number}]")
        elif key != "enabled" and not (key in REMARKS and isinstance(value, str)):
            found[name] = _text(value)
    return found


def _off(table: Mapping[str, Any]) -> bool:
    return table.get("enabled") is False


def _text(value: Any) -> str:
    """A value as text, the same however a number is written."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        number = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
        return number.rstrip("0").rstrip(".") if "." in number else number
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return str(value)


def _of_sheet(sheet: str, before: Applications, after: Applications) -> Iterator[InputChange]:
    old, new = _rows(sheet, before), _rows(sheet, after)
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in old or key not in new:
            row = (old if key in old else new)[key]
            told = "; ".join(f"{field}: {text}" for field, text in row.items() if text)
            texts = (told, "") if key in old else ("", told)
            yield InputChange(sheet, _kind(key in old, key in new), key, "", *texts)
            continue
        for field in {**old[key], **new[key]}:
            was, stands = old[key].get(field, ""), new[key].get(field, "")
            if was != stands:
                yield InputChange(sheet, "modified", key, field, was, stands)


def _rows(sheet: str, given: Applications) -> dict[str, dict[str, str]]:
    """Key → header → what stands there, of one sheet."""
    sides: Mapping[str, Any] = {
        "Fund": {"": given.call},
        "Cities": given.cities,
        "Activities": given.activities,
        "Assessment": given.assessments,
        "City record": given.records,
        "Scores": {f"{s.activity}, {s.assessor}, {s.criterion}": s for s in given.scores},
    }
    currency = given.call.currency
    found: dict[str, dict[str, str]] = {}
    for key, record in sides[sheet].items():
        row = {}
        for name, column in type(record).columns().items():
            value = getattr(record, name)
            if column.kind is CellKind.MONEY and value is not None:
                row[column.header] = money.show(value, currency)
            elif column.kind is CellKind.YEAR:
                row[column.header] = str(value)
            else:
                row[column.header] = _text(value)
        by_year = getattr(record, "requested_by_year", ())
        if by_year:
            years = (f"{year}: {money.show(part, currency)}" for year, part in by_year)
            row[YEARS] = ", ".join(years)
        found[key] = row
    return found
