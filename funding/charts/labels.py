"""Names beside points: each where it hides no other name and no point, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

ASIDE, UP, DOWN = 7, -9, 11  # from a point to its name [pixels]
LETTER, HIGH = 6.4, 13  # the width of a letter and the height of a line [pixels]
RADIUS, STEP = 5, 3  # of a point, and between places of a line that are looked at [pixels]


@dataclass(frozen=True, slots=True)
class Spot:
    """A point [pixels, from the top left] with its name."""

    name: str
    across: float
    down: float


@dataclass(frozen=True, slots=True)
class Side:
    """On which side of its point a name stands."""

    align: Literal["left", "right"]
    dy: float

    @property
    def dx(self) -> float:
        """How far the name begins, or ends, beside the point."""
        return ASIDE if self.align == "left" else -ASIDE


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def within(self, width: float, height: float) -> bool:
        return min(self.left, self.top) >= 0 and self.right <= width and self.bottom <= height

    def meets(self, other: _Box) -> bool:
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)


def sides(
    spots: Sequence[Spot], line: Sequence[Spot], width: float, height: float
) -> list[Side | None]:
    """Where each name stands, those that come first having the choice; None: no room for it.

    ``line`` joins its points in order; a name crosses it only where there is no other room.
    """
    falling = bool(line) and line[-1].down > line[0].down  # names stand above it first
    crossed = list(_along(line))
    first, second = (UP, DOWN) if falling else (DOWN, UP)
    choice = [
        *(Side("left", first), Side("right", second)),
        *(Side("left", second), Side("right", first)),
    ]
    points = [_point(spot) for spot in spots]
    taken: list[_Box] = []
    found: list[Side | None] = []
    for at, spot in enumerate(spots):
        others = [*taken, *(point for i, point in enumerate(points) if i != at)]
        room = {}
        for side in choice:
            box = _name(spot, side)
            if box.within(width, height) and not any(map(box.meets, others)):
                room[side] = box
        clear = (side for side, box in room.items() if not any(map(box.meets, crossed)))
        side_found = next(clear, next(iter(room), None))
        if side_found is not None:
            taken.append(room[side_found])
        found.append(side_found)
    return found


def _along(line: Sequence[Spot]) -> Iterator[_Box]:
    """Small boxes that cover a line."""
    for one, two in pairwise(line):
        steps = 1 + int(max(abs(two.across - one.across), abs(two.down - one.down)) / STEP)
        for at in range(steps + 1):
            across = one.across + (two.across - one.across) * at / steps
            down = one.down + (two.down - one.down) * at / steps
            yield _Box(across, down, across + 1, down + 1)


def _point(spot: Spot) -> _Box:
    return _Box(
        *(spot.across - RADIUS, spot.down - RADIUS, spot.across + RADIUS, spot.down + RADIUS)
    )


def _name(spot: Spot, side: Side) -> _Box:
    start, wide = spot.across + side.dx, LETTER * len(spot.name)
    left = start if side.align == "left" else start - wide
    middle = spot.down + side.dy
    return _Box(left, middle - HIGH / 2, left + wide, middle + HIGH / 2)
