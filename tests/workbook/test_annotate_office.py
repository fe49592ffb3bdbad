"""An annotated copy through LibreOffice: it opens, and a later check finds its way back."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from funding.errors import Fault
from funding.workbook import annotate
from tests.workbook.rich import cells, comments, parts, rich, sheet_parts
from tests.workbook.test_office import through_office

pytestmark = [
    pytest.mark.needs_office,
    pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning"),
]

FAULTS = (
    Fault("", "Cities", 2, "F2", "too much"),
    Fault("", "Cities", 2, "B2", "no such city"),
    Fault("", "Cities", 3, "C3", "blank", blocks=False),
    Fault("", "Cities", 7, "A7", "=1+1"),
    Fault("", "Activities", 2, "D2", "blank"),
)


def test_marks_survive_and_go_again(soffice: str, tmp_path: Path) -> None:
    """The same workbook without marks, saved by the same program, is what must come back."""
    data = rich()
    saved = through_office(soffice, tmp_path, plain=data, marked=annotate(data, FAULTS))
    book = openpyxl.load_workbook(io.BytesIO(saved["marked"]))
    page = book["Cities"]
    assert book.sheetnames == ["Faults", *sheet_parts(data)]
    assert page["F2"].fill.start_color.rgb == "FFFFC7CF"
    assert page["A7"].comment is not None
    assert page["B2"].comment is not None
    assert page["B2"].comment.text == "ask Grenoble\nFunding check:\nno such city"
    listed = book["Faults"]
    assert [listed[f"C{row}"].value for row in range(2, 7)] == [
        "too much",
        "no such city",
        "=1+1",
        "blank",
        "blank",
    ]
    assert listed["C4"].data_type == "s"
    assert listed["B2"].hyperlink is not None

    clean = annotate(saved["marked"], ())
    for title in set(sheet_parts(data)) - {"Chart"}:
        assert cells(clean, title) == cells(saved["plain"], title)
    left = {
        place: text
        for part in parts(clean)
        if part.startswith("xl/comments")
        for place, (_, text) in comments(clean, part).items()
    }
    assert left == {"B2": "ask Grenoble", "C3": "no number yet\nsee mail"}
