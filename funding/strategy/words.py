"""What a study of strategic applications finds, as sentences and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from funding import money
from funding.strategy.invites import title_of
from funding.strategy.statements import MANIPULATIONS, Manipulation
from funding.strategy.study import Ending, Study, Trial, median_gain

FORMAT = 1  # of the JSON


def sentences(study: Study) -> list[str]:
    """Who could have gained, by what, and what invites it."""
    said = [_lead(study)]
    said += [_words(study, manipulation) for manipulation in MANIPULATIONS.values()]
    return [*said, *_most(study), *_unsolved(study)]


def method_words(study: Study) -> list[str]:
    """How it was found and what it does not say, as sentences."""
    unit = study.allocation.case.money(study.allocation.case.fund.step)
    return [
        "The applications as they stand count as true. One city at a time states something else, "
        "in all its activities, and the fund is allocated again, exactly.",
        "A city gets what is of use to its true plan: of each activity no more than its true "
        "request, and nothing where that is less than its true minimum viable amount.",
        f"Only a gain of more than {unit} for each of its activities counts: so much can whole "
        "units decide.",
        "A rule invites a gain where it reads what was stated otherwise, and where without it the "
        "same statement gains nothing. The only rule that reads it invites it; of several, both "
        "allocations were solved again without each. Without a rule the true allocation is "
        "another too: this tells where to look, not what a better rule would be.",
        "Cities that act together, other amounts and several of these at once were not tried; "
        "nor is it known whether a city would be found out.",
    ]


def _lead(study: Study) -> str:
    every = len(study.allocation.applications.cities)
    gaining = len(study.cities)
    could = f"{gaining:,} of {_cities(every)} could have" if gaining else "no city could have"
    return (
        f"{study.allocation.scenario.name}: by stating another plan than its own, {could} got more "
        "of use to its true plan, all others as they are."
    )


def _words(study: Study, manipulation: Manipulation) -> str:
    gained = study.of_manipulation(manipulation.key)
    if not gained:
        return f"{manipulation.title} would have raised no award."
    every = len(study.allocation.applications.cities)
    show = study.allocation.case.money
    shares = sorted(study.share(trial) for trial in gained)
    if len(gained) == 1:
        name = study.allocation.applications.cities[gained[0].city].name
        much = f"{show(gained[0].gain)}, {_percent(shares[0])} of what it truly asks for"
        text = f"the award of 1 of {_cities(every)}, {name}, by {much}"
    else:
        middle = shares[len(shares) // 2]
        text = (
            f"the award of {len(gained):,} of {_cities(every)}, by {show(median_gain(gained))} in "
            f"the median ({_percent(middle)} of what they truly ask for)"
        )
    return f"{manipulation.title} would have raised {text}; {_invitation(study, gained)}."


def _invitation(study: Study, gained: Sequence[Trial]) -> str:
    """What invites the gains, and in how many of the cities."""
    parts = study.parts(gained)
    told = [
        title_of(part, study.allocation.scenario)
        + ("" if len(parts) == 1 else f" ({_cities(count)})")
        for part, count in parts
    ]
    return f"{_listed(told)} {'invites' if len(told) == 1 else 'invite'} it"


def _most(study: Study) -> Iterator[str]:
    if study.gaining:
        best = study.gaining[0]
        name = study.allocation.applications.cities[best.city].name
        how = MANIPULATIONS[best.key].title
        yield (
            f"{name} would have gained most: {study.allocation.case.money(best.gain)}, "
            f"{_percent(study.share(best))} of what it truly asks for, by "
            f"{how[:1].lower()}{how[1:]}."
        )


def _unsolved(study: Study) -> Iterator[str]:
    endings = Counter(trial.ending for trial in study.trials)
    for ending, why in (
        (Ending.NONE, "no allocation would hold the rules"),
        (Ending.STOPPED, "time ran out: nothing is known"),
    ):
        if endings[ending]:
            yield f"For {endings[ending]:,} statements {why}."


def _cities(count: int) -> str:
    return f"{count:,} {'city' if count == 1 else 'cities'}"


def _percent(share: Fraction) -> str:
    return money.percent(share, 1)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def as_json(study: Study) -> dict[str, object]:
    """The study as JSON: amounts in currency units, shares of 1."""
    allocation = study.allocation
    return {
        "format": FORMAT,
        "scenario": allocation.scenario.name,
        "currency": allocation.applications.call.currency,
        "cities": len(allocation.applications.cities),
        "cities_gaining": len(study.cities),
        "sentences": sentences(study),
        "method": method_words(study),
        "manipulations": [_manipulation(study, each) for each in MANIPULATIONS.values()],
        "trials": [_trial(study, trial) for trial in study.trials],
        "run": dict(allocation.run),
    }


def _manipulation(study: Study, each: Manipulation) -> dict[str, object]:
    gained = study.of_manipulation(each.key)
    return {
        "key": each.key,
        "title": each.title,
        "states": each.states,
        "cities_gaining": len(gained),
        "median_gain": _amount(median_gain(gained)),
        "largest_gain": _amount(gained[0].gain if gained else 0),
        "gains_most": gained[0].city if gained else None,
        "invited_by": [
            {"rule": title_of(part, study.allocation.scenario), "key": part, "cities": count}
            for part, count in study.parts(gained)
        ],
    }


def _trial(study: Study, trial: Trial) -> dict[str, object]:
    return {
        "city": trial.city,
        "manipulation": trial.key,
        "ending": str(trial.ending),
        "award": _amount(trial.before),
        "award_then": _amount(trial.after),
        "gain": _amount(trial.gain),
        "gain_share": float(study.share(trial)) if trial.gain else 0.0,
        "invited_by": list(trial.invited_by),
        "only_together": trial.together,
    }


def _amount(cents: int) -> float:
    return float(money.in_units(cents))
