"""Replay an award workbook: solve again from that workbook alone, and compare the awards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from funding.awards import Allocation, allocate
from funding.errors import RowsBroken
from funding.report.ranges import BY_ACTIVITY
from funding.run import run_record
from funding.stated import NO_AMOUNT, Stated, read_stated

USUAL_LIMIT = 60.0  # seconds, where the workbook names none
VERSIONS = ("funding", "PuLP", "solver", "evenness", "Python")


@dataclass(frozen=True)
class Replayed:
    """The allocation that was made again, and what ran in another version, as sentences."""

    allocation: Allocation
    versions: tuple[str, ...]


def replay(path: Path) -> Replayed:
    """Allocate again from an award workbook alone; the awards are the same, to the cent.

    Raises as `again`, and InputError for a file that is no award workbook.
    """
    return again(read_stated(path))


def again(stated: Stated) -> Replayed:
    """The same from what a workbook states.

    Raises RowsBroken where an award differs, naming each, and what `allocate` raises where there is
    no allocation any more.
    """
    limit = _time_limit(stated.run)
    versions = tuple(_other_versions(stated, limit))
    allocation = allocate(stated.applications, stated.scenario, time_limit=limit)
    wrong = list(_other_awards(stated, allocation))
    if wrong:
        lines = wrong[:20] + ([f"… and {len(wrong) - 20} more"] if len(wrong) > 20 else [])
        lines += [f"Note: {words}" for words in versions]
        raise RowsBroken(
            f"{stated.name}: solved again, {len(wrong)} of {len(allocation.awards)} awards differ:"
            + "".join(f"\n  {line}" for line in lines)
        )
    return Replayed(allocation, versions)


def _time_limit(run: Mapping[str, str]) -> float:
    """The time limit under which the workbook was made [seconds]."""
    found = re.search(r"time limit (\d{1,6}(?:\.\d+)?) s", run.get("options", ""))
    return max(1.0, float(found.group(1))) if found else USUAL_LIMIT


def _other_versions(stated: Stated, limit: float) -> Iterator[str]:
    now = run_record(stated.applications, stated.scenario, limit)
    for item in VERSIONS:
        then = stated.run.get(item, "(not said)")
        if then != now[item]:
            yield f"{item} was {then}, and is {now[item]} now"


def _other_awards(stated: Stated, allocation: Allocation) -> Iterator[str]:
    known = stated.awards
    for code, award in allocation.awards.items():
        if code not in known:
            yield f"{BY_ACTIVITY}: {code} is missing"
        elif known[code] != award:
            shown = allocation.case.money
            then = "no amount" if known[code] == NO_AMOUNT else shown(known[code])
            yield f"{code}: {then} is stated, {shown(award)} was found now"
    for code in sorted(known.keys() - allocation.awards.keys()):
        yield f"{BY_ACTIVITY}: there is no activity {code}"
