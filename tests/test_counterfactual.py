"""The least change that changes an outcome, in small funds where it is known by hand.

Each test applies again with the change and a step less of it, and allocates: the confirmation
does not use what finds the change.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from funding.alternatives import Change
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.counterfactual import changes_of, cost_of
from funding.scenario import Scenario
from tests.small import apply, ask, city, record, scenario

Make = Callable[[float], Applications]


def changes(allocation: Allocation, code: str) -> dict[str, Change]:
    """The changes found for an activity, by kind."""
    found = changes_of(allocation, code)
    assert len({change.key for change in found}) == len(found)
    return {change.key: change for change in found}


def award(applications: Applications, rules: Scenario, code: str) -> float:
    """An activity's award, in currency units."""
    return allocate(applications, rules).awards[code] / 100


def by_score(score: float) -> Applications:
    """A-1 (80) asks for 8,000 and B-1 (70) for 4,000; C-1 for 3,000, viable from 2,000."""
    return apply(
        ask("A-1", 8_000, score=80),
        ask("B-1", 4_000, score=70),
        ask("C-1", 3_000, score=str(score), minimum_viable=2_000),
    )


def test_the_least_score() -> None:
    """12,000 pay A-1 and B-1. C-1 is funded as soon as its score is above 70: its 3,000 then
    come from B-1. At 70 it ties with B-1 and shares, but 3/7 of 4,000 are below its 2,000."""
    rules = scenario(envelope=12_000)
    before = allocate(by_score(60), rules)
    found = changes(before, "C-1")["score"]
    assert before.outcomes["C-1"].status == "reserve"
    assert (found.before, found.needed, found.farthest) == (600, 701, 1000)
    assert (found.award, found.in_full) == (300_000, True)
    assert award(by_score(70.1), rules, "C-1") == 3_000
    assert award(by_score(70), rules, "C-1") == 0


def test_the_score_that_passes_a_threshold() -> None:
    """There is money for all: C-1, with 39.95, is only kept out by the threshold of 50."""
    rules = scenario("[gates.merit_threshold]\nscore = 50\n", envelope=20_000)
    found = changes(allocate(by_score(39.95), rules), "C-1")["score"]
    assert (found.before, found.needed, found.award) == (399, 500, 300_000)
    assert award(by_score(50), rules, "C-1") == 3_000
    assert award(by_score(49.9), rules, "C-1") == 0


def by_ask(asked: float) -> Applications:
    """B-1 as it is with a smaller request: others bring the rest of its cost of 10,000."""
    return apply(
        ask("A-1", 8_000, score=90, minimum_viable=8_000),
        ask("B-1", asked, score=70, own_cash=0, other_funding=10_000 - asked,
            minimum_viable=min(5_000, asked), by_year={2026: asked / 2, 2027: asked / 2}),
    )  # fmt: skip


def test_the_largest_ask() -> None:
    """A-1 needs its 8,000 and is worth 720,000, B-1 in full 700,000. Of 11,000 3,000 are left:
    too little for B-1, which is viable from 5,000, but a request of that would have been paid."""
    rules = scenario(envelope=11_000)
    before = allocate(by_ask(10_000), rules)
    found = changes(before, "B-1")["ask"]
    assert before.awards["B-1"] == 0
    assert (found.before, found.needed, found.farthest) == (1_000_000, 300_000, 10_000)
    assert (found.award, found.in_full) == (300_000, True)
    assert award(by_ask(3_000), rules, "B-1") == 3_000
    assert award(by_ask(3_100), rules, "B-1") == 0


def test_the_ask_is_too_small_for_a_city_minimum() -> None:
    """Of 11,000 3,000 are left, and a city has at least 4,000: no smaller request of B-1 does."""
    rules = scenario("[rules.city_minimum]\namount = 4_000\n", envelope=11_000)
    assert changes(allocate(by_ask(10_000), rules), "B-1")["ask"].needed is None


def test_a_smaller_ask_for_a_reduced_award() -> None:
    """Projects count once: B-1 is worth 50/5,000 for each euro, A-1 80/10,000, so A-1 has what is
    left of 10,000. With a request of 8,000 it is worth as much as B-1 and shares, 8/13 of 10,000;
    with 8,100 it has 5,000 still."""

    def by_request(asked: float) -> Applications:
        a = ask("A-1", asked, score=80, own_cash=10_000, other_funding=10_000 - asked)
        return apply(a, ask("B-1", 5_000, score=50))

    rules = scenario('[objective]\nvalue = "merit_projects"\n', envelope=10_000)
    before = allocate(by_request(10_000), rules)
    found = changes(before, "A-1")["ask"]
    assert before.awards == {"A-1": 500_000, "B-1": 500_000}
    assert (found.before, found.needed, found.in_full) == (1_000_000, 800_000, False)
    assert found.award in (610_000, 620_000)
    assert award(by_request(8_000), rules, "A-1") == found.award / 100
    assert award(by_request(8_100), rules, "A-1") == 5_000


def by_cash(cash: float) -> Applications:
    """A-1 asks for 6,000 of an eligible cost of 12,000, whatever cash the city brings."""
    return apply(
        city("A", own_budget=2_000 + cash),
        ask("A-1", 6_000, own_cash=cash, eligible_cost=12_000, total_cost=6_000 + cash),
    )


@pytest.mark.parametrize(
    ("rules", "cash", "needed", "in_full"),
    [
        # 1.5 for each euro of its own: 4,000 for 6,000; with 3,900 it has 5,800.
        ("[rules.matching]\nratio = 1.5\n", 1_000, 4_000, True),
        # A fifth of 12,000 is 2,400.
        ("[gates.own_contribution]\nfloor = 0.2\n", 1_000, 2_400, True),
        # National money at most half: a budget of 6,000, so cash of 4,000 (budgeted with it).
        ("[rules.independence]\nmax_national_share = 0.5\n", 1_000, 4_000, True),
        # 0.3 for each: even 12,000 of its own bring 3,600 only, which is the most.
        ("[rules.matching]\nratio = 0.3\n", 1_000, 12_000, False),
    ],
)
def test_the_own_cash(rules: str, cash: float, needed: float, in_full: bool) -> None:
    given = scenario(rules, envelope=50_000)
    found = changes(allocate(by_cash(cash), given), "A-1")["own cash"]
    assert (found.before, found.needed, found.in_full) == (cash * 100, needed * 100, in_full)
    with_it = award(by_cash(needed), given, "A-1")
    assert found.award == with_it * 100
    assert award(by_cash(needed - 100), given, "A-1") < with_it
    assert (with_it == 6_000) == in_full


@pytest.mark.parametrize(
    ("rules", "needed"),
    [
        # σ = 0.4: 2/3 of the budget; 6,000 need 9,000.
        ("[rules.independence]\nmax_national_share = 0.4\n", 9_000),
        ("[gates.additionality]\n", 8_000),  # what it had budgeted before
        ("[gates.pledges_covered]\n", 7_500),  # what it pledges
    ],
)
def test_the_own_engagement_budget(rules: str, needed: float) -> None:
    def by_budget(budget: float) -> Applications:
        means = city("A", own_budget=budget, earlier_budget=8_000)
        return apply(means, ask("A-1", 6_000, own_cash=7_500))

    given = scenario(rules, envelope=50_000)
    found = changes(allocate(by_budget(3_000), given), "A-1")["own budget"]
    assert (found.before, found.needed, found.award) == (300_000, needed * 100, 600_000)
    assert award(by_budget(needed), given, "A-1") == 6_000
    assert award(by_budget(needed - 100), given, "A-1") < 6_000


TRAINING_FIRST = "[rules.training_first]\ntrained_share = 0.5\nbase = 2_000\n"


def by_training(trained: int = 0, certified: int = 1) -> Applications:
    """A has 8 staff, so 4 are asked for. A-1 asks for 10,000 of financing: 2,000 and a quarter
    of 8,000 for each who is trained or whom A-2, which is cheap, certifies."""
    return apply(
        city("A", staff=8, trained_staff=trained),
        ask("A-1", 10_000, score=60),
        ask("A-2", 1_000, score=90, stream="training", people_to_be_certified=certified),
    )


def test_trained_staff_and_people_to_be_certified() -> None:
    """With A-2 one person is there: 4,000. Three more, trained or certified, make it full."""
    rules = scenario(TRAINING_FIRST, envelope=50_000)
    before = allocate(by_training(), rules)
    assert before.awards["A-1"] == 400_000
    found = changes(before, "A-1")
    trained, certified = found["trained staff"], found["people to be certified"]
    assert (trained.of, trained.before, trained.needed) == ("A", 0, 3)
    assert (certified.of, certified.before, certified.needed) == ("A-2", 1, 4)
    assert trained.award == certified.award == 1_000_000
    assert award(by_training(trained=3), rules, "A-1") == 10_000
    assert award(by_training(trained=2), rules, "A-1") == 8_000
    assert award(by_training(certified=4), rules, "A-1") == 10_000
    assert award(by_training(certified=3), rules, "A-1") == 8_000
    assert found["score"].needed is None


def test_a_larger_award_for_training() -> None:
    """2 euro of financing for each of training, and no staff: A-1 is viable from 3,000, so 1,500
    for A-2 would do. It gets nothing, since all 6,000 are worth 480,000 with B-1 (80), and 90 ×
    3,000 + 10 × 1,500 + 80 × 1,500 = 405,000 with A-1. With 1,500 for A-2, whatever the others
    have, A-1 is better than B-1. A guarantee of 1,100 is enough: all of it beside 4,900 for B-1 is
    worth 403,000, so that A-2 has 1,500 by itself; beside one of 1,000 B-1 is worth 410,000."""
    rules = "[rules.absorption]\nper_staff = 1_000\nper_training = 2.0\n"
    given = apply(
        city("A", staff=0),
        city("B", staff=6),
        ask("A-1", 4_000, score=90, minimum_viable=3_000),
        ask("A-2", 2_000, score=10, stream="training", minimum_viable=1_000),
        ask("B-1", 6_000, score=80),
    )
    before = allocate(given, scenario(rules, envelope=6_000))
    assert before.awards == {"A-1": 0, "A-2": 0, "B-1": 600_000}
    found = changes(before, "A-1")["training"]
    assert (found.of, found.before, found.needed, found.award) == ("A-2", 0, 110_000, 300_000)
    decision = '[[decisions]]\nactivity = "A-2"\nminimum = {}\nreason = "r"\n'
    assert award(given, scenario(rules + decision.format(1_100), envelope=6_000), "A-1") == 3_000
    assert award(given, scenario(rules + decision.format(1_000), envelope=6_000), "A-1") == 0


def test_a_larger_request_for_training() -> None:
    """A-2 is full with 500 and makes room for 1,000 of A-1; 1,500 would make it for 3,000."""
    rules = scenario("[rules.absorption]\nper_staff = 0\nper_training = 2.0\n", envelope=50_000)

    def by_request(asked: float) -> Applications:
        return apply(ask("A-1", 3_000), ask("A-2", asked, stream="training", by_year={2026: asked}))

    before = allocate(by_request(500), rules)
    assert before.awards == {"A-1": 100_000, "A-2": 50_000}
    found = changes(before, "A-1")["training"]
    assert (found.before, found.needed, found.award) == (50_000, 150_000, 300_000)
    assert award(by_request(1_500), rules, "A-1") == 3_000
    assert award(by_request(1_400), rules, "A-1") == 2_800


def test_coordination() -> None:
    """A-1 has room for 1,000 and, in proportion to A-2's part of its 2,000, 4,000 more; it is
    viable from 3,000, so needs half of A-2. B-1 takes the 9,000: 765,000, while with A-2 at 1,000
    86 × 3,000 + 20 × 1,000 + 85 × 5,000 = 703,000. Where A-2 has its 1,000 by hand, B-1 with the
    other 8,000 is worth 700,000. Formal coordination makes A-1 full, as 86 is more than 85.
    """
    rules = "[rules.coordination_first]\nbase = 1_000\n"

    def by(coordination: str) -> Applications:
        return apply(
            city("A", coordination=coordination),
            city("B", coordination="formal"),
            ask("A-1", 5_000, score=86, minimum_viable=3_000),
            ask("A-2", 2_000, score=20, stream="coordination"),
            ask("B-1", 9_000, score=85),
        )

    given = scenario(rules, envelope=9_000)
    before = allocate(by("none"), given)
    assert before.awards == {"A-1": 0, "A-2": 0, "B-1": 900_000}
    found = changes(before, "A-1")
    step, formal = found["coordination"], found["formal coordination"]
    assert (step.of, step.needed, step.award) == ("A-2", 100_000, 300_000)
    assert (formal.of, formal.needed, formal.award) == ("A", 1, 500_000)
    assert award(by("formal"), given, "A-1") == 5_000
    decision = '[[decisions]]\nactivity = "A-2"\nminimum = {}\nreason = "r"\n'
    assert (
        award(by("none"), scenario(rules + decision.format(1_000), envelope=9_000), "A-1") == 3_000
    )
    assert award(by("none"), scenario(rules + decision.format(900), envelope=9_000), "A-1") == 0


def test_changes_that_the_rules_take_no_notice_of_are_left_out() -> None:
    """With money alone own money, training and coordination mean nothing."""
    found = changes(allocate(by_score(60), scenario(envelope=12_000)), "C-1")
    assert set(found) == {"score", "ask"}
    assert found["ask"].needed is None


def test_an_award_in_full_needs_no_change() -> None:
    assert changes_of(allocate(by_score(60), scenario(envelope=12_000)), "A-1") == ()


def test_no_change_opens_what_the_ministry_closed() -> None:
    """Overdue reports are no matter of scores, asks or money."""
    given = apply(record("A", reports_overdue=True), ask("A-1", 1_000), ask("B-1", 500))
    assert changes_of(allocate(given, scenario("[gates.reports_filed]\n")), "A-1") == ()


def test_an_exclusion_by_hand_stays_whatever_the_city_does() -> None:
    rules = '[[decisions]]\nactivity = "A-1"\nexclude = true\nreason = "r"\n'
    found = changes(allocate(apply(ask("A-1", 1_000)), scenario(rules)), "A-1")
    assert {change.needed for change in found.values()} == {None}


def test_a_change_that_leaves_no_allocation_does_not_do() -> None:
    """North must have 2,000 of 3,000. A-1 (North, 40) is below the threshold, so that the floor
    falls to what is open, nothing; opened it must be funded, and is: with 50 it has 2,000. Where
    a decision guarantees B-1 the 3,000, opening A-1 leaves no allocation at all."""
    floor = '[[rules.group_shares]]\nattribute = "region"\ngroup = "North"\nmin = 0.6666\n'
    rules = "[gates.merit_threshold]\nscore = 50\n" + floor
    given = apply(
        city("B", region="South"), ask("A-1", 5_000, score=40), ask("B-1", 3_000, score=99)
    )
    found = changes(allocate(given, scenario(rules, envelope=3_000)), "A-1")
    assert (found["score"].needed, found["score"].award) == (500, 200_000)
    decided = rules + '[[decisions]]\nactivity = "B-1"\nminimum = 3_000\nreason = "r"\n'
    found = changes(allocate(given, scenario(decided, envelope=3_000)), "A-1")
    assert found["score"].needed is None


def test_what_a_limit_costs() -> None:
    """City A has 12,000 of its own and other cities' awards leave 30,000: without independence
    A-1 has 16,000, which its national share admits; without that no more than before."""
    rates = "rates = { other = 1, several = 1, none = 0.8 }\n"
    rules = f"[rules.independence]\n[rules.national_share]\n{rates}"
    given = apply(
        city("A", own_budget=12_000),
        ask("A-1", 20_000, eligible_cost=20_000),
        ask("B-1", 8_000, eligible_cost=10_000),
    )
    found = allocate(given, scenario(rules, envelope=50_000))
    (row,) = found.outcomes["A-1"].rules
    assert (row.rule, found.awards["A-1"]) == ("independence", 1_200_000)
    assert cost_of(found, "A-1", [row]) == 400_000
    share = next(r for r in found.limits if (r.rule, r.subject) == ("national_share", "A-1"))
    assert cost_of(found, "A-1", [share]) == 0


def by_budget(budget: float) -> Applications:
    """A-1 (80) asks for 3,000, its neighbour A-2 (90) for all or nothing of 8,000, B-1 (60) for
    as much."""
    return apply(
        ask("A-1", 3_000, score=80, own_cash=0, other_funding=3_000),
        ask("A-2", 8_000, score=90, own_cash=0, other_funding=8_000, minimum_viable=8_000),
        ask("B-1", 8_000, score=60),
        city("A", own_budget=budget),
    )


def test_a_budget_that_helps_only_until_a_neighbour_takes_the_room() -> None:
    """8,000 in all, one national euro for each of the city's own. With a budget of 1,000 A-1 has
    1,000, with 3,000 all. From 8,000 on A-2 takes all: 720,000 rather than 240,000 + 300,000."""
    rules = scenario("[rules.independence]\n", envelope=8_000)
    found = changes(allocate(by_budget(1_000), rules), "A-1")["own budget"]
    assert award(by_budget(found.farthest / 100), rules, "A-1") == 0
    assert (found.before, found.needed, found.award) == (100_000, 300_000, 300_000)
    assert found.in_full
    assert award(by_budget(3_000), rules, "A-1") == 3_000
    assert award(by_budget(2_900), rules, "A-1") == 2_900
