"""A task as a sparse matrix, the same by city, and HiGHS models of parts of it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from itertools import chain
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from funding.linear import Sense
from funding.program import SEED, WHOLE, Answer, State, Task, quiet

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Matrix:
    """lower ≤ x ≤ upper, least ≤ A x ≤ most, worth · x to be maximised.

    A has the rows of a task with two columns or more, ``places`` says which; rows with one
    column are bounds of it. ``whole`` marks the columns that are whole numbers.
    """

    a: sparse.csr_matrix
    least: Numbers
    most: Numbers
    lower: Numbers
    upper: Numbers
    worth: Numbers
    whole: NDArray[np.bool_]
    places: Places


def matrix_of(task: Task, *, fits: float = 0.0) -> Matrix | None:
    """The matrix of a task; None where a row about one column contradicts its bounds.

    A contradiction no larger than ``fits`` is of a solver's last digits: the column is fixed
    between the two.
    """
    starts = np.cumsum([0, *(len(row.terms) for row in task.rows)])
    terms = [row.terms for row in task.rows]
    columns = np.fromiter(chain.from_iterable(terms), np.int64, starts[-1])
    factors = np.fromiter(chain.from_iterable(t.values() for t in terms), float, starts[-1])
    bounds = np.array([row.bound for row in task.rows])
    senses = [row.sense for row in task.rows]
    least = np.where([sense is Sense.AT_MOST for sense in senses], -math.inf, bounds)
    most = np.where([sense is Sense.AT_LEAST for sense in senses], math.inf, bounds)
    lower, upper = np.array(task.lower, float), np.array(task.upper, float)
    single = np.flatnonzero(np.diff(starts) == 1)
    j, k = columns[starts[single]], factors[starts[single]]
    low, high = least[single] / k, most[single] / k
    np.maximum.at(lower, j, np.where(k > 0, low, high))
    np.minimum.at(upper, j, np.where(k > 0, high, low))
    if (lower > upper + fits).any():
        return None
    crossed = lower > upper
    lower[crossed] = upper[crossed] = (lower[crossed] + upper[crossed]) / 2
    places = np.flatnonzero(np.diff(starts) > 1)
    a = sparse.csr_matrix((factors, columns, starts), shape=(len(task.rows), len(lower)))
    whole = np.zeros(len(lower), bool)
    whole[sorted(task.integer)] = True
    worth = np.array(task.worth, float)
    return Matrix(a[places], least[places], most[places], lower, upper, worth, whole, places)


def model(
    a: sparse.csr_matrix,
    rows: tuple[Numbers, Numbers],
    columns: tuple[Numbers, Numbers],
    worth: Numbers,
    whole: NDArray[np.bool_] | None = None,
    **options: Any,
) -> highspy.Highs:
    """A HiGHS model, for maximising worth · x; one thread, a fixed seed, silent."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = a.shape
    lp.col_cost_ = -worth
    lp.col_lower_, lp.col_upper_ = columns
    lp.row_lower_, lp.row_upper_ = rows
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = a.indptr, a.indices, a.data
    if whole is not None and whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(w)] for w in whole]
    with quiet():
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        settings: dict[str, Any] = {"output_flag": False, "threads": 1, "random_seed": SEED}
        settings["mip_feasibility_tolerance"] = WHOLE
        for name, value in (settings | options).items():
            highs.setOptionValue(name, value)
        highs.passModel(lp)
    return highs


def run(highs: highspy.Highs, until: float) -> State:
    """Solve until a moment of `time.perf_counter`; infeasible only where HiGHS says so."""
    left = max(until - time.perf_counter(), 0.0)
    # The clock of a model goes on from one of its solves to the next.
    highs.setOptionValue("time_limit", highs.getRunTime() + left)
    with quiet():
        highs.run()
    status, states = highs.getModelStatus(), highspy.HighsModelStatus
    if status == states.kOptimal:
        return State.OPTIMAL
    if status in (states.kInfeasible, states.kUnboundedOrInfeasible):
        return State.INFEASIBLE  # every column has bounds, so that nothing is unbounded
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    found = highs.getInfo().primal_solution_status == feasible
    return State.FEASIBLE if found else State.STOPPED


def direct(task: Task, *, time_limit: float, gap: float = 0.0, slack: float = 0.0) -> Answer | None:
    """One solve of a task given to HiGHS as a matrix; None where it finds no answer in time.

    ``gap`` and ``slack`` are those of `program.solve`.
    """
    given = matrix_of(task)
    if given is None or time_limit <= 0:
        return None
    mixed = bool(task.integer)
    highs = model(
        given.a,
        (given.least, given.most),
        (given.lower, given.upper),
        given.worth,
        given.whole,
        mip_rel_gap=gap,
        mip_abs_gap=max(slack, 1e-9),
    )
    state = run(highs, time.perf_counter() + time_limit)
    if state is not State.OPTIMAL and not (mixed and state is State.FEASIBLE):
        return None
    info, solution = highs.getInfo(), highs.getSolution()
    objective = -info.objective_function_value
    return Answer(
        state=state,
        values=tuple(solution.col_value),
        objective=objective,
        bound=-info.mip_dual_bound if mixed else objective,
        rows=() if mixed else row_prices(task, given, -np.array(solution.row_dual)),
        columns=() if mixed else tuple(-np.array(solution.col_dual)),
    )


def row_prices(task: Task, given: Matrix, prices: Numbers) -> tuple[float, ...]:
    """A price for every row of a task; those that are bounds of a column have none of their own.

    What such a row is worth is in the reduced cost of its column, which stays at its bound.
    """
    every = np.zeros(len(task.rows))
    every[given.places] = prices
    return tuple(every)


class ByCity:
    """A matrix with its columns and own rows in the order of the cities, coupling rows apart.

    ``city`` gives the city of each column, from 0. A row whose columns are of two cities or more
    couples them; every other is a city's own. No solve goes on after ``until``, a moment of
    `time.perf_counter`.
    """

    def __init__(self, given: Matrix, city: Places, until: float) -> None:
        self.until = until
        self.order = np.argsort(city, kind="stable")
        self.city = city[self.order]
        self.count = int(city.max()) + 1
        a = given.a.tocsc()[:, self.order].tocsr()
        of = self.city[a.indices]
        first = np.minimum.reduceat(of, a.indptr[:-1])
        coupled = first != np.maximum.reduceat(of, a.indptr[:-1])
        self.coupling = np.flatnonzero(coupled)
        own = np.flatnonzero(~coupled)
        self.own = own[np.argsort(first[own], kind="stable")]
        self.row_city = first[self.own]
        self.a, self.shared = a[self.own], a[self.coupling].tocsc()
        self.least, self.most = given.least[self.own], given.most[self.own]
        self.shared_least, self.shared_most = given.least[self.coupling], given.most[self.coupling]
        self.lower, self.upper = given.lower[self.order], given.upper[self.order]
        self.worth, self.whole = given.worth[self.order], given.whole[self.order]
        self.column_starts = np.searchsorted(self.city, np.arange(self.count + 1))
        self.row_starts = np.searchsorted(self.row_city, np.arange(self.count + 1))
        self.within = np.arange(len(self.city)) - self.column_starts[self.city]

    def restored(self, values: Numbers) -> Numbers:
        """Values of the columns in the order of the task."""
        back = np.empty(len(values))
        back[self.order] = values
        return back

    def reduced(self, prices: Numbers) -> Numbers:
        """What each column is worth once it pays the prices of the coupling rows."""
        return np.asarray(self.worth - self.shared.T @ prices)

    def dual(self, prices: Numbers, cities_worth: float) -> float:
        """No allocation is worth more: the cities' best at the prices, plus the rows' bounds."""
        room = np.where(prices > 0, self.shared_most, self.shared_least)
        return cities_worth + float((prices * np.where(prices == 0, 0.0, room)).sum())

    def per_city(self, amounts: Numbers) -> Numbers:
        """Amounts of columns added up for each city."""
        return np.bincount(self.city, amounts, minlength=self.count).astype(float)


def gathered(starts: Places, ids: Places) -> tuple[Places, Places]:
    """Places of several stretches, one after the other, and where each begins in that list."""
    lengths = starts[ids + 1] - starts[ids]
    begins = np.concatenate([[0], np.cumsum(lengths)])
    places = np.repeat(starts[ids] - begins[:-1], lengths) + np.arange(begins[-1])
    return places, begins


class Chunk:
    """Some cities side by side in one model, each by itself; a city may stand in it repeatedly.

    ``cities`` says which, ``lower`` and ``upper`` bound their columns. After `solve`: ``values``
    and ``reduced`` of the columns, ``duals`` of the rows, and ``worth`` of each city.
    """

    def __init__(self, whole: ByCity, cities: Places, lower: Numbers, upper: Numbers) -> None:
        self.of, self.cities, self.lower, self.upper = whole, cities, lower, upper
        self.columns, self.begins = gathered(whole.column_starts, cities)
        self.rows, row_begins = gathered(whole.row_starts, cities)
        self.place = np.repeat(np.arange(len(cities)), np.diff(self.begins))  # of each column
        self.row_place = np.repeat(np.arange(len(cities)), np.diff(row_begins))
        part = whole.a[self.rows]
        per_row = np.repeat(self.begins[self.row_place], np.diff(part.indptr))
        indices = (per_row + whole.within[part.indices]).astype(np.int32)
        shape = (len(self.rows), len(self.columns))
        self.a = sparse.csr_matrix((part.data, indices, part.indptr), shape=shape)
        self.least, self.most = whole.least[self.rows], whole.most[self.rows]
        self.highs: highspy.Highs | None = None

    def solve(self, reduced: Numbers) -> State:
        """The best of each city at the worths of all columns; infeasible where one of them is."""
        worth = reduced[self.columns]
        if self.highs is None:
            bounds = (self.lower, self.upper)
            rows = (self.least, self.most)
            # Blocks are small: presolve takes longer than it saves.
            self.highs = model(self.a, rows, bounds, worth, presolve="off")
        else:
            every = np.arange(len(worth), dtype=np.int32)
            self.highs.changeColsCost(len(worth), every, -worth)
        state = run(self.highs, self.of.until)
        if state is not State.OPTIMAL:
            return state
        solution = self.highs.getSolution()
        self.values = np.array(solution.col_value)
        self.reduced, self.duals = -np.array(solution.col_dual), -np.array(solution.row_dual)
        self.worth = np.bincount(self.place, worth * self.values, minlength=len(self.cities))
        return state


def tighten(chunk: Chunk, lower: Numbers, upper: Numbers) -> None:
    """Move bounds of a chunk's columns to what each row by itself leaves to them."""
    a = chunk.a
    row = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
    j, k = a.indices, a.data
    low, high = (
        np.where(k > 0, k * lower[j], k * upper[j]),
        np.where(k > 0, k * upper[j], k * lower[j]),
    )
    least = np.bincount(row, low, minlength=a.shape[0])
    most = np.bincount(row, high, minlength=a.shape[0])
    # What the others must take of the most, or can give towards the least.
    above = (chunk.most[row] - (least[row] - low)) / k
    below = (chunk.least[row] - (most[row] - high)) / k
    np.minimum.at(upper, j, np.where(k > 0, above, below))
    np.maximum.at(lower, j, np.where(k > 0, below, above))


class Part:
    """Some cities together under the coupling rows, whose bounds are given with each solve.

    ``whole``: their yes-or-no columns are whole numbers; else the program is linear.
    """

    def __init__(self, of: ByCity, cities: Places, *, whole: bool = False, **options: Any) -> None:
        self.of = of
        self.columns, _ = gathered(of.column_starts, cities)
        rows, _ = gathered(of.row_starts, cities)
        self.first = len(rows)  # of the coupling rows
        own, shared = of.a[rows][:, self.columns], of.shared[:, self.columns]
        self.highs = model(
            sparse.vstack([own, shared], format="csr"),
            (
                np.concatenate([of.least[rows], of.shared_least]),
                np.concatenate([of.most[rows], of.shared_most]),
            ),
            (of.lower[self.columns], of.upper[self.columns]),
            of.worth[self.columns],
            of.whole[self.columns] if whole else None,
            **options,
        )

    def solve(self, least: Numbers, most: Numbers) -> State:
        """Solve under bounds of the coupling rows; ``values`` and, if linear, ``prices``."""
        for i, bounds in enumerate(zip(least, most, strict=True)):
            self.highs.changeRowBounds(self.first + i, *bounds)
        state = run(self.highs, self.of.until)
        if state in (State.OPTIMAL, State.FEASIBLE):
            solution = self.highs.getSolution()
            self.values = np.array(solution.col_value)
            self.prices = -np.array(solution.row_dual)[self.first :]
        return state

    def beside(self, values: Numbers) -> tuple[Numbers, Numbers]:
        """What the other cities, at their values, leave of the coupling rows' bounds."""
        others = values.copy()
        others[self.columns] = 0.0
        used = self.of.shared @ others
        return self.of.shared_least - used, self.of.shared_most - used
