"""Quick paths for large funds give what the plain solve gives, or nothing."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from benchmarks import synthetic
from funding import program, quick, solve
from funding.awards import allocate
from funding.case import Plan
from funding.errors import NoAllocation, SolverStopped
from funding.linear import Sense
from funding.program import Answer, Program, Task
from tests.small import apply, ask, city, scenario


def made(cities: int, minimums: bool, seed: int = 1) -> Program:
    """The program of a synthetic fund."""
    given = synthetic.applications(cities, seed)
    rules = synthetic.scenario(given, minimums=minimums)
    case = rules.case(given)
    return program.build(Plan(case), rules.limits(case), rules.value(case))


def task_of(found: Program) -> Task:
    zeros = [0.0] * len(found.upper)
    return Task(zeros, found.upper, found.worth, found.rows, found.integer)


def worst(task: Task, answer: Answer) -> float:
    """By how much the answer breaks its rows and bounds at most [units]."""
    over = [0.0]
    for row in task.rows:
        left = sum(k * answer.values[j] for j, k in row.terms.items())
        if row.sense is not Sense.AT_LEAST:
            over.append(left - row.bound)
        if row.sense is not Sense.AT_MOST:
            over.append(row.bound - left)
    for low, value, high in zip(task.lower, answer.values, task.upper, strict=True):
        over += [low - value, value - high]
    return max(over)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_prices_find_the_optimum_of_a_linear_fund(seed: int) -> None:
    found = made(250, False, seed)
    task = task_of(found)
    plain = program.solve(task, time_limit=60)
    fast = quick.linear(task, np.array(found.city), time_limit=60)
    assert fast is not None
    assert fast.objective == pytest.approx(plain.objective, rel=1e-9)
    assert worst(task, fast) < 1e-6
    assert _dual(task, fast) == pytest.approx(plain.objective, rel=1e-9)


def _dual(task: Task, answer: Answer) -> float:
    """The bound that the prices of rows and columns give, by weak duality, by hand."""
    worth = np.array(task.worth)
    bound = 0.0
    for row, price in zip(task.rows, answer.rows, strict=True):
        assert price >= -1e-9 if row.sense is Sense.AT_MOST else True
        assert price <= 1e-9 if row.sense is Sense.AT_LEAST else True
        bound += price * row.bound
        for j, k in row.terms.items():
            worth[j] -= price * k
    assert worth == pytest.approx(np.array(answer.columns), abs=1e-6)
    # A column that a row of its own bounds is worth its value there: complementary slackness.
    return bound + float(worth @ np.array(answer.values))


def test_a_matrix_gives_what_the_plain_solve_gives() -> None:
    task = task_of(made(120, False))
    plain, fast = program.solve(task, time_limit=60), quick.direct(task, time_limit=60)
    assert fast is not None
    assert fast.objective == pytest.approx(plain.objective, rel=1e-9)
    assert worst(task, fast) < 1e-6


def test_a_mixed_fund_is_proved_near_its_best() -> None:
    found = made(500, True)
    task = task_of(found)
    plain = program.solve(task, time_limit=120, gap=1e-3)
    fast = quick.mixed(task, np.array(found.city), solve.choices(found), time_limit=60)
    assert fast is not None
    assert worst(task, fast) < 1e-5
    assert all(abs(fast.values[j] - round(fast.values[j])) < 1e-6 for j in task.integer)
    assert fast.objective <= plain.bound * (1 + 1e-9)
    assert fast.bound >= plain.objective * (1 - 1e-9)
    assert fast.bound - fast.objective <= quick.ENOUGH * fast.bound


def test_awards_are_the_same_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    given = synthetic.applications(150)
    rules = synthetic.scenario(given, minimums=False)
    plain = allocate(given, rules)
    monkeypatch.setattr(solve, "MANY", 1)
    monkeypatch.setattr(solve, "LARGE", 1)
    fast = allocate(given, rules)
    assert fast.value == plain.value
    assert fast.awards == plain.awards


@pytest.mark.parametrize("cities", [60, 80, 100])
def test_awards_of_a_mixed_fund_are_the_same_either_way(
    cities: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all cities are among the undecided and no gap is left, it chooses as the plain solve
    does; what it could prove by prices alone may be less."""
    given = synthetic.applications(cities)
    rules = synthetic.scenario(given, minimums=True)
    plain = allocate(given, rules)
    used = []

    def spied(*args: Any, **options: Any) -> Answer | None:
        used.append(mixed(*args, **options))
        return used[-1]

    mixed = quick.mixed
    module = importlib.import_module("funding.quick.mixed")
    monkeypatch.setattr(quick, "mixed", spied)
    monkeypatch.setattr(solve, "MANY_MIXED", 1)
    last = {"SIZES": (cities,), "CLOSE": 0.0, "NODES": 10**6, "ENOUGH": 1.0, "NEARLY": 1.0}
    for name, value in last.items():
        monkeypatch.setattr(module, name, value)
    fast = allocate(given, rules)
    assert [answer is not None for answer in used] == [True]
    assert fast.value == plain.value
    assert fast.awards == plain.awards


def test_where_prices_find_nothing_the_plain_solve_does(monkeypatch: pytest.MonkeyPatch) -> None:
    given = synthetic.applications(60)
    rules = synthetic.scenario(given, minimums=True)
    plain = allocate(given, rules)
    monkeypatch.setattr(solve, "MANY_MIXED", 1)
    monkeypatch.setattr(quick, "mixed", lambda *_, time_limit: None)
    assert allocate(given, rules).awards == plain.awards


def test_what_cannot_hold_is_left_to_the_plain_solve() -> None:
    found = made(120, False)
    task = task_of(found)
    too_much = program.Row({0: 1.0, 1: 1.0}, Sense.AT_LEAST, 1e9)
    none = Task(task.lower, task.upper, task.worth, [*task.rows, too_much])
    assert quick.linear(none, np.array(found.city), time_limit=60) is None
    assert quick.direct(none, time_limit=60) is None


def test_no_time_gives_nothing_rather_than_a_bound() -> None:
    linear, whole = made(120, False), made(120, True)
    city = np.array(linear.city)
    assert quick.linear(task_of(linear), city, time_limit=0) is None
    choices, city = solve.choices(whole), np.array(whole.city)
    assert quick.mixed(task_of(whole), city, choices, time_limit=0) is None


def test_where_only_prices_are_tried_nothing_is_not_called_impossible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without an answer by prices: stopped where there may be one, a conflict where there is none
    even with choices in fractions."""
    given = synthetic.applications(60)
    rules = synthetic.scenario(given, minimums=True)
    monkeypatch.setattr(solve, "MANY_MIXED", 1)
    monkeypatch.setattr(solve, "ONLY_PRICES", 1)
    monkeypatch.setattr(quick, "mixed", lambda *_, time_limit: None)
    with pytest.raises(SolverStopped):
        allocate(given, rules)
    crowded = synthetic.applications(40)  # whose city caps contradict what regions are guaranteed
    with pytest.raises(NoAllocation, match="Group shares"):
        allocate(crowded, synthetic.scenario(crowded, minimums=True))


def test_a_round_that_rules_out_all_its_leaves_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A's requests look best, but none of them can be served: two of 800 are less than the city
    minimum, three more than the cap. The round in which only A branches leaves no leaf of it."""
    least = [ask(f"A-{n}", 1_000, minimum_viable=800, score=95) for n in (1, 2, 3)]
    others = [
        ask(f"B{n}-1", 4_000 + 100 * (n % 17), minimum_viable=3_000, score=50 + n * 7 % 40 + n % 3)
        for n in range(300)
    ]
    people = [city(f"B{n}", population=100_000) for n in range(300)]
    given = apply(*least, *others, city("A", population=2_300), *people)
    rules = "[rules.city_minimum]\namount = 2_100\n[rules.city_cap]\nper_inhabitant = 1\n"
    read = scenario(rules, envelope=700_000)
    plain = allocate(given, read)
    monkeypatch.setattr(solve, "ONLY_PRICES", 1)
    assert allocate(given, read).value == plain.value
    assert not any(plain.awards[a.code] for a in given.plans["A"])
