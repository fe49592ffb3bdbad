"""What a robustness study finds: how often each activity and city is funded, and its range."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from scipy.special import betaincinv

from funding.awards import Allocation, allocate
from funding.errors import Conflict, NoAllocation, UsageError
from funding.robustness.study import Drawn, Ending, Study

CONFIDENCE = 0.95  # of the interval of each share
RANGE = (5, 50, 95)  # % of the draws


class Colour(StrEnum):
    """What the draws say of an activity or a city; never shown without its words."""

    GREEN = "green"
    GREY = "grey"
    RED = "red"

    @property
    def words(self) -> str:
        """The meaning."""
        return _WORDS[self]


_WORDS = {
    Colour.GREEN: "nearly always funded",
    Colour.GREY: "sometimes funded",
    Colour.RED: "hardly ever funded",
}


@dataclass(frozen=True)
class Levels:
    """Shares of the draws from which something is green, and up to which it is red.

    Raises UsageError where they are not two shares of 1, the red one lower; nor are 0 and 1, for
    no number of draws shows that something is never or always funded.
    """

    green: float = 0.9
    red: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.red < self.green < 1:
            raise UsageError(
                f"Green from {self.green:g} and red up to {self.red:g} of the draws: expected "
                "shares between 0 and 1, such as 0.9 and 0.1, the red one lower."
            )


@dataclass(frozen=True)
class Chance:
    """What the draws say of one activity, or one city in all.

    ``award`` is that of the inputs as they are [cents]. Funded in ``times`` of the draws that have
    an allocation; the interval from ``low`` to ``high`` holds the share that any number of draws
    would come to, with the confidence of the study. ``least``, ``middle`` and ``most`` are the
    award [cents] at 5, 50 and 95 % of these draws, those without an award included.
    """

    code: str
    award: int
    times: int
    share: float | None
    low: float
    high: float
    colour: Colour
    least: int
    middle: int
    most: int


@dataclass(frozen=True)
class Findings:
    """What comes of some draws of a study; ``asked`` is how many there should be.

    ``allocation`` is that of the inputs as they are.
    """

    study: Study
    asked: int
    levels: Levels
    allocation: Allocation
    draws: tuple[Drawn, ...]

    @cached_property
    def endings(self) -> Counter[Ending]:
        """How the draws ended."""
        return Counter(drawn.ending for drawn in self.draws)

    @cached_property
    def refused(self) -> tuple[int, ...]:
        """The numbers of the draws in which no allocation holds all the rules."""
        return tuple(drawn.number for drawn in self.draws if drawn.ending is Ending.NONE)

    @cached_property
    def example(self) -> tuple[int, Conflict | None]:
        """The first of `refused`, and which rules contradict each other there; None: not found.

        It takes as long as explaining that a fund cannot be allocated.
        """
        number = self.refused[0]
        try:
            allocate(*self.study.inputs(number), time_limit=self.study.settings.time_limit)
        except NoAllocation as error:
            return number, error.conflict
        raise AssertionError("a draw is the same each time")

    @cached_property
    def allocated(self) -> tuple[Drawn, ...]:
        """The draws that have an allocation: all shares and ranges are of these."""
        return tuple(drawn for drawn in self.draws if drawn.ending.allocated)

    @cached_property
    def fewest(self) -> int:
        """Of how many draws something can be green or red: where all fund it, or none."""
        tail = math.log((1 - CONFIDENCE) / 2)
        return math.ceil(min(tail / math.log(x) for x in (self.levels.green, 1 - self.levels.red)))

    @property
    def too_few(self) -> bool:
        """Whether nothing can be green or red, for want of draws that have an allocation."""
        return len(self.allocated) < self.fewest

    @cached_property
    def activities(self) -> Mapping[str, Chance]:
        """Activity code → what the draws say of it."""
        awards = self.allocation.awards
        return {
            code: self._chance(code, awards[code], [d.awards.get(code, 0) for d in self.allocated])
            for code in self.study.applications.activities
        }

    @cached_property
    def cities(self) -> Mapping[str, Chance]:
        """City code → what the draws say of its awards together."""
        found = {}
        for city, plan in self.study.applications.plans.items():
            codes = [activity.code for activity in plan]
            totals = [sum(d.awards.get(code, 0) for code in codes) for d in self.allocated]
            found[city] = self._chance(city, self.allocation.city_totals[city], totals)
        return found

    def _chance(self, code: str, award: int, drawn: Sequence[int]) -> Chance:
        times, of = sum(1 for each in drawn if each), len(drawn)
        low, high = interval(times, of)
        least, middle, most = ranges(drawn)
        return Chance(
            code=code,
            award=award,
            times=times,
            share=times / of if of else None,
            low=low,
            high=high,
            colour=self._colour(low, high),
            least=least,
            middle=middle,
            most=most,
        )

    def _colour(self, low: float, high: float) -> Colour:
        if low >= self.levels.green:
            return Colour.GREEN
        return Colour.RED if high <= self.levels.red else Colour.GREY


def findings_of(
    study: Study,
    allocation: Allocation,
    draws: Mapping[int, Drawn],
    *,
    asked: int,
    levels: Levels,
) -> Findings:
    """What comes of draws by number, of which those up to ``asked`` count."""
    counted = tuple(draws[number] for number in range(asked) if number in draws)
    return Findings(study, asked, levels, allocation, counted)


def interval(times: int, of: int) -> tuple[float, float]:
    """The interval of Clopper and Pearson for a share, seen ``times`` in ``of`` draws.

    It holds the true share at least as often as `CONFIDENCE` says, however few the draws.
    """
    tail = (1 - CONFIDENCE) / 2
    low = float(betaincinv(times, of - times + 1, tail)) if times else 0.0
    high = float(betaincinv(times + 1, of - times, 1 - tail)) if times < of else 1.0
    return low, high


def ranges(drawn: Sequence[int]) -> tuple[int, int, int]:
    """The awards at the shares of `RANGE`, each one that was drawn: the lowest up to which at
    least that share of the draws lie. 0 without a draw."""
    if not drawn:
        return 0, 0, 0
    rising = sorted(drawn)
    low, middle, high = (rising[-(-percent * len(rising) // 100) - 1] for percent in RANGE)
    return low, middle, high
