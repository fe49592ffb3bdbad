"""Foreign workbooks: what a mapping declares is applied and noted, the rest is a fault there."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from funding.workbook.foreign import read_foreign
from funding.workbook.mapping import Mapping, parse_mapping
from funding.workbook.tables import Table
from tests.workbook.grants import (
    DEFAULTS,
    FIRST,
    FUND,
    HEADERS,
    PAIRS,
    SECOND,
    STREAMS,
    changed,
    grants,
    make_mapping,
    notes,
    pairing,
    taken,
)
from tests.workbook.support import texts, workbook

DOC = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")


def test_a_row_is_an_activity_with_its_city_and_its_assessment() -> None:
    applications = taken(grants()).require()
    assert {code: city.name for code, city in applications.cities.items()} == {
        "GRE": "Grenoble",
        "LIL": "Lille",
    }
    first, second = applications.activities.values()
    assert (first.code, first.city, first.title, first.stream, first.theme) == (
        *("A-1", "GRE", "Water"),
        "financing",
        "loan",
    )
    assert (first.requested, first.total_cost, first.start) == (50000, 50000, dt.date(2026, 3, 1))
    assert (second.stream, second.requested) == ("training", 30050)
    assert [x.score for x in applications.assessments.values()] == [50, 50]
    assert (applications.call.currency, applications.call.reference) == ("EUR", "CF-26")


def test_the_mapping_is_noted_with_all_that_it_gives() -> None:
    told = texts(taken(grants(), pairing(note="Budgets are assumed.")).notes)
    assert 'read through the mapping "Grants". It says: Budgets are assumed.' in told
    assert (
        'Fund: the mapping gives: Fund "City fund", Reference "CF-26", Currency "EUR", '
        "First year 2026"
    ) in told
    assert any(
        note.startswith("Grants: all rows have from the mapping: ") and "Population 1" in note
        for note in told
    )


def test_rows_keep_the_foreign_sheet_number_and_letters() -> None:
    tables, faults = read_foreign("", grants(), pairing())
    assert [fault for fault in faults if fault.blocks] == []
    activities = tables["Activities"]
    row = activities.rows[1]
    assert (row.number, row.sheet) == (3, "Grants")
    letters = dict(zip(activities.headers, row.letters, strict=True))
    assert (letters["Requested"], letters["Theme"], letters["Stream"]) == ("G", "F", "F")
    assert letters["Own cash"] == ""
    assert activities.value(row, activities.headers.index("Own cash")) == 0


def test_faults_name_the_foreign_cell() -> None:
    """One of each: an amount, a word, a code and a date that nothing declares; a code twice."""
    data = grants(G2="12.5k", F3="gift", B3="LI L", I2="01/03/2026", A3="A-1")
    told = sorted(texts(taken(data).faults))
    assert told[:-1] == [
        'Grants!A3: "A-1" stands twice; it is already in Grants!A2',
        'Grants!B3: City code is "LI L"; expected a code such as GRE (letters, digits, _ . -; '
        "at most 32); it holds a space",
        'Grants!F3: Stream is "gift"; expected one of: financing, training, coordination',
        'Grants!G2: Requested is "12.5k"; expected an amount such as 12500.00',
    ]
    assert told[-1].startswith('Grants!I2: Start is "01/03/2026"; expected a date such as')


def test_error_cells_are_never_taken_for_values() -> None:
    told = texts(taken(grants(G2="#N/A", F3="=1+1")).faults)
    assert any(text.startswith("Grants!G2: Requested is the error #N/A") for text in told)
    assert any(text.startswith("Grants!F3: Stream is a formula that was saved") for text in told)


# --- what the mapping declares ---------------------------------------------------------


def test_text_dates_and_true_dates() -> None:
    data = grants(FIRST, changed(SECOND, From="05/04/2026"), changed(SECOND, Ref="A-3", From=""))
    intake = taken(data, pairing(conventions={"dates": ["YYYY-MM-DD", "DD/MM/YYYY"]}))
    starts = [a.start for a in intake.require().activities.values()]
    assert starts == [dt.date(2026, 3, 1), dt.date(2026, 4, 5), None]
    assert any(
        note.startswith(
            'Grants!I3: "From": 1 date is text, read as DD/MM/YYYY; 1 true date is there too'
        )
        for note in notes(intake)
    )


def test_numbers_that_are_text() -> None:
    data = grants(G2="1\u00a0234,50", H2=1234.5)
    intake = taken(data, pairing(conventions={"decimal": ",", "thousands": " "}))
    assert intake.require().activities["A-1"].requested == 123450
    assert (
        'Grants!G2: "Ask": 1 number is text, read with "," before decimals and spaces '
        "between thousands" in notes(intake)
    )
    assert not taken(data).sound


def test_words_match_in_any_letter_case_and_are_listed() -> None:
    intake = taken(grants(FIRST, changed(SECOND, Kind="COURSE")))
    assert intake.require().activities["A-2"].stream == "training"
    assert (
        'Grants!F2: "Kind": 2 words are translated for Stream: "loan" is financing, "COURSE" '
        "is training "
        "(the first is in F2)"
    ) in notes(intake)


def test_words_for_numbers_and_truth() -> None:
    values = STREAMS | {"Eligible": {"1": "yes", "0": "no", "true": "yes"}}
    headers = [*HEADERS, "Ok"]
    rows = [[*FIRST, 1], [*SECOND, 0], [*changed(FIRST, Ref="A-3", Project="Air"), True]]
    data = workbook({"Grants": [headers, *rows]})
    intake = taken(data, pairing(PAIRS | {"Ok": "Eligible"}, values=values))
    assert [x.eligible for x in intake.require().assessments.values()] == [True, False, True]


def test_defaults_stand_in_blank_cells_and_are_noted() -> None:
    data = grants(D3=None)
    assert texts(taken(data).faults) == ["Grants!D3: Region is blank; expected a text"]
    intake = taken(data, pairing(defaults=DEFAULTS | {"Region": "not stated"}))
    assert intake.require().cities["LIL"].region == "not stated"
    assert intake.require().cities["GRE"].region == "South"
    assert (
        'Grants!D3: "Area": 1 cell is blank; the mapping gives Region "not stated" there'
    ) in notes(intake)


def test_blank_cells_are_noted_where_they_are_no_fault() -> None:
    assert 'Grants!I3: "From": 1 cell is blank' in notes(taken(grants()))


def test_rows_are_numbered_where_there_is_no_code() -> None:
    pairs = {theirs: ours for theirs, ours in PAIRS.items() if theirs != "Ref"}
    intake = taken(grants(), pairing(pairs, number_rows="P-"))
    assert list(intake.require().activities) == ["P-2", "P-3"]
    assert list(intake.require().assessments) == ["P-2", "P-3"]


def test_codes_are_cleaned_where_the_mapping_says_so() -> None:
    clean = {"clean_codes": True}
    data = grants(changed(FIRST, Town="Saint-Étienne (42)"), SECOND)
    assert not taken(data).sound
    intake = taken(data, pairing(conventions=clean))
    assert list(intake.require().cities) == ["Saint-Etienne__42_", "LIL"]
    assert (
        'Grants!B2: "Town": 1 code is cleaned: "Saint-Étienne (42)" is Saint-Etienne__42_'
    ) in notes(intake)


def test_codes_that_become_the_same_are_a_fault() -> None:
    """A:B and A/B are both A_B; told once though A/B stands twice."""
    data = grants(
        changed(FIRST, Town="A:B"),
        changed(SECOND, Town="A/B"),
        changed(SECOND, Town="A/B", Ref="A-3", Project="Air"),
    )
    told = texts(taken(data, pairing(conventions={"clean_codes": True})).faults)
    assert told == [
        'Grants!B3: City code "A/B" becomes A_B, as does "A:B" in B2; expected codes that stay '
        "different: rename one of them in the workbook"
    ]


def test_numbers_under_codes_and_texts() -> None:
    data = grants(changed(FIRST, Town=38, Project=2026), SECOND)
    told = texts(taken(data).faults)
    assert len(told) == 2
    assert all(text.startswith(("Grants!B2: City code is 38", "Grants!E2: Title")) for text in told)
    intake = taken(data, pairing(conventions={"numbers_as_text": True}))
    assert intake.require().activities["A-1"].city == "38"
    assert intake.require().activities["A-1"].title == "2026"
    assert 'Grants!B2: "Town": 1 number is whole and read as text, by the digits' in notes(intake)
    assert not taken(grants(B2=3.5), pairing(conventions={"numbers_as_text": True})).sound


# --- settings from a column ------------------------------------------------------------


def with_currency(*codes: str | None) -> bytes:
    rows = [
        [*changed(FIRST, Ref=f"A-{n}", Project=f"Plan {n}"), code] for n, code in enumerate(codes)
    ]
    return workbook({"Grants": [[*HEADERS, "Money"], *rows]})


def in_column(**fund: Any) -> Mapping:
    rest = {header: value for header, value in FUND.items() if header != "Currency"}
    return pairing(PAIRS | {"Money": "Currency"}, fund=rest | fund)


def test_a_currency_that_all_rows_share() -> None:
    assert taken(with_currency("GBP", "gbp"), in_column()).require().call.currency == "GBP"


def test_a_currency_that_differs() -> None:
    """Once for each other value, not for each row."""
    intake = taken(with_currency("GBP", "USD", "USD", None), in_column())
    assert [text for text in texts(intake.faults) if "Grants!J" in text] == [
        'Grants!J3: Currency is "USD"; expected "GBP" as in J2: one call has one',
        'Grants!J5: Currency is blank; expected "GBP" as in J2: one call has one',
    ]
    assert taken(with_currency("GBP", None), in_column(Currency="GBP")).sound


def test_a_currency_that_is_none() -> None:
    told = texts(taken(with_currency("pounds"), in_column()).faults)
    assert any(t.startswith('Grants!J2: Currency is "pounds"; expected a three-let') for t in told)


# --- columns and sheets ----------------------------------------------------------------


def test_columns_that_are_missing_or_twice() -> None:
    """Area is written Aera, Project is gone, Kind stands twice: three faults."""
    told = [
        text
        for text in texts(taken(grants(D1="Aera", E1="Name of it", H1="kind")).faults)
        if text.startswith("Grants")
    ]
    assert told == [
        'Grants: no column "Area", which fills Region; is it "Aera" in D1? Rename that header, '
        "or correct the mapping",
        'Grants: no column "Cost", which fills Total cost; expected this header in row 1',
        'Grants: no column "Project", which fills Title; expected this header in row 1',
        'Grants!H1: column "Kind" stands twice; it is already in F1',
    ]


def test_cells_are_still_read_where_a_column_is_missing() -> None:
    told = texts(taken(grants(D1="Aera", G2="x")).faults)
    assert any(text.startswith('Grants!G2: Requested is "x"') for text in told)


def test_columns_and_sheets_that_are_not_read_are_noted_once() -> None:
    rows: list[list[Any]] = [[*HEADERS, "Officer", None, "Fax"], [*FIRST, "AB", "stray", None]]
    told = texts(taken(workbook({"Grants": rows, "Lists": [["x"]], "Old": [["y"]]})).notes)
    assert (
        'Grants: not part of the mapping and not read: "Officer", column K, which has no header, '
        '"Fax"'
    ) in told
    assert 'sheets that are not part of the mapping and were not read: "Lists", "Old"' in told


def test_rows_without_a_mapped_cell_are_left_out() -> None:
    headers, total = [*HEADERS, "Officer"], [None] * 9 + ["checked by AB"]
    intake = taken(workbook({"Grants": [headers, FIRST, [], total]}))
    assert len(intake.require().activities) == 1
    assert (
        "Grants!4: this row has text only in columns that are not mapped and was not read"
    ) in notes(intake)


def test_a_total_below_the_rows_is_a_fault() -> None:
    told = texts(taken(grants(FIRST, [None] * 6 + [800.5, None, None])).faults)
    assert (
        "Grants!A3: Activity code is blank; expected a code such as GRE-1 (letters, digits, "
        in (" ".join(told))
    )


def test_headers_further_down_and_in_other_spelling() -> None:
    data = workbook({" grants": [["Grants of 2026"], [], [h.upper() for h in HEADERS], FIRST]})
    mapping = make_mapping(
        "Grants", "Grants", 3, PAIRS, fund=FUND, defaults=DEFAULTS, values=STREAMS
    )
    assert list(taken(data, mapping).require().activities) == ["A-1"]


def test_our_own_workbooks_are_read_as_ours() -> None:
    assert taken(workbook()).sound


CITIES = """
[[sheets]]
sheet = "Towns"
columns = { "Code" = "City code", "Name" = "City", "People" = "Population" }
[sheets.defaults]
"Region" = "North"
"Own engagement budget" = 0
"International staff" = 0
"Staff with relevant training" = 0
"Coordination" = "none"
"""
PROJECTS = """
[[sheets]]
sheet = "Projects"
number_rows = "P"
columns = { "Town" = "City code", "What" = ["Title", "Theme"], "Ask" = ["Requested", "Total cost"] }
defaults = { "Stream" = "financing", "Own cash" = 0, "Assessment: Score" = 50 }
"""
HEAD = """
name = "Two"
[fund]
"Fund" = "F"
"Reference" = "R"
"Currency" = "EUR"
"First year" = 2026
"""
TOWNS: list[list[Any]] = [
    ["Code", "Name", "People"],
    ["GRE", "Grenoble", 158_000],
    ["LIL", "Lille", 238_000],
]
ASKS: list[list[Any]] = [
    ["Town", "What", "Ask"],
    ["GRE", "Water", 5],
    ["GRE", "Air", 6],
    ["LIL", "Law", 7],
]


def test_a_sheet_of_cities_and_one_of_projects() -> None:
    mapping = parse_mapping(HEAD + CITIES + PROJECTS)
    applications = taken(workbook({"Towns": TOWNS, "Projects": ASKS}), mapping).require()
    assert [c.population for c in applications.cities.values()] == [158_000, 238_000]
    assert {code: a.city for code, a in applications.activities.items()} == {
        "P2": "GRE",
        "P3": "GRE",
        "P4": "LIL",
    }


def test_codes_of_two_foreign_sheets_are_held_together() -> None:
    """The city code twice in a sheet of cities, and one that no city has."""
    mapping = parse_mapping(HEAD + CITIES + PROJECTS)
    data = workbook(
        {"Towns": [*TOWNS, ["GRE", "Grenoble", 9]], "Projects": [*ASKS, ["LIK", "Sea", 8]]}
    )
    assert sorted(texts(taken(data, mapping).faults)) == [
        'Projects!A5: "LIK" is not a code of sheet Cities; did you mean LIL?',
        'Towns!A4: "GRE" stands twice; it is already in Towns!A2',
    ]


def test_a_mapped_sheet_that_is_not_there() -> None:
    mapping = parse_mapping(HEAD + CITIES + PROJECTS)
    told = texts(taken(workbook({"Towns": TOWNS, "Project": ASKS}), mapping).faults)
    assert (
        'Projects: no sheet "Projects", which the mapping reads; is it "Project"? Rename it, or '
        "correct the mapping"
    ) in told


def test_scores_are_finer_than_activities() -> None:
    """Three scores of two activities of one city: one city, two activities, three scores."""
    pairs = PAIRS | {"Judge": "Assessor", "Mark": "Scores: Score"}
    defaults = DEFAULTS | {"Assessment: Score": "", "Criterion": "merit"}
    rows = [
        [*FIRST, "Ada", 80],
        [*FIRST, "Ben", 90],
        [*changed(FIRST, Ref="A-2", Project="Air"), "Ada", 70],
    ]
    data = workbook({"Grants": [[*HEADERS, "Judge", "Mark"], *rows]})
    applications = taken(data, pairing(pairs, defaults=defaults)).require()
    assert (len(applications.cities), len(applications.activities)) == (1, 2)
    assert [applications.score(code) for code in ("A-1", "A-2")] == [85, 70]


def test_read_foreign_gives_tables_of_ours() -> None:
    tables, _ = read_foreign("", grants(), pairing())
    assert set(tables) == {"Fund", "Cities", "Activities", "Assessment"}
    assert all(isinstance(table, Table) for table in tables.values())


# --- the doc ---------------------------------------------------------------------------


def shown_sheet() -> dict[str, list[list[Any]]]:
    """The sheet of the doc: text in quotes, true dates, numbers, blanks."""
    title = re.search(r"<!-- sheet: (\w+) -->", DOC)
    assert title is not None
    lines = DOC[title.end() :].split("\n\n")[1].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")][1:] for line in lines]
    return {title[1]: [[_shown_cell(cell) for cell in row] for row in rows]}


def _shown_cell(text: str) -> Any:
    if text.startswith('"'):
        return text.strip('"')
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return dt.date.fromisoformat(text)
    return int(text) if text else None


def test_the_example_of_the_doc() -> None:
    mapping = parse_mapping(re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL)[0])
    faults, told = re.findall(r"```text\n(.*?)```", DOC, re.DOTALL)
    intake = taken(workbook(shown_sheet()), mapping)
    assert "\n".join(texts(intake.faults)) + "\n" == faults
    assert "\n".join(texts(intake.notes)) + "\n" == told


def test_the_example_of_the_doc_once_corrected() -> None:
    cells = shown_sheet()
    cells["Demandes"][4][4], cells["Demandes"][4][5] = "formation", 5000
    cells["Demandes"][4][7] = 0
    mapping = parse_mapping(re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL)[0])
    applications = taken(workbook(cells), mapping).require()
    assert list(applications.cities) == ["Grenoble", "Saint-Etienne"]
    assert list(applications.activities) == ["P3", "P4", "P5"]
    assert applications.activities["P3"].requested == 2_000_000
    assert [a.start for a in applications.activities.values()] == [
        dt.date(2026, 3, 1),
        dt.date(2026, 4, 15),
        dt.date(2026, 5, 15),
    ]
