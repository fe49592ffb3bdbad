"""From tables to rows of sound fields, with every fault of a single cell.

A field that is faulty is left out of its row's `values`, so that the relations of
`funding.workbook.relations` look at sound fields alone and no fault is told twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from funding.applications import FORMAT, SHEETS, CellKind, Column
from funding.errors import Fault, Stage
from funding.workbook.cells import Unfit, parsed, shown
from funding.workbook.headings import Heading, heading, nearest, under_headers
from funding.workbook.tables import (
    FUND,
    FUND_HEADERS,
    ErrorCell,
    Row,
    Table,
    Uncalculated,
    Value,
    is_blank,
    matching,
    plain_text,
)

MOST_FAULTS = 100_000  # of one sheet: more need minutes to be told, and nobody reads them
_YEAR = "year "  # of the fields Requested YYYY
EXAMPLE = "EXAMPLE"  # the codes of the template's example rows begin so

_SETTINGS = {
    "setting": Column(FUND_HEADERS[0], CellKind.TEXT, "Which setting", required=True),
    "value": Column(FUND_HEADERS[1], CellKind.TEXT, "Its value", required=True),
    "note": Column(FUND_HEADERS[2], CellKind.TEXT, "What it means; not read"),
}


@dataclass(slots=True)
class Parsed:
    """One row as far as it is sound.

    ``values`` holds the sound fields, blank ones by their default (None: not known);
    ``letters`` the column of each field, or, on sheet Fund, ``cells`` the cell of each setting;
    ``whole`` says that no field is faulty; ``typed`` is what stands where the row's code cannot
    be read.
    """

    sheet: str
    file: str
    number: int
    values: dict[str, Any] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)  # one for all rows of a sheet
    cells: dict[str, str] = field(default_factory=dict)
    whole: bool = True
    typed: str = ""

    def cell(self, name: str) -> str:
        """Where a field stands: its cell, or its row where it has no column."""
        return self.cells.get(name) or f"{self.letters.get(name, '')}{self.number}"

    def place(self, name: str) -> str:
        """The cell of a field for use in a message: ``Cities!A7``, with its file if known."""
        return Fault(self.file, self.sheet, self.number, self.cell(name), "").place

    def has(self, *names: str) -> bool:
        """Whether all these fields are sound and known."""
        return all(self.values.get(name) is not None for name in names)

    def fault(
        self, name: str, message: str, *, blocks: bool = True, stage: Stage = Stage.RELATIONS
    ) -> Fault:
        """A fault, or a note, at one of the fields."""
        number = int(self.cell(name).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or self.number)
        return Fault(self.file, self.sheet, number, self.cell(name), message, blocks, stage)


@dataclass(slots=True)
class Sheet:
    """The rows of one sheet of one workbook, with what is wrong in them."""

    rows: list[Parsed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)  # and notes
    codes_known: bool = True  # there is one column of codes


def parse_call(file: str, table: Table) -> tuple[Parsed, list[Fault]]:
    """Sheet Fund: its settings as one row; settings that are not given are left out."""
    table = under_headers(table, _SETTINGS)
    head, faults = heading(FUND, file, table, _SETTINGS)
    call = Parsed(FUND, file, 1, whole=False)
    if head.missing:
        return call, faults
    value_at = head.places["value"][0]
    lines = _lines(file, table, head.places["setting"][0], value_at, faults)
    for name, (row, column) in lines.items():
        call.cells[name] = f"{table.letter(value_at, row)}{row.number}"
        try:
            value = parsed(column, table.value(row, value_at))
        except Unfit as unfit:
            faults.append(call.fault(name, str(unfit), stage=Stage.CELLS))
        else:
            if value is not None:
                call.values[name] = value
    call.whole = not any(fault.blocks for fault in faults)
    return call, faults


def _lines(
    file: str, table: Table, name_at: int, value_at: int, faults: list[Fault]
) -> dict[str, tuple[Row, Column]]:
    """The row of each setting; tells of those that are unknown or stand twice."""
    known = {matching(c.header): (name, c) for name, c in SHEETS[FUND].columns().items()}
    lines: dict[str, tuple[Row, Column]] = {}
    for row in table.rows:
        setting = table.value(row, name_at)
        if is_blank(setting) and is_blank(table.value(row, value_at)):
            continue  # a line of guidance in column Note
        place = f"{table.letter(name_at, row)}{row.number}"
        name, column = known.get(matching(setting), ("", None))
        if column is None:
            if is_blank(setting):
                message = "a row without a setting was not read"
            else:
                near = nearest(str(setting), (c.header for _, c in known.values()))
                hint = f"; did you mean {near}?" if near else ""
                message = f"setting {shown(setting)} is not known and was not read{hint}"
            faults.append(Fault(file, FUND, row.number, place, message, blocks=False))
        elif name in lines:
            first = f"{FUND}!{table.letter(name_at)}{lines[name][0].number}"
            message = f"setting {column.header} stands twice; it is already in {first}"
            faults.append(Fault(file, FUND, row.number, place, message, stage=Stage.COLUMNS))
        else:
            lines[name] = (row, column)
    return lines


def newer_format(file: str, table: Table) -> Fault | None:
    """The one fault of a workbook whose format is newer than this version knows.

    Nothing else of it is then looked at: its sheets and columns may mean something else.
    """
    call, _ = parse_call(file, table)
    found = call.values.get("workbook_format")
    if found is None or found <= FORMAT:
        return None
    return call.fault(
        "workbook_format",
        f"Workbook format is {found}, but this version reads format {FORMAT}; "
        "use a newer version of this tool",
    )


def parse_sheet(sheet: str, file: str, table: Table, currency: str) -> Sheet:
    """The rows of any other sheet. ``currency`` says how many decimals amounts have."""
    columns = SHEETS[sheet].columns()
    table = under_headers(table, columns)
    head, faults = heading(sheet, file, table, columns)
    made = Sheet(faults=faults)
    code = next(iter(columns))
    if not head.places:
        made.codes_known = False
        return made
    reader = _Rows(sheet, file, table, head, currency, made.faults)
    code_at = head.places[code][0] if code in head.places else None
    for row in table.rows:
        if all(is_blank(table.value(row, at)) for at in reader.filled):
            made.faults += _only_unknown(sheet, row.file or file, row)
        elif code_at is not None and is_example(table.value(row, code_at)):
            cell = f"{table.letter(code_at, row)}{row.number}"
            message = "the template's example row was left out; give it a code if it is meant"
            place = (row.file or file, row.sheet or sheet, row.number, cell)
            made.faults.append(Fault(*place, message, blocks=False))
        else:
            made.rows.append(reader.parse(row))
            if len(made.faults) > MOST_FAULTS:
                message = f"more than {MOST_FAULTS:,} faults up to this row; correct these first"
                place = (row.file or file, row.sheet or sheet, row.number, str(row.number))
                made.faults.append(Fault(*place, f"{message}: the rows below were not looked at"))
                made.codes_known = False
                return made
    made.codes_known = code in head.places and code not in head.doubtful
    return made


def _only_unknown(sheet: str, file: str, row: Row) -> Iterator[Fault]:
    """A note on a row that has cells, but none in a column of ours."""
    if any(not is_blank(value) for value in row.values):
        message = "this row has text only in columns that are not known and was not read"
        place = (file, row.sheet or sheet, row.number, str(row.number))
        yield Fault(*place, message, blocks=False)


def is_example(code: Value) -> bool:
    """Whether a code is that of the template's example row."""
    return isinstance(code, str) and code.strip().upper().startswith(EXAMPLE) and _coded(code)


def _coded(code: str) -> bool:
    word = matching(code).upper()
    return word == EXAMPLE or word.startswith(f"{EXAMPLE}-")


def _typed(value: Value) -> str:
    """What stands in a cell of codes, where that tells anything."""
    if value is None or isinstance(value, ErrorCell | Uncalculated):
        return ""
    return plain_text(value) if isinstance(value, str) else shown(value)


class _Rows:
    """Reads the rows of one sheet, field by field."""

    def __init__(
        self, sheet: str, file: str, table: Table, head: Heading, currency: str, faults: list[Fault]
    ) -> None:
        self.sheet, self.file, self.table, self.currency = sheet, file, table, currency
        self.faults = faults
        self.filled = [at for at, _ in head.places.values()]
        self._whole = not head.missing
        self._doubtful = head.doubtful
        self._code = next(iter(SHEETS[sheet].columns()))
        fields = SHEETS[sheet].model_fields.items()
        self._defaults = {
            name: field.get_default()
            for name, field in fields
            if not field.is_required() and name not in head.missing
        }
        self._columns = [
            (name, at, column, int(name.removeprefix(_YEAR)) if name.startswith(_YEAR) else 0)
            for name, (at, column) in head.places.items()
        ]
        self._letters: dict[tuple[str, ...], Mapping[str, str]] = {}

    def parse(self, row: Row) -> Parsed:
        """The row's sound fields; the faults of the others are added to ``faults``."""
        made = Parsed(
            row.sheet or self.sheet,
            row.file or self.file,
            row.number,
            dict(self._defaults),
            self._lettered(row),
            whole=self._whole,
        )
        by_year: dict[int, int] = {}
        for name, at, column, year in self._columns:
            if name in self._doubtful:
                made.whole = False
                made.values.pop("requested_by_year" if year else name, None)
                continue
            try:
                value = parsed(column, self.table.value(row, at), self.currency)
            except Unfit as unfit:
                made.whole = False
                made.values.pop("requested_by_year" if year else name, None)
                if name == self._code:
                    made.typed = _typed(self.table.value(row, at))
                self.faults.append(made.fault(name, str(unfit), stage=Stage.CELLS))
                continue
            if value is None:
                continue
            if year:
                by_year[year] = cast(int, value)
            else:
                made.values[name] = value
        if by_year and "requested_by_year" in made.values:
            made.values["requested_by_year"] = tuple(sorted(by_year.items()))
        return made

    def _lettered(self, row: Row) -> Mapping[str, str]:
        """Field → letter of its column: the same for all rows of one file."""
        known = self._letters.get(row.letters)
        if known is None:
            known = {name: self.table.letter(at, row) for name, at, _, _ in self._columns}
            self._letters[row.letters] = known
        return known
