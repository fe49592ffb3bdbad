"""Through LibreOffice and back: another program's workbook is read without a fault."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from pathlib import Path

import openpyxl
import pytest

from funding.workbook import template, write_applications
from tests.workbook.support import edited, taken, texts, workbook

pytestmark = pytest.mark.needs_office


def _run(soffice: str, folder: Path, *words: str) -> None:
    """LibreOffice with a profile of its own, in which numbers are typed with a point."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [soffice, profile, "--headless", *words],
        check=True,
        capture_output=True,
        timeout=120,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


def through_office(soffice: str, folder: Path, **files: bytes) -> dict[str, bytes]:
    """The workbooks as LibreOffice saves them, all in one run."""
    (folder / "out").mkdir()
    for name, data in files.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    _run(
        soffice,
        folder,
        *("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")),
        *(str(folder / f"{name}.xlsx") for name in files),
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


# --- the city's form, typed into -----------------------------------------------------------

FUND_ROWS = {2: "City fund", 3: "CF-26", 7: "2026", 8: "2025-09-01", 9: "2025-11-30"}
TYPED = {
    "Fund": [(f"B{row}", text) for row, text in FUND_ROWS.items()],
    "Cities": [
        *(("A3", "GRE"), ("B3", "Orléans"), ("C3", "007"), ("D3", "Centre"), ("E3", "158000")),
        *(("F3", "50000"), ("H3", "4"), ("I3", "2"), ("K3", "ad hoc"), ("M3", "45.19")),
        *(("N3", "5.72"), ("A1", "A header that is protected")),
    ],
    "Activities": [
        *(("A3", "GRE-1"), ("B3", "GRE"), ("C3", "=Water"), ("E3", "financing"), ("F3", "water")),
        *(("I3", "TN; NA"), ("J3", "2026-03-01"), ("K3", "2027-02-28"), ("L3", "20000")),
        *(("M3", "12500.3"), ("O3", "=7000+499.7"), ("S1", "Requested 2026"), ("S3", "12500.3")),
    ],
}
MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Form"
 script:language="StarBasic">
Sub Fill(source, target)
  On Error Resume Next
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  book = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
{typing}
  Dim kind(0) As New com.sun.star.beans.PropertyValue
  kind(0).Name = "FilterName" : kind(0).Value = "Calc MS Excel 2007 XML"
  book.storeToURL(target, kind())
  book.close(True)
End Sub
</script:module>
"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false">
<library:element library:name="Form"/></library:library>
"""


def filled_by_office(soffice: str, folder: Path, form: bytes) -> bytes:
    """The form as LibreOffice saves it after each text was typed into its cell."""
    lines = [
        f'  book.Sheets.getByName("{sheet}").getCellRangeByName("{cell}").FormulaLocal = "{text}"'
        for sheet, cells in TYPED.items()
        for cell, text in cells
    ]
    _run(soffice, folder, "--terminate_after_init")  # makes the profile, with its own macros
    basic = folder / "profile" / "user" / "basic" / "Standard"
    module = MACRO.replace("{typing}", "\n".join(lines).replace('"', "&quot;"))
    (basic / "Form.xba").write_text(module, encoding="utf-8")
    (basic / "script.xlb").write_text(LIBRARY, encoding="utf-8")
    (folder / "form.xlsx").write_bytes(form)
    source, target = (folder / name for name in ("form.xlsx", "filled.xlsx"))
    call = f'macro:///Standard.Form.Fill("{source.as_uri()}","{target.as_uri()}")'
    _run(soffice, folder, call)
    return target.read_bytes()


def test_the_form_filled_in_libreoffice_has_no_fault(soffice: str, tmp_path: Path) -> None:
    """007 stays text, a formula counts by its result, text that begins with = stays text, a
    protected header stays what it is, and a column for a year can be added."""
    intake = taken(filled_by_office(soffice, tmp_path, template("city")))
    assert texts(intake.faults) == []
    plans = intake.plans
    assert plans is not None
    city, activity = plans.cities["GRE"], plans.activities["GRE-1"]
    assert (city.name, city.legal_identifier, city.population) == ("Orléans", "007", 158_000)
    assert (activity.title, activity.partner_countries) == ("=Water", ("TN", "NA"))
    assert (activity.start, activity.end) == (dt.date(2026, 3, 1), dt.date(2027, 2, 28))
    assert (activity.requested, activity.own_cash) == (1_250_030, 749_970)
    assert activity.requested_by_year == ((2026, 1_250_030),)
    assert plans.call.closing_date == dt.date(2025, 11, 30)
