"""Why an award: data, sentences, the reserve list; of the sample under every scenario too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from funding import scenario as scenarios
from funding.alternatives import Change
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.errors import UsageError
from funding.explain import Binding, Explanation, Why, explain, explain_by_solving, needs_of
from funding.sentences import activity_text, city_text, helped_text, price_sentences
from funding.workbook import read
from tests.award_books import DECIDED, decided
from tests.small import apply, ask, city, record, scenario

INPUTS = Path(__file__).resolve().parent.parent / "inputs"
MOST_WORDS = 120


@pytest.fixture(scope="module")
def sample() -> Applications:
    return read([INPUTS / "applications.xlsx"]).require()


@pytest.mark.parametrize(
    "path", sorted((INPUTS / "scenarios").glob("*.toml")), ids=lambda p: p.stem
)
def test_every_city_and_activity_of_the_sample_has_its_reasons(
    path: Path, sample: Applications
) -> None:
    """Of every activity that is not in full something is said, and nothing takes over 120 words."""
    found = allocate(sample, scenarios.load(path))
    for code in sample.cities:
        why = explain(found, code)
        assert why.award == found.city_totals[code] == sum(a.award for a in why.activities)
        text = city_text(why)
        assert len(text.split()) <= MOST_WORDS
        assert text.startswith(sample.cities[code].name)
        for a in why.activities:
            assert a.code in text
            assert a.status == found.outcomes[a.code].status
            told = [*a.refusals, *a.ties, *(b.words for b in a.bindings)]
            assert bool(told) or a.status == "full"
            text_of_it = activity_text(why, a.code)
            assert len(text_of_it.split()) <= MOST_WORDS
            assert told == [] or told[0] in text_of_it


def test_gates_and_a_threshold_are_named() -> None:
    given = apply(
        record("A", reports_overdue=True),
        ask("A-1", 1_000, score=30),
        ask("A-2", 2_000, score=80),
    )
    rules = scenario("[gates.reports_filed]\n[gates.merit_threshold]\nscore = 50\n")
    why = explain(allocate(given, rules), "A")
    assert why.by_code["A-1"].refusals == (
        "The city has overdue reports on earlier awards.",
        "Score 30 is below the threshold of 50.",
    )
    assert city_text(why) == (
        "City A gets nothing of the 3,000 EUR that it asks for.\n"
        "Ineligible: A-1, A-2.\n"
        "A-1, A-2: The city has overdue reports on earlier awards.\n"
        "A-1: Score 30 is below the threshold of 50."
    )


def equals(*, first_time: bool = False, population: int = 50_000) -> Allocation:
    """Two requests of 1,000, whole or not at all, of the same score, and money for one."""
    given = apply(
        city("A"),
        city("B", population=population),
        record("B", first_time=first_time),
        ask("A-1", 1_000, minimum_viable=1_000),
        ask("B-1", 1_000, minimum_viable=1_000),
    )
    return allocate(given, scenario(envelope=1_000))


@pytest.mark.parametrize(
    ("found", "by"),
    [
        (equals(first_time=True), "as a first-time applicant"),
        (equals(population=40_000), "as the smaller city"),
        (equals(), "by lot"),
    ],
)
def test_who_decided_between_equals_is_named(found: Allocation, by: str) -> None:
    """The order decides, then the lot of draw number 7; winner and loser are told of each other."""
    first, after = ("A", "B") if found.awards["A-1"] else ("B", "A")
    if by != "by lot":
        assert first == "B"
    won = f"Tie: a place that could not be shared came here before {after}-1, {by}."
    lost = f"Tie: a place that could not be shared went to {first}-1 first, {by}."
    assert explain(found, first).by_code[f"{first}-1"].ties == (won,)
    assert explain(found, after).by_code[f"{after}-1"].ties == (lost,)
    assert f"{first}-1: {won}" in city_text(explain(found, first))
    assert f"{after}-1: {lost}" in city_text(explain(found, after))
    assert lost in activity_text(explain(found, after), f"{after}-1")


def test_decisions_by_hand_are_named_before_rules() -> None:
    """See `decided`: what is guaranteed, a maximum, an exclusion; each with its reason."""
    found = allocate(decided(), scenario(DECIDED, envelope=15_000))
    a, b, c = (explain(found, code) for code in ("AA", "BB", "CC"))
    (must,) = a.by_code["AA-1"].decisions
    assert must == 'Activity AA-1: at least 5,000 EUR by decision, "=1+1".'
    assert must in city_text(a).split("\n")[2]
    first = b.by_code["BB-1"].bindings[0]
    assert first.by_hand
    assert first.words == 'City BB: at most 7,000 EUR by decision, "Too much".'
    assert [binding.by_hand for binding in c.by_code["CC-1"].bindings] == [True]
    assert city_text(c) == (
        "City CC gets nothing of the 6,000 EUR that it asks for.\n"
        "Excluded by decision: CC-1.\n"
        'CC-1: City CC: no award by decision, "Withdrawn".'
    )


def test_what_each_rule_costs_and_what_money_is_worth() -> None:
    """Of 32,000 B-1 (90) has 18,000, A-1 (70) 12,000 by independence, C-1 (60) the rest. Without
    independence A-1 has what B-1 leaves, 2,000 more; a budget of 14,000 does the same. Another
    euro would be C-1's, and worth 60."""
    given = apply(
        city("A", own_budget=12_000),
        ask("A-1", 20_000),
        ask("B-1", 18_000, score=90),
        ask("C-1", 6_000, score=60),
    )
    found = allocate(given, scenario("[rules.independence]\n", envelope=32_000))
    assert found.awards == {"A-1": 1_200_000, "B-1": 1_800_000, "C-1": 200_000}
    assert [b.cost for b in explain(found, "A").by_code["A-1"].bindings] == [None, None]
    why = explain_by_solving(found, "A")
    rule, envelope = why.by_code["A-1"].bindings
    assert (rule.rule, rule.cost) == ("Independence", 200_000)
    assert (envelope.rule, envelope.money, envelope.cost) == ("Envelope", True, None)
    assert dict(why.prices or {}) == pytest.approx({None: 60})
    text = activity_text(why, "A-1")
    assert text.startswith("A-1 gets 12,000 EUR of 20,000 EUR: reduced. Independence: ")
    assert ": at most 12,000 EUR (without this limit 2,000 EUR more). The envelope: " in text
    assert (
        "An own engagement budget of 14,000 EUR (not 12,000 EUR) would have brought 14,000" in text
    )
    assert "One EUR more in the fund would add 60 to its value (score × EUR awarded)." in text


def test_only_some_activities_are_solved_again() -> None:
    given = apply(ask("A-1", 2_000, score=60), ask("A-2", 2_000, score=60), ask("B-1", 2_000))
    found = allocate(given, scenario(envelope=2_000))
    why = explain_by_solving(found, "A", ["A-2"])
    assert why.by_code["A-1"].changes is None
    changes = why.by_code["A-2"].changes
    assert changes is not None
    assert [c.needed for c in changes if c.key == "score"] == [700]


def test_unknown_codes_are_refused() -> None:
    found = allocate(apply(ask("GRE-1", 100)), scenario())
    with pytest.raises(UsageError, match=r"There is no city GRA; did you mean GRE\?"):
        explain(found, "GRA")
    with pytest.raises(UsageError, match=r"City GRE has no activity GRE-2; did you mean GRE-1\?"):
        explain_by_solving(found, "GRE", ["GRE-2"])


def test_a_city_without_activities() -> None:
    found = allocate(apply(city("A"), ask("B-1", 100)), scenario())
    assert city_text(explain(found, "A")) == "The city applied with no activity."


def test_the_reserve_list_says_what_each_needs() -> None:
    """1,000 pay A-1 and 300 are left. B-1 (70) needs 2,000, so 1,700 more, C-1 (60) needs 700, so
    400 more; both together 2,700, so 2,400. D-1 and D-2 (50, 40) ask for 900 of a city whose cap
    is 1,000: after D-1 there is no room for D-2."""
    given = apply(
        ask("A-1", 1_000, score=90, minimum_viable=1_000),
        ask("B-1", 2_000, score=70, minimum_viable=2_000),
        ask("C-1", 700, score=60, minimum_viable=700),
        ask("D-1", 900, score=50, minimum_viable=900),
        ask("D-2", 900, score=40, minimum_viable=900),
    )
    found = allocate(given, scenario("[rules.city_cap]\namount = 1_000\n", envelope=1_300))
    assert found.awards["A-1"] == 100_000
    needs = {need.code: (need.least, need.alone, need.in_turn) for need in needs_of(found)}
    assert list(needs) == list(found.reserve) == ["C-1", "D-1", "D-2"]  # B-1 is above the cap
    assert needs["C-1"] == (70_000, 40_000, 40_000)
    assert needs["D-1"] == (90_000, 60_000, 130_000)
    assert needs["D-2"] == (90_000, 60_000, None)
    why = explain(found, "C").by_code["C-1"]
    assert (why.place, why.short) == (1, 40_000)
    assert "Number 1 on the reserve list: 400 EUR more in the envelope would fund it." in (
        city_text(explain(found, "C"))
    )


@pytest.mark.parametrize(
    "name", ["=1+1", "<b>Bold</b> & Co", "Київ", "القدس", "東京都", "x " * 500, "a" * 4_000]
)
def test_names_of_any_kind_stand_as_they_are_and_in_short(name: str) -> None:
    reason = "word " * 900
    rules = f'[[decisions]]\ncity = "A"\nmaximum = 500\nreason = "{reason}"\n'
    found = allocate(apply(city("A", name=name), ask("A-1", 1_000)), scenario(rules))
    why = explain(found, "A")
    for text in (city_text(why), activity_text(why, "A-1")):
        assert len(text.split()) <= MOST_WORDS
    assert city_text(why).startswith(name[:50])
    assert len(city_text(why).split("\n")[0]) < 120
    assert "City A: at most 500 EUR by decision" in city_text(why)


def test_what_does_not_fit_is_counted() -> None:
    """Each of 14 reasons has 10 words: 11 with its code, and the head 12 and 2. So 9 fit beside
    the last sentence, and 5 are left out."""
    reasons = tuple(f"Reason {n:02} is " + "w " * 6 + "w." for n in range(14))
    why = Why("A-1", "ineligible", 100_000, 0, refusals=reasons)
    made = Explanation("A", "City A", "ineligible", 100_000, 0, "EUR", (why,), "m")
    lines = city_text(made).split("\n")
    assert lines[2].startswith("A-1: Reason 00")
    assert lines[-1] == "… and 5 more reasons."
    assert len(lines) == 2 + 9 + 1


def test_every_change_has_its_words() -> None:
    """One of each kind, with what it needs and, where nothing helps, what was tried."""
    changes = (
        Change("score", "A-1", 605, 1000, 661, 100_000, True),
        Change("ask", "A-1", 200_000, 10_000, 90_000, 90_000, True),
        Change("own cash", "A-1", 50_000, 90_000),
        Change("own budget", "A", 50_000, 90_000),
        Change("trained staff", "A", 0, 5, 3, 80_000),
        Change("people to be certified", "A-2", 0, 5),
        Change("training", "A-2", 0, 5_000, 4_000, 80_000),
        Change("coordination", "A-3", 0, 5_000),
        Change("formal coordination", "A", 0, 1, 1, 80_000),
    )
    why = Why("A-1", "not funded", 200_000, 0, changes=changes)
    made = Explanation("A", "City A", "not funded", 200_000, 0, "EUR", (why,), "score × EUR")
    assert activity_text(made, "A-1") == (
        "A-1 gets nothing of 2,000 EUR: not funded. "
        "A score of 66.1 (not 60.5) would have brought 1,000 EUR, in full. "
        "A request of 900 EUR (not 2,000 EUR) would have brought 900 EUR, in full. "
        "3 trained staff (not 0) would have brought 800 EUR. "
        "At least 40 EUR for training in A-2 (not 0 EUR) would have brought 800 EUR. "
        "Formal coordination would have brought 800 EUR. "
        "Tried, and would not have brought an award: own cash of up to 900 EUR, an own engagement "
        "budget of up to 900 EUR, up to 5 people certified by A-2 and up to 50 EUR for "
        "coordination in A-3."
    )


def test_what_was_tried_is_named_whole_or_counted() -> None:
    """8 words begin the sentence, then 6, 7, 7, 9 and 7: with "and" 45, more than the 40 of a
    sentence. Without the last there are 37, and "and 1 more" makes 40."""
    changes = (
        Change("score", "A-1", 605, 1000),
        Change("ask", "A-1", 200_000, 10_000),
        Change("own cash", "A-1", 50_000, 90_000),
        Change("own budget", "A", 50_000, 90_000),
        Change("people to be certified", "A-2", 0, 5),
    )
    why = Why("A-1", "not funded", 200_000, 0, changes=changes)
    made = Explanation("A", "City A", "not funded", 200_000, 0, "EUR", (why,), "score × EUR")
    assert helped_text(made, why) == (
        "Tried, and would not have brought an award: a score of up to 100, a smaller request, down "
        "to 100 EUR, own cash of up to 900 EUR, an own engagement budget of up to 900 EUR and 1 "
        "more."
    )


def test_prices_of_years_that_are_the_same_stand_together() -> None:
    prices: dict[int | None, float | None] = {2026: 60.266667, 2027: 60.266667}
    prices |= {2028: 0.0, 2029: 0.0000123, 2030: None}
    made = Explanation("A", "A", "full", 0, 0, "EUR", (), "score × EUR awarded", prices)
    assert price_sentences(made) == [
        "One EUR more in the fund would add 60.2667 for 2026 or 2027, 0 for 2028 and 0.0000123 for "
        "2029 to its value (score × EUR awarded)."
    ]
    assert price_sentences(replace(made, prices={2026: None})) == []


def test_the_price_of_money_is_told_before_what_would_not_have_helped() -> None:
    """Where there is more to say than fits, what was tried in vain goes first."""
    rule = Binding("Cap", "Cap: " + "w " * 22 + "w.", (), cost=0)
    money = Binding("Envelope", "The envelope: at most 500 EUR.", (), money=True)
    changes = (
        Change("score", "A-1", 600, 1000, 661, 80_000),
        Change("own cash", "A-1", 0, 90_000),
        Change("own budget", "A", 0, 90_000),
    )
    why = Why("A-1", "reduced", 200_000, 50_000, bindings=(rule, rule, money), changes=changes)
    prices: dict[int | None, float | None] = {2026: 60.0, 2027: 50.0}
    made = Explanation("A", "A", "reduced", 200_000, 50_000, "EUR", (why,), "m", prices, True)
    text = activity_text(made, "A-1")
    assert "A score of 66.1 (not 60) would have brought 800 EUR." in text
    assert text.endswith(
        "One EUR more in the fund would add 60 for 2026 and 50 for 2027 to its value (m), with "
        "those funded who are. … and 1 more reason."
    )
