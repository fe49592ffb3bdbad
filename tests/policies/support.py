"""Real policies on the sample fund: read and allocated once for all tests of this folder."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from funding import places, scenario, workbook
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.linear import Exact
from funding.scenario import Scenario
from tests import small

POLICIES = ("franco-quebec", "french-2025", "german-2025", "italian-2017")


@cache
def sample() -> Applications:
    """The sample's applications."""
    return workbook.read([places.sample_workbook()]).require()


@cache
def policy(name: str) -> Scenario:
    """A shipped scenario."""
    return scenario.load(places.sample_scenarios() / f"{name}.toml")


@cache
def allocation(name: str) -> Allocation:
    """The sample under a policy."""
    return allocate(sample(), policy(name))


def with_fund(name: str, envelope: int, tables: str = "") -> Scenario:
    """The policy's own tables with another envelope, in one pot, for a fund made by hand."""
    text = f'name = "Miniature"\nextends = "{name}.toml"\n[fund]\nenvelope = {envelope}\n{tables}'
    folder = places.sample_scenarios()
    return scenario.parse(text, lambda file: (folder / file).read_text(encoding="utf-8"))


def figures(code: str) -> tuple[Exact, ...]:
    """What the workbook says of an activity, in euros: request, minimum viable (0: blank),
    eligible cost, own cash, own in kind, other national funding."""
    a = sample().activities[code]
    cents = (
        a.requested,
        a.minimum_viable or 0,
        sample().eligible_cost(code),
        a.own_cash,
        a.own_in_kind,
        sample().assessments[code].other_national_funding,
    )
    return tuple(Fraction(amount, 100) for amount in cents)


def most(name: str, rule: str, code: str) -> Exact:
    """What one rule of a policy leaves an activity of the sample at most, in euros."""
    return small.bounds(policy(name), sample(), rule)[code]


def cut_by(name: str, code: str) -> set[str]:
    """The rules that keep an activity of the sample from a larger award."""
    return {row.rule for row in allocation(name).outcomes[code].rules}


def euros(name: str, code: str) -> Fraction:
    """The award of an activity of the sample."""
    return Fraction(allocation(name).awards[code], 100)
