"""Matching: x_a ≤ r × (own cash + creditable in kind)."""

from __future__ import annotations

import pytest

from funding.errors import ScenarioError
from funding.scenario import Scenario
from tests import small


def matching(ratio: str = "1", in_kind_share: str | None = None, floor: str = "0") -> Scenario:
    """The rule, with gate own contribution where a share for in kind is given."""
    gate = f"[gates.own_contribution]\nfloor = {floor}\nin_kind_share = {in_kind_share}\n"
    return small.scenario(
        f"[rules.matching]\nratio = {ratio}\n{gate if in_kind_share is not None else ''}"
    )


# A brings 3,000 in cash and 5,000 in kind; B only in kind.
ASKS = small.apply(
    small.ask("A-1", 8_000, own_cash=3_000, own_in_kind=5_000),
    small.ask("B-1", 2_000, own_cash=0, own_in_kind=2_000),
)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ("0.4", {"A-1": 5_000, "B-1": 0}),  # 3,000 + min(5,000; 2/3 × 3,000)
        ("0", {"A-1": 3_000, "B-1": 0}),
        ("1", {"A-1": 8_000, "B-1": 2_000}),  # 3,000 + 5,000; 2,000
        (None, {"A-1": 3_000, "B-1": 0}),  # the gate is off: cash alone
    ],
)
def test_each_euro_of_its_own_is_matched(share: str | None, expected: dict[str, float]) -> None:
    """r = 1. Without the rule both get what they ask for, whatever the gate credits."""
    assert small.awards(matching(in_kind_share=share), ASKS) == expected
    assert small.awards(small.scenario(), ASKS) == {"A-1": 8_000, "B-1": 2_000}


def test_a_gate_that_is_switched_off_credits_nothing() -> None:
    """Its other keys are not looked at: 3,000 of cash, not 3,000 + 5,000."""
    tables = (
        "[rules.matching]\nratio = 1\n"
        "[gates.own_contribution]\nenabled = false\nfloor = 0.1\nin_kind_share = 1\n"
    )
    assert small.bounds(small.scenario(tables), ASKS, "matching") == {"A-1": 3_000, "B-1": 0}


@pytest.mark.parametrize(
    ("award", "broken"), [(4_500, []), (4_500.01, ["A-1"]), (4_600, ["A-1"]), (0, [])]
)
def test_the_match_holds_to_the_cent(award: float, broken: list[str]) -> None:
    """1.5 × 3,000 = 4,500."""
    given = {"A-1": award}
    assert small.broken(matching("1.5"), ASKS, "matching", given) == broken


@pytest.mark.parametrize(
    ("ratio", "cash", "most"),
    [
        ("0", 5_000, 0),  # nothing is matched
        ("1", 0, 0),  # nothing to match
        ("2.5", 1_000.10, 2_500.25),  # not rounded
        ("0.5", 4_001, 2_000.5),
    ],
)
def test_the_bound(ratio: str, cash: float, most: float) -> None:
    asks = small.apply(small.ask("A-1", 8_000, own_cash=cash))
    assert small.bounds(matching(ratio), asks, "matching") == {"A-1": most}


def test_what_others_give_is_not_its_own() -> None:
    """Neither other funding nor other national money counts or is taken off: 1,000."""
    asks = small.apply(
        small.ask("A-1", 8_000, own_cash=1_000, other_funding=6_000, other_national_funding=2_000)
    )
    assert small.bounds(matching(), asks, "matching") == {"A-1": 1_000}


def test_a_match_below_the_least_viable_is_nothing() -> None:
    """3,000 could be matched, but less than 4,000 is not worth doing: B-1 gets all."""
    asks = small.apply(
        small.ask("A-1", 8_000, own_cash=3_000, minimum_viable=4_000, score=90),
        small.ask("B-1", 2_000),
    )
    assert small.awards(matching(), asks) == {"A-1": 0, "B-1": 2_000}


def test_closed_activities_have_no_row() -> None:
    asks = small.apply(small.ask("A-1", 800), small.ask("A-2", 800, eligible=False))
    assert list(small.rows(matching(), asks, "matching")) == ["A-1"]


def test_a_reduced_award_names_the_rule_and_what_counts() -> None:
    """In kind 2,000 of 5,000 counts; 3,000 + 2,000 = 5,000, matched 1.2 : 1 is 6,000."""
    read = matching("1.2", "0.4")
    row = small.rows(read, ASKS, "matching")["A-1"]
    words = read.words(row, read.case(ASKS))
    assert words == (
        "matching: 1.2 for each of the city's own 5,000 EUR that count (own cash 3,000 EUR, "
        "in kind 2,000 EUR of 5,000 EUR): at most 6,000 EUR"
    )


def test_a_note_says_where_in_kind_would_have_mattered() -> None:
    """A-1 and B-1 where the gate is off; none where all counts, or where nobody needs it."""
    read = matching()
    (note,) = read.notes(read.case(ASKS))
    assert "for 2 activities" in note
    everything = matching(in_kind_share="1")
    assert everything.notes(everything.case(ASKS)) == []
    half = matching(in_kind_share="0.5")  # 3,000 of 5,000 count, B-1: none
    (note,) = half.notes(half.case(ASKS))
    assert "for 2 activities" in note
    enough = small.apply(small.ask("A-1", 800, own_cash=800, own_in_kind=100))
    assert read.notes(read.case(enough)) == []


@pytest.mark.parametrize("table", ["", "ratio = -1\n", 'ratio = "1"\n', "ratio = 1\nceiling = 5\n"])
def test_parameters_that_are_refused(table: str) -> None:
    with pytest.raises(ScenarioError, match=r"rules\.matching"):
        small.scenario(f"[rules.matching]\n{table}")


@pytest.mark.parametrize(("gate", "award"), [("", 3_000), ("[gates.pledges_covered]\n", 0)])
def test_pledges_above_the_own_budget_count_unless_their_gate_closes_them(
    gate: str, award: int
) -> None:
    """Own budget 0 and 3,000 of own cash pledged: matched 1 : 1, or closed."""
    asks = small.apply(small.city("A", own_budget=0), small.ask("A-1", 5_000, own_cash=3_000))
    read = small.scenario(f"[rules.matching]\nratio = 1\n{gate}")
    assert small.awards(read, asks) == {"A-1": award}
