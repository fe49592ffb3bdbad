"""The levers that are asked for first, and the scenario that comes of them.

They are keys of a scenario file, as data; what their values may be is for the scenario to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from funding import money
from funding.app.text import count
from funding.compare import Comparison, by_city
from funding.messages import few
from funding.scenario import Scenario, from_tables
from funding.sweep import ENVELOPE, FAIRNESS, moved, parameter_of, parameters

FLOORS = ("rules", "group_shares")
FLOOR = "floor of the smallest size class"


@dataclass(frozen=True, slots=True)
class Quick:
    """A share of 1 in a scenario: its key in the file, or `FLOOR`, which stands in a list.

    ``off`` is what holds where the scenario does not name it. ``words`` and ``words_off`` go on
    from "With …"; ``{}`` is the value, ``{small}`` the smallest size class. ``step`` is in per
    cent.
    """

    key: str
    title: str
    help: str
    off: Decimal
    words: str
    words_off: str
    step: float = 1.0


SHARES = (
    Quick(
        FLOOR,
        "Floor for small cities",
        "Share of the envelope that cities of the smallest size class get at least, as far as "
        "they ask for it",
        Decimal(0),
        "at least {} for {small} cities",
        "no floor for {small} cities",
    ),
    Quick(
        "rules.independence.max_national_share",
        "National share, at most",
        "Independence: the most that national money may be of a city's engagement money; 100 %: "
        "no limit",
        Decimal(1),
        "national money at most {} of a city's engagement money",
        "no limit to the national share",
    ),
    Quick(
        FAIRNESS,
        "Fairness price π",
        "Share of the value that may be given up for a more even spread",
        Decimal(0),
        "up to {} of the value given up for evenness",
        "nothing given up for evenness",
        step=0.5,
    ),
)


@dataclass(frozen=True)
class Setting:
    """Where the levers stand: the envelope [cents], and shares of 1 by the levers' keys."""

    envelope: int
    shares: Mapping[str, Decimal]


def setting(scenario: Scenario) -> Setting:
    """Where a scenario has the levers; without the floor where it has no size classes."""
    held = {parameter.key: parameter.value for parameter in parameters(scenario)}
    shares = {}
    for quick in SHARES:
        if quick.key != FLOOR or small(scenario):
            value = held.get(_key(scenario, quick))
            shares[quick.key] = quick.off if value is None else value
    return Setting(scenario.fund.envelope, shares)


def small(scenario: Scenario) -> str:
    """The name of the smallest size class; empty without size classes."""
    return next(iter(scenario.fund.size_classes), "")


def changes(scenario: Scenario, wanted: Setting, currency: str) -> list[str]:
    """Each lever that stands elsewhere than in the scenario, in words that go on from "With"."""
    now, told = setting(scenario), []
    more = wanted.envelope - now.envelope
    if more:
        told.append(f"{money.show(abs(more), currency)} {'more' if more > 0 else 'less'}")
    for quick in SHARES:
        value = wanted.shares.get(quick.key)
        if value is not None and value != now.shares.get(quick.key):
            form = quick.words_off if value == quick.off else quick.words
            told.append(form.format(money.percent(value, 2), small=small(scenario)))
    return told


def variant(scenario: Scenario, wanted: Setting, name: str, told: Sequence[str]) -> Scenario:
    """The scenario with the levers as wanted, under a name of its own.

    Raises ScenarioError or UsageError where it is none then, such as with a floor above a ceiling.
    """
    now, made = setting(scenario), scenario
    shares = {
        quick: value
        for quick in SHARES
        if (value := wanted.shares.get(quick.key)) is not None
        and value != now.shares.get(quick.key)
    }
    values: dict[str, Decimal] = {}
    if wanted.envelope != now.envelope:
        values[ENVELOPE] = money.in_units(wanted.envelope)
    for quick, value in shares.items():
        if key := _key(scenario, quick):
            values[key] = value
        else:
            made = _with_floor(made, value)
    made = moved(made, {parameter_of(made, key): value for key, value in values.items()})
    words = {"name": f"{name}: {'; '.join(told)}", "description": f"{name} with {listing(told)}."}
    return from_tables({**made.tables, **words})


def effect(comparison: Comparison, told: Sequence[str]) -> str:
    """What the levers do to the cities, in a sentence with numbers and names."""
    moved = [(c.city, c.differences[0] or 0) for c in by_city(comparison)]
    losses = sorted(((-d, name) for name, d in moved if d < 0), key=lambda loss: -loss[0])
    gains = sorted(((d, name) for name, d in moved if d > 0), key=lambda gain: -gain[0])
    start = f"With {listing(told)}"
    if not losses and not gains:
        return f"{start}, every city keeps its award."
    parts = [
        _moved(found, *verbs, comparison.currency)
        for found, verbs in ((losses, ("loses", "lose")), (gains, ("gains", "gain")))
        if found
    ]
    same = len(moved) - len(losses) - len(gains)
    if same:
        parts.append(count(same, "city keeps its award", "cities keep their awards"))
    return f"{start}, {'; '.join(parts)}."


def listing(told: Sequence[str]) -> str:
    """``a, b and c``."""
    *first, last = told
    return f"{', '.join(first)} and {last}" if first else last


def _moved(found: Sequence[tuple[int, str]], one: str, many: str, currency: str) -> str:
    """``7 cities lose 1,000 EUR together (Aix 500 EUR, Brest 300 EUR and 5 more)``."""
    total = money.show(sum(amount for amount, _ in found), currency)
    if len(found) == 1:
        return f"1 city {one} {total}: {found[0][1]}"
    each = [f"{name} {money.show(amount, currency)}" for amount, name in found]
    return f"{len(found):,} cities {many} {total} together ({few(each)})"


def _key(scenario: Scenario, quick: Quick) -> str:
    """The dotted key; of the floor that of its table in the list, empty where there is none."""
    if quick.key != FLOOR:
        return quick.key
    top, name = FLOORS
    for at, table in enumerate(scenario.tables.get(top, {}).get(name, [])):
        ours = table.get("attribute") == "size_class" and table.get("group") == small(scenario)
        if ours and table.get("enabled") is not False and table.get("of") != "awarded":
            return f"{top}.{name}.{at}.min"
    return ""


def _with_floor(scenario: Scenario, value: Decimal) -> Scenario:
    """The scenario with one more table: the floor of the smallest size class."""
    top, name = FLOORS
    table = {"attribute": "size_class", "group": small(scenario), "min": value}
    section = dict(scenario.tables.get(top, {}))
    section[name] = [*section.get(name, []), table]
    return from_tables({**scenario.tables, top: section})
