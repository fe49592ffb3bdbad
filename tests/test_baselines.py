"""Baselines: best to worst, pro rata, equal shares, the method of equal shares; by hand."""

from __future__ import annotations

import pytest
from hypothesis import assume, event
from hypothesis import given as drawn

from funding.applications import Applications
from funding.awards import allocate
from funding.baselines import METHODS, Proposal, baseline, baselines, proposal
from funding.scenario import Scenario
from tests.oracle import Referee
from tests.random_funds import ENVELOPES, funds, rules
from tests.small import apply, ask, city, record, scenario
from tests.test_properties import examples, tried

FILLING = ("Pro rata", "Equal shares")


def of(method: str, rules: Scenario, given: Applications) -> Proposal:
    return baseline(method, allocate(given, rules))


def amounts(found: Proposal) -> dict[str, float]:
    return {code: award / 100 for code, award in found.awards.items()}


# -- best to worst ----------------------------------------------------------------------


def test_the_ranking_serves_the_best_first_and_cuts_the_last() -> None:
    """1,000 in units of 100: B (90) takes 600, A (80) the 400 that are left of its 500, C none."""
    given = apply(ask("A-1", 500, score=80), ask("B-1", 600, score=90), ask("C-1", 300, score=70))
    found = of("Best to worst", scenario(envelope=1_000), given)
    assert amounts(found) == {"A-1": 400, "B-1": 600, "C-1": 0}
    assert found.value == 90 * 600 + 80 * 400
    assert found.funded == 2
    assert found.broken == ()
    assert found.faults == ()


def test_the_ranking_passes_over_what_is_not_viable() -> None:
    """400 are left for A, which needs 500; they go to C."""
    given = apply(
        ask("A-1", 500, score=80, minimum_viable=500),
        ask("B-1", 600, score=90),
        ask("C-1", 300, score=70),
    )
    found = of("Best to worst", scenario(envelope=1_000), given)
    assert amounts(found) == {"A-1": 0, "B-1": 600, "C-1": 300}
    assert found.spent == 90_000


def test_equal_scores_come_in_the_declared_order() -> None:
    """The first-time applicant B comes before A; 500 are enough for one."""
    given = apply(ask("A-1", 500), ask("B-1", 500), record("B", first_time=True))
    found = of("Best to worst", scenario(envelope=500), given)
    assert amounts(found) == {"A-1": 0, "B-1": 500}


def test_the_ranking_cannot_hold_a_floor_and_says_by_how_much() -> None:
    """Training is guaranteed 300 of 1,000; best to worst spends all 1,000 on financing.

    The optimum gives 700 to A and 300 to T: 90·700 + 10·300 = 66,000 against 90,000.
    """
    given = apply(ask("A-1", 1_000, score=90), ask("T-1", 400, score=10, stream="training"))
    terms = scenario("[rules.stream_shares]\ntraining = { min = 0.3 }\n", envelope=1_000)
    found = of("Best to worst", terms, given)
    assert amounts(found) == {"A-1": 1_000, "T-1": 0}
    (use,) = found.broken
    assert (use.limit.subject, use.room) == ("training", -30_000)
    assert found.rules_broken == ("Stream shares",)
    assert found.rules_held == 2  # envelope and request
    assert found.words(use) == (
        "Stream training: at least 300 EUR, 30 % of the envelope; missed by 300 EUR."
    )


def test_the_ranking_holds_ceilings_and_city_minimums() -> None:
    """A is capped at 300. B asks 200, less than a city gets at least (250): nothing. C gets 700."""
    given = apply(ask("A-1", 900, score=90), ask("B-1", 200, score=80), ask("C-1", 900, score=70))
    terms = scenario(
        '[rules.city_minimum]\namount = 250\n[[decisions]]\ncity = "A"\nmaximum = 300\n'
        'reason = "agreed"\n',
        envelope=1_000,
    )
    found = of("Best to worst", terms, given)
    assert amounts(found) == {"A-1": 300, "B-1": 0, "C-1": 700}
    assert found.rules_held == len(terms.rules)


def test_financing_that_waits_for_training_is_looked_at_again() -> None:
    """Financing up to 10 per unit of training: F (90) finds no room first, T (50) takes 100, then
    F takes its 500."""
    given = apply(
        ask("A-1", 500, score=90),
        ask("A-2", 100, score=50, stream="training"),
        city("A", staff=0),
    )
    terms = scenario("[rules.absorption]\nper_staff = 1\nper_training = 10\n", envelope=1_000)
    found = of("Best to worst", terms, given)
    assert amounts(found) == {"A-1": 500, "A-2": 100}


# -- pro rata and equal shares ----------------------------------------------------------


def test_pro_rata_gives_everybody_the_same_share() -> None:
    """1,200 for requests of 2,400: half of each, whatever the score."""
    given = apply(ask("A-1", 400, score=10), ask("B-1", 800), ask("C-1", 1_200, score=99))
    found = of("Pro rata", scenario(envelope=1_200), given)
    assert amounts(found) == {"A-1": 200, "B-1": 400, "C-1": 600}


def test_pro_rata_goes_on_without_who_meets_a_rule() -> None:
    """C may have 300 at most; the other 900 are 3/4 of A's 400 and B's 800."""
    given = apply(ask("A-1", 400), ask("B-1", 800), ask("C-1", 1_200))
    terms = scenario(
        '[[decisions]]\nactivity = "C-1"\nmaximum = 300\nreason = "agreed"\n', envelope=1_200
    )
    found = of("Pro rata", terms, given)
    assert amounts(found) == {"A-1": 300, "B-1": 600, "C-1": 300}


def test_pro_rata_lets_an_activity_in_with_what_makes_it_viable() -> None:
    """C is viable from 900 of 1,200, a share of 3/4, which the money never reaches: 1,000 for A
    and B, that ask 1,200 together: 333 and 667, in hundreds 300 and 700 (B's 700 of 800 is a
    share of 0.875, A's 400 of 400 would be 1)."""
    given = apply(ask("A-1", 400), ask("B-1", 800), ask("C-1", 1_200, minimum_viable=900))
    found = of("Pro rata", scenario(envelope=1_000), given)
    assert amounts(found) == {"A-1": 300, "B-1": 700, "C-1": 0}


def test_equal_shares_give_every_city_the_same() -> None:
    """900 for three cities: 300 each. A's two activities share its 300 as 200 to 100; C asks only
    200, so that the other 100 go on to A and B: in proportion a level of 350."""
    given = apply(
        ask("A-1", 800), ask("A-2", 400), ask("B-1", 1_000), ask("C-1", 200), draw_number="7"
    )
    found = of("Equal shares", scenario(envelope=900, unit=1), given)
    totals = {"A": 0.0, "B": 0.0, "C": 0.0}
    for code, award in amounts(found).items():
        totals[code[0]] += award
    assert totals == {"A": 350, "B": 350, "C": 200}
    assert amounts(found)["A-1"] in (233, 234)  # two thirds of 350


@pytest.mark.parametrize("method", FILLING)
@pytest.mark.parametrize(
    "rule",
    [
        "[rules.city_cap]\namount = 500",
        "[rules.city_minimum]\namount = 250",
        '[[rules.award_bands]]\nstreams = ["financing"]\nmin = 100\nmax = 300',
        "[rules.hands_off]\nmax_steered_share = 0.3",
    ],
)
def test_leaping_changes_nothing(method: str, rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same awards with everybody raised at once as unit by unit. B's activities together
    reach a city's minimum sooner than any alone, which unit by unit is not how they enter."""
    given = apply(
        *(ask("A-1", 401), ask("B-1", 800, minimum_viable=100), ask("B-2", 477)),
        *(ask("B-3", 300, steered=True), ask("C-1", 1_200, steered=True), ask("C-2", 90)),
    )
    terms = scenario(f"{rule}\n", envelope=1_234, unit=1)
    often = of(method, terms, given)
    monkeypatch.setattr("funding.baselines.LEAP", 10**9)
    assert of(method, terms, given).awards == often.awards


@examples(60)
@drawn(funds(), rules(), ENVELOPES)
def test_leaping_changes_nothing_in_any_fund(
    applications: Applications, tables: str, money: str
) -> None:
    allocation = tried(applications, scenario(f"[fund]\nunit = 20\n{money}{tables}"))
    assume(allocation is not None)
    assert allocation is not None
    for method in FILLING:
        often = baseline(method, allocation)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("funding.baselines.LEAP", 10**9)
            assert baseline(method, allocation).awards == often.awards


# -- the method of equal shares ---------------------------------------------------------


def test_the_method_of_equal_shares_respects_the_smaller_group() -> None:
    """Three cities hold 400 each of 1,200. A and B work on water, C on youth.

    ρ = cost / supporters / (score · cost): water W (A-1, 90, 400) 1/180, (A-2, 90, 400) 1/180,
    (B-1, 85, 400) 1/170; youth (C-1, 60, 400) 1/60. A-1 and A-2 are bought by 200 each from A
    and B, who then have nothing; C buys its own. The ranking would fund A-1, A-2 and B-1.
    """
    given = apply(
        ask("A-1", 400, score=90),
        ask("A-2", 400, score=90),
        ask("B-1", 400, score=85),
        ask("C-1", 400, score=60, theme="youth"),
    )
    terms = scenario(envelope=1_200)
    found = of("Method of equal shares", terms, given)
    assert amounts(found) == {"A-1": 400, "A-2": 400, "B-1": 0, "C-1": 400}
    assert amounts(of("Best to worst", terms, given))["C-1"] == 0


def test_in_the_method_of_equal_shares_who_has_little_pays_all_it_has() -> None:
    """A, B and C hold 300 each of 900. On youth work B and C, on water A and B.

    B-1 (youth, 90, 400) costs B and C 200 each: ρ = 200 / (90·400) = 1/180, the least of all. Then
    B has 100 left. A-1 (water, 50, 300) costs B its 100 and A 200: ρ = 200 / (50·300) = 1/75, more
    than the 1/100 that it had with 150 from each. B-2 (water, 70, 150) would have cost 75 each,
    ρ = 1/140: it comes before A-1 and leaves A 225 and B 25, so that A-1 (300) has not enough.
    What is left, 350 of 900, goes best to worst: to C-1 (youth, 60, 500).
    """
    given = apply(
        ask("A-1", 300, score=50),
        ask("B-1", 400, score=90, theme="youth"),
        ask("B-2", 150, score=70),
        ask("C-1", 500, score=60, theme="youth"),
    )
    found = of("Method of equal shares", scenario(envelope=900, unit=50), given)
    assert amounts(found) == {"A-1": 0, "B-1": 400, "B-2": 150, "C-1": 350}


def test_who_has_less_than_its_part_pays_all_and_the_others_more() -> None:
    """As above without B-2: A-1 costs B its last 100 and A 200, and is bought; C-1 gets the rest,
    200, although the ranking would have given C-1 (60) its 500 before A-1 (50)."""
    given = apply(
        ask("A-1", 300, score=50),
        ask("B-1", 400, score=90, theme="youth"),
        ask("C-1", 500, score=60, theme="youth"),
    )
    terms = scenario(envelope=900)
    found = of("Method of equal shares", terms, given)
    assert amounts(found) == {"A-1": 300, "B-1": 400, "C-1": 200}
    assert amounts(of("Best to worst", terms, given)) == {"A-1": 0, "B-1": 400, "C-1": 500}


def test_what_equal_shares_cannot_buy_goes_best_to_worst() -> None:
    """Two cities hold 500 each and work on different themes: neither buys its own 800; the
    ranking then gives A (90) 800 and B the rest, 200."""
    given = apply(ask("A-1", 800, score=90), ask("B-1", 800, score=80, theme="youth"))
    found = of("Method of equal shares", scenario(envelope=1_000), given)
    assert amounts(found) == {"A-1": 800, "B-1": 200}


# -- all of them ------------------------------------------------------------------------


def test_each_method_stands_beside_the_optimum_in_order() -> None:
    given = apply(ask("A-1", 400))
    found = baselines(allocate(given, scenario(envelope=400)))
    assert [p.method for p in found] == list(METHODS)
    assert all(amounts(p) == {"A-1": 400} for p in found)


def test_without_open_activities_nobody_gets_anything() -> None:
    given = apply(ask("A-1", 400, eligible=False))
    for found in baselines(allocate(given, scenario(envelope=400))):
        assert amounts(found) == {"A-1": 0}
        assert found.value == 0


def test_a_proposal_says_what_is_wrong_with_any_awards() -> None:
    given = apply(ask("A-1", 400))
    allocation = allocate(given, scenario(envelope=300))
    found = proposal(
        "By hand", allocation.scenario, allocation.case, allocation.limits, {"A-1": 40_000, "X": 1}
    )
    assert [use.limit.rule for use in found.broken] == ["envelope"]
    assert any("no such activity" in words for words in found.faults)


FLOORS = {"stream_shares", "group_shares", "decisions"}  # rules that may guarantee something


@examples(150)
@drawn(funds(), rules(), ENVELOPES)
def test_the_referee_finds_broken_what_a_proposal_says(
    applications: Applications, tables: str, money: str
) -> None:
    """For every method: the rules that it names are those that the referee finds, all are rules
    that guarantee something, and without any of them it is worth no more than the optimum."""
    terms = scenario(f"[fund]\nunit = 500\n{money}{tables}")
    allocation = tried(applications, terms)
    assume(allocation is not None)
    assert allocation is not None
    referee = Referee(applications, terms.tables)
    for found in baselines(allocation):
        named = {use.limit.rule for use in found.broken}
        assert {words.split(":")[0] for words in referee.broken(found.awards)} == named
        assert bool(found.faults) == bool(named)
        assert named <= FLOORS
        assert found.value == referee.value(found.awards)
        if not named:
            assert float(found.value) <= allocation.bound * (1 + 1e-9)
        event(f"{found.method} breaks {len(named)}")
