"""The command ``funding letters`` as an analyst runs it: files, words, exit codes."""

from __future__ import annotations

import datetime as dt
import io
import sys
from pathlib import Path

import openpyxl
import pytest

from funding import cli, logs, places
from funding.letters import letters
from tests.letter_books import awarded, document, every_status


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return awarded(every_status(), tmp_path_factory.mktemp("books") / "awards.xlsx")


@pytest.fixture(autouse=True)
def _own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    logs.stop()


def run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["funding", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    logs.stop()
    return int(ended.value.code or 0)


def test_it_writes_a_folder(
    book: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "new" / "letters"
    words = ("letters", book, "--out", out, "--date", "2026-03-15")
    assert run(monkeypatch, *words) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"Wrote 8 letters into {out}.\n"
    assert (out / "AA Aachen.docx").read_bytes() == letters(book, date=dt.date(2026, 3, 15))[
        "AA Aachen.docx"
    ]
    (out / "ZZ Elsewhere.docx").write_bytes(b"of an earlier call")
    assert run(monkeypatch, *words) == 0
    assert "also holds 1 other Word file" in capsys.readouterr().err
    assert len(list(out.iterdir())) == 9


def test_all_are_written_or_none(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last letter's name is taken by a folder, so the first is not replaced either."""
    out = tmp_path / "letters"
    (out / "GG City GG.docx").mkdir(parents=True)
    (out / "AA Aachen.docx").write_bytes(b"old")
    assert run(monkeypatch, "letters", book, "--out", out) == 2
    assert (out / "AA Aachen.docx").read_bytes() == b"old"
    assert len(list(out.iterdir())) == 2


def test_exit_codes(
    book: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    changed = openpyxl.load_workbook(io.BytesIO(book.read_bytes()), data_only=True)
    changed["Awards by activity"]["I2"].value = 500
    changed.save(tmp_path / "changed.xlsx")
    out = tmp_path / "letters"
    assert run(monkeypatch, "letters", tmp_path / "changed.xlsx", "--out", out) == 5
    own = tmp_path / "own.docx"
    own.write_bytes(document("{{ citty }}"))
    capsys.readouterr()
    assert run(monkeypatch, "letters", book, "--out", out, "--template", own) == 1
    assert capsys.readouterr().err == (
        'own.docx: {{ citty }}: there is no field "citty" here; did you mean "city"?\n'
    )
    assert not out.exists()


def test_the_template_is_not_written_over(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "AA Aachen.docx"
    assert run(monkeypatch, "template", own, "--for", "letters") == 0
    before = own.read_bytes()
    assert before == places.letter_template().read_bytes()
    assert run(monkeypatch, "letters", book, "--out", tmp_path, "--template", own) == 2
    assert own.read_bytes() == before
