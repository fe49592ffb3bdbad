"""Opening the workspace's database: where it lies, who may read it, whether it is sound.

A database that is damaged is set aside, never deleted; one of an older schema is backed up
before it is migrated; one of a newer schema is refused.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from funding import logs, places
from funding.errors import UsageError, WorkspaceError
from funding.files import make_folder
from funding.store.migrations import STEPS
from funding.store.tables import SCHEMA, About, Base

FILE_NAME = "workspace.db"
VARIABLE = "FUNDING_DATABASE_URL"
READING = "reading"  # the execution option of a transaction that writes nothing
WAIT = 30.0  # seconds for which one saving waits for others

_LOCK = 0x66756E64  # the number of our lock among those of a server's database
_WITH_IT = ("-wal", "-shm")  # files that belong to a database of SQLite


@dataclass(frozen=True)
class Opened:
    """A database that is ready, and what the user should know of its opening, in sentences."""

    engine: sa.Engine
    notices: tuple[str, ...]


def default_url() -> str:
    """The address that the environment gives, else that of the file in the user's data folder."""
    given = os.environ.get(VARIABLE, "").strip()
    return given or url_of(places.user_data() / FILE_NAME)


def url_of(path: Path) -> str:
    """The address of a database in a file."""
    return sa.URL.create("sqlite", database=str(path)).render_as_string()


def opened(address: str) -> Opened:
    """The database at an address, with the tables of this version.

    Raises UsageError for an address that is none or whose driver is missing, WorkspaceError
    where the database cannot be reached or is of a newer schema.
    """
    try:
        url = sa.make_url(address)
        if url.get_backend_name() == "sqlite":
            return _opened_file(_path(url))
        if url.get_backend_name() != "postgresql":
            raise ArgumentError
        engine = _server_engine(url)
    except (ArgumentError, NoSuchModuleError):
        raise UsageError(
            f"{VARIABLE} is no address of a database. Expected one such as "
            "sqlite:////home/me/workspace.db or postgresql+psycopg://user@host/name."
        ) from None
    except ModuleNotFoundError as error:
        raise UsageError(
            f"The database at {url.render_as_string()} needs the driver {error.name}, which is "
            "not installed. Install it beside this tool."
        ) from None
    return _opened_server(engine, url)


def _path(url: sa.URL) -> Path:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise UsageError(
            f"{VARIABLE} names no file, so that nothing would be kept. "
            "Expected an address such as sqlite:////home/me/workspace.db."
        )
    return Path(url.database).absolute()


def _opened_server(engine: sa.Engine, url: sa.URL) -> Opened:
    shown = url.render_as_string()  # without the password
    try:
        with engine.begin() as connection:
            Base.metadata.create_all(connection)
            found = _schema(connection)
            if found is None:
                _write_schema(connection)
    except SQLAlchemyError as error:
        engine.dispose()
        raise WorkspaceError(
            f"The database at {shown} cannot be reached. Is it running, and may you use it? "
            f"({type(error).__name__})"
        ) from None
    if found is not None and found != SCHEMA:
        engine.dispose()
        _refuse_newer(found, shown)
        raise WorkspaceError(
            f"The workspace at {shown} has schema {found}, and this version uses {SCHEMA}. Only "
            "workspaces in files are migrated: use the version that wrote it."
        )
    return Opened(engine, ())


def _opened_file(path: Path) -> Opened:
    try:
        return _prepared(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorkspaceError(
            f"The workspace {path} cannot be opened: {reason}. Make its folder writable, or name "
            f"another in {VARIABLE}."
        ) from error
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise unusable(error, str(path)) from error


def _prepared(path: Path) -> Opened:
    """The file, made where it is missing, in the hands of this user alone."""
    if not path.parent.is_dir():
        make_folder(path.parent)
        path.parent.chmod(0o700)
    notices: list[str] = []
    with _alone(path):
        if not _sound(path):
            notices.append(_set_aside(path))
        _make_private(path)
        engine = _engine(path)
        try:
            with engine.begin() as connection:
                found = _schema(connection)
                empty = not sa.inspect(connection).get_table_names()
                if found is None and empty:
                    Base.metadata.create_all(connection)
                    _write_schema(connection)
            if not (found is None and empty):
                notices += _migrated(engine, path, found)
        except BaseException:
            engine.dispose()
            raise
    return Opened(engine, tuple(notices))


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While one process opens a workspace, others wait: a lock that a killed process gives back.

    It is the lock of an empty database of its own, for that works on every system.
    """
    lock = path.with_name(f"{path.name}.lock")
    _make_private(lock)
    connection = sqlite3.connect(lock, timeout=WAIT, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        connection.close()


def _make_private(path: Path) -> None:
    """The file, readable and writable by the user alone; SQLite gives its companions the same."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _sound(path: Path) -> bool:
    """Whether a file is no database yet, or one that is in order."""
    if not path.exists() or not path.stat().st_size:
        # What was last saved may stand in the companion alone; SQLite would remove it.
        log = path.with_name(path.name + _WITH_IT[0])
        return not log.exists() or not log.stat().st_size
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=WAIT)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            return bool(found == "ok")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise  # it is locked, or may not be read: that is no damage
        return False  # its head says that it is of no format that there is
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # the latter: it is in the message too
        return False


def _set_aside(path: Path) -> str:
    """Rename a damaged database and what belongs to it; what was done, as a sentence."""
    aside = _free_name(path, "damaged")
    for suffix in ("", *_WITH_IT):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + suffix))
    logs.note("workspace set aside")
    return (
        f"The workspace was damaged and is set aside as {aside.name} in {aside.parent}; nothing "
        "of it was deleted. A new one was begun. Restore a backup, or keep that file for repair."
    )


def _free_name(path: Path, word: str) -> Path:
    """A name beside a file that says what it is and when (UTC), and is not taken."""
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    stem, number = f"{path.stem}.{word}-{stamp}", 1
    made = path.with_name(f"{stem}{path.suffix}")
    while made.exists():
        number += 1
        made = path.with_name(f"{stem}-{number}{path.suffix}")
    return made


def _server_engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, pool_pre_ping=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # One writes at a time, as in a file: what is read before it is written still holds then.
        if not connection.get_execution_options().get(READING):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")

    return engine


def _engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(url_of(path), connect_args={"timeout": WAIT})

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, record: object) -> None:
        # The driver's own transactions begin too late: of two that read and then write, one
        # would silently lose what it wrote. Ours begin where SQLAlchemy says that they begin.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {round(WAIT * 1000)}",
            "journal_mode = WAL",
            "synchronous = FULL",  # what is confirmed is on the disk
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _schema(connection: sa.Connection) -> int | None:
    """The version of the tables; None where the database does not say."""
    if not sa.inspect(connection).has_table(About.__tablename__):
        return None
    value = connection.scalar(sa.select(About.value).where(About.item == "schema"))
    return int(value) if value is not None and value.isdigit() else None


def _write_schema(connection: sa.Connection) -> None:
    connection.execute(sa.delete(About).where(About.item == "schema"))
    connection.execute(sa.insert(About).values(item="schema", value=str(SCHEMA)))


def _refuse_newer(found: int, where: str) -> None:
    if found > SCHEMA:
        raise WorkspaceError(
            f"The workspace {where} has schema {found}; this version reads up to {SCHEMA}. It was "
            "written by a newer version of this tool: use that one, or name another workspace in "
            f"{VARIABLE}."
        )


def _migrated(engine: sa.Engine, path: Path, found: int | None) -> Iterator[str]:
    """Bring older tables up to date in one transaction, after a backup; says so."""
    if found is None:
        raise WorkspaceError(
            f"{path} is a database, but no workspace of this tool. Name another file in {VARIABLE}."
        )
    _refuse_newer(found, str(path))
    if found == SCHEMA:
        return
    backup = _free_name(path, f"schema-{found}")
    _back_up(path, backup)
    with engine.begin() as connection:
        for step in range(found, SCHEMA):
            STEPS[step](connection)
        _write_schema(connection)
    logs.note("workspace migrated", before=found, after=SCHEMA)
    yield (
        f"The workspace was brought from schema {found} to {SCHEMA}. As it was before it is kept "
        f"as {backup.name} in {backup.parent}."
    )


def _back_up(path: Path, backup: Path) -> None:
    """A copy of the database, whole and on the disk before anything is changed."""
    _make_private(backup)
    with (
        contextlib.closing(sqlite3.connect(path, timeout=WAIT)) as source,
        contextlib.closing(sqlite3.connect(backup)) as target,
    ):
        source.backup(target)
    with backup.open("rb+") as stream:
        os.fsync(stream.fileno())


def unusable(error: Exception, where: str) -> WorkspaceError:
    """What a database refused, as a sentence on what to do."""
    text = str(error).casefold()
    if "locked" in text or "busy" in text:
        told = "another window has been saving for long. Try again"
    elif "full" in text:
        told = "the disk is full. Free some space and try again"
    elif "readonly" in text or "unable to open" in text:
        told = f"you may not write there. Allow it, or name another file in {VARIABLE}"
    elif "malformed" in text or "not a database" in text:
        told = "it is damaged. Restart the tool: it sets it aside and says so"
    else:
        told = f"the database reports {type(error).__name__}. Restart the tool"
    return WorkspaceError(
        f"The workspace {where} cannot be used: {told}. What was saved before stays as it is."
    )
