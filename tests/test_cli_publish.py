"""``funding publish`` as an analyst runs it: all files or none, words, exit codes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from funding import cli, logs, publish_command
from funding.publish import STANDARDS
from tests.open_data import two, written

Capture = pytest.CaptureFixture[str]
FILES = ["360giving.json", "360giving.xlsx", "fr-subventions.csv"]
GIVING = ["--prefix", "360G-mofa", "--register", "FR-XXX", "--decided", "2026-06-30"]
FRENCH = ["--agreed", "2026-07-15", "--no-de-minimis", "--decision", "D 17"]


@pytest.fixture
def awards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    monkeypatch.chdir(tmp_path)
    logs.stop()
    return written(two(), tmp_path)


def run(*words: str | Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["funding", "publish", *(str(w) for w in words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    logs.stop()
    return int(ended.value.code or 0)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_all_standards_are_written_into_a_new_folder(
    awards: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert run(awards, "--out", "new/data", *GIVING, *FRENCH) == 0
    out = tmp_path / "new" / "data"
    assert names(out) == FILES
    told = capsys.readouterr()
    assert told.out == ""
    assert "Wrote new/data/360giving.json." in told.err.replace("\\", "/")
    assert told.err.endswith("2 grants to 2 cities, 32,000 EUR.\n")
    text = (out / "fr-subventions.csv").read_text(encoding="utf-8")
    assert "2026-07-15,D 17," in text


def test_one_standard_alone(awards: Path, tmp_path: Path) -> None:
    assert [standard.value for standard in publish_command.Standard] == list(STANDARDS)
    assert run(awards, "--out", "a", "--standard", "360giving", *GIVING) == 0
    assert names(tmp_path / "a") == FILES[:2]
    assert run(awards, "--out", "b", "--standard", "fr-subventions", *FRENCH) == 0
    assert names(tmp_path / "b") == FILES[2:]


def test_the_user_names_the_publisher(awards: Path, tmp_path: Path) -> None:
    words = ["--publisher", "Agency", "--publisher-id", "GB-GOR-D1", "--standard", "360giving"]
    assert run(awards, "--out", "a", *words, *GIVING) == 0
    sheet: Any = openpyxl.load_workbook(tmp_path / "a" / "360giving.xlsx")["grants"]
    assert [sheet["L2"].value, sheet["M2"].value] == ["GB-GOR-D1", "Agency"]


def test_faults_write_nothing_and_end_with_1(awards: Path, tmp_path: Path, capsys: Capture) -> None:
    """Neither standard, although 360Giving alone would be right; the old file stays."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FILES[0]).write_text("old", encoding="utf-8")
    assert run(awards, "--out", "data", *GIVING) == 1
    assert names(tmp_path / "data") == FILES[:1]
    assert (tmp_path / "data" / FILES[0]).read_text(encoding="utf-8") == "old"
    told = capsys.readouterr().err
    assert "Fund: no day of the agreement" in told
    assert told.endswith("2 faults to put right; nothing was written.\n")
    assert run(awards, "--out", "other", *GIVING) == 1
    assert not (tmp_path / "other").exists()


def test_a_file_of_cities_is_read(awards: Path, tmp_path: Path, capsys: Capture) -> None:
    cities = tmp_path / "cities.csv"
    cities.write_text("City code,Agreed\nAA,2026-07-20\nBB,2026-07-21\n", encoding="utf-8")
    words = ["--no-de-minimis", "--cities", str(cities), "--standard", "fr-subventions"]
    assert run(awards, "--out", "a", *words) == 0
    text = (tmp_path / "a" / FILES[2]).read_text(encoding="utf-8")
    assert "2026-07-20" in text
    assert "2026-07-21" in text
    assert run(awards, "--out", "a", "--cities", "missing.csv") == 2
    assert "missing.csv cannot be read" in capsys.readouterr().err


def test_an_edited_workbook_is_not_published(awards: Path, tmp_path: Path, capsys: Capture) -> None:
    book = openpyxl.load_workbook(awards, data_only=True)
    sheet = book["Awards by activity"]
    column = [cell.value for cell in sheet[1]].index("Award") + 1
    sheet.cell(2, column).value = 1
    book.save(awards)
    assert run(awards, "--out", "a", *GIVING, *FRENCH) == 5
    assert "does not verify" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_wrong_usage_ends_with_2(awards: Path, tmp_path: Path, capsys: Capture) -> None:
    assert run(awards) == 2
    assert run(awards, "--out", "a", "--standard", "other") == 2
    assert run(awards, "--out", "a", "--decided", "30.6.2026") == 2
    assert run(awards, "--out", "a", "--prefix", "a b") == 2
    assert run("missing.xlsx", "--out", "a") == 2
    assert run(awards, "--out", awards, *GIVING, *FRENCH) == 2
    assert "is a file; give the name of a folder" in capsys.readouterr().err
    inside = tmp_path / FILES[1]
    awards.rename(inside)
    assert run(inside, "--out", ".", *GIVING, *FRENCH) == 2
    assert "in use already by this command" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()
