"""What an award workbook says that was found by solving again: prices, and what would have helped.

It is held as cells. So `verify`, which has no solver, can lay what else the workbook must say
around what the file states of it; hashes in the run record tell whether it was changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funding.awards import Allocation
from funding.report.awards_sheets import ranges
from funding.report.checks import checks_of, in_rules_order
from funding.report.priced import RULE_PRICE_FIELDS, key_rows, price_cells
from funding.report.style import Cell

if TYPE_CHECKING:
    from funding.prices import Prices

PRICES_ITEM, HELPED_ITEM = "prices", "what would have helped"  # of the run record
DIGITS = 12  # of a number that are hashed: the last ones change when a file is saved again

Cells = Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Solved:
    """The price cells of each row of sheet Rules, the rows of sheet Prices, and what would have
    helped, by activity. Where it was not asked for, no cells, and None.

    ``baselines``: whether they stand beside the awards; None: where they are soon found.
    """

    rules: Cells = ()
    keys: Cells = ()
    helped: Mapping[str, str] | None = None
    baselines: bool | None = None

    def of_rule(self, at: int) -> Sequence[Cell]:
        """The price cells of a row of sheet Rules, counted from 0; a file may lack them."""
        return self.rules[at] if at < len(self.rules) else [None] * len(RULE_PRICE_FIELDS)

    @property
    def digests(self) -> dict[str, str]:
        """Item of the run record → hash of what it is about."""
        found = {}
        if self.keys:
            found[PRICES_ITEM] = _digest([*self.rules, *self.keys])
        if self.helped is not None:
            found[HELPED_ITEM] = _digest(sorted(self.helped.items()))
        return found


NOTHING = Solved()


def solved_of(allocation: Allocation, prices: Prices | None) -> Solved:
    """What is said of an allocation's prices, where they are given."""
    if prices is None:
        return NOTHING
    checks, _ = checks_of(allocation, ranges(allocation))
    currency = allocation.applications.call.currency
    rules = [price_cells(check, prices, currency) for check in in_rules_order(checks)[0]]
    return Solved(rules, key_rows(allocation, prices))


def _digest(rows: Sequence[Sequence[Cell]]) -> str:
    text = json.dumps([[_plain(cell) for cell in row] for row in rows], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(cell: Cell) -> str:
    if isinstance(cell, int | float):
        return format(float(cell), f".{DIGITS}g")
    return str(cell or "")
