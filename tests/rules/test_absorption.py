"""Absorption: X_c financing ≤ κ S_c delivery_c + τ X_c training."""

from __future__ import annotations

from typing import Any

import pytest

from tests import small

RULE = small.scenario("[rules.absorption]\nper_staff = 2_000\nper_training = 2\n")
# A: 3 staff, delivery 0.8. B: no staff, financing only.
ASKS = small.apply(
    small.city("A", staff=3),
    small.record("A", earlier_awards=10_000, earlier_awards_spent=8_000),
    small.city("B", staff=0, trained_staff=0),
    small.ask("A-1", 10_000, score=80),
    small.ask("A-2", 1_500, score=60, stream="training"),
    small.ask("B-1", 4_000, score=90),
)


def test_financing_follows_staff_record_and_training() -> None:
    """A-1 ≤ 2,000 × 3 × 0.8 + 2 × 1,500 = 7,800; B-1 ≤ 0. Without: all full."""
    assert small.awards(RULE, ASKS) == {"A-1": 7_800, "A-2": 1_500, "B-1": 0}
    full = {"A-1": 10_000, "A-2": 1_500, "B-1": 4_000}
    assert small.awards(small.scenario(), ASKS) == full


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"A-1": 4_800}, []),
        ({"A-1": 4_900}, ["A"]),
        ({"A-1": 5_000, "A-2": 100}, []),  # 4,800 + 200
        ({"A-1": 5_100, "A-2": 100}, ["A"]),
        ({"A-2": 1_500}, []),
        ({"B-1": 100}, ["B"]),
    ],
)
def test_what_counts_is_the_training_awarded(given: dict[str, float], broken: list[str]) -> None:
    assert small.broken(RULE, ASKS, "absorption", given) == broken


@pytest.mark.parametrize(
    ("record", "most"),
    [
        ({}, 4_500),  # no record: 2,000 × 3 × 0.75
        ({"earlier_awards": 0, "earlier_awards_spent": 0}, 4_500),
        ({"earlier_awards": 9_000}, 4_500),  # what was spent is not known
        ({"earlier_awards": 9_000, "earlier_awards_spent": 0}, 0),
        ({"earlier_awards": 9_000, "earlier_awards_spent": 3_000}, 2_000),
        ({"earlier_awards": 9_000, "earlier_awards_spent": 9_000}, 6_000),
        ({"earlier_awards": 9_000, "earlier_awards_spent": 13_500}, 9_000),  # above 1 as it is
    ],
)
def test_the_record_is_spent_over_awarded(record: dict[str, Any], most: int) -> None:
    tables = "[rules.absorption]\nper_staff = 2_000\ndefault_delivery = 0.75\n"
    asks = small.apply(
        small.city("A", staff=3), small.record("A", **record), small.ask("A-1", 10_000)
    )
    assert small.bounds(small.scenario(tables), asks, "absorption") == {"A": most}


def test_without_staff_training_makes_room() -> None:
    """No staff: A-1 ≤ 2 × 300."""
    asks = small.apply(
        small.city("A", staff=0, trained_staff=0),
        small.ask("A-1", 5_000),
        small.ask("A-2", 300, stream="training"),
    )
    assert small.awards(RULE, asks) == {"A-1": 600, "A-2": 300}


def test_refused_training_makes_no_room() -> None:
    asks = small.apply(
        small.city("A", staff=1),
        small.ask("A-1", 5_000),
        small.ask("A-2", 1_000, stream="training", eligible=False),
    )
    assert small.awards(RULE, asks) == {"A-1": 2_000, "A-2": 0}


def test_only_financing_is_limited() -> None:
    """A city that asks for training and coordination alone has no row."""
    asks = small.apply(
        small.city("A", staff=0, trained_staff=0),
        small.ask("A-1", 5_000, stream="coordination"),
        small.ask("A-2", 1_000, stream="training"),
    )
    assert small.rows(RULE, asks, "absorption") == {}


def test_nothing_for_staff_leaves_what_training_makes_room_for() -> None:
    """κ = 0: A-1 ≤ 2 × 100, whatever the staff."""
    asks = small.apply(
        small.city("A", staff=3),
        small.ask("A-1", 5_000),
        small.ask("A-2", 100, stream="training"),
    )
    none = small.scenario("[rules.absorption]\nper_staff = 0\nper_training = 2\n")
    assert small.awards(none, asks) == {"A-1": 200, "A-2": 100}
