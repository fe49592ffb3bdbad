"""``funding sweep``: what is told, the files, and what is refused."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import openpyxl
import pytest

from funding import cli, logs, workbook
from tests.small import apply, ask

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
BASE = 'name = "Base"\n[fund]\nunit = 100\nenvelope = 700\n'
TOLD = """\
Base: 3 points, 3 solved.
Envelope from 600 to 800 EUR: the value rises by 27.8 %, 2 cities are funded instead of 1.
Envelope  Awarded   Value  Cities funded  Activities funded  Lowest coverage  Gini of the cities' \
coverage  National share, mean
 600 EUR  600 EUR  54,000              1                  1            100 %                      \
    50 %                 0.1 %
 700 EUR  700 EUR  60,000              2                  2             60 %                      \
   2.6 %                   0 %
 800 EUR  800 EUR  69,000              2                  2             60 %                      \
   8.1 %                   0 %
Between 600 and 700 EUR: B-1 comes in.
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: Patch) -> None:
    """A (90) asks for 600, B (80) for 500, at least 300."""
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    monkeypatch.chdir(tmp_path)
    logs.stop()
    given = apply(ask("A-1", 600, score=90), ask("B-1", 500, score=80, minimum_viable=300))
    Path("applications.xlsx").write_bytes(workbook.write_applications(given))
    Path("base.toml").write_text(BASE, encoding="utf-8")
    floor = '\n[[rules.group_shares]]\nattribute = "region"\ngroup = "North"\nmin = 0.9\n'
    never = BASE + floor + "at_most_demand = false\n[rules.city_cap]\namount = 100\n"
    Path("never.toml").write_text(never, encoding="utf-8")


def run(monkeypatch: Patch, *words: str, scenario: str = "base.toml") -> int:
    line = ["funding", "sweep", "applications.xlsx", "--scenario", scenario, *words]
    monkeypatch.setattr(sys, "argv", line)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    logs.stop()
    return int(ended.value.code or 0)


ENVELOPE = ("--over", "fund.envelope=600:800:100")


def test_a_sweep_is_told(monkeypatch: Patch, capsys: Capture) -> None:
    """600·90 = 54,000, 400·90 + 300·80 = 60,000, 500·90 + 300·80 = 69,000. The Gini coefficient
    of the coverages 0 and 1 is 1/2; of 2/3 and 0.6: (2/3 − 0.6) / (2 · 1.2667) = 2.6 %."""
    assert run(monkeypatch, *ENVELOPE) == 0
    assert capsys.readouterr().err == TOLD


def test_files_are_written(monkeypatch: Patch, capsys: Capture) -> None:
    files = ("--out", "s.xlsx", "--chart", "s.png", "--json", "s.json")
    assert run(monkeypatch, *ENVELOPE, *files) == 0
    assert capsys.readouterr().err == f"{TOLD}Wrote s.xlsx.\nWrote s.png.\nWrote s.json.\n"
    assert Path("s.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads(Path("s.json").read_text(encoding="utf-8"))
    assert [point["figures"]["spent"] for point in found["points"]] == [600, 700, 800]
    book = openpyxl.load_workbook("s.xlsx")
    assert book.sheetnames == ["Sweep", "Figures", "Changes", "Awards by activity"]
    changes = [list(row) for row in book["Changes"].iter_rows(values_only=True)]
    assert changes[1:] == [[600, 700, 1, "B-1", 0, None]]
    awards = [list(row) for row in book["Awards by activity"].iter_rows(values_only=True)]
    assert awards[0][4:] == ["600 EUR", "700 EUR", "800 EUR"]
    assert awards[1][4:] == [600, 400, 500]
    assert awards[2][4:] == [None, 300, 300] or awards[2][4:] == [0, 300, 300]
    assert awards[3][3:] == [1100, 600, 700, 800]


def test_json_to_standard_output_is_alone_there(monkeypatch: Patch, capsys: Capture) -> None:
    assert run(monkeypatch, *ENVELOPE, "--json", "-") == 0
    out = capsys.readouterr().out
    assert json.loads(out)["parameters"][0]["today"] == 700


def test_two_parameters_make_a_table(monkeypatch: Patch, capsys: Capture) -> None:
    more = ("--over", "rules.city_cap.amount=300,600", "--out", "s.xlsx", "--chart", "s.svg")
    assert run(monkeypatch, *ENVELOPE, *more, "--workers", "1") == 0
    assert "Envelope · City cap, amount" in capsys.readouterr().err
    assert Path("s.svg").read_text(encoding="utf-8").startswith("<svg")
    sheet = openpyxl.load_workbook("s.xlsx")["Table"]
    rows = [list(row)[:3] for row in sheet.iter_rows(values_only=True)]
    at = next(i for i, row in enumerate(rows) if row[0] == "Awarded")
    assert rows[at + 1][1:] == ["300 EUR", "600 EUR"]
    assert rows[at + 2 : at + 5] == [[600, 600, 600], [700, 600, 700], [800, 600, 800]]


def test_the_frontier_has_a_sheet_and_a_sentence(monkeypatch: Patch, capsys: Capture) -> None:
    """With 700: A 400 and B 300 at any price: nothing is bought."""
    prices = ("--over", "objective.fairness_price=0,0.1")
    words = ("--frontier", "--against", "cities", *prices, "--out", "f.xlsx", "--chart", "f.png")
    assert run(monkeypatch, *words) == 0
    told = capsys.readouterr().err
    assert "Giving up value buys nothing: the cities funded is best, 2, at π = 0" in told
    book = openpyxl.load_workbook("f.xlsx")
    assert book.sheetnames[:2] == ["Sweep", "Frontier"]


def test_where_no_point_has_an_allocation(monkeypatch: Patch, capsys: Capture) -> None:
    words = (*ENVELOPE, "--out", "n.xlsx", "--chart", "n.png", "--json", "n.json")
    assert run(monkeypatch, *words, scenario="never.toml") == 3
    told = capsys.readouterr().err
    assert "No allocation holds the rules at any of the points." in told
    assert "From 600 to 800 EUR no allocation holds the rules: " in told
    assert "City cap" in told
    found = json.loads(Path("n.json").read_text(encoding="utf-8"))
    assert [point["status"] for point in found["points"]] == ["none"] * 3
    sheet = openpyxl.load_workbook(io.BytesIO(Path("n.xlsx").read_bytes()))["Figures"]
    assert "No allocation can hold all the rules" in str(sheet.cell(2, sheet.max_column).value)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ([], 2, "Say what is swept: --over fund.envelope=8e6:16e6:5e5, or --frontier"),
        (["--over", "fund.envelop=1"], 2, "did you mean"),
        (["--over", "fund.envelope=8m"], 2, "is no number"),
        (["--over", "fund.unit=1", "--against", "gini"], 2, "--against is for the frontier"),
        (["--frontier", "--against", "value"], 2, "--against value is no measure"),
        (["--frontier", "--over", "fund.unit=1"], 2, "A frontier is over the fairness price alone"),
        (["--over", "fund.unit=1", "--chart", "x.pdf"], 2, "ends in .png or .svg"),
        (["--over", "fund.unit=1", "--out", "base.toml"], 2, "is in use already"),
        (
            ["--over", "fund.unit=1", "--workers", "2", "--scheduler", "tcp://x"],
            2,
            "Either --workers on this machine, or a cluster",
        ),
    ],
)
def test_what_is_refused(
    words: list[str], code: int, told: str, monkeypatch: Patch, capsys: Capture
) -> None:
    assert run(monkeypatch, *words) == code
    assert told in capsys.readouterr().err
