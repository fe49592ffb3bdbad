"""Activity caps: x_a ≤ amount, and what is paid of x_a in any one year ≤ per_year."""

from __future__ import annotations

from fractions import Fraction

import pytest

from funding.awards import allocate
from funding.errors import ScenarioError
from funding.scenario import Scenario
from tests import small

YEAR = "[[rules.activity_caps]]\nper_year = 16_000\n"
WASTE = '[[rules.activity_caps]]\nattribute = "theme"\ngroup = "waste"\namount = 20_000\n'
EVEN = {2026: 20_000.0, 2027: 20_000.0}
ASKS = small.apply(
    small.ask("A-1", 40_000, score=90, by_year={2026: 40_000}),
    small.ask("B-1", 40_000, score=80, by_year=EVEN),
    small.ask("C-1", 40_000, score=70, by_year={2026: 30_000, 2027: 10_000}),
    small.ask("D-1", 40_000, score=60, by_year=EVEN, theme="waste"),
    small.ask("E-1", 40_000, score=50, minimum_viable=17_000),
)


def fund(*tables: str, unit: int = 100) -> Scenario:
    """A fund of 100,000 with caps."""
    return small.scenario("".join(tables), envelope=100_000, unit=unit)


def test_each_year_has_its_cap_and_a_group_its_own() -> None:
    """A-1: 16,000 / 1. B-1: 16,000 / (1/2) = 32,000. C-1: 16,000 / (3/4) = 21,333.33, so 21,300.
    D-1: min(32,000; 20,000). E-1: 16,000 is less than the 17,000 it needs. Together 89,300.

    Without the rule A-1 and B-1 are full, and C-1 has the other 20,000.
    """
    capped = {"A-1": 16_000, "B-1": 32_000, "C-1": 21_300, "D-1": 20_000, "E-1": 0}
    assert small.awards(fund(YEAR, WASTE), ASKS) == capped
    free = {"A-1": 40_000, "B-1": 40_000, "C-1": 20_000, "D-1": 0, "E-1": 0}
    assert small.awards(fund(), ASKS) == free


def test_bounds_are_exact() -> None:
    """The third of C-1 is not rounded; E-1 without columns by year is paid in the first."""
    assert small.bounds(fund(YEAR, WASTE), ASKS, "activity_caps") == {
        "A-1": 16_000,
        "B-1": 32_000,
        "C-1": Fraction(64_000, 3),
        "D-1": 20_000,
        "E-1": 16_000,
    }


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"A-1": 16_000, "B-1": 32_000, "C-1": 21_300, "D-1": 20_000}, []),
        (
            {"A-1": 16_100, "B-1": 32_100, "C-1": 21_400, "D-1": 20_100},
            ["A-1", "B-1", "C-1", "D-1"],
        ),
    ],
)
def test_a_unit_more_breaks(given: dict[str, float], broken: list[str]) -> None:
    assert sorted(small.broken(fund(YEAR, WASTE), ASKS, "activity_caps", given)) == broken


def test_no_payment_is_above_a_cap_that_is_no_multiple_of_the_unit() -> None:
    """u = 1,000, 15,900 a year count as 15,000: B-1 has 30,000, paid 15,000 and 15,000.

    Were the cap not rounded, 31,000 (15,500 a year) would hold it, and a year be paid 16,000.
    """
    found = allocate(ASKS, fund("[[rules.activity_caps]]\nper_year = 15_900\n", unit=1_000))
    assert found.awards["B-1"] == 30_000_00
    assert found.payments["B-1"] == {2026: 15_000_00, 2027: 15_000_00}
    assert found.payments["C-1"] == {2026: 15_000_00, 2027: 5_000_00}
    assert max(paid for years in found.payments.values() for paid in years.values()) == 15_000_00


def test_an_activity_that_no_cap_is_for_is_free() -> None:
    assert small.bounds(fund(WASTE), ASKS, "activity_caps") == {"D-1": 20_000}


def test_the_least_of_several_caps_holds() -> None:
    """Both in one table, or in two; 18,000 in all against 16,000 or 32,000 by year."""
    both = "[[rules.activity_caps]]\nper_year = 16_000\namount = 18_000\n"
    two = YEAR + "[[rules.activity_caps]]\namount = 18_000\n"
    for tables in (both, two):
        found = small.bounds(fund(tables), ASKS, "activity_caps")
        assert (found["A-1"], found["B-1"]) == (16_000, 18_000)


@pytest.mark.parametrize("cap", ["amount = 0", "per_year = 0", "per_year = 99.99"])
def test_a_cap_of_nothing_or_of_less_than_a_unit(cap: str) -> None:
    assert set(small.awards(fund(f"[[rules.activity_caps]]\n{cap}\n"), ASKS).values()) == {0}


def test_reasons_name_the_cap_and_its_year() -> None:
    found = allocate(ASKS, fund(YEAR, WASTE))
    assert (
        "Activity cap for every activity, 16,000 EUR a year, 2026 being the fullest: "
        "at most 21,333.33 EUR." in found.outcomes["C-1"].reasons
    )
    assert "Activity cap for theme waste: at most 20,000 EUR." in found.outcomes["D-1"].reasons
    assert found.outcomes["E-1"].status == "not funded"
    assert found.notes == (
        "Activity caps: the least viable award of 1 activity is above the cap; nothing can be "
        "awarded there",
    )


def test_a_group_that_nobody_applies_in_is_noted() -> None:
    tables = WASTE.replace('"waste"', '"wast"')
    assert allocate(ASKS, fund(tables)).notes == (
        'Activity caps: nobody applies in theme "wast"; did you mean "waste"?',
    )


def test_one_table_can_be_switched_off() -> None:
    off = "[[rules.activity_caps]]\nenabled = false\namount = 1\n"
    assert small.bounds(fund(off, WASTE), ASKS, "activity_caps") == {"D-1": 20_000}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[rules.activity_caps]]\n", "expected amount, per_year or both"),
        ('[[rules.activity_caps]]\namount = 5\ngroup = "x"\n', "attribute and group together"),
        ('[[rules.activity_caps]]\namount = 5\nattribute = "theme"\n', "attribute and group"),
        (
            '[[rules.activity_caps]]\namount = 5\nattribute = "partner_class"\ngroup = "poor"\n',
            '"poor" is no partner_class',
        ),
        (
            '[[rules.activity_caps]]\namount = 5\nattribute = "size_class"\ngroup = "small"\n',
            "size_class needs a table [size_classes]",
        ),
        ("[[rules.activity_caps]]\namount = -5\n", "amount"),
        ("[rules.activity_caps]\namount = 5\n", "write [[rules.activity_caps]]"),
    ],
)
def test_what_is_no_cap_is_refused(text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        small.scenario(text)
    assert said in str(caught.value)


def test_the_fullest_year_counts_wherever_it_stands() -> None:
    """10,000 in 2026 and 30,000 in 2027: s = 3/4, as the other way round."""
    asks = small.apply(small.ask("A-1", 40_000, by_year={2026: 10_000, 2027: 30_000}))
    assert small.bounds(fund(YEAR), asks, "activity_caps") == {"A-1": Fraction(64_000, 3)}


def test_a_cap_for_a_group_that_nobody_applies_in_limits_nobody() -> None:
    tables = WASTE.replace('"waste"', '"wast"')
    assert small.bounds(fund(tables), ASKS, "activity_caps") == {}
