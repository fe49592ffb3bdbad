"""Rows as numbers for a solver, and one solve through PuLP and HiGHS.

This module, ``quick`` and ``solve`` are the only ones that know solvers. Columns are scaled:
money counts in units of the fund, so that the numbers a solver meets stay near one another.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import highspy
import pulp

from funding.case import Plan
from funding.errors import NoAllocation, SolverStopped
from funding.linear import Exact, Kind, Limit, Linear, Quantity, Sense, plain

SEED = 0
WHOLE = 1e-9  # how far a whole number may be off in a mixed-integer solve; HiGHS has 1e-6


class State(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"  # stopped at a limit, with an answer that holds every row
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"  # at a limit, without an answer


@dataclass(frozen=True, slots=True)
class Row:
    """One row: column → coefficient, sense, bound; scaled."""

    terms: dict[int, float]
    sense: Sense
    bound: float


@dataclass(frozen=True)
class Program:
    """Columns, rows and the worth of each column, scaled; the same for every stage."""

    quantities: tuple[Quantity, ...]
    upper: tuple[float, ...]
    rows: tuple[Row, ...]
    worth: tuple[float, ...]
    worth_scale: float  # one scaled unit of worth, in the value's own unit
    integer: frozenset[int]  # columns that are 0 or 1
    step: int  # cents in a unit: money columns count in units
    column: dict[Quantity, int] = field(repr=False)
    city: tuple[int, ...] = field(repr=False)  # of each column, by the place of its city

    def awards(self) -> Iterator[tuple[int, str]]:
        """Column and activity of every award."""
        for j, quantity in enumerate(self.quantities):
            if quantity.kind is Kind.AWARD:
                yield j, quantity.code


@dataclass(frozen=True)
class Answer:
    """What a solve gave. Values exist only where the state is optimal or feasible.

    ``objective`` and ``bound`` are for maximising. ``rows`` and ``columns`` say, for a linear
    solve, how fast the objective changes with each row's bound and each column.
    """

    state: State
    values: tuple[float, ...] = ()
    objective: float = math.nan
    bound: float = math.nan
    rows: tuple[float, ...] = ()
    columns: tuple[float, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is an answer that holds every row."""
        return self.state in (State.OPTIMAL, State.FEASIBLE)


def build(
    plan: Plan, limits: Sequence[Limit], value: Linear, *, whole_bounds: bool = True
) -> Program:
    """The program of some rows and a value to maximise.

    With ``whole_bounds`` each row's bound is as near as whole units can come to it, so that
    fewer awards with fractions hold what no awards in whole units hold.
    Raises NoAllocation where a row about nothing cannot hold, such as a floor for a group
    without open activities.
    """
    step = plan.case.fund.step
    used = {q: None for row in limits for q, _ in row.left} | {q: None for q, _ in value}
    order = {kind: i for i, kind in enumerate(Kind)}
    activities = {code: i for i, code in enumerate(plan.case.open)}
    cities = {code: i for i, code in enumerate(plan.case.open_plans)}
    owner = {code: city for city, codes in plan.case.open_plans.items() for code in codes}

    def place(quantity: Quantity) -> tuple[int, int, tuple[int, int]]:
        codes = cities if quantity.kind.of_city else activities
        return order[quantity.kind], codes[quantity.code], quantity.band

    quantities = tuple(sorted(used, key=place))
    column = {q: j for j, q in enumerate(quantities)}

    rows = []
    for limit in limits:
        if not limit.left:
            _constant(limit, plan)
            continue
        terms = {column[q]: float(k) / (step if q.kind.binary else 1) for q, k in limit.left}
        bound = whole_bound(limit, step) if whole_bounds else limit.bound
        rows.append(Row(terms, limit.sense, float(bound / step)))
    worth = [0.0] * len(quantities)
    for quantity, k in value:
        worth[column[quantity]] = float(k * step)
    largest = max((abs(w) for w in worth), default=0.0) or 1.0
    return Program(
        quantities=quantities,
        upper=tuple(plan.most(q) / (1 if q.kind.binary else step) for q in quantities),
        rows=tuple(rows),
        worth=tuple(w / largest for w in worth),
        worth_scale=largest,
        integer=frozenset(j for j, q in enumerate(quantities) if q.kind.binary),
        step=step,
        column=column,
        city=tuple(cities[q.code if q.kind.of_city else owner[q.code]] for q in quantities),
    )


def whole_bound(limit: Limit, step: int) -> Exact:
    """The bound [cents] that a row has in whole units of so many cents.

    Money in units and yes-or-no quantities are whole numbers, so that the left side is a multiple
    of what divides all its coefficients; the bound is the nearest such multiple that holds.
    """
    if limit.sense is Sense.EXACTLY or any(q.kind is Kind.LATER for q, _ in limit.left):
        return limit.bound  # the later part of an award starts anywhere within a unit
    if not limit.bound:
        return 0
    factors = {k if q.kind.binary else k * step for q, k in limit.left}
    below = math.lcm(*(k.denominator for k in factors))
    by = plain(Fraction(math.gcd(*(int(k * below) for k in factors)), below))
    return by * (limit.bound // by if limit.sense is Sense.AT_MOST else -(-limit.bound // by))


def _constant(limit: Limit, plan: Plan) -> None:
    if limit.room({}) < 0:
        raise NoAllocation(
            f"{limit.name}: at least {plan.case.money(limit.bound)} is guaranteed, but no open "
            "activity belongs to it. Lower what is guaranteed, or leave it out."
        )


@dataclass(frozen=True)
class Task:
    """One solve of a program: its bounds, objective and further rows, for maximising."""

    lower: Sequence[float]
    upper: Sequence[float]
    worth: Sequence[float]
    rows: Sequence[Row]
    integer: frozenset[int] = frozenset()


def solve(
    task: Task, *, time_limit: float, gap: float = 0.0, slack: float = 0.0, confirm: bool = True
) -> Answer:
    """One solve by HiGHS through PuLP, with one thread and a fixed seed.

    A mixed-integer solve ends within ``gap``, a share of the best, or ``slack``, in worth.
    With ``confirm`` an infeasible answer is given only after a second method found the same;
    where that finds nothing in what is left of the time, the answer is that the solver stopped.
    """
    if time_limit <= 0:
        return Answer(State.STOPPED)
    start = time.perf_counter()
    answer = _solve(task, time_limit, gap, slack, first=True)
    if answer.state is State.INFEASIBLE and confirm:
        left = time_limit - (time.perf_counter() - start)
        return _solve(task, left, gap, slack, first=False) if left > 0 else Answer(State.STOPPED)
    return answer


def _solve(task: Task, time_limit: float, gap: float, slack: float, first: bool) -> Answer:
    problem = pulp.LpProblem("fund", pulp.LpMinimize)
    # PuLP 3 leaves out columns that nothing speaks of, PuLP 4 keeps them: so we leave them out.
    # PuLP 3 orders columns by name, PuLP 4 by creation: equal widths make both the same. Where
    # nothing is to be maximised PuLP adds a column "__dummy", which these names keep at the end.
    used = {j for row in task.rows for j, k in row.terms.items() if k}
    used |= {j for j, worth in enumerate(task.worth) if worth}
    if not used:
        return Answer(State.OPTIMAL, tuple(task.lower), 0.0, 0.0, (), (0.0,) * len(task.lower))
    columns = {
        j: problem.add_variable(
            f"X{j:08}",
            task.lower[j],
            task.upper[j],
            pulp.LpInteger if j in task.integer else pulp.LpContinuous,
        )
        for j in sorted(used)
    }
    objective = pulp.lpSum([])
    for j, worth in enumerate(task.worth):
        if worth:
            objective.addterm(columns[j], -worth)
    problem.setObjective(objective)
    for i, row in enumerate(task.rows):
        left = pulp.lpSum([])
        for j, k in row.terms.items():
            left.addterm(columns[j], k)
        problem.addConstraint(_compare(left, row), f"r{i:08}")
    options = {
        "threads": 1,
        "random_seed": SEED,
        "mip_rel_gap": gap,
        "time_limit": time_limit,
        "mip_abs_gap": max(slack, 1e-9),
        "mip_feasibility_tolerance": WHOLE,
        "solver": "choose" if first or task.integer else "ipm",
        "presolve": "on" if first else "off",
    }
    with quiet():
        problem.solve(pulp.HiGHS(msg=False, **options))
    return _answer(problem.solverModel, task, sorted(used))


def _compare(left: pulp.LpAffineExpression, row: Row) -> pulp.LpConstraint:
    if row.sense is Sense.AT_MOST:
        return left <= row.bound
    if row.sense is Sense.AT_LEAST:
        return left >= row.bound
    return left == row.bound


def _answer(model: highspy.Highs, task: Task, used: Sequence[int]) -> Answer:
    status, states = model.getModelStatus(), highspy.HighsModelStatus
    if status in (states.kInfeasible, states.kUnboundedOrInfeasible):
        return Answer(State.INFEASIBLE)
    info, solution = model.getInfo(), model.getSolution()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if status != states.kOptimal and not feasible:
        return Answer(State.STOPPED)
    values, reduced = list(task.lower), [0.0] * len(task.lower)
    if len(solution.col_value) not in (len(used), len(used) + (not any(task.worth))):
        raise SolverStopped("The solver returned another number of columns than it was given.")
    found, costs = list(solution.col_value), list(solution.col_dual)  # each look copies them all
    for i, j in enumerate(used):
        values[j] = found[i]
        reduced[j] = 0.0 if task.integer else -costs[i]
    objective = 0.0 - info.objective_function_value  # never −0, which would be shown
    return Answer(
        state=State.OPTIMAL if status == states.kOptimal else State.FEASIBLE,
        values=tuple(values),
        objective=objective,
        bound=0.0 - info.mip_dual_bound if task.integer else objective,
        rows=() if task.integer else tuple(-d for d in solution.row_dual),
        columns=() if task.integer else tuple(reduced),
    )


_first_use = threading.Lock()
_greeted = False


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the banner that HiGHS prints at its first use out of our standard output."""
    global _greeted  # once a process, like the banner itself
    with _first_use:
        if _greeted:
            quiet = None
        else:
            sys.stdout.flush()
            quiet = os.dup(1)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.close(nowhere)
        try:
            yield
        finally:
            if quiet is not None:
                os.dup2(quiet, 1)
                os.close(quiet)
                _greeted = True
