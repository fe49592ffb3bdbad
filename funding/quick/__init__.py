"""Quick paths for large funds: the same answers as the plain solve, sooner.

Cities meet only in the few rows that couple them. With a price on each of those rows the fund
falls apart into its cities, which are solved by themselves; what is left is to find the prices.
`linear` does so for linear programs, to the same optimum as a plain solve, and `mixed` for
mixed-integer ones, to a proved gap; `direct` gives a task to HiGHS as a matrix, and
`cases` finds the prices from which a bound can be proved without a solver. Whatever does
not come out proved returns None, and the caller solves plainly. `irreducible` asks HiGHS which rows
contradict each other, `Warm` solves a linear task again and again with one bound elsewhere.
"""

from __future__ import annotations

from funding.quick.cases import Cases, cases
from funding.quick.irreducible import irreducible
from funding.quick.linear import linear
from funding.quick.matrix import direct
from funding.quick.mixed import ENOUGH, Whole, mixed
from funding.quick.warm import Warm

__all__ = ["ENOUGH", "Cases", "Warm", "Whole", "cases", "direct", "irreducible", "linear", "mixed"]
