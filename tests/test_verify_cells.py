"""Every kind of cell of every sheet of an award workbook is verified: an edit is named."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from funding.applications import Applications
from funding.awards import allocate
from funding.errors import RowsBroken
from funding.report import award_workbook
from funding.verify import verify
from tests.award_books import RULES, WATER, hostile, recalculated
from tests.small import apply, ask, scenario


def long_sums() -> Applications:
    """Eight requests of 1,000, seven of them for water, which may take 3,000 of 4,000: a sum so
    long that its coefficients stand on a sheet of their own."""
    asks = (
        ask(f"C{at}-1", 1_000, score=90 - at, theme="air" if at == 7 else "water")
        for at in range(8)
    )
    return apply(*asks)


MINIMUM = "[rules.city_minimum]\namount = 30_000\n"
BOOKS = {
    "streams": lambda: award_workbook(allocate(hostile(), scenario(f"{RULES}{MINIMUM}"))),
    "weights": lambda: award_workbook(allocate(long_sums(), scenario(WATER, envelope=4_000))),
}
SHEETS = {
    "streams": [
        *("Summary", "Awards by city", "Awards by activity", "Reserve list", "Not funded"),
        *("Rules", "Checks", "Baselines", "Run record"),
    ],
    "weights": ["Check weights", "Baselines", "Summary"],
}


@pytest.fixture(scope="module", params=sorted(BOOKS))
def made(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    """A workbook's name and content: hostile texts over two years, and a fund with weights."""
    return request.param, BOOKS[request.param]()


def edits(sheet: Any) -> Iterator[tuple[Any, object]]:
    """Cells and what is written in their place: of each column the first and the last cell of
    every type, and a blank one; of sheet Summary every cell."""
    every = list(sheet.iter_rows())
    for column in zip(*every, strict=True):
        kinds: dict[object, list[Any]] = {}
        for cell in column:
            if not isinstance(cell, openpyxl.cell.cell.MergedCell):
                kinds.setdefault(type(cell.value), []).append(cell)
        for kind, cells in kinds.items():
            some = cells if sheet.title == "Summary" and kind is not type(None) else cells[-1:]
            for cell in dict.fromkeys([cells[0], *some]):
                value = cell.value
                if isinstance(value, int | float):
                    yield cell, value + (0.01 if abs(value) >= 1 else 0.001)
                else:
                    yield cell, "x" if value is None else f"{value} x"
        filled = [cell for cell in column if cell.value not in (None, "")]
        if filled:
            yield filled[-1], None


def batches(sheet: Any) -> Iterator[list[tuple[Any, object]]]:
    """Edits that are told together: of no sheet more than a message lists, and one by one where
    an edit says that awards are others."""
    size = 1 if sheet.title == "Awards by activity" else 12
    every = list(edits(sheet))
    distinct = [edit for edit in every if edit[1] is not None]
    for kind in (distinct, [edit for edit in every if edit[1] is None]):
        for start in range(0, len(kind), size):
            yield kind[start : start + size]


def complaint(path: Path) -> str:
    """What verification says against a file; nothing where it agrees."""
    try:
        verify(path)
    except RowsBroken as error:
        return str(error)
    return ""


def test_an_edit_of_any_kind_of_cell_is_named(made: tuple[str, bytes], tmp_path: Path) -> None:
    name, data = made
    path = tmp_path / "edited.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    book.save(path)
    assert verify(path).certified_gap is not None
    missed, count = [], 0
    for title in SHEETS[name]:
        for batch in batches(book[title]):
            kept = [cell.value for cell, _ in batch]
            for cell, value in batch:
                cell.value = value
            book.save(path)
            said = complaint(path)
            for (cell, value), before in zip(batch, kept, strict=True):
                cell.value = before
                count += 1
                record = title == "Run record" and "record was changed" in said
                named = f"{title}!{cell.coordinate}" in said or record
                if not (said if title in ("Awards by activity", "Run record") else named):
                    missed.append(f"{title}!{cell.coordinate}: {before!r} → {value!r}: {said}")
    assert count > 30
    assert not missed, "\n".join(missed)


@pytest.mark.parametrize(
    "name", ["Summary", "Reserve list", "Certificate", "Check weights", "Baselines"]
)
def test_a_sheet_that_is_gone_is_named(name: str, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(BOOKS["weights"]()), data_only=True)
    del book[name]
    path = tmp_path / "short.xlsx"
    book.save(path)
    with pytest.raises(RowsBroken, match=f"sheet {name} is missing"):
        verify(path)


@pytest.mark.needs_office
@pytest.mark.parametrize("name", sorted(BOOKS))
def test_what_another_program_saved_and_calculated_verifies(
    soffice: str, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "again.xlsx"
    path.write_bytes(recalculated(soffice, tmp_path, BOOKS[name]()))
    assert verify(path).certified_gap is not None
