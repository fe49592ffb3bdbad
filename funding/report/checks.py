"""Sheets Rules and Checks: every row of every rule, its use, and Excel's own word on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from funding.awards import Allocation
from funding.check import RowUse
from funding.linear import Exact, Kind, Limit, Sense
from funding.report.awards_sheets import in_order
from funding.report.ranges import Ranges
from funding.report.sides import FORMULA, WEIGHT_HEADERS, Side, Sides, Speller, Weights, readable
from funding.report.style import Cell, Field, Live
from funding.report.style import Kind as Holds

RULES, CHECKS = "Rules", "Checks"
HOLDS, BROKEN = "OK", "BROKEN"
FUND = "The whole fund"

RULE_FIELDS = (
    Field("Rule", Holds.TEXT, 17),
    Field("Whom", Holds.WRAPPED, 32),
    Field("In words", Holds.WRAPPED, 84),
    Field("Limit", Holds.MONEY, 17),
    Field("Used", Holds.MONEY, 17),
    Field("Room left", Holds.MONEY, 17),
    Field("Binding", Holds.TEXT, 9),
)
CHECK_FIELDS = (
    Field("Rule", Holds.TEXT, 17),
    Field("Code", Holds.TEXT, 10),
    Field("Whom", Holds.WRAPPED, 30),
    Field("In words", Holds.WRAPPED, 84),
    Field("Used", Holds.MONEY, 17),
    Field("Must be", Holds.TEXT, 9),
    Field("Limit", Holds.MONEY, 17),
    Field("Room left", Holds.MONEY, 17),
    Field("OK", Holds.TEXT, 9),
    Field("How", Holds.TEXT, 30),
)
_SENSES = {Sense.AT_MOST: "at most", Sense.AT_LEAST: "at least", Sense.EXACTLY: "exactly"}
_TESTS = {  # to a hundredth of a cent: more exact than money, less than a spreadsheet's noise
    Sense.AT_MOST: "ROUND(E{n}-G{n},4)<=0",
    Sense.AT_LEAST: "ROUND(G{n}-E{n},4)<=0",
    Sense.EXACTLY: "ROUND(E{n}-G{n},4)=0",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One row of sheet Checks: a rule's row, whom it concerns, and both of its sides."""

    rule: str
    code: str
    whom: str
    words: str
    sense: Sense
    sides: Sides
    use: RowUse | None = None

    @property
    def room(self) -> Exact:
        """What is left before the row breaks [cents]."""
        if self.sense is Sense.AT_LEAST:
            return self.sides.used.value - self.sides.bound.value
        return self.sides.bound.value - self.sides.used.value


def checks_of(allocation: Allocation, r: Ranges) -> tuple[list[Check], Weights]:
    """Every row to be checked, and the weights that some of their formulas use."""
    speller = Speller(allocation, r)
    checks = []
    for number, use in enumerate(allocation.rows, 2):
        limit = use.limit
        rule = allocation.scenario.rule(limit.rule)
        code, whom = _concerns(allocation, limit)
        words = allocation.scenario.words(limit, allocation.case)
        checks.append(
            Check(
                rule.title if rule else limit.rule,
                code,
                whom,
                words[:1].upper() + words[1:],
                limit.sense,
                speller.sides(limit, code, f"$B{number}"),
                use,
            )
        )
    return checks + _exactness(allocation, r), speller.weights


def _concerns(allocation: Allocation, limit: Limit) -> tuple[str, str]:
    """The code that a row concerns ("" for none), and its name in words."""
    given, subject = allocation.applications, limit.subject
    kinds = {quantity.kind for quantity, _ in limit.left}
    codes = {quantity.code for quantity, _ in limit.left}
    if subject in given.activities and codes == {subject} and Kind.CITY_TOTAL not in kinds:
        return subject, given.cities[given.activities[subject].city].name
    if subject in given.cities and all(
        (given.cities[c].code if c in given.cities else "") == subject
        or (c in given.activities and given.activities[c].city == subject)
        for c in codes
    ):
        return subject, given.cities[subject].name
    return "", readable(subject) if subject else FUND


def _exactness(allocation: Allocation, r: Ranges) -> list[Check]:
    """What holds of the award sheet itself, whatever the rules."""
    award, step = r.activity("Award"), allocation.case.fund.unit
    years = "+".join(f"SUM({r.activity(f'Award {year}')})" for year in allocation.years) or "0"
    refused = "+".join(
        f'SUMIFS({award},{r.activity("Status")},"{status}")'
        for status in ("ineligible", "below threshold")
    )
    unit = allocation.case.money(allocation.case.fund.step)
    total = Side(allocation.spent, f"SUM({award})")
    rows = (
        (
            "Payments",
            "The payments by year add up to the awards",
            Side(allocation.spent, years),
            total,
        ),
        (
            "Whole units",
            f"What awards exceed multiples of {unit} by",
            Side(0, f"SUMPRODUCT(MOD({award},{step}))"),
            Side(0),
        ),
        (
            "Gates",
            "Ineligible activities and those below threshold get nothing",
            Side(0, refused),
            Side(0),
        ),
    )
    return [
        Check(name, "", FUND, words, Sense.EXACTLY, Sides(used, bound, FORMULA))
        for name, words, used, bound in rows
    ]


def check_rows(checks: Sequence[Check]) -> list[list[Cell]]:
    """The rows of sheet Checks."""
    rows: list[list[Cell]] = []
    for n, check in enumerate(checks, 2):
        room = f"E{n}-G{n}" if check.sense is Sense.AT_LEAST else f"G{n}-E{n}"
        test = _TESTS[check.sense].format(n=n)
        rows.append(
            [
                check.rule,
                check.code,
                check.whom,
                check.words,
                _cell(check.sides.used),
                _SENSES[check.sense],
                _cell(check.sides.bound),
                Live(room, check.room),
                Live(f'IF({test},"{HOLDS}","{BROKEN}")', HOLDS),
                check.sides.how,
            ]
        )
    return rows


def _cell(side: Side) -> Cell:
    return Live(side.formula, side.value) if side.formula else side.value


def in_rules_order(checks: Sequence[Check]) -> tuple[list[Check], int]:
    """The checks that sheet Rules lists, the most telling first, and how many are printed.

    Printed are the rows of the whole fund, its streams and groups, and those that bind on a
    city or an activity; not those that always hold (the request) or that leave room.
    """
    ruled = [(check, check.use) for check in checks if check.use]
    fund = [check for check, _ in ruled if not check.code]
    binds = [c for c, use in ruled if c.code and use.binding and not use.limit.fact]
    rest = [c for c, use in ruled if c.code and (not use.binding or use.limit.fact)]
    return [*fund, *binds, *rest], len(fund) + len(binds)


def rule_row(check: Check) -> list[Cell]:
    """A row of sheet Rules."""
    binding = "yes" if check.use and check.use.binding else "no"
    whom = f"{check.whom} ({check.code})" if check.code else check.whom
    used, limit = check.sides.used.value, check.sides.bound.value
    return [check.rule, whom, check.words, limit, used, check.room, binding]


def weight_fields(weights: Weights) -> list[Field]:
    """The columns of sheet Check weights."""
    fixed = zip(WEIGHT_HEADERS, (Holds.TEXT, Holds.TEXT, Holds.MONEY), strict=True)
    fields = [Field(header, kind, 14) for header, kind in fixed]
    return fields + [Field(name, Holds.WEIGHT, 22) for name in weights.columns.values()]


def weight_rows(allocation: Allocation, r: Ranges, weights: Weights) -> list[list[Cell]]:
    """One row an activity: its award, and what it counts for in each long sum."""
    columns = [dict(key) for key in weights.columns]
    rows: list[list[Cell]] = []
    for number, a in enumerate(in_order(allocation), 2):
        award = Live(r.award(f"$A{number}"), allocation.awards[a.code])
        rows.append([a.code, a.city, award, *(column.get(a.code) for column in columns)])
    return rows
