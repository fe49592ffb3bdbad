"""The award workbook: its sheets, what stands in them, and that no text becomes a formula."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from funding.awards import Allocation, allocate
from funding.errors import RowsBroken
from funding.prices import prices_of
from funding.report import award_workbook
from funding.report.solved import solved_of
from funding.scenario import parse
from funding.verify import verify
from funding.workbook import read
from tests.award_books import (
    RULES,
    book,
    headers,
    hostile,
    lines,
)
from tests.small import apply, ask, city, scenario

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


@pytest.fixture(scope="module")
def allocation() -> Allocation:
    return allocate(hostile(), scenario(RULES))


@pytest.fixture(scope="module")
def data(allocation: Allocation) -> bytes:
    return award_workbook(allocation)


def test_the_sheets_stand_in_order(data: bytes) -> None:
    assert book(data).sheetnames == [
        *("Summary", "Awards by city", "Awards by activity", "Reserve list", "Not funded"),
        *("Rules", "Checks", "Baselines", "Scenario"),
        *("Fund", "Cities", "Activities", "Assessment", "City record", "Scores"),
        "Certificate",
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


def test_the_reserve_list_says_what_each_needs() -> None:
    """300 of 1,300 are left: B-1 (70) needs 700 of them and so 400 more, C-1 (60) 900 and 600 more,
    after B-1 1,300. B-2 (50) needs 600, but has no room under the city cap of 1,000 after B-1."""
    given = apply(
        ask("A-1", 1_000, score=90, minimum_viable=1_000),
        ask("B-1", 800, score=70, minimum_viable=700),
        ask("B-2", 600, score=50, minimum_viable=600),
        ask("C-1", 900, score=60, minimum_viable=900),
    )
    rules = scenario("[rules.city_cap]\namount = 1_000\n", envelope=1_300)
    rows = lines(award_workbook(allocate(given, rules)), "Reserve list")
    needs = [(r["Activity code"], r["Least award"], r["Needs"], r["Needs in turn"]) for r in rows]
    assert needs == [("B-1", 700, 400, 400), ("C-1", 900, 600, 1_300), ("B-2", 600, 300, None)]
    assert ["another rule leaves it no room" in row["Why"] for row in rows] == [False, False, True]


def test_no_text_becomes_a_formula(data: bytes) -> None:
    """Every formula begins with what the tool writes; hostile texts stand as they are."""
    ours = ("SUM(", "SUMIFS(", "SUMPRODUCT(", "COUNTIF(", "COUNTIFS(", "IF(", "ROWS(", "Baselines!")
    for sheet in book(data, values=False):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.data_type == "f":
                plain = cell.value.lstrip("=(0123456789.*+-")
                difference = cell.value[1:].replace("-", "").replace("/", "").isalnum()
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
    assert record["format"] == "2"
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


def test_lines_to_sign_name_the_file_and_may_be_filled_in(tmp_path: Path) -> None:
    """Paper that is signed says which awards it is about; what is written there is no edit."""
    allocation = allocate(hostile(), scenario(RULES))
    made = book(award_workbook(allocation))
    sheet = made["Summary"]
    (start,) = (c.row for row in sheet.iter_rows() for c in row if c.value == "Signatures")
    column = [sheet.cell(n, 1).value for n in range(start, start + 6)]
    assert column[2:5] == ["Prepared by", "Checked by, for finance", "Approved by"]
    digests = {r[0].value: r[1].value for r in made["Run record"].iter_rows()}
    assert column[5].startswith("For 100,000 EUR as on sheets Awards by city")
    assert f"applications {digests['applications'][:12]}…" in column[5]
    assert f"scenario {digests['scenario'][:12]}…" in column[5]
    titles = [sheet.cell(start + 1, at).value for at in (2, 8, 9)]
    assert titles == ["Name", "Date", "Signature"]
    assert sheet.max_row == start + 5
    assert sheet.print_area.endswith(f"${start + 5}")

    path = tmp_path / "signed.xlsx"
    sheet.cell(start + 2, 2).value = "A. Martin, analyst"
    sheet.cell(start + 2, 8).value = dt.date(2026, 5, 4)
    sheet.cell(start + 4, 9).value = "signed"
    made.save(path)
    assert verify(path).rows > 0
    sheet.cell(start + 2, 1).value = "Refused by"
    made.save(path)
    with pytest.raises(RowsBroken, match=f"Summary!A{start + 2}"):
        verify(path)


def test_the_ends_of_a_price_are_those_of_the_limit_that_is_shown() -> None:
    """600 for A-1 and 200 for steered B-1, which may have half of all awards: 400. So no less than
    200 of it is needed, though the row itself says: B-1 less half of all is at most 0."""
    given = apply(ask("A-1", 600, score=90), ask("B-1", 200, score=50, steered=True))
    text = "[rules.hands_off]\nmax_steered_share_of_fund = 0.5\n"
    allocation = allocate(given, scenario(text, envelope=1_000))
    data = award_workbook(allocation, solved_of(allocation, prices_of(allocation)))
    (row,) = (line for line in lines(data, "Rules") if line["Rule"] == "Hands off")
    assert (row["Limit"], row["Used"]) == (400, 200)
    assert row["Price in words"] == "One more EUR adds 0; one less takes as much, down to 200 EUR."


def test_every_page_of_the_certificate_has_the_headers(data: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Certificate"]
    (headers,) = [row for row in sheet.iter_rows() if row[0].value == "City code"]
    assert sheet.print_title_rows == f"${headers[0].row}:${headers[0].row}"
