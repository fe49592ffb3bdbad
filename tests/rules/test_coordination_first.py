"""Coordination first: X_c financing ≤ b + (Q_c − b)⁺ X_c coordination / Q̄_c."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from funding.errors import ScenarioError
from funding.rules import RULES
from funding.scenario import Scenario
from tests import small


def coordination_first(more: str = "", base: int = 2_000, envelope: int = 100_000) -> Scenario:
    return small.scenario(f"[rules.coordination_first]\nbase = {base}\n{more}", envelope=envelope)


RULE = coordination_first()
SHARE = "[rules.national_share]\nrates = { other = 1.0, several = 1.0, none = 0.5 }\n"
# A asks for 10,000 and for a step towards coordination; B for no such step; C coordinates formally.
ASKS = small.apply(
    small.city("A", coordination="ad hoc"),
    small.city("B", coordination="none"),
    small.city("C", coordination="formal"),
    small.ask("A-1", 10_000, score=90),
    small.ask("A-2", 3_000, score=50, stream="coordination", eligible_cost=4_000),
    small.ask("B-1", 5_000, score=90),
    small.ask("C-1", 4_000),
)


def test_financing_goes_with_coordination() -> None:
    """B-1 has the base, 2,000; all others are full. Without the rule B-1 is full too."""
    full = {"A-1": 10_000, "A-2": 3_000, "B-1": 5_000, "C-1": 4_000}
    assert small.awards(RULE, ASKS) == {**full, "B-1": 2_000}
    assert small.awards(small.scenario(), ASKS) == full


def test_coordination_is_worth_its_money_before_a_better_score() -> None:
    """A alone, 8,000 in all: A-1 ≤ 2,000 + 8,000/3,000 × A-2 and A-1 + A-2 ≤ 8,000.

    Both bind at A-2 = 6,000 × 3/11 = 1,636.36; in hundreds A-2 is 1,700 (with 1,600 A-1 would
    have 6,266.67, so 6,200: 638,000 against 652,000) and A-1 6,300. Without the rule A-1 has all.
    """
    asks = small.apply(
        small.ask("A-1", 10_000, score=90), small.ask("A-2", 3_000, score=50, stream="coordination")
    )
    read = coordination_first(envelope=8_000)
    assert small.awards(read, asks) == {"A-1": 6_300, "A-2": 1_700}
    assert small.awards(small.scenario(envelope=8_000), asks) == {"A-1": 8_000, "A-2": 0}


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"A-1": 2_000}, []),
        ({"A-1": 2_000.01}, ["A"]),
        ({"A-1": 6_000, "A-2": 1_000}, []),  # 2,000 + 8,000 × 1,000 / 2,000
        ({"A-1": 6_100, "A-2": 1_000}, ["A"]),
        ({"A-1": 10_000, "A-2": 2_000}, []),  # all that its national share allows
        ({"A-1": 10_000, "A-2": 1_900}, ["A"]),
        ({"B-1": 2_000}, []),
        ({"B-1": 2_100}, ["B"]),
        ({"C-1": 4_000}, []),  # formal
    ],
)
def test_a_cap_on_coordination_holds_nobody_back(
    given: dict[str, float], broken: list[str]
) -> None:
    """National share 0.5 of 4,000: Q̄ = 2,000, not the 3,000 that A-2 asks for."""
    read = coordination_first(SHARE)
    assert small.broken(read, ASKS, "coordination_first", given) == broken


def by_hand(code: str, what: str) -> str:
    """A decision on an activity or a city."""
    kind = "activity" if "-" in code else "city"
    return f'[[decisions]]\n{kind} = "{code}"\n{what}\nreason = "r"\n'


def band(least: int, under: int = 10_000, stream: str = "coordination") -> str:
    """An award band."""
    return f'[[rules.award_bands]]\nstreams = ["{stream}"]\nmin = {least}\nmax = {under}\n'


CAPS = {
    "none in force": ("", 5_000),
    "national share": (SHARE, 2_000 + 1_000),  # half of 4,000 and of 2,000
    "matching": ("[rules.matching]\nratio = 0.5\n", 1_500 + 1_000),  # own cash as asked
    "city cap": ("[rules.city_cap]\namount = 4_250\n", 4_200),  # in whole units
    "independence": ("[rules.independence]\nmax_national_share = 0.5\n", 4_600),
    "two of them": (SHARE + "[rules.city_cap]\namount = 2_500\n", 2_500),
    "the first for all, one for each": (SHARE + "[rules.matching]\nratio = 0.4\n", 1_200 + 800),
    "no money at all": ("[rules.city_cap]\namount = 99\n", 0),
    "a maximum by hand": (by_hand("A-2", "maximum = 1_250"), 1_200 + 2_000),
    "one for the city": (by_hand("A", "maximum = 4_450"), 4_400),
    "an exclusion by hand": (by_hand("A-2", "exclude = true"), 2_000),
    "the city's": (by_hand("A", "exclude = true"), 0),
    "two by hand": (by_hand("A-2", "maximum = 900") + by_hand("A", "maximum = 2_500"), 2_500),
    "decided for others": (by_hand("A-1", "exclude = true") + by_hand("B", "maximum = 1"), 5_000),
    "switched off": (by_hand("A-2", "exclude = true\nenabled = false"), 5_000),
    "a band": (band(0, 1_000), 900 + 900),
    "bands with a gap": (band(500, 1_000) + band(2_500, 2_801), 2_800 + 900),
    "no band that fits": (band(4_000, 9_000), 0),
    "a band for one of them": (band(2_500), 3_000),
    "bands for others": (band(0, 1_000, "training"), 5_000),
    "bands and a cap": (band(1_500, 2_500) + "[rules.city_cap]\namount = 2_900\n", 2_400),
    "bands and a cap on each": (band(500, 1_000) + band(1_800) + SHARE, 2_000 + 900),
    "bands and a maximum by hand": (band(500, 1_000) + by_hand("A-2", "maximum = 700"), 700 + 900),
    # Minimums do not count:
    "a minimum by hand": (by_hand("A-3", "minimum = 1_500"), 5_000),
    "city minimum": ("[rules.city_minimum]\namount = 9_000\n", 5_000),
    "city minimum out of reach": ("[rules.city_minimum]\namount = 90_000\n", 5_000),
    # What cities compete for does not count:
    "envelope": ("[fund]\nunit = 100\nenvelope = 1_000\n", 5_000),
    "streams": ("[rules.stream_shares]\ncoordination = { max = 0.0 }\n", 5_000),
    "groups": (
        '[[rules.group_shares]]\nattribute = "region"\neach = true\nmax = 0.01\n',
        5_000,
    ),
    "hands off": ("[rules.hands_off]\nmax_steered_share = 0\n", 5_000),
}


@pytest.mark.parametrize("name", CAPS)
def test_the_most_that_coordination_can_get(name: str) -> None:
    """Steps of 3,000 and 2,000, of eligible costs of 4,000 and 2,000; own budget 4,600."""
    more, most = CAPS[name]
    asks = small.apply(
        small.city("A", own_budget=4_600),
        small.ask("A-1", 10_000),
        small.ask("A-2", 3_000, stream="coordination", eligible_cost=4_000, steered=True),
        small.ask("A-3", 2_000, stream="coordination", eligible_cost=2_000),
    )
    read = coordination_first(more)
    assert read.case(asks).obtainable("A", ["A-2", "A-3"]) == most * 100


def test_the_entry_names_the_caps() -> None:
    """All rules whose rows concern one award or one city's total alone, and no other."""
    doc = (Path(__file__).resolve().parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
    entry = doc.split("\n## coordination_first\n")[1].split("\n## ")[0]
    listed = entry.split("*caps*")[1].split("as if nothing else")[0]
    caps = [key for key, rule in RULES.items() if rule.caps_alone]
    assert sorted(re.findall(r"`(\w+)`", listed)) == sorted(caps)


@pytest.mark.parametrize(
    ("cap", "least", "most"),
    [
        (6_000, (3_000, 3_000), 6_000),
        (5_000, (3_000, 3_000), 3_000),  # one of them
        (5_000, (3_000, 1_500), 5_000),  # 3,000 and 2,000
        (4_400, (3_000, 1_500), 3_000),  # 3,000 or 1,500 to 3,000: never both
        (2_900, (3_000, 3_000), 0),
        (2_900, (3_000, 2_000), 2_900),
    ],
)
def test_least_awards_that_do_not_fit_together(cap: int, least: tuple[int, int], most: int) -> None:
    """Two steps that ask for 3,000 each, and a city cap."""
    asks = small.apply(
        small.ask("A-1", 10_000),
        *(
            small.ask(f"A-{n}", 3_000, stream="coordination", minimum_viable=amount)
            for n, amount in enumerate(least, 2)
        ),
    )
    read = coordination_first(f"[rules.city_cap]\namount = {cap}\n")
    assert read.case(asks).obtainable("A", ["A-2", "A-3"]) == most * 100


def test_a_cap_below_the_least_viable_leaves_none() -> None:
    """National share allows 2,000 and less than 2,500 is not worth doing: Q̄ = 0, the base."""
    asks = small.apply(
        small.ask("A-1", 10_000),
        small.ask("A-2", 3_000, stream="coordination", minimum_viable=2_500, eligible_cost=4_000),
    )
    read = coordination_first(SHARE)
    assert read.case(asks).obtainable("A", ["A-2"]) == 0
    assert small.awards(read, asks) == {"A-1": 2_000, "A-2": 0}


def test_a_city_whose_coordination_gets_all_it_can_is_not_held_back() -> None:
    """Caps cut both steps (1,200 and 800); with these A-1 is full: 10,000 of 0.4 × 25,000."""
    asks = small.apply(
        small.ask("A-1", 10_000, own_cash=25_000, eligible_cost=40_000),
        small.ask("A-2", 3_000, stream="coordination", eligible_cost=4_000),
        small.ask("A-3", 2_000, stream="coordination", eligible_cost=2_000),
    )
    read = coordination_first(SHARE + "[rules.matching]\nratio = 0.4\n")
    assert small.awards(read, asks) == {"A-1": 10_000, "A-2": 1_200, "A-3": 800}


def test_bands_and_decisions_that_cut_coordination_hold_nobody_back() -> None:
    """A-2 gets 2,700 of its bands' 3,000, A-3 its 1,500 by hand: A-1 is full, 10,000.

    Without the rule the same; with the rule and 500 less for A-3, A-1 loses 8,000 × 500/4,200 =
    952.38 of it, so in hundreds 1,000.
    """
    asks = small.apply(
        small.ask("A-1", 10_000),
        small.ask("A-2", 3_000, stream="coordination"),
        small.ask("A-3", 2_000, stream="coordination"),
    )
    cut = band(500, 1_000) + band(1_200, 2_800) + by_hand("A-3", "maximum = 1_500")
    full = {"A-1": 10_000, "A-2": 2_700, "A-3": 1_500}
    assert small.awards(coordination_first(cut), asks) == full
    assert small.awards(small.scenario(cut), asks) == full
    for a_1, broken in ((9_000, []), (9_100, ["A"])):
        less = {"A-1": a_1, "A-2": 2_700, "A-3": 1_000}
        assert small.broken(coordination_first(cut), asks, "coordination_first", less) == broken


def test_a_step_excluded_by_hand_leaves_the_base() -> None:
    """A-1 has the base, as B-1 without any step has; a note names both."""
    read = coordination_first(by_hand("A-2", "exclude = true"))
    assert small.awards(read, ASKS) == {"A-1": 2_000, "A-2": 0, "B-1": 2_000, "C-1": 4_000}
    assert read.notes(read.case(ASKS))[0].endswith("can be funded: A, B")


def test_with_a_city_minimum_a_city_has_enough_or_nothing() -> None:
    """M = 6,000. A-1 and A-2 have 10,000 and 3,000; B has at most its base, less than M: nothing.

    C asks for 4,000: nothing.
    """
    read = coordination_first("[rules.city_minimum]\namount = 6_000\n")
    assert small.awards(read, ASKS) == {"A-1": 10_000, "A-2": 3_000, "B-1": 0, "C-1": 0}


@pytest.mark.parametrize(
    "step",
    [
        {"eligible": False},
        {"requested": 99},  # less than a unit
        {"requested": 450, "minimum_viable": 430},  # 500 > 400: no whole-unit award fits
    ],
)
def test_closed_steps_are_none(step: dict[str, float]) -> None:
    asks = small.apply(
        small.ask("A-1", 10_000),
        small.ask("A-2", stream="coordination", **{"requested": 3_000, **step}),  # type: ignore[arg-type]
    )
    assert small.awards(RULE, asks)["A-1"] == 2_000


def test_closed_financing_does_not_count() -> None:
    """Q = 10,000: a half of the step makes room for 2,000 + 8,000 / 2 = 6,000."""
    asks = small.apply(
        small.ask("A-1", 10_000),
        small.ask("A-2", 9_000, eligible=False),
        small.ask("A-3", 3_000, stream="coordination"),
    )
    assert small.broken(RULE, asks, "coordination_first", {"A-1": 6_000, "A-3": 1_500}) == []
    wrong = {"A-1": 6_100, "A-3": 1_500}
    assert small.broken(RULE, asks, "coordination_first", wrong) == ["A"]


@pytest.mark.parametrize(("asked", "rows"), [(2_000, []), (2_099, []), (2_100, ["A"])])
def test_no_more_than_the_base_is_no_matter(asked: float, rows: list[str]) -> None:
    """2,099 is 2,000 in whole units."""
    asks = small.apply(small.ask("A-1", asked))
    assert list(small.rows(RULE, asks, "coordination_first")) == rows


def test_without_a_base_all_financing_waits() -> None:
    """A-1 goes with A-2 in full; B-1 gets nothing."""
    expected = {"A-1": 10_000, "A-2": 3_000, "B-1": 0, "C-1": 4_000}
    assert small.awards(coordination_first(base=0), ASKS) == expected


def test_no_money_for_coordination_leaves_the_base() -> None:
    """The stream has 0 %: A-2 gets nothing, so A-1 and B-1 get 2,000 each."""
    read = coordination_first("[rules.stream_shares]\ncoordination = { max = 0.0 }\n")
    assert small.awards(read, ASKS) == {"A-1": 2_000, "A-2": 0, "B-1": 2_000, "C-1": 4_000}


def test_a_formal_city_needs_no_reference() -> None:
    asks = small.apply(
        small.city("A", coordination="formal", coordination_reference=""),
        small.ask("A-1", 10_000),
    )
    assert small.rows(RULE, asks, "coordination_first") == {}


def test_words_and_notes_say_whom_and_how_much() -> None:
    read = coordination_first(SHARE)
    rows, case = small.rows(read, ASKS, "coordination_first"), read.case(ASKS)
    assert read.words(rows["A"], case) == (
        "coordination first: with ad hoc coordination, financing at most 2,000 EUR, and up to "
        "8,000 EUR more in proportion to what its coordination activities get of 2,000 EUR, the "
        "most they can"
    )
    assert read.words(rows["B"], case) == (
        "coordination first: with no coordination, financing at most 2,000 EUR, as no step to "
        "formalise it can be funded"
    )
    assert read.notes(case) == [
        "Coordination first: financing is at most 2,000 EUR where coordination is not formal and "
        "no coordination activity can be funded: B"
    ]


@pytest.mark.parametrize("table", ["", "base = -1\n", "base = 0.001\n", "share = 0.5\nbase = 0\n"])
def test_parameters_that_are_refused(table: str) -> None:
    with pytest.raises(ScenarioError, match=r"rules\.coordination_first"):
        small.scenario(f"[rules.coordination_first]\n{table}")
