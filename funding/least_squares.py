"""The most even awards of a task: the least of a convex measure, by an interior point method."""

from __future__ import annotations

from collections.abc import Mapping

import clarabel
import numpy as np
from scipy import sparse

from funding.program import Task
from funding.quick.matrix import Matrix, Numbers, matrix_of

FITS = 1e-6  # of a unit: by how much fixed columns may miss their bounds in a solver's answer
DUST = 1e-9  # of a unit: what interior points leave of nothing


def least_squares(task: Task, asked: Mapping[int, float]) -> list[float] | None:
    """Values of all columns that hold the task's rows and bounds and minimise Σ q (1 − x/q)².

    ``asked`` is q > 0 for each column that counts; the task's own worth does not. None where no
    such values are found, by Clarabel's interior point method.
    """
    given = matrix_of(task, fits=FITS)
    if given is None:
        return None
    moving = np.flatnonzero(given.upper > given.lower)
    values = given.lower.copy()
    if not len(moving):
        return list(values)
    requests = np.zeros(len(values))
    requests[list(asked)] = list(asked.values())
    q = requests[moving]
    counts = q > 0
    square = np.divide(2.0, q, out=np.zeros(len(q)), where=counts)
    matrix, bounds, equalities = _cones(given, moving)
    cones = [clarabel.ZeroConeT(equalities), clarabel.NonnegativeConeT(len(bounds) - equalities)]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    solver = clarabel.DefaultSolver(
        sparse.diags(square, format="csc"),
        np.where(counts, -2.0, 0.0),
        matrix,
        bounds,
        cones,
        settings,
    )
    answer = solver.solve()
    if answer.status not in (clarabel.SolverStatus.Solved, clarabel.SolverStatus.AlmostSolved):
        return None
    found = np.minimum(np.array(answer.x), given.upper[moving])
    low = given.lower[moving]
    values[moving] = np.where(found < low + DUST, low, found)
    return list(values)


def _cones(given: Matrix, moving: np.ndarray) -> tuple[sparse.csc_matrix, Numbers, int]:
    """Rows and bounds as A x + s = b over the columns that move: equalities (s = 0) first, then
    s ≥ 0. What the columns' bounds hold by themselves is left out."""
    fixed = given.lower.copy()
    fixed[moving] = 0.0
    rest = given.a @ fixed
    a = given.a[:, moving]
    low, high = given.lower[moving], given.upper[moving]
    up, down = a.maximum(0), a.minimum(0)
    most, least = up @ high + down @ low, up @ low + down @ high
    ceiling, floor = given.most - rest, given.least - rest
    moved = np.diff(a.indptr) > 0
    equal = moved & (ceiling == floor)
    under = moved & ~equal & (most > ceiling)
    over = moved & ~equal & (least < floor)
    one = sparse.identity(len(moving), format="csr")
    matrix = sparse.vstack([a[equal], a[under], -a[over], one, -one], format="csc")
    bounds = np.concatenate([ceiling[equal], ceiling[under], -floor[over], high, -low])
    return matrix, bounds, int(equal.sum())
