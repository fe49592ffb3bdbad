"""The command ``funding robustness --strategic``: what cities gain by stating another plan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from funding import files, logs
from funding.console import keep_apart, progress, read_files, say, scenario_for

if TYPE_CHECKING:
    from funding.strategy import Study


def study(
    workbooks: Sequence[Path],
    scenario: Path | None,
    mapping: Path | None,
    time_limit: float,
    workers: int | None,
    scheduler: str | None,
    out: Path | None,
    json_out: Path | None,
) -> None:
    """Say what each city would have gained by stating another plan, and what invites it.

    Writes the workbook to ``out`` and JSON to ``json_out`` where they are given.
    """
    from funding.strategy import study_of

    keep_apart([*workbooks, scenario, mapping], [out, json_out])
    rules = scenario_for(scenario, workbooks[0])
    given = read_files(workbooks, mapping).require()
    with progress("Allocating") as step:
        found = study_of(
            given,
            rules,
            time_limit=time_limit,
            workers=workers,
            scheduler=scheduler,
            progress=step,
        )
    logs.note("strategic", trials=len(found.trials), gaining=len(found.gaining))
    _tell(found, out, json_out)


def _tell(found: Study, out: Path | None, json_out: Path | None) -> None:
    """Say what was found, and write it."""
    from funding.report.strategy_workbook import strategy_workbook
    from funding.strategy import as_json, sentences

    for words in sentences(found):
        say(words)
    if out is not None:
        files.write_atomically(out, strategy_workbook(found))
        say(f"Wrote {out}.")
    if json_out is not None:
        text = json.dumps(as_json(found), indent=2, ensure_ascii=False)
        files.write_atomically(json_out, text.encode())
        say(f"Wrote {json_out}.")
