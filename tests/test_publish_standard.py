"""What is published, held to the schema of the 360Giving Data Standard and to other programs."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator

from funding.publish.giving import FIELDS
from funding.publish.schema import CURRENCIES, GRANT, VERSION, require_valid
from tests.open_data import S1, S2, call, grants, published, two
from tests.small import apply, ask, city

STANDARD = Path(__file__).resolve().parents[2] / "shared" / "data" / "360-giving-schema.json"


@pytest.fixture(scope="module")
def standard() -> dict[str, Any]:
    """The schema of the standard, which lies beside a clone on some machines."""
    if not STANDARD.is_file():
        pytest.skip(f"the schema of the standard is not at {STANDARD}")
    schema: dict[str, Any] = json.loads(STANDARD.read_text(encoding="utf-8"))
    return schema


def wrong(schema: dict[str, Any], grant: dict[str, Any]) -> list[str]:
    """What is wrong with a grant by the standard, with its formats."""
    checker = Draft202012Validator.FORMAT_CHECKER
    assert {"date-time", "uri"} <= set(checker.checkers), "formats would not be checked"
    validator = Draft202012Validator(schema, format_checker=checker)
    return [error.json_path for error in validator.iter_errors(grant)]


def test_grants_are_valid_by_the_standard(standard: dict[str, Any], tmp_path: Path) -> None:
    first, second = grants(published(tmp_path, two()))
    assert wrong(standard, first) == wrong(standard, second) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("awardDate", "30/06/2026"),
        ("awardDate", "2026-06-31T10:00:00Z"),
        ("dateModified", "2026-06-30"),
        ("url", "no address"),
        ("amountAwarded", "12000"),
        ("currency", "SLE"),
        ("recipientOrganization", [{"name": "Zürich"}]),
    ],
)
def test_the_standard_finds_what_is_wrong(
    standard: dict[str, Any], tmp_path: Path, name: str, value: object
) -> None:
    """So that the test above can fail, by formats too."""
    first, _ = grants(published(tmp_path, two()))
    assert wrong(standard, {**first, name: value})


def test_our_schema_is_part_of_the_standards(standard: dict[str, Any]) -> None:
    """Its fields, all that it requires of an organisation's grant, its version, its currencies."""
    assert f"/{VERSION}/" in standard["$id"]
    assert frozenset(standard["$defs"]["currency"]["enum"]) == CURRENCIES
    assert GRANT["properties"].keys() <= standard["properties"].keys()
    required, _ = (set(choice["required"]) for choice in standard["oneOf"])
    assert "recipientOrganization" in required
    assert required <= set(GRANT["required"])
    for name, part in GRANT["properties"].items():
        theirs = _resolved(standard, standard["properties"][name])
        assert part.get("type", "string") == theirs["type"]
        if part.get("type") == "array":
            known = _resolved(standard, theirs["items"])["properties"]
            assert part["items"]["properties"].keys() <= known.keys()


def test_titles_of_the_sheet_are_the_standards(standard: dict[str, Any]) -> None:
    """``Recipient Org:Name``: the title of the list, a colon, the title within."""
    for field in FIELDS:
        outer = standard["properties"][field.path[0]]
        titles = [outer.get("title", "Currency")]  # the definition of currency has no title
        if len(field.path) == 2:
            inner = _resolved(standard, outer["items"])["properties"][field.path[1]]
            titles.append(inner["title"])
        assert field.title == ":".join(titles)


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: dict[str, Any] = schema["$defs"][part["$ref"].removeprefix("#/$defs/")]
    return found


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("title",), ""),
        (("description",), None),
        (("currency",), "SLE"),
        (("amountAwarded",), 0),
        (("amountAwarded",), "12000"),
        (("awardDate",), "2026-02-30"),
        (("awardDate",), "2026-06-30T00:00:00Z"),
        (("plannedDates", 0, "endDate"), "2027"),
        (("recipientOrganization", 0, "id"), ""),
        (("recipientOrganization", 0, "contactName"), "A. Person"),
        (("assessor",), "A. Person"),
    ],
)
def test_our_schema_lets_nothing_else_through(
    tmp_path: Path, path: tuple[str | int, ...], value: object
) -> None:
    """This needs no file beside the clone: it runs before anything is written."""
    package = {"grants": grants(published(tmp_path, two()))}
    require_valid(package)
    changed = copy.deepcopy(package)
    home: Any = changed["grants"][0]
    for step in path[:-1]:
        home = home[step]
    home[path[-1]] = value
    with pytest.raises(ValueError, match=r"^360Giving, \$\.grants\[0\]"):
        require_valid(changed)


def test_our_schema_wants_unique_identifiers_and_a_grant(tmp_path: Path) -> None:
    first, _ = grants(published(tmp_path, two()))
    with pytest.raises(ValueError, match="one identifier"):
        require_valid({"grants": [first, first]})
    with pytest.raises(ValueError, match=r"\$\.grants"):
        require_valid({"grants": []})


@pytest.mark.needs_office
def test_libreoffice_opens_both_without_a_formula(soffice: str, tmp_path: Path) -> None:
    """The sheet's values are the same in CSV; the French file has no formula, also where cells
    end at semicolons, as in a French Excel."""
    made = apply(
        city("AA", name="=1+1", legal_identifier=S1),
        city("BB", name="@x", legal_identifier=S2),
        ask("AA-1", 100.5, title="-2+3", description="=1/0", start=dt.date(2026, 9, 1)),
        ask("BB-1", 100, title="x;=1+1;y", description="Ωmega, 東京"),
    ).model_copy(update={"call": call()})
    done = published(tmp_path, made)
    for name, data in done.files.items():
        (tmp_path / name).write_bytes(data)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"

    def convert(target: str, source: str, *more: str) -> None:
        command = [soffice, profile, "--headless", *more, "--convert-to", target]
        command += ["--outdir", str(tmp_path / "out"), str(tmp_path / source)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)

    # comma, quote, UTF-8, from row 1; then as CSV would be opened, formulas calculated
    convert("csv:Text - txt - csv (StarCalc):44,34,76,1", "360giving.xlsx")
    text = (tmp_path / "out" / "360giving.csv").read_text(encoding="utf-8")
    first, second = list(csv.DictReader(io.StringIO(text, newline="")))
    assert (first["Recipient Org:Name"], first["Title"]) == ("=1+1", "-2+3")
    assert (first["Description"], first["Planned Dates:Start Date"]) == ("=1/0", "2026-09-01")
    assert (first["Amount Applied For"], first["Amount Awarded"]) == ("100.50", "100.00")
    assert second["Description"] == "Ωmega, 東京"
    for separator in (44, 59):
        options = f"--infilter=Text - txt - csv (StarCalc):{separator},34,76,1,,0,false,true"
        convert("xlsx:Calc MS Excel 2007 XML", "fr-subventions.csv", f"{options},false,false,false")
        book: Any = openpyxl.load_workbook(tmp_path / "out" / "fr-subventions.xlsx")
        cells = [cell for row in book.active.iter_rows() for cell in row]
        assert any("nomAttribuant" in str(cell.value) for cell in cells)
        assert [cell.value for cell in cells if cell.data_type == "f"] == []
