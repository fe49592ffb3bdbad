"""Large linear funds: the natural matrix given cold to HiGHS and to CBC, against the quick path.

``python benchmarks/large.py 500 2000 20000`` prints, for funds of so many cities, seconds and, in
one run, ratios, which hold from machine to machine better than seconds do. The natural matrix
has the awards alone, with city totals written out. CBC runs where package ``cbcbox`` is installed.
"""

from __future__ import annotations

import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks import synthetic
from funding import quick
from funding.case import Plan
from funding.linear import Kind
from funding.program import Program, Row, State, Task, build
from funding.quick.matrix import Matrix, matrix_of, model, run


def natural(found: Program) -> Task:
    """The task without city totals: each is written out as the sum of its awards."""
    kinds = [quantity.kind for quantity in found.quantities]
    totals = {j for j, kind in enumerate(kinds) if kind is Kind.CITY_TOTAL}
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
    # A total that no row speaks of any more is no column that matters.
    return Task([0.0] * len(kinds), found.upper, found.worth, rows)


def cold(matrix: Matrix) -> tuple[float, float]:
    """Seconds and optimum of HiGHS, given the matrix cold."""
    start = time.perf_counter()
    highs = model(matrix.a, (matrix.least, matrix.most), (matrix.lower, matrix.upper), matrix.worth)
    assert run(highs, start + 600) is State.OPTIMAL
    return time.perf_counter() - start, -highs.getInfo().objective_function_value


def by_cbc(matrix: Matrix) -> float | None:
    """Seconds that CBC says it took, without reading the file; None where it is not installed."""
    if importlib.util.find_spec("cbcbox") is None:
        return None
    highs = model(matrix.a, (matrix.least, matrix.most), (matrix.lower, matrix.upper), matrix.worth)
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "fund.mps")
        highs.writeModel(file)
        command = [str(Path(sys.executable).with_name("cbc")), file, "-solve", "-quit"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (line,) = [text for text in said.splitlines() if "Wallclock seconds" in text][-1:]
    return float(line.split("Wallclock seconds):")[1].split()[0])


def main(sizes: list[int]) -> None:
    """One block a size."""
    for size in sizes:
        given = synthetic.applications(size)
        rules = synthetic.scenario(given, minimums=False)
        start = time.perf_counter()
        case = rules.case(given)
        found = build(Plan(case), rules.limits(case), rules.value(case))
        rows = time.perf_counter() - start
        task = Task([0.0] * len(found.upper), found.upper, found.worth, found.rows)
        expanded = matrix_of(natural(found))
        assert expanded is not None
        plain, best = cold(expanded)
        start = time.perf_counter()
        fast = quick.linear(task, np.array(found.city), time_limit=60)
        taken = time.perf_counter() - start
        assert fast is not None
        assert abs(fast.objective - best) <= 1e-7 * best
        other = by_cbc(expanded)
        print(f"{size} cities, {len(found.quantities)} columns, {len(found.rows)} rows")
        print(f"  rules to rows and columns {rows:.2f} s")
        print(f"  quick path, from rows     {taken:.2f} s = 1, to the same optimum")
        print(f"  HiGHS cold, matrix        {plain:.2f} s = {plain / taken:.1f}")
        if other is not None:
            print(f"  CBC cold, matrix          {other:.2f} s = {other / taken:.1f}")
        print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [500, 2_000])
