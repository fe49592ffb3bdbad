"""What another window changed in a scenario, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from funding.compare.inputs import scenario_changes
from funding.errors import ScenarioError
from funding.rules import GATES, RULES
from funding.scenario import Scenario, difference, parse

_TOLD = ("name", "description", "source", "note")  # keys that change no award
_TERM = re.compile(r"(?:(?:rules|gates)\.)?(\w+)(?:\[(.*)\])?(?:\.(\w+))?(\..*)?")


def same_content(one: str, other: str) -> bool:
    """Whether two TOML texts are the same scenario, however they are written."""
    return one == other or parse(one).digest == parse(other).digest


def what_changed(base: str | None, theirs: str, mine: str) -> tuple[list[str], list[str]]:
    """The other's changes since a common version, one line each, and the names of those things
    that are changed otherwise in mine. Without a common version: what differs from mine.

    All are TOML texts of scenarios that stand alone. A text that this version cannot read gives
    one line that says so.
    """
    try:
        theirs_now, mine_now = parse(theirs), parse(mine)
        start = mine_now if base is None else parse(base)
    except ScenarioError:
        return ["it cannot be read by this version of the tool"], []
    changes = dict(_changes(start, theirs_now))
    own, apart = dict(_changes(start, mine_now)), dict(_changes(theirs_now, mine_now))
    both = [named(key) for key in changes if key in own and key in apart]
    return [f"{named(key)}: {words}" for key, words in changes.items()], both


def named(key: str) -> str:
    """A key of a scenario as an analyst calls it.

    >>> named("rules.city_cap.amount"), named("rules.group_shares[region, North].min")
    ('City cap, amount', 'Group shares (region, North), min')
    """
    match = _TERM.fullmatch(key)
    term = RULES.get(match[1]) or GATES.get(match[1]) if match else None
    if match is None or term is None:
        words = key.replace(".", ", ").replace("_", " ")
        return f"{words[:1].upper()}{words[1:]}"
    _, row, field, rest = match.groups()
    title = f"{term.title} ({row})" if row else term.title
    if field is None:
        return title
    return f"{title}, {_field(term, field)}{(rest or '').replace('.', ', ')}"


def _field(term: Any, field: str) -> str:
    known = term.model_fields.get(field)
    title = known.title if known is not None and known.title else field.replace("_", " ")
    return f"{title[:1].lower()}{title[1:]}"


def _changes(before: Scenario, after: Scenario) -> Iterator[tuple[str, str]]:
    """Key → what it was and is, of all that differs."""
    for key, (old, new) in difference(before, after).items():
        if key.rsplit(".", 1)[-1] in _TOLD:
            yield key, _step(_quoted(old), _quoted(new))
    for change in scenario_changes(before, after):
        yield change.key, _step(change.before, change.after)


def _step(before: str, after: str) -> str:
    if not before:
        return f"added, {after}"
    if not after:
        return f"left out, was {before}"
    return f"{before} → {after}"


def _quoted(value: Any) -> str:
    return "" if value is None else f'"{value}"'
