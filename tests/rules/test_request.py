"""Request: 0, or m̄_a to q̄_a in whole units."""

from __future__ import annotations

import pytest

from tests import small

ALL = "[rules.request]\nall_or_nothing = true\n"
ANY = "[rules.request]\nrespect_minimum_viable = false\n"
# Units of 100: 2,550 is at most 2,500, and 1,210 at least 1,300.
ODD = small.apply(small.ask("A-1", 2_550, minimum_viable=1_210))


@pytest.mark.parametrize(
    ("tables", "span"),
    [("", (1_300, 2_500)), (ANY, (100, 2_500)), (ALL, (2_500, 2_500))],
)
def test_spans_are_whole_units(tables: str, span: tuple[int, int]) -> None:
    """u⌈1,210 / 100⌉ = 1,300 and u⌊2,550 / 100⌋ = 2,500."""
    found = small.scenario(tables).case(ODD).spans["A-1"]
    assert (found.least, found.most) == (100 * span[0], 100 * span[1])


@pytest.mark.parametrize(
    ("award", "broken"),
    [(0, []), (1_300, []), (2_500, []), (1_200, ["A-1 least"]), (2_600, ["A-1 most"])],
)
def test_nothing_or_at_least_what_is_viable(award: float, broken: list[str]) -> None:
    """With y = 1 for any award above 0: 1,300 ≤ x ≤ 2,500; 0 holds with y = 0."""
    assert small.broken(small.scenario(), ODD, "request", {"A-1": award}) == broken


@pytest.mark.parametrize(("award", "broken"), [(100, []), (2_500, []), (2_600, ["A-1 most"])])
def test_without_a_minimum_any_part_will_do(award: float, broken: list[str]) -> None:
    assert small.broken(small.scenario(ANY), ODD, "request", {"A-1": award}) == broken


def test_one_unit_may_move_to_make_the_next_viable() -> None:
    """3,200: with A-1 (80) in full 1,200 are left, and B-1 (70) needs 1,300.

    2,000·80 + 1,200·50 (C-1) = 220,000; A-1 a unit less: 1,900·80 + 1,300·70 = 243,000.
    """
    asks = small.apply(
        small.ask("A-1", 2_000, score=80),
        small.ask("B-1", 2_500, score=70, minimum_viable=1_300),
        small.ask("C-1", 5_000, score=50),
    )
    found = small.awards(small.scenario(envelope=3_200), asks)
    assert found == {"A-1": 1_900, "B-1": 1_300, "C-1": 0}


def test_an_award_below_the_minimum_goes_to_the_next() -> None:
    """3,200: A-1 takes 2,000 or 0; B-1 1,300 to 2,500 or 0; C-1 any part.

    A-1 and C-1: 2,000·80 + 1,200·60 = 232,000. B-1 and C-1: 2,500·70 + 700·60 = 217,000.
    Without minimum viable amounts: 2,000·80 + 1,200·70.
    """
    asks = small.apply(
        small.ask("A-1", 2_000, score=80, minimum_viable=2_000),
        small.ask("B-1", 2_500, score=70, minimum_viable=1_300),
        small.ask("C-1", 5_000, score=60),
    )
    with_minimum = small.awards(small.scenario(envelope=3_200), asks)
    assert with_minimum == {"A-1": 2_000, "B-1": 0, "C-1": 1_200}
    without = small.awards(small.scenario(ANY, envelope=3_200), asks)
    assert without == {"A-1": 2_000, "B-1": 1_200, "C-1": 0}


def test_all_or_nothing_fills_the_envelope_best() -> None:
    """10,000: A-1 (80, 6,000) and B-1 (70, 5,000) do not fit both; A-1 and C-1 (50, 4,000) do.

    A-1 + C-1: 480,000 + 200,000 = 680,000; B-1 + C-1: 550,000. In parts: A-1, then B-1 4,000.
    """
    asks = small.apply(
        small.ask("A-1", 6_000, score=80),
        small.ask("B-1", 5_000, score=70),
        small.ask("C-1", 4_000, score=50),
    )
    whole = small.awards(small.scenario(ALL, envelope=10_000), asks)
    assert whole == {"A-1": 6_000, "B-1": 0, "C-1": 4_000}
    parts = small.awards(small.scenario(envelope=10_000), asks)
    assert parts == {"A-1": 6_000, "B-1": 4_000, "C-1": 0}


@pytest.mark.parametrize(
    ("requested", "minimum", "tables"),
    [
        (99, None, ""),  # below one unit
        (99, None, ALL),
        (2_550, 2_510, ""),  # 2,600 to 2,500
    ],
)
def test_where_no_whole_unit_fits_the_activity_is_closed(
    requested: float, minimum: float | None, tables: str
) -> None:
    tight = small.apply(small.ask("A-1", requested, minimum_viable=minimum), small.ask("B-1", 100))
    scenario = small.scenario(tables)
    assert small.refused(scenario, tight) == {"A-1": ["request"]}
    (refusal,) = scenario.case(tight).refusals["A-1"]
    assert refusal.status == "not funded"
    assert "units of 100 EUR" in refusal.reason


@pytest.mark.parametrize("minimum", [None, 0, 0.01, 100])
def test_a_minimum_up_to_a_unit_asks_for_nothing_more(minimum: float | None) -> None:
    """u is the least award anyhow, so one row says it and no activity needs a yes or no."""
    asks = small.apply(small.ask("A-1", 500, minimum_viable=minimum))
    (row,) = small.rows(small.scenario(), asks, "request").values()
    assert (row.bound, row.fact) == (50_000, True)
