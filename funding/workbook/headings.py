"""The header row of a sheet: which column holds which field, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from funding.applications import Column
from funding.errors import Fault
from funding.workbook.cells import shown
from funding.workbook.tables import Row, Table, is_blank, matching, year_column, year_of

HEADER_ROWS = 10  # rows in which a header that is not in row 1 is looked for
ALIKE = 0.65  # of two words that may be slips of each other: LIK and LIL are 0.67


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the fields of a sheet stand: field → (column from 0, what it holds).

    The part of a request that falls in 2027 is the field ``year 2027``.
    """

    places: Mapping[str, tuple[int, Column]]
    missing: frozenset[str]  # fields whose column must be there and is not


def nearest(word: str, known: Iterable[str]) -> str:
    """The word of a list that is written most like another, or "" where none is."""
    by_match: dict[str, str] = {}
    for k in known:
        by_match.setdefault(matching(k), k)
    near = get_close_matches(matching(word), by_match, 1, ALIKE)
    return by_match[near[0]] if near else ""


def heading(
    sheet: str, file: str, table: Table, columns: Mapping[str, Column]
) -> tuple[Heading, list[Fault]]:
    """Match the headers of a sheet to its columns; tell of those that are missing, twice or
    unknown (the last are notes)."""
    known = {matching(column.header): (name, column) for name, column in columns.items()}
    places: dict[str, tuple[int, Column]] = {}
    strangers: list[int] = []
    faults: list[Fault] = []
    for at, header in enumerate(table.headers):
        year = year_of(header) if sheet == "Activities" else None
        name, column = known.get(matching(header), ("", None))
        if year is not None:
            name, column = f"year {year}", year_column(year)
        if column is None:
            strangers.append(at)
        elif name in places:
            first = f"{sheet}!{table.letter(places[name][0])}1"
            message = f"column {column.header} stands twice; it is already in {first}"
            faults.append(Fault(file, sheet, 1, f"{table.letter(at)}1", message))
        else:
            places[name] = (at, column)
    needed = (n for n, c in columns.items() if c.required or c.required_header)
    missing = frozenset(n for n in needed if n not in places)
    absent = {n: c.header for n, c in columns.items() if n not in places}
    row = _row_of_headers(table, known) if missing else None
    if row:
        message = f"the headers stand in row {row}; expected them in row 1: delete the rows above"
        faults.append(Fault(file, sheet, row, str(row), message))
        return Heading({}, missing), faults
    lacking = [header for name, header in absent.items() if name in missing]
    faults += (_lacks(sheet, file, table, header, strangers) for header in lacking)
    told = {fault.cell for fault in faults}
    for at in strangers:
        if not _is_empty(table, at) and f"{table.letter(at)}1" not in told:
            faults.append(_strange(sheet, file, table, at, absent.values()))
    return Heading(places, missing), faults


def _lacks(sheet: str, file: str, table: Table, header: str, strangers: Sequence[int]) -> Fault:
    """A column that must be there is not: where, perhaps, it stands under another name."""
    near = nearest(header, (table.headers[at] for at in strangers if table.headers[at]))
    if not near:
        return Fault(file, sheet, 1, "", f"no column {header}; expected this header in row 1")
    letter = next(table.letter(at) for at in strangers if table.headers[at] == near)
    message = f"no column {header}; is it {shown(near)} in {letter}1? Rename that header"
    return Fault(file, sheet, 1, f"{letter}1", message)


def _strange(sheet: str, file: str, table: Table, at: int, absent: Iterable[str]) -> Fault:
    """A note on a column that is not ours."""
    header, letter = table.headers[at], table.letter(at)
    if is_blank(header):
        message = f"column {letter} has no header and was not read"
    else:
        near = nearest(header, absent)
        hint = f"; did you mean {near}?" if near else ""
        message = f"column {shown(header)} is not known and was not read{hint}"
    return Fault(file, sheet, 1, f"{letter}1", message, blocks=False)


def _is_empty(table: Table, at: int) -> bool:
    """Whether a column without a header holds nothing at all."""
    return is_blank(table.headers[at]) and all(is_blank(table.value(r, at)) for r in table.rows)


def _row_of_headers(table: Table, known: Mapping[str, object]) -> int | None:
    """The row further down that holds the headers, when row 1 holds none of them."""
    if any(matching(header) in known for header in table.headers):
        return None

    def headers_in(row: Row) -> int:
        return sum(1 for v in row.values if isinstance(v, str) and matching(v) in known)

    rows = [row for row in table.rows if row.number <= HEADER_ROWS]
    best = max(rows, key=headers_in, default=None)
    return best.number if best and headers_in(best) >= 2 else None
