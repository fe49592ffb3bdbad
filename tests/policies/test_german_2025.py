"""Nakopa 2025, by hand: bands by duration, theme and experience; 90 %; a tenth in cash.

The text: 50 to 100 thousand euros for up to 24 months, 100 to 250 for 24 to 36, 250 to 500 for
climate and with experience; the fund pays up to 90 % of the cost, in kind does not count, and the
partner is in a country of the DAC list.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from funding.awards import allocate
from tests import small
from tests.policies.support import allocation, cut_by, euros, figures, policy, sample, with_fund

NAME = "german-2025"


def project(code: str, requested: float, months: int, **fields: Any) -> small.Ask:
    """A project with Senegal that starts on 1 January 2026; the city brings as much as it asks."""
    year, month = divmod(months, 12)
    end = dt.date(2026 + year, month + 1, 1) - dt.timedelta(days=1)
    given = {"partner_countries": ("SN",), "start": dt.date(2026, 1, 1), "end": end, **fields}
    return small.ask(code, requested, **given)


def fitting(*asks: small.Ask | Any, envelope: int = 2_000_000) -> dict[str, float]:
    """The awards of a fund made by hand that has money for all."""
    return small.awards(with_fund(NAME, envelope), small.apply(*asks))


def test_dijon_gets_less_since_its_project_is_short() -> None:
    """DIJ-4, Kenya, August 2026 to March 2027, 8 months: 160,000 of a cost of 390,200.

    90 % are 351,180; own cash 101,800 is over 39,020, the tenth. 8 months: the first band, from its
    minimum viable 80,000 to under 100,000. So 99,900 at most, cut by the band and nothing else.
    """
    assert figures("DIJ-4") == (160_000, 80_000, 390_200, 101_800, 54_700, 0)
    assert small.broken(policy(NAME), sample(), "award_bands", {"DIJ-4": 99_900}) == []
    assert small.broken(policy(NAME), sample(), "award_bands", {"DIJ-4": 100_000}) != []
    assert small.broken(policy(NAME), sample(), "national_share", {"DIJ-4": 160_000}) == []
    assert euros(NAME, "DIJ-4") == 99_900
    assert "award_bands" in cut_by(NAME, "DIJ-4")


def test_dijon_gets_nothing_for_the_rest_of_its_plan() -> None:
    """DIJ-1 and DIJ-3 have no partner and DIJ-5 one in Uruguay, not on the DAC list: 0 %.

    DIJ-2, Peru, 14 months, is viable from 140,800, above its only band, which ends under 100,000.
    """
    assert figures("DIJ-2")[:2] == (176_000, 140_800)
    for code in ("DIJ-1", "DIJ-3", "DIJ-5"):
        assert euros(NAME, code) == 0
        assert "national_share" in cut_by(NAME, code)
    assert euros(NAME, "DIJ-2") == 0
    assert "award_bands" in cut_by(NAME, "DIJ-2")


def test_metz_reaches_the_highest_band_with_climate_and_experience() -> None:
    """MTZ-2, climate, Peru, 7 months, no first-timer: 273,000 of a cost of 620,500 (90 %: 558,450).

    Open are the first band (a minimum viable 136,500 is above it) and the highest: nothing, or
    250,000 to 273,000; 249,900 would need 24 months. MTZ-3, water: 99,900 at most.
    """
    assert figures("MTZ-2") == (273_000, 136_500, 620_500, 114_300, 69_900, 0)
    for award, holds in ((249_900, False), (250_000, True), (273_000, True), (99_900, False)):
        found = small.broken(policy(NAME), sample(), "award_bands", {"MTZ-2": award})
        assert (found == []) is holds
    assert euros(NAME, "MTZ-2") == 0 or 250_000 <= euros(NAME, "MTZ-2") <= 273_000
    assert euros(NAME, "MTZ-3") <= 99_900


def test_grenoble_brings_too_little_cash() -> None:
    """GRE-4, climate, Laos: own cash 4,100 of a cost of 45,500, of which a tenth is 4,550."""
    assert figures("GRE-4")[2:5] == (45_500, 4_100, 0)
    assert allocation(NAME).outcomes["GRE-4"].status == "ineligible"
    assert euros(NAME, "GRE-4") == 0


def test_every_award_of_the_sample_is_in_the_text() -> None:
    """Read anew: 50,000 at least; 100,000 and more never under 24 months unless it is climate, of
    an experienced city, and 250,000 or more."""
    given = sample()
    for code, award in allocation(NAME).awards.items():
        if not award:
            continue
        a, cost = given.activities[code], given.eligible_cost(code)
        assert award >= 50_000_00
        assert 10 * award <= 9 * cost
        assert 10 * a.own_cash >= cost
        assert a.start is not None
        assert a.end is not None
        months = (a.end - a.start).days / 30.4
        if 100_000_00 <= award < 250_000_00:
            assert 23 < months < 37, code
        elif award < 100_000_00:
            assert months < 25, code
        else:
            assert a.theme == "Climate"
            assert not given.record(a.city).first_time


@pytest.mark.parametrize(
    ("months", "requested", "award"),
    [
        (24, 99_900, 99_900),
        (23, 250_000, 99_900),  # too short for the second band
        (24, 250_000, 249_900),  # 24 months are in both
        (36, 250_000, 249_900),
        (25, 99_900, 0),  # too long for the first, too little for the second
        (37, 250_000, 0),  # longer than any band but the highest
        (12, 49_900, 0),
        (12, 50_000, 50_000),
    ],
)
def test_bands_by_duration(months: int, requested: int, award: int) -> None:
    assert fitting(project("A-1", requested, months, theme="Water"))["A-1"] == award


@pytest.mark.parametrize(
    ("theme", "first_time", "award"),
    [
        ("Climate", False, 500_000),  # of the 620,000 asked, the highest band's end, itself in it
        ("Climate", True, 249_900),  # a first-timer's 30 months are for the second band
        ("Water", False, 249_900),
    ],
)
def test_the_highest_band_is_for_climate_and_experience(
    theme: str, first_time: bool, award: int
) -> None:
    asks = project("A-1", 620_000, 30, theme=theme)
    assert fitting(small.record("A", first_time=first_time), asks)["A-1"] == award


def test_in_kind_does_not_count() -> None:
    """A cost of 100,000: 10,000 in cash pass, 9,999 and any in kind do not. 90 % are 90,000."""
    asks = (
        project("A-1", 90_000, 12, own_cash=10_000),
        project("B-1", 80_000, 12, own_cash=9_999, own_in_kind=10_001),
    )
    assert fitting(*asks) == {"A-1": 90_000, "B-1": 0}
    assert small.refused(policy(NAME), small.apply(*asks)) == {"B-1": ["own_contribution"]}


def test_at_most_nine_tenths() -> None:
    """Cost 100,000: 95,000 asked, 10,000 own of which 5,000 the ministry does not count."""
    asks = project("A-1", 95_000, 12, own_cash=10_000, eligible_cost=100_000)
    assert fitting(asks) == {"A-1": 90_000}


def test_money_goes_by_merit_within_the_bands() -> None:
    """150,000 for A-1 (90), B-1 (80) and C-1 (70) of 80,000 each: A 80,000, B 70,000, C nothing.

    With 120,000 B-1 cannot have the other 40,000, so both share: A-1 has 70,000, B-1 its 50,000:
    90 × 70 + 80 × 50 = 10,300, more than A-1 alone with 7,200.
    """
    asks = [project(f"{c}-1", 80_000, 12, score=v) for c, v in (("A", 90), ("B", 80), ("C", 70))]
    assert fitting(*asks, envelope=150_000) == {"A-1": 80_000, "B-1": 70_000, "C-1": 0}
    found = allocate(small.apply(*asks), with_fund(NAME, 120_000))
    assert small.in_units(found) == {"A-1": 70_000, "B-1": 50_000, "C-1": 0}
