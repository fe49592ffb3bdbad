"""That no allocation holds the rules is said only after two methods of the solver found it.

Solvers have been wrong about this. The first claim is put into the solver's mouth here; what
the tool then says must be what the second method found.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pulp
import pytest

from funding import program
from funding.applications import Applications
from funding.awards import allocate
from funding.conflict import no_answer
from funding.errors import NoAllocation, SolverStopped
from funding.linear import Sense
from funding.program import Answer, State, Task
from tests.small import apply, ask, city, scenario

Patch = pytest.MonkeyPatch
Change = Callable[[bool, Answer], Answer]  # (first method?, its answer) → what it says
KINDS = ("linear", "mixed")
POSSIBLE = "[rules.stream_shares]\ntraining = { min = 0.5 }\n"
CONTRADICTION = f"{POSSIBLE}[rules.independence]\n"


def asks(kind: str) -> Applications:
    """Training is guaranteed 500 of 1,000; independence leaves its only city 100. Mixed: A-1 has
    a minimum viable amount, so whether it is funded is a choice."""
    least = 400 if kind == "mixed" else None
    return apply(
        ask("A-1", 800, minimum_viable=least),
        ask("B-1", 800, stream="training"),
        city("B", own_budget=100),
    )


def change(patch: Patch, said: Change) -> list[tuple[bool, bool, State]]:
    """Let the solver say something else; lists each solve: which method, mixed, what it said."""
    given, solves = program._solve, []

    def solve(task: Task, time_limit: float, gap: float, slack: float, first: bool) -> Answer:
        answer = said(first, given(task, time_limit, gap, slack, first))
        solves.append((first, bool(task.integer), answer.state))
        return answer

    patch.setattr(program, "_solve", solve)
    return solves


@pytest.mark.parametrize("kind", KINDS)
def test_a_contradiction_is_found_twice(kind: str, monkeypatch: Patch) -> None:
    solves = change(monkeypatch, lambda _, answer: answer)
    with pytest.raises(NoAllocation, match="Independence, Stream shares"):
        allocate(asks(kind), scenario(CONTRADICTION, envelope=1_000))
    mixed = kind == "mixed"
    assert solves[:2] == [
        (True, mixed, State.INFEASIBLE),
        (False, mixed, State.INFEASIBLE),
    ]
    claims = [first for first, _, state in solves if state is State.INFEASIBLE]
    assert claims.count(True) == claims.count(False)


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_method_is_another(kind: str, monkeypatch: Patch) -> None:
    """Without presolve, which is where solvers were wrong; for linear models another algorithm."""
    options = []

    class Spied(pulp.HiGHS):  # type: ignore[misc]
        def __init__(self, **given: Any) -> None:
            options.append((given["solver"], given["presolve"]))
            super().__init__(**given)

    monkeypatch.setattr(pulp, "HiGHS", Spied)
    with pytest.raises(NoAllocation):
        allocate(asks(kind), scenario(CONTRADICTION, envelope=1_000))
    another = "choose" if kind == "mixed" else "ipm"
    assert options[:2] == [("choose", "on"), (another, "off")]


@pytest.mark.parametrize("always", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_first_claim_does_not_surface(kind: str, always: bool, monkeypatch: Patch) -> None:
    """The first solve, or the first method each time, says wrongly that nothing is possible."""
    read = scenario(POSSIBLE, envelope=1_000)
    expected = allocate(asks(kind), read)
    asked = []

    def wrong(first: bool, answer: Answer) -> Answer:
        asked.append(first)
        return Answer(State.INFEASIBLE) if first and (always or len(asked) == 1) else answer

    solves = change(monkeypatch, wrong)
    found = allocate(asks(kind), read)
    assert solves[0] == (True, kind == "mixed", State.INFEASIBLE)
    assert solves[1] == (False, kind == "mixed", State.OPTIMAL)
    assert (found.awards, found.status) == (expected.awards, "optimal")
    assert found.best_value == pytest.approx(expected.best_value)
    assert found.bound == pytest.approx(expected.bound)


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_method_that_stops_at_a_limit_is_used(kind: str, monkeypatch: Patch) -> None:
    """It has an answer that holds every row and is not proved the best: no contradiction."""

    def stopped(first: bool, answer: Answer) -> Answer:
        state = State.INFEASIBLE if first else State.FEASIBLE
        return Answer(state, answer.values, answer.objective, answer.bound, answer.rows)

    change(monkeypatch, stopped)
    answer = program.solve(one_column(kind), time_limit=10)
    assert (answer.state, answer.values) == (State.FEASIBLE, (2.0,))


def one_column(kind: str) -> Task:
    """Maximise x from 0 to 2."""
    row = program.Row({0: 1.0}, Sense.AT_MOST, 2.0)
    return Task([0.0], [5.0], [1.0], [row], frozenset({0} if kind == "mixed" else ()))


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_method_without_answer_proves_nothing(kind: str, monkeypatch: Patch) -> None:
    """At its time limit it neither confirms nor refutes: the solver stopped, says the tool."""
    change(monkeypatch, lambda first, answer: answer if first else Answer(State.STOPPED))
    with pytest.raises(SolverStopped):
        allocate(asks(kind), scenario(CONTRADICTION, envelope=1_000))


def test_both_methods_share_the_time(monkeypatch: Patch) -> None:
    limits = []

    def slow(_: Task, time_limit: float, *others: float, first: bool) -> Answer:
        limits.append(time_limit)
        time.sleep(0.05)
        return Answer(State.INFEASIBLE)

    monkeypatch.setattr(program, "_solve", slow)
    program.solve(one_column("linear"), time_limit=10)
    assert limits[0] == 10
    assert limits[1] <= 9.95


def test_what_only_fractions_of_a_unit_could_hold() -> None:
    """A city guaranteed 250 may have 290 at most, but not in whole hundreds; with tens it has its
    290. Both rules are named, for it is the unit or one of them that has to give way."""
    given = apply(ask("A-1", 800), city("A", population=290))
    both = (
        "[rules.city_cap]\nper_inhabitant = 1\n"
        '[[decisions]]\ncity = "A"\nminimum = 250\nreason = "Promised"\n'
    )
    with pytest.raises(NoAllocation) as found:
        allocate(given, scenario(both, envelope=1_000))
    said = str(found.value)
    assert "no awards in whole units of 100 EUR do. Choose a smaller unit" in said
    assert "In whole units these contradict each other:" in said
    assert "No allocation can hold" not in said
    assert "City cap" in said
    assert "city A: at least 250 EUR by decision" in said
    assert allocate(given, scenario(both, envelope=1_000, unit=10)).awards == {"A-1": 290_00}


def test_without_time_nothing_is_said_of_fractions() -> None:
    """What was not proved: that fractions of a unit could hold the rules."""
    given = apply(ask("A-1", 800), city("A", population=290))
    rules = (
        "[rules.city_cap]\nper_inhabitant = 1\n"
        '[[decisions]]\ncity = "A"\nminimum = 500\nreason = "Promised"\n'
    )
    read = scenario(rules, envelope=1_000)
    with pytest.raises(NoAllocation) as found:
        no_answer(Answer(State.INFEASIBLE), read, read.case(given), time_limit=20, left=0)
    assert "Fractions" not in str(found.value)
