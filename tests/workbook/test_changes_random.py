"""The record of changes on sheets and edits drawn at random: what holds whatever they are."""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from funding.applications import SHEETS, CellKind, Column
from funding.workbook.changes import Change, changes
from funding.workbook.tables import ErrorCell, Row, Table, year_column

# --- edits that the test keeps a list of ------------------------------------------------

# What a cell of each kind may say: the ways to type it, and the text that tells of it.
Said = tuple[list[Any], str]
BLANK: Said = ([None, "", " \u00a0"], "blank")
TEXTS: list[Said] = [
    (["Accord", " Accord", "Accord\u00a0 "], "Accord"),
    (["accord"], "accord"),
    (["Café à Sète", unicodedata.normalize("NFD", "Café à Sète")], "Café à Sète"),
    ([2026, 2026.0], "2026"),
    ([ErrorCell("#REF!")], "the error #REF!"),
]
SAID: dict[CellKind, list[Said]] = {
    CellKind.TEXT: TEXTS,
    CellKind.CODE: TEXTS[:2],
    CellKind.MONEY: [
        ([12_500, 12_500.0, Decimal("12500.00")], "12,500.00"),
        ([0.1 + 0.2, Decimal("0.3")], "0.30"),
        (["12500"], '"12500"'),
        ([-5, Decimal(-5)], "-5"),
        ([True], "TRUE"),
        ([ErrorCell("#N/A")], "the error #N/A"),
    ],
    CellKind.COUNT: [([1_500, 1_500.0], "1,500"), ([1.5], "1.5"), (["7"], '"7"')],
    CellKind.YEAR: [([2026, 2026.0], "2026"), ([2027], "2027")],
    CellKind.SCORE: [([81.5, Decimal("81.50")], "81.5"), ([64], "64"), (["64"], '"64"')],
    CellKind.DEGREES: [([45.19, Decimal("45.190")], "45.19"), ([-5], "-5"), ([5], "5")],
    CellKind.YES_NO: [(["yes", " YES", True], "yes"), (["no", False], "no"), ([1], "1")],
    CellKind.DATE: [
        ([dt.date(2026, 3, 1), dt.datetime.combine(dt.date(2026, 3, 1), dt.time())], "2026-03-01"),
        ([dt.date(2026, 3, 2)], "2026-03-02"),
        (["2026-03-01x"], '"2026-03-01x"'),
    ],
    CellKind.COUNTRIES: [(["SN; ML", "sn;ml"], "SN; ML"), (["TN"], "TN"), (["Mali"], '"Mali"')],
    CellKind.CURRENCY: [(["EUR", "eur "], "EUR")],
}
KEYS = {
    "Fund": ("Setting",),
    "Cities": ("City code",),
    "Activities": ("Activity code",),
    "Assessment": ("Activity code",),
    "City record": ("City code",),
    "Scores": ("Activity code", "Assessor", "Criterion"),
}


def said(column: Column) -> list[Said]:
    """What a cell may say, the blank first."""
    if column.kind is CellKind.CHOICE:
        first, second = column.choices[:2]
        return [BLANK, ([first, first.upper()], first), ([second], second), (["?"], '"?"')]
    if column.kind is CellKind.CURRENCY:
        return SAID[column.kind]
    return [BLANK, *SAID[column.kind]]


@dataclass
class Case:
    """One sheet before and after random edits: key → header → what is said, and the edits."""

    sheet: str
    draws: random.Random
    before: dict[tuple[str, ...], dict[str, Said]] = field(default_factory=dict)
    after: dict[tuple[str, ...], dict[str, Said]] = field(default_factory=dict)
    edits: Counter[tuple[Any, ...]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        columns = list(SHEETS[self.sheet].columns().values())
        if self.sheet == "Activities":
            columns += [year_column(2026), year_column(2027)]
        self.columns = {c.header: c for c in columns if c.header not in KEYS[self.sheet]}
        if self.sheet == "Fund":
            for header, column in self.columns.items():
                self.before[(header,)] = {"Value": self.draws.choice(said(column))}
        else:
            self.before = {self.key(n): self.cells() for n in range(self.draws.randint(0, 5))}
        self.after = {key: dict(cells) for key, cells in self.before.items()}
        self.edit_cells()
        if self.sheet != "Fund":
            self.remove_rows()
            self.add_rows()

    def key(self, number: int) -> tuple[str, ...]:
        return (f"K-{number}", "Ada", f"criterion {number % 2}")[: len(KEYS[self.sheet])]

    def cells(self) -> dict[str, Said]:
        return {header: self.draws.choice(said(c)) for header, c in self.columns.items()}

    def edit_cells(self) -> None:
        for key, cells in self.after.items():
            for header, old in cells.items():
                column = self.columns[key[0] if self.sheet == "Fund" else header]
                others = [new for new in said(column) if new[1] != old[1]]
                if others and self.draws.random() < 0.15:
                    cells[header] = self.draws.choice(others)
                    self.edits["changed cell", key, header, old[1], cells[header][1]] += 1

    def remove_rows(self) -> None:
        for key in [key for key in self.after if self.draws.random() < 0.2]:
            del self.after[key]
            self.edits = Counter({e: n for e, n in self.edits.items() if e[1] != key})
            self.edits["removed row", key, "", *self.texts(key, self.before[key])] += 1

    def add_rows(self) -> None:
        for number in range(10, 10 + self.draws.randint(0, 2)):
            key = self.key(number)
            self.after[key] = self.cells()
            self.edits["added row", key, "", *self.texts(key, self.after[key])] += 1

    def texts(self, key: tuple[str, ...], cells: dict[str, Said]) -> tuple[str, ...]:
        """The filled cells of a row, as texts in no order."""
        filled = (f"{header}={text}" for header, (_, text) in cells.items() if text != "blank")
        named = (f"{header}={part}" for header, part in zip(KEYS[self.sheet], key, strict=True))
        return tuple(sorted((*named, *filled)))

    def table(self, rows: dict[tuple[str, ...], dict[str, Said]]) -> Table:
        """The rows as a sheet: in any order of rows and columns, each cell typed in any way."""
        headers = [*KEYS[self.sheet], *(["Value"] if self.sheet == "Fund" else self.columns)]
        self.draws.shuffle(headers)
        keys = list(rows)
        self.draws.shuffle(keys)
        made = []
        for number, key in enumerate(keys, 2):
            typed = dict(zip(KEYS[self.sheet], key, strict=True))
            values = {h: self.draws.choice(ways) for h, (ways, _) in rows[key].items()}
            made.append(Row(number, tuple({**values, **typed}[h] for h in headers)))
        return Table(tuple(self.draws.choice((h, f" {h.upper()}")) for h in headers), tuple(made))


def listed(change: Change) -> tuple[Any, ...]:
    if change.kind == "changed cell":
        return (change.kind, change.key, change.column, change.before, change.after)
    texts = sorted(f"{cell.column}={cell.text}" for cell in change.cells)
    return (change.kind, change.key, change.column, *texts)


@given(st.integers(0, 2**32))
@settings(max_examples=150)
def test_known_edits_are_told_and_nothing_else(seed: int) -> None:
    draws = random.Random(seed)
    cases = {sheet: Case(sheet, draws) for sheet in SHEETS}
    before = {sheet: case.table(case.before) for sheet, case in cases.items()}
    after = {sheet: case.table(case.after) for sheet, case in cases.items()}
    found = changes(before, after)
    for sheet, case in cases.items():
        assert Counter(listed(c) for c in found if c.sheet == sheet) == case.edits
    assert len(found) == sum(sum(case.edits.values()) for case in cases.values())


# --- sheets with everything wrong in them -----------------------------------------------

WORDS = st.sampled_from([None, "A", "a", "B", " ", 7, "7", True, ErrorCell("#N/A"), "A\u00a0"])
HEADERS = ("Activity code", "Assessor", "Criterion", "Title", "Note", "Note", "")


@st.composite
def messy(draw: st.DrawFn) -> dict[str, Table]:
    """Sheets with keys that are blank, no text, or there twice, and headers likewise."""
    made = {}
    for sheet in ("Activities", "Scores"):
        headers = draw(st.lists(st.sampled_from(HEADERS), max_size=5))
        row = st.tuples(*[WORDS] * len(headers))
        rows = draw(st.lists(row, max_size=5))
        made[sheet] = Table(
            tuple(headers), tuple(Row(number, values) for number, values in enumerate(rows, 2))
        )
    return made


@given(messy())
def test_nothing_changes_from_sheets_to_themselves(tables: dict[str, Table]) -> None:
    assert not changes(tables, tables)


@given(messy(), st.randoms())
def test_the_order_of_rows_is_no_change(tables: dict[str, Table], draws: random.Random) -> None:
    moved = {}
    for sheet, table in tables.items():
        rows = list(table.rows)
        draws.shuffle(rows)
        moved[sheet] = Table(table.headers, tuple(rows))
    assert not changes(tables, moved)


@given(messy(), st.randoms())
def test_the_order_of_columns_is_no_change(tables: dict[str, Table], draws: random.Random) -> None:
    """Columns with the same header stay in order: with blank keys nothing else tells them apart."""
    moved = {}
    for sheet, table in tables.items():
        order = list(range(len(table.headers)))
        draws.shuffle(order)
        for header in sorted(set(HEADERS)):
            places = [n for n, at in enumerate(order) if table.headers[at] == header]
            for n, at in zip(places, sorted(order[n] for n in places), strict=True):
                order[n] = at
        moved[sheet] = Table(
            tuple(table.headers[at] for at in order),
            tuple(Row(r.number, tuple(r.values[at] for at in order)) for r in table.rows),
        )
    assert not changes(tables, moved)


SWAPPED = {
    "added row": "removed row",
    "removed row": "added row",
    "added column": "removed column",
    "removed column": "added column",
    "changed cell": "changed cell",
}


def forth(change: Change) -> tuple[Any, ...]:
    texts = tuple((cell.text, cell.place) for cell in change.cells)
    places = (change.place_before, change.place_after)
    return (change.sheet, change.kind, change.before, change.after, *places, texts)


def back(change: Change) -> tuple[Any, ...]:
    sheet, kind, before, after, was, now, texts = forth(change)
    return (sheet, SWAPPED[kind], after, before, now, was, texts)


@given(messy(), messy())
@settings(max_examples=300)
def test_swapping_the_sides_swaps_what_is_told(
    first: dict[str, Table], second: dict[str, Table]
) -> None:
    there, again = changes(first, second), changes(second, first)
    assert {forth(c) for c in there} == {back(c) for c in again}
    assert len(there) == len(again)


@given(messy(), messy())
def test_no_row_is_dropped(first: dict[str, Table], second: dict[str, Table]) -> None:
    """Rows before, less the removed, more the added, are the rows after."""
    found = changes(first, second)
    for sheet in first:
        kinds = Counter(change.kind for change in found if change.sheet == sheet)
        rows = [sum(map(_filled, tables[sheet].rows)) for tables in (first, second)]
        assert rows[0] - kinds["removed row"] + kinds["added row"] == rows[1]


def _filled(row: Row) -> bool:
    return any(value not in (None, " ") for value in row.values)


@given(messy(), messy())
def test_what_is_told_to_differ_looks_different(
    first: dict[str, Table], second: dict[str, Table]
) -> None:
    for change in changes(first, second):
        if change.kind == "changed cell":
            assert change.before.split() != change.after.split()
