"""Fifty points of the envelope of the sample fund, against one solve of it and one command.

``python -m benchmarks.sweep`` prints in ratios, which hold from machine to machine better than
seconds do, what a sweep takes: in this process, and with a process for each processor. It shows
how much of it goes to stage 1, in which HiGHS decides who is funded. That is done anew at every
point: a start from a neighbour's answer is quicker, but finds others of equal value, and the awards
at a point are to be those of `allocate` alone. (Nor do reduced costs settle who is funded: the
relaxation is worth some 2 % more than the best, so that they fix nobody.) The workbook is read once
for all points, and no certificate is made.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks import measure, stages
from funding import places, scenario, workbook
from funding.applications import Applications
from funding.awards import allocate
from funding.scenario import Scenario
from funding.sweep import Range, Sweep, moved, ranges_of, sweep

OVER = "fund.envelope=76e5:125e5:1e5"  # fifty points, each with an allocation
AIM = 10  # times one solve
SAMPLED = 10  # every so manieth point is looked at stage by stage


def solve_once(given: Applications, rules: Scenario) -> float:
    """The processor's seconds of one solve, from applications to awards."""

    def once() -> float:
        start = time.process_time()
        allocate(given, rules)
        return time.process_time() - start

    return measure.rounds(once, lambda seconds: seconds)


def shares(given: Applications, rules: Scenario, swept: Range) -> dict[str, float]:
    """Stage → its part of some of the points, all of them together."""
    total: dict[str, float] = {}
    for value in swept.values[::SAMPLED]:
        found = stages.profiled(given, moved(rules, {swept.parameter: value}))
        for name, stage in found.stages.items():
            total[name] = total.get(name, 0.0) + stage.seconds
    return {name: seconds / sum(total.values()) for name, seconds in total.items()}


def differing(given: Applications, rules: Scenario, found: Sweep) -> int:
    """How many of some of the points have other awards than `allocate` finds by itself."""
    swept = found.ranges[0].parameter
    return sum(
        allocate(given, moved(rules, {swept: point.at[0]})).awards != point.found.awards
        for point in found.points[::SAMPLED]
    )


def main(source: Path, rules: Scenario) -> None:
    """Print what fifty points take, and whether the aim is held."""
    given = workbook.read([source]).require()
    ranges = ranges_of(rules, [OVER])
    once = solve_once(given, rules)
    print(f"one solve of the scenario: {once:.2f} s of a processor = 1")
    start = time.process_time()
    found = sweep(given, rules, ranges, workers=1)
    alone = time.process_time() - start
    print(f"{found.solved} scenarios in this process: {alone:.1f} s of it = {alone / once:.1f}")
    start = time.perf_counter()
    sweep(given, rules, ranges)
    beside = time.perf_counter() - start
    count = os.cpu_count() or 1
    print(f"the same in {count} processes: {beside:.1f} s on the clock = {beside / once:.1f}")
    held = "held" if beside / once <= AIM else "NOT held"
    print(f"aim: at most {AIM} times one solve: {held}")
    print(f"points whose awards are not those of allocate: {differing(given, rules, found)}")
    for name, share in shares(given, rules, ranges[0]).items():
        print(f"  {name}: {share:.0%}")
    print(measure.machine())


if __name__ == "__main__":
    main(
        places.sample_workbook(),
        scenario.load(places.sample_scenarios() / "base.toml"),
    )
