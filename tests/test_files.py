"""Files are written whole or not at all, and what goes wrong is told in a sentence."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from funding.errors import UsageError
from funding.files import write_atomically, write_together

POSIX = os.name == "posix"


def fail_with(monkeypatch: pytest.MonkeyPatch, method: str, code: int) -> None:
    """Make one method of Path fail as the operating system would."""

    def refuse(self: Path, *args: object, **options: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, method, refuse)


def test_a_new_file_holds_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "Awards 2026 – é.xlsx"
    write_atomically(path, b"\x00PK")
    assert path.read_bytes() == b"\x00PK"
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "awards.xlsx"
    path.write_bytes(b"a longer old content")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_relative_name_is_written_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_atomically(Path("awards.xlsx"), b"new")
    assert (tmp_path / "awards.xlsx").read_bytes() == b"new"


@pytest.mark.skipif(not POSIX, reason="permissions of this kind exist on POSIX alone")
def test_a_replaced_file_keeps_its_permissions_and_a_new_one_is_not_private(
    tmp_path: Path,
) -> None:
    """0o640 stays 0o640; a new file gets 0o666 less the umask 0o022, so 0o644."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"")
    old.chmod(0o640)
    mask = os.umask(0o022)
    try:
        write_atomically(old, b"1")
        write_atomically(new, b"1")
    finally:
        os.umask(mask)
    assert old.stat().st_mode & 0o777 == 0o640
    assert new.stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(not POSIX, reason="links need a right on Windows")
def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the folder .*missing does not exist"):
        write_atomically(tmp_path / "missing" / "awards.xlsx", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        write_atomically(tmp_path, b"new")


@pytest.mark.skipif(not POSIX, reason="the null device is a file name on POSIX alone")
def test_a_device_is_left_alone() -> None:
    with pytest.raises(UsageError, match="is not an ordinary file"):
        write_atomically(Path(os.devnull), b"new")
    assert not Path(os.devnull).is_file()


def test_a_read_only_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check is replaced, because to an administrator every file is writable."""
    path = tmp_path / "signed.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda target, mode: False)
    with pytest.raises(UsageError, match="is read-only"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_name_with_a_null_or_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Choose another name or folder"):
        write_atomically(tmp_path / "a\0b.xlsx", b"new")
    with pytest.raises(UsageError, match="Choose"):
        write_atomically(tmp_path / ("a" * 300), b"new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("method", "code", "sentence"),
    [
        ("replace", errno.EACCES, "open in another program.* Close it in Excel"),
        ("open", errno.ENOSPC, "the disk is full"),
        ("open", errno.EROFS, "the disk is read-only"),
        ("replace", errno.EIO, f"{os.strerror(errno.EIO)}. Choose another"),
    ],
)
def test_a_refusal_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, code: int, sentence: str
) -> None:
    path = tmp_path / "awards.xlsx"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        fail_with(patch, method, code)
        with pytest.raises(UsageError, match=sentence):
            write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_without_the_right_to_write_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, "open", errno.EACCES)
    with pytest.raises(UsageError, match="you may not write in this folder"):
        write_atomically(tmp_path / "awards.xlsx", b"new")


def test_an_interrupt_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "awards.xlsx"
    path.write_bytes(b"old")

    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_that_belong_together_are_all_written_or_none(tmp_path: Path) -> None:
    """The second of three cannot be written, so the first keeps its old content too."""
    first, second, third = (tmp_path / name for name in ("a.json", "b.xlsx", "c.csv"))
    first.write_bytes(b"old")
    second.mkdir()
    contents = {first: b"1", second: b"2", third: b"3"}
    with pytest.raises(UsageError, match=r"b\.xlsx is a folder"):
        write_together(contents)
    assert first.read_bytes() == b"old"
    assert sorted(tmp_path.iterdir()) == [first, second]
    second.rmdir()
    write_together(contents)
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [b"1", b"2", b"3"]


def test_what_was_replaced_gets_its_old_content_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third of four is open in Excel, which Windows tells when it is to be replaced: the
    first has its old content and permissions again, the second is as little there as before."""
    first, second, third, fourth = (tmp_path / f"{letter}.json" for letter in "abcd")
    first.write_bytes(b"old")
    first.chmod(0o640)
    third.write_bytes(b"open")
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if target == third:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(UsageError, match=r"c\.json cannot be replaced"):
        write_together({first: b"1", second: b"2", third: b"3", fourth: b"4"})
    assert sorted(tmp_path.iterdir()) == [first, third]
    assert [first.read_bytes(), third.read_bytes()] == [b"old", b"open"]
    assert first.stat().st_mode & 0o777 == (0o640 if POSIX else 0o666)


def test_of_files_that_belong_together_the_one_that_is_held_open_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, "replace", errno.EACCES)
    (tmp_path / "a.json").write_bytes(b"old")
    with pytest.raises(UsageError, match=r"a\.json cannot be replaced"):
        write_together({tmp_path / "a.json": b"1", tmp_path / "b.xlsx": b"2"})
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
