"""Scenarios by name, with every version of them; two windows never overwrite each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import sqlalchemy as sa
import tomli_w
from sqlalchemy.orm import Session

from funding.errors import ChangedElsewhere, UsageError
from funding.scenario import parse
from funding.store import blobs
from funding.store.tables import NAME, Named, Version
from funding.store.texts import one_line
from funding.store.words import same_content, what_changed

_TOLD = 5  # differences that a message names; the error holds them all


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """One version of a named scenario: what was done, the TOML text then, by whom, when (UTC).

    ``what`` is ``saved``, ``copied``, ``renamed``, ``brought back`` or ``deleted``.
    """

    name: str
    version: int
    what: str
    toml: str
    note: str
    author: str
    time: dt.datetime

    @property
    def deleted(self) -> bool:
        """Whether the scenario was deleted with this version."""
        return self.what == "deleted"


@dataclass(frozen=True, slots=True)
class By:
    """Who saves, when (UTC) and with which note."""

    author: str
    time: dt.datetime
    note: str = ""


def save(session: Session, name: str, toml: str, expected: int, by: By) -> int:
    """Save a scenario over its version ``expected`` (0: there is none yet); its new version.

    Where the workspace has this very content as last version already, that is the answer.
    Raises ScenarioError for a text that is no scenario, UsageError for a name that cannot be
    one, ChangedElsewhere where ``expected`` is not the last version.
    """
    parse(toml)
    name = usable_name(name)
    row = _row(session, name)
    if row is None and expected:
        _refuse_renamed(session, name, toml, expected)
    if row is None or (row.deleted and not expected):
        return _begin(session, row, name, "saved", toml, by)
    last = _last(session, row)
    if not row.deleted and same_content(last.toml, toml):
        return row.version
    _expect(session, row, toml, expected)
    row.deleted = False  # where another deleted it, it is overwritten knowingly
    return _next(session, row, "saved", toml, by)


def usable_name(name: str) -> str:
    """A name as it is kept: in one line. Raises UsageError for one that is empty or too long."""
    kept = one_line(name)
    if not kept:
        raise UsageError("The scenario has no name. Give it one.")
    if len(kept) > NAME:
        raise UsageError(
            f"The name of the scenario has {len(kept)} characters; {NAME} fit. Shorten it."
        )
    return kept


def listed(session: Session, *, deleted: bool = False) -> list[SavedScenario]:
    """The last version of every scenario by name, of those that were deleted or the others."""
    query = sa.select(Version).join(
        Named, (Named.id == Version.scenario) & (Named.version == Version.number)
    )
    query = query.where(Named.deleted == deleted).order_by(Named.name)
    return [_saved(session, version) for version in session.scalars(query)]


def load(session: Session, name: str, version: int | None = None) -> SavedScenario:
    """A version of a scenario, by default its last; of a deleted one too.

    Raises UsageError where there is no such scenario or version.
    """
    row = _known(session, name)
    found = _version(session, row, row.version if version is None else version)
    if found is None:
        raise UsageError(f'The scenario "{row.name}" has no version {version}.')
    return found


def history(session: Session, name: str) -> list[SavedScenario]:
    """Every version of a scenario, the latest first; of a deleted one too.

    Raises UsageError where there is none.
    """
    row = _known(session, name)
    query = sa.select(Version).where(Version.scenario == row.id).order_by(Version.number.desc())
    return [_saved(session, version) for version in session.scalars(query)]


def rename(session: Session, name: str, new: str, expected: int, by: By) -> int:
    """Give a scenario another name, in its TOML text too; its new version.

    Raises UsageError where the name is taken, ChangedElsewhere as `save`.
    """
    row, last = _current(session, name, expected)
    new = usable_name(new)
    taken = _row(session, new)
    if taken is not None and taken.id != row.id:
        _refuse_taken(taken)
    row.name = new
    return _next(session, row, "renamed", called(last.toml, new), by)


def copy(session: Session, name: str, new: str, by: By) -> int:
    """Save a scenario as it stands under another name as well; the copy's version.

    Raises UsageError where there is none or the name is taken.
    """
    new = usable_name(new)
    taken = _row(session, new)
    if taken is not None and not taken.deleted:
        _refuse_taken(taken)
    return _begin(session, taken, new, "copied", called(load(session, name).toml, new), by)


def delete(session: Session, name: str, expected: int, by: By) -> int:
    """Delete a scenario; its versions stay and can be brought back. Raises as `rename`."""
    row, last = _current(session, name, expected)
    row.deleted = True
    return _next(session, row, "deleted", last.toml, by)


def bring_back(session: Session, name: str, version: int, expected: int, by: By) -> int:
    """Make an earlier version the last one, also of a deleted scenario; its new version.

    Raises UsageError where there is no such version, ChangedElsewhere as `save`.
    """
    old = load(session, name, version)
    row = _known(session, name)
    _expect(session, row, old.toml, expected)
    row.deleted = False
    # As it was but for its name, where it was renamed since.
    return _next(session, row, "brought back", called(old.toml, row.name), by)


def called(toml: str, name: str) -> str:
    """The text of a scenario with a name in it; as it is where it has that name."""
    scenario = parse(toml)
    if scenario.name == name:
        return toml
    return tomli_w.dumps({**scenario.tables, "name": name})


def _row(session: Session, name: str) -> Named | None:
    return session.scalars(sa.select(Named).where(Named.name == name)).first()


def _known(session: Session, name: str) -> Named:
    row = _row(session, usable_name(name))
    if row is None:
        raise UsageError(f'The workspace has no scenario "{one_line(name)}".')
    return row


def _current(session: Session, name: str, expected: int) -> tuple[Named, SavedScenario]:
    """A scenario whose last version is the one that is known here."""
    row = _known(session, name)
    known = _version(session, row, expected)
    last = _last(session, row)
    _expect(session, row, (known or last).toml, expected)
    return row, last


def _begin(session: Session, deleted: Named | None, name: str, what: str, toml: str, by: By) -> int:
    """The first version under a name; where one of that name was deleted, its next."""
    if deleted is not None:
        deleted.deleted = False
        return _next(session, deleted, what, toml, by)
    row = Named(name=name, version=1, deleted=False)
    session.add(row)
    session.flush()
    _keep(session, row, what, toml, by)
    return row.version


def _next(session: Session, row: Named, what: str, toml: str, by: By) -> int:
    row.version += 1
    session.flush()
    _keep(session, row, what, toml, by)
    return row.version


def _keep(session: Session, row: Named, what: str, toml: str, by: By) -> None:
    session.add(
        Version(
            scenario=row.id,
            number=row.version,
            what=what,
            name=row.name,
            digest=blobs.put(session, toml.encode()),
            note=by.note,
            author=by.author,
            time=by.time,
        )
    )


def _last(session: Session, row: Named) -> SavedScenario:
    found = _version(session, row, row.version)
    assert found is not None  # written with the row, in one transaction
    return found


def _version(session: Session, row: Named, number: int) -> SavedScenario | None:
    query = sa.select(Version).where(Version.scenario == row.id, Version.number == number)
    found = session.scalars(query).first()
    return None if found is None else _saved(session, found)


def _saved(session: Session, version: Version) -> SavedScenario:
    toml = blobs.get(session, version.digest).decode()
    about = (version.note, version.author, version.time)
    return SavedScenario(version.name, version.number, version.what, toml, *about)


def _refuse_taken(row: Named) -> NoReturn:
    what = "had, and keeps the versions of," if row.deleted else "has"
    raise UsageError(f'The workspace {what} a scenario "{row.name}" already. Choose another name.')


def _refuse_renamed(session: Session, name: str, mine: str, expected: int) -> NoReturn:
    """Nothing has this name any more, so what had it then has another now."""
    query = sa.select(Version.scenario).where(Version.name == name, Version.number == expected)
    found = session.scalars(query).first()
    row = None if found is None else session.get(Named, found)
    if row is None:
        raise UsageError(f'The workspace has no scenario "{name}" any more. Save it as a new one.')
    _refuse(session, row, name, mine, expected)


def _expect(session: Session, row: Named, mine: str, expected: int) -> None:
    """Raise ChangedElsewhere where a scenario's last version is not the one that is expected."""
    if row.version != expected:
        _refuse(session, row, row.name, mine, expected)


def _refuse(session: Session, row: Named, name: str, mine: str, expected: int) -> NoReturn:
    """Say what was changed since the version that was expected; ``name`` is the name then."""
    last, base = _last(session, row), _version(session, row, expected)
    changes, both = what_changed(base.toml if base else None, last.toml, mine)
    done = "saved" if last.what == "copied" else last.what
    if name != row.name:
        done = f'renamed to "{row.name}"'
    by = f" by {last.author}" if last.author else ""
    standing = f"yours stands on version {expected}" if expected else "yours is new"
    raise ChangedElsewhere(
        f'"{name}" was {done} elsewhere{by} on {last.time:%Y-%m-%d} at {last.time:%H:%M} UTC, as '
        f"version {last.version}; {standing}. {_told(changes)} Take the other, keep yours as a "
        "copy, or overwrite the other.",
        name=row.name,
        version=last.version,
        author=last.author,
        time=last.time,
        note=last.note,
        toml=last.toml,
        deleted=last.deleted,
        changes=changes,
        both=both,
    )


def _told(changes: Sequence[str]) -> str:
    if not changes:
        return "Its content is the same."
    more = f"; and {len(changes) - _TOLD:,} more" if len(changes) > _TOLD else ""
    return f"What differs: {'; '.join(changes[:_TOLD])}{more}."
