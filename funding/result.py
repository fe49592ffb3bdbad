"""The result as JSON: amounts in currency units, numbers as they are."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from funding.awards import Allocation
from funding.linear import Exact
from funding.money import CENTS
from funding.price_words import price_json, prices_json

if TYPE_CHECKING:
    from funding.prices import Prices

FORMAT = 1


def as_json(allocation: Allocation, prices: Prices | None = None) -> dict[str, object]:
    """The result of an allocation, ready for JSON; with its prices where they are given."""
    given, certified = allocation.applications, allocation.certified_bound
    result: dict[str, object] = {
        "format": FORMAT,
        "status": allocation.status,
        "value": float(allocation.value),
        "bound": allocation.bound,
        "certified_bound": None if certified is None else float(certified),
        "gap": allocation.gap,
        "best_value": allocation.best_value,
        "fair_value": allocation.fair_value,
        "price_of_fairness": allocation.price_of_fairness,
        "rounding_loss": allocation.rounding_loss,
        "spent": _amount(allocation.spent),
        "unspent": _amount(allocation.unspent),
        "awards": [
            {
                "activity": a.code,
                "city": a.city,
                "stream": a.stream,
                "requested": _amount(a.requested),
                "award": _amount(allocation.awards[a.code]),
                "status": allocation.outcomes[a.code].status,
                "reasons": list(allocation.outcomes[a.code].reasons),
            }
            for a in given.activities.values()
        ],
        "rules": [
            {
                "name": use.limit.name,
                "limit": _amount(use.limit.bound),
                "used": _amount(use.used),
                "slack": _amount(use.room),
                "binding": use.binding,
            }
            | ({"price": price_json(prices.rows.get(use.limit.name))} if prices else {})
            for use in allocation.rows
        ],
        "ties": [
            {
                "what": tie.what,
                "of": "cities" if tie.of_cities else "activities",
                "first": list(tie.first),
                "after": list(tie.after),
                "by": list(tie.by),
            }
            for tie in allocation.decided
        ],
        "remainder": _remainder(allocation),
        "notes": list(allocation.notes),
        "run": dict(allocation.run) | {"seconds": round(allocation.seconds, 3)},
    }
    return result | ({"prices": prices_json(prices)} if prices else {})


def _remainder(allocation: Allocation) -> dict[str, object]:
    """What is left, and what stops each award that is not in full."""
    found = allocation.remainder
    return {
        "left": _amount(found.left),
        "by_year": {str(year): _amount(left) for year, left in found.by_year.items()},
        "full": found.full,
        "closed": found.closed,
        "short": found.short,
        "stopped": [
            {
                "rule": stopped.rule,
                "at_once": stopped.at_once,
                "activities": list(stopped.activities),
                "alone": stopped.alone,
                "missing": _amount(stopped.missing),
                "least_step": _amount(stopped.step),
            }
            for stopped in found.stopped
        ],
    }


def _amount(cents: Exact) -> float | int:
    value = Fraction(cents) / CENTS
    return int(value) if value.denominator == 1 else float(value)
