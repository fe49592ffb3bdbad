"""The comparison workbook: scenarios beside each other, and beside what is done today."""

from __future__ import annotations

import io
from collections.abc import Callable

import xlsxwriter

from funding.baselines import Proposal, baselines
from funding.compare import Comparison, by_activity, by_city
from funding.report import comparison_sheets as s
from funding.report.beside import BASELINES
from funding.report.comparison_summary import COMPARISON, write_comparison
from funding.report.style import Book, Looks
from funding.workbook.writer import SAFE_TEXT, Page, set_properties


def comparison_workbook(
    comparison: Comparison, progress: Callable[[int, int], None] = lambda done, of: None
) -> bytes:
    """The comparison workbook, ready to hand on.

    The baselines of every scenario are worked out on its own rules; ``progress`` is told how
    many are. Raises InputError for a text too long for a cell.
    """
    call = comparison.base.applications.call
    stream = io.BytesIO()
    file = xlsxwriter.Workbook(stream, SAFE_TEXT)
    banner = max(a.applications.call.banner for a in comparison.allocations)  # if of any
    set_properties(file, f"Comparison: {call.fund}", banner)
    page = Page(f"{call.fund} · {call.reference}", banner)
    book = Book(file, Looks(file, call.currency), page, f"Reference: {comparison.base_name}")
    names = (COMPARISON, s.INPUTS, s.SHARED, s.CITIES, s.ACTIVITIES, BASELINES)
    sheets = {name: file.add_worksheet(name) for name in names}
    cities = by_city(comparison)
    write_comparison(book, sheets[COMPARISON], comparison, cities)
    inputs = s.input_rows(comparison)
    book.table(sheets[s.INPUTS], s.INPUT_FIELDS, inputs, frozen=1, none=s.SAME_INPUTS)
    shares = s.share_rows(comparison)
    book.table(sheets[s.SHARED], s.share_fields(comparison), shares, frozen=2)
    for name, changes in ((s.CITIES, cities), (s.ACTIVITIES, by_activity(comparison))):
        titles = name == s.ACTIVITIES
        rows = s.award_rows(comparison, changes, titles=titles)
        total = s.award_total(comparison, name, changes, titles=titles)
        fields = s.award_fields(comparison, titles=titles)
        book.table(sheets[name], fields, rows, total=total, frozen=3 if titles else 2)
    done: list[tuple[Proposal, ...]] = []
    for at, allocation in enumerate(comparison.allocations):
        done.append(baselines(allocation))
        progress(at + 1, len(comparison.names))
    beside = list(zip(comparison.names, comparison.allocations, done, strict=True))
    book.table(sheets[BASELINES], s.BASELINE_FIELDS, s.baseline_rows(beside), frozen=2)
    named = [f"{s.DIFFERENCE}{name}" for name in comparison.names]
    for name in (s.SHARED, s.CITIES, s.ACTIVITIES):
        sheets[name].set_row(0, s.height_of_names(named))
    file.close()
    return stream.getvalue()
