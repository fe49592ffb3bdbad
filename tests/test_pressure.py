"""Exactness under pressure: every unit, several years, binding floors, all rules at once.

Each allocation is judged by the referee: not a cent over, payments that add up within each year,
and nobody whose award could rise by its next step with what is left.
"""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from typing import Any

import pytest

from funding import places
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.rules import GATES, RULES
from funding.scenario import Scenario, load, parse
from funding.workbook import read
from tests.oracle import Referee
from tests.small import apply, ask, city, record, scenario

UNITS = (1, 100, 1_000, 10_000)

EVERY_RULE = """
[gates.reports_filed]
[gates.additionality]
tolerance = 0.1
[gates.pledges_covered]
[gates.no_overlap]
[gates.own_contribution]
floor = 0.1
in_kind_share = 0.5
[gates.merit_threshold]
score = 40
[rules.national_share]
rates = { poor = 0.8, other = 0.6, several = 0.7, none = 0.65 }
[rules.matching]
ratio = 3.0
[rules.independence]
max_national_share = 0.6
[rules.hands_off]
max_steered_share = 0.4
max_steered_share_of_fund = 0.2
[rules.absorption]
per_staff = 90_000
per_training = 2.0
default_delivery = 0.9
[rules.training_first]
trained_share = 0.4
base = 50_000
[rules.coordination_first]
base = 60_000
[rules.stream_shares]
financing = { max = 0.75 }
training = { min = 0.04 }
coordination = { min = 0.02 }
[[rules.group_shares]]
attribute = "region"
each = true
max = 0.4
[[rules.group_shares]]
attribute = "size_class"
group = "small"
min = 0.05
[[rules.group_shares]]
attribute = "first_time"
group = "yes"
min = 0.05
of = "awarded"
[rules.city_cap]
amount = 400_000
per_inhabitant = 12
first_time_amount = 200_000
[rules.city_minimum]
amount = 30_000
[[rules.activity_caps]]
amount = 150_000
per_year = 90_000
[[rules.award_bands]]
streams = ["financing"]
min = 20_000
max = 90_000
[[rules.award_bands]]
streams = ["financing"]
min = 100_000
experienced_only = true
[size_classes]
small = 20_000
[partner_classes]
poor = ["SN", "ML"]
[[decisions]]
city = "C0"
minimum = 40_000
reason = "Treaty"
[[decisions]]
activity = "C4-1"
exclude = true
reason = "Withdrawn"
[[decisions]]
city = "C13"
maximum = 60_000
reason = "Agreed"
"""


@cache
def sixty_cities() -> Applications:
    """Sixty cities with 180 activities; requests that are no multiples of any unit but 1."""
    draw = random.Random(60)
    parts: list[Any] = []
    for n in range(60):
        code, staff = f"C{n}", draw.randint(1, 6)
        budget = draw.randint(150_000, 900_000)
        parts.append(
            city(
                code,
                region=draw.choice(["North", "South", "West"]),
                population=draw.choice([8_000, 19_000, 45_000, 160_000]),
                own_budget=budget,
                earlier_budget=draw.choice([None, budget, budget * 12 // 10]),
                staff=staff,
                trained_staff=draw.randint(0, staff),
                coordination=draw.choice(["formal", "ad hoc", "none"]),
            )
        )
        parts.append(
            record(
                code,
                first_time=draw.random() < 0.3,
                reports_overdue=draw.random() < 0.05,
                other_national_funding=draw.choice([0, 0, 12_345]),
            )
        )
        for k, stream in enumerate(("financing", "training", "coordination")):
            parts.append(_activity(draw, f"{code}-{k}", stream))
    return apply(*parts)


def _activity(draw: random.Random, code: str, stream: str) -> Any:
    asked = draw.randint(24_000, 180_000) if stream == "financing" else draw.randint(11_000, 60_000)
    first, second = asked * draw.randint(0, 6) // 10, asked * draw.randint(0, 4) // 10
    return ask(
        code,
        asked,
        score=draw.choice(["38", "55", "62.5", "62.5", "71", "71", "88"]),
        stream=stream,
        people_to_be_certified=draw.randint(0, 3) if stream == "training" else 0,
        minimum_viable=draw.choice([None, None, asked // 2]),
        own_cash=asked // draw.choice([2, 3, 5]),
        steered=draw.random() < 0.15,
        overlaps=draw.random() < 0.05,
        partner_countries=draw.choice([(), ("SN",), ("JP",), ("SN", "JP")]),
        start=dt.date(2026, 1, 1),
        end=draw.choice([dt.date(2026, 12, 31), dt.date(2028, 6, 30)]),
        by_year={2026: first, 2027: second, 2028: asked - first - second},
    )


def years(unit: int, total: int = 4_000_000) -> str:
    """An envelope of three years that are no whole number of units."""
    parts = (total // 2 + 77, total // 4 + 33, total // 4 + 11)
    named = "".join(
        f"{year} = {part}\n" for year, part in zip((2026, 2027, 2028), parts, strict=True)
    )
    return f"[fund]\nunit = {unit}\n[fund.envelopes]\n{named}"


def judged(applications: Applications, read_: Scenario) -> Allocation:
    """The allocation; every rule, payment and remainder of it is as the referee finds it."""
    found = allocate(applications, read_)
    referee = Referee(applications, read_.tables)
    assert referee.broken(found.awards) == []
    assert referee.broken_payments(found.awards, found.payments) == []
    assert referee.value(found.awards) == found.value
    unusable(found, referee)
    return found


def unusable(found: Allocation, referee: Referee) -> None:
    """What is left is all that was not awarded, and no award can rise: for each that is not in
    full the rules that the remainder names are those that the referee finds broken."""
    told = found.remainder
    assert told.left == referee.fund - sum(found.awards.values())
    for year, left in told.by_year.items():
        paid = sum(parts.get(year, 0) for parts in found.payments.values())
        assert left == referee.envelopes[year] - paid >= 0
    short = [code for code, (_, most) in referee.spans.items() if found.awards[code] < most]
    closed = len(found.applications.activities) - len(referee.spans)
    counts = (told.full, told.short, told.closed)
    assert counts == (len(referee.spans) - len(short), len(short), closed)
    rules: dict[str, set[str]] = {}
    for stopped in told.stopped:
        for code in stopped.activities:
            rules.setdefault(code, set()).add(stopped.rule)
    assert rules.keys() == set(short)
    for code in short:
        stops = {text.partition(":")[0] for text in referee.stops(found.awards, code)}
        assert stops, code
        assert rules[code] == stops, code
    for stopped in told.stopped:
        codes = stopped.activities
        steps = [referee.next_award(found.awards, a) - found.awards[a] for a in codes]
        assert stopped.step == min(steps)
        assert stopped.missing == sum(referee.spans[a][1] - found.awards[a] for a in codes)
        assert stopped.alone == sum(1 for a in codes if len(rules[a]) == 1)
        if stopped.rule == "envelope":
            assert all((step > referee.unit) == stopped.at_once for step in steps)


@pytest.mark.parametrize("unit", UNITS)
def test_money_alone(unit: int) -> None:
    """Three years, minimum amounts, requests that are no multiples of the unit."""
    found = judged(sixty_cities(), scenario(years(unit)))
    assert found.unspent < found.case.fund.envelope // 10


@pytest.mark.parametrize("unit", UNITS)
def test_floors_that_bind(unit: int) -> None:
    """A stream's and a region's part of the envelope, and first-timers' part of what is awarded,
    all above what they would get by merit."""
    floors = (
        "[rules.stream_shares]\ntraining = { min = 0.3 }\n"
        '[[rules.group_shares]]\nattribute = "region"\ngroup = "West"\nmin = 0.4\n'
        '[[rules.group_shares]]\nattribute = "first_time"\ngroup = "yes"\nmin = 0.4\n'
        'of = "awarded"\n'
    )
    found = judged(sixty_cities(), scenario(years(unit) + floors))
    free = allocate(sixty_cities(), scenario(years(unit)))
    assert found.value < free.value
    bound = [use.limit for use in found.rows if use.binding and use.limit.part == "minimum"]
    assert {row.rule for row in bound} >= {"stream_shares", "group_shares"} or unit > 1_000


@pytest.mark.parametrize("unit", UNITS)
def test_all_rules_at_once(unit: int) -> None:
    read_ = scenario(years(unit) + EVERY_RULE)
    assert {rule.key for rule in read_.rules} == RULES.keys()
    assert {gate.key for gate in read_.gates} == GATES.keys()
    judged(sixty_cities(), read_)


@pytest.mark.parametrize("unit", UNITS)
def test_all_rules_at_once_on_the_sample(unit: int) -> None:
    """The base scenario with every rule that it leaves out, in any unit."""
    applications = read([places.sample_workbook()]).require()
    path = places.sample_scenarios() / "base.toml"
    text = path.read_text(encoding="utf-8").replace("unit = 100", f"unit = {unit}")
    for floor, lower in (("0.12", "0.02"), ("min = 0.06", "min = 0.01")):
        text = text.replace(floor, lower)
    text += (
        "[rules.matching]\nratio = 4.0\n[rules.training_first]\ntrained_share = 0.3\n"
        "base = 60_000\n[rules.coordination_first]\nbase = 60_000\n"
        "[rules.city_minimum]\namount = 6_000\n[[rules.activity_caps]]\namount = 250_000\n"
        "[[rules.award_bands]]\n"
        'streams = ["financing"]\nmin = 10_000\nmax = 100_000\n[[rules.award_bands]]\n'
        'streams = ["financing"]\nmin = 100_000\n[[decisions]]\nactivity = "LYO-2"\n'
        'exclude = true\nreason = "Withdrawn"\n'
    )
    read_ = parse(text)
    assert {rule.key for rule in read_.rules} == RULES.keys()
    judged(applications, read_)


@pytest.mark.parametrize(
    "path", sorted(places.sample_scenarios().glob("*.toml")), ids=lambda p: p.stem
)
def test_every_scenario_of_the_sample(path: Any) -> None:
    judged(read([places.sample_workbook()]).require(), load(path))
