"""The linear program over mixtures of leaves, which prices the coupling rows best.

A leaf's rows and bounds count by its weight, and the weights of a city's leaves add up to 1, so
that what a city gets is a mixture of what its leaves allow (disjunctive programming: Balas,
Annals of Discrete Mathematics 5, 1979). A city with one leaf needs no weight.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from funding.program import State
from funding.quick.matrix import ByCity, Chunk, Numbers, Places, model, run


class _Weights:
    """The weights of the leaves of cities that have several; their columns follow the leaves'."""

    def __init__(self, of: ByCity, leaves: Chunk) -> None:
        self.several = np.bincount(leaves.cities, minlength=of.count)[leaves.cities] > 1
        self.count, self.width = int(self.several.sum()), len(leaves.columns)
        self.number = np.full(len(leaves.cities), -1)
        self.number[self.several] = np.arange(self.count)
        self.cities = leaves.cities[self.several]

    def times(self, leaf: Places, amounts: Numbers) -> sparse.csr_matrix:
        """A row for each amount, which is taken by the weight of its leaf and counted off."""
        at = np.flatnonzero(self.several[leaf] & (amounts != 0))
        entries = (-amounts[at], (at, self.number[leaf[at]]))
        return sparse.csr_matrix(entries, shape=(len(leaf), self.count))

    def sums(self) -> sparse.csr_matrix:
        """A row for each city: its weights, which add up to 1."""
        cities, row = np.unique(self.cities, return_inverse=True)
        entries = (np.ones(self.count), (row, self.width + np.arange(self.count)))
        return sparse.csr_matrix(entries, shape=(len(cities), self.width + self.count))


def mixture(of: ByCity, leaves: Chunk) -> tuple[Numbers, Numbers] | None:
    """Prices of the coupling rows and values of all columns in the best mixtures of leaves.

    None where time is up.
    """
    by = _Weights(of, leaves)
    weighed = by.several[leaves.row_place]
    bound = np.where(np.isfinite(leaves.most), leaves.most, leaves.least)
    mixed = by.several[leaves.place]
    high, low = np.flatnonzero(mixed), np.flatnonzero(mixed & (leaves.lower > 0))
    sums = by.sums()
    a = sparse.vstack(
        [
            sparse.hstack([leaves.a, by.times(leaves.row_place, np.where(weighed, bound, 0.0))]),
            sparse.hstack([_picked(by, high), by.times(leaves.place[high], leaves.upper[high])]),
            sparse.hstack([_picked(by, low), by.times(leaves.place[low], leaves.lower[low])]),
            sums,
            sparse.hstack(
                [of.shared[:, leaves.columns], sparse.csr_matrix((len(of.coupling), by.count))]
            ),
        ],
        format="csr",
    )
    one, none, free = np.ones(sums.shape[0]), np.zeros(len(high)), np.full(len(high), -np.inf)
    least = np.where(weighed & np.isfinite(leaves.least), 0.0, leaves.least)
    most = np.where(weighed & np.isfinite(leaves.most), 0.0, leaves.most)
    highs = model(
        a,
        (
            np.concatenate([least, free, np.zeros(len(low)), one, of.shared_least]),
            np.concatenate([most, none, np.full(len(low), np.inf), one, of.shared_most]),
        ),
        (
            np.concatenate([np.where(mixed, 0.0, leaves.lower), np.zeros(by.count)]),
            np.concatenate([leaves.upper, np.ones(by.count)]),
        ),
        np.concatenate([of.worth[leaves.columns], np.zeros(by.count)]),
    )
    if run(highs, of.until) is not State.OPTIMAL:
        return None
    solution = highs.getSolution()
    prices = -np.array(solution.row_dual)[-len(of.coupling) :]
    found = np.array(solution.col_value)[: by.width]
    return prices, np.bincount(leaves.columns, found, minlength=len(of.city)).astype(float)


def _picked(by: _Weights, columns: Places) -> sparse.csr_matrix:
    """A row for each of some columns of leaves."""
    entries = (np.ones(len(columns)), (np.arange(len(columns)), columns))
    return sparse.csr_matrix(entries, shape=(len(columns), by.width))
