"""Scenarios: a fund, an objective and a set of rules, from TOML.

A scenario that extends another holds only what differs. Tables merge key by key, lists
(``[[…]]``) and amounts replace, and ``envelope`` and ``envelopes`` replace each other. Every
problem is found before any is reported; unknown keys are refused with the nearest known one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, get_args

import tomli_w
from pydantic import BaseModel, ValidationError

from funding import money
from funding.applications import Activity, Applications
from funding.case import Case, Plan, Refusal, Span, make_case
from funding.errors import ScenarioError
from funding.fund import Fund, Ties, to_cents
from funding.linear import Exact, Limit, Linear
from funding.messages import nearest, problem_words
from funding.objective import Objective
from funding.rules import GATES, RULES, Gate, OwnContribution, Request, Rule
from funding.scenario_tables import Resolve, Tables, canonical, flat, inherit, read, toml

FORMAT = 1  # of the scenario file
TOP = (
    "format",
    "name",
    "description",
    "extends",
    "fund",
    "objective",
    "ties",
    "gates",
    "rules",
    "size_classes",
    "partner_classes",
    "decisions",
)
ON_FUND = ("unit", "envelope", "envelopes", "source", "note")

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Scenario:
    """A fund, an objective and rules, validated. ``tables`` is it as one TOML document.

    ``own`` holds what the file itself says, which is its difference from its parent.
    """

    name: str
    description: str
    fund: Fund
    objective: Objective
    ties: Ties
    gates: tuple[Gate, ...]
    rules: tuple[Rule, ...]
    tables: Mapping[str, Any]
    own: Mapping[str, Any]

    def rule(self, key: str) -> Rule | None:
        """The rule behind a row; None for rows that come from the model itself."""
        return next((rule for rule in self.rules if rule.key == key), None)

    @cached_property
    def request(self) -> Request:
        """The request rule, which always holds."""
        return next(rule for rule in self.rules if isinstance(rule, Request))

    def case(self, applications: Applications) -> Case:
        """The applications under this scenario's gates and request rule."""

        def refuse(activity: Activity) -> Iterable[Refusal]:
            for gate in self.gates:
                reason = gate.refuse(activity, applications)
                if reason is not None:
                    yield Refusal(activity.code, gate.key, gate.status, reason)
            span = self._span(activity)
            if span.least > span.most:
                currency = applications.call.currency
                yield Refusal(
                    activity.code,
                    self.request.key,
                    "not funded",
                    f"no award in units of {money.show(self.fund.step, currency)} fits: the "
                    f"least is {money.show(span.least, currency)}, the most "
                    f"{money.show(span.most, currency)}",
                )

        return make_case(
            applications, self.fund, self.ties, self._span, self._contribution, refuse, self._caps
        )

    def _span(self, activity: Activity) -> Span:
        return self.request.span(activity, self.fund)

    def _contribution(self, activity: Activity) -> Exact:
        """A city's own money for an activity that counts: in kind as the gate credits it."""
        gate = next((g for g in self.gates if isinstance(g, OwnContribution)), None)
        return activity.own_cash if gate is None else gate.creditable(activity)

    def _caps(self, case: Case) -> Iterator[Limit]:
        """The rows that limit one award, or one city's total, by themselves."""
        plan = Plan(case)
        for rule in self.rules:
            if rule.caps_alone:
                yield from rule.limits(plan, case)

    def limits(self, case: Case) -> list[Limit]:
        """Every row of every rule, and the definitions that they need."""
        plan = Plan(case)
        rows = [row for rule in self.rules for row in rule.limits(plan, case)]
        rows += self.objective.limits(plan, case)
        return rows + list(plan.definitions(rows))

    def value(self, case: Case) -> Linear:
        """What is maximised."""
        return self.objective.linear(Plan(case), case)

    def words(self, limit: Limit, case: Case) -> str:
        """A row as a sentence with its amounts, without a full stop."""
        rule = self.rule(limit.rule)
        return limit.name if rule is None else rule.words(limit, case)

    def notes(self, case: Case) -> list[str]:
        """What an analyst should know of the gates and rules on these applications."""
        notes = [note for gate in self.gates for note in gate.notes(case.applications)]
        return notes + [note for rule in self.rules for note in rule.notes(case)]

    def to_toml(self) -> str:
        """The scenario as one TOML document that stands alone."""
        return tomli_w.dumps(dict(self.tables))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content; the same whatever the order of keys or the number format."""
        return hashlib.sha256(
            json.dumps(canonical(self.tables), sort_keys=True).encode()
        ).hexdigest()


def load(path: Path) -> Scenario:
    """The scenario of a TOML file; ``extends`` is looked up beside it.

    Raises ScenarioError with every problem, in sentences.
    """

    def resolve(name: str) -> str:
        if Path(name).name != name:
            raise ScenarioError(f'extends = "{name}": expected the name of a file beside this one')
        return read(path.parent / name)

    try:
        return parse(read(path), resolve)
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}") from None


def parse(text: str, resolve: Resolve | None = None) -> Scenario:
    """A scenario from TOML text. ``resolve`` gives the text of a scenario that it extends."""
    own = toml(text)
    return _build(inherit(own, resolve), own)


def from_tables(tables: Mapping[str, Any]) -> Scenario:
    """A stand-alone scenario from its tables, as TOML would hold them."""
    return parse(tomli_w.dumps(dict(tables)))


def difference(before: Scenario, after: Scenario) -> dict[str, tuple[Any, Any]]:
    """Dotted key → value before and after, for every key that differs; None: not there."""
    old, new = flat(before.tables), flat(after.tables)
    keys = [*old, *(k for k in new if k not in old)]
    return {k: (old.get(k), new.get(k)) for k in keys if old.get(k) != new.get(k)}


class _Problems(list[str]):
    """Collects every problem of a scenario; raises them together."""

    def unknown(self, where: str, keys: Iterable[str], known: Iterable[str]) -> None:
        for key in keys:
            if key not in known:
                self.append(f"{where}{key} is not known{nearest(key, known)}")

    def build(self, where: str, model: type[Model], table: Any) -> Model | None:
        if not isinstance(table, dict):
            self.append(f"{where}: expected a table, found {table!r}")
            return None
        try:
            return model.model_validate(table)
        except ValidationError as error:
            self.extend(problem_words(where, model, error))
            return None

    def off(self, where: str, model: type[BaseModel], table: Tables) -> None:
        """Unknown keys of a table that is switched off; it may leave others out."""
        known = ["enabled", *model.model_fields]
        self.unknown(f"{where}.", table, known)

    def stop(self) -> None:
        if self:
            raise ScenarioError("; ".join(self) if len(self) == 1 else "\n  ".join(["", *self]))


def _build(tables: Tables, own: Tables) -> Scenario:
    problems = _Problems()
    problems.unknown("", tables, TOP)
    if type(tables.get("format", FORMAT)) is not int:
        problems.append(f"format: expected a whole number, such as {FORMAT}")
    elif tables.get("format", FORMAT) > FORMAT:
        problems.append(f"format {tables['format']} is newer than this version reads ({FORMAT})")
    name, description = tables.get("name"), tables.get("description", "")
    if not isinstance(name, str) or not name.strip():
        problems.append('name: expected a name in quotes, such as name = "Base 2026"')
    if not isinstance(description, str):
        problems.append("description: expected text in quotes")
    fund = _fund(tables, problems)
    objective = problems.build("objective", Objective, tables.get("objective", {}))
    ties = problems.build("ties", Ties, tables.get("ties", {}))
    gates = _terms("gates", GATES, tables, problems)
    rules = _terms("rules", RULES, tables, problems)
    if fund is not None:
        for rule in rules:
            where = rule.key if rule.apart else f"rules.{rule.key}"
            problems.extend(f"{where}: {text}" for text in rule.problems(fund))
    if objective and ties and objective.fairness_price and not ties.share:
        problems.append(
            "ties.share = false serves equals in turn, objective.fairness_price spreads the money "
            "evenly: choose one of them"
        )
    problems.stop()
    if fund is None or objective is None or ties is None or not isinstance(name, str):
        raise AssertionError("a table without its model is a problem found above")
    shown = {k: v for k, v in tables.items() if k != "extends"}
    return Scenario(name, str(description), fund, objective, ties, gates, rules, shown, dict(own))


def _fund(tables: Tables, problems: _Problems) -> Fund | None:
    table = tables.get("fund")
    if not isinstance(table, dict):
        problems.append("[fund] is missing: expected unit and envelope")
        return None
    problems.unknown("fund.", table, ON_FUND)
    given: Tables = {k: table[k] for k in ("unit", "envelope", "envelopes") if k in table}
    if "envelope" in given and "envelopes" in given:
        problems.append("fund: expected either envelope or [fund.envelopes], found both")
        return None
    if "envelopes" in given:
        try:
            years = {int(year): amount for year, amount in given["envelopes"].items()}
            if not years or any(not (len(y) == 4 and y.isdigit()) for y in given["envelopes"]):
                raise ValueError("years have four digits")
        except (ValueError, AttributeError):
            problems.append("fund.envelopes: expected years with amounts, such as 2026 = 7_000_000")
            return None
        wrong = list(_no_amounts(years))
        problems.extend(wrong)
        if wrong:
            return None
        given["envelope"] = Decimal(sum(money.cents(v) for v in years.values())).scaleb(-2)
        given["envelopes"] = years
    for key in ("size_classes", "partner_classes"):
        if key in tables:
            given[key] = tables[key]
    if "envelope" not in given:
        problems.append("fund.envelope is missing: expected an amount, or [fund.envelopes]")
        return None
    return problems.build("fund", Fund, given)


def _no_amounts(years: Mapping[int, Any]) -> Iterator[str]:
    """A sentence for each year of an envelope that has no amount."""
    for year, value in years.items():
        try:
            sound = to_cents(value) >= 0
        except ValueError:
            sound = False
        if not sound:
            expected = "expected an amount of 0 or more, with at most two decimals"
            yield f"fund.envelopes.{year}: {expected} (found {value})"


Term = TypeVar("Term", Rule, Gate)


def _terms(
    where: str, known: Mapping[str, type[Term]], tables: Tables, problems: _Problems
) -> tuple[Term, ...]:
    """The gates or rules that a scenario switches on, and those that always hold."""
    named = tables.get(where, {})
    if not isinstance(named, dict):
        problems.append(f"{where}: expected tables such as [{where}.{next(iter(known))}]")
        return ()
    apart = [key for key, model in known.items() if getattr(model, "apart", False)]
    writable = [key for key in known if key not in apart]
    for key in named:
        if key not in writable:
            problems.append(f"{where}.{key} is not known{nearest(key, writable)}")
    given = {key: table for key, table in named.items() if key in writable}
    given |= {key: tables[key] for key in apart if key in tables}
    terms = []
    for key, model in known.items():
        if key not in given and not model.always:
            continue
        place = key if key in apart else f"{where}.{key}"
        term = _term(place, model, given.get(key, {}), problems)
        if term is not None:
            terms.append(term)
    return tuple(terms)


def _term(where: str, model: type[Term], table: Any, problems: _Problems) -> Term | None:
    field = getattr(model, "listed", "")
    if isinstance(table, list) and not field:
        problems.append(f"{where} stands once: write [{where}], not [[{where}]]")
        return None
    if field and isinstance(table, dict) and table.get("enabled", True) is not False:
        problems.append(f"{where} is a list: write [[{where}]], not [{where}]")
        return None
    if isinstance(table, list):  # [[rules.group_shares]]: a rule that holds a list
        (item, *_) = get_args(model.model_fields[field].annotation)
        kept = [t for t in table if not _switched_off(where, t, item, problems)]
        plain = [_without_switch(t) for t in kept]
        place = "" if where == field else where  # [[decisions]]: the key is the list itself
        return problems.build(place, model, {field: plain}) if plain else None
    if _switched_off(where, table, model, problems):
        return None
    return problems.build(where, model, _without_switch(table))


def _switched_off(where: str, table: Any, model: type[Any], problems: _Problems) -> bool:
    enabled = table.get("enabled", True) if isinstance(table, dict) else True
    if not isinstance(enabled, bool):
        problems.append(f"{where}.enabled: expected true or false, found {enabled!r}")
    if enabled is False:
        problems.off(where, model, table)
    if enabled is False and getattr(model, "always", False):
        problems.append(f"{where} always holds and cannot be switched off")
    return enabled is False


def _without_switch(table: Any) -> Any:
    if not isinstance(table, dict):
        return table
    return {k: v for k, v in table.items() if k != "enabled"}
