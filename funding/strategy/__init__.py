"""Strategic applications: what a city gains by stating another plan than its true one.

The applications as they stand count as true. Each city by itself states something else, the fund is
allocated again, exactly, and what the city then gets is held against its true plan.
"""

from funding.strategy.statements import MANIPULATIONS, Manipulation, Statement
from funding.strategy.study import Ending, Study, Trial, study_of
from funding.strategy.words import as_json, method_words, sentences

__all__ = [
    "MANIPULATIONS",
    "Ending",
    "Manipulation",
    "Statement",
    "Study",
    "Trial",
    "as_json",
    "method_words",
    "sentences",
    "study_of",
]
