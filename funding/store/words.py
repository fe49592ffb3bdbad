"""What another window changed in a scenario, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from funding.compare.inputs import InputChange, scenario_changes
from funding.errors import ScenarioError
from funding.scenario import Scenario, difference, parse

_TOLD = ("name", "description", "source", "note")  # keys that change no award


def same_content(one: str, other: str) -> bool:
    """Whether two TOML texts are the same scenario, however they are written."""
    return one == other or parse(one).digest == parse(other).digest


def what_changed(base: str | None, theirs: str, mine: str) -> tuple[list[str], list[str]]:
    """The other's changes since a common version, one line each, and the keys of those that are
    changed differently in mine. Without a common version: what differs from mine.

    All are TOML texts of scenarios that stand alone. A text that this version cannot read gives
    one line that says so.
    """
    try:
        theirs_now, mine_now = parse(theirs), parse(mine)
        start = parse(base) if base is not None else mine_now
    except ScenarioError:
        return ["The other version cannot be read by this version of the tool"], []
    changes = dict(_changes(start, theirs_now))
    if base is None:
        return list(changes.values()), []
    own = {key for key, _ in _changes(start, mine_now)}
    apart = {key for key, _ in _changes(theirs_now, mine_now)}
    return list(changes.values()), [key for key in changes if key in own & apart]


def _changes(before: Scenario, after: Scenario) -> Iterable[tuple[str, str]]:
    """Key → a line that says what it was and is."""
    for key, (old, new) in difference(before, after).items():
        if key.rsplit(".", 1)[-1] in _TOLD and not isinstance(old or new, list):
            yield key, _line(key, _text(old), _text(new))
    for change in scenario_changes(before, after):
        yield change.key, _in_words(change)


def _in_words(change: InputChange) -> str:
    return _line(change.key, change.before, change.after)


def _line(key: str, before: str, after: str) -> str:
    if not before:
        return f"{key}: added, {after}"
    if not after:
        return f"{key}: left out, was {before}"
    return f"{key}: {before} → {after}"


def _text(value: Any) -> str:
    return "" if value is None else f'"{value}"'
