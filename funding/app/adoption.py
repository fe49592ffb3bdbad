"""The allocation that is adopted: who chose it, and whether it still is that of the inputs."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from funding import money
from funding.app.state import Adopted
from funding.app.text import count
from funding.applications import Applications
from funding.awards import Allocation
from funding.scenario import Scenario


def adopted(
    name: str, allocation: Allocation, reason: str, author: str, now: dt.datetime, key: str = ""
) -> Adopted:
    """The adoption of a scenario's allocation; ``name`` is the scenario's in the list, ``key``
    the allocation's in the workspace."""
    return Adopted(
        scenario=name,
        applications=allocation.applications.digest,
        content=allocation.scenario.digest,
        reason=reason.strip(),
        author=author.strip(),
        time=now.astimezone(dt.UTC),
        allocation=key,
    )


def missing(reason: str, author: str) -> list[str]:
    """What an adoption still needs, in sentences: it is on the record, with a name."""
    asked = {
        "Reason is blank; say in a sentence why this allocation is adopted.": reason,
        "Adopted by is blank; give the name of who adopts it.": author,
    }
    return [sentence for sentence, text in asked.items() if not text.strip()]


def changes_since(
    made: Adopted, applications: Applications | None, scenario: Scenario | None, *, listed: bool
) -> Iterator[str]:
    """What of the inputs is no longer what was allocated, in sentences; nothing where all is.

    ``applications`` are those that could be allocated now, ``scenario`` what its name in the
    list stands for, None while that is no scenario; ``listed``: whether the name is there.
    """
    if applications is None:
        yield "The applications cannot be allocated as they stand."
    elif applications.digest != made.applications:
        yield "The applications are not those that were allocated."
    if not listed:
        yield f"Scenario {made.scenario} is no longer in the list."
    elif scenario is None:
        yield f"Scenario {made.scenario} cannot be used as it stands."
    elif scenario.digest != made.content:
        yield f"Scenario {made.scenario} was edited, or has another name."


def headline(allocation: Allocation) -> str:
    """What an allocation awards, as a sentence."""
    given = allocation.applications
    currency = given.call.currency
    return (
        f"{money.show(allocation.spent, currency)} of "
        f"{money.show(allocation.case.fund.envelope, currency)} awarded, to "
        f"{allocation.served:,} of {count(len(given.cities), 'city', 'cities')} and "
        f"{allocation.funded:,} of {count(len(given.activities), 'activity', 'activities')}."
    )


def signed(made: Adopted) -> str:
    """Who adopted it and when."""
    return f"Adopted by {made.author} on {made.time:%Y-%m-%d at %H:%M} UTC"


def fingerprint(allocation: Allocation) -> str:
    """What tells an allocation from any other: its inputs to the letter, and its awards."""
    parts = [allocation.applications.digest, allocation.scenario.to_toml()]
    parts += [f"{code} {award}" for code, award in sorted(allocation.awards.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
