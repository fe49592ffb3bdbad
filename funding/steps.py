"""What a step is worth: the price of more and of less, and how far each holds.

The value of an allocation as a function of one limit, asked for by solving again. It is counted
in steps from where the limit stands, positive for more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Worth = Callable[[float], float | None]  # steps → value; None: no allocation, or no such limit

FLAT = 1e-7  # of the larger worth: differences below are of the solver's last digits
WIDER = 8.0  # how much farther each look for the end of a range goes
LOOKS = 40  # at most, for one end
NEAR = 1e-6  # of a step
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Side:
    """One direction: what a step adds to the value, counted for more of the limit.

    ``half`` is what the first half of it adds, times two: another number than ``each`` where the
    price changes within the step. ``reach`` is over how many steps ``each`` holds, 0 where it
    changes within the first, infinite where no end was found.
    """

    each: float
    half: float
    reach: float

    @property
    def steady(self) -> bool:
        """Whether the whole first step has one price."""
        return self.reach > 0


def side(worth: Worth, here: float, sign: int, farthest: float, scale: float) -> Side | None:
    """The price of more (``sign`` 1) or less (−1); None where half a step or one is impossible.

    ``here`` is the value where the limit stands, ``scale`` the size of values that counts as one,
    ``farthest`` how many steps are looked at.
    """
    full, half = worth(sign), worth(sign * HALF)
    if full is None or half is None:
        return None
    each, first = (full - here) * sign, (half - here) * sign / HALF
    each, first = (0.0 if abs(x) <= FLAT * scale else x for x in (each, first))
    if abs(each - first) > FLAT * max(scale, abs(each)) * 10:
        return Side(each, first, 0.0)
    return Side(each, each, _reach(worth, here, sign, each, farthest, scale))


def _reach(
    worth: Worth, here: float, sign: int, each: float, farthest: float, scale: float
) -> float:
    """Up to how many steps the value goes on by so much each, where it bends but once at a time.

    Where the value is concave, the tangent of a point beyond the end meets the line at or beyond
    the end, so that few looks are enough. Counted in whole steps.
    """

    def on(steps: float) -> bool:
        found = worth(sign * steps)
        if found is None:
            return False
        off = abs(found - here - sign * each * steps)
        return off <= FLAT * max(scale, abs(each)) * (10 + steps / 100)

    good, bad = 1.0, math.inf
    while bad == math.inf:
        wider = min(good * WIDER, float(math.floor(farthest)))
        if wider <= good:
            return math.inf
        good, bad = (wider, bad) if on(wider) else (good, wider)
    for _ in range(LOOKS):
        if bad - good <= 1:
            break
        meeting = _meeting(worth, here, sign, each, bad)
        middle = float(math.floor((good + bad) / 2 if meeting is None else meeting + NEAR))
        if not good < middle < bad:  # the meeting is one of the two, or the value is no such line
            middle = good + 1 if meeting is not None and middle <= good else bad - 1
        if on(middle):
            good = middle
            if not on(good + 1):
                break
        else:
            bad = middle
    return good


def _meeting(worth: Worth, here: float, sign: int, each: float, at: float) -> float | None:
    """Where the tangent of the value at a point meets the line from here."""
    end, before = worth(sign * at), worth(sign * (at - HALF))
    if end is None or before is None:
        return None
    slope = (end - before) / HALF
    if slope == sign * each:
        return None
    return (end - slope * at - here) / (sign * each - slope)
