"""Random funds full of ties: the same applications again and again, and equal scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from funding.applications import Applications
from tests.small import apply, ask, city, record

LETTERS = "ABCDEFGH"


@st.composite
def tied_funds(draw: st.DrawFn, most: int = 12) -> Applications:
    """Two kinds of cities and three kinds of activities, each of them several times.

    Cities of one kind apply with the same activities; a kind of activity may stand twice in a
    plan and in plans of both kinds. Scores are equal but for few.
    """
    scores = draw(st.sampled_from([["60"] * 3, ["60"] * 3, ["60", "60", "80"], ["0", "0", "60"]]))
    asks = [_kind(draw, score) for score in scores]
    parts: list[Any] = []
    left = most
    letters = iter(LETTERS)
    for _ in range(draw(st.integers(1, 2))):
        means = _means(draw)
        plan = draw(st.lists(st.sampled_from(range(3)), min_size=1, max_size=3))
        known = draw(st.sampled_from([None, None, {"first_time": True}]))
        for _ in range(draw(st.integers(1, 4))):
            if len(plan) > left:
                break
            left -= len(plan)
            code = next(letters)
            parts.append(city(code, **means))
            if known is not None:
                parts.append(record(code, **known))
            parts += [ask(f"{code}-{n}", **asks[kind]) for n, kind in enumerate(plan)]
    return apply(*parts, draw_number=draw(st.sampled_from(["7", "8", "2026-041"])))


def _kind(draw: st.DrawFn, score: str) -> dict[str, Any]:
    """What one kind of activity asks for."""
    requested = draw(st.sampled_from([900, 1_500, 2_000, 3_333]))
    first = draw(st.sampled_from([0, requested // 3, requested]))
    stream = draw(st.sampled_from(["financing", "financing", "training", "coordination"]))
    return {
        "requested": requested,
        "score": score,
        "stream": stream,
        "people_to_be_certified": draw(st.integers(0, 2)) if stream == "training" else 0,
        "minimum_viable": draw(st.sampled_from([None, None, requested // 2, requested])),
        "own_cash": draw(st.sampled_from([300, requested])),
        "steered": draw(st.sampled_from([False, False, True])),
        "partner_countries": draw(st.sampled_from([(), ("SN",)])),
        "by_year": draw(st.sampled_from([None, None, {2026: first, 2027: requested - first}])),
    }


def _means(draw: st.DrawFn) -> dict[str, Any]:
    """What one kind of city is like."""
    staff = draw(st.integers(0, 2))
    return {
        "region": draw(st.sampled_from(["North", "South"])),
        "population": draw(st.sampled_from([5_000, 20_000, 90_000])),
        "own_budget": draw(st.sampled_from([1_500, 4_000, 20_000])),
        "staff": staff,
        "trained_staff": draw(st.integers(0, staff)),
        "coordination": draw(st.sampled_from(["formal", "ad hoc"])),
    }


def recoded(applications: Applications, codes: Mapping[str, str]) -> Applications:
    """The same applications with other codes, of cities and of activities, and other names."""

    def copies(rows: Iterable[Any], *fields: str) -> list[Any]:
        return [
            row.model_copy(update={field: codes[getattr(row, field)] for field in fields})
            for row in rows
        ]

    cities = copies(applications.cities.values(), "code")
    return Applications.of(
        applications.call,
        [c.model_copy(update={"name": f"New {c.code}"}) for c in cities],
        copies(applications.activities.values(), "code", "city"),
        copies(applications.assessments.values(), "activity"),
        copies(applications.records.values(), "city"),
    )


@st.composite
def new_codes(draw: st.DrawFn, applications: Applications) -> dict[str, str]:
    """Other codes for all cities and activities, in another order of the alphabet."""
    cities = draw(st.permutations(list(applications.cities)))
    codes = {old: f"N{i}" for i, old in enumerate(cities)}
    activities = draw(st.permutations(list(applications.activities)))
    return codes | {old: f"n{i}" for i, old in enumerate(activities)}


def shuffled(applications: Applications, random: Any) -> Applications:
    """The same applications, the rows of every sheet in another order."""

    def mixed(rows: Iterable[Any]) -> list[Any]:
        found = list(rows)
        random.shuffle(found)
        return found

    return Applications.of(
        applications.call,
        mixed(applications.cities.values()),
        mixed(applications.activities.values()),
        mixed(applications.assessments.values()),
        mixed(applications.records.values()),
    )


def likes(applications: Applications) -> list[set[str]]:
    """Activities that nothing but a name tells apart, in sets of two or more.

    Two of one city that are alike, and those that stand in the same place of cities that are.
    """
    named = {"code", "name", "city", "activity", "title"}

    def bare(row: Any) -> str:
        return repr(sorted(row.model_dump(exclude=named).items()))

    whole: dict[str, str] = {}
    for activity in applications.activities.values():
        whole[activity.code] = bare(activity) + bare(applications.assessments[activity.code])
    groups: dict[tuple[str, ...], set[str]] = {}
    for city_code, plan in applications.plans.items():
        about = bare(applications.cities[city_code]) + bare(applications.record(city_code))
        like = (about, *sorted(whole[a.code] for a in plan))
        for a in plan:
            groups.setdefault((*like, whole[a.code]), set()).add(a.code)
    return [group for group in groups.values() if len(group) > 1]
