"""Stream shares: each stream its part of the fund."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from funding import money
from funding.applications import STREAMS
from funding.case import Case, Plan
from funding.fund import Share
from funding.linear import Limit, Sense
from funding.rules.base import Looser, Rule, parameter, room_words


class Bounds(BaseModel):
    """The least and the most of the envelope that a stream gets; blank: no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    looser: ClassVar[Looser] = {"min": "down", "max": "up to 1"}

    min: Share | None = Field(None, title="At least", description="Share of the envelope")
    max: Share | None = Field(None, title="At most", description="Share of the envelope")

    @model_validator(mode="after")
    def _ordered(self) -> Bounds:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min = {self.min} is above max = {self.max}")
        return self


class StreamShares(Rule):
    """Each stream its part of the envelope: l_s F ≤ Σ x_a over stream s ≤ u_s F.

    A floor above what the stream's applications can take makes the rules contradict each other:
    that is reported as a conflict, never as a silent shortfall.
    """

    key = "stream_shares"
    title = "Stream shares"
    financing: Bounds = parameter(
        "Financing", "l, u", "share of 1", "Least and most of the envelope", default=Bounds()
    )
    training: Bounds = parameter(
        "Training", "l, u", "share of 1", "Least and most of the envelope", default=Bounds()
    )
    coordination: Bounds = parameter(
        "Coordination", "l, u", "share of 1", "Least and most of the envelope", default=Bounds()
    )

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """Up to two rows a stream."""
        for stream in STREAMS:
            bounds: Bounds = getattr(self, stream)
            codes = [a for a in case.open if case.applications.activities[a].stream == stream]
            yield from share_rows(self.key, stream, plan, case, codes, bounds.min, bounds.max)

    def words(self, limit: Limit, case: Case) -> str:
        """The stream and its amount."""
        bounds: Bounds = getattr(self, limit.subject)
        share = bounds.min if limit.part == "minimum" else bounds.max
        assert share is not None  # the row exists only where the share does
        return (
            f"stream {limit.subject}: {room_words(limit, case)}, "
            f"{money.percent(share)} of the envelope"
        )


def share_rows(
    rule: str,
    subject: str,
    plan: Plan,
    case: Case,
    codes: list[str],
    least: Share | None,
    most: Share | None,
) -> Iterator[Limit]:
    """The rows of a part of the envelope: at least and at most a share of F."""
    got = plan.awards(codes)
    if least is not None:
        floor = money.part(least, case.fund.envelope)
        yield Limit(rule, subject, got, Sense.AT_LEAST, floor, "minimum")
    if most is not None:
        ceiling = money.part(most, case.fund.envelope)
        yield Limit(rule, subject, got, Sense.AT_MOST, ceiling, "maximum")
