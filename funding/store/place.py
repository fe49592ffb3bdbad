"""The place of one window: what it has open, so that the next one can go on from there."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from funding.errors import ChangedElsewhere, WorkspaceError
from funding.store import blobs
from funding.store.tables import Kept

FORMAT = 1
MOST = 20  # places that are listed


@dataclass(frozen=True)
class ListedScenario:
    """A scenario in the list of a window.

    ``toml`` is the scenario as it was loaded or saved last, standing alone; ``draft`` the TOML
    text of its edited tables where they differ from that, usable or not, else None. ``parent``
    is the name of the scenario it was made from. ``version`` is that of the workspace's scenario
    of this name that it stands on; 0: it was never saved there under its name.
    """

    name: str
    toml: str
    draft: str | None = None
    parent: str | None = None
    version: int = 0


@dataclass(frozen=True)
class Adopted:
    """The allocation that was chosen: of which scenario and inputs, why, by whom, when (UTC).

    ``applications`` and ``scenario`` are the digests of the content (`Applications.digest`,
    `Scenario.digest`); ``allocation`` is the key from `Store.save_allocation`.
    """

    name: str
    applications: str
    scenario: str
    reason: str
    author: str
    time: dt.datetime
    allocation: str = ""


@dataclass(frozen=True)
class Place:
    """What a window has open.

    ``applications`` is the key from `Store.save_applications`, None where nothing is open.
    ``record`` are the keys of all steps of the record of changes, the earliest first, from
    `Store.save_entry`; ``earlier`` the steps that can be undone, each the key of its entry and
    of the applications before it. ``current``, ``reference`` and ``others`` are names in the
    list ``scenarios``. ``page`` is the page that is shown. ``more`` is what pages keep for
    themselves, as JSON would hold it.
    """

    applications: str | None = None
    record: tuple[str, ...] = ()
    earlier: tuple[tuple[str, str], ...] = ()
    scenarios: tuple[ListedScenario, ...] = ()
    current: str = ""
    reference: str = ""
    others: tuple[str, ...] = ()
    adopted: Adopted | None = None
    page: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SavedPlace:
    """A place as it was saved: of which window, how often before, by whom and when (UTC)."""

    window: str
    version: int
    author: str
    time: dt.datetime
    place: Place


_PLACE = TypeAdapter(Place)


def new_window() -> str:
    """A name for a new window that no other has; fit for an address."""
    return secrets.token_hex(8)


def save(
    session: Session, window: str, place: Place, expected: int, author: str, now: dt.datetime
) -> int:
    """Save the place of a window over its version ``expected``; its new version.

    Raises ChangedElsewhere where that is not its last version.
    """
    content = {"format": FORMAT, **_PLACE.dump_python(place, mode="json")}
    data = blobs.canonical(content)
    row = session.get(Kept, window)
    if row is None and expected == 0:
        row = Kept(id=window, version=1, author=author, time=now, data=data)
        session.add(row)
    elif row is None:
        raise WorkspaceError("This window's place is no longer in the workspace. Reload the page.")
    elif row.version != expected:
        raise _moved(row)
    else:
        row.version, row.author, row.time, row.data = expected + 1, author, now, data
    return row.version


def load(session: Session, window: str) -> SavedPlace | None:
    """The place of a window; None where it saved none."""
    row = session.get(Kept, window)
    return None if row is None else _saved(row)


def latest(session: Session, author: str | None) -> list[SavedPlace]:
    """The places of the last windows, or of an author's, the latest first; `MOST` of them.

    One that cannot be read is left out, so that it bars nobody from the others.
    """
    query = sa.select(Kept).order_by(Kept.time.desc(), Kept.id).limit(MOST)
    if author is not None:
        query = query.where(Kept.author == author)
    places = []
    for row in session.scalars(query):
        with contextlib.suppress(WorkspaceError):
            places.append(_saved(row))
    return places


def _saved(row: Kept) -> SavedPlace:
    try:
        content = json.loads(row.data)
        blobs.refuse_newer(content.pop("format"), FORMAT)
        place = _PLACE.validate_python(content)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise WorkspaceError(
            "What this window had open is damaged in the workspace. The scenarios and "
            "applications that were saved are listed all the same."
        ) from None
    return SavedPlace(row.id, row.version, row.author, row.time, place)


def _moved(row: Kept) -> ChangedElsewhere:
    return ChangedElsewhere(
        "This page is open in two windows, and the other one saved its place meanwhile. "
        "Go on here as a window of its own, or reload to see what the other shows.",
        name=row.id,
        version=row.version,
        author=row.author,
        time=row.time,
    )
