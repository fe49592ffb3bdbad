"""Results are found once for the same inputs, at once or, where that takes long, when asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st

from funding.app import results
from funding.app.kept import MOST, Kept, kept
from funding.app.results import Failed, Made, Stale, at_hand, known, result, try_again
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.errors import SolverStopped
from funding.scenario import Scenario
from tests.small import apply, ask, scenario

FLOOR = "[rules.stream_shares]\nfinancing = { min = 1.0 }\n"


class Solver:
    """Counts what it is asked for; stops while ``stops`` is set."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.stops = False

    def __call__(self, applications: Applications, scenario: Scenario) -> Allocation:
        self.asked.append(scenario.name)
        if self.stops:
            raise SolverStopped("The solver stopped.")
        return allocate(applications, scenario)


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Solver]:
    """The solver behind the results, which start empty."""
    made = Solver()
    monkeypatch.setattr(results, "allocate", made)
    kept.clear()
    st.session_state.pop("latest results", None)
    yield made
    kept.clear()
    st.session_state.pop("latest results", None)


def fund() -> Applications:
    return apply(ask("A-1", 1000, score=80), ask("B-1", 1000, score=60))


def test_the_same_inputs_are_allocated_once(solver: Solver) -> None:
    """Under a name of its own in the list; a larger envelope is another content."""
    first = result("Base", fund(), scenario(envelope=1000))
    again = result("Copy", fund(), scenario(envelope=1000))
    assert isinstance(first, Made)
    assert isinstance(again, Made)
    assert again.allocation is first.allocation
    assert (first.name, again.name) == ("Base", "Copy")
    more = result("Base", fund(), scenario(envelope=2000))
    assert isinstance(more, Made)
    assert (first.allocation.spent, more.allocation.spent) == (100_000, 200_000)
    assert len(solver.asked) == 2


def test_nothing_is_solved_where_only_what_is_known_is_asked_for(solver: Solver) -> None:
    assert known("Base", fund(), scenario(envelope=1000)) is None
    assert solver.asked == []
    made = result("Base", fund(), scenario(envelope=1000))
    found = known("Base", fund(), scenario(envelope=1000))
    assert isinstance(made, Made)
    assert isinstance(found, Made)
    assert found.allocation is made.allocation


def test_a_contradiction_names_its_rules(solver: Solver) -> None:
    """Financing is to have all of the 5,000 EUR, but 2,000 EUR are asked for."""
    failed = result("Base", fund(), scenario(FLOOR, envelope=5000))
    assert isinstance(failed, Failed)
    assert not failed.stopped
    assert failed.conflict is not None
    assert "stream_shares" in failed.conflict.keys
    assert "5,000 EUR" in failed.problem


def test_a_solver_that_was_stopped_starts_anew_only_when_it_is_told_to(solver: Solver) -> None:
    solver.stops = True
    failed = result("Base", fund(), scenario(envelope=1000))
    assert isinstance(failed, Failed)
    assert failed.stopped
    solver.stops = False
    assert isinstance(result("Base", fund(), scenario(envelope=1000)), Failed)
    assert len(solver.asked) == 1  # or each click would wait again
    other = result("Other", fund(), scenario(envelope=2000))
    try_again()
    assert isinstance(result("Base", fund(), scenario(envelope=1000)), Made)
    assert known("Other", fund(), scenario(envelope=2000)) == other  # a result is not forgotten


def test_where_solving_took_long_what_there_was_is_shown_until_it_is_asked_for(
    solver: Solver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first time it is solved at once, as nobody knows how long it takes."""
    monkeypatch.setattr(results, "QUICK", 0.0)
    before = at_hand("Base", fund(), scenario(envelope=1000))
    assert isinstance(before, Made)
    stale = at_hand("Base", fund(), scenario(envelope=2000))
    assert isinstance(stale, Stale)
    assert stale.earlier is not None
    assert stale.earlier.allocation is before.allocation
    never = at_hand("Other", fund(), scenario(envelope=3000))
    assert isinstance(never, Stale)
    assert never.earlier is None  # what another scenario gave is no result of this one
    assert len(solver.asked) == 1
    result("Base", fund(), scenario(envelope=2000))
    after = at_hand("Base", fund(), scenario(envelope=2000))
    assert isinstance(after, Made)
    assert after.allocation.spent == 200_000


def test_a_quick_fund_is_solved_at_every_change(
    solver: Solver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "QUICK", 1e9)
    for envelope in (1000, 2000):
        assert isinstance(at_hand("Base", fund(), scenario(envelope=envelope)), Made)
    assert len(solver.asked) == 2


def test_another_call_tells_nothing_of_this_one(
    solver: Solver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "QUICK", 0.0)
    at_hand("Base", fund(), scenario(envelope=1000))
    given = fund()
    call = given.call.model_copy(update={"reference": "T-2"})
    other = given.model_copy(update={"call": call})
    assert isinstance(at_hand("Base", other, scenario(envelope=2000)), Made)


def test_the_oldest_results_go_first() -> None:
    """The first one is asked for again, so that the second is the oldest."""
    store = Kept()
    for number in range(MOST):
        store.put((str(number),), number)
    assert store.get(("0",)) == 0
    store.put(("new",), "new")
    assert store.get(("1",)) is None
    assert (store.get(("0",)), store.get(("new",))) == (0, "new")
