"""An allocation stage by stage: seconds and peak memory of each, timed from outside.

The functions that make the stages are wrapped while an allocation runs; the product knows
nothing of it. A stage's seconds are without those of stages that run inside it. What runs in no
stage is counted as "other".
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from unittest import mock

from benchmarks import measure, synthetic
from funding import awards, check, payments, solve, whole
from funding.applications import Applications
from funding.errors import FundingError
from funding.program import Answer, State
from funding.scenario import Scenario

OTHER, FIRST = "other", "1: value"
NOTHING = Answer(State.STOPPED)
# What it is called here, the module or class that looks it up, and its name there.
STAGES: tuple[tuple[str, Any, str], ...] = (
    ("gates", Scenario, "case"),
    ("rules to rows", Scenario, "limits"),
    ("rows to program", solve, "build"),
    (FIRST, solve, "_best"),
    ("2: evenness", solve, "fair_allocation"),
    ("3: whole units", whole, "exact_awards"),
    ("settling ties", whole, "settle"),
    ("payments", payments, "schedule"),
    ("exact check", check, "broken_awards"),
    ("exact check", check, "broken_payments"),
)
FIRST_ONLY = "_best"  # later calls of it are part of the stage they are made in


@dataclass
class Stage:
    """The seconds of a stage, and the most memory the process had in it [MiB]."""

    seconds: float = 0.0
    peak: int | None = None


@dataclass
class Profile:
    """One allocation. ``first`` is the answer of stage 1; ``gap`` that of the whole-unit awards.

    ``stopped`` says why there are no awards, and is empty where there are.
    """

    stages: dict[str, Stage] = field(default_factory=dict)
    before: int | None = None  # [MiB], with the applications read
    stopped: str = ""
    first: Answer = NOTHING
    gap: float = math.nan

    @property
    def seconds(self) -> float:
        """All stages together, from applications to awards."""
        return sum(stage.seconds for stage in self.stages.values())

    @property
    def peak(self) -> int | None:
        """The most memory the process had in any stage [MiB]."""
        peaks = [stage.peak for stage in self.stages.values() if stage.peak is not None]
        return max(peaks, default=None)

    @property
    def first_gap(self) -> float:
        """How near to the bound stage 1 came, as a share of the bound."""
        return max(0.0, self.first.bound - self.first.objective) / abs(self.first.bound)


class LastStageDone(Exception):
    """An allocation has come as far as it was to be measured."""


class Stopwatch:
    """Which stage is running, and what each has taken so far; ended after stage ``last``."""

    def __init__(self, last: str) -> None:
        self.stages = {name: Stage() for name in (*(name for name, _, _ in STAGES), OTHER)}
        self.running = [OTHER]
        self.since = time.perf_counter()
        self.last = last
        self.first = NOTHING

    def book(self) -> None:
        """What was taken since the last change is the running stage's."""
        now, stage = time.perf_counter(), self.stages[self.running[-1]]
        stage.seconds += now - self.since
        peak = measure.peak()
        if peak is not None:
            stage.peak = max(stage.peak or 0, peak)
        measure.forget()
        self.since = time.perf_counter()

    @contextlib.contextmanager
    def within(self, name: str) -> Iterator[None]:
        """Run in a stage."""
        self.book()
        self.running.append(name)
        try:
            yield
        finally:
            self.book()
            self.running.pop()

    def wrapped(self, name: str, work: Callable[..., Any], first_only: bool) -> Callable[..., Any]:
        """The same work, in a stage."""
        ran = False

        @wraps(work)
        def timed(*args: Any, **kwargs: Any) -> Any:
            nonlocal ran
            if ran and first_only:
                return work(*args, **kwargs)
            ran = True
            with self.within(name):
                result = work(*args, **kwargs)
            if name == FIRST:
                self.first = result
            if name == self.last:
                raise LastStageDone
            return result

        return timed


def profiled(given: Applications, rules: Scenario, last: str = "") -> Profile:
    """One allocation: what its stages took, and what came of it; with ``last`` no further."""
    measure.forget()
    watch = Stopwatch(last)
    found = Profile(watch.stages, measure.peak())
    with contextlib.ExitStack() as patches:
        for name, owner, attribute in STAGES:
            work = watch.wrapped(name, getattr(owner, attribute), attribute == FIRST_ONLY)
            patches.enter_context(mock.patch.object(owner, attribute, work))
        watch.since = time.perf_counter()
        try:
            made = awards.allocate(given, rules, time_limit=measure.TIME_LIMIT)
            found.gap = made.gap
        except FundingError as error:
            found.stopped = str(error)
        except LastStageDone:
            found.stopped = f"after stage {last}, and not run further"
        watch.book()
    found.first = watch.first
    return found


def of_synthetic(cities: int, minimums: bool, last: str = "") -> Profile:
    """The stages of a synthetic fund, with ``last`` no further than it."""
    given = synthetic.applications(cities)
    rules = synthetic.scenario(given, minimums=minimums)
    return measure.rounds(lambda: profiled(given, rules, last), lambda found: found.seconds)
