"""The same awards, to the cent, with every supported Python, PuLP and solver."""

from __future__ import annotations

import json

import pytest

from funding.applications import Applications
from funding.awards import allocate
from funding.scenario import Scenario
from tests.golden_awards import FILE, NONE, SEEDS, Golden, awards_of, cases, seeded

GOLDEN: Golden = json.loads(FILE.read_text(encoding="utf-8"))
CASES = list(cases())


@pytest.mark.parametrize(("name", "applications", "rules"), CASES, ids=[c[0] for c in CASES])
def test_the_awards_are_those_on_file(
    name: str, applications: Applications, rules: Scenario
) -> None:
    """After a change that is meant to alter awards: python -m tests.golden_awards."""
    assert awards_of(applications, rules) == GOLDEN[name]


def test_the_file_is_of_these_funds_and_ties_decide_in_most_of_them() -> None:
    assert GOLDEN.keys() == {name for name, _, _ in CASES}
    assert sum(1 for found in GOLDEN.values() if found == NONE) <= 5
    decided = [bool(allocate(*seeded(n)).decided) for n in SEEDS if GOLDEN[f"seed {n}"] != NONE]
    assert sum(decided) > 0.7 * len(decided)
