"""Where no allocation holds the rules: which of them contradict each other, and how that is told.

A rule is dropped with all its rows, decisions by hand one by one. HiGHS's own set of rows is where
the search starts; a deletion filter over the rules then leaves those that are all needed, each of
them proved by a solve without it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from fractions import Fraction
from typing import NamedTuple, NoReturn

from funding import quick
from funding.case import Case, Plan
from funding.errors import Conflict, NoAllocation, Part, SolverStopped
from funding.linear import Kind, Limit, Sense
from funding.messages import few
from funding.program import Answer, Program, State, Task, build, solve
from funding.scenario import Scenario

LISTED = 3  # rows of a rule that are told one by one
FOR_ROWS = 10.0  # seconds for finding out which rows of the rules clash
RELAX = "Lower a guaranteed part, or relax one of these rules."

Key = tuple[str, str]  # a rule; of a decision by hand the name of its row too


class Counts(Enum):
    """In what awards are counted while a contradiction is looked for."""

    FRACTIONS = 1
    WHOLE_BOUNDS = 2  # fractions under bounds that whole units could meet
    WHOLE_UNITS = 3


_SOUGHT = ContextVar("conflicts are looked for", default=True)


@contextmanager
def unexplained() -> Iterator[None]:
    """Here NoAllocation says only that there is none: which rules contradict each other takes
    longer to find out than an allocation, and a study of many funds does not tell it of each."""
    before = _SOUGHT.set(False)
    try:
        yield
    finally:
        _SOUGHT.reset(before)


class _OutOfTimeError(Exception):
    """A solve stopped at the time limit: nothing is proved."""


def refuse_unreachable(scenario: Scenario, case: Case, limits: Sequence[Limit]) -> None:
    """Raise NoAllocation where something is guaranteed to what is closed, or to nobody."""
    broken = [row for row in limits if not row.left and row.room({}) < 0]
    if broken:
        part = _part(scenario, case, _key(scenario, broken[0]), broken[:1])
        raise NoAllocation(
            "No allocation can hold all the rules. A part is guaranteed to which no open activity "
            f"belongs: {'; '.join(scenario.words(row, case) for row in broken)}. "
            "Lower what is guaranteed, or leave it out.",
            Conflict((part,)),
        )


def no_answer(
    answer: Answer, scenario: Scenario, case: Case, time_limit: float, left: float
) -> NoReturn:
    """Say why stage 1 has no answer: NoAllocation, or SolverStopped at the time limit [seconds].

    ``left`` of it is for finding out which rules contradict each other.
    """
    until = time.perf_counter() + left
    if answer.state is State.INFEASIBLE:
        conflict = conflict_of(scenario, case, until, Counts.FRACTIONS)
        if conflict is None:
            conflict = conflict_of(scenario, case, until, Counts.WHOLE_BOUNDS)
        if conflict is None:  # seen by stage 1, but not again in what was left of the time
            raise NoAllocation(f"No allocation can hold all the rules. {RELAX}")
        raise NoAllocation(conflict_words(case, conflict), conflict)
    raise SolverStopped(
        f"The solver stopped after {time_limit:.0f} seconds without an allocation. "
        "That none exists is not proved. "
        "Allow more time, or switch off minimum viable amounts or other rules."
    )


def no_whole_awards(scenario: Scenario, case: Case, left: float) -> NoReturn:
    """Raise NoAllocation where fractions of a unit could hold the rules, but no whole units do.

    ``left`` seconds are for finding out which rules then contradict each other.
    """
    until = time.perf_counter() + left
    conflict = conflict_of(scenario, case, until, Counts.WHOLE_UNITS)
    raise NoAllocation(conflict_words(case, conflict), conflict)


def conflict_words(case: Case, conflict: Conflict | None) -> str:
    """What to tell of a conflict; without one, that no whole units hold the rules."""
    units = (
        "Fractions of a unit could hold all the rules, but no awards in whole units of "
        f"{case.money(case.fund.step)} do. Choose a smaller unit, lower a guaranteed part, or "
        "relax a rule."
    )
    if conflict is None:
        return units
    titles = list(dict.fromkeys(part.title for part in conflict.parts))
    lines = [_line(part) for part in conflict.parts]
    count = len(conflict.parts)
    proof = "" if count == 1 else " Without any one of them the others can be held."
    if not conflict.smallest:
        proof = " That all of them are needed for it is not proved: time ran out."
    one = "this cannot be held" if count == 1 else "these contradict each other"
    if conflict.in_units:
        return "\n".join([f"{units} In whole units {one}: {', '.join(titles)}.{proof}", *lines])
    head = f"No allocation can hold all the rules. {one.capitalize()}: {', '.join(titles)}.{proof}"
    return "\n".join([head, *lines, RELAX])


def _line(part: Part) -> str:
    fact = " (a fact, not to be relaxed)" if part.fact else ""
    return f"  {part.title}{fact}: {'; '.join(part.words)}." if part.words else f"  {part.title}."


def _key(scenario: Scenario, row: Limit) -> Key:
    rule = scenario.rule(row.rule)
    return row.rule, row.name if rule is not None and rule.by_hand else ""


class _Terms:
    """The rows of a scenario by rule, and whether some of them can be held together."""

    def __init__(self, scenario: Scenario, case: Case, until: float, counts: Counts) -> None:
        self.plan, self.until, self.counts = Plan(case), until, counts
        self.rows: dict[Key, list[Limit]] = {}
        for rule in scenario.rules:
            for row in rule.limits(self.plan, case):
                self.rows.setdefault(_key(scenario, row), []).append(row)
        self.facts = {(rule.key, "") for rule in scenario.rules if rule.fact}

    def of(self, keys: Iterable[Key]) -> list[Limit]:
        """All rows of some rules."""
        return [row for key in keys for row in self.rows[key]]

    def task(self, rows: Sequence[Limit]) -> Task | None:
        """The task of holding some rows; None where one of them is about nothing and broken.

        What is asked for is a rule too, so that no bound of a column says it.
        """
        every = [*rows, *self.plan.definitions(rows)]
        whole = self.counts is not Counts.FRACTIONS
        try:
            program = build(self.plan, every, self.plan.everything(), whole_bounds=whole)
        except NoAllocation:
            return None
        upper = [1.0 if q.kind.binary else math.inf for q in program.quantities]
        # With a cost, since a column in no row and without one is dropped on the way.
        cost = [-worth for worth in program.worth]
        return Task([0.0] * len(upper), upper, cost, program.rows, self._integer(program))

    def _integer(self, program: Program) -> frozenset[int]:
        if self.counts is not Counts.WHOLE_UNITS:
            return program.integer
        awards = [j for j, q in enumerate(program.quantities) if q.kind is Kind.AWARD]
        return program.integer.union(awards)

    def clash(self, rows: Sequence[Limit], *, confirm: bool = True) -> bool:
        """Whether no awards hold some rows; confirmed by a second method.

        Raises _OutOfTimeError where that is not known.
        """
        task = self.task(rows)
        if task is None:
            return True
        left = self.until - time.perf_counter()
        state = solve(task, time_limit=left, confirm=confirm).state
        if state is State.STOPPED:
            raise _OutOfTimeError
        return state is State.INFEASIBLE

    def start(self, rows: list[Limit]) -> list[Limit] | None:
        """HiGHS's own set of rows that clash, or None. Where it finds one, fractions clash too."""
        task = self.task(rows)
        if task is None:
            return None
        left = self.until - time.perf_counter()
        found = quick.irreducible(task, time_limit=left)
        # Rows about nothing are in no task; the definitions come last.
        told = [row for row in rows if row.left]
        return None if found is None else [told[i] for i in found if i < len(told)]


def holds(
    scenario: Scenario,
    case: Case,
    until: float,
    counts: Counts,
    or_looser: Sequence[Limit] = (),
) -> bool:
    """Whether awards that hold all rules are found; no is not confirmed by a second method.

    ``until`` is a moment of `time.perf_counter`. Of a row and its like in ``or_looser`` the one
    that asks for less counts.
    """
    terms = _Terms(scenario, case, until, counts)
    others = {row.name: row for row in or_looser}
    rows = [_looser(row, others.get(row.name, row)) for row in terms.of(terms.rows)]
    try:
        return not terms.clash(rows, confirm=False)
    except _OutOfTimeError:
        return False


def _looser(row: Limit, other: Limit) -> Limit:
    """Of two rows that differ by their bounds the one that asks for less."""
    if row.sense is Sense.AT_MOST:
        return max(row, other, key=lambda each: each.bound)
    return min(row, other, key=lambda each: each.bound)


def conflict_of(scenario: Scenario, case: Case, until: float, counts: Counts) -> Conflict | None:
    """Rules that contradict each other, all of them needed for it; None where none is proved.

    ``until`` is a moment of `time.perf_counter`. None too within `unexplained`.
    """
    if not _SOUGHT.get():
        return None
    terms = _Terms(scenario, case, until, counts)
    kept, smallest = list(terms.rows), True
    try:
        if not terms.clash(terms.of(kept)):
            return None
    except _OutOfTimeError:
        return None
    start = terms.start(terms.of(kept))
    if start is not None:
        named = {_key(scenario, row) for row in start}
        fewer = [key for key in kept if key in named]
        try:
            kept = fewer if terms.clash(terms.of(fewer)) else kept
        except _OutOfTimeError:
            smallest = False
    # Facts first, so that a set of choices alone is found where there is one.
    for key in sorted(kept, key=lambda key: key not in terms.facts):
        fewer = [k for k in kept if k != key]
        try:
            if fewer and terms.clash(terms.of(fewer)):
                kept = fewer
        except _OutOfTimeError:
            smallest = False
    rows = _clashing_rows(terms, kept)
    parts = [
        _part(scenario, case, key, [row for row in rows if _key(scenario, row) == key])
        for key in kept
    ]
    return Conflict(tuple(parts), smallest, counts is not Counts.FRACTIONS)


def _clashing_rows(terms: _Terms, kept: list[Key]) -> list[Limit]:
    """The rows of the rules that clash, all of them needed for it; all floors without time."""
    rows = terms.of(kept)
    found = terms.start(rows)
    if found is not None:
        return found
    whole, terms.until = terms.until, min(terms.until, time.perf_counter() + FOR_ROWS)
    together: dict[tuple[str, str], list[Limit]] = {}
    for row in rows:
        together.setdefault((row.rule, row.subject), []).append(row)
    try:
        needed = _needed(terms, [], list(together.values()), False)
    except _OutOfTimeError:
        return [row for row in rows if _guaranteed(row)]
    finally:
        terms.until = whole
    return [row for group in needed for row in group]


def _needed(
    terms: _Terms, before: list[Limit], groups: list[list[Limit]], added: bool
) -> list[list[Limit]]:
    """Groups of rows that clash with the rows before, all needed for it, by halving.

    Source: U. Junker, QuickXplain (AAAI 2004).
    """
    if added and terms.clash(before):
        return []
    if len(groups) == 1:
        return groups
    first, second = groups[: len(groups) // 2], groups[len(groups) // 2 :]
    with_first = [*before, *(row for group in first for row in group)]
    later = _needed(terms, with_first, second, True)
    with_later = [*before, *(row for group in later for row in group)]
    return _needed(terms, with_later, first, bool(later)) + later


def _guaranteed(row: Limit) -> bool:
    return row.sense is Sense.AT_LEAST and row.part.startswith("minimum")


class _Whom(NamedTuple):
    """The cities (by name) and activities that a row concerns by itself."""

    cities: tuple[str, ...]
    activities: tuple[str, ...]


def _whom(case: Case, row: Limit, of_city: bool) -> _Whom:
    given = case.applications
    if row.subject in given.activities and not of_city:
        return _Whom((given.cities[given.activities[row.subject].city].name,), (row.subject,))
    if row.subject in given.cities:
        return _Whom((given.cities[row.subject].name,), ())
    return _Whom((), ())


def _part(scenario: Scenario, case: Case, key: Key, rows: Sequence[Limit]) -> Part:
    """A rule of a conflict, with what its rows say."""
    rule = scenario.rule(key[0])
    if rule is None:
        raise AssertionError("a row of a conflict belongs to a rule")
    whom = [_whom(case, row, row.part.endswith("of the city")) for row in rows]
    return Part(
        rule=rule.key,
        row=key[1],
        title=rule.title,
        words=_words(scenario, case, rows, rule.by_hand),
        cities=tuple(dict.fromkeys(name for each in whom for name in each.cities)),
        activities=tuple(dict.fromkeys(code for each in whom for code in each.activities)),
        amounts=tuple(Fraction(row.bound) for row in rows if row.bound),
        fact=rule.fact,
    )


def _words(scenario: Scenario, case: Case, rows: Sequence[Limit], by_hand: bool) -> tuple[str, ...]:
    """Each row with whom it concerns; many of one kind in one sentence."""

    def told(row: Limit) -> str:
        words = scenario.words(row, case)
        whom = _whom(case, row, False)
        if by_hand or not whom.cities:
            return words
        of = f"{whom.activities[0]} of " if whom.activities else ""
        return f"{of}{whom.cities[0]}: {words}"

    if len(rows) <= LISTED:
        return tuple(dict.fromkeys(told(row) for row in rows))
    caps = all(row.sense is Sense.AT_MOST and len(row.left) == 1 for row in rows)
    if not caps:
        return (*(told(row) for row in rows[:LISTED]), f"and {len(rows) - LISTED} more such limits")
    bounds = [Fraction(row.bound) for row in rows]
    names = few(sorted(row.subject for row in rows))
    sums = case.money(sum(bounds, Fraction(0)))
    return (f"{names} are limited to {sums} together, such as {told(rows[0])}",)
