"""What would have helped each activity of a fund, found by solving again on all processors.

Each activity is looked at by itself, so that the order in which they come back changes nothing.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from functools import cache

from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.counterfactual import changes_of
from funding.errors import SolverStopped
from funding.explain import explain
from funding.scenario import Scenario
from funding.sentences import helped_text

UNKNOWN = "Time ran out before it was found what would have helped."

Progress = Callable[[int, int], None]  # done, of how many
Work = tuple[Applications, Scenario, float]


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
    work = allocation.applications, allocation.scenario, time_limit
    texts: dict[str, str] = {}
    progress(0, len(codes))
    if not codes:
        return texts
    # Started afresh, so that no lock of this process is copied while another thread holds it.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (work,)) as pool:
        asked = {pool.submit(_helped, code): code for code in codes}
        try:
            for done, answer in enumerate(as_completed(asked), 1):
                texts[asked[answer]] = answer.result()
                progress(done, len(codes))
        finally:
            pool.shutdown(cancel_futures=True)
    return {code: texts[code] for code in codes}


_work: list[Work] = []  # of a process that shares the work


def _start(work: Work) -> None:
    _work[:] = [work]


@cache
def _allocation() -> Allocation:
    applications, scenario, time_limit = _work[0]
    return allocate(applications, scenario, time_limit=time_limit)


def _helped(code: str) -> str:
    allocation, time_limit = _allocation(), _work[0][2]
    explanation = explain(allocation, allocation.applications.activities[code].city)
    try:
        changes = changes_of(allocation, code, time_limit=time_limit)
    except SolverStopped:
        return UNKNOWN
    return helped_text(explanation, replace(explanation.by_code[code], changes=changes))
