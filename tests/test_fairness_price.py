"""What the fairness price buys: never less evenness for more of it, and never more than its price.

Judged before rounding, over a grid of prices on random funds, with a measure of the tests' own.
"""

from __future__ import annotations

from hypothesis import assume, event, given

from funding.applications import Applications
from tests.random_funds import ENVELOPES, funds, rules
from tests.test_fairness import before_rounding
from tests.test_properties import examples, of
from tests.tied_funds import tied_funds

PRICES = ("0", "0.001", "0.01", "0.05", "0.2", "0.5", "1")


def unmet(applications: Applications, awards: dict[str, float], unit: int) -> float:
    """Σ q (1 − x/q)² over the open activities, in currency units."""
    total = 0.0
    for code, units in awards.items():
        asked = applications.activities[code].requested / 100
        total += asked * (1 - units * unit / asked) ** 2
    return total


def worth(applications: Applications, tables: str, awards: dict[str, float], unit: int) -> float:
    """The value of awards that need not be whole, in plain floats."""
    given = {code: units * unit for code, units in awards.items()}
    full, later = (0.5, 0.4) if "full_value_share" in tables else (1.0, 1.0)
    total = 0.0
    for code, amount in given.items():
        a = applications.activities[code]
        asked, score = a.requested / 100, float(applications.score(code))
        counts = min(amount, full * asked) + later * max(0.0, amount - full * asked)
        if "merit_projects" in tables:
            total += score * counts / asked
        elif "reach" in tables:
            people = applications.cities[a.city].population / len(applications.plans[a.city])
            total += score * people * counts / asked
        else:
            total += score * counts
    return total


def never_less_even(applications: Applications, tables: str, money: str) -> None:
    last, best = None, None
    for price in PRICES:
        priced = tables.replace("[objective]\n", f"[objective]\nfairness_price = {price}\n")
        found = before_rounding(applications, of(priced, money, 100))
        assume(found is not None)
        assert found is not None
        value = worth(applications, tables, found.units, 100)
        best = value if best is None else best
        scale = max(best, 1.0)
        assert value >= (1 - float(price)) * best - 2e-6 * scale, price
        uneven = unmet(applications, found.units, 100)
        if last is not None:
            event("more even" if uneven < last - 1e-3 else "as even")
            asked = sum(applications.activities[code].requested / 100 for code in found.units)
            assert uneven <= last + 1e-6 * asked, price
        last = uneven


@examples(60)
@given(funds(), rules(linear=True), ENVELOPES)
def test_a_higher_price_is_never_less_even(
    applications: Applications, tables: str, money: str
) -> None:
    never_less_even(applications, tables, money)


@examples(120)
@given(funds(), rules(), ENVELOPES)
def test_nor_where_awards_are_nothing_or_at_least(
    applications: Applications, tables: str, money: str
) -> None:
    never_less_even(applications, tables, money)


@examples(60)
@given(tied_funds(), rules(named_codes=False), ENVELOPES)
def test_nor_among_equals(applications: Applications, tables: str, money: str) -> None:
    never_less_even(applications, tables, money)
