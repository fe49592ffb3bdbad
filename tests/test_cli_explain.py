"""``funding explain``: from applications and from an award workbook; exit codes."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from funding import cli, logs, workbook
from funding.awards import allocate
from funding.report import award_workbook
from funding.scenario import parse
from funding.stated import read_stated
from tests.small import apply, ask

BASE = 'name = "Base"\n[fund]\nunit = 100\nenvelope = 1_000\n'
Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: Patch) -> None:
    """Applications, scenarios/base.toml and an award workbook in the test's folder."""
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    monkeypatch.chdir(tmp_path)
    logs.stop()
    given = apply(
        ask("A-1", 600, score=90, minimum_viable=600),
        ask("B-1", 500, score=80, minimum_viable=500),
        ask("B-2", 300, score=10, minimum_viable=300),
    )
    Path("applications.xlsx").write_bytes(workbook.write_applications(given))
    Path("scenarios").mkdir()
    Path("scenarios/base.toml").write_text(BASE, encoding="utf-8")
    Path("awards.xlsx").write_bytes(award_workbook(allocate(given, parse(BASE))))


def run(monkeypatch: Patch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["funding", "explain", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    logs.stop()
    return int(ended.value.code or 0)


WHY = """\
City B gets 300 EUR of 800 EUR.
Reserve: B-1. Full: B-2.
B-1: Number 1 on the reserve list: 400 EUR more in the envelope would fund it.
B-1: The envelope: at most 1,000 EUR.

B-1 gets nothing of 500 EUR: reserve. The envelope: at most 1,000 EUR. \
Number 1 on the reserve list: 400 EUR more in the envelope would fund it.\
"""
FULL = "\n\nB-2 gets all that it asks for in whole units, 300 EUR.\n"
SOLVED = (
    " A request of 400 EUR (not 500 EUR) would have brought 400 EUR, in full. One EUR more in the "
    "fund would add 0 to its value (score × EUR awarded), with those funded who are. Tried, and "
    "would not have brought an award: a score of up to 100."
)


@pytest.mark.parametrize("file", ["applications.xlsx", "awards.xlsx"])
def test_a_city_is_explained(file: str, monkeypatch: Patch, capsys: Capture) -> None:
    """A-1 and B-2 are worth 600 × 90 + 300 × 10 = 57,000; B-1 and B-2 at most 500 × 100 + 3,000.
    Beside A-1 400 are left for B-1."""
    assert run(monkeypatch, file, "--city", "B") == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert ("Scenario: " in told.err) == (file == "applications.xlsx")
    assert told.err.endswith(WHY + SOLVED + FULL)


def test_quick_leaves_out_what_is_solved_again(monkeypatch: Patch, capsys: Capture) -> None:
    assert run(monkeypatch, "awards.xlsx", "--city", "B", "--quick") == 0
    assert capsys.readouterr().err == WHY + FULL


def test_one_activity(monkeypatch: Patch, capsys: Capture) -> None:
    assert run(monkeypatch, "awards.xlsx", "--city", "B", "--activity", "B-2") == 0
    told = capsys.readouterr().err
    assert told.endswith(FULL)
    assert "B-1 gets" not in told


def test_without_a_city_the_reserve_list_is_told(monkeypatch: Patch, capsys: Capture) -> None:
    assert run(monkeypatch, "awards.xlsx") == 0
    assert capsys.readouterr().err == (
        "1. B-1, City B: 400 EUR more for its least award of 500 EUR; 400 EUR more for it and all "
        "before it.\n"
    )
    Path("scenarios/base.toml").write_text(BASE.replace("1_000", "9_000"), encoding="utf-8")
    assert run(monkeypatch, "applications.xlsx") == 0
    assert "the reserve list is empty" in capsys.readouterr().err


def test_an_award_workbook_under_another_scenario(monkeypatch: Patch, capsys: Capture) -> None:
    """Its applications are then read as any others'."""
    Path("more.toml").write_text(BASE.replace("1_000", "9_000"), encoding="utf-8")
    assert run(monkeypatch, "awards.xlsx", "--scenario", "more.toml", "--city", "B") == 0
    assert "B-1 gets all that it asks for" in capsys.readouterr().err


def test_wrong_codes_and_options_are_exit_code_2(monkeypatch: Patch, capsys: Capture) -> None:
    assert run(monkeypatch, "awards.xlsx", "--city", "b") == 2
    assert "There is no city b." in capsys.readouterr().err
    assert run(monkeypatch, "awards.xlsx", "--city", "B", "--activity", "B-3") == 2
    assert "City B has no activity B-3; did you mean B-" in capsys.readouterr().err
    assert run(monkeypatch, "awards.xlsx", "--activity", "B-1") == 2
    assert "name it with --city CODE" in capsys.readouterr().err
    assert run(monkeypatch, "no.xlsx", "--city", "B") == 2


def test_a_workbook_that_was_changed_is_exit_code_5(monkeypatch: Patch, capsys: Capture) -> None:
    """A-1 at 500 breaks its minimum: the file does not verify."""
    _award("A-1", 500)
    assert run(monkeypatch, "awards.xlsx", "--city", "A") == 5
    assert "does not verify" in capsys.readouterr().err


def test_awards_that_come_out_otherwise_now_are_exit_code_5(
    monkeypatch: Patch, capsys: Capture
) -> None:
    """A workbook that verifies, but whose awards this version would not make."""
    believed = lambda path: SimpleNamespace(stated=read_stated(path))  # noqa: E731
    monkeypatch.setattr("funding.verify.verify", believed)
    _award("B-1", 500)
    assert run(monkeypatch, "awards.xlsx", "--city", "A") == 5
    told = capsys.readouterr().err
    assert "solved again, 1 of " in told
    assert "B-1: 500 EUR is stated" in told


def _award(code: str, amount: int) -> None:
    """Write another award into the workbook."""
    book = openpyxl.load_workbook("awards.xlsx")
    sheet = book["Awards by activity"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Award")
    row = next(r for r in sheet.iter_rows() if r[0].value == code)
    row[column - 1].value = amount
    book.save("awards.xlsx")
