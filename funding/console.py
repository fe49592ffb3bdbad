"""What commands share: what is told to people, files that are read, and files that must not be
written over. What takes time to load is imported when it is needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from funding.errors import UsageError

if TYPE_CHECKING:
    from funding.scenario import Scenario
    from funding.workbook import Intake, Mapping

Workbooks = Annotated[
    list[Path], typer.Argument(help="Application workbooks; several are merged", show_default=False)
]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", help="Read foreign workbooks through this mapping file")
]

DAY = ["%Y-%m-%d"]  # how days are given
MANY = 5  # files, for which a bar shows how far reading has come


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


def scenario_for(given: Path | None, first_workbook: Path) -> Scenario:
    """The scenario that is named, else ``scenarios/base.toml`` beside the applications.

    Raises UsageError where there is none, ScenarioError where it has a fault.
    """
    from funding import scenario

    if given is not None:
        return scenario.load(given)
    folder = first_workbook if first_workbook.is_dir() else first_workbook.parent
    beside = folder / "scenarios" / "base.toml"
    if not beside.is_file():
        raise UsageError(
            f"No scenario was given and there is no {beside}. Name one with --scenario FILE."
        )
    say(f"Scenario: {beside} (choose another with --scenario).")
    return scenario.load(beside)


def read_files(workbooks: Sequence[Path], mapping: Path | None) -> Intake:
    """What the files hold, read with a bar where there are many and somebody looks on."""
    from funding import workbook

    pairing = mapping_from(mapping)
    if len(workbook.named_sources(workbooks)) < MANY:
        return workbook.read(workbooks, pairing)
    with progress("Reading") as step:
        return workbook.read(workbooks, pairing, step)


@contextmanager
def progress(label: str) -> Iterator[Callable[..., None]]:
    """A bar, where somebody looks on; it is moved with what is done, of how many, and a name."""
    if not sys.stderr.isatty():
        yield lambda done, of, name="": None
        return
    with typer.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def step(done: int, of: int, name: str = "") -> None:
            bar.length, bar.label = of, f"{label} {name}".rstrip()
            bar.update(done - bar.pos)

        yield step


def mapping_from(path: Path | None) -> Mapping | None:
    """How foreign workbooks are read; None for those of this tool."""
    from funding import workbook

    return workbook.load_mapping(path) if path else None
