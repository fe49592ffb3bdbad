"""Repairs of a conflict: which key of the scenario to loosen, as little as will do.

The cheapest repair changes as few keys as possible and, among those, by the least sum of relative
changes. Facts are never loosened. Each repair is confirmed: the awards of its scenario exist.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        self.known: dict[tuple[tuple[Lever, Value], ...], bool] = {}

    def cheapest(self, banned: frozenset[Lever], found: Sequence[Repair]) -> Repair | None:
        """The cheapest confirmed repair without some keys that is none of those found."""
        known = [repair.changes.keys() for repair in found]
        most = max((len(repair.changes) for repair in found), default=DEEPEST)
        for changes in self._candidates(banned, most):
            repair = None if changes.keys() in known else self._confirmed(changes)
            if repair is not None:
                return repair
        return None

    def _candidates(self, banned: frozenset[Lever], most: int) -> Iterator[Changes]:
        """Changes of so many keys that let the rules be held, fewer first, then cheaper first."""
        singles = [c for c in self._least({}, self.conflict, banned) if c]
        yield from sorted(singles, key=cost)
        if not singles and most > 1:
            yield from sorted(self._several({}, self.conflict, banned, most), key=cost)

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

    def _several(
        self, given: Changes, conflict: Conflict, banned: frozenset[Lever], depth: int
    ) -> Iterator[Changes]:
        """Changes of several keys: one as loose as can be, then what still clashes, then back."""
        if depth <= 1 or time.perf_counter() > self.until:
            return
        for lever in self._levers(given, conflict, banned):
            opened = {**given, lever: _loosest(lever, self.all_asked)}
            read = self._moved(opened)
            if read is None:
                continue
            case = read.case(self.applications)
            left = conflict_of(read, case, self.until, self.counts)
            if left is None:
                continue
            together = list(self._least(opened, left, banned))
            if not together:
                together = list(self._several(opened, left, banned, depth - 1))
            for changes in together:
                value = self._enough({k: v for k, v in changes.items() if k != lever}, lever)
                yield {k: (value if k == lever else v) for k, v in changes.items()}  # type: ignore[misc]

    def _enough(self, given: Changes, lever: Lever) -> Value | Lever:
        """The least change of a key that is enough beside given ones; the lever itself: none is.

        Steps are doubled until one is enough, then halved: where more of a key is not always
        looser (a larger envelope has larger floors), what is found is enough all the same.
        """
        loosest = _loosest(lever, self.all_asked)
        if lever.rule != "envelope" and not self._holds({**given, lever: loosest}):
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
        key = tuple(sorted(changes.items(), key=lambda item: item[0].key))
        if key not in self.known:
            read = self._moved(changes)
            self.known[key] = read is not None and holds(
                read, read.case(self.applications), self.until, self.counts
            )
        return self.known[key]

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
            self.counts, self.known = Counts.WHOLE_UNITS, {}
            again = {**changes}
            for lever in changes:
                value = self._enough({k: v for k, v in again.items() if k != lever}, lever)
                if value is lever:
                    return None
                again[lever] = value  # type: ignore[assignment]
            return self._confirmed(again)
        return Repair(changes, cost(changes), read, made)


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
    return max(lever.value, all_asked) if lever.kind == "amount" else MOST_RATIO


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


def repair_lines(repairs: Iterable[Repair], conflict: Conflict) -> list[str]:
    """What to tell of repairs: the cheapest, the others, or that there is none."""
    told = list(repairs)
    if not told:
        facts = [part.title for part in conflict.parts if part.fact]
        why = f" {few(facts)} is a fact and stays." if facts else ""
        return [f"No repair was found that changes a few keys of the scenario only.{why}"]
    lines = [f"Cheapest repair: {told[0].words}."]
    return lines + [f"Or instead: {repair.words}." for repair in told[1:]]
