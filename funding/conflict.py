"""What to say where no allocation holds the rules: which of them contradict each other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import NoReturn

from funding.case import Case, Plan
from funding.errors import NoAllocation, SolverStopped
from funding.linear import Limit, Sense
from funding.program import Answer, State, Task, build, solve
from funding.scenario import Scenario


def refuse_unreachable(scenario: Scenario, case: Case, limits: Sequence[Limit]) -> None:
    """Raise NoAllocation where something is guaranteed to what is closed, or to nobody."""
    broken = [row for row in limits if not row.left and row.room({}) < 0]
    if broken:
        raise NoAllocation(
            "No allocation can hold all the rules. A part is guaranteed to which no open activity "
            f"belongs: {'; '.join(scenario.words(row, case) for row in broken)}. "
            "Lower what is guaranteed, or leave it out."
        )


def no_answer(
    answer: Answer, scenario: Scenario, case: Case, time_limit: float, left: float
) -> NoReturn:
    """Say why stage 1 has no answer: NoAllocation, or SolverStopped at the time limit [seconds].

    ``left`` of it is for finding out which rules contradict each other.
    """
    until = time.perf_counter() + left
    if answer.state is State.INFEASIBLE:
        raise NoAllocation(_conflict(scenario, case, until))
    raise SolverStopped(
        f"The solver stopped after {time_limit:.0f} seconds without an allocation. "
        "Allow more time, or switch off minimum viable amounts or other rules."
    )


def no_whole_units(case: Case) -> str:
    """What to tell where rules could be held, but by no whole units."""
    return (
        "Fractions of a unit could hold all the rules, but no awards in whole units of "
        f"{case.money(case.fund.step)} do. Choose a smaller unit, lower a guaranteed part, or "
        "relax a rule."
    )


def _conflict(scenario: Scenario, case: Case, until: float) -> str:
    """Which rules contradict each other: a set of which none can be dropped, as far as time goes.

    A rule is dropped with all its rows; decisions by hand are dropped one by one.
    """
    plan = Plan(case)
    terms: dict[tuple[str, str], list[Limit]] = {}
    for rule in scenario.rules:
        for row in rule.limits(plan, case):
            terms.setdefault((rule.key, row.name if rule.by_hand else ""), []).append(row)

    def state(keys: Iterable[tuple[str, str]], whole_bounds: bool) -> State:
        limits = [row for key in keys for row in terms[key]]
        limits += plan.definitions(limits)
        try:
            program = build(plan, limits, plan.everything(), whole_bounds=whole_bounds)
        except NoAllocation:
            return State.INFEASIBLE
        zeros = [0.0] * len(program.upper)
        # With its worth, since a column in no row and without worth is dropped on the way.
        task = Task(zeros, program.upper, program.worth, program.rows, program.integer)
        return solve(task, time_limit=until - time.perf_counter()).state

    kept = list(terms)
    in_units = state(kept, whole_bounds=False) in (State.OPTIMAL, State.FEASIBLE)
    for key in terms:
        fewer = [k for k in kept if k != key]
        if state(fewer, whole_bounds=in_units) is State.INFEASIBLE:
            kept = fewer
    rows = [row for key in kept for row in terms[key]]
    by_hand = {rule.key for rule in scenario.rules if rule.by_hand}
    floors = [
        scenario.words(row, case)
        for row in rows
        if row.sense is Sense.AT_LEAST
        and row.part.startswith("minimum")
        and row.rule not in by_hand
    ]
    decided = [scenario.words(row, case) for row in rows if row.rule in by_hand]
    named = {key for key, _ in kept}
    titles = [rule.title for rule in scenario.rules if rule.key in named]
    asked = f" Guaranteed are: {'; '.join(floors)}." if floors else ""
    asked += f" Decided are: {'; '.join(decided)}." if decided else ""
    told = f"{', '.join(titles)}.{asked}"
    if in_units:
        return f"{no_whole_units(case)} In whole units these contradict each other: {told}"
    return (
        f"No allocation can hold all the rules. These contradict each other: {told} "
        "Lower a guaranteed part, or relax one of these rules."
    )
