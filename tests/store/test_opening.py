"""Opening a workspace: whose it is, what becomes of damaged, older and newer ones."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from funding import places
from funding.errors import UsageError, WorkspaceError
from funding.store import SavedApplications, Store, opening
from funding.store.tables import SCHEMA, Base
from tests.store.support import address, opened, toml

POSIX = pytest.mark.skipif(os.name != "posix", reason="rights are told otherwise on Windows")


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def database(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "workspace.db")


def set_schema(folder: Path, value: str) -> None:
    with contextlib.closing(database(folder)) as connection, connection:
        connection.execute("UPDATE about SET value = ? WHERE item = 'schema'", [value])


# Where it lies, and whose it is.


def test_by_default_it_lies_in_the_folder_of_the_users_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FUNDING_DATABASE_URL", raising=False)
    monkeypatch.setattr(places, "user_data", lambda: tmp_path / "data" / "city-funding")
    store = Store.open()
    assert Path(store.where) == tmp_path / "data" / "city-funding" / "workspace.db"
    store.close()


def test_the_environment_names_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNDING_DATABASE_URL", address(tmp_path))
    store = Store.open()
    assert Path(store.where) == tmp_path / "workspace.db"
    store.close()


@POSIX
def test_the_folder_and_every_file_are_the_users_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    store = opened(folder)
    store.save_scenario("Base", toml())
    assert rights(folder) == 0o700
    assert {path.name: rights(path) for path in folder.iterdir()} == dict.fromkeys(
        ["workspace.db", "workspace.db-wal", "workspace.db-shm", "workspace.db.lock"], 0o600
    )
    store.close()


@POSIX
def test_a_file_that_others_could_read_is_closed_to_them_and_a_folder_stays_as_it_is(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    opened(folder).close()
    (folder / "workspace.db").chmod(0o644)
    opened(folder).close()
    assert rights(folder / "workspace.db") == 0o600
    assert rights(folder) == 0o755


def test_what_is_confirmed_is_on_the_disk(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with store._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }
    store.close()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "nonsense",
        "mysql://host/name",
        "ftp://x",
        "postgresql+x://h/n",
    ],
)
def test_an_address_that_keeps_nothing_or_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="FUNDING_DATABASE_URL"):
        Store.open(url)


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises((UsageError, WorkspaceError)) as caught:
        Store.open("postgresql+psycopg://ann:secret@127.0.0.1:1/fund?connect_timeout=1")
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caught.value.__cause__)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises((UsageError, WorkspaceError), match="file"):
        opened(tmp_path / "file" / "folder")


# Damaged ones.


def damage_text(path: Path) -> None:
    path.write_bytes(b"this is no database at all, " * 200)


def damage_pages(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)


def damage_length(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2 + 100])


@pytest.mark.parametrize("damage", [damage_text, damage_pages, damage_length])
def test_a_damaged_database_is_set_aside_and_said(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    store = opened(tmp_path)
    for amount in range(100, 140):
        store.save_scenario(f"Scenario {amount}", toml(amount))
    store.close()
    path = tmp_path / "workspace.db"
    damage(path)
    damaged = path.read_bytes()
    store = opened(tmp_path)
    (notice,) = store.notices
    (aside,) = tmp_path.glob("workspace.damaged-*.db")
    assert aside.name in notice
    assert "nothing of it was deleted" in notice
    assert aside.read_bytes() == damaged
    assert store.scenarios() == []
    assert store.save_scenario("Base", toml()) == 1
    store.close()
    store = opened(tmp_path)
    assert store.notices == ()  # said once
    store.close()


def test_a_second_damaged_one_in_the_same_second_keeps_the_first(tmp_path: Path) -> None:
    for _ in range(3):
        (tmp_path / "workspace.db").write_bytes(b"no database" * 1000)
        opened(tmp_path).close()
    assert len(list(tmp_path.glob("workspace.damaged-*.db"))) == 3


def test_what_stands_in_the_log_alone_is_not_lost_with_an_emptied_file(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save_scenario("Base", toml())
    log = (tmp_path / "workspace.db-wal").read_bytes()
    store.close()
    (tmp_path / "workspace.db").write_bytes(b"")
    (tmp_path / "workspace.db-wal").write_bytes(log)
    store = opened(tmp_path)
    (aside,) = tmp_path.glob("workspace.damaged-*.db-wal")
    assert aside.read_bytes() == log
    assert len(store.notices) == 1
    store.close()


def test_content_that_was_tampered_with_is_not_given_out(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save_scenario("Base", toml())
    with contextlib.closing(database(tmp_path)) as connection, connection:
        connection.execute("UPDATE blob SET data = ?, packed = 0", [toml(499).encode()])
    with pytest.raises(WorkspaceError, match="is damaged in the workspace"):
        store.load_scenario("Base")
    with contextlib.closing(database(tmp_path)) as connection, connection:
        connection.execute("UPDATE blob SET data = x'00', packed = 1")
    with pytest.raises(WorkspaceError, match="is damaged in the workspace"):
        store.load_scenario("Base")
    store.close()


# Older and newer ones.

OLD = """
CREATE TABLE about (item VARCHAR(40) PRIMARY KEY, value VARCHAR(200) NOT NULL);
INSERT INTO about VALUES ('schema', '0');
CREATE TABLE scenario (id INTEGER PRIMARY KEY, name VARCHAR(200) NOT NULL UNIQUE,
                       version INTEGER NOT NULL);
INSERT INTO scenario VALUES (7, 'Base', 3);
"""


def to_first(connection: sa.Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE scenario ADD COLUMN deleted BOOLEAN DEFAULT 0 NOT NULL")
    Base.metadata.create_all(connection)  # the tables that schema 0 did not have


def make_old(folder: Path) -> None:
    with contextlib.closing(database(folder)) as connection:
        connection.executescript(OLD)


def names(path: Path) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM scenario").fetchall()


def test_an_older_schema_is_backed_up_and_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SCHEMA == 1, "write the test of the new migration beside this one"
    monkeypatch.setattr(opening, "STEPS", {0: to_first})
    make_old(tmp_path)
    store = opened(tmp_path)
    (backup,) = tmp_path.glob("workspace.schema-0-*.db")
    assert store.notices == (
        f"The workspace was brought from schema 0 to 1. As it was before it is kept as "
        f"{backup.name} in {tmp_path}.",
    )
    assert names(backup) == [(7, "Base", 3)]
    assert names(tmp_path / "workspace.db") == [(7, "Base", 3, 0)]
    if os.name == "posix":
        assert rights(backup) == 0o600
    assert store.save_scenario("Other", toml()) == 1
    store.close()
    again = opened(tmp_path)
    assert again.notices == ()
    again.close()
    assert len(list(tmp_path.glob("workspace.schema-*.db"))) == 1


def test_a_migration_that_fails_changes_nothing_and_leaves_the_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(connection: sa.Connection) -> None:
        to_first(connection)
        connection.exec_driver_sql("UPDATE scenario SET name = NULL")

    monkeypatch.setattr(opening, "STEPS", {0: breaks})
    make_old(tmp_path)
    with pytest.raises(WorkspaceError, match="cannot be used"):
        opened(tmp_path)
    assert names(tmp_path / "workspace.db") == [(7, "Base", 3)]
    (backup,) = tmp_path.glob("workspace.schema-0-*.db")
    assert names(backup) == [(7, "Base", 3)]


def test_a_newer_schema_is_refused_in_a_sentence_and_left_alone(tmp_path: Path) -> None:
    opened(tmp_path).close()
    set_schema(tmp_path, str(SCHEMA + 1))
    with pytest.raises(WorkspaceError, match=rf"has schema {SCHEMA + 1}; this version reads"):
        opened(tmp_path)
    set_schema(tmp_path, str(SCHEMA))
    opened(tmp_path).close()
    assert not list(tmp_path.glob("workspace.[ds]*-*.db"))


@pytest.mark.parametrize("schema", [None, "later"])
def test_a_database_of_another_tool_is_refused_and_left_alone(
    tmp_path: Path, schema: str | None
) -> None:
    with contextlib.closing(database(tmp_path)) as connection, connection:
        connection.execute("CREATE TABLE about (item TEXT, value TEXT)")
        connection.execute("INSERT INTO about VALUES ('schema', ?)", [schema])
    with pytest.raises(WorkspaceError, match="no workspace of this tool"):
        opened(tmp_path)
    with contextlib.closing(database(tmp_path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("about",)]


# What a database refuses while it is used.


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save_scenario("Base", toml())

    @sa.event.listens_for(store._engine, "begin")
    def _small(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    saved = SavedApplications((("plans.xlsx", os.urandom(100_000)),), ())
    with pytest.raises(WorkspaceError, match="the disk is full"):
        store.save_applications(saved)
    sa.event.remove(store._engine, "begin", _small)
    assert store.load_scenario("Base").toml == toml()
    assert store.applications() == []
    store.close()


def test_one_that_saves_for_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "WAIT", 0.05)
    store = opened(tmp_path)
    with contextlib.closing(database(tmp_path)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WorkspaceError, match="another window has been saving for long"):
            store.save_scenario("Base", toml())
        assert store.scenarios() == []  # reading waits for nobody
        other.execute("ROLLBACK")
    assert store.save_scenario("Base", toml()) == 1
    store.close()
