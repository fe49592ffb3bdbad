"""How long reading takes and what it needs, against the library's bare reading, in one run.

Each piece of work runs in a process of its own, so that its memory is its own:
``python benchmarks/intake.py [ACTIVITIES]``, by default 35,000. For Linux, which tells
what a process needed.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import openpyxl
import xlsxwriter

from funding import workbook
from funding.applications import SHEETS
from funding.errors import Fault
from funding.workbook.template import example

ACTIVITIES = 35_000
PER_CITY = 4
FILES = 200
FUND = (("Setting", "Value"), ("Fund", "Benchmark"), ("Reference", "B"), ("Currency", "EUR"))


def made(first_city: int, cities: int, *, assessed: bool, formulas: bool = False) -> bytes:
    """A workbook of the template's examples, again and again under new codes."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    fund = book.add_worksheet("Fund")
    for at, line in enumerate((*FUND, ("First year", 2026))):
        fund.write_row(at, 0, line)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for sheet in ("Cities", "Activities", "Assessment")[: 3 if assessed else 2]:
        columns = list(SHEETS[sheet].columns().values())
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, [column.header for column in columns])
        for row in range(cities if sheet == "Cities" else cities * PER_CITY):
            city = first_city + (row if sheet == "Cities" else row // PER_CITY)
            codes = {"City code": f"C{city}", "Activity code": f"C{city}-{row % PER_CITY}"}
            texts = {"Title": f"Title {row}", "Description": f"In words of its own, {row}"}
            for at, column in enumerate(columns):
                value = (codes | texts).get(column.header, example(column))
                if hasattr(value, "isoformat"):
                    page.write_datetime(row + 1, at, value, day)
                elif formulas and column.header == "Total cost":
                    n = row + 2
                    formula = f"=M{n}+O{n}+P{n}+Q{n}"
                    page.write_formula(row + 1, at, formula, None, float(str(value)))
                else:
                    page.write(row + 1, at, value)
    book.close()
    return stream.getvalue()


def bare(path: Path) -> str:
    """What the library alone needs to read all cells."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    cells = sum(len(row) for page in book.worksheets for row in page.iter_rows(values_only=True))
    book.close()
    return f"{cells:,} cells"


def ours(path: Path) -> str:
    """Reading and every check."""
    intake = workbook.read([path])
    return f"{len(intake.require().activities):,} activities"


def merging(path: Path) -> str:
    """A folder of files, one from each city."""
    intake = workbook.read([path])
    assert intake.plans is not None, intake.faults[:3]
    return f"{len(intake.files)} files"


def marking(path: Path) -> str:
    """The same workbook back, with 5,000 cells marked."""
    tables = workbook.read([path]).tables["Activities"]
    cells = [f"{tables.letter(n % 12)}{row.number}" for n, row in enumerate(tables.rows[:5_000])]
    faults = [Fault("", "Activities", int(c[1:]), c, "A fault, to be marked") for c in cells]
    return f"{len(workbook.annotate(path.read_bytes(), faults)) / 1e6:.1f} MB"


WORK = {work.__name__: work for work in (bare, ours, merging, marking)}


def measured(name: str, path: Path) -> tuple[float, float, str]:
    """Seconds, MiB and what was done, in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, name, str(path)], check=True, capture_output=True, text=True
    )
    seconds, mib, what = done.stdout.strip().split("|")
    return float(seconds), float(mib), what


def child(name: str, path: Path) -> None:
    """One piece of work; its figures on standard output."""
    start = time.perf_counter()
    what = WORK[name](path)
    seconds = time.perf_counter() - start
    # Not getrusage: its peak is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    mib = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(f"{seconds}|{mib}|{what}")


def main(activities: int) -> None:
    """Print one line for each piece of work."""
    cities = -(-activities // PER_CITY)
    with tempfile.TemporaryDirectory() as folder:
        plain, sums, many = (Path(folder, name) for name in ("plain.xlsx", "sums.xlsx", "many"))
        plain.write_bytes(made(1, cities, assessed=True))
        sums.write_bytes(made(1, cities, assessed=True, formulas=True))
        many.mkdir()
        for n in range(FILES):
            (many / f"{n}.xlsx").write_bytes(made(n * 2, 2, assessed=False))
        base, mib, what = measured("bare", plain)
        print(f"the library, values alone: {base:.1f} s = 1, {mib:.0f} MiB, {what}")
        for name, path in (("ours", plain), ("ours", sums), ("merging", many), ("marking", plain)):
            seconds, mib, what = measured(name, path)
            words = f"{name} {path.stem}"
            print(
                f"{words:16} {seconds / base:5.2f} of it ({seconds:.1f} s), {mib:.0f} MiB, {what}"
            )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        child(sys.argv[1], Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ACTIVITIES)
