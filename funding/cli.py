"""The command line: ``funding template | check | allocate | compare | explain | …``.

Each command imports what it needs when it runs, so that ``verify`` works where the solver and
the workbench are not installed. What is for people goes to standard error; standard output
holds only what was asked for with ``-``, or by ``check --json``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from funding import (
    compare_command,
    explain_command,
    files,
    letters_command,
    logs,
    places,
    publish_command,
    robustness_command,
    sweep_command,
)
from funding.console import (
    MappingFile,
    Workbooks,
    keep_apart,
    mapping_from,
    read_files,
    say,
    scenario_for,
)
from funding.errors import ApplicationsFaulty, FundingError, UsageError, WorkbookRejected

if TYPE_CHECKING:
    from funding.awards import Allocation

app = typer.Typer(
    help="Allocate a national city-diplomacy fund: exactly, fairly, and with reasons.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

MOST_TIES = 5  # told on the command line


class Audience(StrEnum):
    """Who fills in a template; for letters, the tool does."""

    CITY = "city"
    MINISTRY = "ministry"
    LETTERS = "letters"


def main() -> None:
    """Run the command line; errors are sentences on standard error, never stack traces."""
    logs.start()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may know fewer characters
            stream.reconfigure(errors="replace")
    try:
        app()
    except FundingError as error:
        logs.failure("refused", error)
        say(str(error))
        sys.exit(error.exit_code)
    except Exception as error:  # the last line of defence: say it in words, keep the log
        logs.failure("failed", error)
        say(
            f"Something went wrong inside the tool ({type(error).__name__}). "
            "Files may be missing. "
            f"The log in {places.user_logs()} says where."
        )
        sys.exit(2)


@app.command()
def template(
    out: Annotated[Path, typer.Argument(help="The file to write", show_default=False)],
    audience: Annotated[
        Audience,
        typer.Option("--for", help="A city's form, all sheets for the ministry, or Word letters"),
    ] = Audience.MINISTRY,
    currency: Annotated[str, typer.Option(help="ISO 4217 code of the fund's currency")] = "EUR",
    fund: Annotated[
        Path | None, typer.Option(help="Take sheet Fund from this workbook, for all forms to agree")
    ] = None,
) -> None:
    """Write an empty application workbook to fill in, or the template of letters to change."""
    from funding import money, workbook

    keep_apart([fund], [out])
    if audience is Audience.LETTERS:
        files.write_atomically(out, places.letter_template().read_bytes())
        say(f"Wrote {out}, the template of letters; docs/letters.md lists its fields.")
        return
    if currency not in money.currencies():
        raise UsageError(f'"{currency}" is no currency code; expected one such as EUR (ISO 4217).')
    call = workbook.read_call(fund) if fund else None
    who: Literal["city", "ministry"] = "city" if audience is Audience.CITY else "ministry"
    files.write_atomically(out, workbook.template(who, currency, call))
    say(f"Wrote {out}, the application workbook for a {who}.")


@app.command()
def check(
    workbooks: Workbooks,
    annotate: Annotated[
        Path | None,
        typer.Option(help="Write the workbook back with the faults marked; several into a folder"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Faults and notes as JSON")] = False,
    mapping: MappingFile = None,
    merge: Annotated[
        Path | None, typer.Option(help="Write one workbook of all files that have no fault")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="An earlier workbook: list what was changed since")
    ] = None,
) -> None:
    """Check applications: every fault with its cell."""
    from funding import checking, workbook

    sources = workbook.named_sources(workbooks)
    earlier = workbook.named_sources([against] if against else [])
    keep_apart([*(path for _, path in sources + earlier), mapping], [annotate, merge])
    changes = None
    try:
        before = workbook.read([against], mapping_from(mapping)) if against else None
        intake = read_files(workbooks, mapping)
    except WorkbookRejected as error:
        if as_json:
            _print_json(workbook.refused_json(str(error)))
        raise
    if before is not None:
        changes = workbook.changes(before.tables, intake.tables)
    if as_json:
        _print_json(workbook.as_json(intake, changes))
    else:
        checking.tell(intake, say)
        if changes is not None and against is not None:
            checking.tell_changes(changes, against, say)
    if annotate is not None:
        checking.annotate(sources, intake, annotate, say)
    if merge is not None:
        checking.merge(intake, merge, say)
    if not intake.sound:
        raise typer.Exit(ApplicationsFaulty.exit_code)


@app.command()
def allocate(
    workbooks: Workbooks,
    scenario: Annotated[
        Path | None, typer.Option(help="Scenario file; default: scenarios/base.toml beside it")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Award workbook to write")] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", help="Result as JSON to this file, or - for stdout")
    ] = None,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that solving may take")] = 60.0,
    mapping: MappingFile = None,
    repairs: Annotated[
        Path | None,
        typer.Option(help="Where no allocation exists: write repaired scenarios into this folder"),
    ] = None,
    prices: Annotated[
        bool, typer.Option("--prices", help="What one more and one less of each limit is worth")
    ] = False,
    baselines: Annotated[
        bool,
        typer.Option(
            "--baselines", help="Baselines beside the awards in a fund of over 1,000 activities too"
        ),
    ] = False,
) -> None:
    """Allocate the fund and write the award workbook."""
    from funding import advice, result, workbook
    from funding.report import award_workbook
    from funding.report.solved import solved_of

    target = out or Path(f"{workbooks[0].stem}-awards.xlsx")
    result_file = None if json_file in (None, "-") else Path(str(json_file))
    read = [path for _, path in workbook.named_sources(workbooks)]
    repaired = repairs / advice.CURRENT if repairs else None
    keep_apart([*read, scenario, mapping], [target, result_file, repaired])
    rules = scenario_for(scenario, workbooks[0])
    intake = read_files(workbooks, mapping)
    for note in intake.notes[:10]:
        say(f"Note: {note}")
    if len(intake.notes) > 10:
        say(f"… and {len(intake.notes) - 10} more notes; `funding check` lists all.")
    allocation = advice.allocate_or_repair(intake.require(), rules, repairs, time_limit)
    logs.note(
        "allocated",
        activities=len(allocation.awards),
        status=allocation.status,
        seconds=allocation.seconds,
    )
    found = advice.priced(allocation, say) if prices else None
    solved = replace(solved_of(allocation, found), baselines=baselines or None)
    files.write_atomically(target, award_workbook(allocation, solved))
    if json_file is not None:
        content = result.as_json(allocation, found)
        if result_file is None:
            _print_json(content)
        else:
            text = json.dumps(content, indent=2, ensure_ascii=False)
            files.write_atomically(result_file, text.encode())
    _summary(allocation)
    say(f"Wrote {target}.")


@app.command()
def verify(
    awards: Annotated[Path, typer.Argument(help="An award workbook", show_default=False)],
) -> None:
    """Verify an award workbook from itself alone, exactly and without a solver."""
    from funding import money
    from funding.verify import verify as verify_file

    found = verify_file(awards)
    say(f"{awards} holds: {found.rows:,} rows of its scenario, all cells and hashes agree.")
    for words in found.notes:
        say(f"Note: {words}.")
    if found.certified_gap is None:
        say("It holds no certificate: how near to the best it is, is the solver's word.")
    else:
        below = money.percent(max(found.certified_gap, 0.00001), 3)
        say(f"At most {below} below the best possible: proved by its certificate.")


@app.command()
def replay(
    awards: Annotated[Path, typer.Argument(help="An award workbook", show_default=False)],
) -> None:
    """Solve again from an award workbook alone, and compare award by award."""
    from funding.replay import replay as replay_file

    found = replay_file(awards)
    for words in found.versions:
        say(f"Note: {words}.")
    say(f"{awards} replays: all {len(found.allocation.awards):,} awards are the same.")


app.command()(compare_command.compare)
app.command()(sweep_command.sweep)
app.command()(explain_command.explain)
app.command()(publish_command.publish)
app.command()(letters_command.letters)
app.command()(robustness_command.robustness)


@app.command("app")
def workbench() -> None:
    """Open the workbench in the browser."""
    script, config = places.streamlit_script(), places.streamlit_config()
    if not script.is_file() or not config.is_file():
        raise UsageError("The workbench is not where it was installed; install the tool again.")
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    # Streamlit reads its settings from the folder it is started in; say the safe ones outright.
    flags = {
        "browser.gatherUsageStats": "false",
        "server.address": os.environ.get("STREAMLIT_SERVER_ADDRESS", "127.0.0.1"),
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        "server.maxUploadSize": "20",
    }
    command += [f"--{name}={value}" for name, value in flags.items()]
    try:
        done = subprocess.run(command, check=False)
    except KeyboardInterrupt:
        return
    raise typer.Exit(done.returncode)


def _summary(allocation: Allocation) -> None:
    currency = allocation.applications.call.currency
    from funding import money
    from funding.remainder import left_words, stopped_words
    from funding.ties import ties_words

    statuses = [o.status for o in allocation.outcomes.values()]
    say(
        f"{allocation.scenario.name}: {money.show(allocation.spent, currency)} awarded, "
        f"{money.show(allocation.unspent, currency)} left, to {allocation.served} of "
        f"{len(allocation.city_totals)} cities."
    )
    proved = allocation.certified_gap
    certified = "" if proved is None else f"; proved: {money.percent(max(proved, 0.00001), 3)}"
    say(
        f"{statuses.count('full')} activities in full, {statuses.count('reduced')} reduced, "
        f"{len(allocation.reserve)} in reserve. At most "
        f"{money.percent(max(allocation.gap, 0.00001), 3)} below the best possible by the solver's "
        f"bound{certified} ({allocation.status}, {allocation.seconds:.1f} s)."
    )
    say(
        f"Value {float(allocation.value):,.0f} "
        f"({allocation.scenario.objective.measure(currency)}); "
        f"solver's bound {allocation.bound:,.0f}; given up for evenness "
        f"{round(allocation.price_of_fairness):,}, lost by rounding "
        f"{round(allocation.rounding_loss):,}."
    )
    left = left_words(allocation.case, allocation.remainder)
    for line in filter(None, (left, stopped_words(allocation.scenario, allocation.remainder))):
        say(f"{line}.")
    ties = ties_words(allocation.case, allocation.decided)
    for line in ties[:MOST_TIES]:
        say(f"Tie: {line}.")
    if len(ties) > MOST_TIES:
        say(f"… and {len(ties) - MOST_TIES} more ties; the award workbook lists all.")
    for note in allocation.notes:
        say(f"Note: {note}.")


def _print_json(result: object) -> None:
    sys.stdout.write(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
