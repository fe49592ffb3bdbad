"""Scenarios beside each other: inputs, figures, every award, and sentences made from them."""

from funding.compare.awards import BANDS, ONE_SIDED, AwardChange, by_activity, by_city
from funding.compare.comparison import MOST, Comparison, compare
from funding.compare.figures import FIGURES, SHARES, Figure, Measure, Part, parts_of
from funding.compare.inputs import InputChange, input_changes
from funding.compare.words import sentences

__all__ = [
    "BANDS",
    "FIGURES",
    "MOST",
    "ONE_SIDED",
    "SHARES",
    "AwardChange",
    "Comparison",
    "Figure",
    "InputChange",
    "Measure",
    "Part",
    "by_activity",
    "by_city",
    "compare",
    "input_changes",
    "parts_of",
    "sentences",
]
