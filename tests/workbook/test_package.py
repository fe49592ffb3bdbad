"""Files that are no safe workbooks are refused, each in a sentence; the rest is read."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from funding import packages
from funding.errors import InputError, UsageError, WorkbookRejected
from funding.workbook import package, read, reader
from tests.workbook.hostile import (
    BOOK,
    LINKS,
    SHEET,
    STYLES,
    overlapping,
    repacked,
    replaced,
    with_part,
    with_texts,
    with_type,
)
from tests.workbook.support import edited, sound, taken, texts, workbook


def refusal(data: bytes) -> str:
    with pytest.raises(WorkbookRejected) as caught:
        read([("upload.xlsx", data)])
    text = str(caught.value)
    assert text.startswith("upload.xlsx: ")
    assert text.endswith(".")
    assert "Traceback" not in text
    return text


def encrypted() -> bytes:
    """Sets the mark of encryption on the first part, in both places that hold it."""
    data = bytearray(workbook())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def packed(method: int = zipfile.ZIP_DEFLATED, name: str = "", content: bytes = b"x") -> bytes:
    """The sound workbook packed in another way, or with another entry."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as archive,
        zipfile.ZipFile(stream, "w", method) as made,
    ):
        for part in archive.namelist():
            made.writestr(part, archive.read(part))
        if name:
            made.writestr(name, content)
    return stream.getvalue()


def in_cell(cell: bytes) -> bytes:
    """With another cell for Grenoble's region, South."""
    return replaced(SHEET, b'<c r="D2" t="inlineStr"><is><t>South</t></is></c>', cell)


BOMB = b"<a>" + b" " * (package.MOST_OTHER_PART + 1)
DOCTYPE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"PK" + b"\0" * packages.MOST_FILE, "at most 20 MB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "has a password or is an old .xls"),
        (b"City code;City\nGRE;Grenoble\n", "plain text such as CSV"),
        ("\ufeffCity code,City\n".encode(), "plain text such as CSV"),
        (b"<html><table></table></html>", "a web page or XML"),
        (b"%PDF-1.7\0\0\0", "not an Excel workbook"),
        (workbook()[:-400], "damaged or was cut off"),
        (workbook()[:2_000], "damaged or was cut off"),
        (b"PK\x03\x04 but nothing more", "damaged or was cut off"),
        (encrypted(), "encrypted"),
        (with_part("xl/vbaProject.bin", b"x"), "holds macros"),
        (with_part("xl/workbook.bin", b"x"), "binary workbook"),
        (with_part("xl/big.xml", BOMB), "far larger than its file once unpacked"),
        (repacked(lambda p: p.pop("xl/workbook.xml")), "an archive but not an Excel workbook"),
        (
            repacked(lambda p: p.update({"mimetype": b"x", "content.xml": b"<x/>"})),
            "OpenDocument",
        ),
        (replaced(SHEET, b"<worksheet", DOCTYPE + b"<worksheet"), "XML document type"),
        (
            replaced(
                SHEET, b"<worksheet", b"<!--" + b" " * 70_000 + b"-->" + DOCTYPE + b"<worksheet"
            ),
            "XML document type",
        ),
        (
            repacked(lambda p: p.update({SHEET: p[SHEET].decode().encode("utf-16")})),
            "unusual encoding",
        ),
        (
            with_part("xl/x.xml", b'<?xml version="1.0" encoding="cp037"?><a/>'),
            "unusual encoding",
        ),
        (
            replaced(
                "xl/workbook.xml",
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            ),
            "Strict Open XML",
        ),
        (replaced(SHEET, b"</row>", b"</wor>"), "damaged and cannot be read"),
        (
            repacked(lambda p: p.update({f"x/{n}.txt": b"" for n in range(packages.MOST_PARTS)})),
            "packed in an unusual way",
        ),
        (overlapping(), "packed in an unusual way"),
        (b"PK\x03\x04" + b"x" * 96 + workbook(), "packed in an unusual way"),
        (packed(zipfile.ZIP_BZIP2), "packed in an unusual way"),
        (packed(zipfile.ZIP_LZMA), "packed in an unusual way"),
        (packed(name="XL/workbook.xml"), "packed in an unusual way"),
        (packed(name="../../x.xml", content=b"<x/>"), "packed in an unusual way"),
        (packed(name="/etc/x.xml", content=b"<x/>"), "packed in an unusual way"),
        (with_type("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "holds macros"),
        (with_type("application/vnd.ms-excel.template.macroEnabled.main+xml"), "holds macros"),
        (with_part("xl/macrosheets/sheet1.xml", b"<x/>"), "holds macros"),
        (with_part("xl/dialogsheets/sheet1.xml", b"<x/>"), "holds macros"),
        (replaced(STYLES, b"<styleSheet", DOCTYPE + b"<styleSheet"), "XML document type"),
        (with_texts(DOCTYPE), "XML document type"),
        (in_cell(b'<c r="D2" t="str"><v>&e;</v></c>'), "damaged and cannot be read"),
        (
            with_part("xl/x.xml", b'<?xml version="1.0" encoding="UTF-7"?><a/>'),
            "unusual encoding",
        ),
        (
            repacked(lambda p: p.update({STYLES: p[STYLES].decode().encode("utf-16-be")})),
            "unusual encoding",
        ),
        (repacked(lambda p: p.pop(SHEET)), "its sheet Cities is missing"),
        (
            replaced(
                LINKS,
                b'Target="/xl/worksheets/sheet2.xml"',
                b'Target="http://localhost/x.xml" TargetMode="External"',
            ),
            "its sheet Cities is missing",
        ),
        (
            replaced(LINKS, b'"/xl/worksheets/sheet2.xml"', b'"../../../../etc/passwd"'),
            "its sheet Cities is missing",
        ),
        (replaced(LINKS, b" Target=", b" x="), "a relation in it leads nowhere"),
        (replaced(LINKS, b"sheet2.xml", b"sheet3.xml"), "two of its sheets are one"),
        (
            replaced("_rels/.rels", b'"xl/workbook.xml"', b'"xl/worksheets/sheet1.xml"'),
            "its workbook is not where Excel puts it",
        ),
        (replaced(BOOK, b'name="Scores"', b'name="Sco&#10;res"'), "a sheet's name is"),
    ],
)
def test_refused(data: bytes, reason: str) -> None:
    assert reason in refusal(data)


@pytest.mark.parametrize("mark", [b"<!DOCTYPE x>", b'<!ENTITY e "x">'])
@pytest.mark.parametrize("cut", range(1, 9))
def test_a_document_type_is_seen_across_the_pieces_that_are_read(mark: bytes, cut: int) -> None:
    """The mark begins ``cut`` bytes before the end of the first piece."""
    start = b"<a><!--"
    filler = b" " * (packages.CHUNK - len(start) - cut)
    assert "XML document type" in refusal(with_part("xl/x.xml", start + filler + mark))


def test_a_bomb_of_many_parts() -> None:
    """Each part is small enough; together they are not: seven of 30 MiB."""
    part = b"<a>" + b" " * (30 << 20)
    data = repacked(lambda parts: parts.update({f"xl/p{n}.xml": part for n in range(7)}))
    assert len(data) < 1 << 20
    assert "far larger than its file" in refusal(data)


def test_what_the_file_says_of_its_size_is_not_trusted() -> None:
    """A stale dimension says that only A1:B2 is filled."""
    data = replaced(SHEET, b'<dimension ref="A1:N3"', b'<dimension ref="A1:B2"')
    assert taken(data).require() == taken(workbook()).require()


def test_a_workbook_of_other_sheets() -> None:
    assert "none of the sheets Fund, Cities" in refusal(workbook({"Sheet1": [["x"]]}))


def test_stray_far_cells_are_bounded() -> None:
    intake = taken(workbook(Cities_XFD1048576="x"))
    assert intake.faults == ()
    assert texts(intake.notes) == [
        "Cities!XFD1048576: this cell lies beyond column CV, the last that is read; it was not read"
    ]
    intake = taken(workbook(Cities_A1048576="x"))
    assert texts(intake.faults) == [
        "Cities!1048576: row 1,048,576 lies beyond the 40,000 rows that are read; "
        "clear the rows that are not needed, or split the file"
    ]


def test_a_row_number_beyond_excel_is_refused() -> None:
    assert "beyond Excel's last" in refusal(replaced(SHEET, b'<row r="3"', b'<row r="99999999"'))


def test_rows_up_to_the_limit_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 8)
    assert taken(workbook()).require()  # sheet Fund has eight rows
    assert [fault.place for fault in taken(workbook(Fund_A9="Funder")).faults] == ["Fund!9"]


def test_links_to_other_workbooks_are_told_of_and_not_followed() -> None:
    intake = taken(with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"))
    assert intake.faults == ()
    assert [note.message for note in intake.notes] == [
        "the workbook has links to other workbooks; their stored values were read"
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("xl/connections.xml", "connected to data elsewhere; its stored values were read"),
        ("xl/activeX/activeX1.xml", "holds controls; they were not looked at"),
        ("xl/embeddings/oleObject1.bin", "holds other files; they were not looked at"),
    ],
)
def test_what_lies_beside_the_cells_is_told_of(name: str, message: str) -> None:
    intake = taken(with_part(name, b"<x/>"))
    assert intake.faults == ()
    assert [note.message for note in intake.notes] == [f"the workbook {_is(message)}{message}"]


def _is(message: str) -> str:
    return "is " if message.startswith("connected") else ""


@pytest.mark.parametrize(
    ("cell", "region"),
    [
        (b't="str"><v>So<!-- x -->uth</v>', "South"),
        (b't="str"><v><![CDATA[<South> & x]]></v>', "<South> & x"),
        (b't="str"><v>So<?x y?>uth</v>', "South"),
        (b't="inlineStr"><is><r><t>So</t></r><r><t>uth</t></r></is>', "South"),
        (b't="inlineStr"><is><t>South</t><rPh sb="0" eb="1"><t>x</t></rPh></is>', "South"),
        (b't="str"><v>A_x000D_B_x005F_x000D_</v>', "A\rB_x000D_"),
        (b't="str"><v>_xD83D_</v>', "_xD83D_"),
        (b't="str"><f>cmd|x!A1</f><v>=cmd|x!A1</v>', "=cmd|x!A1"),
        (b't="str"><f>WEBSERVICE("http://x")</f><v>South</v>', "South"),
    ],
)
def test_a_text_is_read_as_it_stands(cell: bytes, region: str) -> None:
    intake = taken(in_cell(b'<c r="D2" ' + cell + b"</c>"))
    assert intake.faults == ()
    assert intake.tables["Cities"].rows[0].values[3] == region


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        # each was once read as something, or dropped
        (b'<c r="D2" t="inlineStr"><v>South</v></c>', "in a way that Excel does not know"),
        (b'<c r="D2"><is><t>South</t></is></c>', "in a way that Excel does not know"),
        (b'<c r="D2"><v>1</v><v>2</v></c>', "cell D2 holds no value that Excel knows"),
        (b'<c r="D2"><v>1<b/>2</v></c>', "cell D2 holds no value that Excel knows"),
        (b'<c r="D2" t="str"><w>South</w></c>', "cell D2 holds no value that Excel knows"),
        (b'<c r="D2" t="s"><v>0</v></c>', "cell D2 holds no value that Excel knows"),
        (b'<c r="D2" t="e"><v>x</v></c>', "cell D2 holds no value that Excel knows"),
        (b'<c r="D2" t="e"><v> </v></c>', "cell D2 holds no value that Excel knows"),
        (b'<c r="D2" t="d"><v>2026-03-01x</v></c>', "cell D2 holds no value that Excel knows"),
        (b'<c r="D2" t="d"><v>2026-03-01T10</v></c>', "cell D2 holds no value that Excel knows"),
        (b'<c r="D2" s="99"><v>1</v></c>', "cell D2 has a style that the workbook does not have"),
        (b'<c r="D2"><v>1_000</v></c>', 'cell D2 should hold a number and holds "1_000"'),
        (b'<d r="D2" t="str"><v>South</v></d>', "row 2 holds something other than cells"),
        (b'<c r="ZZZ2"><v>1</v></c>', "stands twice or out of order"),
        (b'<c r="d2"><v>1</v></c>', '"d2" is no place of a cell'),
        (b'<c r="D3"><v>1</v></c>', "cell D3 in row 2 stands twice or out of order"),
        (b'<c r="D2" t="str"><v>' + b"x" * 32_768 + b"</v></c>", "has 32,768 characters"),
        (
            b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
            "row 2 holds something other than cells",
        ),
    ],
)
def test_a_cell_that_two_programs_could_read_differently_is_refused(
    cell: bytes, reason: str
) -> None:
    assert reason in refusal(in_cell(cell))


@pytest.mark.parametrize("number", [b"1_0", "\u0663".encode(), b"-3", b"0", b" 3"])
def test_a_row_is_numbered_in_plain_digits(number: bytes) -> None:
    data = replaced(SHEET, b'<row r="3"', b'<row r="%s"' % number)
    assert "damaged" in refusal(data)


@pytest.mark.parametrize(
    "more",
    [b'<row r="9"/>', b"<sheetData/>"],
    ids=["rows elsewhere", "two tables"],
)
def test_cells_stand_in_one_place(more: bytes) -> None:
    """Rows outside the table of cells are no cells; a second table is a damage."""
    data = replaced(SHEET, b"</sheetData>", b"</sheetData>" + more)
    if more.startswith(b"<row"):
        assert taken(data).require() == taken(workbook()).require()
    else:
        assert "damaged" in refusal(data)


def test_a_number_format_is_read_up_to_its_first_semicolon() -> None:
    """A semicolon in quotes does not count: the library takes this date for a number."""
    code = b'formatCode="&quot;a;b&quot; yyyy"'
    data = repacked(
        lambda p: p.update({STYLES: re.sub(rb'formatCode="[^"]*"', lambda _: code, p[STYLES])})
    )
    assert taken(data).require() == taken(workbook()).require()


def test_a_zip_with_more_after_it_is_read() -> None:
    assert taken(workbook() + b"\r\n").require() == taken(workbook()).require()


def test_formulas_with_a_stored_result_are_read() -> None:
    """12,500.30 as the result of a formula, and an empty text as that of another."""

    def change(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet3.xml"
        old = b'<c r="M2" t="n"><v>12500.3</v></c>'
        assert old in parts[name]
        new = b'<c r="M2"><f>12500+0.3</f><v>12500.3</v></c>'
        text = b'<c r="N2" t="str"><f>IF(1=1,"",1)</f><v></v></c>'
        parts[name] = (
            parts[name].replace(old, new).replace(b'<c r="N2" t="n"><v>5000</v></c>', text)
        )

    activity = taken(repacked(change)).require().activities["GRE-1"]
    assert (activity.requested, activity.minimum_viable) == (1_250_030, None)


def test_a_dead_file_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file"):
        read([tmp_path / "missing.xlsx"])
    with pytest.raises(UsageError, match="holds no workbook and no CSV file"):
        read([tmp_path])
    with pytest.raises(InputError, match="No workbook"):
        read([])


def test_a_path_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook())
    assert read([path]).require() == taken(workbook()).require()


def test_where_every_file_is_refused_each_is_named() -> None:
    with pytest.raises(WorkbookRejected) as caught:
        read([("a.xlsx", b""), ("c.xlsx", b"x;y")])
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["a.xlsx", "c.xlsx"]


def test_charts_and_pictures_do_no_harm() -> None:
    def decorate(book: openpyxl.Workbook) -> None:
        page = book.create_sheet("Chart")
        page.append([1])
        chart = BarChart()
        chart.add_data(Reference(page, min_col=1, min_row=1))
        page.add_chart(chart)

    assert taken(edited(workbook(sound()), decorate)).require() == taken(workbook()).require()
