"""Text of users on screen: always shown as text, never as Markdown."""

from __future__ import annotations

import math
import re

_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")  # all ASCII punctuation; Markdown lets all be escaped
# What the browser would turn into a link even so; a word joiner, which cannot be seen, stops it.
_LINK = re.compile(r"(?i)(?<=\bwww)(?=\.)|(?<=http)(?=s?://)|(?=@)")
JOINER = "\u2060"


def plain(text: object) -> str:
    """Text for a Markdown element, shown as it stands: ``*x*`` keeps its stars.

    >>> plain("a*b")
    'a\\\\*b'
    """
    joined = _LINK.sub(JOINER, " ".join(str(text).split()))
    return _SPECIAL.sub(r"\\\1", joined)


def listed(text: str) -> str:
    """A message of several lines as a sentence and a list, its text as it stands."""
    first, *rest = [line for line in text.splitlines() if line.strip()] or [""]
    return "\n".join([plain(first), "", *(f"- {plain(line)}" for line in rest)])


def count(number: int, one: str, many: str = "") -> str:
    """``1 city``, ``2,000 cities``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def gap_words(gap: float) -> str:
    """How far the value may lie below the best possible, rounded up; ``gap`` is a share of 1."""
    percent = math.ceil(gap * 10_000 - 1e-9) / 100
    if percent <= 0:
        return "the best possible"
    return f"at most {percent:.2f} % below the best possible"
