"""What ``funding allocate`` tells beside awards: repairs where there are none, and prices."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from funding import files
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.errors import NoAllocation
from funding.price_words import told
from funding.prices import Prices, prices_of
from funding.repairs import Repair, repair_lines, repairs_of
from funding.scenario import Scenario

CURRENT = "current.toml"


def allocate_or_repair(
    applications: Applications, scenario: Scenario, folder: Path | None, time_limit: float
) -> Allocation:
    """The allocation of a fund; ``folder`` is where repairs are written if there is none.

    Raises NoAllocation with what contradicts each other and how that can be repaired. Looking for
    repairs may take as long again as ``time_limit`` [seconds].
    """
    try:
        return allocate(applications, scenario, time_limit=time_limit)
    except NoAllocation as error:
        if error.conflict is None:
            raise
        until = time.perf_counter() + time_limit
        repairs = repairs_of(applications, scenario, error.conflict, time_limit=time_limit)
        in_time = time.perf_counter() < until
        lines = [str(error), *repair_lines(repairs, error.conflict, in_time=in_time)]
        if folder is not None and repairs:
            lines.append(write_repairs(repairs, scenario, folder))
        raise NoAllocation("\n".join(lines), error.conflict) from error


def write_repairs(repairs: tuple[Repair, ...], scenario: Scenario, folder: Path) -> str:
    """Write each repair as a scenario that extends the current one; what to tell of it.

    The current scenario is written beside them, as one that stands alone.
    """
    files.make_folder(folder)
    files.write_atomically(folder / CURRENT, scenario.to_toml().encode())
    names = [f"repair-{number}.toml" for number in range(1, len(repairs) + 1)]
    for number, (name, repair) in enumerate(zip(names, repairs, strict=True), 1):
        files.write_atomically(folder / name, repair.to_toml(scenario, CURRENT, number).encode())
    return f"Wrote {', '.join(names)} in {folder}, each extending {CURRENT} there."


def priced(allocation: Allocation, say: Callable[[str], None]) -> Prices:
    """The prices of an allocation; those that are not nothing are told."""
    prices = prices_of(allocation)
    for line in told(allocation, prices):
        say(line)
    return prices
