"""Tiny applications and scenarios for tests. Amounts are currency units here, cents inside.

A city's code is the part of an activity's code before the hyphen, so ``ask("A-1", 500)`` is
city A's; cities that are not described get the defaults of `city`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from funding.applications import (
    Activity,
    Applications,
    Assessment,
    AssessorScore,
    Call,
    City,
    CityRecord,
)
from funding.awards import Allocation, allocate
from funding.case import Plan
from funding.linear import Exact, Limit, Sense
from funding.scenario import Scenario, parse

Ask = tuple[Activity, Assessment]

MONEY = {
    "own_budget",
    "earlier_budget",
    "total_cost",
    "requested",
    "minimum_viable",
    "own_cash",
    "own_in_kind",
    "other_funding",
    "eligible_cost",
    "other_national_funding",
    "earlier_awards",
    "earlier_awards_spent",
}


def city(code: str, **fields: Any) -> City:
    """A city with ample means; what a test is about is given by field."""
    usual: dict[str, Any] = {
        "name": f"City {code}",
        "region": "North",
        "population": 50_000,
        "own_budget": 1_000_000,
        "staff": 5,
        "trained_staff": 2,
        "coordination": "ad hoc",
    }
    return City(code=code, **_cents(usual | fields))


def ask(
    code: str,
    requested: float,
    *,
    score: int | str | None = 70,
    by_year: Mapping[int, float] | None = None,
    **fields: Any,
) -> Ask:
    """An activity and its assessment; the city brings as much own cash as it asks for."""
    fields = {"requested": requested, "own_cash": requested, **fields}
    found = {k: fields.pop(k) for k in list(fields) if k in Assessment.model_fields}
    usual: dict[str, Any] = {"title": f"Activity {code}", "stream": "financing", "theme": "water"}
    parts = ("requested", "own_cash", "own_in_kind", "other_funding")
    usual["total_cost"] = sum(fields.get(part, 0) for part in parts)
    years = tuple((year, _in_cents(part)) for year, part in (by_year or {}).items())
    activity = Activity(
        code=code,
        city=code.partition("-")[0],
        requested_by_year=years,
        **_cents(usual | fields),
    )
    given = None if score is None else Decimal(score)
    return activity, Assessment(activity=code, score=given, **_cents(found))


def record(code: str, **fields: Any) -> CityRecord:
    """What the ministry knows of a city."""
    return CityRecord(city=code, **_cents(fields))


def apply(*parts: Ask | City | CityRecord | AssessorScore, draw_number: str = "7") -> Applications:
    """Applications from cities, asks, records and scores, in any order."""
    asks = [p for p in parts if isinstance(p, tuple)]
    cities = {p.code: p for p in parts if isinstance(p, City)}
    for activity, _ in asks:
        cities.setdefault(activity.city, city(activity.city))
    return Applications.of(
        Call(
            fund="Test fund",
            reference="T-1",
            currency="EUR",
            first_year=2026,
            draw_number=draw_number,
        ),
        cities.values(),
        [activity for activity, _ in asks],
        [assessment for _, assessment in asks],
        [p for p in parts if isinstance(p, CityRecord)],
        [p for p in parts if isinstance(p, AssessorScore)],
    )


def scenario(tables: str = "", *, envelope: int = 100_000, unit: int = 100) -> Scenario:
    """A scenario from TOML tables; the fund is given by its envelope, unless they hold one."""
    fund = "" if "[fund" in tables else f"[fund]\nunit = {unit}\nenvelope = {envelope}\n"
    return parse(f'name = "Test"\n{fund}{tables}')


def awards(scenario: Scenario, applications: Applications) -> dict[str, float]:
    """The awards of the tool, in currency units."""
    return in_units(allocate(applications, scenario))


def in_units(allocation: Allocation) -> dict[str, float]:
    """An allocation's awards in currency units."""
    return {code: award / 100 for code, award in allocation.awards.items()}


def rows(scenario: Scenario, applications: Applications, rule: str) -> dict[str, Limit]:
    """The rows of one rule, by subject and part."""
    case = scenario.case(applications)
    made = [row for row in scenario.limits(case) if row.rule == rule]
    named = {" ".join(filter(None, (row.subject, row.part))): row for row in made}
    assert len(named) == len(made), "two rows of one name"
    return named


def bounds(scenario: Scenario, applications: Applications, rule: str) -> dict[str, Exact]:
    """Row → its bound in currency units, for rules whose rows only limit sums of awards."""
    return {
        name: Fraction(row.bound) / 100 for name, row in rows(scenario, applications, rule).items()
    }


def broken(
    scenario: Scenario, applications: Applications, rule: str, given: Mapping[str, float]
) -> list[str]:
    """The rule's rows that awards (in currency units) break, evaluated exactly."""
    values = Plan(scenario.case(applications)).values(
        {code: _in_cents(award) for code, award in given.items()}
    )
    found = []
    for name, row in rows(scenario, applications, rule).items():
        left = sum((k * values[q] for q, k in row.left), start=Fraction(0))
        holds = {
            Sense.AT_MOST: left <= row.bound,
            Sense.AT_LEAST: left >= row.bound,
            Sense.EXACTLY: left == row.bound,
        }
        if not holds[row.sense]:
            found.append(name)
    return found


def refused(scenario: Scenario, applications: Applications) -> dict[str, list[str]]:
    """Closed activity → the gates (or the request rule) that refuse it."""
    refusals = scenario.case(applications).refusals
    return {code: [r.gate for r in why] for code, why in refusals.items()}


def reason(scenario: Scenario, applications: Applications, code: str) -> str:
    """The only reason for which an activity is closed."""
    (refusal,) = scenario.case(applications).refusals[code]
    return refusal.reason


def _cents(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _in_cents(v) if k in MONEY and v is not None else v for k, v in fields.items()}


def _in_cents(amount: float) -> int:
    return int(Decimal(str(amount)) * 100)
