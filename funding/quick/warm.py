"""One HiGHS model of a linear task that is solved again and again with other bounds of rows."""

from __future__ import annotations

import math
import time
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from funding.errors import SolverStopped
from funding.linear import Sense
from funding.program import State, Task
from funding.quick.matrix import model, run


def every_row(task: Task, **options: Any) -> highspy.Highs:
    """A model of a linear task in which every row is a row, those about one column too."""
    starts = np.cumsum([0, *(len(row.terms) for row in task.rows)])
    columns = np.fromiter((j for row in task.rows for j in row.terms), np.int32, starts[-1])
    factors = np.fromiter((k for row in task.rows for k in row.terms.values()), float, starts[-1])
    shape = (len(task.rows), len(task.lower))
    a = sparse.csr_matrix((factors, columns, starts), shape=shape)
    bounds = np.array([row.bound for row in task.rows])
    senses = np.array([row.sense for row in task.rows])
    least = np.where(senses == Sense.AT_MOST, -math.inf, bounds)
    most = np.where(senses == Sense.AT_LEAST, math.inf, bounds)
    lower, upper = np.array(task.lower, float), np.array(task.upper, float)
    return model(a, (least, most), (lower, upper), np.array(task.worth, float), **options)


class Warm:
    """A linear task and its optimum; `at` solves it again with one row's bound elsewhere.

    Each solve starts from the last, so that it takes a few steps only. No solve goes on after
    ``until``, a moment of `time.perf_counter`; then SolverStopped is raised.
    """

    def __init__(self, task: Task, until: float) -> None:
        self.task, self.until = task, until
        self.highs = every_row(task)
        self.best = self._solve()
        self.values = list(self.highs.getSolution().col_value)

    def at(self, row: int, bound: float) -> float | None:
        """The best objective with another bound of a row; None where no values hold it then."""
        self._bound(row, bound)
        found = self._solve()
        self._bound(row, self.task.rows[row].bound)
        return found

    def _bound(self, row: int, bound: float) -> None:
        sense = self.task.rows[row].sense
        low = -math.inf if sense is Sense.AT_MOST else bound
        high = math.inf if sense is Sense.AT_LEAST else bound
        self.highs.changeRowBounds(row, low, high)

    def _solve(self) -> float | None:
        state = run(self.highs, self.until)
        if state is State.INFEASIBLE:
            return None
        if state is not State.OPTIMAL or time.perf_counter() > self.until:
            raise SolverStopped("The solver stopped before all prices were found.")
        return -float(self.highs.getInfo().objective_function_value)
