"""The command ``funding letters``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from funding import files
from funding.console import DAY, keep_apart, say


def letters(
    awards: Annotated[Path, typer.Argument(help="An award workbook", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder to write into", show_default=False)],
    template: Annotated[
        Path | None, typer.Option(help="Your own Word template; its fields: docs/letters.md")
    ] = None,
    date: Annotated[
        dt.datetime | None,
        typer.Option(formats=DAY, help="Day of the letters; default: a line to fill in"),
    ] = None,
) -> None:
    """Write a Word letter to each city that applied: its award, or why there is none."""
    from funding.letters import letters as letters_from

    made = letters_from(awards, template, date.date() if date else None)
    targets = {out / name: data for name, data in made.items()}
    keep_apart([awards, template], list(targets))
    files.make_folder(out)
    others = [path for path in out.glob("*.docx") if path.name not in made]
    files.write_together(targets)
    count = len(made)
    say(f"Wrote {count} {'letter' if count == 1 else 'letters'} into {out}.")
    if others:
        files_there = "1 other Word file" if len(others) == 1 else f"{len(others)} other Word files"
        say(f"Note: {out} also holds {files_there}, not of these awards.")
