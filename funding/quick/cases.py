"""Every city's choices split into cases that leave nothing out, each with its own prices.

As in `mixed`, each city's best at prices of the coupling rows is found by branching, all cities
side by side, one linear program a round. Here every case is kept, those that cannot hold with the
prices that show it (Farkas' lemma), so that the whole can be checked without a solver.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from funding.program import Program, State, Task
from funding.quick.matrix import ByCity, Chunk, Matrix, Numbers, matrix_of, model, run
from funding.quick.mixed import Leaves, Whole
from funding.quick.mixture import mixture

ROUNDS = 8  # of new prices
SETTLED = 1e-6  # of the bound: where new prices gain no more, the rounds end
MOST_CASES = 200  # of a city
BROKEN = 1e-6  # what rows must be broken by, at least, for a case to be impossible
Case = tuple[tuple[int, int], ...]  # columns of the program and their answers, in order


@dataclass(eq=False)
class Branch:
    """One case of a city, after it was solved; ``duals`` has a price for each of its own rows.

    Columns are counted in the order of the matrix by city; ``choices`` are (column, answer).
    """

    city: int
    choices: Case
    impossible: bool = False
    worth: float = 0.0
    sound: bool = False
    split: int = -1  # the column to be decided next
    duals: Numbers = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Cases:
    """What a certificate needs, by the program's own numbers: prices of the coupling rows, and of
    each city's cases the choices and the prices of its own rows; what is 0 is left out."""

    coupling: dict[int, float]
    branches: tuple[tuple[int, Case, bool, dict[int, float]], ...]


def cases(program: Program, rules: list[Whole], *, time_limit: float) -> Cases | None:
    """The cases of every city at the best prices that are found; None where time is up first."""
    zeros = [0.0] * len(program.upper)
    task = Task(zeros, program.upper, program.worth, program.rows, program.integer)
    given = matrix_of(task)
    if given is None:
        return None
    of = ByCity(given, np.array(program.city), time.perf_counter() + time_limit)
    tree = _Tree(of, Leaves(of, rules))
    prices = _first_prices(of, given)
    bound = None if prices is None else tree.bound(prices)
    if prices is None or bound is None:
        return None
    for _ in range(ROUNDS if program.integer and len(of.coupling) else 0):
        found = mixture(of, tree.side_by_side())
        again = None if found is None else tree.bound(found[0])
        if found is None or again is None:
            return None
        gained = bound - again
        if gained > 0:
            prices, bound = found[0], again
        if gained <= SETTLED * abs(bound):
            break
    if not tree.solve(tree.possible, of.reduced(prices)):
        return None
    return tree.made(given, prices)


def _first_prices(of: ByCity, given: Matrix) -> Numbers | None:
    """The prices of the coupling rows where choices may be fractions."""
    if not len(of.coupling):
        return np.zeros(0)
    highs = model(
        given.a, (given.least, given.most), (given.lower, given.upper), given.worth, presolve="on"
    )
    if run(highs, of.until) is not State.OPTIMAL:
        return None
    return -np.array(highs.getSolution().row_dual)[of.coupling]


class _Tree:
    """The cases of all cities."""

    def __init__(self, of: ByCity, leaves: Leaves) -> None:
        self.of, self.leaves = of, leaves
        self.possible = [Branch(city, ()) for city in range(of.count)]
        self.impossible: list[Branch] = []

    def bound(self, prices: Numbers) -> float | None:
        """No allocation is worth more. Branches until the best case of each city is sound."""
        worth = self.of.reduced(prices)
        if not self.solve(self.possible, worth):
            return None
        while True:
            best: dict[int, Branch] = {}
            count = np.zeros(self.of.count, int)
            for branch in self.possible:
                count[branch.city] += 1
                if branch.city not in best or branch.worth > best[branch.city].worth:
                    best[branch.city] = branch
            split = [
                b
                for b in best.values()
                if not b.sound and b.split >= 0 and count[b.city] < MOST_CASES
            ]
            if not split:
                return self.of.dual(prices, sum(b.worth for b in best.values()))
            gone = set(map(id, split))
            fresh = [Branch(b.city, (*b.choices, (b.split, y))) for b in split for y in (0, 1)]
            self.possible = [b for b in self.possible if id(b) not in gone]
            self.possible += fresh
            if not self.solve(fresh, worth):
                return None

    def solve(self, branches: Sequence[Branch], worth: Numbers) -> bool:
        """Solve cases side by side; those that cannot hold are put aside. False: time is up."""
        chunk = self._chunk(branches)
        state = chunk.solve(worth)
        if state is State.INFEASIBLE:
            if not self._put_aside(branches, chunk):
                return False
            gone = set(map(id, self.impossible))
            branches = [b for b in branches if id(b) not in gone]
            if not branches:
                return True
            chunk = self._chunk(branches)
            state = chunk.solve(worth)
        if state is not State.OPTIMAL:
            return False
        self._note(branches, chunk)
        return True

    def side_by_side(self) -> Chunk:
        """All cases that can hold, in one chunk."""
        return self._chunk(self.possible)

    def _chunk(self, branches: Sequence[Branch]) -> Chunk:
        of, lower, upper = self.of, [np.zeros(0)], [np.zeros(0)]
        for branch in branches:
            start, end = of.column_starts[branch.city], of.column_starts[branch.city + 1]
            low, high = of.lower[start:end].copy(), of.upper[start:end].copy()
            for column, answer in branch.choices:
                low[column - start] = high[column - start] = answer
            lower.append(low)
            upper.append(high)
        cities = np.array([branch.city for branch in branches], dtype=np.int64)
        return Chunk(of, cities, np.concatenate(lower), np.concatenate(upper))

    def _put_aside(self, branches: Sequence[Branch], chunk: Chunk) -> bool:
        """Find the cases that cannot hold, and the prices that show it: those of the rows where
        what they are broken by is made as little as possible."""
        rows, columns = chunk.a.shape
        one = sparse.identity(rows, format="csr")
        a = sparse.hstack([chunk.a, one, -one], format="csr")
        free = np.full(2 * rows, np.inf)
        bounds = (
            np.concatenate([chunk.lower, np.zeros(2 * rows)]),
            np.concatenate([chunk.upper, free]),
        )
        worth = np.concatenate([np.zeros(columns), np.full(2 * rows, -1.0)])
        highs = model(a, (chunk.least, chunk.most), bounds, worth, presolve="off")
        if run(highs, self.of.until) is not State.OPTIMAL:
            return False
        solution = highs.getSolution()
        off = np.array(solution.col_value)[columns:]
        by = np.bincount(chunk.row_place, off[:rows] + off[rows:], minlength=len(branches))
        duals = -np.array(solution.row_dual)
        for i in map(int, np.flatnonzero(by > BROKEN)):
            branches[i].impossible = True
            branches[i].duals = duals[chunk.row_place == i]
            self.impossible.append(branches[i])
        self.possible = [b for b in self.possible if not b.impossible]
        return bool((by > BROKEN).any())

    def _note(self, branches: Sequence[Branch], chunk: Chunk) -> None:
        """What the solve of cases came to: the worth of each, and what to decide next."""
        sound = self.leaves.sound(chunk)
        starts = np.searchsorted(chunk.row_place, np.arange(len(branches) + 1))
        for i, branch in enumerate(branches):
            branch.worth, branch.sound = float(chunk.worth[i]), bool(sound[i])
            branch.duals = chunk.duals[starts[i] : starts[i + 1]]
            a, b = chunk.begins[i], chunk.begins[i + 1]
            free = self.of.whole[chunk.columns[a:b]] & (chunk.lower[a:b] < chunk.upper[a:b])
            apart = np.where(free, np.abs(chunk.values[a:b] - 0.5), np.inf)
            j = int(np.argmin(apart))
            branch.split = -1 if apart[j] == np.inf else int(chunk.columns[a + j])

    def made(self, given: Matrix, prices: Numbers) -> Cases:
        """The cases, by the program's own numbers."""
        of, every = self.of, []
        for branch in sorted([*self.possible, *self.impossible], key=lambda b: b.city):
            start, end = of.row_starts[branch.city], of.row_starts[branch.city + 1]
            own = given.places[of.own[start:end]]
            duals = dict(zip(map(int, own), map(float, branch.duals), strict=True))
            choices = tuple((int(of.order[j]), answer) for j, answer in branch.choices)
            every.append((branch.city, choices, branch.impossible, _without_zeros(duals)))
        coupling = dict(zip(map(int, given.places[of.coupling]), map(float, prices), strict=True))
        return Cases(_without_zeros(coupling), tuple(every))


def _without_zeros(prices: dict[int, float]) -> dict[int, float]:
    return {row: price for row, price in prices.items() if price}
