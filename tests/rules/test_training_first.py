"""Training first: X_c financing ≤ b + (Q_c − b)⁺ (T_c + Σ n_a x_a / q̄_a) / (θ S_c)."""

from __future__ import annotations

from typing import Any

import pytest

from funding.errors import ScenarioError
from funding.scenario import Scenario
from tests import small


def training_first(share: str = "0.5", base: int = 2_000, envelope: int = 100_000) -> Scenario:
    return small.scenario(
        f"[rules.training_first]\ntrained_share = {share}\nbase = {base}\n", envelope=envelope
    )


RULE = training_first()
# A: 6 staff, 1 trained; half of them, 3, are asked for. B: no staff.
ASKS = small.apply(
    small.city("A", staff=6, trained_staff=1),
    small.city("B", staff=0, trained_staff=0),
    small.ask("A-1", 8_000, score=90),
    small.ask("A-2", 3_000, score=50, stream="training", people_to_be_certified=1),
    small.ask("B-1", 5_000, score=90),
)


def test_financing_grows_with_the_people_who_will_be_trained() -> None:
    """With A-2 in full (1 + 1) / 3 are trained: A-1 ≤ 2,000 + 6,000 × 2/3 = 6,000; B-1 ≤ 2,000.

    Without the rule all are full.
    """
    assert small.awards(RULE, ASKS) == {"A-1": 6_000, "A-2": 3_000, "B-1": 2_000}
    assert small.awards(small.scenario(), ASKS) == {"A-1": 8_000, "A-2": 3_000, "B-1": 5_000}


def test_training_is_worth_its_money_before_a_better_score() -> None:
    """A alone, 6,000 in all. A unit of A-2 (50) makes room for 6,000/3/3,000 = 2/3 of one of A-1.

    A-1 ≤ 4,000 + 2/3 A-2, and A-1 + A-2 ≤ 6,000: both bind at A-2 = 1,200 and A-1 = 4,800.
    Without the rule A-1 gets all 6,000.
    """
    asks = small.apply(
        small.city("A", staff=6, trained_staff=1),
        small.ask("A-1", 8_000, score=90),
        small.ask("A-2", 3_000, score=50, stream="training", people_to_be_certified=1),
    )
    read = training_first(envelope=6_000)
    assert small.awards(read, asks) == {"A-1": 4_800, "A-2": 1_200}
    assert small.awards(small.scenario(envelope=6_000), asks) == {"A-1": 6_000, "A-2": 0}


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"A-1": 4_000}, []),  # 2,000 + 6,000 × 1/3
        ({"A-1": 4_000.01}, ["A"]),
        ({"A-1": 5_000, "A-2": 1_500}, []),  # half a person: 1.5 / 3
        ({"A-1": 5_100, "A-2": 1_500}, ["A"]),
        ({"A-1": 6_000, "A-2": 3_000}, []),
        ({"A-1": 6_000, "A-2": 2_900}, ["A"]),
        ({"B-1": 2_000}, []),
        ({"B-1": 2_100}, ["B"]),
    ],
)
def test_the_limit_holds_to_the_cent(given: dict[str, float], broken: list[str]) -> None:
    assert small.broken(RULE, ASKS, "training_first", given) == broken


@pytest.mark.parametrize(
    ("city", "share", "most"),
    [
        ({"staff": 5, "trained_staff": 1}, "0.5", 4_400),  # 2.5 asked for: 2,000 + 6,000 / 2.5
        ({"staff": 4, "trained_staff": 0}, "0.5", 2_000),  # nobody is trained
        ({"staff": 4, "trained_staff": 2}, "0.5", None),  # exactly enough
        ({"staff": 4, "trained_staff": 3}, "0.5", None),
        ({"staff": 4, "trained_staff": 3}, "1", 6_500),  # 3 of 4
        ({"staff": 0, "trained_staff": 0}, "0.5", 2_000),  # no staff: the base
        ({"staff": 0, "trained_staff": 0}, "0", None),  # nothing is asked for
        ({"staff": 4, "trained_staff": 0}, "0", None),
    ],
)
def test_staff_that_is_trained_already(city: dict[str, Any], share: str, most: int | None) -> None:
    """Financing of 8,000 in two activities; base 2,000. None: no row."""
    asks = small.apply(small.city("A", **city), small.ask("A-1", 5_000), small.ask("A-2", 3_000))
    expected = {} if most is None else {"A": most}
    assert small.bounds(training_first(share), asks, "training_first") == expected


def test_training_makes_no_staff() -> None:
    """No staff: the base of 2,000, though two people would be certified."""
    asks = small.apply(
        small.city("A", staff=0, trained_staff=0),
        small.ask("A-1", 8_000),
        small.ask("A-2", 1_000, stream="training", people_to_be_certified=2),
    )
    assert small.awards(RULE, asks) == {"A-1": 2_000, "A-2": 1_000}


def test_training_that_certifies_nobody_makes_no_room() -> None:
    """People to be certified blank: 0. Financing ≤ 2,000 + 6,000 × 1/3; the note names A-2."""
    asks = small.apply(
        small.city("A", staff=6, trained_staff=1),
        small.ask("A-1", 8_000),
        small.ask("A-2", 1_000, stream="training"),
    )
    assert small.awards(RULE, asks) == {"A-1": 4_000, "A-2": 1_000}
    (note,) = RULE.notes(RULE.case(asks))
    assert note.endswith("makes no room for financing: A-2")


def test_full_training_certifies_all_its_people() -> None:
    """A-2 asks for 2,550, in whole units 2,500: with these all 2 people, 3 of 3. A-1 is full."""
    asks = small.apply(
        small.city("A", staff=6, trained_staff=1),
        small.ask("A-1", 8_000),
        small.ask("A-2", 2_550, stream="training", people_to_be_certified=2),
    )
    assert small.awards(RULE, asks) == {"A-1": 8_000, "A-2": 2_500}
    assert small.broken(RULE, asks, "training_first", {"A-1": 8_000, "A-2": 2_400}) == ["A"]


def test_more_people_than_are_asked_for_change_nothing_more() -> None:
    """Ten people to be certified: 1/5 of the training is enough for 1 + 2 of 3."""
    asks = small.apply(
        small.city("A", staff=6, trained_staff=1),
        small.ask("A-1", 8_000),
        small.ask("A-2", 3_000, stream="training", people_to_be_certified=10),
    )
    assert small.broken(RULE, asks, "training_first", {"A-1": 8_000, "A-2": 600}) == []
    assert small.broken(RULE, asks, "training_first", {"A-1": 8_000, "A-2": 500}) == ["A"]
    assert small.awards(RULE, asks) == {"A-1": 8_000, "A-2": 3_000}


def test_closed_activities_count_on_neither_side() -> None:
    """A-3 is not eligible, A-4 asks for less than a unit: Q = 8,000, and nobody is certified."""
    asks = small.apply(
        small.city("A", staff=6, trained_staff=1),
        small.ask("A-1", 8_000),
        small.ask("A-2", 4_000, eligible=False),
        small.ask("A-3", 3_000, stream="training", people_to_be_certified=2, eligible=False),
        small.ask("A-4", 99, stream="training", people_to_be_certified=2),
    )
    assert small.bounds(RULE, asks, "training_first") == {"A": 4_000}
    assert small.awards(RULE, asks)["A-1"] == 4_000


@pytest.mark.parametrize(("asked", "rows"), [(2_000, []), (2_099, []), (2_100, ["A"])])
def test_no_more_than_the_base_is_no_matter(asked: float, rows: list[str]) -> None:
    """2,099 is 2,000 in whole units."""
    asks = small.apply(small.city("A", staff=2, trained_staff=0), small.ask("A-1", asked))
    assert list(small.rows(RULE, asks, "training_first")) == rows


def test_without_a_base_all_financing_waits_for_training() -> None:
    """8,000 × 1/3 = 2,666.67, and with A-2 in full 5,333.33: 5,300 in hundreds; B-1 nothing."""
    assert small.awards(training_first(base=0), ASKS) == {"A-1": 5_300, "A-2": 3_000, "B-1": 0}


def test_only_financing_is_limited() -> None:
    asks = small.apply(
        small.city("A", staff=0, trained_staff=0),
        small.ask("A-1", 5_000, stream="coordination"),
        small.ask("A-2", 5_000, stream="training"),
    )
    assert small.rows(RULE, asks, "training_first") == {}


def test_words_and_notes_say_whom_and_how_much() -> None:
    """Each person makes room for 6,000 / 3."""
    rows, case = small.rows(RULE, ASKS, "training_first"), RULE.case(ASKS)
    assert RULE.words(rows["A"], case) == (
        "training first: financing at most 4,000 EUR with 1 of 6 international staff trained, "
        "where 50 % are asked for, plus 2,000 EUR for each person whom its training will certify"
    )
    assert RULE.words(rows["B"], case) == (
        "training first: financing at most 2,000 EUR for a city without international staff"
    )
    assert RULE.notes(case) == [
        "Training first: without international staff, financing is at most 2,000 EUR: B"
    ]
    alone = small.apply(small.city("A", staff=6, trained_staff=1), small.ask("A-1", 8_000))
    (row,) = small.rows(RULE, alone, "training_first").values()
    assert RULE.words(row, RULE.case(alone)).endswith("where 50 % are asked for")


@pytest.mark.parametrize(
    "table",
    [
        "base = 0\n",
        "trained_share = 0.5\n",
        "trained_share = 1.1\nbase = 0\n",
        "trained_share = 0.5\nbase = -1\n",
    ],
)
def test_parameters_that_are_refused(table: str) -> None:
    with pytest.raises(ScenarioError, match=r"rules\.training_first"):
        small.scenario(f"[rules.training_first]\n{table}")
