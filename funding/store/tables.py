"""The tables of the workspace's database. Whoever changes them raises `SCHEMA`, with a migration.

Contents are kept once, under the SHA-256 of what they hold; all other tables say what they are,
who saved them and when.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

SCHEMA = 1

NAME = 200  # characters of a name at most
DIGEST = 64  # characters of a SHA-256 in hexadecimal digits


class Utc(TypeDecorator[dt.datetime]):
    """A time in UTC. SQLite keeps no zone, so none is written and UTC is what is read."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Without its zone; a time without one is a slip of ours."""
        if value is None:
            return None
        if value.utcoffset() != dt.timedelta():
            raise ValueError(f"the time {value} is not in UTC")
        return value.replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """With its zone."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    """What all tables share."""


class About(Base):
    """What the database is: ``schema`` is the version of its tables."""

    __tablename__ = "about"

    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


class Blob(Base):
    """Bytes, under the SHA-256 of themselves; ``packed`` ones are compressed by zlib."""

    __tablename__ = "blob"

    digest: Mapped[str] = mapped_column(String(DIGEST), primary_key=True)
    packed: Mapped[bool]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Item(Base):
    """A set of applications or an allocation that was saved, in the order of saving.

    ``inputs`` is what an allocation is found by: the hash of all that it follows from.
    """

    __tablename__ = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    digest: Mapped[str] = mapped_column(ForeignKey("blob.digest"))
    inputs: Mapped[str] = mapped_column(String(DIGEST), index=True)
    name: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    time: Mapped[dt.datetime] = mapped_column(Utc)


class Named(Base):
    """A scenario by its name, as it stands; no two have the same name, deleted or not.

    ``version`` counts every change of it, deletion too. The database refuses a change of a
    version that is no longer the last.
    """

    __tablename__ = "scenario"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME), unique=True)
    version: Mapped[int] = mapped_column()
    deleted: Mapped[bool] = mapped_column(default=False)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


class Version(Base):
    """One version of a named scenario; none is ever changed or removed."""

    __tablename__ = "scenario_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario: Mapped[int] = mapped_column(ForeignKey("scenario.id"), index=True)
    number: Mapped[int]
    what: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(NAME))
    digest: Mapped[str] = mapped_column(ForeignKey("blob.digest"))
    note: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    time: Mapped[dt.datetime] = mapped_column(Utc)

    __table_args__ = (UniqueConstraint("scenario", "number"),)


class Kept(Base):
    """What one window has open: its place, as it was saved last."""

    __tablename__ = "place"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column()
    author: Mapped[str] = mapped_column(Text)
    time: Mapped[dt.datetime] = mapped_column(Utc, index=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012
