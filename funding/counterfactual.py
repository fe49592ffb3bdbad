"""What would have come out with a change: found by solving again, never by guess.

`changes_of` looks for the nearest change of each kind with which an activity's award is better;
`cost_of` solves without some limits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from funding.alternatives import Alternative, Change, alternatives
from funding.awards import Allocation
from funding.case import Awards, Case
from funding.conflict import refuse_unreachable
from funding.errors import NoAllocation
from funding.linear import Limit
from funding.scenario import Scenario
from funding.solve import Clock, fair_allocation
from funding.whole import exact_awards


def changes_of(
    allocation: Allocation, code: str, *, time_limit: float = 60.0
) -> tuple[Change, ...]:
    """Every kind of change that the rules take notice of, for an activity that is not in full.

    Each is the nearest one with which the activity is funded or, where its award is reduced, gets
    as much as with the farthest that helps (by a smaller request: gets more). It was found by a
    whole allocation that holds every rule, and one step less was solved too and does not do.
    ``time_limit`` [seconds] is for each solve. Raises SolverStopped.
    """
    if allocation.outcomes[code].status == "full":
        return ()
    tried = [_change(allocation, code, way, time_limit) for way in alternatives(allocation, code)]
    return tuple(change for change in tried if change is not None)


def _change(
    allocation: Allocation, code: str, way: Alternative, time_limit: float
) -> Change | None:
    """The nearest value that helps; None where the rules take no notice of any."""
    if not way.values or not _noticed(allocation, code, way):
        return None
    tried, now = _Tried(code, way, time_limit), allocation.awards[code]
    found = next((at for at in _probes(allocation, way, tried) if tried.gives(at, now + 1)), None)
    if found is None:
        return Change(way.key, way.of, way.before, way.values[-1])
    goal = tried.award(found) if now and not way.any_more else now + 1
    short, enough = -1, found
    while enough - short > 1:
        middle = (short + enough) // 2
        if tried.gives(middle, goal):
            enough = middle
        else:
            short = middle
    return Change(
        way.key,
        way.of,
        way.before,
        way.values[-1],
        way.values[enough],
        tried.award(enough),
        tried.in_full(enough),
    )


def _noticed(allocation: Allocation, code: str, way: Alternative) -> bool:
    """Whether the farthest change changes the model at all, and does not leave the activity
    refused by a gate."""
    applications, scenario = way.make(way.values[-1])
    case, before = scenario.case(applications), allocation.case
    if code in case.refusals:
        return False
    if case.refusals.keys() != before.refusals.keys() or case.spans != before.spans:
        return True
    if scenario.value(case) != allocation.scenario.value(before):
        return True
    return scenario.limits(case) != list(allocation.limits)


def _probes(allocation: Allocation, way: Alternative, tried: _Tried) -> Iterator[int]:
    """The places of values to look at first: the farthest and, where that tells nothing of the
    others, ever nearer ones.

    With more of what only makes room, whatever is nearer makes less: where the farthest changes no
    award at all, the present awards are as good as any in between.
    """
    at = len(way.values) - 1
    yield at
    if way.steady or (way.makes_room and tried.awards(at) == allocation.awards):
        return
    while at:
        at //= 2
        yield at


class _Tried:
    """Awards with values of an alternative, each solved once; by the place of the value."""

    def __init__(self, code: str, way: Alternative, time_limit: float) -> None:
        self.code, self.way, self.time_limit = code, way, time_limit
        self._found: dict[int, tuple[Awards, int]] = {}  # place → awards, and the award in full

    def awards(self, at: int) -> Awards:
        """What all have [cents]; empty where no allocation holds the rules, or the activity is
        refused."""
        return self._solved(at)[0]

    def award(self, at: int) -> int:
        """What the activity has [cents]."""
        return self.awards(at).get(self.code, 0)

    def in_full(self, at: int) -> bool:
        """Whether that is all it asks for."""
        return 0 < self.award(at) == self._solved(at)[1]

    def gives(self, at: int, least: int) -> bool:
        """Whether it has so much [cents]."""
        return self.award(at) >= least

    def _solved(self, at: int) -> tuple[Awards, int]:
        if at not in self._found:
            self._found[at] = self._solve(at)
        return self._found[at]

    def _solve(self, at: int) -> tuple[Awards, int]:
        applications, scenario = self.way.make(self.way.values[at])
        case = scenario.case(applications)
        most = case.spans[self.code].most
        if self.code in case.refusals:
            return {}, most
        limits = scenario.limits(case)
        try:
            refuse_unreachable(scenario, case, limits)
            return _awards(scenario, case, limits, self.time_limit), most
        except NoAllocation:
            return {}, most


def _awards(
    scenario: Scenario, case: Case, rows: Sequence[Limit], time_limit: float
) -> dict[str, int]:
    """The awards of `allocate` under some rows, without all that it tells of them; every activity
    has one."""
    clock = Clock(time_limit)
    fair = fair_allocation(scenario, case, rows, clock)
    awards, _ = exact_awards(scenario, case, rows, fair, clock)
    return {code: awards.get(code, 0) for code in case.applications.activities}


def cost_of(
    allocation: Allocation, code: str, without: Collection[Limit], *, time_limit: float = 60.0
) -> int:
    """How much more an activity's award would be without some rows, all others as they are [cents].

    0 where it would be no more. Raises SolverStopped.
    """
    left_out = {id(row) for row in without}
    rows = [row for row in allocation.limits if id(row) not in left_out]
    awards = _awards(allocation.scenario, allocation.case, rows, time_limit)
    return max(0, awards[code] - allocation.awards[code])
