"""Through LibreOffice and back: another program's workbook is read without a fault."""

from __future__ import annotations

import subprocess
from pathlib import Path

import openpyxl
import pytest

from funding.workbook import template, write_applications
from tests.workbook.support import edited, taken, texts, workbook

pytestmark = pytest.mark.needs_office


def through_office(soffice: str, folder: Path, **files: bytes) -> dict[str, bytes]:
    """The workbooks as LibreOffice saves them, all in one run."""
    (folder / "out").mkdir()
    for name, data in files.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(folder / "out"),
            *(str(folder / f"{name}.xlsx") for name in files),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return {name: (folder / "out" / f"{name}.xlsx").read_bytes() for name in files}


def test_written_workbooks_and_templates_survive(soffice: str, tmp_path: Path) -> None:
    given = taken(workbook()).require()

    def calculate(book: openpyxl.Workbook) -> None:
        book["Activities"]["M3"] = "=1000+500"

    saved = through_office(
        soffice,
        tmp_path,
        written=write_applications(given, "SYNTHETIC DATA – for a test"),
        template=template("ministry"),
        formulas=edited(workbook(), calculate),
    )
    written = taken(saved["written"])
    assert (texts(written.faults), texts(written.notes)) == ([], [])
    assert written.require() == given
    blank, before = taken(saved["template"]), taken(template("ministry"))
    assert (blank.faults, blank.notes) == (before.faults, before.notes)
    assert taken(saved["formulas"]).require() == given  # with its result stored now
