"""The award workbook: the proposal for the director, the proof for the auditor.

It is enough by itself: who gets what and why, the rules with their limits, checks that a
spreadsheet recalculates, and the scenario and applications as used, to do it all again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from funding.awards import Allocation
from funding.baselines import Proposal
from funding.report import awards_sheets as awards
from funding.report import checks, priced
from funding.report.beside import BASELINES, COLUMNS, baselines_beside, rows_beside
from funding.report.certificate_sheet import CERTIFICATE, number, write_certificate
from funding.report.ranges import BY_ACTIVITY, BY_CITY
from funding.report.recorder import RecordedBook, Written
from funding.report.sides import WEIGHTS
from funding.report.solved import NOTHING, Solved
from funding.report.style import Book, Field, Kind, Looks, height_of
from funding.report.summary import SUMMARY, write_summary
from funding.workbook import add_sheets
from funding.workbook.writer import SAFE_TEXT, Page, set_properties

FORMAT = 2  # of the award workbook
SCENARIO, RUN = "Scenario", "Run record"
BESIDE_ITEM = "baselines"  # the item of the run record that names them, where there are any
SEAL = "record"  # the item of the run record that tells whether it was changed
WIDE, LINE = 100, 80  # width of sheet Scenario's column, and the letters that a line surely holds
OF_AWARDS = (  # items of the run record beside what is said of the run itself
    *("format", "status", "value", "value, exactly", "bound", "gap", "certified bound"),
    *("best value", "fair value", "seconds", "spent", "unspent"),
)


def award_workbook(allocation: Allocation, solved: Solved = NOTHING) -> bytes:
    """The award workbook of an allocation, ready to hand on; with what was found by solving again.

    The same allocation gives the same bytes. Raises InputError for a text too long for a cell.
    """
    call = allocation.applications.call
    stream = io.BytesIO()
    file = xlsxwriter.Workbook(stream, SAFE_TEXT)
    set_properties(file, f"Awards: {call.fund}, {allocation.scenario.name}", call.banner)
    looks = Looks(file, call.currency)
    page = Page(f"{call.fund} · {call.reference}", call.banner)
    book = Book(file, looks, page, f"Scenario: {allocation.scenario.name}")
    beside = baselines_beside(allocation, solved.baselines)
    _write(book, allocation, solved, beside)
    add_sheets(file, allocation.applications, call.banner)
    write_certificate(book, file.add_worksheet(CERTIFICATE), allocation)
    _record(book, file.add_worksheet(RUN), allocation, solved, beside)
    file.close()
    return stream.getvalue()


def award_cells(
    allocation: Allocation, solved: Solved
) -> dict[str, Mapping[tuple[int, int], Written]]:
    """What the award workbook of an allocation shows: sheet → (row, column), from 0 → cell.

    Without the applications, which it holds to be read again.
    """
    call, recorded = allocation.applications.call, RecordedBook()
    page = Page(f"{call.fund} · {call.reference}", call.banner)
    book = Book(recorded, Looks(recorded, call.currency), page, "")
    beside = baselines_beside(allocation, solved.baselines)
    _write(book, allocation, solved, beside)
    write_certificate(book, recorded.add_worksheet(CERTIFICATE), allocation)
    _record(book, recorded.add_worksheet(RUN), allocation, solved, beside)
    return {name: sheet.cells for name, sheet in recorded.sheets.items()}


def _write(book: Book, allocation: Allocation, solved: Solved, beside: Sequence[Proposal]) -> None:
    """Every sheet before the applications, in order."""
    r = awards.ranges(allocation)
    rows, weights = checks.checks_of(allocation, r)
    names = [SUMMARY, BY_CITY, BY_ACTIVITY, awards.RESERVE, awards.NOT_FUNDED]
    names += [checks.RULES, *([priced.PRICES] if solved.keys else []), checks.CHECKS]
    names += [*([WEIGHTS] if weights.columns else [])]
    names += [*([BASELINES] if beside else []), SCENARIO]
    sheets = {name: book.book.add_worksheet(name) for name in names}
    write_summary(book, sheets[SUMMARY], allocation, r, rows, beside)
    cities, city_total = awards.city_rows(allocation, r), awards.city_total(allocation, r)
    book.table(sheets[BY_CITY], awards.CITY_FIELDS, cities, total=city_total, frozen=2)
    fields, total = awards.activity_fields(allocation), awards.activity_total(allocation, r)
    lines = awards.activity_rows(allocation)
    if solved.helped is not None:
        fields, total = (*fields, awards.HELPED_FIELD), [*total, None]
        lines = [[*line, solved.helped.get(str(line[0]))] for line in lines]
    book.table(sheets[BY_ACTIVITY], fields, lines, total=total, frozen=3)
    reserve, refused = awards.reserve_rows(allocation), awards.not_funded_rows(allocation)
    book.table(
        sheets[awards.RESERVE], awards.RESERVE_FIELDS, reserve, frozen=2, none=awards.NO_RESERVE
    )
    book.table(sheets[awards.NOT_FUNDED], awards.NOT_FUNDED_FIELDS, refused, none=awards.ALL_FUNDED)
    listed, printed = checks.in_rules_order(rows)
    ruled, of_rules = [checks.rule_row(check) for check in listed], list(checks.RULE_FIELDS)
    if solved.keys:
        ruled = [[*row, *solved.of_rule(at)] for at, row in enumerate(ruled)]
        of_rules += priced.RULE_PRICE_FIELDS
        book.table(sheets[priced.PRICES], priced.KEY_FIELDS, solved.keys)
    book.table(sheets[checks.RULES], of_rules, ruled, printed=printed, frozen=2)
    book.table(sheets[checks.CHECKS], checks.CHECK_FIELDS, checks.check_rows(rows), frozen=3)
    if weights.columns:
        counted = checks.weight_rows(allocation, r, weights)
        book.table(sheets[WEIGHTS], checks.weight_fields(weights), counted, frozen=3)
    if beside:
        book.table(sheets[BASELINES], COLUMNS, rows_beside(allocation, beside, top=2))
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


def _record(
    book: Book, sheet: Any, allocation: Allocation, solved: Solved, beside: Sequence[Proposal]
) -> None:
    """What was solved, with what, and how it ended."""
    fields = (Field("Item", Kind.TEXT, 30), Field("Value", Kind.WRAPPED, 110))
    value, certified = float(allocation.value), allocation.certified_bound
    texts = (
        str(FORMAT),
        allocation.status,
        f"{value:.6f}",
        str(allocation.value),
        repr(float(allocation.bound)),
        f"{allocation.gap:.8f}",
        "(none)" if certified is None else number(certified),
        repr(float(allocation.best_value)),
        repr(float(allocation.fair_value)),
        f"{allocation.seconds:.3f}",
        allocation.case.money(allocation.spent),
        allocation.case.money(allocation.unspent),
    )
    rows = [[item, text] for item, text in zip(OF_AWARDS, texts, strict=True)]
    rows += [[item, text] for item, text in allocation.run.items()]
    rows += [["note", note] for note in allocation.notes]
    rows += [[item, digest] for item, digest in solved.digests.items()]
    rows += [[BESIDE_ITEM, ", ".join(p.method for p in beside)]] if beside else []
    text = "\n".join(f"{item}: {value}" for item, value in rows)
    rows.append([SEAL, hashlib.sha256(text.encode()).hexdigest()])
    book.table(sheet, fields, rows)
