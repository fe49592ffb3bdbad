"""Spoilt workbooks, each read and judged; run in a process of its own, with little memory.

``python -m tests.workbook.fuzz SEED FIRST LAST FOLDER`` judges the mutants with these numbers,
one line of JSON each, and keeps those with a problem in the folder.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from funding.errors import FundingError
from funding.workbook import read
from funding.workbook.reader import open_grids
from funding.workbook.tables import (
    MOST_COLUMNS,
    MOST_ROWS,
    ErrorCell,
    Row,
    Uncalculated,
    column_letter,
    sheet_called,
)
from tests.workbook.mutants import bases, mutant
from tests.workbook.referee import (
    EPOCH,
    Cells,
    Error,
    Formula,
    Found,
    IllFormed,
    Moment,
    Span,
    days_of,
    stands,
)

NEVER_SEEN = (
    "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
MOST_MEMORY = 500 << 20  # bytes, of a process with all that it imports
MOST_SECONDS = 10
LONGEST_REFUSAL = 400  # characters
FOREIGN_WORDS = ("Traceback", "Error:", "Exception", "NoneType", "openpyxl", "object at 0x")
HALF_A_MILLISECOND = Decimal("0.0006") / 86_400  # dates are read to the millisecond


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant; ``problem`` is empty where all is as it should be."""

    number: int
    accepted: bool
    seconds: float
    problem: str
    refusal: str = ""
    sound: bool = False  # by the referee
    memory: int = 0  # bytes, the most that the process took so far


def judged(number: int, data: bytes) -> Verdict:
    """Read a workbook, and compare what was read with what stands in it."""
    started = time.perf_counter()
    refusal = problem = ""
    try:
        intake = read([("book.xlsx", data)])
        told = [str(fault) for fault in (*intake.faults, *intake.notes)]
        problem = next(filter(None, map(unlike_a_line, told)), "")
    except FundingError as error:
        refusal = str(error)
        problem = unlike_a_sentence(refusal)
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - started
    accepted = not refusal
    sound = True
    try:
        found = stands(data, sheet_called)
    except IllFormed as error:
        sound = False
        if accepted and not problem and not cut_short(data):
            problem = f"accepted, but ill-formed: {error}"
    else:
        if accepted and not problem:
            problem = "; ".join(differences(data, found))[:2_000]
    return Verdict(number, accepted, seconds, problem, refusal, sound, peak())


def unlike_a_line(text: str) -> str:
    """What is wrong with the text of a fault: it has to stand in one line of a list."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return f"half of a character in {text!r}"
    return f"not one line: {text!r}" if len(text.splitlines()) != 1 else ""


def unlike_a_sentence(text: str) -> str:
    if len(text) > LONGEST_REFUSAL or "\n" in text or not text.endswith("."):
        return f"no sentence: {text[:500]}"
    return next((f"{word} in: {text}" for word in FOREIGN_WORDS if word in text), "")


def cut_short(data: bytes) -> bool:
    """Whether a sheet has too many rows: it is read no further, and a fault says so."""
    grids = open_grids("", data, sheet_called).grids
    return any(fault.blocks for grid in grids for fault in grid.oddities)


def differences(data: bytes, found: list[tuple[str, Cells]]) -> Iterator[str]:
    """Where the values that were read are not those that stand in the file."""
    opened = open_grids("", data, sheet_called)
    if [grid.title for grid in opened.grids] != [title for title, _ in found]:
        yield f"sheets {[grid.title for grid in opened.grids]}, not {[title for title, _ in found]}"
        return
    for grid, (title, cells) in zip(opened.grids, found, strict=True):
        yield from _differences(title, grid.rows, cells)
        table = grid.table()
        for row in table.rows:
            for at, value in enumerate(row.values):
                letter = column_letter(at)
                if table.letters[at] != letter or not same(cells.get((row.number, at + 1)), value):
                    yield f"table {title}!{letter}{row.number} is {value!r}"


def _differences(title: str, rows: tuple[Row, ...], cells: Cells) -> Iterator[str]:
    read_here: dict[tuple[int, int], object] = {}
    for row in rows:
        for at, value in enumerate(row.values, 1):
            read_here[row.number, at] = value
    for number, column in sorted(cells.keys() | read_here.keys()):
        if number > MOST_ROWS or column > MOST_COLUMNS:
            continue
        stood, was = cells.get((number, column)), read_here.get((number, column))
        if not same(stood, was):
            yield f"{title}!{column_letter(column - 1)}{number} is {was!r}, not {stood!r}"


def seen(text: str) -> str:
    """A text without what is never seen: spaces at the ends, soft hyphens, marks of direction."""
    return "".join(c for c in text if c not in NEVER_SEEN).strip()


def same(stood: Found | None, was: object) -> bool:
    """Whether a value was read as it stands; a text of spaces is as good as none."""
    if was is None or (isinstance(was, str) and not seen(was)):
        return stood is None or (isinstance(stood, str) and not seen(stood))
    match stood:
        case Error():
            return isinstance(was, ErrorCell) and (not stood.text or str(was) == stood.text)
        case Formula():
            return isinstance(was, Uncalculated)
        case Moment():
            return stood.days is None or near(stood.days, _days(was))
        case Span():
            return isinstance(was, dt.timedelta) and near(stood.days, days_of(EPOCH + was))
        case bool():
            return was is stood
        case Decimal():
            whole = type(was) is int and stood == was
            return whole or (type(was) is float and was == float(stood))
    return type(was) is str and was == stood


def near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= HALF_A_MILLISECOND


def _days(was: object) -> Decimal:
    """A date or a time as days; no other value is near any day."""
    if isinstance(was, dt.datetime):
        return days_of(was)
    if isinstance(was, dt.date):
        return days_of(dt.datetime.combine(was, dt.time()))
    if isinstance(was, dt.time):
        return days_of(dt.datetime.combine(dt.date(1899, 12, 30), was))
    return Decimal(-1)


def peak() -> int:
    """Bytes that this process took at most; 0 where the system does not tell. What the system
    tells of a child's resources would count what its parent took before it began."""
    if sys.platform != "linux":
        return 0
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) << 10


def bounded() -> None:
    """Give this process little room beyond what it holds already, where the system can."""
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def made(seed: int, number: int, books: list[bytes]) -> bytes:
    """The mutant of a number: the same in each run."""
    rng = random.Random(f"{seed}/{number}")
    return mutant(books[number % len(books)], rng)


def main(seed: int, first: int, last: int, folder: Path) -> None:
    books = bases()
    bounded()
    for number in range(first, last):
        data = made(seed, number, books)
        verdict = judged(number, data)
        if verdict.problem or verdict.seconds > MOST_SECONDS:
            (folder / f"mutant-{seed}-{number}.xlsx").write_bytes(data)
        sys.stdout.write(json.dumps(asdict(verdict)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
