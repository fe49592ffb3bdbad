"""The log tells what was done and nothing of an applicant, and never breaks the work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from funding import logs


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    logs.stop()


def lines(folder: Path) -> list[str]:
    return (folder / logs.FILE_NAME).read_text(encoding="utf-8").splitlines()


def test_a_line_has_time_level_event_and_facts(tmp_path: Path) -> None:
    logs.start(tmp_path)
    logs.note("allocated", activities=350, seconds=0.41234, status="optimal", proved=True)
    (line,) = lines(tmp_path)
    time, _, rest = line.partition(" ")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", time)
    assert rest == "INFO allocated activities=350 seconds=0.412 status=optimal proved=True"


@pytest.mark.parametrize("text", ["Saint-Étienne", "Lyon", "GRE-1", "two words", "", "a\nb"])
def test_a_text_that_may_be_a_name_is_withheld(tmp_path: Path, text: str) -> None:
    logs.start(tmp_path)
    logs.note("read", found=text)
    assert [line.split(" ", 2)[2] for line in lines(tmp_path)] == ["read found=(withheld)"]


@pytest.mark.parametrize("text", ["3.3.2", "1.16.0rc1", "sha256:0af3", "no_allocation"])
def test_a_version_a_hash_and_a_state_are_told(tmp_path: Path, text: str) -> None:
    logs.start(tmp_path)
    logs.note("read", found=text)
    assert lines(tmp_path)[0].endswith(f"found={text}")


def test_an_error_is_told_by_type_and_place_without_its_message(tmp_path: Path) -> None:
    def read_budget() -> None:
        try:
            int("Grenoble")
        except ValueError as error:
            raise LookupError("the budget of Grenoble") from error

    logs.start(tmp_path)
    try:
        read_budget()
    except LookupError as error:
        logs.failure("read", error, rows=3)
    (line,) = lines(tmp_path)
    assert re.search(
        r"ERROR read error=[0-9a-f]{8} rows=3: LookupError at test_logs\.py:\d+ in read_budget, .*"
        r"; from ValueError at test_logs\.py:\d+ in read_budget$",
        line,
    )
    assert "Grenoble" not in line


def test_nothing_is_written_before_the_start_and_lines_are_not_doubled(tmp_path: Path) -> None:
    logs.note("early")
    logs.start(tmp_path)
    logs.start(tmp_path)
    logs.note("once")
    assert [line.split(" ", 2)[2] for line in lines(tmp_path)] == ["once"]


def test_an_unwritable_folder_costs_only_the_log(tmp_path: Path) -> None:
    """A file stands where the folder should be, so that the folder cannot be made."""
    (tmp_path / "file").write_bytes(b"")
    logs.start(tmp_path / "file" / "logs")
    logs.note("allocated", activities=1)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_disk_that_fills_up_costs_only_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(self: object, record: object) -> bool:
        raise OSError("no space left")

    logs.start(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("logging.handlers.RotatingFileHandler.shouldRollover", refuse)
        logs.note("lost")
    logs.note("kept")
    assert [line.split(" ", 2)[2] for line in lines(tmp_path)] == ["kept"]
    assert capsys.readouterr().err == ""


def test_the_file_is_put_aside_when_it_is_full_and_few_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line has over 30 bytes, so a file of at most 40 bytes holds one line."""
    monkeypatch.setattr(logs, "SIZE", 40)
    logs.start(tmp_path)
    for number in range(10):
        logs.note("line", number=number)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == [logs.FILE_NAME, *(f"{logs.FILE_NAME}.{i}" for i in range(1, 5))]
    assert lines(tmp_path)[0].endswith("line number=9")


def test_a_file_that_cannot_be_put_aside_grows_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where a second window holds the log open."""

    def refuse(source: object, target: object) -> None:
        raise PermissionError("the file is in use")

    monkeypatch.setattr(logs, "SIZE", 40)
    monkeypatch.setattr("os.rename", refuse)
    logs.start(tmp_path)
    logs.note("first")
    logs.note("second")
    assert [line.split(" ", 2)[2] for line in lines(tmp_path)] == ["first", "second"]
