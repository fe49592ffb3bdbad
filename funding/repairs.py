"""Repairs of a conflict: which key of the scenario to loosen, as little as will do.

The cheapest repair changes as few keys as possible and, among those, by the least sum of relative
changes. Facts are never loosened. Each repair is confirmed: the awards of its scenario exist.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

import tomli_w

from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.conflict import Counts, conflict_of, holds
from funding.errors import Conflict, NoAllocation, ScenarioError, SolverStopped
from funding.levers import MOST_RATIO, Lever, Value, levers, moved, written
from funding.messages import few
from funding.scenario import Scenario

WANTED = 3  # the cheapest and two alternatives
DEEPEST = 4  # keys of one repair
WHOLE = Fraction(1)  # the relative change of what is left out, or was 0

Changes = Mapping[Lever, Value]
Moved = tuple[tuple[Lever, Value], ...]  # changes, by key


@dataclass(frozen=True)
class Repair:
    """Some keys at other values, so that an allocation exists; ``allocation`` is that.

    ``cost`` is the sum of the relative changes, |new − old| / old.
    """

    changes: Changes
    cost: Fraction
    scenario: Scenario
    allocation: Allocation

    @property
    def words(self) -> str:
        """Which keys go from what to what, and what is awarded then."""
        call = self.allocation.applications.call
        parts = [_change_words(lever, v, call.currency) for lever, v in self.changes.items()]
        spent = self.allocation.case.money(self.allocation.spent)
        return f"{'; and '.join(parts)} ({spent} awarded then)"

    def to_toml(self, broken: Scenario, extends: str, number: int) -> str:
        """A scenario file that extends the one without an allocation by what differs."""
        call = self.allocation.applications.call
        words = [_change_words(lever, v, call.currency) for lever, v in self.changes.items()]
        note = f"Repair {number}: {'; '.join(words)}"
        head = {"name": f"{broken.name}, repair {number}", "extends": extends}
        return tomli_w.dumps(head | written(broken, self.changes, note))


def _change_words(lever: Lever, value: Value, currency: str) -> str:
    before = lever.show(lever.value, currency)
    if value is None:
        return f"{lever.title}: leave it out"
    verb = "raise" if value > lever.value else "lower"
    return f"{lever.title}: {verb} it from {before} to {lever.show(value, currency)}"


def repairs_of(
    applications: Applications, scenario: Scenario, conflict: Conflict, *, time_limit: float = 60.0
) -> tuple[Repair, ...]:
    """The cheapest repair and up to two others, of other rules where those can repair it too.

    Where they cannot, the others change other keys, or one other key at least. Fewer where there
    are none, or where ``time_limit`` [seconds] is up before.
    """
    search = _Search(applications, scenario, conflict, time.perf_counter() + time_limit)
    found: list[Repair] = []
    while len(found) < WANTED:
        repair = next(
            filter(None, (search.cheapest(ban, found) for ban in _bans(search, found))), None
        )
        if repair is None:
            break
        found.append(repair)
    return tuple(found)


def _bans(search: _Search, found: Sequence[Repair]) -> Iterator[frozenset[Lever]]:
    """What the next repair may not change: the rules of the earlier ones, else less and less."""
    used = frozenset(lever for repair in found for lever in repair.changes)
    rules = {(lever.rule, lever.row) for lever in used}
    yield frozenset(lever for lever in search.levers if (lever.rule, lever.row) in rules)
    if used:
        yield used
        yield from (frozenset([lever]) for lever in search.levers if lever in used)


class _Search:
    """Looks for the changes that let the rules be held."""

    def __init__(
        self, applications: Applications, scenario: Scenario, conflict: Conflict, until: float
    ) -> None:
        self.applications, self.scenario, self.until = applications, scenario, until
        self.conflict, self.levers = conflict, levers(scenario)
        self.counts = Counts.WHOLE_UNITS if conflict.in_units else Counts.WHOLE_BOUNDS
        asked = sum(a.requested for a in applications.activities.values())
        self.all_asked = Decimal(asked).scaleb(-2)  # currency units
        self.known: dict[Moved, bool] = {}
        self.clashing: dict[Moved, Conflict | None] = {}

    def cheapest(self, banned: frozenset[Lever], found: Sequence[Repair]) -> Repair | None:
        """The cheapest confirmed repair without some keys that holds none of those found.

        One that comes after others may change one key more than they do.
        """
        known = [repair.changes.keys() for repair in found]
        most = min(DEEPEST, max((len(keys) + 1 for keys in known), default=DEEPEST))
        for changes in self._candidates(banned, most):
            again = any(keys <= changes.keys() for keys in known)
            repair = None if again else self._confirmed(changes)
            if repair is not None:
                return repair
        return None

    def _candidates(self, banned: frozenset[Lever], most: int) -> Iterator[Changes]:
        """Changes that let the rules be held, cheaper first, of as few keys as will do."""
        for number in range(1, most + 1):
            found = list(self._of_so_many({}, self.conflict, banned, number))
            if found:
                yield from sorted(found, key=cost)
                return

    def _least(
        self, given: Changes, conflict: Conflict, banned: frozenset[Lever]
    ) -> Iterator[Changes]:
        """Beside given changes, each key of a conflict as little looser as is enough by itself."""
        for lever in self._levers(given, conflict, banned):
            value = self._enough(given, lever)
            if value is not lever:
                yield {**given, lever: value}  # type: ignore[dict-item]

    def _levers(
        self, given: Changes, conflict: Conflict, banned: frozenset[Lever]
    ) -> Iterator[Lever]:
        keys = {(part.rule, part.row) for part in conflict.parts if not part.fact}
        for lever in self.levers:
            of = (lever.rule, lever.row)
            if of in keys and lever not in banned and lever not in given:
                yield lever

    def _of_so_many(
        self, given: Changes, conflict: Conflict, banned: frozenset[Lever], number: int
    ) -> Iterator[Changes]:
        """Beside given changes, those of so many keys: one as loose as can be, then what still
        clashes, then that one back as far as it can be."""
        if number == 1:
            yield from self._least(given, conflict, banned)
            return
        for lever in self._levers(given, conflict, banned):
            opened = {**given, lever: _loosest(lever, self.all_asked)}
            left = self._left(opened)
            if left is None:
                continue
            for changes in self._of_so_many(opened, left, banned, number - 1):
                others = [key for key in changes if key not in opened]
                tight = self._tightened(changes, [lever])
                yield tight
                if tight[lever] == opened[lever]:  # the others took it all: the other way round
                    wide = {**opened, **{key: _loosest(key, self.all_asked) for key in others}}
                    yield self._tightened(wide, [lever, *others])

    def _tightened(self, changes: Changes, keys: Sequence[Lever]) -> Changes:
        """Changes with some keys, one after the other, as little looser as is enough."""
        found = dict(changes)
        for key in keys:
            value = self._enough({k: v for k, v in found.items() if k != key}, key)
            if not isinstance(value, Lever):
                found[key] = value
        return found

    def _left(self, changes: Changes) -> Conflict | None:
        """What still clashes with some changes; None where nothing is known to."""
        key = _sorted(changes)
        if key not in self.clashing:
            read = self._moved(changes)
            self.clashing[key] = (
                None
                if read is None or time.perf_counter() > self.until
                else conflict_of(read, read.case(self.applications), self.until, self.counts)
            )
        return self.clashing[key]

    def _enough(self, given: Changes, lever: Lever) -> Value | Lever:
        """The least change of a key that is enough beside given ones; the lever itself: none is.

        Steps are doubled until one is enough, then halved: where more of a key is not always
        looser (a larger envelope has larger floors), what is found is enough all the same.
        """
        loosest = _loosest(lever, self.all_asked)
        if lever.rule == "envelope":
            if not self._could(given, lever, loosest):
                return lever
        elif not self._holds({**given, lever: loosest}):
            return lever
        most = _steps(lever, loosest)
        low, high = 0, 1
        while not self._holds({**given, lever: _at(lever, min(high, most), loosest)}):
            if high >= most:
                return lever if lever.rule == "envelope" else loosest
            low, high = high, 2 * high
        high = min(high, most)
        while high - low > 1:
            middle = (low + high) // 2
            if self._holds({**given, lever: _at(lever, middle, loosest)}):
                high = middle
            else:
                low = middle
        return _at(lever, high, loosest)

    def _moved(self, changes: Changes) -> Scenario | None:
        try:
            return moved(self.scenario, changes)
        except ScenarioError:  # such as a minimum above its maximum
            return None

    def _holds(self, changes: Changes) -> bool:
        """Whether the rules can be held then; no where that is not known in time."""
        key = _sorted(changes)
        if key not in self.known:
            read = self._moved(changes)
            self.known[key] = read is not None and holds(
                read, read.case(self.applications), self.until, self.counts
            )
        return self.known[key]

    def _could(self, given: Changes, lever: Lever, loosest: Value) -> bool:
        """Whether a larger envelope can be of help at all; no is sure, so that few are looked at.

        Every bound that moves with it lies between those of the present and the largest one.
        """
        near, far = self._moved(given), self._moved({**given, lever: loosest})
        if near is None or far is None:
            return True
        case, large = near.case(self.applications), far.case(self.applications)
        return holds(near, case, self.until, self.counts, or_looser=far.limits(large))

    def _confirmed(self, changes: Changes) -> Repair | None:
        """The repair, with its awards; None where there are none after all, or not in time."""
        read = self._moved(changes)
        left = self.until - time.perf_counter()
        if read is None or left <= 0:
            return None
        try:
            made = allocate(self.applications, read, time_limit=left)
        except SolverStopped:
            return None
        except NoAllocation:
            if self.counts is Counts.WHOLE_UNITS:
                return None
            self.counts, self.known, self.clashing = Counts.WHOLE_UNITS, {}, {}
            again = {**changes}
            for lever in changes:
                value = self._enough({k: v for k, v in again.items() if k != lever}, lever)
                if value is lever:
                    return None
                again[lever] = value  # type: ignore[assignment]
            return self._confirmed(again)
        return Repair(changes, cost(changes), read, made)


def _sorted(changes: Changes) -> Moved:
    return tuple(sorted(changes.items(), key=lambda item: item[0].key))


def cost(changes: Changes) -> Fraction:
    """Σ |new − old| / old; a key that is left out, or was 0, counts as changed by the whole."""
    total = Fraction(0)
    for lever, value in changes.items():
        if value is None or not lever.value:
            total += WHOLE
        else:
            total += abs(Fraction(value) - Fraction(lever.value)) / Fraction(lever.value)
    return total


def _loosest(lever: Lever, all_asked: Decimal) -> Value:
    """As loose as a key can be: nobody could want it looser."""
    if lever.rule == "decisions":
        return None
    if lever.way == "down":
        return Decimal(0)
    if lever.way == "up to 1":
        return Decimal(1)
    return max(lever.value, all_asked) if lever.in_money else MOST_RATIO


def _steps(lever: Lever, loosest: Value) -> int:
    """How many steps of a key lead to its loosest value."""
    if lever.way == "away":
        return 1
    end = loosest if loosest is not None else Decimal(0 if lever.way == "down" else 10**10)
    return max(1, int(-(-abs(end - lever.value) // lever.step)))


def _at(lever: Lever, steps: int, loosest: Value) -> Value:
    """A key so many steps looser, at a multiple of its step; at most at its loosest."""
    if steps >= _steps(lever, loosest):
        return loosest
    if lever.way == "down":
        first = (lever.value / lever.step).to_integral_value(ROUND_CEILING)
        return max(Decimal(0), (first - steps) * lever.step)
    first = (lever.value / lever.step).to_integral_value(ROUND_FLOOR)
    return (first + steps) * lever.step


def repair_lines(repairs: Sequence[Repair], conflict: Conflict, *, in_time: bool) -> list[str]:
    """What to tell of repairs: the cheapest, the others, or that there is none.

    ``in_time`` is false where time ran out before all were looked for.
    """
    if not repairs:
        if not in_time:
            return ["No repair was found before time ran out; that none exists is not said."]
        facts = [part.title for part in conflict.parts if part.fact]
        why = f" {few(facts)} is a fact and stays." if facts else ""
        return [f"No repair was found that changes a few keys of the scenario only.{why}"]
    lines = [f"Cheapest repair: {repairs[0].words}."]
    told = {(part.rule, part.row) for part in conflict.parts}
    if any((lever.rule, lever.row) not in told for lever in repairs[0].changes):
        lines.insert(0, "There is more that cannot be held than this; the repairs settle that too.")
    lines += [f"Or instead: {repair.words}." for repair in repairs[1:]]
    if not in_time and len(repairs) < WANTED:
        lines.append("Time ran out before other repairs were found.")
    return lines
