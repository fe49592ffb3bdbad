"""What must hold between cells: within a row, between rows, between sheets.

Each check looks only at fields that are sound in themselves and skips the others, whose own
faults are told already. Faults block; notes say what an analyst should look at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from funding.applications import AssessorScore, assessors_mean
from funding.errors import Fault, Stage
from funding.money import decimals, show
from funding.workbook.codes import Codes, Rows
from funding.workbook.parsing import Parsed

APART = Fraction(3, 10)  # two assessors further apart than this part of the higher: a note


class Relations:
    """The checks of one set of applications.

    ``calls`` are the sheets Fund of all files, ``call`` what they agree on. ``known`` names the
    sheets all of whose codes are sound, so that a code that is not among them is certainly
    unknown. ``assessor`` is the file of the ministry, which answers for what is not assessed;
    ``assessed`` says whether there is any assessment yet.
    """

    def __init__(
        self,
        calls: Sequence[Parsed],
        call: Parsed,
        rows: Rows,
        known: frozenset[str],
        assessor: str,
        assessed: bool,
    ) -> None:
        self.calls = calls
        self.call = call
        self.rows = rows
        self.codes = Codes(rows, known, assessor, assessed)
        self.currency: str = call.values.get("currency", "")
        self.places = decimals(self.currency) if self.currency else 2
        self.cities = self.codes.first["Cities"]
        self.activities = self.codes.first["Activities"]
        self.assessments = self.codes.first["Assessment"]

    def faults(self) -> Iterator[Fault]:
        """Every fault and every note."""
        for call in self.calls:
            yield from _dates(call)
        yield from self.codes.faults()
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
        return show(amount, self.currency, places=self.places)

    # --- one row -----------------------------------------------------------------------

    def _city(self, row: Parsed) -> Iterator[Fault]:
        yield from _at_most(
            row,
            "trained_staff",
            "Staff with relevant training",
            "staff",
            "International staff",
            str,
        )
        yield from _at_most(
            row,
            "certified_staff",
            "Staff certified",
            "trained_staff",
            "Staff with relevant training",
            str,
        )
        for name, header, other, other_header in (
            ("latitude", "Latitude", "longitude", "Longitude"),
            ("longitude", "Longitude", "latitude", "Latitude"),
        ):
            if row.has(name) and other in row.values and row.values[other] is None:
                yield row.fault(
                    other,
                    f"{other_header} is blank but {header} is given; expected both or neither",
                )
        formal = row.values.get("coordination") == "formal"
        if formal and row.values.get("coordination_reference") == "":
            message = "Coordination is formal but no agreement is named"
            yield row.fault("coordination_reference", message, blocks=False)

    def _activity(self, row: Parsed) -> Iterator[Fault]:
        yield from self._costs(row)
        yield from self._years(row)
        if row.has("requested") and row.values["requested"] == 0:
            yield row.fault("requested", "Requested is 0; expected an amount above 0")
        yield from _at_most(
            row, "minimum_viable", "Minimum viable", "requested", "Requested", self._money
        )
        if row.has("start", "end") and row.values["end"] < row.values["start"]:
            yield row.fault(
                "end",
                f"End is {row.values['end']}; expected no earlier than the "
                f"Start, {row.values['start']}",
            )
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
        if row.has("total_cost") and not row.has(*parts):
            yield from self._least_cost(row, [part for part in parts if row.has(part)])
        if not row.has("total_cost", *parts):
            return
        total, found = row.values["total_cost"], sum(row.values[p] for p in parts)
        if total != found:
            yield row.fault(
                "total_cost",
                f"Total cost is {self._money(total)}; expected Requested + Own cash + Own in kind"
                f" + Other funding = {self._money(found)}",
            )

    def _least_cost(self, row: Parsed, sound: Sequence[str]) -> Iterator[Fault]:
        """Where a part of the cost cannot be read, the others are at most the whole."""
        total, least = row.values["total_cost"], sum(row.values[part] for part in sound)
        if total < least:
            yield row.fault(
                "total_cost",
                f"Total cost is {self._money(total)}; expected at least {self._money(least)}, the "
                "parts of it that can be read",
            )

    def _years(self, row: Parsed) -> Iterator[Fault]:
        by_year = row.values.get("requested_by_year")
        if not by_year:
            return
        first = self.call.values.get("first_year")
        for year, _ in by_year:
            if first is not None and year < first:
                yield _early_year(row, year, first)
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
        yield from _at_most(
            row,
            "earlier_awards_spent",
            "Earlier awards spent",
            "earlier_awards",
            "Earlier awards",
            self._money,
        )
        if row.has("earlier_awards_spent") and row.values.get("earlier_awards", 0) is None:
            yield row.fault(
                "earlier_awards",
                "Earlier awards is blank, so Earlier awards spent says nothing",
                blocks=False,
            )
        if row.values.get("first_time") and row.values.get("earlier_awards"):
            message = "First-time applicant is yes, but there are Earlier awards"
            yield row.fault("first_time", message, blocks=False)

    # --- between rows ------------------------------------------------------------------

    def _plans(self) -> Iterator[Fault]:
        plans: dict[str, list[Parsed]] = defaultdict(list)
        for row in self.rows["Activities"]:
            plans[row.values.get("city", "")].append(row)
        all_named = "Activities" in self.codes.known and "" not in plans
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
        named = given.keys()
        unscored = self.codes.without_scores([c for c in self.assessments if c not in named])
        for code, assessment in self.assessments.items():
            rows = given.get(code, [])
            if all(row.whole for row in rows) and code in self.activities:
                yield from self._score(assessment, rows, bool(rows) or code in unscored)

    def _score(self, assessment: Parsed, rows: list[Parsed], clear: bool) -> Iterator[Fault]:
        """The score of one activity; ``clear`` says that all its rows in Scores are known."""
        scores = [AssessorScore(**row.values) for row in rows]
        mean = assessors_mean(scores)
        if "score" not in assessment.values:
            return
        score = assessment.values["score"]
        if score is None and mean is None and clear:
            reason = (
                "all scores in sheet Scores have a conflict of interest"
                if rows
                else "sheet Scores has none"
            )
            message = f"Score is blank and {reason}; expected a score from 0 to 100"
            yield assessment.fault("score", message)
        elif score is not None and mean is not None and not _agrees(score, mean):
            yield assessment.fault(
                "score",
                f"Score is {format(score, 'f')}; expected the mean of the assessors' means, "
                f"{float(mean):.{_decimals(score) + 2}f}, or a blank cell",
            )
        yield from _far_apart(rows, scores)


def _dates(call: Parsed) -> Iterator[Fault]:
    if call.has("opening_date", "closing_date"):
        opening, closing = (call.values[name] for name in ("opening_date", "closing_date"))
        if closing < opening:
            yield call.fault(
                "closing_date",
                f"Closing date is {closing}; expected no earlier than the Opening date, {opening}",
            )


def _early_year(row: Parsed, year: int, first: int) -> Fault:
    """Told once, at the header; in a foreign sheet, whose headers are its own, at the cell."""
    message = (
        f"Requested {year} lies before the fund's First year, {first}; expected no amounts in it: "
        "correct the year, or move them"
    )
    if row.sheet != "Activities":
        return row.fault(f"year {year}", message)
    cell = f"{row.letters[f'year {year}']}1"
    return Fault(row.file, row.sheet, 1, cell, message, stage=Stage.RELATIONS)


def _at_most(
    row: Parsed,
    name: str,
    header: str,
    bound: str,
    bound_header: str,
    shown_as: Callable[[int], str],
) -> Iterator[Fault]:
    """A field that may not be above another field of its row."""
    if row.has(name, bound) and row.values[name] > row.values[bound]:
        yield row.fault(
            name,
            f"{header} is {shown_as(row.values[name])}; expected at most {bound_header}, "
            f"{shown_as(row.values[bound])}",
        )


def _decimals(score: Decimal) -> int:
    exponent = score.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _agrees(score: Decimal, mean: Fraction) -> bool:
    """Whether a score is the mean, rounded to the decimals that the score is given with."""
    return abs(Fraction(score) - mean) <= Fraction(1, 2 * 10 ** _decimals(score))


def _far_apart(rows: Sequence[Parsed], scores: Sequence[AssessorScore]) -> Iterator[Fault]:
    """A note where the only two assessors differ by more than 30 % of the higher."""
    counted = [s for s in scores if not s.conflict]
    people = list(dict.fromkeys(s.assessor for s in counted))
    if len(people) != 2:
        return
    means = [assessors_mean(s for s in counted if s.assessor == p) or Fraction(0) for p in people]
    low, high = min(means), max(means)
    if high - low > APART * high:
        told = " and ".join(f"{p} {float(m):.1f}" for p, m in zip(people, means, strict=True))
        message = f"the assessors are more than 30 % apart ({told}); needs a third assessment"
        yield rows[0].fault("activity", message, blocks=False)
