"""The award workbook: its sheets, its live formulas, and what a spreadsheet makes of them."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.report import award_workbook, sides
from funding.report.ranges import look_alike
from funding.scenario import parse
from funding.workbook import read
from tests.small import apply, ask, city, scenario

RULES = """
[fund]
unit = 100
[fund.envelopes]
2026 = 85_000
2027 = 15_000
[gates.merit_threshold]
score = 50
[rules.independence]
max_national_share = 0.5
[rules.national_share]
rates = { other = 0.9, several = 0.9, none = 0.9 }
[rules.hands_off]
max_steered_share_of_fund = 0.5
[rules.absorption]
per_staff = 20_000
per_training = 2.0
[rules.stream_shares]
training = { min = 0.1 }
[[rules.group_shares]]
attribute = "region"
each = true
max = 0.6
[[rules.group_shares]]
attribute = "theme"
group = "water"
min = 0.2
of = "awarded"
[rules.city_cap]
amount = 90_000
"""
CITY_HEADERS = [
    *("City code", "City", "Legal identifier", "Region", "Requested", "Award"),
    *("Share of request", "National share after award", "Own contribution required"),
    *("Activities funded", "Status", "Why"),
]
ACTIVITY_HEADERS = [
    *("Activity code", "City code", "City", "Title", "Stream", "Score", "Eligible cost"),
    *("Requested", "Award", "Award 2026", "Award 2027", "Own contribution required"),
    *("Status", "Why"),
]
EXACTNESS = 3  # rows of Checks that belong to no rule: payments, whole units, gates

# Always recalculate a workbook on opening it; without this LibreOffice shows the saved values.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


def hostile() -> Applications:
    """Three cities whose texts could be taken for formulas and conditions.

    Under RULES: AA-1 is paid half in 2027, so 15,000 of 2027 admit 30,000 of its 60,000; with
    AA-2 (20,000) city AA is at its 50,000 of independence. BB-1 takes the 50,000 that are left
    of 2026 (15,000 + 20,000 + 50,000 = 85,000). CC-1 scores 30, under the threshold of 50;
    BB-2 and CC-2 find no money.
    """
    return apply(
        city("AA", name="=1+1", region=">5", own_budget=50_000),
        city("BB", name="@x", region="*"),
        city("CC", name="+1", region='=SUM(1)"'),
        ask("AA-1", 60_000, score=90, by_year={2026: 30_000, 2027: 30_000}, title="=1/0"),
        ask("AA-2", 20_000, score=80, stream="training", title="-1"),
        ask("BB-1", 50_000, score=70, minimum_viable=30_000, steered=True),
        ask("BB-2", 10_000.50, score=60, stream="coordination", theme="air"),
        ask("CC-1", 40_000, score=30),
        ask("CC-2", 30_000, score=55, minimum_viable=5_000),
    )


def many() -> Applications:
    """Eight cities with codes that a condition cannot tell apart, seven of them for water.

    An envelope of 4,000 pays four of the eight requests of 1,000, by score; water may take
    3,000 of it.
    """
    codes = ("1", "01", "001", "MAR", "mar", "1E1", "10", "X")
    asks = (
        ask(f"{code}-1", 1_000, score=90 - at, theme="air" if code == "X" else "water")
        for at, code in enumerate(codes)
    )
    return apply(*asks)


WATER = '[[rules.group_shares]]\nattribute = "theme"\ngroup = "water"\nmax = 0.75\n'


DECIDED = """
[rules.city_minimum]
amount = 4_000
[[rules.award_bands]]
streams = ["financing"]
min = 1_000
max = 3_000
[[rules.award_bands]]
streams = ["financing"]
min = 5_000
max = 8_000
[[decisions]]
activity = "AA-1"
minimum = 5_000
reason = "=1+1"
[[decisions]]
city = "CC"
exclude = true
reason = "Withdrawn"
[[decisions]]
city = "BB"
maximum = 7_000
reason = "Too much"
"""


def decided() -> Applications:
    """Under DECIDED, with 15,000: AA-1 must have 5,000. BB-1 (90) is free of bands as training,
    but city BB has at most 7,000. Of the other 3,000 AA-2 gets 2,900, the most under 3,000, and
    AA-1 another 100. CC is excluded; DD asks for less than 4,000."""
    return apply(
        ask("AA-1", 9_000, score=60),
        ask("AA-2", 4_000, score=70),
        ask("BB-1", 8_000, score=90, stream="training"),
        ask("CC-1", 6_000, score=95),
        ask("DD-1", 2_000, score=99),
    )


@pytest.fixture(scope="module")
def allocation() -> Allocation:
    return allocate(hostile(), scenario(RULES))


@pytest.fixture(scope="module")
def data(allocation: Allocation) -> bytes:
    return award_workbook(allocation)


def book(data: bytes, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def lines(data: bytes, sheet: str, *, values: bool = True) -> list[dict[str, Any]]:
    """The rows of a sheet by header."""
    headers, *rows = book(data, values=values)[sheet].iter_rows(values_only=True)
    return [dict(zip(headers, row, strict=True)) for row in rows]


def headers(data: bytes, sheet: str) -> list[Any]:
    return [cell.value for cell in book(data)[sheet][1]]


def test_the_sheets_stand_in_order(data: bytes) -> None:
    assert book(data).sheetnames == [
        *("Summary", "Awards by city", "Awards by activity", "Reserve list", "Not funded"),
        *("Rules", "Checks", "Scenario"),
        *("Fund", "Cities", "Activities", "Assessment", "City record", "Scores"),
        "Run record",
    ]


def test_the_headers_are_those_that_others_rely_on(data: bytes) -> None:
    assert headers(data, "Awards by city") == CITY_HEADERS
    assert headers(data, "Awards by activity") == ACTIVITY_HEADERS
    assert headers(data, "Rules") == [
        *("Rule", "Whom", "In words", "Limit", "Used", "Room left", "Binding")
    ]
    checks = ["Rule", "Code", "Whom", "In words", "Used", "Must be", "Limit", "Room left"]
    assert headers(data, "Checks") == [*checks, "OK", "How"]


def test_awards_and_payments_are_those_worked_out_by_hand(data: bytes) -> None:
    """See `hostile`. Own contribution: cost of twice the request, less the award."""
    rows = {row["Activity code"]: row for row in lines(data, "Awards by activity")[:-1]}
    awards = {code: row["Award"] for code, row in rows.items()}
    assert awards == {
        "AA-1": 30_000,
        "AA-2": 20_000,
        "BB-1": 50_000,
        "BB-2": 0,
        "CC-1": 0,
        "CC-2": 0,
    }
    assert (rows["AA-1"]["Award 2026"], rows["AA-1"]["Award 2027"]) == (15_000, 15_000)
    assert rows["AA-1"]["Own contribution required"] == 120_000 - 30_000
    assert rows["CC-1"]["Own contribution required"] is None
    assert rows["BB-2"]["Requested"] == 10_000.5
    assert [rows[c]["Status"] for c in ("AA-1", "AA-2", "CC-1")] == [
        "reduced", "full", "below threshold"
    ]  # fmt: skip


def test_totals_are_live_and_their_saved_values_are_right(data: bytes) -> None:
    """Requested: 60,000 + 20,000 + 50,000 + 10,000.50 + 40,000 + 30,000 = 210,000.50."""
    for sheet in ("Awards by city", "Awards by activity"):
        formulas, saved = lines(data, sheet, values=False)[-1], lines(data, sheet)[-1]
        assert saved["City"] == "Total"
        assert (saved["Requested"], saved["Award"]) == (210_000.5, 100_000)
        assert formulas["Award"].startswith("=SUM(")
        assert formulas["Requested"].startswith("=SUM(")
    saved = lines(data, "Awards by activity")[-1]
    assert (saved["Award 2026"], saved["Award 2027"]) == (85_000, 15_000)


def test_a_city_adds_up_its_activities(data: bytes) -> None:
    """AA: 50,000 of 80,000; national share 50,000 / (50,000 + 50,000); own 90,000 + 20,000."""
    row, formulas = lines(data, "Awards by city")[0], lines(data, "Awards by city", values=False)[0]
    assert (row["Requested"], row["Award"], row["Share of request"]) == (80_000, 50_000, 0.625)
    assert row["National share after award"] == 0.5
    assert row["Own contribution required"] == 110_000
    assert row["Activities funded"] == 2
    assert row["Status"] == "reduced"
    assert "Reduced: AA-1." in row["Why"]
    assert formulas["Award"].startswith("=SUMIFS(")
    assert formulas["Activities funded"].startswith("=COUNTIFS(")


def test_every_activity_without_an_award_stands_on_one_of_two_sheets(
    allocation: Allocation, data: bytes
) -> None:
    reserve = [row["Activity code"] for row in lines(data, "Reserve list")]
    refused = [row["Activity code"] for row in lines(data, "Not funded")]
    assert tuple(reserve) == allocation.reserve
    assert sorted(reserve + refused) == ["BB-2", "CC-1", "CC-2"]
    assert "CC-1" in refused


def test_every_row_of_every_rule_is_checked_and_listed(allocation: Allocation, data: bytes) -> None:
    checks, rules = lines(data, "Checks"), lines(data, "Rules")
    assert len(checks) == len(allocation.rows) + EXACTNESS
    assert len(rules) == len(allocation.rows)
    assert {row["OK"] for row in checks} == {"OK"}
    assert {row["How"] for row in checks} == {"live formula"}
    (independence,) = (r for r in checks if (r["Rule"], r["Code"]) == ("Independence", "AA"))
    assert (independence["Used"], independence["Limit"]) == (50_000, 50_000)
    (year,) = (r for r in rules if r["In words"].startswith("The envelope of 2027"))
    assert (year["Used"], year["Room left"], year["Binding"]) == (15_000, 0, "yes")


def test_negative_terms_change_sides(data: bytes) -> None:
    """Steered: 50,000 ≤ 0.5 × 100,000. Minimum of BB-1: 50,000 ≥ 30,000 × funded.

    Absorption of AA: 30,000 of financing ≤ 5 staff × 20,000 + 2 × 20,000 of training.
    """
    found = {(r["Rule"], r["Code"], r["Must be"]): r for r in lines(data, "Checks")}
    steered = found["Hands off", None, "at most"]
    assert (steered["Used"], steered["Limit"]) == (50_000, 50_000)
    least = found["Request", "BB-1", "at least"]
    assert (least["Used"], least["Limit"], least["Room left"]) == (50_000, 30_000, 20_000)
    able = found["Absorption", "AA", "at most"]
    assert (able["Used"], able["Limit"]) == (30_000, 140_000)
    formulas = {
        (r["Rule"], r["Code"], r["Must be"]): r for r in lines(data, "Checks", values=False)
    }
    assert formulas["Absorption", "AA", "at most"]["Limit"].startswith("=100000+2*SUMIFS(")


def test_no_text_becomes_a_formula(data: bytes) -> None:
    """Every formula begins with what the tool writes; hostile texts stand as they are."""
    ours = ("SUM(", "SUMIFS(", "SUMPRODUCT(", "COUNTIF(", "COUNTIFS(", "IF(", "ROWS(")
    for sheet in book(data, values=False):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.data_type == "f":
                plain = cell.value.lstrip("=(0123456789.*+-")
                difference = cell.value[1:].replace("-", "").isalnum()
                assert plain.startswith(ours) or difference, f"{sheet.title}!{cell.coordinate}"
    cities = book(data, values=False)["Awards by city"]
    assert [(cities.cell(n, 2).value, cities.cell(n, 2).data_type) for n in (2, 3, 4)] == [
        ("=1+1", "s"), ("@x", "s"), ("+1", "s")
    ]  # fmt: skip
    titles = book(data, values=False)["Awards by activity"]
    assert (titles.cell(2, 4).value, titles.cell(2, 4).data_type) == ("=1/0", "s")


def test_the_workbook_holds_what_is_needed_to_do_it_again(
    allocation: Allocation, data: bytes
) -> None:
    applications = read([("awards.xlsx", data)]).require()
    assert applications.digest == allocation.applications.digest
    text = [row[0] or "" for row in book(data)["Scenario"].iter_rows(min_row=2, values_only=True)]
    again = parse("\n".join(text))
    assert again.digest == allocation.scenario.digest
    assert allocate(applications, again).awards == allocation.awards
    record = {row["Item"]: row["Value"] for row in lines(data, "Run record")}
    assert record["format"] == "1"
    assert record["applications"] == allocation.applications.digest
    assert record["scenario"] == allocation.scenario.digest
    assert record["status"] == "optimal"
    assert record["value, exactly"] == str(90 * 30_000 + 80 * 20_000 + 70 * 50_000)


def test_the_same_allocation_gives_the_same_bytes(allocation: Allocation, data: bytes) -> None:
    assert award_workbook(allocation) == data
    properties = zipfile.ZipFile(io.BytesIO(data)).read("docProps/core.xml")
    assert b"2020-01-01T00:00:00Z" in properties


def test_sheets_are_ready_to_print(data: bytes) -> None:
    for name in ("Awards by city", "Awards by activity", "Rules", "Checks"):
        sheet = book(data)[name]
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (1, None)  # left out, it is 1
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.freeze_panes is not None
        assert sheet.print_area
        assert "Test fund" in sheet.oddHeader.left.text
        assert "Scenario: Test" in sheet.oddFooter.left.text
    assert len(book(data)["Summary"]._charts) == 1
    assert book(data)["Awards by city"]["F2"].number_format == '#,##0\\ "EUR"'
    assert book(data)["Awards by city"]["E2"].number_format == '#,##0.00\\ "EUR"'


def test_synthetic_funds_say_so_on_every_page(allocation: Allocation) -> None:
    call = hostile().call.model_copy(update={"fund": "A Synthetic fund"})
    made = book(award_workbook(allocate(hostile().model_copy(update={"call": call}), scenario())))
    for sheet in made:
        assert "SYNTHETIC" in sheet.oddHeader.left.text
    texts = [cell.value for row in made["Summary"].iter_rows() for cell in row]
    assert any("SYNTHETIC" in str(text) for text in texts)
    plain = book(award_workbook(allocation))["Summary"]
    assert "SYNTHETIC" not in plain.oddHeader.left.text


def test_a_fund_without_awards_makes_a_workbook() -> None:
    nothing = award_workbook(allocate(apply(city("A")), scenario()))
    assert lines(nothing, "Awards by city")[0]["Status"] == "no activities"
    assert lines(nothing, "Awards by activity")[-1]["Award"] == 0


def test_long_sums_take_their_coefficients_from_a_sheet() -> None:
    """Of the best four only three may be for water: 3,000 ≤ 0.75 × 4,000."""
    data = award_workbook(allocate(many(), scenario(WATER, envelope=4_000)))
    (water,) = (r for r in lines(data, "Checks") if r["Whom"] == "Theme water")
    assert (water["Used"], water["Limit"]) == (3_000, 3_000)
    assert water["How"] == "live formula over Check weights"
    weights = {r["Activity code"]: r for r in lines(data, "Check weights")}
    counted = {code: r["Group shares · Theme water · maximum"] for code, r in weights.items()}
    assert counted == {code: None if code == "X-1" else 1 for code in weights}


def test_decisions_minimums_and_bands_are_checked_by_formulas() -> None:
    """AA: 8,000 ≥ 4,000 × funded. AA-1: 5,100 from 5,000 to 7,900. CC: 0 ≤ 0."""
    found = allocate(decided(), scenario(DECIDED, envelope=15_000))
    assert {code: award / 100 for code, award in found.awards.items()} == {
        "AA-1": 5_100,
        "AA-2": 2_900,
        "BB-1": 7_000,
        "CC-1": 0,
        "DD-1": 0,
    }
    data = award_workbook(found)
    checks = lines(data, "Checks")
    assert {row["OK"] for row in checks} == {"OK"}
    assert {row["How"] for row in checks} == {"live formula"}
    sides_of = {
        (r["Rule"], r["Code"], r["Must be"]): (r["Used"], r["Limit"])
        for r in checks
        if not r["In words"].startswith("Award bands") or r["Used"] != r["Limit"]
    }
    assert sides_of["City minimum", "AA", "at least"] == (8_000, 4_000)
    assert sides_of["Award bands", "AA-1", "at most"] == (5_100, 7_900)
    assert sides_of["Award bands", "AA-1", "at least"] == (5_100, 5_000)
    assert sides_of["Decisions by hand", "CC", "at most"] == (0, 0)
    cities = {row["City code"]: row for row in lines(data, "Awards by city")}
    assert cities["CC"]["Status"] == "excluded by decision"
    assert cities["CC"]["Why"].endswith('City CC: no award by decision, "Withdrawn".')
    assert 'at least 5,000 EUR by decision, "=1+1"' in cities["AA"]["Why"]
    refused = {row["Activity code"]: row["Status"] for row in lines(data, "Not funded")}
    assert refused == {"CC-1": "excluded by decision", "DD-1": "not funded"}
    summary = {row[0]: row[1] for row in book(data)["Summary"].iter_rows(values_only=True)}
    assert summary["excluded by decision"] == 1


def test_sums_without_a_formula_are_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sides, "MOST_COLUMNS", 0)
    data = award_workbook(allocate(many(), scenario(WATER, envelope=4_000)))
    (water,) = (r for r in lines(data, "Checks", values=False) if r["Whom"] == "Theme water")
    assert (water["Used"], water["Limit"]) == (3_000, 3_000)
    assert water["How"] == "evaluated exactly by the tool"
    assert "Check weights" not in book(data).sheetnames


@pytest.mark.parametrize(
    ("codes", "alike"),
    [
        (["GRE-1", "GRE-2", "LYO-10"], False),
        (["GRE", "gre"], True),
        (["GRE-1", "GRE-01"], True),
        (["GRE-1", "GRE.1"], True),
        (["1", "A"], True),  # a number
        (["1E5"], True),
        (["MAR-1"], True),  # the first of March
        (["TRUE"], True),
    ],
)
def test_codes_that_a_condition_may_confuse_are_found(codes: list[str], alike: bool) -> None:
    assert look_alike(codes) is alike


def recalculated(soffice: str, folder: Path, data: bytes) -> bytes:
    """The workbook as LibreOffice saves it after it calculated every formula anew."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    settings = profile / "user" / "registrymodifications.xcu"
    settings.write_text(RECALCULATE, encoding="utf-8")
    source = folder / "awards.xlsx"
    source.write_bytes(data)
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=180)
    return (folder / "out" / "awards.xlsx").read_bytes()


def test_a_long_line_of_the_scenario_has_the_height_that_it_needs() -> None:
    """400 letters need five lines of 80 at least, of 13 points each; short lines need one."""
    given = apply(ask("A-1", 1_000))
    data = award_workbook(allocate(given, scenario(f'[rules.request]\nnote = "{"ab " * 133}"\n')))
    sheet = book(data)["Scenario"]
    heights = {
        str(sheet.cell(row, 1).value or "")[:6]: sheet.row_dimensions[row].height
        for row in range(2, sheet.max_row + 1)
    }
    assert heights["note ="] >= 5 * 13
    assert heights["[rules"] is None  # that of any row


def test_an_empty_list_says_so() -> None:
    """The envelope pays all that is asked for: nobody is in reserve, nobody is refused."""
    data = award_workbook(allocate(apply(ask("A-1", 1_000)), scenario(envelope=1_000)))
    for sheet in ("Reserve list", "Not funded"):
        (line,) = book(data)[sheet].iter_rows(min_row=2, values_only=True)
        assert line[0]
        assert not any(line[1:])


@pytest.mark.needs_office
@pytest.mark.parametrize("which", ["hostile", "many", "decided"])
def test_a_spreadsheet_comes_to_the_same_values(soffice: str, tmp_path: Path, which: str) -> None:
    applications, rules = {
        "hostile": (hostile(), scenario(RULES)),
        "many": (many(), scenario(WATER, envelope=4_000)),
        "decided": (decided(), scenario(DECIDED, envelope=15_000)),
    }[which]
    data = award_workbook(allocate(applications, rules))
    saved, again = book(data), book(recalculated(soffice, tmp_path, data))
    compared = 0
    for sheet in book(data, values=False):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            was, now = (b[sheet.title][cell.coordinate].value for b in (saved, again))
            expected = was if isinstance(was, str) else pytest.approx(was, abs=1e-6)
            assert now == expected, f"{sheet.title}!{cell.coordinate}: {cell.value}"
            compared += 1
    assert compared > 50
    assert {row[8].value for row in again["Checks"].iter_rows(min_row=2)} == {"OK"}


@pytest.mark.needs_office
def test_a_changed_award_breaks_the_checks(soffice: str, tmp_path: Path, data: bytes) -> None:
    """100 more for AA-1 break AA's independence and, by the total, the envelope."""
    changed = openpyxl.load_workbook(io.BytesIO(data))
    cell = changed["Awards by activity"]["I2"]
    assert cell.value == 30_000
    cell.value = 30_100
    stream = io.BytesIO()
    changed.save(stream)
    again = recalculated(soffice, tmp_path, stream.getvalue())
    broken = {(r["Rule"], r["Code"]) for r in lines(again, "Checks") if r["OK"] == "BROKEN"}
    assert {("Envelope", None), ("Independence", "AA"), ("Payments", None)} <= broken
    assert ("Request", "AA-1") not in broken
    summary = {row[0]: row[1] for row in book(again)["Summary"].iter_rows(values_only=True)}
    assert summary["Checks that do not hold"] == len(
        [r for r in lines(again, "Checks") if r["OK"] == "BROKEN"]
    )
