"""Funds without an allocation, each with every irreducible set of its rules, worked out by hand.

Unless said otherwise the envelope is 1,000 in units of 100, cities are in North with ample means,
and the scores are all 70. A set names rules by key and decisions by whom they are for. The repair
is the cheapest by hand: key → new value, None where the key is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from funding.applications import Applications
from tests.small import apply, ask, city

STREAMS = "[rules.stream_shares]\n"
GROUP = '[[rules.group_shares]]\nattribute = "region"\n'


def decision(whom: str, what: str) -> str:
    """A decision for a city, or for an activity where there is a hyphen."""
    kind = "activity" if "-" in whom else "city"
    return f'[[decisions]]\n{kind} = "{whom}"\n{what}\nreason = "Promised"\n'


@dataclass(frozen=True)
class Hopeless:
    """A fund without an allocation, why that is so, and how it is cheapest repaired."""

    why: str
    given: Applications
    tables: str
    sets: tuple[frozenset[str], ...]
    repair: Mapping[str, Decimal | None]
    amounts: frozenset[int] = frozenset()  # some that have to be told [currency units]
    envelope: int = 1_000
    unit: int = 100


def _of(*sets: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(each.split()) for each in sets)


def _to(**values: str | None) -> dict[str, Decimal | None]:
    return {
        key.replace("__", "."): None if value is None else Decimal(value)
        for key, value in values.items()
    }


A, B = ask("A-1", 800), ask("B-1", 800)
TRAINING, COORDINATION = ask("A-1", 800, stream="training"), ask("B-1", 800, stream="coordination")
POOR_B = (ask("A-1", 800), ask("B-1", 800, stream="training"), city("B", own_budget=100))

FUNDS = (
    Hopeless(
        "Training is guaranteed 500, independence leaves its only city 100. σ / (1 − σ) × 100 ≥ "
        "500 "
        "from σ = 5/6, in steps of a thousandth 0.834: by 66.8 %; the floor to 0.1: by 80 %.",
        apply(*POOR_B),
        STREAMS + "training = { min = 0.5 }\n[rules.independence]\n",
        _of("independence stream_shares"),
        _to(rules__independence__max_national_share="0.834"),
        frozenset({100, 500}),
    ),
    Hopeless(
        "Floors of 600 and 500 in an envelope of 1,000; they grow with it. 0.6 to 0.5 is a sixth, "
        "0.5 to 0.4 a fifth.",
        apply(TRAINING, COORDINATION),
        STREAMS + "training = { min = 0.6 }\ncoordination = { min = 0.5 }\n",
        _of("envelope stream_shares"),
        _to(rules__stream_shares__training__min="0.5"),
        frozenset({600, 500, 1_000}),
    ),
    Hopeless(
        "A floor of 600, and 500 are asked.",
        apply(A, ask("B-1", 500, stream="training")),
        STREAMS + "training = { min = 0.6 }\n",
        _of("request stream_shares"),
        _to(rules__stream_shares__training__min="0.5"),
        frozenset({600, 500}),
    ),
    Hopeless(
        "A floor for a stream that nobody applies in.",
        apply(A),
        STREAMS + "coordination = { min = 0.1 }\n",
        _of("stream_shares"),
        _to(rules__stream_shares__coordination__min="0"),
        frozenset({100}),
    ),
    Hopeless(
        "North is guaranteed 900 whatever it asks, and asks 700.",
        apply(ask("A-1", 700), B, city("B", region="South")),
        GROUP + 'group = "North"\nmin = 0.9\nat_most_demand = false\n',
        _of("request group_shares"),
        _to(rules__group_shares__0__min="0.7"),
        frozenset({900, 700}),
    ),
    Hopeless(
        "North is guaranteed 400, its only city capped at 300. The floor to 0.3 is a quarter, the "
        "cap to 400 a third.",
        apply(A, B, city("B", region="South")),
        GROUP + 'group = "North"\nmin = 0.4\n[rules.city_cap]\namount = 300\n',
        _of("group_shares city_cap"),
        _to(rules__group_shares__0__min="0.3"),
        frozenset({400, 300}),
    ),
    Hopeless(
        "Minimums of 600 and 500 in 1,000: the envelope to 1,100 is a tenth, A to 500 a sixth, B "
        "to "
        "400 a fifth.",
        apply(A, B),
        decision("A", "minimum = 600") + decision("B", "minimum = 500"),
        _of("envelope A B"),
        _to(fund__envelope="1100"),
        frozenset({600, 500, 1_000}),
    ),
    Hopeless(
        "An activity must have 500, and its city is excluded: leaving out either is a whole.",
        apply(A, B),
        decision("A-1", "minimum = 500") + decision("A", "exclude = true"),
        _of("A-1 A"),
        _to(decisions__0__minimum=None),
        frozenset({500}),
    ),
    Hopeless(
        "A minimum of 900 for a request of 800.",
        apply(A, B),
        decision("A-1", "minimum = 900"),
        _of("request A-1"),
        _to(decisions__0__minimum="800"),
        frozenset({900, 800}),
    ),
    Hopeless(
        "A minimum for a city that does not apply.",
        apply(A),
        decision("Z", "minimum = 100"),
        _of("Z"),
        _to(decisions__0__minimum=None),
    ),
    Hopeless(
        "A minimum for an activity that is not eligible.",
        apply(A, ask("D-1", 500, eligible=False)),
        decision("D-1", "minimum = 100"),
        _of("D-1"),
        _to(decisions__0__minimum=None),
    ),
    Hopeless(
        "A quarter of the cost of 1,600 is 400, decided are 500. To 400 is a fifth; 0.313 × "
        "1,600 = "
        "500.8 is a quarter more.",
        apply(A, B),
        "[rules.national_share]\nrates = { none = 0.25, other = 0.25, several = 0.25 }\n"
        + decision("A-1", "minimum = 500"),
        _of("national_share A-1"),
        _to(decisions__0__minimum="400"),
        frozenset({400, 500}),
    ),
    Hopeless(
        "Half of the own 800 is 400, decided are 500. To 400 is a fifth, the ratio to 0.63 more.",
        apply(A, B),
        "[rules.matching]\nratio = 0.5\n" + decision("A-1", "minimum = 500"),
        _of("matching A-1"),
        _to(decisions__0__minimum="400"),
        frozenset({400, 500}),
    ),
    Hopeless(
        "A city with one activity, and that is steered: x ≤ 0.2 x. Leaving the minimum out is a "
        "whole, ε to 1 is four.",
        apply(ask("A-1", 800, steered=True), B),
        "[rules.hands_off]\nmax_steered_share = 0.2\n" + decision("A-1", "minimum = 500"),
        _of("hands_off A-1"),
        _to(decisions__0__minimum=None),
        frozenset({500}),
    ),
    Hopeless(
        "Five staff manage 500, financing is guaranteed 600: 0.6 to 0.5 is a sixth, 100 to 120 for "
        "each of the staff a fifth.",
        apply(A),
        "[rules.absorption]\nper_staff = 100\n" + STREAMS + "financing = { min = 0.6 }\n",
        _of("absorption stream_shares"),
        _to(rules__stream_shares__financing__min="0.5"),
        frozenset({500, 600}),
    ),
    Hopeless(
        "Nobody trained: the base of 200, and financing is guaranteed 300. To 0.2 is a third, the "
        "base to 300 a half, no share of trained staff a whole.",
        apply(A, city("A", staff=4, trained_staff=0)),
        "[rules.training_first]\ntrained_share = 0.5\nbase = 200\n"
        + STREAMS
        + "financing = { min = 0.3 }\n",
        _of("training_first stream_shares"),
        _to(rules__stream_shares__financing__min="0.2"),
        frozenset({200, 300}),
    ),
    Hopeless(
        "No step towards coordination: the base of 200, and financing is guaranteed 300.",
        apply(A),
        "[rules.coordination_first]\nbase = 200\n" + STREAMS + "financing = { min = 0.3 }\n",
        _of("coordination_first stream_shares"),
        _to(rules__stream_shares__financing__min="0.2"),
        frozenset({200, 300}),
    ),
    Hopeless(
        "Two cities of 300 each, financing is guaranteed 700. 0.7 to 0.6 is a seventh, 300 to "
        "400 a "
        "third.",
        apply(A, B),
        "[rules.city_cap]\namount = 300\n" + STREAMS + "financing = { min = 0.7 }\n",
        _of("city_cap stream_shares"),
        _to(rules__stream_shares__financing__min="0.6"),
        frozenset({300, 700}),
    ),
    Hopeless(
        "One training activity, capped at 300, training is guaranteed 500: 0.5 to 0.3 is 40 %.",
        apply(TRAINING, B),
        "[[rules.activity_caps]]\namount = 300\n" + STREAMS + "training = { min = 0.5 }\n",
        _of("activity_caps stream_shares"),
        _to(rules__stream_shares__training__min="0.3"),
        frozenset({300, 500}),
    ),
    Hopeless(
        "Both cities must have something, so 600 each. 600 to 500 is a sixth, the envelope to "
        "1,200 "
        "a fifth.",
        apply(A, B),
        "[rules.city_minimum]\namount = 600\n"
        + decision("A", "minimum = 100")
        + decision("B", "minimum = 100"),
        _of("envelope city_minimum A B"),
        _to(rules__city_minimum__amount="500"),
        frozenset({1_000, 100}),
    ),
    Hopeless(
        "The only city with training asks for 400, less than 500. 500 to 400 is a fifth.",
        apply(A, ask("B-1", 400, stream="training")),
        "[rules.city_minimum]\namount = 500\n" + STREAMS + "training = { min = 0.3 }\n",
        _of("city_minimum stream_shares"),
        _to(rules__city_minimum__amount="400"),
        frozenset({300}),
    ),
    Hopeless(
        "From 100 to under 300, and 500 are decided. To 200 is 60 %, the band to under 600 a "
        "whole.",
        apply(A, B),
        '[[rules.award_bands]]\nstreams = ["financing"]\nmin = 100\nmax = 300\n'
        + decision("A-1", "minimum = 500"),
        _of("award_bands A-1"),
        _to(decisions__0__minimum="200"),
        frozenset({500}),
    ),
    Hopeless(
        "Two activities are viable from 600 only, and both streams are guaranteed something.",
        apply(
            ask("A-1", 800, stream="training", minimum_viable=600),
            ask("B-1", 800, stream="coordination", minimum_viable=600),
        ),
        STREAMS + "training = { min = 0.1 }\ncoordination = { min = 0.1 }\n",
        _of("envelope request stream_shares"),
        _to(fund__envelope="1200"),
        frozenset({1_000, 100}),
    ),
    Hopeless(
        "All or nothing of 800 each, and both streams are guaranteed something: 1,600.",
        apply(TRAINING, COORDINATION),
        "[rules.request]\nall_or_nothing = true\n"
        + STREAMS
        + "training = { min = 0.1 }\ncoordination = { min = 0.1 }\n",
        _of("envelope request stream_shares"),
        _to(fund__envelope="1600"),
        frozenset({1_000, 100}),
    ),
    Hopeless(
        "All of A-1 is paid in 2026, which has 500; 700 are decided. To 500 is 2/7, the year to "
        "700 "
        "is 2/5.",
        apply(ask("A-1", 800, by_year={2026: 800}), ask("B-1", 800, by_year={2027: 800})),
        "[fund]\nunit = 100\n[fund.envelopes]\n2026 = 500\n2027 = 500\n"
        + decision("A-1", "minimum = 700"),
        _of("envelope A-1"),
        _to(decisions__0__minimum="500"),
        frozenset({500, 700}),
    ),
    Hopeless(
        "North has at most 300, its city must have 500. To 300 is 40 %, 0.3 to 0.5 two thirds.",
        apply(A, B, city("B", region="South")),
        GROUP + 'group = "North"\nmax = 0.3\n' + decision("A", "minimum = 500"),
        _of("group_shares A"),
        _to(decisions__0__minimum="300"),
        frozenset({300, 500}),
    ),
    Hopeless(
        "All is North, which has at most 30 % of all awards: so there are none, but A must have "
        "100. Leaving that out is a whole, 0.3 to 1 more than two.",
        apply(A, B),
        GROUP + 'group = "North"\nmax = 0.3\nof = "awarded"\n' + decision("A", "minimum = 100"),
        _of("group_shares A"),
        _to(decisions__0__minimum=None),
        frozenset({100}),
    ),
    Hopeless(
        "Each half of the country has at least 60 % of all awards, and A must have 100: one of the "
        "floors to 0.4 is a third.",
        apply(A, B, city("B", region="South")),
        GROUP
        + 'group = "North"\nmin = 0.6\nof = "awarded"\n'
        + GROUP
        + 'group = "South"\nmin = 0.6\nof = "awarded"\n'
        + decision("A", "minimum = 100"),
        _of("group_shares A"),
        _to(rules__group_shares__0__min="0.4"),
        frozenset({100}),
    ),
    Hopeless(
        "At most 290 for the inhabitants, at least 250 decided; in hundreds there is nothing "
        "between. 1.04 × 290 = 301.6.",
        apply(A, city("A", population=290)),
        "[rules.city_cap]\nper_inhabitant = 1\n" + decision("A", "minimum = 250"),
        _of("city_cap A"),
        _to(rules__city_cap__per_inhabitant="1.04"),
        frozenset({290, 250}),
    ),
    Hopeless(
        "12,000 to 18,000 of training in units of 10,000: 0.3 to 0.334 for 20,000 is 11 %, 0.2 to "
        "0.166 for 10,000 17 %.",
        apply(ask("A-1", 50_000), ask("B-1", 40_000, stream="training")),
        STREAMS + "training = { min = 0.2, max = 0.3 }\n",
        _of("stream_shares"),
        _to(rules__stream_shares__training__max="0.334"),
        frozenset({12_000, 18_000}),
        envelope=60_000,
        unit=10_000,
    ),
    Hopeless(
        "Two minimums of 300 for a city that independence leaves 500. From σ = 6/11 there are "
        "600, so "
        "0.546: by 9 %.",
        apply(ask("A-1", 400), ask("A-2", 400), city("A", own_budget=500)),
        "[rules.independence]\n"
        + decision("A-1", "minimum = 300")
        + decision("A-2", "minimum = 300"),
        _of("independence A-1 A-2"),
        _to(rules__independence__max_national_share="0.546"),
        frozenset({300, 500}),
    ),
    Hopeless(
        "Two conflicts at once: the first fund with 2,000, and a minimum of 900 for a request of "
        "800. "
        "Two keys have to give way: σ by 66.8 % rather than the floor by 80 %, and the minimum.",
        apply(*POOR_B),
        STREAMS
        + "training = { min = 0.25 }\n[rules.independence]\n"
        + decision("A", "minimum = 900"),
        _of("independence stream_shares", "request A"),
        _to(rules__independence__max_national_share="0.834", decisions__0__minimum="800"),
        envelope=2_000,
    ),
    Hopeless(
        "Steered awards are at most a tenth of all: 500 need 4,500 of others, which the envelope "
        "has "
        "not and nobody asks. A-1 to 100 of 900 to 1,000 is 80 %; 0.1 to 0.5 is four times as "
        "much.",
        apply(ask("A-1", 800, steered=True), ask("B-1", 900)),
        "[rules.hands_off]\nmax_steered_share_of_fund = 0.1\n" + decision("A-1", "minimum = 500"),
        _of("envelope hands_off A-1", "request hands_off A-1"),
        _to(decisions__0__minimum="100"),
        frozenset({500}),
    ),
    Hopeless(
        "A-1 must have 1,000, West and independence leave 950 each; floors of 12,000 and 10,000 "
        "in 20,000. Three keys would be 5.3 % (West 0.05), 2.6 % (σ 0.513) and 25 % (0.45); two "
        "are fewer: A-1 to 900, 10 %, and the floor to 9,100, 24.2 %.",
        apply(
            ask("A-1", 1_000),
            city("A", own_budget=950, region="West"),
            ask("B-1", 15_000, stream="training"),
            ask("C-1", 15_000, stream="coordination"),
        ),
        STREAMS
        + "training = { min = 0.6 }\ncoordination = { min = 0.5 }\n[rules.independence]\n"
        + '[[rules.group_shares]]\nattribute = "region"\ngroup = "West"\nmax = 0.0475\n'
        + decision("A-1", "minimum = 1000"),
        _of("group_shares A-1", "independence A-1", "envelope stream_shares"),
        _to(decisions__0__minimum="900", rules__stream_shares__training__min="0.455"),
        envelope=20_000,
    ),
)
