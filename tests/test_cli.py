"""The commands as an analyst runs them: files, words on standard error, exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import openpyxl
import pytest

from funding import cli, logs, workbook
from tests.small import apply, ask

BASE = 'name = "Base"\n[fund]\nunit = 100\nenvelope = 1_000\n'


@pytest.fixture(autouse=True)
def _own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of a test goes to the test's folder."""
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    monkeypatch.chdir(tmp_path)
    logs.stop()


@pytest.fixture
def fund(tmp_path: Path) -> Path:
    """A workbook with two asks of 600, and scenarios/base.toml beside it."""
    given = apply(ask("A-1", 600, score=90), ask("B-1", 600, score=80))
    path = tmp_path / "applications.xlsx"
    path.write_bytes(workbook.write_applications(given))
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "base.toml").write_text(BASE, encoding="utf-8")
    return path


def run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["funding", *(str(w) for w in words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    logs.stop()
    return int(ended.value.code or 0)


Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


def test_allocate_writes_the_award_workbook(
    fund: Path, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    assert run(monkeypatch, "allocate", fund) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "scenarios" in told.err
    assert "base.toml" in told.err
    assert "1,000 EUR awarded, 0 EUR left, to 2 of 2 cities" in told.err
    book = openpyxl.load_workbook(tmp_path / "applications-awards.xlsx")
    assert "Awards by city" in book.sheetnames
    assert run(monkeypatch, "verify", "applications-awards.xlsx") == 0
    assert "proved by its certificate" in capsys.readouterr().err
    assert run(monkeypatch, "replay", "applications-awards.xlsx") == 0
    assert "replays: all" in capsys.readouterr().err


def test_json_alone_on_standard_output(
    fund: Path, monkeypatch: Patch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Read at the level of the process, where a solver's banner would show."""
    assert run(monkeypatch, "allocate", fund, "--json", "-", "--out", "a.xlsx") == 0
    result = json.loads(capfd.readouterr().out)
    assert {row["activity"]: row["award"] for row in result["awards"]} == {"A-1": 600, "B-1": 400}


def test_json_to_a_file(fund: Path, monkeypatch: Patch, tmp_path: Path) -> None:
    assert run(monkeypatch, "allocate", fund, "--json", "r.json", "--out", "a.xlsx") == 0
    result = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert result["unspent"] == 0


def test_faults_have_cells_and_exit_code_1(
    fund: Path, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(fund)
    book["Cities"]["E2"].value = "many"
    book.save(fund)
    assert run(monkeypatch, "check", fund, "--annotate", "marked.xlsx") == 1
    assert 'Cities!E2: Population is "many"; expected' in capsys.readouterr().err
    assert openpyxl.load_workbook(tmp_path / "marked.xlsx").sheetnames[0] == "Faults"
    assert run(monkeypatch, "check", fund, "--json") == 1
    listed = json.loads(capsys.readouterr().out)
    assert [f["cell"] for f in listed["faults"]] == ["E2"]
    assert run(monkeypatch, "allocate", fund) == 1
    assert not (tmp_path / "applications-awards.xlsx").exists()


def test_wrong_usage_is_exit_code_2(fund: Path, monkeypatch: Patch, capsys: Capture) -> None:
    assert run(monkeypatch, "allocate") == 2
    assert run(monkeypatch, "allot", fund) == 2
    (fund.parent / "scenarios" / "base.toml").unlink()
    assert run(monkeypatch, "allocate", fund) == 2
    assert "Name one with --scenario FILE" in capsys.readouterr().err


def test_a_faulty_scenario_is_exit_code_1(
    fund: Path, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(BASE + "[rules.indepndence]\n", encoding="utf-8")
    assert run(monkeypatch, "allocate", fund, "--scenario", path) == 1
    assert 'did you mean "independence"?' in capsys.readouterr().err


def test_rules_in_conflict_are_exit_code_3(
    fund: Path, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    path = tmp_path / "hard.toml"
    text = "[rules.stream_shares]\nfinancing = { min = 1 }\n[rules.city_cap]\namount = 400\n"
    path.write_text(BASE + text, encoding="utf-8")
    assert run(monkeypatch, "allocate", fund, "--scenario", path) == 3
    assert "contradict each other: Stream shares, City cap" in capsys.readouterr().err


def test_a_decision_that_cannot_hold_is_exit_code_3(
    fund: Path, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    path = tmp_path / "must.toml"
    text = '[[decisions]]\ncity = "ZZZ"\nminimum = 1\nreason = "Promised"\n'
    path.write_text(BASE + text, encoding="utf-8")
    assert run(monkeypatch, "allocate", fund, "--scenario", path) == 3
    said = 'city ZZZ: at least 1 EUR by decision, "Promised", but there is no such city'
    assert said in capsys.readouterr().err


def test_a_changed_award_is_exit_code_5(fund: Path, monkeypatch: Patch, capsys: Capture) -> None:
    assert run(monkeypatch, "allocate", fund, "--out", "a.xlsx") == 0
    book = openpyxl.load_workbook("a.xlsx")
    book["Run record"]["B4"].value = "0"
    for row in book["Run record"].iter_rows():
        if row[0].value == "applications":
            row[1].value = "0" * 64
    sheet = book["Awards by activity"]
    sheet.cell(2, [c.value for c in sheet[1]].index("Award") + 1).value = 1
    book.save("a.xlsx")
    assert run(monkeypatch, "verify", "a.xlsx") == 5
    assert run(monkeypatch, "replay", "a.xlsx") == 5


@pytest.mark.parametrize("audience", ["city", "ministry"])
def test_the_template_reads_back(
    audience: str, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    assert run(monkeypatch, "template", "new.xlsx", "--for", audience) == 0
    sheets = openpyxl.load_workbook(tmp_path / "new.xlsx").sheetnames
    assert ("Assessment" in sheets) == (audience == "ministry")
    assert {"Cities", "Activities"} <= set(sheets)


def test_an_unforeseen_error_shows_no_stack_trace(
    fund: Path, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    def burst(*given: object) -> None:
        raise KeyError("Secret City")

    monkeypatch.setattr("funding.workbook.read", burst)
    assert run(monkeypatch, "check", fund) == 2
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert "Something went wrong inside the tool (KeyError)" in told
    log = (tmp_path / "logs" / "funding.log").read_text(encoding="utf-8")
    assert "KeyError" in log
    assert "Secret City" not in log


def test_no_result_is_written_over_an_input(
    fund: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    before = fund.read_bytes()
    assert run(monkeypatch, "allocate", fund, "--out", fund) == 2
    assert run(monkeypatch, "check", fund, "--annotate", fund) == 2
    assert run(monkeypatch, "allocate", fund, "--out", "a.xlsx", "--json", "a.xlsx") == 2
    assert fund.read_bytes() == before
    assert "choose another name" in capsys.readouterr().err
