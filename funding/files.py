"""Files, written whole or not at all.

A reader never sees half a file, and a failed write leaves the old file as it was. What the
operating system says is turned into a sentence for an analyst.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from funding.errors import UsageError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_atomically(path: Path, data: bytes) -> None:
    """Write the bytes so that ``path`` holds either its old content or all of the new.

    The bytes go to a temporary file in the same folder, reach the disk, and then take the
    place of ``path`` in one step. A file that was there keeps its permissions, and a symbolic
    link stays one: the file that it points to is replaced.

    Raises UsageError, with a sentence on what to do, when the folder is missing or read-only,
    the disk is full, ``path`` is no file, or another program such as Excel holds the file.
    """
    write_together({path: data})


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write files that belong together, each as `write_atomically` does.

    No file is replaced before all have reached the disk, so that a full disk or a name that
    cannot be written leaves every old file as it was. Where one cannot be replaced, as Windows
    finds out only then of a file that is open in Excel, those replaced before it get their old
    content back. Raises as `write_atomically`.
    """
    saved: list[tuple[Path, Path, Path]] = []  # temporary file, its target, the path given
    path = Path()
    try:
        for path, data in contents.items():
            target = path.resolve()
            _refuse_unfit(path, target)
            # Not the tempfile module: its files are private, and colleagues share folders.
            temporary = target.with_name(f".saving-{secrets.token_hex(8)}.tmp")
            saved.append((temporary, target, path))
            _save(temporary, target, data)
        with contextlib.ExitStack() as undo:
            for temporary, target, path in saved:  # noqa: B007 (the sentence names the path)
                old = target.read_bytes() if len(saved) > 1 and target.exists() else None
                temporary.replace(target)
                undo.callback(_put_back, temporary, target, old)
            undo.pop_all()  # all are in place: nothing is undone
    except (OSError, RuntimeError, ValueError) as error:  # the last two: loops of links, \0
        raise UsageError(_sentence(path, error)) from error
    finally:
        for temporary, _, _ in saved:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder, with those above it, where it is not there yet.

    Raises UsageError where a file of that name is in the way, or it may not be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise UsageError(f"{path} is a file; give the name of a folder.") from error
    except (OSError, ValueError) as error:
        raise UsageError(_sentence(path, error)) from error


def unused_name(name: str, taken: Iterable[str]) -> str:
    """A file name that is not among some others, numbered where it would be: ``plan (2).xlsx``.

    Names that differ in letter case only are one file on some systems, so they count as the same.
    """
    known = {other.casefold() for other in taken}
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 (a name may hold the sign of a folder)
    unique, number = name, 1
    while unique.casefold() in known:
        number += 1
        unique = f"{stem} ({number}){suffix}"
    return unique


def _refuse_unfit(path: Path, target: Path) -> None:
    """Raise UsageError where the target is seen to be unfit before anything is written."""
    if target.is_dir():
        raise UsageError(f"{path} is a folder. Give the name of a file.")
    if not target.parent.is_dir():
        raise UsageError(
            f"{path} cannot be written: the folder {target.parent} does not exist. "
            "Create it or choose another folder."
        )
    if not target.exists():
        return
    if not target.is_file():  # a device, which the replacement would destroy
        raise UsageError(f"{path} is not an ordinary file. Give the name of a file.")
    if not os.access(target, os.W_OK):
        raise UsageError(f"{path} is read-only. Allow writing to it or choose another name.")


def _save(temporary: Path, target: Path, data: bytes) -> None:
    """The bytes on the disk, with the permissions of the file whose place they will take."""
    with temporary.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    if target.exists():
        temporary.chmod(target.stat().st_mode & 0o777)


def _put_back(temporary: Path, target: Path, old: bytes | None) -> None:
    """Give a file its old content again; None: there was none. What fails stays as it is, for
    the first failure is what is told."""
    with contextlib.suppress(OSError):
        if old is None:
            target.unlink()
        else:
            _save(temporary, target, old)
            temporary.replace(target)


def _sentence(path: Path, error: Exception) -> str:
    """What the operating system refused, and what to do about it."""
    code = error.errno if isinstance(error, OSError) else None
    if code in _FULL:
        return f"{path} cannot be written: the disk is full. Free some space and try again."
    if code == errno.EROFS:
        return f"{path} cannot be written: the disk is read-only. Choose another folder."
    if code == errno.ENAMETOOLONG:
        return f"{path} cannot be written: the name is too long. Choose a shorter one."
    if isinstance(error, PermissionError):
        # Not path.exists(), which can raise. Windows replaces no file that a program holds open.
        if os.path.exists(path):  # noqa: PTH110
            return (
                f"{path} cannot be replaced: it is open in another program, or you may not "
                "write there. Close it in Excel, or choose another name."
            )
        return f"{path} cannot be written: you may not write in this folder. Choose another folder."
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{path} cannot be written: {reason}. Choose another name or folder."
