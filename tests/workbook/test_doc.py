"""docs/workbook.md says of every column what the columns themselves say, and of no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from funding import cli, packages
from funding.applications import REQUIRED_SHEETS, SHEETS, CellKind
from funding.errors import Stage
from funding.workbook import cells, headings, package, parsing, parts, tables

DOC = (Path(__file__).parents[2] / "docs" / "workbook.md").read_text(encoding="utf-8")
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
HEADER = re.compile(r"`([^`]+)`(\*| \(\*\))?")


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", DOC, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no section {title}"
    return found[1]


def rows(title: str) -> list[list[str]]:
    """The rows of the table of a section, but for its header."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("sheet", SHEETS)
def test_columns(sheet: str) -> None:
    """Header, required mark, kind, unit and example, in the order of the sheet."""
    told = []
    for header, kind, _, unit, example in rows(sheet):
        match = HEADER.fullmatch(header)
        assert match is not None, header
        told.append((match[1], match[2] or "", kind, unit, example))
    assert told == [
        (
            column.header,
            "*" if column.required else " (*)" if column.required_header else "",
            column.kind.value,
            column.unit,
            column.example,
        )
        for column in SHEETS[sheet].columns().values()
    ]


@pytest.mark.parametrize("sheet", SHEETS)
def test_meaning_lists_and_ranges(sheet: str) -> None:
    for row, column in zip(rows(sheet), SHEETS[sheet].columns().values(), strict=True):
        assert row[2].startswith(column.note)
        if column.choices:
            assert row[2].endswith(": " + ", ".join(column.choices))
        if column.most is not None:
            assert f"{column.least} to {column.most}" in row[2]


def test_kinds() -> None:
    """Each kind has its line, and there is no line without a kind."""
    assert [row[0] for row in rows("What a cell holds")] == [kind.value for kind in CellKind]


def test_sheets_that_must_be_there() -> None:
    assert "Only Fund, Cities, Activities and Assessment must be there." in DOC
    assert REQUIRED_SHEETS == ("Fund", "Cities", "Activities", "Assessment")


def test_limits() -> None:
    limits = section("How it is read")
    assert f"{tables.MOST_ROWS:,} rows" in limits
    assert f"first {tables.MOST_COLUMNS} columns" in limits
    assert f"{packages.MOST_FILE >> 20} MB" in limits
    assert f"{cells.MOST_TEXT:,} characters" in DOC
    told = " ".join(limits.split())
    assert f"{parts.MOST_SHEETS:,} sheets, {parts.MOST_TEXTS:,} shared texts" in told
    assert f"{parts.MOST_TEXT:,} characters in a text" in told
    assert f"{package.MOST_ELEMENTS:,} elements of XML" in told
    assert f"After {parsing.MOST_FAULTS:,} faults" in told
    assert headings.HEADER_ROWS == 10
    assert "one of the first ten rows" in limits


def test_the_questions_are_those_that_faults_answer() -> None:
    told = re.findall(r"\(\*(\w+)\*\)", section("How it is read"))
    assert told == [stage.value for stage in Stage]


def test_the_number_typed_as_text_is_told_as_shown() -> None:
    column = SHEETS["Activities"].columns()["requested"]
    with pytest.raises(cells.Unfit) as caught:
        cells.parsed(column, "1 234,50", "EUR")
    shown = " ".join(section("How it is read").split())
    assert f"`{caught.value}`" in shown


def test_options_that_are_named_exist() -> None:
    """In the whole document and the README: an option is what `--help` of a command lists."""
    helped = "".join(
        CliRunner().invoke(cli.app, [command, "--help"], env={"COLUMNS": "200"}).output
        for command in typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    )
    named = set(re.findall(r"--[a-z]+", DOC + README))
    assert {"--fund", "--merge", "--against", "--annotate", "--mapping"} <= named
    assert {option for option in named if option not in helped} == set()


def test_the_message_shown_is_the_message_given() -> None:
    column = SHEETS["Activities"].columns()["requested"]
    with pytest.raises(cells.Unfit) as caught:
        cells.parsed(column, "12.5k", "EUR")
    assert f"`Activities!M17: {caught.value}`" in section("How it is read")
