"""Making the certificate: the multipliers from which `proof` derives its bound.

A solver finds them; whether they prove anything is not left to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from funding.case import Case, Plan
from funding.linear import Limit, Sense
from funding.program import build
from funding.proof import Certificate, Key, Leaf, Multipliers, Rows
from funding.quick import cases
from funding.scenario import Scenario
from funding.solve import choices

MOST_CITIES = 2_000  # with open activities; a proof of more is long, and costs as much as stage 1
DIGITS = 12  # of a multiplier; what is left by rounding is paid for, and is next to nothing
LEAST = 1e-11  # of the largest worth: multipliers below it count as 0


def certificate_of(
    scenario: Scenario, case: Case, limits: Sequence[Limit], time_limit: float
) -> Certificate | None:
    """The certificate of a fund; None where it has too many cities, or time [seconds] is up."""
    if not case.open:
        return Certificate({}, {})
    if len(case.open_plans) > MOST_CITIES:
        return None
    program = build(Plan(case), limits, scenario.value(case))
    found = cases(program, choices(program), time_limit=time_limit)
    if found is None:
        return None
    keys = {id(limit): key for key, limit in Rows(case, limits).limits.items()}
    named = [limit for limit in limits if limit.left]

    def multipliers(prices: dict[int, float], scale: float) -> Multipliers:
        made: dict[Key, Decimal] = {}
        for i, price in prices.items():
            wrong = {Sense.AT_MOST: price < 0, Sense.AT_LEAST: price > 0}
            if abs(price) > LEAST and not wrong.get(named[i].sense):
                made[keys[id(named[i])]] = Decimal(format(price * scale, f".{DIGITS}g"))
        return made

    per_cent = program.worth_scale / program.step  # a price, in the value's own unit for a cent
    towns = list(case.open_plans)
    by_city: dict[str, list[Leaf]] = {}
    for city, made, impossible, prices in found.branches:
        chosen = tuple((program.quantities[j], answer) for j, answer in made)
        scale = 1.0 if impossible else per_cent
        leaf = Leaf(chosen, multipliers(prices, scale), impossible)
        by_city.setdefault(towns[city], []).append(leaf)
    coupling = multipliers(found.coupling, per_cent)
    return Certificate(coupling, {city: tuple(leaves) for city, leaves in by_city.items()})
