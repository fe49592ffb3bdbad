"""Five selections of R&D projects with proved optima.

C. C. Petersen (1967), Computational experience with variants of the Balas algorithm applied to
the selection of R&D projects, Management Science 13(9), 736-750; as file mknap1 of OR-Library.
Each project is done whole or not at all; its spending is limited in each of ten years.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.published.support import WHOLE_PROJECTS, Choice

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "petersen-1967.json"
pytestmark = pytest.mark.skipif(
    not DATA.is_file(), reason=f"the published data {DATA.name} are not in ../shared/data"
)
OPTIMA = ("3800", "8706.1", "4015", "6120", "12400")  # as published


def instances() -> list[dict[str, Any]]:
    """The published problems, with their decimals exact."""
    text = DATA.read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text, parse_float=Decimal)["instances"]
    return found


def test_the_data_hold_the_published_optima() -> None:
    assert tuple(str(instance["optimum"]) for instance in instances()) == OPTIMA


@pytest.mark.parametrize("number", range(5))
def test_the_published_optimum_is_found(number: int, tmp_path: Path) -> None:
    """To the last decimal, and proved; what the chosen projects spend holds every year."""
    given = instances()[number]
    choice = Choice(given["benefit"], given["spending_by_year"], given["limit_by_year"])
    found = choice.allocate(tmp_path, WHOLE_PROJECTS)
    optimum = Fraction(OPTIMA[number])
    assert choice.value(found) == optimum
    assert found.status == "optimal"
    assert found.best_value * choice.scale == pytest.approx(float(optimum), rel=1e-7)
    assert found.bound * choice.scale == pytest.approx(float(optimum), rel=1e-5)
    chosen = choice.chosen(found)
    assert sum(given["benefit"][n - 1] for n in chosen) == Decimal(OPTIMA[number])
    for spending, limit in zip(given["spending_by_year"], given["limit_by_year"], strict=True):
        assert sum(spending[n - 1] for n in chosen) <= limit
    assert found.spent == 100 * sum(choice.asked(n - 1) for n in chosen)
