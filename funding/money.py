"""Money: integer cents, units, currencies and how amounts are shown.

Every amount in the package is a whole number of cents (hundredths of the currency unit), so
that sums are exact. A *unit* is the step of the awards, in whole currency units.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache

from babel import Locale
from babel.numbers import format_decimal, get_currency_precision

CENTS = 100  # cents in one currency unit
MOST_DIGITS = 15
MOST = 10**MOST_DIGITS  # cents; above this an amount is taken for a slip of the keyboard

_AMOUNT = re.compile(r"[+-]?\d+(\.\d{1,2})?")


def cents(amount: Decimal | int | str) -> int:
    """The amount in cents.

    >>> cents("12500.50")
    1250050

    Raises ValueError when the amount has more than two decimals or is no plain number.
    """
    text = str(amount).strip()
    if not _AMOUNT.fullmatch(text):
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise ValueError(f"{amount!r} is not an amount such as 12500.00") from None
        if not number.is_finite() or number.adjusted() > MOST_DIGITS:
            raise ValueError(f"{amount} is no amount, or too large to be one")
        text = format(number, "f")
    value = Decimal(text) * CENTS
    if value != value.to_integral_value():
        raise ValueError(f"{amount} has more than two decimals")
    if abs(value) > MOST:
        raise ValueError(f"{amount} is too large to be an amount")
    return int(value)


def in_units(amount: int) -> Decimal:
    """Cents as a decimal number of currency units: 1250050 is 12500.50."""
    return Decimal(amount).scaleb(-2)


@cache
def currencies() -> frozenset[str]:
    """The three-letter codes of ISO 4217 (from the Unicode CLDR, through Babel)."""
    return frozenset(str(code) for code in Locale("en").currencies)


@cache
def countries() -> frozenset[str]:
    """The two-letter country codes of ISO 3166 (from the Unicode CLDR, through Babel)."""
    codes = [str(code) for code in Locale("en").territories]
    made_up = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
    return frozenset(c for c in codes if len(c) == 2 and c.isalpha() and c not in made_up)


def decimals(currency: str) -> int:
    """How many decimals amounts in this currency have: 2 for EUR, 0 for JPY."""
    return min(2, get_currency_precision(currency))


def show(amount: int | Fraction, currency: str = "", *, places: int | None = None) -> str:
    """An amount in cents as an analyst reads it: ``1,234,500 EUR``.

    Decimals appear only where the amount has a fraction, unless ``places`` asks for them.
    """
    value = Fraction(amount) / CENTS
    if places is None:
        places = 0 if value.denominator == 1 else 2
    number = Decimal(round(value * 10**places)).scaleb(-places)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    text = format_decimal(number, format=pattern, locale="en")
    return f"{text} {currency}" if currency else text


def percent(share: Fraction | Decimal | float, places: int = 1) -> str:
    """A share of 1 as a percentage: 0.125 is ``12.5 %``."""
    number = Decimal(round(Fraction(share) * 100 * 10**places)).scaleb(-places)
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} %"


def part(share: Fraction | Decimal, amount: int) -> Fraction:
    """A share of 1 of an amount, exactly [cents]."""
    return Fraction(share) * amount
