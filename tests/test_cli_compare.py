"""``funding compare``: scenarios, award workbooks, and what is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import openpyxl
import pytest

from funding import cli, logs, workbook
from funding.awards import allocate
from funding.report import award_workbook
from funding.scenario import load
from tests.small import apply, ask

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
BASE = 'name = "Base"\n[fund]\nunit = 100\nenvelope = 1_000\n'
TOLD = """\
Reference: Base, 1,000 EUR to 2 cities.
Cut: 300 EUR less is awarded than in Base, 700 EUR in all. Its value is 27.91 % lower. 0 cities \
gain, 0 by more than 5 %; 1 city loses, 1 by more than 5 %; 1 stays as it is. City B loses most: \
300 EUR.
"""  # A-1 (90) 600 and B-1 (80) 400, then 100: value 86,000, then 62,000


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    monkeypatch.chdir(tmp_path)
    logs.stop()
    given = apply(ask("A-1", 600, score=90), ask("B-1", 500, score=80))
    Path("applications.xlsx").write_bytes(workbook.write_applications(given))
    Path("base.toml").write_text(BASE, encoding="utf-8")
    cut = 'extends = "base.toml"\nname = "Cut"\n[fund]\nenvelope = 700\n'
    Path("cut.toml").write_text(cut, encoding="utf-8")
    floor = "[rules.stream_shares]\ntraining = { min = 0.5 }\n"
    Path("never.toml").write_text(
        f'extends = "base.toml"\nname = "Never"\n{floor}', encoding="utf-8"
    )
    for name in ("base", "cut"):
        data = award_workbook(allocate(given, load(Path(f"{name}.toml"))))
        Path(f"{name}.xlsx").write_bytes(data)


def run(monkeypatch: Patch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["funding", "compare", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    logs.stop()
    return int(ended.value.code or 0)


def test_scenarios_are_compared_and_written(monkeypatch: Patch, capsys: Capture) -> None:
    words = ("--scenario", "base.toml", "--scenario", "cut.toml", "--out", "comparison.xlsx")
    assert run(monkeypatch, "applications.xlsx", *words) == 0
    assert capsys.readouterr().err == f"{TOLD}Wrote comparison.xlsx.\n"
    assert openpyxl.load_workbook("comparison.xlsx").sheetnames[0] == "Comparison"


def test_award_workbooks_are_compared(monkeypatch: Patch, capsys: Capture) -> None:
    assert run(monkeypatch, "base.xlsx", "cut.xlsx") == 0
    assert capsys.readouterr().err == TOLD


def test_a_workbook_that_does_not_verify_is_not_compared(
    monkeypatch: Patch, capsys: Capture
) -> None:
    """A-1's award is 600 EUR; the file is made to say 500."""
    book = openpyxl.load_workbook("base.xlsx")
    sheet = book["Awards by activity"]
    (award,) = [cell for cell in sheet[1] if cell.value == "Award"]
    sheet.cell(2, award.column).value = 500
    book.save("edited.xlsx")
    words = ("cut.xlsx", "edited.xlsx", "--out", "comparison.xlsx")
    assert run(monkeypatch, *words) == 5
    assert "edited.xlsx does not verify" in capsys.readouterr().err
    assert not Path("comparison.xlsx").exists()


def test_the_reference_can_be_another(monkeypatch: Patch, capsys: Capture) -> None:
    assert run(monkeypatch, "base.xlsx", "cut.xlsx", "--reference", "2") == 0
    told = capsys.readouterr().err
    assert told.startswith("Reference: Cut, 700 EUR to 2 cities.\nBase: 300 EUR more is awarded")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["applications.xlsx"], 2, "Two to 10 can be compared, 1 was given"),
        (["applications.xlsx", "--scenario", "base.toml"], 2, "1 was given"),
        (["base.xlsx", *["cut.xlsx"] * 10], 2, "Two to 10 can be compared; 11 were given."),
        (["base.xlsx", "applications.xlsx"], 2, "applications.xlsx is no award workbook"),
        (["base.xlsx", "gone.xlsx"], 2, "gone.xlsx cannot be read; is it there"),
        (["base.xlsx", "cut.xlsx", "--reference", "3"], 2, "--reference 3: only 2 are compared."),
        (["base.xlsx", "cut.xlsx", "--out", "cut.xlsx"], 2, "is in use already"),
        (
            ["applications.xlsx", "--scenario", "base.toml", "--scenario", "never.toml"],
            3,
            "never.toml: ",
        ),
    ],
)
def test_what_cannot_be_compared(
    words: list[str], code: int, told: str, monkeypatch: Patch, capsys: Capture
) -> None:
    assert run(monkeypatch, *words) == code
    assert told in capsys.readouterr().err
