"""Workbooks made to use up time or memory, and a process of its own in which each is read.

``python -m tests.workbook.hostile FILE…`` gives a line of JSON for each.
"""

from __future__ import annotations

import io
import json
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from funding.errors import FundingError
from funding.workbook import read
from tests.workbook.fuzz import peak
from tests.workbook.mutants import ROOT
from tests.workbook.support import sound, workbook

SHEET = "xl/worksheets/sheet2.xml"  # Cities
STYLES, BOOK, LINKS = "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TYPES = "[Content_Types].xml"
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ACCENTS = "\u0316\u0301" * 16_000  # of two classes: putting them in order takes ages


def repacked(change: Callable[[dict[str, bytes]], object], cells: bytes = b"") -> bytes:
    """The sound workbook, or another, with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(cells or workbook())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    return repacked(lambda parts: parts.update({name: data}))


def replaced(name: str, old: bytes, new: bytes) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)

    return repacked(change)


def before(name: str, tag: bytes, more: bytes) -> bytes:
    """With more in a part, right before a tag."""
    return replaced(name, tag, more + tag)


def with_texts(table: bytes) -> bytes:
    """With a table of texts; the sound workbook has none."""
    link = f'<Relationship Id="rT" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'

    def change(parts: dict[str, bytes]) -> None:
        parts[LINKS] = parts[LINKS].replace(b"</Rel", link.encode() + b"</Rel")
        parts["xl/sharedStrings.xml"] = b"<sst %s>%s</sst>" % (MAIN, table)

    return repacked(change)


def with_sheets(titles: Iterable[str], own_part: bool) -> bytes:
    """With more sheets, each with a part of its own, or all with that of Cities."""

    def change(parts: dict[str, bytes]) -> None:
        sheets, links = [], []
        for at, title in enumerate(titles, 10):
            part = f"worksheets/sheet{at if own_part else 2}.xml"
            parts[f"xl/{part}"] = parts[SHEET]
            sheets.append(f'<sheet name="{title}" sheetId="{at}" r:id="r{at}"/>')
            links.append(f'<Relationship Id="r{at}" Type="{OFFICE}/worksheet" Target="{part}"/>')
        parts[BOOK] = parts[BOOK].replace(b"</sheets>", "".join(sheets).encode() + b"</sheets>")
        parts[LINKS] = parts[LINKS].replace(b"</Rel", "".join(links).encode() + b"</Rel")

    return repacked(change)


def with_type(mark: str) -> bytes:
    """With another content type for the workbook, as a renamed file has it."""
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return replaced(TYPES, plain, mark.encode())


def overlapping(times: int = 900) -> bytes:
    """Many entries of the directory that share one packed part: a bomb that no ratio shows."""
    kernel = b" " * (8 << 20)
    data = with_part("xl/media/k", kernel)
    end = data.rindex(b"PK\x05\x06")
    size, start = struct.unpack("<LL", data[end + 12 : end + 20])
    directory = data[start : start + size]
    entry = directory[directory.rindex(b"PK\x01\x02") :]
    directory += b"".join(entry[:-1] + b"k" for _ in range(times))
    count = data[end + 8 : end + 10]
    total = struct.pack("<H", struct.unpack("<H", count)[0] + times)
    tail = data[end : end + 8] + total * 2 + struct.pack("<LL", len(directory), start) + b"\0\0"
    return data[:start] + directory + tail


def rows(count: int, row: Callable[[int], bytes]) -> bytes:
    return b"".join(row(number) for number in range(4, 4 + count))


def wide(count: int, column: str = "CV") -> bytes:
    """Every sheet with so many rows of one cell each, far to the right."""

    def change(parts: dict[str, bytes]) -> None:
        for name in parts:
            if name.startswith("xl/worksheets/"):
                more = b"".join(
                    b'<row r="%d"><c r="%s%d"><v>1</v></c></row>' % (n, column.encode(), n)
                    for n in range(20, 20 + count)
                )
                parts[name] = parts[name].replace(b"</sheetData>", more + b"</sheetData>")

    return repacked(change)


def many_cells(count: int) -> bytes:
    """Rows of 16,384 columns."""
    letters = [_letters(n) for n in range(1, 16_385)]
    cells = [b'<c r="%s%%d"/>' % name for name in letters]

    def row(number: int) -> bytes:
        return b'<row r="%d">%s</row>' % (
            number,
            b"".join(cells) % ((number,) * len(cells)),
        )

    return before(SHEET, b"</sheetData>", rows(count, row))


def _letters(number: int) -> bytes:
    name = b""
    while number:
        number, rest = divmod(number - 1, 26)
        name = bytes([65 + rest]) + name
    return name


def accents(count: int) -> bytes:
    cells = sound()
    for _ in range(count):
        cells["Cities"].append(["X", ACCENTS])
    return workbook(cells)


def main(files: list[str]) -> Iterator[str]:
    for file in files:
        data = Path(file).read_bytes()
        started = time.process_time()
        try:
            intake = read([("book.xlsx", data)])
            said = f"read, with {len(intake.faults)} faults and {len(intake.notes)} notes"
        except FundingError as error:
            said = str(error)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        seconds, memory = time.process_time() - started, peak()
        yield json.dumps([said, seconds / plain_seconds(), memory])


def plain_seconds() -> float:
    """What reading the sample takes in this process: the measure for what is hostile."""
    book = ROOT / "inputs" / "applications.xlsx"
    started = time.process_time()
    read([book]).require()
    return time.process_time() - started


if __name__ == "__main__":
    for line in main(sys.argv[1:]):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
