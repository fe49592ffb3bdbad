"""Verify an award workbook from itself alone: exact arithmetic, no solver.

From the applications and the scenario that the workbook holds, every rule is evaluated on the
awards it states; whole units, payments, totals, statuses and hashes must agree too.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl

from funding import check, money, scenario
from funding.applications import Applications
from funding.case import Case, Plan
from funding.errors import InputError, RowsBroken, UsageError, WorkbookRejected
from funding.linear import Limit
from funding.outcomes import city_status, outcomes_of
from funding.scenario import Scenario
from funding.workbook import Table, read
from funding.workbook.package import check_package

BY_ACTIVITY, BY_CITY = "Awards by activity", "Awards by city"
SCENARIO, RUN = "Scenario", "Run record"
MOST_ROWS, MOST_COLUMNS = 100_000, 60
FORMAT = 1  # of the award workbook

Line = Mapping[str, object]  # header → cell


@dataclass(frozen=True)
class Stated:
    """What an award workbook states [cents], before anything of it is believed."""

    activities: Mapping[str, Line]
    cities: Mapping[str, Line]
    totals: Mapping[str, Line]
    scenario: Scenario
    run: Mapping[str, str]

    @property
    def awards(self) -> dict[str, int]:
        """Activity code → award [cents]."""
        return {code: _cents(line, "Award") for code, line in self.activities.items()}

    @property
    def payments(self) -> dict[str, dict[int, int]]:
        """Activity code → year → payment [cents], without those of 0."""
        found = {}
        for code, line in self.activities.items():
            parts = {int(h[6:]): _cents(line, h) for h in line if _is_year(h)}
            found[code] = {year: paid for year, paid in parts.items() if paid}
        return found


@dataclass(frozen=True)
class Verified:
    """An award workbook of which everything agrees. Awards and payments in cents, by activity.

    ``tables`` are its application sheets as they stand, for places to be named; ``rows`` is the
    number of rows of its scenario that the awards hold; ``case`` is what the gates and ``stated``
    what the sheets of awards say.
    """

    applications: Applications
    tables: Mapping[str, Table]
    awards: Mapping[str, int]
    payments: Mapping[str, Mapping[int, int]]
    rows: int
    case: Case
    stated: Stated


def verify(path: Path) -> int:
    """The number of rows that the awards hold, where everything agrees. Raises as `verified`."""
    return verified(path).rows


def verified(path: Path) -> Verified:
    """What an award workbook holds, where everything agrees.

    Raises RowsBroken, naming each cell or rule that does not agree; InputError for a file that
    is no award workbook; UsageError where it cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise UsageError(f"{path} cannot be read; is it there, and may you read it?") from None
    try:
        check_package(data)
        stated = _stated(data)
        intake = read([(path.name, data)])
        applications = intake.require()
    except WorkbookRejected as error:
        raise WorkbookRejected(f"{path.name}: {error}") from None
    case = stated.scenario.case(applications)
    limits = stated.scenario.limits(case)
    wrong = list(_wrong(stated, applications, case, limits))
    if wrong:
        more = [f"… and {len(wrong) - 20} more"] if len(wrong) > 20 else []
        lines = "\n  ".join([*wrong[:20], *more])
        raise RowsBroken(f"{path.name} does not verify:\n  {lines}")
    return Verified(
        applications=applications,
        tables=intake.tables,
        awards=stated.awards,
        payments=stated.payments,
        rows=len(limits),
        case=case,
        stated=stated,
    )


def _wrong(
    stated: Stated, applications: Applications, case: Case, limits: list[Limit]
) -> Iterator[str]:
    """Everything that does not agree, as sentences."""
    if stated.run.get("applications") != applications.digest:
        yield f"{RUN}: the applications are not those that were allocated"
    if stated.run.get("scenario") != stated.scenario.digest:
        yield f"{RUN}: the scenario is not the one that was used"
    for code in applications.activities.keys() - stated.activities.keys():
        yield f"{BY_ACTIVITY}: {code} is missing"
    awards = stated.awards
    unknown = awards.keys() - applications.activities.keys()
    if unknown:
        yield f"{BY_ACTIVITY}: no such activities: {', '.join(sorted(unknown))}"
        return
    yield from check.broken_awards(case, limits, awards)
    yield from check.broken_payments(case, awards, stated.payments)
    yield from _wrong_value(stated, case, awards)
    yield from _wrong_activities(stated, applications, case, limits, awards)
    yield from _wrong_cities(stated, applications, awards)
    yield from _wrong_totals(stated)


def _wrong_value(stated: Stated, case: Case, awards: Mapping[str, int]) -> Iterator[str]:
    full = stated.scenario.objective.full_share
    value = stated.scenario.value(case).value(Plan(case).values(awards, full))
    if stated.run.get("value, exactly") != str(value):
        yield f"{RUN}: the value of these awards is {float(value):.6f}, another is stated"


def _wrong_activities(
    stated: Stated,
    applications: Applications,
    case: Case,
    limits: list[Limit],
    awards: Mapping[str, int],
) -> Iterator[str]:
    outcomes = outcomes_of(stated.scenario, case, limits, awards)
    for code, line in stated.activities.items():
        a = applications.activities[code]
        where = f"{BY_ACTIVITY}, {code}"
        if line.get("Status") != outcomes[code].status:
            yield f"{where}: the status is {outcomes[code].status}, another is stated"
        if line.get("City code") != a.city:
            yield f"{where}: its city is {a.city}, another is stated"
        texts = {
            "City": applications.cities[a.city].name,
            "Title": a.title,
            "Stream": a.stream,
            "Why": " ".join(outcomes[code].reasons),
        }
        yield from _wrong_texts(where, line, texts)
        stated_score = line.get("Score")
        score = float(applications.score(code))
        if not isinstance(stated_score, int | float) or abs(stated_score - score) > 1e-9:
            yield f"{where}: the score is {score:.6g}, another is stated"
        cost = applications.eligible_cost(code)
        own = max(0, cost - awards[code] - a.other_funding)
        expected = {
            "Requested": a.requested,
            "Eligible cost": cost,
            "Own contribution required": own if awards[code] else None,
        }
        for header, amount in expected.items():
            if amount is not None and _cents(line, header) != amount:
                yield f"{where}: {header} is {case.money(amount)}, another is stated"


def _wrong_cities(
    stated: Stated, applications: Applications, awards: Mapping[str, int]
) -> Iterator[str]:
    for code in applications.cities.keys() ^ stated.cities.keys():
        yield f"{BY_CITY}: {code} stands there or in Cities, not in both"
    statuses = {code: line.get("Status") for code, line in stated.activities.items()}
    for code in applications.cities.keys() & stated.cities.keys():
        plan, line = applications.plans[code], stated.cities[code]
        total = sum(awards.get(a.code, 0) for a in plan)
        city = applications.cities[code]
        texts = {
            "City": city.name,
            "Legal identifier": city.legal_identifier,
            "Region": city.region,
        }
        yield from _wrong_texts(f"{BY_CITY}, {code}", line, texts)
        if _cents(line, "Requested") != sum(a.requested for a in plan):
            yield f"{BY_CITY}, {code}: Requested is not what the city asks for"
        if _cents(line, "Award") != total:
            yield f"{BY_CITY}, {code}: the awards come to {money.show(total)}, another is stated"
        if line.get("Status") != city_status([str(statuses.get(a.code)) for a in plan]):
            yield f"{BY_CITY}, {code}: the status does not follow from its activities"


def _wrong_texts(where: str, line: Line, texts: Mapping[str, str]) -> Iterator[str]:
    for header, text in texts.items():
        if str(line.get(header) or "") != text:
            yield f"{where}: {header} is not that of the applications or the rules"


def _wrong_totals(stated: Stated) -> Iterator[str]:
    for sheet, lines in ((BY_ACTIVITY, stated.activities), (BY_CITY, stated.cities)):
        for header, cell in stated.totals[sheet].items():
            if header in ("Requested", "Award") or _is_year(header):
                total = sum(_cents(line, header) for line in lines.values())
                if _amount(cell) != total:
                    yield f"{sheet}: the total of {header} is {money.show(total)}"


def _is_year(header: str) -> bool:
    return header.startswith("Award ") and header[6:].isdigit()


def _cents(line: Line, header: str) -> int:
    return _amount(line.get(header))


def _amount(cell: object) -> int:
    """A cell's amount [cents]; what is no amount counts as −1, which no award is."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return -1
    # Excel shows 15 significant digits; a float's noise beyond them is not in the sheet.
    exact = Decimal(format(cell, ".15g")) * money.CENTS
    return int(exact) if exact == exact.to_integral_value() else -1


def _stated(data: bytes) -> Stated:
    book = openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=True, keep_links=False
    )
    try:
        missing = [s for s in (BY_ACTIVITY, BY_CITY, SCENARIO, RUN) if s not in book.sheetnames]
        if missing:
            raise InputError(
                f"This is no award workbook: it has no sheet {', '.join(missing)}. "
                "Name a workbook that `funding allocate` wrote."
            )
        sheets = {name: _cells(book[name]) for name in (BY_ACTIVITY, BY_CITY, SCENARIO, RUN)}
    finally:
        book.close()
    run = {str(r[0]): str(r[1]) for r in sheets[RUN] if len(r) > 1 and r[0] is not None}
    if not run.get("format", "").isdigit() or int(run["format"]) > FORMAT:
        raise InputError(
            f"This award workbook has format {run.get('format')}; this version reads {FORMAT}."
        )
    text = "\n".join("" if not r or r[0] is None else str(r[0]) for r in sheets[SCENARIO][1:])
    activities, activity_total = _table(sheets[BY_ACTIVITY], "Activity code")
    cities, city_total = _table(sheets[BY_CITY], "City code")
    totals = {BY_ACTIVITY: activity_total, BY_CITY: city_total}
    return Stated(activities, cities, totals, scenario.parse(text), run)


def _cells(sheet: object) -> list[tuple[object, ...]]:
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # read-only sheets have it
    rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)  # type: ignore[attr-defined]
    return [tuple(row) for row in rows]


def _table(rows: list[tuple[object, ...]], key: str) -> tuple[dict[str, Line], Line]:
    """Code → its line, and the line of totals."""
    if not rows or key not in rows[0]:
        raise InputError(f'This is no award workbook: a sheet has no column "{key}".')
    headers = [str(h) for h in rows[0] if h is not None]
    lines: dict[str, Line] = {}
    total: Line = {}
    for row in rows[1:]:
        line = dict(zip(headers, row, strict=False))
        code = line.get(key)
        if code is None and line.get("City") == "Total":
            total = line
        elif code is not None:
            if str(code) in lines:
                raise RowsBroken(f"{code} stands twice among the awards.")
            lines[str(code)] = line
    if not total:
        raise InputError("This is no award workbook: a sheet has no row of totals.")
    return lines, total


def scenario_and_awards(data: bytes) -> tuple[Scenario, dict[str, int]]:
    """The scenario of an award workbook and the awards that it states [cents], by activity.

    Nothing is verified. Raises InputError for a file that is no award workbook.
    """
    stated = _stated(data)
    return stated.scenario, {code: _cents(x, "Award") for code, x in stated.activities.items()}
