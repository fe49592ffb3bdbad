"""Contents, kept once each under the SHA-256 of their bytes, and what was saved as what."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from funding.errors import WorkspaceError
from funding.store.tables import Blob, Item

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Saved:
    """Something that was saved: under which key, called what, by whom and when (UTC)."""

    key: str
    name: str
    note: str
    author: str
    time: dt.datetime


def canonical(content: Any) -> bytes:
    """What JSON can hold, as the same bytes whatever the order of keys."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")


def put(session: Session, data: bytes, *, packed: bool = True) -> str:
    """Keep bytes; their SHA-256. ``packed`` compresses them, as texts are worth it."""
    digest = hashlib.sha256(data).hexdigest()
    if not session.scalar(sa.select(sa.exists().where(Blob.digest == digest))):
        insert = _INSERTS.get(session.get_bind().dialect.name, sa.insert)(Blob)
        held = zlib.compress(data) if packed else data
        insert = insert.values(digest=digest, packed=packed, data=held)
        if hasattr(insert, "on_conflict_do_nothing"):  # another process may keep the same now
            insert = insert.on_conflict_do_nothing()
        session.execute(insert)
    return digest


def get(session: Session, digest: str) -> bytes:
    """The bytes under a SHA-256. Raises WorkspaceError where they are missing or damaged."""
    row = session.get(Blob, digest)
    try:
        data = None if row is None else zlib.decompress(row.data) if row.packed else row.data
    except zlib.error:
        data = None
    if data is None or hashlib.sha256(data).hexdigest() != digest:
        what = "is missing from" if row is None else "is damaged in"
        raise WorkspaceError(
            f"Content {digest[:12]} {what} the workspace. Restore a backup of it, or open the "
            "applications from their files again."
        )
    return data


def put_json(session: Session, content: Any) -> str:
    """Keep what JSON can hold; the SHA-256 of its canonical form."""
    return put(session, canonical(content))


def get_json(session: Session, digest: str, known: int | None = None) -> Any:
    """What was kept as JSON. Raises as `get`.

    ``known`` is the newest format of it that this version reads, where it has formats.
    """
    content = json.loads(get(session, digest))
    if known is not None:
        refuse_newer(content["format"], known)
    return content


def refuse_newer(found: int, known: int) -> None:
    """Raise WorkspaceError for a content that a newer version of this tool wrote."""
    if found > known:
        raise WorkspaceError(
            f"This was saved by a newer version of the tool, in format {found}; this version reads "
            f"up to {known}. Open it with that version."
        )


def enter(session: Session, kind: str, saved: Saved, inputs: str = "") -> None:
    """Note that something was saved; the very same as last time is not noted again."""
    last = session.scalars(
        sa.select(Item).where(Item.kind == kind).order_by(Item.id.desc()).limit(1)
    ).first()
    told = (saved.key, inputs, saved.name, saved.note, saved.author)
    if last and (last.digest, last.inputs, last.name, last.note, last.author) == told:
        return
    session.add(
        Item(
            kind=kind,
            digest=saved.key,
            inputs=inputs,
            name=saved.name,
            note=saved.note,
            author=saved.author,
            time=saved.time,
        )
    )


def listed(session: Session, kind: str) -> Iterator[Saved]:
    """All that was saved of a kind, the latest first."""
    for item in session.scalars(sa.select(Item).where(Item.kind == kind).order_by(Item.id.desc())):
        yield Saved(item.digest, item.name, item.note, item.author, item.time)


def found(session: Session, kind: str, inputs: str) -> str | None:
    """The key of what was saved last with these inputs."""
    return session.scalars(
        sa.select(Item.digest)
        .where(Item.kind == kind, Item.inputs == inputs)
        .order_by(Item.id.desc())
        .limit(1)
    ).first()
