"""Numbers and dates in a CSV file, where every cell is text.

What ``1,234`` or ``03/04/2026`` means, no cell says for itself; the other cells of the file do.
A number such as ``1234,50`` can only have a decimal comma, a date such as ``31/03/2026`` only its
day first: these prove what the file does, and the rest is read by it. Where nothing proves it, or
the proofs differ, a cell stays text (`Unread`) and becomes a fault. Nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from funding.applications import CellKind
from funding.workbook.cells import shown
from funding.workbook.tables import Unread, Value
from funding.workbook.written import (
    DATE,
    GROUPABLE,
    ISO,
    LONGEST,
    ORDERS,
    SIGNS,
    days,
    iso_day,
    readings,
)

_CLEAR = ("a space", "an apostrophe")  # between thousands, and never before decimals


@dataclass(frozen=True, slots=True)
class Example:
    """A cell that shows what the file does, with the value it stands for."""

    text: str
    cell: str
    value: Decimal | dt.date

    def __str__(self) -> str:
        return f"{shown(self.text)} in {self.cell}"

    @property
    def reading(self) -> str:
        """What was made of it, for a note."""
        value = self.value
        return f"{self} was read as {value if isinstance(value, dt.date) else format(value, 'f')}"


@dataclass(slots=True)
class Conventions:
    """What the cells of one file prove.

    ``decimals`` holds, by decimal sign, the first cell that proves it and the count of those
    that do; ``thousandths`` the signs before three decimals in columns that may have thousands;
    ``groups`` by decimal sign and name, the first cell with a sign between thousands;
    ``orders`` by the sign between the parts of a date and the part that comes first, the first
    cell that proves it (dots need no proof: the day stands first).
    """

    decimals: dict[str, tuple[Example, int]] = field(default_factory=dict)
    thousandths: set[str] = field(default_factory=set)
    groups: dict[tuple[str, str], Example] = field(default_factory=dict)
    orders: dict[tuple[str, str], Example] = field(default_factory=dict)
    decimal: str = ""  # the sign that more cells prove than prove the other, or none

    @classmethod
    def of(cls, cells: Iterable[tuple[CellKind, str, str]]) -> Conventions:
        """Gather from the cells of all number and date columns: kind, text, place (``M2``)."""
        made = cls()
        for kind, text, cell in cells:
            if kind is CellKind.DATE:
                made._add_date(text, cell)
            elif not (text.isascii() and text.isdecimal()):
                made._add_number(kind, text, cell)
        points, commas = (made.decimals[sign][1] if sign in made.decimals else 0 for sign in ".,")
        made.decimal = "" if points == commas else "." if points > commas else ","
        return made

    def _add_number(self, kind: CellKind, text: str, cell: str) -> None:
        found = readings(kind, text)
        for decimal, (value, group) in found.items():
            if len(found) == 1:
                first, count = self.decimals.get(decimal, (Example(text, cell, value), 0))
                self.decimals[decimal] = (first, count + 1)
                if kind in GROUPABLE and value.as_tuple().exponent == -3:
                    self.thousandths.add(decimal)
            if group and (decimal, group) not in self.groups:
                self.groups[decimal, group] = Example(text, cell, value)

    def _add_date(self, text: str, cell: str) -> None:
        sign, meant = days(text)
        if len(meant) == 1:
            [(order, day)] = meant.items()
            self.orders.setdefault((sign, order), Example(text, cell, day))

    def order(self, sign: str) -> str:
        """Which part of a date with this sign comes first, or "" where that is not proved."""
        proved = [order for order in ORDERS if (sign, order) in self.orders]
        return proved[0] if len(proved) == 1 else ""

    def number(self, kind: CellKind, text: str) -> Value:
        """The number that a text stands for, else the text as `Unread`."""
        if len(text) <= LONGEST and text.isascii() and text.isdecimal():
            return Decimal(text)
        found = readings(kind, text)
        values = {value for value, _ in found.values()}
        if len(found) == len(SIGNS) and len(values) == 1:  # no sign that could be a decimal one
            return values.pop()
        if self.decimal in found:
            value, group = found[self.decimal]
            # Beside 12,5 the amount 50,000 is more likely a slip than fifty with three decimals.
            if len(found) == 1 or group or self.decimal in self.thousandths:
                return value
        return Unread(text, self._why_no_number(text, found) if found else "")

    def _why_no_number(self, text: str, found: Mapping[str, tuple[Decimal, str]]) -> str:
        if self.decimal and self.decimal not in found:
            example, _ = self.decimals[self.decimal]
            return f"most numbers in the file have a {SIGNS[self.decimal]}, such as {example}"
        if self.decimals and not self.decimal:
            (point, _), (comma, _) = self.decimals["."], self.decimals[","]
            return (
                f"as many numbers in the file have a decimal point, such as {point}, "
                f"as have a decimal comma, such as {comma}"
            )
        [whole] = (value for value, group in found.values() if group)
        [broken] = (value for value, group in found.values() if not group)
        return (
            f"it may be {whole:f} or {broken:f}, and no number in the file shows which; "
            f"write {whole:f} if that is meant, or else another number of decimals"
        )

    def date(self, text: str) -> Value:
        """The day that a text stands for, else the text as `Unread`."""
        if ISO.fullmatch(text):
            return iso_day(text) or Unread(text, "there is no such day")
        if not DATE.fullmatch(text):
            return Unread(text)
        sign, meant = days(text)
        if not meant:
            return Unread(text, "there is no such day")
        order = "day" if sign == "." else self.order(sign)
        if order in meant:
            return meant[order]
        if len(meant) == len(ORDERS) and len(set(meant.values())) == 1:  # 05/05 is 5 May either way
            return meant["day"]
        first = [self.orders.get((sign, order)) for order in ORDERS]
        if all(first):
            return Unread(
                text,
                f"some dates in the file have the day first, such as {first[0]}, "
                f"and some the month first, such as {first[1]}",
            )
        either = " or ".join(f"{day}" for day in meant.values())
        return Unread(text, f"it may be {either}, and no date in the file shows which")

    def notes(self) -> list[str]:
        """What was assumed: a sentence on numbers and one on dates, where anything was."""
        return [note for note in (self._of_numbers(), self._of_dates()) if note]

    def _of_numbers(self) -> str:
        sign = self.decimal
        if self.decimals and not sign:
            return ""
        groups = {name: e for (decimal, name), e in self.groups.items() if decimal == sign}
        if not sign:  # a space or an apostrophe can be seen for what it is all the same
            groups = {name: e for (_, name), e in self.groups.items() if name in _CLEAR}
        has = [f"a {SIGNS[sign]}"] if sign else []
        has += [" or ".join(groups) + " between thousands"] if groups else []
        examples = [*([self.decimals[sign][0]] if sign else []), *groups.values()]
        readings = dict.fromkeys(example.reading for example in examples)
        return f"numbers have {' and '.join(has)}: {', '.join(readings)}" if has else ""

    def _of_dates(self) -> str:
        return "; ".join(
            f'dates with "{sign}" have {ORDERS[order]}: {example.reading}'
            for (sign, order), example in self.orders.items()
            if order == self.order(sign)
        )
