"""Every row on whole numbers, exactly. Knows no solver; has no tolerance.

The rows come from the rules, the awards from anywhere: a solver, a file, a pencil.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from funding.case import Awards, Case, Plan
from funding.linear import Exact, Limit, Quantity

Payments = Mapping[str, Mapping[int, int]]  # activity code → year → cents


@dataclass(frozen=True, slots=True)
class RowUse:
    """A row and what awards make of it: ``used`` is its left side, ``room`` what is left."""

    limit: Limit
    used: Exact
    room: Exact
    binding: bool

    @property
    def broken(self) -> bool:
        """Whether the awards break the row."""
        return self.room < 0


def use_of(limit: Limit, values: Mapping[Quantity, Exact]) -> RowUse:
    """What the awards make of a row; it is taken to bind where no room is left."""
    room = limit.room(values)
    return RowUse(limit, limit.left.value(values), room, room == 0)


def broken_awards(case: Case, limits: Iterable[Limit], awards: Awards) -> list[str]:
    """What is wrong with awards, as sentences: not whole units, closed, or a row broken.

    An empty list proves, in exact arithmetic, that the awards hold every rule.
    """
    step, wrong = case.fund.step, []
    for code, award in awards.items():
        if code not in case.applications.activities:
            wrong.append(f"{code}: there is no such activity")
        elif award < 0 or award % step:
            wrong.append(f"{code}: {case.money(award)} is no multiple of {case.money(step)}")
        elif award and code in case.refusals:
            wrong.append(f"{code}: {case.refusals[code][0].reason}, yet it has an award")
    values = Plan(case).values(awards)
    for limit in limits:
        if limit.rule == "value":  # defines the later part, which the values already follow
            continue
        room = limit.room(values)
        if room < 0:
            wrong.append(f"{limit.name}: broken by {case.money(-room)}")
    return wrong


def broken_payments(case: Case, awards: Awards, payments: Payments) -> list[str]:
    """What is wrong with a payment schedule, as sentences.

    Each year's payment is the award's proportional share, rounded down or up to a whole unit;
    an activity's payments add up to its award; each year stays within its envelope.
    """
    step, wrong = case.fund.step, []
    by_year: dict[int, int] = {}
    for code, award in awards.items():
        paid = payments.get(code, {})
        if sum(paid.values()) != award:
            wrong.append(
                f"{code}: payments of {case.money(sum(paid.values()))} for an award of "
                f"{case.money(award)}"
            )
        shares = case.applications.payment_shares(code)
        for year in {*paid, *shares}:
            exact, amount = shares.get(year, Fraction(0)) * award, paid.get(year, 0)
            by_year[year] = by_year.get(year, 0) + amount
            down = exact // step * step
            if amount not in (down, down if exact == down else down + step):
                wrong.append(f"{code}: {case.money(amount)} in {year} is not the whole-unit share")
    if case.fund.envelopes:
        for year, amount in sorted(by_year.items()):
            if amount > case.fund.envelopes.get(year, 0):
                wrong.append(f"payments of {case.money(amount)} in {year} exceed its envelope")
    return wrong
