"""Levers: what a key of a scenario is counted in follows from its type, not from its name."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import get_args, get_type_hints

import pytest
from pydantic import BaseModel

from funding.fund import Amount, Number, Share
from funding.levers import Lever, levers
from funding.rules import RULES
from tests.small import scenario

TABLES = """
[rules.matching]
ratio = 1.5
[rules.absorption]
per_staff = 50_000
per_training = 2
default_delivery = 1
[rules.training_first]
trained_share = 0.25
base = 10_000
[rules.city_cap]
share = 1
per_inhabitant = 10
[rules.national_share]
several_countries = 1
[rules.national_share.rates]
several = 1
none = 1
other = 1
[rules.stream_shares]
training = { min = 0.2 }
"""


def of(key: str) -> Lever:
    (found,) = [each for each in levers(scenario(TABLES)) if each.key == key]
    return found


@pytest.mark.parametrize(
    ("key", "kind", "step"),
    [
        ("fund.envelope", "amount", "100"),
        ("rules.matching.ratio", "number", "0.01"),
        ("rules.absorption.per_training", "number", "0.01"),
        ("rules.absorption.per_staff", "per person", "1"),
        ("rules.absorption.default_delivery", "share", "0.001"),
        ("rules.training_first.trained_share", "share", "0.001"),
        ("rules.training_first.base", "amount", "100"),
        ("rules.city_cap.share", "share", "0.001"),
        ("rules.city_cap.per_inhabitant", "per person", "0.01"),
        ("rules.national_share.rates.other", "share", "0.001"),
        ("rules.stream_shares.training.min", "share", "0.001"),
    ],
)
def test_what_a_key_is_counted_in(key: str, kind: str, step: str) -> None:
    assert (of(key).kind, of(key).step) == (kind, Decimal(step))


def tables(of: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A rule and the tables that its fields hold."""
    yield of
    for hint in get_type_hints(of).values():
        for inner in (hint, *get_args(hint)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from tables(inner)


@pytest.mark.parametrize("rule", [r for r in RULES.values() if not r.fact], ids=lambda r: r.key)
def test_every_amount_share_and_number_of_a_policy_can_be_moved(rule: type[BaseModel]) -> None:
    """Else it has no price, and no repair loosens it."""
    left_out = [
        f"{table.__name__}.{name}"
        for table in tables(rule)
        for name, hint in get_type_hints(table, include_extras=True).items()
        if name in table.model_fields
        and any(kind in (hint, *get_args(hint)) for kind in (Amount, Share, Number))
        and name not in getattr(table, "looser", {})
    ]
    assert left_out == []
