"""The command ``funding explain``: from applications, or from an award workbook by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from funding import files
from funding.console import (
    MappingFile,
    Workbooks,
    keep_apart,
    progress,
    read_files,
    say,
    scenario_for,
)
from funding.errors import UsageError

if TYPE_CHECKING:
    from funding.awards import Allocation
    from funding.report.solved import Solved


def explain(
    workbooks: Workbooks,
    city: Annotated[
        str | None, typer.Option(help="Code of the city; without it the reserve list is told")
    ] = None,
    activity: Annotated[
        list[str] | None, typer.Option(help="Only this activity of the city; may be repeated")
    ] = None,
    scenario: Annotated[
        Path | None, typer.Option(help="Scenario file; an award workbook holds its own")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Award workbook to write, with what would have helped each")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out what is found by solving again")
    ] = False,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that each solve may take")] = 60,
    mapping: MappingFile = None,
) -> None:
    """Say why a city gets what it gets, and what would have changed it."""
    if activity and city is None:
        raise UsageError("--activity is of a city; name it with --city CODE.")
    if out is not None and (city or quick):
        raise UsageError("--out is for all cities, and solves again; leave out --city and --quick.")
    keep_apart([*workbooks, scenario, mapping], [out])
    found, solved = _allocation(workbooks, scenario, mapping, time_limit)
    if out is not None:
        _write(found, solved, out, time_limit)
    elif city is None:
        _tell_reserve(found)
    else:
        _tell_city(found, city, activity or (), quick, time_limit)


def _allocation(
    workbooks: Sequence[Path], scenario: Path | None, mapping: Path | None, time_limit: float
) -> tuple[Allocation, Solved]:
    """The allocation that is meant, and what its workbook says that was found by solving again.

    Reasons are given only for awards that hold and can be made again.
    """
    from funding.awards import allocate
    from funding.replay import again
    from funding.report.solved import NOTHING
    from funding.stated import is_award_workbook
    from funding.verify import solved_in, verify

    if scenario is None and len(workbooks) == 1 and is_award_workbook(workbooks[0]):
        stated = verify(workbooks[0]).stated
        return again(stated).allocation, solved_in(stated)
    rules = scenario_for(scenario, workbooks[0])
    given = read_files(workbooks, mapping).require()
    return allocate(given, rules, time_limit=time_limit), NOTHING


def _write(allocation: Allocation, solved: Solved, out: Path, time_limit: float) -> None:
    """Write the award workbook with what would have helped each activity."""
    from funding.helped import helped_by_activity
    from funding.report import award_workbook

    with progress("Solving again") as step:
        helped = helped_by_activity(allocation, time_limit=time_limit, progress=step)
    files.write_atomically(out, award_workbook(allocation, replace(solved, helped=helped)))
    count = len(helped)
    say(
        f"Wrote {out}: what would have helped {count} {'activity' if count == 1 else 'activities'}."
    )


def _tell_city(
    allocation: Allocation, city: str, only: Sequence[str], quick: bool, time_limit: float
) -> None:
    """Say why a city gets what it gets, then the same of its activities, or of some of them.

    ``quick``: without what is found by solving again.
    """
    from funding.explain import chosen, explain, explain_by_solving
    from funding.sentences import activity_text, city_text

    found = explain(allocation, city)
    codes = chosen(found, only)
    say(city_text(found))
    if not quick:
        found = explain_by_solving(allocation, city, codes, time_limit=time_limit)
    for code in codes:
        say(f"\n{activity_text(found, code)}")


def _tell_reserve(allocation: Allocation) -> None:
    """Say who is on the reserve list, in order, and what each needs."""
    from funding.explain import needs_of
    from funding.sentences import need_text

    needs, given = needs_of(allocation), allocation.applications
    if not needs:
        say("Nobody waits for money alone: the reserve list is empty.")
    for place, need in enumerate(needs, 1):
        name = given.cities[given.activities[need.code].city].name
        say(f"{place}. {need_text(need, name, given.call.currency)}")
