"""What a cell says, however it is typed: for comparing two cells, and for telling of them.

12500 and 12500.00 say the same, so do yes and TRUE under a header that asks for yes or no, and a
word with its accents composed or not. What its column does not hold is compared as it stands:
the text "12500" is not the amount 12500.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Hashable
from decimal import Decimal
from typing import cast

from funding import money
from funding.applications import CellKind, Column
from funding.workbook.cells import MIDNIGHT, Unfit, number, parsed, shown
from funding.workbook.tables import ErrorCell, Uncalculated, Value, is_blank, plain_text

BLANK = "blank"

_WORDS = {CellKind.YES_NO, CellKind.CHOICE, CellKind.COUNTRIES, CellKind.CURRENCY}
_HIDDEN = ("Cc", "Cf", "Cs", "Co")  # categories of characters that cannot be seen


def meaning(column: Column | None, value: Value) -> Hashable:
    """What a cell says; equal for two cells of a column that say the same, None where blank.

    ``column`` is None under a header that is not known. Spacing is no content, as for the reader.
    """
    if is_blank(value):
        return None
    if isinstance(value, ErrorCell | Uncalculated):
        return type(value).__name__, str(value)
    if column is not None and column.kind in _WORDS:
        try:
            word = parsed(column, value)
        except Unfit:
            pass  # compared as it stands, below
        else:
            return ("yes or no", word) if isinstance(word, bool) else word
    if isinstance(value, str):
        return plain_text(value)
    exact = number(value)
    if exact is not None:
        return exact
    if isinstance(value, dt.datetime) and value.time() == MIDNIGHT:
        value = value.date()
    return type(value).__name__, str(value)


def told(column: Column | None, value: Value, currency: str = "") -> str:
    """A cell as an analyst reads it: ``12,500.00``, ``yes``, ``2026-03-01``, ``blank``.

    Texts stand in full; what the column does not hold is shown as a fault shows it.
    """
    if is_blank(value):
        return BLANK
    if isinstance(value, ErrorCell | Uncalculated):
        return _in_full(value)
    if column is None:
        return plain_text(value) if isinstance(value, str) else shown(value)
    try:
        sound = parsed(column, value, currency)
    except Unfit:
        return shown(value)
    return _sound(column, sound, currency)


def told_apart(
    before: tuple[Column | None, Value, str], after: tuple[Column | None, Value, str]
) -> tuple[str, str]:
    """Two cells that differ, each given as for `told`, in texts that differ to the eye.

    Where they would look alike, such as the text 7 and the number 7 in a column of texts, it is
    said what each is, and characters that cannot be seen are named.
    """
    first, second = told(*before), told(*after)
    if _seen(first) != _seen(second):
        return first, second
    return _in_full(before[1]), _in_full(after[1])


def _sound(column: Column, value: object, currency: str) -> str:
    match column.kind:
        case CellKind.MONEY:
            places = money.decimals(currency) if currency in money.currencies() else 2
            return format(money.in_units(cast(int, value)), f",.{places}f")
        case CellKind.COUNT:
            return f"{value:,}"
        case CellKind.SCORE | CellKind.DEGREES:
            return format(cast(Decimal, value).normalize(), "f")
        case CellKind.YES_NO:
            return "yes" if value else "no"
        case CellKind.COUNTRIES:
            return "; ".join(cast("tuple[str, ...]", value))
    return str(value)  # also dates: 2026-03-01


def _seen(text: str) -> str:
    """A text as the eye takes it."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = (c for c in text if c.isspace() or unicodedata.category(c) not in _HIDDEN)
    return " ".join("".join(visible).split())


def _in_full(value: Value) -> str:
    """A cell with the kind of thing it is, nothing cut off and nothing hidden."""
    if is_blank(value):
        return BLANK
    if isinstance(value, ErrorCell):
        return f"the error {value}"
    if isinstance(value, Uncalculated):
        return "a formula without its result"
    if isinstance(value, str):
        text = "".join(
            f"<U+{ord(c):04X}>" if unicodedata.category(c) in _HIDDEN else c
            for c in plain_text(value)
        )
        return f'the text "{text}"'
    if isinstance(value, dt.datetime):
        return f"the date {value.isoformat(' ')}"
    return shown(value) if number(value) is None else f"the number {shown(value)}"
