"""What all commands share: what is told to people, and files that must not be written over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from funding.errors import UsageError

DAY = ["%Y-%m-%d"]  # how days are given


def say(text: str) -> None:
    """Show people a line; on standard error, so that results may be piped."""
    typer.echo(text, err=True)


def keep_apart(inputs: Sequence[Path | None], outputs: Sequence[Path | None]) -> None:
    """Refuse to write over an input, or two results to one file."""
    taken = {path.resolve() for path in inputs if path is not None}
    for path in outputs:
        if path is None:
            continue
        if path.resolve() in taken:
            raise UsageError(f"{path} is in use already by this command; choose another name.")
        taken.add(path.resolve())
