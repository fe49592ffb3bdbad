"""Which column and which row of a sheet is which in another version of it; never by position.

Columns are known by their headers, rows by their keys. Where that does not tell, because a key
is blank, is no text or stands twice, rows of equal content belong together, then those in the same
order. Nothing is left out: what has no partner was added or removed.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from funding.applications import SHEETS, CellKind, Column
from funding.workbook.meaning import meaning
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
    year_column,
    year_of,
)

# What a row is known by. Letter case matters in codes, not in the other parts of a key.
KEYS = {
    FUND: FUND_HEADERS[:1],
    "Cities": ("City code",),
    "Activities": ("Activity code",),
    "Assessment": ("Activity code",),
    "City record": ("City code",),
    "Scores": ("Activity code", "Assessor", "Criterion"),
}
_ANY_CASE = {FUND_HEADERS[0], "Assessor", "Criterion"}

_FUND = [Column(h, CellKind.TEXT, "", required=h != FUND_HEADERS[2]) for h in FUND_HEADERS]

Name = TypeVar("Name", bound=Hashable)
Key = tuple[Hashable, ...]
Pairs = list[tuple[int, int]]  # a place before, a place after


@dataclass(frozen=True)
class Side:
    """One version of a sheet, made ready to be paired with another; places count from 0."""

    sheet: str
    table: Table

    @cached_property
    def rows(self) -> list[Row]:
        """The rows in which anything stands."""
        width = range(len(self.table.headers))
        full = self.table.rows
        return [row for row in full if not all(is_blank(self.table.value(row, n)) for n in width)]

    @cached_property
    def headers(self) -> list[str]:
        """The headers as they are compared."""
        return [matching(header) for header in self.table.headers]

    @cached_property
    def columns(self) -> list[Column | None]:
        """What the cells under each header hold; None where it is not known."""
        columns = _FUND if self.sheet == FUND else SHEETS[self.sheet].columns().values()
        known = {matching(column.header): column for column in columns}
        years = [year_of(h) if self.sheet == "Activities" else None for h in self.headers]
        return [
            known.get(header) if year is None else year_column(year)
            for header, year in zip(self.headers, years, strict=True)
        ]

    @cached_property
    def key_at(self) -> list[int | None]:
        """The column of each part of the key: the first with its header, as for the reader."""
        names = map(matching, KEYS[self.sheet])
        return [self.headers.index(name) if name in self.headers else None for name in names]

    @cached_property
    def keys(self) -> list[Key]:
        """The key of each row, as it is compared."""
        parts = tuple(zip(KEYS[self.sheet], self.key_at, strict=True))
        return [tuple(self._part(row, header, at) for header, at in parts) for row in self.rows]

    @cached_property
    def times(self) -> Counter[Key]:
        """How often each key stands."""
        return Counter(self.keys)

    @cached_property
    def lacking(self) -> list[frozenset[int]]:
        """The parts of each row's key that name nothing; none where it has a usable key."""
        return [
            frozenset(n for n, part in enumerate(key) if not isinstance(part, str))
            for key in self.keys
        ]

    @cached_property
    def _settings(self) -> dict[str, Column]:
        return {matching(c.header): c for c in SHEETS[FUND].columns().values()}

    def column(self, row: Row, at: int) -> Column | None:
        """What a cell holds: in sheet Fund, its row says so."""
        if self.sheet != FUND or self.headers[at] != matching(FUND_HEADERS[1]):
            return self.columns[at]
        setting = None if self.key_at[0] is None else self.table.value(row, self.key_at[0])
        return None if is_blank(setting) else self._settings.get(matching(setting))

    def says(self, row: Row, at: int) -> Hashable:
        """What a cell says, for comparing."""
        value = self.table.value(row, at)
        if self.sheet == FUND and at == self.key_at[0] and _is_text(value):
            return matching(value)
        return meaning(self.column(row, at), value)

    def content(self, place: int, columns: Iterable[int]) -> Key:
        """What a row says in some columns."""
        return tuple(self.says(self.rows[place], at) for at in columns)

    def _part(self, row: Row, header: str, at: int | None) -> Hashable:
        if at is None:
            return None
        value = self.table.value(row, at)
        if not _is_text(value):
            return meaning(self.columns[at], value)
        return matching(value) if header in _ANY_CASE else plain_text(value)


def pair_columns(before: Side, after: Side) -> tuple[Pairs, list[int], list[int]]:
    """The columns on both sides in the order after, those removed, those added."""
    theirs = _places(after.headers)
    pairs: Pairs = []
    for header, ours in _places(before.headers).items():
        others = theirs.get(header, [])
        if len(ours) > 1 or len(others) > 1:
            same, ours, others = _equal_first(
                ours, others, _column_says(before), _column_says(after)
            )
            pairs += same
        pairs += zip(ours, others, strict=False)  # the rest has no partner
    pairs.sort(key=lambda pair: pair[1])
    return pairs, *_unpaired(pairs, range(len(before.headers)), range(len(after.headers)))


def _column_says(side: Side) -> Callable[[int], Hashable]:
    """Column → what stands in it by the key of its row, whatever the order of rows."""
    rows = list(zip(side.keys, side.rows, strict=True))
    return lambda at: frozenset(Counter((key, side.says(row, at)) for key, row in rows).items())


def pair_rows(before: Side, after: Side, columns: Pairs) -> Pairs:
    """The rows on both sides in the order after; ``columns`` are those on both sides."""
    theirs = _places(after.keys)
    pairs: Pairs = []
    for key, ours in _places(before.keys).items():
        others = theirs.get(key, [])
        if len(ours) == len(others) == 1 and not before.lacking[ours[0]]:
            pairs.append((ours[0], others[0]))
        elif others:
            pairs += _pair_group(before, after, columns, ours, others)
    left, added = _unpaired(pairs, range(len(before.rows)), range(len(after.rows)))
    pairs += _given_a_key(before, after, columns, left, added)
    flipped = [(a, b) for b, a in columns]
    pairs += ((b, a) for a, b in _given_a_key(after, before, flipped, added, left))
    return sorted(pairs, key=lambda pair: pair[1])


def _pair_group(
    before: Side, after: Side, columns: Pairs, ours: list[int], others: list[int]
) -> Pairs:
    """Rows with the same key, or the same lack of one. Without a key, rows that have less
    than half of their cells in common are taken for different ones."""
    pairs, ours, others = _equal_first(
        ours,
        others,
        lambda place: before.content(place, (b for b, _ in columns)),
        lambda place: after.content(place, (a for _, a in columns)),
    )
    for ours_at, others_at in zip(ours, others, strict=False):
        if not before.lacking[ours_at] or _alike(before, after, columns, ours_at, others_at):
            pairs.append((ours_at, others_at))
    return pairs


def _alike(before: Side, after: Side, columns: Pairs, ours: int, others: int) -> bool:
    first = before.content(ours, (b for b, _ in columns))
    second = after.content(others, (a for _, a in columns))
    filled = [(x, y) for x, y in zip(first, second, strict=True) if (x, y) != (None, None)]
    return 2 * sum(x == y for x, y in filled) >= len(filled) > 0


def _given_a_key(
    here: Side, there: Side, columns: Pairs, without: Iterable[int], with_key: Iterable[int]
) -> Pairs:
    """Rows here without a usable key that stand there with one, all else being equal.

    Where several are equal, only if they are as many on both sides.
    """
    free = [place for place in with_key if not there.lacking[place]]
    groups = _places(here.lacking)
    wanted = set(without)
    pairs: Pairs = []
    for lacking in sorted(filter(None, groups), key=sorted):
        blind = {here.key_at[part] for part in lacking}
        rest = [pair for pair in columns if pair[0] not in blind]
        ours, others = defaultdict(list), defaultdict(list)
        for place in filter(wanted.__contains__, groups[lacking]):
            ours[here.content(place, (x for x, _ in rest))].append(place)
        for place in free if ours else ():
            others[there.content(place, (y for _, y in rest))].append(place)
        for content, places in ours.items():
            if any(part is not None for part in content) and len(others[content]) == len(places):
                pairs += zip(places, others[content], strict=True)
        taken = {y for _, y in pairs}
        free = [place for place in free if place not in taken]
    return pairs


def _equal_first(
    before: Sequence[int],
    after: Sequence[int],
    said_before: Callable[[int], Hashable],
    said_after: Callable[[int], Hashable],
) -> tuple[Pairs, list[int], list[int]]:
    """Those that say the same in pairs; the others of both sides in their order."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for place in after:
        waiting[said_after(place)].append(place)
    pairs: Pairs = []
    for place in before:
        found = waiting.get(said_before(place))
        if found:
            pairs.append((place, found.popleft()))
    return pairs, *_unpaired(pairs, before, after)


def _unpaired(
    pairs: Pairs, before: Iterable[int], after: Iterable[int]
) -> tuple[list[int], list[int]]:
    ours, others = {b for b, _ in pairs}, {a for _, a in pairs}
    return [n for n in before if n not in ours], [n for n in after if n not in others]


def _places(names: Sequence[Name]) -> dict[Name, list[int]]:
    """Name → where it stands, in order."""
    places: dict[Name, list[int]] = {}
    for at, name in enumerate(names):
        places.setdefault(name, []).append(at)
    return places


def _is_text(value: Value) -> bool:
    """Whether a cell holds a text that can name something."""
    odd = isinstance(value, ErrorCell | Uncalculated)
    return isinstance(value, str) and not odd and not is_blank(value)
