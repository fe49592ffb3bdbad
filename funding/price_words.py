"""Prices in words, and ready for JSON."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from funding import money
from funding.awards import Allocation

if TYPE_CHECKING:
    from funding.prices import KeyPrice, Price, Prices

FUNDED = "with those funded who are"


def number(value: float) -> str:
    """A price with as many digits as tell something: ``1,023,610``, ``81``, ``0.0004321``."""
    if abs(value) >= 1:
        text = f"{value:,.4f}"
        return text.rstrip("0").rstrip(".")
    text = format(Decimal(f"{value:.4g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def price_words(price: Price, show: Callable[[float], str]) -> str:
    """What more and less of a limit are worth and how far, as a sentence without a full stop."""
    up = "" if math.isinf(price.most) else f", up to {show(price.most)}"
    down = "" if math.isinf(price.least) else f", down to {show(price.least)}"
    if price.more is None and price.less is None:
        return "no price: a step either way is impossible"
    if price.steady and price.more == price.less and price.more is not None:
        each = number(price.more)
        return f"one more {price.per} adds {each}{up}; one less takes as much{down}"
    more = "more is impossible" if price.more is None else f"one more {price.per} adds "
    less = "one less is impossible" if price.less is None else "one less takes "
    if price.more is not None:
        more += number(price.more) + (up if price.steady else "")
    if price.less is not None:
        less += number(price.less) + (down if price.steady else "")
    changes = "" if price.steady else "; the price changes within a step"
    return f"{more}; {less}{changes}"


def key_words(found: KeyPrice, currency: str) -> str:
    """The price of a key in words, with its value now."""
    lever = found.lever
    now = f"{lever.title} ({lever.show(lever.value, currency)})"
    words = price_words(found.price, lambda x: lever.show(_decimal(x), currency))
    if found.again is None or found.again == (found.price.more, found.price.less):
        return f"{now}: {words}"
    more, less = ("no price" if x is None else number(x) for x in found.again)
    return f"{now}: {words}; where who is funded is decided anew, {more} and {less}"


def _decimal(value: float) -> Decimal:
    return round(Decimal(repr(value)), 6) if abs(value) < 1 else round(Decimal(repr(value)), 2)


def told(allocation: Allocation, prices: Prices) -> list[str]:
    """The lines for the command line: every key that is worth something, every decision."""
    currency = allocation.applications.call.currency
    measure = allocation.scenario.objective.measure(currency)
    of = f", {FUNDED}" if prices.fixed else ""
    lines = [f"Prices, in value ({measure}) for more of each limit{of}:"]
    for key in prices.keys:
        nothing = key.price.more == key.price.less == 0 and key.again in (None, (0.0, 0.0))
        if not nothing and key.lever.kind != "switch":
            lines.append(f"  {key_words(key, currency)}.")
    lines += [f"  {each.words}: costs {number(each.cost)}." for each in prices.decisions]
    if not prices.complete:
        lines.append("  Time ran out before all prices were found.")
    return lines


def price_json(price: Price | None, *, in_money: bool = True) -> dict[str, object] | None:
    """A price for JSON; where no end was found, ``from`` or ``to`` is null."""
    if price is None:
        return None
    return {
        "more": price.more,
        "less": price.less,
        "from": None if math.isinf(price.least) else _plain(price.least, in_money),
        "to": None if math.isinf(price.most) else _plain(price.most, in_money),
        "steady": price.steady,
        "per": price.per,
    }


def _plain(value: float, in_money: bool) -> float:
    return round(value, 2) if in_money else round(value, 9)


def prices_json(prices: Prices) -> dict[str, object]:
    """Prices of keys and decisions for JSON; those of rows stand with the rules."""
    return {
        "of": FUNDED if prices.fixed else "the whole fund",
        "complete": prices.complete,
        "keys": [
            {
                "key": each.lever.key,
                "title": each.lever.title,
                "value": float(each.lever.value),
                "price": price_json(each.price, in_money=each.lever.in_money),
                "decided_anew": None if each.again is None else list(each.again),
            }
            for each in prices.keys
            if each.lever.kind != "switch"
        ],
        "decisions": [
            {"name": each.row, "words": each.words, "price": each.cost} for each in prices.decisions
        ],
    }


def row_words(price: Price, currency: str) -> str:
    """The price of a row in words."""
    return price_words(price, lambda x: money.show(round(x * money.CENTS), currency))
