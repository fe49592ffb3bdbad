"""One spoilt cell: the fault names it, says what it holds and what was expected."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from funding.workbook import parsing
from funding.workbook.cells import number
from tests.workbook.support import edited, sound, taken, texts, workbook

AMOUNT = "expected an amount such as 12500.00"
CODE = "expected a code such as GRE-1 (letters, digits, _ . -; at most 32)"
CITY_CODE = "expected a code such as GRE (letters, digits, _ . -; at most 32)"
TYPED = ", as a number and not as text:"
DATED = "expected a date such as 2026-03-31, as a date and not as text:"
POINTS = "expected a number from 0 to 100"
PERCENT = ", not a percentage: format the cell as a plain number and type it again"
AS_TEXT = ": format the cell as text and type it again"

FAULTS: list[tuple[str, Any, str]] = [
    # money
    ("Activities_M2", "12.5k", f'Activities!M2: Requested is "12.5k"; {AMOUNT}'),
    (
        "Activities_M2",
        "12500.30",
        f'Activities!M2: Requested is "12500.30"; {AMOUNT}{TYPED} 12500.30',
    ),
    (
        "Activities_M2",
        "12 500,30",
        f'Activities!M2: Requested is "12 500,30"; {AMOUNT}{TYPED} 12500.30',
    ),
    (
        "Activities_M2",
        "12.500,3 EUR",
        f'Activities!M2: Requested is "12.500,3 EUR"; {AMOUNT}{TYPED} 12500.30',
    ),
    (
        "Activities_M2",
        "€ 12,500",
        f'Activities!M2: Requested is "€ 12,500"; {AMOUNT}{TYPED} 12500.00 or 12.50',
    ),
    (
        "Activities_M2",
        "1 2500",
        f'Activities!M2: Requested is "1 2500"; {AMOUNT}, as a number and not as text',
    ),
    ("Activities_M2", None, f"Activities!M2: Requested is blank; {AMOUNT}"),
    ("Activities_M2", " \u00a0 ", f"Activities!M2: Requested is blank; {AMOUNT}"),
    ("Activities_M2", True, f"Activities!M2: Requested is TRUE; {AMOUNT}"),
    ("Activities_M2", -5, f"Activities!M2: Requested is -5; {AMOUNT} of at least 0"),
    (
        "Activities_M2",
        12_500.305,
        "Activities!M2: Requested is 12500.305; expected at most 2 decimals",
    ),
    (
        "Activities_M2",
        1e14,
        f"Activities!M2: Requested is 100000000000000; {AMOUNT} of at most 10,000,000,000,000",
    ),
    (
        "Activities_M2",
        dt.date(2026, 1, 2),
        f"Activities!M2: Requested is the date 2026-01-02; {AMOUNT}",
    ),
    ("Activities_M2", "#N/A", f"Activities!M2: Requested is the error #N/A; {AMOUNT}"),
    ("Activities_N2", "#DIV/0!", f"Activities!N2: Minimum viable is the error #DIV/0!; {AMOUNT}"),
    (
        "Activities_M2",
        "=12500+0.3",
        "Activities!M2: Requested is a formula that was saved without its result; "
        "recalculate and save the workbook in Excel",
    ),
    ("Activities_S2", "half", f'Activities!S2: Requested 2026 is "half"; {AMOUNT}'),
    # whole numbers
    (
        "Cities_E2",
        158_000.5,
        "Cities!E2: Population is 158000.5; expected a whole number of at least 1",
    ),
    ("Cities_E2", 0, "Cities!E2: Population is 0; expected a whole number of at least 1"),
    ("Cities_E2", False, "Cities!E2: Population is FALSE; expected a whole number of at least 1"),
    (
        "Cities_E2",
        "158000",
        f'Cities!E2: Population is "158000"; expected a whole number of at least 1{TYPED} 158000',
    ),
    (
        "Cities_H3",
        None,
        "Cities!H3: International staff is blank; expected a whole number of at least 0",
    ),
    # scores and degrees
    ("Assessment_D3", 100.5, "Assessment!D3: Score is 100.5; expected a number from 0 to 100"),
    ("Assessment_D3", -1, "Assessment!D3: Score is -1; expected a number from 0 to 100"),
    ("Assessment_D3", "high", 'Assessment!D3: Score is "high"; expected a number from 0 to 100'),
    ("Cities_M2", 91, "Cities!M2: Latitude is 91; expected a number from -90 to 90"),
    (
        "Cities_N2",
        "5.72",
        f'Cities!N2: Longitude is "5.72"; expected a number from -180 to 180{TYPED} 5.72',
    ),
    # codes and texts
    ("Cities_A3", "L L", f'Cities!A3: City code is "L L"; {CITY_CODE}; it holds a space'),
    (
        "Activities_A3",
        "A" * 33,
        f'Activities!A3: Activity code is "{"A" * 33}"; {CODE}; it has 33 characters',
    ),
    (
        "Activities_A3",
        "Ä-1",
        f'Activities!A3: Activity code is "Ä-1"; {CODE}'
        "; it holds Ä (latin capital letter a with diaeresis)",
    ),
    (
        "Activities_A3",
        "GRE-2\u200b",
        f'Activities!A3: Activity code is "GRE-2<U+200B>"; {CODE}'
        "; it holds <U+200B> (zero width space)",
    ),
    ("Activities_A3", 101, f"Activities!A3: Activity code is 101; {CODE}{AS_TEXT}"),
    ("Cities_B2", None, "Cities!B2: City is blank; expected a text"),
    ("Cities_C2", 1, f"Cities!C2: Legal identifier is 1; expected a text{AS_TEXT}"),
    (
        "Activities_D2",
        "x" * 5_001,
        "Activities!D2: Description has 5,001 characters; expected at most 5,000",
    ),
    # lists
    (
        "Activities_E2",
        "finance",
        'Activities!E2: Stream is "finance"; expected one of: financing, training, coordination '
        "(did you mean financing?)",
    ),
    (
        "Cities_K2",
        1,
        "Cities!K2: Coordination is 1; expected one of: formal, ad hoc, none",
    ),
    ("Assessment_B2", "y", 'Assessment!B2: Eligible is "y"; expected yes or no'),
    ("Assessment_B2", 1, "Assessment!B2: Eligible is 1; expected yes or no"),
    # dates
    (
        "Activities_J2",
        "2026-03-01",
        f'Activities!J2: Start is "2026-03-01"; {DATED} 2026-03-01',
    ),
    ("Activities_J2", "31.1.2026", f'Activities!J2: Start is "31.1.2026"; {DATED} 2026-01-31'),
    (
        "Activities_J2",
        "03/04/2026",
        f'Activities!J2: Start is "03/04/2026"; {DATED} 2026-03-04 or 2026-04-03',
    ),
    (
        "Activities_J4",
        46_082,
        "Activities!J4: Start is 46082; expected a date such as 2026-03-31: "
        "format the cell as a date",
    ),
    (
        "Activities_J2",
        dt.datetime(2026, 3, 1, 9, 30),  # noqa: DTZ001 - cells of Excel have no zone
        "Activities!J2: Start is the date 2026-03-01 09:30; expected a date such as 2026-03-31, "
        "without a time of day",
    ),
    (
        "Activities_J2",
        dt.date(1926, 3, 1),
        "Activities!J2: Start is the date 1926-03-01; expected a date such as 2026-03-31 "
        "from 1990 to 2100",
    ),
    ("Activities_J2", "soon", 'Activities!J2: Start is "soon"; expected a date such as 2026-03-31'),
    # countries
    (
        "Activities_I2",
        "UK",
        'Activities!I2: Partner country is "UK"; expected two-letter country codes such as SN, '
        'several separated by ";" (UK is GB in ISO 3166)',
    ),
    (
        "Activities_I2",
        "tunisia",
        'Activities!I2: Partner country is "tunisia"; expected two-letter country codes such as '
        'SN, several separated by ";" (Tunisia is TN)',
    ),
    (
        "Activities_I2",
        "SN, ML",
        'Activities!I2: Partner country is "SN, ML"; expected two-letter country codes such as '
        'SN, several separated by ";"',
    ),
    (
        "Activities_I2",
        "SN; ML; SN",
        'Activities!I2: Partner country is "SN; ML; SN"; expected SN only once',
    ),
    # settings
    (
        "Fund_B4",
        "Euro",
        'Fund!B4: Currency is "Euro"; expected a three-letter currency code such as EUR',
    ),
    ("Fund_B5", 26, "Fund!B5: First year is 26; expected a year from 1990 to 2100"),
    ("Fund_B2", None, "Fund!B2: Fund is blank; expected a text"),
    ("Fund_B6", "in May", 'Fund!B6: Opening date is "in May"; expected a date such as 2026-03-31'),
]


@pytest.mark.parametrize(("place", "value", "fault"), FAULTS)
def test_a_spoilt_cell_is_the_one_fault(place: str, value: Any, fault: str) -> None:
    """Only the cell is told of: what depends on it is not looked at."""
    intake = taken(workbook(**{place: value}))
    assert texts(intake.faults) == [fault]
    assert intake.applications is None


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("Activities_E2", " Financing\u00a0"),  # a list: letter case and spaces at the ends
        ("Assessment_B2", True),  # a tick box
        ("Assessment_B2", "YES"),
        ("Activities_I4", "na ;ML;"),
        ("Activities_M2", 12_500.300000000001),  # what Excel stores and does not show
        ("Cities_E2", 158_000.0),
        ("Cities_A2", "GRE "),
        ("Cities_D2", "South\u00a0"),
    ],
)
def test_what_looks_the_same_is_the_same(place: str, value: Any) -> None:
    assert taken(workbook(**{place: value})).require() == taken(workbook()).require()


def test_namibia_is_a_country() -> None:
    """The text NA is a code, not a missing value."""
    assert taken(workbook()).require().activities["LIL-1"].partner_countries == ("NA", "ML")


def test_decomposed_accents_are_composed() -> None:
    cities = taken(workbook(Cities_B2="Orle\u0301ans", Cities_D3="L’ Î\u00a0du  Nord")).require()
    assert cities.cities["GRE"].name == "Orl\u00e9ans"
    assert cities.cities["LIL"].region == "L’ Î du Nord"


@pytest.mark.parametrize(
    ("currency", "value", "fault"),
    [
        ("JPY", 12_500.5, "Requested is 12500.5; expected no decimals: JPY has none"),
        ("JPY", "12k", 'Requested is "12k"; expected an amount such as 12500'),
        ("EUR", 12_500.123, "Requested is 12500.123; expected at most 2 decimals"),
    ],
)
def test_decimals_follow_the_currency(currency: str, value: Any, fault: str) -> None:
    intake = taken(workbook(Fund_B4=currency, Activities_M3=value))
    assert f"Activities!M3: {fault}" in texts(intake.faults)


def test_every_fault_is_told_at_once() -> None:
    cells = sound()
    cells["Cities"][1][4] = "many"
    cells["Activities"][1][12] = "12.5k"
    cells["Activities"][2][4] = "schooling"
    cells["Assessment"][1][2] = True
    places = [fault.place for fault in taken(workbook(cells)).faults]
    assert places == ["Cities!E2", "Activities!M2", "Activities!E3", "Assessment!C2"]


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (0.1 + 0.2, Decimal("0.3")),
        (12500.300000000001, Decimal("12500.3")),
        (-0.0, Decimal(0)),
        (7, Decimal(7)),
        (Decimal("1.10"), Decimal("1.1")),
        (True, None),
        ("7", None),
        (math.nan, None),
        (math.inf, None),
    ],
)
def test_numbers_are_those_that_excel_shows(value: Any, exact: Decimal | None) -> None:
    assert number(value) == exact


def _shown_as(form: str, place: str, value: float) -> bytes:
    def change(book: openpyxl.Workbook) -> None:
        sheet, _, cell = place.partition("!")
        book[sheet][cell] = value
        book[sheet][cell].number_format = form

    return edited(workbook(), change)


@pytest.mark.parametrize(
    ("form", "place", "value", "fault"),
    [
        ("0.0%", "Assessment!D3", 0.815, f"Score is 81.5 %; {POINTS}{PERCENT}"),
        ("0%", "Assessment!D3", 1.05, f"Score is 105 %; {POINTS}{PERCENT}"),
        ("0.00%;[Red]-0.00%", "Activities!M2", 0.5, f"Requested is 50 %; {AMOUNT}{PERCENT}"),
    ],
)
def test_a_percentage_is_no_plain_number(form: str, place: str, value: float, fault: str) -> None:
    """81.5 % is held as 0.815: whether the one or the other is meant cannot be known."""
    assert texts(taken(_shown_as(form, place, value)).faults) == [f"{place}: {fault}"]


def test_a_percent_sign_that_is_only_written_makes_no_percentage() -> None:
    data = _shown_as('0" % of points"', "Assessment!D3", 70.5)
    assert taken(data).require() == taken(workbook()).require()


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\ufeff", "\u2066"])
def test_what_is_never_seen_is_no_content(unseen: str) -> None:
    """A title of nothing else is blank; an assessor is the same with and without; in a code it
    is a fault."""
    assert texts(taken(workbook(Activities_C3=unseen)).faults) == [
        "Activities!C3: Title is blank; expected a text"
    ]
    assert (
        taken(workbook(Activities_C3=f"Cour{unseen}ses")).require() == taken(workbook()).require()
    )
    twice = texts(taken(workbook(Scores_B3=f"Ada{unseen}", Scores_C3="quality")).faults)
    assert len(twice) == 1
    assert "Ada scored activity GRE-1 twice on quality" in twice[0]
    assert "it holds <U+" in texts(taken(workbook(Cities_A3=f"L{unseen}IL")).faults)[0]


def test_letters_that_look_alike_are_named() -> None:
    """The Cyrillic а in a word of a list."""
    assert texts(taken(workbook(Activities_E2="fin\u0430ncing")).faults) == [
        'Activities!E2: Stream is "fin\u0430ncing"; expected one of: financing, training, '
        "coordination (did you mean financing?); it holds \u0430 (cyrillic small letter a)"
    ]


def test_a_day_that_does_not_exist_is_said_so() -> None:
    assert texts(taken(workbook(Activities_J2="31/02/2026")).faults) == [
        'Activities!J2: Start is "31/02/2026"; expected a date such as 2026-03-31; '
        "there is no such day"
    ]


def test_amounts_in_messages_have_the_decimals_of_the_currency() -> None:
    cells = sound()
    for row in cells["Activities"][1:]:
        row[11:20] = [3_000, 2_000, None, 1_000, None, None, None, None, None]
    cells["Activities"][1][11] = 3_001
    cells["Cities"][2][5] = 20_000
    cells["Assessment"][1][2] = cells["Assessment"][3][5] = None
    assert texts(taken(workbook(cells, Fund_B4="JPY")).faults) == [
        "Activities!L2: Total cost is 3,001 JPY; expected Requested + Own cash + Own in kind "
        "+ Other funding = 3,000 JPY"
    ]


def test_faults_without_end_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two faults a row: with at most three, the third row is not looked at."""
    monkeypatch.setattr(parsing, "MOST_FAULTS", 3)
    cells = sound()
    cells["Cities"] += [["PAU", "Pau"] + [None] * 12]
    for row in cells["Cities"][1:]:
        row[4] = row[7] = "many"
    faults = [fault for fault in taken(workbook(cells)).faults if fault.sheet == "Cities"]
    assert [fault.cell for fault in faults] == ["E2", "H2", "3", "E3", "H3"]
    assert faults[2].message == (
        "more than 3 faults up to this row; correct these first: the rows below were not looked at"
    )
