"""The request: never more than asked; nothing, or at least what makes it viable."""

from __future__ import annotations

from collections.abc import Iterator

from funding.applications import Activity
from funding.case import Case, Plan, Span
from funding.fund import Fund
from funding.linear import Limit, Sense
from funding.rules.base import Rule, parameter


class Request(Rule):
    """Never more than asked; nothing, or at least what makes it viable: m̄_a y_a ≤ x_a ≤ q̄_a y_a.

    In whole units: q̄_a = u⌊q_a / u⌋ and m̄_a = u⌈m_a / u⌉, or u where the minimum viable amount
    is blank or not respected; all or nothing: m̄_a = q̄_a. Where m̄_a > q̄_a no whole-unit award
    fits and the activity is not fundable. Where m̄_a = u every whole-unit award is viable, and
    x_a ≤ q̄_a says it all. Source: 17 % of 475 real grants were cut, by half in the median.
    """

    key = "request"
    title = "Request"
    fact = True
    always = True
    all_or_nothing: bool = parameter(
        "All or nothing",
        "",
        "yes or no",
        "Each activity in full or not at all",
        default=False,
        strict=True,
    )
    respect_minimum_viable: bool = parameter(
        "Respect minimum viable amounts",
        "",
        "yes or no",
        "No award below what the city says makes it worth doing",
        default=True,
        strict=True,
    )

    def span(self, activity: Activity, fund: Fund) -> Span:
        """m̄_a and q̄_a [cents]."""
        step = fund.step
        most = activity.requested // step * step
        if self.all_or_nothing:
            # An ask below one unit has no whole-unit award; Span says so by least > most.
            return Span(least=max(most, step), most=most)
        asked_least = (activity.minimum_viable or 0) if self.respect_minimum_viable else 0
        return Span(least=max(-(-asked_least // step) * step, step), most=most)

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row an activity, or two with ``funded`` where a minimum stands between."""
        for code in case.open:
            span, award = case.spans[code], plan.award(code)
            if span.least <= case.fund.step:
                yield Limit(self.key, code, award, Sense.AT_MOST, span.most, "most", fact=True)
                continue
            funded = plan.funded(code)
            most = award - span.most * funded
            least = award - span.least * funded
            yield Limit(self.key, code, most, Sense.AT_MOST, 0, "most", fact=True)
            yield Limit(self.key, code, least, Sense.AT_LEAST, 0, "least", fact=True)

    def words(self, limit: Limit, case: Case) -> str:
        """What was asked, or what is the least viable."""
        span = case.spans[limit.subject]
        if limit.part == "least":
            return f"nothing, or at least {case.money(span.least)}"
        return f"asked for: at most {case.money(span.most)}"
