"""Who is funded where value may be given up for evenness and awards are nothing or at least.

The most even awards worth enough are a mixed-integer problem with a convex measure. It is solved
by outer approximation (Duran and Grossmann, Mathematical Programming 36, 1986): the measure of
each award is kept above some of its tangents, which makes the problem linear; the awards of those
that it funds are shared evenly, and the tangents there are added, until nothing can be gained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from funding.case import Case
from funding.linear import Sense
from funding.program import Answer, Program, Row, Task, solve

ROUNDS = 20
ENOUGH = 1e-4  # of the measure: how near to the most even choice is near enough

Share = Callable[[Answer], Sequence[float] | None]  # a choice → its most even awards, or None


def even_choice(
    program: Program,
    case: Case,
    rows: Sequence[Row],
    first: Answer,
    share: Share,
    seconds: Callable[[], float],
) -> Answer:
    """The choice whose most even awards are the most even of all choices worth enough.

    ``rows`` say what is worth enough too. ``first`` is the choice of stage 1, which stands unless
    another is better, so that giving up value never makes awards less even.
    ``seconds`` are left for this; where they run out, the best choice so far is taken.
    """
    asked = {
        j: case.applications.activities[code].requested / case.fund.step
        for j, code in program.awards()
    }
    best, shared = first, share(first)
    measure = unevenness(asked, shared) if shared else float("inf")
    tangents = [[0.0] for _ in asked]  # where nothing is awarded, to begin with
    seen = {_choice(program, first)}
    if shared:
        _touch(tangents, asked, shared)
    for _ in range(ROUNDS):
        task = _linear(program, rows, asked, tangents)
        answer = solve(task, time_limit=seconds() / 2, gap=ENOUGH / 10)
        if not answer.found or measure + answer.bound <= ENOUGH * max(measure, 1.0):
            break
        if _choice(program, answer) in seen:
            break
        seen.add(_choice(program, answer))
        shared = share(answer)
        if not shared:
            break
        _touch(tangents, asked, shared)
        if (found := unevenness(asked, shared)) < measure:
            best, measure = answer, found
    return best


def unevenness(asked: dict[int, float], values: Sequence[float]) -> float:
    """Σ q (1 − x/q)² over the awards [units]."""
    return sum(q * (1 - values[j] / q) ** 2 for j, q in asked.items())


def _choice(program: Program, answer: Answer) -> tuple[int, ...]:
    return tuple(round(answer.values[j]) for j in sorted(program.integer))


def _touch(tangents: list[list[float]], asked: dict[int, float], values: Sequence[float]) -> None:
    """Add the tangents at some awards, where there is none so near."""
    for at, (j, q) in zip(tangents, asked.items(), strict=True):
        part = min(max(values[j] / q, 0.0), 1.0)
        if all(abs(part - other) > 1e-7 for other in at):
            at.append(part)


def _linear(
    program: Program,
    rows: Sequence[Row],
    asked: dict[int, float],
    tangents: Sequence[Sequence[float]],
) -> Task:
    """Minimise the sum of measures e, each above its tangents: e + 2 (1 − t) x ≥ q (1 − t²)."""
    upper, measures = list(program.upper), list[Row]()
    for at, (j, q) in zip(tangents, asked.items(), strict=True):
        for t in at:
            terms = {j: 2 * (1 - t), len(upper): 1.0}
            measures.append(Row(terms, Sense.AT_LEAST, q * (1 - t * t)))
        upper.append(q)
    worth = [0.0] * len(program.upper) + [-1.0] * len(asked)
    return Task([0.0] * len(upper), upper, worth, [*rows, *measures], program.integer)
