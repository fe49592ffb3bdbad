"""Every table of a real policy says where it comes from, or that it is invented."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from funding import places
from funding.fund import Fund
from funding.objective import Objective
from funding.rules import GATES, RULES
from funding.rules.activity_caps import ActivityCap
from funding.rules.award_bands import AwardBand
from funding.rules.decisions import Decision
from funding.rules.group_shares import GroupShare
from funding.rules.stream_shares import Bounds
from tests.oracle import Referee
from tests.policies.support import POLICIES, allocation, policy, sample

DOC = Path(__file__).resolve().parents[2] / "docs" / "real-funds.md"


def tables(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of a scenario that can hold a source, with its place."""
    read = tomllib.loads((places.sample_scenarios() / f"{name}.toml").read_text("utf-8"))
    for part in ("fund", "objective", "ties"):
        if part in read:
            yield part, read[part]
    for part in ("gates", "rules"):
        for key, held in read.get(part, {}).items():
            for number, table in enumerate(held if isinstance(held, list) else [held]):
                yield f"{part}.{key} {number}", table


@pytest.mark.parametrize("name", POLICIES)
def test_every_table_has_a_source_or_says_that_it_is_invented(name: str) -> None:
    found = dict(tables(name))
    assert {"fund", "objective"} <= found.keys()
    assert len(found) >= 5
    for place, table in found.items():
        said = table.get("source", "")
        if not said:
            assert table.get("note", "").startswith("Invented"), place
        assert said or table.get("note"), place


@pytest.mark.parametrize("name", POLICIES)
def test_each_says_that_it_is_not_that_fund(name: str) -> None:
    found = policy(name)
    assert "synthetic sample" in found.name
    assert found.description.endswith("Synthetic applications; it is not that fund.")


@pytest.mark.parametrize("name", POLICIES)
def test_awards_hold_every_rule_and_are_no_degenerate_ones(name: str) -> None:
    """The referee, who knows the rules' text alone, finds nothing; some are full, some cut, some
    get nothing; at least 99 % of the money is used; at least 20 cities have a part."""
    found = allocation(name)
    assert Referee(sample(), found.scenario.tables).broken(found.awards) == []
    statuses = [outcome.status for outcome in found.outcomes.values()]
    assert statuses.count("full") >= 5
    assert statuses.count("reduced") >= 8
    assert statuses.count("not funded") >= 20
    assert 100 * found.unspent <= found.scenario.fund.envelope
    assert sum(total > 0 for total in found.city_totals.values()) >= 20


def keys() -> set[str]:
    """Every key that a scenario knows, as the doc writes it: ``rules.city_cap.amount``."""
    known = {"size_classes", "partner_classes", "fund", "decisions"}
    known |= {f"fund.{key}" for key in Fund.model_fields}
    known |= {f"objective.{key}" for key in Objective.model_fields}
    known |= {f"decisions.{key}" for key in Decision.model_fields}
    lists = {"group_shares": GroupShare, "award_bands": AwardBand, "activity_caps": ActivityCap}
    for part, terms in (("gates", GATES), ("rules", RULES)):
        for key, term in terms.items():
            known.add(f"{part}.{key}")
            fields = lists.get(key, term).model_fields  # type: ignore[attr-defined]
            known |= {f"{part}.{key}.{field}" for field in fields}
    streams = ("financing", "training", "coordination")
    known |= {f"rules.stream_shares.{s}.{b}" for s in streams for b in Bounds.model_fields}
    return known


def test_the_doc_of_real_funds_names_keys_that_exist() -> None:
    named = re.findall(
        r"`((?:rules|gates|fund|objective|decisions)(?:\.\w+)+)", DOC.read_text("utf-8")
    )
    assert len(set(named)) >= 20
    assert set(named) - keys() == set()


def test_the_doc_names_the_policies_and_only_scenarios_that_exist() -> None:
    named = set(re.findall(r"`([\w-]+)\.toml`", DOC.read_text("utf-8")))
    assert set(POLICIES) <= named
    assert named <= {path.stem for path in places.sample_scenarios().glob("*.toml")}


def test_themes_that_scenarios_name_occur() -> None:
    """A slip in a theme would close a band in silence."""
    themes = {a.theme for a in sample().activities.values()}
    named = {t for _, table in tables("german-2025") for t in table.get("themes", [])}
    assert named == {"Climate"}
    assert named <= themes
