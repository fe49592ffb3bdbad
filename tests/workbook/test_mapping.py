"""Mapping files: what they may say, every problem at once, and what a mapping feeds."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest

from funding.errors import InputError
from funding.workbook.conventions import Conventions
from funding.workbook.mapping import (
    AtMost,
    ForeignSheet,
    Mapping,
    load_mapping,
    mapping_toml,
    parse_mapping,
)
from funding.workbook.suggestions import suggest
from funding.workbook.tables import Row, Table
from tests.workbook.grants import make_mapping

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
SHIPPED = ROOT / "inputs" / "mappings" / "alw-foundation.toml"
SHOWN = re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL)

CITIES = """
name = "Cities"
sheet = "Towns"
[columns]
"Code" = "City code"
"Name" = "City"
[defaults]
"Region" = "North"
"Population" = 1
"Own engagement budget" = 0
"International staff" = 0
"Staff with relevant training" = 0
"Coordination" = "none"
"""


def problems(text: str) -> str:
    """What is said of a mapping that is refused."""
    with pytest.raises(InputError) as caught:
        parse_mapping(text)
    assert type(caught.value) is InputError
    return str(caught.value)


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", DOC, re.M | re.DOTALL)
    assert found is not None, f"no section {title}"
    return found[1]


# --- the doc ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "model"),
    [
        ("Keys of the file", Mapping),
        ("Keys of a foreign sheet", ForeignSheet),
        ("[conventions]", Conventions),
    ],
)
def test_the_doc_has_every_key_and_no_other(
    title: str, model: type[Mapping | ForeignSheet | Conventions]
) -> None:
    told = re.findall(r"^\| `(\w+)` \|", section(title), re.MULTILINE)
    assert sorted(told) == sorted(model.model_fields)
    for name, field in model.model_fields.items():
        line = next(x for x in section(title).splitlines() if x.startswith(f"| `{name}` |"))
        assert ("*required*" in line) == (field.is_required() and name != "sheets")


def test_keys_of_at_most() -> None:
    line = next(x for x in DOC.splitlines() if x.startswith("| `at_most`"))
    assert all(f"`{name}`" in line for name in AtMost.model_fields)


def test_mappings_shown_and_shipped_load_and_come_back_the_same() -> None:
    assert len(SHOWN) == 2
    for text in (*SHOWN, SHIPPED.read_text(encoding="utf-8")):
        mapping = parse_mapping(text)
        assert parse_mapping(mapping_toml(mapping)) == mapping


# --- reading and writing ---------------------------------------------------------------


def test_what_a_file_says() -> None:
    mapping = parse_mapping(SHOWN[0])
    (sheet,) = mapping.sheets
    assert (mapping.name, sheet.sheet, sheet.header_row, sheet.number_rows) == (
        *("Demandes 2026", "Demandes", 2),
        "P",
    )
    assert sheet.columns["Domaine"] == ("Theme", "Stream")
    assert sheet.columns["Région"] == ("Region",)
    assert mapping.fund["First year"] == 2026
    assert sheet.default("Assessment", "Score") == 50
    assert sheet.default("Scores", "Score") is None
    assert sheet.words("Activities", "Stream") == {"eau": "financing", "formation": "training"}
    assert sheet.at_most == (AtMost(column="Demandé", of="Coût"),)


def test_constants_keep_their_kind() -> None:
    """Decimals exactly as written; a date, a truth and a text each as it is."""
    text = f"""{CITIES}
"Latitude" = 45.1
"Longitude" = 5
"City record: Reports overdue" = true
"Legal identifier" = "007"
[fund]
"Closing date" = 2025-11-30
"""
    mapping = parse_mapping(text)
    defaults = mapping.sheets[0].defaults
    assert repr(defaults["Latitude"]) == "Decimal('45.1')"
    assert repr(defaults["Longitude"]) == "5"
    assert defaults["City record: Reports overdue"] is True
    assert defaults["Legal identifier"] == "007"
    assert mapping.fund == {"Closing date": dt.date(2025, 11, 30)}
    assert parse_mapping(mapping_toml(mapping)) == mapping
    assert isinstance(parse_mapping(mapping_toml(mapping)).sheets[0].defaults["Latitude"], Decimal)


def test_headers_take_our_spelling() -> None:
    mapping = parse_mapping(CITIES.replace('"City"', '" CITY "').replace('"Region"', '"region"'))
    assert mapping.sheets[0].columns["Name"] == ("City",)
    assert mapping.sheets[0].default("Cities", "Region") == "North"


def test_fits() -> None:
    mapping = parse_mapping(CITIES)
    assert mapping.fits(["Other", " towns"])
    assert not mapping.fits(["Cities", "Town"])


def test_load_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(CITIES.replace("sheet =", "sheat ="), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"(?s)^odd\.toml: .*sheat is not known; did you mean .sheet"
    ):
        load_mapping(path)
    with pytest.raises(InputError, match=r"There is no file none\.toml in"):
        load_mapping(tmp_path / "none.toml")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be read as text in UTF-8"):
        load_mapping(path)


def test_every_problem_at_once() -> None:
    """Nine slips, all told: each part of the file is looked at though another is wrong."""
    told = problems(
        """
format = 2
name = " "
nmae = "x"
sheet = "S"
header_row = 0
[columns]
"A" = ["Requested", "Totl cost"]
"B" = "Score"
[defaults]
"Population" = 0
[fund]
"Currency" = "EURO"
[values."Stream"]
"Music" = "finance"
[conventions]
dates = ["DD/MM/YY"]
[[at_most]]
column = "A"
"""
    )
    for part in (
        "nmae is not known; did you mean",
        "format: expected 1; a higher one comes from a newer version (found 2)",
        "name: expected a name in quotes",
        "header_row: input should be greater than or equal to 1 (found 0)",
        'columns: "Totl cost" is no header of ours; did you mean Total cost?; "Score" stands in '
        'several sheets; write "Assessment: Score" or "Scores: Score"',
        'defaults: "Population" is 0; expected a whole number of at least 1',
        'fund: "Currency" is "EURO"; expected a three-letter currency code such as EUR',
        'values: "Stream" is "finance"; expected one of: financing, training, coordination (did '
        "you mean financing?)",
        "conventions.dates: expected formats of YYYY",
        "at_most.0.of is missing",
    ):
        assert part in told
    assert len(told.splitlines()) == 11  # an empty first line, then one a key


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('= "City"', '= "Cty"', '"Cty" is no header of ours; did you mean City?'),
        ('= "City"', '= "Cities: Theme"', '"Cities: Theme" is no header of ours'),
        ('= "City"', '= "Comment"', "several sheets; write"),
        ('= "City"', '= ["City", "City code"]', '"Code" and "Name" both fill "City code"'),
        ('= "City"', "= []", "expected a header of ours in quotes, or several"),
        ('"Region" = "North"', "", "Cities needs Region, which no column and no default fills"),
        (
            '"Region" = "North"',
            '"Theme" = "x"',
            "sheet Activities needs Activity code, Title, Stream",
        ),
        ('"Region" = "North"', '"Fund" = "x"', '"Fund" belongs under [fund]'),
        ('"Region" = "North"', "Region = 1979-05-27T07:32:00", "expected a text in quotes"),
        ('"Code" =', '"NAME" =', 'the column "Name" stands twice'),
        ('sheet = "Towns"', 'sheet = "Towns"\nnumber_rows = "A B"', '"Activity code" is "A B40000'),
        ('name = "Cities"', "", "name is missing"),
        ('sheet = "Towns"', "", "sheet is missing"),
        ("[columns]", '[[sheets]]\nsheet = "T"\n[columns]', "expected either [[sheets]] or one"),
        ("[columns]", "[columns", "this is not TOML"),
        ("[columns]", '[values.Region]\n"N" = "North"\n[columns]', "no column fills Region"),
        ("[columns]", '[values.City]\n"N" = "A"\n"n" = "B"\n[columns]', '"n" stands twice'),
        ("[columns]", "[fund]\nRegion = 'x'\n[columns]", '"Fund: Region" is no header of ours'),
        ("[columns]", "[conventions]\ndecimal = ';'\n[columns]", 'decimal: expected "," or "."'),
        ("[columns]", "[conventions]\nthousands = ','\n[columns]", "expected decimal to be given"),
        (
            "[columns]",
            "[conventions]\ndecimal = ','\nthousands = ','\n[columns]",
            "expected another sign than decimal",
        ),
        (
            "[columns]",
            '[conventions]\ndates = ["DD/MM/YYYY", "M/D/YYYY"]\n[columns]',
            "the formats DD/MM/YYYY and M/D/YYYY read the same text as different days",
        ),
    ],
)
def test_refused(old: str, new: str, told: str) -> None:
    assert CITIES.count(old) >= 1
    assert told in problems(CITIES.replace(old, new, 1))


def test_numbered_rows_and_codes_exclude_each_other() -> None:
    text = SHOWN[0].replace('"Projet" = "Title"', '"Projet" = ["Title", "Activity code"]')
    assert "a column fills Activity code, so number_rows has no use" in problems(text)


def test_two_sheets() -> None:
    assert "the sheet" in problems(SHOWN[1].replace('"Projets"', '"communes"'))
    twice = (
        SHOWN[1].replace('"Title"', '["Title", "Funder"]').replace('"City"', '["City", "Funder"]')
    )
    assert '"Funder" is filled in two sheets; expected it in one' in problems(twice)
    assert "expected at least one foreign sheet" in problems('name = "x"\nsheets = []')


# --- which sheets are fed --------------------------------------------------------------


def test_cities_alone() -> None:
    filled = parse_mapping(CITIES).sheets[0].filled()
    assert set(filled) == {"Cities"}
    assert filled["Cities"]["City code"] == "Code"
    assert filled["Cities"]["Region"] is None


def test_codes_fill_every_sheet_that_is_fed() -> None:
    filled = parse_mapping(SHOWN[0]).sheets[0].filled()
    assert set(filled) == {"Cities", "Activities", "Assessment"}
    assert filled["Cities"]["City code"] == filled["Activities"]["City code"] == "Commune"
    assert filled["Assessment"] == {"Score": None, "Activity code": None}


def test_a_code_of_one_sheet_alone() -> None:
    text = CITIES.replace('"City code"', '"Cities: City code"')
    assert parse_mapping(text).sheets[0].filled()["Cities"]["City code"] == "Code"
    record = f'{text}"First-time applicant" = "yes"\n'
    assert "City record needs City code" in problems(record)


def test_requested_by_year() -> None:
    text = SHOWN[0].replace('"Requested"', '["Requested", "requested 2026"]')
    assert parse_mapping(text).sheets[0].filled()["Activities"]["Requested 2026"] == "Demandé"


# --- made by pairing columns -----------------------------------------------------------


def test_make_mapping_is_what_the_file_would_be() -> None:
    made = make_mapping(
        "Cities",
        "Towns",
        1,
        {"Code": "City code", "Name": ["City"]},
        defaults={
            "Region": "North",
            "Population": 1,
            "Own engagement budget": 0,
            "International staff": 0,
            "Staff with relevant training": 0,
            "Coordination": "none",
        },
    )
    assert made == parse_mapping(CITIES)


def test_make_mapping_tells_every_problem() -> None:
    with pytest.raises(InputError) as caught:
        make_mapping("", "S", 1, {"A": "Requestd"}, fund={"Curency": "EUR"})
    for part in (
        "name: expected a name",
        "did you mean Requested?",
        "did you mean Fund: Currency?",
    ):
        assert part in str(caught.value)


def _table(headers: str, *rows: tuple[object, ...]) -> Table:
    made = [Row(n, tuple(values)) for n, values in enumerate(rows, 2)]  # type: ignore[arg-type]
    return Table(tuple(headers.split("|")), tuple(made))


def test_suggest_pairs_what_is_alike() -> None:
    """The same but for case; another name of the same; a slip; nothing like ours."""
    table = _table(
        "REQUESTED|Applicant|Own engagment budget|Colour|Score|",
        (100, "Lille", 5, "red", 80, None),
    )
    assert suggest(table) == {
        "REQUESTED": ("Requested",),
        "Applicant": ("City",),
        "Own engagment budget": ("Own engagement budget",),
        "Score": ("Assessment: Score",),
    }


def test_suggest_looks_at_what_stands_in_the_column() -> None:
    assert suggest(_table("Requested|Start", ("soon", 5))) == {}
    assert suggest(_table("Requested|Start", ("1 200", "2026-01-31"))) == {
        "Requested": ("Requested",),
        "Start": ("Start",),
    }


def test_suggest_gives_each_of_ours_once() -> None:
    """The exact header wins over the other name, though that stands first."""
    assert suggest(_table("Amount requested|Requested|Requested", (1, 2, 3))) == {
        "Requested": ("Requested",)
    }


# --- conventions -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("YYYY-MM-DD", "2026-03-04", dt.date(2026, 3, 4)),
        ("DD/MM/YYYY", " 04/03/2026 ", dt.date(2026, 3, 4)),
        ("D.M.YYYY", "4.3.2026", dt.date(2026, 3, 4)),
        ("DD/MM/YYYY", "4/3/2026", None),
        ("DD/MM/YYYY", "31/02/2026", None),
        ("YYYY-MM-DD", "2026-03-04T00:00", None),
    ],
)
def test_dates(form: str, text: str, day: dt.date | None) -> None:
    found = Conventions(dates=(form,)).date(text)
    assert (found[0] if found else None) == day


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 234,50", Decimal("1234.50")),
        ("1\u202f234\u00a0567", Decimal(1234567)),
        ("-3,5", Decimal("-3.5")),
        ("1234", Decimal(1234)),
        ("1.234", None),
        ("12 34", None),
        ("1 234,", None),
        ("EUR 5", None),
    ],
)
def test_numbers(text: str, number: Decimal | None) -> None:
    assert Conventions(decimal=",", thousands=" ").number(text) == number
    assert Conventions().number(text) is None


def test_codes() -> None:
    clean = Conventions(clean_codes=True).code
    assert clean("Saint-Étienne (Loire)") == "Saint-Etienne__Loire_"
    assert clean("GB-1") == "GB-1"
    assert clean("x" * 32) == "x" * 32
    first, second = clean("x" * 33), clean("x" * 34)
    assert re.fullmatch(r"x{25}-[0-9a-f]{6}", first)
    assert first != second
    assert Conventions().code("A B") == "A B"
