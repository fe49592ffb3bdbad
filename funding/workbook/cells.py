"""One cell: what it holds, whether it fits its column, and how to say that it does not.

Reading never repairs: a value either is what its column holds, or it is a fault that says what
was found and what was expected.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from difflib import get_close_matches
from functools import cache

from babel import Locale

from funding import money
from funding.applications import CellKind, Column
from funding.workbook.tables import (
    UNSEEN,
    ErrorCell,
    Percent,
    Uncalculated,
    Unread,
    Value,
    is_blank,
    matching,
    plain_text,
)
from funding.workbook.written import DATE, GROUPABLE, ISO, days, iso_day, readings

MOST_TEXT = 5_000  # characters in a cell
MOST_COUNT = 10**10
MIDNIGHT = dt.time()
FIRST_DAY, LAST_DAY = dt.date(1990, 1, 1), dt.date(2100, 12, 31)

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_LIKE_NUMBER = re.compile(r"[-+(]?[.,'\s]*\d[\d.,'\s]*\)?%?")
_CURRENCY_SIGN = re.compile(r"^[€$£¥]\s?|\s?(?:[€$£¥]|[A-Z]{3})$")
_LIKE_DATE = re.compile(r"\d{1,4}[-./ ]\d{1,2}[-./ ]\d{1,4}")
_SHOWN = 60  # characters of a text that a message quotes
_USUAL_SLIPS = {"UK": "GB", "EL": "GR"}


class Unfit(Exception):
    """A value that its column does not hold; the text is the sentence for the analyst."""


def parsed(column: Column, value: Value, currency: str = "") -> object:
    """The value of a cell as its field holds it; None for a blank cell that may be blank.

    Money comes back in cents, scores and degrees as decimals, lists in the letter case of the
    list. ``currency`` says how many decimals amounts have. Raises Unfit.
    """
    if value is None or (isinstance(value, str) and is_blank(value)):
        if column.required:
            raise _unfit(column, "blank", currency)
        return None
    if isinstance(value, ErrorCell):
        raise _unfit(column, f"the error {value}", currency)
    if isinstance(value, Uncalculated):
        raise Unfit(
            f"{column.header} is a formula that was saved without its result; "
            "recalculate and save the workbook in Excel"
        )
    if isinstance(value, Unread):
        raise _unfit(column, shown(value), currency, f": {value.why}" if value.why else "")
    return _PARSERS[column.kind](column, value, currency)


def number(value: Value) -> Decimal | None:
    """A number as Excel shows it, to 15 significant digits; None for anything else.

    Excel stores 0.1 + 0.2 as 0.30000000000000004 and shows 0.3: the shown value is meant.
    """
    if type(value) is int:
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = Decimal(format(value, ".15g"))
    exact = Decimal(value)
    return exact + 0 if exact.is_finite() else None  # + 0: there is no -0


def shown(value: Value) -> str:
    """A value as a message names it: text in quotes, the rest as Excel would show it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        composed = unicodedata.normalize("NFC", value)
        text = "".join(_visible(c) for c in " ".join(composed.split()))
        return f'"{text[:_SHOWN]}…"' if len(text) > _SHOWN else f'"{text}"'
    if isinstance(value, dt.datetime):
        timed = "" if value.time() == MIDNIGHT else f" {value:%H:%M}"
        return f"the date {value:%Y-%m-%d}{timed}"
    if isinstance(value, dt.date):
        return f"the date {value:%Y-%m-%d}"
    if isinstance(value, dt.time | dt.timedelta):
        return f"the time {value}"
    exact = number(value)
    if exact is None:
        return "no number"
    if isinstance(value, Percent):
        return f"{format((exact * 100).normalize(), 'f')} %"
    return format(exact, "f") if abs(exact.adjusted()) < 20 else str(exact)


def _visible(character: str) -> str:
    """Characters that cannot be seen, named: a code with one would look right."""
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")
    return f"<U+{ord(character):04X}>" if hidden else character


def expected(column: Column, currency: str = "") -> str:
    """What a column holds, in words: ``an amount such as 12500.00``."""
    match column.kind:
        case CellKind.TEXT:
            return "a text"
        case CellKind.CODE:
            return (
                f"a code such as {column.example or 'GRE-1'} (letters, digits, _ . -; at most 32)"
            )
        case CellKind.MONEY:
            return f"an amount such as {12500:.{_places(currency)}f}"
        case CellKind.COUNT:
            return f"a whole number{_range(column)}"
        case CellKind.SCORE | CellKind.DEGREES:
            return f"a number{_range(column)}"
        case CellKind.YES_NO:
            return "yes or no"
        case CellKind.CHOICE:
            return f"one of: {', '.join(column.choices)}"
        case CellKind.DATE:
            return "a date such as 2026-03-31"
        case CellKind.YEAR:
            return f"a year{_range(column)}"
        case CellKind.COUNTRIES:
            return 'two-letter country codes such as SN, several separated by ";"'
        case CellKind.CURRENCY:
            return "a three-letter currency code such as EUR"


def _range(column: Column) -> str:
    if column.least is not None and column.most is not None:
        return f" from {column.least} to {column.most}"
    return "" if column.least is None else f" of at least {column.least}"


@cache
def _places(currency: str) -> int:
    return money.decimals(currency) if currency in money.currencies() else 2


def _unfit(column: Column, found: str, currency: str = "", hint: str = "") -> Unfit:
    return Unfit(f"{column.header} is {found}; expected {expected(column, currency)}{hint}")


def _text(column: Column, value: Value, currency: str) -> str:
    if not isinstance(value, str):
        raise _unfit(column, shown(value), hint=": format the cell as text and type it again")
    text = plain_text(value)
    if len(text) > MOST_TEXT:
        raise Unfit(f"{column.header} has {len(text):,} characters; expected at most {MOST_TEXT:,}")
    if text.isprintable():  # as most are: a quick look instead of one at each character
        return text
    strange = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"), "")
    if strange:
        raise Unfit(
            f"{column.header} holds a control character (U+{ord(strange):04X}); "
            "expected plain text: type the cell again"
        )
    return text


def _code(column: Column, value: Value, currency: str) -> str:
    text = _text(column, value, currency)
    if not _CODE.fullmatch(text) or UNSEEN.search(str(value)):
        raise _unfit(column, shown(value), hint=_odd_in_code(str(value)))
    return text


def _odd_in_code(value: str) -> str:
    """The end of a sentence about a code: what in it is not as it should be."""
    text = " ".join(value.split())
    odd = next((c for c in text if not _CODE.fullmatch(c)), "")
    if odd == " ":
        return "; it holds a space"
    if odd:
        return f"; it holds {_named(odd)}"
    return f"; it has {len(text)} characters"


def _named(character: str) -> str:
    """A character with its name in Unicode, for some look like others."""
    name = unicodedata.name(character, "a character without a name").lower()
    return f"{_visible(character)} ({name})"


def _amount(column: Column, value: Value, currency: str) -> int:
    exact = _number(column, value, currency)
    places = _places(currency)
    in_cents = exact.scaleb(2)
    if in_cents % 10 ** (2 - places):
        most = f"at most {places} decimals" if places else f"no decimals: {currency} has none"
        raise Unfit(f"{column.header} is {shown(value)}; expected {most}")
    return int(in_cents)


def _count(column: Column, value: Value, currency: str) -> int:
    exact = _number(column, value, currency)
    if exact != exact.to_integral_value():
        raise _unfit(column, shown(value))
    return int(exact)


def _decimal(column: Column, value: Value, currency: str) -> Decimal:
    return _number(column, value, currency)


def _number(column: Column, value: Value, currency: str) -> Decimal:
    """A number within the range of its column."""
    if isinstance(value, Percent):
        hint = ", not a percentage: format the cell as a plain number and type it again"
        raise _unfit(column, shown(value), currency, hint)
    exact = number(value)
    if exact is None:
        hint = _as_number(column, value, currency) if isinstance(value, str) else ""
        raise _unfit(column, shown(value), currency, hint)
    low, high = column.least, column.most
    if high is None:
        high = money.MOST // money.CENTS if column.kind is CellKind.MONEY else MOST_COUNT
    if exact > high and column.most is None:
        raise _unfit(column, shown(value), currency, f" of at most {high:,}")
    if exact > high or (low is not None and exact < low):
        at_least = f" of at least {low}" if column.kind is CellKind.MONEY else ""
        raise _unfit(column, shown(value), currency, at_least)
    return exact


def _as_number(column: Column, value: str, currency: str) -> str:
    """The end of a sentence about a number that was typed as text: what it may mean."""
    text = _CURRENCY_SIGN.sub("", plain_text(value))
    if not _LIKE_NUMBER.fullmatch(text):
        return ""
    places = _places(currency) if column.kind is CellKind.MONEY else 0
    meant = dict.fromkeys(
        f"{number:.{places}f}" if column.kind is CellKind.MONEY else f"{number:f}"
        for number, _ in readings(column.kind, text.strip("+")).values()
        if column.kind not in GROUPABLE or number == round(number, places)
    )
    return f", as a number and not as text{': ' * bool(meant)}{' or '.join(meant)}"


def _as_date(value: str) -> str:
    """The end of a sentence about a date that was typed as text: what it may mean."""
    text = plain_text(value)
    iso = iso_day(text)
    meant = {iso} if iso else set(days(text)[1].values())
    if not meant and (DATE.fullmatch(text) or ISO.fullmatch(text)):
        return "; there is no such day"
    if not meant and not _LIKE_DATE.fullmatch(text):
        return ""
    told = " or ".join(sorted(day.isoformat() for day in meant))
    return f", as a date and not as text{': ' * bool(told)}{told}"


def _yes_no(column: Column, value: Value, currency: str) -> bool:
    if isinstance(value, bool):  # a tick box: what it says is clear
        return value
    word = matching(value) if isinstance(value, str) else ""
    if word not in ("yes", "no"):
        raise _unfit(column, shown(value))
    return word == "yes"


def _choice(column: Column, value: Value, currency: str) -> str:
    choices = _choices(column)
    word = matching(value) if isinstance(value, str) else ""
    if word not in choices:
        near = get_close_matches(word, choices, 1, 0.6)
        hint = f" (did you mean {choices[near[0]]}?)" if near else ""
        odd = next((c for c in word if not c.isascii()), "")
        hint += f"; it holds {_named(odd)}" if near and odd else ""
        raise _unfit(column, shown(value), hint=hint)
    return choices[word]


@cache
def _choices(column: Column) -> dict[str, str]:
    """The words of a list as they are compared → as they are written."""
    return {matching(choice): choice for choice in column.choices}


def _date(column: Column, value: Value, currency: str) -> dt.date:
    if isinstance(value, dt.datetime) and value.time() == MIDNIGHT:
        value = value.date()
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        hint = ""
        if isinstance(value, dt.datetime):
            hint = ", without a time of day"
        elif isinstance(value, str):
            hint = _as_date(value)
        elif number(value) is not None:
            hint = ": format the cell as a date"
        raise _unfit(column, shown(value), hint=hint)
    if not FIRST_DAY <= value <= LAST_DAY:
        raise _unfit(column, shown(value), hint=f" from {FIRST_DAY.year} to {LAST_DAY.year}")
    return value


def _countries(column: Column, value: Value, currency: str) -> tuple[str, ...]:
    text = _text(column, value, currency) if isinstance(value, str) else ""
    codes = [code.strip().upper() for code in text.rstrip("; ").split(";")]
    for code in codes:
        if code not in money.countries():
            raise _unfit(column, shown(value), hint=_country_hint(code))
        if codes.count(code) > 1:
            raise Unfit(f"{column.header} is {shown(value)}; expected {code} only once")
    return tuple(codes)


def _country_hint(name: str) -> str:
    if name in _USUAL_SLIPS:
        return f" ({name} is {_USUAL_SLIPS[name]} in ISO 3166)"
    code = _country_names().get(matching(name))
    return f" ({plain_text(name).title()} is {code})" if code else ""


@cache
def _country_names() -> dict[str, str]:
    names = Locale("en").territories
    return {matching(names[code]): code for code in money.countries()}


def _currency(column: Column, value: Value, currency: str) -> str:
    code = plain_text(value).upper() if isinstance(value, str) else ""
    if code not in money.currencies():
        raise _unfit(column, shown(value))
    return code


_PARSERS: dict[CellKind, Callable[[Column, Value, str], object]] = {
    CellKind.TEXT: _text,
    CellKind.CODE: _code,
    CellKind.MONEY: _amount,
    CellKind.COUNT: _count,
    CellKind.SCORE: _decimal,
    CellKind.DEGREES: _decimal,
    CellKind.YES_NO: _yes_no,
    CellKind.CHOICE: _choice,
    CellKind.DATE: _date,
    CellKind.YEAR: _count,
    CellKind.COUNTRIES: _countries,
    CellKind.CURRENCY: _currency,
}
