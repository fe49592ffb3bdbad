"""The Franco-Québec fund, by hand: one euro for each of the city's, 16,000 a year for a project.

The text: the grant is as much as the local authority pledges in money; as a rule at most 16,000
euros a year for a project; projects take two years.
"""

from __future__ import annotations

from fractions import Fraction

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

NAME = "franco-quebec"


def awards(*asks: small.Ask, envelope: int = 500_000) -> dict[str, float]:
    """The awards of a fund made by hand that has money for all."""
    return small.awards(with_fund(NAME, envelope), small.apply(*asks))


def test_marseille_is_cut_by_the_fuller_year() -> None:
    """MRS-5: 71,000, of which 42,600 in 2026 and 28,400 in 2027: six tenths and four tenths.

    16,000 / 0.6 = 26,666.67, so 26,600; then 2026 pays 15,960 and 2027 10,640. Own cash is 79,200.
    MRS-3: viable from 57,700, but 16,000 × 115,500 / 57,800 = 31,972.32: nothing.
    """
    assert figures("MRS-5")[:4] == (71_000, 0, 215_200, 79_200)
    assert dict(sample().activities["MRS-5"].requested_by_year) == {
        2026: 4_260_000,
        2027: 2_840_000,
    }
    assert most(NAME, "activity_caps", "MRS-5") == Fraction(80_000, 3)
    assert most(NAME, "matching", "MRS-5") == 79_200
    assert euros(NAME, "MRS-5") == 26_600
    assert "activity_caps" in cut_by(NAME, "MRS-5")
    assert figures("MRS-3")[:2] == (115_500, 57_700)
    assert most(NAME, "activity_caps", "MRS-3") == Fraction(16_000 * 115_500, 57_800)
    assert euros(NAME, "MRS-3") == 0


def test_perpignan_is_cut_by_its_own_money() -> None:
    """PER-1: 27,000, half in each year, so 32,000 under the ceilings; own cash is 19,400."""
    assert figures("PER-1") == (27_000, 0, 67_500, 19_400, 0, 0)
    assert most(NAME, "activity_caps", "PER-1") == 32_000
    assert most(NAME, "matching", "PER-1") == 19_400
    assert euros(NAME, "PER-1") <= 19_400
    assert "matching" in cut_by(NAME, "PER-1")


def test_annecy_matches_cash_and_not_in_kind() -> None:
    """ANN-1: 14,000 asked, own cash 2,000 and 200 in kind: 2,000."""
    assert figures("ANN-1") == (14_000, 0, 26_700, 2_000, 200, 0)
    assert most(NAME, "matching", "ANN-1") == 2_000
    assert euros(NAME, "ANN-1") <= 2_000
    assert "matching" in cut_by(NAME, "ANN-1")


def test_metz_gets_nothing_since_it_needs_more_than_two_ceilings() -> None:
    """MTZ-2: two equal years of 136,500, so 32,000 at most, and viable from 136,500."""
    assert figures("MTZ-2")[:2] == (273_000, 136_500)
    assert most(NAME, "activity_caps", "MTZ-2") == 32_000
    assert euros(NAME, "MTZ-2") == 0
    assert allocation(NAME).outcomes["MTZ-2"].status == "not funded"
    assert "activity_caps" in cut_by(NAME, "MTZ-2")


def test_every_payment_and_every_match_of_the_sample_holds() -> None:
    """No project is paid more than 16,000 in a year, nor more than its city's cash in all."""
    found = allocation(NAME)
    assert {year for paid in found.payments.values() for year in paid} <= {2026, 2027}
    for code, paid in found.payments.items():
        assert max(paid.values()) <= 16_000_00, code
        assert sum(paid.values()) <= sample().activities[code].own_cash, code
    assert policy(NAME).fund.envelopes == {2026: 210_000_00, 2027: 210_000_00}


@pytest.mark.parametrize(
    ("years", "award"),
    [
        ({2026: 40_000}, 16_000),
        ({2026: 20_000, 2027: 20_000}, 32_000),  # two years' ceiling
        ({2026: 25_000, 2027: 15_000}, 25_600),  # 16,000 / 0.625
        (
            {2026: 10_000, 2027: 10_000, 2028: 20_000},
            32_000,
        ),  # 16,000 / 0.5, 8,000 + 8,000 + 16,000
    ],
)
def test_ceilings_by_year(years: dict[int, float], award: int) -> None:
    """40,000 asked and 40,000 of its own, in a fund of one pot."""
    assert awards(small.ask("A-1", 40_000, by_year=years)) == {"A-1": award}


@pytest.mark.parametrize(
    ("cash", "in_kind", "award"),
    [(10_000, 0, 10_000), (10_000, 30_000, 10_000), (0, 30_000, 0), (50_000, 0, 16_000)],
)
def test_one_euro_for_each_in_cash(cash: int, in_kind: int, award: int) -> None:
    asks = small.ask("A-1", 30_000, own_cash=cash, own_in_kind=in_kind)
    assert awards(asks) == {"A-1": award}


def test_each_project_has_its_own_ceiling() -> None:
    """Two projects of one city: 16,000 each, since the ceiling is for a project, not for a city."""
    asks = (small.ask("A-1", 20_000), small.ask("A-2", 20_000))
    assert awards(*asks) == {"A-1": 16_000, "A-2": 16_000}
