"""What the ministry fills in: its assessments, its record of the cities, its assessors' scores."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from funding.applications.columns import CellKind as _K
from funding.applications.columns import Column, Record


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
