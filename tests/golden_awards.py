"""Awards that must come out the same with every supported Python, PuLP and solver.

All of them are of funds in which ties decide much, so that a difference is a fault of ours. After
a change that is meant to alter awards, write them anew and read what differs:

    python -m tests.golden_awards
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from funding import places
from funding.applications import Applications
from funding.awards import allocate
from funding.errors import NoAllocation
from funding.scenario import Scenario, load
from funding.workbook import read
from tests.small import apply, ask, city, record, scenario

FILE = Path(__file__).resolve().parent / "golden" / "awards.json"
SEEDS = range(40)
NONE = "no allocation"

Golden = dict[str, dict[str, int] | str]  # fund → activity → award [cents], zeros left out

RULES = (
    "[rules.independence]\n",
    "[rules.national_share]\nrates = { poor = 0.7, other = 0.5, several = 0.6, none = 0.4 }\n",
    "[rules.absorption]\nper_staff = 2_500\nper_training = 1.5\n",
    "[rules.hands_off]\nmax_steered_share = 0.5\n",
    "[rules.stream_shares]\nfinancing = { max = 0.7 }\n",
    '[[rules.group_shares]]\nattribute = "region"\neach = true\nmax = 0.6\n',
    "[rules.city_cap]\nper_inhabitant = 0.5\n",
)
MIXED = ("", "[rules.city_minimum]\namount = 2_000\n", "[rules.request]\nall_or_nothing = true\n")


def seeded(seed: int) -> tuple[Applications, Scenario]:
    """A fund of ten to thirty cities of few kinds, and a scenario; every third fund is linear."""
    draw = random.Random(seed)
    kinds = [_kind(draw) for _ in range(3)]
    means = [_means(draw) for _ in range(3)]
    parts: list[Any] = []
    for n in range(draw.randint(10, 30)):
        code = f"{draw.choice('ABCDEFGH')}{n}"
        parts.append(city(code, **draw.choice(means)))
        if draw.random() < 0.3:
            parts.append(record(code, first_time=draw.random() < 0.5))
        for k in range(draw.randint(1, 3)):
            parts.append(ask(f"{code}-{k}", **draw.choice(kinds)))
    given = apply(*parts, draw_number=str(seed))
    asked = sum(a.requested for a in given.activities.values()) // 100
    envelope = asked * draw.randint(20, 80) // 100
    text = f"[fund]\nunit = {draw.choice([1, 10, 100, 250])}\n"
    if draw.random() < 0.5:
        text += f"[fund.envelopes]\n2026 = {envelope * 3 // 5}\n2027 = {envelope * 2 // 5}\n"
    else:
        text += f"envelope = {envelope}\n"
    text += "[partner_classes]\npoor = ['SN']\n[objective]\n"
    text += f'value = "{draw.choice(["merit_money", "merit_money", "merit_projects", "reach"])}"\n'
    text += draw.choice(["", "", "", "full_value_share = 0.6\n"])
    text += draw.choice(["", "", "fairness_price = 0.03\n", "[ties]\nshare = false\n"])
    text += "".join(sorted(draw.sample(RULES, 3)))
    linear = "[rules.request]\nrespect_minimum_viable = false\n"
    return given, scenario(text + (draw.choice(MIXED) if seed % 3 else linear))


def _kind(draw: random.Random) -> dict[str, Any]:
    requested = draw.choice([1_000, 1_500, 2_000, 3_333])
    first = draw.choice([requested, requested // 2])
    return {
        "requested": requested,
        "score": draw.choice([60, 60, 60, 75]),
        "stream": draw.choice(["financing", "financing", "training", "coordination"]),
        "minimum_viable": draw.choice([None, requested // 2, requested]),
        "steered": draw.random() < 0.2,
        "partner_countries": draw.choice([(), ("SN",), ("JP",)]),
        "by_year": draw.choice([None, {2026: first, 2027: requested - first}]),
    }


def _means(draw: random.Random) -> dict[str, Any]:
    return {
        "region": draw.choice(["North", "South", "West"]),
        "population": draw.choice([5_000, 20_000, 90_000]),
        "own_budget": draw.choice([3_000, 6_000, 50_000]),
        "staff": draw.randint(0, 3),
        "trained_staff": 0,
    }


def cases() -> Iterator[tuple[str, Applications, Scenario]]:
    """Every fund by name: the seeded ones, then the sample under each of its scenarios."""
    for seed in SEEDS:
        yield (f"seed {seed}", *seeded(seed))
    sample = read([places.sample_workbook()]).require()
    for path in sorted(places.sample_scenarios().glob("*.toml")):
        yield f"sample, {path.stem}", sample, load(path)


def awards_of(applications: Applications, read_: Scenario) -> dict[str, int] | str:
    """Activity → award [cents] where it has one; or that there is no allocation."""
    try:
        found = allocate(applications, read_)
    except NoAllocation:
        return NONE
    return {code: award for code, award in sorted(found.awards.items()) if award}


def main() -> None:
    """Write the file anew."""
    golden: Golden = {name: awards_of(given, rules) for name, given, rules in cases()}
    FILE.parent.mkdir(exist_ok=True)
    lines = (f"{json.dumps(name)}: {json.dumps(found)}" for name, found in golden.items())
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
