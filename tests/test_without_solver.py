"""Awards are checked and verified by code that needs neither the solver nor the workbench."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ABSENT = ("pulp", "highspy", "clarabel", "streamlit", "pandas")

# A module that is None in sys.modules cannot be imported.
SCRIPT = """
import importlib, sys
absent = {absent!r}
for name in absent:
    assert name not in sys.modules
    sys.modules[name] = None
importlib.import_module({module!r})
"""


def run(module: str) -> subprocess.CompletedProcess[str]:
    script = SCRIPT.format(absent=ABSENT, module=module)
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize(
    "module",
    [
        "funding.check",
        "funding.proof",
        "funding.awards",
        "funding.report",
        "funding.verify",
        "funding.cli",
    ],
)
def test_it_imports_without_solver_and_workbench(module: str) -> None:
    done = run(module)
    assert done.returncode == 0, done.stderr


def test_the_solver_itself_does_not() -> None:
    """So the libraries are truly absent in the test above."""
    done = run("funding.solve")
    assert done.returncode != 0
    assert "ModuleNotFoundError: import of" in done.stderr
