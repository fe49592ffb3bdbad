"""The tables of the sweep workbook: figures, changes of the funded set, and awards, by point."""

from __future__ import annotations

from decimal import Decimal

from funding import money
from funding.compare import FIGURES
from funding.report.comparison_summary import KINDS
from funding.report.style import Cell, Field, Kind
from funding.sweep import ENVELOPE, Parameter, Sweep, at_words, changes_of, statuses


def kind_of(parameter: Parameter, sweep: Sweep) -> Kind:
    """How a column of a parameter's values is shown."""
    if parameter.in_money:
        return Kind.MONEY if _finer(parameter, sweep, 1) else Kind.WHOLE
    if parameter.kind == "share":
        return Kind.PRECISE if _finer(parameter, sweep, 1000) else Kind.SHARE
    return Kind.WEIGHT if _finer(parameter, sweep, 1) else Kind.COUNT


def _finer(parameter: Parameter, sweep: Sweep, parts: int) -> bool:
    """Whether a value of a parameter is no whole number of such parts of 1."""
    values = next(each.values for each in sweep.ranges if each.parameter == parameter)
    return any(value * parts % 1 for value in values)


def cell_of(parameter: Parameter, value: Decimal) -> Cell:
    """A value as the tables take it: amounts in cents."""
    return money.cents(value) if parameter.in_money else float(value)


def figure_rows(sweep: Sweep) -> tuple[list[Field], list[list[Cell]]]:
    """Every figure of every point."""
    fields = [Field(r.parameter.title, kind_of(r.parameter, sweep), 18) for r in sweep.ranges]
    swept = {each.parameter.key for each in sweep.ranges}
    figures = [f for f in FIGURES if f.key != "envelope" or ENVELOPE not in swept]
    fields += [Field(f.title, KINDS[f.measure], 16) for f in figures]
    fields += [Field("Where there is no allocation", Kind.WRAPPED, 60)]
    rows = []
    for point in sweep.points:
        row: list[Cell] = [
            cell_of(each.parameter, at) for each, at in zip(sweep.ranges, point.at, strict=True)
        ]
        row += [point.found.figures.get(figure.key) for figure in figures]
        rows.append([*row, point.found.words if not point.found.exists else statuses(point)])
    return fields, rows


def change_rows(sweep: Sweep) -> tuple[list[Field], list[list[Cell]]]:
    """Every change of the funded set, with all that come in and go out."""
    first, *others = (each.parameter for each in sweep.ranges)
    kind = kind_of(first, sweep)
    fields = [Field("From", kind, 18), Field("To", kind, 18)]
    fields += [Field(other.title, kind_of(other, sweep), 18) for other in others]
    fields += [
        *(Field("Come in", Kind.COUNT, 9), Field("Activities that come in", Kind.WRAPPED, 56)),
        *(Field("Go out", Kind.COUNT, 9), Field("Activities that go out", Kind.WRAPPED, 56)),
    ]
    rows = []
    for change in changes_of(sweep):
        row: list[Cell] = [cell_of(first, change.before), cell_of(first, change.after)]
        row += [cell_of(other, change.beside) for other in others if change.beside is not None]
        for codes in (change.comes_in, change.goes_out):
            row += [len(codes), ", ".join(codes)]
        rows.append(row)
    return fields, rows


def award_rows(sweep: Sweep) -> tuple[list[Field], list[list[Cell]], list[Cell]]:
    """Every activity's award at every point that has an allocation."""
    given = sweep.applications
    points = sweep.found
    fields = [
        *(Field("Activity code", Kind.TEXT, 14), Field("City", Kind.WRAPPED, 20)),
        *(Field("Title", Kind.WRAPPED, 34), Field("Requested", Kind.MONEY, 15)),
    ]
    for point in points:
        fields.append(Field(at_words(sweep, point.at), Kind.MONEY, 15))
    rows: list[list[Cell]] = [
        [
            *(a.code, given.cities[a.city].name, a.title, a.requested),
            *(point.found.awards[a.code] for point in points),
        ]
        for a in given.activities.values()
    ]
    asked = sum(a.requested for a in given.activities.values())
    sums = [sum(point.found.awards.values()) for point in points]
    return fields, rows, ["Total", None, None, asked, *sums]
