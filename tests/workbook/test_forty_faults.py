"""Two workbooks, each with forty faults that testers planted who had read ``docs/workbook.md``
and nothing else: exactly these cells are told, and no other.

``forty/plans.xlsx`` is in euros, with columns in another order and sheets in other letter case;
``forty/scores.xlsx`` is the ministry's template, filled in yen. Beside each, what is wrong in
which cell. Both are full of what looks odd and is sound: decomposed accents, no-break spaces,
blank and hidden rows, columns of the testers' own, TRUE and FALSE.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from funding.workbook import annotate, read

FOLDER = Path(__file__).parent / "forty"


@pytest.mark.parametrize("name", ["plans", "scores"])
def test_exactly_the_planted_cells_are_told(name: str) -> None:
    planted = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert len(planted) == 40
    path = FOLDER / f"{name}.xlsx"
    faults = read([path]).faults
    assert sorted(f"{fault.sheet}!{fault.cell}" for fault in faults) == sorted(planted)
    again = read([("marked.xlsx", annotate(path.read_bytes(), faults))]).faults
    assert again == faults
