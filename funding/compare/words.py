"""Sentences about a comparison, made from its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from funding import money
from funding.awards import Allocation
from funding.compare.awards import BANDS, ONE_SIDED, AwardChange, by_activity, by_city
from funding.compare.comparison import Comparison, allocation_value
from funding.compare.inputs import input_changes

LEAST = Fraction(1, 10_000)  # of a value; a smaller difference is only said to be one


def sentences(comparison: Comparison) -> dict[str, list[str]]:
    """Name of each scenario but the reference → what changes with it, in sentences.

    Where every award is the same it is said so, and whether the inputs are.
    """
    changes = by_city(comparison)
    activities = by_activity(comparison)
    found = {}
    for at, (name, allocation) in enumerate(comparison.others):
        bands = Counter(change.bands[at] for change in changes)
        same = all(change.bands[at] in ("", BANDS[2]) for change in activities)
        words = [_unchanged(comparison, allocation)] if same else []
        if not same:
            words += _of_money(comparison, allocation)
            words += _of_cities(bands)
            words += _of_most(comparison, at, changes)
        found[name] = words
    return found


def _unchanged(comparison: Comparison, allocation: Allocation) -> str:
    base = comparison.base_name
    count = len(input_changes(comparison.base, allocation))
    if not count:
        return f"Nothing changed: inputs and awards are those of {base}."
    differ = "1 input differs" if count == 1 else f"{count:,} inputs differ"
    return f"Nothing changed: every award is that of {base}, although {differ}."


def _of_money(comparison: Comparison, allocation: Allocation) -> Iterator[str]:
    base, currency = comparison.base, comparison.currency
    more = allocation.spent - base.spent
    if more:
        way = "more" if more > 0 else "less"
        yield (
            f"{money.show(abs(more), currency)} {way} is awarded than in {comparison.base_name}, "
            f"{money.show(allocation.spent, currency)} in all."
        )
    else:
        yield f"As much is awarded as in {comparison.base_name}: {base.case.money(base.spent)}."
    if allocation_value(allocation) != allocation_value(base):
        yield "Its value is counted otherwise, so that the two values cannot be compared."
    elif base.value:
        yield _of_value(comparison, allocation)


def _of_value(comparison: Comparison, allocation: Allocation) -> str:
    """How much higher or lower the value is, and where the solver leaves so much open."""
    base, more = comparison.base, allocation.value - comparison.base.value
    if not more:
        return "Its value is the same."
    part, way = abs(more) / base.value, "higher" if more > 0 else "lower"
    shown = money.percent(part, 2) if part >= LEAST else f"less than {money.percent(LEAST, 2)}"
    said = f"Its value is {shown} {way}"
    lower, name = (base, comparison.base_name) if more > 0 else (allocation, "it")
    left = left_open(lower)
    if abs(more) > left * lower.value:
        return f"{said}."
    short = money.percent(max(left, Fraction(1, 100_000)), 3)
    return (
        f"{said}, which the solver's gap may explain: {name} is proved only to within {short} of "
        "the best."
    )


def left_open(allocation: Allocation) -> Fraction:
    """By what share of itself the value could be higher, for all that the solver has proved, with
    as much given up for evenness."""
    if not allocation.value:
        return Fraction(0)
    known = float(allocation.value) + allocation.price_of_fairness
    return Fraction(max(0.0, allocation.bound - known)) / allocation.value


def _of_cities(bands: Counter[str]) -> Iterator[str]:
    up, down = bands[BANDS[0]] + bands[BANDS[1]], bands[BANDS[3]] + bands[BANDS[4]]
    alike = bands[BANDS[2]]
    yield (
        f"{_cities(up)} {'gains' if up == 1 else 'gain'}, {bands[BANDS[0]]:,} by more than 5 %; "
        f"{_cities(down)} {'loses' if down == 1 else 'lose'}, "
        f"{bands[BANDS[4]]:,} by more than 5 %; "
        f"{alike:,} {'stays as it is' if alike == 1 else 'stay as they are'}."
    )
    if bands[ONE_SIDED]:
        yield f"{_cities(bands[ONE_SIDED])} applied in one of the two only."


def _of_most(comparison: Comparison, at: int, cities: Sequence[AwardChange]) -> Iterator[str]:
    """Who gains and who loses most, and how many are funded."""
    base, allocation = comparison.base, comparison.others[at][1]
    for sign, verb in ((1, "gains"), (-1, "loses")):
        moved = [(sign * (c.differences[at] or 0), c.city) for c in cities]
        most = max(moved, key=lambda pair: pair[0], default=(0, ""))
        if most[0] > 0:
            yield f"{most[1]} {verb} most: {money.show(most[0], comparison.currency)}."
    if allocation.funded != base.funded:
        yield f"Activities funded: {allocation.funded:,} instead of {base.funded:,}."
    if allocation.served != base.served:
        yield f"Cities funded: {allocation.served:,} instead of {base.served:,}."


def _cities(count: int) -> str:
    return "1 city" if count == 1 else f"{count:,} cities"
