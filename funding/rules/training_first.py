"""Training first: financing grows with the staff who are, or will be, trained."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from funding import money
from funding.case import Case, Plan
from funding.fund import Amount, Share
from funding.linear import Limit, Sense, total
from funding.rules.base import Looser, Rule, parameter


class TrainingFirst(Rule):
    """Where too few staff are trained, financing above a base grows with who will be.

    X_c financing ≤ b + (Q_c − b)⁺ (T_c + Σ n_a x_a / q̄_a) / (θ S_c), with Q_c = Σ q̄_a over the
    city's open financing, T_c its trained staff of S_c, and n_a the people whom a training
    activity certifies if it gets all it asks for. S_c = 0: b; θ = 0: no limit. Where enough are
    trained (T_c ≥ θ S_c) or no more than b is asked, nothing is limited. Source: half of the
    offices lack trained staff, and 10 % of training ends in a certificate (survey of 2022).
    """

    key = "training_first"
    looser: ClassVar[Looser] = {"trained_share": "down", "base": "up"}
    title = "Training first"
    trained_share: Share = parameter(
        "Trained share asked for", "θ", "share of 1", "Of the international staff"
    )
    base: Amount = parameter(
        "Base", "b", "currency", "Financing of a city that nobody trained stands behind"
    )

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """One row a city with too few trained staff that asks for more financing than the base."""
        for city in case.open_plans:
            more = self.above(city, case)
            if not more:
                continue
            financing = plan.awards(case.of_stream(city, "financing"))
            person, trained = (
                self.per_person(city, case),
                case.applications.cities[city].trained_staff,
            )
            certified = total(
                (
                    Fraction(
                        case.applications.activities[a].people_to_be_certified, case.spans[a].most
                    ),
                    plan.award(a),
                )
                for a in case.of_stream(city, "training")
            )
            left = financing - person * certified
            yield Limit(self.key, city, left, Sense.AT_MOST, self.base + person * trained)

    def above(self, city: str, case: Case) -> int:
        """(Q_c − b)⁺ [cents] where too few of the city's staff are trained, else 0."""
        found, share = case.applications.cities[city], Fraction(self.trained_share)
        enough = found.trained_staff >= share * found.staff if found.staff else share == 0
        asked = case.demand(case.of_stream(city, "financing"))
        return 0 if enough else max(0, asked - self.base)

    def per_person(self, city: str, case: Case) -> Fraction:
        """(Q_c − b)⁺ / (θ S_c) [cents per person]: what one trained person makes room for."""
        staff = case.applications.cities[city].staff
        if not staff:
            return Fraction(0)
        return self.above(city, case) / (Fraction(self.trained_share) * staff)

    def words(self, limit: Limit, case: Case) -> str:
        """Staff, how many are trained, and what each person to be certified adds."""
        found = case.applications.cities[limit.subject]
        if not found.staff:
            return (
                f"training first: financing at most {case.money(limit.bound)} for a city without "
                "international staff"
            )
        more = ""
        if len(limit.left) > len(case.of_stream(limit.subject, "financing")):
            person = case.money(self.per_person(limit.subject, case))
            more = f", plus {person} for each person whom its training will certify"
        return (
            f"training first: financing at most {case.money(limit.bound)} with "
            f"{found.trained_staff} of {found.staff} international staff trained, where "
            f"{money.percent(self.trained_share)} are asked for{more}"
        )

    def notes(self, case: Case) -> Iterator[str]:
        """Cities without staff, and training that certifies nobody, where the rule holds."""
        held = [city for city in case.open_plans if self.above(city, case)]
        alone = sorted(c for c in held if not case.applications.cities[c].staff)
        if alone:
            yield (
                "Training first: without international staff, financing is at most "
                f"{case.money(self.base)}: {', '.join(alone)}"
            )
        given = case.applications.activities
        nobody = sorted(
            a
            for city in held
            for a in case.of_stream(city, "training")
            if not given[a].people_to_be_certified and case.applications.cities[city].staff
        )
        if nobody:
            yield (
                "Training first: training for which no people to be certified are stated makes "
                f"no room for financing: {', '.join(nobody)}"
            )
