"""Who saves: as the environment or the system says, never required."""

from __future__ import annotations

import getpass
import os

VARIABLE = "FUNDING_AUTHOR"
_LONGEST = 100  # characters


def default_author() -> str:
    """The name that the environment gives, else the user's name on this system, else nothing."""
    given = os.environ.get(VARIABLE, "")
    if given.strip():
        return tidy(given)
    try:
        return tidy(getpass.getuser())
    except (KeyError, OSError, ImportError):  # a user without a name, as in containers
        return ""


def tidy(author: str) -> str:
    """A name as it is kept: in one line, and not endless."""
    return " ".join(author.split())[:_LONGEST]
