"""The figures of an allocation, and what each group of it gets."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from funding.awards import Allocation
from funding.case import Attribute
from funding.linear import Exact


class Measure(StrEnum):
    """In what a figure is counted."""

    MONEY = "money"  # cents
    COUNT = "number"
    SHARE = "share of 1"
    PERSONS = "persons"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its section, title, meaning, what it is counted in, and how it is found.

    ``of`` gives None where the figure has no meaning, such as a mean of no awards.
    """

    key: str
    section: str
    title: str
    meaning: str
    measure: Measure
    of: Callable[[Allocation], Exact | float | None]


@dataclass(frozen=True, slots=True)
class Part:
    """What a group asks for and gets [cents], and its share of all awards; None without awards."""

    group: str
    requested: int
    awarded: int
    share: Fraction | None


SHARES: Mapping[str, Attribute | None] = {
    "Stream": None,
    "Region": "region",
    "Size class": "size_class",
    "Theme": "theme",
    "Main benefit": "benefit",
    "Partner class": "partner_class",
    "First-time applicant": "first_time",
}


def parts_of(allocation: Allocation, attribute: Attribute | None) -> dict[str, Part]:
    """Group → its part, under an attribute of `SHARES`; None groups by stream. Sorted by name."""
    given, case = allocation.applications.activities, allocation.case
    groups: dict[str, list[str]] = {}
    for code, activity in given.items():
        name = case.group_of(attribute, code) if attribute else activity.stream
        groups.setdefault(name, []).append(code)
    found = {}
    for name, codes in sorted(groups.items()):
        awarded = sum(allocation.awards[a] for a in codes)
        share = Fraction(awarded, allocation.spent) if allocation.spent else None
        found[name] = Part(name, sum(given[a].requested for a in codes), awarded, share)
    return found


def gini(values: list[Fraction]) -> Fraction | None:
    """The Gini coefficient: 0 where all are equal, near 1 where one has all.

    Σ (2i − n − 1) x_i / (n Σ x), the x in rising order, i from 1; None for values of sum 0.
    """
    count, total = len(values), sum(values, Fraction(0))
    if not total:
        return None
    ranked = enumerate(sorted(values), 1)
    return sum(((2 * i - count - 1) * x for i, x in ranked), Fraction(0)) / (count * total)


def _requested(allocation: Allocation) -> int:
    return sum(a.requested for a in allocation.applications.activities.values())


def _quotient(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def _reduced(allocation: Allocation) -> int:
    spans = allocation.case.spans
    return sum(1 for code, award in allocation.awards.items() if 0 < award < spans[code].most)


def _median(allocation: Allocation) -> Fraction | None:
    awards = [Fraction(award) for award in allocation.awards.values() if award]
    return statistics.median(awards) if awards else None


def _national(allocation: Allocation) -> list[Fraction]:
    served = (city for city, total in allocation.city_totals.items() if total)
    shares = map(allocation.national_share, served)
    return [share for share in shares if share is not None]


def _mean_national(allocation: Allocation) -> Fraction | None:
    shares = _national(allocation)
    return sum(shares, Fraction(0)) / len(shares) if shares else None


def _steered(allocation: Allocation) -> Fraction | None:
    found = allocation.applications.assessments
    steered = sum(award for code, award in allocation.awards.items() if found[code].steered)
    return _quotient(steered, allocation.spent)


def _certified(allocation: Allocation) -> Fraction:
    """Σ n_a x_a / q̄_a over training, as the rule training first counts them."""
    given, spans = allocation.applications.activities, allocation.case.spans
    return sum(
        (
            Fraction(given[code].people_to_be_certified * award, spans[code].most)
            for code, award in allocation.awards.items()
            if award and given[code].stream == "training"
        ),
        Fraction(0),
    )


def _coordinated(allocation: Allocation) -> int:
    given = allocation.applications
    return sum(
        1
        for city, plan in given.plans.items()
        if given.cities[city].coordination != "formal"
        and any(a.stream == "coordination" and allocation.awards[a.code] for a in plan)
    )


def _coverages(allocation: Allocation) -> Iterator[Fraction]:
    """For each city with open requests, the part of them that it gets."""
    case = allocation.case
    for city, codes in case.open_plans.items():
        yield Fraction(allocation.city_totals[city], case.demand(codes))


def _lowest(allocation: Allocation) -> Fraction | None:
    return min((share for share in _coverages(allocation) if share), default=None)


_M = Measure
_MONEY, _REACH, _FREE, _ABLE, _EVEN, _RUN = (
    *("Money and merit", "Reach", "Independence", "Capacity", "Evenness", "Solving"),
)

FIGURES: tuple[Figure, ...] = (
    Figure("envelope", _MONEY, "Envelope", "", _M.MONEY, lambda a: a.case.fund.envelope),
    Figure("spent", _MONEY, "Awarded", "", _M.MONEY, lambda a: a.spent),
    Figure("unspent", _MONEY, "Left in the fund", "", _M.MONEY, lambda a: a.unspent),
    Figure(
        *("value", _MONEY, "Value", "Merit as the objective counts it", _M.COUNT),
        lambda a: a.value,
    ),
    Figure(
        *("bound", _MONEY, "Best possible value, at most", "The solver's bound", _M.COUNT),
        lambda a: a.bound,
    ),
    Figure(
        *("activities", _REACH, "Activities funded", "", _M.COUNT),
        lambda a: a.funded,
    ),
    Figure("cities", _REACH, "Cities funded", "", _M.COUNT, lambda a: a.served),
    Figure(
        *("success", _REACH, "Success rate", "Funded of the activities applied for", _M.SHARE),
        lambda a: _quotient(a.funded, len(a.awards)),
    ),
    Figure(
        *("reduced", _REACH, "Reduced awards", "Less than the request in whole units", _M.COUNT),
        _reduced,
    ),
    Figure("median", _REACH, "Median award", "Of funded activities", _M.MONEY, _median),
    Figure(
        *("mean", _REACH, "Mean award", "Of funded activities", _M.MONEY),
        lambda a: _quotient(a.spent, a.funded),
    ),
    Figure(
        *("coverage", _REACH, "Coverage", "Awarded of all that was asked for", _M.SHARE),
        lambda a: _quotient(a.spent, _requested(a)),
    ),
    Figure(
        *("national", _FREE, "National share, mean"),
        *("National money in the engagement money of cities with an award", _M.SHARE),
        _mean_national,
    ),
    Figure(
        *("highest_national", _FREE, "National share, highest", "The same, of any city", _M.SHARE),
        lambda a: max(_national(a), default=None),
    ),
    Figure(
        *("steered", _FREE, "Steered share", "Of all awards, for what the nation asked", _M.SHARE),
        _steered,
    ),
    Figure(
        *("certified", _ABLE, "People to be certified"),
        *("By training, in proportion to the part that is funded", _M.PERSONS),
        _certified,
    ),
    Figure(
        *("coordinated", _ABLE, "Cities whose coordination step is funded"),
        *("Of those whose coordination is not formal", _M.COUNT),
        _coordinated,
    ),
    Figure(
        *("gini", _EVEN, "Gini of the cities' coverage", "0: all alike; near 1: one has all"),
        *(_M.SHARE, lambda a: gini(list(_coverages(a)))),
    ),
    Figure(
        *("lowest", _EVEN, "Lowest coverage", "Of the open requests of a city with an award"),
        *(_M.SHARE, _lowest),
    ),
    Figure(
        *("fairness", _EVEN, "Price of fairness", "Value given up for evenness", _M.COUNT),
        lambda a: a.price_of_fairness,
    ),
    Figure("seconds", _RUN, "Seconds", "That solving took", _M.SECONDS, lambda a: a.seconds),
)
