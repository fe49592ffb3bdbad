"""What holds for every fund: random small funds under random rules, judged by the referee.

``tests/oracle.py`` judges each allocation; where a fund is small enough, all its whole-unit
awards are tried.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.errors import NoAllocation
from funding.scenario import Scenario
from funding.whole import LOSS
from tests.oracle import Referee
from tests.random_funds import ENVELOPES, caps, funds, rules
from tests.small import scenario

UNIT = 1_000
FEW = 700  # sets of awards that are worth trying


def examples(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """So many examples, the same each time."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def of(tables: str, money: str, unit: int = UNIT) -> Scenario:
    """A scenario from its rules and its money."""
    return scenario(f"[fund]\nunit = {unit}\n{money}{tables}")


def tried(applications: Applications, read: Scenario) -> Allocation | None:
    """The allocation; None where the rules contradict each other."""
    try:
        return allocate(applications, read)
    except NoAllocation:
        return None


def fits(referee: Referee) -> bool:
    """Whether there are few enough sets of awards to try them all."""
    count = 1
    for least, most in referee.spans.values():
        count *= (most - least) // referee.unit + 2
    return count <= FEW


def best(referee: Referee) -> Fraction | None:
    """The largest value of any sound whole-unit awards; None where there are none."""
    codes = list(referee.spans)
    choices = [[0, *range(a, b + 1, referee.unit)] for a, b in referee.spans.values()]
    values = []
    for picked in product(*choices):
        awards = dict(zip(codes, picked, strict=True))
        if not referee.broken(awards):
            values.append(referee.value(awards))
    return max(values, default=None)


@examples(300)
@given(funds(), caps())
def test_the_most_that_coordination_can_get(applications: Applications, tables: str) -> None:
    """Requests, caps, bands and decisions leave each city's as much as the referee finds."""
    read = of(tables, "envelope = 1_000\n", 100)
    case, referee = read.case(applications), Referee(applications, read.tables)
    for code in applications.cities:
        steps = case.of_stream(code, "coordination")
        most = case.obtainable(code, steps)
        event("less than asked" if most < case.demand(steps) else "all that is asked")
        assert most == referee.most_coordination(code)


@examples(120)
@given(funds(), rules(priced=True), ENVELOPES)
def test_every_allocation_is_sound(applications: Applications, tables: str, money: str) -> None:
    """Gates, spans, rules, payments, value and reasons are as the referee finds them."""
    read = of(tables, money)
    found = tried(applications, read)
    assume(found is not None)
    assert found is not None
    referee = Referee(applications, read.tables)
    gates = {
        code: [r.gate for r in why if r.gate != "request"]
        for code, why in found.case.refusals.items()
    }
    assert {code: why for code, why in gates.items() if why} == referee.refused
    spans = {code: found.case.spans[code] for code in found.case.open}
    assert {code: (span.least, span.most) for code, span in spans.items()} == referee.spans
    assert referee.broken(found.awards) == []
    assert referee.broken_payments(found.awards, found.payments) == []
    assert referee.value(found.awards) == found.value


@examples(120)
@given(funds(), rules(), ENVELOPES)
def test_nothing_is_reduced_without_a_rule(
    applications: Applications, tables: str, money: str
) -> None:
    """A rule or the fund's money stops every award that is not full; the outcome names it."""
    read = of(tables, money)
    found = tried(applications, read)
    assume(found is not None)
    assert found is not None
    referee = Referee(applications, read.tables)
    for code, (_, most) in referee.spans.items():
        outcome = found.outcomes[code]
        assert (outcome.status == "full") == (found.awards[code] == most)
        if outcome.status == "full":
            continue
        stops = {text.partition(":")[0] for text in referee.stops(found.awards, code)}
        event(f"{outcome.status}: {', '.join(sorted(stops))}")
        assert stops
        assert stops == {row.rule for row in outcome.rules}


@examples(300)
@given(funds(), rules(), ENVELOPES)
def test_nothing_possible_is_worth_more(
    applications: Applications, tables: str, money: str
) -> None:
    """All whole-unit awards are tried. The tool finds none only where there are none."""
    read = of(tables, money)
    referee = Referee(applications, read.tables)
    assume(fits(referee))
    found, expected = tried(applications, read), best(referee)
    event("no allocation" if expected is None else "allocation")
    assert (None if found is None else found.value) == expected


@examples(60)
@given(funds(), rules(steady=True), st.integers(0, 9_000), st.integers(1, 6_000))
def test_more_money_is_never_worth_less(
    applications: Applications, tables: str, money: int, more: int
) -> None:
    """What fits the smaller envelope fits the larger. Whole units may cost ``LOSS`` of it."""
    small = tried(applications, of(tables, f"envelope = {money}\n", 10))
    large = tried(applications, of(tables, f"envelope = {money + more}\n", 10))
    assume(small is not None)
    assert small is not None
    assert large is not None
    event("worth more" if large.value > small.value else "worth as much")
    assert large.value >= small.value * (1 - Fraction(LOSS))


@examples(60)
@given(funds(), rules(priced=True), ENVELOPES, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_no_matter(
    applications: Applications, tables: str, money: str, random: Any
) -> None:
    """Cities, activities, assessments and records shuffled: the same awards to the cent."""

    def shuffled(rows: Any) -> list[Any]:
        mixed = list(rows)
        random.shuffle(mixed)
        return mixed

    other = Applications.of(
        applications.call,
        shuffled(applications.cities.values()),
        shuffled(applications.activities.values()),
        shuffled(applications.assessments.values()),
        shuffled(applications.records.values()),
    )
    read = of(tables, money, 100)
    before, after = tried(applications, read), tried(other, read)
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert before.awards == after.awards
        assert before.payments == after.payments


@examples(80)
@given(funds(), rules(linear=True, named_codes=False), ENVELOPES, st.permutations("XYZ"))
def test_other_codes_move_no_award_by_more_than_a_unit(
    applications: Applications, tables: str, money: str, letters: list[str]
) -> None:
    """Cities and activities get other codes and names, in another order of the alphabet."""
    codes = dict(zip("ABC", letters, strict=True))

    def recoded(code: str) -> str:
        return codes[code[0]] + code[1:]

    def copies(rows: Any, *fields: str) -> list[Any]:
        return [r.model_copy(update={f: recoded(getattr(r, f)) for f in fields}) for r in rows]

    other = Applications.of(
        applications.call,
        copies(applications.cities.values(), "code"),
        copies(applications.activities.values(), "code", "city"),
        copies(applications.assessments.values(), "activity"),
        copies(applications.records.values(), "city"),
    )
    read = of(tables, money, 10)
    before, after = tried(applications, read), tried(other, read)
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        for code, award in before.awards.items():
            assert abs(after.awards[recoded(code)] - award) <= read.fund.step, code
