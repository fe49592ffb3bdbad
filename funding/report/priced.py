"""Prices in the award workbook: columns of sheet Rules, and sheet Prices for scenario keys."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from funding import money
from funding.awards import Allocation
from funding.price_words import FUNDED, key_words, row_words
from funding.report.checks import Check
from funding.report.style import Cell, Field, Kind

if TYPE_CHECKING:
    from funding.prices import Price, Prices

PRICES = "Prices"
RULE_PRICE_FIELDS = (
    Field("Price of more", Kind.PRICE, 13),
    Field("Price of less", Kind.PRICE, 13),
    Field("Price in words", Kind.WRAPPED, 70),
)
KEY_FIELDS = (
    Field("Key", Kind.TEXT, 40),
    Field("Price of more", Kind.PRICE, 13),
    Field("Price of less", Kind.PRICE, 13),
    Field("Decided anew: more", Kind.PRICE, 13),
    Field("Decided anew: less", Kind.PRICE, 13),
    Field("In words", Kind.WRAPPED, 100),
)


def price_cells(check: Check, prices: Prices, currency: str) -> list[Cell]:
    """The price of a row of sheet Rules: more, less, and in words."""
    price = prices.rows.get(check.use.limit.name) if check.use else None
    if price is None:
        return [None, None, "not found"]
    return [price.more, price.less, _sentence(row_words(_as_shown(check, price), currency))]


def _as_shown(check: Check, price: Price) -> Price:
    """The price with its ends counted as the sheet's limit is, which holds what moves with the
    awards: a share of all awards is a row with the bound 0."""
    row_bound = check.use.limit.bound if check.use else check.sides.bound.value
    moved = float(Fraction(check.sides.bound.value - row_bound) / money.CENTS)
    return replace(price, least=price.least + moved, most=price.most + moved)


def key_rows(allocation: Allocation, prices: Prices) -> list[list[Cell]]:
    """The rows of sheet Prices: the keys of the scenario, then the decisions by hand."""
    currency = allocation.applications.call.currency
    measure = allocation.scenario.objective.measure(currency)
    of = f", {FUNDED}" if prices.fixed else ""
    note = f"Prices are in value ({measure}) for more of a limit{of}."
    if not prices.complete:
        note += " Time ran out before all of them were found."
    rows: list[list[Cell]] = [["", None, None, None, None, note]]
    for each in prices.keys:
        if each.lever.kind != "switch":
            again = each.again or (None, None)
            words = _sentence(key_words(each, currency))
            rows.append([each.lever.key, each.price.more, each.price.less, *again, words])
    for decided in prices.decisions:
        words = _sentence(f"{decided.words}: what it costs")
        rows.append([decided.row, decided.cost, None, None, None, words])
    return rows


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
