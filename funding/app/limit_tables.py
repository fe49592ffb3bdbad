"""The limits of an allocation as tables: which bind, what more of each is worth, what is left."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from funding import money
from funding.app.award_tables import amount_texts
from funding.awards import Allocation
from funding.outcomes import sentence
from funding.price_words import FUNDED, key_words, number, row_words
from funding.prices import KeyPrice, Price, Prices
from funding.remainder import stop_title
from funding.ties import tie_title

NO_PRICE = "–"  # where a step is impossible


def binding(allocation: Allocation, prices: Prices | None = None) -> pd.DataFrame:
    """The limits that stop an award from rising, or are floors just met, in words.

    With prices, what one more of each limit adds to the value, the dearest first.
    """
    rows = []
    for use in allocation.rows:
        rule = allocation.scenario.rule(use.limit.rule)
        if not use.binding or rule is None:
            continue
        words = sentence(allocation.scenario.words(use.limit, allocation.case))
        row: dict[str, object] = {
            "Rule": rule.title,
            "Whom": _whom(allocation, use.limit.subject),
            "In words": words,
        }
        if prices is not None:
            row |= _priced(prices.rows.get(use.limit.name), allocation)
        rows.append(row)
    columns = ["Rule", "Whom", "In words"]
    if prices is None:
        return pd.DataFrame(rows, columns=columns, dtype="string")
    columns += ["One more adds", "Price in words"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("One more adds", ascending=False, na_position="last", kind="stable")


def _priced(price: Price | None, allocation: Allocation) -> dict[str, object]:
    if price is None:
        return {"One more adds": math.nan, "Price in words": "not found"}
    words = sentence(row_words(price, allocation.applications.call.currency))
    more = math.nan if price.more is None else price.more
    return {"One more adds": more, "Price in words": words}


def _whom(allocation: Allocation, subject: str) -> str:
    """Whom a limit is about: names where codes have some."""
    given = allocation.applications
    if subject in given.activities:
        return f"{subject}, {given.cities[given.activities[subject].city].name}"
    if subject in given.cities:
        return f"{given.cities[subject].name} ({subject})"
    return subject or "the fund"


def price_table(allocation: Allocation, prices: Prices) -> pd.DataFrame:
    """What more of each limit of the scenario is worth, in all, one row a key; those without
    worth last."""
    currency = allocation.applications.call.currency
    rows = [
        {
            "Limit": each.lever.title,
            "Now": each.lever.show(each.lever.value, currency),
            "One more": f"1 {each.price.per}" if each.price.per[:1].isalpha() else each.price.per,
            "adds": number_of(each.price.more),
            "One less takes": number_of(each.price.less),
            "In words": sentence(key_words(each, currency)),
        }
        for each in sorted(prices.keys, key=_nothing)
        if each.lever.kind != "switch"
    ]
    columns = ["Limit", "Now", "One more", "adds", "One less takes", "In words"]
    return pd.DataFrame(rows, columns=columns, dtype="string")


def number_of(price: float | None) -> str:
    """A price as a cell."""
    return NO_PRICE if price is None else number(price)


def _nothing(each: KeyPrice) -> bool:
    return not each.price.more and not each.price.less


def decision_table(prices: Prices) -> pd.DataFrame:
    """What each decision by hand costs in value."""
    rows = [
        {"Decision": sentence(each.words), "Costs": number(each.cost)} for each in prices.decisions
    ]
    return pd.DataFrame(rows, columns=["Decision", "Costs"], dtype="string")


def price_sentence(allocation: Allocation, prices: Prices) -> str:
    """What one more of the money would gain, and of what these are the prices."""
    currency = allocation.applications.call.currency
    measure = allocation.scenario.objective.measure(currency)
    envelopes = [each for each in prices.keys if each.lever.rule == "envelope"]
    told = []
    for each in envelopes:
        year = f" for {each.lever.path[2]}" if len(each.lever.path) > 2 else ""
        gain = each.price.more
        what = "is impossible" if gain is None else f"would gain {number(gain)}"
        told.append(f"one {currency} more in the envelope{year} {what}")
    head = _capital("; ".join(told) if told else "no price was found")
    of = f", {FUNDED}" if prices.fixed else ""
    late = "" if prices.complete else " Time ran out before all prices were found."
    return f"{head}. Prices are in value ({measure}){of}.{late}"


def stopped(allocation: Allocation) -> pd.DataFrame:
    """The rules that keep awards from rising, with how many each stops; amounts as texts."""
    found = allocation.remainder.stopped
    missing = amount_texts([each.missing / money.CENTS for each in found])
    steps = amount_texts([each.step / money.CENTS for each in found])
    data = {
        "Rule": [stop_title(allocation.scenario, each) for each in found],
        "Activities": [f"{len(each.activities):,}" for each in found],
        "By it alone": [f"{each.alone:,}" for each in found],
        "Short of request": missing,
        "Next step from": steps,
    }
    return pd.DataFrame(data, dtype="string")


def ties(allocation: Allocation) -> pd.DataFrame:
    """Equals between whom the declared order or a lot decided, in words."""
    rows = [
        {
            "What": _capital(tie_title(allocation.case, tie)),
            "Came first": _named(allocation, tie.first, tie.of_cities),
            "Came after": _named(allocation, tie.after, tie.of_cities),
            "Decided by": ", ".join(tie.by),
        }
        for tie in allocation.decided
    ]
    columns = ["What", "Came first", "Came after", "Decided by"]
    return pd.DataFrame(rows, columns=columns, dtype="string")


def _named(allocation: Allocation, codes: Iterable[str], of_cities: bool) -> str:
    """Activities or cities by their codes, with the city's name: ``BOD-2 (Bordeaux)``."""
    given = allocation.applications
    whose = {code: code if of_cities else given.activities[code].city for code in codes}
    return ", ".join(f"{code} ({given.cities[city].name})" for code, city in whose.items())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
