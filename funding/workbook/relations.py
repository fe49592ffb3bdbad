"""What must hold between cells: within a row, between rows, between sheets.

Each check looks only at fields that are sound in themselves and skips the others, whose own
faults are told already. Faults block; notes say what an analyst should look at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from funding.applications import AssessorScore, assessors_mean
from funding.errors import Fault
from funding.money import MOST, show
from funding.workbook.headings import nearest
from funding.workbook.parsing import Parsed

APART = Fraction(3, 10)  # two assessors further apart than this part of the higher: a note

Rows = Mapping[str, list[Parsed]]


class Relations:
    """The checks of one set of applications. ``known`` names the sheets all of whose codes
    are sound, so that a code that is not among them is certainly unknown."""

    def __init__(self, call: Parsed, rows: Rows, known: frozenset[str]) -> None:
        self.call = call
        self.rows = rows
        self.known = known
        self.currency = call.values.get("currency", "")
        self.cities = _first_by(rows["Cities"], "code")
        self.activities = _first_by(rows["Activities"], "code")
        self.assessments = _first_by(rows["Assessment"], "activity")

    def faults(self) -> Iterator[Fault]:
        """Every fault and every note."""
        yield from self._call()
        yield from self._codes()
        for row in self.rows["Cities"]:
            yield from self._city(row)
        for row in self.rows["Activities"]:
            yield from self._activity(row)
        for row in self.rows["Assessment"]:
            yield from self._assessment(row)
        for row in self.rows["City record"]:
            yield from self._record(row)
        yield from self._plans()
        yield from self._scores()

    def _money(self, amount: int) -> str:
        return show(amount, self.currency, places=2)

    # --- codes -------------------------------------------------------------------------

    def _codes(self) -> Iterator[Fault]:
        yield from _twice(self.rows["Cities"], "code")
        yield from _twice(self.rows["Activities"], "code")
        yield from _twice(self.rows["Assessment"], "activity")
        yield from _twice(self.rows["City record"], "city")
        yield from _twice_scored(self.rows["Scores"])
        yield from self._unknown("Activities", "city", "Cities", self.cities)
        yield from self._unknown("City record", "city", "Cities", self.cities)
        yield from self._unknown("Assessment", "activity", "Activities", self.activities)
        yield from self._unknown("Scores", "activity", "Activities", self.activities)
        if "Assessment" in self.known:
            for code, row in self.activities.items():
                if code not in self.assessments:
                    yield row.fault(
                        "code", f"activity {code} is not assessed; expected a row in sheet Assessment"
                    )

    def _unknown(
        self, sheet: str, name: str, home: str, codes: Mapping[str, Parsed]
    ) -> Iterator[Fault]:
        if home not in self.known:
            return
        for row in self.rows[sheet]:
            code = row.values.get(name)
            if code is not None and code not in codes:
                near = nearest(code, codes)
                hint = f"; did you mean {near}?" if near else ""
                message = f'"{code}" is not a code of sheet {home}{hint}'
                yield row.fault(name, message)

    # --- one row -----------------------------------------------------------------------

    def _call(self) -> Iterator[Fault]:
        if self.call.has("opening_date", "closing_date"):
            opening, closing = (self.call.values[n] for n in ("opening_date", "closing_date"))
            if closing < opening:
                yield self.call.fault(
                    "closing_date",
                    f"Closing date is {closing}; expected no earlier than the Opening date, {opening}",
                )

    def _city(self, row: Parsed) -> Iterator[Fault]:
        yield from _at_most(row, "trained_staff", "Staff with relevant training",
                            "staff", "International staff", str)
        yield from _at_most(row, "certified_staff", "Staff certified",
                            "trained_staff", "Staff with relevant training", str)
        for name, header, other, other_header in (
            ("latitude", "Latitude", "longitude", "Longitude"),
            ("longitude", "Longitude", "latitude", "Latitude"),
        ):
            if row.has(name) and other in row.values and row.values[other] is None:
                yield row.fault(other, f"{other_header} is blank but {header} is given; "
                                       "expected both or neither")
        if row.has("coordination") and row.values["coordination"] == "formal":
            if row.values.get("coordination_reference") == "":
                yield row.fault(
                    "coordination_reference",
                    "Coordination is formal but no agreement is named", blocks=False,
                )

    def _activity(self, row: Parsed) -> Iterator[Fault]:
        yield from self._costs(row)
        yield from self._years(row)
        if row.has("requested") and row.values["requested"] == 0:
            yield row.fault("requested", "Requested is 0; expected an amount above 0")
        yield from _at_most(row, "minimum_viable", "Minimum viable",
                            "requested", "Requested", self._money)
        if row.has("start", "end") and row.values["end"] < row.values["start"]:
            yield row.fault("end", f"End is {row.values['end']}; expected no earlier than the "
                                   f"Start, {row.values['start']}")
        if row.has("stream", "people_to_be_certified"):
            stream, people = row.values["stream"], row.values["people_to_be_certified"]
            if people and stream != "training":
                yield row.fault(
                    "people_to_be_certified",
                    f"People to be certified is {people} but the Stream is {stream}; "
                    "expected it in training only",
                )

    def _costs(self, row: Parsed) -> Iterator[Fault]:
        parts = ("requested", "own_cash", "own_in_kind", "other_funding")
        if not row.has("total_cost", *parts):
            return
        total, found = row.values["total_cost"], sum(row.values[p] for p in parts)
        if total != found:
            yield row.fault(
                "total_cost",
                f"Total cost is {self._money(total)}; expected Requested + Own cash + Own in kind"
                f" + Other funding = {self._money(found)}",
            )

    def _years(self, row: Parsed) -> Iterator[Fault]:
        by_year = row.values.get("requested_by_year")
        if not by_year:
            return
        first = self.call.values.get("first_year")
        for year, _ in by_year:
            if first is not None and year < first:
                yield row.fault(
                    f"year {year}",
                    f"Requested {year} lies before the fund's First year, {first}; "
                    "expected a blank cell",
                )
        found = sum(amount for _, amount in by_year)
        if row.has("requested") and found != row.values["requested"]:
            years = " + ".join(f"Requested {year}" for year, _ in by_year)
            yield row.fault(
                "requested",
                f"Requested is {self._money(row.values['requested'])}; "
                f"expected {years} = {self._money(found)}",
            )

    def _assessment(self, row: Parsed) -> Iterator[Fault]:
        activity = self.activities.get(row.values.get("activity", ""))
        if activity is None:
            return
        if row.has("eligible_cost") and activity.has("total_cost"):
            counted, total = row.values["eligible_cost"], activity.values["total_cost"]
            if counted > total:
                yield row.fault(
                    "eligible_cost",
                    f"Eligible cost is {self._money(counted)}; expected at most the Total cost, "
                    f"{self._money(total)} in {activity.place('total_cost')}",
                )
        if row.has("other_national_funding") and activity.has("other_funding"):
            national, other = row.values["other_national_funding"], activity.values["other_funding"]
            if national > other:
                yield row.fault(
                    "other_national_funding",
                    f"Other national funding is {self._money(national)}, more than the plan's "
                    f"Other funding, {self._money(other)} in {activity.place('other_funding')}",
                    blocks=False,
                )

    def _record(self, row: Parsed) -> Iterator[Fault]:
        yield from _at_most(row, "earlier_awards_spent", "Earlier awards spent",
                            "earlier_awards", "Earlier awards", self._money)
        if row.has("earlier_awards_spent") and row.values.get("earlier_awards", 0) is None:
            yield row.fault(
                "earlier_awards",
                "Earlier awards is blank, so Earlier awards spent says nothing", blocks=False,
            )
        if row.has("first_time", "earlier_awards"):
            if row.values["first_time"] and row.values["earlier_awards"]:
                yield row.fault(
                    "first_time", "First-time applicant is yes, but there are Earlier awards",
                    blocks=False,
                )

    # --- between rows ------------------------------------------------------------------

    def _plans(self) -> Iterator[Fault]:
        plans: dict[str, list[Parsed]] = defaultdict(list)
        for row in self.activities.values():
            plans[row.values.get("city", "")].append(row)
        all_named = "Activities" in self.known and "" not in plans
        for code, city in self.cities.items():
            plan = plans.get(code, [])
            if not plan and all_named:
                yield city.fault("code", f"city {code} has no activity", blocks=False)
            pledged = sum(row.values.get("own_cash", 0) for row in plan)
            if city.has("own_budget") and pledged > city.values["own_budget"]:
                yield city.fault(
                    "own_budget",
                    f"Own engagement budget is {self._money(city.values['own_budget'])}, less than "
                    f"the Own cash of the city's activities, {self._money(pledged)}",
                    blocks=False,
                )

    def _scores(self) -> Iterator[Fault]:
        given: dict[str, list[Parsed]] = defaultdict(list)
        for row in self.rows["Scores"]:
            given[row.values.get("activity", "")].append(row)
        unclear = bool(given.pop("", None)) or "Scores" not in self.known
        for code, assessment in self.assessments.items():
            rows = given.get(code, [])
            if all(row.whole for row in rows) and code in self.activities:
                yield from self._score(code, assessment, rows, unclear)

    def _score(
        self, code: str, assessment: Parsed, rows: list[Parsed], unclear: bool
    ) -> Iterator[Fault]:
        scores = [AssessorScore(**row.values) for row in rows]
        mean = assessors_mean(scores)
        if "score" not in assessment.values:
            return
        score = assessment.values["score"]
        if score is None and mean is None and not unclear:
            reason = "every score in sheet Scores has a conflict" if rows else "no row in sheet Scores"
            yield assessment.fault(
                "score", f"Score is blank and activity {code} has {reason}; expected a score"
                if not rows else f"Score is blank and {reason}; expected a score from 0 to 100",
            )
        elif score is not None and mean is not None and not _agrees(score, mean):
            yield assessment.fault(
                "score",
                f"Score is {format(score, 'f')}; expected the assessors' mean, "
                f"{float(mean):.{_decimals(score) + 2}f}, or a blank cell",
            )
        yield from _far_apart(rows, scores)
