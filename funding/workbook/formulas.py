"""Formulas as programs save them: the same one, though it is spelled otherwise."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import zip_longest

from openpyxl.formula.translate import Translator

NUMBER_DIGITS = 1e-14  # of a number: programs save up to 17 digits, or 15

_PART = re.compile(
    r"""(?P<text>"(?:[^"]|"")*") | (?P<sheet>'(?:[^']|'')*') | (?P<name>[^\W\d][\w.]*)
    | (?P<number>\d+(?:\.\d*)?(?:E[+-]?\d+)?) | \s+ | (?P<other>.)""",
    re.VERBOSE | re.IGNORECASE,
)


def same_formula(one: str, other: str) -> bool:
    """Whether two formulas say the same: but for spaces, quotes around the names of sheets, large
    and small letters outside texts, and the last digits of numbers.

    >>> same_formula("SUM('Rules'!A1:A9)", "sum( Rules!A1:A9 )")
    True
    >>> same_formula('IF(A1,"OK")', 'IF(A1,"ok")')
    False
    """
    return one == other or all(
        _alike(a, b) for a, b in zip_longest(_parts(one), _parts(other), fillvalue=None)
    )


def in_row(formula: str, before: int, after: int) -> str:
    """A formula of one row (from 0) as it stands in another row, once a sheet was sorted."""
    moved = Translator(f"={formula}", f"A{before + 1}").translate_formula(f"A{after + 1}")
    return str(moved).removeprefix("=")


def _parts(formula: str) -> Iterator[str | float]:
    for found in _PART.finditer(formula):
        kind, part = found.lastgroup, found[0]
        if kind == "number":
            yield float(part)
        elif kind == "sheet":
            yield part[1:-1].replace("''", "'").upper()
        elif kind:
            yield part if kind == "text" else part.upper()


def _alike(one: str | float | None, other: str | float | None) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=NUMBER_DIGITS, abs_tol=0)
    return one == other
