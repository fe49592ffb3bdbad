"""Quick paths for large funds give what the plain solve gives, or nothing."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import synthetic
from funding import program, quick, solve
from funding.awards import allocate
from funding.case import Plan
from funding.linear import Sense
from funding.program import Answer, Program, Task


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
