"""Decisions by hand: must fund, cap or exclude, each with its written reason."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, field_validator, model_validator

from funding.case import Case, Plan
from funding.fund import Amount, Fund
from funding.linear import Limit, Linear, Sense
from funding.rules.base import Looser, Rule, Terms, parameter, room_words

MINIMUM, MAXIMUM, EXCLUSION = "minimum", "maximum", "exclusion"
OF_CITY = " of the city"  # a city and an activity may have the same code


class Decision(Terms):
    """One table ``[[decisions]]``: what is decided for a city or an activity, and why."""

    looser: ClassVar[Looser] = {"minimum": "down", "maximum": "up", "exclude": "away"}
    city: str | None = Field(None, title="City code", description="Or an activity code")
    activity: str | None = Field(None, title="Activity code", description="Or a city code")
    minimum: Amount | None = Field(None, gt=0, title="At least", description="Must fund")
    maximum: Amount | None = Field(None, gt=0, title="At most", description="A cap by hand")
    exclude: bool = Field(False, strict=True, title="Exclude", description="No award at all")
    reason: str = Field(title="Reason", description="Quoted to whoever asks why")

    @field_validator("reason")
    @classmethod
    def _given(cls, reason: str) -> str:
        if not reason.strip():
            raise ValueError("a decision by hand needs a written reason")
        return " ".join(reason.split())

    @model_validator(mode="after")
    def _sound(self) -> Decision:
        if (self.city is None) == (self.activity is None):
            raise ValueError('expected either city = "…" or activity = "…"')
        limited = self.minimum is not None or self.maximum is not None
        if self.exclude == limited:
            raise ValueError("expected minimum, maximum or both, or else exclude = true")
        if (self.minimum or 0) > (self.maximum or self.minimum or 0):
            raise ValueError("minimum is above maximum")
        return self

    @property
    def label(self) -> str:
        """Whose."""
        return self.whose

    @property
    def whose(self) -> str:
        """``city GRE`` or ``activity GRE-1``."""
        return f"city {self.city}" if self.activity is None else f"activity {self.activity}"


class Decisions(Rule):
    """Must fund, cap or exclude by hand: each decision has a written reason.

    For an activity x_a ≥ minimum, x_a ≤ maximum or x_a = 0; for a city the same of X_c. A
    decision is a rule on awards and opens no gate: a minimum for what is closed cannot hold.
    Source: ministerial discretion, on the record; Australia's grant rules of 2024 ask for a
    written basis of each approval against advice.
    """

    key = "decisions"
    title = "Decisions by hand"
    caps_alone = True
    apart = True
    by_hand = True
    listed: ClassVar[str] = "decisions"  # the scenario holds a list of tables for this field
    decisions: tuple[Decision, ...] = parameter(
        "Decisions", "", "currency", "One table for each city or activity"
    )

    def problems(self, fund: Fund) -> Iterator[str]:
        """Two decisions for one city or activity, which might contradict each other."""
        seen = [decision.whose for decision in self.decisions]
        for whose in dict.fromkeys(seen):
            if seen.count(whose) > 1:
                yield f"{whose} is decided {seen.count(whose)} times; write one table for it"

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row a minimum, maximum or exclusion; of a closed activity the left side is 0."""
        for decision in self.decisions:
            left = _award(decision, plan, case)
            subject, of = decision.activity or decision.city or "", ""
            if decision.activity is None:
                of = OF_CITY
            if decision.minimum is not None:
                part = MINIMUM + of
                yield Limit(self.key, subject, left, Sense.AT_LEAST, decision.minimum, part)
            if decision.maximum is not None:
                part = MAXIMUM + of
                yield Limit(self.key, subject, left, Sense.AT_MOST, decision.maximum, part)
            if decision.exclude:
                yield Limit(self.key, subject, left, Sense.AT_MOST, 0, EXCLUSION + of)

    def status(self, limit: Limit) -> str:
        """An exclusion has a status of its own."""
        excludes = limit.part.startswith(EXCLUSION)
        return "excluded by decision" if excludes else super().status(limit)

    def words(self, limit: Limit, case: Case) -> str:
        """Whose, how much, the reason; and why a minimum is out of reach, where it is."""
        decision = next(d for d in self.decisions if _is_of(d, limit))
        what = "no award" if decision.exclude else room_words(limit, case)
        text = f'{decision.whose}: {what} by decision, "{decision.reason}"'
        out_of_reach = _out_of_reach(decision, case) if limit.sense is Sense.AT_LEAST else ""
        return f"{text}, but {out_of_reach}" if out_of_reach else text

    def notes(self, case: Case) -> Iterator[str]:
        """Decisions for codes that are not among the applications."""
        for decision in self.decisions:
            unknown = _unknown(decision, case)
            if unknown:
                yield f"Decisions by hand: {decision.whose} is decided, but {unknown}"


def _award(decision: Decision, plan: Plan, case: Case) -> Linear:
    """X_c or x_a; 0 for what is closed or not among the applications."""
    if decision.activity is None:
        return plan.city_total(decision.city or "")
    known = decision.activity in case.applications.activities
    return plan.award(decision.activity) if known else Linear()


def _is_of(decision: Decision, limit: Limit) -> bool:
    code = decision.city if limit.part.endswith(OF_CITY) else decision.activity
    return code == limit.subject


def _unknown(decision: Decision, case: Case) -> str:
    """What is said of a code that is not among the applications; ``""`` for one that is."""
    given = case.applications
    code, known, kind = decision.city or "", list(given.cities), "city"
    if decision.activity is not None:
        code, known, kind = decision.activity, list(given.activities), "activity"
    if code in known:
        return ""
    near = difflib.get_close_matches(code, known, 1)
    return f"there is no such {kind}" + (f' (did you mean "{near[0]}"?)' if near else "")


def _out_of_reach(decision: Decision, case: Case) -> str:
    """Why a minimum cannot be reached whatever the others get; ``""`` where it can be."""
    unknown = _unknown(decision, case)
    if unknown:
        return unknown
    if decision.activity is not None:
        codes = [decision.activity]
    else:
        codes = [a.code for a in case.applications.plans[decision.city or ""]]
    open_codes = [code for code in codes if code not in case.refusals]
    if not open_codes:
        closed: dict[str, list[str]] = {}
        for code in codes:
            closed.setdefault(case.refusals[code][0].reason, []).append(code)
        reasons = [
            f"{', '.join(same)} {'is' if len(same) == 1 else 'are'} closed: {reason}"
            for reason, same in closed.items()
        ]
        return "; ".join(reasons) or "it applies with no activity"
    most = sum(case.spans[code].most for code in open_codes)
    if most < (decision.minimum or 0):
        return f"no more than {case.money(most)} is asked for in whole units and open"
    return ""
