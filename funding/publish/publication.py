"""The files of a publication, in one standard or several: all of them, or every fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from funding import money
from funding.errors import Fault
from funding.publish import giving, grants, subventions
from funding.publish.facts import Facts
from funding.verify import Verified

GIVING, SUBVENTIONS = "360giving", "fr-subventions"
STANDARDS = (GIVING, SUBVENTIONS)


@dataclass(frozen=True)
class Publication:
    """What comes of publishing. Where there is a fault, there are no ``files``.

    ``files`` are the contents by name; ``sentence`` says how many grants there are and their sum.
    """

    files: Mapping[str, bytes]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    sentence: str


def publication(
    verified: Verified, facts: Facts, standards: Sequence[str] = STANDARDS
) -> Publication:
    """The files of these standards, or every fault that keeps any of them from being written."""
    made = grants.release(verified, facts)
    found = list(grants.faults(verified, made))
    notes = list(grants.notes(made))
    if GIVING in standards:
        found += giving.faults(made)
        notes += giving.notes(made)
    if SUBVENTIONS in standards:
        found += subventions.faults(made)
        notes += subventions.notes(made)
    files: dict[str, bytes] = {}
    if not found:
        if GIVING in standards:
            files |= giving.files(made)
        if SUBVENTIONS in standards:
            files |= subventions.files(made)
    # Standards that ask for the same say so once.
    return Publication(files, tuple(dict.fromkeys(found)), tuple(notes), _sentence(made))


def _cities(count: int) -> str:
    return f"{count:,} {'city' if count == 1 else 'cities'}"


def _sentence(made: grants.Release) -> str:
    count, total = len(made.grants), sum(grant.award for grant in made.grants)
    words = f"{count:,} {'grant' if count == 1 else 'grants'}"
    return f"{words} to {_cities(len(made.recipients))}, {money.show(total, made.call.currency)}"
