"""Activities that tie, and which of them could exchange a unit or their awards: exact.

The definitions of `docs/model.md`, "Equals". They serve twice: while awards are made whole, what
equals cannot share goes to whoever comes first; and finished awards show where that decided.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from funding.equals import plan_by_content
from funding.room import Room
from funding.scenario import Scenario


class Tied:
    """The open activities in the declared order, with the room that the rules leave them."""

    def __init__(self, scenario: Scenario, room: Room) -> None:
        self.room, self.case = room, room.case
        self.unit, activities = room.case.fund.step, room.case.applications.activities
        self.turns = {code: room.case.turn(code) for code in room.case.open}
        self.order = sorted(self.turns, key=self.turns.__getitem__)
        self.rank = {code: i for i, code in enumerate(self.order)}
        self.asked = {a: activities[a].requested for a in self.order}
        self.city = {a: activities[a].city for a in self.order}
        self.objective = scenario.objective
        self.plain = self.objective.full_share == 1  # each unit is worth what the next one is
        self.worth = {a: self.objective.worth(a, room.case) for a in self.order}
        self._grades: dict[Fraction, int] = {}  # what a cent is worth → a number for it
        self._grade = {a: self._grades_of(a) for a in self.order}
        # What was found of exchanges, until awards change.
        self._shared: dict[tuple[int, int, int], bool] = {}
        self._own: dict[tuple[str, int], bool] = {}

    def _grades_of(self, code: str) -> tuple[int, int, int, int]:
        """The grade of its units up to an award [cents], and from another on the grade of those."""
        worth, later = self.worth[code], Fraction(self.objective.later_value)
        turn = self.objective.full_share * self.asked[code]
        return self._number(worth), math.floor(turn), math.ceil(turn), self._number(later * worth)

    def _number(self, worth: Fraction) -> int:
        return self._grades.setdefault(worth, len(self._grades))

    def loses(self, code: str) -> int | None:
        """The grade of its last unit; None where the request admits no award a unit less.

        Units of one grade are worth exactly as much; a grade is a number without an order.
        """
        left = self.room.awards[code] - self.unit
        if left < 0 or 0 < left < self.case.spans[code].least:
            return None
        return self._value(code, left)

    def gains(self, code: str) -> int | None:
        """The grade of a unit more; None where the request admits no award a unit more."""
        award, span = self.room.awards[code], self.case.spans[code]
        if not span.least <= award + self.unit <= span.most:
            return None
        return self._value(code, award)

    def _value(self, code: str, award: int) -> int:
        first, until, turned, later = self._grade[code]
        if award + self.unit <= until:
            return first
        if award >= turned:
            return later
        gain = self.objective.gain(code, self.case, award, award + self.unit)
        return self._number(gain / self.unit)

    def trade(self, to: str, from_: str) -> bool:
        """Whether the requests admit a unit moved, and the awards are then worth as much."""
        gained = self.gains(to)
        return gained is not None and gained == self.loses(from_)

    def rounded_apart(self, up: str, down: str) -> bool:
        """Whether the even split of what both have lies between these awards and those with one
        unit moved: only that units cannot be divided sets them apart."""
        x, z, q, p = self.room.awards[up], self.room.awards[down], self.asked[up], self.asked[down]
        return x * p > z * q and (x - self.unit) * p < (z + self.unit) * q

    def uneven(self, up: str, down: str) -> bool:
        """Whether ``up`` keeps as large a part of its request, or more, when it gives a unit."""
        x, z, q, p = self.room.awards[up], self.room.awards[down], self.asked[up], self.asked[down]
        return (x - self.unit) * p >= (z + self.unit) * q

    def exchange(self, more: str, less: str) -> bool:
        """Whether two that are worth as much and ask for as much can exchange their awards, of
        which the one is the larger."""
        x, z, spans = self.room.awards[more], self.room.awards[less], self.case.spans
        if x <= z or not spans[less].least <= x <= spans[less].most:
            return False
        if z and not spans[more].least <= z <= spans[more].most:
            return False
        apart = self.city[more] != self.city[less]
        if apart and not self._may(less, more, x - z):
            return False
        return self.room.move_fits(less, more, x - z)

    def swap(self, one: str, other: str) -> dict[str, int] | None:
        """The changes [cents] by which two cities that applied alike exchange all their awards.

        None where a rule forbids it, or where some of these awards could be exchanged alone.
        """
        plans = (plan_by_content(self.case, city) for city in (one, other))
        change, awards = {}, self.room.awards
        for pair in zip(*plans, strict=True):
            less, more = sorted(pair, key=awards.__getitem__)
            if self.exchange(more, less):
                return None
            change[less] = awards[more] - awards[less]
            change[more] = -change[less]
        return change if self.room.change_fits(change) else None

    def _may(self, to: str, from_: str, step: int) -> bool:
        """Whether neither the rows in common nor those of either city speak against a move."""
        kinds = (self.room.kind[to], self.room.kind[from_], step)
        if kinds not in self._shared:
            self._shared[kinds] = self.room.shared_fits(to, from_, step)
        return self._shared[kinds] and self._alone(to, step) and self._alone(from_, -step)

    def _alone(self, code: str, step: int) -> bool:
        if (code, step) not in self._own:
            self._own[code, step] = self.room.alone_fits(code, step)
        return self._own[code, step]

    def move(self, change: Mapping[str, int]) -> None:
        """Change awards by so much [cents]."""
        for code, step in change.items():
            self.room.add(code, step)
        self._shared.clear()
        self._own.clear()

    def markets(self) -> Iterator[tuple[list[str], list[str]]]:
        """Who could take a unit and who could give one, where it is worth as much with either."""
        takers: dict[int, list[str]] = {}
        givers: dict[int, list[str]] = {}
        for code in self.order:
            for grade, side in ((self.gains(code), takers), (self.loses(code), givers)):
                if grade is not None:
                    side.setdefault(grade, []).append(code)
        for grade, taking in takers.items():
            if grade in givers:
                yield taking, givers[grade]

    def same_asks(self) -> Iterator[list[str]]:
        """Activities that are worth as much and ask for as much but have not the same awards; in
        the declared order."""
        groups: dict[tuple[int, int], list[str]] = {}
        for code in self.order:
            groups.setdefault((self._grade[code][0], self.asked[code]), []).append(code)
        for group in groups.values():
            if len({self.room.awards[code] for code in group}) > 1:
                yield group

    def wants(self, code: str) -> bool:
        """Whether there is an award above its own that its request admits."""
        return self.room.awards[code] < self.case.spans[code].most

    def within_reach(self, code: str, group: Sequence[str]) -> Iterable[str]:
        """Those of a group that may have what it could get: only its own city's, where a rule of
        the city leaves it no unit more."""
        if self.room.city_full(code, self.unit):
            return (a for a in group if self.city[a] == self.city[code])
        return group


FEW = 3  # of a kind: not worth a list of their own


class Partners:
    """Activities to exchange a unit with, each in its place of some order.

    Those that the rules of their own city let give (or take) a unit stand by their kind: what one
    of a kind may exchange with another city, all may. Partners in the same city are tried one by
    one, since there the one makes room for the other.
    """

    def __init__(self, tied: Tied, places: Mapping[str, int], *, giving: bool) -> None:
        self._tied, self._giving, self._place = tied, giving, places.__getitem__
        self._by_city: dict[str, list[str]] = {}
        by_kind: dict[int, list[str]] = {}
        step = -tied.unit if giving else tied.unit
        for code in sorted(places, key=self._place):
            self._by_city.setdefault(tied.city[code], []).append(code)
            if tied.room.alone_fits(code, step):
                by_kind.setdefault(tied.room.kind[code], []).append(code)
        self._kinds = [codes for codes in by_kind.values() if len(codes) > FEW]
        few = (code for codes in by_kind.values() if len(codes) <= FEW for code in codes)
        self._others = sorted(few, key=self._place)

    def nearest(
        self,
        code: str,
        fits: Callable[[str], bool],
        *,
        start: int | None = None,
        back: bool = False,
    ) -> str | None:
        """The first partner after a place, or, going back, the last before it; None: nobody.

        Without a place it is the first, or the last, of all. ``fits`` is asked before the rules.
        """
        room, unit = self._tied.room, self._tied.unit
        lists = [self._by_city.get(self._tied.city[code], [])]
        if room.alone_fits(code, unit if self._giving else -unit):
            lists.append(self._others)
            for kind in self._kinds:
                if room.shared_fits(*self._towards(code, kind[0]), unit):
                    lists.append(kind)
        parts = [self._from(codes, start, back) for codes in lists]
        for other in heapq.merge(*parts, key=self._place, reverse=back):
            to, from_ = self._towards(code, other)
            admitted = other != code and fits(other) and self._tied.trade(to, from_)
            if admitted and room.move_fits(to, from_, unit):
                return other
        return None

    def _towards(self, code: str, other: str) -> tuple[str, str]:
        return (code, other) if self._giving else (other, code)

    def _from(self, codes: list[str], start: int | None, back: bool) -> list[str]:
        if start is None:
            return codes[::-1] if back else codes
        if back:
            return codes[: bisect_left(codes, start, key=self._place)][::-1]
        return codes[bisect_right(codes, start, key=self._place) :]
