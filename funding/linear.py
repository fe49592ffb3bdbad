"""Linear expressions and rows as data.

A rule says what it demands as rows over a closed list of quantities. The solver's model, the
exact check and the bound are loops over the same rows; nothing here knows a solver.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

Exact = int | Fraction  # never a float: every row is checked exactly


class Kind(StrEnum):
    """The closed list of quantities that rows may speak of."""

    AWARD = "award"  # x_a [cents]
    LATER = "later part of award"  # the part of x_a above the full-value share [cents]
    FUNDED = "funded"  # y_a, 0 or 1
    CITY_TOTAL = "city total"  # X_c [cents]
    CITY_FUNDED = "city funded"  # z_c, 0 or 1
    IN_BAND = "in band"  # b_a, 0 or 1

    @cached_property
    def of_city(self) -> bool:
        """Whether it belongs to a city; else to an activity."""
        return self in (Kind.CITY_TOTAL, Kind.CITY_FUNDED)

    @cached_property
    def binary(self) -> bool:
        """Whether it is 0 or 1; else it is money."""
        return self in (Kind.FUNDED, Kind.CITY_FUNDED, Kind.IN_BAND)


class Quantity(NamedTuple):
    """One unknown: what it is, and the code of the activity or city that it belongs to.

    ``band`` is for ``in band`` alone: its least and its most award [cents].
    """

    kind: Kind
    code: str
    band: tuple[int, int] = (0, 0)


class Sense(StrEnum):
    """How the left side of a row stands to its bound."""

    AT_MOST = "<="
    AT_LEAST = ">="
    EXACTLY = "=="


class Linear:
    """A linear expression with exact coefficients: ``{quantity: number}``.

    Expressions are values: no method changes one.
    """

    __slots__ = ("_terms",)

    def __init__(self, terms: Mapping[Quantity, Exact] | None = None) -> None:
        self._terms: dict[Quantity, Exact] = dict(terms or {})
        if not all(self._terms.values()):
            self._terms = {q: k for q, k in self._terms.items() if k}

    def __iter__(self) -> Iterator[tuple[Quantity, Exact]]:
        return iter(self._terms.items())

    def __len__(self) -> int:
        return len(self._terms)

    def __getitem__(self, quantity: Quantity) -> Exact:
        return self._terms.get(quantity, 0)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Linear) and self._terms == other._terms

    def __hash__(self) -> int:
        return hash(frozenset(self._terms.items()))

    def __add__(self, other: Linear) -> Linear:
        return total([(1, self), (1, other)])

    def __sub__(self, other: Linear) -> Linear:
        terms = dict(self._terms)
        for quantity, k in other:
            terms[quantity] = terms[quantity] - k if quantity in terms else -k
        return Linear(terms)

    def __rmul__(self, factor: Exact) -> Linear:
        return total([(factor, self)])

    def __repr__(self) -> str:
        return " + ".join(f"{k}·{q.kind}({q.code})" for q, k in self) or "0"

    def value(self, values: Mapping[Quantity, Exact]) -> Exact:
        """What the expression is worth, exactly, where each quantity has its value."""
        whole, parts = 0, dict[int, int]()  # fractions are added up by their denominators
        for quantity, k in self._terms.items():
            value = values[quantity]
            if type(k) is int and type(value) is int:
                whole += k * value
            else:
                below = k.denominator * value.denominator
                parts[below] = parts.get(below, 0) + k.numerator * value.numerator
        return sum((Fraction(above, below) for below, above in parts.items()), start=whole)


def plain(number: Exact) -> Exact:
    """The same number, as an int where it is whole: fractions take long to reckon with."""
    return number.numerator if number.denominator == 1 else number


def total(terms: Iterable[tuple[Exact, Linear]]) -> Linear:
    """The sum of ``factor × expression`` over all terms: Σ k·x."""
    collected: dict[Quantity, Exact] = {}
    for factor, expression in terms:
        factor = plain(factor)
        for quantity, k in expression:
            # Most factors are 1, and fractions take long to multiply.
            more = factor if k == 1 else k if factor == 1 else factor * k
            collected[quantity] = collected[quantity] + more if quantity in collected else more
    return Linear(collected)


def plus(expressions: Iterable[Linear]) -> Linear:
    """The plain sum of expressions: Σ x."""
    return total((1, e) for e in expressions)


@dataclass(frozen=True, slots=True)
class Limit:
    """One row that every allocation must hold: ``left  sense  bound``.

    ``rule`` is the rule that demands it and ``subject`` whom it concerns: the code of an
    activity or city, the name of a group or stream, or ``""`` for the whole fund. ``part``
    tells rows of one rule and subject apart, such as ``"minimum"`` or a year. ``fact`` marks
    law and arithmetic, which are never relaxed.
    """

    rule: str
    subject: str
    left: Linear
    sense: Sense
    bound: Exact
    part: str = ""
    fact: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "bound", plain(self.bound))

    @property
    def name(self) -> str:
        """Rule, subject and part: names one row among all."""
        return " · ".join(text for text in (self.rule, self.subject, self.part) if text)

    def room(self, values: Mapping[Quantity, Exact]) -> Exact:
        """What is left before the row breaks; negative when it is broken."""
        worth = self.left.value(values)
        if self.sense is Sense.AT_MOST:
            return self.bound - worth
        if self.sense is Sense.AT_LEAST:
            return worth - self.bound
        return min(worth - self.bound, self.bound - worth)


def whole_bound(limit: Limit, step: int) -> Exact:
    """The bound [cents] that a row has in whole units of so many cents.

    Money in units and yes-or-no quantities are whole numbers, so that the left side is a multiple
    of what divides all its coefficients; the bound is the nearest such multiple that holds.
    """
    if limit.sense is Sense.EXACTLY or any(q.kind is Kind.LATER for q, _ in limit.left):
        return limit.bound  # the later part of an award starts anywhere within a unit
    if not limit.bound:
        return 0
    factors = {k if q.kind.binary else k * step for q, k in limit.left}
    below = math.lcm(*(k.denominator for k in factors))
    by = plain(Fraction(math.gcd(*(int(k * below) for k in factors)), below))
    return by * (limit.bound // by if limit.sense is Sense.AT_MOST else -(-limit.bound // by))
