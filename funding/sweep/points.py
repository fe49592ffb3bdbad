"""The points of a sweep: each scenario solved once, wherever it is met again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import product

from funding import runs
from funding.applications import Applications
from funding.awards import allocate
from funding.compare import FIGURES
from funding.errors import NoAllocation, SolverStopped, UsageError
from funding.linear import Exact
from funding.scenario import Scenario
from funding.sweep.parameters import Range, moved

MOST_POINTS = 1_000
ENOUGH = 4  # points from which another process is worth its start
NONE, STOPPED = "none", "stopped"  # how a point without an allocation ended

Number = Exact | float | None


@dataclass(frozen=True)
class Found:
    """What a scenario came to. ``status`` is that of its allocation, `NONE` or `STOPPED`.

    ``awards`` has every activity [cents], ``figures`` those of a comparison by key; both are empty
    where there is no allocation. Then ``words`` say why, and ``rules`` are the titles of those that
    contradict each other. ``seconds`` is what it took, all in all.
    """

    status: str
    awards: Mapping[str, int] = field(repr=False)
    figures: Mapping[str, Number] = field(repr=False)
    seconds: float
    words: str = ""
    rules: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether there is an allocation."""
        return self.status not in (NONE, STOPPED)

    @cached_property
    def funded(self) -> frozenset[str]:
        """The activities with an award."""
        return frozenset(code for code, award in self.awards.items() if award)


@dataclass(frozen=True, slots=True)
class Point:
    """A value for each parameter of a sweep, and what was found there."""

    at: tuple[Decimal, ...]
    digest: str  # of its scenario
    found: Found


@dataclass(frozen=True)
class Sweep:
    """A scenario swept over one or two ranges; the points in order, the first range outermost.

    ``base`` is what the scenario itself comes to. ``solved`` is how many scenarios were solved.
    """

    applications: Applications = field(repr=False)
    scenario: Scenario = field(repr=False)
    ranges: tuple[Range, ...]
    points: tuple[Point, ...] = field(repr=False)
    base: Found = field(repr=False)
    solved: int

    @property
    def currency(self) -> str:
        """The currency of the fund."""
        return self.applications.call.currency

    @property
    def now(self) -> tuple[Decimal | None, ...]:
        """Where the parameters stand in the scenario itself."""
        return tuple(each.parameter.value for each in self.ranges)

    @property
    def found(self) -> tuple[Point, ...]:
        """The points that have an allocation."""
        return tuple(point for point in self.points if point.found.exists)

    @property
    def same_value(self) -> bool:
        """Whether value is counted alike at every point, so that it can be compared."""
        counted = ("objective.full_value_share", "objective.later_value")
        return not any(each.parameter.key in counted for each in self.ranges)


@dataclass(frozen=True)
class Common:
    """What all points have in common; sent once to each process."""

    applications: Applications
    time_limit: float


def sweep(
    applications: Applications,
    scenario: Scenario,
    ranges: Sequence[Range],
    *,
    time_limit: float = 60.0,
    workers: int | None = None,
    scheduler: str | None = None,
    known: Mapping[str, Found] | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Sweep:
    """A scenario at every value of one range, or at every pair of values of two.

    The awards at each point are those that `allocate` makes. ``known`` are scenarios that were
    solved already, by digest: they are not solved again. ``time_limit`` [seconds] is for each
    solve; ``workers`` and ``scheduler`` say where they are done, see `runs.run`.

    Raises UsageError where a value is not allowed, before anything is solved.
    """
    places = list(product(*(each.values for each in ranges)))
    if len(places) > MOST_POINTS:
        raise UsageError(
            f"{len(places):,} points are more than {MOST_POINTS:,}: choose larger steps."
        )
    parameters = [each.parameter for each in ranges]
    scenarios = [moved(scenario, dict(zip(parameters, at, strict=True))) for at in places]
    found = dict(known or {})
    wanted = {each.digest: each for each in (scenario, *scenarios) if each.digest not in found}
    items = list(wanted.values())
    if workers is None and scheduler is None and len(items) < ENOUGH:
        workers = 1
    common = Common(applications, time_limit)
    results = runs.run(solve_point, items, common=common, workers=workers, scheduler=scheduler)
    with contextlib.closing(results):
        for done, (at, result) in enumerate(results, 1):
            found[items[at].digest] = result
            progress(done, len(items))
    points = tuple(
        Point(at, each.digest, found[each.digest])
        for at, each in zip(places, scenarios, strict=True)
    )
    base = found[scenario.digest]
    return Sweep(applications, scenario, tuple(ranges), points, base, len(items))


def solve_point(common: Common, scenario: Scenario) -> Found:
    """What a scenario comes to on the common applications."""
    start = time.perf_counter()
    try:
        made = allocate(common.applications, scenario, time_limit=common.time_limit)
    except NoAllocation as error:
        parts = error.conflict.parts if error.conflict else ()
        titles = tuple(dict.fromkeys(part.title for part in parts))
        return Found(NONE, {}, {}, time.perf_counter() - start, str(error), titles)
    except SolverStopped as error:
        return Found(STOPPED, {}, {}, time.perf_counter() - start, str(error))
    figures = {figure.key: figure.of(made) for figure in FIGURES}
    return Found(made.status, dict(made.awards), figures, time.perf_counter() - start)
