"""What a forger writes into an award workbook is told in words, and soon; never a stack trace."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from funding import cli
from funding.awards import allocate
from funding.errors import FundingError, RowsBroken, WorkbookRejected
from funding.linear import Kind, Quantity
from funding.proof import covers
from funding.replay import replay
from funding.report import award_workbook
from funding.verify import verify
from tests.award_books import RULES, hostile
from tests.small import scenario
from tests.test_verify import edited, put

SECONDS = 20  # an edited small fund is told of far sooner


@pytest.fixture(scope="module")
def sound() -> bytes:
    return award_workbook(allocate(hostile(), scenario(RULES)))


def rewritten(data: bytes, path: Path, sheet: str, change: Callable[[str], str]) -> Path:
    """The workbook with the XML of one sheet changed, and that it was changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(path, "w") as new:
        names = re.findall(r'<sheet name="([^"]+)"', old.read("xl/workbook.xml").decode())
        part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
        for item in old.infolist():
            content = old.read(item)
            if item.filename == part:
                changed = change(content.decode())
                assert changed != content.decode()
                content = changed.encode()
            new.writestr(item.filename, content)
    return path


def in_cell(place: str, inside: str) -> Callable[[str], str]:
    """Something else inside the element of a cell, which has a number."""
    return lambda xml: re.sub(rf'(<c r="{place}"[^>]*>).*?(</c>)', rf"\g<1>{inside}\2", xml)


@pytest.mark.parametrize(
    ("sheet", "change", "words"),
    [
        (
            "Awards by activity",
            in_cell("I2", "<f>30000+(TODAY()&gt;0)*9000</f><v>30000</v>"),
            r"Awards by activity!I2 \(AA-1, Award\): no formula is expected, found is the formula",
        ),
        (
            "Checks",
            lambda xml: re.sub(r"<f>IF\(ROUND[^<]*</f>", '<f>"OK"</f>', xml),
            r'Checks!I2 .*: the formula "IF\(ROUND.* is expected, found is the formula',
        ),
        (
            "Summary",
            lambda xml: re.sub(r"<f>SUM\(([^<]*)\)</f>", r"<f>SUM(\1)+1000</f>", xml, count=1),
            r"Summary!.*: the formula .* is expected, found is the formula",
        ),
        (
            "Activities",
            lambda xml: re.sub(r"<v>60000</v>", "<f>1+1</f><v>60000</v>", xml, count=1),
            r'Activities!\w+: no formula is expected, found is the formula "1\+1"',
        ),
    ],
)
def test_a_formula_that_is_not_ours_is_named(
    sound: bytes, tmp_path: Path, sheet: str, change: Callable[[str], str], words: str
) -> None:
    """The saved values are right, and opened in Excel the file would show others."""
    with pytest.raises(RowsBroken, match=words):
        verify(rewritten(sound, tmp_path / "edited.xlsx", sheet, change))


def test_formulas_that_cells_share_are_the_same(sound: bytes, tmp_path: Path) -> None:
    """As Excel saves a column of formulas: the text once, and then a reference to it."""

    def share(xml: str) -> str:
        def shared(found: re.Match[str]) -> str:
            share.count += 1  # type: ignore[attr-defined]
            if share.count == 1:  # type: ignore[attr-defined]
                return f'{found[1]}<f t="shared" ref="H2:H9" si="0">{found[2]}</f>'
            return f'{found[1]}<f t="shared" si="0"/>'

        share.count = 0  # type: ignore[attr-defined]
        return re.sub(r'(<c r="H\d"[^>]*>)<f>(G\d-E\d)</f>', shared, xml)

    assert verify(rewritten(sound, tmp_path / "shared.xlsx", "Checks", share)).rows > 0

    def another(xml: str) -> str:
        return share(xml).replace(">G2-E2<", ">G2-E2-1<")

    with pytest.raises(RowsBroken, match=r'Checks!H3 .*found is the formula "G3-E3-1"'):
        verify(rewritten(sound, tmp_path / "another.xlsx", "Checks", another))


def test_a_sheet_of_cities_that_was_sorted_says_the_same(sound: bytes, tmp_path: Path) -> None:
    """Rows AA and CC change places; their formulas speak of their own new rows, as Excel sorts."""
    book: Any = openpyxl.load_workbook(io.BytesIO(sound))
    values: Any = openpyxl.load_workbook(io.BytesIO(sound), data_only=True)["Awards by city"]
    sheet = book["Awards by city"]
    xml: dict[str, str] = {}
    for cell in [*sheet[2], *sheet[4]]:
        to = 6 - cell.row
        shown = values[cell.coordinate].value
        if cell.data_type == "f":
            formula = re.sub(rf"\b([AEF]|\$A){cell.row}\b", rf"\g<1>{to}", cell.value[1:])
            xml[f"{cell.column_letter}{to}"] = f"<f>{formula}</f><v>{shown}</v>"
        elif isinstance(shown, int | float):
            xml[f"{cell.column_letter}{to}"] = f"<v>{shown}</v>"

    def swap(text: str) -> str:
        for place, inside in xml.items():
            text = in_cell(place, inside)(text)
        texts = r'<c r="([A-Z])(2|4)"([^>]*t="s"[^>]*)>(<v>\d+</v>)</c>'
        old = {(c, r): v for c, r, _, v in re.findall(texts, text)}
        return re.sub(
            texts,
            lambda m: f'<c r="{m[1]}{m[2]}"{m[3]}>{old[m[1], str(6 - int(m[2]))]}</c>',
            text,
        )

    assert verify(rewritten(sound, tmp_path / "sorted.xlsx", "Awards by city", swap)).rows > 0


@pytest.mark.parametrize("inside", ["<v>1e400</v>", f"<v>1{'0' * 400}</v>", "<v>-1e9999</v>"])
def test_an_amount_beyond_all_bounds_is_named(sound: bytes, tmp_path: Path, inside: str) -> None:
    path = rewritten(sound, tmp_path / "x.xlsx", "Awards by activity", in_cell("I2", inside))
    with pytest.raises(RowsBroken, match="no amount stands in column Award of AA-1"):
        verify(path)
    with pytest.raises(RowsBroken, match="AA-1: no amount is stated, 30,000 EUR was found now"):
        replay(path)
    path = rewritten(sound, tmp_path / "y.xlsx", "Summary", in_cell("B7", inside))
    with pytest.raises(RowsBroken, match=r"Summary!B7 \(Envelope\): 100,000 is expected"):
        verify(path)


def test_what_is_no_number_is_a_damaged_file(sound: bytes, tmp_path: Path) -> None:
    change = in_cell("I2", "<v>NaN</v>")
    path = rewritten(sound, tmp_path / "x.xlsx", "Awards by activity", change)
    for command in (verify, replay):
        with pytest.raises(WorkbookRejected, match="I2 should hold a number"):
            command(path)


@pytest.mark.parametrize("text", ["²", "9" * 5_000, "2.0", "-2"])
def test_a_format_that_is_none_is_named(sound: bytes, tmp_path: Path, text: str) -> None:
    path = edited(sound, tmp_path / "x.xlsx", put("Run record", "format", "Value", text))
    with pytest.raises(RowsBroken, match="Run record: format is no number") as caught:
        verify(path)
    assert len(str(caught.value)) < 200


def test_a_header_of_a_year_that_is_none(sound: bytes, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        (cell,) = (c for c in book["Awards by activity"][1] if c.value == "Award 2027")
        cell.value = "Award ²⁰²⁷"

    with pytest.raises(RowsBroken, match="AA-1: payments of"):
        verify(edited(sound, tmp_path / "x.xlsx", edit))


@pytest.mark.parametrize("multiplier", ["1e999999999", "1e-999999999", "0." + "3" * 30_000])
def test_a_multiplier_without_end_is_refused_soon(
    sound: bytes, tmp_path: Path, multiplier: str
) -> None:
    def edit(book: Any) -> None:
        sheet = book["Certificate"]
        sheet.cell(sheet.max_row, 9).value = multiplier

    start = time.perf_counter()
    with pytest.raises(RowsBroken, match=r"Certificate: row \d+: Row or Multiplier is no number"):
        verify(edited(sound, tmp_path / "x.xlsx", edit))
    assert time.perf_counter() - start < SECONDS


def test_choices_without_end_are_refused(sound: bytes, tmp_path: Path) -> None:
    """BB's choice is asked again and again: as deep as a cell is long."""
    question = "funded BB-1"

    def edit(book: Any) -> None:
        sheet = book["Certificate"]
        kept = [[c.value for c in row] for row in sheet.iter_rows() if row[0].value != "BB"]
        sheet.delete_rows(1, sheet.max_row)
        for row in kept:
            sheet.append(row)
        for at in range(1_201):
            asked = [f"no: {question}"] * at + [f"yes: {question}"] * (at < 1_200)
            sheet.append(["BB", str(at + 1), "\n".join(asked), "bound"])

    with pytest.raises(RowsBroken, match=r"Certificate: row \d+: there are more choices than"):
        verify(edited(sound, tmp_path / "x.xlsx", edit))


def test_cases_of_any_depth_are_weighed() -> None:
    """One question after the other, a yes ending it: 3,000 deep, whole, and without its last."""
    asked = [Quantity(Kind.FUNDED, f"A-{at}") for at in range(3_000)]
    cases = [(*((q, 0) for q in asked[:at]), (asked[at], 1)) for at in range(3_000)]
    assert covers([*cases, tuple((q, 0) for q in asked)])
    assert not covers(cases)


@pytest.mark.parametrize(
    ("place", "text", "words"),
    [
        ("B1", "Another name", r'Scenario!B1 .*: "Test" is expected, found is "Another name"'),
        ("D7", "As the minister wished", r"Scenario!D7.*: nothing is expected"),
        ("A99", "# Approved by the board", r"Scenario!A99.*: nothing is expected"),
    ],
)
def test_what_stands_beside_the_scenario_is_named(
    sound: bytes, tmp_path: Path, place: str, text: str, words: str
) -> None:
    def edit(book: Any) -> None:
        book["Scenario"][place].value = text

    with pytest.raises(RowsBroken, match=words):
        verify(edited(sound, tmp_path / "x.xlsx", edit))


def test_other_sheets_and_what_is_hidden_are_told(
    sound: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def edit(book: Any) -> None:
        book.create_sheet("Awards, final", 0)["A1"].value = "AA gets 99,000"
        book["Checks"].sheet_state = "hidden"
        book["Awards by city"].row_dimensions[3].hidden = True
        book["Awards by city"].column_dimensions["L"].hidden = True

    path = edited(sound, tmp_path / "x.xlsx", edit)
    assert verify(path).notes == (
        "sheet Awards, final is not of this tool, and was not looked at",
        "Awards by city: row 3, column L are hidden",
        "Checks: the sheet is hidden",
    )
    cli.verify(path)
    assert "Note: Checks: the sheet is hidden." in capsys.readouterr().err
    assert verify(edited(sound, tmp_path / "y.xlsx", lambda book: None)).notes == ()


def test_a_sheet_of_a_million_far_cells_is_refused_soon(sound: bytes, tmp_path: Path) -> None:
    def fill(xml: str) -> str:
        start = 1 + max(int(n) for n in re.findall(r'<row r="(\d+)"', xml))
        rows = "".join(
            f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(start, 300_000)
        )
        return xml.replace("</sheetData>", f"{rows}</sheetData>")

    start = time.perf_counter()
    with pytest.raises(FundingError, match="far more than its applications could"):
        verify(rewritten(sound, tmp_path / "x.xlsx", "Certificate", fill))
    assert time.perf_counter() - start < SECONDS
