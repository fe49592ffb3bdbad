"""The command ``funding robustness``: how often each is funded where the inputs vary."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from funding import files, logs
from funding.console import (
    MappingFile,
    Workbooks,
    keep_apart,
    progress,
    read_files,
    say,
    scenario_for,
)
from funding.errors import UsageError

if TYPE_CHECKING:
    from funding.robustness import Drawn, Findings, Study

INTERRUPTED = 130  # as shells end a command that Ctrl-C has ended


def robustness(
    workbooks: Workbooks,
    scenario: Annotated[
        Path | None, typer.Option(help="Scenario file; default: scenarios/base.toml beside it")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="How often the fund is allocated")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same draws")] = 1,
    standard_error: Annotated[
        float | None,
        typer.Option(help="Of every score, in points; default: from the spread in sheet Scores"),
    ] = None,
    envelope_spread: Annotated[
        float, typer.Option(help="The envelope varies by up to this share, up and down")
    ] = 0.1,
    request_spread: Annotated[
        float, typer.Option(help="Activities come out smaller by up to this share")
    ] = 0.0,
    green: Annotated[
        float, typer.Option(help="Green: funded in this share of the draws or more")
    ] = 0.9,
    red: Annotated[float, typer.Option(help="Red: funded in this share or fewer")] = 0.1,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that share the work; default: all")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Let a Dask cluster do the work: tcp://HOST:PORT")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Robustness workbook to write")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Findings as JSON to this file")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Keep finished draws in this file, to go on from there")
    ] = None,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that each solve may take")] = 60,
    mapping: MappingFile = None,
    strategic: Annotated[
        bool, typer.Option("--strategic", help="Instead: what cities gain by asking otherwise")
    ] = False,
) -> None:
    """Say how often each activity is funded where scores, envelope and requests vary."""
    from funding.awards import allocate
    from funding.robustness import Settings, Study, findings_of
    from funding.robustness.findings import Levels

    if strategic:
        from funding import strategy_command

        if keep is not None or standard_error is not None:
            raise UsageError("--strategic draws nothing; leave out --keep and --standard-error.")
        strategy_command.study(
            workbooks, scenario, mapping, time_limit, workers, scheduler, out, json_file
        )
        return
    keep_apart([*workbooks, scenario, mapping], [out, json_file, keep])
    levels = Levels(green, red)
    settings = Settings(seed, standard_error, envelope_spread, request_spread, time_limit)
    rules = scenario_for(scenario, workbooks[0])
    study = Study(read_files(workbooks, mapping).require(), rules, settings)
    allocation = allocate(study.applications, rules, time_limit=time_limit)
    found, complete = _drawn(study, draws, keep, workers, scheduler)
    findings = findings_of(study, allocation, found, asked=draws, levels=levels)
    logs.note("robustness", draws=draws, done=len(findings.draws))
    _tell(findings, out, json_file)
    if not complete:
        say(
            f"Interrupted. The draws that are done are kept in {keep}; the same command goes on."
            if keep
            else "Interrupted. With --keep FILE the same command would go on from here."
        )
        raise typer.Exit(INTERRUPTED)


def _drawn(
    study: Study, count: int, keep: Path | None, workers: int | None, scheduler: str | None
) -> tuple[dict[int, Drawn], bool]:
    """The draws by number, and whether Ctrl-C left all of them done."""
    from funding.robustness import Kept
    from funding.robustness import draws as drawing

    with contextlib.ExitStack() as stack:
        kept = None if keep is None else stack.enter_context(Kept(keep, study))
        found = {} if kept is None else dict(kept.draws)
        missing = [number for number in range(count) if number not in found]
        if kept is not None and len(missing) < count:
            say(f"{keep} holds {count - len(missing):,} of the {count:,} draws already.")
        try:
            step = stack.enter_context(progress("Draws"))
            done = drawing(study, missing, workers=workers, scheduler=scheduler)
            for drawn in stack.enter_context(contextlib.closing(done)):
                found[drawn.number] = drawn
                if kept is not None:
                    kept.add(drawn)
                step(sum(number < count for number in found), count)
        except KeyboardInterrupt:
            return found, False
    return found, True


def _tell(findings: Findings, out: Path | None, json_file: Path | None) -> None:
    """Say what was found, and write it."""
    from funding.report.robustness_workbook import robustness_workbook
    from funding.robustness import as_json, sentences

    for words in sentences(findings):
        say(words)
    if out is not None:
        files.write_atomically(out, robustness_workbook(findings))
        say(f"Wrote {out}.")
    if json_file is not None:
        text = json.dumps(as_json(findings), indent=2, ensure_ascii=False)
        files.write_atomically(json_file, text.encode())
        say(f"Wrote {json_file}.")
