"""The workspace: what a user made, saved as it is made and confirmed once it is on the disk."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from funding.applications import Applications
from funding.awards import Allocation
from funding.scenario import Scenario
from funding.store import allocations, applications, blobs, opening, place, scenarios
from funding.store.applications import SavedApplications
from funding.store.blobs import Saved
from funding.store.place import Place, SavedPlace
from funding.store.scenarios import By, SavedScenario
from funding.store.texts import author_of, default_author, lines, one_line
from funding.workbook.record import Entry


class Store:
    """A workspace that is open. Any thread may use it, and any number of processes at once.

    A method returns once what it saved is on the disk; where it raises, nothing of it was saved.
    ``author`` is who saves, by default as the system says; a method takes another. Every method
    raises WorkspaceError where the database cannot be read or written.
    """

    def __init__(self, opened: opening.Opened, author: str) -> None:
        self._engine = opened.engine
        self.notices = opened.notices  # what the user should know of the opening, in sentences
        self.author = author

    @classmethod
    def open(cls, url: str | None = None) -> Store:
        """The workspace at an address such as ``sqlite:////home/me/workspace.db``.

        By default that of the environment's FUNDING_DATABASE_URL, else the file workspace.db in
        the user's data folder, made where it is missing and readable by the user alone. What was
        damaged is set aside and what was of an older schema backed up and migrated, and
        ``notices`` says so. Raises UsageError for an address that is none, WorkspaceError where
        the database cannot be used or was written by a newer version.
        """
        return cls(opening.opened(url or opening.default_url()), default_author())

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @property
    def where(self) -> str:
        """The file of the workspace, or its address without the password."""
        url = self._engine.url
        sqlite = url.get_backend_name() == "sqlite"
        return str(url.database) if sqlite else url.render_as_string()

    # Applications and their record.

    def save_applications(
        self, saved: SavedApplications, *, name: str = "", note: str = "", author: str | None = None
    ) -> str:
        """Save applications as they are open; the key that `load_applications` takes.

        The same applications have the same key, and are kept once.
        """
        with self._writing() as session:
            key = applications.put(session, saved)
            self._enter(session, applications.KIND, key, name, note, author)
        return key

    def load_applications(self, key: str) -> SavedApplications:
        """The applications under a key."""
        with self._reading() as session:
            return applications.get(session, key)

    def applications(self) -> list[Saved]:
        """All applications that were saved, the latest first."""
        with self._reading() as session:
            return list(blobs.listed(session, applications.KIND))

    def save_entry(self, entry: Entry) -> str:
        """Save one step of the record of changes; the key that `load_entry` takes."""
        with self._writing() as session:
            return applications.put_entry(session, entry)

    def load_entry(self, key: str) -> Entry:
        """A step of the record of changes."""
        with self._reading() as session:
            return applications.get_entry(session, key)

    # Scenarios, by name.

    def save_scenario(
        self,
        name: str,
        toml: str,
        *,
        note: str = "",
        author: str | None = None,
        expected_version: int = 0,
    ) -> int:
        """Save a scenario over its version that is known here (0: none); its new version.

        To overwrite knowingly, expect the version that ChangedElsewhere told. Content that is
        the last version's already is not saved again. Raises ChangedElsewhere, with what was
        changed, where another window saved, renamed or deleted it meanwhile; ScenarioError for
        a text that is no scenario; UsageError for a name that is empty or too long. A name of a
        scenario that was deleted goes on with its versions.
        """
        with self._writing() as session:
            return scenarios.save(session, name, toml, expected_version, self._by(author, note))

    def load_scenario(self, name: str, version: int | None = None) -> SavedScenario:
        """A version of a scenario, by default its last; of a deleted one too.

        Raises UsageError where there is none.
        """
        with self._reading() as session:
            return scenarios.load(session, name, version)

    def scenarios(self) -> list[SavedScenario]:
        """The last version of every scenario that is not deleted, by name."""
        with self._reading() as session:
            return scenarios.listed(session)

    def deleted_scenarios(self) -> list[SavedScenario]:
        """The last version of every scenario that was deleted, by name."""
        with self._reading() as session:
            return scenarios.listed(session, deleted=True)

    def history(self, name: str) -> list[SavedScenario]:
        """Every version of a scenario, the latest first. Raises UsageError where there is none."""
        with self._reading() as session:
            return scenarios.history(session, name)

    def rename_scenario(
        self, name: str, new: str, *, expected_version: int, author: str | None = None
    ) -> int:
        """Give a scenario another name, in its text too; its new version.

        Raises UsageError where the name is taken, ChangedElsewhere as `save_scenario`.
        """
        with self._writing() as session:
            return scenarios.rename(session, name, new, expected_version, self._by(author))

    def copy_scenario(self, name: str, new: str, *, author: str | None = None) -> int:
        """Save a scenario under another name as well; the copy's version.

        Where the new name is that of a deleted scenario, its versions go on. Raises UsageError
        where there is none or the name is taken.
        """
        with self._writing() as session:
            return scenarios.copy(session, name, new, self._by(author))

    def delete_scenario(
        self, name: str, *, expected_version: int, author: str | None = None
    ) -> int:
        """Delete a scenario; its versions are kept. Raises as `rename_scenario`."""
        with self._writing() as session:
            return scenarios.delete(session, name, expected_version, self._by(author))

    def bring_back(
        self, name: str, version: int, *, expected_version: int, author: str | None = None
    ) -> int:
        """Make an earlier version the last one, also of a deleted scenario; its new version.

        Raises UsageError where there is no such version, ChangedElsewhere as `save_scenario`.
        """
        with self._writing() as session:
            by = self._by(author)
            return scenarios.bring_back(session, name, version, expected_version, by)

    # Allocations.

    def save_allocation(
        self, allocation: Allocation, *, name: str = "", note: str = "", author: str | None = None
    ) -> str:
        """Save an allocation, so that it need not be solved again; its key."""
        inputs = allocations.inputs_of(allocation.applications, allocation.scenario)
        with self._writing() as session:
            key = allocations.put(session, allocation)
            self._enter(session, allocations.KIND, key, name, note, author, inputs)
        return key

    def load_allocation(
        self, given: Applications, scenario: Scenario, key: str | None = None
    ) -> Allocation | None:
        """The allocation that was saved last of these very inputs with this version of the tool
        and its solvers; None where there is none. It is checked again, exactly.

        With a ``key`` that very one, whichever version made it: as an adopted one must come back.
        Raises WorkspaceError where it is of other inputs.
        """
        inputs = allocations.inputs_of(given, scenario)
        with self._reading() as session:
            key = key or blobs.found(session, allocations.KIND, inputs)
            return None if key is None else allocations.get(session, key, given, scenario)

    def allocations(self) -> list[Saved]:
        """All allocations that were saved, the latest first."""
        with self._reading() as session:
            return list(blobs.listed(session, allocations.KIND))

    # Places.

    def save_place(
        self, window: str, place_: Place, *, expected_version: int, author: str | None = None
    ) -> int:
        """Save what a window has open over its version that is known here (0: none); the new one.

        A window's name comes from `funding.store.new_window`. Raises ChangedElsewhere where the
        same window's place was saved meanwhile, as by a tab that was duplicated: let one of them
        go on with a new name.
        """
        by = self._by(author)
        with self._writing() as session:
            return place.save(session, window, place_, expected_version, by.author, by.time)

    def load_place(self, window: str) -> SavedPlace | None:
        """The place of a window; None where it saved none."""
        with self._reading() as session:
            return place.load(session, window)

    def places(self, author: str | None = None) -> list[SavedPlace]:
        """The places of the last windows, or of an author's, the latest first; twenty at most."""
        with self._reading() as session:
            return place.latest(session, author)

    # What all of them share.

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Session]:
        """A transaction that is on the disk once its block has ended."""
        with self._told(), Session(self._engine) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Session]:
        """A transaction that sees one state of the workspace and keeps nobody waiting."""
        with self._told(), self._engine.connect() as connection:
            connection = connection.execution_options(**{opening.READING: True})
            with Session(connection) as session:
                yield session

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise opening.unusable(error, self.where) from error

    def _by(self, author: str | None, note: str = "") -> By:
        who = self.author if author is None else author_of(author)
        return By(who, dt.datetime.now(dt.UTC), lines(note))

    def _enter(
        self,
        session: Session,
        kind: str,
        key: str,
        name: str,
        note: str,
        author: str | None,
        inputs: str = "",
    ) -> None:
        by = self._by(author, note)
        blobs.enter(session, kind, Saved(key, one_line(name), by.note, by.author, by.time), inputs)
