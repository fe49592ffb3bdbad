"""The award that docs/model.md derives by hand, and what its last paragraph says."""

from __future__ import annotations

import pytest

from funding.awards import allocate
from tests import small

REPORTS = "[gates.reports_filed]\n"
SHARE = "[rules.national_share]\nrates = { other = 0.5, none = 0.6, several = 0.5 }\n"
INDEPENDENCE = "[rules.independence]\nmax_national_share = 0.5\n"

ASKS = small.apply(
    small.city("A", population=90_000, own_budget=12_000),
    small.city("B", population=60_000, own_budget=9_000),
    small.city("C", population=40_000, own_budget=20_000),
    small.city("D", population=50_000, own_budget=50_000),
    small.record("B", other_national_funding=1_500),
    small.record("D", reports_overdue=True),
    small.ask("A-1", 12_000, score=80, eligible_cost=20_000, partner_countries=("JP",)),
    small.ask("A-2", 5_000, score=70, eligible_cost=9_000, stream="training"),
    small.ask(
        "B-1",
        9_050,
        score=75,
        eligible_cost=18_100,
        minimum_viable=6_000,
        partner_countries=("JP",),
    ),
    small.ask(
        "C-1",
        8_000,
        score=70,
        eligible_cost=16_000,
        partner_countries=("JP",),
        by_year={2026: 5_000, 2027: 3_000},
    ),
    small.ask("D-1", 5_000, score=95, eligible_cost=10_000, partner_countries=("JP",)),
)


def test_the_award_derived_by_hand() -> None:
    """See the doc: 10,000 + 7,500 + 1,700 + 2,800 = 22,000; V = 1,677,500."""
    found = allocate(ASKS, small.scenario(REPORTS + SHARE + INDEPENDENCE, envelope=22_000))
    wanted = {"A-1": 10_000, "A-2": 1_700, "B-1": 7_500, "C-1": 2_800, "D-1": 0}
    assert small.in_units(found) == wanted
    assert found.value == 1_677_500
    statuses = {code: outcome.status for code, outcome in found.outcomes.items()}
    assert statuses == dict.fromkeys(wanted, "reduced") | {"D-1": "ineligible"}
    # 5/8 of 2,800 is 1,750: either the hundred below or the hundred above.
    assert dict(found.payments["C-1"]) in (
        {2026: 170_000, 2027: 110_000},
        {2026: 180_000, 2027: 100_000},
    )


@pytest.mark.parametrize(
    ("tables", "wanted"),
    [
        # D-1 first (95), at most half of 10,000; 22,000 − 5,000 = 17,000 = 10,000 + 7,000 for B-1.
        (SHARE + INDEPENDENCE, {"A-1": 10_000, "A-2": 0, "B-1": 7_000, "C-1": 0, "D-1": 5_000}),
        # B-1 9,000; 3,000 for the tie: 5 : 8 is 1,154 and 1,846; the last hundred is C's.
        (REPORTS + SHARE, {"A-1": 10_000, "A-2": 1_100, "B-1": 9_000, "C-1": 1_900, "D-1": 0}),
        # A-1 12,000 is all that A may have; B-1 7,500; 2,500 for C-1.
        (REPORTS + INDEPENDENCE, {"A-1": 12_000, "A-2": 0, "B-1": 7_500, "C-1": 2_500, "D-1": 0}),
    ],
)
def test_without_one_of_them(tables: str, wanted: dict[str, float]) -> None:
    found = small.awards(small.scenario(tables, envelope=22_000), ASKS)
    assert found == wanted
