"""For whom the declared order or a lot decided between equals: exact, from the awards alone."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from funding.case import Case
from funding.equals import (
    FIRST_TIME,
    LOT,
    SMALLER,
    Turn,
    alike_cities,
    city_turn,
    decided_by,
    in_declared_order,
)
from funding.messages import few
from funding.room import Room
from funding.scenario import Scenario
from funding.tied import Partners, Tied

UNIT, PLACE, TURN = "unit", "place", "turn"


@dataclass(frozen=True, slots=True)
class Tie:
    """Equals between whom the declared order or a lot decided.

    ``what``: ``unit`` (they share, but not the last unit), ``place`` (an award that cannot be
    divided) or ``turn`` (they are served in turn). ``first`` had it and ``after`` did not: codes
    of activities, or of cities with their whole plans, in the declared order. ``by`` names the
    parts of the declared order that set one of ``first`` before one of ``after``.
    """

    what: str
    first: tuple[str, ...]
    after: tuple[str, ...]
    by: tuple[str, ...]
    of_cities: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """One that came just before another, of activities or of cities."""

    what: str
    first: str
    after: str
    by: str
    of_cities: bool = False


def pairs_of(scenario: Scenario, room: Room) -> tuple[Pair, ...]:
    """Each that came before another, with the nearest before and after it.

    An activity is listed for a place, and a city for its plan, only where it is not for less.
    """
    tied = Tied(scenario, room)
    pairs = list(_units(tied))
    pairs += _exchanged(tied, {pair.after for pair in pairs})
    pairs += _cities(tied, {pair.after for pair in pairs})
    return tuple(pairs)


def ties_of(case: Case, pairs: Iterable[Pair]) -> tuple[Tie, ...]:
    """The pairs put together: all that are linked are one tie. In the declared order."""
    ties = [_tie(case, group) for group in _linked(pairs)]
    return tuple(sorted(ties, key=lambda t: (t.of_cities, _turn(case, t.first[0], t.of_cities))))


def _linked(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """The pairs of each kind that are linked through those whom they concern."""
    groups: dict[tuple[str, bool, str], list[Pair]] = {}  # what, of whom, a code → its group
    for pair in pairs:
        ends = [(pair.what, pair.of_cities, code) for code in (pair.first, pair.after)]
        large, small = sorted((groups.get(end, []) for end in ends), key=len, reverse=True)
        moved = [pair, *(small if small is not large else ())]
        large += moved
        for each in moved:
            for code in (each.first, each.after):
                groups[each.what, each.of_cities, code] = large
    return list({id(group): group for group in groups.values()}.values())


def _tie(case: Case, pairs: Sequence[Pair]) -> Tie:
    cities = pairs[0].of_cities

    def ordered(codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(set(codes), key=lambda code: _turn(case, code, cities)))

    first, after = ordered(p.first for p in pairs), ordered(p.after for p in pairs)
    return Tie(pairs[0].what, first, after, in_declared_order(case, (p.by for p in pairs)), cities)


def _turn(case: Case, code: str, of_city: bool) -> Turn:
    return city_turn(case, code) if of_city else case.turn(code)


def words_of(case: Case, pairs: Iterable[Pair]) -> dict[str, str]:
    """Activity → what order or lot decided for it, as a sentence; the first of its pairs."""
    words: dict[str, str] = {}
    for pair in pairs:
        what, why = tie_title(case, pair), _WHY[pair.by]
        for code in case.open_plans[pair.first] if pair.of_cities else [pair.first]:
            words.setdefault(code, f"Tie: {what} came here before {pair.after}, {why}.")
        for code in case.open_plans[pair.after] if pair.of_cities else [pair.after]:
            words[code] = f"Tie: {what} went to {pair.first} first, {why}."
    return words


_WHY = {FIRST_TIME: "as a first-time applicant", SMALLER: "as the smaller city", LOT: "by lot"}


def ties_words(case: Case, ties: Iterable[Tie]) -> list[str]:
    """Each tie as a sentence without a full stop."""
    return [
        f"{tie_title(case, tie)}: {few(tie.first)} before {few(tie.after)}, by "
        f"{' and '.join(tie.by)}"
        for tie in ties
    ]


def tie_title(case: Case, pair: Pair | Tie) -> str:
    """What could not be shared."""
    if pair.what == UNIT:
        return f"{case.money(case.fund.step)} that could not be shared"
    return "a place that could not be shared" if pair.what == PLACE else "the last of the money"


def _units(tied: Tied) -> Iterator[Pair]:
    """Each that has a unit which another might have, and each that might have it.

    Those that share have more or less than the even part of their tie: none of them both.
    """
    awards, asked = tied.room.awards, tied.asked
    for takers, givers in tied.markets():
        if not tied.case.ties.share:
            yield from _neighbours(tied, TURN, takers, givers, lambda up, down: True)
            continue
        even: dict[str, Fraction] = {}
        for group in _linked(_neighbours(tied, UNIT, takers, givers, tied.rounded_apart)):
            codes = {code for pair in group for code in (pair.first, pair.after)}
            part = Fraction(sum(awards[a] for a in codes), sum(asked[a] for a in codes))
            even |= dict.fromkeys(codes, part)
        more = [a for a in givers if a in even and awards[a] > even[a] * asked[a]]
        less = [a for a in takers if a in even and awards[a] < even[a] * asked[a]]
        yield from _neighbours(tied, UNIT, less, more, tied.rounded_apart)
        # Those that are alike in all that counts here are one tie.
        for taking, giving in _alike(tied, less, more):
            yield from _neighbours(tied, UNIT, taking, giving, tied.rounded_apart)


def _alike(
    tied: Tied, taking: Iterable[str], giving: Iterable[str]
) -> Iterator[tuple[list[str], list[str]]]:
    """Takers and givers of one kind that ask for as much."""
    groups: dict[tuple[int, int], tuple[list[str], list[str]]] = {}
    for side, codes in enumerate((taking, giving)):
        for code in codes:
            alike = tied.room.kind[code], tied.asked[code]
            groups.setdefault(alike, ([], []))[side].append(code)
    return (group for group in groups.values() if all(group))


def _neighbours(
    tied: Tied,
    what: str,
    taking: Sequence[str],
    giving: Sequence[str],
    apart: Callable[[str, str], bool],
) -> Iterator[Pair]:
    """Who could give a unit and who could take it, where the first comes before the other: each
    with the nearest."""
    rank = tied.rank
    givers = Partners(tied, {code: rank[code] for code in giving}, giving=True)
    takers = Partners(tied, {code: rank[code] for code in taking}, giving=False)

    def apart_from(down: str, up: str) -> bool:
        return apart(up, down)

    for down in taking:
        found = givers.nearest(down, partial(apart_from, down), start=rank[down], back=True)
        if found:
            yield _pair(tied, what, found, down)
    for up in giving:
        found = takers.nearest(up, partial(apart, up), start=rank[up])
        if found:
            yield _pair(tied, what, up, found)


def _exchanged(tied: Tied, told: Container[str]) -> Iterator[Pair]:
    """Each that has a larger award than a later one that asks for as much and could have it."""
    for group in tied.same_asks():
        largest = max(tied.room.awards[code] for code in group)
        for at, less in enumerate(group):
            if less in told or not tied.wants(less) or tied.room.awards[less] == largest:
                continue
            before = tied.within_reach(less, group[:at][::-1])
            found = next((a for a in before if tied.exchange(a, less)), None)
            if found:
                yield _pair(tied, _award(tied, found, less), found, less)
        for at, more in enumerate(group):
            if not tied.room.awards[more]:
                continue
            later = (a for a in group[at + 1 :] if a not in told and tied.wants(a))
            found = next((a for a in later if tied.exchange(more, a)), None)
            if found:
                yield _pair(tied, _award(tied, more, found), more, found)


def _award(tied: Tied, more: str, less: str) -> str:
    """What an award has before another that could have it."""
    return UNIT if tied.room.awards[more] - tied.room.awards[less] == tied.unit else PLACE


def _pair(tied: Tied, what: str, first: str, after: str) -> Pair:
    by = decided_by(tied.case, tied.turns[first], tied.turns[after])
    return Pair(what, first, after, by)


def _cities(tied: Tied, told: Container[str]) -> Iterator[Pair]:
    """Each city that has more than a later one that applied alike, where they could exchange all
    that they have; of the later ones those of whom nothing is told yet."""
    case, room = tied.case, tied.room
    totals = {c: sum(room.awards[a] for a in plan) for c, plan in case.open_plans.items()}
    for group in alike_cities(case):
        untold = [c for c in group if not any(a in told for a in case.open_plans[c])]
        for less in untold:
            before = group[: group.index(less)]
            more = [c for c in before if totals[c] > totals[less] and tied.swap(c, less)]
            for city in more[-1:]:
                by = decided_by(case, city_turn(case, city), city_turn(case, less))
                yield Pair(UNIT if totals[less] else PLACE, city, less, by, of_cities=True)
