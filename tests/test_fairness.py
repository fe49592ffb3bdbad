"""Equals are served as equals, on random funds full of ties; what cannot be shared is listed.

Before rounding nothing but content counts; after it, a unit at most, and places and units that
cannot be shared, all of them named with what decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations

from hypothesis import assume, event, given
from hypothesis import strategies as st

from funding.applications import Applications
from funding.awards import Allocation
from funding.conflict import refuse_unreachable
from funding.errors import NoAllocation
from funding.scenario import Scenario
from funding.solve import Clock, Fair, fair_allocation
from tests.oracle import Referee
from tests.random_funds import ENVELOPES, rules
from tests.test_properties import examples, of, tried
from tests.tied_funds import likes, new_codes, recoded, shuffled, tied_funds

NEAR = 1e-5  # of a unit
LINEAR = rules(linear=True, priced=True, named_codes=False)
MIXED = rules(priced=True, named_codes=False)


def before_rounding(applications: Applications, read: Scenario) -> Fair | None:
    """Stages 1 and 2; None where the rules contradict each other."""
    case = read.case(applications)
    limits = read.limits(case)
    try:
        refuse_unreachable(read, case, limits)
        return fair_allocation(read, case, limits, Clock(60)) if case.open else None
    except NoAllocation:
        return None


def both(one: Fair | None, other: Fair | None) -> tuple[Fair, Fair]:
    """Two funds that must both have an allocation or both none; those with one go on."""
    assert (one is None) == (other is None)
    assume(one is not None)
    assert one is not None
    assert other is not None
    return one, other


def same(one: float, other: float) -> bool:
    return abs(one - other) <= NEAR * max(1.0, abs(one))


@examples(100)
@given(tied_funds(), LINEAR, ENVELOPES, st.data())
def test_names_codes_and_rows_change_nothing_before_rounding(
    applications: Applications, tables: str, money: str, data: st.DataObject
) -> None:
    """Linear funds: everybody's award is the same to a hundred-thousandth of a unit."""
    read = of(tables, money, 100)
    assume("share = false" not in tables)
    codes = data.draw(new_codes(applications))
    random = data.draw(st.randoms(use_true_random=False))
    other = shuffled(recoded(applications, codes), random)
    mine, theirs = both(before_rounding(applications, read), before_rounding(other, read))
    for code, award in mine.units.items():
        assert same(award, theirs.units[codes[code]]), code


@examples(100)
@given(tied_funds(), MIXED, ENVELOPES, st.data())
def test_in_mixed_funds_they_change_only_who_has_a_place(
    applications: Applications, tables: str, money: str, data: st.DataObject
) -> None:
    """With minimum amounts and bands: as many of each kind of application get the same."""
    read = of(tables, money, 100)
    assume("share = false" not in tables)
    codes = data.draw(new_codes(applications))
    other = recoded(applications, codes)
    mine, theirs = both(before_rounding(applications, read), before_rounding(other, read))
    for group in likes(applications):
        one = sorted(mine.units.get(code, 0.0) for code in group)
        two = sorted(theirs.units.get(codes[code], 0.0) for code in group)
        event("alike")
        assert all(same(a, b) for a, b in zip(one, two, strict=True)), (one, two)


@examples(100)
@given(tied_funds(), LINEAR, ENVELOPES)
def test_identical_applications_get_the_same_before_rounding(
    applications: Applications, tables: str, money: str
) -> None:
    assume("share = false" not in tables)
    found = before_rounding(applications, of(tables, money, 100))
    assume(found is not None)
    assert found is not None
    for group in likes(applications):
        awards = [found.units[code] for code in group if code in found.units]
        event("tied" if awards and awards[0] > 0 else "nothing")
        assert all(same(awards[0], award) for award in awards), group


def listed(found: Allocation, first: str, after: str) -> bool:
    """Whether the result says that one came before the other, or its city before the other's."""
    activities = found.applications.activities
    for tie in found.decided:
        one, two = first, after
        if tie.of_cities:
            one, two = activities[first].city, activities[after].city
        if one in tie.first and two in tie.after:
            return True
    return False


def came_after(found: Allocation, code: str) -> bool:
    """Whether the result says of an activity, or of its city, that another came first."""
    city = found.applications.activities[code].city
    return any((city if tie.of_cities else code) in tie.after for tie in found.decided)


def unequal(found: Allocation) -> Iterator[tuple[str, str]]:
    """Identical applications of which the first has more than the second."""
    for group in likes(found.applications):
        for one, two in permutations(sorted(group), 2):
            if found.awards[one] > found.awards[two]:
                yield one, two


def exchanged(awards: Mapping[str, int], one: str, two: str) -> dict[str, int]:
    return {**awards, one: awards[two], two: awards[one]}


@examples(150)
@given(tied_funds(), LINEAR, ENVELOPES)
def test_identical_applications_differ_by_a_unit_that_the_order_decided(
    applications: Applications, tables: str, money: str
) -> None:
    """Where the referee lets the two exchange their awards, the result lists that the one that has
    more came first, and it does in the declared order. Where a rule of the one's city forbids the
    exchange, another of its own city came before the one that has less."""
    read = of(tables, money, 100)
    found = tried(applications, read)
    assume(found is not None)
    assert found is not None
    referee = Referee(applications, read.tables)
    for one, two in unequal(found):
        event("decided")
        assert came_after(found, two)
        if not referee.broken(exchanged(found.awards, one, two)):
            assert listed(found, one, two), (one, two)
            assert found.case.turn(one) < found.case.turn(two)
        if "share = false" not in tables:
            assert found.awards[one] - found.awards[two] == read.fund.step


@examples(200)
@given(tied_funds(), MIXED, ENVELOPES)
def test_whoever_of_identical_ones_has_more_is_listed(
    applications: Applications, tables: str, money: str
) -> None:
    """With minimum amounts and bands the difference may be a whole award."""
    read = of(tables, money, 100)
    found = tried(applications, read)
    assume(found is not None)
    assert found is not None
    referee = Referee(applications, read.tables)
    for one, two in unequal(found):
        event("decided")
        assert came_after(found, two), (one, two)
        if not referee.broken(exchanged(found.awards, one, two)):
            assert listed(found, one, two), (one, two)
            assert found.case.turn(one) < found.case.turn(two)
