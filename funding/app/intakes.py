"""What is open, checked again: after an edit, with corrected files, without those with faults.

A file that cannot be read, what was found in each file as a whole, and what was left out stay
known through all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from funding.applications import SHEETS
from funding.errors import Fault, Stage
from funding.workbook import Intake, Row, Table, marked_names
from funding.workbook.intake import Part, check_parts
from funding.workbook.tables import FUND, is_blank, matching

ADDED = "added here"  # the file of rows that were typed where several files are open


@dataclass(frozen=True, slots=True)
class FileState:
    """What there is to say of one file: ``state`` is one of `STATES`, the worst first."""

    file: str
    state: str
    faults: int
    notes: int
    sheets: tuple[str, ...]
    rows: int  # of all sheets but Fund


STATES = ("cannot be read", "faults", "left out", "sound")


def edited(intake: Intake, tables: Mapping[str, Table]) -> Intake:
    """The intake with tables of its own in which cells and rows were edited.

    Rows are given back to the files that they came from; rows of no file stand apart, as
    `ADDED`. Tables that are the same object as before count as not edited.
    """
    parts = list(intake.parts)
    if len(parts) == 1:
        parts = [replace(parts[0], tables=dict(tables))]
    else:
        touched = [s for s, table in tables.items() if table is not intake.tables.get(s)]
        for sheet in touched:
            if sheet != FUND:
                parts = _given_back(parts, sheet, intake.tables.get(sheet), tables[sheet])
    return checked(parts, unread(intake), intake.files, intake.left_out)


def corrected(intake: Intake, again: Intake, replaced: Collection[str]) -> Intake:
    """The intake with some of its files replaced, ``again`` being all files as read now.

    Edits in files that are not replaced stay; a file that was left out and is not replaced
    stays left out.
    """
    out = [file for file in intake.left_out if file not in replaced]
    edits = {part.file: part for part in intake.parts if part.file not in replaced}
    parts = [edits.get(part.file, part) for part in again.parts if part.file not in out]
    parts += [part for part in intake.parts if part.file == ADDED]
    refused = [fault for fault in unread(again) if fault.file not in out]
    return checked(parts, refused, again.files, tuple(out))


def unread(intake: Intake) -> list[Fault]:
    """The faults of the files that could not be read."""
    having = {part.file for part in intake.parts}
    lost = [file for file in intake.files if file not in having]
    return [f for f in intake.faults if f.stage == Stage.FILE and f.file in lost]


def file_states(
    intake: Intake, set_aside: Mapping[str, Sequence[Fault]] | None = None
) -> list[FileState]:
    """Every file with its state, the worst first; ``set_aside`` is what was found in those left
    out."""
    parts = {part.file: part for part in intake.parts}
    lost = {fault.file for fault in unread(intake)}
    told: dict[str, list[Fault]] = {file: [] for file in intake.files}
    for fault in (*intake.faults, *intake.notes):
        told.setdefault(fault.file, []).append(fault)
    states = []
    for file in intake.files:
        out = file in intake.left_out
        found = (set_aside or {}).get(file, ()) if out else told[file]
        faults = sum(fault.blocks for fault in found)
        state = "left out" if out else "cannot be read" if file in lost else ""
        state = state or ("faults" if faults else "sound")
        tables = parts[file].tables if file in parts else {}
        sheets = tuple(sheet for sheet in SHEETS if sheet in tables)
        rows = sum(len(table.rows) for sheet, table in tables.items() if sheet != FUND)
        states.append(FileState(file, state, faults, len(found) - faults, sheets, rows))
    return sorted(states, key=lambda s: (STATES.index(s.state), -s.faults, -s.notes))


def found_in(intake: Intake, file: str) -> list[Fault]:
    """The faults and notes of one file; where one was opened, all."""
    told = (*intake.faults, *intake.notes)
    return [fault for fault in told if fault.file in ("", file)]


def replaces(name: str, files: Sequence[str]) -> str | None:
    """The file among those opened that an uploaded one stands for, by its name.

    Beside the same name that is the name of its marked copy, and either with the number that a
    browser puts behind it, such as ``(1)``.
    """
    exact = {matching(file): file for file in files}
    if matching(name) in exact:
        return exact[matching(name)]
    known: dict[str, str] = {}
    for file in files:
        for own in (file, *marked_names([file])):
            known.setdefault(matching(own), file)
    return known.get(matching(name)) or known.get(matching(_unnumbered(name)))


def _unnumbered(name: str) -> str:
    path = PurePath(name)
    stem, bracket, number = path.stem.rpartition("(")
    if bracket and number.endswith(")") and number[:-1].isdigit():
        return f"{stem.rstrip()}{path.suffix}"
    return name


def checked(
    parts: Sequence[Part], refused: Iterable[Fault], files: tuple[str, ...], out: tuple[str, ...]
) -> Intake:
    """What is open, checked as `check_parts` does it, but for rows that were typed here."""
    made = check_parts(parts, refused, files, out)
    # Rows that were typed here have no sheet Fund, and need none.
    notes = tuple(n for n in made.notes if (n.file, n.sheet) != (ADDED, FUND))
    return replace(made, notes=notes)


def _given_back(
    parts: Sequence[Part], sheet: str, before: Table | None, after: Table
) -> list[Part]:
    """The parts with the rows of an edited sheet; of those without a changed row as they are."""
    names = {part.file for part in parts}
    made = []
    for part in parts:
        own = tuple(row for row in after.rows if row.file == part.file)
        was = tuple(row for row in before.rows if row.file == part.file) if before else ()
        if own == was:
            made.append(part)
        else:
            table = _own_table(part.tables.get(sheet), after, own)
            made.append(replace(part, tables={**part.tables, sheet: table}))
    new = tuple(row for row in after.rows if row.file not in names)
    if new:
        made.append(Part(ADDED, {sheet: _own_table(None, after, new)}))
    return made


def _own_table(own: Table | None, whole: Table, rows: Sequence[Row]) -> Table:
    """The rows of one file under its own headers and those that were filled for it."""
    letters = {matching(h): own.letter(at) for at, h in enumerate(own.headers)} if own else {}
    kept = [
        at
        for at, header in enumerate(whole.headers)
        if matching(header) in letters or any(not is_blank(whole.value(row, at)) for row in rows)
    ]
    headers = tuple(whole.headers[at] for at in kept)
    made = tuple(
        replace(row, values=tuple(whole.value(row, at) for at in kept), letters=()) for row in rows
    )
    own_letters = tuple(letters.get(matching(h), "") for h in headers) if own else ()
    return Table(headers, made, own_letters, own.header_row if own else 1)
