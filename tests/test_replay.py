"""An award workbook is solved again from itself alone; awards that differ are named."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from funding.awards import allocate
from funding.errors import RowsBroken, UsageError
from funding.replay import replay
from funding.report import award_workbook
from tests.award_books import RULES, hostile, recalculated
from tests.small import scenario
from tests.test_verify import put


@pytest.fixture(scope="module")
def data() -> bytes:
    return award_workbook(allocate(hostile(), scenario(RULES)))


def saved(data: bytes, path: Path, *edits: Any) -> Path:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    for edit in edits:
        edit(book)
    book.save(path)
    return path


def test_it_replays(data: bytes, tmp_path: Path) -> None:
    """The awards of `hostile`, worked out by hand there."""
    found = replay(saved(data, tmp_path / "awards.xlsx"))
    assert found.versions == ()
    assert {code: x // 100 for code, x in found.allocation.awards.items() if x} == {
        "AA-1": 30_000,
        "AA-2": 20_000,
        "BB-1": 50_000,
    }


def test_other_awards_are_named(data: bytes, tmp_path: Path) -> None:
    path = saved(
        data,
        tmp_path / "awards.xlsx",
        put("Awards by activity", "AA-1", "Award", 29_000),
        put("Awards by activity", "BB-2", "Award", 1_000),
    )
    with pytest.raises(RowsBroken, match="2 of 6 awards differ") as caught:
        replay(path)
    assert "AA-1: 29,000 EUR is stated, 30,000 EUR was found now" in str(caught.value)
    assert "BB-2: 1,000 EUR is stated, 0 EUR was found now" in str(caught.value)
    assert caught.value.exit_code == 5


def test_another_scenario_gives_other_awards(data: bytes, tmp_path: Path) -> None:
    """Without the 15,000 of 2027, AA-1 (half in 2027) gets nothing."""

    def poorer(book: Any) -> None:
        for row in book["Scenario"].iter_rows():
            if str(row[0].value).startswith("2027"):
                row[0].value = "2027 = 0"

    with pytest.raises(RowsBroken, match="AA-1: 30,000 EUR is stated, 0 EUR was found now"):
        replay(saved(data, tmp_path / "awards.xlsx", poorer))


def test_another_version_is_told(data: bytes, tmp_path: Path) -> None:
    path = saved(data, tmp_path / "old.xlsx", put("Run record", "PuLP", "Value", "3.0"))
    (words,) = replay(path).versions
    assert words.startswith("PuLP was 3.0, and is ")


@pytest.mark.parametrize("limit", ["...", "1.2.3", "9" * 400])
def test_a_time_limit_that_is_none_is_the_usual_one(
    data: bytes, tmp_path: Path, limit: str
) -> None:
    options = f"1 thread, seed 0, time limit {limit} s"
    path = saved(data, tmp_path / "x.xlsx", put("Run record", "options", "Value", options))
    assert replay(path).versions == ()


def test_an_activity_that_is_gone_is_named(data: bytes, tmp_path: Path) -> None:
    path = saved(data, tmp_path / "x.xlsx", put("Awards by activity", "CC-2", "Activity code", "Z"))
    with pytest.raises(RowsBroken, match=r"CC-2 is missing[\s\S]*no activity Z"):
        replay(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        replay(tmp_path / "missing.xlsx")


@pytest.mark.needs_office
def test_what_another_program_saved_replays(soffice: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "again.xlsx"
    path.write_bytes(recalculated(soffice, tmp_path, data))
    assert replay(path).versions == ()
