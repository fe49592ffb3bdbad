"""Sweeps: exact ranges, keys, points that equal `allocate`, changes, frontiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from funding.applications import Applications
from funding.awards import allocate
from funding.errors import SolverStopped, UsageError
from funding.scenario import Scenario
from funding.sweep import (
    Found,
    Frontier,
    Sweep,
    all_changes,
    as_json,
    changes_of,
    figure_of,
    frontier_of,
    headline,
    knee_words,
    moved,
    notes,
    parameter_of,
    parameters,
    points,
    ranges_of,
    stretches_of,
    values_of,
)
from funding.sweep import sweep as swept
from tests.small import apply, ask, city, scenario

D = Decimal


def two_cities() -> Applications:
    """A (90) asks for 600, B (80) for 500, at least 300, or nothing."""
    return apply(ask("A-1", 600, score=90), ask("B-1", 500, score=80, minimum_viable=300))


def over(given: Applications, rules: Scenario, *asked: str, **more: Any) -> Sweep:
    return swept(given, rules, ranges_of(rules, asked), workers=1, **more)


# Values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0:0.3:0.1", ["0", "0.1", "0.2", "0.3"]),  # with floats 0.1 + 0.2 misses 0.3
        ("8e6:9e6:5e5", ["8000000", "8500000", "9000000"]),
        ("5:5:1", ["5"]),
        ("300_000,200000, 2e5", ["200000", "300000"]),  # rising, each once
        (".25", ["0.25"]),
        ("-1:1:1", ["-1", "0", "1"]),
    ],
)
def test_values_are_exact_and_hold_both_ends(text: str, values: list[str]) -> None:
    assert values_of(text) == tuple(map(D, values))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("8m", '"8m" is no number; expected one such as 8000000, 8e6 or 0.25.'),
        ("5%", '"5%" is no number'),
        ("", '"" is no number'),
        ("NaN", '"NaN" is no number'),
        ("1e99", '"1e99" is no number'),
        ("1:2", "expected FROM:TO:STEP"),
        ("2:1:1", "that rises, with a step above 0"),
        ("1:2:0", "that rises, with a step above 0"),
        ("1:2:0.3", "steps of 0.3 from 1 reach 1.9 and then miss 2; choose a step that meets"),
        ("0:1e9:1", "has more than 1,000 values"),
    ],
)
def test_what_are_no_values(text: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        values_of(text)
    assert told in str(error.value)


# Keys

RICH = """
[fund]
unit = 100
[fund.envelopes]
2026 = 700
2027 = 300
[rules.city_cap]
amount = 400
[[rules.group_shares]]
attribute = "region"
each = true
max = 0.9
[[rules.group_shares]]
enabled = false
attribute = "region"
group = "South"
max = 0.5
[[rules.group_shares]]
attribute = "region"
group = "North"
min = 0.1
[rules.city_minimum]
enabled = false
amount = 100
"""


@pytest.mark.parametrize(
    ("key", "stands", "value"),
    [
        ("fund.envelope", "fund.envelope", "1000"),
        ("fund.envelopes.2027", "fund.envelopes.2027", "300"),
        ("objective.fairness_price", "objective.fairness_price", "0"),
        ("rules.city_cap.share", "rules.city_cap.share", None),
        ("rules.group_shares.0.max", "rules.group_shares.0.max", "0.9"),
        ("rules.group_shares[2].min", "rules.group_shares.2.min", "0.1"),
        ("rules.group_shares[North].min", "rules.group_shares.2.min", "0.1"),
        ("rules.group_shares[region, North].max", "rules.group_shares.2.max", None),
        ("rules.city_minimum.amount", "rules.city_minimum.amount", None),  # off
        ("gates.merit_threshold.score", "gates.merit_threshold.score", None),
    ],
)
def test_the_parameter_of_a_key(key: str, stands: str, value: str | None) -> None:
    found = parameter_of(scenario(RICH), key)
    assert (found.key, found.value) == (stands, None if value is None else D(value))


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("rules.city_cap.amuont", 'did you mean "rules.city_cap.amount"?'),
        ("fund.envelop", 'did you mean "fund.envelope'),
        ("rules.group_shares[Nort].min", 'did you mean "rules.group_shares[North].min"?'),
        ("rules.group_shares.1.max", 'did you mean "rules.group_shares.'),  # switched off
        ("rules.group_shares[region].max", "is no number of this scenario"),  # of two
        ("colour", "docs/scenarios.md lists all keys."),
        ("name", "is no number of this scenario"),
        ("rules.request.all_or_nothing", "is no number of this scenario"),
    ],
)
def test_an_unknown_key_suggests_the_nearest(key: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        parameter_of(scenario(RICH), key)
    assert told in str(error.value)


def test_every_parameter_can_be_moved_to_where_it_is() -> None:
    """Each stands where its path says: the tables with its own value are the tables."""
    rules = scenario(RICH)
    here = [each for each in parameters(rules) if each.value is not None]
    assert len(here) > 5
    for each in here:
        assert each.value is not None
        assert moved(rules, {each: each.value}) is rules
        if each.key != "fund.envelope":
            again = moved(replace_value(rules, each.key, each.value + 1), {each: each.value})
            assert parameter_of(again, each.key).value == each.value


def replace_value(rules: Scenario, key: str, value: Decimal) -> Scenario:
    try:
        return moved(rules, {parameter_of(rules, key): value})
    except UsageError:
        return rules


@pytest.mark.parametrize(
    ("total", "years"),
    [
        ("1000", {2026: 700, 2027: 300}),
        ("2000", {2026: 1400, 2027: 600}),
        # 350 and 150 make 3 and 1 units of 100; the fifth goes to the larger rest, equal: the first
        ("500", {2026: 400, 2027: 100}),
        # 735 and 315 make 7 and 3 units; the 50 that are no unit go to the larger rest, 35 of 100
        ("1050", {2026: 750, 2027: 300}),
    ],
)
def test_envelopes_by_year_move_in_proportion(total: str, years: Mapping[int, int]) -> None:
    rules = scenario(RICH)
    found = moved(rules, {parameter_of(rules, "fund.envelope"): D(total)}).fund
    assert {year: amount / 100 for year, amount in found.envelopes.items()} == years
    assert found.envelope == D(total) * 100


def test_a_rule_that_is_off_is_on_when_it_is_swept() -> None:
    rules = scenario(RICH)
    found = moved(rules, {parameter_of(rules, "rules.city_minimum.amount"): D(200)})
    assert found.rule("city_minimum") is not None


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["fund.envelope"], '"fund.envelope": expected a key and its values, such as'),
        (["fund.unit=1", "fund.envelope=1", "rules.city_cap.amount=1"], "3 were given"),
        (["fund.unit=1", "fund.unit=2"], "fund.unit is given twice"),
        (["fund.envelope=1", "fund.envelopes.2026=1"], "moves the envelope of each year"),
        (["objective.fairness_price=2"], "objective.fairness_price = 2: objective."),
        (["rules.city_cap.amount=0.001"], "rules.city_cap.amount = 0.001: "),
        (["fund.envelope=0.001"], "more than two decimals"),
        (["fund.envelope=-1"], "expected an amount of 0 or more"),
        (["fund.unit=0.5"], "fund.unit = 0.5: "),
        (["rules.absorption.per_training=1"], "rules.absorption.per_staff is missing"),
        (["fund.unit=1:100:1", "rules.city_cap.amount=1:100:1"], "10,000 points are more than"),
    ],
)
def test_what_cannot_be_swept_is_refused_before_anything_is_solved(
    asked: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(points, "allocate", None)
    with pytest.raises(UsageError) as error:
        over(two_cities(), scenario(RICH), *asked)
    assert told in str(error.value)


# Points


def test_the_funded_set_changes_where_it_must() -> None:
    """Per euro A counts 90, B 80. Up to 800 A has all it can: 200 are too few for B (least 300).
    At 200 A alone can have money, at 900 B has 300. At 1,000 and 1,100 nothing changes any more."""
    found = over(two_cities(), scenario(), "fund.envelope=0:1200:100")
    got = {int(p.at[0]): (p.found.awards["A-1"], p.found.awards["B-1"]) for p in found.points}
    in_euro = {at: (a // 100, b // 100) for at, (a, b) in got.items()}
    assert in_euro[0] == (0, 0)
    assert in_euro[300] == (300, 0)
    # 600 for A; or 500, 400 for A and 300 for B: 80·300 > 90·(what A gives up) where 700 is spent
    assert in_euro[600] == (600, 0)  # 54,000, against 300·90 + 300·80 = 51,000
    assert in_euro[700] == (400, 300)  # 60,000, against 54,000
    assert in_euro[1100] == in_euro[1200] == (600, 500)
    assert [(int(c.before), int(c.after), c.comes_in, c.goes_out) for c in changes_of(found)] == [
        (0, 100, ("A-1",), ()),
        (600, 700, ("B-1",), ()),
    ]
    assert all_changes(found) == [
        "Between 0 and 100 EUR: A-1 comes in.",
        "Between 600 and 700 EUR: B-1 comes in.",
    ]
    # 600·90 + 500·80 = 94,000 after nothing
    assert headline(found) == (
        "Envelope from 0 to 1,200 EUR: the value rises, 2 cities are funded instead of 0."
    )
    assert list(notes(found)) == ["From 1,100 to 1,200 EUR every award is the same."]


def test_who_goes_out_is_named() -> None:
    """All or nothing: 500 fund B (80) alone, 600 the better A (90) alone, 1,100 both."""
    rules = scenario("[rules.request]\nall_or_nothing = true\n")
    given = apply(ask("A-1", 600, score=90), ask("B-1", 500, score=80))
    assert all_changes(over(given, rules, "fund.envelope=500,600,1100")) == [
        "Between 500 and 600 EUR: A-1 comes in, B-1 goes out.",
        "Between 600 and 1,100 EUR: B-1 comes in.",
    ]


def test_amounts_in_millions_are_said_short() -> None:
    given = apply(ask("A-1", 11_000_000), city("A", own_budget=9_000_000))
    rules = scenario("[rules.request]\nall_or_nothing = true\n")
    found = over(given, rules, "fund.envelope=10.5e6,11e6")
    assert all_changes(found) == ["Between 10.5 and 11 million EUR: A-1 comes in."]


def test_points_without_an_allocation_say_which_rules_clash() -> None:
    """B's stream must have half; it asks for 500: that is possible up to 1,000, and not for A."""
    rules = scenario("[rules.stream_shares]\ntraining = { min = 0.5 }\n", envelope=800)
    given = apply(ask("A-1", 900, score=90), ask("B-1", 500, stream="training"))
    found = over(given, rules, "fund.envelope=800:1400:200")
    (stretch,) = stretches_of(found)
    assert [int(point.at[0]) for point in stretch.points] == [1200, 1400]
    assert "Stream shares" in stretch.rules
    assert not stretch.stopped
    (note,) = notes(found)
    assert note.startswith("From 1,200 to 1,400 EUR no allocation holds the rules: ")
    assert note.endswith("contradict each other.")
    assert "Stream shares" in note
    assert all_changes(found) == ["The funded set is the same at every point."]


def test_a_point_at_which_the_solver_stops_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(given: Applications, rules: Scenario, *, time_limit: float) -> Any:
        if rules.fund.envelope == 600_00:
            raise SolverStopped("out of time")
        return allocate(given, rules, time_limit=time_limit)

    monkeypatch.setattr(points, "allocate", stops)
    found = over(two_cities(), scenario(), "fund.envelope=500:700:100")
    assert [point.found.status for point in found.points] == ["optimal", "stopped", "optimal"]
    assert list(notes(found)) == [
        "At 600 EUR the solver stopped before an answer: allow more time."
    ]
    assert [(int(c.before), int(c.after)) for c in changes_of(found)] == [(500, 700)]


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The digests of scenarios in the order in which they are solved."""
    digests: list[str] = []

    def counted(given: Applications, rules: Scenario, *, time_limit: float) -> Any:
        digests.append(rules.digest)
        return allocate(given, rules, time_limit=time_limit)

    monkeypatch.setattr(points, "allocate", counted)
    return digests


def test_no_point_is_solved_twice(solved: list[str]) -> None:
    """Five points: 700 is the scenario itself; what is known is not solved at all."""
    rules = scenario(envelope=700)
    found = over(two_cities(), rules, "fund.envelope=500:900:100")
    assert len(solved) == len(set(solved)) == found.solved == 5
    known = {point.digest: point.found for point in found.points}
    again = over(two_cities(), rules, "fund.envelope=500:1000:100", known=known)
    assert (again.solved, len(solved)) == (1, 6)
    assert again.points[:5] == found.points
    assert again.base is known[rules.digest]


def test_a_default_that_is_written_is_the_scenario_itself(solved: list[str]) -> None:
    """π is not written in the scenario: at its default, 0, nothing is solved again."""
    found = over(two_cities(), scenario(), "objective.fairness_price=0")
    assert found.solved == len(solved) == 1
    assert found.points[0].found is found.base


TIED = """
[rules.city_cap]
amount = 700
[[rules.group_shares]]
attribute = "region"
group = "South"
min = 0.2
"""


@pytest.mark.parametrize(
    "asked",
    [
        ["fund.envelope=100:2100:400"],
        ["rules.city_cap.amount=300,500,900", "fund.envelope=700,1500"],
        ["rules.group_shares[South].min=0:0.5:0.25"],
        ["objective.fairness_price=0,0.02,0.1"],
        ["fund.unit=1,7,100"],
        ["gates.merit_threshold.score=0,75,95"],
        ["size_classes.small=1000,60000"],
    ],
)
def test_every_point_equals_allocate(asked: list[str]) -> None:
    """Equal cities, minimums and shares: the very same awards as one by one."""
    given = apply(
        *(city(c, region="South") for c in "CD"),
        *(ask(f"{c}-1", 500, score=80, minimum_viable=250) for c in "ABC"),
        *(ask("D-1", 600, score=70), ask("D-2", 300, score=90)),
    )
    rules = scenario(TIED + "[size_classes]\nsmall = 2000\n", envelope=1500)
    found = over(given, rules, *asked)
    parameters = [each.parameter for each in found.ranges]
    assert found.points
    for point in found.points:
        each = moved(rules, dict(zip(parameters, point.at, strict=True)))
        made = allocate(given, each)
        assert point.found.awards == made.awards
        assert point.found.figures["spent"] == made.spent
        assert point.found.figures["value"] == made.value


def test_in_processes_the_awards_are_the_same() -> None:
    rules = scenario()
    ranges = ranges_of(rules, ["fund.envelope=100:900:200"])
    here = swept(two_cities(), rules, ranges, workers=1)
    there = swept(two_cities(), rules, ranges, workers=2)
    assert [p.found.awards for p in here.points] == [p.found.awards for p in there.points]


def test_two_parameters_are_told_beside_each_other() -> None:
    """500 under a cap of 300: A 200 and B 300 are 42,000, A alone 27,000: B is in at both. With a
    cap of 600: A alone is 45,000, so that B comes in only at 700 (60,000 against 54,000)."""
    rules = scenario(envelope=800)
    asked = ("fund.envelope=500,700", "rules.city_cap.amount=300,600")
    found = over(two_cities(), rules, *asked)
    assert [tuple(map(int, point.at)) for point in found.points] == [
        *((500, 300), (500, 600), (700, 300), (700, 600)),
    ]
    assert [point.found.awards["B-1"] for point in found.points] == [300_00, 0, 300_00, 300_00]
    assert all_changes(found) == [
        "Between 500 and 700 EUR, with City cap, amount 600 EUR: B-1 comes in.",
    ]


def test_json_holds_amounts_in_currency_units() -> None:
    found = as_json(over(two_cities(), scenario(), "fund.envelope=300:700:400"))
    assert found["format"] == 1
    (_, point) = found["points"]  # type: ignore[misc]
    assert point["at"] == {"fund.envelope": 700}
    assert point["awards"] == {"A-1": 400, "B-1": 300}
    assert point["figures"]["spent"] == 700
    assert found["changes"] == [
        {"between": [300, 700], "beside": None, "comes_in": ["B-1"], "goes_out": []}
    ]


# Frontier


def traded(*made: tuple[str, int, str], against: str = "lowest") -> Frontier:
    """A frontier of given values and measures, by fairness price."""
    rules = scenario()
    (asked,) = ranges_of(rules, ["objective.fairness_price=" + ",".join(p for p, _, _ in made)])
    base = swept(two_cities(), rules, [replace(asked, values=())], workers=1)
    each = tuple(
        points.Point(
            (D(price),),
            price,
            Found("optimal", {}, {"value": Fraction(value), against: Fraction(measure)}, 0.0),
        )
        for price, value, measure in made
    )
    return frontier_of(replace(base, ranges=(asked,), points=each), figure_of(against))


def test_the_knee_is_named_with_its_numbers() -> None:
    """From (0, 12 %) to (4 %, 35 %) the line passes 17.75 % at 1 %: 31 % lies farthest beyond."""
    found = traded(("0", 1000, "0.12"), ("0.01", 990, "0.31"), ("0.04", 960, "0.35"))
    assert [trade.knee for trade in found.trades] == [False, True, False]
    assert knee_words(found) == (
        "Giving up 1 % of merit raises the lowest coverage from 12 % to 31 %, at π = 1 %; "
        "going on to 4 % raises it to 35 %."
    )


def test_dominated_points_and_prices_that_come_to_the_same() -> None:
    """π = 2 % is worth less than π = 1 % and no more even; 4 and 10 % make the same."""
    found = traded(
        *(("0", 1000, "0.1"), ("0.01", 990, "0.3"), ("0.02", 980, "0.3")),
        *(("0.04", 960, "0.4"), ("0.1", 960, "0.4")),
    )
    assert [(t.prices, t.dominated) for t in found.trades] == [
        ((D("0"),), False),
        ((D("0.01"),), False),
        ((D("0.02"),), True),
        ((D("0.04"), D("0.1")), False),
    ]


def test_less_is_better_for_some_measures() -> None:
    found = traded(("0", 1000, "0.5"), ("0.1", 900, "0.4"), ("0.2", 890, "0.6"), against="gini")
    assert [trade.dominated for trade in found.trades] == [False, False, True]
    assert knee_words(found) == (
        "Giving up 10 % of merit lowers the Gini of the cities' coverage from 50 % to 40 %, at "
        "π = 10 %; no knee."
    )


def test_nothing_is_bought() -> None:
    found = traded(("0", 1000, "0.5"), ("0.1", 900, "0.5"))
    assert knee_words(found) == (
        "Giving up value buys nothing: the lowest coverage is best, 50 %, at π = 0 %."
    )


def test_a_line_has_no_knee() -> None:
    found = traded(("0", 1000, "0.1"), ("0.1", 900, "0.2"), ("0.2", 800, "0.3"))
    assert found.knee is None


def test_a_frontier_of_a_fund() -> None:
    """900 for A (90) and B (60), each asking 900. π = 0: A has all, 81,000. With a third given up
    A and B could share; a ninth gives up 9,000 = 30 · 300: A 600, B 300, coverage 1/3."""
    given = apply(ask("A-1", 900, score=90), ask("B-1", 900, score=60))
    rules = scenario(envelope=900)
    ranges = ranges_of(rules, ["objective.fairness_price=0,0.125"])
    found = frontier_of(swept(given, rules, ranges, workers=1), figure_of("cities"))
    assert [(t.value, t.measure) for t in found.trades] == [
        (Fraction(81_000), 1),
        (Fraction(72_000), 2),  # 0.125 · 81,000 / 30 = 337.5 may go to B: 300 in whole units
    ]


@pytest.mark.parametrize("key", ["value", "envelope", "seconds", "ginni"])
def test_a_measure_without_better_or_worse_is_refused(key: str) -> None:
    with pytest.raises(UsageError, match=f"--against {key} is no measure"):
        figure_of(key)
