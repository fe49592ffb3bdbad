"""An explanation in sentences: plain English, from data, at most 120 words each.

Where there is more to say than fits, the last words say how much was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from funding import alternatives, money
from funding.alternatives import Change
from funding.explain import Binding, Explanation, Need, Why
from funding.price_words import FUNDED, number

MOST_WORDS = 120  # of a text
LONGEST = 40  # words of one sentence; what was written by hand may be of any length
NAME = 60  # letters of a city's name


def city_text(why: Explanation) -> str:
    """A city's award, what became of its activities, and each reason once with whose it is.

    Gates, decisions by hand and ties come first, then rules, then money.
    """
    if not why.activities:
        return "The city applied with no activity."
    return "\n".join(_fitting(list(_city(why))))


def _city(why: Explanation) -> Iterator[str]:
    asked, name = money.show(why.requested, why.currency), _short_name(why.name)
    if why.award:
        yield f"{name} gets {money.show(why.award, why.currency)} of {asked}."
    else:
        yield f"{name} gets nothing of the {asked} that it asks for."
    by_status: dict[str, list[str]] = {}
    for a in why.activities:
        by_status.setdefault(a.status, []).append(a.code)
    yield " ".join(f"{status.capitalize()}: {', '.join(c)}." for status, c in by_status.items())
    whose: dict[str, list[str]] = {}
    for _, reason, code in sorted(_reasons(why), key=lambda found: found[0]):
        codes = whose.setdefault(reason, [])
        codes += [] if code in codes else [code]
    yield from (f"{', '.join(codes)}: {reason}" for reason, codes in whose.items())


def _reasons(why: Explanation) -> Iterator[tuple[int, str, str]]:
    """How soon each reason is told, the reason, and the activity whose it is."""
    for a in why.activities:
        for reason in (*a.refusals, *a.decisions, *a.ties):
            yield 0, reason, a.code
        for binding in a.bindings:
            yield (2 if binding.money else not binding.by_hand), binding.words, a.code
        if a.place:
            yield 1, _reserve(a, why.currency), a.code


def _reserve(why: Why, currency: str) -> str:
    short = money.show(why.short, currency)
    return f"Number {why.place} on the reserve list: {short} more in the envelope would fund it."


def activity_text(explanation: Explanation, code: str) -> str:
    """Why one activity gets what it gets, what each rule costs it, and what would have helped."""
    return " ".join(_fitting(list(_activity(explanation, explanation.by_code[code]))))


def _activity(explanation: Explanation, why: Why) -> Iterator[str]:
    currency = explanation.currency
    yield _head(why, currency)
    yield from (*why.refusals, *why.decisions, *why.ties)
    yield from (_binding(binding, currency) for binding in why.bindings)
    if why.place:
        yield _reserve(why, currency)
    changes = why.changes is not None and why.status != "full"
    told = change_sentences(explanation, why) if changes else []
    helped = sum(change.needed is not None for change in why.changes or ())
    yield from told[:helped]
    # Before what would not have helped, which is the first to go where there is too much to say.
    if explanation.prices is not None and any(b.money for b in why.bindings):
        yield from price_sentences(explanation)
    yield from told[helped:]


def _head(why: Why, currency: str) -> str:
    award, asked = money.show(why.award, currency), money.show(why.asked, currency)
    if why.status == "full":
        return f"{why.code} gets all that it asks for in whole units, {award}."
    if why.award:
        return f"{why.code} gets {award} of {asked}: {why.status}."
    return f"{why.code} gets nothing of {asked}: {why.status}."


def _binding(binding: Binding, currency: str) -> str:
    if binding.cost is None:
        return binding.words
    cost = money.show(binding.cost, currency)
    effect = f"without this limit {cost} more" if binding.cost else "lifted alone, no more"
    return f"{binding.words.removesuffix('.')} ({effect})."


def need_text(need: Need, name: str, currency: str) -> str:
    """What an activity on the reserve list needs, in a sentence."""
    least, alone = money.show(need.least, currency), money.show(need.alone, currency)
    text = f"{need.code}, {_short_name(name)}: {alone} more for its least award of {least}"
    if need.in_turn is None:
        return f"{text}; no room for it once all before it are served."
    in_turn = money.show(need.in_turn, currency)
    return f"{text}; {in_turn} more for it and all before it."


def price_sentences(explanation: Explanation) -> list[str]:
    """What a currency unit more would add to the value, in one sentence if in any; years of one
    price together."""
    years: dict[str, list[str]] = {}
    for year, price in (explanation.prices or {}).items():
        if price is not None:
            years.setdefault(number(price), []).append(f"{year or ''}")
    if not years:
        return []
    each = [
        f"{worth} for {' or '.join(listed)}" if any(listed) else worth
        for worth, listed in years.items()
    ]
    added = " and ".join(filter(None, (", ".join(each[:-1]), each[-1])))
    of = f", {FUNDED}" if explanation.fixed else ""
    one = f"One {explanation.currency} more in the fund would add {added}"
    return [f"{one} to its value ({explanation.measure}){of}."]


def change_sentences(explanation: Explanation, why: Why) -> list[str]:
    """What would have helped, the nearest change of each kind, and what would not."""
    changes = why.changes or ()
    enough = [c for c in changes if c.needed is not None]
    found = [_helps(c, explanation) for c in enough]
    none = [_said(c, explanation, helps=False) for c in changes if c.needed is None]
    if none:
        effect = "more" if why.award else "an award"
        found.append(_listed(f"Tried, and would not have brought {effect}:", none))
    if not changes:
        found.append("Nothing that the city could have changed matters here.")
    return found


def _listed(start: str, parts: Sequence[str]) -> str:
    """A sentence that lists as many parts as it has room for, and says how many more there are."""
    sentence = ""
    for left_out in range(len(parts)):
        named = [*parts[: len(parts) - left_out], *([f"{left_out} more"] if left_out else [])]
        listed = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
        sentence = f"{start} {listed}."
        if _words([sentence]) <= LONGEST:
            break
    return sentence


def helped_text(explanation: Explanation, why: Why) -> str:
    """What would have helped an activity, in at most 120 words."""
    return " ".join(_fitting(change_sentences(explanation, why)))


# Kind of change → what would have helped, and what would not.
_WORDS = {
    alternatives.SCORE: ("A score of {needed} (not {before})", "a score of up to {most}"),
    alternatives.ASK: ("A request of {needed} (not {before})", "a smaller request, down to {most}"),
    alternatives.OWN_CASH: ("Own cash of {needed} (not {before})", "own cash of up to {most}"),
    alternatives.OWN_BUDGET: (
        "An own engagement budget of {needed} (not {before})",
        "an own engagement budget of up to {most}",
    ),
    alternatives.TRAINED: ("{needed} trained staff (not {before})", "up to {most} trained staff"),
    alternatives.CERTIFIED: (
        "{needed} people certified by {of} (not {before})",
        "up to {most} people certified by {of}",
    ),
    alternatives.FORMAL: ("Formal coordination", "formal coordination"),
}
_AWARD = ("At least {needed} for {key} in {of} (not {before})", "up to {most} for {key} in {of}")


def _said(change: Change, explanation: Explanation, *, helps: bool) -> str:
    """A change in words, as one that would have helped or as one that would not."""
    helpful, vain = _WORDS.get(change.key, _AWARD)
    return (helpful if helps else vain).format(
        key=change.key,
        of=change.of,
        before=_value(change, change.before, explanation),
        needed=_value(change, change.needed or 0, explanation),
        most=_value(change, change.farthest, explanation),
    )


def _helps(change: Change, explanation: Explanation) -> str:
    full = ", in full" if change.in_full else ""
    effect = f"would have brought {money.show(change.award, explanation.currency)}{full}"
    return f"{_said(change, explanation, helps=True)} {effect}."


def _value(change: Change, value: int, explanation: Explanation) -> str:
    if change.key == alternatives.SCORE:
        return f"{value / alternatives.TENTHS:.4g}"
    if change.key in (alternatives.TRAINED, alternatives.CERTIFIED):
        return f"{value:,}"
    return money.show(value, explanation.currency)


def _short_name(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"


def _fitting(sentences: Sequence[str]) -> list[str]:
    """The first sentences that fit, and how many were left out."""
    found, count = list[str](), 0
    kept = [_cut(text) for text in sentences]
    for at, text in enumerate(kept):
        words, last = _words([text]), at == len(kept) - 1
        if count + words > MOST_WORDS - (0 if last else _words([_left_out(99)])):
            found.append(_left_out(len(kept) - at))
            break
        found.append(text)
        count += words
    return found


def _left_out(number: int) -> str:
    return f"… and {number} more {'reason' if number == 1 else 'reasons'}."


def _cut(text: str) -> str:
    words = text.split(" ")
    return text if len(words) <= LONGEST else " ".join(words[:LONGEST]) + " …"


def _words(texts: Iterable[str]) -> int:
    return sum(len(text.split()) for text in texts)
