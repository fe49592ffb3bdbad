"""Large linear programs: prices that make the cities independent, then the few that move.

A sample of cities gives first prices for the coupling rows. At these every city is solved by
itself. What the cities then take too much or too little of a coupling row is known exactly, and
the sample says how it answers to prices: that corrects them (Newton's method, with the sample's
curvature). A last program over the cities that prices of this accuracy leave undecided gives
the optimum, which is proved by weak duality: the cities' best at its prices, plus what the rows'
bounds are worth at them, is as much as the allocation is worth.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import sparse

from funding.program import Answer, State, Task
from funding.quick.matrix import (
    ByCity,
    Chunk,
    Numbers,
    Places,
    gathered,
    matrix_of,
    model,
    row_prices,
    run,
)

CHUNK = 400  # cities that are solved in one model
SAMPLE = 20  # one city in so many
LEAST_SAMPLE = 100
CORRECTIONS = 2
ATTEMPTS = 8
PROOF = 1e-9  # of the value: what the bound may exceed it by
NEAR = 1e-9
UNDECIDED = 0.25  # of the last change of prices: a smaller reduced cost may yet change


class Blocks:
    """Every city by itself, at prices."""

    def __init__(self, of: ByCity) -> None:
        self.of = of
        every = np.arange(of.count)
        self.chunks = []
        for start in range(0, of.count, CHUNK):
            cities = every[start : start + CHUNK]
            columns, _ = gathered(of.column_starts, cities)
            self.chunks.append(Chunk(of, cities, of.lower[columns], of.upper[columns]))
        self.values = np.zeros(len(of.city))
        self.reduced, self.duals = np.zeros(len(of.city)), np.zeros(len(of.own))

    def solve(self, prices: Numbers) -> float | None:
        """What all cities together are worth at the prices; None where one is infeasible."""
        worth = self.of.reduced(prices)
        # Each chunk is a model of its own, so that what it finds does not depend on the others.
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            found = list(pool.map(lambda chunk: chunk.solve(worth), self.chunks))
        if not all(found):
            return None
        for chunk in self.chunks:
            self.values[chunk.columns] = chunk.values
            self.reduced[chunk.columns], self.duals[chunk.rows] = chunk.reduced, chunk.duals
        return float(worth @ self.values)

    def margins(self) -> Numbers:
        """For each city, the smallest change of worth that may change its best."""
        of, least = self.of, np.full(self.of.count, np.inf)
        values = self.values
        at = (values <= of.lower + NEAR) | (values >= of.upper - NEAR)
        at &= of.lower < of.upper
        np.minimum.at(least, of.city[at], np.abs(self.reduced[at]))
        used = of.a @ values
        at = (used <= of.least + NEAR) | (used >= of.most - NEAR)
        at &= of.least < of.most
        np.minimum.at(least, of.row_city[at], np.abs(self.duals[at]))
        return least


class Part:
    """The program of some cities under the coupling rows."""

    def __init__(self, of: ByCity, cities: Places) -> None:
        self.columns, _ = gathered(of.column_starts, cities)
        rows, _ = gathered(of.row_starts, cities)
        self.coupling = len(of.coupling)
        own, shared = of.a[rows][:, self.columns], of.shared[:, self.columns]
        a = sparse.vstack([own, shared], format="csr")
        free = np.full(self.coupling, np.inf)
        self.least = np.concatenate([of.least[rows], -free])
        self.most = np.concatenate([of.most[rows], free])
        bounds = (of.lower[self.columns], of.upper[self.columns])
        self.highs = model(a, (self.least, self.most), bounds, of.worth[self.columns])

    def solve(self, least: Numbers, most: Numbers) -> tuple[Numbers, Numbers] | None:
        """Prices of the coupling rows and values of the columns, under bounds of these rows."""
        self.least[-self.coupling :], self.most[-self.coupling :] = least, most
        for row in range(len(self.least) - self.coupling, len(self.least)):
            self.highs.changeRowBounds(row, self.least[row], self.most[row])
        if not run(self.highs):
            return None
        solution = self.highs.getSolution()
        return -np.array(solution.row_dual)[-self.coupling :], np.array(solution.col_value)


def linear(task: Task, city: Places) -> Answer | None:
    """The optimum of a linear task whose columns belong to cities, with a price for each row.

    None where prices do not settle, where no row couples cities, or where it is infeasible.
    """
    given = matrix_of(task)
    if given is None:
        return None
    of = ByCity(given, city)
    found = priced(of)
    if found is None:
        return None
    prices, values, blocks = found
    back = np.empty(len(values), int)
    back[of.order] = np.arange(len(values))
    duals = np.zeros(len(given.places))
    duals[of.coupling], duals[of.own] = prices, blocks.duals
    objective = float(of.worth @ values)
    return Answer(
        state=State.OPTIMAL,
        values=tuple(values[back]),
        objective=objective,
        bound=objective,
        rows=row_prices(task, given, duals),
        columns=tuple(blocks.reduced[back]),
    )


def priced(of: ByCity) -> tuple[Numbers, Numbers, Blocks] | None:
    """Prices of the coupling rows, the optimum's values, and the cities solved at the prices."""
    if not len(of.coupling):
        return None
    blocks = Blocks(of)
    first = _first_prices(of, blocks)
    if first is None:
        return None
    prices, change, moved = first
    movable = np.union1d(moved, np.flatnonzero(blocks.margins() < UNDECIDED * change))
    values = blocks.values.copy()
    for _ in range(ATTEMPTS):
        free = np.zeros(of.count, bool)
        free[movable] = True
        fixed = ~free[of.city]
        used = of.shared[:, fixed] @ values[fixed]
        part = Part(of, movable)
        found = part.solve(of.shared_least - used, of.shared_most - used)
        if found is None:
            return None
        change = float(np.abs(of.shared.T @ (found[0] - prices)).max())
        prices, values[part.columns] = found
        worth = blocks.solve(prices)
        if worth is None:
            return None
        bound, value = of.dual(prices, worth), float(of.worth @ values)
        if bound - value <= PROOF * abs(bound):
            return prices, values, blocks
        better = of.per_city(of.reduced(prices) * (blocks.values - values)) > NEAR
        movable = np.flatnonzero(better | (blocks.margins() < UNDECIDED * change))
    return None


def _first_prices(of: ByCity, blocks: Blocks) -> tuple[Numbers, float, Places] | None:
    """Prices near the best, how much the last correction changed, and which cities it moved."""
    step = max(1, min(SAMPLE, of.count // LEAST_SAMPLE))
    sample = np.arange(0, of.count, step)
    share = len(sample) / of.count
    part = Part(of, sample)
    found = part.solve(share * of.shared_least, share * of.shared_most)
    if found is None or blocks.solve(found[0]) is None:
        return None
    prices, change, moved = found[0], 0.0, sample
    for _ in range(CORRECTIONS):
        values = blocks.values.copy()
        used = of.shared @ values
        here = of.shared[:, part.columns] @ values[part.columns]
        found = part.solve(
            here + share * (of.shared_least - used), here + share * (of.shared_most - used)
        )
        if found is None:  # the sample is too small for so large a correction
            break
        change = float(np.abs(of.shared.T @ (found[0] - prices)).max())
        prices = found[0]
        if blocks.solve(prices) is None:
            return None
        moved = np.unique(of.city[np.abs(blocks.values - values) > NEAR])
    return prices, change, moved
