"""The log: what was done, how long it took and what failed, in the user's log folder.

The log is sent around when something went wrong, so it holds nothing of an applicant: only
counts, durations, hashes, versions and states. Errors are told by their type and their place
in the code, never by their message, which may quote a cell. An unwritable folder or a full
disk costs the log, never the work.
"""

from __future__ import annotations

import contextlib
import logging
import re
import secrets
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from funding import places

FILE_NAME = "funding.log"
SIZE = 1_000_000  # bytes of one file, before it is put aside
KEPT = 4  # files put aside

Fact = bool | int | float | str

# One word, such as a version, a hash or a state; a name or a sentence is withheld.
_PLAIN = re.compile(r"[a-z0-9_.+:-]{1,64}")
_LOG = logging.getLogger("funding")
_LOG.addHandler(logging.NullHandler())  # silent until it is started


def start(folder: Path | None = None) -> None:
    """Write the log from now on to ``folder``, by default the user's; again has no effect.

    Where the folder cannot be written there is no log, and no error.
    """
    if any(isinstance(handler, _LogFile) for handler in _LOG.handlers):
        return
    folder = folder or places.user_logs()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _LOG.addHandler(_LogFile(folder / FILE_NAME))
        _LOG.setLevel(logging.INFO)


def stop() -> None:
    """Close the log."""
    for handler in [h for h in _LOG.handlers if isinstance(h, _LogFile)]:
        _LOG.removeHandler(handler)
        handler.close()


def note(event: str, **facts: Fact) -> None:
    """Log that something was done, such as ``note("allocated", activities=350, seconds=0.4)``.

    ``event`` is a fixed text of the code. Facts are numbers, or one lower-case word such as a
    version, a hash or a state; any other text is withheld, so that no name slips in.
    """
    _LOG.info("%s", _line(event, facts))


def failure(event: str, error: BaseException, **facts: Fact) -> str:
    """Log that something failed: the error's type and place in the code, not its message.

    The answer is the number of the error that its line begins with, to be told to the user.
    """
    number = secrets.token_hex(4)
    _LOG.error("%s: %s", _line(event, {"error": number, **facts}), _chain(error))
    return number


def _line(event: str, facts: dict[str, Fact]) -> str:
    return " ".join([event, *(f"{name}={_shown(fact)}" for name, fact in facts.items())])


def _shown(fact: Fact) -> str:
    if isinstance(fact, str):
        return fact if _PLAIN.fullmatch(fact) else "(withheld)"
    return f"{fact:.3f}" if isinstance(fact, float) else str(fact)


def _chain(error: BaseException) -> str:
    """``ValueError at solve.py:120 in solve, at cli.py:30 in allocate; from OSError at …``."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    places_in_code = [f"at {Path(f.filename).name}:{f.lineno} in {f.name}" for f in frames]
    told = " ".join([type(error).__name__, ", ".join(places_in_code)]).rstrip()
    before = error.__cause__ or error.__context__
    return f"{told}; from {_chain(before)}" if before else told


class _Line(logging.Formatter):
    """Time (UTC), level and message; never the text of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return f"{time} {record.levelname} {record.getMessage()}"


class _LogFile(RotatingFileHandler):
    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8")
        self.setFormatter(_Line())

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk costs this line; by default it would print to the user's screen."""

    def rotate(self, source: str, dest: str) -> None:
        """Windows renames no file that a second window has open: then the file grows on."""
        with contextlib.suppress(OSError):
            super().rotate(source, dest)
