"""Everything that is known of one city under an allocation: facts, plan, and other scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from funding import money
from funding.app.results import Failed, Made
from funding.app.text import count
from funding.applications import Activity
from funding.awards import Allocation
from funding.explain import Explanation
from funding.sentences import activity_text

UNKNOWN = "not known"


@dataclass(frozen=True)
class Facts:
    """Facts of one kind: a heading and lines of a name and a value, as texts."""

    heading: str
    lines: tuple[tuple[str, str], ...]


def headline(allocation: Allocation, city: str) -> str:
    """What the city gets, as a sentence."""
    asked = sum(a.requested for a in allocation.applications.plans[city])
    award, show = allocation.city_totals[city], allocation.case.money
    status = allocation.city_status(city)
    if not asked:
        return "The city applied with no activity."
    if not award:
        return f"Nothing of {show(asked)} requested: {status}."
    return f"{show(award)} of {show(asked)} requested, {_percent(award, asked)}: {status}."


def label(allocation: Allocation, city: str) -> str:
    """A city as it is chosen from a list: the code too, as several cities may share a name."""
    return f"{allocation.applications.cities[city].name} · {city}"


def all_facts(allocation: Allocation, city: str) -> list[Facts]:
    """The facts that decide a city's awards, by what they are about."""
    return [
        Facts("Own money and independence", tuple(_independence(allocation, city))),
        Facts("Capacity", tuple(_capacity(allocation, city))),
        Facts("Coordination", tuple(_coordination(allocation, city))),
        Facts("Record", tuple(_record(allocation, city))),
    ]


def _independence(allocation: Allocation, code: str) -> Iterator[tuple[str, str]]:
    given, show = allocation.applications, allocation.case.money
    city, plan = given.cities[code], given.plans[code]
    yield "Own engagement budget", show(city.own_budget)
    earlier = city.earlier_budget
    yield "Earlier engagement budget", UNKNOWN if earlier is None else show(earlier)
    yield "Own cash in the plan", show(sum(a.own_cash for a in plan))
    national = given.record(code).other_national_funding
    national += sum(given.assessments[a.code].other_national_funding for a in plan)
    yield "Other national funding", show(national)
    before = _percent(national, national + city.own_budget)
    after = allocation.national_share(code)
    yield (
        "National share of its engagement money",
        f"{before} before the award, {'–' if after is None else money.percent(after)} after",
    )
    own = sum(allocation.own_contribution(a.code) for a in plan if allocation.awards[a.code])
    yield "Own contribution the awards require", show(own)
    yield "Nationally steered part of its award", _steered(allocation, plan)


def _steered(allocation: Allocation, plan: Iterable[Activity]) -> str:
    """As the rule hands off counts it: coordination left out on both sides."""
    counted = [a for a in plan if a.stream != "coordination"]
    total = sum(allocation.awards[a.code] for a in counted)
    assessed = allocation.applications.assessments
    steered = sum(allocation.awards[a.code] for a in counted if assessed[a.code].steered)
    return f"{_percent(steered, total)} (coordination left out)"


def _capacity(allocation: Allocation, code: str) -> Iterator[tuple[str, str]]:
    given = allocation.applications
    city = given.cities[code]
    yield "International staff", f"{city.staff:,}"
    trained = f"{city.trained_staff:,}"
    if city.staff:
        trained += f" ({_percent(city.trained_staff, city.staff)})"
    yield "Of these with relevant training", trained
    certified = city.certified_staff
    yield "Of these certified", UNKNOWN if certified is None else f"{certified:,}"
    people = [(a.people_to_be_certified, allocation.awards[a.code]) for a in given.plans[code]]
    asked, funded = sum(n for n, _ in people), sum(n for n, award in people if award)
    if asked:
        yield (
            "To be certified by its training",
            f"{asked:,}, {funded:,} of them in funded activities",
        )
    yield "Inhabitants", f"{city.population:,}"


def _coordination(allocation: Allocation, code: str) -> Iterator[tuple[str, str]]:
    city = allocation.applications.cities[code]
    yield "With the national government", city.coordination
    if city.coordination_reference:
        yield "Agreement", city.coordination_reference
    steps = [a for a in allocation.applications.plans[code] if a.stream == "coordination"]
    if steps:
        funded = sum(1 for a in steps if allocation.awards[a.code])
        yield "Coordination activities", f"{funded} of {len(steps)} funded"


def _record(allocation: Allocation, code: str) -> Iterator[tuple[str, str]]:
    record, show = allocation.applications.record(code), allocation.case.money
    yield "First-time applicant", "yes" if record.first_time else "no"
    yield "Reports overdue", "yes" if record.reports_overdue else "no"
    if record.earlier_awards:
        spent = record.earlier_awards_spent or 0
        told = f"{show(spent)} of {show(record.earlier_awards)}"
        yield "Earlier awards spent", f"{told}, {_percent(spent, record.earlier_awards)}"
    if record.comment:
        yield "Comment of the ministry", record.comment


def plan_lines(allocation: Allocation, city: str) -> list[tuple[str, str]]:
    """The engagement plan: for each activity its code and title, and what became of it."""
    given = allocation.applications
    made = []
    for a in given.plans[city]:
        score = f"score {float(given.score(a.code)):.1f}"
        award = f"{money.show(allocation.awards[a.code])} of {money.show(a.requested)}"
        status = allocation.outcomes[a.code].status
        made.append((f"{a.code} · {a.title}", f"{a.stream}, {score}: {award}, {status}"))
    return made


def scenario_lines(
    results: Iterable[tuple[str, Made | Failed]], allocation: Allocation, city: str
) -> list[tuple[str, str]]:
    """For each scenario, by its name in the list, what the city gets there. ``allocation`` is the
    one in hand, which the others are compared with."""
    here = allocation.city_totals[city]
    made = []
    for name, found in results:
        if isinstance(found, Failed):
            made.append((name, "no allocation"))
            continue
        got = found.allocation.city_totals.get(city, 0)
        status = found.allocation.city_status(city)
        made.append((name, f"{money.show(got)}{_step(got - here)}, {status}"))
    return made


def _step(change: int) -> str:
    """How an award differs from the one in hand; empty where it does not."""
    if not change:
        return ""
    return f" ({'+' if change > 0 else '−'}{money.show(abs(change))})"


def changes_texts(explanation: Explanation) -> list[tuple[str, str]]:
    """For each activity that is not in full: its code, and what would have changed its award."""
    return [
        (why.code, activity_text(explanation, why.code))
        for why in explanation.activities
        if why.status != "full"
    ]


def needs_solving(explanation: Explanation) -> str:
    """What looking for changes takes, as a sentence; empty where all is awarded in full."""
    short = [why for why in explanation.activities if why.status != "full"]
    if not short:
        return ""
    return (
        f"{count(len(short), 'activity', 'activities')} without the full award: some dozen "
        "allocations are solved for each."
    )


def _percent(part: int, whole: int) -> str:
    return money.percent(Fraction(part, whole)) if whole else "–"
