"""Spoilt workbooks by the thousand: refused in a sentence, or read exactly as they stand.

``FUNDING_FUZZ=20000`` judges as many, ``FUNDING_FUZZ_SEED=7`` other ones. A failure names the
mutants' numbers; they are kept, and each is made anew by ``tests.workbook.fuzz.made``.
"""

from __future__ import annotations

import io
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from funding.workbook.reader import open_grids
from tests.workbook import fuzz
from tests.workbook.mutants import NASTY, ROOT, bases
from tests.workbook.support import saved, workbook
from tests.workbook.test_office import through_office

MUTANTS = int(os.environ.get("FUNDING_FUZZ", "3000"))
SEED = int(os.environ.get("FUNDING_FUZZ_SEED", "1"))
WORKERS = 2
PATIENCE = fuzz.MOST_SECONDS + 20  # seconds; the worker itself judges the reading alone
START = 120  # seconds, until the first verdict on a busy machine
MOST_ENDS = 5  # of worker processes
LEAST_ACCEPTED = 0.15  # else the mutants are too coarse to try what is read


def test_mutants_are_refused_or_read_exactly(tmp_path: Path) -> None:
    share = MUTANTS // WORKERS
    spans = [(share * n, MUTANTS if n + 1 == WORKERS else share * (n + 1)) for n in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        verdicts = [
            v
            for part in pool.map(lambda s: list(_judged(s[0], s[1], tmp_path)), spans)
            for v in part
        ]
    wrong = [v for v in verdicts if v.problem or v.seconds > fuzz.MOST_SECONDS]
    assert not wrong, (
        f"seed {SEED}, kept in {tmp_path}:\n"
        + "\n".join(f"{v.number}: {v.problem or f'{v.seconds:.0f} s'}" for v in wrong[:20])
        + f"\nagain: {sys.executable} -m tests.workbook.fuzz {SEED} {wrong[0].number} "
        f"{wrong[0].number + 1} {tmp_path}"
    )
    assert sorted(v.number for v in verdicts) == list(range(MUTANTS))
    assert max(v.memory for v in verdicts) <= fuzz.MOST_MEMORY
    assert sum(v.accepted for v in verdicts) > LEAST_ACCEPTED * MUTANTS


def _judged(first: int, last: int, folder: Path) -> Iterator[fuzz.Verdict]:
    """The verdicts on some mutants; where the process dies or hangs, that is one, and another
    process goes on with the next. A few such ends the run."""
    for _ in range(MOST_ENDS):
        if first == last:
            return
        errors = folder / f"worker-{first}.txt"
        for verdict in _worked(first, last, folder, errors):
            yield verdict
            first = verdict.number + 1
        if first < last:
            data = fuzz.made(SEED, first, bases())
            (folder / f"mutant-{SEED}-{first}.xlsx").write_bytes(data)
            told = errors.read_text(encoding="utf-8")[-1_500:]
            yield fuzz.Verdict(first, False, 0, f"the process ended, or hung: {told}")
            first += 1


def _worked(first: int, last: int, folder: Path, errors: Path) -> Iterator[fuzz.Verdict]:
    """The verdicts of one process, until it ends or takes too long for one."""
    command = (sys.executable, "-W", "error", "-m", "tests.workbook.fuzz")
    arguments = (str(SEED), str(first), str(last), str(folder))
    lines: queue.Queue[str] = queue.Queue()
    with (
        errors.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            (*command, *arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
        ) as worker,
    ):
        threading.Thread(target=_collect, args=(worker.stdout, lines), daemon=True).start()
        patience = START
        while True:
            try:
                line = lines.get(timeout=patience)
            except queue.Empty:
                break
            if not line:
                break
            yield fuzz.Verdict(**json.loads(line))
            patience = PATIENCE
        worker.kill()


def _collect(stream: Any, lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


def test_a_mutant_is_the_same_in_each_run() -> None:
    first, again = bases(), bases()
    assert first == again
    assert [fuzz.made(3, n, first) for n in range(40)] == [
        fuzz.made(3, n, again) for n in range(40)
    ]


@pytest.mark.parametrize("number", range(4))
def test_what_is_spoilt_is_sound(number: int) -> None:
    verdict = fuzz.judged(number, bases()[number])
    assert (verdict.accepted, verdict.sound, verdict.problem) == (True, True, "")


@pytest.mark.needs_office
def test_what_libreoffice_saves(soffice: str, tmp_path: Path) -> None:
    """Texts in a table, styles by the dozen: read exactly, and so are 200 mutants."""
    book = through_office(soffice, tmp_path, sound=workbook())["sound"]
    assert fuzz.judged(0, book).sound
    verdicts = [fuzz.judged(n, fuzz.made(SEED, n, [book])) for n in range(200)]
    assert [f"{v.number}: {v.problem}" for v in verdicts if v.problem] == []


def test_the_referee_sees_a_wrong_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a reader that takes 2026 for 2027."""
    right = open_grids

    def wrong(*given: Any) -> Any:
        opened = right(*given)
        for grid in opened.grids:
            for row in grid.rows:
                changed = tuple(2027 if value == 2026 else value for value in row.values)
                object.__setattr__(row, "values", changed)
        return opened

    monkeypatch.setattr(fuzz, "open_grids", wrong)
    assert "Fund!B5 is 2027, not Decimal('2026')" in fuzz.judged(0, bases()[0]).problem


SIGNS = st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=("Cs", "Cc"))
NUMBERS = st.integers(-(10**15) + 1, 10**15 - 1) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.text(SIGNS, max_size=60).filter(lambda text: "_x" not in text)
# accents without end are refused; two escapes that share an underline are written so that Excel
# shows another text
ESCAPABLE = st.text(SIGNS, max_size=60).filter(lambda text: text.count("_x") < 2)
HELD = [text for text in NASTY if set(text) != {"\u0301"} and text.count("_x") < 2]
VALUES = NUMBERS | st.booleans() | ESCAPABLE | st.sampled_from(HELD)


@given(st.lists(st.lists(VALUES, min_size=1, max_size=5), min_size=1, max_size=5))
@settings(max_examples=60)
def test_values_written_by_xlsxwriter_are_read_exactly(rows: list[list[Any]]) -> None:
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(stream, options) as book:
        page = book.add_worksheet("X")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                write = page.write_string if isinstance(value, str) else page.write
                write(at, column, value)
    _same(rows, stream.getvalue())


@given(st.lists(st.lists(NUMBERS | st.booleans() | PLAIN, min_size=1, max_size=5), min_size=1))
@settings(max_examples=60)
def test_values_written_by_openpyxl_are_read_exactly(rows: list[list[Any]]) -> None:
    """But for texts with escapes: this library leaves them, so that Excel shows another text."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = page.cell(at, column)
            cell.value = value
            cell.data_type = "s" if isinstance(value, str) else cell.data_type
    _same(rows, saved(book))


def _same(rows: list[list[Any]], data: bytes) -> None:
    grid = open_grids("", data, lambda title: title).grids[0]
    read = {(row.number, at): v for row in grid.rows for at, v in enumerate(row.values, 1)}
    for number, row in enumerate(rows, 1):
        for at, value in enumerate(row, 1):
            got = read.pop((number, at), None)
            if isinstance(value, str) and not fuzz.seen(value):
                assert got is None or not fuzz.seen(str(got))
            elif isinstance(value, float):
                assert got == float(format(value, ".16g"))  # as both libraries write it
            else:
                assert (type(got), got) == (type(value), value)
    assert not any(fuzz.seen(str(value)) for value in read.values() if value is not None)
