"""The scenarios of the sample fund: every stage of an allocation, against reading the workbook.

``python -m benchmarks.allocate`` prints, in one run, ratios, which hold from machine to machine
better than seconds do, and whether the aim, all stages together under one second, is held.
"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks import measure, stages
from funding import places, scenario, workbook
from funding.applications import Applications

AIM = 1.0  # second, from applications to awards


def reading(source: Path) -> float:
    """The seconds that reading the workbook takes."""

    def once() -> float:
        start = time.perf_counter()
        workbook.read([source]).require()
        return time.perf_counter() - start

    return measure.rounds(once, lambda seconds: seconds)


def profile(applications: Applications, path: Path) -> stages.Profile:
    """The stages of one scenario."""
    rules = scenario.load(path)
    return measure.rounds(lambda: stages.profiled(applications, rules), lambda found: found.seconds)


def _cells(made: stages.Profile, taken: float) -> list[str]:
    """The figures of one line."""
    return [
        *(f"{1000 * stage.seconds:.1f}" for stage in made.stages.values()),
        f"{1000 * made.seconds:.0f}",
        f"{made.seconds / taken:.2f}",
        measure.mib(made.peak),
        made.stopped or f"{made.gap:.4%}",
    ]


def main(paths: list[Path]) -> None:
    """Print one line a scenario: its stages in milliseconds, and all of them together."""
    source = places.sample_workbook()
    taken = reading(source)
    applications = workbook.read([source]).require()
    print(f"reading the sample: {taken:.2f} s = 1; stages in ms")
    found = {path.stem: profile(applications, path) for path in paths}
    names = [*next(iter(found.values())).stages, "all", "of reading", "peak", "gap"]
    lines = [["", *names], *([stem, *_cells(made, taken)] for stem, made in found.items())]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for name, *cells in lines:
        padded = (text.rjust(width) for text, width in zip(cells, widths[1:], strict=True))
        print("  ".join([name.ljust(widths[0]), *padded]))
    slowest = max(found, key=lambda stem: found[stem].seconds)
    most = found[slowest].seconds
    stopped = any(made.stopped for made in found.values())
    held = "held" if most < AIM and not stopped else "NOT held"
    print(f"aim: all stages under {AIM:.0f} s: {most:.2f} s at most ({slowest}): {held}")
    print(measure.machine())


if __name__ == "__main__":
    main(sorted(places.sample_scenarios().glob("*.toml")))
