"""Studies of one scenario as the workbench asks for them: what is solved, and what comes of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from funding import money
from funding.app.comparing import figure_text
from funding.applications import Applications
from funding.compare import Figure
from funding.robustness import Chance, Colour, Findings, Study
from funding.robustness.findings import CONFIDENCE
from funding.robustness.study import standard_errors
from funding.scenario import Scenario
from funding.sweep import (
    FAIRNESS,
    PRICES,
    Found,
    Frontier,
    Parameter,
    Range,
    Sweep,
    at_words,
    main_figures,
    moved,
    parameter_of,
    parameters,
    prices_words,
    statuses,
    sweep,
    values_of,
)
from funding.sweep.points import Common

TIME_LIMIT = 60.0  # seconds of each solve
FINE = {"amount": Decimal(1), "per person": Decimal("0.01"), "share": Decimal("0.001")}
OTHERWISE = Decimal("0.01")  # what numbers such as ratios are multiples of

# -- sweeps -----------------------------------------------------------------------------


def movable(scenario: Scenario) -> list[Parameter]:
    """The numbers that the scenario gives, the envelope first; its years move with it."""
    return [
        each
        for each in parameters(scenario)
        if each.value is not None and not each.key.startswith("fund.envelopes.")
    ]


def parameter_words(parameter: Parameter, currency: str) -> str:
    """What it is called, and where it stands today."""
    return f"{parameter.title} ({parameter.show(parameter.value, currency)})"


def usual(parameter: Parameter) -> tuple[Decimal, Decimal]:
    """From where to where a parameter is swept unless it is said otherwise."""
    value = parameter.value or Decimal(0)
    if parameter.kind == "share":
        return max(Decimal(0), value - Decimal("0.2")), min(Decimal(1), value + Decimal("0.2"))
    return rounded(value / 2, parameter), rounded(value * Decimal("1.5"), parameter)


def rounded(value: Decimal, parameter: Parameter) -> Decimal:
    """A value as fine as the parameter is swept."""
    fine = FINE.get(parameter.kind, OTHERWISE)
    if parameter.kind == "number" and parameter.value == int(parameter.value or 0):
        fine = Decimal(1)
    return (value / fine).to_integral_value() * fine


def spaced(low: Decimal, high: Decimal, number: int, parameter: Parameter) -> tuple[Decimal, ...]:
    """So many values from one to another, evenly, each once; the ends are among them."""
    if number < 2 or low == high:
        return (low,)
    steps = number - 1
    inner = (rounded(low + (high - low) * at / steps, parameter) for at in range(1, steps))
    return tuple(sorted({low, high, *inner}))


def prices(scenario: Scenario) -> Range:
    """The fairness prices of a frontier."""
    return Range(parameter_of(scenario, FAIRNESS), values_of(PRICES))


def sweep_name(applications: Applications) -> Hashable:
    """What points are kept under: they serve every sweep of the same applications."""
    return ("sweep", applications.digest)


def sweep_items(scenario: Scenario, over: Range) -> dict[Hashable, Any]:
    """Digest → scenario to be solved, that of today first. Raises UsageError for a value that is
    not allowed."""
    each = [scenario, *(moved(scenario, {over.parameter: value}) for value in over.values)]
    return {one.digest: one for one in each}


def sweep_common(applications: Applications) -> Common:
    """What all points have in common."""
    return Common(applications, TIME_LIMIT)


def sweep_so_far(
    applications: Applications, scenario: Scenario, over: Range, found: Mapping[Any, Found]
) -> Sweep | None:
    """The sweep over the values that are solved; None where there are none yet."""
    if scenario.digest not in found:
        return None
    values = tuple(
        value for value in over.values if moved(scenario, {over.parameter: value}).digest in found
    )
    if not values:
        return None
    return sweep(applications, scenario, [Range(over.parameter, values)], known=dict(found))


def points_table(made: Sweep) -> pd.DataFrame:
    """One row a point: its value, the main figures, and how it ended where that is not well."""
    figures, parameter = main_figures(made), made.ranges[0].parameter
    rows = []
    for point in made.points:
        told = [figure_text(f, point.found.figures.get(f.key), made.currency) for f in figures]
        rows.append([at_words(made, point.at), *told, statuses(point)])
    columns = [parameter.title, *(figure.title for figure in figures), "Remark"]
    return pd.DataFrame(rows, columns=columns, dtype="string")


def points_numbers(made: Sweep) -> pd.DataFrame:
    """The same as numbers, money in currency units, with the activities funded."""
    figures, parameter = main_figures(made), made.ranges[0].parameter
    rows = []
    for point in made.points:
        values = (_number(figure, point.found.figures.get(figure.key)) for figure in figures)
        codes = " ".join(sorted(point.found.funded))
        rows.append([float(point.at[0]), *values, statuses(point), codes])
    titles = [f.title for f in figures]
    head = f"{parameter.title} ({made.currency})" if parameter.in_money else parameter.title
    return pd.DataFrame(rows, columns=[head, *titles, "Remark", "Funded"])


def _number(figure: Figure, value: Any) -> float | None:
    if value is None:
        return None
    return float(value) / money.CENTS if figure.measure == "money" else float(value)


def trades_table(made: Frontier) -> pd.DataFrame:
    """One row for what some fairness prices come to."""
    currency = made.sweep.currency
    rows = [
        (
            prices_words(trade),
            f"{round(trade.value):,}",
            money.percent(trade.given_up, 2),
            figure_text(made.figure, trade.measure, currency),
            "the knee" if trade.knee else "another is better in both" if trade.dominated else "",
        )
        for trade in made.trades
    ]
    columns = ["Fairness price", "Value", "Given up", made.figure.title, "Remark"]
    return pd.DataFrame(rows, columns=columns, dtype="string")


# -- robustness -------------------------------------------------------------------------

TINTS = {Colour.GREEN: "#2e7d4f", Colour.GREY: "#6f7a85", Colour.RED: "#b3362b"}
COLOUR = "Over the draws"
INTERVAL = f"{money.percent(CONFIDENCE)} interval"


def draws_name(study: Study) -> Hashable:
    """What draws are kept under: those of one study, however many are wanted."""
    return ("robustness", *(str(value) for value in study.key.values()))


def chances_table(found: Findings, *, cities: bool) -> pd.DataFrame:
    """One row an activity or a city: how often it is funded, its colour in words, its range."""
    given = found.study.applications
    rows = []
    for chance in (found.cities if cities else found.activities).values():
        row: dict[str, Any] = {"Code": chance.code}
        if cities:
            row["City"] = given.cities[chance.code].name
        else:
            activity = given.activities[chance.code]
            row |= {"City": given.cities[activity.city].name, "Title": activity.title}
        rows.append(row | _chance(chance))
    frame = pd.DataFrame(rows)
    return frame.sort_values(["Funded in", "Code"], ascending=[False, True], ignore_index=True)


def _chance(chance: Chance) -> dict[str, Any]:
    return {
        "Award today": chance.award / money.CENTS,
        "Funded in": chance.share,
        INTERVAL: (f"{money.percent(chance.low)} to {money.percent(chance.high)}"),
        COLOUR: f"{chance.colour}: {chance.colour.words}",
        "Award at 5 %": chance.least / money.CENTS,
        "in the middle": chance.middle / money.CENTS,
        "at 95 %": chance.most / money.CENTS,
    }


def tint(text: object) -> str:
    """The style of a cell of the column `COLOUR`: the colour that its words name."""
    colour = Colour(str(text).partition(":")[0])
    return f"background-color: {TINTS[colour]}; color: white"


def counts(found: Findings) -> list[tuple[str, Sequence[tuple[Colour, int]]]]:
    """Activities and cities: how many are of each colour."""
    sides = (("Activities", found.activities), ("Cities", found.cities))
    return [
        (
            what,
            [(c, sum(1 for chance in chances.values() if chance.colour is c)) for c in Colour],
        )
        for what, chances in sides
    ]


def scores_vary(applications: Applications) -> bool:
    """Whether assessors' scores have a spread that draws can be made from."""
    return bool(standard_errors(applications))
