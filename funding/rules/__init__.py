"""The rules and gates that this version knows, in the order of ``docs/model.md``."""

from __future__ import annotations

from funding.rules.absorption import Absorption
from funding.rules.activity_caps import ActivityCaps
from funding.rules.award_bands import AwardBands
from funding.rules.base import Gate, Rule
from funding.rules.city_cap import CityCap
from funding.rules.city_minimum import CityMinimum
from funding.rules.coordination_first import CoordinationFirst
from funding.rules.decisions import Decisions
from funding.rules.envelope import Envelope
from funding.rules.gates import GATES, OwnContribution
from funding.rules.group_shares import GroupShares
from funding.rules.hands_off import HandsOff
from funding.rules.independence import Independence
from funding.rules.matching import Matching
from funding.rules.national_share import NationalShare
from funding.rules.request import Request
from funding.rules.stream_shares import StreamShares
from funding.rules.training_first import TrainingFirst

RULES: dict[str, type[Rule]] = {
    rule.key: rule
    for rule in (
        Envelope,
        Request,
        NationalShare,
        Matching,
        Independence,
        HandsOff,
        Absorption,
        TrainingFirst,
        CoordinationFirst,
        StreamShares,
        GroupShares,
        CityCap,
        ActivityCaps,
        CityMinimum,
        AwardBands,
        Decisions,
    )
}

__all__ = ["GATES", "RULES", "Gate", "OwnContribution", "Request", "Rule"]
