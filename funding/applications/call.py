"""The call for applications: sheet Fund of the application workbook."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from funding.applications.columns import CellKind as _K
from funding.applications.columns import Column, Record

FORMAT = 1  # of the application workbook
SYNTHETIC = "SYNTHETIC DATA: for demonstration, no award is real"


class Call(Record):
    """The call for applications: what sheet ``Fund`` says of the fund, but for its rules."""

    fund: Annotated[
        str,
        Column(
            "Fund", _K.TEXT, "Name of the fund", required=True, example="City Diplomacy Fund 2026"
        ),
    ]
    reference: Annotated[
        str,
        Column(
            "Reference",
            _K.TEXT,
            "The call's reference, as on letters",
            required=True,
            example="CDF-2026",
        ),
    ]
    funder: Annotated[
        str,
        Column("Funder", _K.TEXT, "The ministry or agency", example="Ministry of Foreign Affairs"),
    ] = ""
    funder_identifier: Annotated[
        str, Column("Funder identifier", _K.TEXT, "Its public identifier", example="XX-GOV-0001")
    ] = ""
    currency: Annotated[
        str,
        Column("Currency", _K.CURRENCY, "ISO 4217 code, such as EUR", required=True, example="EUR"),
    ]
    first_year: Annotated[
        int,
        Column(
            "First year",
            _K.YEAR,
            "The first year in which the fund pays",
            required=True,
            least=1990,
            most=2100,
            example="2026",
        ),
    ]
    opening_date: Annotated[
        dt.date | None,
        Column("Opening date", _K.DATE, "When the call opened", example="2025-09-01"),
    ] = None
    closing_date: Annotated[
        dt.date | None,
        Column("Closing date", _K.DATE, "When the call closed", example="2025-11-30"),
    ] = None
    draw_number: Annotated[
        str,
        Column(
            "Draw number",
            _K.TEXT,
            "For drawn lots between equals; publish it before the closing date",
            example="48 1507 2264",
        ),
    ] = ""
    workbook_format: Annotated[
        int,
        Column("Workbook format", _K.COUNT, "Leave at 1", least=1, example="1"),
    ] = FORMAT

    @property
    def banner(self) -> str:
        """What every page on invented data says; empty for a real fund."""
        return SYNTHETIC if "synthetic" in self.fund.casefold() else ""
