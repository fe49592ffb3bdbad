"""Written workbooks are read back the same; no text in them is ever a formula."""

from __future__ import annotations

import datetime as dt
import io
import string
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from funding import money
from funding.applications import (
    STREAMS,
    Activity,
    Applications,
    Assessment,
    AssessorScore,
    Call,
    City,
    CityRecord,
)
from funding.errors import InputError
from funding.workbook import add_sheets, to_tables, write_applications
from funding.workbook.tables import plain_text
from funding.workbook.writer import SAFE_TEXT
from tests.workbook.support import read_tables, taken, workbook

BANNER = "SYNTHETIC DATA – R&D, not for decisions"
FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://x.test","y")',
    "+1",
    "-1",
    "@SUM(A1)",
    "{=1}",
    "http://x.test",
]

# --- any applications that hold together -----------------------------------------------

# The code EXAMPLE is kept for the template's example rows, which are left out.
codes = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=8).filter(
    lambda code: code != "EXAMPLE"
)
amounts = st.integers(0, 10**11)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn", "Cf"]), max_size=40).map(
    plain_text
)
names = texts.filter(bool)
days = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
scores = st.decimals(0, 100, places=2)


@st.composite
def applications(draw: st.DrawFn) -> Applications:
    """Sound applications with every kind of field, blanks among them."""
    call = Call(
        fund=draw(names),
        reference=draw(names),
        funder=draw(texts),
        currency=draw(st.sampled_from(["EUR", "USD", "SEK"])),
        first_year=2026,
        opening_date=draw(st.none() | days.filter(lambda d: d.year < 2050)),
        closing_date=draw(st.none() | days.filter(lambda d: d.year > 2050)),
        draw_number=draw(texts),
    )
    keys = draw(st.lists(codes, min_size=1, max_size=3, unique=True))
    cities = [draw(_cities(code)) for code in keys]
    plan = [f"{code}-{n}" for code in keys for n in range(draw(st.integers(0, 2)))]
    plan = plan or [f"{keys[0]}-0"]
    activities = [draw(_activities(code)) for code in plan]
    assessments, given_scores = [], []
    for activity in activities:
        scored = draw(st.booleans())
        assessments.append(draw(_assessments(activity, scored)))
        if scored:
            given_scores.append(
                AssessorScore(
                    activity=activity.code,
                    assessor="A",
                    criterion="x",
                    score=draw(scores),
                    comment=draw(texts),
                )
            )
    records = [draw(_records(code)) for code in keys if draw(st.booleans())]
    return Applications.of(call, cities, activities, assessments, records, given_scores)


@st.composite
def _cities(draw: st.DrawFn, code: str) -> City:
    staff = draw(st.integers(0, 50))
    trained = draw(st.integers(0, staff))
    placed = draw(st.booleans())
    return City(
        code=code,
        name=draw(names),
        legal_identifier=draw(texts),
        region=draw(names),
        population=draw(st.integers(1, 10**9)),
        own_budget=draw(amounts),
        earlier_budget=draw(st.none() | amounts),
        staff=staff,
        trained_staff=trained,
        certified_staff=draw(st.none() | st.integers(0, trained)),
        coordination=draw(st.sampled_from(["formal", "ad hoc", "none"])),
        coordination_reference=draw(texts),
        latitude=draw(st.decimals(-90, 90, places=4)) if placed else None,
        longitude=draw(st.decimals(-180, 180, places=4)) if placed else None,
    )


@st.composite
def _activities(draw: st.DrawFn, code: str) -> Activity:
    stream = draw(st.sampled_from(STREAMS))
    requested = draw(st.integers(1, 10**11))
    cash, kind, other = draw(amounts), draw(amounts), draw(amounts)
    first = draw(st.integers(0, requested))
    start = draw(st.none() | days)
    return Activity(
        code=code,
        city=code.rpartition("-")[0],
        title=draw(names),
        description=draw(texts),
        stream=stream,
        theme=draw(names),
        main_benefit=draw(st.sampled_from([None, "other", "economic ties"])),
        partner=draw(texts),
        partner_countries=tuple(
            draw(st.lists(st.sampled_from(sorted(money.countries())), max_size=4, unique=True))
        ),
        start=start,
        end=draw(st.none() | st.just(start)),
        total_cost=requested + cash + kind + other,
        requested=requested,
        minimum_viable=draw(st.none() | st.integers(0, requested)),
        own_cash=cash,
        own_in_kind=kind,
        other_funding=other,
        people_to_be_certified=draw(st.integers(0, 9)) if stream == "training" else 0,
        requested_by_year=draw(
            st.sampled_from([(), ((2026, requested),), ((2026, first), (2028, requested - first))])
        ),
    )


@st.composite
def _assessments(draw: st.DrawFn, activity: Activity, scored: bool) -> Assessment:
    return Assessment(
        activity=activity.code,
        eligible=draw(st.booleans()),
        eligible_cost=draw(st.none() | st.integers(0, activity.total_cost)),
        score=None if scored else draw(scores),
        steered=draw(st.booleans()),
        other_national_funding=draw(amounts),
        overlaps=draw(st.booleans()),
        comment=draw(texts),
    )


@st.composite
def _records(draw: st.DrawFn, code: str) -> CityRecord:
    awards = draw(st.none() | amounts)
    return CityRecord(
        city=code,
        first_time=draw(st.booleans()),
        reports_overdue=draw(st.booleans()),
        earlier_awards=awards,
        earlier_awards_spent=draw(st.none() | st.integers(0, awards)) if awards else None,
        other_national_funding=draw(amounts),
        comment=draw(texts),
    )


@given(applications())
@settings(max_examples=60)
def test_tables_are_read_back_the_same(given_: Applications) -> None:
    assert read_tables(to_tables(given_)).require() == given_


@given(applications())
@settings(max_examples=25)
def test_workbooks_are_read_back_the_same(given_: Applications) -> None:
    found = taken(write_applications(given_, BANNER)).require()
    assert found == given_
    assert found.digest == given_.digest


def test_reading_what_is_written_of_what_was_read() -> None:
    first = taken(workbook()).require()
    intake = taken(write_applications(first))
    assert intake.require() == first
    assert intake.notes == ()


# --- text ------------------------------------------------------------------------------


def _with_texts(text: str) -> Applications:
    made = taken(workbook()).require()
    city = made.cities["GRE"].model_copy(update={"name": text, "region": text})
    activity = made.activities["GRE-1"].model_copy(update={"title": text, "description": text})
    return made.model_copy(
        update={
            "call": made.call.model_copy(update={"fund": text, "draw_number": text}),
            "cities": {**made.cities, "GRE": city},
            "activities": {**made.activities, "GRE-1": activity},
        }
    )


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_or_a_link(text: str) -> None:
    given_ = _with_texts(text)
    data = write_applications(given_, banner=text)
    assert taken(data).require() == given_
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 6
        for name in sheets:
            content = archive.read(name)
            assert b"<f>" not in content
            assert b"<hyperlink" not in content


def test_line_breaks_and_accents_stay() -> None:
    given_ = _with_texts("Zoë & <b>Łódź</b>\n“two lines”")
    assert taken(write_applications(given_)).require() == given_


def test_a_text_too_long_for_excel_is_told() -> None:
    with pytest.raises(InputError, match=r"Cities!B2: the text has 40,000 characters"):
        write_applications(
            _with_texts("x" * 40_000).model_copy(update={"call": taken(workbook()).require().call})
        )


# --- how it looks ----------------------------------------------------------------------


def _opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def _header(sheet: Any) -> str:
    """The page header as the file holds it, left and right."""
    header = sheet.oddHeader
    return f"&L{header.left.text}&R{header.right.text}"


def test_the_banner_is_seen_everywhere_and_disturbs_nothing() -> None:
    given_ = taken(workbook()).require()
    data = write_applications(given_, BANNER)
    book = _opened(data)
    assert book["Fund"]["C2"].value == BANNER
    assert book["Fund"]["C2"].font.color.rgb == "FF9C0006"
    for sheet in book.worksheets:
        assert "SYNTHETIC DATA – R&&D" in _header(sheet)
    assert book.properties.subject == BANNER
    assert taken(data).require() == given_


def test_a_long_banner_fits_the_page_header() -> None:
    """Excel takes 255 characters; & counts twice."""
    book = _opened(write_applications(taken(workbook()).require(), "R&D " * 100))
    for sheet in book.worksheets:
        assert len(_header(sheet)) <= 255
        assert "R&&D" in _header(sheet)


def test_the_same_content_gives_the_same_bytes() -> None:
    given_ = taken(workbook()).require()
    assert write_applications(given_, BANNER) == write_applications(given_, BANNER)


def test_headers_stay_in_view_and_cells_have_formats() -> None:
    book = _opened(write_applications(taken(workbook()).require()))
    assert book["Activities"].freeze_panes == "C2"
    assert book["Activities"]["M2"].number_format == "#,##0.00"
    assert book["Activities"]["J2"].number_format == "yyyy-mm-dd"
    assert book["Activities"]["A2"].number_format == "@"
    assert book["Cities"]["E2"].number_format == "#,##0"
    assert book["Activities"].print_title_rows == "$1:$1"
    comment = book["Activities"]["N1"].comment
    assert comment is not None
    assert "any part is useful" in comment.text
    assert "[EUR]" in comment.text


def test_decimals_follow_the_currency() -> None:
    book = _opened(write_applications(taken(workbook(**_in_yen())).require()))
    assert book["Activities"]["M2"].number_format == "#,##0"


def _in_yen() -> dict[str, Any]:
    cells: dict[str, Any] = {"Fund_B4": "JPY", "Cities_F3": 20_000}
    cells |= {"Activities_M2": 12_500, "Activities_P2": 500, "Activities_S2": 6_500}
    return cells


def test_lists_to_choose_from() -> None:
    book = _opened(write_applications(taken(workbook()).require()))
    rules = {
        str(r.sqref).split(":")[0]: r for r in book["Activities"].data_validations.dataValidation
    }
    assert rules["E2"].formula1 == '"financing,training,coordination"'
    assert rules["B2"].formula1.startswith("Cities!$A$2:$A$")
    assert rules["M2"].type == "decimal"
    assert "Requested" in (rules["M2"].promptTitle or "")


def test_the_six_sheets_go_into_another_workbook() -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, SAFE_TEXT)
    book.add_worksheet("Summary").write_string(0, 0, "Awards")
    given_ = taken(workbook()).require()
    add_sheets(book, given_, BANNER)
    book.close()
    intake = taken(stream.getvalue())
    assert intake.require() == given_
    assert [note.sheet for note in intake.notes] == ["Summary"]


def test_scores_keep_their_decimals() -> None:
    made = taken(workbook(Assessment_D3=70.125)).require()
    assert made.assessments["GRE-2"].score == Decimal("70.125")
    assert taken(write_applications(made)).require() == made
