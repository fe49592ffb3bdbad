"""What is left in the fund, and why nobody can have it: exact, from the outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from funding.case import Awards, Case
from funding.check import Payments
from funding.outcomes import MONEY, Outcome
from funding.room import Room
from funding.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Stopped:
    """The open activities, not in full, whose next step one rule stops, alone or with others.

    ``alone`` of them no other rule stops; ``missing`` is what they would still take [cents],
    ``step`` the smallest next step of any of them [cents]. The envelope stands here twice:
    ``at_once`` are those that need more than a unit at once, which is more than is left.
    """

    rule: str
    at_once: bool
    activities: tuple[str, ...]
    alone: int
    missing: int
    step: int


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left [cents], in all and by year, and what became of those who could take it.

    Of the activities, ``full`` have all they ask for, ``closed`` are refused, and ``short`` are
    open: each of these stands under every rule of ``stopped`` that stops its next step, so that
    no award can rise. ``by_year`` is empty where no year is limited.
    """

    left: int
    by_year: Mapping[int, int]
    full: int
    closed: int
    short: int
    stopped: tuple[Stopped, ...]


def remainder_of(
    case: Case, room: Room, outcomes: Mapping[str, Outcome], awards: Awards, payments: Payments
) -> Remainder:
    """The remainder of an allocation; the rule that stops most comes first."""
    steps = {code: step for code in case.open if (step := room.raise_by(code))}
    rules = {code: {row.rule for row in outcomes[code].rules} for code in steps}
    groups: dict[tuple[str, bool], list[str]] = {}
    for code in filter(steps.__contains__, case.applications.activities):
        for rule in rules[code]:
            at_once = rule == MONEY and steps[code] > case.fund.step
            groups.setdefault((rule, at_once), []).append(code)
    stopped = [
        Stopped(
            rule,
            at_once,
            tuple(codes),
            sum(1 for code in codes if len(rules[code]) == 1),
            sum(case.spans[code].most - awards[code] for code in codes),
            min(steps[code] for code in codes),
        )
        for (rule, at_once), codes in groups.items()
    ]
    paid = dict.fromkeys(case.fund.envelopes, 0)
    for parts in payments.values():
        for year in paid.keys() & parts.keys():
            paid[year] += parts[year]
    return Remainder(
        left=case.fund.envelope - sum(awards.values()),
        by_year={year: case.fund.envelopes[year] - spent for year, spent in sorted(paid.items())},
        full=len(case.open) - len(steps),
        closed=len(case.refusals),
        short=len(steps),
        stopped=tuple(sorted(stopped, key=lambda s: (-len(s.activities), s.rule, s.at_once))),
    )


def left_words(case: Case, remainder: Remainder) -> str:
    """What is left, by year too, and what became of the activities, without a full stop."""
    years = ", ".join(f"{case.money(x)} in {year}" for year, x in remainder.by_year.items() if x)
    told = f" ({years})" if years else ""
    left = f"{case.money(remainder.left)} are left{told}" if remainder.left else "Nothing is left"
    one = remainder.full == 1
    have = "activity has all it asks for" if one else "activities have all they ask for"
    have = f"{remainder.full:,} {have}"
    closed = f"{remainder.closed:,} {'is' if remainder.closed == 1 else 'are'} closed"
    if not remainder.short:
        return f"{left}: {have}, {closed}"
    return f"{left}: {have}, {closed}, and no award of the other {remainder.short:,} can rise"


def stopped_words(scenario: Scenario, remainder: Remainder) -> str:
    """How many activities each rule stops, without a full stop; empty where none is stopped."""
    told = []
    for stopped in remainder.stopped:
        count = f"{len(stopped.activities):,}"
        alone = f", {stopped.alone:,} by it alone" if stopped.alone else ""
        told.append(f"{stop_title(scenario, stopped)} ({count}{alone})")
    return f"Stopped by {'; '.join(told)}" if told else ""


def stop_title(scenario: Scenario, stopped: Stopped) -> str:
    """The title of a rule that stops awards; of the envelope, in which way it does."""
    rule = scenario.rule(stopped.rule)
    title = stopped.rule if rule is None else rule.title
    if stopped.rule != MONEY:
        return title
    return f"{title}: {'needs more than is left' if stopped.at_once else 'spent, in all or a year'}"
