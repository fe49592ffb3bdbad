"""Pairing the columns of a foreign workbook: what is proposed, asked for, made and opened."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from funding.app.pairing import (
    Choices,
    Room,
    SheetChoice,
    example,
    foreign_files,
    foreign_words,
    headers_of,
    lacks_codes,
    mapping_of,
    option_label,
    options,
    problems,
    wanted,
)
from funding.errors import InputError
from funding.workbook.mapping import mapping_toml, parse_mapping
from tests.app.support import bench, button, city_file, intake, sound, start, turn, upload, words
from tests.workbook.support import saved

REAL = Path(__file__).resolve().parents[3] / "shared/data/alw-foundation-grants-2011-2020.xlsx"
HEADERS = ["Commune", "Région", "Habitants", "Projet", "Domaine", "Requested", "Apport", "Début"]
ROWS: list[list[Any]] = [
    ["Grenoble", "Alpes", 158_000, "Eau propre", "Eau", "20 000,00", 0, "01/03/2026"],
    ["Lyon", "Rhône", 522_000, "Cours", "Formation", 6000, 0, dt.date(2026, 4, 15)],
]
PAIRS = {
    "Commune": ["City code", "City"],
    "Région": ["Region"],
    "Habitants": ["Population"],
    "Projet": ["Title"],
    "Domaine": ["Theme", "Stream"],
    "Requested": ["Requested", "Total cost"],
    "Apport": ["Own cash"],
    "Début": ["Start"],
}
CONSTANTS = {
    "Own engagement budget": "100000",
    "International staff": "1",
    "Staff with relevant training": "0",
    "Coordination": "none",
    "Assessment: Score": "50",
}
FUND = {"Fund": "Regional fund", "Reference": "RF-26", "Currency": "EUR", "First year": "2026"}


def foreign(*, title_row: bool = True) -> bytes:
    """A region's own list, under a title that stands in row 1."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Demandes"
    for row in [["Demandes 2026"]] * title_row + [HEADERS, *ROWS]:
        sheet.append(row)
    return saved(book)


def room() -> Room:
    return Room.of([("demandes.xlsx", foreign())], ["demandes.xlsx"])


def choices(**changes: Any) -> Choices:
    sheet = {
        "title": "Demandes",
        "header_row": 2,
        "columns": PAIRS,
        "number_rows": "P",
        "constants": CONSTANTS,
        "words": {"Stream": {"Eau": "financing", "Formation": "training"}},
    }
    conventions = {"dates": ["DD/MM/YYYY"], "decimal": ",", "thousands": " "}
    return Choices("Demandes", [SheetChoice(**{**sheet, **changes})], FUND, conventions)


def test_only_sound_workbooks_without_our_sheets_are_foreign() -> None:
    files = [
        ("ours.xlsx", city_file("GRE")),
        ("theirs.xlsx", foreign()),
        ("text.xlsx", b"name;amount"),
        ("table.csv", b"name;amount"),
    ]
    assert foreign_files(files, None) == ("theirs.xlsx",)
    assert foreign_files(files, mapping_of(choices())) == ()  # the mapping fits it


def test_the_row_of_the_headers_is_found_under_a_title() -> None:
    assert room().header_row("Demandes") == 2
    other = Room.of([("a.xlsx", foreign(title_row=False))], ["a.xlsx"])
    assert other.header_row("Demandes") == 1


def test_a_column_is_told_by_its_first_values() -> None:
    table = room().table("Demandes", 2)
    assert headers_of(table) == HEADERS
    assert example(table, "Commune") == "Grenoble, Lyon"
    assert example(table, "Requested") == "20 000,00, 6000"


def test_what_can_be_filled_is_named_with_its_sheet() -> None:
    known = options("2026")
    assert {"Requested", "City code", "Assessment: Score", "Requested 2027"} <= set(known)
    assert "Requested 2027" not in options("")
    assert option_label("Assessment: Score") == "Score (Assessment)"
    assert option_label("City code") == "City code (all sheets)"
    for header in known:
        option_label(header)  # each is a header that a mapping may name


def test_what_our_sheets_need_and_no_column_gives_is_asked_for() -> None:
    """Cities needs seven columns but its code, Activities eight but its codes; see
    docs/workbook.md for the stars."""
    assert wanted({"x": ["Population"]}, "") == [
        "City",
        "Region",
        "Own engagement budget",
        "International staff",
        "Staff with relevant training",
        "Coordination",
    ]
    assert wanted(PAIRS, "P") == [
        "Own engagement budget",
        "International staff",
        "Staff with relevant training",
        "Coordination",
    ]
    assert wanted({}, "") == []


def test_activities_without_codes_are_seen() -> None:
    assert lacks_codes(PAIRS)
    assert not lacks_codes({**PAIRS, "Code": ["Activity code"]})
    assert not lacks_codes({"x": ["Population"]})


def test_words_of_a_list_that_are_not_ours_are_to_be_translated() -> None:
    table = room().table("Demandes", 2)
    assert foreign_words(table, "Domaine", "Stream") == ["Eau", "Formation"]


def test_the_choices_make_a_mapping_that_reads_the_workbook() -> None:
    mapping = mapping_of(choices())
    made = room().would_give(mapping, mapping_toml(mapping))
    assert not isinstance(made, str)
    applications = made.require()
    assert set(applications.cities) == {"Grenoble", "Lyon"}
    assert {a.code: a.requested for a in applications.activities.values()} == {
        "P3": 2_000_000,  # cents
        "P4": 600_000,
    }
    assert applications.activities["P3"].start == dt.date(2026, 3, 1)
    assert applications.call.first_year == 2026
    assert parse_mapping(mapping_toml(mapping)) == mapping


def test_constants_are_taken_as_what_the_column_holds() -> None:
    (sheet,) = mapping_of(choices()).sheets
    assert sheet.defaults["Own engagement budget"] == Decimal(100_000)
    assert '"First year" = 2026\n' in mapping_toml(mapping_of(choices()))
    assert sheet.defaults["Coordination"] == "none"


def test_what_is_wrong_with_a_mapping_names_the_sheet() -> None:
    with pytest.raises(InputError) as caught:
        mapping_of(choices(constants={"Population": "many"}))
    told = problems(str(caught.value), ["Demandes"])
    assert told
    assert all(line.startswith("Demandes: ") for line in told)
    assert any("many" in line for line in told)


def test_what_is_lacking_is_told() -> None:
    with pytest.raises(InputError) as caught:
        mapping_of(choices(constants={}))
    (line,) = problems(str(caught.value), ["Demandes"])
    assert line.startswith("Demandes: sheet Cities needs Own engagement budget")


# In the workbench.


def pair(at: AppTest, title: str, row: int, pairs: dict[str, list[str]]) -> None:
    key = f"{number(at)} {title} {row}"
    for theirs, own in pairs.items():
        at.multiselect(key=f"{key} {theirs}").set_value(own)
    sound(at.run())


def number(at: AppTest) -> int:
    waiting = bench(at).pairing
    assert waiting is not None
    return waiting.number


def fill(at: AppTest, title: str, constants: dict[str, str]) -> None:
    """Type settings of sheet Fund and constants."""
    for setting, text in FUND.items():
        at.text_input(key=f"{number(at)} fund {setting}").set_value(text)
    at.multiselect(key=f"{number(at)} {title} more").set_value(["Assessment: Score"])
    sound(at.run())
    for header, text in constants.items():
        key = f"{number(at)} {title} constant {header}"
        if header == "Coordination":
            at.selectbox(key=key).set_value(text)
        else:
            at.text_input(key=key).set_value(text)
    sound(at.run())


def test_a_foreign_workbook_is_paired_and_opened() -> None:
    at = upload(start(), ("demandes.xlsx", foreign()))
    assert "Pair the columns of demandes.xlsx" in words(at)
    suggested = at.multiselect(key=f"{number(at)} Demandes 2 Requested")
    assert suggested.value == ["Requested"]
    pair(at, "Demandes", 2, PAIRS)
    assert "Demandes: sheet Cities needs" in words(at)
    fill(at, "Demandes", CONSTANTS)
    for word, own in (("Eau", "financing"), ("Formation", "training")):
        at.selectbox(key=f"{number(at)} Demandes Stream is {word}").set_value(own)
    key = f"{number(at)} convention"
    at.multiselect(key=f"{key} dates").set_value(["DD/MM/YYYY"])
    at.selectbox(key=f"{key} decimal").set_value(",")
    sound(at.run())
    at.selectbox(key=f"{key} thousands").set_value(" ")
    sound(at.run())
    assert "**What it gives:** no faults" in words(at)
    sound(button(at, "Open with this mapping").click().run())
    assert bench(at).pairing is None
    assert set(intake(at).require().cities) == {"Grenoble", "Lyon"}
    assert "read through the mapping" in words(at)  # a note of stage File, said first
    assert bench(at).record.entries[-1].action == "opened"


def test_choices_stay_through_a_change_of_page() -> None:
    at = upload(start(), ("demandes.xlsx", foreign()))
    pair(at, "Demandes", 2, {"Habitants": ["Population"]})
    turn(at, "decide")
    turn(at, "applications")
    assert at.multiselect(key=f"{number(at)} Demandes 2 Habitants").value == ["Population"]


def test_pairing_can_be_given_up() -> None:
    at = upload(start(), ("demandes.xlsx", foreign()))
    sound(button(at, "Cancel").click().run())
    assert bench(at).pairing is None
    assert bench(at).opened is not None
    assert bench(at).opened.sample  # type: ignore[union-attr]


def test_an_uploaded_mapping_is_used_for_the_files_that_it_fits() -> None:
    at = turn(start(), "applications")
    at.file_uploader[0].upload("demandes.xlsx", foreign())
    toml = mapping_toml(mapping_of(choices()))
    at.file_uploader[1].upload("demandes.toml", toml.encode())
    sound(at.run())
    sound(button(at, "Open these files").click().run())
    assert set(intake(at).require().cities) == {"Grenoble", "Lyon"}


def test_an_uploaded_mapping_that_is_wrong_is_refused_in_sentences() -> None:
    at = turn(start(), "applications")
    at.file_uploader[0].upload("demandes.xlsx", foreign())
    at.file_uploader[1].upload("wrong.toml", b'name = "x"\nshet = "Demandes"')
    sound(at.run())
    sound(button(at, "Open these files").click().run())
    assert "The mapping cannot be used:" in words(at)
    assert "shet is not known" in words(at)


def test_a_foreign_file_among_ours_can_be_paired() -> None:
    at = upload(start(), ("grenoble.xlsx", city_file("GRE")), ("demandes.xlsx", foreign()))
    assert "demandes.xlsx has none of our sheets" in words(at)
    sound(button(at, "Pair the columns").click().run())
    assert number(at)


@pytest.mark.skipif(not REAL.is_file(), reason="the published grants are not at hand")
def test_the_grants_that_a_foundation_published_are_paired() -> None:
    """475 grants; pairs as in inputs/mappings/alw-foundation.toml, the stream a constant."""
    at = upload(start(), (REAL.name, REAL.read_bytes()))
    pair(
        at,
        "Sheet1",
        1,
        {
            "Identifier": ["Activity code"],
            "Title": ["Title"],
            "Currency": ["Currency"],
            "Amount Applied For": ["Requested", "Total cost"],
            "Award Date": ["Start"],
            "Recipient Org:Identifier": ["City code", "Legal identifier"],
            "Recipient Org:Name": ["City"],
            "Recipient Org:City": ["Region"],
            "Grant Programme: Title": ["Theme"],
            "Funding Org:Identifier": ["Funder identifier"],
            "Funding Org:Name": ["Funder"],
        },
    )
    for setting, text in (("Fund", "Grants"), ("Reference", "G-1"), ("First year", "2011")):
        at.text_input(key=f"{number(at)} fund {setting}").set_value(text)
    key = f"{number(at)} Sheet1"
    at.multiselect(key=f"{key} more").set_value(["Assessment: Score", "Region"])
    sound(at.run())
    typed = {
        "Population": "1", "Own engagement budget": "0", "International staff": "0",
        "Staff with relevant training": "0", "Own cash": "0", "Assessment: Score": "50",
        "Region": "not stated",
    }  # fmt: skip
    for header, text in typed.items():
        at.text_input(key=f"{key} constant {header}").set_value(text)
    at.selectbox(key=f"{key} constant Coordination").set_value("none")
    at.selectbox(key=f"{key} constant Stream").set_value("financing")
    at.checkbox(key=f"{number(at)} convention clean").set_value(True)
    at.multiselect(key=f"{number(at)} convention dates").set_value(["YYYY-MM-DD"])
    sound(at.run())
    assert "475 rows" in words(at)
    sound(button(at, "Open with this mapping").click().run())
    assert len(intake(at).require().activities) == 475
