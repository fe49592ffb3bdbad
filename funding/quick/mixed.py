"""Large mixed-integer programs: each city exactly at prices, then the undecided ones together.

At prices of the coupling rows each city is a small mixed-integer program. Its yes-or-no choices
are branched on for all cities side by side, one linear program a round, until the best leaf of
every city is a sound choice; a leaf stays, and is only priced anew when prices change. What all
cities are worth at prices bounds what any allocation can be worth (Lagrangian relaxation). The
linear program over mixtures of leaves gives the prices at which that bound is least. It leaves
few cities undecided; they, and those for which the second-best leaf is nearly as good, are then
solved together in whole choices, the others as they stand.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from funding.program import Answer, State, Task
from funding.quick.linear import priced
from funding.quick.matrix import (
    ByCity,
    Chunk,
    Matrix,
    Numbers,
    Part,
    Places,
    matrix_of,
    model,
    run,
    tighten,
)
from funding.quick.mixture import mixture

ENOUGH = 1e-4  # of the bound: an answer that is proved so near to the best is given
CLOSE = 2e-5  # of the bound: how near to its own best the last program is solved
CHUNK = 300  # leaves that are solved in one model
ROUNDS = 8  # of new prices
SPLIT = 4_000  # cities from which the relaxation is solved by prices too
PASSES = 3  # over the rows of a leaf, for the bounds that they imply
NEARLY = 2e-4  # of the bound: where new prices gain no more, whole choices are tried once
SETTLED = 2e-5  # of the bound: where new prices gain no more, the rounds end
# Undecided cities that are solved together, more where it takes more.
SIZES = (20, 40, 80, 160, 320)
NODES = 2_000  # of the last program; a number, so that every machine stops at the same answer
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Whole:
    """When a yes-or-no column is 1: where ``least`` ≤ its source column ≤ ``most``."""

    column: int
    source: int
    least: float
    most: float


class Leaves:
    """Every city as its leaves: parts of its choices, each bounded by a linear program."""

    def __init__(self, of: ByCity, rules: list[Whole]) -> None:
        self.of, self.chunks, self.alive = of, list[Chunk](), list[np.ndarray]()
        back = np.empty(len(of.order), int)
        back[of.order] = np.arange(len(of.order))
        self.column = back[[rule.column for rule in rules]]
        source = back[[rule.source for rule in rules]]
        self.shift = np.zeros(len(of.order), int)  # from a column to its source
        self.shift[self.column] = source - self.column
        self.floor, self.ceiling = np.zeros(len(of.order)), np.zeros(len(of.order))
        self.floor[self.column] = [rule.least for rule in rules]
        self.ceiling[self.column] = [rule.most for rule in rules]
        self.fresh = [_possible(of, np.arange(of.count), of.lower, of.upper)]

    def decide(self, columns: Places, values: Numbers) -> Numbers:
        """The values with each yes-or-no column as the awards make it."""
        whole = np.flatnonzero(self.of.whole[columns])
        which = columns[whole]
        source = values[whole + self.shift[which]]
        made = values.copy()
        made[whole] = (source >= self.floor[which] - TOLERANCE) & (
            source <= self.ceiling[which] + TOLERANCE
        )
        return made

    def price(self, prices: Numbers) -> float | None:
        """No allocation is worth more. Sets the best leaf of each city, sound, and its loss.

        ``loss`` is what a city loses at these prices with its second-best leaf.
        """
        worth = self.of.reduced(prices)
        for chunk in self.chunks:
            if chunk.solve(worth) is not State.OPTIMAL:
                return None
        while True:
            if not self._open(worth) or not self._rank():
                return None
            if not self._branch():
                break
        return self.of.dual(prices, float(self.best.sum()))

    def _open(self, worth: Numbers) -> bool:
        """Solve the leaves that are new; what cannot hold is left out. False where time is up.

        Only what is infeasible may be left out: else the bound would not be one.
        """
        while self.fresh:
            cities, lower, upper = self.fresh.pop()
            if not len(cities):  # the rows ruled out all of a round
                continue
            if len(cities) > CHUNK:
                self.fresh += _halves(self.of, cities, lower, upper)
                continue
            chunk = Chunk(self.of, cities, lower, upper)
            state = chunk.solve(worth)
            if state is State.OPTIMAL:
                self.chunks.append(chunk)
                self.alive.append(np.ones(len(cities), bool))
            elif state is not State.INFEASIBLE:
                return False
            elif len(cities) > 1:
                self.fresh += _halves(self.of, cities, lower, upper)
        return True

    def _rank(self) -> bool:
        """The best and second-best leaf of each city; False where a city has none."""
        where = [(k, i) for k, alive in enumerate(self.alive) for i in np.flatnonzero(alive)]
        self.leaf = np.array(where)
        cities = np.concatenate([c.cities[a] for c, a in self._living()])
        worth = np.concatenate([c.worth[a] for c, a in self._living()])
        order = np.lexsort((np.arange(len(worth)), -worth, cities))
        starts = np.searchsorted(cities[order], np.arange(self.of.count + 1))
        if (np.diff(starts) == 0).any():
            return False
        self.top = order[starts[:-1]]
        self.best = worth[self.top]
        second = np.full(self.of.count, -np.inf)
        several = np.diff(starts) > 1
        second[several] = worth[order[starts[:-1][several] + 1]]
        self.loss = self.best - second
        return True

    def _living(self) -> list[tuple[Chunk, np.ndarray]]:
        return list(zip(self.chunks, self.alive, strict=True))

    def _branch(self) -> bool:
        """Split the best leaf of each city where it is no sound choice; whether any was."""
        lows, highs, cities = [], [], []
        sound = {}
        for k, i in self.leaf[self.top]:
            chunk = self.chunks[k]
            if k not in sound:
                sound[k] = self.sound(chunk)
            if sound[k][i]:
                continue
            a, b = chunk.begins[i], chunk.begins[i + 1]
            free = self.of.whole[chunk.columns[a:b]] & (chunk.lower[a:b] < chunk.upper[a:b])
            split = np.where(free, np.abs(chunk.values[a:b] - 0.5), np.inf)
            j = int(np.argmin(split))
            if split[j] == np.inf:  # decided, and yet not sound within the tolerance: let it be
                continue
            self.alive[k][i] = False
            for choice in (0.0, 1.0):
                low, high = chunk.lower[a:b].copy(), chunk.upper[a:b].copy()
                low[j] = high[j] = choice
                lows.append(low)
                highs.append(high)
                cities.append(chunk.cities[i])
        if cities:
            each = np.array(cities), np.concatenate(lows), np.concatenate(highs)
            self.fresh = [_possible(self.of, *each)]
        return bool(cities)

    def sound(self, chunk: Chunk) -> np.ndarray:
        """Which leaves of a chunk hold every own row once the choices are made."""
        made = self.decide(chunk.columns, chunk.values)
        used = chunk.a @ made
        broken = (used > chunk.most + TOLERANCE) | (used < chunk.least - TOLERANCE)
        wrong = np.bincount(chunk.row_place, broken, minlength=len(chunk.cities))
        outside = (made > chunk.upper + TOLERANCE) | (made < chunk.lower - TOLERANCE)
        wrong += np.bincount(chunk.place, outside, minlength=len(chunk.cities))
        return np.asarray(wrong == 0)

    def side_by_side(self) -> Chunk:
        """All leaves that are left, in one chunk."""
        cities, lower, upper = [], [], []
        for chunk, alive in self._living():
            columns = alive[chunk.place]
            cities.append(chunk.cities[alive])
            lower.append(chunk.lower[columns])
            upper.append(chunk.upper[columns])
        every = (np.concatenate(parts) for parts in (cities, lower, upper))
        return Chunk(self.of, *every)


def _possible(
    of: ByCity, cities: Places, lower: Numbers, upper: Numbers
) -> tuple[Places, Numbers, Numbers]:
    """The leaves that their rows do not rule out at once, with the bounds that rows imply.

    What a row's other columns leave to one of them bounds it; whole numbers are bounded by whole
    numbers.
    """
    chunk = Chunk(of, cities, lower, upper)
    lower, upper = lower.copy(), upper.copy()
    whole = of.whole[chunk.columns]
    for _ in range(PASSES):
        tighten(chunk, lower, upper)
        lower[whole] = np.ceil(lower[whole] - TOLERANCE)
        upper[whole] = np.floor(upper[whole] + TOLERANCE)
    crossed = np.bincount(chunk.place, lower > upper + TOLERANCE, minlength=len(cities)) > 0
    # Bounds that meet in their last digits are those that were given: no solver need know better.
    met = lower > upper
    lower[met], upper[met] = chunk.lower[met], chunk.upper[met]
    kept = ~crossed[chunk.place]
    return cities[~crossed], lower[kept], upper[kept]


def _halves(
    of: ByCity, cities: Places, lower: Numbers, upper: Numbers
) -> list[tuple[Places, Numbers, Numbers]]:
    middle = len(cities) // 2
    at = int((of.column_starts[cities + 1] - of.column_starts[cities])[:middle].sum())
    return [
        (cities[middle:], lower[at:], upper[at:]),
        (cities[:middle], lower[:at], upper[:at]),
    ]


def mixed(task: Task, city: Places, rules: list[Whole], *, time_limit: float) -> Answer | None:
    """An allocation that is proved to be within ``ENOUGH`` of the best; None where none is found.

    ``rules`` says when each of the task's yes-or-no columns is 1; ``time_limit`` is in seconds.
    """
    until = time.perf_counter() + time_limit
    given = matrix_of(task)
    if given is None:
        return None
    of = ByCity(given, city, until)
    prices = _relaxed_prices(of, given)
    if prices is None:
        return None
    leaves = Leaves(of, rules)
    bound = leaves.price(prices)
    if bound is None:
        return None
    for left in reversed(range(ROUNDS)):
        found = mixture(of, leaves.side_by_side())
        if found is None:
            return None
        prices, values = found
        # The mixture's own choices are ranked at the prices that it gave.
        priced_anew = leaves.price(prices)
        if priced_anew is None:
            return None
        gained, bound = bound - priced_anew, min(bound, priced_anew)
        last = not left or gained <= SETTLED * abs(bound)
        nearly = gained <= NEARLY * abs(bound)
        for size in SIZES if last else SIZES[:1] if nearly else ():
            answer = _together(leaves, values, size, bound)
            if answer is not None:
                return answer
        if last:
            break
    return None


def _relaxed_prices(of: ByCity, given: Matrix) -> Numbers | None:
    """The prices of the coupling rows where choices may be fractions: None where there are none."""
    if of.count >= SPLIT:
        found = priced(of)
        return None if found is None else found[0]
    rows, columns = (given.least, given.most), (given.lower, given.upper)
    highs = model(given.a, rows, columns, given.worth)
    if not len(of.coupling) or run(highs, of.until) is not State.OPTIMAL:
        return None
    return -np.array(highs.getSolution().row_dual)[of.coupling]


def _together(leaves: Leaves, values: Numbers, size: int, bound: float) -> Answer | None:
    """The undecided cities and the next ``size`` in whole choices, the others as they stand; None
    where that is not near enough to the bound."""
    of = leaves.of
    made = leaves.decide(np.arange(len(of.city)), values)
    used = of.a @ made
    broken = (used > of.most + TOLERANCE) | (used < of.least - TOLERANCE)
    nearest = np.argsort(leaves.loss, kind="stable")[:size]
    part = Part(
        of,
        np.union1d(of.row_city[broken], nearest),
        whole=True,
        mip_rel_gap=0.0,
        mip_abs_gap=CLOSE * abs(bound),
        mip_max_nodes=NODES,
    )
    if part.solve(*part.beside(made)) not in (State.OPTIMAL, State.FEASIBLE):
        return None
    made[part.columns] = part.values
    value = float(of.worth @ made)
    if bound - value > ENOUGH * abs(bound):
        return None
    return Answer(State.OPTIMAL, tuple(of.restored(made)), value, max(bound, value))
