"""What would have helped each activity of a fund, found by solving again on all processors."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property

from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.counterfactual import changes_of
from funding.errors import SolverStopped
from funding.explain import explain
from funding.runs import run
from funding.scenario import Scenario
from funding.sentences import helped_text

UNKNOWN = "Time ran out before it was found what would have helped."

Progress = Callable[[int, int], None]  # done, of how many


def helped_by_activity(
    allocation: Allocation,
    *,
    time_limit: float = 60.0,
    workers: int | None = None,
    progress: Progress = lambda done, of: None,
) -> dict[str, str]:
    """What would have helped each activity that is not in full, as sentences, by its code.

    ``time_limit`` [seconds] is for each solve; ``workers`` how many processes share the work, by
    default one for each processor.
    """
    codes = [code for code, outcome in allocation.outcomes.items() if outcome.status != "full"]
    work = Work(allocation.applications, allocation.scenario, time_limit)
    texts: dict[str, str] = {}
    progress(0, len(codes))
    with closing(run(helped, codes, common=work, workers=workers)) as answers:
        for at, text in answers:
            texts[codes[at]] = text
            progress(len(texts), len(codes))
    return {code: texts[code] for code in codes}


@dataclass(frozen=True)
class Work:
    """What a process needs to know of the fund; it makes the allocation once, for itself."""

    applications: Applications
    scenario: Scenario
    time_limit: float

    @cached_property
    def allocation(self) -> Allocation:
        """The allocation in question, made again."""
        return allocate(self.applications, self.scenario, time_limit=self.time_limit)


def helped(work: Work, code: str) -> str:
    """What would have helped one activity, as sentences."""
    allocation = work.allocation
    explanation = explain(allocation, allocation.applications.activities[code].city)
    try:
        changes = changes_of(allocation, code, time_limit=work.time_limit)
    except SolverStopped:
        return UNKNOWN
    return helped_text(explanation, replace(explanation.by_code[code], changes=changes))
