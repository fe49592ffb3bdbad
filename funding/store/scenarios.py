"""Scenarios by name, with every version of them; two windows never overwrite each other."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

import sqlalchemy as sa
import tomli_w
from sqlalchemy.orm import Session

from funding.errors import ChangedElsewhere, UsageError
from funding.store import blobs
from funding.store.tables import NAME, Named, Version


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
    from funding.scenario import parse
    from funding.store.words import same_content

    parse(toml)
    name = usable_name(name)
    row = _row(session, name)
    if row is None and expected:
        _refuse_gone(session, name, toml, expected)
    if row is None:
        return _begin(session, name, "saved", toml, by)
    last = _last(session, row)
    if same_content(last.toml, toml):
        return row.version
    if row.version != expected:
        _refuse(session, row, toml, expected)
    return _next(session, row, "saved", toml, by)


def usable_name(name: str) -> str:
    """A name as it is kept: composed accents, one space between words.

    Raises UsageError for one that is empty or too long.
    """
    kept = " ".join(unicodedata.normalize("NFC", name).split())
    if not kept:
        raise UsageError("The scenario has no name. Give it one.")
    if len(kept) > NAME:
        raise UsageError(f"The name of a scenario has {NAME} characters at most.")
    return kept


def listed(session: Session) -> list[SavedScenario]:
    """The last version of every scenario that is not deleted, by name."""
    rows = session.scalars(sa.select(Named).where(~Named.deleted).order_by(Named.name))
    return [_last(session, row) for row in rows]


def deleted(session: Session) -> list[SavedScenario]:
    """The last version of every deleted scenario, the latest first: it can be brought back."""
    rows = session.scalars(sa.select(Named).where(Named.deleted).order_by(Named.id.desc()))
    return [_last(session, row) for row in rows]


def load(session: Session, name: str, version: int | None = None) -> SavedScenario:
    """A version of a scenario, by default its last.

    Raises UsageError where there is no such scenario or version.
    """
    row = _row(session, usable_name(name)) or _gone(session, usable_name(name))
    if row is None:
        raise UsageError(f'The workspace has no scenario "{name}".')
    found = _version(session, row, row.version if version is None else version)
    if found is None:
        raise UsageError(f'The scenario "{name}" has no version {version}.')
    return found


def history(session: Session, name: str) -> list[SavedScenario]:
    """Every version of a scenario, the latest first; of a deleted one too."""
    row = _row(session, usable_name(name)) or _gone(session, usable_name(name))
    if row is None:
        raise UsageError(f'The workspace has no scenario "{name}".')
    versions = session.scalars(
        sa.select(Version).where(Version.scenario == row.id).order_by(Version.number.desc())
    )
    return [_saved(session, version) for version in versions]


def rename(session: Session, name: str, new: str, expected: int, by: By) -> int:
    """Give a scenario another name, in its TOML text too; its new version.

    Raises UsageError where the name is taken, ChangedElsewhere as `save`.
    """
    row = _expected(session, name, expected)
    new = usable_name(new)
    if new != row.name:
        _refuse_taken(session, new)
        row.name = new
    return _next(session, row, "renamed", called(_last(session, row).toml, new), by)


def copy(session: Session, name: str, new: str, by: By) -> int:
    """Save a scenario as it stands under another name as well; the copy's version, 1.

    Raises UsageError where there is none or the name is taken.
    """
    new = usable_name(new)
    _refuse_taken(session, new)
    return _begin(session, new, "copied", called(load(session, name).toml, new), by)


def delete(session: Session, name: str, expected: int, by: By) -> int:
    """Delete a scenario; its versions stay and can be brought back. Raises as `rename`."""
    row = _expected(session, name, expected)
    row.deleted = True
    return _next(session, row, "deleted", _last(session, row).toml, by)


def bring_back(session: Session, name: str, version: int, expected: int, by: By) -> int:
    """Make an earlier version the last one, also of a deleted scenario; its new version.

    Raises UsageError where there is no such version, ChangedElsewhere as `save`.
    """
    old = load(session, name, version)
    row = _row(session, usable_name(name)) or _gone(session, usable_name(name))
    assert row is not None  # its version was found
    if row.version != expected:
        _refuse(session, row, old.toml, expected)
    row.deleted = False
    return _next(session, row, "brought back", old.toml, by)


def called(toml: str, name: str) -> str:
    """The text of a scenario with another name in it."""
    from funding.scenario import parse

    return tomli_w.dumps({**parse(toml).tables, "name": name})


def _row(session: Session, name: str) -> Named | None:
    return session.scalars(sa.select(Named).where(Named.name == name, ~Named.deleted)).first()


def _gone(session: Session, name: str) -> Named | None:
    """The scenario of this name that was deleted last."""
    query = sa.select(Named).where(Named.name == name, Named.deleted)
    return session.scalars(query.order_by(Named.id.desc())).first()


def _expected(session: Session, name: str, expected: int) -> Named:
    row = _row(session, usable_name(name))
    if row is None:
        gone = _gone(session, usable_name(name))
        if gone is not None:
            _refuse(session, gone, _last(session, gone).toml, expected)
        raise UsageError(f'The workspace has no scenario "{name}".')
    if row.version != expected:
        known = _version(session, row, expected)
        _refuse(session, row, (known or _last(session, row)).toml, expected)
    return row


def _begin(session: Session, name: str, what: str, toml: str, by: By) -> int:
    row = Named(name=name, version=1, deleted=False)
    session.add(row)
    session.flush()
    _keep(session, row, what, toml, by)
    return 1


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


def _refuse_taken(session: Session, name: str) -> None:
    if _row(session, name) is not None:
        raise UsageError(f'The workspace has a scenario "{name}" already. Choose another name.')


def _refuse_gone(session: Session, name: str, toml: str, expected: int) -> None:
    """The scenario is gone: it was deleted, or renamed, by another window."""
    gone = _gone(session, name)
    if gone is not None:
        _refuse(session, gone, toml, expected)
    renamed = session.scalars(
        sa.select(Version).where(Version.name == name, Version.number == expected)
    ).first()
    row = session.get(Named, renamed.scenario) if renamed else None
    if row is None:
        raise UsageError(f'The workspace has no scenario "{name}" any more. Save it as a new one.')
    _refuse(session, row, toml, expected)


def _refuse(session: Session, row: Named, mine: str, expected: int) -> NoReturn:
    """Raise ChangedElsewhere, with what was changed since the version that was expected."""
    from funding.store.words import what_changed

    last, base = _last(session, row), _version(session, row, expected)
    changes, both = what_changed(base.toml if base else None, last.toml, mine)
    who = f" by {last.author}" if last.author else ""
    when = f"{last.time:%Y-%m-%d %H:%M} UTC"
    done = "saved" if last.what in ("saved", "copied") else last.what
    raise ChangedElsewhere(
        f'"{row.name}" was {done} elsewhere{who} on {when}, as version {last.version}; '
        f"{_standing(expected)}. {_told(changes)} Take theirs, keep yours as a copy, or "
        "overwrite theirs.",
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


def _standing(expected: int) -> str:
    return f"yours stands on version {expected}" if expected else "yours was new"


def _told(changes: Iterable[str]) -> str:
    lines = list(changes)
    if not lines:
        return "Its rules are the same."
    return f"{len(lines)} {'difference' if len(lines) == 1 else 'differences'}: {'; '.join(lines)}."
