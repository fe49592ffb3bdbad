"""Exact awards: whole units, payments, fairness between equals, statuses, conflicts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from funding.awards import allocate
from funding.check import broken_payments
from funding.errors import NoAllocation, RowsBroken, SolverStopped
from funding.remainder import left_words
from funding.result import as_json
from tests.small import apply, ask, awards, city, in_units, record, scenario


def test_best_first_until_the_money_runs_out() -> None:
    """1 000 EUR: the 90 gets its 600, the 80 the last 400, the 70 nothing."""
    given = apply(ask("A-1", 600, score=90), ask("B-1", 600, score=80), ask("C-1", 600, score=70))
    made = allocate(given, scenario(envelope=1_000))
    assert in_units(made) == {"A-1": 600, "B-1": 400, "C-1": 0}
    assert made.value == 90 * 600 + 80 * 400
    assert made.gap == pytest.approx(0, abs=1e-9)
    assert (made.spent, made.unspent) == (100_000, 0)
    assert [o.status for o in made.outcomes.values()] == ["full", "reduced", "reserve"]
    assert made.reserve == ("C-1",)


def test_the_solvers_last_digits_are_no_loss() -> None:
    """Of a value of 90,000 a difference of 0.00000001 is 0 and has no sign; one of 1 is 1."""
    made = allocate(apply(ask("A-1", 1_000, score=90)), scenario(envelope=1_000))
    assert made.value == 90_000
    close = replace(made, best_value=90_000 + 1e-8, fair_value=90_000 - 1e-8)
    assert (close.price_of_fairness, str(close.rounding_loss)) == (0.0, "0.0")
    apart = replace(made, best_value=90_000.0, fair_value=89_999.0)
    assert (apart.price_of_fairness, apart.rounding_loss) == (1.0, -1.0)


def test_one_activity_is_said_as_one() -> None:
    """500 EUR: A-1 in full, B-1 is under the threshold."""
    given = apply(ask("A-1", 400, score=90), ask("B-1", 400, score=10))
    made = allocate(given, scenario("[gates.merit_threshold]\nscore = 50\n", envelope=500))
    assert left_words(made.case, made.remainder) == (
        "100 EUR are left: 1 activity has all it asks for, 1 is closed"
    )


def test_equals_share_the_last_of_the_money() -> None:
    """Four equal asks of 60 and 130 to share: 32.5 each, in units of 1 two get 33 and two 32."""
    given = apply(*(ask(f"{c}-1", 60) for c in "ABCD"))
    got = sorted(awards(scenario(envelope=130, unit=1), given).values())
    assert got == [32, 32, 33, 33]


def test_the_evener_share_is_in_proportion_to_the_square_of_unmet_need() -> None:
    """Asks of 30 and 90, 60 to share: Σ q (1 − x/q)² is least where x/q is the same, one half."""
    given = apply(ask("A-1", 30), ask("B-1", 90))
    assert awards(scenario(envelope=60, unit=1), given) == {"A-1": 15, "B-1": 45}


def test_a_unit_that_cannot_be_shared_goes_by_the_declared_order() -> None:
    """101 for two asks of 60: the first-time applicant gets 51, though it is the larger city."""
    given = apply(
        ask("A-1", 60),
        ask("B-1", 60),
        city("A", population=1_000),
        city("B", population=9_000),
        record("B", first_time=True),
    )
    assert awards(scenario(envelope=101, unit=1), given) == {"A-1": 50, "B-1": 51}


def test_equals_in_turn_where_ties_are_not_shared() -> None:
    """90 for two asks of 60, not shared: the smaller city in full, the other the rest."""
    given = apply(
        ask("A-1", 60), ask("B-1", 60), city("A", population=9_000), city("B", population=1_000)
    )
    rules = scenario("[ties]\nshare = false\n", envelope=90, unit=1)
    assert awards(rules, given) == {"A-1": 30, "B-1": 60}


def test_merit_is_given_up_for_evenness_only_up_to_the_price() -> None:
    """100 for asks of 100 scored 100 and 90. Best: 100 · 100 = 10 000. π = 0.02 allows 9 800.

    Moving x euro to the second costs 10 x: 20 euro cost 200. Without π it gets nothing.
    """
    given = apply(ask("A-1", 100, score=100), ask("B-1", 100, score=90))
    even = scenario("[objective]\nfairness_price = 0.02\n", envelope=100, unit=1)
    assert awards(even, given) == {"A-1": 80, "B-1": 20}
    assert awards(scenario(envelope=100, unit=1), given) == {"A-1": 100, "B-1": 0}


def test_minimum_viable_amounts_decide_who_is_funded() -> None:
    """100 to give; A (80) needs 60 of 60, B (70) needs 50 of 50, C (60) takes any part of 40.

    A and C: 80·60 + 60·40 = 7 200. B and C: 70·50 + 60·40 = 5 900. A and B do not fit (110).
    Without the minimum, A and 40 of B: 80·60 + 70·40 = 7 600.
    """
    given = apply(
        ask("A-1", 60, score=80, minimum_viable=60),
        ask("B-1", 50, score=70, minimum_viable=50),
        ask("C-1", 40, score=60),
    )
    assert awards(scenario(envelope=100, unit=1), given) == {"A-1": 60, "B-1": 0, "C-1": 40}
    free = scenario("[rules.request]\nrespect_minimum_viable = false\n", envelope=100, unit=1)
    assert awards(free, given) == {"A-1": 60, "B-1": 40, "C-1": 0}


def test_the_three_bases_are_three_policies() -> None:
    """100 for one of: A, ask 100, score 60, 100 000 people; B, ask 100, score 70, 10 000."""
    given = apply(
        ask("A-1", 100, score=60),
        ask("B-1", 100, score=70),
        ask("C-1", 20, score=50),
        city("A", population=100_000),
        city("B", population=10_000),
        city("C", population=1_000),
    )

    def best(basis: str) -> dict[str, float]:
        text = f'[objective]\nvalue = "{basis}"\n'
        return awards(scenario(text, envelope=100, unit=1), given)

    assert best("merit_money") == {"A-1": 0, "B-1": 100, "C-1": 0}
    # Score per share of the request: C gives 50 for 20 euro, then B 0.7 a euro.
    assert best("merit_projects") == {"A-1": 0, "B-1": 80, "C-1": 20}
    assert best("reach") == {"A-1": 100, "B-1": 0, "C-1": 0}


def test_diminishing_returns_spread_the_money() -> None:
    """The first half counts in full, the rest at half: 80 (then 40) against 70 (then 35).

    100 euro for two asks of 100: both first halves before any second half.
    """
    given = apply(ask("A-1", 100, score=80), ask("B-1", 100, score=70))
    text = "[objective]\nfull_value_share = 0.5\nlater_value = 0.5\n"
    made = allocate(given, scenario(text, envelope=100, unit=1))
    assert in_units(made) == {"A-1": 50, "B-1": 50}
    assert made.value == 80 * 50 + 70 * 50


def test_payments_are_whole_units_within_each_year() -> None:
    """Three asks of 300, a third in each of three years, envelopes of 300 in units of 100.

    Awards of 300 pay 100 a year. With 600 in all (200 a year), awards of 200 pay 66.67 a year
    in proportion: each pays 100 in two of three years, and no year pays more than 200.
    """
    thirds = {2026: 100, 2027: 100, 2028: 100}
    given = apply(*(ask(f"{c}-1", 300, by_year=thirds) for c in "ABC"))
    rules = scenario("[fund]\nunit = 100\n[fund.envelopes]\n2026 = 200\n2027 = 200\n2028 = 200\n")
    made = allocate(given, rules)
    assert in_units(made) == {"A-1": 200, "B-1": 200, "C-1": 200}
    for year in (2026, 2027, 2028):
        assert sum(paid.get(year, 0) for paid in made.payments.values()) == 20_000
    assert all(set(paid.values()) <= {0, 10_000} for paid in made.payments.values())
    changed = {**made.payments, "A-1": {2026: 20_000}}
    assert broken_payments(made.case, made.awards, changed)


def test_asks_that_are_no_multiple_of_the_unit() -> None:
    """An ask of 1 234 in units of 100 gets at most 1 200; 99 has no whole unit at all."""
    given = apply(ask("A-1", 1_234), ask("B-1", 99))
    made = allocate(given, scenario())
    assert in_units(made) == {"A-1": 1_200, "B-1": 0}
    assert made.outcomes["A-1"].status == "full"
    assert made.outcomes["B-1"].status == "not funded"
    assert "units of 100 EUR" in made.outcomes["B-1"].reasons[0]


def test_statuses_and_what_stopped_each() -> None:
    given = apply(
        ask("A-1", 500, score=90),
        ask("B-1", 500, score=80),
        ask("C-1", 500, score=40),
        ask("D-1", 500, score=90, eligible=False),
        city("B", own_budget=300),
    )
    text = "[rules.independence]\n[gates.merit_threshold]\nscore = 50\n"
    made = allocate(given, scenario(text, envelope=5_000))
    statuses = {code: outcome.status for code, outcome in made.outcomes.items()}
    assert statuses == {
        "A-1": "full",
        "B-1": "reduced",
        "C-1": "below threshold",
        "D-1": "ineligible",
    }
    (stop,) = made.outcomes["B-1"].rules
    assert stop.rule == "independence"
    assert made.city_status("B") == "reduced"
    assert [use.limit.name for use in made.rows if use.binding] == ["independence · B"]


def test_rules_that_contradict_each_other_are_named() -> None:
    """Training is guaranteed 500 of 1 000, but independence leaves its only city 100."""
    given = apply(
        ask("A-1", 800),
        ask("B-1", 800, stream="training"),
        city("B", own_budget=100),
    )
    text = "[rules.stream_shares]\ntraining = { min = 0.5 }\n[rules.independence]\n"
    with pytest.raises(NoAllocation) as caught:
        allocate(given, scenario(text, envelope=1_000))
    words = str(caught.value)
    assert "Independence, Stream shares" in words
    assert "Envelope" not in words
    assert "stream training: at least 500 EUR" in words


def test_a_floor_nobody_applies_for_is_a_conflict() -> None:
    given = apply(ask("A-1", 800))
    with pytest.raises(NoAllocation, match="no open activity"):
        allocate(given, scenario("[rules.stream_shares]\ncoordination = { min = 0.1 }\n"))


def test_a_fund_without_open_activities_awards_nothing() -> None:
    made = allocate(apply(ask("A-1", 800, eligible=False)), scenario())
    assert made.spent == 0
    assert made.status == "optimal"
    assert made.gap == 0


def test_an_allocation_that_breaks_a_row_cannot_be_made() -> None:
    """500 in the fund, 600 asked: awards of 600, or of half a unit, are refused."""
    made = allocate(apply(ask("A-1", 600)), scenario(envelope=500))
    with pytest.raises(RowsBroken, match="envelope"):
        replace(made, awards={"A-1": 60_000}, payments={"A-1": {2026: 60_000}})
    with pytest.raises(RowsBroken, match="multiple"):
        replace(made, awards={"A-1": 45_000 + 50}, payments={"A-1": {2026: 45_050}})


def test_without_time_there_is_no_answer() -> None:
    with pytest.raises(SolverStopped, match="stopped after 0 seconds"):
        allocate(apply(ask("A-1", 600)), scenario(), time_limit=0)


def test_the_result_as_json() -> None:
    made = allocate(apply(ask("A-1", 600), ask("B-1", 600.50)), scenario(envelope=1_000))
    result = as_json(made)
    assert result["format"] == 1
    assert result["status"] == "optimal"
    assert (result["spent"], result["unspent"]) == (1_000, 0)
    assert {row["requested"] for row in result["awards"]} == {600, 600.5}  # type: ignore[attr-defined]
    assert result["run"]["applications"] == made.applications.digest  # type: ignore[index]


def test_where_nobody_has_merit_the_money_is_shared_evenly() -> None:
    """Scores of 0: nothing is gained, so every allocation is best; the most even one is taken."""
    given = apply(ask("A-1", 100, score=0), ask("B-1", 100, score=0))
    made = allocate(given, scenario(envelope=100, unit=1))
    assert in_units(made) == {"A-1": 50, "B-1": 50}
    assert made.value == 0
    assert made.bound == 0.0
    assert made.gap == 0.0


def test_a_place_that_cannot_be_shared_goes_by_the_declared_order() -> None:
    """Six equal asks, all or nothing, money for two: the two first-time applicants."""
    given = apply(
        *(ask(f"{c}-1", 1_000) for c in "ABCDEF"),
        record("B", first_time=True),
        record("E", first_time=True),
    )
    text = "[rules.request]\nall_or_nothing = true\n"
    got = awards(scenario(text, envelope=2_000), given)
    assert [code for code, award in got.items() if award] == ["B-1", "E-1"]


@pytest.mark.parametrize("text", ["fairness_price = 0.05", "full_value_share = 0.6"])
def test_the_last_units_go_by_the_declared_order_under_any_objective(text: str) -> None:
    """2 700 for five equal asks: 540 each, in hundreds 600 for two, those who are first-timers."""
    given = apply(
        *(ask(f"{c}-1", 1_000) for c in "ABCDE"),
        record("A", first_time=True),
        record("B", first_time=True),
    )
    got = awards(scenario(f"[objective]\n{text}\n", envelope=2_700), given)
    assert list(got.values()) == [600, 600, 500, 500, 500]


def test_equals_stay_even_where_a_unit_more_is_worth_less() -> None:
    """2,000 for four equal asks of 900 with score 40: 500 each, 450 of them in full, 50 by 0.4.

    40 × 450 + 16 × 50 = 18,800 each, 75,200; 400 and 600 are worth 16,000 + 20,400, 1,200 less.
    """
    given = apply(
        *(ask(f"A-{n}", 900, score=0) for n in range(3)),
        *(ask(code, 900, score=40) for code in ("A-3", "A-4", "B-0")),
        ask("C-0", 900, score=40, minimum_viable=500),
    )
    text = "[objective]\nfull_value_share = 0.5\nlater_value = 0.4\n"
    read = scenario(text, envelope=2_000)
    assert allocate(given, read).value == 75_200
    assert list(awards(read, given).values()) == [0, 0, 0, 500, 500, 500, 500]


def test_the_reserve_says_what_is_missing() -> None:
    """100 000: A takes 80 000, B needs 50 000 or nothing, so 30 000 are missing."""
    given = apply(
        ask("A-1", 80_000, score=90, minimum_viable=80_000),
        ask("B-1", 50_000, minimum_viable=50_000),
    )
    made = allocate(given, scenario(envelope=100_000))
    assert made.outcomes["B-1"].status == "reserve"
    assert "30,000 EUR more" in made.outcomes["B-1"].reasons[0]


def test_a_year_without_money_is_no_reserve() -> None:
    given = apply(ask("A-1", 500), ask("B-1", 500, by_year={2028: 500}))
    rules = scenario("[fund]\nunit = 100\n[fund.envelopes]\n2026 = 400\n2027 = 500\n")
    outcome = allocate(given, rules).outcomes["B-1"]
    assert outcome.status == "not funded"
    assert outcome.reasons[0] == "The fund has no money in 2028, when this would be paid."


@pytest.mark.parametrize("rule", ["matching]\nratio = 0", "hands_off]\nmax_steered_share = 0.3"])
@pytest.mark.parametrize("least", [None, 200])
def test_where_nobody_can_have_an_award_nothing_is_better(rule: str, least: int | None) -> None:
    """Nothing is the best, and proved so: bound and gap are 0, with minimum viable amounts too."""
    asks = apply(*(ask(f"{c}-1", 370, steered=True, minimum_viable=least) for c in "ABC"))
    found = allocate(asks, scenario(f"[rules.{rule}\n", envelope=700))
    assert set(found.awards.values()) == {0}
    assert (str(found.bound), str(found.best_value), found.gap) == ("0.0", "0.0", 0)


def test_a_request_that_is_no_whole_number_of_units_is_said_to_be_counted_in_them() -> None:
    """1,550.50 asked for, of which 1,500 are whole hundreds; both lack 500 then."""
    given = apply(ask("A-1", 1_550.50), ask("B-1", 1_000))
    found = allocate(given, scenario(envelope=1_500))
    assert (
        found.outcomes["A-1"].reasons[0].startswith("Reduced to 1,000 EUR of 1,500 EUR in whole ")
    )
    assert found.outcomes["B-1"].reasons[0].startswith("Reduced to 500 EUR of 1,000 EUR: ")
