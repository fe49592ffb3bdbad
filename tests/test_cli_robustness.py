"""``funding robustness``: what it says and writes, and that it goes on where it was stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from funding import cli, logs, robustness, workbook
from funding.robustness import Drawn
from tests.small import apply, ask, city

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
RULES = 'name = "Base"\n[fund]\nunit = 100\n[fund.envelopes]\n2026 = 600\n2027 = 400\n'
STUDY = ("applications.xlsx", "--scenario", "base.toml", "--draws", "12", "--standard-error", "6")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    monkeypatch.chdir(tmp_path)
    logs.stop()
    halves = {2026: 300, 2027: 300}
    given = apply(
        city("A", name="=Aville"),
        ask("A-1", 600, score=90, by_year=halves),
        ask("B-1", 500, score=60, title="=1+1"),
        ask("C-1", 400, score=55, by_year={2027: 400}),
        ask("D-1", 400, score=20),
    )
    Path("applications.xlsx").write_bytes(workbook.write_applications(given))
    Path("base.toml").write_text(RULES, encoding="utf-8")


def run(monkeypatch: Patch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["funding", "robustness", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    logs.stop()
    return int(ended.value.code or 0)


def content(file: str) -> dict[str, Any]:
    found = json.loads(Path(file).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_what_is_said_and_written(monkeypatch: Patch, capsys: Capture) -> None:
    words = ("--draws", "60", "--workers", "1", "--out", "r.xlsx", "--json", "r.json")
    assert run(monkeypatch, *STUDY, *words) == 0
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[0] == (
        "Base: 60 draws with seed 1, scores by a standard error of 6 points, envelope ±10 %, "
        "requests as they are."
    )
    assert lines[-2:] == ["Wrote r.xlsx.", "Wrote r.json."]
    found = content("r.json")
    chances = {line["activity"]: line for line in found["activities"]}
    assert [chances[code]["colour"] for code in ("A-1", "D-1")] == ["green", "red"]
    assert f"({chances['B-1']['colour']})" in said.err
    book = openpyxl.load_workbook("r.xlsx")
    assert book.sheetnames == ["Summary", "Activities", "Cities", "Run record"]
    rows = {row[0].value: row for row in book["Activities"].iter_rows(min_row=2)}
    header = [cell.value for cell in book["Activities"][1]]
    assert rows["B-1"][header.index("Title")].value == "=1+1"
    assert rows["B-1"][header.index("Title")].data_type == "s"
    green = rows["A-1"][header.index("Colour")]
    assert (green.value, green.fill.fgColor.rgb) == ("green", "FFDDEFE3")
    assert rows["A-1"][header.index("Meaning")].value == "nearly always funded"
    assert rows["A-1"][header.index("Award as it is")].value == 600
    times = header.index("Funded in draws")
    assert {code: row[times].value for code, row in rows.items()} == {
        code: line["times_funded"] for code, line in chances.items()
    }
    cities = {row[0]: row for row in book["Cities"].iter_rows(min_row=2, values_only=True)}
    assert cities["A"][1] == "=Aville"
    record = {row[0]: row[1] for row in book["Run record"].iter_rows(min_row=2, values_only=True)}
    assert record["seed"] == "1"
    assert record["draws done"] == "60"


def test_where_and_by_how_many_it_is_done_changes_nothing(monkeypatch: Patch) -> None:
    for workers in ("1", "2"):
        name = f"by-{workers}.json"
        assert run(monkeypatch, *STUDY, "--workers", workers, "--json", name) == 0
    assert content("by-1.json") == content("by-2.json")


def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(
    monkeypatch: Patch, capsys: Capture
) -> None:
    assert run(monkeypatch, *STUDY, "--workers", "1", "--json", "whole.json") == 0
    real, asked = robustness.draws, list[int]()

    def interrupted(*given: Any, **named: Any) -> Generator[Drawn, None, None]:
        for drawn in real(*given, **named):
            if len(asked) == 5:
                raise KeyboardInterrupt
            asked.append(drawn.number)
            yield drawn

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robustness, "draws", interrupted)
        words = (*STUDY, "--workers", "1", "--keep", "draws.jsonl", "--json", "part.json")
        assert run(monkeypatch, *words) == 130
    told = capsys.readouterr().err
    assert "Only 5 of the 12 draws are done" in told
    assert "kept in draws.jsonl; the same command goes on" in told
    assert content("part.json")["draws"]["done"] == 5
    assert run(monkeypatch, *words) == 0
    assert "draws.jsonl holds 5 of the 12 draws already." in capsys.readouterr().err
    assert content("part.json") == content("whole.json")
    # More draws go on from there, fewer take the first of them.
    assert run(monkeypatch, *words, "--draws", "14") == 0
    assert run(monkeypatch, *words, "--draws", "3") == 0
    told = capsys.readouterr().err
    assert "holds 12 of the 14 draws already" in told
    assert content("part.json")["draws"]["done"] == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_study_that_is_killed_goes_on(monkeypatch: Patch, capsys: Capture) -> None:
    kept = Path("draws.jsonl")
    words = [*STUDY, "--draws", "40", "--keep", str(kept)]
    root = Path(cli.__file__).parent.parent
    killed = subprocess.Popen(
        [sys.executable, "-m", "funding", "robustness", *words, "--workers", "2"],
        env={**os.environ, "PYTHONPATH": str(root), "HOME": str(Path.cwd())},
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not kept.exists() or kept.read_bytes().count(b"\n") < 4:
        assert time.monotonic() < deadline
        assert killed.poll() is None
        time.sleep(0.01)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(30)
    done = kept.read_bytes().count(b"\n") - 1
    assert 3 <= done < 40
    kept.write_bytes(kept.read_bytes() + b'{"awards":{"A-1"')  # as a torn line would be
    assert run(monkeypatch, *words, "--workers", "1", "--json", "again.json") == 0
    assert f"draws.jsonl holds {done} of the 40 draws already." in capsys.readouterr().err
    numbers = [json.loads(line)["draw"] for line in kept.read_text("utf-8").splitlines()[1:]]
    assert sorted(numbers) == list(range(40))
    kept.unlink()
    assert run(monkeypatch, *words, "--workers", "1", "--json", "whole.json") == 0
    assert content("again.json") == content("whole.json")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--envelope-spread", "1.5"), "The spread of the envelope is 1.5"),
        (("--green", "0.1"), "expected shares between 0 and 1"),
        (("--json", "applications.xlsx"), "applications.xlsx is in use already"),
        (("--keep", "base.toml"), "base.toml is in use already"),
        (("--keep", "other.jsonl"), "holds no draws of a robustness study"),
        (("--strategic",), "--strategic draws nothing"),
    ],
)
def test_what_is_refused(
    words: tuple[str, ...], said: str, monkeypatch: Patch, capsys: Capture
) -> None:
    Path("other.jsonl").write_text("not ours\n", encoding="utf-8")
    assert run(monkeypatch, *STUDY, *words) == 2
    assert said in capsys.readouterr().err


def test_no_spread_and_none_stated(monkeypatch: Patch, capsys: Capture) -> None:
    assert run(monkeypatch, "applications.xlsx", "--scenario", "base.toml") == 2
    assert "State the standard error of a score with --standard-error" in capsys.readouterr().err


def test_a_scenario_without_an_allocation_is_explained(monkeypatch: Patch, capsys: Capture) -> None:
    never = "[rules.stream_shares]\ntraining = { min = 0.5 }\n"
    Path("base.toml").write_text(RULES + never, encoding="utf-8")
    assert run(monkeypatch, *STUDY) == 3
    assert "stream training: at least 500 EUR" in capsys.readouterr().err


def test_strategic_hands_over(monkeypatch: Patch) -> None:
    given: list[object] = []
    monkeypatch.setattr("funding.strategy_command.study", lambda *words: given.extend(words))
    words = ("applications.xlsx", "--scenario", "base.toml", "--strategic", "--json", "s.json")
    assert run(monkeypatch, *words, "--workers", "2", "--time-limit", "7") == 0
    sheet, rules = Path("applications.xlsx"), Path("base.toml")
    assert given == [[sheet], rules, None, 7.0, 2, None, None, Path("s.json")]
