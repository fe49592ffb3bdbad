"""Conflicts are irreducible sets worked out by hand, and repairs are confirmed and cheapest.

The funds stand in `infeasible_funds`, each with its arithmetic.
"""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import tomli_w

from funding import conflict as conflicts
from funding.applications import Applications
from funding.awards import allocate
from funding.conflict import Counts, conflict_of
from funding.errors import Conflict, NoAllocation, Part, SolverStopped
from funding.program import Answer, State, Task
from funding.repairs import cost, repair_lines, repairs_of
from funding.scenario import Scenario, difference, from_tables, load
from tests.infeasible_funds import FUNDS, Hopeless, decision
from tests.small import apply, ask, city, scenario

CASES = pytest.mark.parametrize("fund", FUNDS, ids=range(1, len(FUNDS) + 1))


def read(fund: Hopeless) -> Scenario:
    return scenario(fund.tables, envelope=fund.envelope, unit=fund.unit)


def conflict(given: Applications, rules: Scenario) -> Conflict:
    """The conflict of a fund without an allocation."""
    with pytest.raises(NoAllocation) as caught:
        allocate(given, rules)
    assert caught.value.conflict is not None
    return caught.value.conflict


def name(part: Part) -> str:
    """The rule, or of a decision by hand whom it is for."""
    return part.row.split(" · ")[1] if part.row else part.rule


def without(rules: Scenario, fund: Hopeless, parts: set[str]) -> Scenario:
    """The scenario with these rules and decisions only, and what always holds."""
    tables = dict(rules.tables)
    tables["rules"] = {k: v for k, v in tables.get("rules", {}).items() if k in {*parts, "request"}}
    listed = tables.get("decisions", [])
    tables["decisions"] = [d for d in listed if d.get("activity", d.get("city")) in parts]
    return from_tables(tables)


def test_there_are_thirty_and_more() -> None:
    assert len(FUNDS) >= 30


@CASES
def test_the_set_is_one_of_those_worked_out_by_hand(fund: Hopeless) -> None:
    found = conflict(fund.given, read(fund))
    assert frozenset(name(part) for part in found.parts) in fund.sets
    assert found.smallest
    told = {amount / 100 for part in found.parts for amount in part.amounts}
    assert fund.amounts <= told


@CASES
def test_dropping_any_one_of_the_set_lets_the_others_be_held(fund: Hopeless) -> None:
    """By awards of a scenario with the others alone. The envelope and requests stay in it, so what
    they are needed for is seen from the sets by hand."""
    rules = read(fund)
    names = {name(part) for part in conflict(fund.given, rules).parts}
    with pytest.raises(NoAllocation):
        allocate(fund.given, without(rules, fund, names))
    for each in names - {"envelope", "request"}:
        allocate(fund.given, without(rules, fund, names - {each}))


@CASES
def test_the_cheapest_repair_is_that_by_hand(fund: Hopeless) -> None:
    rules = read(fund)
    found = repairs_of(fund.given, rules, conflict(fund.given, rules))
    changed = {lever.key: value for lever, value in found[0].changes.items()}
    assert changed == fund.repair
    costs = [(len(repair.changes), repair.cost) for repair in found]
    assert costs[0] == min(costs)  # the others are of other rules first
    assert len({frozenset(repair.changes) for repair in found}) == len(found) <= 3


@CASES
def test_every_repair_is_a_scenario_that_has_an_allocation(fund: Hopeless, tmp_path: Path) -> None:
    """Written as a file that extends the current one, read again, and allocated anew."""
    rules = read(fund)
    (tmp_path / "current.toml").write_text(rules.to_toml(), encoding="utf-8")
    for number, repair in enumerate(repairs_of(fund.given, rules, conflict(fund.given, rules)), 1):
        path = tmp_path / "repair.toml"
        path.write_text(repair.to_toml(rules, "current.toml", number), encoding="utf-8")
        repaired = load(path)
        assert repaired.own["extends"] == "current.toml"
        assert repaired.name == f"Test, repair {number}"
        made = allocate(fund.given, repaired)
        assert made.awards == repair.allocation.awards
        keys = {key.split(".")[0] for key in difference(rules, repaired)}
        assert keys <= {"name", *(str(lever.path[0]) for lever in repair.changes)}
        assert "note" in path.read_text(encoding="utf-8")


def test_alternatives_loosen_other_rules() -> None:
    """Minimums of 600 and 500 in 1,000: raise the envelope, or lower one or the other."""
    fund = FUNDS[6]
    rules = read(fund)
    found = repairs_of(fund.given, rules, conflict(fund.given, rules))
    told = [[(lever.key, value) for lever, value in each.changes.items()] for each in found]
    assert told == [
        [("fund.envelope", Decimal(1_100))],
        [("decisions.0.minimum", Decimal(500))],
        [("decisions.1.minimum", Decimal(400))],
    ]
    assert [each.cost for each in found] == [Fraction(1, 10), Fraction(1, 6), Fraction(1, 5)]
    assert (
        found[0].words == "Envelope: raise it from 1,000 EUR to 1,100 EUR (1,100 EUR awarded then)"
    )


def test_an_alternative_may_change_one_key_more() -> None:
    """City A must have 600. The cap and independence leave 500 each, so that both have to
    move in place of the decision: σ to 6/11, so 0.546."""
    given = apply(ask("A-1", 800), city("A", own_budget=500))
    text = "[rules.independence]\n[rules.city_cap]\namount = 500\n" + decision("A", "minimum = 600")
    rules = scenario(text, envelope=1_000)
    found = repairs_of(given, rules, conflict(given, rules))
    told = [{lever.key: value for lever, value in each.changes.items()} for each in found]
    both = {
        "rules.city_cap.amount": Decimal(600),
        "rules.independence.max_national_share": Decimal("0.546"),
    }
    assert told == [{"decisions.0.minimum": Decimal(500)}, both]


def test_a_repair_of_what_was_not_told_is_explained() -> None:
    """The last fund has conflicts beside the one that is told, the first fund has not."""
    for fund, more in ((FUNDS[-1], True), (FUNDS[0], False)):
        found = conflict(fund.given, rules := read(fund))
        lines = repair_lines(repairs_of(fund.given, rules, found), found, in_time=True)
        assert ("There is more that cannot be held" in lines[0]) is more


def test_it_is_said_where_time_ran_out_for_repairs() -> None:
    """Nothing is then claimed of repairs that were not looked for."""
    fund = FUNDS[6]
    rules = read(fund)
    found = conflict(fund.given, rules)
    (line,) = repair_lines((), found, in_time=False)
    assert "time ran out" in line
    (line,) = repair_lines((), found, in_time=True)
    assert "time" not in line
    some = repairs_of(fund.given, rules, found)
    assert "Time ran out" in repair_lines(some[:1], found, in_time=False)[-1]
    assert len(repair_lines(some, found, in_time=False)) == 3


def test_whole_cost_of_what_was_nothing() -> None:
    """A rate of 0 that is raised counts as changed by the whole, whatever it becomes."""
    given = apply(ask("A-1", 800))
    text = "[rules.matching]\nratio = 0\n" + decision("A", "minimum = 100")
    rules = scenario(text, envelope=1_000)
    found = repairs_of(given, rules, conflict(given, rules))
    (lever,) = found[0].changes
    assert cost({lever: Decimal(5)}) == 1


def test_cities_and_activities_are_told() -> None:
    first, decided = FUNDS[0], FUNDS[30]
    parts = {part.rule: part for part in conflict(first.given, read(first)).parts}
    assert parts["independence"].cities == ("City B",)
    assert parts["stream_shares"].cities == ()
    parts = {name(part): part for part in conflict(decided.given, read(decided)).parts}
    assert parts["A-1"].activities == ("A-1",)
    assert parts["A-1"].cities == ("City A",)
    assert parts["independence"].cities == ("City A",)


def test_many_rows_are_told_in_one_sentence() -> None:
    """Six cities of 100 each, financing is guaranteed 700."""
    given = apply(*(ask(f"{code}-1", 500) for code in "ABCDEF"))
    text = "[rules.city_cap]\namount = 100\n[rules.stream_shares]\nfinancing = { min = 0.7 }\n"
    with pytest.raises(NoAllocation) as caught:
        allocate(given, scenario(text, envelope=1_000))
    said = str(caught.value)
    assert "A, B, C and 3 more are limited to 600 EUR together, such as City " in said
    assert "stream financing: at least 700 EUR" in said


def test_facts_are_named_and_never_relaxed() -> None:
    fund = FUNDS[2]
    rules = read(fund)
    found = conflict(fund.given, rules)
    assert {part.rule: part.fact for part in found.parts} == {
        "request": True,
        "stream_shares": False,
    }
    for repair in repairs_of(fund.given, rules, found):
        assert {lever.rule for lever in repair.changes} == {"stream_shares"}


def test_nothing_is_looked_for_without_time() -> None:
    fund = FUNDS[0]
    rules = read(fund)
    found = conflict(fund.given, rules)
    assert repairs_of(fund.given, rules, found, time_limit=0) == ()
    case = rules.case(fund.given)
    assert conflict_of(rules, case, time.perf_counter(), Counts.FRACTIONS) is None


def test_a_time_limit_says_not_proved_and_never_infeasible() -> None:
    with pytest.raises(SolverStopped) as caught:
        allocate(apply(ask("A-1", 600)), scenario(), time_limit=0)
    assert "That none exists is not proved" in str(caught.value)
    assert caught.value.exit_code == 4


def test_what_time_did_not_allow_to_prove_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole is proved, then the solver stops each time: no rule is proved to be no part."""
    fund, solves = FUNDS[0], []

    def stopping(task: Task, *, time_limit: float, confirm: bool = True) -> Answer:
        solves.append(time_limit)
        return Answer(State.INFEASIBLE if len(solves) == 1 else State.STOPPED)

    monkeypatch.setattr(conflicts, "solve", stopping)
    with pytest.raises(NoAllocation) as caught:
        allocate(fund.given, read(fund))
    found = caught.value.conflict
    assert found is not None
    assert not found.smallest
    assert {"independence", "stream_shares"} <= set(found.keys)
    assert "not proved" in str(caught.value)


def test_a_closed_citys_minimum_is_no_conflict_of_others() -> None:
    """Of two minimums only that for the ineligible activity is told, with the gate's reason."""
    given = apply(ask("A-1", 800), ask("D-1", 500, eligible=False), city("D"))
    text = decision("A", "minimum = 100") + decision("D-1", "minimum = 100")
    found = conflict(given, scenario(text))
    assert [name(part) for part in found.parts] == ["D-1"]
    assert "D-1 is closed: assessed as not eligible" in found.parts[0].words[0]


def test_closed_activities_of_one_reason_are_told_together() -> None:
    given = apply(
        ask("A-1", 800), *(ask(f"D-{i}", 500, eligible=False) for i in (1, 2, 3)), city("D")
    )
    (part,) = conflict(given, scenario(decision("D", "minimum = 100"))).parts
    assert part.words[0].endswith("D-1, D-2, D-3 are closed: assessed as not eligible")


def test_a_repair_of_a_list_keeps_its_other_tables() -> None:
    """A child's list replaces its parent's, so that all decisions stand in the file."""
    fund = FUNDS[6]
    rules = read(fund)
    second = repairs_of(fund.given, rules, conflict(fund.given, rules))[1]
    tables = replace(second, scenario=rules).to_toml(rules, "current.toml", 2)
    assert tables.count("[[decisions]]") == 2
    assert "minimum = 500\nreason" in tables
    assert tomli_w.dumps({"minimum": 600}).strip() not in tables
