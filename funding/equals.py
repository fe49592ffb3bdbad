"""Who is like whom: all of an activity or a city that is not a name.

Two activities, or two cities, of the same content applied alike: no rule but a decision by hand
can tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from funding.case import Case

Turn = tuple[int | str, ...]  # a place in the declared order, as a sort key

FIRST_TIME, SMALLER, LOT = "first-time applicant", "smaller population", "lot"
_WORDS = {"first_time": FIRST_TIME, "smaller_population": SMALLER}
_NAMES = {"code", "name", "legal_identifier", "latitude", "longitude", "coordination_reference"}


def content(case: Case, code: str) -> str:
    """All of an activity that is not a name; the same for identical ones."""
    given = case.applications
    a, found = given.activities[code], given.assessments[code]
    shown = a.model_dump(exclude={"code", "city", "title", "description", "partner"})
    rest = found.model_dump(exclude={"activity", "comment", "score"})
    return repr((shown, rest, given.score(code)))


def city_content(case: Case, code: str) -> str:
    """All of a city, its record and its plan that is not a name or a place."""
    given = case.applications
    city = given.cities[code].model_dump(exclude=_NAMES)
    record = given.record(code).model_dump(exclude={"city", "comment"})
    return repr((city, record, sorted(content(case, a.code) for a in given.plans[code])))


def city_turn(case: Case, city: str) -> Turn:
    """The place of a city in the declared order: that of the first of its open activities."""
    return min(case.turn(a) for a in case.open_plans[city])


def decided_by(case: Case, one: Turn, other: Turn) -> str:
    """What puts one before the other: the first part of the declared order that differs."""
    words = [*(_WORDS[by] for by in case.ties.order), LOT]
    return next(word for word, a, b in zip(words, one, other, strict=True) if a != b)


def in_declared_order(case: Case, words: Iterable[str]) -> tuple[str, ...]:
    """Parts of the declared order, each once, as the scenario lists them; the lot last."""
    named = set(words)
    return tuple(word for word in [*(_WORDS[by] for by in case.ties.order), LOT] if word in named)


def alike_cities(case: Case) -> list[list[str]]:
    """Cities that applied alike, each group in the declared order; others are left out."""
    rough: dict[tuple[object, ...], list[str]] = {}  # what is soon compared, before all is
    given = case.applications
    for code, plan in case.open_plans.items():
        city = given.cities[code]
        asked = tuple(given.activities[a].requested for a in plan)
        rough.setdefault((city.population, city.own_budget, city.region, asked), []).append(code)
    groups: dict[str, list[str]] = {}
    for codes in rough.values():
        for code in codes if len(codes) > 1 else ():
            groups.setdefault(city_content(case, code), []).append(code)
    return [
        sorted(codes, key=lambda c: city_turn(case, c)) for codes in groups.values() if codes[1:]
    ]


def plan_by_content(case: Case, city: str) -> list[str]:
    """A city's open activities, so that the first of one is like the first of one that is alike."""
    return sorted(case.open_plans[city], key=lambda a: (content(case, a), case.turn(a)))
