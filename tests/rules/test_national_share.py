"""National share: x_a ≤ max(0, ρ(class) k_a − N_a)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

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
