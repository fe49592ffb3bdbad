"""The command ``funding compare``: scenarios on the same applications, or award workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from funding import files
from funding.console import MappingFile, Workbooks, keep_apart, progress, read_files, say
from funding.errors import NoAllocation, UsageError

if TYPE_CHECKING:
    from funding.awards import Allocation
    from funding.compare import Comparison


def compare(
    workbooks: Workbooks,
    scenario: Annotated[
        list[Path] | None,
        typer.Option(help="A scenario file; repeat it. Award workbooks hold their own"),
    ] = None,
    reference: Annotated[
        int, typer.Option(min=1, help="Which of them the others are compared with: 1, 2, …")
    ] = 1,
    out: Annotated[Path | None, typer.Option(help="Comparison workbook to write")] = None,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that each solve may take")] = 60,
    mapping: MappingFile = None,
) -> None:
    """Compare scenarios, or award workbooks of the same or other applications."""
    from funding import compare as comparing

    scenarios = scenario or []
    keep_apart([*workbooks, *scenarios, mapping], [out])
    _refuse_more(len(scenarios) or len(workbooks), reference)
    if scenarios:
        found = _allocated(workbooks, scenarios, mapping, time_limit)
    else:
        found = _stated(workbooks)
    comparison = comparing.compare(found, reference=reference - 1)
    _tell(comparison)
    if out is not None:
        _write(comparison, out)


def _refuse_more(count: int, reference: int) -> None:
    """Refuse what cannot be compared before anything is solved."""
    from funding.compare import MOST

    if not 2 <= count <= MOST:
        raise UsageError(
            f"Two to {MOST} can be compared, {count} was given: name each with --scenario FILE, or "
            "give award workbooks."
            if count == 1
            else f"Two to {MOST} can be compared; {count} were given."
        )
    if reference > count:
        raise UsageError(f"--reference {reference}: only {count} are compared.")


def _allocated(
    workbooks: Sequence[Path], scenarios: Sequence[Path], mapping: Path | None, time_limit: float
) -> list[Allocation]:
    """The allocation of each scenario on the applications of all workbooks together."""
    from funding.awards import allocate
    from funding.scenario import load

    read = [load(path) for path in scenarios]
    given = read_files(workbooks, mapping).require()
    found = []
    with progress("Solving") as step:
        for at, (path, rules) in enumerate(zip(scenarios, read, strict=True)):
            step(at, len(read), rules.name)
            try:
                found.append(allocate(given, rules, time_limit=time_limit))
            except NoAllocation as error:
                raise NoAllocation(f"{path.name}: {error}", error.conflict) from None
    return found


def _stated(workbooks: Sequence[Path]) -> list[Allocation]:
    """The allocations of award workbooks, each verified and not solved again."""
    from funding.stated import is_award_workbook
    from funding.verify import verify

    for path in workbooks:
        if path.exists() and not is_award_workbook(path):
            raise UsageError(
                f"{path} is no award workbook: name two scenarios or more with --scenario FILE."
            )
    return [verify(path).allocation for path in workbooks]


def _tell(comparison: Comparison) -> None:
    """Say what changes with each scenario against the reference."""
    from funding import money
    from funding.compare import sentences

    base = comparison.base
    say(
        f"Reference: {comparison.base_name}, {money.show(base.spent, comparison.currency)} to "
        f"{base.served:,} {'city' if base.served == 1 else 'cities'}."
    )
    for name, words in sentences(comparison).items():
        say(f"{name}: {' '.join(words)}")


def _write(comparison: Comparison, out: Path) -> None:
    """Write the comparison workbook."""
    from funding.report import comparison_workbook

    with progress("Baselines") as step:
        data = comparison_workbook(comparison, step)
    files.write_atomically(out, data)
    say(f"Wrote {out}.")
