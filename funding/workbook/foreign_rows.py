"""The rows of one foreign sheet as rows of our sheets, and what is to say of them.

A foreign row fills one row in each sheet of ours that the foreign sheet feeds. Where these are
of different fineness, as a city and its activities, the coarser gets the first row of each code.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from funding.applications import SHEETS
from funding.errors import Fault, Stage
from funding.workbook import oddities
from funding.workbook.cells import shown
from funding.workbook.conventions import Conventions
from funding.workbook.conversion import Codes, Conversion, Place
from funding.workbook.headings import nearest
from funding.workbook.mapping import ForeignSheet
from funding.workbook.meaning import meaning
from funding.workbook.tables import FUND, Row, Table, Value, is_blank, matching
from funding.workbook.targets import ROW_CODE, Target, fineness, targets

GROUPING = ("Region", "Theme")  # texts by which rules group


class ForeignRows:
    """One foreign sheet, being read: its tables first, then its `faults`.

    ``table`` is the sheet under its headers; ``codes`` are those of the whole workbook.
    """

    def __init__(
        self,
        file: str,
        title: str,
        spec: ForeignSheet,
        table: Table,
        conventions: Conventions,
        codes: Codes,
    ) -> None:
        self.file, self.title, self.spec, self.table = file, title, spec, table
        self.conventions = conventions
        self.filled = spec.filled()
        self.found: list[Fault] = []
        self.convert = Conversion(spec, conventions, codes)
        self.places = self._places()
        self._heads = [
            (" ".join(header.split()), table.letter(at)) for at, header in enumerate(table.headers)
        ]
        self.rows = list(self._rows())

    # --- where things stand ------------------------------------------------------------

    def _places(self) -> dict[str, int]:
        """Foreign header of the mapping → its column; tells of those missing or twice."""
        standing: dict[str, list[int]] = {}
        for at, header in enumerate(self.table.headers):
            if header:
                standing.setdefault(matching(header), []).append(at)
        wanted = {theirs: list(ours) for theirs, ours in self.spec.columns.items()}
        known = {matching(theirs): theirs for theirs in wanted}
        for pair in self.spec.at_most:
            for theirs in (pair.column, pair.of):
                if known.setdefault(matching(theirs), theirs) == theirs:
                    wanted.setdefault(theirs, [])
        places: dict[str, int] = {}
        free = [h for h in self.table.headers if h and matching(h) not in known]
        for theirs, ours in wanted.items():
            found = standing.get(matching(theirs), [])
            if found:
                places[theirs] = found[0]
            else:
                self._tell("", self._lacks(theirs, ours, free), Stage.COLUMNS)
            for other in found[1:]:
                message = (
                    f"column {shown(theirs)} stands twice; it is already in {self._head(found[0])}"
                )
                self._tell(self._head(other), message, Stage.COLUMNS)
        for pair in self.spec.at_most:  # which may write a header in another letter case
            for theirs in (pair.column, pair.of):
                if known[matching(theirs)] in places:
                    places[theirs] = places[known[matching(theirs)]]
        return places

    def _lacks(self, theirs: str, ours: Sequence[str], free: Sequence[str]) -> str:
        """What a fault says of a mapped column that is not there."""
        use = f", which fills {' and '.join(ours)}" if ours else ""
        near = nearest(theirs, free)
        if not near:
            row = self.spec.header_row
            return f"no column {shown(theirs)}{use}; expected this header in row {row}"
        cell = self._head(self.table.headers.index(near))
        return (
            f"no column {shown(theirs)}{use}; is it {shown(near)} in {cell}? Rename that header, "
            "or correct the mapping"
        )

    def _head(self, at: int) -> str:
        return f"{self.table.letter(at)}{self.spec.header_row}"

    def _tell(self, cell: str, message: str, stage: Stage) -> None:
        row = self.spec.header_row
        self.found.append(Fault(self.file, self.title, row, cell, message, stage=stage))

    def place(self, theirs: str, row: Row) -> Place:
        """The cell of a mapped column in a row."""
        return Place(self.file, self.title, *self._heads[self.places[theirs]], row.number)

    def cell(self, theirs: str, row: Row) -> oddities.Cell:
        """The place and the value of a mapped column in a row."""
        return self.place(theirs, row), self.table.value(row, self.places[theirs])

    def has(self, theirs: str | None) -> bool:
        """Whether a column of the mapping is there."""
        return theirs in self.places

    def _rows(self) -> Iterator[Row]:
        """The rows that hold anything in a column that fills one of ours."""
        read = [at for theirs, at in self.places.items() if theirs in self.spec.columns]
        for row in self.table.rows:
            if not all(is_blank(self.table.value(row, at)) for at in read):
                yield row
            elif not all(map(is_blank, row.values)):
                message = "this row has text only in columns that are not mapped and was not read"
                place = (self.file, self.title, row.number, str(row.number))
                self.found.append(Fault(*place, message, blocks=False))

    # --- rows of ours ------------------------------------------------------------------

    def tables(self) -> dict[str, Table]:
        """The tables of the sheets of ours that this sheet feeds."""
        return {sheet: self._table(sheet) for sheet in self.filled if sheet != FUND}

    def _table(self, sheet: str) -> Table:
        filled = {
            header: theirs
            for header, theirs in self.filled[sheet].items()
            if theirs is None or self.has(theirs)
        }
        aims = {header: our_column(sheet, header) for header in filled}
        letters = tuple(
            "" if theirs is None else self.table.letter(self.places[theirs])
            for theirs in filled.values()
        )
        rows = []
        for row in self._first_rows(sheet):
            values = tuple(
                self._value(aims[header], theirs, row) for header, theirs in filled.items()
            )
            rows.append(Row(row.number, values, letters, "", self.title))
        return Table(tuple(filled), tuple(rows), letters)

    def _value(self, target: Target, theirs: str | None, row: Row) -> Value:
        default = self.spec.default(target.sheet, target.header)
        if theirs is not None:
            place, value = self.cell(theirs, row)
            return self.convert.value(target, place, value, default)
        if target.header == ROW_CODE and self.spec.number_rows:
            return f"{self.spec.number_rows}{row.number}"
        return default

    def _first_rows(self, sheet: str) -> list[Row]:
        """The rows that fill a sheet: all, or for a coarser sheet the first of each code."""
        fed = [fed for fed in self.filled if fed != FUND]
        if fineness(sheet) == max(map(fineness, fed)):
            return self.rows
        code = next(iter(SHEETS[sheet].columns().values())).header
        theirs = self.filled[sheet][code]
        if theirs is not None and not self.has(theirs):
            return []
        aim = our_column(sheet, code)
        first: dict[Hashable, Row] = {}
        later: list[tuple[Hashable, Row]] = []
        kept: list[Row] = []
        for row in self.rows:
            key = meaning(aim.column, self._value(aim, theirs, row))
            if isinstance(key, str) and key in first:
                later.append((key, row))
                continue
            kept.append(row)  # also where the code is blank or no text: that is a fault
            if isinstance(key, str):
                first[key] = row
        self._note_differences(sheet, code, first, later)
        return kept

    def _note_differences(
        self,
        sheet: str,
        code: str,
        first: dict[Hashable, Row],
        later: Iterable[tuple[Hashable, Row]],
    ) -> None:
        own = [t for h, t in self.filled[sheet].items() if t and h != code and self.has(t)]

        def cells(row: Row) -> list[oddities.Cell]:
            return [self.cell(theirs, row) for theirs in own]

        firsts = {key: cells(row) for key, row in first.items()}
        self.found += oddities.differing(firsts, ((key, cells(row)) for key, row in later))

    # --- what is to say of it ----------------------------------------------------------

    def faults(self) -> Iterator[Fault]:
        """Every fault and note of the sheet; after its tables were made."""
        yield from self.found
        yield from self.convert.notes(self._needed())
        yield from self._unmapped()
        yield from self._constants()
        for pair in self.spec.at_most:
            if self.has(pair.column) and self.has(pair.of):
                cells = ((self.cell(pair.column, r), self.cell(pair.of, r)) for r in self.rows)
                yield from oddities.above(cells, self.conventions)
        yield from self._alike()

    def _needed(self) -> frozenset[str]:
        """The foreign headers whose blank cells are faults: a column of ours needs them."""
        return frozenset(
            self._heads[self.places[theirs]][0]
            for sheet, filled in self.filled.items()
            for header, theirs in filled.items()
            if theirs is not None and self.has(theirs) and our_column(sheet, header).column.required
        )

    def _unmapped(self) -> Iterator[Fault]:
        known = set(self.places.values())
        others = [
            shown(header) if header else f"column {self.table.letter(at)}, which has no header"
            for at, header in enumerate(self.table.headers)
            if at not in known
        ]
        if others:
            message = f"not part of the mapping and not read: {', '.join(others)}"
            place = (self.file, self.title, self.spec.header_row, "")
            yield Fault(*place, message, blocks=False, stage=Stage.COLUMNS)

    def _constants(self) -> Iterator[Fault]:
        """A note on what the mapping gives for all rows alike."""
        constants = {
            header: self.spec.default(sheet, header)
            for sheet, filled in self.filled.items()
            for header, theirs in filled.items()
            if theirs is None and self.spec.default(sheet, header) is not None
        }
        if constants:
            yield given(self.file, self.title, "all rows have from the mapping", constants)

    def _alike(self) -> Iterator[Fault]:
        """Rows entered twice, one name under two codes, groups spelt in two ways."""
        own = self._own_code()
        others = [t for t in self.spec.columns if self.has(t) and t != own]
        if own is not None or self.spec.number_rows:
            first = own or next(iter(others), None)
            if first is not None and len(others) > 1:
                rows = (
                    (
                        self.cell(first, row) if own else (self.place(first, row), None),
                        [self.cell(theirs, row)[1] for theirs in others],
                    )
                    for row in self.rows
                )
                yield from oddities.repeated(rows, f" but {shown(own)}" if own else "")
        cities = self.filled.get("Cities", {})
        name, code = cities.get("City"), cities.get("City code")
        if name is not None and code is not None and self.has(name) and self.has(code):
            aim = our_column("Cities", "City code")
            named = ((self._value(aim, code, row), self.cell(name, row)) for row in self.rows)
            yield from oddities.named_twice(_once(named))
        for sheet, filled in self.filled.items():
            for header, theirs in filled.items():
                plain = header in GROUPING and not self.spec.words(sheet, header)
                if plain and theirs is not None and self.has(theirs):
                    yield from oddities.spelt_apart(self.cell(theirs, row) for row in self.rows)

    def _own_code(self) -> str | None:
        """The foreign header of the code that names the finest rows."""
        fed = [sheet for sheet in self.filled if sheet != FUND]
        finest = max(fed, key=fineness)
        code = next(iter(SHEETS[finest].columns().values())).header
        theirs = self.filled[finest].get(code)
        return theirs if self.has(theirs) and fineness(finest) < 2 else None


def our_column(sheet: str, header: str) -> Target:
    """The column of one of our sheets, or the setting of sheet Fund, with a header."""
    return targets(f"{sheet}: {header}")[0]


def given(file: str, sheet: str, what: str, constants: Mapping[str, Value]) -> Fault:
    """A note on constants of the mapping: ``all rows have from the mapping: Population 1``."""
    told = ", ".join(f"{header} {shown(value)}" for header, value in constants.items())
    return Fault(file, sheet, 0, "", f"{what}: {told}", blocks=False, stage=Stage.SHEETS)


def _once(named: Iterable[tuple[Value, oddities.Cell]]) -> Iterator[tuple[Value, oddities.Cell]]:
    """The first row of each code."""
    seen: set[Value] = set()
    for code, cell in named:
        if code is not None and code not in seen:
            seen.add(code)
            yield code, cell
