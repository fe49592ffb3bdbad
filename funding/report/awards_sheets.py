"""The sheets that say who gets what: by city, by activity, the reserve list, not funded."""

from __future__ import annotations

from collections.abc import Iterator

from funding.applications import Activity
from funding.awards import Allocation
from funding.explain import explain, needs_of
from funding.report.ranges import Ranges, ranges_of
from funding.report.style import Cell, Field, Kind, Live
from funding.sentences import city_text

RESERVE, NOT_FUNDED = "Reserve list", "Not funded"
NO_RESERVE = "Nobody waits for money alone: the reserve list is empty."
PASSED_OVER = "Once those before it have their least awards, another rule leaves it no room."
ALL_FUNDED = "Every activity has an award or stands on the reserve list."

CITY_FIELDS = (
    Field("City code", Kind.TEXT, 9),
    Field("City", Kind.TEXT, 23),
    Field("Legal identifier", Kind.TEXT, 14),
    Field("Region", Kind.TEXT, 25),
    Field("Requested", Kind.MONEY, 16),
    Field("Award", Kind.MONEY, 16),
    Field("Share of request", Kind.SHARE, 10),
    Field("National share after award", Kind.SHARE, 12),
    Field("Own contribution required", Kind.MONEY, 16),
    Field("Activities funded", Kind.COUNT, 10),
    Field("Status", Kind.STATUS, 15),
    Field("Why", Kind.WRAPPED, 84),
)
_ACTIVITY_START = (
    Field("Activity code", Kind.TEXT, 10),
    Field("City code", Kind.TEXT, 8),
    Field("City", Kind.TEXT, 20),
    Field("Title", Kind.WRAPPED, 34),
    Field("Stream", Kind.TEXT, 12),
    Field("Score", Kind.SCORE, 7),
    Field("Eligible cost", Kind.MONEY, 15),
    Field("Requested", Kind.MONEY, 15),
    Field("Award", Kind.MONEY, 15),
)
_ACTIVITY_END = (
    Field("Own contribution required", Kind.MONEY, 15),
    Field("Status", Kind.STATUS, 14),
    Field("Why", Kind.WRAPPED, 64),
)
RESERVE_FIELDS = (
    Field("Place", Kind.COUNT, 7),
    Field("Activity code", Kind.TEXT, 12),
    Field("City code", Kind.TEXT, 10),
    Field("City", Kind.TEXT, 22),
    Field("Title", Kind.WRAPPED, 40),
    Field("Stream", Kind.TEXT, 13),
    Field("Score", Kind.SCORE, 8),
    Field("Requested", Kind.MONEY, 16),
    Field("Minimum viable", Kind.MONEY, 16),
    Field("Least award", Kind.MONEY, 16),
    Field("Needs", Kind.MONEY, 16),
    Field("Needs in turn", Kind.MONEY, 16),
    Field("Why", Kind.WRAPPED, 64),
)
HELPED_FIELD = Field("What would have helped", Kind.WRAPPED, 74)
NOT_FUNDED_FIELDS = (
    Field("Activity code", Kind.TEXT, 12),
    Field("City code", Kind.TEXT, 10),
    Field("City", Kind.TEXT, 22),
    Field("Title", Kind.WRAPPED, 40),
    Field("Stream", Kind.TEXT, 13),
    Field("Score", Kind.SCORE, 8),
    Field("Requested", Kind.MONEY, 16),
    Field("Status", Kind.STATUS, 16),
    Field("Why", Kind.WRAPPED, 74),
)


def activity_fields(allocation: Allocation) -> tuple[Field, ...]:
    """The columns of sheet Awards by activity, with one for each year of payment."""
    years = (Field(f"Award {year}", Kind.MONEY, 15) for year in allocation.years)
    return (*_ACTIVITY_START, *years, *_ACTIVITY_END)


def ranges(allocation: Allocation) -> Ranges:
    """Where the columns of the two award sheets stand."""
    fields = activity_fields(allocation)
    cities, activities = [f.header for f in CITY_FIELDS], [f.header for f in fields]
    return ranges_of(allocation.applications, cities, activities)


def in_order(allocation: Allocation) -> Iterator[Activity]:
    """The activities as the sheets list them: city by city, in the order of the applications."""
    for plan in allocation.applications.plans.values():
        yield from plan


def city_rows(allocation: Allocation, r: Ranges) -> list[list[Cell]]:
    """One row a city; its amounts are sums over sheet Awards by activity."""
    given, rows = allocation.applications, list[list[Cell]]()
    for number, city in enumerate(given.cities.values(), 2):
        plan, mine = given.plans[city.code], (r.activity("City code"), f"$A{number}")
        requested, award = sum(a.requested for a in plan), allocation.city_totals[city.code]
        funded = [a for a in plan if allocation.awards[a.code]]
        own = sum(allocation.own_contribution(a.code) for a in funded)
        share = allocation.national_share(city.code)
        rows.append(
            [
                city.code,
                city.name,
                city.legal_identifier,
                city.region,
                Live(r.total(r.activity("Requested"), mine), requested),
                Live(r.total(r.activity("Award"), mine), award),
                _quotient(number, award, requested),
                share,
                Live(r.total(r.activity("Own contribution required"), mine), own),
                Live(r.count_positive(r.activity("Award"), mine), len(funded)),
                allocation.city_status(city.code),
                city_text(explain(allocation, city.code)),
            ]
        )
    return rows


def city_total(allocation: Allocation, r: Ranges) -> list[Cell]:
    """The totals under sheet Awards by city."""
    given = allocation.applications
    requested = sum(a.requested for a in given.activities.values())
    last = max(len(given.cities), 1) + 2
    return [
        None,
        "Total",
        None,
        None,
        Live(f"SUM({r.city('Requested')})", requested),
        Live(f"SUM({r.city('Award')})", allocation.spent),
        _quotient(last, allocation.spent, requested),
        None,
        Live(f"SUM({r.city('Own contribution required')})", own_required(allocation)),
        Live(f"SUM({r.city('Activities funded')})", allocation.funded),
        None,
        None,
    ]


def activity_rows(allocation: Allocation) -> list[list[Cell]]:
    """One row an activity, with its award in total and by year."""
    rows: list[list[Cell]] = []
    for a in in_order(allocation):
        award, outcome = allocation.awards[a.code], allocation.outcomes[a.code]
        paid = allocation.payments.get(a.code, {})
        rows.append(
            [
                a.code,
                a.city,
                allocation.applications.cities[a.city].name,
                a.title,
                a.stream,
                allocation.applications.score(a.code),
                allocation.applications.eligible_cost(a.code),
                a.requested,
                award,
                *(paid.get(year, 0) for year in allocation.years),
                allocation.own_contribution(a.code) if award else None,
                outcome.status,
                " ".join(outcome.reasons),
            ]
        )
    return rows


def activity_total(allocation: Allocation, r: Ranges) -> list[Cell]:
    """The totals under sheet Awards by activity."""
    given = allocation.applications
    values: dict[str, int] = {
        "Eligible cost": sum(given.eligible_cost(code) for code in given.activities),
        "Requested": sum(a.requested for a in given.activities.values()),
        "Award": allocation.spent,
        "Own contribution required": own_required(allocation),
    }
    values |= {f"Award {year}": paid_in(allocation, year) for year in allocation.years}
    cells: list[Cell] = []
    for header in r.activity_headers:
        live = Live(f"SUM({r.activity(header)})", values[header]) if header in values else None
        cells.append("Total" if header == "City" else live)
    return cells


def reserve_rows(allocation: Allocation) -> list[list[Cell]]:
    """Who would be next with more money, in order, and what each needs."""
    given, rows = allocation.applications, list[list[Cell]]()
    for place, need in enumerate(needs_of(allocation), 1):
        a = given.activities[need.code]
        city, why = given.cities[a.city].name, " ".join(allocation.outcomes[a.code].reasons)
        why += "" if need.in_turn is not None else f" {PASSED_OVER}"
        row: list[Cell] = [place, a.code, a.city, city, a.title, a.stream, given.score(a.code)]
        row += [a.requested, a.minimum_viable, need.least, need.alone, need.in_turn, why]
        rows.append(row)
    return rows


def not_funded_rows(allocation: Allocation) -> list[list[Cell]]:
    """Every other activity without an award, and why."""
    given, rows = allocation.applications, list[list[Cell]]()
    reserve = set(allocation.reserve)
    for a in in_order(allocation):
        outcome = allocation.outcomes[a.code]
        if allocation.awards[a.code] or a.code in reserve:
            continue
        city, score = given.cities[a.city].name, given.score(a.code)
        why = " ".join(outcome.reasons)
        rows.append(
            [a.code, a.city, city, a.title, a.stream, score, a.requested, outcome.status, why]
        )
    return rows


def own_required(allocation: Allocation) -> int:
    """What the cities have to find for all funded activities [cents]."""
    return sum(allocation.own_contribution(code) for code, x in allocation.awards.items() if x)


def paid_in(allocation: Allocation, year: int) -> int:
    """All payments of a year [cents]."""
    return sum(parts.get(year, 0) for parts in allocation.payments.values())


def _quotient(row: int, award: int, requested: int) -> Live:
    formula = f"IF(E{row}=0,0,F{row}/E{row})"
    return Live(formula, award / requested if requested else 0)
