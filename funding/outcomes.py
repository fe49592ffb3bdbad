"""What became of each activity, and which rules decided it: exact, without a solver.

An award is traced by asking of each row whether it leaves room for one unit more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from funding.case import Awards, Case, Plan
from funding.linear import Exact, Kind, Limit, Quantity, Sense
from funding.rules.base import NOT_FUNDED
from funding.scenario import Scenario

# The money of the fund: rows that stop an award only because others got the money.
MONEY = "envelope"
# From the nearest to an award to the farthest.
WITHOUT_AWARD = ("reserve", NOT_FUNDED, "excluded by decision", "below threshold", "ineligible")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The status of an activity and the reasons, in words; ``rules`` names the rows behind them.

    Statuses: full, reduced, reserve, not funded, excluded by decision, below threshold,
    ineligible.
    """

    status: str
    reasons: tuple[str, ...]
    rules: tuple[Limit, ...] = ()


class Room:
    """The room that rows leave for more, kept up to date as awards are raised."""

    def __init__(self, case: Case, limits: Iterable[Limit], awards: Awards) -> None:
        self.case = case
        self.awards = {a: awards.get(a, 0) for a in case.open}
        values = Plan(case).values(self.awards)
        asked = [row for row in limits if row.rule not in ("city total", "request")]
        self._rows = [row for row in asked if not _jumps(row)]
        # City or activity → rows that do not grow evenly with its awards, by their place.
        self._jumps: dict[tuple[bool, str], dict[int, Limit]] = {}
        bands: dict[str, set[tuple[int, int]]] = {}
        for i, row in enumerate(filter(_jumps, asked)):
            for owner in {(q.kind.of_city, q.code) for q, _ in row.left}:
                self._jumps.setdefault(owner, {})[i] = row
            for quantity, _ in row.left:
                if quantity.kind is Kind.IN_BAND:
                    bands.setdefault(quantity.code, set()).add(quantity.band)
        self._bands = {code: sorted(found) for code, found in bands.items()}
        self._room: list[Exact] = [row.room(values) for row in self._rows]
        self._gains: dict[str, list[tuple[int, Exact]]] = {a: [] for a in case.open}
        self._takers: list[dict[str, Exact]] = []
        for i, row in enumerate(self._rows):
            sign = 1 if row.sense is Sense.AT_MOST else -1
            self._takers.append({a: sign * k for a, k in _by_award(case, row).items()})
            for code, k in self._takers[i].items():
                self._gains[code].append((i, k))

    def raise_by(self, code: str) -> int:
        """The next step up [cents]: to the next award that the request, the bands and what makes
        a city funded admit; where none does, a unit or the least viable award. 0: in full."""
        span, award, unit = self.case.spans[code], self.awards[code], self.case.fund.step
        if award >= span.most:
            return 0
        least = award + unit if award else span.least
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
        return not self._missing({code: award - self.awards[code]})

    def blocking(self, code: str, step: int) -> list[Limit]:
        """The rows that leave no room for so much more [cents]."""
        rows = [self._rows[i] for i, k in self._gains[code] if k > 0 and k * step > self._room[i]]
        return rows + [row for row, _ in self._missing({code: step})]

    def fits(self, code: str, step: int) -> bool:
        """Whether every row leaves room for so much more [cents]."""
        full = any(k > 0 and k * step > self._room[i] for i, k in self._gains[code])
        return not full and not self._missing({code: step})

    def short(self, code: str, step: int) -> int:
        """How much is missing for so much more, in whole units [cents]."""
        unit = self.case.fund.step
        missing = [k * step - self._room[i] for i, k in self._gains[code] if k > 0]
        return max((-(-m // unit) * unit for m in missing if m > 0), default=0)

    def sharing(self, code: str, step: int) -> frozenset[str]:
        """Activities that take of every row that leaves no room for so much more [cents]."""
        stops = [i for i, k in self._gains[code] if k > 0 and k * step > self._room[i]]
        groups = [{a for a, k in self._takers[i].items() if k > 0} for i in stops]
        return frozenset.intersection(*map(frozenset, groups)) if groups else frozenset()

    def guaranteed(self, code: str, rules: Container[str]) -> list[Limit]:
        """The rows of some rules that guarantee something to an award, alone or with others."""
        return [
            row
            for i, k in self._gains[code]
            if k < 0 and (row := self._rows[i]).sense is Sense.AT_LEAST and row.rule in rules
        ]

    def move_fits(self, to: str, from_: str, step: int) -> bool:
        """Whether every row holds when so much moves from one award to another [cents]."""
        change: dict[int, Exact] = {i: k * step for i, k in self._gains[to]}
        for i, k in self._gains[from_]:
            change[i] = change.get(i, 0) - k * step
        full = any(more > 0 and more > self._room[i] for i, more in change.items())
        return not full and not self._missing({to: step, from_: -step})

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
        for i, k in self._gains[code]:
            self._room[i] -= k * step


def _jumps(row: Limit) -> bool:
    """Whether the row speaks of what is funded or in a band, and so does not grow evenly."""
    return any(quantity.kind.binary for quantity, _ in row.left)


def _of_city(row: Limit) -> bool:
    return any(quantity.kind is Kind.CITY_FUNDED for quantity, _ in row.left)


def _by_award(case: Case, row: Limit) -> dict[str, Exact]:
    """Activity → by how much the row's left side grows with a cent of its award."""
    gains: dict[str, Exact] = {}
    for quantity, k in row.left:
        if quantity.kind is Kind.AWARD:
            gains[quantity.code] = gains.get(quantity.code, 0) + k
        elif quantity.kind is Kind.CITY_TOTAL:
            for code in case.open_plans[quantity.code]:
                gains[code] = gains.get(code, 0) + k
    return {code: k for code, k in gains.items() if k}


def outcomes_of(
    scenario: Scenario, case: Case, limits: Sequence[Limit], awards: Awards
) -> dict[str, Outcome]:
    """Activity code → what became of it, for every activity."""
    room = Room(case, [row for row in limits if scenario.rule(row.rule)], awards)
    by_hand = {rule.key for rule in scenario.rules if rule.by_hand}
    found = {}
    for code in case.applications.activities:
        if code in case.refusals:
            found[code] = _closed(case, code)
        else:
            found[code] = _open(scenario, case, room, code, by_hand)
    return found


def _closed(case: Case, code: str) -> Outcome:
    refusals = case.refusals[code]
    return Outcome(refusals[0].status, tuple(_sentence(r.reason) for r in refusals))


def _open(
    scenario: Scenario, case: Case, room: Room, code: str, by_hand: Container[str]
) -> Outcome:
    step = room.raise_by(code)
    asked = case.money(case.spans[code].most)
    decided = tuple(_sentence(scenario.words(row, case)) for row in room.guaranteed(code, by_hand))
    if not step:
        return Outcome("full", (f"Awarded in full, {asked} in whole units.", *decided))
    blocking = room.blocking(code, step)
    excluding = [row for row in blocking if _status_by(scenario, row) != NOT_FUNDED]
    if excluding:
        status = _status_by(scenario, excluding[0])
        why = (_sentence(scenario.words(row, case)) for row in excluding)
        return Outcome(status, (_sentence(status), *why), tuple(blocking))
    words = tuple(_sentence(scenario.words(row, case)) for row in _told(blocking)) + decided
    if room.awards[code]:
        return Outcome("reduced", (_reduced(room, code, blocking), *words), tuple(blocking))
    shared = all(row.rule == MONEY for row in blocking)
    dead = next((row for row in blocking if row.part and row.bound < case.fund.step), None)
    if shared and dead is not None:
        head = f"The fund has no money in {dead.part}, when this would be paid."
        return Outcome(NOT_FUNDED, (head, *words), tuple(blocking))
    if shared:
        short = room.short(code, step)
        head = f"In reserve: with {case.money(short)} more in the envelope it could be funded."
        return Outcome("reserve", (head, *words), tuple(blocking))
    return Outcome(NOT_FUNDED, (f"No room for {case.money(step)}.", *words), tuple(blocking))


def _status_by(scenario: Scenario, row: Limit) -> str:
    """The status of an activity that the row keeps from any award."""
    rule = scenario.rule(row.rule)
    return NOT_FUNDED if rule is None else rule.status(row)


def _told(blocking: list[Limit]) -> list[Limit]:
    """The rows worth a sentence: of the envelope and those of its years, the first."""
    money = [row for row in blocking if row.rule == MONEY]
    return [row for row in blocking if row.rule != MONEY] + money[:1]


def _reduced(room: Room, code: str, blocking: list[Limit]) -> str:
    case, award = room.case, room.awards[code]
    kept = f"{case.money(award)} of {case.money(case.spans[code].most)}"
    if all(row.rule == MONEY for row in blocking):
        return f"Reduced to {kept}: it shares the last of the money."
    return f"Reduced to {kept}: a rule leaves no room for a unit more."


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."


def city_status(statuses: Sequence[str]) -> str:
    """The status of a city: full, partly funded, or why none of its plan is funded."""
    if not statuses:
        return "no activities"
    served = [s for s in statuses if s in ("full", "reduced")]
    if not served:
        return next(s for s in WITHOUT_AWARD if s in statuses)
    return "full" if Counter(statuses)["full"] == len(statuses) else "reduced"


def reserve_of(case: Case, outcomes: Mapping[str, Outcome]) -> tuple[str, ...]:
    """Activities on the reserve list, best score first, then in the declared order."""
    waiting = [code for code, outcome in outcomes.items() if outcome.status == "reserve"]
    return tuple(sorted(waiting, key=lambda a: (-case.applications.score(a), case.turn(a))))
