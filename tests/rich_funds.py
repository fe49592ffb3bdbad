"""Random funds of up to ten cities and thirty activities under rules that bind.

The funds of ``tests/random_funds.py`` are tiny, so that all their awards can be tried. These are
for the matrix of ``tests/referee_milp.py``: limits are drawn near what is asked for, so that
each rule often has something to cut. One seed makes one fund, always the same.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from funding.applications import Applications
from tests.small import Ask, apply, ask, city, record

STREAMS = ("financing", "financing", "financing", "training", "coordination")
REGIONS = ("North", "South", "West")


def fund(rng: Random) -> Applications:
    """Two to ten cities with one to four activities each, thirty together at most."""
    parts: list[Any] = []
    room = 30
    for number in range(rng.randint(2, 10)):
        code, staff = f"C{number}", rng.randint(0, 6)
        count = min(rng.randint(1, 4), room)
        room -= count
        asks = [_ask(rng, f"{code}-{n}") for n in range(count)]
        own = sum(activity.own_cash for activity, _ in asks) // 100
        if asks:
            parts += [_city(rng, code, staff, own), *asks]
        if asks and rng.random() < 0.6:
            parts.append(_record(rng, code))
    return apply(*parts)


def _city(rng: Random, code: str, staff: int, own: int) -> Any:
    """A city that has often budgeted about what it pledges."""
    return city(
        code,
        region=rng.choice(REGIONS),
        population=rng.choice([8_000, 20_000, 45_000, 120_000, 600_000]),
        own_budget=int(own * rng.choice([0.7, 1.0, 1.3, 2.0])),
        earlier_budget=rng.choice([None, 0, int(own * 0.9), int(own * 1.4)]),
        staff=staff,
        trained_staff=rng.randint(0, staff),
        coordination=rng.choice(["formal", "ad hoc", "ad hoc", "none"]),
    )


def _record(rng: Random, code: str) -> Any:
    earlier = rng.choice([None, 0, 30_000])
    return record(
        code,
        first_time=rng.random() < 0.4,
        reports_overdue=rng.random() < 0.5,
        earlier_awards=earlier,
        earlier_awards_spent=None if earlier is None else rng.choice([None, 12_000, 30_000]),
        other_national_funding=rng.choice([0, 0, 2_500]),
    )


def _ask(rng: Random, code: str) -> Ask:
    stream = rng.choice(STREAMS)
    requested = rng.choice([4_000, 7_777, 12_000, 15_250, 20_000, 33_333, 40_000])
    if stream != "financing":
        requested //= 2
    first = int(requested * rng.choice([0, 0.3, 0.5, 1]))
    return ask(
        code,
        requested,
        score=rng.choice(["35", "48.5", "60", "60", "66.25", "72", "80", "91"]),
        stream=stream,
        theme=rng.choice(["water", "culture"]),
        main_benefit=rng.choice([None, "economic ties", "culture and ideas"]),
        people_to_be_certified=rng.randint(0, 3) if stream == "training" else 0,
        minimum_viable=rng.choice([None, None, None, requested // 3, requested * 2 // 3]),
        own_cash=int(requested * rng.choice([0.1, 0.5, 1, 1])),
        own_in_kind=int(requested * rng.choice([0, 0, 0.4])),
        eligible_cost=rng.choice([None, None, requested, int(requested * 1.5)]),
        eligible=rng.random() < 0.95,
        steered=rng.random() < 0.5,
        overlaps=rng.random() < 0.2,
        other_national_funding=rng.choice([0, 0, 0, requested // 10]),
        partner_countries=rng.choice([(), ("SN",), ("JP",), ("SN", "JP"), ("JP", "KR")]),
        start=rng.choice([None, dt.date(2026, 1, 1), dt.date(2026, 3, 15)]),
        end=rng.choice([None, dt.date(2026, 12, 31), dt.date(2027, 6, 14)]),
        by_year=rng.choice([None, {2026: first, 2027: requested - first}]),
    )


def tables(rng: Random, applications: Applications) -> str:
    """A scenario's text: its money, its objective, up to two gates and two to six rules."""
    asked = sum(a.requested for a in applications.activities.values()) // 100
    envelope = int(asked * rng.choice([0.12, 0.2, 0.3, 0.5]))
    text = f"[fund]\nunit = {rng.choice([100, 500, 1_000, 2_000])}\n"
    if rng.random() < 0.3:
        part = int(envelope * rng.choice([0.3, 0.5, 0.7]))
        text += f"[fund.envelopes]\n2026 = {part}\n2027 = {envelope - part}\n"
    else:
        text += f"envelope = {envelope}\n"
    text += "[size_classes]\nsmall = 20_000\nlarge = 200_000\n[partner_classes]\npoor = ['SN']\n"
    text += f'[objective]\nvalue = "{rng.choice(["merit_money", "merit_projects", "reach"])}"\n'
    if rng.random() < 0.3:
        text += f"full_value_share = {rng.choice([0.25, 0.6])}\n"
        text += f"later_value = {rng.choice([0, 0.3, 0.5])}\n"
    for gate in rng.sample(sorted(GATES), rng.randint(0, 2)):
        text += f"[gates.{gate}]\n{rng.choice(GATES[gate])}"
    for rule in rng.sample(sorted(RULES), rng.randint(2, 6)):
        text += RULES[rule](rng, applications, envelope)
    return text


GATES = {
    "reports_filed": [""],
    "additionality": ["", "tolerance = 0.1\n"],
    "pledges_covered": [""],
    "no_overlap": ["", "refuse_other_funding = true\n", "refuse_other_funding = true\n"],
    "own_contribution": ["floor = 0.3\nin_kind_share = 0.4\n", "floor = 0\n", "floor = 0.15\n"],
    "merit_threshold": ["score = 48.5\n", "score = 50\n"],
}


def _request(rng: Random, _: Applications, __: int) -> str:
    kind = rng.choice(["all_or_nothing = true", "respect_minimum_viable = false"])
    return f"[rules.request]\n{kind}\n"


def _national_share(rng: Random, _: Applications, __: int) -> str:
    a, b, c = (rng.choice([0.1, 0.25, 0.3, 0.45]) for _ in range(3))
    rates = f"poor = 0.5, other = {a}, several = {b}, none = {c}"
    text = f"[rules.national_share]\nrates = {{ {rates} }}\n"
    text += rng.choice(["", f"several_countries = {rng.choice([0.4, 0.6])}\n"])
    return text + rng.choice(["", f"region_rates = {{ North = {rng.choice([0.15, 0.6])} }}\n"])


def _matching(rng: Random, _: Applications, __: int) -> str:
    return f"[rules.matching]\nratio = {rng.choice([0.5, 0.75, 1, 1.5])}\n"


def _independence(rng: Random, _: Applications, __: int) -> str:
    return f"[rules.independence]\nmax_national_share = {rng.choice([0.25, 0.3, 0.4])}\n"


def _hands_off(rng: Random, _: Applications, __: int) -> str:
    text = f"[rules.hands_off]\nmax_steered_share = {rng.choice([0.2, 0.35, 0.5, 1])}\n"
    return text + f"max_steered_share_of_fund = {rng.choice([0.05, 0.1, 0.2, 1])}\n"


def _absorption(rng: Random, _: Applications, __: int) -> str:
    text = f"[rules.absorption]\nper_staff = {rng.choice([1_500, 3_000, 6_000])}\n"
    return text + f"per_training = {rng.choice([0, 0.8, 2])}\ndefault_delivery = 0.8\n"


def _training_first(rng: Random, _: Applications, __: int) -> str:
    text = f"[rules.training_first]\ntrained_share = {rng.choice([0.5, 0.75, 1])}\n"
    return text + f"base = {rng.choice([0, 3_000, 8_000])}\n"


def _coordination_first(rng: Random, _: Applications, __: int) -> str:
    return f"[rules.coordination_first]\nbase = {rng.choice([0, 3_000, 8_000])}\n"


def _stream_shares(rng: Random, applications: Applications, envelope: int) -> str:
    floor = _within(rng, applications, envelope, "training") if rng.random() < 0.6 else 0
    text = f"[rules.stream_shares]\nfinancing = {{ max = {rng.choice([0.25, 0.4, 0.5, 0.6])} }}\n"
    return text + (f"training = {{ min = {floor} }}\n" if floor else "")


def _within(rng: Random, applications: Applications, envelope: int, stream: str) -> float:
    """A share of the envelope that the stream's requests can often fill."""
    asks = [a.requested for a in applications.activities.values() if a.stream == stream]
    return round(min(0.3, rng.choice([0.1, 0.2, 0.3]) * sum(asks) / 100 / envelope), 2)


def _group_shares(rng: Random, _: Applications, __: int) -> str:
    text = ""
    for _number in range(rng.randint(1, 3)):
        which = rng.choice(
            [
                ("region", rng.choice(REGIONS)),
                ("size_class", rng.choice(["small", "large", "metropolis"])),
                ("theme", rng.choice(["water", "culture"])),
                ("benefit", "economic ties"),
                ("partner_class", rng.choice(["poor", "none", "several"])),
                ("region", rng.sample(REGIONS, 2)),
                ("partner_class", ["poor", "none"]),
                ("first_time", rng.choice(["yes", "no"])),
                ("region", None),
                ("partner_class", None),
            ]
        )
        text += f'[[rules.group_shares]]\nattribute = "{which[0]}"\n'
        if isinstance(which[1], list):
            text += f"groups = {which[1]}\n"
        else:
            text += "each = true\n" if which[1] is None else f'group = "{which[1]}"\n'
        if rng.random() < 0.5:
            text += f"max = {rng.choice([0.05, 0.1, 0.2, 0.3])}\n"
        else:
            text += f"min = {rng.choice([0.15, 0.2, 0.3, 0.4])}\n"
        text += f'of = "{rng.choice(["envelope", "awarded"])}"\n'
        text += rng.choice([""] * 5 + ["at_most_demand = false\n"])
    return text


def _city_cap(rng: Random, _: Applications, __: int) -> str:
    kinds = ["amount = 15_000", "amount = 24_750", "share = 0.2", "per_inhabitant = 0.4"]
    text = f"[rules.city_cap]\n{rng.choice(kinds)}\n"
    return text + rng.choice(["", "first_time_amount = 9_000\n"])


def _activity_caps(rng: Random, _: Applications, __: int) -> str:
    text = ""
    for _number in range(rng.randint(1, 2)):
        kinds = ["amount = 4_250", "amount = 8_000", "per_year = 2_750", "per_year = 5_000"]
        whom = [
            "",
            'attribute = "theme"\ngroup = "water"\n',
            f'attribute = "region"\ngroup = "{rng.choice(REGIONS)}"\n',
            'attribute = "partner_class"\ngroup = "other"\n',
        ]
        text += f"[[rules.activity_caps]]\n{rng.choice(kinds)}\n{rng.choice(whom)}"
    return text


def _city_minimum(rng: Random, _: Applications, __: int) -> str:
    return f"[rules.city_minimum]\namount = {rng.choice([9_000, 14_750, 22_000, 30_000])}\n"


def _award_bands(rng: Random, _: Applications, __: int) -> str:
    text, low = "", rng.choice([0, 2_000, 5_250])
    for number in range(rng.randint(1, 3)):
        streams = rng.choice(['["financing"]', '["financing", "training"]', '["coordination"]'])
        high = low + rng.choice([3_000, 4_100, 8_000])
        text += f"[[rules.award_bands]]\nstreams = {streams}\nmin = {low}\n"
        text += "" if number == 2 else f"max = {high}\n"
        text += rng.choice(["", "", "max_months = 12\n", "min_months = 13\n"])
        text += rng.choice(["", "", "experienced_only = true\n"])
        text += rng.choice(["", 'themes = ["water"]\n'])
        low = high + rng.choice([-1_000, 0, 3_000])
    return text


def _decisions(rng: Random, applications: Applications, _: int) -> str:
    text = ""
    activities = list(applications.activities.values())
    for activity in rng.sample(activities, min(len(activities), rng.randint(1, 2))):
        some = activity.requested // 200
        kinds = [f"minimum = {some // 4}", f"maximum = {some}", "exclude = true", "exclude = true"]
        text += f'[[decisions]]\nactivity = "{activity.code}"\n{rng.choice(kinds)}\n'
        text += 'reason = "Decided"\n'
    town = rng.choice(sorted(applications.cities))
    what = rng.choice(["minimum = 1_050", "maximum = 5_000", "maximum = 4_250"])
    return text + f'[[decisions]]\ncity = "{town}"\n{what}\nreason = "Decided"\n'


RULES = {
    "request": _request,
    "national_share": _national_share,
    "matching": _matching,
    "independence": _independence,
    "hands_off": _hands_off,
    "absorption": _absorption,
    "training_first": _training_first,
    "coordination_first": _coordination_first,
    "stream_shares": _stream_shares,
    "group_shares": _group_shares,
    "city_cap": _city_cap,
    "activity_caps": _activity_caps,
    "city_minimum": _city_minimum,
    "award_bands": _award_bands,
    "decisions": _decisions,
}
