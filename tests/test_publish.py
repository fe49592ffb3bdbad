"""Open data from an award workbook: what is published, what keeps it from being published."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.applications import Applications, AssessorScore, Call
from funding.awards import allocate
from funding.errors import UsageError, WorkbookRejected
from funding.publish import STANDARDS, Facts, Publication, publication, read_cities
from funding.publish.organisations import Unfit, org_id, siret
from funding.report import award_workbook
from funding.verify import verified
from tests.small import apply, ask, city, record, scenario
from tests.test_properties import examples

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
    days = {"start": dt.date(2026, 9, 1), "end": dt.date(2027, 8, 31)}
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
    return publication(verified(written(applications, folder)), facts, standards or STANDARDS)


def told(made: Publication) -> list[str]:
    assert made.files == {}, "nothing is written beside a fault"
    return [str(fault) for fault in made.faults]


def with_cities(folder: Path, text: str, **facts: Any) -> Facts:
    path = folder / "cities.csv"
    path.write_text(text, encoding="utf-8")
    return Facts(**{**vars(ALL), **facts, "cities": read_cities(path)})


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


def test_grants_in_json(tmp_path: Path) -> None:
    """Each field from its cell; what is not funded, or not known, is left out."""
    first, second = grants(published(tmp_path, two()))
    assert first == {
        "id": "360G-mofa-CDF_2026_1-AA-1",
        "title": "Water\ntogether",
        "description": "Two visits",
        "currency": "EUR",
        "amountAppliedFor": 12_000,
        "amountAwarded": 12_000,
        "awardDate": "2026-06-30",
        "plannedDates": [{"startDate": "2026-09-01", "endDate": "2027-08-31"}],
        "recipientOrganization": [{"id": f"FR-XXX-{S1}", "name": "Zürich"}],
        "fundingOrganization": [
            {"id": f"FR-XXX-{FUNDER}", "name": "Ministry <of> Foreign Affairs"}
        ],
        "grantProgramme": [{"code": "CDF/2026 – 1", "title": "Fund 2026"}],
    }
    assert "plannedDates" not in second
    assert second["id"] == "360G-mofa-CDF_2026_1-BB-1"
    assert second["recipientOrganization"] == [{"id": f"FR-XXX-{S2}", "name": "Μαρούσι"}]


def test_the_sheet_has_the_titles_of_the_standard_and_typed_cells(tmp_path: Path) -> None:
    header, first, second = sheet(published(tmp_path, two())).iter_rows()
    assert [cell.value for cell in header] == [
        "Identifier",
        "Title",
        "Description",
        "Currency",
        "Amount Applied For",
        "Amount Awarded",
        "Award Date",
        "Planned Dates:Start Date",
        "Planned Dates:End Date",
        "Recipient Org:Identifier",
        "Recipient Org:Name",
        "Funding Org:Identifier",
        "Funding Org:Name",
        "Grant Programme:Code",
        "Grant Programme:Title",
    ]
    assert [cell.value for cell in first] == [
        "360G-mofa-CDF_2026_1-AA-1",
        "Water\ntogether",
        "Two visits",
        "EUR",
        12_000,
        12_000,
        dt.datetime(2026, 6, 30),  # noqa: DTZ001 (a cell has no zone)
        dt.datetime(2026, 9, 1),  # noqa: DTZ001
        dt.datetime(2027, 8, 31),  # noqa: DTZ001
        f"FR-XXX-{S1}",
        "Zürich",
        f"FR-XXX-{FUNDER}",
        "Ministry <of> Foreign Affairs",
        "CDF/2026 – 1",
        "Fund 2026",
    ]
    assert "".join(cell.data_type for cell in first) == "ssssnndddssssss"
    assert [second[at].value for at in (7, 8)] == [None, None]


def test_cents_stay_exact(tmp_path: Path) -> None:
    """Awards are whole euros, by the fund's unit; what was asked for has cents."""
    asked = ask("AA-1", 12_000.07, description="x")
    made = apply(city("AA", legal_identifier=S1), asked).model_copy(update={"call": call()})
    done = published(tmp_path, made)
    assert b'"amountAppliedFor": 12000.07,' in done.files["360giving.json"]
    assert b'"amountAwarded": 12000,' in done.files["360giving.json"]
    assert [sheet(done)[cell].value for cell in ("E2", "F2")] == [12_000.07, 12_000]
    assert sheet(done)["E2"].number_format == "0.00"
    assert lines(done)[0]["montant"] == "12000"


def test_french_lines(tmp_path: Path) -> None:
    """The fourteen columns of the order, in its order; paid in one year, and in two."""
    made = published(tmp_path, two())
    first, second = lines(made)
    assert first == {
        "nomAttribuant": "Ministry <of> Foreign Affairs",
        "idAttribuant": FUNDER,
        "dateConvention": "2026-07-15",
        "referenceDecision": "D 2026-17",
        "nomBeneficiaire": "Zürich",
        "idBeneficiaire": S1,
        "objet": "Water together",
        "montant": "12000",
        "nature": "aide en numéraire",
        "conditionsVersement": "unique",
        "datesPeriodeVersement": "2026-01-01/2026-12-31",
        "idRAE": "",
        "notificationUE": "non",
        "pourcentageSubvention": "1.00",
    }
    assert list(first) == list(second)
    assert second["conditionsVersement"] == "échelonné"
    assert second["datesPeriodeVersement"] == "2026-01-01/2027-12-31"
    data = made.files["fr-subventions.csv"]
    assert data.startswith(b"nomAttribuant,idAttribuant,")  # UTF-8 without a mark, commas
    assert data.count(b"\r\n") == 3
    aid = Facts(**{**vars(ALL), "de_minimis": True})
    assert lines(published(tmp_path, two(), aid))[0]["notificationUE"] == "oui"


def test_one_standard_has_its_files_and_its_faults_alone(tmp_path: Path) -> None:
    done = published(tmp_path, two(), ALL, GIVING)
    assert list(done.files) == ["360giving.json", "360giving.xlsx"]
    assert list(published(tmp_path, two(), ALL, SUBVENTIONS).files) == ["fr-subventions.csv"]
    nothing_french = Facts(prefix="360G-x", register="FR-XXX", decided=dt.date(2026, 6, 30))
    assert published(tmp_path, two(), nothing_french, GIVING).files
    nothing_giving = Facts(agreed=dt.date(2026, 7, 15), de_minimis=False)
    assert published(tmp_path, two(), nothing_giving, SUBVENTIONS).files
    assert done.sentence == "2 grants to 2 cities, 32,000 EUR"


def test_the_same_workbook_gives_the_same_bytes(tmp_path: Path) -> None:
    assert published(tmp_path, two()).files == published(tmp_path, two()).files


def test_nothing_of_the_ministrys_own_is_published(tmp_path: Path) -> None:
    """Assessors, comments, scores and reasons stay, as does who was refused."""
    made = published(tmp_path, two())
    book = sheet(made)
    texts = [made.files["360giving.json"].decode(), made.files["fr-subventions.csv"].decode()]
    texts.append(" ".join(str(cell.value) for row in book.iter_rows() for cell in row))
    for text in texts:
        assert "Z" in text
        for hidden in ("SECRET", "Nowhere", "CC-1", "Score", "90"):
            assert hidden not in text


def test_no_text_is_a_formula_or_markup(tmp_path: Path) -> None:
    """In the sheet text is text; in CSV an apostrophe stands before what Excel would calculate,
    also after the semicolon at which a French Excel ends cells; JSON holds no bare sign."""
    made = apply(
        city("AA", name="=1+1", legal_identifier=S1),
        city("BB", name="@SUM(A1)", legal_identifier=S2),
        ask("AA-1", 100, title="-2+3", description="</script><script>alert(1)</script>"),
        ask("BB-1", 100, title="x; =cmd|'/C calc'!A1;+y - z", description="=1/0 & 1"),
    ).model_copy(update={"call": call(funder="＝1+1")})
    done = published(tmp_path, made, Facts(**{**vars(ALL), "decision": "@A\u2028B"}))
    first, second = lines(done)
    assert first["referenceDecision"] == "'@A B"
    assert first["nomBeneficiaire"] == "'=1+1"
    assert first["objet"] == "'-2+3"
    assert first["nomAttribuant"] == "'＝1+1"
    assert second["nomBeneficiaire"] == "'@SUM(A1)"
    assert second["objet"] == "x; '=cmd|'/C calc'!A1;'+y - z"
    assert done.notes == (
        "fr-subventions.csv: an apostrophe was written in 6 texts, before what a spreadsheet "
        "would take for a formula",
    )
    book = sheet(done)
    assert {cell.data_type for row in book.iter_rows() for cell in row} == {"s", "n", "d"}
    assert book["K2"].value == "=1+1"
    text = done.files["360giving.json"].decode("utf-8")
    assert not set("<>&\u2028") & set(text)
    separated = Facts(**{**vars(ALL), "publisher": "A\u2028B"})
    again = published(tmp_path, made, separated, GIVING)
    assert grants(again)[0]["fundingOrganization"][0]["name"] == "A\u2028B"
    assert "\u2028" not in again.files["360giving.json"].decode("utf-8")
    assert grants(done)[0]["description"] == "</script><script>alert(1)</script>"
    assert grants(done)[1]["description"] == "=1/0 & 1"


def test_everything_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    """Nothing is said, and the workbook says nothing: each fault with its place, once."""
    made = apply(city("AA"), ask("AA-1", 100)).model_copy(
        update={"call": call(funder="", funder_identifier="", currency="SLE")}
    )
    assert told(published(tmp_path, made, Facts())) == [
        "Fund!B4: Funder is blank; give the publisher's name with --publisher",
        "Fund: no publisher prefix, with which 360Giving's Identifier begins; give yours with "
        "--prefix, such as --prefix 360G-example",
        "Fund: no day of the decision, which is 360Giving's Award Date; give it with --decided, "
        "such as --decided 2026-06-30",
        "Fund!B6: SLE is none of the currencies of 360Giving 1.4.3; it cannot be published so",
        "Fund!B5: Funder identifier of the funder is blank; give it with --publisher-id",
        "Cities!C2: Legal identifier of City AA (AA) is blank; give it with --cities FILE.csv",
        "Activities!D2: Description of AA-1 is blank, and 360Giving asks for one; fill it in the "
        "applications and allocate again",
        "Fund!B6: Currency is SLE; montant is in EUR alone",
        "Fund: no day of the agreement (dateConvention) for 1 city (AA); give one for all with "
        "--agreed, such as --agreed 2026-07-15, or one for each in column Agreed of --cities "
        "FILE.csv",
        "Fund: nothing says whether this is de minimis aid (notificationUE); give --de-minimis or "
        "--no-de-minimis",
    ]


def test_identifiers_that_name_no_register_are_one_fault(tmp_path: Path) -> None:
    facts = Facts(**{**vars(ALL), "register": ""})
    assert told(published(tmp_path, two(), facts, GIVING)) == [
        f'Fund!B5: Funder identifier of the funder is "{FUNDER}", which names no register, as 2 '
        "more; give the register's list code, such as --register GB-LAE (org-id.guide)"
    ]


@pytest.mark.parametrize(
    ("identifier", "register", "published_as"),
    [
        ("GB-COH-09668396", "FR-XXX", "GB-COH-09668396"),
        ("360G-mofa-7", "", "360G-mofa-7"),
        ("E07000008", "GB-LAE", "GB-LAE-E07000008"),
        ("000 000 000\u00a000018", "FR-XXX", f"FR-XXX-{S1}"),
        ("ЕИК-17", "BG-EIK", "BG-EIK-ЕИК-17"),
    ],
)
def test_organisation_identifiers(identifier: str, register: str, published_as: str) -> None:
    assert org_id(identifier, register) == published_as


@pytest.mark.parametrize("identifier", ["2,13802E+13", "=1+1", "a,b", "a<b>", '"a"'])
def test_what_no_register_gives_out_is_refused(identifier: str, tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="Take it from the register again"):
        org_id(identifier, "FR-XXX")


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("000000000", "a SIREN; expected a SIRET of 14 digits"),
        ("0000000000001", "expected a SIRET of 14 digits"),
        ("GB-XXX-00000000000018", "expected a SIRET of 14 digits"),
        ("٠٠٠٠٠٠٠٠٠٠٠٠١٨", "expected a SIRET of 14 digits"),
        ("00000000000019", "check digit is wrong"),
        ("00000000000081", "check digit is wrong"),  # two digits exchanged
    ],
)
def test_what_is_no_siret_is_refused(identifier: str, words: str) -> None:
    with pytest.raises(Unfit, match=words):
        siret(identifier)


def test_a_siret() -> None:
    """The check digit by a table of doubled digits: 2 doubled is 4, 5 is 1 + 0, 8 is 1 + 6."""
    digits = [5, 5, 2, 0, 0, 1, 5, 5, 8, 0, 0, 0, 1]
    doubled = {0: 0, 1: 2, 2: 4, 5: 1, 8: 7}
    total = sum(doubled[d] if at % 2 == 0 else d for at, d in enumerate(digits))
    last = -total % 10
    number = "".join(map(str, [*digits, last]))
    assert siret(number) == number
    assert siret(f"FR-XXX-{number}") == number
    with pytest.raises(Unfit):
        siret(number[:-1] + str((last + 1) % 10))


def test_french_faults_of_identifiers_and_titles(tmp_path: Path) -> None:
    """A SIREN in place of a SIRET, and a title of 257 characters where one of 256 is taken."""
    made = apply(
        city("AA", name="Aube", legal_identifier="000000000"),
        city("BB", legal_identifier=S2),
        ask("AA-1", 100, title="t" * 257, description="x"),
        ask("BB-1", 100, title="t" * 256, description="x"),
    ).model_copy(update={"call": call(currency="GBP", funder_identifier="XX-1")})
    assert told(published(tmp_path, made, ALL, SUBVENTIONS)) == [
        "Fund!B6: Currency is GBP; montant is in EUR alone",
        'Fund!B5: Funder identifier of the funder is "XX-1"; expected a SIRET of 14 digits',
        'Cities!C2: Legal identifier of Aube (AA) is "000000000", a SIREN; expected a SIRET of '
        "14 digits",
        "Activities!C2: Title of AA-1 has 257 characters; objet takes 256. Shorten it in the "
        "applications and allocate again",
    ]


def test_days_must_follow_one_another(tmp_path: Path) -> None:
    """The call closes on 31 March; a decision of that day is right, one before it is not."""
    early = Facts(**{**vars(ALL), "decided": dt.date(2026, 3, 30)})
    assert told(published(tmp_path, two(), early)) == [
        "Fund!B9: the call closed on 2026-03-31, after --decided 2026-03-30; correct --decided"
    ]
    on_time = Facts(**{**vars(ALL), "decided": dt.date(2026, 3, 31)})
    assert published(tmp_path, two(), on_time).files
    late = Facts(**{**vars(ALL), "decided": dt.date(2026, 7, 16)})
    assert told(published(tmp_path, two(), late)) == [
        f"--agreed: the agreement with {code} is of 2026-07-15, before --decided 2026-07-16; "
        "correct one of them"
        for code in ("AA", "BB")
    ]


def test_nothing_awarded_is_nothing_to_publish(tmp_path: Path) -> None:
    made = apply(city("AA", legal_identifier=S1), ask("AA-1", 100, eligible=False)).model_copy(
        update={"call": call()}
    )
    assert told(published(tmp_path, made)) == [
        "Awards by activity: no activity has an award to publish"
    ]


def test_a_file_of_cities_fills_in_and_comes_first(tmp_path: Path) -> None:
    """The file's SIRET of AA, its own day for BB; a comma, a semicolon and a mark are all read."""
    for text in (
        f"City code,City,Identifier,Agreed\nAA,Zürich,{S2},\nBB,,,2026-08-01\n\n",
        f"\ufeffCity code;Identifier;Agreed\r\nAA;{S2};\r\nBB;;2026-08-01\r\n",
    ):
        done = published(tmp_path, two(), with_cities(tmp_path, text))
        first, second = lines(done)
        assert (first["idBeneficiaire"], first["dateConvention"]) == (S2, "2026-07-15")
        assert (second["idBeneficiaire"], second["dateConvention"]) == (S2, "2026-08-01")
        assert grants(done)[0]["recipientOrganization"][0]["id"] == f"FR-XXX-{S2}"
        assert done.notes == (f"Zürich (AA), Μαρούσι (BB) have the same identifier, {S2}",)


def test_faults_of_the_file_of_cities(tmp_path: Path) -> None:
    text = f"City code,Identifier,Agreed\nZZ,{S1},\nAA,1,2026-02-30\nAA,,20260801\n,{S2},\n"
    facts = with_cities(tmp_path, text, agreed=None)
    assert told(published(tmp_path, two(), facts, SUBVENTIONS)) == [
        'cities.csv: line 3: Agreed is "2026-02-30"; expected a date such as 2026-07-15',
        "cities.csv: line 4: AA stands in line 3 already; keep one of the two",
        'cities.csv: line 4: Agreed is "20260801"; expected a date such as 2026-07-15',
        "cities.csv: line 5: City code is blank",
        "cities.csv: line 2: there is no city ZZ in the award workbook",
        'cities.csv: line 3: Identifier of Zürich (AA) is "1"; expected a SIRET of 14 digits',
        "Fund: no day of the agreement (dateConvention) for 2 cities (AA, BB); give one for all "
        "with --agreed, such as --agreed 2026-07-15, or one for each in column Agreed of --cities "
        "FILE.csv",
    ]
    early = with_cities(tmp_path, "City code,Agreed\nAA,2026-06-29\n")
    assert told(published(tmp_path, two(), early)) == [
        "cities.csv: line 2: the agreement with AA is of 2026-06-29, before --decided 2026-06-30; "
        "correct one of them"
    ]


@pytest.mark.parametrize("text", ["", "City code\nAA\n", "Code,Identifier\nAA,1\n", "x"])
def test_a_file_that_is_none_of_cities(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cities.csv"
    path.write_text(text, encoding="utf-8")
    if not text:
        with pytest.raises(WorkbookRejected, match=r"cities\.csv: the file is empty"):
            read_cities(path)
        return
    (fault,) = read_cities(path).faults
    assert str(fault) == (
        "cities.csv: the columns must be City code, and Identifier or Agreed or both, in line 1"
    )
    with pytest.raises(UsageError, match="cannot be read"):
        read_cities(tmp_path / "missing.csv")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"prefix": "360G mofa"}, "--prefix is"),
        ({"prefix": "=1"}, "--prefix is"),
        ({"register": "siren"}, "--register is"),
        ({"register": "FR-"}, "--register is"),
    ],
)
def test_options_that_can_be_none_are_wrong_usage(facts: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Facts(**facts)


REQUESTS = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(1, 2_000), st.integers(1, 99)),
    min_size=1,
    max_size=6,
)


@examples(12)
@given(asked=REQUESTS, envelope=st.integers(1, 6_000))
def test_every_award_is_published_once_and_their_sum_is_the_workbooks(
    tmp_path_factory: pytest.TempPathFactory,
    asked: list[tuple[str, int, int]],
    envelope: int,
) -> None:
    """Of random funds: identifiers differ, and all amounts come to the workbook's own total."""
    folder = tmp_path_factory.mktemp("fund")
    cities = (city(code, legal_identifier=S1) for code in sorted({code for code, _, _ in asked}))
    asks = (
        ask(f"{code}-{at}", amount, score=score, description="x")
        for at, (code, amount, score) in enumerate(asked)
    )
    made = apply(*cities, *asks).model_copy(update={"call": call()})
    path = written(made, folder, f"[fund]\nunit = 1\nenvelope = {envelope}\n")
    done = publication(verified(path), ALL)
    book = openpyxl.load_workbook(path, data_only=True)
    headers, *body = book["Awards by activity"].iter_rows(values_only=True)
    awards = {row[0]: row[headers.index("Award")] for row in body}
    total = awards.pop(None)  # the row of totals has no code
    assert total == min(envelope, sum(amount for _, amount, _ in asked))
    amounts = [Decimal(line["montant"]) for line in lines(done)]
    assert sum(amounts) == total
    assert sum(grant["amountAwarded"] for grant in grants(done)) == total
    assert sum(row[5].value for row in list(sheet(done).iter_rows())[1:]) == total
    funded = {f"360G-mofa-CDF_2026_1-{code}" for code, award in awards.items() if award}
    identifiers = [grant["id"] for grant in grants(done)]
    assert set(identifiers) == funded
    assert len(identifiers) == len(funded)
