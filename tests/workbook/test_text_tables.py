"""CSV files: what each proves of itself, what is noted, and what is refused or left a fault."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from funding.errors import WorkbookRejected
from funding.workbook import Row
from funding.workbook.tables import ErrorCell, Table
from funding.workbook.text_tables import read_text
from tests.workbook.support import read_tables, sound

HEAD = "Activity code;City code;Title;Total cost;Requested;Start"


def got(text: str | bytes, name: str = "export.csv") -> tuple[Table, list[str]]:
    """The one table, and what is told of it."""
    data = text if isinstance(text, bytes) else text.encode()
    tables, faults = read_text(name, data, "")
    [table] = tables.values()
    return table, [str(fault) for fault in faults]


def values(column: str, *cells: str) -> list[Any]:
    """What is read of the cells of one column of Activities."""
    lines = [f'"A-{at}";"{cell}"' for at, cell in enumerate(cells)]
    table, _ = got("\n".join([f"Activity code;{column};City code", *lines]))
    return [row.values[1] for row in table.rows]


def refused(text: str | bytes, name: str = "export.csv") -> str:
    with pytest.raises(WorkbookRejected) as error:
        got(text, name)
    return str(error.value)


# What stands between the cells, and which sheet it is


@pytest.mark.parametrize(
    ("separator", "said"),
    [(";", '";"'), (",", '","'), ("\t", "a tab")],
    ids=["semi", "comma", "tab"],
)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"], ids=["crlf", "lf", "cr"])
def test_each_separator_and_line_end(separator: str, said: str, end: str) -> None:
    lines = [["City code", "City", "Population"], ["007", "Aix", "158000"], ["LIL", "", "2"]]
    table, notes = got(end.join(separator.join(line) for line in lines))
    assert table.headers == ("City code", "City", "Population")
    assert table.rows == (
        Row(2, ("007", "Aix", Decimal(158000))),
        Row(3, ("LIL", None, Decimal(2))),
    )
    assert table.letters == ("A", "B", "C")
    assert notes == [f"Cities: read as sheet Cities, with {said} between cells"]


def test_other_separators_within_headers_and_cells_do_not_matter() -> None:
    table, _ = got('City code;City;"a,b,c,d,e"\nGRE;x,y,z,1,2;3')
    assert table.headers == ("City code", "City", "a,b,c,d,e")
    assert table.rows[0].values == ("GRE", "x,y,z,1,2", "3")


def test_two_separators_that_fit_equally_are_refused() -> None:
    message = refused("City code,Region,x;City;Population;y")
    assert message == (
        'what stands between the cells is not clear: the headers have as many known names with ";" '
        'as with ","; save the file again with one of them throughout'
    )


def test_excels_first_line_names_the_separator_and_is_no_row() -> None:
    table, notes = got("sep=;\r\nCity code;City\r\nGRE;Grenoble\r\n")
    assert table.rows == (Row(2, ("GRE", "Grenoble")),)
    assert notes == [
        'Cities: read as sheet Cities, with ";", as its first line says, between cells'
    ]


def test_a_separator_that_is_not_ours_is_refused() -> None:
    assert 'the first line says that "|" stands between cells' in refused("sep=|\nCity code|City")


@pytest.mark.parametrize("text", ["x\ny", " ", "\n\n", "sep=;", "Activity code\nGRE-1", "a;b;c"])
def test_a_file_without_our_headers_is_refused(text: str) -> None:
    assert refused(text).startswith("none of the first 10 rows holds the headers of one of the")


@pytest.mark.parametrize("sheet", list(sound()))
def test_each_sheet_is_known_by_its_headers(sheet: str) -> None:
    header = sound()[sheet][0]
    tables, _ = read_text("x.csv", ";".join(header).encode(), "")
    assert list(tables) == [sheet]


def test_more_headers_outweigh_the_files_name() -> None:
    _, notes = got("City code;City;Region;Population", "city-record.csv")
    assert notes == ['Cities: read as sheet Cities, with ";" between cells']


def test_equal_headers_are_told_apart_by_those_that_must_be_there() -> None:
    # Score and Comment stand in Scores too, which also needs Assessor and Criterion.
    assert "sheet Assessment," in got("Activity code;Score;Comment")[1][0]


@pytest.mark.parametrize(
    ("name", "sheet"),
    [
        ("scores.csv", "Scores"),
        ("Assessment_2026.CSV", "Assessment"),
        ("fund - scores, all.csv", ""),
        ("underscores.csv", ""),
        ("x.csv", ""),
    ],
)
def test_equal_headers_are_told_apart_by_the_files_name_or_refused(name: str, sheet: str) -> None:
    text = "Activity code;Comment"
    if sheet:
        note = f'{sheet}: read as sheet {sheet} by the file\'s name, with ";" between cells'
        assert got(text, name)[1] == [note]
    else:
        assert refused(text, name) == (
            "its headers may be those of sheet Assessment or Scores; name the file after its "
            "sheet, such as assessment.csv"
        )


def test_a_sheet_that_lacks_no_header_is_believed_by_the_files_name() -> None:
    text = "Activity code;City code;Title;Requested;Score"  # four headers of Activities
    assert got(text, "x.csv")[1][0].startswith("Activities: read as sheet Activities, with")
    note = "Assessment: read as sheet Assessment by the file's name"
    assert got(text, "assessment.csv")[1][0].startswith(note)
    assert got(text, "scores.csv")[1][0].startswith("Activities:")  # Scores would lack two


def test_a_sheet_of_two_words_in_the_files_name() -> None:
    text = "City code;Region;Comment"  # two headers of Cities, two of City record
    assert got(text, "city-record.csv")[1][0].startswith("City record: read as sheet City record")
    assert got(text, "Cities.csv")[1][0].startswith("Cities: read as sheet Cities by")


def test_faults_and_notes_carry_the_file() -> None:
    _, faults = read_text("a.csv", b"City code;City\na;b;c", "a.csv")
    assert {fault.file for fault in faults} == {"a.csv"}
    assert [fault.blocks for fault in faults] == [True, False]


# Encodings


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8-sig", ""),
        ("utf-8", ", its text in UTF-8"),
        ("utf-16", ", its text in UTF-16"),
    ],
)
def test_unicode(encoding: str, note: str) -> None:
    table, notes = got("City code;City\nORL;Orléans\nLOD;Łódź".encode(encoding))
    assert table.headers == ("City code", "City")
    assert [row.values[1] for row in table.rows] == ["Orléans", "Łódź"]
    assert notes == [f'Cities: read as sheet Cities, with ";" between cells{note}']


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf16_of_either_order(mark: bytes) -> None:
    codec = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    table, _ = got(mark + "City code\tCity\nORL\tOrléans".encode(codec))
    assert table.rows[0].values == ("ORL", "Orléans")


def test_ascii_needs_no_word_on_its_encoding() -> None:
    assert got(b"\xef\xbb\xbfCity code;City\na;b")[1] == got(b"City code;City\na;b")[1]


def test_windows_1252_is_noted_with_an_example() -> None:
    table, notes = got("City code;City\nGRE;x\nORL;Orléans – 5 €".encode("cp1252"))
    assert table.rows[1].values[1] == "Orléans – 5 €"
    assert notes[1] == (
        "Cities: read as Windows-1252 (cp1252), for it is not UTF-8; check that accents look "
        'right, for example City in row 3 is "Orléans – 5 €"'
    )


def test_an_accent_in_a_header_alone_is_the_example() -> None:
    _, notes = got("City code;City;Année\nGRE;x;1".encode("cp1252"))
    assert notes[1].endswith('for example C in row 1 is "Année"')


def test_a_byte_that_windows_1252_lacks_is_refused() -> None:
    assert refused(b"City code;City\r\nORL;Orl\x8fans") == (
        "the file is neither UTF-8 nor Windows-1252 (cp1252) text: line 2 holds the byte 8F; "
        'save it in Excel as "CSV UTF-8"'
    )


def test_utf8_with_one_broken_character_is_not_garbled_throughout() -> None:
    assert refused("City code;City\nA;é\nB;è\n".encode() + b"C;\xe9") == (
        "the file is UTF-8 text but for line 4, where a character is broken; type it again, or "
        'save it in Excel as "CSV UTF-8"'
    )


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04\x00\x00", "line 1 holds a NUL character; if it is a workbook, name it"),
        (b"City code;City\nA;\0", "line 2 holds a NUL"),
        ("City code;City".encode("utf-16-le"), "holds a NUL character"),
        (b"\xff\xfeC", "begins as UTF-16 text but does not go on so"),
        ("City code;City".encode("utf-32"), "none of the first 10 rows"),
        (b"City code;City\n" + b"x" * 1_000_001, "a line of more than 1,000,000 characters"),
        (b"a\n" * (11 << 20), "the file has 23 MB; at most 20 MB are read"),
    ],
    ids=["empty", "zip", "nul", "utf-16 unmarked", "utf-16 cut", "utf-32", "long line", "large"],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(data: bytes, part: str) -> None:
    message = refused(data)
    assert part in message
    assert not message.endswith(".")


# Rows


def test_rows_are_numbered_as_excel_shows_them() -> None:
    table, _ = got('City code;City\n\nGRE;"Gre\nno""ble"\n;\n  ;\u00a0\nLIL;Lille\n;;;;\n')
    assert table.rows == (Row(3, ("GRE", 'Gre\nno"ble')), Row(6, ("LIL", "Lille")))


def test_blank_columns_at_the_end_go_and_short_rows_are_blank_there() -> None:
    table, _ = got("City code;City;Region;;\nGRE;;;;\nLIL;Lille\n")
    assert table.headers == ("City code", "City", "Region")
    assert [row.values for row in table.rows] == [("GRE", None, None), ("LIL", "Lille", None)]


def test_a_column_without_a_header_is_kept_to_be_told_of() -> None:
    table, notes = got("City code;City;\nGRE;Grenoble;x\n")
    assert table.headers == ("City code", "City", "")
    assert len(notes) == 1


@pytest.mark.parametrize("row", ["A-1;GRE;Schools; theatres;1000;500;2026-03-31", "A;B;C;1;2;;"])
def test_a_row_with_more_cells_than_headers_is_a_fault_even_where_they_are_blank(row: str) -> None:
    table, notes = got(f"{HEAD}\n{row}\nA-2;GRE;x;1;1;")
    assert [r.number for r in table.rows] == [3]
    assert notes[0] == (
        "Activities!2: this row has 7 cells under 6 headers and was not read; a text or a number "
        'with ";" in it needs quotation marks around it, as in "a;b"'
    )


def test_a_decimal_comma_between_commas_shifts_no_cell_unseen() -> None:
    text = "Activity code,City code,Requested,Own cash\nA-1,GRE,1234,50,\n"
    table, notes = got(text)
    assert table.rows == ()
    assert notes[0].startswith("Activities!2: this row has 5 cells under 4 headers")


def test_broken_quotes_lose_their_own_row_only() -> None:
    table, notes = got('City code;City\nA;"open\nB;b\nC;"c" d\nD;d "quoted" d\nE;"e ""e"""\n')
    assert [(row.number, *row.values) for row in table.rows] == [
        (3, "B", "b"),
        (5, "D", 'd "quoted" d'),
        (6, "E", 'e "e"'),
    ]
    assert [note.split(":")[0] for note in notes] == ["Cities!2", "Cities!4", "Cities"]
    assert "a quotation mark that opens a text in this row is not closed" in notes[0]


def test_after_many_broken_rows_the_rest_is_given_up() -> None:
    table, notes = got("City code;City\n" + 'A;"a" b\n' * 30 + "B;b\n")
    assert table.rows == ()
    assert len(notes) == 20 + 1
    assert notes[19].startswith("Cities!21:")
    assert notes[19].endswith("nor were the rows below it, for too many are like this")


def test_a_text_beyond_the_librarys_limit_is_a_fault_of_its_row() -> None:
    table, notes = got(f"City code;City\nA;{'x' * 140_000}\nB;b\n")
    assert [row.number for row in table.rows] == [3]
    assert notes[0].startswith("Cities!2:")


def test_rows_beyond_the_last_are_told_once() -> None:
    table, notes = got("City code;City\n" + "A;a\n" * 40_002)
    assert len(table.rows) == 39_999
    assert notes[0] == (
        "Cities!40001: row 40,001 lies beyond the 40,000 rows that are read; clear the rows that "
        "are not needed, or split the file"
    )
    assert len(notes) == 2


def test_blank_lines_beyond_the_last_row_do_no_harm() -> None:
    assert len(got("City code;City\nA;a\n" + ";\n" * 50_000)[1]) == 1


def test_blank_lines_beyond_excels_last_row_are_followed_no_further() -> None:
    _, notes = got("City code;City\nA;a\n" + "\n" * 1_048_575)
    assert notes[0].startswith("Cities!1048577: row 1,048,577 lies beyond the 40,000 rows")


def test_columns_beyond_the_last_are_told_once() -> None:
    row = f"A;B{';' * 99}y"  # y stands in column 101
    table, notes = got(f"City code;City{';' * 99}\n{row}\n{row}")
    assert len(table.headers) == 2
    assert notes[0] == (
        "Cities!CW2: this cell lies beyond column CV, the last that is read; it was not read"
    )
    assert len(notes) == 2


def test_headers_further_down_are_found_and_the_rows_below_read() -> None:
    text = "Plans of 2026\n\nCity code;City;Latitude\nGRE;Grenoble;45,19\n"
    table, notes = got(text)
    assert table.headers[0] == "Plans of 2026"
    assert [row.number for row in table.rows] == [3, 4]
    assert table.rows[1].values[2] == Decimal("45.19")
    intake = read_tables({"Cities": table})
    assert any("the headers stand in row 3" in str(fault) for fault in intake.faults)
    assert notes[1] == 'Cities: numbers have a decimal comma: "45,19" in C4 was read as 45.19'


# Texts


def test_text_stays_what_it_is() -> None:
    cells = ["=1+1", "007", "-5", "1,5", "TRUE", "NA", "01/02/2026", "@x", "null"]
    assert values("Title", *cells) == cells


def test_true_and_false_of_excel_in_columns_of_yes_and_no() -> None:
    lines = "\n".join(f"A;{word}" for word in ("TRUE", " FALSE ", "true", "yes", "VRAI", ""))
    table, _ = got(f"Activity code;Eligible;Score\n{lines}")
    found = [row.values[1] for row in table.rows]
    assert found == [True, False, "true", "yes", "VRAI", None]
    assert found[0] is True


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NV", "#VALEUR!"])
def test_errors_of_excel(error: str) -> None:
    for column in ("Title", "Requested", "Start"):
        [value] = values(column, f" {error} ")
        assert isinstance(value, ErrorCell)
        assert value == error


@pytest.mark.parametrize("text", ["#1", "# N/A", "#hashtag", "#####"])
def test_other_texts_with_that_sign_are_no_errors(text: str) -> None:
    assert not isinstance(values("Title", text)[0], ErrorCell)
