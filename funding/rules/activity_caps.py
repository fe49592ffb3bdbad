"""Activity caps: no activity takes too much, in all or in a year."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from pydantic import Field, model_validator

from funding.case import Attribute, Case, Plan
from funding.fund import Amount, Fund
from funding.linear import Limit, Sense
from funding.rules.base import Looser, Rule, Terms, parameter, room_words
from funding.rules.groups import nobody_applies, unknown_class


class ActivityCap(Terms):
    """One table ``[[rules.activity_caps]]``: an amount, in all or a year, and for whom."""

    looser: ClassVar[Looser] = {"amount": "up", "per_year": "up"}
    amount: Amount | None = Field(None, title="Amount", description="The most, over all years")
    per_year: Amount | None = Field(
        None, title="A year", description="The most that is paid in any one year"
    )
    attribute: Attribute | None = Field(
        None, title="Attribute", description="What groups the activities; blank: for all of them"
    )
    group: str | None = Field(None, title="Group", description="The group that it is for")

    @model_validator(mode="after")
    def _sound(self) -> ActivityCap:
        if self.amount is None and self.per_year is None:
            raise ValueError("expected amount, per_year or both")
        if (self.attribute is None) != (self.group is None):
            raise ValueError("expected attribute and group together, or neither of them")
        return self

    @property
    def label(self) -> str:
        """Whom it is for."""
        return self.whom

    @property
    def whom(self) -> str:
        """``for every activity``, or ``for theme Climate``."""
        if self.attribute is None:
            return "for every activity"
        return f"for {self.attribute.replace('_', ' ')} {self.group}"

    def concerns(self, code: str, case: Case) -> bool:
        """Whether an activity is among those that it is for."""
        return self.attribute is None or case.group_of(self.attribute, code) == self.group


class ActivityCaps(Rule):
    """No activity takes too much: x_a ≤ the least of the caps that are for it.

    A cap is an amount, or an amount a year: x_a q_at / q_a ≤ u⌊Y / u⌋ for each year t, so
    x_a ≤ u⌊Y / u⌋ / max_t (q_at / q_a). A year's cap counts in whole units since payments are
    whole units. Source: Franco-Québec fund, 16 000 EUR a year; Italy 2017, 500 000 EUR.
    """

    key = "activity_caps"
    title = "Activity caps"
    caps_alone = True
    listed: ClassVar[str] = "caps"  # the scenario holds a list of tables for this field
    caps: tuple[ActivityCap, ...] = parameter("Caps", "", "currency", "One table for each cap")

    def problems(self, fund: Fund) -> Iterator[str]:
        """Classes that the scenario does not define."""
        for cap in self.caps:
            if cap.attribute is not None and cap.group is not None:
                yield from unknown_class(cap.attribute, (cap.group,), fund)

    def bounds(self, code: str, case: Case) -> list[tuple[Fraction, str]]:
        """Each cap that is for an activity [cents], and what it is."""
        found = []
        for cap in self.caps:
            if not cap.concerns(code, case):
                continue
            if cap.amount is not None:
                found.append((Fraction(cap.amount), cap.whom))
            if cap.per_year is not None:
                shares = case.applications.payment_shares(code)
                year = max(shares, key=lambda t: shares[t])
                whole = cap.per_year // case.fund.step * case.fund.step
                named = f"{cap.whom}, {case.money(cap.per_year)} a year, {year} being the fullest"
                found.append((whole / shares[year], named))
        return found

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row an activity that a cap is for."""
        for code in case.open:
            bounds = self.bounds(code, case)
            if bounds:
                yield Limit(self.key, code, plan.award(code), Sense.AT_MOST, min(bounds)[0])

    def words(self, limit: Limit, case: Case) -> str:
        """The least cap and what it is."""
        _, named = min(self.bounds(limit.subject, case))
        return f"activity cap {named}: {room_words(limit, case)}"

    def notes(self, case: Case) -> Iterator[str]:
        """Groups that nobody applies in, and activities whose least viable award is too much."""
        for cap in self.caps:
            if cap.attribute is not None and cap.group is not None:
                yield from nobody_applies("Activity caps", cap.attribute, cap.group, case)
        short = [
            code
            for code in case.open
            if any(most < case.spans[code].least for most, _ in self.bounds(code, case))
        ]
        if short:
            yield (
                f"Activity caps: the least viable award of {len(short)} "
                f"{'activity is' if len(short) == 1 else 'activities is'} above the cap; nothing "
                "can be awarded there"
            )
