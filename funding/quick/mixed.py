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

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from funding.program import Answer, State, Task
from funding.quick.linear import priced
from funding.quick.matrix import (
    ByCity,
    Chunk,
    Numbers,
    Places,
    matrix_of,
    model,
    run,
)

ENOUGH = 1e-4  # of the bound: an answer that is proved so near to the best is given
CLOSE = 2e-5  # of the bound: how near to its own best the last program is solved
CHUNK = 300  # leaves that are solved in one model
ROUNDS = 8  # of new prices
SETTLED = 2e-5  # of the bound: new prices that gain less end the rounds
SIZES = (40, 80, 160, 320)  # undecided cities that are solved together, more where it takes more
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
        self.sound, self.decided = list[np.ndarray](), list[Numbers]()
        back = np.empty(len(of.order), int)
        back[of.order] = np.arange(len(of.order))
        self.column = back[[rule.column for rule in rules]]
        source = back[[rule.source for rule in rules]]
        self.shift = np.zeros(len(of.order), int)  # from a column to its source
        self.shift[self.column] = source - self.column
        self.floor, self.ceiling = np.zeros(len(of.order)), np.zeros(len(of.order))
        self.floor[self.column] = [rule.least for rule in rules]
        self.ceiling[self.column] = [rule.most for rule in rules]
        self.fresh = [(np.arange(of.count), of.lower, of.upper)]

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
            if not chunk.solve(worth):
                return None
        while True:
            self._open(worth)
            if not self._rank():
                return None
            if not self._branch():
                break
        return self.of.dual(prices, float(self.best.sum()))

    def _open(self, worth: Numbers) -> None:
        """Solve the leaves that are new; what cannot hold is left out."""
        while self.fresh:
            cities, lower, upper = self.fresh.pop()
            if len(cities) > CHUNK:
                self.fresh += _halves(self.of, cities, lower, upper)
                continue
            chunk = Chunk(self.of, cities, lower, upper)
            if chunk.solve(worth):
                self.chunks.append(chunk)
                self.alive.append(np.ones(len(cities), bool))
            elif len(cities) > 1:
                self.fresh += _halves(self.of, cities, lower, upper)

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
                sound[k] = self._sound(chunk)
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
            self.fresh = [(np.array(cities), np.concatenate(lows), np.concatenate(highs))]
        return bool(cities)

    def _sound(self, chunk: Chunk) -> np.ndarray:
        """Which leaves of a chunk hold every own row once the choices are made."""
        made = self.decide(chunk.columns, chunk.values)
        used = chunk.a @ made
        broken = (used > chunk.most + TOLERANCE) | (used < chunk.least - TOLERANCE)
        wrong = np.bincount(chunk.row_place, broken, minlength=len(chunk.cities))
        outside = (made > chunk.upper + TOLERANCE) | (made < chunk.lower - TOLERANCE)
        wrong += np.bincount(chunk.place, outside, minlength=len(chunk.cities))
        return np.asarray(wrong == 0)

    def mixture(self) -> tuple[Numbers, Numbers, float] | None:
        """The best mixtures of leaves: prices of the coupling rows, values, and their worth."""
        living = self._living()
        picked = [np.flatnonzero(alive) for _, alive in living]
        cities = np.concatenate([c.cities[i] for (c, _), i in zip(living, picked, strict=True)])
        bounds = []
        for (chunk, alive), _ in zip(living, picked, strict=True):
            kept = alive[chunk.place]
            bounds.append((chunk.lower[kept], chunk.upper[kept]))
        lower = np.concatenate([low for low, _ in bounds])
        upper = np.concatenate([high for _, high in bounds])
        return _mixture(self.of, Chunk(self.of, cities, lower, upper))


def _halves(
    of: ByCity, cities: Places, lower: Numbers, upper: Numbers
) -> list[tuple[Places, Numbers, Numbers]]:
    middle = len(cities) // 2
    at = int((of.column_starts[cities + 1] - of.column_starts[cities])[:middle].sum())
    return [
        (cities[middle:], lower[at:], upper[at:]),
        (cities[:middle], lower[:at], upper[:at]),
    ]


def _mixture(of: ByCity, leaves: Chunk) -> tuple[Numbers, Numbers, float] | None:
    """The linear program over mixtures: a leaf's rows and bounds count by its weight.

    The weights of a city's leaves add up to 1, so that what it gets is a mixture of what its
    leaves allow. A city with one leaf needs no weight.
    """
    count, width = len(leaves.cities), len(leaves.columns)
    several = np.bincount(leaves.cities, minlength=of.count)[leaves.cities] > 1
    weight = np.full(count, -1)
    weight[several] = np.arange(several.sum())
    weights = int(several.sum())

    weighed = several[leaves.row_place]
    bound = np.where(np.isfinite(leaves.most), leaves.most, leaves.least)
    at = np.flatnonzero(weighed & (bound != 0))
    shape = (len(leaves.rows), weights)
    left = sparse.csr_matrix((-bound[at], (at, weight[leaves.row_place[at]])), shape=shape)
    least = np.where(weighed & np.isfinite(leaves.least), 0.0, leaves.least)
    most = np.where(weighed & np.isfinite(leaves.most), 0.0, leaves.most)
    stays = several[leaves.place]
    high = np.flatnonzero(stays)
    low = np.flatnonzero(stays & (leaves.lower > 0))

    def column_rows(which: Places, bounds: Numbers) -> sparse.csr_matrix:
        ones = sparse.csr_matrix(
            (np.ones(len(which)), (np.arange(len(which)), which)), shape=(len(which), width)
        )
        entries = (-bounds[which], (np.arange(len(which)), weight[leaves.place[which]]))
        by = sparse.csr_matrix(entries, shape=(len(which), weights))
        return sparse.hstack([ones, by])

    mixed, number = np.unique(leaves.cities[several], return_inverse=True)
    ones = sparse.csr_matrix(
        (np.ones(weights), (number, width + np.arange(weights))),
        shape=(len(mixed), width + weights),
    )
    empty = sparse.csr_matrix((len(of.coupling), weights))
    a = sparse.vstack(
        [
            sparse.hstack([leaves.a, left]),
            column_rows(high, leaves.upper),
            column_rows(low, leaves.lower),
            ones,
            sparse.hstack([of.shared[:, leaves.columns], empty]),
        ],
        format="csr",
    )
    one = np.ones(len(mixed))
    rows = (
        np.concatenate(
            [least, np.full(len(high), -np.inf), np.zeros(len(low)), one, of.shared_least]
        ),
        np.concatenate([most, np.zeros(len(high)), np.full(len(low), np.inf), one, of.shared_most]),
    )
    columns = (
        np.concatenate([np.where(stays, 0.0, leaves.lower), np.zeros(weights)]),
        np.concatenate([leaves.upper, np.ones(weights)]),
    )
    worth = np.concatenate([of.worth[leaves.columns], np.zeros(weights)])
    highs = model(a, rows, columns, worth)
    if not run(highs):
        return None
    solution = highs.getSolution()
    prices = -np.array(solution.row_dual)[-len(of.coupling) :]
    mixed_values = np.bincount(
        leaves.columns, np.array(solution.col_value)[:width], minlength=len(of.city)
    ).astype(float)
    return prices, mixed_values, -highs.getInfo().objective_function_value


def mixed(task: Task, city: Places, rules: list[Whole]) -> Answer | None:
    """An allocation that is proved to be within ``ENOUGH`` of the best; None where none is found.

    ``rules`` says when each of the task's yes-or-no columns is 1.
    """
    given = matrix_of(task)
    if given is None:
        return None
    of = ByCity(given, city)
    relaxed = priced(of)
    if relaxed is None:
        return None
    leaves = Leaves(of, rules)
    bound = leaves.price(relaxed[0])
    if bound is None:
        return None
    found = _best_prices(leaves, bound)
    if found is None:
        return None
    bound, values = found
    for size in SIZES:
        made = _together(leaves, values, size, CLOSE * abs(bound))
        if made is None:
            continue
        value = float(of.worth @ made)
        if bound - value <= ENOUGH * abs(bound):
            ordered = np.empty(len(made))
            ordered[of.order] = made
            return Answer(State.OPTIMAL, tuple(ordered), value, max(bound, value))
    return None


def _best_prices(leaves: Leaves, bound: float) -> tuple[float, Numbers] | None:
    """The least bound that new prices give, and the mixture of leaves at it."""
    least = bound
    for _ in range(ROUNDS):
        found = leaves.mixture()
        if found is None:
            return None
        prices, values, _ = found
        bound = leaves.price(prices)  # type: ignore[assignment]
        if bound is None:
            return None
        gained, least = least - bound, min(least, bound)
        if gained <= SETTLED * abs(least):
            break
    return least, values


def _together(leaves: Leaves, values: Numbers, size: int, slack: float) -> Numbers | None:
    """Undecided cities and the ``size`` next to it in whole choices; the others as they stand."""
    of = leaves.of
    made = leaves.decide(np.arange(len(of.city)), values)
    used = of.a @ made
    broken = (used > of.most + TOLERANCE) | (used < of.least - TOLERANCE)
    nearest = np.argsort(leaves.loss, kind="stable")[:size]
    free = np.zeros(of.count, bool)
    free[of.row_city[broken]] = free[nearest] = True
    columns, rows = np.flatnonzero(free[of.city]), np.flatnonzero(free[of.row_city])
    fixed = np.flatnonzero(~free[of.city])
    taken = of.shared[:, fixed] @ made[fixed]
    a = sparse.vstack([of.a[rows][:, columns], of.shared[:, columns]], format="csr")
    highs = model(
        a,
        (
            np.concatenate([of.least[rows], of.shared_least - taken]),
            np.concatenate([of.most[rows], of.shared_most - taken]),
        ),
        (of.lower[columns], of.upper[columns]),
        of.worth[columns],
        of.whole[columns],
        mip_rel_gap=0.0,
        mip_abs_gap=slack,
        mip_max_nodes=NODES,
    )
    run(highs)
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    made[columns] = highs.getSolution().col_value
    return made
