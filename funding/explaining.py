"""What ``funding explain`` tells: from applications, or from an award workbook by itself."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl

from funding.awards import Allocation, allocate
from funding.errors import RowsBroken, WorkbookRejected
from funding.explain import chosen, explain, explain_by_solving, needs_of
from funding.sentences import activity_text, city_text, need_text
from funding.verify import BY_ACTIVITY, RUN, scenario_and_awards, verify
from funding.workbook import read
from funding.workbook.package import check_package

Say = Callable[[str], None]


def is_award_workbook(path: Path) -> bool:
    """Whether a file holds the sheets of an award workbook; what cannot be read does not."""
    try:
        data = path.read_bytes()
        check_package(data)
    except (OSError, WorkbookRejected):
        return False
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    try:
        return {BY_ACTIVITY, RUN} <= set(book.sheetnames)
    finally:
        book.close()


def again(path: Path, time_limit: float) -> Allocation:
    """The allocation of an award workbook, made again from itself alone.

    Raises RowsBroken where the workbook does not verify, or where its awards come out otherwise
    now: reasons are given only for awards that can be made again.
    """
    verify(path)
    scenario, awards = scenario_and_awards(path.read_bytes())
    made = allocate(read([path]).require(), scenario, time_limit=time_limit)
    differ = sorted(code for code, award in awards.items() if made.awards.get(code) != award)
    if differ:
        raise RowsBroken(
            f"{path.name} holds its rules, but {len(differ)} of its awards come out otherwise now, "
            f"such as {differ[0]}: it was made by another version, or with another time limit. "
            "Allocate again, and explain the new workbook."
        )
    return made


def tell_city(
    allocation: Allocation,
    city: str,
    only: Sequence[str],
    quick: bool,
    time_limit: float,
    say: Say,
) -> None:
    """Say why a city gets what it gets, then the same of its activities, or of some of them.

    ``quick``: without what is found by solving again.
    """
    found = explain(allocation, city)
    codes = chosen(found, only)
    say(city_text(found))
    if not quick:
        found = explain_by_solving(allocation, city, codes, time_limit=time_limit)
    for code in codes:
        say(f"\n{activity_text(found, code)}")


def tell_reserve(allocation: Allocation, say: Say) -> None:
    """Say who is on the reserve list, in order, and what each needs."""
    needs, given = needs_of(allocation), allocation.applications
    if not needs:
        say("Nobody waits for money alone: the reserve list is empty.")
    for place, need in enumerate(needs, 1):
        name = given.cities[given.activities[need.code].city].name
        say(f"{place}. {need_text(need, name, given.call.currency)}")
