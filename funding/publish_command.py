"""The command ``funding publish``."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from funding import files
from funding.console import DAY, keep_apart, say
from funding.errors import InputError


class Standard(StrEnum):
    """A standard of open data on grants."""

    GIVING = "360giving"
    SUBVENTIONS = "fr-subventions"


def publish(
    awards: Annotated[Path, typer.Argument(help="An award workbook", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder to write into", show_default=False)],
    standard: Annotated[
        list[Standard] | None, typer.Option(help="Only this standard; default: every one")
    ] = None,
    prefix: Annotated[str, typer.Option(help="Publisher prefix, such as 360G-example")] = "",
    publisher: Annotated[str, typer.Option(help="Name; default: Funder of sheet Fund")] = "",
    publisher_id: Annotated[
        str, typer.Option(help="Its identifier; default: Funder identifier of sheet Fund")
    ] = "",
    register: Annotated[
        str, typer.Option(help="List code for identifiers that name no register, such as GB-LAE")
    ] = "",
    decided: Annotated[
        dt.datetime | None, typer.Option(formats=DAY, help="Day of the decision on the awards")
    ] = None,
    agreed: Annotated[
        dt.datetime | None, typer.Option(formats=DAY, help="Day of the agreements with the cities")
    ] = None,
    decision: Annotated[str, typer.Option(help="Reference of the act that decides")] = "",
    de_minimis: Annotated[
        bool | None, typer.Option(help="Whether this is de minimis aid notified to the EU")
    ] = None,
    cities: Annotated[
        Path | None, typer.Option(help="CSV file: City code, Identifier, Agreed")
    ] = None,
) -> None:
    """Write open data on the awards: 360Giving, and French essential grant data."""
    from funding.publish import STANDARDS, CityFacts, Facts, publication, read_cities
    from funding.verify import verify

    facts = Facts(
        prefix=prefix,
        publisher=publisher.strip(),
        publisher_id=publisher_id.strip(),
        register=register,
        decided=decided.date() if decided else None,
        agreed=agreed.date() if agreed else None,
        decision=decision,
        de_minimis=de_minimis,
        cities=read_cities(cities) if cities else CityFacts(),
    )
    made = publication(verify(awards), facts, standard or STANDARDS)
    for note in made.notes:
        say(f"Note: {note}.")
    for fault in made.faults:
        say(str(fault))
    if made.faults:
        count = len(made.faults)
        say(f"{count} {'fault' if count == 1 else 'faults'} to put right; nothing was written.")
        raise typer.Exit(InputError.exit_code)
    targets = {out / name: data for name, data in made.files.items()}
    keep_apart([awards, cities], list(targets))
    files.make_folder(out)
    files.write_together(targets)
    for target in targets:
        say(f"Wrote {target}.")
    say(f"{made.sentence}.")
