"""What a robustness study finds, as sentences and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import median

from funding import money
from funding.linear import Exact
from funding.robustness.findings import CONFIDENCE, RANGE, Chance, Colour, Findings
from funding.robustness.study import Ending

FORMAT = 1  # of the JSON
MOST_OPEN = 5  # activities told by name


def sentences(findings: Findings) -> list[str]:
    """What was varied and what comes of it, in order."""
    return [
        varied_words(findings),
        *draws_words(findings),
        *colour_words(findings),
        *_award_words(findings),
        *_open_words(findings),
    ]


def varied_words(findings: Findings) -> str:
    """What the study lets vary."""
    settings, study = findings.study.settings, findings.study
    errors = list(study.standard_errors.values())
    if settings.standard_error is None:
        scores = (
            f"scores by the spread of their assessors, {median(errors):.1f} points in the median"
        )
    elif settings.standard_error:
        scores = f"scores by a standard error of {settings.standard_error:g} points"
    else:
        scores = "scores as they are"
    envelope = _spread(settings.envelope_spread, "±", "envelope")
    requests = _spread(settings.request_spread, "down by up to ", "requests")
    return (
        f"{study.scenario.name}: {findings.asked:,} draws with seed {settings.seed}, "
        f"{scores}, {envelope}, {requests}."
    )


def _spread(share: float, sign: str, what: str) -> str:
    if not share:
        return f"{what} as {'it is' if what == 'envelope' else 'they are'}"
    return f"{what} {sign}{money.percent(share)}"


def draws_words(findings: Findings) -> list[str]:
    """Which of the draws count, where not all do."""
    done, ended, said = len(findings.draws), findings.endings, []
    if done < findings.asked:
        said.append(
            f"Only {done:,} of the {findings.asked:,} draws are done; what follows is of them."
        )
    stopped = ended[Ending.STOPPED]
    if findings.refused:
        said += refused_words(findings)
    if stopped:
        said.append(
            f"In {stopped:,} of {done:,} draws the solver found nothing in time; "
            "shares are of the others. Allow more with --time-limit."
        )
    late = ended[Ending.FEASIBLE]
    if late:
        said.append(
            f"In {late:,} {'draw' if late == 1 else 'draws'} the solver ended at its time limit: "
            "another machine may find other awards there. Allow more with --time-limit."
        )
    return said


def refused_words(findings: Findings) -> list[str]:
    """In how many draws no allocation exists, whether the envelope has to do with it, and which
    rules contradict each other in the first."""
    refused, study = findings.refused, findings.study
    said = [
        f"In {len(refused):,} of {len(findings.draws):,} draws no allocation can hold all the "
        "rules; shares are of the others, and say nothing of these."
    ]
    if study.settings.envelope_spread:
        own = study.scenario.fund.envelope
        larger = sum(1 for number in refused if study.envelope(number) > own)
        said.append(
            f"Of these draws {larger:,} have a larger envelope than the scenario and "
            f"{len(refused) - larger:,} a smaller one: what is guaranteed as a share of it can "
            "need more than was asked for, as an amount more than there is."
        )
    number, conflict = findings.example
    if conflict is not None:
        titles = ", ".join(dict.fromkeys(part.title for part in conflict.parts))
        said.append(f"In draw {number + 1:,}, for one, these contradict each other: {titles}.")
    return said


def colour_words(findings: Findings) -> list[str]:
    """How many activities and cities are green, grey and red; that none can be, of few draws."""
    if findings.too_few:
        of = len(findings.allocated)
        return [
            f"Only {of:,} {'draw has' if of == 1 else 'draws have'} an allocation: nothing can be "
            f"green or red of fewer than {findings.fewest:,}, so that all is grey.",
            meaning(findings),
        ]
    return [
        f"{what}: {_counted(chances)}."
        for what, chances in (
            ("Activities", findings.activities.values()),
            ("Cities", findings.cities.values()),
        )
    ] + [meaning(findings)]


def _counted(chances: Iterable[Chance]) -> str:
    counts = Counter(chance.colour for chance in chances)
    return ", ".join(f"{counts[colour]:,} {colour.words} ({colour})" for colour in Colour)


def meaning(findings: Findings) -> str:
    """What the colours mean."""
    levels = findings.levels
    return (
        f"Green: funded in {money.percent(levels.green)} of the draws or more; red: in "
        f"{money.percent(levels.red)} or fewer; each by the whole {money.percent(CONFIDENCE)} "
        "interval of the share. Grey: between, or too few draws to tell."
    )


def _award_words(findings: Findings) -> list[str]:
    """What the awards of the inputs as they are come to."""
    allocation, chances = findings.allocation, findings.activities
    if not allocation.spent or findings.too_few:
        return []
    currency = allocation.applications.call.currency
    awarded = [chance for chance in chances.values() if chance.award]
    by_colour = {
        colour: sum(chance.award for chance in awarded if chance.colour is colour)
        for colour in Colour
    }
    told = ", ".join(
        f"{money.show(amount, currency)} to {colour} ones" for colour, amount in by_colour.items()
    )
    return [f"Of the {len(awarded):,} awards on the inputs as they are: {told}."]


def _open_words(findings: Findings) -> list[str]:
    """The activities whose funding is most open."""
    of = len(findings.allocated)
    grey = [c for c in findings.activities.values() if c.colour is Colour.GREY and 0 < c.times < of]
    nearest = sorted(grey, key=lambda c: (abs((c.share or 0) - 0.5), c.code))[:MOST_OPEN]
    if not nearest:
        return []
    given = findings.study.applications
    told = [
        f"{c.code} of {given.cities[given.activities[c.code].city].name} "
        f"({money.percent(c.share or 0)})"
        for c in nearest
    ]
    return [f"Most open: {', '.join(told)}."]


def as_json(findings: Findings) -> dict[str, object]:
    """The findings, ready for JSON; amounts in currency units."""
    study, levels = findings.study, findings.levels
    given = study.applications
    return {
        "format": FORMAT,
        "fund": given.call.fund,
        "currency": given.call.currency,
        "scenario": study.scenario.name,
        "settings": {
            "draws": findings.asked,
            "seed": study.settings.seed,
            "standard_error": study.settings.standard_error,
            "envelope_spread": study.settings.envelope_spread,
            "request_spread": study.settings.request_spread,
            "time_limit": study.settings.time_limit,
            "green": levels.green,
            "red": levels.red,
            "confidence": CONFIDENCE,
            "range_percent": list(RANGE),
        },
        "draws": {
            "done": len(findings.draws),
            "allocated": len(findings.allocated),
            "no_allocation": findings.endings[Ending.NONE],
            "stopped": findings.endings[Ending.STOPPED],
            "time_limited": findings.endings[Ending.FEASIBLE],
        },
        "activities": [
            {"activity": code, "city": given.activities[code].city}
            | {"score": float(given.score(code)), "standard_error": study.standard_errors[code]}
            | _chance_json(chance)
            for code, chance in findings.activities.items()
        ],
        "cities": [{"city": code} | _chance_json(c) for code, c in findings.cities.items()],
        "run": study.key,
    }


def _chance_json(chance: Chance) -> dict[str, object]:
    return {
        "award": _amount(chance.award),
        "times_funded": chance.times,
        "funded_share": chance.share,
        "interval": [chance.low, chance.high],
        "colour": str(chance.colour),
        "meaning": chance.colour.words,
        "award_range": [_amount(amount) for amount in (chance.least, chance.middle, chance.most)],
    }


def _amount(cents: Exact) -> float | int:
    value = money.in_units(int(cents))
    return int(value) if value == value.to_integral_value() else float(value)
