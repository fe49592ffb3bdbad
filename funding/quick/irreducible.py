"""HiGHS's irreducible infeasible subset of a linear task."""

from __future__ import annotations

import time

import highspy

from funding.program import State, Task
from funding.quick.matrix import run
from funding.quick.warm import every_row

FROM_THE_LP = 6  # HiGHS's way of looking: by the dual ray of the linear program, then irreducible


def irreducible(task: Task, *, time_limit: float) -> list[int] | None:
    """Rows of a linear task that contradict each other, each of them needed for it.

    None where HiGHS finds none in time, or where bounds of columns alone would do. Whole-number
    columns count as fractions: what then contradicts itself does so in whole numbers too.
    """
    if time_limit <= 0:
        return None
    until = time.perf_counter() + time_limit
    nothing = Task(task.lower, task.upper, [0.0] * len(task.lower), task.rows)
    highs = every_row(nothing, iis_strategy=FROM_THE_LP)
    if run(highs, until) is not State.INFEASIBLE:
        return None
    status, found = highs.getIis()
    if status != highspy.HighsStatus.kOk or not found.valid_:
        return None
    return sorted(found.row_index_) or None
