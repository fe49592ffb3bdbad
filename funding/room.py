"""The room that rows leave for more: exact, without a solver, kept up to date as awards move.

Rows count in whole numbers where their coefficients allow it. Activities whose shares of the rows
that cities have in common are the same are of one ``kind``: a move between two of a kind changes
no such row, so that it is enough to look at the two cities' own rows.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from fractions import Fraction

from funding.case import Awards, Case, Plan
from funding.linear import Exact, Kind, Limit, Quantity, Sense, plain

MOST_SCALE = 10**60  # rows whose coefficients have a larger common denominator stay fractions


class Room:
    """The room that rows leave for more, kept up to date as awards are raised."""

    def __init__(self, case: Case, limits: Iterable[Limit], awards: Awards) -> None:
        self.case = case
        self.awards = {a: awards.get(a, 0) for a in case.open}
        values = Plan(case).values(self.awards)
        self._rows: list[Limit] = []
        jumping: list[Limit] = []
        for row in limits:
            if row.rule not in ("city total", "request"):
                (jumping if _jumps(row) else self._rows).append(row)
        # City or activity → rows that do not grow evenly with its awards, by their place.
        self._jumps: dict[tuple[bool, str], dict[int, Limit]] = {}
        bands: dict[str, set[tuple[int, int]]] = {}
        for i, row in enumerate(jumping):
            for owner in {(q.kind.of_city, q.code) for q, _ in row.left}:
                self._jumps.setdefault(owner, {})[i] = row
            for quantity, _ in row.left:
                if quantity.kind is Kind.IN_BAND:
                    bands.setdefault(quantity.code, set()).add(quantity.band)
        self._bands = {code: sorted(found) for code, found in bands.items()}
        self._room: list[Exact] = []
        self._scale: list[int] = []
        # Activity → the rows that cities have in common, and those of its own city alone.
        self._shared: dict[str, list[tuple[int, Exact]]] = {a: [] for a in case.open}
        self._own: dict[str, list[tuple[int, Exact]]] = {a: [] for a in case.open}
        self._takers: list[dict[str, Exact]] = []
        activities = case.applications.activities
        for i, row in enumerate(self._rows):
            gains = _by_award(case, row)
            scale = _scale([*gains.values(), row.bound])
            sign = scale if row.sense is Sense.AT_MOST else -scale
            self._scale.append(scale)
            self._room.append(_times(scale, row.room(values)))
            takers = {a: _times(sign, k) for a, k in gains.items()}
            self._takers.append(takers)
            cities = {activities[code].city for code in gains}
            where = self._shared if len(cities) > 1 else self._own
            for code, k in takers.items():
                where[code].append((i, k))
        self._all = {a: [*self._own[a], *self._shared[a]] for a in case.open}
        kinds: dict[tuple[tuple[int, Exact], ...], int] = {}
        self.kind = {a: kinds.setdefault(tuple(self._shared[a]), len(kinds)) for a in case.open}

    def raise_by(self, code: str) -> int:
        """The next step up [cents]: to the next award that the request, the bands and what makes
        a city funded admit; where none does, a unit or the least viable award. 0: in full."""
        span, award, unit = self.case.spans[code], self.awards[code], self.case.fund.step
        if award >= span.most:
            return 0
        least = award + unit if award else span.least
        if not self._jumps:
            return least - award
        wanted = self._in_band(code, least)
        if not award:
            short = [m for row, m in self._missing({code: wanted}) if _of_city(row)]
            more = -(-max(short, default=0) // unit) * unit
            wanted = self._in_band(code, wanted + more)
        return (wanted if self._admitted(code, wanted) else least) - award

    def _in_band(self, code: str, award: int) -> int:
        """The award, or the least of the next band where it lies below one."""
        bands = self._bands.get(code, ())
        return next((max(award, least) for least, most in bands if award <= most), award)

    def _admitted(self, code: str, award: int) -> bool:
        if award > self.case.spans[code].most:
            return False
        return not self._jumps or not self._missing({code: award - self.awards[code]})

    def blocking(self, code: str, step: int) -> list[Limit]:
        """The rows that leave no room for so much more [cents], in the order of the rules."""
        stops = sorted(i for i, k in self._gains(code) if k > 0 and k * step > self._room[i])
        return [self._rows[i] for i in stops] + [row for row, _ in self._missing({code: step})]

    def fits(self, code: str, step: int) -> bool:
        """Whether every row leaves room for so much more [cents]."""
        room = self._room
        for i, k in self._all[code]:  # baselines ask this very often: no generators here
            if k > 0 and k * step > room[i]:
                return False
        return not self._jumps or not self._missing({code: step})

    def short(self, code: str, step: int) -> int:
        """How much is missing for so much more, in whole units [cents]."""
        unit = self.case.fund.step
        missing = [
            Fraction(k * step - self._room[i]) / self._scale[i]
            for i, k in self._gains(code)
            if k > 0
        ]
        return max((-(-m // unit) * unit for m in missing if m > 0), default=0)

    def sharing(self, code: str, step: int, places: Mapping[str, int]) -> list[str]:
        """Of the activities that have a place, those that take of every row that leaves no room
        for so much more [cents], by their places; none where no row stops it."""
        stops = [i for i, k in self._gains(code) if k > 0 and k * step > self._room[i]]
        rows = [self._takers[i] for i in stops]
        if not rows:
            return []
        fewest: Mapping[str, Exact] = min([*rows, places], key=len)
        found = [a for a in fewest if a in places and all(row.get(a, 0) > 0 for row in rows)]
        return sorted(found, key=places.__getitem__)

    def guaranteed(self, code: str, rules: Container[str]) -> list[Limit]:
        """The rows of some rules that guarantee something to an award, alone or with others."""
        return [
            self._rows[i]
            for i, k in sorted(self._gains(code), key=lambda gain: gain[0])
            if k < 0 and self._rows[i].sense is Sense.AT_LEAST and self._rows[i].rule in rules
        ]

    def move_fits(self, to: str, from_: str, step: int) -> bool:
        """Whether every row holds when so much moves from one award to another [cents]."""
        return self.change_fits({to: step, from_: -step})

    def change_fits(self, change: Mapping[str, int]) -> bool:
        """Whether every row holds when awards change by so much [cents]."""
        rows: dict[int, Exact] = {}
        for code, step in change.items():
            for of in (self._own, self._shared):
                for i, k in of[code]:
                    rows[i] = rows[i] + k * step if i in rows else k * step
        full = any(more > 0 and more > self._room[i] for i, more in rows.items())
        return not full and not self._missing(change)

    def rises_fit(self, rises: Mapping[str, int]) -> bool:
        """Whether awards can rise by so much [cents], unit by unit and in any order.

        Certain where true. Room that some make for others is not counted on, nor is it looked at
        what needs more than a unit at once: a city's first award, or the next band.
        """
        rows: dict[int, Exact] = {}
        for code, step in rises.items():
            if not self._even(code, step):
                return False
            for i, k in self._gains(code):
                if k > 0:
                    rows[i] = rows[i] + k * step if i in rows else k * step
        full = any(more > self._room[i] for i, more in rows.items())
        return not full and not self._missing(rises)

    def _even(self, code: str, step: int) -> bool:
        """Whether an award can rise by so much without a jump that a row asks for."""
        owners = ((False, code), (True, self.case.applications.activities[code].city))
        if not any(owner in self._jumps for owner in owners):
            return True
        award, bands = self.awards[code], self._bands.get(code)
        if not award or not bands:
            return bool(award)
        return any(least <= award and award + step <= most for least, most in bands)

    def alone_fits(self, code: str, step: int) -> bool:
        """Whether the rows of its own city hold when one award changes by so much [cents]."""
        for i, k in self._own[code]:
            if k * step > 0 and k * step > self._room[i]:
                return False
        return not self._missing({code: step})

    def city_full(self, code: str, step: int) -> bool:
        """Whether a row of its own city leaves no room for so much more [cents]."""
        return any(k > 0 and k * step > self._room[i] for i, k in self._own[code])

    def shared_fits(self, to: str, from_: str, step: int) -> bool:
        """Whether the rows that cities have in common hold when so much moves [cents]."""
        if self.kind[to] == self.kind[from_]:
            return True
        rows: dict[int, Exact] = {i: k * step for i, k in self._shared[to]}
        for i, k in self._shared[from_]:
            rows[i] = rows.get(i, 0) - k * step
        return not any(more > 0 and more > self._room[i] for i, more in rows.items())

    def _gains(self, code: str) -> Sequence[tuple[int, Exact]]:
        """Rows in which the award stands, and how fast it uses their room."""
        return self._all[code]

    def _missing(self, change: Mapping[str, int]) -> list[tuple[Limit, Exact]]:
        """Rows that do not grow evenly and that a change of awards would break, and by what."""
        if not self._jumps:
            return []
        activities = self.case.applications.activities
        owners = {(False, code) for code in change}
        owners |= {(True, activities[code].city) for code in change}
        rows = {i: row for owner in owners for i, row in self._jumps.get(owner, {}).items()}
        found = []
        for _, row in sorted(rows.items()):  # reasons must not depend on the order of a set
            room = row.room({q: self._worth(q, change) for q, _ in row.left})
            if room < 0:
                found.append((row, -room))
        return found

    def _worth(self, quantity: Quantity, change: Mapping[str, int]) -> Exact:
        """What a quantity that such rows speak of comes to after a change of awards."""
        plan = self.case.open_plans[quantity.code] if quantity.kind.of_city else [quantity.code]
        total = sum(self.awards[a] + change.get(a, 0) for a in plan)
        if quantity.kind is Kind.IN_BAND:
            least, most = quantity.band
            return int(least <= total <= most)
        return int(total > 0) if quantity.kind.binary else total

    def add(self, code: str, step: int) -> None:
        """Raise an award [cents]."""
        self.awards[code] += step
        room = self._room
        for i, k in self._all[code]:
            room[i] -= k * step


def _jumps(row: Limit) -> bool:
    """Whether the row speaks of what is funded or in a band, and so does not grow evenly."""
    return any(quantity.kind.binary for quantity, _ in row.left)


def _of_city(row: Limit) -> bool:
    return any(quantity.kind is Kind.CITY_FUNDED for quantity, _ in row.left)


def _by_award(case: Case, row: Limit) -> dict[str, Exact]:
    """Activity → by how much the row's left side grows with a cent of its award."""
    gains: dict[str, Exact] = {}
    for (kind, code, _), k in row.left:
        if kind is Kind.AWARD:
            gains[code] = gains[code] + k if code in gains else k
        elif kind is Kind.CITY_TOTAL:
            for a in case.open_plans[code]:
                gains[a] = gains[a] + k if a in gains else k
    return {a: k for a, k in gains.items() if k}


def _scale(numbers: Iterable[Exact]) -> int:
    """What makes all of them whole, or 1 where it is too large to be of use."""
    scale = math.lcm(*{number.denominator for number in numbers})
    return 1 if scale > MOST_SCALE else scale


def _times(scale: int, number: Exact) -> Exact:
    """A number so many times; an int where that makes it whole."""
    times, rest = divmod(scale, number.denominator)
    return plain(scale * number) if rest else times * number.numerator
