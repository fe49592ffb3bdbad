"""What is published of an award workbook, and that it is exact, safe and nothing more."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.publish import Facts, publication
from funding.verify import verify
from tests.open_data import (
    ALL,
    FUNDER,
    GIVING,
    S1,
    S2,
    SUBVENTIONS,
    call,
    grants,
    lines,
    published,
    sheet,
    two,
    written,
)
from tests.small import apply, ask, city
from tests.test_properties import examples


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
    aid = replace(ALL, de_minimis=True)
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


def test_what_deserves_a_look_is_noted_and_published(tmp_path: Path) -> None:
    """A title of 140 characters, where the standard wants fewer: 139 are not noted. An agreement
    of the first day after the last year with a payment, 2026 for AA-1 and 2027 for BB-1."""
    asks = [
        ask("AA-1", 100, title="t" * 140, description="x"),
        ask("AA-2", 100, title="t" * 139, description="x"),
    ]
    made = apply(city("AA", legal_identifier=S1), *asks).model_copy(update={"call": call()})
    assert published(tmp_path, made).notes == (
        "360giving.json: 140 characters or more in the title of AA-1; 360Giving asks for fewer",
    )
    assert published(tmp_path, made, ALL, SUBVENTIONS).notes == ()
    late = replace(ALL, agreed=dt.date(2027, 1, 1))
    assert published(tmp_path, two(), late).notes == (
        "fr-subventions.csv: dateConvention of AA-1 is later than the last year with a payment; "
        "look at --agreed or --cities",
    )
    assert published(tmp_path, two(), replace(ALL, agreed=dt.date(2026, 12, 31))).notes == ()


def test_no_text_is_a_formula_or_markup(tmp_path: Path) -> None:
    """In the sheet text is text; in CSV an apostrophe stands before what Excel would calculate,
    also after the semicolon at which a French Excel ends cells; JSON holds no bare sign."""
    made = apply(
        city("AA", name="=1+1", legal_identifier=S1),
        city("BB", name="@SUM(A1)", legal_identifier=S2),
        ask("AA-1", 100, title="-2+3", description="</script><script>alert(1)</script>"),
        ask("BB-1", 100, title="x; =cmd|'/C calc'!A1;+y - z", description="=1/0 & 1"),
    ).model_copy(update={"call": call(funder="＝1+1")})
    done = published(tmp_path, made, replace(ALL, decision="@A\u2028B"))
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
    quoted = replace(ALL, decision='D;"=1+1;"" -2;"x"')
    assert lines(published(tmp_path, made, quoted))[0]["referenceDecision"] == (
        'D;"\'=1+1;"" \'-2;"x"'  # some programs take "" for no text and go on behind it
    )
    book = sheet(done)
    assert {cell.data_type for row in book.iter_rows() for cell in row} == {"s", "n", "d"}
    assert book["K2"].value == "=1+1"
    text = done.files["360giving.json"].decode("utf-8")
    assert not set("<>&\u2028") & set(text)
    separated = replace(ALL, publisher="A\u2028B")
    again = published(tmp_path, made, separated, GIVING)
    assert grants(again)[0]["fundingOrganization"][0]["name"] == "A\u2028B"
    assert "\u2028" not in again.files["360giving.json"].decode("utf-8")
    assert grants(done)[0]["description"] == "</script><script>alert(1)</script>"
    assert grants(done)[1]["description"] == "=1/0 & 1"


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
    done = publication(verify(path), ALL)
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
