"""Sentences about a sweep and a frontier, made from their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from funding import money
from funding.compare import FIGURES, Figure, Measure
from funding.messages import few
from funding.sweep.changes import Change, Stretch, changes_of, same_from, stretches_of
from funding.sweep.frontier import Frontier, Trade
from funding.sweep.parameters import ENVELOPE
from funding.sweep.points import NONE, Number, Point, Sweep

MAIN = ("spent", "value", "cities", "activities", "lowest", "gini", "national")


def main_figures(sweep: Sweep) -> list[Figure]:
    """The figures that are told of every point; value only where it is counted alike."""
    known = {figure.key: figure for figure in FIGURES}
    return [known[key] for key in MAIN if key != "value" or sweep.same_value]


def shown(figure: Figure, value: Number, currency: str) -> str:
    """A figure of a point as text; a dash where it has no meaning."""
    if value is None:
        return "–"
    if figure.measure is Measure.MONEY:
        return money.show(Fraction(value), currency)
    if figure.measure is Measure.SHARE:
        return money.percent(value)
    return f"{float(value):,.0f}" if figure.measure is Measure.COUNT else f"{float(value):,.1f}"


def headline(sweep: Sweep) -> str:
    """What the sweep comes to, from its first to its last allocation, as a sentence."""
    found = sweep.found
    if not found:
        return "No allocation holds the rules at any of the points."
    first, last = found[0], found[-1]
    if first is last:
        return f"Only {_at(sweep, first)} an allocation holds the rules."
    way = "; ".join(
        f"{each.parameter.title} from "
        f"{each.parameter.between(first.at[i], last.at[i], sweep.currency, 'to')}"
        for i, each in enumerate(sweep.ranges)
        if first.at[i] != last.at[i]
    )
    return f"{way}: {_worth(sweep, first, last)}, {_cities(first, last)}."


def _worth(sweep: Sweep, first: Point, last: Point) -> str:
    key, name = ("value", "value") if sweep.same_value else ("spent", "sum awarded")
    before, after = (Fraction(point.found.figures[key] or 0) for point in (first, last))
    if before == after:
        return f"the {name} stays as it is"
    verb = "rises" if after > before else "falls"
    if not before:
        return f"the {name} {verb}"
    return f"the {name} {verb} by {money.percent(abs(after / before - 1))}"


def _cities(first: Point, last: Point) -> str:
    before, after = (int(point.found.figures["cities"] or 0) for point in (first, last))
    are = f"{after:,} {'city is' if after == 1 else 'cities are'} funded"
    return are if before == after else f"{are} instead of {before:,}"


def _at(sweep: Sweep, point: Point) -> str:
    """``at Envelope 10 million EUR``."""
    pairs = zip(sweep.ranges, point.at, strict=True)
    return "at " + ", ".join(
        f"{each.parameter.title} {each.parameter.show(value, sweep.currency)}"
        for each, value in pairs
    )


def notes(sweep: Sweep) -> Iterator[str]:
    """What else an analyst should know: how years move, where nothing changes, and where there is
    no allocation and why."""
    fund = sweep.scenario.fund
    if fund.envelopes and any(each.parameter.key == ENVELOPE for each in sweep.ranges):
        years = ", ".join(map(str, fund.envelopes))
        yield f"The envelopes of {years} move in proportion, in whole units."
    if not sweep.same_value:
        yield "Value is counted otherwise at each point, so that values cannot be compared."
    at = same_from(sweep)
    if at is not None:
        parameter = sweep.ranges[0].parameter
        low, high = sweep.points[at].at[0], sweep.points[-1].at[0]
        yield f"From {parameter.between(low, high, sweep.currency, 'to')} every award is the same."
    for stretch in stretches_of(sweep):
        yield _nothing(sweep, stretch)


def _nothing(sweep: Sweep, stretch: Stretch) -> str:
    """Where there is no allocation, and why."""
    parameter, low, high = sweep.ranges[0].parameter, stretch.points[0], stretch.points[-1]
    if low is high:
        where = f"At {parameter.show(low.at[0], sweep.currency)}"
    else:
        where = f"From {parameter.between(low.at[0], high.at[0], sweep.currency, 'to')}"
    if len(sweep.ranges) > 1:
        other = sweep.ranges[1].parameter
        where += f", with {other.title} {other.show(low.at[1], sweep.currency)},"
    if stretch.stopped:
        return f"{where} the solver stopped before an answer: allow more time."
    if not stretch.rules:
        return f"{where} no allocation holds the rules."
    if len(stretch.rules) == 1:
        return f"{where} no allocation holds the rules: {stretch.rules[0]} cannot be held."
    return f"{where} no allocation holds the rules: {_and(stretch.rules)} contradict each other."


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def change_words(sweep: Sweep, change: Change) -> str:
    """``Between 10.5 and 11 million EUR: GRE-2 comes in, LIL-1 goes out.``"""
    parameter = sweep.ranges[0].parameter
    where = f"Between {parameter.between(change.before, change.after, sweep.currency)}"
    if change.beside is not None:
        other = sweep.ranges[1].parameter
        where += f", with {other.title} {other.show(change.beside, sweep.currency)}"
    sides = ((change.comes_in, "comes", "come", "in"), (change.goes_out, "goes", "go", "out"))
    told = [
        f"{few(codes)} {one if len(codes) == 1 else many} {way}"
        for codes, one, many, way in sides
        if codes
    ]
    return f"{where}: {', '.join(told)}."


def all_changes(sweep: Sweep) -> list[str]:
    """Every change of the funded set as a sentence; that there is none, where there is none."""
    told = [change_words(sweep, change) for change in changes_of(sweep)]
    return told or (["The funded set is the same at every point."] if sweep.found else [])


def statuses(point: Point) -> str:
    """How a point ended, in words."""
    if point.found.exists:
        return "" if point.found.status == "optimal" else "feasible: the solver stopped in time"
    if point.found.status == NONE:
        rules = ", ".join(point.found.rules)
        return f"no allocation: {rules}" if rules else "no allocation"
    return "the solver stopped"


def knee_words(frontier: Frontier) -> str:
    """What the frontier comes to, with its knee, as a sentence."""
    best, knee = frontier.best, frontier.knee
    if not best:
        return "No allocation holds the rules at any fairness price."
    if len(best) == 1:
        return (
            f"Giving up value buys nothing: {_lower(frontier.figure)} is best, "
            f"{_measure(frontier, best[0])}, at {prices_words(best[0])}."
        )
    if knee is None:
        return f"{_gain(frontier, best[0], best[-1])}, at {prices_words(best[-1])}; no knee."
    rest = best[-1]
    return (
        f"{_gain(frontier, best[0], knee)}, at {prices_words(knee)}; going on to "
        f"{money.percent(rest.given_up, 2)} {_verb(knee, rest)} it to {_measure(frontier, rest)}."
    )


def _gain(frontier: Frontier, before: Trade, after: Trade) -> str:
    merit = frontier.sweep.scenario.objective.value.startswith("merit")
    return (
        f"Giving up {money.percent(after.given_up, 2)} of {'merit' if merit else 'value'} "
        f"{_verb(before, after)} {_lower(frontier.figure)} from {_measure(frontier, before)} to "
        f"{_measure(frontier, after)}"
    )


def _verb(before: Trade, after: Trade) -> str:
    return "raises" if after.measure > before.measure else "lowers"


def _measure(frontier: Frontier, trade: Trade) -> str:
    return shown(frontier.figure, trade.measure, frontier.sweep.currency)


def _lower(figure: Figure) -> str:
    """``the lowest coverage``, ``the Gini of the cities' coverage``: within a sentence."""
    title = figure.title
    return f"the {title if title.startswith('Gini') else title[:1].lower() + title[1:]}"


def prices_words(trade: Trade) -> str:
    """``π = 0.5 %``, or ``π = 2 to 10 %`` of several that come to the same."""
    low, high = (money.percent(price, 3) for price in (trade.prices[0], trade.prices[-1]))
    return f"π = {low}" if low == high else f"π = {low.removesuffix(' %')} to {high}"


def at_words(sweep: Sweep, at: Sequence[Decimal]) -> str:
    """Where a point is, for a line of a table."""
    pairs = zip(sweep.ranges, at, strict=True)
    return " · ".join(each.parameter.show(value, sweep.currency) for each, value in pairs)
