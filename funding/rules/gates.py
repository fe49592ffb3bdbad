"""The gates: who and what can be funded at all, decided before the model.

Each compares exact numbers; none divides, so that zero budgets and costs need no special case.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from funding import money
from funding.applications import Activity, Applications
from funding.fund import Number, Share
from funding.rules.base import Gate, parameter


class Eligible(Gate):
    """The ministry's word in Assessment: only activities marked eligible, or left blank, pass."""

    key = "eligible"
    title = "Eligible"
    always = True

    def refuse(self, activity: Activity, applications: Applications) -> str | None:
        """Refused where the assessment says no."""
        found = applications.assessments[activity.code]
        if found.eligible:
            return None
        why = f" ({found.comment})" if found.comment else ""
        return f"assessed as not eligible{why}"


class ReportsFiled(Gate):
    """No overdue reports on earlier awards: a city that owes a report gets nothing new.

    Source: France blocks new bids while reports are unfiled.
    """

    key = "reports_filed"
    title = "Reports filed"

    def refuse(self, activity: Activity, applications: Applications) -> str | None:
        """Refused where the city's record says that reports are overdue."""
        if applications.record(activity.city).reports_overdue:
            return "the city has overdue reports on earlier awards"
        return None


class Additionality(Gate):
    """National money complements, it does not replace: the city's own budget has not shrunk.

    Own engagement budget ≥ (1 − tolerance) × earlier engagement budget. Not known: passes,
    noted.
    """

    key = "additionality"
    title = "Additionality"
    tolerance: Share = parameter(
        "Tolerance", "", "share of 1", "How far the own budget may fall", default=Decimal(0)
    )

    def refuse(self, activity: Activity, applications: Applications) -> str | None:
        """Refused where the own budget fell by more than the tolerance."""
        city = applications.cities[activity.city]
        earlier = city.earlier_budget
        if earlier is None or city.own_budget >= (1 - Fraction(self.tolerance)) * earlier:
            return None
        currency = applications.call.currency
        return (
            f"the city's own engagement budget fell from {money.show(earlier, currency)} to "
            f"{money.show(city.own_budget, currency)}; at most {money.percent(self.tolerance)} "
            "less is allowed"
        )

    def notes(self, applications: Applications) -> Iterator[str]:
        """Cities that pass because their earlier budget is not known."""
        unknown = [c.code for c in applications.cities.values() if c.earlier_budget is None]
        if unknown:
            yield (
                f"Additionality: the earlier engagement budget of {len(unknown)} "
                f"{'city is' if len(unknown) == 1 else 'cities is'} not known, so the gate "
                f"lets them pass: {', '.join(sorted(unknown))}"
            )


class PledgesCovered(Gate):
    """Σ own cash that a city pledges over its activities ≤ its own engagement budget."""

    key = "pledges_covered"
    title = "Pledges covered"

    def refuse(self, activity: Activity, applications: Applications) -> str | None:
        """Refused, with the city's whole plan, where the pledges exceed the budget."""
        city = applications.cities[activity.city]
        pledged = sum(a.own_cash for a in applications.plans[city.code])
        if pledged <= city.own_budget:
            return None
        currency = applications.call.currency
        return (
            f"the city pledges {money.show(pledged, currency)} of own cash over its plan but "
            f"budgets {money.show(city.own_budget, currency)}"
        )


class OwnContribution(Gate):
    """(own cash + creditable in kind) / eligible cost ≥ floor.

    In kind is creditable up to a share s of the own contribution, so
    creditable = min(in kind, s / (1 − s) × own cash); s = 1: all of it, s = 0: none.
    Source: France 2025, floor 10 %, in kind up to 50 % of the contribution; Germany counts no
    in kind.
    """

    key = "own_contribution"
    title = "Own contribution"
    floor: Share = parameter("Floor", "", "share of 1", "Least part of the eligible cost")
    in_kind_share: Share = parameter(
        "In kind, at most",
        "s",
        "share of 1",
        "How much of the own contribution may be in kind",
        default=Decimal(1),
    )

    def creditable(self, activity: Activity) -> Fraction:
        """Own cash and the part of in kind that counts [cents]."""
        share = Fraction(self.in_kind_share)
        in_kind = Fraction(activity.own_in_kind)
        if share < 1:
            in_kind = min(in_kind, share / (1 - share) * activity.own_cash)
        return activity.own_cash + in_kind

    def refuse(self, activity: Activity, applications: Applications) -> str | None:
        """Refused where the creditable contribution is under the floor."""
        cost = applications.eligible_cost(activity.code)
        counted = self.creditable(activity)
        if counted >= Fraction(self.floor) * cost:
            return None
        currency = applications.call.currency
        least = Fraction(self.floor) * cost
        return (
            f"own contribution of {money.show(counted, currency)} counts; at least "
            f"{money.percent(self.floor)} of the eligible cost is asked, "
            f"{money.show(least, currency)}"
        )


class NoOverlap(Gate):
    """Not already covered by another national programme: complement, not compete.

    Where the scenario says so, no activity that has other national money at all: N_a = 0. Source:
    Japan's fund for local authorities takes no project with another state grant.
    """

    key = "no_overlap"
    title = "No overlap"
    refuse_other_funding: bool = parameter(
        "No other national funding",
        "",
        "yes or no",
        "Refuse every activity that has other national money, however little",
        default=False,
        strict=True,
    )

    def refuse(self, activity: Activity, applications: Applications) -> str | None:
        """Refused where the assessment says that it overlaps, or that it has national money."""
        found = applications.assessments[activity.code]
        if found.overlaps:
            return "already covered by another national programme"
        if self.refuse_other_funding and found.other_national_funding:
            given = money.show(found.other_national_funding, applications.call.currency)
            return f"has {given} of other national funding; none is allowed"
        return None


class MeritThreshold(Gate):
    """score ≥ threshold: below it, nothing is funded even if money is left."""

    key = "merit_threshold"
    title = "Merit threshold"
    status = "below threshold"
    score: Annotated[Number, Field(ge=0, le=100)] = parameter(
        "Score", "", "points, 0 to 100", "The least score that can be funded"
    )

    def refuse(self, activity: Activity, applications: Applications) -> str | None:
        """Refused where the score is under the threshold."""
        score = applications.score(activity.code)
        if score >= Fraction(self.score):
            return None
        return f"score {float(score):.4g} is below the threshold of {self.score}"


GATES: dict[str, type[Gate]] = {
    gate.key: gate
    for gate in (
        Eligible,
        ReportsFiled,
        Additionality,
        PledgesCovered,
        OwnContribution,
        NoOverlap,
        MeritThreshold,
    )
}
