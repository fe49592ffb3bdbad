"""Numbers and dates that are written as text: what each can mean.

``1,234`` may be a thousand or a little more than one, ``03/04/2026`` a day in March or in April.
Nothing is decided here: in a workbook such a text is a fault that shows what it may mean, in a
CSV file the other cells may prove it.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from funding.applications import CellKind

NUMBERS = frozenset(
    {CellKind.MONEY, CellKind.COUNT, CellKind.SCORE, CellKind.DEGREES, CellKind.YEAR}
)
GROUPABLE = frozenset({CellKind.MONEY, CellKind.COUNT})  # no score or degree reaches 1000
LONGEST = 28  # characters of a number: what decimals hold exactly
SIGNS = {".": "decimal point", ",": "decimal comma"}
DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
ORDERS = {"day": "the day first", "month": "the month first"}

_OTHER = {".": ",", ",": "."}
_SPACES = " \u00a0\u2007\u2009\u202f"
_APOSTROPHES = "'\u2019"


def _number(decimal: str, groups: str) -> re.Pattern[str]:
    """A number with this decimal sign and, if anything, one of the groups between thousands."""
    grouped = rf"|[1-9]\d{{0,2}}(?:(?P<group>[{groups}])\d{{3}})(?:(?P=group)\d{{3}})*"
    whole = rf"\d+{grouped if groups else '(?P<group>)'}"
    return re.compile(
        rf"(?P<minus>[-\u2212]?)(?P<whole>{whole})(?:[{decimal}](?P<part>\d+))?", re.ASCII
    )


_PLAIN = {decimal: _number(decimal, "") for decimal in SIGNS}
_GROUPED = {
    decimal: _number(decimal, _SPACES + _APOSTROPHES + other) for decimal, other in _OTHER.items()
}


def readings(kind: CellKind, text: str) -> dict[str, tuple[Decimal, str]]:
    """What a text with signs can stand for: by decimal sign the number and what stands
    between its thousands (``a space``), or ""."""
    if len(text) > LONGEST or kind is CellKind.YEAR:
        return {}
    patterns = _GROUPED if kind in GROUPABLE else _PLAIN
    found = {}
    for decimal, pattern in patterns.items():
        match = pattern.fullmatch(text)
        if match:
            group = match["group"] or ""
            digits = match["whole"].replace(group, "") if group else match["whole"]
            sign = "-" if match["minus"] else ""
            value = Decimal(f"{sign}{digits}.{match['part'] or ''}")
            found[decimal] = (value, _group_name(group))
    return found


def _group_name(group: str) -> str:
    if not group:
        return ""
    if group in _SPACES:
        return "a space"
    return "an apostrophe" if group in _APOSTROPHES else f'"{group}"'


def days(text: str) -> tuple[str, dict[str, dt.date]]:
    """The sign between a date's parts, and the days it can mean by the part that comes first."""
    match = DATE.fullmatch(text)
    if not match:
        return "", {}
    first, sign, second, year = match.groups()
    meant = {"day": _day(year, second, first)}
    if sign != ".":  # with dots the month never comes first
        meant["month"] = _day(year, first, second)
    return sign, {order: day for order, day in meant.items() if day}


def iso_day(text: str) -> dt.date | None:
    """The day of a text such as 2026-03-31; None where it is none, or there is no such day."""
    match = ISO.fullmatch(text)
    return _day(match[1], match[2], match[3]) if match else None


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
