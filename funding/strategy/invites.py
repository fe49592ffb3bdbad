"""Which parts of a scenario invite a gain: those that read what was stated otherwise, and without
which the same statement gains nothing.

A *part* is a rule, a gate, the minimum viable amounts, the value, or how equals are served. What
a part reads is found by comparing what it makes of the true applications and of the others: its
rows, refusals, awards that a request admits, worth of a cent. Whether the gain is gone without it
is found by allocating both again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from funding.case import Case
from funding.linear import Exact, Kind, Limit, Quantity
from funding.rules import GATES, RULES
from funding.scenario import Scenario, from_tables
from funding.strategy.statements import Statement

MINIMUM, VALUE, EVENNESS = "rules.request", "objective.value", "ties.share"
UNITS = "units"  # where no part reads the statement: whole units, and the order among equals

ByRow = Mapping[tuple[str, str], tuple[object, ...]]


def title_of(part: str, scenario: Scenario) -> str:
    """What analysts call a part."""
    match part:
        case "rules.request":
            return "Request: minimum viable amounts"
        case "objective.value":
            return f"Objective: value {scenario.objective.value}"
        case "ties.share":
            return "Ties: equals share the last of the money"
        case "units":
            return "Whole units and the order among equals"
    table, _, key = part.partition(".")
    return GATES[key].title if table == "gates" else RULES[key].title


def without(scenario: Scenario, part: str) -> Scenario:
    """The scenario without a part: a rule or gate off, no minimum viable amounts, score per unit
    of money as the value, or equals served in turn."""
    tables: dict[str, Any] = dict(scenario.tables)
    match part:
        case "rules.request":
            rules: dict[str, Any] = dict(tables.get("rules", {}))
            off = {"all_or_nothing": False, "respect_minimum_viable": False}
            rules["request"] = {**rules.get("request", {}), **off}
            return from_tables({**tables, "rules": rules})
        case "objective.value":
            objective = {**tables.get("objective", {}), "value": "merit_money"}
            return from_tables({**tables, "objective": objective})
        case "ties.share":
            even = {**tables.get("objective", {}), "fairness_price": 0}
            ties = {**tables.get("ties", {}), "share": False}
            return from_tables({**tables, "objective": even, "ties": ties})
    table, _, key = part.partition(".")
    kept = {name: terms for name, terms in tables[table].items() if name != key}
    return from_tables({**tables, table: kept})


def readers(scenario: Scenario, true: Case, stated: Statement, city: str) -> tuple[str, ...]:
    """The parts of a scenario that read what a city stated otherwise."""
    case, origin = scenario.case(stated.applications), stated.origin
    found = [f"gates.{key}" for key in _gates(scenario, true, case, origin)]
    before, after = (_by_rule(scenario.limits(each)) for each in (true, case))
    for rule in scenario.rules:
        if rule.always or rule.by_hand:
            continue
        old, new = before.get(rule.key, []), after.get(rule.key, [])
        if _folded(old, {}) != _folded(new, origin) or _in_parts(new, origin):
            found.append(f"rules.{rule.key}")
    plan = [a.code for a in true.applications.plans[city]]
    halved = set(origin.values())
    if any(_least(true, case, code, halved) for code in plan):
        found.append(MINIMUM)
    worth = scenario.objective.worth
    if any(worth(code, true) != worth(code, case) for code in plan):
        found.append(VALUE)
    even = scenario.ties.share or scenario.objective.fairness_price
    if even and not origin and any(true.spans[a].most != case.spans[a].most for a in plan):
        found.append(EVENNESS)
    return tuple(found)


def _least(true: Case, case: Case, code: str, halved: Iterable[str]) -> bool:
    """Whether another least award is asked for than in truth: each half has a lower one."""
    least = true.spans[code].least
    return least != case.spans[code].least and (code not in halved or least > true.fund.step)


def _gates(scenario: Scenario, true: Case, case: Case, origin: Mapping[str, str]) -> Iterator[str]:
    before = {(a, why.gate) for a, all_ in true.refusals.items() for why in all_}
    after = {(origin.get(a, a), why.gate) for a, all_ in case.refusals.items() for why in all_}
    differ = {gate for _, gate in before ^ after}
    yield from (gate.key for gate in scenario.gates if gate.key in differ and not gate.always)


def _by_rule(limits: Sequence[Limit]) -> dict[str, list[Limit]]:
    found: dict[str, list[Limit]] = {}
    for row in limits:
        found.setdefault(row.rule, []).append(row)
    return found


def _folded(rows: Iterable[Limit], origin: Mapping[str, str]) -> ByRow:
    """Rows by whom they concern, those of two halves as one: their bounds together, and the
    coefficients that both have."""
    terms: dict[tuple[str, str], set[tuple[Kind, str, tuple[int, int], Exact]]] = {}
    bounds: dict[tuple[str, str], Exact] = {}
    for row in rows:
        key = origin.get(row.subject, row.subject), row.part
        found = terms.setdefault(key, set())
        found.update((q.kind, origin.get(q.code, q.code), q.band, k) for q, k in row.left)
        bounds[key] = bounds.get(key, 0) + row.bound
    return {key: (frozenset(found), bounds[key]) for key, found in terms.items()}


def _in_parts(rows: Iterable[Limit], origin: Mapping[str, str]) -> bool:
    """Whether rows say of each half what they said of the whole: that it falls in a band, is
    funded, or is cut at a level."""

    def jumps(quantity: Quantity) -> bool:
        return quantity.code in origin and quantity.kind in (Kind.IN_BAND, Kind.FUNDED, Kind.LATER)

    return any(jumps(quantity) for row in rows for quantity, _ in row.left)
