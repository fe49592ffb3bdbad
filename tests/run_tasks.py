"""Tasks of `tests/test_runs.py`: a process that shares the work imports them from here."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from funding.runs import run


def square_from(start: int, item: int) -> int:
    return start + item * item


def divide(number: int, item: int) -> float:
    return number / item


class Counted:
    """Counts how often it is unpickled in a process."""

    times = 0

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, ()


def _again() -> Counted:
    Counted.times += 1
    return Counted()


def unpickled(_: Counted, item: int) -> tuple[int, int]:
    return os.getpid(), Counted.times


def square_unless_killed(common: tuple[Path, int, int], item: int) -> int:
    """Item ``which`` kills its process the first ``times`` times."""
    tally, which, times = common
    before = tally.read_text(encoding="utf-8") if tally.exists() else ""
    if item == which and len(before) < times:
        tally.write_text(before + "x", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    return item * item


def mark(folder: Path, item: int) -> None:
    time.sleep(0.02)
    (folder / str(item)).touch()


def stay(folder: Path, item: int) -> None:
    (folder / str(os.getpid())).touch()
    time.sleep(60)


def long_study() -> None:
    """A study whose processes say who they are and do not end by themselves."""
    list(run(stay, [1, 2, 3, 4], common=Path(sys.argv[1]), workers=2))
