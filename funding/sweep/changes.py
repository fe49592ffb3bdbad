"""Where the funded set changes along a sweep, and where no allocation exists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise

from funding.sweep.points import STOPPED, Point, Sweep


@dataclass(frozen=True, slots=True)
class Change:
    """Between two neighbouring points, the activities that come in and those that go out.

    The neighbours differ in the first parameter; points without an allocation are left out
    between them. ``beside`` is the value of the second parameter; None where there is only one.
    """

    before: Decimal
    after: Decimal
    beside: Decimal | None
    comes_in: tuple[str, ...]
    goes_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring points without an allocation for one reason: the rules that contradict each
    other, or none where the solver stopped."""

    points: tuple[Point, ...]
    rules: tuple[str, ...]
    stopped: bool


def lines_of(sweep: Sweep) -> list[list[Point]]:
    """The points along the first parameter, for each value of the second."""
    found: dict[tuple[Decimal, ...], list[Point]] = {}
    for point in sweep.points:
        found.setdefault(point.at[1:], []).append(point)
    return list(found.values())


def changes_of(sweep: Sweep) -> list[Change]:
    """Every change of the funded set, along the first parameter; activities in their order."""
    order = {code: at for at, code in enumerate(sweep.applications.activities)}

    def listed(codes: frozenset[str]) -> tuple[str, ...]:
        return tuple(sorted(codes, key=order.__getitem__))

    found = []
    for line in lines_of(sweep):
        for one, two in pairwise(point for point in line if point.found.exists):
            before, after = one.found.funded, two.found.funded
            if before != after:
                beside = one.at[1] if len(one.at) > 1 else None
                come, go = listed(after - before), listed(before - after)
                found.append(Change(one.at[0], two.at[0], beside, come, go))
    return found


def stretches_of(sweep: Sweep) -> Iterator[Stretch]:
    """Where no allocation exists, along the first parameter."""
    for line in lines_of(sweep):
        for reason, group in groupby(line, key=_reason):
            if reason is not None:
                rules, stopped = reason
                yield Stretch(tuple(group), rules, stopped)


def _reason(point: Point) -> tuple[tuple[str, ...], bool] | None:
    """Why there is no allocation at a point; None where there is one."""
    found = point.found
    return None if found.exists else (found.rules, found.status == STOPPED)


def same_from(sweep: Sweep) -> int | None:
    """The place of the first of the last points that all have the same awards; None where only
    the last has them, or there are two parameters."""
    points: Sequence[Point] = sweep.points
    if len(sweep.ranges) > 1 or len(points) < 2 or not points[-1].found.exists:
        return None
    at = len(points) - 1
    while at and points[at - 1].found.awards == points[-1].found.awards:
        at -= 1
    return at if at < len(points) - 1 else None
