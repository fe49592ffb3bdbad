"""Small funds to publish, and what reads the files of a publication."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from funding.applications import Applications, AssessorScore, Call
from funding.awards import allocate
from funding.publish import STANDARDS, Facts, Publication, publication, read_cities
from funding.report import award_workbook
from funding.verify import verify
from tests.small import apply, ask, city, record, scenario

GIVING, SUBVENTIONS = STANDARDS

# Made-up SIRET; the last digit makes the Luhn sum a multiple of 10. By hand for the first:
# 0000000000010 + c, doubled from the right: every digit 0 but the 1, which is doubled to 2: c = 8.
S1, S2, FUNDER = "00000000000018", "00000000000026", "00000000000034"

RULES = "[fund]\nunit = 1\n[fund.envelopes]\n2026 = 30_000\n2027 = 10_000\n"
ALL = Facts(
    prefix="360G-mofa",
    register="FR-XXX",
    decided=dt.date(2026, 6, 30),
    agreed=dt.date(2026, 7, 15),
    decision="D 2026-17",
    de_minimis=False,
)


def call(**fields: Any) -> Call:
    usual: dict[str, Any] = {
        "fund": "Fund 2026",
        "reference": "CDF/2026 – 1",
        "funder": "Ministry <of> Foreign Affairs",
        "funder_identifier": FUNDER,
        "currency": "EUR",
        "first_year": 2026,
        "closing_date": dt.date(2026, 3, 31),
    }
    return Call(**usual | fields)


def two(**fields: Any) -> Applications:
    """Two cities that are funded, and one that is not.

    With 30,000 in 2026 and 10,000 in 2027 AA-1 has its 12,000 in one year, BB-1 its 20,000 in
    halves; CC-1 is not eligible. ``fields`` are those of the call.
    """
    days: dict[str, Any] = {"start": dt.date(2026, 9, 1), "end": dt.date(2027, 8, 31)}
    halves = {2026: 10_000, 2027: 10_000}
    made = apply(
        city("AA", name="Zürich", legal_identifier="000 000 000 00018"),
        city("BB", name="Μαρούσι", legal_identifier=S2),
        city("CC", name="Nowhere"),
        ask("AA-1", 12_000, score=90, title="Water\ntogether", description="Two visits", **days),
        ask("BB-1", 20_000, score=80, by_year=halves, title="Air", description="One <b>visit</b>"),
        ask("CC-1", 5_000, eligible=False, comment="SECRET comment"),
        record("AA", comment="SECRET record"),
    )
    scores = (
        AssessorScore(
            activity="AA-1",
            assessor="SECRET person",
            criterion="x",
            score=Decimal(90),
            comment="SECRET note",
        ),
    )
    return made.model_copy(update={"call": call(**fields), "scores": scores})


WRITTEN: dict[tuple[str, str], bytes] = {}  # by applications and rules


def written(applications: Applications, folder: Path, rules: str = RULES) -> Path:
    """The award workbook of these applications, allocated once for all tests."""
    key = (applications.digest, rules)
    if key not in WRITTEN:
        WRITTEN[key] = award_workbook(allocate(applications, scenario(rules)))
    path = folder / "awards.xlsx"
    path.write_bytes(WRITTEN[key])
    return path


def published(
    folder: Path, applications: Applications, facts: Facts = ALL, *standards: str
) -> Publication:
    """What comes of publishing the awards; all standards where none is named."""
    return publication(verify(written(applications, folder)), facts, standards or STANDARDS)


def told(made: Publication) -> list[str]:
    assert made.files == {}, "nothing is written beside a fault"
    return [str(fault) for fault in made.faults]


def with_cities(folder: Path, text: str, **facts: Any) -> Facts:
    path = folder / "cities.csv"
    path.write_text(text, encoding="utf-8")
    return replace(ALL, **facts, cities=read_cities(path))


def grants(made: Publication) -> list[dict[str, Any]]:
    assert not made.faults, told(made)
    found: list[dict[str, Any]] = json.loads(made.files["360giving.json"])["grants"]
    return found


def sheet(made: Publication) -> Any:
    return openpyxl.load_workbook(io.BytesIO(made.files["360giving.xlsx"]))["grants"]


def lines(made: Publication) -> list[dict[str, str]]:
    assert not made.faults, told(made)
    text = made.files["fr-subventions.csv"].decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))
