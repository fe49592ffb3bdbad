"""The user's own workbook with its faults marked, commented and listed on a first sheet."""

from __future__ import annotations

import io
import re
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from funding.errors import Fault, WorkbookRejected
from funding.workbook.package import check_package
from funding.workbook.tables import OUR_SHEETS, sheet_called

LIST = OUR_SHEETS[0]
MOST_TOLD = 5_000  # faults that one copy marks and lists

_HEADERS = ("Kind", "Place", "What is wrong", "File")
_WIDTHS = (10, 24, 110, 24)
_RED = PatternFill("solid", start_color="FFC7CE", end_color="FFC7CE")
_YELLOW = PatternFill("solid", start_color="FFEB9C", end_color="FFEB9C")
_DARK = PatternFill("solid", start_color="1F3A5F", end_color="1F3A5F")
_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
_AUTHOR = "Funding check"
_FONT = "Calibri"


def annotate(source: bytes, faults: Sequence[Fault]) -> bytes:
    """The workbook with the given faults and notes in it, for the one who will correct it.

    Faulty cells are red, cells with a note yellow; each has a comment, and the first sheet,
    Faults, lists all (of more than 5,000 the first ones) with links to the cells. The rest of
    the workbook stays as it is; a sheet Faults of an earlier check is replaced. Give the
    faults of this workbook only. Raises WorkbookRejected for a file that is no safe workbook.
    """
    check_package(source)
    ordered = sorted(faults, key=lambda fault: not fault.blocks)  # keeps the order otherwise
    told = ordered[:MOST_TOLD]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the library, on parts that it leaves out
            book = openpyxl.load_workbook(io.BytesIO(source), keep_links=False)
            if LIST in book.sheetnames:
                del book[LIST]
            sheets = {sheet_called(title) or title: book[title] for title in book.sheetnames}
            _mark(sheets, told)
            _list(book, sheets, told, len(faults) - len(told))
            stream = io.BytesIO()
            book.save(stream)
    except Exception as error:  # the library raises whatever a damaged part leads it to
        raise WorkbookRejected(
            "the workbook cannot be marked; open it in Excel, let Excel repair it, and save it"
        ) from error
    return stream.getvalue()


def _mark(sheets: Mapping[str, Any], faults: Sequence[Fault]) -> None:
    """Colour the cells and say in a comment what is wrong."""
    at_cell: dict[tuple[str, str], list[Fault]] = defaultdict(list)
    for fault in faults:
        if fault.sheet in sheets and _CELL.fullmatch(fault.cell):
            at_cell[fault.sheet, fault.cell].append(fault)
    for (sheet, place), here in at_cell.items():
        cell = sheets[sheet][place]
        cell.fill = _RED if any(fault.blocks for fault in here) else _YELLOW
        said = "\n".join(fault.message for fault in here)
        before = cell.comment.text if cell.comment else ""
        if said not in before:
            text = f"{before}\n{said}" if before else said
            cell.comment = Comment(text, _AUTHOR, height=40 + 20 * (len(text) // 35), width=320)


def _list(book: Any, sheets: Mapping[str, Any], faults: Sequence[Fault], more: int) -> None:
    """The first sheet: every fault, then every note, each with a link to its cell."""
    page = book.create_sheet(LIST, 0)
    for at, (header, width) in enumerate(zip(_HEADERS, _WIDTHS, strict=True), 1):
        cell = page.cell(1, at, header)
        cell.font, cell.fill = Font(name=_FONT, bold=True, color="FFFFFF"), _DARK
        page.column_dimensions[cell.column_letter].width = width
    for line, fault in enumerate(faults, 2):
        place = f"{fault.sheet}!{fault.cell}" if fault.cell else fault.sheet
        texts = ("Fault" if fault.blocks else "Note", place, fault.message, fault.file)
        for at, text in enumerate(texts, 1):
            _write_text(page.cell(line, at), text)
        page.cell(line, 1).fill = _RED if fault.blocks else _YELLOW
        _link(page.cell(line, 2), sheets, fault)
    if not faults:
        _write_text(page.cell(2, 3), "No faults and no notes.")
    if more:
        _write_text(page.cell(len(faults) + 2, 3), f"… and {more:,} more, once these are corrected")
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:D{max(2, len(faults) + 1)}"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:1"
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is page
    book.active = 0


def _write_text(cell: Any, text: str) -> None:
    cell.value = text
    cell.data_type = "s"  # else a text that starts with = would be a formula
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _link(cell: Any, sheets: Mapping[str, Any], fault: Fault) -> None:
    if fault.sheet not in sheets:
        return
    title = sheets[fault.sheet].title.replace("'", "''")
    where = fault.cell if _CELL.fullmatch(fault.cell) else f"A{max(1, fault.row)}"
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!{where}")
    cell.font = Font(name=_FONT, color="0563C1", underline="single")
