"""Workbooks made to use up time or memory are refused, or read, within bounds."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workbook.fuzz import MOST_MEMORY, MOST_SECONDS, unlike_a_sentence
from tests.workbook.hostile import (
    BOOK,
    LINKS,
    SHEET,
    STYLES,
    accents,
    before,
    many_cells,
    overlapping,
    replaced,
    rows,
    wide,
    with_part,
    with_sheets,
    with_texts,
)
from tests.workbook.mutants import ROOT

MILLION = 10**6
MOST_TIMES = 90  # as long as reading the sample fund takes, whatever else the machine does
TOO_MUCH = "far more than its applications could"
UNPACKED = "far larger than its file once unpacked"
DATA = b"</sheetData>"


def cell(content: bytes) -> bytes:
    return before(SHEET, DATA, b'<row r="4"><c r="A4">%s</c></row>' % content)


def blank_rows() -> bytes:
    """A million formatted rows, and a cell in the last."""
    last = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    return before(SHEET, DATA, rows(MILLION, lambda n: b'<row r="%d" ht="15"/>' % n) + last)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a sheet of spaces": (lambda: before(SHEET, DATA, b" " * (151 << 20)), UNPACKED),
    "one endless text": (lambda: cell(b"<v>%s</v>" % (b"9" * (40 << 20))), TOO_MUCH),
    "text with comments": (
        lambda: cell(b"<v>%s</v>" % ((b"x" * 999 + b"<!---->") * 100_000)),
        TOO_MUCH,
    ),
    "a long number": (lambda: cell(b"<v>%s</v>" % (b"9" * (7 << 20))), "read, with"),
    "one endless attribute": (
        lambda: before(BOOK, b"</workbook>", b'<x y="%s"/>' % (b"z" * (30 << 20))),
        TOO_MUCH,
    ),
    "deep elements": (
        lambda: cell(b"<a>" * MILLION * 3 + b"</a>" * MILLION * 3),
        "not built as a workbook's parts are",
    ),
    "deep elements elsewhere": (
        lambda: with_part("xl/x.xml", b"<a>" * MILLION * 3 + b"</a>" * MILLION * 3),
        "read, with",
    ),
    "a row of a million cells": (
        lambda: before(SHEET, DATA, b'<row r="4">%s</row>' % (b"<c/>" * MILLION)),
        "stands twice or out of order",
    ),
    "many cells without a value": (lambda: many_cells(180), "read, with"),
    "too many cells": (lambda: many_cells(500), TOO_MUCH),
    "a million blank rows": (blank_rows, "read, with 1 faults"),
    "a million hidden columns": (
        lambda: replaced(
            SHEET,
            b"<sheetData>",
            b"<cols>%s</cols><sheetData>" % (b'<col min="1" max="99" hidden="1"/>' * MILLION),
        ),
        "read, with",
    ),
    "a million merged cells": (
        lambda: replaced(
            SHEET,
            DATA,
            DATA + b"<mergeCells>%s</mergeCells>" % (b'<mergeCell ref="A1:B2"/>' * MILLION),
        ),
        "read, with",
    ),
    "five million styles": (
        lambda: before(STYLES, b"</cellXfs>", b"<xf/>" * 5 * MILLION),
        TOO_MUCH,
    ),
    "formats": (
        lambda: before(STYLES, b"</cellXfs>", b"<xf/>" * 65_000),
        "read, with 0 faults",
    ),
    "ten million texts": (lambda: with_texts(b"<si/>" * 10 * MILLION), TOO_MUCH),
    "four million texts": (lambda: with_texts(b"<si/>" * 4 * MILLION), TOO_MUCH),
    "a million texts": (lambda: with_texts(b"<si><t>x</t></si>" * MILLION), "read, with 0 faults"),
    "texts in pieces": (lambda: with_texts(b"<si>%s</si>" % (b"<r><t/></r>" * MILLION)), TOO_MUCH),
    "a million names": (
        lambda: replaced(
            BOOK,
            b"<definedNames />",
            b"<definedNames>%s</definedNames>" % (b'<definedName name="a"/>' * MILLION),
        ),
        "read, with 0 faults",
    ),
    "sheets without end": (
        lambda: before(BOOK, b"</sheets>", b'<sheet name="x" sheetId="9" r:id="rId1"/>' * 500_000),
        "more than 1,000 sheets",
    ),
    "900 sheets": (lambda: with_sheets((f"S{n}" for n in range(900)), True), "read, with 0 faults"),
    "one part, many sheets": (
        lambda: with_sheets((f"S{n}" for n in range(900)), False),
        "two of its sheets are one",
    ),
    "a long title": (lambda: with_sheets(["x" * (1 << 20)], True), "a sheet's name is"),
    "relations": (
        lambda: before(
            LINKS,
            b"</Rel",
            b"".join(
                b'<Relationship Id="q%d" Type="x" Target="http://x/" TargetMode="External"/>' % n
                for n in range(300_000)
            ),
        ),
        TOO_MUCH,
    ),
    "parts in one another": (overlapping, "packed in an unusual way"),
    "far cells in every sheet": (lambda: wide(39_000), TOO_MUCH),
    "far cells": (lambda: wide(10_000), "read, with"),
    "accents without end": (lambda: accents(100), "more than 64 accents"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_time_and_memory_are_bounded(name: str, tmp_path: Path) -> None:
    """In a process of its own, so that its memory is its own."""
    make, expected = HOSTILE[name]
    file = tmp_path / "hostile.xlsx"
    file.write_bytes(make())
    command = (sys.executable, "-W", "error", "-m", "tests.workbook.hostile", str(file))
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=MOST_SECONDS * 10
    )
    said, times, memory = json.loads(done.stdout)
    assert expected in said
    assert said.startswith("read,") or not unlike_a_sentence(said)
    assert memory <= MOST_MEMORY
    assert times <= MOST_TIMES
