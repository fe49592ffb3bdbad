"""What a draw of a robustness study is: inputs redrawn, and the allocation of the fund on them.

Draw d of seed s has its own random numbers, those of numpy's ``SeedSequence(s)`` spawned for d:
neither how many draws there are, nor where and in which order they are done, changes any. Scores,
envelope and requests each have numbers of their own, so that a study with another spread of one
of them has the same draws of the others.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from importlib import metadata
from itertools import groupby
from statistics import variance
from typing import Any

import numpy as np

from funding import money
from funding.applications import Activity, Applications, Assessment, assessors_mean
from funding.awards import allocate
from funding.conflict import unexplained
from funding.errors import NoAllocation, SolverStopped, UsageError
from funding.run import run_record
from funding.runs import run
from funding.scenario import Scenario, from_tables

MOST_SCORE = 100
DECIMALS = 4  # of a redrawn score
# Of the run record: what decides on awards.
DECIDE = ("applications", "scenario", "funding", "PuLP", "solver", "evenness")


@dataclass(frozen=True)
class Settings:
    """What a study lets vary, and by how much.

    ``standard_error`` [points] of every score; None: that of the mean of its assessors, from
    sheet Scores. The envelope is redrawn within ``envelope_spread`` of itself to either side, all
    its years alike; each activity comes out smaller by up to ``request_spread``. Both are shares
    of 1, each value between as likely as any other. ``time_limit`` [seconds] is for each draw.

    Raises UsageError for a spread below 0 or not below 1.
    """

    seed: int = 1
    standard_error: float | None = None
    envelope_spread: float = 0.1
    request_spread: float = 0.0
    time_limit: float = 60.0

    def __post_init__(self) -> None:
        for name, spread in (("envelope", self.envelope_spread), ("requests", self.request_spread)):
            if not 0 <= spread < 1:
                raise UsageError(f"The spread of the {name} is {spread:g}; expected 0 to below 1.")
        if self.standard_error is not None and not 0 <= self.standard_error <= MOST_SCORE:
            raise UsageError(
                f"The standard error is {self.standard_error:g}; expected 0 to 100 points."
            )
        if self.seed < 0:
            raise UsageError(f"The seed is {self.seed}; expected a whole number from 0 on.")


class Ending(StrEnum):
    """How a draw ended. Feasible: at the time limit, so that a faster machine may do better."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    NONE = "no allocation"  # holds all the rules
    STOPPED = "stopped"  # at the time limit, without an answer

    @property
    def allocated(self) -> bool:
        """Whether there are awards."""
        return self in (Ending.OPTIMAL, Ending.FEASIBLE)


@dataclass(frozen=True)
class Drawn:
    """One draw: its number, counted from 0, how it ended, and the awards above 0 [cents]."""

    number: int
    ending: Ending
    awards: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Study:
    """Applications and a scenario, and what of them is redrawn.

    Raises UsageError where the standard error is to come from sheet Scores and cannot.
    """

    applications: Applications
    scenario: Scenario
    settings: Settings

    def __post_init__(self) -> None:
        if not self.standard_errors and self.applications.activities:
            raise UsageError(
                "No activity has two assessors in sheet Scores, so that their spread is not "
                "known. State the standard error of a score with --standard-error POINTS, such as "
                "3; with 0 scores stay as they are."
            )

    @cached_property
    def standard_errors(self) -> Mapping[str, float]:
        """Activity code → the standard error of its score [points]; empty: not known."""
        if self.settings.standard_error is not None:
            return dict.fromkeys(self.applications.activities, self.settings.standard_error)
        return standard_errors(self.applications)

    @cached_property
    def key(self) -> dict[str, Any]:
        """What decides on the draws: the same here, the same draws."""
        settings = self.settings
        record = run_record(self.applications, self.scenario, settings.time_limit)
        return {
            **{name: record[name] for name in DECIDE},
            "numpy": metadata.version("numpy"),
            "seed": settings.seed,
            "standard error": settings.standard_error,
            "envelope spread": settings.envelope_spread,
            "request spread": settings.request_spread,
            "time limit": settings.time_limit,
        }

    def inputs(self, number: int) -> tuple[Applications, Scenario]:
        """The applications and the scenario of one draw; what does not vary stays as it is."""
        envelope, scores, requests = self._random(number)
        return self._applications(scores, requests), self._scenario(envelope)

    def envelope(self, number: int) -> int:
        """The envelope of one draw [cents]."""
        return self._scenario(self._random(number)[0]).fund.envelope

    def _random(self, number: int) -> list[np.random.Generator]:
        """The random numbers of one draw, for the envelope, the scores and the requests."""
        seeds = np.random.SeedSequence(self.settings.seed, spawn_key=(number,)).spawn(3)
        return [np.random.default_rng(seed) for seed in seeds]

    def _scenario(self, random: np.random.Generator) -> Scenario:
        spread = self.settings.envelope_spread
        if not spread:
            return self.scenario
        return with_envelope(self.scenario, random.uniform(1 - spread, 1 + spread))

    def _applications(
        self, scores: np.random.Generator, requests: np.random.Generator
    ) -> Applications:
        given, spread = self.applications, self.settings.request_spread
        codes = sorted(given.activities)  # so that the order of rows changes nothing
        noise = dict(zip(codes, scores.standard_normal(len(codes)).tolist(), strict=True))
        factors = dict(
            zip(codes, requests.uniform(1 - spread, 1, len(codes)).tolist(), strict=True)
        )
        redrawn = {code for code, error in self.standard_errors.items() if error}
        if not redrawn and not spread:
            return given
        assessments = dict(given.assessments)
        for code in redrawn:
            score = float(given.score(code)) + self.standard_errors[code] * noise[code]
            kept = Decimal(f"{min(max(score, 0.0), MOST_SCORE):.{DECIMALS}f}")
            assessments[code] = assessments[code].model_copy(update={"score": kept})
        activities = dict(given.activities)
        if spread:
            for code, factor in factors.items():
                activities[code], assessments[code] = smaller(
                    activities[code], assessments[code], factor
                )
        return Applications.of(
            given.call,
            given.cities.values(),
            activities.values(),
            assessments.values(),
            given.records.values(),
            [score for score in given.scores if score.activity not in redrawn],
        )


def standard_errors(applications: Applications) -> dict[str, float]:
    """Activity code → the standard error of its score [points], from sheet Scores.

    SE_a = √(s̃_a² / n_a), with s̃_a² = ((n_a − 1) s_a² + s²) / n_a: the variance s_a² of the n_a
    assessors' means, moderated by one degree of freedom of the variance s² within all activities,
    pooled. So two assessors who agree by chance are not taken for certain, and an activity with
    one assessor, or with a score in Assessment alone, has √s². Empty where no activity has two.
    """
    means: dict[str, list[float]] = {}
    ordered = sorted(applications.scores, key=lambda s: (s.activity, s.assessor))
    for (activity, _), rows in groupby(ordered, key=lambda s: (s.activity, s.assessor)):
        mean = assessors_mean(rows)
        if mean is not None:
            means.setdefault(activity, []).append(float(mean))
    within = {a: (len(m) - 1) * variance(m) for a, m in means.items() if len(m) > 1}
    if not within:
        return {}
    pooled = sum(within.values()) / sum(len(means[activity]) - 1 for activity in within)
    found = {}
    for code in applications.activities:
        count = max(1, len(means.get(code, ())))
        found[code] = math.sqrt((within.get(code, 0.0) + pooled) / count / count)
    return found


def smaller(
    activity: Activity, assessment: Assessment, factor: float
) -> tuple[Activity, Assessment]:
    """An activity that comes out smaller, in all its parts alike, and its assessment.

    A request stands for an estimate of costs. It never rises: a city cannot be given more than it
    asked for. Where the costs are less, the city asks for less, brings less and needs less, so that
    all shares stay as they were and no gate falls for the rounding: request, own cash, in kind,
    other funding, minimum viable amount and eligible cost are multiplied by ``factor``, from above
    0 to 1, in whole cents; the request stays above 0, and the parts add up to the total cost. What
    other national funds have granted stays, as do people.
    """
    parts = {
        name: round(getattr(activity, name) * factor)
        for name in ("requested", "own_cash", "own_in_kind", "other_funding")
    }
    parts["requested"] = asked = max(1, parts["requested"])
    total = sum(parts.values())
    least = activity.minimum_viable
    changed = activity.model_copy(
        update={
            **parts,
            "total_cost": total,
            "minimum_viable": None if least is None else min(asked, round(least * factor)),
            "requested_by_year": _by_year(activity, asked),
        }
    )
    counted = assessment.eligible_cost
    if counted is not None:
        counted = min(total, round(counted * factor))
    return changed, assessment.model_copy(update={"eligible_cost": counted})


def _by_year(activity: Activity, asked: int) -> tuple[tuple[int, int], ...]:
    """The request by year in the proportions that it had, together ``asked`` [cents]."""
    found, before, told = [], 0, 0
    for year, part in activity.requested_by_year:
        before += part
        upto = before * asked // activity.requested
        found.append((year, upto - told))
        told = upto
    return tuple(found)


def with_envelope(scenario: Scenario, factor: float) -> Scenario:
    """The scenario with so many times its envelope, in whole cents, each of its years alike."""
    fund: dict[str, Any] = dict(scenario.tables["fund"])
    exact = Fraction(factor)
    if scenario.fund.envelopes:
        fund["envelopes"] = {
            str(year): money.in_units(round(amount * exact))
            for year, amount in scenario.fund.envelopes.items()
        }
    else:
        fund["envelope"] = money.in_units(round(scenario.fund.envelope * exact))
    return from_tables({**scenario.tables, "fund": fund})


def draws(
    study: Study,
    numbers: Sequence[int],
    *,
    workers: int | None = None,
    scheduler: str | None = None,
) -> Generator[Drawn, None, None]:
    """Draws by their numbers, as they finish: see `funding.runs.run` for where."""
    with closing(run(draw, numbers, common=study, workers=workers, scheduler=scheduler)) as results:
        for _, drawn in results:
            yield drawn


def draw(study: Study, number: int) -> Drawn:
    """One draw: what `allocate` gives on its inputs."""
    given, scenario = study.inputs(number)
    try:
        with unexplained():
            allocation = allocate(given, scenario, time_limit=study.settings.time_limit)
    except NoAllocation:
        return Drawn(number, Ending.NONE)
    except SolverStopped:
        return Drawn(number, Ending.STOPPED)
    awards = {code: award for code, award in allocation.awards.items() if award}
    return Drawn(number, Ending(allocation.status), awards)
