"""What became of each activity, and which rules decided it: exact, without a solver.

An award is traced by asking of each row whether it leaves room for one unit more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from funding.case import Awards, Case
from funding.linear import Limit
from funding.room import Room
from funding.rules.base import NOT_FUNDED
from funding.scenario import Scenario
from funding.ties import pairs_of, words_of

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


def outcomes_of(
    scenario: Scenario, case: Case, limits: Sequence[Limit], awards: Awards
) -> dict[str, Outcome]:
    """Activity code → what became of it, for every activity."""
    room = room_of(scenario, case, limits, awards)
    by_hand = {rule.key for rule in scenario.rules if rule.by_hand}
    found = {}
    for code in case.applications.activities:
        if code in case.refusals:
            found[code] = _closed(case, code)
        else:
            found[code] = _open(scenario, case, room, code, by_hand)
    for code, words in words_of(case, pairs_of(scenario, room)).items():
        found[code] = replace(found[code], reasons=(*found[code].reasons, words))
    return found


def room_of(scenario: Scenario, case: Case, limits: Sequence[Limit], awards: Awards) -> Room:
    """The room that the rows of the rules leave these awards."""
    return Room(case, [row for row in limits if scenario.rule(row.rule)], awards)


def _closed(case: Case, code: str) -> Outcome:
    refusals = case.refusals[code]
    return Outcome(refusals[0].status, tuple(sentence(r.reason) for r in refusals))


def _open(
    scenario: Scenario, case: Case, room: Room, code: str, by_hand: Container[str]
) -> Outcome:
    step = room.raise_by(code)
    asked = case.money(case.spans[code].most)
    decided = tuple(sentence(scenario.words(row, case)) for row in room.guaranteed(code, by_hand))
    if not step:
        return Outcome("full", (f"Awarded in full, {asked} in whole units.", *decided))
    blocking = room.blocking(code, step)
    excluding = [row for row in blocking if _status_by(scenario, row) != NOT_FUNDED]
    if excluding:
        status = _status_by(scenario, excluding[0])
        why = (sentence(scenario.words(row, case)) for row in excluding)
        return Outcome(status, (sentence(status), *why), tuple(blocking))
    words = tuple(sentence(scenario.words(row, case)) for row in _told(blocking)) + decided
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
    most = case.spans[code].most
    units = " in whole units" if most != case.applications.activities[code].requested else ""
    kept = f"{case.money(award)} of {case.money(most)}{units}"
    if all(row.rule == MONEY for row in blocking):
        return f"Reduced to {kept}: it shares the last of the money."
    return f"Reduced to {kept}: a rule leaves no room for a unit more."


def sentence(text: str) -> str:
    """Words of a rule as a sentence."""
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
