"""What equals cannot share goes to whoever comes first: exactly, while every rule holds.

Nothing here changes what the awards are worth. Each step makes them more even, or moves a unit,
an award or a plan to an equal that comes earlier in the declared order, so that it ends.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

from funding.equals import alike_cities
from funding.solve import NEAR
from funding.tied import Partners, Tied

ROUNDS = 5  # each makes sure that a later step has not undone an earlier one


def settle(tied: Tied, fair: Mapping[str, float]) -> None:
    """Even out what ties, then serve equals in the declared order.

    ``fair`` are the awards of stage 2 in units: who has the unit above its own, and who the one
    below, goes by the order.
    """
    for _ in range(ROUNDS):
        before = dict(tied.room.awards)
        if tied.case.ties.share:
            _even_out(tied)
            _units(tied, fair)
        else:
            _serve_in_turn(tied)
        _places(tied)
        _cities(tied)
        if tied.room.awards == before:
            break


def _even_out(tied: Tied) -> None:
    """Move units between activities that tie while that makes their awards more even."""
    unit, awards, asked = tied.unit, tied.room.awards, tied.asked
    # Parts of two requests that differ do so by 1/scale or more: rounded down to that they are
    # whole numbers, which stand in the same order.
    scale = max(asked.values()) ** 2
    for taking, giving in tied.markets():
        kept = {a: (awards[a] - unit) * scale // asked[a] for a in giving}
        reached = {a: (awards[a] + unit) * scale // asked[a] for a in taking}
        poorest, richest = min(reached.values()), max(kept.values())
        rich = [a for a in giving if kept[a] >= poorest]
        rich.sort(key=kept.__getitem__, reverse=True)
        poor = [a for a in taking if reached[a] <= richest]
        poor.sort(key=reached.__getitem__)
        if not rich:
            continue
        givers = Partners(tied, {code: i for i, code in enumerate(rich)}, giving=True)
        for down in poor:
            while up := givers.nearest(down, partial(tied.uneven, down=down)):
                _even(tied, up, down)


def _even(tied: Tied, up: str, down: str) -> None:
    """Move as many units as make the two more even, at least the one that is known to fit."""
    x, z, q, p = tied.room.awards[up], tied.room.awards[down], tied.asked[up], tied.asked[down]
    many = (x * p - z * q) // (p + q) // tied.unit * tied.unit
    left, more = tied.case.spans[up], tied.case.spans[down]
    fits = tied.plain and x - many >= left.least and z + many <= more.most
    step = many if fits and tied.room.move_fits(down, up, many) else tied.unit
    tied.move({up: -step, down: step})


def _serve_in_turn(tied: Tied) -> None:
    """Move units to whoever comes first, from the last of those that it ties with."""
    room, rank, unit = tied.room, tied.rank, tied.unit

    def comes_later(first: str, other: str) -> bool:
        return rank[other] > rank[first]

    for taking, giving in tied.markets():
        givers = Partners(tied, {code: rank[code] for code in giving}, giving=True)
        for first in taking:
            while last := givers.nearest(first, partial(comes_later, first), back=True):
                kept = tied.case.spans[last].least
                want = tied.case.spans[first].most - room.awards[first]
                many = min(want, max(room.awards[last] - kept, unit))
                step = many if tied.plain and room.move_fits(first, last, many) else unit
                tied.move({first: step, last: -step})


def _units(tied: Tied, fair: Mapping[str, float]) -> None:
    """Give the unit above its fair award to whoever comes first, of those that it ties with."""
    unit, awards = tied.unit, tied.room.awards
    split = {a: x for a, x in fair.items() if abs(x - round(x)) > NEAR}
    low = {a: math.floor(x) * unit for a, x in split.items()}

    def later(first: str, other: str) -> bool:
        return awards[other] == low[other] + unit and tied.rank[other] > tied.rank[first]

    for taking, giving in tied.markets():
        down = [a for a in taking if a in low and awards[a] == low[a]]
        up = {a: tied.rank[a] for a in giving if a in low and awards[a] == low[a] + unit}
        if not down or not up:
            continue
        givers = Partners(tied, up, giving=True)
        for first in down:
            last = givers.nearest(first, partial(later, first), back=True)
            if last:
                tied.move({first: unit, last: -unit})


def _places(tied: Tied) -> None:
    """Give the larger of two awards that equals could exchange to whoever comes first."""
    awards, rank = tied.room.awards, tied.rank
    for group in tied.same_asks():
        largest_first = sorted(group, key=lambda a: (-awards[a], -rank[a]))
        for first in group:
            if not tied.wants(first):
                continue
            later = (a for a in tied.within_reach(first, largest_first) if rank[a] > rank[first])
            other = next((a for a in later if tied.exchange(a, first)), None)
            if other:
                more = awards[other] - awards[first]
                tied.move({first: more, other: -more})


def _cities(tied: Tied) -> None:
    """Exchange the plans of cities that applied alike, so that the first have the larger."""
    room, plans = tied.room, tied.case.open_plans

    def total(city: str) -> int:
        return sum(room.awards[a] for a in plans[city])

    for group in alike_cities(tied.case):
        for at, first in enumerate(group):
            later = (c for c in group[at + 1 :] if total(c) > total(first))
            for other in sorted(later, key=total, reverse=True):
                change = tied.swap(first, other)
                if change:
                    tied.move(change)
                    break
