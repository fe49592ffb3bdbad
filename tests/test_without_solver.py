"""Awards are checked and verified by code that needs neither the solver nor the workbench."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from funding.awards import allocate
from funding.report import award_workbook
from tests.small import apply, ask, scenario

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
        *("funding.check", "funding.proof", "funding.awards", "funding.report", "funding.verify"),
        *("funding.publish", "funding.letters", "funding.cli"),
    ],
)
def test_it_imports_without_solver_and_workbench(module: str) -> None:
    done = run(module)
    assert done.returncode == 0, done.stderr


def test_a_workbook_is_verified_without_solver_and_workbench(tmp_path: Path) -> None:
    path = tmp_path / "awards.xlsx"
    given = apply(ask("A-1", 600, minimum_viable=300), ask("B-1", 600, score=60))
    path.write_bytes(award_workbook(allocate(given, scenario(envelope=1_000))))
    script = SCRIPT.format(absent=ABSENT, module="funding.cli")
    script += f"sys.argv = ['funding', 'verify', {str(path)!r}]\nsys.modules['funding.cli'].main()"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "proved by its certificate" in done.stderr


def test_the_solver_itself_does_not() -> None:
    """So the libraries are truly absent in the test above."""
    done = run("funding.solve")
    assert done.returncode != 0
    assert "ModuleNotFoundError: import of" in done.stderr
