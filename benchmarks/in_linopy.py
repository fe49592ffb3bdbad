"""The natural model of a fund in linopy, solved through HiGHS.

Built as linopy is meant to be used: no row by itself, but all rows of the same length and
sense at once, and handed to HiGHS in memory. Runs where package ``linopy`` is installed.
"""

from __future__ import annotations

import importlib
import math
import time
from typing import Any

import highspy
import numpy as np

from benchmarks import measure, natural
from funding.program import SEED, quiet
from funding.quick.matrix import Matrix


def solved(folder: str) -> natural.Solved:
    """The model of the matrix in a folder, built and solved."""
    matrix = natural.read(folder)
    linopy = importlib.import_module("linopy")  # not before: it is not always there

    def once() -> natural.Solved:
        measure.forget()
        start = time.perf_counter()
        model = built(linopy, matrix)
        building = time.perf_counter() - start
        with quiet():
            model.solve(
                "highs",
                io_api="direct",
                progress=False,
                output_flag=False,
                threads=1,
                random_seed=SEED,
                mip_rel_gap=natural.GAP,
                time_limit=measure.TIME_LIMIT,
            )
        seconds = time.perf_counter() - start
        info, feasible = model.solver_model.getInfo(), highspy.SolutionStatus
        found = info.primal_solution_status == feasible.kSolutionStatusFeasible
        value = info.objective_function_value if found else math.nan
        ended = model.termination_condition == "optimal"
        whole = bool(matrix.whole.any())
        bound = info.mip_dual_bound if whole else value if ended else math.inf
        return natural.Solved(seconds, measure.peak(), value, bound, ended, building)

    return measure.rounds(once, lambda found: found.seconds)


def built(linopy: Any, matrix: Matrix) -> Any:
    """A linopy model of a matrix: awards ``x``, yes-or-no columns ``y``, rows, objective."""
    made, objective, parts = linopy.Model(), 0, []
    for name, chosen in (("x", ~matrix.whole), ("y", matrix.whole)):
        if not chosen.any():
            continue
        columns = made.add_variables(
            name=name,
            lower=_array(matrix.lower[chosen], name),
            upper=_array(matrix.upper[chosen], name),
            integer=name == "y",
        )
        objective = objective + (_array(matrix.worth[chosen], name) * columns).sum()
        parts.append((name, columns, matrix.a[:, chosen]))
    made.add_objective(objective, sense="max")
    shapes = [np.diff(a.indptr) for _, _, a in parts]
    equal, under = matrix.least == matrix.most, np.isfinite(matrix.most)
    kinds, which = np.unique(
        np.column_stack([equal, under, *shapes]).astype(int), axis=0, return_inverse=True
    )
    for i, kind in enumerate(kinds):
        rows = np.flatnonzero(which == i)
        left = 0
        for name, columns, a in parts:
            some = a[rows]
            if some.nnz:
                shape = (len(rows), -1)
                places = _array(some.indices.reshape(shape), "row", "term")
                factors = _array(some.data.reshape(shape), "row", "term")
                left = left + (factors * columns.isel({name: places})).sum("term")
        sense = "=" if kind[0] else "<=" if kind[1] else ">="
        right = (matrix.most if kind[1] else matrix.least)[rows]
        made.add_constraints(left, sense, _array(right, "row"), name=f"rows {i}")
    return made


def _array(numbers: Any, *dims: str) -> Any:
    """Numbers as linopy takes them, counted along each dimension."""
    xarray = importlib.import_module("xarray")  # comes with linopy
    coords = {dim: np.arange(n) for dim, n in zip(dims, np.shape(numbers), strict=True)}
    return xarray.DataArray(numbers, dims=dims, coords=coords)
