"""Sheet Certificate: the multipliers that prove the bound, written and read again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from funding.awards import Allocation
from funding.case import Case
from funding.errors import RowsBroken
from funding.linear import Exact, Kind, Limit, Quantity
from funding.money import CENTS
from funding.proof import Certificate, Choice, Key, Leaf, Multipliers
from funding.report.style import DARK, Book, Cell, Field, height_of
from funding.report.style import Kind as Holds

CERTIFICATE = "Certificate"
FIELDS = (
    Field("City code", Holds.TEXT, 12),
    Field("Case", Holds.TEXT, 8),
    Field("Choices", Holds.WRAPPED, 44),
    Field("Proves", Holds.TEXT, 12),
    Field("Rule", Holds.TEXT, 22),
    Field("Whom", Holds.WRAPPED, 24),
    Field("Part", Holds.TEXT, 24),
    Field("Row", Holds.TEXT, 7),
    Field("Multiplier", Holds.TEXT, 24),
)
BOUND, IMPOSSIBLE = "bound", "impossible"
ANSWERS = {0: "no", 1: "yes"}
# Exact sums of fractions take as long as their numbers are; ours have twelve digits.
_ROW = re.compile(r"\d{1,7}", re.ASCII)
_MULTIPLIER = re.compile(r"-?\d{1,30}(\.\d{1,60})?", re.ASCII)
WIDTH = sum(field.width for field in FIELDS)
NONE = (
    "There is no certificate: the fund has too many cities for one, or the time for it was up. "
    "That the bound on sheet Summary holds is the solver's word."
)
WORDS = (
    "This sheet proves, without a solver, that no awards in whole units that hold the rules of "
    "sheet Scenario, for the applications of this workbook, are worth more than the bound below.",
    "How: each row of a rule, its bound counted in whole units, is multiplied by its multiplier, "
    "and all are added up. What is left of the value of each award is bounded by what its city "
    "can have by itself: again by multipliers, of the city's own rows. Where yes-or-no choices of "
    "a city matter, they are split into cases that leave nothing out; each case is bounded by "
    "itself, or its multipliers show that it is impossible. Rows that are not listed have "
    "multiplier 0, rows about one quantity are bounds of it. Whatever the multipliers are, what "
    "follows from them is a bound; funding verify adds it up in exact fractions (docs/model.md, "
    "Certificate).",
)
PRICED = (
    "Value was given up for evenness on purpose: the bound is on the best value without that, and "
    "the distance to it holds what was given up."
)


def write_certificate(book: Book, sheet: Any, allocation: Allocation) -> None:
    """The sheet: what it is, the bound, and a row for each multiplier that is not 0."""
    looks, certificate = book.looks, allocation.certificate
    for at, field in enumerate(FIELDS):
        sheet.set_column(at, at, field.width)
    sheet.write_string(0, 0, CERTIFICATE, looks.make(bold=True, font_size=14, font_color=DARK))
    texts = list(WORDS if certificate else (NONE,))
    if certificate and allocation.scenario.objective.fairness_price:
        texts.append(PRICED)
    row = 0
    for row, text in enumerate(texts, 1):
        look = looks.make(text_wrap=True)
        sheet.merge_range(row, 0, row, len(FIELDS) - 1, "", look)
        sheet.write_string(row, 0, text, look)
        sheet.set_row(row, height_of(1 + int(len(text) / WIDTH)))
    if certificate is not None:
        for label, amount in _stated(allocation):
            row += 1
            sheet.write_string(row, 0, label, looks.make(bold=True))
            sheet.write_string(row, 3, amount, looks.make(num_format="@"))
        row += 2
        sheet.repeat_rows(row)
        for at, field in enumerate(FIELDS):
            sheet.write_string(row, at, field.header, looks.header(field.kind))
        for line in certificate_rows(certificate):
            row += 1
            for at, (field, cell) in enumerate(zip(FIELDS, line, strict=True)):
                book.put(sheet, row, at, cell, field.kind, looks.cell(field.kind))
            sheet.set_row(row, height_of(1 + str(line[2] or "").count("\n")))
    sheet.print_area(0, 0, row, len(FIELDS) - 1)
    book.set_up_page(sheet, CERTIFICATE, len(FIELDS))


def _stated(allocation: Allocation) -> Iterator[tuple[str, str]]:
    yield "No allocation is worth more than", number(allocation.certified_bound or 0)
    yield "These awards are worth", number(allocation.value)
    yield "Below the bound by, at most", f"{100 * (allocation.certified_gap or 0.0):.6f} %"


def number(value: Exact) -> str:
    """A value to six decimals."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.6f}"


def certificate_rows(certificate: Certificate) -> list[list[Cell]]:
    """A row for each multiplier; a case without any has one row that says so much."""
    rows: list[list[Cell]] = []
    for key, multiplier in certificate.coupling.items():
        rows.append([None, None, None, BOUND, *_key(key), f"{multiplier:f}"])
    for city, leaves in certificate.cities.items():
        for at, leaf in enumerate(leaves, 1):
            proves = IMPOSSIBLE if leaf.impossible else BOUND
            head = [city, str(at), _choices(leaf.choices), proves]
            for key, multiplier in leaf.multipliers.items():
                rows.append([*head, *_key(key), f"{multiplier:f}"])
            if not leaf.multipliers:
                rows.append([*head, *[None] * 5])
    return rows


def _key(key: Key) -> list[Cell]:
    return [key.rule, key.subject or None, key.part or None, str(key.number)]


def _choices(choices: Sequence[Choice]) -> str | None:
    return "\n".join(f"{ANSWERS[answer]}: {_named(q)}" for q, answer in choices) or None


def _named(quantity: Quantity) -> str:
    """``funded LYO-1``, or ``in band LYO-1 from 5000 to 9900``, in currency units."""
    name = f"{quantity.kind} {quantity.code}"
    if quantity.kind is not Kind.IN_BAND:
        return name
    least, most = (Decimal(cents) / CENTS for cents in quantity.band)
    return f"{name} from {least:f} to {most:f}"


def certificate_from(
    rows: Sequence[Sequence[object]], case: Case, limits: Sequence[Limit]
) -> Certificate | None:
    """The certificate that the cells of a sheet state; None where it says that there is none.

    Raises RowsBroken, naming the row, where a cell is not what its column holds.
    """
    headers = [field.header for field in FIELDS]
    start = next((i for i, row in enumerate(rows) if list(row[: len(FIELDS)]) == headers), None)
    if start is None:
        if any(row and row[0] == NONE for row in rows):
            return None
        raise RowsBroken("its row of headers is not there, or was changed")
    named = {_named(q): q for limit in limits for q, _ in limit.left if q.kind.binary}
    coupling: dict[Key, Decimal] = {}
    cities: dict[str, list[Leaf]] = {}
    lines = [_line(number, row) for number, row in enumerate(rows[start + 1 :], start + 2)]
    lines = [line for line in lines if any(line[1:])]
    for (city, case_number, proves, choices), part in groupby(lines, lambda line: line[1:5]):
        same = list(part)
        if not city:
            coupling |= _multipliers(same)
            continue
        where = f"row {same[0][0]}"
        if proves not in (BOUND, IMPOSSIBLE) or not case_number:
            raise RowsBroken(f"{where}: column Proves or Case holds what is no such thing")
        asked = [line for line in choices.split("\n") if line]
        if len(asked) > len(named):
            raise RowsBroken(f"{where}: there are more choices than the fund has")
        chosen = tuple(_chosen(where, line, named) for line in asked)
        leaf = Leaf(chosen, _multipliers(same), proves == IMPOSSIBLE)
        cities.setdefault(city, []).append(leaf)
    return Certificate(coupling, {city: tuple(leaves) for city, leaves in cities.items()})


_Line = tuple[int, str, str, str, str, str, str, str, str, str]


def _line(number: int, row: Sequence[object]) -> _Line:
    """The row's number, then city, case, proves, choices, and the five cells of a multiplier."""
    cells = ["" if cell is None else str(cell) for cell in [*row, *[None] * len(FIELDS)]]
    city, case, choices, proves, *rest = cells[: len(FIELDS)]
    return (number, city, case, proves, choices, *rest)  # type: ignore[return-value]


def _multipliers(lines: Sequence[_Line]) -> Multipliers:
    found: dict[Key, Decimal] = {}
    for number, _, _, _, _, rule, subject, part, row, multiplier in lines:
        if not rule and not multiplier:
            continue
        where = f"row {number}"
        if not (_ROW.fullmatch(row) and _MULTIPLIER.fullmatch(multiplier)):
            raise RowsBroken(f"{where}: Row or Multiplier is no number, or has too many digits")
        key = Key(rule, subject, part, int(row))
        if key in found:
            raise RowsBroken(f"{where}: the multiplier stands twice")
        found[key] = Decimal(multiplier)
    return found


def _chosen(where: str, line: str, named: dict[str, Quantity]) -> Choice:
    answer, _, name = line.partition(": ")
    for value, word in ANSWERS.items():
        if word == answer and name in named:
            return named[name], value
    raise RowsBroken(f"{where}: {line!r} is no choice of this fund")
