"""A real file, read through the mapping that is shipped for it, against an independent reading."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from funding.awards import allocate
from funding.scenario import parse
from funding.workbook import Intake, read
from funding.workbook.mapping import load_mapping
from tests.workbook.support import texts

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data" / "alw-foundation-grants-2011-2020.xlsx"
pytestmark = pytest.mark.skipif(
    not REAL.is_file(), reason=f"the real file {REAL.name} is not in ../shared/data"
)


@pytest.fixture(scope="module")
def real() -> Intake:
    return read([REAL], load_mapping(ROOT / "inputs" / "mappings" / "alw-foundation.toml"))


@pytest.fixture(scope="module")
def cells() -> list[dict[str, Any]]:
    """The rows by header, read by the library alone."""
    (page,) = openpyxl.load_workbook(REAL).worksheets
    headers, *rows = page.iter_rows(values_only=True)
    return [dict(zip(map(str, headers), row, strict=True)) for row in rows]


def cents(value: Any) -> int:
    """The amount that Excel shows, to two decimals."""
    return int(Decimal(str(round(Decimal(repr(value)), 2))).scaleb(2))


def test_real_amounts_equal_to_the_cent(real: Intake, cells: list[dict[str, Any]]) -> None:
    assert real.faults == ()
    activities = real.require().activities
    assert len(activities) == len(cells) == 475
    assert {code: a.requested for code, a in activities.items()} == {
        row["Identifier"]: cents(row["Amount Applied For"]) for row in cells
    }
    assert all(a.total_cost == a.requested for a in activities.values())
    assert sum(a.requested for a in activities.values()) == 2_714_323_127
    assert real.require().call.currency == "GBP"


def test_real_dates_of_both_kinds(real: Intake, cells: list[dict[str, Any]]) -> None:
    own = [row["Award Date"] for row in cells]
    days = [dt.date.fromisoformat(v) if isinstance(v, str) else v.date() for v in own]
    assert [a.start for a in real.require().activities.values()] == days
    assert sum(isinstance(value, str) for value in own) == 343
    assert (
        'Sheet1!G10: "Award Date": 343 dates are text, read as YYYY-MM-DD; 132 true dates '
        "are there too "
        "(the first is in G10)"
    ) in texts(real.notes)


def test_real_awards_above_the_ask(real: Intake, cells: list[dict[str, Any]]) -> None:
    """63 above, 332 in full, 80 reduced; a note at each of the 63 and nowhere else."""
    pairs = [(cents(row["Amount Awarded"]), cents(row["Amount Applied For"])) for row in cells]
    above = {f"F{n}" for n, (award, ask) in enumerate(pairs, 2) if award > ask}
    assert (len(above), sum(a == q for a, q in pairs), sum(a < q for a, q in pairs)) == (
        63,
        332,
        80,
    )
    noted = [note.cell for note in real.notes if "above Amount Applied For" in note.message]
    assert len(noted) == 63
    assert set(noted) == above


def test_real_oddities(real: Intake, cells: list[dict[str, Any]]) -> None:
    """288 identifiers with 287 names; five rows that repeat an earlier one."""
    assert len({row["Recipient Org:Identifier"] for row in cells}) == 288
    assert len(real.require().cities) == 288
    places = {
        word: sorted(note.cell for note in real.notes if word in note.message)
        for word in ("is it one city?", "entered twice?", "which counts", "letter case")
    }
    assert places == {
        "is it one city?": ["J353", "J420"],
        "entered twice?": ["A370", "A395", "A425", "A453", "A454"],
        "which counts": ["J21"],
        "letter case": ["N134", "N74"],
    }


def test_real_names_come_from_the_first_row(real: Intake, cells: list[dict[str, Any]]) -> None:
    first: dict[str, str] = {}
    for row in cells:
        first.setdefault(row["Recipient Org:Identifier"], row["Recipient Org:Name"])
    cities = real.require().cities.values()
    assert {city.legal_identifier: city.name for city in cities} == {
        code: " ".join(name.split()) for code, name in first.items()
    }


def test_real_applications_can_be_allocated(real: Intake) -> None:
    """With all scores equal and enough for everyone, each gets all the whole pounds it asked."""
    applications = real.require()
    ample = parse('name = "Ample"\n[fund]\nunit = 1\nenvelope = 30_000_000\n')
    allocation = allocate(applications, ample)
    assert dict(allocation.awards) == {
        code: a.requested // 100 * 100 for code, a in applications.activities.items()
    }
    short = parse('name = "Short"\n[fund]\nunit = 100\nenvelope = 10_000_000\n')
    assert sum(allocate(applications, short).awards.values()) == 1_000_000_000
