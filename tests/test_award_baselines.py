"""What the optimum gains over the baselines, in the award workbook, and that it is verified."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from funding import cli
from funding.awards import Allocation, allocate
from funding.errors import RowsBroken
from funding.report import award_workbook
from funding.report.solved import Solved
from funding.verify import verify
from tests.award_books import book, lines, recalculated
from tests.small import apply, ask, scenario

FLOOR = "[rules.stream_shares]\ntraining = { min = 0.3 }\n"
WITHOUT, WITH = Solved(baselines=False), Solved(baselines=True)
HELD = "What the optimum gains, on the same rules"


def floor() -> Allocation:
    """1,000 for 800 (score 90) and 500 of training (score 70), which must have 300.

    The optimum, 700 and 300: 90·700 + 70·300 = 84,000. Best to worst, 800 and 200: 86,000, without
    the floor. Pro rata, 10/13 of each in hundreds, 600 and 400: 82,000, so that the optimum gains
    2,000 on it. Equal shares, 500 each: 80,000.
    """
    given = apply(ask("A-1", 800, score=90), ask("B-1", 500, score=70, stream="training"))
    return allocate(given, scenario(FLOOR, envelope=1_000))


@pytest.fixture(scope="module")
def data() -> bytes:
    return award_workbook(floor())


def summary(data: bytes) -> dict[str, list[Any]]:
    """Method → its numbers in the block of sheet Summary."""
    rows = [[cell.value for cell in row[7:12]] for row in book(data)["Summary"].iter_rows()]
    start = next(at for at, row in enumerate(rows) if row[0] == HELD)
    return {row[0]: row[1:] for row in rows[start + 2 : start + 7]}


def test_the_sheet_says_what_the_optimum_gains(data: bytes) -> None:
    rows = {line["Method"]: list(line.values())[1:] for line in lines(data, "Baselines")}
    assert rows["This tool"] == [1_000, 84_000, None, None, 2, None, 3, 3, None, None]
    assert rows["Best to worst"] == [
        *(1_000, 86_000, -2_000, pytest.approx(-2 / 86), 2, 0, 3, 2, 1),
        "Stream training: at least 300 EUR, 30 % of the envelope; missed by 100 EUR.",
    ]
    assert rows["Pro rata"] == [
        *(1_000, 82_000, 2_000, pytest.approx(2 / 82), 2, 0, 3, 3, 0, None),
    ]
    assert rows["Equal shares"][:3] == [1_000, 80_000, 4_000]


def test_the_first_sheet_shows_it_too(data: bytes) -> None:
    rows = summary(data)
    assert rows["This tool"] == [84_000, None, 2, 3]
    assert rows["Best to worst"] == [86_000, pytest.approx(-2 / 86), 2, 2]
    assert rows["Pro rata"] == [82_000, pytest.approx(2 / 82), 2, 3]


def test_a_baseline_worth_nothing_has_no_gain_in_per_cent() -> None:
    found = allocate(apply(ask("A-1", 800, score=0)), scenario(envelope=1_000))
    assert summary(award_workbook(found))["Best to worst"][:2] == [0, None]


def forged(data: bytes, path: Path, change: Any) -> Path:
    made = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    change(made)
    made.save(path)
    return path


def put(sheet: str, cell: str, value: object) -> Any:
    def change(made: Any) -> None:
        made[sheet][cell] = value

    return change


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "words"),
    [
        ("Baselines", "C3", 70_000, r"Baselines!C3 \(Best to worst, Value\): 86,000 is expected"),
        ("Baselines", "D3", 14_000, r"Baselines!D3 \(Best to worst, The optimum gains\): -2,000"),
        ("Baselines", "K3", None, r"Baselines!K3 .*missed by 100 EUR.* is expected"),
        ("Baselines", "L3", "x", r"Baselines!L3"),
    ],
)
def test_a_forged_cell_is_named(
    data: bytes, tmp_path: Path, sheet: str, cell: str, value: object, words: str
) -> None:
    with pytest.raises(RowsBroken, match=words):
        verify(forged(data, tmp_path / "forged.xlsx", put(sheet, cell, value)))


def test_a_workbook_from_before_the_sheet_verifies(tmp_path: Path) -> None:
    path = tmp_path / "old.xlsx"
    path.write_bytes(award_workbook(floor(), WITHOUT))
    made = book(path.read_bytes())
    assert "Baselines" not in made.sheetnames
    assert verify(path).notes == ()


def test_such_a_sheet_put_into_a_workbook_without_is_found(tmp_path: Path) -> None:
    def add(made: Any) -> None:
        made.create_sheet("Baselines")["A1"] = "Best to worst: worth nothing"

    path = forged(award_workbook(floor(), WITHOUT), tmp_path / "added.xlsx", add)
    with pytest.raises(RowsBroken, match=r"What the optimum gains"):
        verify(path)


def test_large_funds_have_it_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("funding.report.beside.MOST", 1)
    found = floor()
    assert "Baselines" not in book(award_workbook(found)).sheetnames
    assert "Baselines" in book(award_workbook(found, WITH)).sheetnames


def test_the_command_can_ask_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from funding import places

    monkeypatch.setattr("funding.report.beside.MOST", 1)
    out = tmp_path / "awards.xlsx"
    scenario_file = places.sample_scenarios() / "german-2025.toml"
    for more, there in (([], False), (["--baselines"], True)):
        arguments = ["allocate", str(places.sample_workbook()), "--scenario", str(scenario_file)]
        monkeypatch.setattr("sys.argv", ["funding", *arguments, "--out", str(out), *more])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code in (0, None)
        assert ("Baselines" in book(out.read_bytes()).sheetnames) is there


@pytest.mark.needs_office
def test_another_program_comes_to_the_same(soffice: str, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "again.xlsx"
    path.write_bytes(recalculated(soffice, tmp_path, data))
    assert summary(path.read_bytes()) == {
        method: [None if n is None else pytest.approx(n) for n in numbers]
        for method, numbers in summary(data).items()
    }
    assert verify(path).rows > 0
