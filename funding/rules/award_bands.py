"""Award bands: each award falls in a band that its stream, duration and city allow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from funding import money
from funding.applications import Activity, Stream
from funding.case import Case, Plan
from funding.fund import Amount, Name
from funding.linear import Limit, Sense, plus, total
from funding.messages import few
from funding.rules.base import Looser, Rule, Terms, parameter
from funding.rules.groups import nobody_applies

OUT_OF_REACH = "out of reach"
Months = Annotated[int, Field(ge=0, strict=True)]
Range = tuple[int, int]  # the least and the most whole-unit award of a band [cents]


class AwardBand(Terms):
    """One table ``[[rules.award_bands]]``: amounts from min to under max, and for whom."""

    looser: ClassVar[Looser] = {"min": "down", "max": "up"}
    streams: tuple[Stream, ...] = Field(
        min_length=1, title="Streams", description="Other streams are free"
    )
    min: Amount = Field(title="From", description="The least award")
    max: Amount | None = Field(None, title="To under", description="Awards are below it")
    min_months: Months = Field(0, title="Months from", description="Duration at least")
    max_months: Months | None = Field(None, title="Months to", description="Duration at most")
    experienced_only: bool = Field(
        False, strict=True, title="Experienced only", description="No first-time applicants"
    )

    themes: tuple[Name, ...] = Field((), title="Themes", description="None: every theme")

    @model_validator(mode="after")
    def _sound(self) -> AwardBand:
        if self.max is not None and self.max <= self.min:
            raise ValueError("max must be above min: awards are from min to under max")
        if self.max_months is not None and self.max_months < self.min_months:
            raise ValueError("max_months is below min_months")
        return self

    @property
    def label(self) -> str:
        """Its streams, and where it begins."""
        return f"{', '.join(self.streams)} from {money.show(self.min)}"

    def admits(self, activity: Activity, first_time: bool) -> bool:
        """Whether the band is open to an activity; a duration that is not known passes."""
        if activity.stream not in self.streams or (self.experienced_only and first_time):
            return False
        if self.themes and activity.theme not in self.themes:
            return False
        months = duration(activity)
        if months is None:
            return True
        return self.min_months <= months and (self.max_months is None or months <= self.max_months)


class AwardBands(Rule):
    """Each award falls in an allowed band: x_a = 0 or in one [min, max) open to the activity.

    A band is open to the streams that it names, to the durations that it allows and, where it
    says so, to experienced cities or to some themes alone. Streams that no band names are free.
    Source: Nakopa 2025, 50 to 100, 100 to 250 and 250 to 500 thousand EUR.
    """

    key = "award_bands"
    title = "Award bands"
    caps_alone = True
    listed: ClassVar[str] = "bands"  # the scenario holds a list of tables for this field
    bands: tuple[AwardBand, ...] = parameter("Bands", "", "currency", "One table for each band")

    def ranges(self, code: str, case: Case) -> list[Range] | None:
        """The whole-unit awards of the bands open to an activity, merged where they meet.

        None where every award that it may have is free or falls in a band.
        """
        activity, span, unit = case.applications.activities[code], case.spans[code], case.fund.step
        if not any(activity.stream in band.streams for band in self.bands):
            return None
        first_time = case.applications.record(activity.city).first_time
        found = []
        for band in self.bands:
            if band.admits(activity, first_time):
                least = max(-(-band.min // unit) * unit, span.least)
                most = span.most
                if band.max is not None:  # the largest multiple of the unit below it
                    most = min(most, (band.max - 1) // unit * unit)
                if least <= most:
                    found.append((least, most))
        merged: list[Range] = []
        for least, most in sorted(found):
            if merged and least <= merged[-1][1] + unit:
                merged[-1] = (merged[-1][0], max(most, merged[-1][1]))
            else:
                merged.append((least, most))
        return None if merged == [(span.least, span.most)] else merged

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """Two or three rows an activity, or one where no band fits or a band only caps.

        Whole units make an award at least one unit, so a range from there on has no least here.
        """
        unit = case.fund.step
        for code in case.open:
            ranges, award = self.ranges(code, case), plan.award(code)
            if ranges is None:
                continue
            if not ranges:
                yield Limit(self.key, code, award, Sense.AT_MOST, 0, OUT_OF_REACH)
                continue
            if len(ranges) == 1 and ranges[0][0] == unit:
                yield Limit(self.key, code, award, Sense.AT_MOST, ranges[0][1], "most")
                continue
            above = [(low, high) for low, high in ranges if low > unit]
            least = total((low, plan.in_band(code, (low, high))) for low, high in above)
            most = total((high, plan.in_band(code, (low, high))) for low, high in ranges)
            yield Limit(self.key, code, award - most, Sense.AT_MOST, 0, "most")
            yield Limit(self.key, code, award - least, Sense.AT_LEAST, 0, "least")
            if len(ranges) > 1:  # in money, as every row is
                high = case.spans[code].most
                one = high * plus(plan.in_band(code, r) for r in ranges)
                yield Limit(self.key, code, one, Sense.AT_MOST, high, "one band")

    def words(self, limit: Limit, case: Case) -> str:
        """The awards that the activity may have, or that there are none."""
        ranges = self.ranges(limit.subject, case)
        if not ranges:
            return f"award bands: none fits {self._described(limit.subject, case)}"
        shown = [_range_words(low, high, case) for low, high in ranges]
        return f"award bands: nothing, or {' or '.join(shown)}"

    def notes(self, case: Case) -> Iterator[str]:
        """Activities that no band fits, and those whose duration is not known.

        The former in short: the outcome of each of them says so too.
        """
        none = sorted(code for code in case.open if self.ranges(code, case) == [])
        if none:
            yield f"Award bands: none fits {few(none)}; nothing can be awarded there"
        for theme in dict.fromkeys(theme for band in self.bands for theme in band.themes):
            yield from nobody_applies("Award bands", "theme", theme, case)
        by_months = [b for b in self.bands if b.min_months or b.max_months is not None]
        timed = {stream for band in by_months for stream in band.streams}
        given = case.applications.activities
        blank = [a for a in case.open if given[a].stream in timed and duration(given[a]) is None]
        if blank:
            yield (
                "Award bands: the duration is not known, so that bands of any duration are open "
                f"to {', '.join(sorted(blank))}"
            )

    def _described(self, code: str, case: Case) -> str:
        """What opens bands to an activity, or does not, and its request."""
        activity = case.applications.activities[code]
        months = duration(activity)
        told: list[str] = [activity.stream]
        told.append("duration not known" if months is None else f"{months} months")
        if any(band.themes for band in self.bands):
            told.append(f"theme {activity.theme}")
        if case.applications.record(activity.city).first_time:
            told.append("first-time applicant")
        span = case.spans[code]
        of = "of " if span.least == span.most else ""
        return f"{', '.join(told)}, awards {of}{_range_words(span.least, span.most, case)}"


def _range_words(low: int, high: int, case: Case) -> str:
    if low == high:
        return case.money(low)
    return f"from {case.money(low)} to {case.money(high)}"


def duration(activity: Activity) -> int | None:
    """Months from the first day to the last, a month that was begun counts; None: not known."""
    if activity.start is None or activity.end is None:
        return None
    start, after = activity.start, activity.end + dt.timedelta(days=1)
    months = (after.year - start.year) * 12 + after.month - start.month
    return months + (after.day > start.day)
