"""Funds of any size for the benchmarks: invented, seeded, as dense in rules as a real one.

Four activities a city; three rules a city (independence, absorption, city cap), one an activity
(national share), and some twenty rows that couple the cities: envelopes of two years, streams,
regions, size classes, first-time applicants, and what the ministry may steer.
"""

from __future__ import annotations

import random
from decimal import Decimal

from funding.applications import (
    Activity,
    Applications,
    Assessment,
    Call,
    City,
    CityRecord,
    Stream,
)
from funding.scenario import Scenario, parse

PLAN: tuple[Stream, ...] = ("financing", "financing", "training", "coordination")
REGIONS = tuple(f"Region {n}" for n in range(1, 11))
WEIGHTS = (18, 16, 14, 12, 10, 8, 7, 6, 5, 4)  # of the regions
COUNTRIES = ("SN", "ML", "MA", "TN", "JP", "US", "BR", "")
SHARE = Decimal("0.40")  # of what is asked: the envelope


def applications(cities: int, seed: int = 1) -> Applications:
    """So many cities with four activities each."""
    draw = random.Random(seed * 1_000_003 + cities)
    made = [_city(draw, n) for n in range(cities)]
    activities: list[Activity] = []
    assessments: list[Assessment] = []
    for city in made:
        for n, stream in enumerate(PLAN, 1):
            activity = _activity(draw, city, f"{city.code}-{n}", stream)
            activities.append(activity)
            assessments.append(
                Assessment(
                    activity=activity.code,
                    score=Decimal(draw.randrange(400, 1000)) / 10,
                    steered=draw.random() < 0.15,
                )
            )
    records = [_record(draw, city) for city in made if draw.random() < 0.6]
    call = Call(
        fund="Benchmark (synthetic)",
        reference="B-1",
        currency="EUR",
        first_year=2026,
        draw_number="20260401",
    )
    return Applications.of(call, made, activities, assessments, records)


def _city(draw: random.Random, n: int) -> City:
    staff = draw.randrange(1, 12)
    people = int(10 ** draw.uniform(3.7, 6.2))
    return City(
        code=f"C{n:05}",
        name=f"City {n}",
        region=draw.choices(REGIONS, WEIGHTS)[0],
        population=people,
        own_budget=draw.randrange(40, 600) * 1_000_00,
        staff=staff,
        trained_staff=draw.randrange(staff + 1),
        coordination=draw.choice(("formal", "ad hoc", "none")),
    )


def _activity(draw: random.Random, city: City, code: str, stream: Stream) -> Activity:
    large = {"financing": 120, "training": 40, "coordination": 25}[stream]
    requested = draw.randrange(large // 5, large) * 1_000_00
    own = requested * draw.randrange(30, 120) // 100 // 100 * 100
    first = requested * draw.choice((100, 60, 40)) // 100
    country = draw.choice(COUNTRIES)
    return Activity(
        code=code,
        city=city.code,
        title=f"Activity {code}",
        stream=stream,
        theme="other",
        partner_countries=(country,) if country else (),
        total_cost=requested + own,
        requested=requested,
        minimum_viable=requested * draw.randrange(40, 81) // 100 if draw.random() < 0.7 else None,
        own_cash=own,
        people_to_be_certified=draw.randrange(1, 4) if stream == "training" else 0,
        requested_by_year=((2026, first), (2027, requested - first)),
    )


def _record(draw: random.Random, city: City) -> CityRecord:
    earlier = draw.randrange(20, 200) * 1_000_00
    return CityRecord(
        city=city.code,
        first_time=draw.random() < 0.25,
        earlier_awards=earlier,
        earlier_awards_spent=earlier * draw.randrange(60, 101) // 100,
        other_national_funding=draw.choice((0, 0, 5_000_00)),
    )


def scenario(given: Applications, *, minimums: bool) -> Scenario:
    """The rules of the benchmark; ``minimums``: with minimum viable amounts, mixed-integer."""
    asked = sum(a.requested for a in given.activities.values()) // 100
    envelope = int(asked * SHARE) // 1000 * 1000
    first = int(envelope * Decimal("0.62")) // 1000 * 1000
    return parse(f"""
name = "Benchmark"

[fund]
unit = 100

[fund.envelopes]
2026 = {first}
2027 = {envelope - first}

[objective]
full_value_share = 0.6
later_value = 0.7

[rules.request]
respect_minimum_viable = {"true" if minimums else "false"}

[rules.national_share]
rates = {{ "least developed" = 0.7, "aid-eligible" = 0.55, other = 0.4, several = 0.6, none = 0.6 }}

[rules.independence]
max_national_share = 0.4

[rules.hands_off]
max_steered_share = 0.30
max_steered_share_of_fund = 0.10

[rules.absorption]
per_staff = 30_000
per_training = 2.0
default_delivery = 0.8

[rules.stream_shares]
financing = {{ max = 0.70 }}
training = {{ min = 0.16 }}
coordination = {{ min = 0.10, max = 0.3 }}

[[rules.group_shares]]
attribute = "region"
each = true
min = 0.008
max = 0.14

[[rules.group_shares]]
attribute = "size_class"
group = "small"
min = 0.06

[[rules.group_shares]]
attribute = "first_time"
group = "yes"
min = 0.15

[rules.city_cap]
amount = 120_000
per_inhabitant = 6

[size_classes]
small = 20_000
medium = 100_000
large = 500_000

[partner_classes]
"least developed" = ["SN", "ML"]
"aid-eligible" = ["MA", "TN", "BR"]
""")
