"""HiGHS's irreducible infeasible subset of a linear task."""

from __future__ import annotations

import math
import time

import highspy
import numpy as np
from scipy import sparse

from funding.linear import Sense
from funding.program import State, Task
from funding.quick.matrix import model, run

FROM_THE_LP = 6  # HiGHS's way of looking: by the dual ray of the linear program, then irreducible


def irreducible(task: Task, *, time_limit: float) -> list[int] | None:
    """Rows of a linear task that contradict each other, each of them needed for it.

    None where HiGHS finds none in time, or where bounds of columns alone would do. Whole-number
    columns count as fractions: what then contradicts itself does so in whole numbers too.
    """
    if time_limit <= 0:
        return None
    until = time.perf_counter() + time_limit
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
    nothing = np.zeros(len(task.lower))
    highs = model(a, (least, most), (lower, upper), nothing, iis_strategy=FROM_THE_LP)
    if run(highs, until) is not State.INFEASIBLE:
        return None
    status, found = highs.getIis()
    if status != highspy.HighsStatus.kOk or not found.valid_:
        return None
    return sorted(found.row_index_) or None
