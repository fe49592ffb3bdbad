"""The natural matrix of a fund, and what HiGHS and CBC make of it when it is given to them cold.

The natural matrix has the awards alone, and 0 or 1 where a minimum viable amount asks for it;
city totals are written out as sums. CBC runs where package ``cbcbox`` is installed.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import highspy
import numpy as np
from scipy import sparse

from benchmarks import measure, synthetic
from funding.case import Plan
from funding.linear import Kind
from funding.program import Program, Row, State, Task, build
from funding.quick.matrix import Matrix, matrix_of, model, run

GAP = 1e-3  # of the bound: how near to it a mixed-integer solve may end
LOOK = 0.01  # seconds between two looks at the memory of another process
FIELDS = ("least", "most", "lower", "upper", "worth", "whole", "places")


@dataclass(frozen=True)
class Solved:
    """What a solver made of a matrix.

    ``value`` is nan where it found no allocation in time, ``bound`` infinite where it proved none.
    """

    seconds: float
    peak: int | None  # [MiB]
    value: float
    bound: float
    ended: bool  # optimal, or within `GAP` of the bound; else the time limit was hit
    building: float = 0.0  # of the seconds: before the solver had the model

    @property
    def gap(self) -> float:
        """How far the value is below the bound at most, as a share of the bound; 1 if unknown."""
        known = math.isfinite(self.bound) and not math.isnan(self.value)
        return max(0.0, self.bound - self.value) / abs(self.bound) if known else 1.0


@dataclass(frozen=True)
class Size:
    """What there is to solve."""

    activities: int
    columns: int
    rows: int
    whole: int


def write(cities: int, minimums: bool, folder: str) -> Size:
    """The natural matrix of a synthetic fund, as arrays and as an MPS file, in a folder."""
    given = synthetic.applications(cities)
    rules = synthetic.scenario(given, minimums=minimums)
    case = rules.case(given)
    found = build(Plan(case), rules.limits(case), rules.value(case))
    matrix = natural(found)
    parts = {name: getattr(matrix, name) for name in FIELDS}
    np.savez(Path(folder, "fund.npz"), **parts)
    sparse.save_npz(Path(folder, "a.npz"), matrix.a)
    _model(matrix).writeModel(str(Path(folder, "fund.mps")))
    rows, columns = matrix.a.shape
    return Size(len(given.activities), columns, rows, int(matrix.whole.sum()))


def read(folder: str) -> Matrix:
    """The matrix that `write` left in a folder."""
    with np.load(Path(folder, "fund.npz")) as parts:
        return Matrix(a=sparse.load_npz(Path(folder, "a.npz")), **parts)


def natural(found: Program) -> Matrix:
    """The matrix without city totals: each is written out as the sum of its awards."""
    kinds = [quantity.kind for quantity in found.quantities]
    totals = {j for j, kind in enumerate(kinds) if kind is Kind.CITY_TOTAL}
    assert not any(found.worth[j] for j in totals)
    awards: dict[int, list[int]] = {}
    for j, kind in enumerate(kinds):
        if kind is Kind.AWARD:
            awards.setdefault(found.city[j], []).append(j)
    rows = []
    for row in found.rows:
        terms: dict[int, float] = {}
        for j, k in row.terms.items():
            for i in awards[found.city[j]] if j in totals else [j]:
                terms[i] = terms.get(i, 0.0) + k
        terms = {j: k for j, k in terms.items() if k}
        if terms:  # else it says what a total is
            rows.append(Row(terms, row.sense, row.bound))
    zeros = [0.0] * len(kinds)
    matrix = matrix_of(Task(zeros, found.upper, found.worth, rows, found.integer))
    assert matrix is not None
    kept = np.array([j for j in range(len(kinds)) if j not in totals])
    return Matrix(
        matrix.a[:, kept],
        matrix.least,
        matrix.most,
        matrix.lower[kept],
        matrix.upper[kept],
        matrix.worth[kept],
        matrix.whole[kept],
        matrix.places,
    )


def _model(matrix: Matrix, **options: float) -> highspy.Highs:
    rows, columns = (matrix.least, matrix.most), (matrix.lower, matrix.upper)
    return model(matrix.a, rows, columns, matrix.worth, matrix.whole, **options)


def by_highs(folder: str) -> Solved:
    """HiGHS, given the matrix cold."""
    matrix = read(folder)

    def once() -> Solved:
        measure.forget()
        start = time.perf_counter()
        highs = _model(matrix, mip_rel_gap=GAP)
        building = time.perf_counter() - start
        state = run(highs, start + measure.TIME_LIMIT)
        seconds = time.perf_counter() - start
        info = highs.getInfo()
        whole = bool(matrix.whole.any())
        found = state in (State.OPTIMAL, State.FEASIBLE)
        value = -info.objective_function_value if found else math.nan
        ended = state is State.OPTIMAL
        bound = -info.mip_dual_bound if whole else value if ended else math.inf
        return Solved(seconds, measure.peak(), value, bound, ended, building)

    return measure.rounds(once, lambda solved: solved.seconds)


def by_cbc(folder: str) -> Solved:
    """CBC by its command, given the file; reading the file is not counted."""
    file, answer, said = (Path(folder, name) for name in ("fund.mps", "answer.txt", "said.txt"))
    command = [str(Path(sys.executable).with_name("cbc")), str(file)]
    command += ["-ratioGap", str(GAP), "-timeMode", "elapsed", "-seconds", str(measure.TIME_LIMIT)]
    command += ["-solve", "-solution", str(answer), "-quit"]

    def once() -> Solved:
        most = 0
        with said.open("w") as out, subprocess.Popen(command, stdout=out) as process:
            while process.poll() is None:
                most = max(most, measure.peak(process.pid) or 0)
                time.sleep(LOOK)
        assert process.returncode == 0, said.read_text(encoding="utf-8")[-1000:]
        words = said.read_text(encoding="utf-8")
        with answer.open(encoding="ascii") as text:
            state = text.readline()
        ended, found = state.startswith("Optimal"), "no integer solution" not in state
        value = -float(state.split()[-1]) if found else math.nan
        bound = value if ended else math.inf
        if "Lower bound:" in words:
            bound = -float(_after(words, "Lower bound:"))
        seconds = float(_after(words, "Total time (Wallclock seconds):"))
        return Solved(seconds, most or None, value, bound, ended)

    return measure.rounds(once, lambda solved: solved.seconds)


def _after(said: str, words: str) -> str:
    """The number after some words, where they stand last."""
    return said.rsplit(words, 1)[1].split()[0]
