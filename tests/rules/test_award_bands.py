"""Award bands: x_a = 0 or in one [min, max) that is open to the activity."""

from __future__ import annotations

import datetime as dt

import pytest

from funding.applications import Applications
from funding.awards import allocate
from funding.errors import NoAllocation, ScenarioError
from funding.rules.award_bands import duration
from funding.scenario import Scenario
from tests import small


def band(least: float, most: float | None = None, more: str = "", streams: str = "") -> str:
    """One table; for financing, unless streams are given."""
    top = "" if most is None else f"max = {most}\n"
    which = streams or '["financing"]'
    return f"[[rules.award_bands]]\nstreams = {which}\nmin = {least}\n{top}{more}"


def fund(*tables: str, envelope: int = 10_000) -> Scenario:
    """A fund of 10,000 with bands."""
    return small.scenario("".join(tables), envelope=envelope)


TWO = band(1_000, 3_000) + band(5_000, 8_000)
ASKS = small.apply(
    small.ask("A-1", 9_000, score=60),
    small.ask("B-1", 4_000, score=90),
    small.ask("C-1", 500, score=80, stream="training"),
)


def test_awards_fall_in_bands() -> None:
    """B-1 (90) has 2,900, the most under 3,000; C-1 is free; the other 6,600 go to A-1.

    Without the rule B-1 has its 4,000 and A-1 5,500.
    """
    assert small.awards(fund(TWO), ASKS) == {"A-1": 6_600, "B-1": 2_900, "C-1": 500}
    assert small.awards(fund(), ASKS) == {"A-1": 5_500, "B-1": 4_000, "C-1": 500}


def test_the_gap_between_two_bands_is_jumped_or_left() -> None:
    """6,900: B-1 2,900, C-1 500 and A-1 2,900 are worth 261 + 40 + 174 = 475 (thousand), 600 are
    left. A-1 with 5,000 leaves 500 for C-1 and 1,400 for B-1: 300 + 40 + 126 = 466."""
    found = allocate(ASKS, fund(TWO, envelope=6_900))
    assert small.in_units(found) == {"A-1": 2_900, "B-1": 2_900, "C-1": 500}
    a = found.outcomes["A-1"]
    assert a.status == "reduced"
    # The next larger award is 5,000, 2,100 more, and 600 are left.
    assert [row.rule for row in a.rules] == ["envelope"]


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({}, []),
        ({"A-1": 1_000, "B-1": 2_900, "C-1": 100}, []),
        ({"A-1": 5_000}, []),
        ({"A-1": 7_900}, []),
        ({"A-1": 8_000}, ["A-1 most"]),
        ({"A-1": 900, "B-1": 3_000}, ["A-1 most", "B-1 most"]),
    ],
)
def test_equality_belongs_below_and_not_above(given: dict[str, float], broken: list[str]) -> None:
    assert sorted(small.broken(fund(TWO), ASKS, "award_bands", given)) == broken


def test_limits_that_are_no_multiples_of_the_unit() -> None:
    """From 5,050 to under 8,050 are 5,100 to 8,000."""
    read = fund(band(5_050, 8_050))
    for award, holds in ((5_000, False), (5_100, True), (8_000, True), (8_100, False)):
        found = small.broken(read, ASKS, "award_bands", {"A-1": award})
        assert (found == []) is holds


def test_bands_that_meet_or_overlap_are_one() -> None:
    """1,000 to under 3,000 to under 5,000, and 2,000 to under 9,100: all of 1,000 to 9,000."""
    meet = fund(band(1_000, 3_000) + band(3_000, 5_000) + band(2_000, 9_100))
    assert small.broken(meet, ASKS, "award_bands", {"A-1": 4_000}) == []
    assert small.broken(meet, ASKS, "award_bands", {"A-1": 900}) == ["A-1 most"]


def test_a_band_that_holds_every_award_needs_no_rows() -> None:
    assert small.rows(fund(band(0)), ASKS, "award_bands") == {}
    asks = small.apply(small.ask("A-1", 9_000, minimum_viable=2_000))
    assert small.rows(fund(band(1_000, 9_100)), asks, "award_bands") == {}


def test_a_band_from_one_unit_only_caps() -> None:
    """0 to under 3,000 leaves A-1 0 to 2,900: nothing is to be chosen, so the model stays linear.

    Half a unit is no award, but stage 1 knows fractions: 60 × 50 = 3,000.
    """
    asks = small.apply(small.ask("A-1", 9_000, score=60))
    bounds = small.bounds(fund(band(0, 3_000)), asks, "award_bands")
    assert bounds == {"A-1 most": 2_900}
    found = allocate(*half_a_unit(band(0, 3_000)))
    assert found.best_value == pytest.approx(3_000 + 200)
    assert small.in_units(found) == {"A-1": 0, "A-2": 200}


def half_a_unit(bands: str) -> tuple[Applications, Scenario]:
    """A-1 is steered and gets a fifth of its city's award at most: of 200 for A-2, which is
    worth 1 each, that leaves it 50."""
    steered = small.ask("A-1", 9_000, score=60, steered=True)
    other = small.ask("A-2", 200, score=1, stream="training")
    hands_off = "[rules.hands_off]\nmax_steered_share = 0.2\n"
    return small.apply(steered, other), fund(bands, hands_off)


def test_a_band_from_one_unit_beside_another() -> None:
    """0 to under 3,000 or from 5,000: 50 is in the first, as a fraction; 4,000 is in none."""
    asks = small.apply(small.ask("A-1", 9_000, score=60))
    two = band(0, 3_000) + band(5_000)
    assert allocate(*half_a_unit(two)).best_value == pytest.approx(3_000 + 200)
    assert small.awards(fund(two, envelope=4_000), asks) == {"A-1": 2_900}
    assert small.awards(fund(two, envelope=6_000), asks) == {"A-1": 6_000}


def test_the_minimum_viable_amount_holds_within_the_band() -> None:
    """Viable from 2,500: the first band admits 2,500 to 2,900."""
    asks = small.apply(small.ask("A-1", 9_000, minimum_viable=2_500))
    for award, rules in ((2_400, ["A-1 most"]), (2_500, []), (2_900, []), (4_000, ["A-1 most"])):
        assert small.broken(fund(TWO), asks, "award_bands", {"A-1": award}) == rules


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ((2026, 1, 1), (2027, 12, 31), 24),
        ((2026, 1, 1), (2028, 1, 1), 25),
        ((2026, 1, 15), (2026, 2, 14), 1),
        ((2026, 1, 15), (2026, 2, 15), 2),
        ((2026, 5, 5), (2026, 5, 5), 1),
        ((2026, 1, 31), (2026, 2, 28), 2),  # to 27 February would be one month
    ],
)
def test_months_that_were_begun_count(
    start: tuple[int, int, int], end: tuple[int, int, int], months: int
) -> None:
    activity, _ = small.ask("A-1", 100, start=dt.date(*start), end=dt.date(*end))
    assert duration(activity) == months


def test_months_and_experience_open_bands() -> None:
    """A year admits 1,000 to under 3,000; more than a year, and experience, the upper band."""
    tables = band(1_000, 3_000, "max_months = 12\n")
    tables += band(3_000, None, "min_months = 13\nexperienced_only = true\n")
    asks = small.apply(
        small.record("C", first_time=True),
        small.ask("A-1", 9_000, start=dt.date(2026, 1, 1), end=dt.date(2026, 12, 31)),
        small.ask("B-1", 9_000, start=dt.date(2026, 1, 1), end=dt.date(2027, 1, 1)),
        small.ask("C-1", 9_000, start=dt.date(2026, 1, 1), end=dt.date(2027, 1, 1)),
        small.ask("D-1", 9_000),
    )
    found = allocate(asks, fund(tables, envelope=90_000))
    assert small.in_units(found) == {"A-1": 2_900, "B-1": 9_000, "C-1": 0, "D-1": 9_000}
    c = found.outcomes["C-1"]
    assert (c.status, c.reasons[1]) == (
        "not funded",
        "Award bands: none fits financing, 13 months, first-time applicant, awards from 100 EUR "
        "to 9,000 EUR.",
    )
    assert found.notes == (
        "Award bands: none fits C-1; nothing can be awarded there",
        "Award bands: the duration is not known, so that bands of any duration are open to D-1",
    )


def test_a_request_below_every_band_gets_nothing() -> None:
    asks = small.apply(small.ask("A-1", 900), small.ask("B-1", 1_000))
    assert small.awards(fund(TWO), asks) == {"A-1": 0, "B-1": 1_000}


def test_many_that_no_band_fits_are_noted_in_short() -> None:
    """Three codes in their order and a count; each activity's own reason tells it anyway."""
    asks = small.apply(*(small.ask(f"{city}-1", 900) for city in "EDCBA"))
    found = allocate(asks, fund(TWO))
    assert found.notes[0] == (
        "Award bands: none fits A-1, B-1, C-1 and 2 more; nothing can be awarded there"
    )
    assert [outcome.status for outcome in found.outcomes.values()] == ["not funded"] * 5
    assert all("none fits" in outcome.reasons[1] for outcome in found.outcomes.values())
    three = small.apply(*(small.ask(f"{city}-1", 900) for city in "ABC"))
    assert "none fits A-1, B-1, C-1;" in allocate(three, fund(TWO)).notes[0]


def test_the_reason_names_the_bands() -> None:
    """Nothing but the band stops B-1 at 2,900."""
    b = allocate(ASKS, fund(TWO, envelope=90_000)).outcomes["B-1"]
    assert b.status == "reduced"
    assert "Award bands: nothing, or from 1,000 EUR to 2,900 EUR." in b.reasons


def test_a_band_of_one_amount_is_said_as_that_amount() -> None:
    """1,000 is the least of the band and all that B-1 asks for."""
    rules = fund(TWO)
    case = rules.case(small.apply(small.ask("B-1", 1_000)))
    row = next(limit for limit in rules.limits(case) if limit.rule == "award_bands")
    assert rules.words(row, case) == "award bands: nothing, or 1,000 EUR"


def test_a_decision_by_hand_opens_no_band() -> None:
    decided = '[[decisions]]\nactivity = "B-1"\nminimum = 3_500\nreason = "r"\n'
    with pytest.raises(NoAllocation, match="Award bands, Decisions by hand"):
        allocate(ASKS, fund(TWO, decided))


def test_the_city_minimum_and_the_band_both_hold() -> None:
    """At least 4,000 for a city and 5,000 for the band: A-1 has 5,000 at least, B nothing."""
    found = allocate(ASKS, fund(TWO, "[rules.city_minimum]\namount = 4_000\n", envelope=4_900))
    assert small.in_units(found) == {"A-1": 0, "B-1": 0, "C-1": 0}
    a = found.outcomes["A-1"]
    assert a.status == "reserve"
    assert a.reasons[0] == "In reserve: with 100 EUR more in the envelope it could be funded."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (band(1_000, 1_000), "max must be above min"),
        (band(1_000, None, "min_months = 3\nmax_months = 2\n"), "max_months is below min_months"),
        (band(1_000, None, "", "[]"), "streams"),
        (band(1_000, None, "", '["travel"]'), "streams"),
        (band(1_000, None, "min_months = 1.5\n"), "min_months"),
        ('[[rules.award_bands]]\nstreams = ["training"]\n', "min is missing"),
        ('[rules.award_bands]\nstreams = ["training"]\n', "write [[rules.award_bands]]"),
    ],
)
def test_what_is_no_band_is_refused(text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        small.scenario(text)
    assert said in str(caught.value)


def test_themes_open_bands() -> None:
    """The upper band is for climate: A-1 (waste) has 2,900 at most, and D-1 (climate) 7,900.

    Training in the theme of no band stays free: its stream is named by none.
    """
    tables = band(1_000, 3_000) + band(5_000, 8_000, 'themes = ["climate", "air"]\n')
    asks = small.apply(
        small.ask("A-1", 9_000, theme="waste"),
        small.ask("B-1", 9_000, theme="waste", minimum_viable=5_000),
        small.ask("C-1", 9_000, theme="waste", stream="training"),
        small.ask("D-1", 9_000, theme="climate"),
    )
    found = allocate(asks, fund(tables, envelope=90_000))
    assert small.in_units(found) == {"A-1": 2_900, "B-1": 0, "C-1": 9_000, "D-1": 7_900}
    assert found.outcomes["B-1"].reasons[1] == (
        "Award bands: none fits financing, duration not known, theme waste, awards from 5,000 EUR "
        "to 9,000 EUR."
    )
    assert found.notes == (
        "Award bands: none fits B-1; nothing can be awarded there",
        'Award bands: nobody applies in theme "air"',
    )
    without = allocate(asks, fund(band(1_000, 3_000) + band(5_000, 8_000), envelope=90_000))
    assert small.in_units(without) == {"A-1": 7_900, "B-1": 7_900, "C-1": 9_000, "D-1": 7_900}


def test_a_stream_is_free_only_where_no_band_names_it_for_any_theme() -> None:
    """All of financing in theme waste is left without a band."""
    only = fund(band(1_000, 3_000, 'themes = ["climate"]\n'))
    asks = small.apply(
        small.ask("A-1", 2_000, theme="waste"), small.ask("B-1", 500, theme="climate")
    )
    assert small.awards(only, asks) == {"A-1": 0, "B-1": 0}
