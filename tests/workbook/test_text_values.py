"""Numbers and dates in CSV files, and whole applications in the conventions of five countries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.workbook.tables import Table, Unread
from funding.workbook.text_tables import read_text
from tests.workbook.support import Cells, read_tables, sound, taken, workbook


def column(header: str, *cells: str) -> tuple[list[Any], list[str]]:
    """What is read of the cells of one column of Activities, from B2 down, and the notes on it."""
    lines = [f'A;"{cell}"' for cell in cells]
    text = "\n".join([f"Activity code;{header};City code", *lines])
    tables, notes = read_text("x.csv", text.encode("utf-8-sig"), "")
    found = [row.values[1] for row in tables["Activities"].rows]
    return found, [note.message for note in notes[1:]]


def why(value: object) -> str:
    """Why a cell was left as text."""
    assert isinstance(value, Unread)
    return value.why


# Numbers: each cell with what it must be read as, and what is noted.

FRENCH = {"1 234,50": "1234.50", "12\u202f500": "12500", "7\u00a0000,00": "7000.00", "7": "7"}
GERMAN = {"0,5": "0.5", "1.234,50": "1234.50", "1.234": "1234", "1.234.567": "1234567"}
SWISS = {"1'234.50": "1234.50", "1’234": "1234", "-3.25": "-3.25", "\u22122": "-2"}
BRITISH = {"1,234": "1234", "1,234.50": "1234.50", "1,234,567": "1234567", "12.5": "12.5"}


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (
            FRENCH,
            'numbers have a decimal comma and a space between thousands: "1 234,50" in B2 was '
            "read as 1234.50",
        ),
        (
            GERMAN,
            'numbers have a decimal comma and "." between thousands: "0,5" in B2 was read as 0.5, '
            '"1.234,50" in B3 was read as 1234.50',
        ),
        (
            SWISS,
            'numbers have a decimal point and an apostrophe between thousands: "1\'234.50" in B2 '
            "was read as 1234.50",
        ),
        (
            BRITISH,
            'numbers have a decimal point and "," between thousands: "1,234.50" in B3 was read as '
            '1234.50, "1,234" in B2 was read as 1234',
        ),
        (
            {"3": "3", "1234.5": "1234.5"},
            'numbers have a decimal point: "1234.5" in B3 was read as 1234.5',
        ),
        (
            {"3": "3", "1234,50": "1234.50"},
            'numbers have a decimal comma: "1234,50" in B3 was read as 1234.50',
        ),
        (
            {"1 234": "1234"},
            'numbers have a space between thousands: "1 234" in B2 was read as 1234',
        ),
        ({"1234,567": "1234.567"}, 'numbers have a decimal comma: "1234,567" in B2 was read as'),
        ({"0.125": "0.125"}, 'numbers have a decimal point: "0.125" in B2 was read as 0.125'),
        ({"1234": "1234", "007": "7", "-5": "-5", " 8 ": "8"}, ""),
    ],
    ids=["French", "German", "Swiss", "British", "point", "comma", "space", "long", "0.", "whole"],
)
def test_numbers_by_what_the_file_proves(cells: dict[str, str], note: str) -> None:
    found, notes = column("Requested", *cells)
    assert found == [Decimal(number) for number in cells.values()]
    assert all(isinstance(value, Decimal) for value in found)
    assert len(notes) == bool(note)
    assert "".join(notes).startswith(note)


@pytest.mark.parametrize(
    "text",
    ["12.5k", "1 23", "1 2345,5", "12,", ",5", "1e5", "(5)", "5 €", "5 %", "1..2", "--5", "1,2,3",
     "1 234'567", "1.234 567", "+5", "5-", "٣", "1" * 29, "NaN", "Infinity", "####", "1_000"],
)  # fmt: skip
def test_what_is_no_number_stays_text(text: str) -> None:
    [value, proof], _ = column("Requested", text, "0,5")
    assert isinstance(value, Unread)
    assert value == text
    assert proof == Decimal("0.5")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1,234", "it may be 1234 or 1.234, and no number in the file shows which; "
                  "write 1234 if that is meant, or else another number of decimals"),
        ("-12.500", "it may be -12500 or -12.500, and no number in the file shows which; "
                    "write -12500 if that is meant, or else another number of decimals"),
    ],
)  # fmt: skip
def test_a_sign_that_nothing_explains_is_no_guess(text: str, reason: str) -> None:
    [value, other], notes = column("Requested", text, "1234")
    assert value == text
    assert why(value) == reason
    assert other == Decimal(1234)
    assert notes == []
    advice = reason.partition("; write ")[2].split()[0]
    [resolved], _ = column("Requested", advice)  # it works
    assert isinstance(resolved, Decimal)


def test_numbers_that_do_not_fit_what_most_prove_are_left() -> None:
    found, notes = column("Requested", "1,50", "1.50", "2,25", "1.234", "1.234.50")
    assert found[0::2] == [Decimal("1.50"), Decimal("2.25"), "1.234.50"]
    assert found[1] == "1.50"
    assert why(found[1]) == ('most numbers in the file have a decimal comma, such as "1,50" in B2')
    assert found[3] == Decimal(1234)
    assert len(notes) == 1


def test_three_decimals_are_believed_only_where_another_amount_has_three() -> None:
    found, _ = column("Requested", "12,5", "50,000")
    assert found[0] == Decimal("12.5")
    assert why(found[1]) == (
        "it may be 50000 or 50.000, and no number in the file shows which; "
        "write 50000 if that is meant, or else another number of decimals"
    )
    found, _ = column("Requested", "12500,250", "50,000")
    assert found == [Decimal("12500.25"), Decimal(50)]


def test_as_many_points_as_commas_prove_nothing() -> None:
    found, notes = column("Requested", "1,50", "2.50", "1,234", "1 234", "1 234,5", "1 234.5")
    assert found[3] == Decimal(1234)
    rest = [*found[:3], *found[4:]]
    assert {why(value) for value in rest} == {
        'as many numbers in the file have a decimal point, such as "2.50" in B3, as have a '
        'decimal comma, such as "1,50" in B2'
    }
    assert notes == []


def test_scores_and_degrees_have_no_thousands_and_so_prove_their_sign() -> None:
    text = "City code;City;Latitude;Population\nA;a;45.188;1,234"
    tables, notes = read_text("x.csv", text.encode(), "")
    assert tables["Cities"].rows[0].values[2:] == (Decimal("45.188"), Decimal(1234))
    assert notes[1].message == (
        'numbers have a decimal point and "," between thousands: "45.188" in C2 was read as '
        '45.188, "1,234" in D2 was read as 1234'
    )


def test_a_year_is_written_without_signs() -> None:
    text = "Setting;Value\nFirst year;2.026\nWorkbook format;1"
    tables, _ = read_text("x.csv", text.encode(), "")
    year, number = (row.values[1] for row in tables["Fund"].rows)
    assert isinstance(year, Unread)
    assert number == Decimal(1)


def test_only_columns_of_numbers_prove_how_numbers_are_written() -> None:
    text = 'Activity code;Title;Requested;City code\nA;"1234,50";1.234;B'
    tables, _ = read_text("x.csv", text.encode(), "")
    assert isinstance(tables["Activities"].rows[0].values[2], Unread)


def test_columns_of_yes_and_no_prove_nothing_of_numbers() -> None:
    tables, notes = read_text("x.csv", b"Activity code;Eligible;Score\nA;1,5;7", "")
    assert tables["Assessment"].rows[0].values == ("A", "1,5", Decimal(7))
    assert len(notes) == 1


def test_columns_of_years_are_numbers() -> None:
    found, _ = column("requested  2027", "1 234,50")
    assert found == [Decimal("1234.50")]


# Dates

DAY = dt.date(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "proof", "note"),
    [
        ("04/03/2026", "31/12/2026", 'dates with "/" have the day first: "31/12/2026" in B3 was '
                                     "read as 2026-12-31"),
        ("4/3/2026", "31/12/2026", 'dates with "/" have the day first'),
        ("03/04/2026", "12/31/2026", 'dates with "/" have the month first: "12/31/2026" in B3 was '
                                     "read as 2026-12-31"),
        ("04-03-2026", "31-12-2026", 'dates with "-" have the day first'),
        ("03-04-2026", "12-31-2026", 'dates with "-" have the month first'),
        ("04.03.2026", "31.12.2026", 'dates with "." have the day first: "04.03.2026" in B2 was '
                                     "read as 2026-03-04"),
        ("4.3.2026", "2026-12-31", 'dates with "." have the day first'),
        ("2026-03-04", "2026-12-31", ""),
    ],
)  # fmt: skip
def test_dates_by_what_the_file_proves(text: str, proof: str, note: str) -> None:
    found, notes = column("Start", text, proof)
    assert found == [DAY, dt.date(2026, 12, 31)]
    assert len(notes) == bool(note)
    assert "".join(notes).startswith(note)


def test_dates_that_nothing_explains_are_no_guess() -> None:
    found, notes = column("Start", "03/04/2026", "31.12.2026", "31-12-2026", "05/05/2026")
    assert found[1:] == [dt.date(2026, 12, 31), dt.date(2026, 12, 31), dt.date(2026, 5, 5)]
    assert why(found[0]) == (
        "it may be 2026-04-03 or 2026-03-04, and no date in the file shows which"
    )
    assert len(notes) == 1


def test_dates_that_contradict_each_other_are_all_left() -> None:
    found, notes = column("Start", "31/12/2026", "12/31/2026", "30/12/2026", "03/04/2026")
    assert {why(value) for value in found} == {
        'some dates in the file have the day first, such as "31/12/2026" in B2, and some the '
        'month first, such as "12/31/2026" in B3'
    }
    assert notes == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-02-30", "there is no such day"),
        ("31/02/2026", "there is no such day"),
        ("12.31.2026", "there is no such day"),
        ("31.12.26", ""),
        ("31/12-2026", ""),
        ("2026/12/31", ""),
        ("31 December 2026", ""),
        ("46112", ""),
        ("2026-03-31 00:00", ""),
    ],
)
def test_what_is_no_date_stays_text(text: str, reason: str) -> None:
    [value], notes = column("Start", text)
    assert value == text
    assert why(value) == reason
    assert notes == []


def test_dates_and_numbers_have_a_note_each() -> None:
    text = "Activity code;City code;Start;End;Requested\nA;B;31/12/2026;1.2.2027;1,5"
    _, notes = read_text("x.csv", text.encode(), "")
    assert [note.message for note in notes] == [
        'read as sheet Activities, with ";" between cells',
        'numbers have a decimal comma: "1,5" in E2 was read as 1.5',
        'dates with "/" have the day first: "31/12/2026" in C2 was read as 2026-12-31; '
        'dates with "." have the day first: "1.2.2027" in D2 was read as 2027-02-01',
    ]
    assert all(not note.blocks and note.row == 0 and note.cell == "" for note in notes)


def test_settings_are_read_by_their_kind() -> None:
    text = (
        "Note;Value;Setting\n2026;2026; first  YEAR \n;31/12/2025;Closing date\n;007;Reference\n"
        ";2026;Unheard of\n;48 1507;Draw number\n;1,5;\n"
    )
    tables, _ = read_text("x.csv", text.encode(), "")
    assert [row.values[1] for row in tables["Fund"].rows] == [
        Decimal(2026), dt.date(2025, 12, 31), "007", "2026", "48 1507", "1,5",
    ]  # fmt: skip


def test_of_a_header_twice_the_first_counts() -> None:
    tables, _ = read_text("x.csv", b"Setting;Value;Value\nFirst year;2026;2027", "")
    assert tables["Fund"].rows[0].values == ("First year", Decimal(2026), "2027")


# Whole applications


class Style(NamedTuple):
    """How a program writes its numbers and dates, and the file around them."""

    separator: str
    decimal: str
    thousands: str
    date: str
    encoding: str
    end: str = "\r\n"
    quoted: bool = False


STYLES = {
    "French": Style(";", ",", " ", "%d/%m/%Y", "cp1252"),
    "French, recent": Style(";", ",", "\u202f", "%d/%m/%Y", "utf-8-sig"),
    "German": Style(";", ",", ".", "%d.%m.%Y", "cp1252"),
    "Swiss": Style(";", ".", "'", "%d.%m.%Y", "utf-8"),
    "British": Style(",", ".", ",", "%d/%m/%Y", "utf-8-sig"),
    "US": Style(",", ".", ",", "%m/%d/%Y", "utf-8", "\n"),
    "plain": Style("\t", ".", "", "%Y-%m-%d", "utf-16"),
}


def cell(value: object, style: Style, *, grouped: bool) -> str:
    """A value as a program of that style would write it."""
    match value:
        case None:
            text = ""
        case dt.date():
            text = value.strftime(style.date)
        case int():
            text = f"{value:,}" if grouped else str(value)
        case float():
            text = f"{value:,.2f}" if grouped else f"{value:.2f}"
        case _:
            text = str(value)
    if isinstance(value, int | float):
        text = text.replace(",", "_").replace(".", style.decimal).replace("_", style.thousands)
    if style.quoted or any(c in text for c in (style.separator, '"', "\n", "\r")):
        return '"' + text.replace('"', '""') + '"'
    return text


def written(sheet: str, rows: list[list[Any]], style: Style) -> bytes:
    """One sheet in that style. Thousands are set apart by the other sign only where a number
    of the sheet has decimals and so shows what it is; years never are."""
    shows = sheet in ("Cities", "Activities", "Assessment")
    grouped = sheet != "Fund" and (shows or style.thousands not in (".", ","))
    lines = [style.separator.join(cell(v, style, grouped=grouped) for v in row) for row in rows]
    return (style.end.join(lines) + style.end).encode(style.encoding)


def assert_the_same(cells: Cells, style: Style) -> None:
    """The six CSV files give the same applications as the workbook."""
    tables: dict[str, Table] = {}
    for sheet, rows in cells.items():
        found, faults = read_text("export.csv", written(sheet, rows, style), "")
        assert list(found) == [sheet]
        assert [str(fault) for fault in faults if fault.blocks] == []
        tables |= found
    intake = read_tables(tables)
    assert [str(fault) for fault in intake.faults] == []
    assert intake.require() == taken(workbook(cells)).require()


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_the_sound_workbook_in_the_style_of_each_country(style: Style) -> None:
    cells = sound()
    cells["Cities"][1][3] = "Auvergne-Rhône-Alpes"
    assert_the_same(cells, style)


WORDS = st.text("abcéèçôüß;,\t\"'. \n07", min_size=1, max_size=12).map(lambda text: f"x{text}x")
CENTS = st.integers(0, 99_999_999).map(lambda cents: cents / 100)


@given(
    style=st.builds(
        Style,
        separator=st.sampled_from(";,\t"),
        decimal=st.just(","),
        thousands=st.sampled_from(["", ".", " ", "\u00a0", "'"]),
        date=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d"]),
        encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
        end=st.sampled_from(["\r\n", "\n", "\r"]),
        quoted=st.booleans(),
    ),
    points=st.booleans(),
    words=st.tuples(WORDS, WORDS, WORDS),
    budgets=st.tuples(CENTS, CENTS),
    population=st.integers(1, 10**7),
    day=st.dates(dt.date(2024, 1, 1), dt.date(2025, 9, 1)),
)
def test_applications_read_the_same_from_csv_as_from_a_workbook(
    style: Style,
    points: bool,
    words: tuple[str, str, str],
    budgets: tuple[float, float],
    population: int,
    day: dt.date,
) -> None:
    if points:
        style = style._replace(decimal=".", thousands=style.thousands.replace(".", ","))
    cells = sound()
    cells["Cities"][1][1], cells["Activities"][1][2], cells["Activities"][2][3] = words
    cells["Cities"][1][5], cells["Cities"][2][6] = budgets
    cells["Cities"][2][4] = population
    cells["Fund"][5][1] = day
    assert_the_same(cells, style)
