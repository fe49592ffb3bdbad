"""How long an allocation of the sample fund takes, against reading its workbook, in one run.

Prints ratios, which hold from machine to machine better than seconds do:
``python benchmarks/allocate.py``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from funding import places, scenario, workbook
from funding.awards import allocate

ROUNDS = 5


def seconds(work: Callable[[], object]) -> float:
    """The median time of some work."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print one line a scenario."""
    source = places.sample_workbook()
    reading = seconds(lambda: workbook.read([source]))
    applications = workbook.read([source]).require()
    print(f"reading the sample: {reading:.2f} s = 1")
    for path in sorted(places.sample_scenarios().glob("*.toml")):
        rules = scenario.load(path)
        taken = seconds(lambda rules=rules: allocate(applications, rules))  # type: ignore[misc]
        gap = allocate(applications, rules).gap
        print(f"{path.stem:22} {taken / reading:5.2f} of it ({taken:.2f} s), gap {gap:.4%}")


if __name__ == "__main__":
    main()
