"""What the cities applied with and what the ministry found: frozen, validated, keyed by code.

Each field of a record carries its column of the application workbook (`Column`): the header,
the kind of value, and what it means. The template, the reader, the grids of the workbench and
``docs/workbook.md`` are all made from these columns, so they cannot disagree.

Amounts are whole cents; scores and coordinates are decimals, held exactly.

Within the package too a module imports only from before it::

    columns < call, city, ministry < whole
"""

from funding.applications.call import FORMAT, Call
from funding.applications.city import (
    STREAMS,
    Activity,
    Benefit,
    City,
    Coordination,
    Stream,
)
from funding.applications.columns import CellKind, Column, Record
from funding.applications.ministry import Assessment, AssessorScore, CityRecord
from funding.applications.whole import (
    REQUIRED_SHEETS,
    SHEETS,
    Applications,
    assessors_mean,
)

__all__ = [
    "FORMAT",
    "REQUIRED_SHEETS",
    "SHEETS",
    "STREAMS",
    "Activity",
    "Applications",
    "Assessment",
    "AssessorScore",
    "Benefit",
    "Call",
    "CellKind",
    "City",
    "CityRecord",
    "Column",
    "Coordination",
    "Record",
    "Stream",
    "assessors_mean",
]
