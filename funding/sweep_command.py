"""The command ``funding sweep``: one or two numbers of a scenario over many values."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from funding import files
from funding.console import (
    MappingFile,
    Workbooks,
    keep_apart,
    progress,
    read_files,
    say,
    scenario_for,
)
from funding.errors import NoAllocation, SolverStopped, UsageError

if TYPE_CHECKING:
    from funding.charts import Chart
    from funding.sweep import Frontier, Sweep

DRAWN = (".png", ".svg")
TOLD = 12  # changes of the funded set that are told


def sweep(
    workbooks: Workbooks,
    scenario: Annotated[
        Path | None, typer.Option(help="Scenario file; default: scenarios/base.toml beside it")
    ] = None,
    over: Annotated[
        list[str] | None,
        typer.Option(help="KEY=FROM:TO:STEP or KEY=VALUE,VALUE,…; once or twice"),
    ] = None,
    frontier: Annotated[
        bool, typer.Option("--frontier", help="Value against evenness, over the fairness price")
    ] = False,
    against: Annotated[
        str | None, typer.Option(help="The measure of the frontier, such as lowest or cities")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Sweep workbook to write")] = None,
    chart: Annotated[
        Path | None, typer.Option(help="Chart to write: a file that ends in .png or .svg")
    ] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", help="Result as JSON to this file, or - for stdout")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that solve; default: one a processor")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask cluster that solves, tcp://…")
    ] = None,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that each solve may take")] = 60,
    mapping: MappingFile = None,
) -> None:
    """Sweep one or two numbers of a scenario, or draw the frontier of value and evenness."""
    from funding import sweep as sweeping

    result_file = None if json_file in (None, "-") else Path(str(json_file))
    keep_apart([*workbooks, scenario, mapping], [out, chart, result_file])
    _refuse_use(over or (), frontier, against, chart, workers, scheduler)
    figure = sweeping.figure_of(against or sweeping.AGAINST)
    rules = scenario_for(scenario, workbooks[0])
    asked = over or [f"{sweeping.FAIRNESS}={sweeping.PRICES}"]
    ranges = sweeping.ranges_of(rules, asked)
    if frontier:
        sweeping.check_ranges(ranges)
    given = read_files(workbooks, mapping).require()
    with progress("Solving") as step:
        found = sweeping.sweep(
            given,
            rules,
            ranges,
            time_limit=time_limit,
            workers=workers,
            scheduler=scheduler,
            progress=step,
        )
    traded = sweeping.frontier_of(found, figure) if frontier else None
    _tell(found, traded)
    _write(found, traded, out, chart, result_file)
    if json_file == "-":
        sys.stdout.write(_json(found, traded))
    if not found.found:
        raise typer.Exit(_why_none(found))


def _refuse_use(
    over: Sequence[str],
    frontier: bool,
    against: str | None,
    chart: Path | None,
    workers: int | None,
    scheduler: str | None,
) -> None:
    """Refuse options that do not go together before anything is read."""
    if not over and not frontier:
        raise UsageError(
            "Say what is swept: --over fund.envelope=8e6:16e6:5e5, or --frontier for the "
            "fairness price."
        )
    if against is not None and not frontier:
        raise UsageError("--against is for the frontier; add --frontier.")
    if chart is not None and chart.suffix.lower() not in DRAWN:
        raise UsageError(f"{chart}: a chart is a file that ends in {' or '.join(DRAWN)}.")
    if workers is not None and scheduler is not None:
        raise UsageError("Either --workers on this machine, or a cluster with --scheduler.")


def _tell(found: Sweep, traded: Frontier | None) -> None:
    """Say what the sweep comes to: its main figures in a table, and where something changes."""
    from funding import sweep as sweeping

    say(f"{found.scenario.name}: {len(found.points)} points, {found.solved} solved.")
    say(sweeping.headline(found))
    for line in _table(found):
        say(line)
    for words in sweeping.notes(found):
        say(words)
    told = sweeping.all_changes(found)
    for words in told[:TOLD]:
        say(words)
    if len(told) > TOLD:
        say(f"… and {len(told) - TOLD} more changes; the sweep workbook lists all.")
    if traded is not None:
        say(sweeping.knee_words(traded))
        beaten = [sweeping.prices_words(t) for t in traded.trades if t.dominated]
        if beaten:
            say(f"Dominated: {', '.join(beaten)}.")


def _table(found: Sweep) -> list[str]:
    """The main figures of every point, in columns."""
    from funding import sweep as sweeping

    figures = sweeping.main_figures(found)
    titles = [each.parameter.title for each in found.ranges]
    lines = [[" · ".join(titles), *(figure.title for figure in figures)]]
    for point in found.points:
        at = sweeping.at_words(found, point.at)
        if point.found.exists:
            values = point.found.figures
            told = [sweeping.shown(f, values[f.key], found.currency) for f in figures]
            lines.append([at, *told])
        else:
            lines.append([at, sweeping.statuses(point)])
    whole = [line for line in lines if len(line) > 2]
    widths = [max(len(line[i]) for line in whole) for i in range(len(lines[0]))]
    widths[0] = max(len(line[0]) for line in lines)
    made = []
    for first, *rest in lines:
        if len(rest) == 1:
            made.append(f"{first.rjust(widths[0])}  {rest[0]}")
            continue
        cells = (text.rjust(width) for text, width in zip(rest, widths[1:], strict=True))
        made.append("  ".join([first.rjust(widths[0]), *cells]))
    return made


def _write(
    found: Sweep,
    traded: Frontier | None,
    out: Path | None,
    chart: Path | None,
    result_file: Path | None,
) -> None:
    """Write the files that were asked for."""
    if out is not None:
        from funding.report.sweep_workbook import sweep_workbook

        files.write_atomically(out, sweep_workbook(found, traded))
        say(f"Wrote {out}.")
    if chart is not None:
        files.write_atomically(chart, _drawn(chart, found, traded))
        say(f"Wrote {chart}.")
    if result_file is not None:
        files.write_atomically(result_file, _json(found, traded).encode())
        say(f"Wrote {result_file}.")


def _drawn(path: Path, found: Sweep, traded: Frontier | None) -> bytes:
    """The chart in the form that the file's name asks for."""
    from funding import charts

    made: Chart = charts.sweep_chart(found) if traded is None else charts.frontier_chart(traded)
    return charts.png(made) if path.suffix.lower() == ".png" else charts.svg(made).encode()


def _json(found: Sweep, traded: Frontier | None) -> str:
    from funding.sweep import as_json

    return json.dumps(as_json(found, traded), indent=2, ensure_ascii=False) + "\n"


def _why_none(found: Sweep) -> int:
    """What the command ends with where no point has an allocation."""
    from funding.sweep import STOPPED

    stopped = all(point.found.status == STOPPED for point in found.points)
    return SolverStopped.exit_code if stopped else NoAllocation.exit_code
