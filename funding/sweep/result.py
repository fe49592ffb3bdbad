"""A sweep as JSON: amounts in currency units, numbers as they are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from funding.compare import FIGURES, Measure
from funding.money import CENTS
from funding.sweep.changes import changes_of
from funding.sweep.frontier import Frontier
from funding.sweep.points import Found, Number, Sweep
from funding.sweep.words import headline, knee_words, notes

FORMAT = 1


def as_json(sweep: Sweep, frontier: Frontier | None = None) -> dict[str, object]:
    """The sweep, ready for JSON; with its frontier where there is one."""
    keys = [each.parameter.key for each in sweep.ranges]
    result: dict[str, object] = {
        "format": FORMAT,
        "scenario": {"name": sweep.scenario.name, "digest": sweep.scenario.digest},
        "applications": sweep.applications.digest,
        "currency": sweep.currency,
        "parameters": [
            {
                "key": each.parameter.key,
                "title": each.parameter.title,
                "today": None if each.parameter.value is None else _number(each.parameter.value),
                "values": [_number(value) for value in each.values],
            }
            for each in sweep.ranges
        ],
        "sentences": [headline(sweep), *notes(sweep)],
        "today": _found(sweep.base),
        "points": [
            {
                "at": {key: _number(v) for key, v in zip(keys, point.at, strict=True)},
                "digest": point.digest,
            }
            | _found(point.found)
            for point in sweep.points
        ],
        "changes": [
            {
                "between": [_number(change.before), _number(change.after)],
                "beside": None if change.beside is None else _number(change.beside),
                "comes_in": list(change.comes_in),
                "goes_out": list(change.goes_out),
            }
            for change in changes_of(sweep)
        ],
    }
    return result if frontier is None else result | {"frontier": _frontier(frontier)}


def _frontier(frontier: Frontier) -> dict[str, object]:
    money = frontier.figure.measure is Measure.MONEY
    return {
        "against": frontier.figure.key,
        "sentence": knee_words(frontier),
        "trades": [
            {
                "fairness_prices": [float(price) for price in trade.prices],
                "value": float(trade.value),
                "given_up": float(trade.given_up),
                "measure": _number(trade.measure / CENTS if money else trade.measure),
                "dominated": trade.dominated,
                "knee": trade.knee,
            }
            for trade in frontier.trades
        ],
    }


def _found(found: Found) -> dict[str, object]:
    """What a scenario came to."""
    if not found.exists:
        return {"status": found.status, "rules": list(found.rules), "words": found.words}
    kinds = {figure.key: figure.measure for figure in FIGURES}
    return {
        "status": found.status,
        "figures": {key: _figure(value, kinds[key]) for key, value in found.figures.items()},
        "awards": {code: _number(Fraction(x, CENTS)) for code, x in found.awards.items()},
    }


def _figure(value: Number, measure: Measure) -> float | int | None:
    if value is None:
        return None
    return _number(Fraction(value) / CENTS if measure is Measure.MONEY else value)


def _number(value: Number | Decimal) -> float | int:
    exact = Fraction(value or 0)
    return int(exact) if exact.denominator == 1 else float(exact)
