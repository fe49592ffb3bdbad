"""Which number of a scenario is swept, and over which values: exact, never floats.

A parameter is a numeric key of the scenario file, by its dotted key as prices and repairs write it:
``rules.group_shares.0.max`` is the first of a list. Such a table may be named by what it is for
instead: ``rules.group_shares[small].min``.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from funding import money
from funding.errors import ScenarioError, UsageError
from funding.fund import Fund
from funding.levers import Kind, Path, kind_of, put
from funding.rules import GATES, RULES
from funding.scenario import Scenario, from_tables

ENVELOPE = "fund.envelope"
FAIRNESS = "objective.fairness_price"
MOST_VALUES = 1_000  # of one parameter
MILLION = 1_000_000
TELLING = ("attribute", "group", "groups", "streams", "city", "activity")  # of tables in a list
NEAR = 0.6  # how alike a key is that is suggested, from 0 to 1

_NUMBER = re.compile(r"[+-]?(\d[\d_]*)?\.?\d+([eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A numeric key of a scenario: where it stands, its value there, and in what it is written.

    ``value`` is None where the scenario leaves the key out, or does not hold its rule.
    """

    key: str
    title: str
    path: Path
    value: Decimal | None
    kind: Kind

    @property
    def in_money(self) -> bool:
        """Whether its values are amounts."""
        return self.kind in ("amount", "per person")

    def show(self, value: Decimal | None, currency: str) -> str:
        """A value in words: ``10.5 million EUR``, ``12.5 %``."""
        return _joined([self._parts(value, currency)], "")

    def between(self, low: Decimal, high: Decimal, currency: str, word: str = "and") -> str:
        """Two values in words, what is the same of them once: ``10.5 and 11 million EUR``."""
        return _joined([self._parts(low, currency), self._parts(high, currency)], word)

    def _parts(self, value: Decimal | None, currency: str) -> tuple[str, str]:
        """The number and what follows it."""
        if value is None:
            return "not set", ""
        if self.kind == "amount" and value >= MILLION:
            millions = (value / MILLION).normalize()
            if -int(millions.as_tuple().exponent) <= 3:
                return f"{millions:,f}", f"million {currency}"
        if self.in_money:
            return money.show(money.cents(value)), currency
        if self.kind == "share":
            return money.percent(value, 4).removesuffix(" %"), "%"
        return f"{value.normalize():,f}", ""


@dataclass(frozen=True, slots=True)
class Range:
    """A parameter and the values over which it is swept, rising, each once."""

    parameter: Parameter
    values: tuple[Decimal, ...]


def _joined(values: Sequence[tuple[str, str]], word: str) -> str:
    """Numbers with what follows them, once where it is the same."""
    if len({unit for _, unit in values}) == 1:
        numbers = f" {word} ".join(number for number, _ in values)
        return f"{numbers} {values[0][1]}".rstrip()
    return f" {word} ".join(f"{number} {unit}".rstrip() for number, unit in values)


def ranges_of(scenario: Scenario, asked: Sequence[str]) -> tuple[Range, ...]:
    """The ranges that are written as ``KEY=FROM:TO:STEP`` or ``KEY=VALUE,VALUE,…``; one or two.

    Raises UsageError, with a sentence, for what is no key, no number or no range.
    """
    if not 1 <= len(asked) <= 2:
        raise UsageError(f"One or two parameters can be swept; {len(asked)} were given.")
    found = []
    for text in asked:
        key, equals, values = text.rpartition("=")
        if not equals:
            raise UsageError(
                f'"{text}": expected a key and its values, such as '
                f"{ENVELOPE}=8e6:16e6:5e5 or rules.city_cap.amount=200000,300000."
            )
        found.append(Range(parameter_of(scenario, key.strip()), values_of(values.strip())))
    keys = [each.parameter.key for each in found]
    if len(set(keys)) < len(keys):
        raise UsageError(f"{keys[0]} is given twice; give its values in one list.")
    if ENVELOPE in keys and any(key.startswith("fund.envelopes.") for key in keys):
        raise UsageError(
            f"{ENVELOPE} moves the envelope of each year in proportion: sweep it, or a year."
        )
    return tuple(found)


def values_of(text: str) -> tuple[Decimal, ...]:
    """The values of ``8e6:16e6:5e5`` (both ends included) or ``200000,300000``: rising, each once.

    Raises UsageError for what is neither, or is a range whose steps miss its end.
    """
    if ":" not in text:
        return tuple(sorted({_number(part) for part in text.split(",")}))
    parts = text.split(":")
    if len(parts) != 3:
        raise UsageError(f'"{text}": expected FROM:TO:STEP, such as 8e6:16e6:5e5.')
    first, last, step = map(_number, parts)
    if step <= 0 or last < first:
        raise UsageError(f'"{text}": expected FROM:TO:STEP that rises, with a step above 0.')
    count = (last - first) / step
    if count >= MOST_VALUES:
        raise UsageError(f'"{text}" has more than {MOST_VALUES:,} values: choose a larger step.')
    if count != count.to_integral_value():
        reached = first + step * int(count)
        raise UsageError(
            f'"{text}": steps of {step:f} from {first:f} reach {reached:f} and then miss {last:f}; '
            "choose a step that meets the end."
        )
    return tuple(first + step * at for at in range(int(count) + 1))


def _number(text: str) -> Decimal:
    plain = text.strip()
    try:
        number = Decimal(plain) if _NUMBER.fullmatch(plain) else None
    except InvalidOperation:
        number = None
    if number is None or abs(number.adjusted()) > money.MOST_DIGITS:
        raise UsageError(f'"{plain}" is no number; expected one such as 8000000, 8e6 or 0.25.')
    return number


def parameter_of(scenario: Scenario, key: str) -> Parameter:
    """The parameter of a key. Raises UsageError for one that is not known, with the nearest."""
    known = {each.key: each for each in parameters(scenario)}
    named = _named(scenario, known)
    plain = re.sub(r"\[(\d+)\]", r".\1", key.replace('"', ""))
    found = known.get(plain) or named.get(plain)
    if found is not None:
        return found
    near = difflib.get_close_matches(plain, [*known, *named], 1, cutoff=NEAR)
    hint = f'; did you mean "{near[0]}"?' if near else "; docs/scenarios.md lists all keys."
    raise UsageError(f"{key} is no number of this scenario{hint}")


def moved(scenario: Scenario, values: Mapping[Parameter, Decimal]) -> Scenario:
    """The scenario with some parameters at other values; a rule that is off is on then.

    Raises UsageError, in a sentence, where a value is not allowed.
    """
    tables: Any = dict(scenario.tables)
    standing = {each.key: each.value for each in parameters(scenario)}
    for parameter, value in values.items():
        if value == standing.get(parameter.key):
            continue  # a default that is written out is no other scenario
        if parameter.key == ENVELOPE and scenario.fund.envelopes:
            for year, part in _scaled(scenario.fund, value).items():
                tables = put(tables, ("fund", "envelopes", str(year)), part)
        else:
            tables = _switched_on(put(tables, parameter.path, value), parameter.path)
    if tables == scenario.tables:
        return scenario
    try:
        return from_tables(tables)
    except ScenarioError as error:
        told = ", ".join(f"{parameter.key} = {value:f}" for parameter, value in values.items())
        raise UsageError(f"{told}: {error}") from None


def _switched_on(tables: Any, path: Path) -> Any:
    """Tables without ``enabled = false`` on the rule or gate that a path is in."""
    top, name, *rest = path
    if top not in ("rules", "gates") or not rest or not isinstance(tables[top][name], dict):
        return tables
    table = {k: v for k, v in tables[top][name].items() if k != "enabled" or v is not False}
    return {**tables, top: {**tables[top], name: table}}


def _scaled(fund: Fund, total: Decimal) -> dict[int, Decimal]:
    """The envelopes by year in proportion to those of the fund, in whole units where that goes.

    What is left over goes, unit by unit, to the years with the largest remainders, the earlier
    first; a part of a unit to the first of them.
    """
    whole = _cents(total)
    if not fund.envelope:
        raise UsageError(f"{ENVELOPE}: the envelope of every year is 0; sweep one of the years.")
    parts = {y: divmod(whole * f, fund.envelope * fund.step) for y, f in fund.envelopes.items()}
    amounts = {year: units * fund.step for year, (units, _) in parts.items()}
    left = whole - sum(amounts.values())
    by_rest = sorted(parts, key=lambda year: (-parts[year][1], year))
    for year in by_rest[: left // fund.step]:
        amounts[year] += fund.step
    amounts[by_rest[0]] += left % fund.step
    return {year: money.in_units(amount) for year, amount in sorted(amounts.items())}


def _cents(value: Decimal) -> int:
    try:
        amount = money.cents(value)
    except ValueError as error:
        raise UsageError(f"{ENVELOPE}: {error}") from None
    if amount < 0:
        raise UsageError(f"{ENVELOPE} = {value:f}: expected an amount of 0 or more.")
    return amount


def parameters(scenario: Scenario) -> Iterator[Parameter]:
    """Every numeric key of a scenario, also those that it leaves out."""
    fund = scenario.fund
    yield Parameter(ENVELOPE, "Envelope", ("fund", "envelope"), money.in_units(fund.envelope), _A)
    for year, part in fund.envelopes.items():
        path = ("fund", "envelopes", str(year))
        yield Parameter(".".join(path), f"Envelope of {year}", path, money.in_units(part), _A)
    yield Parameter("fund.unit", "Unit", ("fund", "unit"), Decimal(fund.unit), _A)
    yield from _of_table(scenario.objective, type(scenario.objective), ("objective",), "")
    terms = {("gates", gate.key): gate for gate in scenario.gates}
    terms |= {("rules", rule.key): rule for rule in scenario.rules}  # type: ignore[misc]
    models: dict[tuple[str, str], Any] = {("gates", key): model for key, model in GATES.items()}
    models |= {("rules", key): model for key, model in RULES.items()}
    for (top, name), model in models.items():
        term = terms.get((top, name))
        listed = getattr(model, "listed", "")
        start = (name,) if getattr(model, "apart", False) else (top, name)
        if not listed:
            yield from _of_table(term, model, start, model.title)
        elif term is not None:
            for at, item in zip(_places(scenario, start), getattr(term, listed), strict=True):
                title = f"{model.title}, {item.label}"
                yield from _of_table(item, type(item), (*start, at), title)
    for name, most in fund.size_classes.items():
        of_class: Path = ("size_classes", name)
        yield Parameter(
            f"size_classes.{name}", f"Size class {name}", of_class, Decimal(most), "number"
        )


def _of_table(table: Any, model: type[BaseModel], path: Path, title: str) -> Iterator[Parameter]:
    """The numbers of a table; of one that is not there, the numbers that it could hold."""
    hints = get_type_hints(model, include_extras=True)
    for name in model.model_fields:
        value = None if table is None else getattr(table, name)
        field, label = (
            (*path, name),
            f"{title}, {name}" if title else model.model_fields[name].title,
        )
        inner = hints[name]
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _of_table(value, inner, field, label)
        elif isinstance(value, Mapping):
            for key, each in value.items():
                if isinstance(each, int | Decimal):
                    yield _parameter(model, name, (*field, key), f"{label} {key}", each)
        elif _numeric(inner):
            yield _parameter(model, name, field, label, value)


def _parameter(model: type[BaseModel], name: str, path: Path, title: str, value: Any) -> Parameter:
    kind = kind_of(model, name, value)
    at = None if value is None else Decimal(value)
    if at is not None and kind in ("amount", "per person"):
        at = money.in_units(value)
    return Parameter(".".join(map(str, path)), title, path, at, kind)


def _numeric(hint: Any) -> bool:
    """Whether a field holds a number, or one or nothing."""
    origin = get_origin(hint)
    if origin is Annotated:
        return _numeric(get_args(hint)[0])
    if origin in (Union, UnionType):
        return any(_numeric(part) for part in get_args(hint))
    return hint is int or hint is Decimal


def _places(scenario: Scenario, start: Path) -> list[int]:
    """The places of the tables of a list that are on."""
    tables: Any = scenario.tables
    for part in start:
        tables = tables[part]
    return [at for at, table in enumerate(tables) if table.get("enabled", True) is not False]


def _named(scenario: Scenario, known: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """Parameters of tables in lists, by what the tables are for, where that names one alone."""
    found: list[tuple[str, Parameter]] = []
    for parameter in known.values():
        at = next((i for i, part in enumerate(parameter.path) if isinstance(part, int)), None)
        if at is None:
            continue
        table: Any = scenario.tables
        for part in parameter.path[: at + 1]:
            table = table[part]
        told = [_text(table[key]) for key in TELLING if key in table]
        start = ".".join(map(str, parameter.path[:at]))
        end = ".".join(map(str, parameter.path[at + 1 :]))
        for name in {", ".join(told), *told} - {""}:
            found.append((f"{start}[{name}].{end}", parameter))
    times = Counter(name for name, _ in found)
    return {name: parameter for name, parameter in found if times[name] == 1}


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


_A: Kind = "amount"
