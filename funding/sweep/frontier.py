"""The frontier: what evenness, or another measure, costs in value, over the fairness price π."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from funding.compare import FIGURES, Figure
from funding.errors import UsageError
from funding.messages import nearest
from funding.sweep.parameters import FAIRNESS, Range
from funding.sweep.points import Sweep

PRICES = ",".join(("0", "0.0025", "0.005", "0.01", "0.015", "0.02", "0.03", "0.05", "0.1"))
AGAINST = "gini"
# Which way each measure is better; the others are neither better nor worse higher up.
HIGHER = ("activities", "cities", "success", "coverage", "certified", "coordinated", "lowest")
LOWER = ("gini", "reduced", "national", "highest_national", "steered", "unspent")


@dataclass(frozen=True, slots=True)
class Trade:
    """What some fairness prices come to, which all make the same of value and measure.

    ``given_up`` is the share of the best value that is given up. ``dominated``: another trade is
    as good in both and better in one. ``knee``: beyond it, what is given up buys less.
    """

    prices: tuple[Decimal, ...]
    value: Fraction
    given_up: Fraction
    measure: Fraction
    dominated: bool = False
    knee: bool = False


@dataclass(frozen=True)
class Frontier:
    """The trades of a sweep over π, by what they give up, and the measure they buy."""

    sweep: Sweep
    figure: Figure
    trades: tuple[Trade, ...]

    @property
    def best(self) -> tuple[Trade, ...]:
        """The trades that none dominates."""
        return tuple(trade for trade in self.trades if not trade.dominated)

    @property
    def knee(self) -> Trade | None:
        """The trade at the knee; None where the frontier has none."""
        return next((trade for trade in self.trades if trade.knee), None)


def figure_of(key: str) -> Figure:
    """A measure that the frontier can be drawn against. Raises UsageError for any other key."""
    found = {figure.key: figure for figure in FIGURES if figure.key in (*HIGHER, *LOWER)}
    if key not in found:
        raise UsageError(
            f"--against {key} is no measure to hold value against{nearest(key, found)}"
        )
    return found[key]


def check_ranges(ranges: Sequence[Range]) -> None:
    """Raise UsageError where something else than the fairness price is swept for a frontier."""
    if [each.parameter.key for each in ranges] != [FAIRNESS]:
        raise UsageError(
            f"A frontier is over the fairness price alone: leave --over out, or give {FAIRNESS}=…"
        )


def frontier_of(sweep: Sweep, figure: Figure) -> Frontier:
    """The frontier of a sweep over π; points without an allocation are left out."""
    met: dict[tuple[Fraction, Fraction], list[Decimal]] = {}
    for point in sweep.found:
        value, measure = (point.found.figures[key] for key in ("value", figure.key))
        if value is not None and measure is not None:
            met.setdefault((Fraction(value), Fraction(measure)), []).append(point.at[0])
    most = max((value for value, _ in met), default=Fraction(0))
    trades = [
        Trade(tuple(prices), value, 1 - value / most if most else Fraction(0), measure)
        for (value, measure), prices in met.items()
    ]
    up = 1 if figure.key in HIGHER else -1
    trades = [replace(each, dominated=_dominated(each, trades, up)) for each in trades]
    trades.sort(key=lambda each: (each.given_up, -up * each.measure))
    knee = _knee([each for each in trades if not each.dominated])
    return Frontier(sweep, figure, tuple(replace(t, knee=t is knee) for t in trades))


def _dominated(trade: Trade, others: Sequence[Trade], up: int) -> bool:
    """Whether another trade is at least as good in both, and not the same."""
    return any(
        other is not trade
        and other.value >= trade.value
        and up * (other.measure - trade.measure) >= 0
        for other in others
    )


def _knee(best: Sequence[Trade]) -> Trade | None:
    """The trade farthest beyond the straight line between the ends; None where none is.

    Both sides are counted in parts of the way from one end to the other, so that units do not
    matter. Source: V. Satopää and others, "Finding a Kneedle in a Haystack" (ICDCS 2011).
    """
    if len(best) < 3:
        return None
    first, last = best[0], best[-1]

    def beyond(trade: Trade) -> Fraction:
        bought = (trade.measure - first.measure) / (last.measure - first.measure)
        return bought - (trade.given_up - first.given_up) / (last.given_up - first.given_up)

    knee = max(best[1:-1], key=beyond)
    return knee if beyond(knee) > 0 else None
