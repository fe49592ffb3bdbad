"""The record of a run: what was solved, with what, so that it can be done again."""

from __future__ import annotations

import platform
from importlib import metadata

from funding import __version__
from funding.applications import Applications
from funding.program import SEED
from funding.scenario import Scenario


def run_record(applications: Applications, scenario: Scenario, time_limit: float) -> dict[str, str]:
    """Hashes of applications, in all and sheet by sheet, and scenario; versions and options."""
    return {
        "applications": applications.digest,
        **{f"sheet {sheet}": digest for sheet, digest in applications.digests.items()},
        "scenario": scenario.digest,
        "scenario name": scenario.name,
        "draw number": applications.call.draw_number or "(none)",
        "funding": __version__,
        "PuLP": _version("pulp"),
        "solver": f"HiGHS {_version('highspy')}",
        "evenness": f"Clarabel {_version('clarabel')}",
        "Python": platform.python_version(),
        "options": f"1 thread, seed {SEED}, time limit {time_limit:g} s",
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"
