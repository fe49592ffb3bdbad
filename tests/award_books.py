"""Small funds for tests of the award workbook, and what reads such a workbook."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import openpyxl

from funding.applications import Applications
from tests.small import apply, ask, city

RULES = """
[fund]
unit = 100
[fund.envelopes]
2026 = 85_000
2027 = 15_000
[gates.merit_threshold]
score = 50
[rules.independence]
max_national_share = 0.5
[rules.national_share]
rates = { other = 0.9, several = 0.9, none = 0.9 }
[rules.hands_off]
max_steered_share_of_fund = 0.5
[rules.absorption]
per_staff = 20_000
per_training = 2.0
[rules.stream_shares]
training = { min = 0.1 }
[[rules.group_shares]]
attribute = "region"
each = true
max = 0.6
[[rules.group_shares]]
attribute = "theme"
group = "water"
min = 0.2
of = "awarded"
[rules.city_cap]
amount = 90_000
"""

# Always recalculate a workbook on opening it; without this LibreOffice shows the saved values.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


def hostile() -> Applications:
    """Three cities whose texts could be taken for formulas and conditions.

    Under RULES: AA-1 is paid half in 2027, so 15,000 of 2027 admit 30,000 of its 60,000; with
    AA-2 (20,000) city AA is at its 50,000 of independence. BB-1 takes the 50,000 that are left
    of 2026 (15,000 + 20,000 + 50,000 = 85,000). CC-1 scores 30, under the threshold of 50;
    BB-2 and CC-2 find no money.
    """
    return apply(
        city("AA", name="=1+1", region=">5", own_budget=50_000),
        city("BB", name="@x", region="*"),
        city("CC", name="+1", region='=SUM(1)"'),
        ask("AA-1", 60_000, score=90, by_year={2026: 30_000, 2027: 30_000}, title="=1/0"),
        ask("AA-2", 20_000, score=80, stream="training", title="-1"),
        ask("BB-1", 50_000, score=70, minimum_viable=30_000, steered=True),
        ask("BB-2", 10_000.50, score=60, stream="coordination", theme="air"),
        ask("CC-1", 40_000, score=30),
        ask("CC-2", 30_000, score=55, minimum_viable=5_000),
    )


def many() -> Applications:
    """Eight cities with codes that a condition cannot tell apart, seven of them for water.

    An envelope of 4,000 pays four of the eight requests of 1,000, by score; water may take
    3,000 of it.
    """
    codes = ("1", "01", "001", "MAR", "mar", "1E1", "10", "X")
    asks = (
        ask(f"{code}-1", 1_000, score=90 - at, theme="air" if code == "X" else "water")
        for at, code in enumerate(codes)
    )
    return apply(*asks)


WATER = '[[rules.group_shares]]\nattribute = "theme"\ngroup = "water"\nmax = 0.75\n'


DECIDED = """
[rules.city_minimum]
amount = 4_000
[[rules.award_bands]]
streams = ["financing"]
min = 1_000
max = 3_000
[[rules.award_bands]]
streams = ["financing"]
min = 5_000
max = 8_000
[[decisions]]
activity = "AA-1"
minimum = 5_000
reason = "=1+1"
[[decisions]]
city = "CC"
exclude = true
reason = "Withdrawn"
[[decisions]]
city = "BB"
maximum = 7_000
reason = "Too much"
"""


def decided() -> Applications:
    """Under DECIDED, with 15,000: AA-1 must have 5,000. BB-1 (90) is free of bands as training,
    but city BB has at most 7,000. Of the other 3,000 AA-2 gets 2,900, the most under 3,000, and
    AA-1 another 100. CC is excluded; DD asks for less than 4,000."""
    return apply(
        ask("AA-1", 9_000, score=60),
        ask("AA-2", 4_000, score=70),
        ask("BB-1", 8_000, score=90, stream="training"),
        ask("CC-1", 6_000, score=95),
        ask("DD-1", 2_000, score=99),
    )


def book(data: bytes, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def lines(data: bytes, sheet: str, *, values: bool = True) -> list[dict[str, Any]]:
    """The rows of a sheet by header."""
    headers, *rows = book(data, values=values)[sheet].iter_rows(values_only=True)
    return [dict(zip(headers, row, strict=True)) for row in rows]


def headers(data: bytes, sheet: str) -> list[Any]:
    return [cell.value for cell in book(data)[sheet][1]]


def recalculated(soffice: str, folder: Path, data: bytes) -> bytes:
    """The workbook as LibreOffice saves it after it calculated every formula anew."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    settings = profile / "user" / "registrymodifications.xcu"
    settings.write_text(RECALCULATE, encoding="utf-8")
    source = folder / "awards.xlsx"
    source.write_bytes(data)
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=180)
    return (folder / "out" / "awards.xlsx").read_bytes()
