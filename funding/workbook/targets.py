"""Headers of ours as a mapping file names them: ``Requested``, or ``Assessment: Comment``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from funding.applications import SHEETS, Column
from funding.workbook.headings import nearest
from funding.workbook.tables import FUND, matching, sheet_called, year_column, year_of

ROW_CODE = "Activity code"  # what ``number_rows`` of a mapping gives
CODES = ("City code", ROW_CODE)  # name rows; fill every sheet that has them
_ROW_IS = {"Cities": 0, "City record": 0, "Activities": 1, "Assessment": 1, "Scores": 2}


@dataclass(frozen=True, slots=True)
class Target:
    """A column of one of our sheets, or a setting of sheet Fund."""

    sheet: str
    column: Column

    @property
    def header(self) -> str:
        """The header that it has in its sheet."""
        return self.column.header

    @property
    def is_code(self) -> bool:
        """Whether it names a city or an activity, and is no content of its own."""
        return self.header in CODES


def targets(header: str) -> tuple[Target, ...]:
    """What a header fills: one column, or, for a code, that of each sheet that has it.

    Letter case and spacing do not matter. Raises ValueError, in a sentence, for a header that
    is not known, and for one that several sheets have and that does not say which is meant.
    """
    before, colon, after = header.partition(":")
    sheet = sheet_called(before) if colon else None
    word = after if sheet else header
    found = tuple(_found(word, (sheet,) if sheet else tuple(SHEETS)))
    if not found:
        known = _headers(sheet) if sheet else [h for name in SHEETS for h in _headers(name)]
        near = nearest(word, known)
        hint = f"; did you mean {f'{sheet}: {near}' if sheet else near}?" if near else ""
        raise ValueError(f'"{header}" is no header of ours{hint}')
    if len(found) > 1 and not found[0].is_code:
        options = " or ".join(f'"{t.sheet}: {t.header}"' for t in found)
        raise ValueError(f'"{header}" stands in several sheets; write {options}')
    return found


def spelt(header: str) -> str:
    """A header of ours in its own spelling, its sheet before it where that was named."""
    found = targets(header)
    before, colon, _ = header.partition(":")
    return (
        f"{found[0].sheet}: {found[0].header}"
        if colon and sheet_called(before)
        else (found[0].header)
    )


def fineness(sheet: str) -> int:
    """How much a row of the sheet is: 0 a city, 1 an activity, 2 a score of an activity."""
    return _ROW_IS[sheet]


def needs(sheet: str) -> list[str]:
    """The headers that a sheet must have."""
    columns = SHEETS[sheet].columns().values()
    return [c.header for c in columns if c.required or c.required_header]


def filled(
    columns: Mapping[str, Sequence[str]], defaults: Iterable[str], number_rows: str
) -> dict[str, dict[str, str | None]]:
    """Our sheet → our header → the foreign header that fills it, None for a constant.

    A sheet is fed, and so in the result, where any of its columns but a code is filled.
    """
    pairs: list[tuple[Target, str | None]] = [
        (target, theirs)
        for theirs, headers in columns.items()
        for header in headers
        for target in targets(header)
    ]
    pairs += [(target, None) for header in defaults for target in targets(header)]
    if number_rows:
        pairs += [(target, None) for target in targets(ROW_CODE)]
    fed = {target.sheet for target, _ in pairs if not target.is_code}
    found: dict[str, dict[str, str | None]] = {}
    for target, theirs in pairs:
        if target.sheet in fed:
            found.setdefault(target.sheet, {}).setdefault(target.header, theirs)
    return found


def lacking(
    columns: Mapping[str, Sequence[str]], defaults: Iterable[str], number_rows: str
) -> Iterator[str]:
    """What the sheets that are fed need and nothing fills; codes that would be given twice."""
    found = filled(columns, defaults, number_rows)
    if not set(found) - {FUND}:
        yield "they fill no sheet of ours; expected columns such as Requested or Population"
    for sheet in sorted(set(found) - {FUND}, key=fineness):
        absent = [header for header in needs(sheet) if header not in found[sheet]]
        if absent:
            yield f"sheet {sheet} needs {', '.join(absent)}, which no column and no default fills"
    if number_rows and any(ROW_CODE in headers for headers in columns.values()):
        yield f"a column fills {ROW_CODE}, so number_rows has no use"
    if number_rows and "Scores" in found:
        yield "a row is a score, so number_rows cannot name its activity"


def unambiguous() -> list[str]:
    """Every header, as a mapping can write it: with its sheet where several sheets have it."""
    places: dict[str, list[str]] = {}
    for sheet in SHEETS:
        for header in _headers(sheet):
            places.setdefault(header, []).append(sheet)
    return [
        name
        for header, sheets in places.items()
        for name in (
            [header]
            if len(sheets) == 1 or header in CODES
            else [f"{sheet}: {header}" for sheet in sheets]
        )
    ]


def _headers(sheet: str) -> list[str]:
    return [column.header for column in SHEETS[sheet].columns().values()]


def _found(word: str, sheets: tuple[str, ...]) -> Iterator[Target]:
    for sheet in sheets:
        for column in SHEETS[sheet].columns().values():
            if matching(column.header) == matching(word):
                yield Target(sheet, column)
        year = year_of(word) if sheet == "Activities" else None
        if year is not None:
            yield Target(sheet, year_column(year))
