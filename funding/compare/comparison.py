"""Up to ten allocations beside each other, one of them the reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from funding.awards import Allocation
from funding.errors import UsageError

MOST = 10  # allocations beside each other


@dataclass(frozen=True)
class Comparison:
    """Allocations with names that tell them apart; ``reference`` is the place of one of them.

    They may be of different applications of one currency.
    """

    names: tuple[str, ...]
    allocations: tuple[Allocation, ...]
    reference: int

    @property
    def base(self) -> Allocation:
        """The allocation that the others are compared with."""
        return self.allocations[self.reference]

    @property
    def base_name(self) -> str:
        """What the reference is called."""
        return self.names[self.reference]

    @property
    def others(self) -> tuple[tuple[str, Allocation], ...]:
        """Name and allocation of each but the reference, in order."""
        pairs = zip(self.names, self.allocations, strict=True)
        return tuple(pair for at, pair in enumerate(pairs) if at != self.reference)

    @property
    def currency(self) -> str:
        """The currency of all of them."""
        return self.base.applications.call.currency

    @property
    def same_value(self) -> bool:
        """Whether all maximise the same value, so that their values can be compared."""
        return len({allocation_value(a) for a in self.allocations}) == 1


def allocation_value(allocation: Allocation) -> tuple[object, ...]:
    """What an allocation's value is counted in: its basis, and what later parts count."""
    objective = allocation.scenario.objective
    later = objective.later_value if objective.full_value_share < 1 else None
    return objective.value, objective.full_value_share, later


def compare(allocations: Sequence[Allocation], *, reference: int = 0) -> Comparison:
    """Allocations beside each other, by the names of their scenarios.

    A name that stands twice gets a number. Raises UsageError for fewer than two or more than
    `MOST`, for currencies that differ, or a reference that is none of them.
    """
    if not 2 <= len(allocations) <= MOST:
        raise UsageError(f"Two to {MOST} scenarios can be compared; {len(allocations)} were given.")
    if not 0 <= reference < len(allocations):
        raise UsageError(f"The reference is one of the {len(allocations)} scenarios.")
    currencies = sorted({a.applications.call.currency for a in allocations})
    if len(currencies) > 1:
        raise UsageError(f"Amounts in {' and '.join(currencies)} cannot be compared.")
    names = _told_apart([a.scenario.name for a in allocations])
    return Comparison(names, tuple(allocations), reference)


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    times, found = Counter(names), list[str]()
    taken = set(names)
    for name in names:
        numbered = (f"{name} ({number})" for number in count(1))
        found.append(next(n for n in numbered if n not in taken) if times[name] > 1 else name)
        taken.add(found[-1])
    return tuple(found)
