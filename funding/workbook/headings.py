"""The header row of a sheet: which column holds which field, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from funding.applications import Column
from funding.errors import Fault, Stage
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
    doubtful: frozenset[str]  # fields that two columns claim


def nearest(word: str, known: Iterable[str]) -> str:
    """The word of a list that is written most like another, or "" where none or several are."""
    by_match: dict[str, str] = {}
    for k in known:
        by_match.setdefault(matching(k), k)
    sought = matching(word)
    near = get_close_matches(sought, by_match, 2, ALIKE)
    likeness = [SequenceMatcher(None, match, sought).ratio() for match in near]
    return by_match[near[0]] if len(set(likeness)) == len(near) > 0 else ""


def under_headers(table: Table, columns: Mapping[str, Column]) -> Table:
    """The table under the row that holds its headers, where that is not row 1."""
    known = {matching(column.header) for column in columns.values()}
    row = _row_of_headers(table, known)
    if row is None:
        return table
    headers = tuple("" if is_blank(value) else str(value) for value in row.values)
    headers += ("",) * (len(table.headers) - len(headers))
    below = tuple(r for r in table.rows if r.number > row.number)
    return Table(headers, below, table.letters, row.number)


def heading(
    sheet: str, file: str, table: Table, columns: Mapping[str, Column]
) -> tuple[Heading, list[Fault]]:
    """Match the headers of a sheet to its columns; tell of those that are missing, twice or
    unknown (the last are notes), and of headers that do not stand in row 1."""
    known = {matching(column.header): (name, column) for name, column in columns.items()}
    places: dict[str, tuple[int, Column]] = {}
    doubtful: set[str] = set()
    strangers: list[int] = []
    faults: list[Fault] = []
    at_row = table.header_row

    def tell(cell: str, message: str, *, blocks: bool = True) -> None:
        faults.append(Fault(file, sheet, at_row, cell, message, blocks, Stage.COLUMNS))

    if at_row > 1:
        message = f"the headers stand in row {at_row}; expected them in row 1"
        tell(str(at_row), f"{message}: delete the rows above")
    for at, header in enumerate(table.headers):
        year = year_of(header) if sheet == "Activities" else None
        name, column = known.get(matching(header), ("", None))
        if year is not None:
            name, column = f"year {year}", year_column(year)
        if column is None:
            strangers.append(at)
        elif name in places:
            doubtful.add(name)
            first = f"{sheet}!{_cell(table, places[name][0])}"
            tell(_cell(table, at), f"column {column.header} stands twice; it is already in {first}")
        else:
            places[name] = (at, column)
    absent = {n: c for n, c in columns.items() if n not in places}
    missing = frozenset(n for n, c in absent.items() if c.required or c.required_header)
    foreign = bool(table.rows) and bool(table.rows[0].sheet)  # its mapping told what is missing
    for name in () if foreign else missing:
        tell(*_lacks(table, absent[name].header, strangers))
    told = {fault.cell for fault in faults}
    for at in strangers:
        if not _is_empty(table, at) and _cell(table, at) not in told:
            headers = [column.header for column in absent.values()]
            tell(_cell(table, at), _strange(table, at, headers), blocks=False)
    return Heading(places, missing, frozenset(doubtful)), faults


def _cell(table: Table, at: int) -> str:
    """The cell of a header: ``M1``."""
    return f"{table.letter(at)}{table.header_row}"


def _lacks(table: Table, header: str, strangers: Sequence[int]) -> tuple[str, str]:
    """A column that must be there is not: where, perhaps, it stands under another name."""
    near = nearest(header, (table.headers[at] for at in strangers if table.headers[at]))
    if not near:
        return "", f"no column {header}; expected this header in row 1"
    cell = next(_cell(table, at) for at in strangers if table.headers[at] == near)
    return cell, f"no column {header}; is it {shown(near)} in {cell}? Rename that header"


def _strange(table: Table, at: int, absent: Iterable[str]) -> str:
    """What a note says of a column that is not ours."""
    header = table.headers[at]
    if is_blank(header):
        return f"column {table.letter(at)} has no header and was not read"
    near = nearest(header, absent)
    hint = f"; did you mean {near}?" if near else ""
    return f"column {shown(header)} is not known and was not read{hint}"


def _is_empty(table: Table, at: int) -> bool:
    """Whether a column without a header holds nothing at all."""
    return is_blank(table.headers[at]) and all(is_blank(table.value(r, at)) for r in table.rows)


def _row_of_headers(table: Table, known: Container[str]) -> Row | None:
    """The row further down that holds the headers, when row 1 holds none of them."""
    if any(matching(header) in known for header in table.headers):
        return None

    def headers_in(row: Row) -> int:
        return sum(1 for v in row.values if isinstance(v, str) and matching(v) in known)

    rows = [row for row in table.rows if row.number <= HEADER_ROWS]
    best = max(rows, key=headers_in, default=None)
    return best if best and headers_in(best) >= 2 else None
