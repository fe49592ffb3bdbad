"""What is found by solving again: when it is asked for, then kept by content."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from funding.app.kept import content, kept
from funding.applications import Applications
from funding.awards import Allocation
from funding.errors import Conflict
from funding.explain import Explanation, explain, explain_by_solving
from funding.prices import Prices, prices_of
from funding.repairs import Repair, repairs_of
from funding.scenario import Scenario, parse

PRICES_LIMIT = 120.0  # seconds
REPAIRS_LIMIT = 60.0

Progress = Callable[[int, int, str], None]  # how many are done, of how many, what is next


def known_prices(allocation: Allocation) -> Prices | None:
    """The prices of an allocation where they were found before."""
    found: Prices | None = kept("prices").get(_key(allocation))
    return found


def find_prices(allocation: Allocation) -> Prices:
    """The prices of an allocation, found anew; where `PRICES_LIMIT` is up before, those found
    until then."""
    found = prices_of(allocation, time_limit=PRICES_LIMIT)
    kept("prices").put(_key(allocation), found)
    return found


def known_changes(allocation: Allocation, city: str) -> Explanation | None:
    """What would have changed a city's awards, where that was found before."""
    found: Explanation | None = kept("changes").get(_key(allocation, city))
    return found


def find_changes(allocation: Allocation, city: str, progress: Progress) -> Explanation:
    """What would have changed a city's awards, activity by activity; some dozen solves each.

    Raises SolverStopped.
    """
    known = known_changes(allocation, city)
    if known is not None:
        return known
    found = explain(allocation, city)
    activities = dict(found.by_code)
    codes = [code for code, why in activities.items() if why.status != "full"]
    for done, code in enumerate(codes):
        progress(done, len(codes), code)
        found = explain_by_solving(allocation, city, [code])
        activities[code] = found.by_code[code]
    found = replace(found, activities=tuple(activities.values()))
    kept("changes").put(_key(allocation, city), found)
    return found


@dataclass(frozen=True)
class Repairs:
    """The repairs of a conflict; ``in_time`` is false where time ran out before all were sought."""

    repairs: tuple[Repair, ...]
    in_time: bool


def known_repairs(applications: Applications, scenario: Scenario) -> Repairs | None:
    """The repairs of a scenario without an allocation, where they were found before."""
    found: Repairs | None = kept("repairs").get(content(applications, scenario))
    return found


def find_repairs(applications: Applications, scenario: Scenario, conflict: Conflict) -> Repairs:
    """The repairs of a scenario whose rules contradict each other, found anew."""
    until = time.perf_counter() + REPAIRS_LIMIT
    found = repairs_of(applications, scenario, conflict, time_limit=REPAIRS_LIMIT)
    made = Repairs(found, time.perf_counter() < until)
    kept("repairs").put(content(applications, scenario), made)
    return made


def repaired(scenario: Scenario, repair: Repair, number: int) -> Scenario:
    """The scenario of a repair, under a name of its own, with the repair in its notes."""
    return parse(repair.to_toml(scenario, "broken.toml", number), lambda _: scenario.to_toml())


def _key(allocation: Allocation, *more: str) -> tuple[str, ...]:
    return content(allocation.applications, allocation.scenario, *more)
