"""What is handed on from the workbench, byte by byte."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from funding import letters
from funding.app import exports
from funding.app.state import Adopted
from funding.awards import Allocation, allocate
from funding.errors import Fault, TemplateRejected, UsageError
from funding.publish import STANDARDS, Facts
from funding.scenario import parse
from funding.verify import verify
from tests.letter_books import RULES, document, every_status, plain
from tests.open_data import ALL, two
from tests.open_data import RULES as PAYMENTS
from tests.small import scenario

NOON = dt.datetime(2026, 3, 1, 12, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def allocation() -> Allocation:
    """A city of each status."""
    return allocate(every_status(), scenario(RULES))


@pytest.fixture(scope="module")
def proved(allocation: Allocation) -> exports.Proved:
    return exports.awards_file(allocation)


def unzipped(file: exports.Ready) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def adopted(allocation: Allocation, **other: str) -> Adopted:
    given, scenario = allocation.applications.digest, allocation.scenario.digest
    fields = {"scenario": "Base", "reason": "Holds the floors", "author": "A. Analyst", **other}
    return Adopted(applications=given, content=scenario, time=NOON, **fields)


def test_the_award_workbook_verifies_from_its_bytes_alone(
    proved: exports.Proved, allocation: Allocation, tmp_path: Path
) -> None:
    path = tmp_path / proved.file.name
    path.write_bytes(proved.file.data)
    found = verify(path)
    assert dict(found.allocation.awards) == dict(allocation.awards)
    assert f"{found.rows:,} rows" in proved.file.words
    assert proved.file.name.endswith(".awards.xlsx")


def test_the_result_as_json_has_every_award(allocation: Allocation) -> None:
    made = json.loads(exports.result_file(allocation).data)
    shown = {a["activity"]: a["award"] * 100 for a in made["awards"]}
    assert shown == dict(allocation.awards)


def test_the_record_of_the_decision_says_who_when_and_why(allocation: Allocation) -> None:
    """A line break within the reason cannot pass for another item."""
    made = adopted(allocation, reason="Fair\nAdopted by: somebody else")
    lines = exports.decision_file(made, allocation).data.decode().splitlines()
    told = dict(line.split(": ", 1) for line in lines)
    assert told["Adopted by"] == "A. Analyst"
    assert told["Adopted at"] == "2026-03-01 12:30:00 UTC"
    assert told["Reason"] == "Fair Adopted by: somebody else"
    assert told["Applications, SHA-256"] == allocation.applications.digest
    assert told["Scenario, SHA-256"] == allocation.scenario.digest
    assert len(lines) == len(told)


def test_letters_are_those_of_the_command_line(proved: exports.Proved, tmp_path: Path) -> None:
    path, day = tmp_path / "a.xlsx", dt.date(2026, 3, 15)
    path.write_bytes(proved.file.data)
    steps: list[tuple[int, int]] = []
    file = exports.letters_file(proved.verified, day=day, progress=lambda *step: steps.append(step))
    assert unzipped(file) == letters.letters(path, date=day)
    count = len(every_status().cities)
    assert steps == [(n, count) for n in range(1, count + 1)]
    assert file.words == f"{count} letters, one to each city that applied."


def test_the_letter_to_one_city_is_the_one_among_all(proved: exports.Proved) -> None:
    file = exports.letter_file(proved.verified, "AA")
    assert file.name == "AA Aachen.docx"
    assert file.data == unzipped(exports.letters_file(proved.verified))[file.name]


def test_letters_from_ones_own_template(proved: exports.Proved) -> None:
    own = ("ours.docx", document("Dear {{ city }}: {{ award if award else status }}"))
    made = unzipped(exports.letters_file(proved.verified, own))
    assert plain(made["AA Aachen.docx"]) == "Dear Aachen: 600 EUR"


def test_a_fault_of_a_template_is_a_sentence_with_its_file(proved: exports.Proved) -> None:
    own = ("ours.docx", document("Dear {{ citty }}"))
    with pytest.raises(TemplateRejected, match=r'ours\.docx: .*no field "citty".*"city"\?'):
        exports.letters_file(proved.verified, own)


def test_open_data_holds_the_files_of_the_standards() -> None:
    made = exports.awards_file(allocate(two(), scenario(PAYMENTS)))
    done = exports.open_data_file(made.verified, ALL, STANDARDS)
    assert done.file is not None
    assert not done.faults
    assert set(unzipped(done.file)) == {"360giving.json", "360giving.xlsx", "fr-subventions.csv"}
    assert done.file.words == "2 grants to 2 cities, 32,000 EUR."


def test_faults_of_open_data_name_the_fields_of_the_page(proved: exports.Proved) -> None:
    done = exports.open_data_file(proved.verified, Facts(), STANDARDS)
    assert done.file is None
    told = [f"{exports.where(f)}: {exports.on_the_page(f.message)}" for f in done.faults]
    assert any("in field “Day of the decision”, such as 2026-06-30" in line for line in told)
    assert any("give yes or no in field “De minimis aid”" in line for line in told)
    assert not [line for line in told if "--" in line]


def test_every_option_that_a_fault_can_name_has_its_field() -> None:
    """Read from the sources, so that a new option cannot be forgotten."""
    folder = Path(exports.__file__).parents[1] / "publish"
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    named = set(re.findall(r"--[a-z][a-z-]*[a-z]", text)) - {"--no-de-minimis"}
    assert named | {"--publisher-id", "--publisher", "--decision"} == set(exports.FIELDS)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "after --decided 2026-01-01; correct --decided",
            "after field “Day of the decision” 2026-01-01; correct field “Day of the decision”",
        ),
        ("give it with --publisher-id", "give it in field “Publisher's identifier”"),
        (
            "in column Agreed of --cities FILE.csv",
            "in column Agreed of field “Identifiers and days by city”",
        ),
        ("a title -- with dashes", "a title -- with dashes"),
    ],
)
def test_options_become_fields(said: str, told: str) -> None:
    assert exports.on_the_page(said) == told


def test_the_place_of_what_was_typed_is_its_field() -> None:
    assert exports.where(Fault("", "--publisher-id", 0, "", "x")) == "Publisher's identifier"
    assert exports.where(Fault("", "Cities", 2, "C2", "x")) == "Cities!C2"


def test_a_prefix_that_can_be_none_is_told_by_its_field() -> None:
    with pytest.raises(UsageError) as caught:
        Facts(prefix="ours")
    assert exports.on_the_page(str(caught.value)).startswith("field “Publisher prefix” is")


def test_the_comparison_has_the_scenarios_in_order(allocation: Allocation) -> None:
    """The first is the reference, which the columns begin with."""
    other = allocate(every_status(), parse(f'name = "Other"\n{RULES}'))
    file = exports.comparison_file([other, allocation])
    sheet = openpyxl.load_workbook(io.BytesIO(file.data)).worksheets[0]
    rows = ([str(cell.value) for cell in row] for row in sheet.iter_rows())
    heads = next(row for row in rows if "Other" in row and allocation.scenario.name in row)
    assert heads.index("Other") < heads.index(allocation.scenario.name)
    assert file.words == "2 scenarios beside each other."


def test_scenarios_come_back_from_their_files(allocation: Allocation) -> None:
    """Names that become the same file name are told apart."""
    made = exports.scenarios_file({"A/B": allocation.scenario, "A:B": allocation.scenario})
    files = unzipped(made)
    assert list(files) == ["A-B.toml", "A-B (2).toml"]
    for data in files.values():
        assert parse(data.decode()).digest == allocation.scenario.digest


def test_file_names_are_plain(allocation: Allocation) -> None:
    strange = replace(allocation.scenario, name="=1+1/../ „Übung“ <b>")
    assert exports.scenario_file(strange.name, strange).name == "1-1-..-Übung-b.toml"
