"""What keeps awards from being published: every fault, with its place, and nothing written."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from funding.errors import UsageError, WorkbookRejected
from funding.publish import Facts, read_cities
from funding.publish.organisations import Unfit, org_id, siret
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
    told,
    two,
    with_cities,
)
from tests.small import apply, ask, city


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
    facts = replace(ALL, register="")
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


@pytest.mark.parametrize("identifier", ["gb-coh-09668396", "360g-mofa-7", "Fr-xxx-1"])
def test_a_list_code_in_small_letters_is_no_bare_number(identifier: str) -> None:
    """``GB-LAE-gb-coh-09668396`` would be nobody."""
    with pytest.raises(Unfit, match="the list code at its beginning in capitals"):
        org_id(identifier, "GB-LAE")


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("000000000", "a SIREN; expected a SIRET of 14 digits"),
        ("0000000000001", "expected a SIRET of 14 digits"),
        ("GB-XXX-00000000000018", "expected a SIRET of 14 digits"),
        ("٠٠٠٠٠٠٠٠٠٠٠٠١٨", "expected a SIRET of 14 digits"),
        ("00000000000019", "check digit is wrong"),
        ("00000000000000", "which nobody has"),  # although the check digit is right
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
    early = replace(ALL, decided=dt.date(2026, 3, 30))
    assert told(published(tmp_path, two(), early)) == [
        "Fund!B9: the call closed on 2026-03-31, after --decided 2026-03-30; correct --decided"
    ]
    on_time = replace(ALL, decided=dt.date(2026, 3, 31))
    assert published(tmp_path, two(), on_time).files
    late = replace(ALL, decided=dt.date(2026, 7, 16))
    assert told(published(tmp_path, two(), late)) == [
        "--agreed: the agreements are of 2026-07-15, before --decided 2026-07-16; correct one of "
        "them"  # once, however many cities
    ]
    own = with_cities(tmp_path, "City code,Agreed\nAA,2026-07-15\nBB,2026-07-16\n")
    assert told(published(tmp_path, two(), replace(late, cities=own.cities))) == [
        "cities.csv: line 2: the agreement with AA is of 2026-07-15, before --decided 2026-07-16; "
        "correct one of them"
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


@pytest.mark.parametrize("written", ["000 000 000\u00a000018", f"FR-XXX-{S1}"])
def test_one_identifier_written_in_two_ways_is_noted(tmp_path: Path, written: str) -> None:
    """AA has 000 000 000 00018 in the workbook; the funder's own among the cities is noted too."""
    text = f"City code,Identifier\nBB,{written}\n"
    done = published(tmp_path, two(), with_cities(tmp_path, text))
    assert done.notes == (f"Zürich (AA), Μαρούσι (BB) have the same identifier, {S1}",)
    text = f"City code,Identifier\nBB,{FUNDER}\n"
    done = published(tmp_path, two(), with_cities(tmp_path, text))
    assert done.notes == (f"the funder, Μαρούσι (BB) have the same identifier, {FUNDER}",)


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


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_the_file_of_cities_end_as_any_program_ends_them(tmp_path: Path, end: str) -> None:
    """An old Mac's file too, which Excel still writes as "CSV (Macintosh)"."""
    path = tmp_path / "cities.csv"
    path.write_bytes(f"City code;Agreed{end}AA;2026-07-20{end}".encode())
    found = read_cities(path)
    assert not found.faults
    assert {code: fact.agreed for code, fact in found.cities.items()} == {
        "AA": dt.date(2026, 7, 20)
    }


TORN = (
    "it has more cells than line 1, or a quotation mark that is not closed; put a text that holds "
    "a separator in quotation marks and double those within it"
)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        # The name holds a comma: " on Sea" would become the identifier.
        (f"City code,City,Identifier\nAA,Southend, on Sea,{S1}\n", [f"line 2: {TORN}"]),
        (f'City code,Identifier\nAA,"{S1}\nBB,{S2}\n', [f"line 2: {TORN}"]),
        (f"City code,Identifier\nAA,{'1' * 200_000}\n", [f"line 2: {TORN}"]),
        (
            f"City code,Identifier,Identifier\nAA,{S1},{S2}\n",
            ["Identifier stands twice in line 1; keep one of the two"],
        ),
    ],
)
def test_a_file_of_cities_that_is_torn_is_never_read_by_guess(
    tmp_path: Path, text: str, faults: list[str]
) -> None:
    path = tmp_path / "cities.csv"
    path.write_text(text, encoding="utf-8")
    found = read_cities(path)
    assert [str(fault) for fault in found.faults] == [f"cities.csv: {fault}" for fault in faults]
    assert "AA" not in found.cities


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
        ({"prefix": "mofa"}, "--prefix is"),  # all that 360Giving gives out begin with 360G
        ({"prefix": "360g-mofa"}, "--prefix is"),
        ({"prefix": "360G-"}, "--prefix is"),
        ({"prefix": "360G-mofa-"}, "--prefix is"),
        ({"prefix": "360G-mofa\n"}, "--prefix is"),
        ({"publisher": "A\x01B"}, r"--publisher holds a control character \(U\+0001\)"),
        ({"publisher_id": "1\t2"}, r"--publisher-id holds a control character \(U\+0009\)"),
        ({"decision": "D\udcff"}, r"--decision holds a control character \(U\+DCFF\)"),
        ({"register": "siren"}, "--register is"),
        ({"register": "FR-"}, "--register is"),
    ],
)
def test_options_that_can_be_none_are_wrong_usage(facts: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Facts(**facts)
