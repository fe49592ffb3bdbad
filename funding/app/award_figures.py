"""The figures and sentences at the head of page Allocation."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from funding import money
from funding.app.text import gap_words
from funding.awards import Allocation
from funding.compare.figures import FIGURES
from funding.remainder import left_words

_MILLIONS = 1e7  # values from here on are shown in millions


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure as it is shown: its label with the unit, the value, and what it means."""

    label: str
    value: str
    meaning: str = ""


def headlines(allocation: Allocation) -> list[Headline]:
    """The figures of an allocation, money first."""
    given, currency = allocation.applications, allocation.applications.call.currency
    full = sum(1 for outcome in allocation.outcomes.values() if outcome.status == "full")
    asked = sum(a.requested for a in given.activities.values())
    value = float(allocation.value)
    spent, envelope = allocation.spent, allocation.case.fund.envelope
    return [
        Headline(f"Envelope, {currency}", money.show(envelope), "What the fund has"),
        Headline(
            f"Awarded, {currency}",
            money.show(spent),
            f"{_share(spent, envelope)} of the envelope, {_share(spent, asked)} of all that was "
            "asked for",
        ),
        Headline(
            f"Unspent, {currency}",
            money.show(allocation.unspent),
            "Tab What is left says which rules keep anybody from having it",
        ),
        Headline(
            "Activities funded",
            f"{allocation.funded:,} of {len(given.activities):,}",
            f"{full:,} of these in full",
        ),
        Headline("Cities funded", f"{allocation.served:,} of {len(given.cities):,}"),
        Headline("Lowest coverage", _lowest(allocation), _LOWEST.meaning),
        Headline(
            "Value",
            f"{value / 1e6:,.1f} M" if value >= _MILLIONS else f"{value:,.0f}",
            f"{value:,.0f}, counted in {allocation.scenario.objective.measure(currency)}",
        ),
    ]


_LOWEST = next(figure for figure in FIGURES if figure.key == "lowest")


def _lowest(allocation: Allocation) -> str:
    lowest = _LOWEST.of(allocation)
    return "–" if lowest is None else money.percent(lowest)


def _share(part: int, whole: int) -> str:
    return money.percent(Fraction(part, whole)) if whole else "–"


def proof(allocation: Allocation) -> str:
    """How good the allocation is known to be, and how long it took, in sentences."""
    seconds = f"{allocation.seconds:.1f} s"
    value = f"The value is {gap_words(allocation.gap)}"
    if allocation.status == "optimal":
        return f"{value}. Found in {seconds}."
    return (
        f"The solver stopped at its time limit, after {seconds}: every rule holds, and "
        f"{value[0].lower()}{value[1:]}, but better awards may exist."
    )


def worth(allocation: Allocation) -> str:
    """The value, what was proved of it, and what evenness and whole units cost, in sentences."""
    objective, call = allocation.scenario.objective, allocation.applications.call
    loss = allocation.rounding_loss
    rounding = f"Lost by rounding to whole units: {_size(loss)}."
    if loss < 0:
        rounding = f"Whole units happen to be worth {_size(-loss)} more than the even shares."
    return (
        f"The awards are worth {_size(float(allocation.value))} "
        f"({objective.measure(call.currency)}); no allocation in whole units is worth more than "
        f"{_size(allocation.bound)}, by the solver's bound. Given up for evenness: "
        f"{_size(allocation.price_of_fairness)}. {rounding}"
    )


def certified(allocation: Allocation) -> str:
    """What exact arithmetic proves without the solver, in sentences."""
    bound, gap = allocation.certified_bound, allocation.certified_gap
    if bound is None or gap is None:
        return (
            "There is no certificate of this fund, as it is too large for one: the proof is the "
            "solver's bound."
        )
    return (
        f"Proved without trusting the solver, by exact arithmetic: no allocation is worth more "
        f"than {_size(float(bound))}, so the value is {gap_words(gap)}. This bound is looser where "
        "minimum amounts and whole units matter, as it takes no notice of them."
    )


def left(allocation: Allocation) -> str:
    """What is left in the fund, and what became of the activities, as a sentence."""
    return f"{left_words(allocation.case, allocation.remainder)}."


def _size(value: float) -> str:
    """A value without decimals where it is large, with those that tell something where not."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == 0 else f"{value:,.4g}"
