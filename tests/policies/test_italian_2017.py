"""Italy 2017, by hand: 70 % to priority countries, 80 % of the cost, 500,000 euros.

The text: 70 % of the money for initiatives in priority countries and the other 30 % for those in
other partner countries; a contribution of at most 80 % of the whole cost and 500,000 euros.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests import small
from tests.policies.support import (
    allocation,
    cut_by,
    euros,
    figures,
    most,
    policy,
    sample,
    with_fund,
)

NAME = "italian-2017"
PRIORITY, OTHERS = ("SN",), ("MG",)  # Senegal is a priority country, Madagascar is not


def initiative(code: str, requested: float, where: tuple[str, ...], **fields: Any) -> small.Ask:
    """An initiative whose cost is twice what it asks for."""
    return small.ask(code, requested, partner_countries=where, **fields)


def awards(envelope: int, *asks: small.Ask) -> dict[str, float]:
    """The awards of a fund made by hand under the policy's own tables."""
    return small.awards(with_fund(NAME, envelope), small.apply(*asks))


def test_montreuil_is_cut_to_eighty_per_cent_less_other_national_money() -> None:
    """MTR-1, Tunisia (priority): 163,000 of a cost of 276,700, with 72,000 of other national money.

    0.8 × 276,700 = 221,360; less 72,000 = 149,360, in whole units 149,300. Viable from 81,500.
    """
    assert figures("MTR-1") == (163_000, 81_500, 276_700, 80_700, 63_400, 72_000)
    assert most(NAME, "national_share", "MTR-1") == 149_360
    assert euros(NAME, "MTR-1") == 149_300
    assert "national_share" in cut_by(NAME, "MTR-1")


def test_le_havre_has_one_cut_one_full_and_one_without_a_partner_country() -> None:
    """LEH-4, Albania (priority): 0.8 × 171,700 − 40,400 = 96,960, so 96,900 of 103,000.

    LEH-1, Ethiopia (priority): 0.8 × 122,100 = 97,680 is more than its 74,500. LEH-3, Romania: no
    partner country, 0 %.
    """
    assert figures("LEH-4") == (103_000, 61_800, 171_700, 33_500, 25_100, 40_400)
    assert most(NAME, "national_share", "LEH-4") == 96_960
    assert figures("LEH-1") == (74_500, 55_800, 122_100, 35_700, 11_900, 0)
    assert most(NAME, "national_share", "LEH-1") == 97_680
    assert most(NAME, "national_share", "LEH-3") == 0
    assert euros(NAME, "LEH-4") <= 96_900
    assert euros(NAME, "LEH-1") <= 74_500
    assert euros(NAME, "LEH-3") == 0
    assert "national_share" in cut_by(NAME, "LEH-3")


def test_grenoble_gets_nothing_since_the_others_share_is_used() -> None:
    """None of its five is in a priority country, and the others' 30 % go to better scores.

    GRE-2, Ecuador: score 75; GRE-5, three countries: 73.33; GRE-4, Laos: viable from 42,800, and
    0.8 × 45,500 = 36,400. GRE-1 (Korea) and GRE-3 (no partner): 0 %.
    """
    assert figures("GRE-4")[:3] == (53_500, 42_800, 45_500)
    assert most(NAME, "national_share", "GRE-4") == 36_400
    assert most(NAME, "national_share", "GRE-1") == most(NAME, "national_share", "GRE-3") == 0
    for number in range(1, 6):
        assert euros(NAME, f"GRE-{number}") == 0
    assert "group_shares" in cut_by(NAME, "GRE-2")
    funded = [
        sample().score(code)
        for code, award in allocation(NAME).awards.items()
        if award
        and policy(NAME).fund.partner_class(sample().activities[code].partner_countries)
        != "priority"
    ]
    assert min(funded) >= Fraction(220, 3)


def test_seventy_and_thirty_per_cent_hold_in_the_sample() -> None:
    """Of 2,500,000 at most 1,750,000 to priority countries and at most 750,000 to others."""
    fund, given = policy(NAME).fund, sample()
    found = allocation(NAME).awards
    assert fund.envelope == 2_500_000_00
    first = sum(
        award
        for code, award in found.items()
        if fund.partner_class(given.activities[code].partner_countries) == "priority"
    )
    assert first <= 1_750_000_00
    assert sum(found.values()) - first <= 750_000_00
    assert all(10 * award <= 8 * given.eligible_cost(code) for code, award in found.items())


def test_the_others_cannot_have_more_than_their_part() -> None:
    """100,000: the others' better scores (90) have 30,000, priority countries (60) 70,000."""
    asks = (
        initiative("A-1", 80_000, PRIORITY, score=60),
        initiative("B-1", 80_000, OTHERS, score=90),
    )
    assert awards(100_000, *asks) == {"A-1": 70_000, "B-1": 30_000}


def test_priority_countries_cannot_have_more_than_theirs() -> None:
    """The same the other way round: with 90 for priority countries the split does not move."""
    asks = (
        initiative("A-1", 80_000, PRIORITY, score=90),
        initiative("B-1", 80_000, OTHERS, score=60),
    )
    assert awards(100_000, *asks) == {"A-1": 70_000, "B-1": 30_000}


def test_what_priority_countries_leave_stays() -> None:
    """They ask for 35,000 of their 70,000; the others have their 30,000 all the same."""
    asks = (initiative("A-1", 35_000, PRIORITY), initiative("B-1", 80_000, OTHERS, score=90))
    assert awards(100_000, *asks) == {"A-1": 35_000, "B-1": 30_000}


def test_countries_of_both_kinds_count_among_the_others() -> None:
    """B-1 (90) and C-1 (80), both kinds, share the 30,000 by score."""
    asks = (
        initiative("A-1", 80_000, PRIORITY, score=60),
        initiative("B-1", 20_000, OTHERS, score=90),
        initiative("C-1", 20_000, PRIORITY + OTHERS, score=80),
    )
    assert awards(100_000, *asks) == {"A-1": 70_000, "B-1": 20_000, "C-1": 10_000}


def test_where_the_others_ask_for_nothing_their_part_stays() -> None:
    assert awards(100_000, initiative("A-1", 100_000, PRIORITY)) == {"A-1": 70_000}


@pytest.mark.parametrize(
    ("where", "award"),
    [
        (("SN",), 500_000),  # of 600,000 asked at a cost of 1,200,000, half of which is own
        (("JP",), 0),  # no partner country
        ((), 0),
    ],
)
def test_five_hundred_thousand_and_only_with_a_partner_country(
    where: tuple[str, ...], award: int
) -> None:
    assert awards(2_000_000, initiative("A-1", 600_000, where)) == {"A-1": award}


def test_the_least_of_eighty_per_cent_and_the_ceiling() -> None:
    """Cost 500,000: 80 % are 400,000, under the ceiling. Cost 700,000: 560,000, above it."""
    asks = (
        initiative("A-1", 450_000, PRIORITY, own_cash=50_000),
        initiative("B-1", 600_000, PRIORITY, own_cash=100_000),
    )
    assert awards(2_000_000, *asks) == {"A-1": 400_000, "B-1": 500_000}
