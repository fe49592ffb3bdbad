"""The study: each city, by itself, states another plan; what it gets then, and what invites it."""

from __future__ import annotations

import contextlib
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from funding import runs
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.errors import NoAllocation, SolverStopped
from funding.scenario import Scenario
from funding.strategy.invites import UNITS, readers, without
from funding.strategy.statements import MANIPULATIONS, Statement

Progress = Callable[[int, int, str], None]  # done, of how many, of what
Common = tuple[Applications, Scenario, float]
Got = dict[str, int]  # city → what it gets that is of use to it [cents]


class Ending(StrEnum):
    """How the trial of a manipulation ended."""

    SOLVED = "solved"
    FULL = "has all it needs"  # no statement can gain
    SAME = "would state the same"
    NONE = "no allocation"
    STOPPED = "time ran out"


@dataclass(frozen=True, slots=True)
class Trial:
    """A city that states something else: what it gets, of use to its true plan [cents].

    ``gain`` is 0 where it is no more than whole units can decide. ``invited_by`` are the parts of
    the scenario without which there is no gain; several with ``together``: only as one.
    """

    city: str
    key: str
    ending: Ending
    before: int
    after: int
    gain: int = 0
    invited_by: tuple[str, ...] = ()
    together: bool = False


@dataclass(frozen=True)
class Study:
    """Every city under every manipulation, beside the allocation of the true applications."""

    allocation: Allocation
    trials: tuple[Trial, ...] = field(repr=False)

    @cached_property
    def gaining(self) -> tuple[Trial, ...]:
        """The trials that gain, the largest gain first; equal ones in the order of the cities."""
        return tuple(sorted((t for t in self.trials if t.gain), key=lambda t: -t.gain))

    def of_manipulation(self, key: str) -> tuple[Trial, ...]:
        """The gaining trials of one manipulation, the largest gain first."""
        return tuple(t for t in self.gaining if t.key == key)

    def best_of(self, city: str) -> Trial | None:
        """What gains a city most; None where nothing does."""
        return next((t for t in self.gaining if t.city == city), None)

    @cached_property
    def by_city(self) -> Mapping[str, Mapping[str, Trial]]:
        """City code → manipulation → its trial."""
        found: dict[str, dict[str, Trial]] = {}
        for trial in self.trials:
            found.setdefault(trial.city, {})[trial.key] = trial
        return found

    @cached_property
    def cities(self) -> tuple[str, ...]:
        """The cities that something gains, the largest gain first."""
        return tuple(dict.fromkeys(trial.city for trial in self.gaining))

    def need(self, city: str) -> int:
        """What a city truly asks for [cents]."""
        return sum(a.requested for a in self.allocation.applications.plans[city])

    def share(self, trial: Trial) -> Fraction:
        """The gain as a share of what the city truly asks for."""
        return Fraction(trial.gain, self.need(trial.city))

    def parts(self, trials: Sequence[Trial]) -> list[tuple[str, int]]:
        """The parts that invite some gains and how many of them, the most first."""
        counted = Counter(part for trial in trials for part in trial.invited_by)
        return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def median_gain(trials: Sequence[Trial]) -> int:
    """The gain in the median [cents], rounded down to a cent; 0 without any."""
    return int(statistics.median([t.gain for t in trials])) if trials else 0


def study_of(
    applications: Applications,
    scenario: Scenario,
    *,
    time_limit: float = 60.0,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress = lambda done, of, what: None,
) -> Study:
    """Try every manipulation for every city, each by itself; find what invites the gains.

    ``time_limit`` [seconds] is for each solve; ``workers`` and ``scheduler`` as for `runs.run`.
    Raises as `allocate` where the true applications have no allocation.
    """
    allocation = allocate(applications, scenario, time_limit=time_limit)
    common = applications, scenario, time_limit
    true = useful(applications, allocation.awards, {})
    trials = list(_trials(allocation, true))
    asked = [at for at, trial in enumerate(trials) if trial.ending is Ending.SOLVED]
    items: list[Item] = [(trials[at].city, trials[at].key, "") for at in asked]
    answers = _answers(common, items, workers, scheduler, progress, "Statements")
    for at, answer in zip(asked, answers, strict=True):
        trials[at] = _ended(allocation, trials[at], answer)
    reading = {at: _readers(allocation, t) for at, t in enumerate(trials) if t.gain}
    items = _again(trials, reading)
    answers = _answers(common, items, workers, scheduler, progress, "Rules")
    found = dict(zip(items, answers, strict=True))
    for at, parts in reading.items():
        trials[at] = _invited(allocation, trials[at], parts, found)
    return Study(allocation, tuple(trials))


def useful(applications: Applications, awards: Mapping[str, int], origin: Mapping[str, str]) -> Got:
    """City → what it gets that is of use to its true plan [cents].

    Of each activity, what both halves get together; nothing where that is less than its minimum
    viable amount, and no more than its true request.
    """
    got: dict[str, int] = {}
    for code, award in awards.items():
        whole = origin.get(code, code)
        got[whole] = got.get(whole, 0) + award
    totals = dict.fromkeys(applications.cities, 0)
    for code, a in applications.activities.items():
        award = got.get(code, 0)
        if award >= (a.minimum_viable or 0):
            totals[a.city] += min(award, a.requested)
    return totals


def unclear(allocation: Allocation, city: str) -> int:
    """A gain up to which whole units may have decided [cents]: one for each activity."""
    return allocation.case.fund.step * len(allocation.applications.plans[city])


Item = tuple[str, str, str]  # city, manipulation, and the part left out; each may be blank
Answer = Got | Ending


def _trials(allocation: Allocation, true: Got) -> Iterator[Trial]:
    """Every city under every manipulation, before anything is solved."""
    applications, scenario = allocation.applications, allocation.scenario
    for city, plan in applications.plans.items():
        for key, manipulation in MANIPULATIONS.items():
            if true[city] >= sum(a.requested for a in plan):
                ending = Ending.FULL
            elif manipulation.statement(applications, scenario, city) is None:
                ending = Ending.SAME
            else:
                ending = Ending.SOLVED
            yield Trial(city, key, ending, true[city], true[city])


def _answers(
    common: Common,
    items: Sequence[Item],
    workers: int | None,
    scheduler: str | None,
    progress: Progress,
    what: str,
) -> list[Answer]:
    """What comes of each item, in their order."""
    found: dict[int, Answer] = {}
    progress(0, len(items), what)
    if not items:
        return []
    made = runs.run(_answer, items, common=common, workers=workers, scheduler=scheduler)
    with contextlib.closing(made) as done:
        for at, answer in done:
            found[at] = answer
            progress(len(found), len(items), what)
    return [found[at] for at in range(len(items))]


def _answer(common: Common, item: Item) -> Answer:
    """What every city gets that is of use to it, where one states something else."""
    applications, scenario, time_limit = common
    city, key, part = item
    rules = without(scenario, part) if part else scenario
    stated = _stated(applications, scenario, city, key) if city else Statement(applications, {})
    if city and city not in rules.case(stated.applications).open_plans:
        return dict.fromkeys(applications.cities, 0)  # of no use: nothing of the city is open
    try:
        allocation = allocate(stated.applications, rules, time_limit=time_limit)
    except NoAllocation:
        return Ending.NONE
    except SolverStopped:
        return Ending.STOPPED
    return useful(applications, allocation.awards, stated.origin)


def _stated(given: Applications, scenario: Scenario, city: str, key: str) -> Statement:
    """Another plan of a city, which is known to state something else."""
    return MANIPULATIONS[key].statement(given, scenario, city) or Statement(given, {})


def _ended(allocation: Allocation, trial: Trial, answer: Answer) -> Trial:
    if isinstance(answer, Ending):
        return replace(trial, ending=answer)
    after = answer[trial.city]
    more = after - trial.before
    gain = more if more > unclear(allocation, trial.city) else 0
    return replace(trial, after=after, gain=gain)


def _readers(allocation: Allocation, trial: Trial) -> tuple[str, ...]:
    applications, scenario = allocation.applications, allocation.scenario
    stated = _stated(applications, scenario, trial.city, trial.key)
    return readers(scenario, allocation.case, stated, trial.city)


def _again(trials: Sequence[Trial], reading: Mapping[int, Sequence[str]]) -> list[Item]:
    """What is allocated again to tell which of several parts invites a gain: the true
    applications and the others, without each."""
    several = {at: parts for at, parts in reading.items() if len(parts) > 1}
    parts = sorted({part for found in several.values() for part in found})
    items: list[Item] = [("", "", part) for part in parts]
    for at, found in several.items():
        items += [(trials[at].city, trials[at].key, part) for part in found]
    return items


def _invited(
    allocation: Allocation, trial: Trial, parts: Sequence[str], found: Mapping[Item, Answer]
) -> Trial:
    """The trial with what invites its gain: the only part that reads the statement, or those of
    several without which it gains nothing."""
    if len(parts) <= 1:
        return replace(trial, invited_by=tuple(parts) or (UNITS,))
    alone = []
    for part in parts:
        true, stated = found["", "", part], found[trial.city, trial.key, part]
        if isinstance(true, Ending) or isinstance(stated, Ending):
            continue
        if stated[trial.city] - true[trial.city] <= unclear(allocation, trial.city):
            alone.append(part)
    return replace(trial, invited_by=tuple(alone or parts), together=not alone)
