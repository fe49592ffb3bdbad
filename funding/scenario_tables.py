"""The tables of a scenario file: read as TOML, with what they inherit, compared and hashed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from funding.errors import ScenarioError

DEEPEST = 20  # scenarios that extend one another

Tables = dict[str, Any]
Resolve = Callable[[str], str]


def read(path: Path) -> str:
    """The text of a scenario file. Raises ScenarioError if there is none in UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ScenarioError(f"there is no file {path.name} in {path.parent}") from None
    except (OSError, UnicodeDecodeError):
        raise ScenarioError(f"{path.name} cannot be read as text in UTF-8") from None


def toml(text: str) -> Tables:
    """The tables of a TOML text, decimals exact. Raises ScenarioError if it is not TOML."""
    try:
        # Floats are not the decimals they look like; exact rules need exact parameters.
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"this is not TOML: {error}") from None
    except (ValueError, RecursionError):
        raise ScenarioError("this is not TOML that can be read: too deep or too long") from None


def inherit(own: Tables, resolve: Resolve | None, depth: int = 0) -> Tables:
    """Tables merged into those of the scenario that they extend, and of those before it.

    ``resolve`` gives the text of a scenario by its name. Raises ScenarioError where it is not at
    hand or where scenarios extend one another in a circle.
    """
    parent = own.get("extends")
    if parent is None:
        return own
    if not isinstance(parent, str):
        raise ScenarioError("extends: expected the name of a scenario file, in quotes")
    if resolve is None:
        raise ScenarioError(
            f'this scenario extends "{parent}", which is not at hand; '
            "export it as a scenario that stands alone"
        )
    if depth >= DEEPEST:
        raise ScenarioError(f'extends = "{parent}": scenarios extend one another in a circle')
    base = inherit(toml(resolve(parent)), resolve, depth + 1)
    merged = _merge(base, {k: v for k, v in own.items() if k != "extends"})
    return merged


def _merge(base: Tables, over: Tables) -> Tables:
    if "envelope" in over and "envelopes" in over:
        raise ScenarioError("fund: expected either envelope or [fund.envelopes], found both")
    merged = dict(base)
    for key, value in over.items():
        if key == "envelope":
            merged.pop("envelopes", None)
        elif key == "envelopes":
            merged.pop("envelope", None)
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merge(old, value) if both else value  # type: ignore[arg-type]
    return merged


def flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """Dotted key → value, for all tables within one another."""
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for key, inner in value.items():
            found |= flat(inner, f"{prefix}.{key}" if prefix else key)
        return found
    return {prefix: value}


def canonical(value: Any) -> Any:
    """A value that is the same however its numbers are written; what is hashed."""
    if isinstance(value, Mapping):
        return {k: canonical(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(v) for v in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        text = format(Decimal(value), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value if isinstance(value, str | bool) or value is None else str(value)
