"""What an auditor would ask about in a foreign workbook, though nothing of it is a fault.

Each is a note at its cell. Nothing here knows a particular workbook.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from funding.errors import Fault
from funding.workbook.cells import number, shown
from funding.workbook.conventions import Conventions
from funding.workbook.conversion import Place
from funding.workbook.meaning import meaning
from funding.workbook.tables import ErrorCell, Uncalculated, Value, is_blank, matching, plain_text

Cell = tuple[Place, Value]


def above(cells: Iterable[tuple[Cell, Cell]], conventions: Conventions) -> Iterator[Fault]:
    """Numbers of one column above those of another, in the same row; a note each.

    ``cells`` gives each row's pair (the number, the other). Cells without a number are passed
    over.
    """
    for (place, value), (bound_place, bound) in cells:
        high, low = (_number(v, conventions) for v in (value, bound))
        if high is not None and low is not None and high > low:
            message = (
                f"{place.header} is {high:,f}, above {bound_place.header}, {low:,f} "
                f"in {bound_place.cell}"
            )
            yield place.fault(message, blocks=False)


def repeated(rows: Iterable[tuple[Cell, Sequence[Value]]], but: str) -> Iterator[Fault]:
    """Rows that say the same as an earlier one in all their cells though their codes differ.

    Each row is given as the cell of its code and its other cells; ``but`` ends the sentence.
    """
    first: dict[tuple[Hashable, ...], Cell] = {}
    for (place, code), values in rows:
        key = tuple(meaning(None, value) for value in values)
        if all(part is None for part in key):
            continue
        earlier, its_code = first.setdefault(key, (place, code))
        if earlier is not place and (is_blank(code) or code != its_code):
            message = (
                f"this row is the same as row {earlier.row} in every column that is read{but}; "
                "was it entered twice?"
            )
            yield place.fault(message, blocks=False)


def spelt_apart(cells: Iterable[Cell]) -> Iterator[Fault]:
    """Texts of a column that differ in letter case alone: rules would count two groups."""
    found: dict[str, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
    for place, value in cells:
        if isinstance(value, str) and not is_blank(value) and not _is_odd(value):
            found[matching(value)][plain_text(value)].append(place)
    for spellings in found.values():
        usual, *others = sorted(spellings, key=lambda text: (-len(spellings[text]), text))
        for other in others:
            places = spellings[other]
            message = (
                f"{places[0].header} is {shown(other)}{_also(places)}, but {shown(usual)} in "
                f"{spellings[usual][0].cell}{_more(spellings[usual])}; with another letter case "
                "they count as two"
            )
            yield places[0].fault(message, blocks=False)


def named_twice(cities: Iterable[tuple[Value, Cell]]) -> Iterator[Fault]:
    """One name under two codes. ``cities`` gives each city's code with the cell of its name."""
    first: dict[str, tuple[Value, Place]] = {}
    for code, (place, name) in cities:
        if not isinstance(name, str) or is_blank(name) or _is_odd(name):
            continue
        its_code, earlier = first.setdefault(matching(name), (code, place))
        if its_code != code:
            message = (
                f"{place.header} {shown(name)} has the code {code} here and {its_code} in row "
                f"{earlier.row}; is it one city?"
            )
            yield place.fault(message, blocks=False)


def differing(
    firsts: Mapping[Hashable, Sequence[Cell]], later: Iterable[tuple[Hashable, Sequence[Cell]]]
) -> Iterator[Fault]:
    """Cells of later rows of a code that say otherwise than its first row, which counts.

    One note for each other value, at its first cell; blank cells say nothing.
    """
    others: dict[tuple[Hashable, str, Hashable], list[Cell]] = defaultdict(list)
    counted: dict[tuple[Hashable, str, Hashable], Cell] = {}
    for code, cells in later:
        for cell, first in zip(cells, firsts[code], strict=True):
            said = meaning(None, cell[1])
            if said is not None and said != meaning(None, first[1]):
                key = (code, cell[0].letter, said)
                others[key].append(cell)
                counted[key] = first
    for key, cells in others.items():
        (place, value), (first_place, first_value) = cells[0], counted[key]
        taken = "blank" if is_blank(first_value) else shown(first_value)
        message = (
            f"{place.header} is {shown(value)}{_also([p for p, _ in cells])}, but {taken} in "
            f"{first_place.cell}, the first row of {key[0]}, which counts"
        )
        yield place.fault(message, blocks=False)


def _number(value: Value, conventions: Conventions) -> Decimal | None:
    if isinstance(value, str) and not _is_odd(value):
        return conventions.number(value)
    return number(value)


def _is_odd(value: Value) -> bool:
    return isinstance(value, ErrorCell | Uncalculated)


def _also(places: Sequence[Place]) -> str:
    """How many rows more say the same as the cell of a note."""
    return f" here{_more(places)}" if len(places) > 1 else ""


def _more(places: Sequence[Place]) -> str:
    more = len(places) - 1
    return f" and in {more:,} more row{'s' if more > 1 else ''}" if more else ""
