"""Texts as the workspace keeps them, and who saves: as the system says, never required."""

from __future__ import annotations

import getpass
import os
import unicodedata

VARIABLE = "FUNDING_AUTHOR"
LONGEST_AUTHOR = 100  # characters

# Control characters, which no name needs and not every database keeps, and halves of characters.
_NEVER = ("Cc", "Cs")


def one_line(text: str) -> str:
    """A text in one line: composed accents, one space between words, no control characters."""
    # Accents are composed last: what is left out may have stood between a letter and its accent.
    seen = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _NEVER)
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def lines(text: str) -> str:
    """A text in lines, each as `one_line` keeps it, without blank ones at the ends."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip("\n")


def author_of(text: str) -> str:
    """The name of who saves, as it is kept."""
    return one_line(text)[:LONGEST_AUTHOR]


def default_author() -> str:
    """The name in the environment's FUNDING_AUTHOR, else the user's on this system, else none."""
    given = author_of(os.environ.get(VARIABLE, ""))
    if given:
        return given
    try:
        return author_of(getpass.getuser())
    except (KeyError, OSError, ImportError):  # a user without a name, as in containers
        return ""
