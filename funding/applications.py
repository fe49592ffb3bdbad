"""What the cities applied with and what the ministry found: frozen, validated, keyed by code.

Each field of a record carries its column of the application workbook (`Column`): the header,
the kind of value, and what it means. The template, the reader, the grids of the workbench and
``docs/workbook.md`` are all made from these columns, so they cannot disagree.

Amounts are whole cents; scores and coordinates are decimals, held exactly.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

FORMAT = 1  # of the application workbook

Stream = Literal["financing", "training", "coordination"]
Row = TypeVar("Row")
STREAMS: tuple[Stream, ...] = ("financing", "training", "coordination")
Coordination = Literal["formal", "ad hoc", "none"]
Benefit = Literal[
    "adapting policies", "collective advocacy", "economic ties", "culture and ideas", "other"
]


class CellKind(StrEnum):
    """What a cell of a column holds, and so how it is read and written."""

    TEXT = "text"
    CODE = "code"  # [A-Za-z0-9_.-]{1,32}
    MONEY = "money"  # currency units with at most two decimals
    COUNT = "whole number"
    SCORE = "score"  # 0 to 100
    DEGREES = "degrees"
    YES_NO = "yes or no"
    CHOICE = "one of a list"
    DATE = "date"
    YEAR = "year"
    COUNTRIES = "country codes"  # ISO 3166 alpha-2, several separated by ;
    CURRENCY = "currency code"  # ISO 4217


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the application workbook (or one setting of its sheet Fund).

    ``required`` says that the header must be there and every row must fill it;
    ``required_header`` that the header must be there though a cell may stay blank.
    """

    header: str
    kind: CellKind
    note: str
    unit: str = ""
    required: bool = False
    required_header: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    example: str = ""


class Record(BaseModel):
    """A frozen row of the applications; knows the columns that it is read from."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """Field name → column, in the order of the sheet."""
        found = {}
        for name, field in cls.model_fields.items():
            for mark in field.metadata:
                if isinstance(mark, Column):
                    found[name] = mark
        return found


_K = CellKind


class Call(Record):
    """The call for applications: what sheet ``Fund`` says of the fund, but for its rules."""

    fund: Annotated[
        str,
        Column(
            "Fund", _K.TEXT, "Name of the fund", required=True, example="City Diplomacy Fund 2026"
        ),
    ]
    reference: Annotated[
        str,
        Column(
            "Reference",
            _K.TEXT,
            "The call's reference, as on letters",
            required=True,
            example="CDF-2026",
        ),
    ]
    funder: Annotated[
        str,
        Column("Funder", _K.TEXT, "The ministry or agency", example="Ministry of Foreign Affairs"),
    ] = ""
    funder_identifier: Annotated[
        str, Column("Funder identifier", _K.TEXT, "Its public identifier", example="XX-GOV-0001")
    ] = ""
    currency: Annotated[
        str,
        Column("Currency", _K.CURRENCY, "ISO 4217 code, such as EUR", required=True, example="EUR"),
    ]
    first_year: Annotated[
        int,
        Column(
            "First year",
            _K.YEAR,
            "The first year in which the fund pays",
            required=True,
            least=1990,
            most=2100,
            example="2026",
        ),
    ]
    opening_date: Annotated[
        dt.date | None,
        Column("Opening date", _K.DATE, "When the call opened", example="2025-09-01"),
    ] = None
    closing_date: Annotated[
        dt.date | None,
        Column("Closing date", _K.DATE, "When the call closed", example="2025-11-30"),
    ] = None
    draw_number: Annotated[
        str,
        Column(
            "Draw number",
            _K.TEXT,
            "For drawn lots between equals; publish it before the closing date",
            example="48 1507 2264",
        ),
    ] = ""
    workbook_format: Annotated[
        int,
        Column("Workbook format", _K.COUNT, "Leave at 1", least=1, example="1"),
    ] = FORMAT


class City(Record):
    """An applicant: its people, its own money for engagement, its staff."""

    code: Annotated[
        str,
        Column(
            "City code", _K.CODE, "Short code, unique in the call", required=True, example="GRE"
        ),
    ]
    name: Annotated[
        str, Column("City", _K.TEXT, "Name of the city", required=True, example="Grenoble")
    ]
    legal_identifier: Annotated[
        str,
        Column("Legal identifier", _K.TEXT, "Number in the national register", example="000123456"),
    ] = ""
    region: Annotated[
        str,
        Column(
            "Region",
            _K.TEXT,
            "Region of the country",
            required=True,
            example="Auvergne-Rhône-Alpes",
        ),
    ]
    population: Annotated[
        int,  # P_c [inhabitants]
        Column(
            "Population",
            _K.COUNT,
            "Inhabitants",
            "persons",
            required=True,
            least=1,
            example="158000",
        ),
    ]
    own_budget: Annotated[
        int,  # B_c [cents]
        Column(
            "Own engagement budget",
            _K.MONEY,
            "Own money budgeted for international engagement in the fund's period",
            "currency",
            required=True,
            least=0,
            example="90000.00",
        ),
    ]
    earlier_budget: Annotated[
        int | None,  # [cents]
        Column(
            "Earlier engagement budget",
            _K.MONEY,
            "Own money in the last period of the same length; blank: not known",
            "currency",
            least=0,
            example="85000.00",
        ),
    ] = None
    staff: Annotated[
        int,  # S_c [persons]
        Column(
            "International staff",
            _K.COUNT,
            "Staff who work on international engagement",
            "persons",
            required=True,
            least=0,
            example="4",
        ),
    ]
    trained_staff: Annotated[
        int,  # T_c [persons]
        Column(
            "Staff with relevant training",
            _K.COUNT,
            "Of these, with relevant training",
            "persons",
            required=True,
            least=0,
            example="2",
        ),
    ]
    certified_staff: Annotated[
        int | None,
        Column(
            "Staff certified",
            _K.COUNT,
            "Of these, with a formal certificate; blank: not known",
            "persons",
            least=0,
            example="1",
        ),
    ] = None
    coordination: Annotated[
        Coordination,
        Column(
            "Coordination",
            _K.CHOICE,
            "How the city coordinates with the national government",
            required=True,
            choices=("formal", "ad hoc", "none"),
            example="formal",
        ),
    ]
    coordination_reference: Annotated[
        str,
        Column(
            "Coordination reference",
            _K.TEXT,
            "The agreement, where there is one",
            example="Agreement of 12 March 2024",
        ),
    ] = ""
    latitude: Annotated[
        Decimal | None,
        Column(
            "Latitude",
            _K.DEGREES,
            "North is positive",
            "degrees",
            least=-90,
            most=90,
            example="45.1885",
        ),
    ] = None
    longitude: Annotated[
        Decimal | None,
        Column(
            "Longitude",
            _K.DEGREES,
            "East is positive",
            "degrees",
            least=-180,
            most=180,
            example="5.7245",
        ),
    ] = None


class Activity(Record):
    """One line of an engagement plan: one stream, one cost, one request."""

    code: Annotated[
        str,
        Column(
            "Activity code",
            _K.CODE,
            "Short code, unique in the call",
            required=True,
            example="GRE-1",
        ),
    ]
    city: Annotated[
        str, Column("City code", _K.CODE, "The city that applies", required=True, example="GRE")
    ]
    title: Annotated[
        str,
        Column(
            "Title",
            _K.TEXT,
            "What is to be done",
            required=True,
            example="Saving water together with Sfax",
        ),
    ]
    description: Annotated[
        str,
        Column(
            "Description",
            _K.TEXT,
            "In a few sentences",
            example="Two exchanges a year between the water services of both cities",
        ),
    ] = ""
    stream: Annotated[
        Stream,
        Column(
            "Stream",
            _K.CHOICE,
            "What the fund is asked for",
            required=True,
            choices=STREAMS,
            example="financing",
        ),
    ]
    theme: Annotated[
        str, Column("Theme", _K.TEXT, "Field of policy", required=True, example="water")
    ]
    main_benefit: Annotated[
        Benefit | None,
        Column(
            "Main benefit",
            _K.CHOICE,
            "What the city gets out of it",
            choices=(
                "adapting policies",
                "collective advocacy",
                "economic ties",
                "culture and ideas",
                "other",
            ),
            example="adapting policies",
        ),
    ] = None
    partner: Annotated[
        str, Column("Partner", _K.TEXT, "Partner city or network", example="Sfax")
    ] = ""
    partner_countries: Annotated[
        tuple[str, ...],
        Column(
            "Partner country",
            _K.COUNTRIES,
            "ISO 3166 two-letter codes, several separated by ;",
            example="TN",
        ),
    ] = ()
    start: Annotated[
        dt.date | None, Column("Start", _K.DATE, "First day", example="2026-03-01")
    ] = None
    end: Annotated[dt.date | None, Column("End", _K.DATE, "Last day", example="2027-02-28")] = None
    total_cost: Annotated[
        int,  # [cents]
        Column(
            "Total cost",
            _K.MONEY,
            "Requested + Own cash + Own in kind + Other funding, to the cent",
            "currency",
            required=True,
            least=0,
            example="40000.00",
        ),
    ]
    requested: Annotated[
        int,  # q_a [cents]
        Column(
            "Requested",
            _K.MONEY,
            "Asked of the fund; more than 0",
            "currency",
            required=True,
            least=0,
            example="20000.00",
        ),
    ]
    minimum_viable: Annotated[
        int | None,  # m_a [cents]
        Column(
            "Minimum viable",
            _K.MONEY,
            "The least award that makes the activity worth doing; blank: any part is useful",
            "currency",
            least=0,
            example="12000.00",
        ),
    ] = None
    own_cash: Annotated[
        int,  # [cents]
        Column(
            "Own cash",
            _K.MONEY,
            "The city's own money for this activity",
            "currency",
            required=True,
            least=0,
            example="15000.00",
        ),
    ]
    own_in_kind: Annotated[
        int,  # [cents]
        Column(
            "Own in kind",
            _K.MONEY,
            "Staff time, rooms … valued",
            "currency",
            least=0,
            example="3000.00",
        ),
    ] = 0
    other_funding: Annotated[
        int,  # [cents]
        Column(
            "Other funding",
            _K.MONEY,
            "From anyone else, national money included",
            "currency",
            least=0,
            example="2000.00",
        ),
    ] = 0
    people_to_be_certified: Annotated[
        int,  # n_a [persons]
        Column(
            "People to be certified",
            _K.COUNT,
            "Training: staff who will be certified",
            "persons",
            least=0,
            example="0",
        ),
    ] = 0
    # (year, cents); together the whole request. Columns "Requested 2026", "Requested 2027", …
    requested_by_year: tuple[tuple[int, int], ...] = ()


class Assessment(Record):
    """What the ministry found of one activity."""

    activity: Annotated[
        str,
        Column("Activity code", _K.CODE, "The activity assessed", required=True, example="GRE-1"),
    ]
    eligible: Annotated[
        bool, Column("Eligible", _K.YES_NO, "The ministry's word; blank: yes", example="yes")
    ] = True
    eligible_cost: Annotated[
        int | None,  # k_a [cents]
        Column(
            "Eligible cost",
            _K.MONEY,
            "What counts of the cost; blank: the total cost",
            "currency",
            least=0,
            example="38000.00",
        ),
    ] = None
    score: Annotated[
        Decimal | None,  # v_a
        Column(
            "Score",
            _K.SCORE,
            "Assessed merit, 0 to 100; blank where sheet Scores gives it",
            "points",
            required_header=True,
            least=0,
            most=100,
            example="81.5",
        ),
    ] = None
    steered: Annotated[
        bool,
        Column(
            "Nationally steered",
            _K.YES_NO,
            "Asked for or directed by national government; blank: no",
            example="no",
        ),
    ] = False
    other_national_funding: Annotated[
        int,  # N_a [cents]
        Column(
            "Other national funding",
            _K.MONEY,
            "National money already granted for this activity; blank: 0",
            "currency",
            least=0,
            example="2000.00",
        ),
    ] = 0
    overlaps: Annotated[
        bool,
        Column(
            "Overlaps national programme",
            _K.YES_NO,
            "Already covered by another national programme; blank: no",
            example="no",
        ),
    ] = False
    comment: Annotated[
        str, Column("Comment", _K.TEXT, "For the file", example="Catering does not count")
    ] = ""


class CityRecord(Record):
    """What the ministry knows of a city from earlier calls."""

    city: Annotated[str, Column("City code", _K.CODE, "The city", required=True, example="GRE")]
    first_time: Annotated[
        bool,
        Column(
            "First-time applicant", _K.YES_NO, "Has never had an award; blank: no", example="no"
        ),
    ] = False
    reports_overdue: Annotated[
        bool,
        Column("Reports overdue", _K.YES_NO, "Owes a report on an award; blank: no", example="no"),
    ] = False
    earlier_awards: Annotated[
        int | None,  # [cents]
        Column(
            "Earlier awards",
            _K.MONEY,
            "Awarded in earlier calls",
            "currency",
            least=0,
            example="60000.00",
        ),
    ] = None
    earlier_awards_spent: Annotated[
        int | None,  # [cents]
        Column(
            "Earlier awards spent",
            _K.MONEY,
            "Of these, spent as agreed",
            "currency",
            least=0,
            example="57000.00",
        ),
    ] = None
    other_national_funding: Annotated[
        int,  # N_c [cents]
        Column(
            "Other national funding",
            _K.MONEY,
            "National money for international engagement at large; blank: 0",
            "currency",
            least=0,
            example="5000.00",
        ),
    ] = 0
    comment: Annotated[
        str, Column("Comment", _K.TEXT, "For the file", example="All reports in time")
    ] = ""

    @property
    def delivery(self) -> Fraction | None:
        """The delivery record: earlier awards spent / earlier awards; None: no record."""
        if not self.earlier_awards or self.earlier_awards_spent is None:
            return None
        return Fraction(self.earlier_awards_spent, self.earlier_awards)


class AssessorScore(Record):
    """One assessor's score of one activity on one criterion."""

    activity: Annotated[
        str, Column("Activity code", _K.CODE, "The activity scored", required=True, example="GRE-1")
    ]
    assessor: Annotated[
        str, Column("Assessor", _K.TEXT, "Who scored", required=True, example="A. Example")
    ]
    criterion: Annotated[
        str,
        Column(
            "Criterion", _K.TEXT, "What was scored", required=True, example="Quality of the plan"
        ),
    ]
    score: Annotated[
        Decimal,
        Column(
            "Score",
            _K.SCORE,
            "0 to 100",
            "points",
            required=True,
            least=0,
            most=100,
            example="81.5",
        ),
    ]
    conflict: Annotated[
        bool,
        Column(
            "Conflict of interest",
            _K.YES_NO,
            "Leaves the score out of the mean; blank: no",
            example="no",
        ),
    ] = False
    comment: Annotated[str, Column("Comment", _K.TEXT, "For the file", example="A clear plan")] = ""


SHEETS: dict[str, type[Record]] = {
    "Fund": Call,
    "Cities": City,
    "Activities": Activity,
    "Assessment": Assessment,
    "City record": CityRecord,
    "Scores": AssessorScore,
}
REQUIRED_SHEETS = ("Fund", "Cities", "Activities", "Assessment")


def assessors_mean(scores: Iterable[AssessorScore]) -> Fraction | None:
    """The mean of the assessors' means, scores with a conflict of interest left out.

    None when no score without a conflict remains.
    """
    counted = sorted((s for s in scores if not s.conflict), key=lambda s: s.assessor)
    means = []
    for _, own in groupby(counted, key=lambda s: s.assessor):
        values = [Fraction(s.score) for s in own]
        means.append(sum(values, Fraction(0)) / len(values))
    return sum(means, Fraction(0)) / len(means) if means else None


class Applications(BaseModel):
    """All applications of a call, sound as a whole: every code is known and unique.

    Built by ``funding.workbook``, which finds the faults; here they are only held. ``cities``,
    ``activities``, ``assessments`` and ``records`` are keyed by code. Every activity has a city
    and an assessment.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    call: Call
    cities: Mapping[str, City]
    activities: Mapping[str, Activity]
    assessments: Mapping[str, Assessment]
    records: Mapping[str, CityRecord] = {}
    scores: tuple[AssessorScore, ...] = ()

    @classmethod
    def of(
        cls,
        call: Call,
        cities: Iterable[City],
        activities: Iterable[Activity],
        assessments: Iterable[Assessment],
        records: Iterable[CityRecord] = (),
        scores: Iterable[AssessorScore] = (),
    ) -> Applications:
        """Applications from their rows. Raises ValueError for a code twice or unknown."""
        made = cls(
            call=call,
            cities=_keyed((c.code, c) for c in cities),
            activities=_keyed((a.code, a) for a in activities),
            assessments=_keyed((x.activity, x) for x in assessments),
            records=_keyed((r.city, r) for r in records),
            scores=tuple(scores),
        )
        for activity in made.activities.values():
            if activity.city not in made.cities:
                raise ValueError(f"activity {activity.code}: no city {activity.city}")
        if made.assessments.keys() != made.activities.keys():
            odd = sorted(made.assessments.keys() ^ made.activities.keys())
            raise ValueError(f"activities and assessments differ: {', '.join(odd)}")
        for code in made.activities:
            made.score(code)
        return made

    @cached_property
    def plans(self) -> Mapping[str, tuple[Activity, ...]]:
        """City code → its engagement plan A(c), in the order of the sheet."""
        plans: dict[str, list[Activity]] = {code: [] for code in self.cities}
        for activity in self.activities.values():
            plans[activity.city].append(activity)
        return {code: tuple(plan) for code, plan in plans.items()}

    @cached_property
    def _means(self) -> Mapping[str, Fraction | None]:
        by_activity: dict[str, list[AssessorScore]] = {}
        for score in self.scores:
            by_activity.setdefault(score.activity, []).append(score)
        return {code: assessors_mean(rows) for code, rows in by_activity.items()}

    def score(self, activity: str) -> Fraction:
        """v_a: the assessors' mean where sheet Scores has one, else the score of Assessment.

        Raises ValueError where neither gives one.
        """
        mean = self._means.get(activity)
        if mean is not None:
            return mean
        given = self.assessments[activity].score
        if given is None:
            raise ValueError(f"activity {activity} has no score")
        return Fraction(given)

    def eligible_cost(self, activity: str) -> int:
        """k_a [cents]: what the ministry counts of the cost, or else the total cost."""
        counted = self.assessments[activity].eligible_cost
        return self.activities[activity].total_cost if counted is None else counted

    def record(self, city: str) -> CityRecord:
        """What the ministry knows of the city; an empty record where it knows nothing."""
        return self.records.get(city) or CityRecord(city=city)

    def payment_shares(self, activity: str) -> Mapping[int, Fraction]:
        """Year → the part of each award euro paid in it: q_at / q_a, together 1."""
        a = self.activities[activity]
        by_year = a.requested_by_year or ((self.call.first_year, a.requested),)
        return {year: Fraction(part, a.requested) for year, part in sorted(by_year) if part}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, whatever the order of rows, spaces or number formats."""
        parts: dict[str, Any] = {"format": FORMAT, "Fund": _plain(self.call)}
        sheets: dict[str, Iterable[Record]] = {
            "Cities": self.cities.values(),
            "Activities": self.activities.values(),
            "Assessment": self.assessments.values(),
            "City record": self.records.values(),
            "Scores": self.scores,
        }
        for sheet, rows in sheets.items():
            plain = [_plain(r) for r in rows]
            parts[sheet] = sorted(plain, key=lambda r: json.dumps(r, sort_keys=True))
        text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _keyed(pairs: Iterable[tuple[str, Row]]) -> dict[str, Row]:
    keyed: dict[str, Row] = {}
    for code, row in pairs:
        if code in keyed:
            raise ValueError(f"code {code} stands twice")
        keyed[code] = row
    return keyed


def _plain(record: Record) -> dict[str, Any]:
    """A record as JSON would hold it, decimals in their shortest form."""
    plain: dict[str, Any] = {}
    for name, value in record:
        if isinstance(value, Decimal):
            value = format(value.normalize(), "f")
        elif isinstance(value, dt.date):
            value = value.isoformat()
        plain[name] = value
    return plain
