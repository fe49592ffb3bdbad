"""Letters of the sample fund, against verifying its award workbook.

``python -m benchmarks.letters`` prints, in one run, the ratio, which holds from machine to machine
better than seconds do, and whether the aim, 120 letters in under 30 seconds, is held.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import measure
from funding import awards, places, scenario, workbook
from funding.letters import letters
from funding.report import award_workbook
from funding.verify import verify

AIM, COUNT = 30.0, 120  # seconds for so many letters, all that is read and verified included


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes, the median of a few rounds."""

    def once() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return measure.rounds(once, lambda taken: taken)


def main() -> None:
    """Print how long the letters take, in seconds and against verifying alone."""
    applications = workbook.read([places.sample_workbook()]).require()
    rules = scenario.load(places.sample_scenarios() / "base.toml")
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "awards.xlsx"
        book.write_bytes(award_workbook(awards.allocate(applications, rules)))
        alone, whole = seconds(lambda: verify(book)), seconds(lambda: letters(book))
        count = len(letters(book))
    print(f"verifying the award workbook: {alone:.2f} s = 1")
    print(f"verifying it, and {count} letters: {whole:.2f} s = {whole / alone:.2f}")
    held = "held" if whole * COUNT / count < AIM else "NOT held"
    print(f"aim: {COUNT} letters in under {AIM:.0f} s: {held}")
    print(measure.machine())


if __name__ == "__main__":
    main()
