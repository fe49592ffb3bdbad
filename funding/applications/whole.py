"""The applications of a call as a whole, and the sheets that they are read from."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from funding.applications.call import FORMAT, Call
from funding.applications.city import Activity, City
from funding.applications.columns import Record
from funding.applications.ministry import Assessment, AssessorScore, CityRecord

Row = TypeVar("Row")

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
        found = self._scores.get(activity)
        if found is None:
            raise ValueError(f"activity {activity} has no score")
        return found

    @cached_property
    def _scores(self) -> Mapping[str, Fraction]:
        given = {a: Fraction(r.score) for a, r in self.assessments.items() if r.score is not None}
        return given | {a: mean for a, mean in self._means.items() if mean is not None}

    def eligible_cost(self, activity: str) -> int:
        """k_a [cents]: what the ministry counts of the cost, or else the total cost."""
        counted = self.assessments[activity].eligible_cost
        return self.activities[activity].total_cost if counted is None else counted

    def record(self, city: str) -> CityRecord:
        """What the ministry knows of the city; an empty record where it knows nothing."""
        return self.records.get(city) or self._unknown[city]

    @cached_property
    def _unknown(self) -> Mapping[str, CityRecord]:
        return {city: CityRecord(city=city) for city in self.cities if city not in self.records}

    def payment_shares(self, activity: str) -> Mapping[int, Fraction]:
        """Year → the part of each award euro paid in it: q_at / q_a, together 1."""
        a = self.activities[activity]
        by_year = a.requested_by_year or ((self.call.first_year, a.requested),)
        return {year: Fraction(part, a.requested) for year, part in sorted(by_year) if part}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, whatever the order of rows, spaces or number formats."""
        return _hashed({"format": FORMAT, **self._content})

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """Sheet → the SHA-256 of its content alone: tells which sheet differs."""
        return {sheet: _hashed(content) for sheet, content in self._content.items()}

    @cached_property
    def _content(self) -> Mapping[str, Any]:
        """Sheet → its records as JSON would hold them, in an order of their own."""
        sheets: dict[str, Iterable[Record]] = {
            "Cities": self.cities.values(),
            "Activities": self.activities.values(),
            "Assessment": self.assessments.values(),
            "City record": self.records.values(),
            "Scores": self.scores,
        }
        parts: dict[str, Any] = {"Fund": _plain(self.call)}
        for sheet, rows in sheets.items():
            plain = [_plain(r) for r in rows]
            parts[sheet] = sorted(plain, key=json.JSONEncoder(sort_keys=True).encode)
        return parts


def _hashed(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
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
