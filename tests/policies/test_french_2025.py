"""France 2025, by hand: 70, 50, 30 or 60 %; a tenth from the city, in kind half of that at most.

The text: up to 70 % of the cost with least developed countries, 50 % with others that are eligible
for aid, 30 % with the rest; with several countries these rates part by part, or 60 % for the whole.
The local side gives at least 10 %, in kind at most half of its contribution. Who owes reports gets
nothing new.
"""

from __future__ import annotations

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

NAME = "french-2025"


def awards(*parts: Any, envelope: int = 500_000) -> dict[str, float]:
    """The awards of a fund made by hand that has money for all."""
    return small.awards(with_fund(NAME, envelope), small.apply(*parts))


def test_reims_takes_sixty_per_cent_for_two_countries() -> None:
    """REI-1, Cameroon and Ghana, both aid-eligible: 296,000 of a cost of 432,100.

    Its class has 50 %, 216,050; several countries have 60 %: 259,260, so 259,200. Viable from
    236,800: with the class's rate alone it would get nothing. REI-3, no partner: 0.3 × 48,300 =
    14,490, under its minimum viable 29,000: nothing.
    """
    assert figures("REI-1")[:3] == (296_000, 236_800, 432_100)
    assert most(NAME, "national_share", "REI-1") == 259_260
    assert euros(NAME, "REI-1") == 259_200
    assert "national_share" in cut_by(NAME, "REI-1")
    assert figures("REI-3")[:3] == (29_000, 29_000, 48_300)
    assert most(NAME, "national_share", "REI-3") == 14_490
    assert euros(NAME, "REI-3") == 0
    assert "national_share" in cut_by(NAME, "REI-3")


def test_lyon_has_its_shares_by_class() -> None:
    """LYO-3, Palestine (aid-eligible): 0.5 × 175,800 = 87,900 of 90,019.99. LYO-5, Korea (other):
    0.3 × 1,158,300 = 347,490 of 347,500. LYO-6, Haiti (least developed): 0.7 × 318,100 = 222,670,
    more than its 219,500. LYO-1, no partner: 0.3 × 195,700 = 58,710 of 90,000."""
    asked = {"LYO-3": 175_800, "LYO-5": 1_158_300, "LYO-6": 318_100, "LYO-1": 195_700}
    bounds = {"LYO-3": 87_900, "LYO-5": 347_490, "LYO-6": 222_670, "LYO-1": 58_710}
    for code, cost in asked.items():
        assert figures(code)[2] == cost
        assert most(NAME, "national_share", code) == bounds[code]
        assert euros(NAME, code) <= min(figures(code)[0], bounds[code])
    for code in ("LYO-3", "LYO-1"):
        assert euros(NAME, code) > bounds[code] - 100
        assert "national_share" in cut_by(NAME, code)


def test_belfort_has_other_national_money_taken_off() -> None:
    """BEL-1, Germany (other): 0.3 × 66,600 = 19,980, less 7,300 = 12,680, so 12,600 of 19,500."""
    assert figures("BEL-1") == (19_500, 0, 66_600, 34_900, 19_600, 7_300)
    assert most(NAME, "national_share", "BEL-1") == 12_680
    assert euros(NAME, "BEL-1") <= 12_600
    assert "national_share" in cut_by(NAME, "BEL-1")


def test_marseille_owes_a_report_and_gets_nothing() -> None:
    assert sample().record("MRS").reports_overdue
    assert allocation(NAME).city_totals.get("MRS", 0) == 0
    assert allocation(NAME).city_status("MRS") == "ineligible"


def test_aix_falls_short_of_the_tenth() -> None:
    """AIX-3: cash 16,700 and 2,700 in kind count, 19,400; a tenth of 196,400 is 19,640.

    LPV-2: cash 7,400 and all its in kind, 4,400, are 11,800 of the 23,520 asked.
    """
    assert figures("AIX-3")[2:5] == (196_400, 16_700, 2_700)
    assert figures("LPV-2")[2:5] == (235_200, 7_400, 4_400)
    for code in ("AIX-3", "LPV-2"):
        assert "own_contribution" in [r.gate for r in allocation(NAME).case.refusals[code]]
        assert euros(NAME, code) == 0


def test_tranches_keep_to_the_years() -> None:
    """Paid in annual tranches: each year within its money, each award as its budget is spread."""
    found = allocation(NAME)
    for year, money in policy(NAME).fund.envelopes.items():
        assert sum(paid.get(year, 0) for paid in found.payments.values()) <= money


@pytest.mark.parametrize(
    ("countries", "award"),
    [
        (("SN",), 70_000),
        (("SN", "ML"), 70_000),  # 70 % part by part is more than 60 %
        (("MA",), 50_000),
        (("MA", "TN"), 60_000),
        (("SN", "MA"), 60_000),
        (("JP",), 30_000),
        (("JP", "US"), 60_000),
        ((), 30_000),  # invented, as for other countries
    ],
)
def test_rates(countries: tuple[str, ...], award: int) -> None:
    """Of a cost of 100,000, of which 80,000 are asked for and 20,000 are the city's own."""
    asks = small.ask("A-1", 80_000, own_cash=20_000, partner_countries=countries)
    assert awards(asks) == {"A-1": award}


def test_a_rate_for_each_part_is_had_with_an_activity_for_each() -> None:
    """Senegal 60,000 and Morocco 20,000 of a cost of 80,000: 42,000 + 10,000 = 52,000 part by
    part, which is more than 60 % of 80,000 = 48,000."""
    parts = (
        small.ask("A-1", 54_000, own_cash=6_000, partner_countries=("SN",)),
        small.ask("A-2", 18_000, own_cash=2_000, partner_countries=("MA",)),
    )
    whole = small.ask("B-1", 72_000, own_cash=8_000, partner_countries=("SN", "MA"))
    assert awards(*parts, whole) == {"A-1": 42_000, "A-2": 10_000, "B-1": 48_000}


@pytest.mark.parametrize(
    ("cash", "in_kind", "passes"),
    [(10_000, 0, True), (5_000, 5_000, True), (4_999, 5_001, False), (9_999, 0, False)],
)
def test_a_tenth_of_which_half_may_be_in_kind(cash: int, in_kind: int, passes: bool) -> None:
    """Of a cost of 100,000: 4,999 in cash let 4,999 in kind count, 9,998 in all."""
    asks = small.ask(
        "A-1",
        50_000,
        own_cash=cash,
        own_in_kind=in_kind,
        eligible_cost=100_000,
        partner_countries=("SN",),
    )
    assert awards(asks) == {"A-1": 50_000 if passes else 0}


def test_a_report_that_is_owed_closes_the_whole_plan() -> None:
    asks = (
        small.record("A", reports_overdue=True),
        small.ask("A-1", 5_000, partner_countries=("SN",)),
        small.ask("A-2", 5_000, partner_countries=("SN",)),
        small.ask("B-1", 5_000, partner_countries=("SN",)),
    )
    assert awards(*asks) == {"A-1": 0, "A-2": 0, "B-1": 5_000}
