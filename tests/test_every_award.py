"""Tiny funds whose every possible set of whole-unit awards is tried and judged by the referee."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest

from funding.applications import Applications
from funding.awards import allocate
from funding.errors import NoAllocation
from tests.oracle import Referee
from tests.small import apply, ask, city, record, scenario


def every(referee: Referee) -> Iterator[dict[str, int]]:
    """All whole-unit awards that the requests admit, sound or not."""
    codes = list(referee.spans)
    choices = [[0, *range(least, most + 1, referee.unit)] for least, most in referee.spans.values()]
    for picked in product(*choices):
        yield dict(zip(codes, picked, strict=True))


def best(referee: Referee) -> Fraction | None:
    """The largest value of any sound whole-unit awards; None where there are none."""
    values = (referee.value(x) for x in every(referee) if not referee.broken(x))
    return max(values, default=None)


def three_cities() -> Applications:
    """Requests of 2 to 5 units of 10,000; minimum amounts, steering, years and other money."""
    return apply(
        city("A", own_budget=60_000, staff=1, trained_staff=0, population=15_000),
        city("B", own_budget=30_000, staff=2, region="South", population=80_000),
        city("C", own_budget=45_000, staff=0, region="South", population=300_000),
        record("A", first_time=True),
        record("B", earlier_awards=40_000, earlier_awards_spent=30_000),
        ask("A-1", 52_000, score=81, minimum_viable=25_000, by_year={2026: 26_000, 2027: 26_000}),
        ask(
            "A-2",
            20_000,
            score="66.5",
            steered=True,
            stream="training",
            people_to_be_certified=1,
        ),
        ask("B-1", 41_500, score=74, minimum_viable=31_000, other_national_funding=4_000),
        ask("B-2", 20_000, score=90, steered=True),
        ask("C-1", 30_000, score=58, stream="training", partner_countries=("SN",)),
    )


def three_informal_cities() -> Applications:
    """The same with a step towards formal coordination in A and in B, and without A-2 and C-1."""
    given = three_cities()
    steps = [
        ask("A-3", 30_000, score=51, stream="coordination", minimum_viable=11_000),
        ask("B-3", 20_000, score=50, stream="coordination", own_cash=10_000),
    ]
    kept = [(a, given.assessments[a.code]) for a in given.activities.values()]
    kept = [part for part in kept if part[0].code not in ("A-2", "C-1")]
    return apply(*given.cities.values(), *given.records.values(), *kept, *steps)


RULES = {
    "money alone": "",
    "all or nothing": "[rules.request]\nall_or_nothing = true\n",
    "any part": "[rules.request]\nrespect_minimum_viable = false\n",
    "streams": "[rules.stream_shares]\ntraining = { min = 0.3, max = 0.4 }\n",
    "streams, all or nothing": "[rules.request]\nall_or_nothing = true\n"
    "[rules.stream_shares]\nfinancing = { max = 0.75 }\ntraining = { min = 0.2 }\n",
    "independence": "[rules.independence]\nmax_national_share = 0.45\n",
    "hands off": "[rules.hands_off]\nmax_steered_share = 0.35\nmax_steered_share_of_fund = 0.2\n",
    "absorption": "[rules.absorption]\nper_staff = 20_000\nper_training = 1.5\n",
    "regions": '[[rules.group_shares]]\nattribute = "region"\neach = true\nmin = 0.35\n'
    'of = "awarded"\n[[rules.group_shares]]\nattribute = "first_time"\ngroup = "yes"\n'
    "max = 0.5\n",
    "all to nobody": '[[rules.group_shares]]\nattribute = "theme"\ngroup = "art"\nmin = 0.1\n'
    'of = "awarded"\nat_most_demand = false\n',
    "matching": "[rules.matching]\nratio = 0.6\n",
    "training first": "[rules.training_first]\ntrained_share = 1.0\nbase = 10_000\n",
    "caps": "[rules.city_cap]\namount = 50_000\nper_inhabitant = 2\nfirst_time_amount = 40_000\n",
    "national share": "[partner_classes]\npoor = ['SN']\n[rules.national_share]\n"
    "rates = { poor = 0.35, other = 0.5, several = 0.5, none = 0.4 }\n",
    "merit of projects": '[objective]\nvalue = "merit_projects"\n'
    "[rules.independence]\nmax_national_share = 0.5\n",
    "reach": '[objective]\nvalue = "reach"\n[rules.city_cap]\nshare = 0.5\n',
    "diminishing": "[objective]\nfull_value_share = 0.5\nlater_value = 0.3\n",
    "in turn": "[ties]\nshare = false\n",
    "city minimum": "[rules.city_minimum]\namount = 45_000\n",
    "city minimum of all": "[rules.city_minimum]\namount = 30_000\n"
    "[rules.request]\nrespect_minimum_viable = false\n[rules.independence]\n",
    "bands": '[[rules.award_bands]]\nstreams = ["financing"]\nmin = 10_000\nmax = 20_000\n'
    '[[rules.award_bands]]\nstreams = ["financing", "training"]\nmin = 25_000\nmax = 41_000\n'
    "experienced_only = true\n",
    "decisions": '[[decisions]]\ncity = "C"\nminimum = 15_000\nreason = "r"\n'
    '[[decisions]]\nactivity = "B-2"\nexclude = true\nreason = "r"\n'
    '[[decisions]]\nactivity = "A-1"\nmaximum = 39_999\nreason = "r"\n',
    "must fund more than there may be": '[[decisions]]\ncity = "B"\nminimum = 60_000\n'
    'reason = "r"\n[[decisions]]\nactivity = "A-2"\nminimum = 10_001\nreason = "r"\n',
    "gates": "[gates.merit_threshold]\nscore = 66.5\n[gates.pledges_covered]\n",
}


@pytest.mark.parametrize("envelope", [40_000, 95_000, 120_000])
@pytest.mark.parametrize("rules", RULES)
def test_no_whole_units_are_worth_more(rules: str, envelope: int) -> None:
    """All awards of three cities are tried (up to 6 × 3 × 5 × 3 × 4 = 1,080): the tool's are
    sound, worth as much as the best, and it finds none only where there are none."""
    applications = three_cities()
    read = scenario(RULES[rules], envelope=envelope, unit=10_000)
    referee = Referee(applications, read.tables)
    expected = best(referee)
    if expected is None:
        with pytest.raises(NoAllocation):
            allocate(applications, read)
        return
    found = allocate(applications, read)
    assert referee.broken(found.awards) == []
    assert referee.value(found.awards) == found.value == expected


@pytest.mark.parametrize("envelope", [40_000, 95_000, 150_000])
@pytest.mark.parametrize(
    "caps",
    [
        "",
        "[rules.matching]\nratio = 0.8\n",
        "[rules.city_cap]\namount = 50_000\n",
        '[[rules.award_bands]]\nstreams = ["coordination"]\nmin = 10_000\nmax = 30_000\n'
        '[[decisions]]\nactivity = "B-3"\nmaximum = 10_000\nreason = "r"\n',
        '[[decisions]]\ncity = "A"\nmaximum = 45_000\nreason = "r"\n'
        "[rules.city_minimum]\namount = 25_000\n",
    ],
)
def test_no_whole_units_with_coordination_first_are_worth_more(caps: str, envelope: int) -> None:
    """As above, over 6 × 3 × 3 × 3 × 3 = 486 sets of awards.

    Where caps, bands or decisions cut coordination, the rule is free unless money is short.
    """
    applications = three_informal_cities()
    rule = "[rules.coordination_first]\nbase = 10_000\n"
    read = scenario(rule + caps, envelope=envelope, unit=10_000)
    referee = Referee(applications, read.tables)
    found = allocate(applications, read)
    assert referee.broken(found.awards) == []
    assert referee.value(found.awards) == found.value == best(referee)
    without = best(Referee(applications, scenario(caps, envelope=envelope, unit=10_000).tables))
    assert without is not None
    ample = ("matching" in caps and envelope > 40_000) or ("bands" in caps and envelope > 95_000)
    assert (found.value < without) == (not ample)


def test_the_rules_tried_do_matter() -> None:
    """With 95,000 most of the rule sets change the best value, or leave no allocation at all."""
    applications, values = three_cities(), {}
    for name, rules in RULES.items():
        read = scenario(rules, envelope=95_000, unit=10_000)
        values[name] = best(Referee(applications, read.tables))
    assert len(set(values.values())) >= 10


def test_years_in_whole_units() -> None:
    """2026 has 2 units and 2027 one. A-1 (80) takes half a unit of each year for each unit, so
    two units of it leave one unit of 2026 for B-1 (50): 2 × 80 + 50 = 210 (× 10,000)."""
    applications = apply(
        ask("A-1", 40_000, score=80, by_year={2026: 20_000, 2027: 20_000}),
        ask("B-1", 20_000, score=50),
    )
    read = scenario("[fund]\nunit = 10_000\n[fund.envelopes]\n2026 = 25_000\n2027 = 10_000\n")
    referee = Referee(applications, read.tables)
    found = allocate(applications, read)
    assert best(referee) == found.value == 2_100_000
    assert referee.broken_payments(found.awards, found.payments) == []


@pytest.mark.parametrize("score", [0, 60])
def test_equals_differ_by_a_unit_at_most(score: int) -> None:
    """500 among three equals in units of 10: 166.67 each, so 160, 170 and 170; merit of 0 too."""
    applications = apply(*(ask(f"A-{n}", 900, score=score) for n in range(3)))
    found = allocate(applications, scenario(envelope=500, unit=10))
    assert sorted(found.awards.values()) == [16_000, 17_000, 17_000]


@pytest.mark.parametrize(
    "rules",
    [
        "[rules.stream_shares]\ncoordination = { min = 0.1 }\n",  # nobody applies with one
        "[rules.stream_shares]\ntraining = { min = 0.6 }\n",  # 57,000, and 50,000 are asked
        '[[rules.group_shares]]\nattribute = "region"\ngroup = "North"\nmin = 0.9\n'
        "at_most_demand = false\n",  # 85,500, and 70,000 are asked
        '[[rules.group_shares]]\nattribute = "region"\ngroup = "North"\nmin = 0.4\n'
        "[rules.city_cap]\namount = 30_000\n",  # 38,000 against the cap
    ],
)
def test_contradictions(rules: str) -> None:
    """None of all possible awards holds these rules, and the tool says so."""
    applications = three_cities()
    read = scenario(rules, envelope=95_000, unit=10_000)
    assert best(Referee(applications, read.tables)) is None
    with pytest.raises(NoAllocation):
        allocate(applications, read)


def test_whole_units_alone_can_contradict_the_rules() -> None:
    """Training must get 12,000 to 18,000 of 60,000: fractions of a unit could hold that, but of
    0, 10,000 and 20,000 none does."""
    applications = apply(ask("A-1", 50_000), ask("B-1", 40_000, stream="training"))
    rules = "[rules.stream_shares]\ntraining = { min = 0.2, max = 0.3 }\n"
    read = scenario(rules, envelope=60_000, unit=10_000)
    assert best(Referee(applications, read.tables)) is None
    with pytest.raises(NoAllocation):
        allocate(applications, read)
