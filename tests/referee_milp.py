"""The matrix of the whole model, from ``docs/model.md``, and its best by another solver.

Like the judge of ``tests/oracle.py`` it was written from the document alone, by someone who had
not read how the package makes its rows or its stages. The judge says whether awards hold the
rules; this says which awards are worth most: every rule as rows over one column for each award,
in units of the fund, solved by ``scipy.optimize.milp``. Two problems:

- **stage 1**: awards may have fractions of a unit, but the bounds of rows count in whole units;
- **whole units**: awards are multiples of the unit. Rows are then scaled to whole numbers where
  these are small enough, so that no tolerance of a solver can let awards through that break a
  rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd, lcm

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from funding.applications import Applications
from tests.oracle import Referee
from tests.oracle_reading import Tables
from tests.referee_rows import Row, Rows

LARGEST = 10**6  # coefficient up to which a row is scaled to whole numbers
WORTH = 1_000.0  # the largest worth of a column: milp ends within 1e-6 of the best, absolutely


@dataclass(frozen=True)
class Best:
    """The awards that are worth most: their value, a bound that none exceeds, and the awards
    [units of the fund]."""

    value: float
    bound: float
    awards: Mapping[str, float]


def stage_1(applications: Applications, tables: Tables) -> Best | None:
    """The best awards, which may have fractions of a unit; None where none hold the rules."""
    return _best(Rows(applications, tables), whole=False)


def whole_units(applications: Applications, tables: Tables) -> Best | None:
    """The best awards in whole units; None where none hold the rules.

    The judge checks them exactly, and their value is the judge's.
    """
    found = _best(Rows(applications, tables), whole=True)
    if found is None:
        return None
    referee = Referee(applications, tables)
    awards = {code: round(units) * referee.unit for code, units in found.awards.items()}
    wrong = referee.broken(awards)
    if wrong:
        raise ArithmeticError(f"the referee's own awards break {wrong}")
    units = {code: float(round(x)) for code, x in found.awards.items()}
    return Best(float(referee.value(awards)), found.bound, units)


def _best(rows: Rows, whole: bool) -> Best | None:
    """One solve, to no gap; None where it is infeasible."""
    made = list(rows.rows())
    if any(not row.terms and not row.low <= 0 <= row.high for row in made):
        return None
    awards = [j for j, column in enumerate(rows.columns) if column.award]
    if not awards:
        return Best(0.0, 0.0, {})
    integer = [c.binary or (whole and c.award is not None) for c in rows.columns]
    countable = [c.binary or c.award is not None for c in rows.columns]
    worth = [float(column.worth) for column in rows.columns]
    scale = max(map(abs, worth)) / WORTH or 1.0
    found = milp(
        [-w / scale for w in worth],
        integrality=[int(is_whole) for is_whole in integer],
        bounds=Bounds(np.zeros(len(worth)), np.array([float(c.most) for c in rows.columns])),
        constraints=_matrix([row for row in made if row.terms], integer, countable),
        options={"mip_rel_gap": 0.0},
    )
    if found.status == 2:
        return None
    if found.status != 0:
        raise ArithmeticError(found.message)
    bound = found.fun if found.mip_dual_bound is None else found.mip_dual_bound
    given = {str(rows.columns[j].award): float(found.x[j]) for j in awards}
    return Best(-found.fun * scale, -bound * scale, given)


def _matrix(
    rows: Iterable[Row], integer: list[bool], countable: list[bool]
) -> list[LinearConstraint]:
    places: tuple[list[float], list[int], list[int]] = ([], [], [])
    low, high = [], []
    for row in rows:
        factor, least, most = _scaled(row, integer, countable)
        low.append(float(least))
        high.append(float(most))
        for column, k in row.terms.items():
            places[0].append(float(k * factor))
            places[1].append(len(low) - 1)
            places[2].append(column)
    if not low:
        return []
    shape = (len(low), len(integer))
    matrix = csr_array((places[0], (places[1], places[2])), shape=shape)
    return [LinearConstraint(matrix, np.array(low), np.array(high))]


def _scaled(
    row: Row, integer: list[bool], countable: list[bool]
) -> tuple[Fraction, Fraction | float | int, Fraction | float | int]:
    """What to multiply a row by, and its bounds then: as near as whole units can come to them,
    and whole numbers where the columns are."""
    if not all(countable[column] for column in row.terms):
        return Fraction(1), row.low, row.high
    below = lcm(*(k.denominator for k in row.terms.values()))
    factor = Fraction(below, gcd(*(int(k * below) for k in row.terms.values())))
    least = row.low if row.low == -np.inf else ceil(row.low * factor)
    most = row.high if row.high == np.inf else floor(row.high * factor)
    whole = all(integer[column] for column in row.terms)
    if not whole or max(abs(k * factor) for k in row.terms.values()) > LARGEST:
        return Fraction(1), least / factor, most / factor
    return factor, least, most
