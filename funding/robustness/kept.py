"""The file in which finished draws are kept, so that a study that was stopped goes on.

Lines of JSON that are only ever added: the first says of which study, each other holds one draw.
A line is whole or, where the machine stopped while it was written, the last and left out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Container, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from funding.errors import UsageError
from funding.robustness.study import Drawn, Ending, Study

FORMAT = 1
# What of the study differs, in words; anything else is a version.
DIFFERS = {
    "applications": "other applications",
    "scenario": "another scenario",
    "seed": "another seed",
    "standard error": "another standard error",
    "envelope spread": "another spread of the envelope",
    "request spread": "another spread of the requests",
    "time limit": "another time limit",
}


class Kept:
    """Draws of one study in a file, which is made where it is not there; a context manager.

    ``draws`` are those that were there, by number. Raises UsageError where the file holds
    something else, draws of another study, or cannot be written.
    """

    def __init__(self, path: Path, study: Study) -> None:
        self.path = path
        self.draws: dict[int, Drawn] = {}
        head = _line({"format": FORMAT, "robustness": study.key})
        try:
            found = path.read_bytes() if path.exists() else b""
            whole = found[: found.rfind(b"\n") + 1]
            if whole:
                self._read(whole, study)
            elif not head.startswith(found):  # nor the first line torn
                raise UsageError(self._other())
            self._file: BinaryIO = path.open("ab")
            self._file.truncate(len(whole))
            if not whole:
                self._write(head)
        except OSError as error:
            reason = error.strerror or str(error)
            raise UsageError(
                f"{path} cannot keep the draws: {reason}. Choose another name or folder."
            ) from error

    def __enter__(self) -> Kept:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, drawn: Drawn) -> None:
        """Keep one more draw; it is on the disk when this returns.

        Raises UsageError where the disk is full.
        """
        line = {"draw": drawn.number, "ending": str(drawn.ending), "awards": dict(drawn.awards)}
        try:
            self._write(_line(line))
        except OSError as error:
            raise UsageError(
                f"{self.path} cannot keep a draw: {error.strerror or error}. Those before it are "
                "kept; make room and give the same command again."
            ) from error
        self.draws[drawn.number] = drawn

    def _write(self, line: bytes) -> None:
        self._file.write(line)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _read(self, whole: bytes, study: Study) -> None:
        first, *lines = whole.splitlines()
        head = _parsed(first)
        if not isinstance(head.get("robustness"), dict):
            raise UsageError(self._other())
        if head.get("format") != FORMAT:
            raise UsageError(
                f"{self.path} was written by a newer version of this tool; choose another name."
            )
        self._refuse_other_study(head["robustness"], study.key)
        for number, line in enumerate(lines, 2):
            drawn = _draw(_parsed(line), study.applications.activities)
            if drawn is None:
                raise UsageError(
                    f"Line {number:,} of {self.path} is no draw of this study: the file was "
                    "changed. Choose another name."
                )
            self.draws[drawn.number] = drawn

    def _other(self) -> str:
        return f"{self.path} holds no draws of a robustness study; choose another name."

    def _refuse_other_study(self, there: Mapping[str, Any], here: Mapping[str, Any]) -> None:
        keys = [key for key in {**here, **there} if there.get(key) != here.get(key)]
        if keys:
            words = [DIFFERS.get(key, f"another version of {key}") for key in keys]
            raise UsageError(
                f"{self.path} holds draws of another study ({', '.join(words)}); choose another "
                "name, or study the same."
            )


def _line(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _parsed(line: bytes) -> dict[str, Any]:
    """What a line holds; nothing where it is none of ours."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _draw(line: Mapping[str, Any], codes: Container[str]) -> Drawn | None:
    number, ending, awards = (line.get(name) for name in ("draw", "ending", "awards"))
    if type(number) is not int or number < 0 or ending not in list(Ending):
        return None
    if not isinstance(awards, dict) or not all(
        code in codes and type(award) is int and award > 0 for code, award in awards.items()
    ):
        return None
    return Drawn(number, Ending(str(ending)), awards)
