"""From tables to rows of sound fields, with every fault of a single cell.

A field that is faulty is left out of its row's `values`, so that the relations of
`funding.workbook.relations` look at sound fields alone and no fault is told twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from funding.applications import FORMAT, SHEETS, CellKind, Column
from funding.errors import Fault
from funding.workbook.cells import Unfit, parsed, shown
from funding.workbook.headings import Heading, heading, nearest
from funding.workbook.tables import FUND, FUND_HEADERS, Row, Table, Value, is_blank, matching

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
    ``cells`` where each field stands; ``whole`` says that no field is faulty.
    """

    sheet: str
    file: str
    number: int
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    whole: bool = True

    def cell(self, name: str) -> str:
        """Where a field stands: its cell, or its row where it has no column."""
        return self.cells.get(name, str(self.number))

    def place(self, name: str) -> str:
        """The cell of a field for use in a message: ``Cities!A7``, with its file if known."""
        return Fault(self.file, self.sheet, self.number, self.cell(name), "").place

    def has(self, *names: str) -> bool:
        """Whether all these fields are sound and known."""
        return all(self.values.get(name) is not None for name in names)

    def fault(self, name: str, message: str, *, blocks: bool = True) -> Fault:
        """A fault, or a note, at one of the fields."""
        number = int(self.cell(name).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or self.number)
        return Fault(self.file, self.sheet, number, self.cell(name), message, blocks)


@dataclass(slots=True)
class Sheet:
    """The rows of one sheet of one workbook, with what is wrong in them."""

    rows: list[Parsed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)  # and notes
    codes_known: bool = True  # the code of every row is sound


def parse_call(file: str, table: Table) -> tuple[Parsed, list[Fault]]:
    """Sheet Fund: its settings as one row; settings that are not given are left out."""
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
            faults.append(call.fault(name, str(unfit)))
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
            faults.append(Fault(file, FUND, row.number, place, message))
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
    head, faults = heading(sheet, file, table, columns)
    made = Sheet(faults=faults)
    code = next(iter(columns))
    if not head.places:
        made.codes_known = False
        return made
    for row in table.rows:
        place = row.file or file
        if all(is_blank(table.value(row, at)) for at, _ in head.places.values()):
            message = "this row has text only in columns that are not known and was not read"
            note = Fault(place, sheet, row.number, str(row.number), message, blocks=False)
            made.faults += [note] if any(not is_blank(v) for v in row.values) else []
        elif code in head.places and _is_example(table.value(row, head.places[code][0])):
            cell = f"{table.letter(head.places[code][0], row)}{row.number}"
            message = "the template's example row was left out; give it a code if it is meant"
            made.faults.append(Fault(place, sheet, row.number, cell, message, blocks=False))
        else:
            made.rows.append(_parse_row(sheet, place, table, row, head, currency, made.faults))
    made.codes_known = all(code in row.values for row in made.rows) and code in head.places
    return made


def _is_example(code: Value) -> bool:
    word = matching(code).upper() if isinstance(code, str) else ""
    return word == EXAMPLE or word.startswith(f"{EXAMPLE}-")


def _parse_row(
    sheet: str,
    file: str,
    table: Table,
    row: Row,
    head: Heading,
    currency: str,
    faults: list[Fault],
) -> Parsed:
    made = Parsed(sheet, file, row.number, whole=not head.missing)
    fields = SHEETS[sheet].model_fields
    made.values = {n: f.get_default() for n, f in fields.items() if not f.is_required()}
    for name in head.missing:
        made.values.pop(name, None)
    by_year: dict[int, int] = {}
    for name, (at, column) in head.places.items():
        letter = table.letter(at, row)
        made.cells[name] = f"{letter}{row.number}" if letter else str(row.number)
        year = name.removeprefix("year ") if name.startswith("year ") else ""
        try:
            value = parsed(column, table.value(row, at), currency)
        except Unfit as unfit:
            made.whole = False
            made.values.pop("requested_by_year" if year else name, None)
            faults.append(made.fault(name, str(unfit)))
            continue
        if value is not None and year:
            by_year[int(year)] = cast(int, value)
        elif value is not None:
            made.values[name] = value
    if "requested_by_year" in made.values:
        made.values["requested_by_year"] = tuple(sorted(by_year.items()))
    return made
