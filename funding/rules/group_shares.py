"""Group shares: regions, size classes, themes … each their part."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from funding import money
from funding.case import Attribute, Case, Plan
from funding.fund import Fund, Name, Share
from funding.linear import Limit, Sense
from funding.rules.base import Looser, Rule, Terms, parameter, room_words
from funding.rules.groups import nobody_applies, unknown_class


class GroupShare(Terms):
    """One table ``[[rules.group_shares]]``: a group, some together, or each, and its part."""

    looser: ClassVar[Looser] = {"min": "down", "max": "up to 1"}
    attribute: Attribute = Field(title="Attribute", description="What groups the activities")
    group: str | None = Field(None, title="Group", description="One group; or give groups or each")
    groups: tuple[Name, ...] = Field((), title="Groups", description="Several groups together")
    each: bool = Field(False, strict=True, title="Each", description="Every group that applies")
    min: Share | None = Field(None, title="At least", description="Share")
    max: Share | None = Field(None, title="At most", description="Share")
    of: Literal["envelope", "awarded"] = Field("envelope", title="Of", description="Share of what")
    at_most_demand: bool = Field(
        True,
        strict=True,
        title="Floor at most the demand",
        description="A floor asks no more than the group's open requests",
    )

    @model_validator(mode="after")
    def _sound(self) -> GroupShare:
        if [self.group is not None, bool(self.groups), self.each].count(True) != 1:
            raise ValueError('expected either group = "…", groups = ["…"] or each = true')
        if self.min is None and self.max is None:
            raise ValueError("expected min, max or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min = {self.min} is above max = {self.max}")
        return self

    @property
    def label(self) -> str:
        """The attribute and its groups."""
        return (
            f"{self.attribute.replace('_', ' ')} {'each' if self.each else ' + '.join(self.named)}"
        )

    @property
    def named(self) -> tuple[str, ...]:
        """The groups that it names, each once; none where it is for each group."""
        return tuple(dict.fromkeys(self.groups)) if self.group is None else (self.group,)


class GroupShares(Rule):
    """The same for region, size class, theme, benefit, partner class, first-time applicants.

    of = "envelope": l F ≤ Σ x_a over the group ≤ u F; of = "awarded": the same with Σ x_a of all
    awards in place of F. With ``at_most_demand`` a floor of the envelope is at most
    Σ q̄_a over the group's open activities (what it asks for in whole units after the gates), and
    a note says where that bites; without, a floor above it is a conflict. A floor of the awarded
    stays as it is, since awarding less elsewhere meets it; a note says where it holds the whole
    fund down. It falls away for a group without open activities, unless ``at_most_demand`` is
    off: then nobody can have an award. Several groups that one table names count together.
    Source: Italy 2017, 70 / 30 priority countries; floors for regions and small cities.
    """

    key = "group_shares"
    title = "Group shares"
    listed: ClassVar[str] = "shares"  # the scenario holds a list of tables for this field
    shares: tuple[GroupShare, ...] = parameter(
        "Groups", "l, u", "share of 1", "One table for each group"
    )

    def problems(self, fund: Fund) -> Iterator[str]:
        """Classes that the scenario does not define."""
        for share in self.shares:
            yield from unknown_class(share.attribute, share.named, fund)

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """Up to two rows a group."""
        for share in self.shares:
            for group, codes in self._groups(share, case).items():
                yield from self._rows(share, group, codes, plan, case)

    def _groups(self, share: GroupShare, case: Case) -> dict[str, list[str]]:
        """What the share is for, and the open activities of each; named groups are one."""
        groups = case.groups(share.attribute, case.open)
        if share.each:
            names = case.groups(share.attribute, case.applications.activities)
            return {name: groups.get(name, []) for name in names}
        together = [code for name in share.named for code in groups.get(name, [])]
        return {" + ".join(share.named): together}

    def _rows(
        self, share: GroupShare, group: str, codes: list[str], plan: Plan, case: Case
    ) -> Iterator[Limit]:
        subject, got = f"{share.attribute} {group}", plan.awards(codes)
        whole = case.fund.envelope
        for limit, sense, part in (
            (share.min, Sense.AT_LEAST, "minimum"),
            (share.max, Sense.AT_MOST, "maximum"),
        ):
            if limit is None:
                continue
            if share.of == "awarded":
                if part == "minimum" and share.at_most_demand and not codes:
                    continue
                left = got - Fraction(limit) * plan.everything()
                yield Limit(
                    self.key, subject, left, sense, 0, f"{part} {money.percent(limit)} of awarded"
                )
                continue
            bound = money.part(limit, whole)
            if part == "minimum" and share.at_most_demand:
                bound = min(bound, Fraction(case.demand(codes)))
            yield Limit(self.key, subject, got, sense, bound, part)

    def words(self, limit: Limit, case: Case) -> str:
        """The group and its amount or share."""
        if limit.part.endswith("of awarded"):
            which = "at least" if limit.sense is Sense.AT_LEAST else "at most"
            share = limit.part.split(" ", 1)[1].removesuffix(" of awarded")
            return f"group {_named(limit)}: {which} {share} of all awards"
        return f"group {_named(limit)}: {room_words(limit, case)}"

    def notes(self, case: Case) -> Iterator[str]:
        """Groups that nobody applies in, and floors above what a group asks for."""
        for share in self.shares:
            for group in share.named:
                yield from nobody_applies("Group shares", share.attribute, group, case)
            yield from self._short_demand(share, case)

    def _short_demand(self, share: GroupShare, case: Case) -> Iterator[str]:
        """Floors that ask more than a group's open activities can take."""
        if share.min is None or (share.of == "envelope" and not share.at_most_demand):
            return  # without ``at_most_demand`` a floor of the envelope is a conflict instead
        floor = money.part(share.min, case.fund.envelope)
        for group, codes in self._groups(share, case).items():
            asked = case.demand(codes)
            if asked >= floor:
                continue
            open_for = f"its open requests come to {case.money(asked)}"
            what = f"Group shares: {share.attribute} {group} is guaranteed"
            if share.of == "envelope":
                yield f"{what} {case.money(floor)} but {open_for}; the floor is that"
            elif share.at_most_demand and not codes:
                yield (
                    f"{what} {money.percent(share.min)} of all awards but has no open "
                    "activity; the floor falls away"
                )
            else:
                most = case.money(asked / Fraction(share.min))
                yield (
                    f"{what} {money.percent(share.min)} of all awards but {open_for}; "
                    f"all awards together are at most {most}"
                )


def _named(limit: Limit) -> str:
    """``size class small`` for the subject ``size_class small``."""
    attribute, _, group = limit.subject.partition(" ")
    return f"{attribute.replace('_', ' ')} {group}"
