"""Words of messages for analysts: names in short, what is wrong with a value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ValidationError

_FEW = 3  # names that a line gives


def few(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are.

    >>> few(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = f" and {len(names) - _FEW:,} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


def nearest(word: str, known: Iterable[str]) -> str:
    """``; did you mean "…"?`` for the nearest known word, or ``; known are …``."""
    known = list(known)
    near = difflib.get_close_matches(word, known, 1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else f"; known are {', '.join(known)}"


def problem_words(where: str, model: type[BaseModel], error: ValidationError) -> Iterator[str]:
    """One sentence a fault: the key, what was expected, what was found."""
    for fault in error.errors(include_url=False, include_context=False):
        keys = [str(part) for part in fault["loc"]]
        place = ".".join(filter(None, [where, *keys]))
        if fault["type"] == "missing":
            yield f"{place} is missing"
        elif fault["type"] == "extra_forbidden":
            yield f"{place} is not known{nearest(keys[-1], _known(model, keys[:-1]))}"
        else:
            message = fault["msg"].removeprefix("Value error, ")
            found = fault["input"]
            shown = f" (found {found})" if isinstance(found, int | float | str) else ""
            yield f"{place}: {message[:1].lower()}{message[1:]}{shown}"


def _known(model: type[BaseModel], path: list[str]) -> list[str]:
    """The fields of the model, or of the model nested at a path."""
    for part in path:
        if part.isdigit():
            continue
        annotation = model.model_fields[part].annotation
        inner = [annotation, *getattr(annotation, "__args__", ())]
        nested = [t for t in inner if isinstance(t, type) and issubclass(t, BaseModel)]
        if nested:
            model = nested[0]
    return list(model.model_fields)
