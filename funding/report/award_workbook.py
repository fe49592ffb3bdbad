"""The award workbook: the proposal for the director, the proof for the auditor.

It is enough by itself: who gets what and why, the rules with their limits, checks that a
spreadsheet recalculates, and the scenario and applications as used, to do it all again.
"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from funding.awards import Allocation
from funding.report import awards_sheets as awards
from funding.report import checks
from funding.report.ranges import BY_ACTIVITY, BY_CITY
from funding.report.sides import WEIGHTS
from funding.report.style import Book, Cell, Field, Kind, Looks, height_of
from funding.report.summary import SUMMARY, write_summary
from funding.workbook import add_sheets
from funding.workbook.writer import SAFE_TEXT, Page, set_properties

FORMAT = 1  # of the award workbook
SCENARIO, RUN = "Scenario", "Run record"
WIDE, LINE = 100, 80  # width of sheet Scenario's column, and the letters that a line surely holds


def award_workbook(allocation: Allocation) -> bytes:
    """The award workbook of an allocation, ready to hand on.

    The same allocation gives the same bytes. Raises InputError for a text too long for a cell.
    """
    call = allocation.applications.call
    stream = io.BytesIO()
    file = xlsxwriter.Workbook(stream, SAFE_TEXT)
    set_properties(file, f"Awards: {call.fund}, {allocation.scenario.name}", call.banner)
    looks = Looks(file, call.currency)
    page = Page(f"{call.fund} · {call.reference}", call.banner)
    book = Book(file, looks, page, f"Scenario: {allocation.scenario.name}")
    _write(book, allocation)
    add_sheets(file, allocation.applications, call.banner)
    _record(book, file.add_worksheet(RUN), allocation)
    file.close()
    return stream.getvalue()


def _write(book: Book, allocation: Allocation) -> None:
    """Every sheet before the applications, in order."""
    r = awards.ranges(allocation)
    rows, weights = checks.checks_of(allocation, r)
    names = [SUMMARY, BY_CITY, BY_ACTIVITY, awards.RESERVE, awards.NOT_FUNDED]
    names += [checks.RULES, checks.CHECKS, *([WEIGHTS] if weights.columns else []), SCENARIO]
    sheets = {name: book.book.add_worksheet(name) for name in names}
    write_summary(book, sheets[SUMMARY], allocation, r, rows)
    cities, city_total = awards.city_rows(allocation, r), awards.city_total(allocation, r)
    book.table(sheets[BY_CITY], awards.CITY_FIELDS, cities, total=city_total, frozen=2)
    fields, total = awards.activity_fields(allocation), awards.activity_total(allocation, r)
    lines = awards.activity_rows(allocation)
    book.table(sheets[BY_ACTIVITY], fields, lines, total=total, frozen=3)
    reserve, refused = awards.reserve_rows(allocation), awards.not_funded_rows(allocation)
    book.table(
        sheets[awards.RESERVE], awards.RESERVE_FIELDS, reserve, frozen=2, none=awards.NO_RESERVE
    )
    book.table(sheets[awards.NOT_FUNDED], awards.NOT_FUNDED_FIELDS, refused, none=awards.ALL_FUNDED)
    ruled, printed = checks.rule_rows(rows)
    book.table(sheets[checks.RULES], checks.RULE_FIELDS, ruled, printed=printed, frozen=2)
    book.table(sheets[checks.CHECKS], checks.CHECK_FIELDS, checks.check_rows(rows), frozen=3)
    if weights.columns:
        counted = checks.weight_rows(allocation, r, weights)
        book.table(sheets[WEIGHTS], checks.weight_fields(weights), counted, frozen=3)
    _scenario(book, sheets[SCENARIO], allocation)


def _scenario(book: Book, sheet: Any, allocation: Allocation) -> None:
    """The scenario as a TOML document that stands alone, one line a row."""
    look = book.looks.make(font_name="Consolas", num_format="@", text_wrap=True)
    sheet.write_string(0, 0, SCENARIO, book.looks.header(Kind.TEXT))
    sheet.write_string(0, 1, allocation.scenario.name, book.looks.header(Kind.TEXT))
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, 1, 40)
    lines = allocation.scenario.to_toml().split("\n")
    for row, line in enumerate(lines, 1):
        # Said for each row: LibreOffice does not find the height of wrapped text by itself.
        sheet.set_row(row, height_of(1 + len(line) // LINE))
        book.put(sheet, row, 0, line, Kind.TEXT, look)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, len(lines), 1)
    book.set_up_page(sheet, SCENARIO, 2)


def _record(book: Book, sheet: Any, allocation: Allocation) -> None:
    """What was solved, with what, and how it ended."""
    fields = (Field("Item", Kind.TEXT, 30), Field("Value", Kind.WRAPPED, 110))
    value, bound = float(allocation.value), allocation.bound
    rows: list[list[Cell]] = [
        ["format", str(FORMAT)],
        ["status", allocation.status],
        ["value", f"{value:.6f}"],
        ["value, exactly", str(allocation.value)],
        ["bound", f"{bound:.6f}"],
        ["gap", f"{allocation.gap:.8f}"],
        ["seconds", f"{allocation.seconds:.3f}"],
        ["spent", allocation.case.money(allocation.spent)],
        ["unspent", allocation.case.money(allocation.unspent)],
    ]
    rows += [[item, text] for item, text in allocation.run.items()]
    rows += [["note", note] for note in allocation.notes]
    book.table(sheet, fields, rows)
