"""The proof that no allocation is worth more: multipliers of rows, checked without a solver.

A row times a multiplier of the right sign holds as the row does, and so does the sum of all such
rows. With multipliers y on the rows that couple cities, what every quantity is still worth is
r = w − Σ y a, and no allocation is worth more than

    Σ y b  +  Σ over the cities of the most that r can come to within the city's own rows.

The second part is bounded in the same way for each city, with multipliers of its own rows and the
bounds of its quantities. Where a city's yes-or-no quantities matter, its choices are split into
cases that together leave out nothing, each bounded by itself or shown to be impossible. Whatever
the multipliers are, the bound is one: poor multipliers make it larger, never wrong.

Source: weak duality of linear programming (D. Gale, H. W. Kuhn, A. W. Tucker, 1951, in *Activity
Analysis of Production and Allocation*); impossible cases: J. Farkas, 1902, *Journal für die reine
und angewandte Mathematik* 124; prices of the coupling rows: A. M. Geoffrion, 1974, *Mathematical
Programming Study* 2, 82–114.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from funding.case import Case, Plan
from funding.errors import RowsBroken
from funding.linear import Exact, Limit, Linear, Quantity, Sense, whole_bound

PARTS = 10**9  # a city's bound is rounded up to these, so that sums stay short; so is the bound
SHOWN = 10**6

Range = tuple[Exact, Exact]  # the least and the most that a quantity can be


class Key(NamedTuple):
    """Names one row: its rule, subject and part, and its place among rows of the same name."""

    rule: str
    subject: str
    part: str
    number: int


Multipliers = Mapping[Key, Decimal]
Choice = tuple[Quantity, int]  # a yes-or-no quantity, and 1 for yes, 0 for no


@dataclass(frozen=True)
class Leaf:
    """One case of a city's choices: the choices made in it, in order, and the multipliers.

    ``impossible`` says that the multipliers show that no awards hold the city's rows then.
    """

    choices: tuple[Choice, ...]
    multipliers: Multipliers
    impossible: bool = False


@dataclass(frozen=True)
class Certificate:
    """Multipliers of the rows that couple cities, and the cases of each city.

    A city without cases is bounded by what its quantities can be.
    """

    coupling: Multipliers
    cities: Mapping[str, tuple[Leaf, ...]]


class Rows:
    """The rows of a case by name, and whose they are: of one city, or of several."""

    def __init__(self, case: Case, limits: Iterable[Limit]) -> None:
        self.case, self.step = case, case.fund.step
        self.owner = {a: city for city, plan in case.open_plans.items() for a in plan}
        self.limits: dict[Key, Limit] = {}
        self.cities: dict[Key, frozenset[str]] = {}
        self.ranges: dict[Quantity, Range] = {}
        seen: Counter[tuple[str, str, str]] = Counter()
        for limit in limits:
            name = (limit.rule, limit.subject, limit.part)
            seen[name] += 1
            if len(limit.left) == 1:
                self._narrow(limit)  # a row about one quantity is a bound of it
            elif limit.left:
                key = Key(*name, seen[name])
                self.limits[key] = limit
                self.cities[key] = frozenset(self.city(q) for q, _ in limit.left)

    def city(self, quantity: Quantity) -> str:
        """The city that a quantity belongs to."""
        return quantity.code if quantity.kind.of_city else self.owner[quantity.code]

    def bound(self, key: Key) -> Exact:
        """A row's bound in whole units: see `linear.whole_bound`."""
        return whole_bound(self.limits[key], self.step)

    def range(self, quantity: Quantity) -> Range:
        """What a quantity can be, by its request and the rows about it alone."""
        return self.ranges.get(quantity) or (0, Plan(self.case).most(quantity))

    def _narrow(self, limit: Limit) -> None:
        ((quantity, k),) = limit.left
        least, most = self.range(quantity)
        at = Fraction(whole_bound(limit, self.step)) / k
        if limit.sense is Sense.EXACTLY or (limit.sense is Sense.AT_MOST) is (k > 0):
            most = min(most, at)
        if limit.sense is Sense.EXACTLY or (limit.sense is Sense.AT_LEAST) is (k > 0):
            least = max(least, at)
        self.ranges[quantity] = (least, most)


def bound_of(
    certificate: Certificate, case: Case, limits: Sequence[Limit], value: Linear
) -> Fraction:
    """No allocation in whole units is worth more: exactly what follows from the multipliers,
    rounded up to a millionth.

    Raises RowsBroken, naming the row or city, where they prove nothing: a multiplier of the wrong
    sign or of no such row, or cases that leave something out.
    """
    rows = Rows(case, limits)
    left, total = _priced(rows, dict(value), certificate.coupling)
    by_city: dict[str, dict[Quantity, Exact]] = {city: {} for city in case.open_plans}
    for quantity, k in left.items():
        by_city[rows.city(quantity)][quantity] = k
    unknown = certificate.cities.keys() - by_city.keys()
    if unknown:
        raise RowsBroken(f"the certificate speaks of {min(unknown)}, which has no open activity")
    for city, worth in by_city.items():
        leaves = certificate.cities.get(city, (Leaf((), {}),))
        total += _up(_most(rows, city, worth, leaves), PARTS)
    return _up(total, SHOWN)


def _most(
    rows: Rows, city: str, worth: Mapping[Quantity, Exact], leaves: Sequence[Leaf]
) -> Fraction:
    """The most that a city can come to in any of its cases."""
    if not covers([leaf.choices for leaf in leaves]):
        raise RowsBroken(f"the certificate's cases of {city} leave out some of its choices")
    most: Fraction | None = None
    for leaf in leaves:
        for key in leaf.multipliers:
            if rows.cities.get(key) != frozenset((city,)):
                raise RowsBroken(f"{_name(key)} is no row of {city} alone")
        chosen = dict(leaf.choices)
        for quantity in chosen:
            if not quantity.kind.binary or rows.city(quantity) != city:
                raise RowsBroken(f"{quantity.kind} {quantity.code} is no choice of {city}")
        left, found = _priced(rows, {} if leaf.impossible else worth, leaf.multipliers)
        ruled_out = False
        for quantity in {**left, **chosen}:
            least, highest = rows.range(quantity)
            if quantity in chosen:
                least, highest = max(least, chosen[quantity]), min(highest, chosen[quantity])
            ruled_out |= least > highest
            k = left.get(quantity, 0)
            found += k * (highest if k > 0 else least)
        if leaf.impossible and not ruled_out and found >= 0:
            raise RowsBroken(f"the certificate does not show that a case of {city} is impossible")
        if not leaf.impossible and not ruled_out:
            most = found if most is None else max(most, found)
    if most is None:
        raise RowsBroken(f"the certificate says that no awards hold the rows of {city}")
    return most


def _priced(
    rows: Rows, worth: Mapping[Quantity, Exact], multipliers: Multipliers
) -> tuple[dict[Quantity, Exact], Fraction]:
    """What quantities are worth once rows are paid for, w − Σ y a, and Σ y b."""
    left, total = dict(worth), Fraction(0)
    for key, decimal in multipliers.items():
        limit, y = rows.limits.get(key), Fraction(decimal)
        if limit is None:
            raise RowsBroken(f"{_name(key)} is no row of several quantities")
        wrong = Sense.AT_LEAST if y > 0 else Sense.AT_MOST
        if y and limit.sense is wrong:
            raise RowsBroken(f"the multiplier of {_name(key)} has the wrong sign")
        total += y * rows.bound(key)
        for quantity, k in limit.left:
            left[quantity] = left.get(quantity, 0) - y * k
    return left, total


def covers(cases: Sequence[Sequence[Choice]]) -> bool:
    """Whether cases leave nothing out: each is a branch of one tree with both answers at each
    of its questions."""
    rest = [(list(cases), 0)]  # cases with the same answers so far, and how many these are
    while rest:
        same, at = rest.pop()
        if any(len(case) == at for case in same):
            continue
        if len({case[at][0] for case in same}) != 1:  # none, or different questions
            return False
        rest += [([case for case in same if case[at][1] == answer], at + 1) for answer in (0, 1)]
    return True


def _up(amount: Fraction, parts: int) -> Fraction:
    return Fraction(math.ceil(amount * parts), parts)


def _name(key: Key) -> str:
    return " · ".join(text for text in key[:3] if text)
