"""Studies as the workbench asks for them: what is solved, and the tables of what comes of it."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Any

import pytest

from funding.app import stress
from funding.app.jobs import Desk
from funding.app.stress_charts import colours
from funding.applications import Applications
from funding.awards import allocate
from funding.errors import UsageError
from funding.robustness import Colour, Settings, Study, findings_of
from funding.robustness.findings import Levels
from funding.robustness.study import draw
from funding.scenario import Scenario, parse
from funding.sweep import Range, Sweep, figure_of, frontier_of, parameter_of
from funding.sweep.points import solve_point
from tests.small import apply, ask

BASE = """
name = "Base"
[fund]
unit = 100
envelope = 1_500
[rules.independence]
max_national_share = 0.9
[rules.matching]
ratio = 1.5
"""


def scenario() -> Scenario:
    return parse(BASE)


def given() -> Applications:
    """A asks 1,000 with score 90, B 1,000 with score 60."""
    return apply(ask("A-1", 1_000, score=90), ask("B-1", 1_000, score=60))


def over(key: str, *values: str) -> Range:
    return Range(parameter_of(scenario(), key), tuple(map(Decimal, values)))


def found(wanted: Range) -> dict[Hashable, Any]:
    desk, common = Desk(), stress.sweep_common(given())
    desk.start("s", solve_point, common, stress.sweep_items(scenario(), wanted)).wait()
    assert not desk.problem("s")
    return desk.found("s")


def so_far(wanted: Range, held: dict[Any, Any]) -> Sweep | None:
    return stress.sweep_so_far(given(), scenario(), wanted, held)


def test_only_numbers_that_the_scenario_gives_are_offered() -> None:
    keys = [parameter.key for parameter in stress.movable(scenario())]
    assert keys[0] == "fund.envelope"
    assert "rules.independence.max_national_share" in keys
    assert "rules.city_cap.amount" not in keys


def test_years_are_not_offered_beside_the_envelope() -> None:
    by_year = parse(BASE.replace("envelope = 1_500", "envelopes = { 2026 = 1_000, 2027 = 500 }"))
    keys = [parameter.key for parameter in stress.movable(by_year)]
    assert not [key for key in keys if key.startswith("fund.envelopes")]


@pytest.mark.parametrize(
    ("key", "ends"),
    [
        ("fund.envelope", ("750", "2250")),
        ("rules.independence.max_national_share", ("0.7", "1")),
        ("rules.matching.ratio", ("0.75", "2.25")),
    ],
)
def test_the_usual_range_is_around_the_value(key: str, ends: tuple[str, str]) -> None:
    assert stress.usual(parameter_of(scenario(), key)) == tuple(map(Decimal, ends))


def test_values_are_evenly_spaced_and_as_fine_as_the_parameter() -> None:
    envelope = parameter_of(scenario(), "fund.envelope")
    assert stress.spaced(Decimal(0), Decimal(100), 4, envelope) == tuple(
        map(Decimal, (0, 33, 67, 100))
    )
    share = parameter_of(scenario(), "rules.independence.max_national_share")
    assert stress.spaced(Decimal(0), Decimal("0.004"), 9, share) == tuple(
        Decimal(n) / 1000 for n in range(5)
    )
    assert stress.spaced(Decimal(5), Decimal(5), 9, share) == (Decimal(5),)


def test_a_sweep_and_its_table() -> None:
    """With 500 A gets it; with 1,200 B gets 200 too."""
    wanted = over("fund.envelope", "500", "1200")
    made = so_far(wanted, found(wanted))
    assert made is not None
    assert made.solved == 0  # what was found is not solved again
    table = stress.points_table(made)
    assert table["Envelope"].tolist() == ["500 EUR", "1,200 EUR"]
    assert table["Awarded"].tolist() == ["500 EUR", "1,200 EUR"]
    assert table["Activities funded"].tolist() == ["1", "2"]
    numbers = stress.points_numbers(made)
    assert numbers["Awarded"].tolist() == [500.0, 1200.0]
    assert numbers["Funded"].tolist() == ["A-1", "A-1 B-1"]


def test_what_is_solved_so_far_is_shown() -> None:
    wanted = over("fund.envelope", "500", "1200", "1300")
    held = found(wanted)
    items = list(stress.sweep_items(scenario(), wanted))
    part = {key: held[key] for key in items[:2]}  # today and 500
    made = so_far(wanted, part)
    assert made is not None
    assert [point.at for point in made.points] == [(Decimal(500),)]
    assert so_far(wanted, {items[0]: held[items[0]]}) is None
    assert so_far(wanted, {}) is None


def test_a_value_that_is_not_allowed_is_refused_before_anything_is_solved() -> None:
    with pytest.raises(UsageError, match="max_national_share"):
        stress.sweep_items(scenario(), over("rules.independence.max_national_share", "0.5", "1.5"))


def test_the_trades_of_a_frontier() -> None:
    """π = 0: A 1,000 and B 500, worth 120,000. Evenly 750 each, worth 112,500: 6.25 % less; with
    10 % that is reached, with 5 % not: then A gets more."""
    wanted = over("objective.fairness_price", "0", "0.1")
    made = so_far(wanted, found(wanted))
    assert made is not None
    table = stress.trades_table(frontier_of(made, figure_of("lowest")))
    assert table["Fairness price"].tolist() == ["π = 0 %", "π = 10 %"]
    assert table["Value"].tolist()[0] == "120,000"
    assert table["Lowest coverage"].tolist()[0] == "50 %"
    assert float(table["Given up"].tolist()[1].removesuffix(" %")) <= 10


def test_chances_have_their_colour_in_words() -> None:
    """The envelope between 1,350 and 1,650 always funds both: 60 draws leave no doubt at 90 %."""
    study = Study(given(), scenario(), Settings(standard_error=0.0))
    draws = {number: draw(study, number) for number in range(60)}
    allocation = allocate(given(), scenario())
    made = findings_of(study, allocation, draws, asked=60, levels=Levels())
    table = stress.chances_table(made, cities=False)
    assert table["Code"].tolist() == ["A-1", "B-1"]
    assert table["Award today"].tolist() == [1000, 500]
    assert table["Funded in"].tolist() == [1, 1]
    assert table[stress.COLOUR].tolist() == ["green: nearly always funded"] * 2
    assert "Title" not in stress.chances_table(made, cities=True)
    picture = colours(made)
    assert picture.title == (
        "Of 2 activities 2 are nearly always funded, 0 sometimes, 0 hardly ever"
    )
    assert picture.png().startswith(b"\x89PNG")
    other = Study(given(), scenario(), Settings(standard_error=1.0))
    assert stress.draws_name(study) != stress.draws_name(other)


def test_every_colour_has_a_tint_with_white_words() -> None:
    for colour in Colour:
        assert stress.tint(f"{colour}: {colour.words}").endswith("color: white")
    assert len(set(stress.TINTS.values())) == len(Colour)


def test_without_assessors_scores_do_not_vary_by_them() -> None:
    assert not stress.scores_vary(given())
