"""Every award beside that of the reference: the difference, and how much of a gain or loss it is.

The five bands of winners and losers follow PolicyEngine's (gain of more than 5 %, gain, no change,
loss, loss of more than 5 %).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from funding.awards import Allocation
from funding.compare.comparison import Comparison

LARGE = Fraction(5, 100)  # of the reference's award
BANDS = ("gains more than 5 %", "gains", "no change", "loses", "loses more than 5 %")
ONE_SIDED = "applied in one only"


@dataclass(frozen=True, slots=True)
class AwardChange:
    """The awards [cents] of one city or activity, in the order of the comparison.

    None where it did not apply. ``differences`` and ``bands`` are against the reference, for the
    others in order; a difference is None and the band `ONE_SIDED` where one of the two is missing.
    """

    code: str
    city: str
    title: str
    awards: tuple[int | None, ...]
    differences: tuple[int | None, ...]
    bands: tuple[str, ...]


def band(before: int, after: int) -> str:
    """The band of an award that goes from one amount to another [cents].

    From nothing to something is a gain of more than 5 %.
    """
    more = after - before
    if not more:
        return BANDS[2]
    large = abs(more) > LARGE * before
    if more > 0:
        return BANDS[0] if large else BANDS[1]
    return BANDS[4] if large else BANDS[3]


def by_city(comparison: Comparison) -> list[AwardChange]:
    """Every city that applied in any of them, in the reference's order, then in the others'."""
    totals = [a.city_totals for a in comparison.allocations]
    names: dict[str, str] = {}
    for allocation in _reference_first(comparison):
        for city in allocation.applications.cities.values():
            names.setdefault(city.code, city.name)
    return [_change(comparison, code, name, "", totals) for code, name in names.items()]


def by_activity(comparison: Comparison) -> list[AwardChange]:
    """Every activity of any of them, city by city."""
    awards = [a.awards for a in comparison.allocations]
    known: dict[str, dict[str, tuple[str, str]]] = {}  # city → code → name of the city, title
    for allocation in _reference_first(comparison):
        given = allocation.applications
        for city, plan in given.plans.items():
            for a in plan:
                known.setdefault(city, {}).setdefault(a.code, (given.cities[city].name, a.title))
    return [
        _change(comparison, code, name, title, awards)
        for plan_known in known.values()
        for code, (name, title) in plan_known.items()
    ]


def _reference_first(comparison: Comparison) -> Iterator[Allocation]:
    yield comparison.base
    for _, allocation in comparison.others:
        yield allocation


def _change(
    comparison: Comparison,
    code: str,
    city: str,
    title: str,
    awards: Iterable[Mapping[str, int]],
) -> AwardChange:
    each = tuple(given.get(code) for given in awards)
    before = each[comparison.reference]
    differences, bands = list[int | None](), list[str]()
    for at, after in enumerate(each):
        if at == comparison.reference:
            continue
        if before is None or after is None:
            differences.append(None)
            bands.append(ONE_SIDED if (before is None) != (after is None) else "")
        else:
            differences.append(after - before)
            bands.append(band(before, after))
    return AwardChange(code, city, title, each, tuple(differences), tuple(bands))
