"""What changed between two versions of the sheets: rows, cells and columns.

Rows are matched by key and columns by header, so their order is no change; cells are compared
by what they say, so the way a number or a date is typed is none either. A blank cell that means
a default is blank, and not the default.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from funding.applications import SHEETS
from funding.workbook.cells import shown
from funding.workbook.meaning import told, told_apart
from funding.workbook.pairing import Side, pair_columns, pair_rows
from funding.workbook.parsing import parse_call
from funding.workbook.record import (
    HEADERS,
    Action,
    Change,
    Changes,
    Entry,
    FilledCell,
    Kind,
    Place,
    Record,
)
from funding.workbook.tables import FUND, FUND_HEADERS, Row, Table, is_blank, matching, plain_text

__all__ = [
    "HEADERS",
    "Action",
    "Change",
    "Changes",
    "Entry",
    "FilledCell",
    "Kind",
    "Place",
    "Record",
    "changes",
]

_NOTE = matching(FUND_HEADERS[2])
_TITLE = 60  # characters of a title or name in a label
_NAMED_BY = {"Cities": "City", "Activities": "Title"}  # sheet → the column that names its rows
_NAMES = {  # sheet → the sheet that names its codes
    "Cities": "Cities",
    "City record": "Cities",
    "Activities": "Activities",
    "Assessment": "Activities",
    "Scores": "Activities",
}


def changes(before: Mapping[str, Table], after: Mapping[str, Table], currency: str = "") -> Changes:
    """What changed from one version of the sheets to another, each by name of sheet.

    Amounts are shown with the decimals of the currency that sheet Fund gives on their side, else
    of ``currency``. A sheet that is missing counts as one without rows, and a blank column that
    may be missing as missing.
    """
    found: list[Change] = []
    old, new = _Version(before, currency), _Version(after, currency)
    for sheet in SHEETS:
        if sheet in before or sheet in after:
            found += _Comparison(sheet, old, new).changes()
    return Changes(tuple(found))


class _Version:
    """All sheets of one side, with its currency and what its cities and activities are called."""

    def __init__(self, tables: Mapping[str, Table], currency: str) -> None:
        self.given = frozenset(tables)
        self.sides = {sheet: Side(sheet, tables.get(sheet, Table((), ()))) for sheet in SHEETS}
        call = parse_call("", tables[FUND])[0].values if FUND in tables else {}
        self.currency: str = call.get("currency", "") or currency
        self.titles = {sheet: self._titles(sheet, header) for sheet, header in _NAMED_BY.items()}
        self.names = {sheet: self._names(sheet) for sheet in _NAMED_BY}

    def _titles(self, sheet: str, header: str) -> list[str]:
        """What each row calls itself."""
        side = self.sides[sheet]
        at = next((n for n, c in enumerate(side.columns) if c and c.header == header), None)
        values = (None if at is None else side.table.value(row, at) for row in side.rows)
        return ["" if is_blank(value) else _cut(plain_text(value)) for value in values]

    def _names(self, sheet: str) -> dict[Hashable, str]:
        """Code → name, of the first row that has the code."""
        names: dict[Hashable, str] = {}
        for key, title in zip(self.sides[sheet].keys, self.titles[sheet], strict=True):
            names.setdefault(key[0], title)
        return names

    def key(self, sheet: str, place: int) -> tuple[str, ...]:
        """What a row is known by, as typed; parts that are blank are empty texts."""
        side = self.sides[sheet]
        values = (
            None if at is None else side.table.value(side.rows[place], at) for at in side.key_at
        )
        return tuple(
            "" if is_blank(v) else plain_text(v) if isinstance(v, str) else shown(v) for v in values
        )

    def place(self, sheet: str, row: Row, at: int | None = None) -> Place:
        """Where a cell stands, or without a column its row."""
        letter = "" if at is None else self.sides[sheet].table.letter(at, row)
        cell = f"{letter}{row.number}" if letter else str(row.number)
        return Place(row.file, sheet, row.number, cell)

    def header_place(self, sheet: str, at: int) -> Place:
        """Where a header stands: of several workbooks, in the first that has the column."""
        table = self.sides[sheet].table
        having = (row for row in table.rows if row.letters and table.letter(at, row))
        row = next(having, None)
        return Place(row.file if row else "", sheet, 1, f"{table.letter(at, row)}1")

    def header(self, sheet: str, at: int) -> str:
        """What a column is called: a known one as the template writes it."""
        side = self.sides[sheet]
        column, header = side.columns[at], side.table.headers[at]
        if column:
            return column.header
        return plain_text(header) or f"column {side.table.letter(at)}"


class _Comparison:
    """One sheet before and after."""

    def __init__(self, sheet: str, before: _Version, after: _Version) -> None:
        self.sheet, self.before, self.after = sheet, before, after
        self.old, self.new = before.sides[sheet], after.sides[sheet]
        paired = pair_columns(self.old, self.new)
        self.columns, self.columns_removed, self.columns_added = paired
        if sheet == FUND:  # its notes are not read
            self.columns = [p for p in self.columns if self.old.headers[p[0]] != _NOTE]
            self.columns_removed = [at for at in paired[1] if self.old.headers[at] != _NOTE]
            self.columns_added = [at for at in paired[2] if self.new.headers[at] != _NOTE]
        self.pairs = pair_rows(self.old, self.new, self.columns)

    def changes(self) -> Iterator[Change]:
        """Columns first, then rows and cells."""
        if self.sheet in self.before.given & self.after.given:
            for at in self.columns_added:
                yield from self._column("added column", at, [a for _, a in self.pairs])
            for at in self.columns_removed:
                yield from self._column("removed column", at, sorted(b for b, _ in self.pairs))
        partner = dict(self.pairs)
        gone: dict[int, list[int]] = {}  # place after → the removed rows that stood behind it
        behind = -1
        for place in range(len(self.old.rows)):
            behind = partner.get(place, behind)
            if place not in partner:
                gone.setdefault(behind, []).append(place)
        earlier = {after: before for before, after in self.pairs}
        for place in range(-1, len(self.new.rows)):
            if place in earlier:
                yield from self._cells(earlier[place], place)
            elif place >= 0:
                yield self._row("added row", place)
            for removed in gone.get(place, ()):
                yield self._row("removed row", removed)

    def _column(self, kind: Kind, at: int, rows: Iterable[int]) -> Iterator[Change]:
        """The change of a column, with its cells in the rows that stand on both sides."""
        own = self._own(kind)
        side = own.sides[self.sheet]
        column = side.columns[at]
        if column:
            optional = not (column.required or column.required_header)
        else:
            optional = not side.headers[at]
        if optional and all(is_blank(side.table.value(row, at)) for row in side.rows):
            return
        header = own.header(self.sheet, at)
        places = _on_side(kind, own.header_place(self.sheet, at))
        cells = tuple(cell for row in rows for cell in self._filled(own, row, [at]))
        yield Change(self.sheet, kind, (header,), header, header, "", "", *places, cells)

    def _row(self, kind: Kind, place: int) -> Change:
        own = self._own(kind)
        side = own.sides[self.sheet]
        places = _on_side(kind, own.place(self.sheet, side.rows[place]))
        cells = tuple(self._filled(own, place, range(len(side.headers))))
        key, label = own.key(self.sheet, place), self._label(own, place)
        return Change(self.sheet, kind, key, label, "", "", "", *places, cells)

    def _cells(self, before: int, after: int) -> Iterator[Change]:
        was, now = self.old.rows[before], self.new.rows[after]
        for old_at, new_at in self.columns:
            old, new = self.old.table.value(was, old_at), self.new.table.value(now, new_at)
            if type(old) is type(new) and old == new:
                continue  # even as typed, as nearly all cells are
            if self.old.says(was, old_at) == self.new.says(now, new_at):
                continue
            texts = told_apart(
                (self.old.column(was, old_at), old, self.before.currency),
                (self.new.column(now, new_at), new, self.after.currency),
            )
            yield Change(
                self.sheet,
                "changed cell",
                self.after.key(self.sheet, after),
                self._label(self.after, after),
                self.after.header(self.sheet, new_at),
                *texts,
                self.before.place(self.sheet, was, old_at),
                self.after.place(self.sheet, now, new_at),
            )

    def _filled(self, own: _Version, place: int, columns: Iterable[int]) -> Iterator[FilledCell]:
        side = own.sides[self.sheet]
        row, label = side.rows[place], self._label(own, place)
        for at in columns:
            value = side.table.value(row, at)
            if not is_blank(value):
                text = told(side.column(row, at), value, own.currency)
                where = own.place(self.sheet, row, at)
                yield FilledCell(label, own.header(self.sheet, at), text, where)

    def _own(self, kind: Kind) -> _Version:
        """The side on which what was added or removed stands."""
        return self.before if kind.startswith("removed") else self.after

    def _label(self, own: _Version, place: int) -> str:
        """What a row is called; with its number where its key does not tell it from others."""
        side = own.sides[self.sheet]
        code, *more = own.key(self.sheet, place)
        name = self._name(own, place) if code else ""
        code = f"{code}: {name}" if name else code
        label = ", ".join(filter(None, (code, *more)))
        number = f"row {side.rows[place].number}"
        if not label:
            return number
        sole = not side.lacking[place] and side.times[side.keys[place]] == 1
        return label if sole else f"{label} ({number})"

    def _name(self, own: _Version, place: int) -> str:
        """The city's name or the activity's title, from the other side where this has none."""
        if self.sheet not in _NAMES:
            return ""
        title = own.titles[self.sheet][place] if self.sheet in own.titles else ""
        code, named = own.sides[self.sheet].keys[place][0], _NAMES[self.sheet]
        other = self.before if own is self.after else self.after
        return title or own.names[named].get(code) or other.names[named].get(code, "")


def _on_side(kind: Kind, place: Place) -> tuple[Place | None, Place | None]:
    return (place, None) if kind.startswith("removed") else (None, place)


def _cut(text: str) -> str:
    """A name for a label: one line, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= _TITLE else f"{text[:_TITLE]}…"
