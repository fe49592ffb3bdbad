"""``funding check`` and ``funding template`` for many files, as an analyst runs them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import openpyxl
import pytest

from funding import cli, logs
from tests.workbook.test_merging import city, ministry

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def _own_log(tmp_path: Path, monkeypatch: Patch) -> None:
    """The log of a test goes to the test's folder."""
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    monkeypatch.chdir(tmp_path)
    logs.stop()


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """A folder with a sound city, one with a faulty cell, a broken file and the ministry's."""
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "a-gre.xlsx").write_bytes(city("GRE"))
    (folder / "b-lil.xlsx").write_bytes(city("LIL", Cities_E2="many"))
    (folder / "c-bad.xlsx").write_bytes(b"PK nothing")
    (folder / "ministry.xlsx").write_bytes(ministry())
    return folder


def run(monkeypatch: Patch, *words: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["funding", *(str(w) for w in words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    logs.stop()
    return int(ended.value.code or 0)


def test_faults_of_many_files(plans: Path, monkeypatch: Patch, capsys: Capture) -> None:
    assert run(monkeypatch, "check", plans, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["sound"], told["assessed"]) == (False, True)
    assert told["files"] == ["a-gre.xlsx", "b-lil.xlsx", "c-bad.xlsx", "ministry.xlsx"]
    found = [(f["file"], f["stage"], f["sheet"], f["cell"]) for f in told["faults"]]
    assert found == [
        ("b-lil.xlsx", "cells", "Cities", "E2"),
        ("c-bad.xlsx", "file", "", ""),
    ]
    assert run(monkeypatch, "check", plans) == 1
    said = capsys.readouterr().err
    assert "c-bad.xlsx: the file is damaged or was cut off on its way" in said
    assert "2 faults to put right.\n2 of 4 files have no fault" in said


def test_what_is_sound_is_merged_and_can_be_read_again(
    plans: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    assert run(monkeypatch, "check", plans, "--merge", "all.xlsx") == 1
    said = capsys.readouterr().err
    assert "Left out of all.xlsx: b-lil.xlsx, which has faults." in said
    assert "Left out of all.xlsx: c-bad.xlsx, which could not be read" in said
    assert "Wrote all.xlsx: 1 city, 2 activities." in said
    assert run(monkeypatch, "check", "all.xlsx") == 0


def test_each_workbook_comes_back_marked(
    plans: Path, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    assert run(monkeypatch, "check", plans, "--annotate", "marked") == 1
    assert "c-bad.xlsx was not marked: the file is damaged" in capsys.readouterr().err
    names = sorted(path.name for path in (tmp_path / "marked").iterdir())
    assert names == ["a-gre-faults.xlsx", "b-lil-faults.xlsx", "ministry-faults.xlsx"]
    page = openpyxl.load_workbook(tmp_path / "marked" / "b-lil-faults.xlsx").worksheets[0]
    assert [cell.value for cell in page["B"]] == ["Place", "Cities!E2"]
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert run(monkeypatch, "check", plans, "--annotate", "file") == 2
    assert "file is a file; give the name of a folder" in capsys.readouterr().err


def test_no_file_of_the_folder_is_written_over(
    plans: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    assert run(monkeypatch, "check", plans, "--merge", plans / "a-gre.xlsx") == 2
    assert "in use already by this command" in capsys.readouterr().err


def test_where_nothing_can_be_merged_no_file_is_written(
    plans: Path, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    (plans / "ministry.xlsx").write_bytes(ministry(Assessment_D3=101))
    assert run(monkeypatch, "check", plans, "--merge", "all.xlsx") == 1
    assert "all.xlsx was not written" in capsys.readouterr().err
    assert not (tmp_path / "all.xlsx").exists()


def test_changes_against_an_earlier_workbook(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    (tmp_path / "old.xlsx").write_bytes(city("GRE"))
    (tmp_path / "new.xlsx").write_bytes(city("GRE", Cities_E2=159_000))
    assert run(monkeypatch, "check", "new.xlsx", "--against", "old.xlsx") == 0
    said = capsys.readouterr().err
    assert "Against old.xlsx: 1 cell changed in 1 row." in said
    assert "changed cell: Cities · GRE: Grenoble · Population: 158,000 → 159,000" in said
    assert run(monkeypatch, "check", "new.xlsx", "--against", "old.xlsx", "--json") == 0
    [change] = json.loads(capsys.readouterr().out)["changes"]
    assert (change["key"], change["column"]) == (["GRE"], "Population")


def test_a_refused_file_is_told_in_json_too(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"")
    assert run(monkeypatch, "check", "bad.xlsx", "--json") == 1
    told = capsys.readouterr()
    [fault] = json.loads(told.out)["faults"]
    assert (fault["message"], fault["stage"]) == ("bad.xlsx: the file is empty.", "file")
    assert "bad.xlsx: the file is empty." in told.err


def test_plans_without_assessment_are_sound_but_not_allocated(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    (tmp_path / "gre.xlsx").write_bytes(city("GRE"))
    (tmp_path / "s.toml").write_text(
        'name = "Base"\n[fund]\nunit = 100\nenvelope = 1_000\n', encoding="utf-8"
    )
    assert run(monkeypatch, "check", "gre.xlsx") == 0
    assert "Note: the plans are not assessed yet" in capsys.readouterr().err
    assert run(monkeypatch, "allocate", "gre.xlsx", "--scenario", "s.toml") == 1
    assert "not assessed yet: no file has a sheet Assessment" in capsys.readouterr().err


def test_forms_for_all_cities_say_the_same_of_the_fund(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    (tmp_path / "fund.xlsx").write_bytes(ministry())
    assert run(monkeypatch, "template", "form.xlsx", "--for", "city", "--fund", "fund.xlsx") == 0
    page = openpyxl.load_workbook(tmp_path / "form.xlsx")["Fund"]
    assert page["B2"].value == "City fund"
    assert run(monkeypatch, "template", "fund.xlsx", "--fund", "fund.xlsx") == 2


def test_no_plan_in_a_folder_is_written_over_by_a_result(
    plans: Path, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    (tmp_path / "s.toml").write_text(
        'name = "Base"\n[fund]\nunit = 100\nenvelope = 1_000\n', encoding="utf-8"
    )
    before = (plans / "a-gre.xlsx").read_bytes()
    words = ("allocate", plans, "--scenario", "s.toml", "--out", plans / "a-gre.xlsx")
    assert run(monkeypatch, *words) == 2
    assert (plans / "a-gre.xlsx").read_bytes() == before


def test_marked_copies_never_replace_a_file_or_one_another(
    plans: Path, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    """Into the folder itself the second time would read the first copies, and replace them. Names
    that differ in letter case only would be one file on some systems."""
    assert run(monkeypatch, "check", plans, "--annotate", plans) == 1
    before = {path.name: path.read_bytes() for path in plans.iterdir()}
    assert run(monkeypatch, "check", plans, "--annotate", plans) == 2
    assert "is one of the files that were read" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in plans.iterdir()} == before
    for folder, name in (("a", "x"), ("b", "x"), ("", "a-x")):
        (tmp_path / "c" / folder).mkdir(parents=True, exist_ok=True)
        code = "GRE" if folder == "b" else "LIL"
        (tmp_path / "c" / folder / f"{name}.xlsx").write_bytes(
            city(code, Cities_E2=len(folder + name))
        )
    given = ("c/a", "c/b", "c/a-x.xlsx")
    assert run(monkeypatch, "check", *given, "--annotate", "marked") == 1
    assert len(list((tmp_path / "marked").iterdir())) == 3


def test_a_refused_earlier_workbook_is_told_in_json_too(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    (tmp_path / "new.xlsx").write_bytes(city("GRE"))
    (tmp_path / "old.xlsx").write_bytes(b"")
    assert run(monkeypatch, "check", "new.xlsx", "--against", "old.xlsx", "--json") == 1
    assert json.loads(capsys.readouterr().out)["sound"] is False
