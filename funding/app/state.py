"""What the workbench holds for one user: applications, scenarios, drafts. No widget state.

Widgets come and go with their pages; this stays, so nothing is lost on a change of page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import streamlit as st

from funding import places
from funding.app import intakes
from funding.app.pairing import Room
from funding.app.shelf import Adopted as Adopted
from funding.app.shelf import Draft as Draft
from funding.app.shelf import Shelf
from funding.applications import Applications
from funding.errors import Fault, FundingError
from funding.workbook import Changes, Intake, Table, changes, read
from funding.workbook import Mapping as Pairing
from funding.workbook.intake import Progress
from funding.workbook.record import Action, Entry, Record

__all__ = [
    "Adopted",
    "Correction",
    "Draft",
    "File",
    "Grid",
    "Opened",
    "Step",
    "Workbench",
    "workbench",
]

HELD = "workbench"  # where the session holds it
SAMPLE = "the sample fund"
_UNDONE = 20  # steps that can be undone; each holds the applications as they were before it

File = tuple[str, bytes]  # a name and what is in it


@dataclass
class Grid:
    """An editor of a table: what it was given, which it keeps, and what it last gave back."""

    version: int
    base: Any
    latest: Any


@dataclass(frozen=True)
class Opened:
    """Applications that are open: the files as they were opened, and what counts of them now.

    ``files`` are names, as faults say them, with bytes; ``edits`` counts the changes made in
    the grids since; ``set_aside`` holds what was found in each file that was left out.
    """

    intake: Intake
    files: tuple[File, ...]
    mapping: Pairing | None = None
    sample: bool = False
    edits: int = 0
    set_aside: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)

    @cached_property
    def rest(self) -> Intake:
        """What would remain without the files that have faults."""
        return self.intake.without_faulty()

    @property
    def source(self) -> str:
        """Where they come from, in a few words."""
        if self.sample:
            return SAMPLE
        return self.files[0][0] if len(self.files) == 1 else f"{len(self.files)} files"


@dataclass(frozen=True)
class Step:
    """A step that can be undone, and how to come by what it replaced."""

    entry: Entry
    before: Callable[[], Opened]


@dataclass(frozen=True)
class Correction:
    """Corrected files that were read and do not count yet: what would be open, and what that
    changes. ``given`` names the files that were handed in."""

    given: tuple[str, ...]
    opened: Opened
    changes: Changes


@dataclass
class Workbench(Shelf):
    """Everything that one user has open."""

    opened: Opened | None = None
    record: Record = field(default_factory=Record)
    earlier: list[Step] = field(default_factory=list)
    correction: Correction | None = None
    corrections: int = 0  # that were read; a new number gives the uploader a new start
    pairing: Room | None = None
    generation: int = 0  # of the applications; a new one gives the grids a new start
    unapplied: int = 0  # changes in the grids that were not applied yet
    problem: str = ""
    grids: dict[str, Grid] = field(default_factory=dict)
    briefs: dict[tuple[str, str], str] = field(
        default_factory=dict
    )  # digests of the inputs → words

    @property
    def intake(self) -> Intake | None:
        """What counts now of the applications that are open."""
        return self.opened.intake if self.opened else None

    @property
    def applications(self) -> Applications | None:
        """The applications that can be allocated: sound and assessed."""
        return self.opened.intake.applications if self.opened else None

    @property
    def currency(self) -> str:
        """The currency of the applications; empty while nothing readable is open."""
        intake = self.intake
        whole = (intake.applications or intake.plans) if intake else None
        return whole.call.currency if whole else ""

    def brief(self, name: str) -> str:
        """What a scenario's allocation gave, in a few words; empty where it was not made."""
        scenario, given = self.draft(name).scenario, self.applications
        if scenario is None or given is None:
            return ""
        return self.briefs.get((given.digest, scenario.digest), "")

    def open_sample(self) -> None:
        """The sample fund's applications."""
        self._take("opened", sample())

    def open_files(
        self,
        files: Sequence[File],
        mapping: Pairing | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Uploaded files, as one set. Raises FundingError; what was open then stays open."""
        intake = read(list(files), mapping, progress)
        named = tuple((name, data) for name, (_, data) in zip(intake.files, files, strict=True))
        self._take("opened", Opened(intake, named, mapping))

    def edit(self, tables: Mapping[str, Table]) -> Intake:
        """What the applications would be with tables that were edited; it does not count yet."""
        return intakes.edited(self._open.intake, tables)

    def apply(self, intake: Intake, made: Changes) -> None:
        """Let edits count."""
        edits = self._open.edits + len(made)
        self._take("edit", replace(self._open, intake=intake, edits=edits), changes=made)

    def leave_out_faulty(self) -> None:
        """Go on without the files that have faults."""
        intake = self._open.rest
        gone = [f for f in intake.left_out if f not in self._open.intake.left_out]
        found = {file: tuple(intakes.found_in(self._open.intake, file)) for file in gone}
        opened = replace(self._open, intake=intake, set_aside={**self._open.set_aside, **found})
        self._take("left out", opened, gone, changes(self._open.intake.tables, intake.tables))

    def read_corrected(
        self,
        files: Mapping[str, Sequence[File]],
        given: Sequence[str],
        progress: Progress | None = None,
    ) -> None:
        """Read all files again, with corrected ones in the place of those whose names are the
        keys; a key that names none adds files. ``given`` are the names as handed in. Raises
        FundingError; nothing counts yet."""
        now = self._open
        named = [file for name, data in now.files for file in files.get(name, [(name, data)])]
        known = {name for name, _ in now.files}
        named += [file for key, more in files.items() if key not in known for file in more]
        again = read(named, now.mapping, progress)
        if len(now.files) == 1 and now.files[0][0] in files:
            intake = again
        else:
            intake = intakes.corrected(now.intake, again, files)
        opened = replace(
            now,
            intake=intake,
            files=tuple((name, data) for name, (_, data) in zip(again.files, named, strict=True)),
            sample=False,
            edits=now.edits if intake is not again else 0,
        )
        made = changes(now.intake.tables, intake.tables)
        self.correction = Correction(tuple(given), opened, made)

    def apply_corrected(self) -> None:
        """Let the corrected files count."""
        if self.correction is not None:
            made = self.correction
            self._take("corrected upload", made.opened, made.given, made.changes)

    def discard_correction(self) -> None:
        """Forget the corrected files."""
        self.correction = None
        self.corrections += 1

    @property
    def last(self) -> Entry | None:
        """The step that can be undone."""
        return self.earlier[-1].entry if self.earlier else None

    def undo(self) -> None:
        """Bring back what was open before the last step."""
        if not self.earlier:
            return
        step = self.earlier[-1]
        entry, opened = step.entry, step.before()
        self.earlier.pop()
        back = Changes()
        if entry.action != "opened":  # another set of applications is no change of this one
            back = changes(self._open.intake.tables, opened.intake.tables)
        self._note("undone", entry.files, back)
        self.opened = opened
        self.renew_grids()

    @property
    def _open(self) -> Opened:
        assert self.opened is not None  # pages offer these steps where something is open
        return self.opened

    def _take(
        self,
        action: Action,
        opened: Opened,
        files: Iterable[str] | None = None,
        changes: Changes | None = None,
    ) -> None:
        names = tuple(files if files is not None else opened.intake.files)
        entry = self._note(action, names if action != "edit" else (), changes or Changes())
        if self.opened is not None:
            self.earlier = [*self.earlier, Step(entry, partial(_same, self.opened))][-_UNDONE:]
        self.opened = opened
        self.renew_grids()

    def _note(self, action: Action, files: tuple[str, ...], changes: Changes) -> Entry:
        entry = Entry(dt.datetime.now(dt.UTC), action, files, changes)
        self.record = self.record.plus(entry)
        return entry

    def renew_grids(self) -> None:
        """Grids start from what is applied; edits that were not applied are gone."""
        self.generation += 1
        self.discard_correction()
        self.grids = {k: g for k, g in self.grids.items() if not k.startswith("sheet")}


def workbench() -> Workbench:
    """This user's workbench; at first with the sample fund and its scenarios."""
    if HELD not in st.session_state:
        st.session_state[HELD] = first()
    bench: Workbench = st.session_state[HELD]
    return bench


def sample() -> Opened:
    """The sample fund's applications, as they are opened."""
    path = places.sample_workbook()
    return Opened(read([path]), ((path.name, path.read_bytes()),), sample=True)


def first() -> Workbench:
    """The workbench of a first visit: the sample fund and its scenarios."""
    bench = Workbench()
    problems = []
    try:
        bench.open_sample()
    except FundingError as error:
        problems.append(str(error))
    problems += bench.add_sample()
    bench.problem = "\n".join(problems)
    return bench


def _same(opened: Opened) -> Opened:
    return opened
