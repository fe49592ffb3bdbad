"""Modules import one way only, and outside libraries stay in their layer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A module or package of `funding` imports only from those before it.
ORDER = (
    *("errors", "messages", "money", "files", "packages", "places", "logs"),
    "linear",
    *("applications", "fund"),
    "case",
    *("rules", "objective"),
    *("scenario_tables", "scenario", "levers"),
    *("workbook", "check", "payments", "proof"),
    *("room", "equals", "tied", "ties", "outcomes", "remainder"),
    *(
        "program",
        "quick",
        "conflict",
        "even_choice",
        "least_squares",
        "solve",
        "settle",
        "whole",
        "run",
        "certificate",
    ),
    "awards",
    *("repairs", "steps", "prices", "price_words", "advice"),
    *("runs", "alternatives", "counterfactual", "explain", "sentences", "helped"),
    *("result", "compare", "baselines", "sweep", "robustness", "strategy", "charts"),
    *("report", "store"),
    *("stated", "verify", "replay"),
    *("publish", "letters", "checking"),
    *("console", "compare_command", "explain_command", "letters_command", "publish_command"),
    *("sweep_command", "strategy_command", "robustness_command"),
    *("cli", "app", "__main__"),
)

# library → the only parts that may import it
HOMES = {
    "altair": {"app", "charts"},
    "distributed": {"runs"},
    "sqlalchemy": {"store"},
    "vl_convert": {"charts"},
    "pulp": {"program"},
    "highspy": {"program", "quick"},
    "clarabel": {"least_squares"},
    "streamlit": {"app"},
    "pandas": {"app"},
    "jinja2": {"letters"},
    "jsonschema": {"publish"},
    "markupsafe": {"letters"},
    "logging": {"logs"},  # it withholds what may be an applicant's
}


def part_of(path: Path) -> str:
    """``rules`` for funding/rules/base.py, ``money`` for funding/money.py."""
    return path.relative_to(ROOT / "funding").parts[0].removesuffix(".py")


def imported(source: str) -> Iterator[tuple[int, str, bool]]:
    """Each import: its line, the full name, and whether it runs only inside a function."""
    tree = ast.parse(source)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name, id(node) in inside
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                start = "." * node.level + (node.module or "")
                yield node.lineno, f"{start}.{name.name}", id(node) in inside


def offences(part: str, source: str) -> list[str]:
    """What is wrong with the imports of a file of this part, as sentences."""
    found = []
    for line, name, lazy in imported(source):
        first, *rest = name.split(".")
        if first == "":
            found.append(f"line {line}: relative import {name}")
        elif first == "funding":
            target = rest[0] if rest else ""
            exempt = target not in ORDER or (part == "cli" and lazy)
            if not exempt and ORDER.index(target) > ORDER.index(part):
                found.append(f"line {line}: {part} comes before {target}")
        elif part not in HOMES.get(first, {part}):
            found.append(f"line {line}: {part} may not import {first}")
    return found


FILES = sorted((ROOT / "funding").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_from_before_it(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        assert list(imported(path.read_text(encoding="utf-8"))) == []
        return
    assert part in ORDER, f"give {part} its place in ORDER"
    assert offences(part, path.read_text(encoding="utf-8")) == []


def test_the_entry_of_the_workbench_only_calls_it() -> None:
    source = (ROOT / "streamlit_app.py").read_text(encoding="utf-8")
    assert [name for _, name, _ in imported(source)] == ["funding.app.main"]


@pytest.mark.parametrize(
    ("part", "source", "wrong"),
    [
        ("money", "import funding.rules", "money comes before rules"),
        ("money", "from funding import linear", "money comes before linear"),
        ("rules", "def f():\n    from funding.solve import best", "rules comes before solve"),
        ("check", "if TYPE_CHECKING:\n    from funding.solve import a", "before solve"),
        ("cli", "from funding.app import main", "cli comes before app"),
        ("check", "import pulp.apis as p", "check may not import pulp"),
        ("cli", "def f():\n    import pandas", "cli may not import pandas"),
        ("store", "from logging import getLogger", "store may not import logging"),
        ("rules", "from .base import Rule", "relative import .base.Rule"),
    ],
)
def test_a_wrong_import_is_found(part: str, source: str, wrong: str) -> None:
    (offence,) = offences(part, source)
    assert wrong in offence


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("rules", "from funding import money\nfrom funding.rules.base import Rule"),
        ("program", "import pulp\nimport highspy"),
        ("least_squares", "import clarabel\nfrom funding.program import Task"),
        ("cli", "def app():\n    from funding.app import main"),
        ("app", "import pandas\nimport streamlit as st\nfrom funding import cli"),
        ("money", "from funding import __version__\nimport decimal"),
    ],
)
def test_a_right_import_passes(part: str, source: str) -> None:
    assert offences(part, source) == []
