"""Everything about one city: plan, what decides its awards, other scenarios, what would help."""

from __future__ import annotations

import pytest

from funding.app import city_facts
from funding.app.results import Failed, Made
from funding.awards import Allocation, allocate
from funding.explain import explain, explain_by_solving
from tests.small import apply, ask, city, record, scenario


@pytest.fixture(scope="module")
def made() -> Allocation:
    """2,000 EUR: A's training and financing, both at score 80, come before B's at 60.

    Of A's financing 1,000 EUR of 1,500 EUR are steered by the nation.
    """
    given = apply(
        city(
            "A",
            name="Aix",
            own_budget=6_000,
            earlier_budget=5_000,
            staff=4,
            trained_staff=1,
            coordination="formal",
            coordination_reference="Agreement *7*",
        ),
        city("B", name="Brest", staff=0, trained_staff=0),
        city("C", name="Caen"),
        ask("A-1", 1000, score=80, steered=True, other_national_funding=500),
        ask("A-2", 500, score=80),
        ask("A-3", 200, score=80, stream="training", people_to_be_certified=3),
        ask("A-4", 100, score=10, stream="coordination"),
        ask("B-1", 1000, score=60),
        record(
            "A",
            first_time=True,
            other_national_funding=1_500,
            earlier_awards=4_000,
            earlier_awards_spent=3_000,
        ),
    )
    return allocate(given, scenario(envelope=2000))


def facts(made: Allocation, code: str) -> dict[str, str]:
    return dict(line for each in city_facts.all_facts(made, code) for line in each.lines)


def test_a_city_in_a_sentence(made: Allocation) -> None:
    assert city_facts.headline(made, "A") == "1,700 EUR of 1,800 EUR requested, 94.4 %: reduced."
    assert city_facts.headline(made, "B") == "300 EUR of 1,000 EUR requested, 30 %: reduced."
    assert city_facts.headline(made, "C") == "The city applied with no activity."
    none = allocate(made.applications, scenario(envelope=50))
    assert city_facts.headline(none, "B") == "Nothing of 1,000 EUR requested: reserve."


def test_cities_of_one_name_are_told_apart(made: Allocation) -> None:
    assert city_facts.label(made, "A") == "Aix · A"


def test_independence(made: Allocation) -> None:
    """National money: 1,500 + 500 before, and 1,700 more; of own money there are 6,000 EUR.

    2,000 / 8,000 = 25 %; 3,700 / 9,700 = 38.1 %. Steered: 1,000 of 1,700 EUR, 58.8 %.
    """
    found = facts(made, "A")
    assert found["Own engagement budget"] == "6,000 EUR"
    assert found["Earlier engagement budget"] == "5,000 EUR"
    assert found["Own cash in the plan"] == "1,800 EUR"
    assert found["Other national funding"] == "2,000 EUR"
    assert found["National share of its engagement money"] == (
        "25 % before the award, 38.1 % after"
    )
    assert found["Own contribution the awards require"] == "1,700 EUR"
    assert found["Nationally steered part of its award"] == "58.8 % (coordination left out)"
    assert facts(made, "B")["Earlier engagement budget"] == "not known"


def test_capacity_coordination_and_record(made: Allocation) -> None:
    found = facts(made, "A")
    assert found["International staff"] == "4"
    assert found["Of these with relevant training"] == "1 (25 %)"
    assert found["Of these certified"] == "not known"
    assert found["To be certified by its training"] == "3, 3 of them in funded activities"
    assert found["With the national government"] == "formal"
    assert found["Agreement"] == "Agreement *7*"
    assert found["Coordination activities"] == "0 of 1 funded"
    assert found["First-time applicant"] == "yes"
    assert found["Earlier awards spent"] == "3,000 EUR of 4,000 EUR, 75 %"
    other = facts(made, "B")
    assert other["Of these with relevant training"] == "0"
    assert not {"Agreement", "Coordination activities", "Earlier awards spent"} & other.keys()


def test_the_plan_says_what_became_of_each_activity(made: Allocation) -> None:
    assert city_facts.plan_lines(made, "A") == [
        ("A-1 · Activity A-1", "financing, score 80.0: 1,000 of 1,000, full"),
        ("A-2 · Activity A-2", "financing, score 80.0: 500 of 500, full"),
        ("A-3 · Activity A-3", "training, score 80.0: 200 of 200, full"),
        ("A-4 · Activity A-4", "coordination, score 10.0: 0 of 100, reserve"),
    ]
    assert city_facts.plan_lines(made, "C") == []


def test_other_scenarios_are_told_with_the_difference(made: Allocation) -> None:
    less = allocate(made.applications, scenario(envelope=1700))
    more = allocate(made.applications, scenario(envelope=3000))
    found: list[tuple[str, Made | Failed]] = [
        ("Here", Made("Here", made)),
        ("Less", Made("Less", less)),
        ("More", Made("More", more)),
        ("Wrong", Failed("Wrong", "no")),
    ]
    assert city_facts.scenario_lines(found, made, "B") == [
        ("Here", "300, reduced"),
        ("Less", "0 (−300), reserve"),
        ("More", "1,000 (+700), full"),
        ("Wrong", "no allocation"),
    ]


def test_what_would_have_helped_is_told_for_what_is_short(made: Allocation) -> None:
    """A-1 to A-3 are in full, so that only A-4 has something to look for."""
    assert city_facts.needs_solving(explain(made, "A")).startswith("1 activity without the full")
    assert city_facts.needs_solving(explain(made, "C")) == ""
    ((code, text),) = city_facts.changes_texts(explain_by_solving(made, "A", ["A-4"]))
    assert code == "A-4"
    assert "would have brought 100 EUR" in text


def test_shares_of_nothing_are_not_told() -> None:
    """Without any engagement money there is no share of it."""
    poor = allocate(
        apply(city("A", own_budget=0), ask("A-1", 1000, score=5)), scenario(envelope=50)
    )
    shares = facts(poor, "A")["National share of its engagement money"]
    assert shares == "– before the award, – after"
