"""How robust an allocation is: the fund is allocated again and again on inputs redrawn.

Scores are redrawn from the spread of the assessors, the envelope and the requests within what
the study states. What comes of it is how often each activity and city is funded, and the range of
its award: see `study` for what a draw is, `kept` for the file that finished draws are kept in, and
`findings` for what is concluded.
"""

from funding.robustness.findings import Chance, Colour, Findings, findings_of
from funding.robustness.kept import Kept
from funding.robustness.study import Drawn, Ending, Settings, Study, draws
from funding.robustness.words import as_json, sentences

__all__ = [
    "Chance",
    "Colour",
    "Drawn",
    "Ending",
    "Findings",
    "Kept",
    "Settings",
    "Study",
    "as_json",
    "draws",
    "findings_of",
    "sentences",
]
