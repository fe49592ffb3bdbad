"""What is done today, on the same rules: best to worst, pro rata, equal shares, and the method
of equal shares.

Each hands out whole units, and never more than the gates, the requests and the ceilings of every
rule leave room for. None looks ahead, so that a guarantee (a floor, a must-fund) may stay unmet: a
`Proposal` holds the awards and names the rows that they break.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from funding import check
from funding.awards import Allocation
from funding.case import Awards, Case, Plan
from funding.check import RowUse
from funding.linear import Limit
from funding.outcomes import room_of
from funding.room import Room
from funding.scenario import Scenario

# Steps for each activity after which it is tried to raise everybody at once, and how many times as
# many at most where that saves little.
LEAP, SELDOM = 2, 16


@dataclass(frozen=True)
class Proposal:
    """Awards [cents] from anywhere, and the rows of the rules that they break.

    ``faults`` says in sentences all that is wrong, units and closed activities included; where
    it is empty, the awards hold every rule exactly.
    """

    method: str
    scenario: Scenario
    case: Case = field(repr=False)
    awards: Awards = field(repr=False)
    broken: tuple[RowUse, ...]
    faults: tuple[str, ...]

    @property
    def spent(self) -> int:
        """Σ x_a [cents]."""
        return sum(self.awards.values())

    @cached_property
    def value(self) -> Fraction:
        """What the awards are worth under the scenario's objective, exactly."""
        values = Plan(self.case).values(self.awards, self.scenario.objective.full_share)
        return Fraction(self.scenario.value(self.case).value(values))

    @property
    def funded(self) -> int:
        """How many activities have an award."""
        return sum(1 for award in self.awards.values() if award)

    @property
    def rules_broken(self) -> tuple[str, ...]:
        """The titles of the rules that the awards break, in the order of the rules."""
        keys = {use.limit.rule for use in self.broken}
        return tuple(rule.title for rule in self.scenario.rules if rule.key in keys)

    @property
    def rules_held(self) -> int:
        """How many of the scenario's rules the awards hold."""
        return len(self.scenario.rules) - len(self.rules_broken)

    def words(self, use: RowUse) -> str:
        """A broken row as a sentence: what it demands, and by how much it is missed."""
        asked = self.scenario.words(use.limit, self.case)
        return f"{asked[:1].upper()}{asked[1:]}; missed by {self.case.money(-use.room)}."


def proposal(
    method: str, scenario: Scenario, case: Case, limits: Sequence[Limit], awards: Awards
) -> Proposal:
    """Awards [cents] judged by every row, in exact arithmetic; activities left out get 0."""
    whole = {code: awards.get(code, 0) for code in case.applications.activities}
    values = Plan(case).values(whole, scenario.objective.full_share)
    uses = (check.use_of(row, values) for row in limits if scenario.rule(row.rule))
    broken = tuple(use for use in uses if use.broken)
    faults = tuple(check.broken_awards(case, limits, {**awards, **whole}))
    return Proposal(method, scenario, case, whole, broken, faults)


def best_to_worst(room: Room) -> None:
    """The ranking: by score, each as much as is left for it, until nobody can be given more.

    Equal scores come in the declared order. What a rule ties to other money, such as financing to
    training, is looked at again once that money is given.
    """
    given = room.case.applications
    ranked = sorted(room.case.open, key=lambda a: (-given.score(a), room.case.turn(a)))
    rose = True
    while rose:
        rose = False
        for code in ranked:
            rose |= _as_much_as_fits(room, code)


def pro_rata(room: Room) -> None:
    """Everybody the same share of the request, as far as rules and money reach.

    The share rises for all together; who meets a rule stays there while the others go on. An
    activity enters with its least award when that share of its request is reached.
    """
    _fill(room, {a: Fraction(1, room.case.spans[a].most) for a in room.case.open})


def equal_shares(room: Room) -> None:
    """Every city the same amount, over its open activities in proportion to their requests.

    The amount rises for all together, as the share does in `pro_rata`.
    """
    weights: dict[str, Fraction] = {}
    for codes in room.case.open_plans.values():
        asked = room.case.demand(codes)
        weights |= {a: Fraction(asked, room.case.spans[a].most) for a in codes}
    _fill(room, weights)


def method_of_equal_shares(room: Room) -> None:
    """Each city with an open plan holds an equal part of the fund and buys what it supports.

    A city supports the activities of every theme that it applies with; each is worth score times
    request to it. The activity that costs its supporters least for each point of worth (ρ) is
    bought next, in full: each pays the same, or all that it has left. Activities that the rules
    leave no room for in full are passed over. What is not spent when nothing can be bought any
    more goes best to worst, one of the completions in use.

    Source: Peters, Pierczyński and Skowron, Proportional participatory budgeting with additive
    utilities, NeurIPS 34 (2021); here with all supporters of an activity valuing it alike.
    """
    case = room.case
    given = case.applications
    supporters: dict[str, list[str]] = {}  # theme → cities
    for city, codes in case.open_plans.items():
        for theme in {given.activities[a].theme for a in codes}:
            supporters.setdefault(theme, []).append(city)
    left = dict.fromkeys(case.open_plans, Fraction(case.fund.envelope, len(case.open_plans) or 1))
    # ρ never falls while money is spent, so that an old ρ is a lower bound of the new one.
    waiting = [(Fraction(0), case.turn(a), a) for a in case.open if given.score(a)]
    heapq.heapify(waiting)
    while waiting:
        before, turn, code = heapq.heappop(waiting)
        cost, payers = case.spans[code].most, supporters[given.activities[code].theme]
        each = _payment([left[city] for city in payers], cost)
        if each is None or not room.fits(code, cost):
            continue  # money never comes back; room that does is for best to worst
        price = each / (given.score(code) * cost)
        if price > before:
            heapq.heappush(waiting, (price, turn, code))
            continue
        room.add(code, cost)
        for city in payers:
            left[city] -= min(left[city], each)
    best_to_worst(room)


METHODS: Mapping[str, Callable[[Room], None]] = {
    "Best to worst": best_to_worst,
    "Pro rata": pro_rata,
    "Equal shares": equal_shares,
    "Method of equal shares": method_of_equal_shares,
}


def baseline(method: str, allocation: Allocation) -> Proposal:
    """What a method of `METHODS` awards on the applications and rules of an allocation."""
    scenario, case, limits = allocation.scenario, allocation.case, allocation.limits
    room = room_of(scenario, case, limits, {})
    METHODS[method](room)
    return proposal(method, scenario, case, limits, room.awards)


def baselines(allocation: Allocation) -> tuple[Proposal, ...]:
    """Every baseline beside an allocation, in the order of `METHODS`."""
    return tuple(baseline(method, allocation) for method in METHODS)


def _as_much_as_fits(room: Room, code: str) -> bool:
    """Raise an award as far as every row leaves room; whether it rose."""
    rose, unit, most = False, room.case.fund.step, room.case.spans[code].most
    while (step := room.raise_by(code)) and room.fits(code, step):
        fits, beyond = step // unit, (most - room.awards[code]) // unit + 1
        while beyond - fits > 1:  # in units: the first fits, the last is more than is asked
            middle = (fits + beyond) // 2
            if room.fits(code, middle * unit):
                fits = middle
            else:
                beyond = middle
        room.add(code, fits * unit)
        rose = True
    return rose


def _fill(room: Room, weight: Mapping[str, Fraction]) -> None:
    """Raise the level of all together; an activity's level is its award times its weight.

    Unit by unit, the lowest level next and equal levels in the declared order. Who can rise no
    more waits until the others have finished: their money may have made room.
    """
    turns = {a: turn for turn, a in enumerate(sorted(weight, key=room.case.turn))}
    terms = {a: each.as_integer_ratio() for a, each in weight.items()}

    def next_step(code: str) -> Step | None:
        step = room.raise_by(code)
        if not step:
            return None
        times, of = terms[code]
        level = Level((room.awards[code] + step) * times, of)
        # Rounding never puts a level before a lower one: the exact levels, which take far longer
        # to compare, are looked at only where the rounded ones are equal.
        return level.part / level.of, level, turns[code], code

    waiting, often, unit = list(weight), LEAP * len(weight), room.case.fund.step
    leap = often
    rose = True
    while rose and waiting:
        rose = False
        steps = [step for a in waiting if (step := next_step(a))]
        heapq.heapify(steps)
        waiting, left = [], leap
        while steps:
            *_, code = heapq.heappop(steps)
            rise = room.raise_by(code)
            if not room.fits(code, rise):
                waiting.append(code)
                continue
            room.add(code, rise)
            rose, left = True, left - 1
            if step := next_step(code):
                heapq.heappush(steps, step)
            if steps and not left:
                raised = _leap(room, weight, steps)
                saved = sum(raised.values()) // unit  # in steps
                leap = often if saved > leap else min(2 * leap, SELDOM * often)
                left = leap
                fresh = (next_step(s[-1]) if s[-1] in raised else s for s in steps)
                steps = [step for step in fresh if step]
                heapq.heapify(steps)


class Level(NamedTuple):
    """A level, exactly: a fraction that is not reduced, which takes longer than all the rest."""

    part: int
    of: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Level) and self.part * other.of == other.part * self.of

    def __lt__(self, other: tuple[int, ...]) -> bool:
        return self.part * other[1] < other[0] * self.of

    def __hash__(self) -> int:
        return hash(Fraction(*self))


Step = tuple[float, Level, int, str]  # rounded level and level after it, turn, code


def _leap(room: Room, weight: Mapping[str, Fraction], steps: Sequence[Step]) -> Mapping[str, int]:
    """Take at once all steps up to a level, the highest found by halves for which it is certain
    that none of them would have been refused; gives by how much each award rose [cents]."""
    unit, spans = room.case.fund.step, room.case.spans
    low = Fraction(*min(steps)[1])  # steps are ordered by their levels
    high = max(spans[a].most * weight[a] for *_, a in steps)
    least = unit * min(weight[a] for *_, a in steps)
    certain: dict[str, int] = {}
    while high - low > least:
        middle = (low + high) / 2
        change = {}
        for _, (part, of), _, a in steps:
            if part * middle.denominator <= middle.numerator * of:
                most = min(spans[a].most, middle // (weight[a] * unit) * unit)
                change[a] = most - room.awards[a]
        if room.rises_fit(change):
            certain, low = change, middle
        else:
            high = middle
    for a, rise in certain.items():
        room.add(a, rise)
    return certain


def _payment(left: Sequence[Fraction], cost: int) -> Fraction | None:
    """The t with Σ min(left, t) = cost [cents]; None where there is not enough together."""
    missing, payers = Fraction(cost), len(left)
    for have in sorted(left):
        if have * payers >= missing:
            return missing / payers
        missing -= have
        payers -= 1
    return None
