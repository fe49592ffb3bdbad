"""A foreign workbook read through a mapping: its sheets as tables of ours.

Every row keeps the foreign sheet, its number and its letters, so that faults name the foreign
cell.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from difflib import get_close_matches

from funding.errors import Fault, Stage
from funding.workbook.cells import Unfit, parsed, shown
from funding.workbook.conversion import Codes, Place
from funding.workbook.foreign_rows import ForeignRows, given, our_column
from funding.workbook.headings import ALIKE
from funding.workbook.mapping import Mapping
from funding.workbook.meaning import meaning
from funding.workbook.reader import open_grids
from funding.workbook.tables import (
    FUND,
    FUND_HEADERS,
    Row,
    Table,
    Value,
    is_blank,
    matching,
    merged,
)


def read_foreign(file: str, data: bytes, mapping: Mapping) -> tuple[dict[str, Table], list[Fault]]:
    """The tables of a foreign workbook by the names of our sheets, with its faults and notes.

    Nothing is repaired but by what the mapping declares, and that is noted. Raises
    WorkbookRejected for what is no safe or sound workbook.
    """
    opened = open_grids(file, data, lambda title: title if mapping.sheet_called(title) else None)
    faults = [*opened.notes, *_of_the_mapping(file, mapping)]
    faults += _other_sheets(file, opened.titles, mapping)
    codes = Codes()
    parts: list[ForeignRows] = []
    for sheet in mapping.sheets:
        grid = next((g for g in opened.grids if mapping.sheet_called(g.title) is sheet), None)
        if grid is None:
            faults.append(_no_sheet(file, sheet.sheet, opened.titles))
            continue
        table = grid.table(sheet.header_row)
        parts.append(ForeignRows(file, grid.title, sheet, table, mapping.conventions, codes))
        faults += grid.oddities
    tables = merged([(file, part.tables()) for part in parts])
    settings, differing = _settings(mapping, parts)
    faults += differing
    if settings:
        tables[FUND] = Table(FUND_HEADERS, tuple(settings))
    for part in parts:
        faults += part.faults()
    return tables, faults + codes.faults


def _settings(mapping: Mapping, parts: Sequence[ForeignRows]) -> tuple[list[Row], list[Fault]]:
    """The rows of sheet Fund: constants, and what columns say, the same in all rows."""
    rows: dict[str, Row] = {}
    faults: list[Fault] = []
    for header, value in mapping.fund.items():
        rows[header] = Row(1, (header, value, None), ("", "", ""))
    for part in parts:
        for header, theirs in part.filled.get(FUND, {}).items():
            if theirs is None or not part.has(theirs):
                continue
            row, odd = _setting(mapping, part, header, theirs)
            faults += odd
            if row is not None:
                rows[header] = row
            elif odd:
                rows.pop(header, None)
    return list(rows.values()), faults


def _setting(
    mapping: Mapping, part: ForeignRows, header: str, theirs: str
) -> tuple[Row | None, list[Fault]]:
    """A setting that a column gives; a fault for each other value that stands in it."""
    target = our_column(FUND, header)
    default = mapping.fund.get(header)
    first: tuple[Place, Value] | None = None
    odd: dict[Hashable, Fault] = {}
    for row in part.rows:
        place, cell = part.cell(theirs, row)
        value = part.convert.value(target, place, cell, default)
        first = first or (place, value)
        said = meaning(target.column, value)
        if said == meaning(target.column, first[1]) or said in odd:
            continue
        found = "blank" if is_blank(value) else shown(value)
        one = "blank" if is_blank(first[1]) else shown(first[1])
        message = f"{header} is {found}; expected {one} as in {first[0].cell}: one call has one"
        odd[said] = place.fault(message)
    if first is None:
        return None, []
    place, value = first
    try:
        parsed(target.column, value)
    except Unfit as unfit:
        return None, [place.fault(str(unfit)), *odd.values()]
    letters = ("", place.letter, "")
    return Row(place.row, (header, value, None), letters, "", part.title), list(odd.values())


def _of_the_mapping(file: str, mapping: Mapping) -> Iterator[Fault]:
    """Notes on which mapping was used, what it says of itself, and the settings it gives."""
    note = f". It says: {mapping.note}" if mapping.note else ""
    message = f"read through the mapping {shown(mapping.name)}{note}"
    yield Fault(file, "", 0, "", message, blocks=False, stage=Stage.FILE)
    if mapping.fund:
        yield given(file, FUND, "the mapping gives", mapping.fund)


def _no_sheet(file: str, title: str, titles: Sequence[str]) -> Fault:
    known = {matching(name): name for name in titles}
    near = get_close_matches(matching(title), known, 1, ALIKE)
    hint = f"; is it {shown(known[near[0]])}? Rename it, or correct the mapping" if near else ""
    message = f"no sheet {shown(title)}, which the mapping reads{hint}"
    return Fault(file, title, 0, "", message, stage=Stage.SHEETS)


def _other_sheets(file: str, titles: Iterable[str], mapping: Mapping) -> Iterator[Fault]:
    others = [shown(title) for title in titles if mapping.sheet_called(title) is None]
    if others:
        message = f"sheets that are not part of the mapping and were not read: {', '.join(others)}"
        yield Fault(file, "", 0, "", message, blocks=False, stage=Stage.SHEETS)
