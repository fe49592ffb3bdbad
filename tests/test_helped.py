"""What would have helped each activity, in the award workbook: found again, kept, and verified."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from funding import cli, helped, logs
from funding.awards import Allocation, allocate
from funding.errors import RowsBroken, SolverStopped
from funding.helped import UNKNOWN, helped_by_activity
from funding.prices import prices_of
from funding.report import award_workbook
from funding.report.solved import Solved, solved_of
from funding.verify import solved_in, verify
from tests.award_books import recalculated
from tests.small import apply, ask, scenario

HEADER = "What would have helped"


def fund() -> Allocation:
    """A-1 (80) has its 8,000 of 12,000 and B-1 (70) its 4,000. C-1 (60) waits, D-1 is refused."""
    given = apply(
        ask("A-1", 8_000, score=80),
        ask("B-1", 4_000, score=70),
        ask("C-1", 3_000, score=60, minimum_viable=2_000),
        ask("D-1", 3_000, score=20),
    )
    return allocate(given, scenario("[gates.merit_threshold]\nscore = 50\n", envelope=12_000))


def test_each_activity_that_is_not_in_full_by_hand() -> None:
    """C-1, viable from 2,000, is before B-1 from 70.1 on. D-1 shares 4,000 with B-1 at 70 already:
    3/7 of it, in whole units."""
    told: list[tuple[int, int]] = []
    found = helped_by_activity(fund(), workers=2, progress=lambda *step: told.append(step))
    assert list(found) == ["C-1", "D-1"]
    assert found["C-1"].startswith("A score of 70.1 (not 60) would have brought 3,000 EUR, in full")
    assert found["D-1"].startswith("A score of 70 (not 20) would have brought 1,700 EUR.")
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_what_is_all_in_full_needs_nothing() -> None:
    allocation = allocate(apply(ask("A-1", 800)), scenario(envelope=1_000))
    assert helped_by_activity(allocation) == {}


def test_where_time_runs_out_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(*_: object, **__: object) -> None:
        raise SolverStopped("stopped")

    allocation = fund()
    monkeypatch.setattr(helped, "changes_of", stops)
    work = helped.Work(allocation.applications, allocation.scenario, 60.0)
    assert helped.helped(work, "C-1") == UNKNOWN


@pytest.fixture(scope="module")
def book() -> bytes:
    allocation = fund()
    texts = {"C-1": "A score of 70.1 would have.", "D-1": "=A score"}
    return award_workbook(
        allocation, replace(solved_of(allocation, prices_of(allocation)), helped=texts)
    )


def test_a_workbook_with_it_verifies(book: bytes, tmp_path: Path) -> None:
    path = tmp_path / "awards.xlsx"
    path.write_bytes(book)
    found = solved_in(verify(path).stated)
    assert found.helped == {"C-1": "A score of 70.1 would have.", "D-1": "=A score"}
    sheet = openpyxl.load_workbook(io.BytesIO(book))["Awards by activity"]
    assert [cell.value for cell in sheet[1]][-1] == HEADER
    column = [row[-1].value for row in sheet.iter_rows(min_row=2)]
    assert column == [None, None, "A score of 70.1 would have.", "=A score", None]


@pytest.mark.parametrize(
    ("sheet", "header", "value", "said"),
    [
        ("Awards by activity", HEADER, "A score of 60 would have.", f"in column {HEADER}"),
        ("Rules", "Price of more", 99, "Rules or Prices: a price"),
        ("Rules", "Price in words", "One more EUR adds 99.", "Rules or Prices: a price"),
        ("Prices", "Price of less", 99, "Rules or Prices: a price"),
        ("Prices", "In words", None, "Rules or Prices: a price"),
    ],
)
def test_an_edit_of_it_is_named(
    sheet: str, header: str, value: object, said: str, book: bytes, tmp_path: Path
) -> None:
    changed = openpyxl.load_workbook(io.BytesIO(book), data_only=True)
    column = next(column for column in changed[sheet].columns if column[0].value == header)
    next(cell for cell in column[1:] if cell.value is not None).value = value  # type: ignore[assignment]
    path = tmp_path / "awards.xlsx"
    changed.save(path)
    with pytest.raises(RowsBroken, match=said):
        verify(path)


def test_a_sheet_of_prices_that_is_gone_is_named(book: bytes, tmp_path: Path) -> None:
    changed = openpyxl.load_workbook(io.BytesIO(book), data_only=True)
    del changed["Prices"]
    path = tmp_path / "awards.xlsx"
    changed.save(path)
    with pytest.raises(RowsBroken, match="Rules"):
        verify(path)


def test_the_command_writes_it_and_keeps_the_prices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    allocation = fund()
    prices: Solved = solved_of(allocation, prices_of(allocation))
    Path("awards.xlsx").write_bytes(award_workbook(allocation, prices))

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["funding", "explain", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        logs.stop()
        return int(ended.value.code or 0)

    assert run("awards.xlsx", "--out", "explained.xlsx") == 0
    assert "Wrote explained.xlsx: what would have helped 2 activities." in capsys.readouterr().err
    found = solved_in(verify(Path("explained.xlsx")).stated)
    assert found.digests.items() > prices.digests.items()
    assert (found.helped or {})["C-1"].startswith("A score of 70.1 (not 60) would have brought")
    assert run("awards.xlsx", "--out", "awards.xlsx") == 2
    assert "awards.xlsx is in use already" in capsys.readouterr().err
    assert run("awards.xlsx", "--out", "explained.xlsx", "--city", "A") == 2
    assert "--out is for all cities" in capsys.readouterr().err


@pytest.mark.needs_office
def test_what_another_program_saved_verifies(soffice: str, book: bytes, tmp_path: Path) -> None:
    path = tmp_path / "again.xlsx"
    path.write_bytes(recalculated(soffice, tmp_path, book))
    assert solved_in(verify(path).stated).helped is not None
