"""The levers that are asked for first, and the scenario that comes of them.

They are keys of a scenario file, as data; what their values may be is for the scenario to say.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from funding import money
from funding.app.text import count
from funding.compare import Comparison, by_city
from funding.messages import few
from funding.scenario import Scenario, from_tables

SMALLEST = "(smallest)"  # stands for the first size class of the scenario


@dataclass(frozen=True, slots=True)
class Quick:
    """A key of a scenario whose value is a share of 1.

    ``path`` leads to its table; where that stands in a list, ``item`` tells it from the others.
    ``off`` is what holds where the scenario does not name it. ``words`` and ``words_off`` go on
    from "With …"; ``{}`` is the value, ``{small}`` the smallest size class.
    """

    title: str
    help: str
    path: tuple[str, ...]
    field: str
    off: Decimal
    words: str
    words_off: str
    item: tuple[tuple[str, str], ...] = ()
    step: float = 1.0  # per cent

    @property
    def key(self) -> str:
        """The dotted key, such as ``rules.independence.max_national_share``."""
        return ".".join((*self.path, self.field))


ENVELOPE = "fund.envelope"
SHARES = (
    Quick(
        "Floor for small cities",
        "Share of the envelope that cities of the smallest size class get at least, as far as "
        "they ask for it",
        ("rules", "group_shares"),
        "min",
        Decimal(0),
        "at least {} for {small} cities",
        "no floor for {small} cities",
        (("attribute", "size_class"), ("group", SMALLEST)),
    ),
    Quick(
        "National share, at most",
        "Independence: the most that national money may be of a city's engagement money; 100 %: "
        "no limit",
        ("rules", "independence"),
        "max_national_share",
        Decimal(1),
        "national money at most {} of a city's engagement money",
        "no limit to the national share",
    ),
    Quick(
        "Fairness price π",
        "Share of the value that may be given up for a more even spread",
        ("objective",),
        "fairness_price",
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
    tables = dict(scenario.tables)
    shares = {}
    for quick in SHARES:
        if quick.item and not small(scenario):
            continue
        table = _find(tables, quick, scenario) or {}
        on = table.get("enabled", True) is not False
        shares[quick.key] = Decimal(table.get(quick.field, quick.off)) if on else quick.off
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

    Raises ScenarioError where it is none then, such as with a floor above a ceiling.
    """
    tables: dict[str, Any] = copy.deepcopy(dict(scenario.tables))
    now = setting(scenario)
    if wanted.envelope != now.envelope:
        _set_envelope(tables["fund"], scenario, wanted.envelope)
    for quick in SHARES:
        value = wanted.shares.get(quick.key)
        if value is not None and value != now.shares.get(quick.key):
            _set_share(tables, quick, scenario, value)
    tables["name"] = f"{name}: {'; '.join(told)}"
    tables["description"] = f"{name} with {listing(told)}."
    return from_tables(tables)


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


def _set_envelope(fund: dict[str, Any], scenario: Scenario, envelope: int) -> None:
    """The envelope, by year in the proportion of the years as they were, in whole units."""
    years = scenario.fund.envelopes
    if not years:
        fund["envelope"] = _number(money.in_units(envelope))
        return
    whole, before, given = scenario.fund.envelope, 0, 0
    for year, amount in years.items():
        before += amount
        step = scenario.fund.step
        upto = envelope if before == whole else envelope * before // whole // step * step
        fund["envelopes"][str(year)] = _number(money.in_units(upto - given))
        given = upto


def _set_share(tables: dict[str, Any], quick: Quick, scenario: Scenario, value: Decimal) -> None:
    table = _find(tables, quick, scenario)
    if table is None:
        *above, last = quick.path
        parent = tables
        for part in above:
            parent = parent.setdefault(part, {})
        table = _told(quick, scenario)
        if quick.item:
            parent.setdefault(last, []).append(table)
        else:
            parent[last] = table
    table.pop("enabled", None)
    table[quick.field] = _number(value)


def _find(tables: Any, quick: Quick, scenario: Scenario) -> dict[str, Any] | None:
    """The table that holds the lever's key or would; of a list one that is on."""
    for part in quick.path:
        tables = tables.get(part)
        if tables is None:
            return None
    if not quick.item:
        found: dict[str, Any] = tables
        return found
    told = _told(quick, scenario)
    for table in tables:
        plain = {key: table.get(key) for key in told} == told
        if plain and table.get("enabled", True) is not False and table.get("of") != "awarded":
            item: dict[str, Any] = table
            return item
    return None


def _told(quick: Quick, scenario: Scenario) -> dict[str, Any]:
    """The keys that tell a table of a list, with the scenario's smallest size class."""
    return {key: small(scenario) if v == SMALLEST else v for key, v in quick.item}


def _number(value: Decimal) -> int | Decimal:
    """As a scenario file writes it."""
    return int(value) if value == value.to_integral_value() else value.normalize()
