"""Random small funds and random tables of a scenario, for tests of what holds for every fund."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from funding.applications import Applications
from tests.small import Ask, apply, ask, city, record


def tenths(least: int = 0, most: int = 10) -> st.SearchStrategy[str]:
    """A share of 1 as a scenario writes it."""
    return st.integers(least, most).map(lambda n: f"{n / 10}")


@st.composite
def asks(draw: st.DrawFn, code: str) -> Ask:
    """An activity of up to four units, seldom a whole number of them."""
    stream = draw(st.sampled_from(["financing", "financing", "training", "coordination"]))
    people = draw(st.integers(0, 3)) if stream == "training" else 0
    requested = draw(st.sampled_from([900, 1_000, 1_500, 2_000, 2_500, 3_333, 4_000]))
    first = draw(st.sampled_from([0, requested // 2, requested]))
    return ask(
        code,
        requested,
        score=draw(st.sampled_from(["0", "40", "55.5", "60", "60", "60", "80", "95"])),
        stream=stream,
        theme=draw(st.sampled_from(["water", "water", "waste"])),
        people_to_be_certified=people,
        minimum_viable=draw(st.sampled_from([None, None, 500, requested // 2, requested])),
        own_cash=draw(st.sampled_from([0, 300, requested])),
        own_in_kind=draw(st.sampled_from([0, 400])),
        eligible_cost=draw(st.sampled_from([None, None, 0, requested, 3 * requested])),
        eligible=draw(st.sampled_from([True] * 7 + [False])),
        steered=draw(st.booleans()),
        overlaps=draw(st.sampled_from([False] * 7 + [True])),
        other_national_funding=draw(st.sampled_from([0, 0, 250])),
        partner_countries=draw(st.sampled_from([(), ("SN",), ("JP",), ("SN", "JP"), ("JP", "KR")])),
        start=draw(st.sampled_from([None, dt.date(2026, 1, 1), dt.date(2026, 3, 15)])),
        end=draw(st.sampled_from([None, dt.date(2026, 12, 31), dt.date(2027, 3, 15)])),
        by_year=draw(st.sampled_from([None, {2026: first, 2027: requested - first}])),
    )


@st.composite
def funds(draw: st.DrawFn, most: int = 5) -> Applications:
    """One to three cities with together up to ``most`` activities."""
    owners = draw(st.lists(st.sampled_from("ABC"), min_size=1, max_size=most))
    parts: list[Any] = []
    for code in sorted(set(owners)):
        staff = draw(st.integers(0, 3))
        parts.append(
            city(
                code,
                region=draw(st.sampled_from(["North", "South"])),
                population=draw(st.sampled_from([5_000, 20_000, 20_001, 90_000])),
                own_budget=draw(st.sampled_from([0, 2_000, 4_500, 20_000])),
                earlier_budget=draw(st.sampled_from([None, 0, 2_000, 5_000])),
                staff=staff,
                trained_staff=draw(st.integers(0, staff)),
                coordination=draw(st.sampled_from(["formal", "ad hoc", "ad hoc", "none"])),
            )
        )
        if draw(st.booleans()):
            parts.append(
                record(
                    code,
                    first_time=draw(st.booleans()),
                    reports_overdue=draw(st.sampled_from([False] * 5 + [True])),
                    earlier_awards=draw(st.sampled_from([None, 0, 3_000])),
                    earlier_awards_spent=draw(st.sampled_from([None, 1_000, 3_000])),
                    other_national_funding=draw(st.sampled_from([0, 700])),
                )
            )
    for code in sorted(set(owners)):
        parts += [draw(asks(f"{code}-{n}")) for n in range(owners.count(code))]
    return apply(*parts)


GATES = {
    "reports_filed": st.just(""),
    "additionality": tenths().map(lambda s: f"tolerance = {s}\n"),
    "pledges_covered": st.just(""),
    "no_overlap": st.sampled_from(["", "refuse_other_funding = true\n"]),
    "own_contribution": st.tuples(tenths(0, 5), tenths()).map(
        lambda p: f"floor = {p[0]}\nin_kind_share = {p[1]}\n"
    ),
    "merit_threshold": st.sampled_from(["score = 40\n", "score = 55.6\n"]),
}
# Rules whose limits do not depend on the envelope.
STEADY = {
    "request": st.sampled_from(["all_or_nothing = true\n", "respect_minimum_viable = false\n"]),
    "national_share": st.tuples(
        tenths(),
        tenths(),
        st.sampled_from(["", "several_countries = 0.5\n"]),
        st.sampled_from(["", "", "region_rates = { South = 0.4 }\n"]),
    ).map(
        lambda p: (
            f"rates = {{ poor = 0.7, other = {p[0]}, several = 0.6, none = {p[1]} }}\n{p[2]}{p[3]}"
        )
    ),
    "matching": st.sampled_from(["ratio = 0\n", "ratio = 0.7\n", "ratio = 1\n", "ratio = 2.5\n"]),
    "independence": tenths().map(lambda s: f"max_national_share = {s}\n"),
    "hands_off": st.tuples(tenths(), tenths()).map(
        lambda p: f"max_steered_share = {p[0]}\nmax_steered_share_of_fund = {p[1]}\n"
    ),
    "absorption": st.tuples(st.sampled_from([0, 700, 2_000]), tenths(0, 20)).map(
        lambda p: f"per_staff = {p[0]}\nper_training = {p[1]}\ndefault_delivery = 0.8\n"
    ),
    "training_first": st.tuples(tenths(), st.sampled_from([0, 700, 2_000])).map(
        lambda p: f"trained_share = {p[0]}\nbase = {p[1]}\n"
    ),
    "coordination_first": st.sampled_from(["base = 0\n", "base = 800\n", "base = 2_000\n"]),
    "city_minimum": st.sampled_from(["amount = 1_700\n", "amount = 3_000\n", "amount = 5_000\n"]),
    "city_cap": st.sampled_from(
        ["amount = 3_500\n", "per_inhabitant = 0.15\n", "first_time_amount = 1_000\n"]
    ),
}
STREAMS = st.tuples(st.sampled_from(["financing", "training"]), tenths(0, 4), tenths(5)).map(
    lambda p: f"{p[0]} = {{ min = {p[1]}, max = {p[2]} }}\n"
)
NAMED = ('"region"\ngroup = "North"', '"size_class"\ngroup = "small"', '"first_time"\ngroup = "no"')
POTS = ('"partner_class"\ngroups = ["poor", "none"]', '"theme"\ngroups = ["waste", "water", "air"]')
EACH = ('"benefit"\neach = true', '"partner_class"\neach = true', '"size_class"\neach = true')


@st.composite
def shares(draw: st.DrawFn, of: str) -> str:
    """One group share, as a floor or as a ceiling."""
    which = draw(st.sampled_from([*NAMED, *POTS, *EACH]))
    demand = draw(st.sampled_from(["", "at_most_demand = false\n"]))
    limit = draw(st.one_of(tenths(0, 6).map("min = {}".format), tenths(3).map("max = {}".format)))
    table = f"[[rules.group_shares]]\nattribute = {which}\n{limit}\n"
    return f'{table}of = "{of}"\n{demand}'


@st.composite
def bands(draw: st.DrawFn) -> str:
    """One or two award bands, which may overlap, meet or leave a gap."""
    text = ""
    named = ('["financing"]', '["training", "financing"]', '["coordination", "financing"]')
    for _ in range(draw(st.integers(1, 2))):
        streams = draw(st.sampled_from(named))
        least = draw(st.sampled_from([0, 900, 1_000, 2_000, 2_500]))
        text += f"[[rules.award_bands]]\nstreams = {streams}\nmin = {least}\n"
        text += draw(st.sampled_from(["", f"max = {least + 1_000}\n", f"max = {least + 1_100}\n"]))
        text += draw(st.sampled_from(["", "max_months = 12\n", "min_months = 13\n"]))
        text += draw(st.sampled_from(["", "experienced_only = true\n"]))
        text += draw(st.sampled_from(["", "", 'themes = ["water", "air"]\n']))
    return text


@st.composite
def activity_caps(draw: st.DrawFn) -> str:
    """One or two caps on activities, in all or a year, for all of them or for a group."""
    text = ""
    for _ in range(draw(st.integers(1, 2))):
        limit = draw(st.sampled_from(["amount = 1_250", "amount = 2_500", "per_year = 990"]))
        whom = draw(
            st.sampled_from(
                [
                    "",
                    'attribute = "theme"\ngroup = "waste"\n',
                    'attribute = "partner_class"\ngroup = "none"\n',
                    'attribute = "first_time"\ngroup = "yes"\n',
                ]
            )
        )
        text += f"[[rules.activity_caps]]\n{limit}\n{whom}"
    return text


@st.composite
def decisions(draw: st.DrawFn) -> str:
    """One decision by hand; seldom for a code that nobody has."""
    kind, code = draw(
        st.sampled_from(
            [("city", "A"), ("city", "B"), ("activity", "A-0"), ("activity", "B-0"), ("city", "Z")]
        )
    )
    what = draw(
        st.sampled_from(
            [
                "minimum = 1_000",
                "minimum = 1_500\nmaximum = 2_500",
                "maximum = 1_700",
                "exclude = true",
            ]
        )
    )
    return f'[[decisions]]\n{kind} = "{code}"\n{what}\nreason = "Decided"\n'


@st.composite
def rules(
    draw: st.DrawFn,
    steady: bool = False,
    linear: bool = False,
    priced: bool = False,
    named_codes: bool = True,
) -> str:
    """Tables of a scenario with up to one gate and ten rules or decisions, without the fund.

    ``steady``: no limit depends on the envelope; ``linear``: no minimum viable amounts;
    ``priced``: value may be given up for evenness, or equals be served in turn;
    ``named_codes``: there may be decisions by hand, which name cities and activities.
    """
    text = "[size_classes]\nsmall = 20_000\n[partner_classes]\npoor = ['SN']\n"
    value = draw(st.sampled_from(["merit_money", "merit_money", "merit_projects", "reach"]))
    text += f'[objective]\nvalue = "{value}"\n'
    if draw(st.integers(0, 5)) == 0:
        text += "full_value_share = 0.5\nlater_value = 0.4\n"
    if priced:
        text += draw(st.sampled_from(["", "fairness_price = 0.1\n", "[ties]\nshare = false\n"]))
    for gate in draw(st.lists(st.sampled_from(sorted(GATES)), max_size=1, unique=True)):
        text += f"[gates.{gate}]\n{draw(GATES[gate])}"
    named = set(draw(st.lists(st.sampled_from(sorted(STEADY)), max_size=4, unique=True)))
    if linear:
        text += "[rules.request]\nrespect_minimum_viable = false\n"
        named -= {"request", "city_minimum"}
    for rule in sorted(named):
        text += f"[rules.{rule}]\n{draw(STEADY[rule])}"
    if not steady and draw(st.integers(0, 3)) == 0:
        text += f"[rules.stream_shares]\n{draw(STREAMS)}"
    if draw(st.integers(0, 2)) == 0:
        text += draw(
            shares("awarded" if steady else draw(st.sampled_from(["envelope", "awarded"])))
        )
    if draw(st.integers(0, 4)) == 0:
        text += draw(activity_caps())
    if not linear and draw(st.integers(0, 4)) == 0:
        text += draw(bands())
    if not named_codes:
        return text
    made = draw(st.lists(decisions(), max_size=2, unique_by=lambda t: t.split("\n")[1]))
    return text + "".join(made)


ENVELOPES = st.one_of(
    st.sampled_from([0, 1_000, 3_700, 6_000, 9_999]).map(lambda f: f"envelope = {f}\n"),
    st.sampled_from([(3_500, 2_000), (2_000, 0), (1_000, 5_000)]).map(
        lambda f: f"[fund.envelopes]\n2026 = {f[0]}\n2027 = {f[1]}\n"
    ),
)


@st.composite
def caps(draw: st.DrawFn) -> str:
    """Tables of a scenario with rules that concern one award or one city's total alone."""
    text = "[partner_classes]\npoor = ['SN']\n"
    names = ("request", "national_share", "matching", "independence", "city_cap")
    for rule in sorted(draw(st.sets(st.sampled_from(names), max_size=2))):
        text += f"[rules.{rule}]\n{draw(STEADY[rule])}"
    if draw(st.booleans()):
        text += draw(activity_caps())
    if draw(st.booleans()):
        text += draw(bands())
    made = draw(st.lists(decisions(), max_size=2, unique_by=lambda t: t.split("\n")[1]))
    return text + "".join(made)
