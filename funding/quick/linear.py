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
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from funding.program import Answer, State, Task
from funding.quick.matrix import (
    ByCity,
    Chunk,
    Numbers,
    Part,
    Places,
    gathered,
    matrix_of,
    row_prices,
)

CHUNK = 400  # cities that are solved in one model
SAMPLE = 10  # one city in so many
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
        if any(state is not State.OPTIMAL for state in found):
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


def linear(task: Task, city: Places, *, time_limit: float) -> Answer | None:
    """The optimum of a linear task whose columns belong to cities, with a price for each row.

    None where prices do not settle in time [seconds], where no row couples cities, or where it
    is infeasible.
    """
    until = time.perf_counter() + time_limit
    given = matrix_of(task)
    if given is None:
        return None
    of = ByCity(given, city, until)
    found = priced(of)
    if found is None:
        return None
    prices, values, blocks = found
    duals = np.zeros(len(given.places))
    duals[of.coupling], duals[of.own] = prices, blocks.duals
    objective = float(of.worth @ values)
    return Answer(
        state=State.OPTIMAL,
        values=tuple(of.restored(values)),
        objective=objective,
        bound=objective,
        rows=row_prices(task, given, duals),
        columns=tuple(of.restored(blocks.reduced)),
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
        part = Part(of, movable)
        if part.solve(*part.beside(values)) is not State.OPTIMAL:
            return None
        change = float(np.abs(of.shared.T @ (part.prices - prices)).max())
        prices, values[part.columns] = part.prices, part.values
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
    if part.solve(share * of.shared_least, share * of.shared_most) is not State.OPTIMAL:
        return None
    prices, change, moved = part.prices, 0.0, sample
    if blocks.solve(prices) is None:
        return None
    for _ in range(CORRECTIONS):
        values = blocks.values.copy()
        used = of.shared @ values
        here = of.shared[:, part.columns] @ values[part.columns]
        least, most = of.shared_least - used, of.shared_most - used
        if part.solve(here + share * least, here + share * most) is not State.OPTIMAL:
            break  # the sample is too small for so large a correction
        change = float(np.abs(of.shared.T @ (part.prices - prices)).max())
        prices = part.prices
        if blocks.solve(prices) is None:
            return None
        moved = np.unique(of.city[np.abs(blocks.values - values) > NEAR])
    return prices, change, moved
