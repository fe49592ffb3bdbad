"""An award workbook verifies from itself alone, and an edit of what matters is caught."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from funding.awards import allocate
from funding.errors import FundingError, InputError, RowsBroken, UsageError
from funding.report import award_workbook
from funding.verify import verify
from tests.small import apply, ask, record, scenario

Edit = Callable[[Any], None]


@pytest.fixture(scope="module")
def sound() -> bytes:
    """1 000 EUR over two years for asks of 600 and 600, scored 90 and 80, and one refused."""
    years = {2026: 300, 2027: 300}
    given = apply(
        ask("A-1", 600, score=90, by_year=years),
        ask("B-1", 600, score=80, by_year=years),
        ask("C-1", 600, eligible=False),
        record("A", first_time=True),
    )
    text = "[fund]\nunit = 100\n[fund.envelopes]\n2026 = 500\n2027 = 500\n[rules.independence]\n"
    return award_workbook(allocate(given, scenario(text)))


def edited(data: bytes, path: Path, edit: Edit) -> Path:
    """The workbook with cached values, as a program would save it after an edit."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    edit(book)
    book.save(path)
    return path


def cell(book: Any, sheet: str, code: str, header: str) -> Any:
    headers = [c.value for c in book[sheet][1]]
    row = next(r for r in book[sheet].iter_rows() if r[0].value == code)
    return row[headers.index(header)]


def put(sheet: str, code: str, header: str, value: object) -> Edit:
    def edit(book: Any) -> None:
        cell(book, sheet, code, header).value = value

    return edit


def swap(book: Any) -> None:
    put("Awards by activity", "A-1", "Award", 400)(book)
    put("Awards by activity", "B-1", "Award", 600)(book)


def total(book: Any) -> None:
    sheet = book["Awards by city"]
    headers = [c.value for c in sheet[1]]
    row = next(r for r in sheet.iter_rows() if r[1].value == "Total")
    row[headers.index("Award")].value = 1_100


def rule(book: Any) -> None:
    for row in book["Scenario"].iter_rows():
        if str(row[0].value).startswith("2026"):
            row[0].value = "2026 = 600"


def test_what_was_written_verifies(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "awards.xlsx"
    path.write_bytes(sound)
    assert verify(path).rows > 0
    assert verify(edited(sound, tmp_path / "saved again.xlsx", lambda book: None)).rows > 0


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (put("Awards by activity", "A-1", "Award", 700), "request"),
        (put("Awards by activity", "A-1", "Award", 550), "multiple"),
        (put("Awards by activity", "C-1", "Award", 100), "yet it has an award"),
        (put("Awards by activity", "A-1", "Award 2026", 400), "2026"),
        (swap, "B-1"),
        (
            put("Awards by activity", "A-1", "Status", "reduced"),
            '(A-1, Status): "full" is expected',
        ),
        (put("Awards by activity", "A-1", "Requested", 500), "(A-1, Requested): 600 is expected"),
        (put("Awards by activity", "A-1", "City code", "B"), '(A-1, City code): "A" is expected'),
        (put("Awards by activity", "A-1", "Why", "Because."), "(A-1, Why)"),
        (
            put("Awards by activity", "A-1", "Score", 91),
            "(A-1, Score): 90 is expected, found is 91",
        ),
        (put("Awards by city", "A", "Award", 600.01), "(A, Award): 600 is expected"),
        (put("Awards by city", "A", "Award", "600"), '(A, Award): 600 is expected, found is "600"'),
        (put("Awards by city", "A", "Status", "reserve"), '(A, Status): "full" is expected'),
        (total, "Awards by city!F5 (Award): 1,000 is expected, found is 1,100"),
        (rule, "the scenario is not the one"),
        (put("Activities", "A-1", "Title", "Another"), "Activities: its content"),
        (put("Assessment", "A-1", "Score", 95), "Assessment: its content"),
        (put("Assessment", "A-1", "Score", 95), "(value, exactly"),
        (put("Cities", "A", "Own engagement budget", 1), "independence"),
        (put("Cities", "A", "Own engagement budget", "much"), "Cities!"),
        (put("Run record", "value, exactly", "Value", "1"), "(value, exactly, Value)"),
        (put("Run record", "solver", "Value", "by hand"), "an item of the record was changed"),
        (put("Run record", "best value", "Value", "1"), "an item of the record was changed"),
        (put("Run record", "bound", "Value", "none"), "no number"),
        (put("Run record", "format", "Value", "0"), "Run record!B2"),
    ],
)
def test_an_edit_is_caught_and_named(sound: bytes, tmp_path: Path, edit: Edit, words: str) -> None:
    path = edited(sound, tmp_path / "edited.xlsx", edit)
    with pytest.raises(RowsBroken, match="does not verify") as caught:
        verify(path)
    assert words in str(caught.value)
    assert caught.value.exit_code == 5


def test_other_formats_are_refused_in_words(sound: bytes, tmp_path: Path) -> None:
    for number, words in (("1", "Verify it with the version that wrote it"), ("3", "has format 3")):
        path = edited(sound, tmp_path / "f.xlsx", put("Run record", "format", "Value", number))
        with pytest.raises(InputError, match=words):
            verify(path)


def test_a_scenario_that_is_none_any_more_is_caught(sound: bytes, tmp_path: Path) -> None:
    def spoil(book: Any) -> None:
        book["Scenario"]["A2"].value = "what = ["

    with pytest.raises(RowsBroken, match="does not verify:\n  Scenario: "):
        verify(edited(sound, tmp_path / "edited.xlsx", spoil))


def test_an_award_of_another_version_says_so(sound: bytes, tmp_path: Path) -> None:
    path = edited(sound, tmp_path / "old.xlsx", put("Run record", "funding", "Value", "0.0.1"))
    with pytest.raises(RowsBroken, match=r"written by version 0\.0\.1 of this tool"):
        verify(path)


def test_a_sorted_sheet_says_the_same(sound: bytes, tmp_path: Path) -> None:
    """Rows A-1 and C-1 change places, as a spreadsheet sorts them."""

    def sort(book: Any) -> None:
        rows = list(book["Awards by activity"].iter_rows(min_row=2, max_row=4))
        first, last = [c.value for c in rows[0]], [c.value for c in rows[2]]
        for row, values in ((rows[0], last), (rows[2], first)):
            for target, value in zip(row, values, strict=True):
                target.value = value

    assert verify(edited(sound, tmp_path / "sorted.xlsx", sort)).rows > 0


def test_decisions_by_hand_are_verified(tmp_path: Path) -> None:
    """A minimum of 300 for B by hand, which leaves A-1 700 of 1,000; then 100 are moved."""
    given = apply(ask("A-1", 900, score=90), ask("B-1", 600, score=80))
    text = '[[decisions]]\ncity = "B"\nminimum = 300\nreason = "Promised"\n'
    data = award_workbook(allocate(given, scenario(text, envelope=1_000)))
    path = tmp_path / "awards.xlsx"
    path.write_bytes(data)
    assert verify(path).rows > 0

    def move(book: Any) -> None:
        put("Awards by activity", "A-1", "Award", 800)(book)
        put("Awards by activity", "B-1", "Award", 200)(book)

    with pytest.raises(RowsBroken, match="decisions · B · minimum of the city: broken by 100 EUR"):
        verify(edited(data, tmp_path / "moved.xlsx", move))

    def silence(book: Any) -> None:
        why = cell(book, "Awards by activity", "B-1", "Why")
        assert "Promised" in why.value
        why.value = why.value.replace("Promised", "Asked for")

    with pytest.raises(RowsBroken, match=r"\(B-1, Why\): .*Promised.* found is .*Asked for"):
        verify(edited(data, tmp_path / "silenced.xlsx", silence))


def test_a_year_in_which_nothing_is_paid_in_the_end(tmp_path: Path) -> None:
    """10,000 for an ask of 15,000 in 2026 and 5,000 in 2027, in units of 10,000: 7,500 and 2,500 in
    proportion, so all of it is paid in 2026, and 2027 has no column."""
    given = apply(ask("A-1", 20_000, by_year={2026: 15_000, 2027: 5_000}))
    allocation = allocate(given, scenario(envelope=10_000, unit=10_000))
    assert {year: p for year, p in allocation.payments["A-1"].items() if p} == {2026: 1_000_000}
    path = tmp_path / "awards.xlsx"
    path.write_bytes(award_workbook(allocation))
    assert verify(path).allocation.years == (2026,)


def test_a_file_that_is_none_is_refused(sound: bytes, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        verify(tmp_path / "missing.xlsx")
    text = tmp_path / "text.xlsx"
    text.write_text("no workbook", encoding="utf-8")
    with pytest.raises(InputError):
        verify(text)

    def drop(book: Any) -> None:
        del book["Scenario"]

    with pytest.raises(FundingError, match="no sheet Scenario"):
        verify(edited(sound, tmp_path / "short.xlsx", drop))
