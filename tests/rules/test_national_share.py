"""National share: x_a ≤ max(0, ρ(class) k_a − N_a)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from funding.awards import allocate
from funding.errors import ScenarioError
from tests import small

CLASSES = '[partner_classes]\n"least developed" = ["SN", "ML"]\naided = ["MA"]\n'
RULE = (
    '[rules.national_share]\nrates = { "least developed" = 0.7, aided = 0.5, other = 0.3, '
    "several = 0.6, none = 0.4 }\n"
) + CLASSES


def test_each_class_has_its_rate() -> None:
    """A-1, Senegal: 0.7 × 10,000 = 7,000 of 8,000. B-1, Japan: 0.3 × 10,000 − 500 = 2,500.

    Without the rule both get what they ask.
    """
    asks = small.apply(
        small.ask("A-1", 8_000, own_cash=2_000, partner_countries=("SN",)),
        small.ask(
            "B-1", 5_000, own_cash=5_000, partner_countries=("JP",), other_national_funding=500
        ),
    )
    assert small.awards(small.scenario(RULE), asks) == {"A-1": 7_000, "B-1": 2_500}
    assert small.awards(small.scenario(), asks) == {"A-1": 8_000, "B-1": 5_000}


@pytest.mark.parametrize(
    ("countries", "most"),
    [
        (("SN",), 7_000),
        (("SN", "ML"), 7_000),  # two of one class
        (("MA",), 5_000),
        (("JP",), 3_000),
        (("JP", "FR"), 3_000),  # both other: one class
        (("SN", "MA"), 6_000),  # several
        (("SN", "JP"), 6_000),
        ((), 4_000),
    ],
)
def test_the_partners_countries_make_the_class(countries: tuple[str, ...], most: int) -> None:
    """The rate times an eligible cost of 10,000."""
    asks = small.apply(small.ask("A-1", 5_000, partner_countries=countries))
    assert small.bounds(small.scenario(RULE), asks, "national_share") == {"A-1": most}


@pytest.mark.parametrize(
    ("found", "most"),
    [
        ({"eligible_cost": 6_000}, 2_400),  # not the total cost of 10,000
        ({"eligible_cost": 0}, 0),
        ({"other_national_funding": 4_000}, 0),
        ({"other_national_funding": 4_001}, 0),  # never below nothing
        ({"other_national_funding": 0.01}, "3999.99"),
    ],
)
def test_the_share_is_of_eligible_cost_less_national_money(
    found: dict[str, Any], most: int | str
) -> None:
    """0.4 k − N, at least 0."""
    asks = small.apply(small.ask("A-1", 5_000, **found))
    bounds = small.bounds(small.scenario(RULE), asks, "national_share")
    assert bounds == {"A-1": Fraction(most)}


@pytest.mark.parametrize(("award", "broken"), [(3_999, []), (4_000, []), (4_001, ["A-1"])])
def test_the_bound_holds_to_the_unit(award: float, broken: list[str]) -> None:
    asks = small.apply(small.ask("A-1", 5_000))
    assert small.broken(small.scenario(RULE), asks, "national_share", {"A-1": award}) == broken


def test_every_class_has_a_rate_and_every_rate_a_class() -> None:
    rates = "[rules.national_share]\nrates = { aided = 0.5, other = 0.3, none = 0.3, rich = 0.1 }\n"
    with pytest.raises(ScenarioError) as raised:
        small.scenario(rates + CLASSES)
    for part in ('"least developed"', '"several"', '"rich"'):
        assert part in str(raised.value)


SEVERAL = RULE.replace("rates", "several_countries = 0.6\nrates")


@pytest.mark.parametrize(
    ("countries", "most"),
    [
        (("JP", "KR"), 6_000),  # two countries of class other, whose rate is 30 %
        (("MA",), 5_000),
        (("JP",), 3_000),
        (("SN", "ML"), 7_000),  # the class's 70 % is more
        (("SN", "MA"), 6_000),
        (("JP", "JP"), 3_000),  # one country
        ((), 4_000),
    ],
)
def test_several_countries_have_their_rate_where_it_is_more(
    countries: tuple[str, ...], most: int
) -> None:
    """Of an eligible cost of 10,000; the rate for two classes stays as it is."""
    asks = small.apply(small.ask("A-1", 5_000, partner_countries=countries))
    assert small.bounds(small.scenario(SEVERAL), asks, "national_share") == {"A-1": most}


def test_a_regions_rate_stands_in_place_of_any_other() -> None:
    """South 50 %. A-1 in South with Senegal: 5,000 instead of 7,000; B-1 in South with Japan and
    Korea: 5,000 less 500 instead of 6,000 less 500; C-1 in North with Senegal: 7,000."""
    tables = SEVERAL.replace("rates", "region_rates = { South = 0.5 }\nrates")
    asks = small.apply(
        small.city("A", region="South"),
        small.city("B", region="South"),
        small.city("C", region="North"),
        small.ask("A-1", 8_000, own_cash=2_000, partner_countries=("SN",)),
        small.ask(
            "B-1", 8_000, own_cash=2_000, partner_countries=("JP", "KR"), other_national_funding=500
        ),
        small.ask("C-1", 8_000, own_cash=2_000, partner_countries=("SN",)),
    )
    ruled = {"A-1": 5_000, "B-1": 4_500, "C-1": 7_000}
    assert small.awards(small.scenario(tables), asks) == ruled
    before = {"A-1": 7_000, "B-1": 5_500, "C-1": 7_000}
    assert small.awards(small.scenario(SEVERAL), asks) == before
    found = allocate(asks, small.scenario(tables)).outcomes
    assert any("(region South)" in reason for reason in found["A-1"].reasons)
    found = allocate(asks, small.scenario(SEVERAL)).outcomes
    assert any("(2 partner countries) less 500 EUR" in reason for reason in found["B-1"].reasons)


def test_a_region_that_nobody_applies_in_is_noted() -> None:
    tables = RULE.replace("rates", "region_rates = { Nort = 0.5 }\nrates")
    asks = small.apply(small.ask("A-1", 5_000))
    assert allocate(asks, small.scenario(tables)).notes == (
        'National share: nobody applies in region "Nort"; did you mean "North"?',
    )
