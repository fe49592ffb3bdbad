"""What can go wrong, and how it is told to an analyst.

The tree of errors; each carries the exit code that the command line gives back::

    FundingError
    ├── InputError              1  what was handed in has faults
    │   ├── ApplicationsFaulty  1  … in the applications; carries every fault
    │   ├── ScenarioError       1  … in a scenario
    │   ├── TemplateRejected    1  … in a template of letters
    │   └── WorkbookRejected    1  a file that is no workbook we can read safely
    ├── UsageError              2  the command cannot do what it was asked
    ├── NoAllocation            3  no allocation holds all the rules
    ├── SolverStopped           4  the solver ended without an answer
    ├── RowsBroken              5  awards that do not hold a rule, or a file that was changed
    └── WorkspaceError          2  the workspace cannot be opened, read or written
        └── ChangedElsewhere    2  … because another window or person saved meanwhile

Messages are sentences for analysts: what is wrong, where, what was expected, what to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar


class FundingError(Exception):
    """Any error that this package raises on purpose; its text can be shown to an analyst."""

    exit_code: ClassVar[int] = 2


class InputError(FundingError):
    """What was handed in has faults."""

    exit_code = 1


class ScenarioError(InputError):
    """A scenario cannot be used: an unknown key, a value out of range, a missing part."""


class TemplateRejected(InputError):
    """A template that no letters can be made from: no Word document, or with unknown fields."""


class WorkbookRejected(InputError):
    """A file that cannot be read safely as a workbook; nothing of it was used."""


class UsageError(FundingError):
    """The command cannot do what it was asked, for instance write to a file that is open."""


@dataclass(frozen=True, slots=True)
class Part:
    """One rule of a conflict, or one decision by hand: what it demands, and of whom.

    ``rule`` is its key and ``row`` names the decision where it is one, else it is empty.
    ``words`` are the demands that clash, in the scenario's words; ``cities`` the names of the
    cities and ``activities`` the codes that they concern, where they concern some and not the whole
    fund; ``amounts`` their bounds [cents]. ``fact``: arithmetic or law, never relaxed.
    """

    rule: str
    row: str
    title: str
    words: tuple[str, ...]
    cities: tuple[str, ...]
    activities: tuple[str, ...]
    amounts: tuple[Fraction, ...]
    fact: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules that contradict each other; without any one of them the others can be held.

    ``smallest`` is false where time ran out before that was proved of each: then the set may hold
    rules that are no part of the conflict. ``in_units``: only whole units contradict them.
    """

    parts: tuple[Part, ...]
    smallest: bool = True
    in_units: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The rules of the conflict, each once."""
        return tuple(dict.fromkeys(part.rule for part in self.parts))


class NoAllocation(FundingError):
    """No allocation can hold all the rules at once; ``conflict`` says which clash."""

    exit_code = 3

    def __init__(self, message: str, conflict: Conflict | None = None) -> None:
        self.conflict = conflict
        super().__init__(message)


class SolverStopped(FundingError):
    """The solver ended without an answer, for instance at its time limit."""

    exit_code = 4


class RowsBroken(FundingError):
    """Awards that break a rule. An allocation that breaks a rule cannot be made."""

    exit_code = 5


class WorkspaceError(FundingError):
    """The workspace cannot be opened, read or written; what was saved before stays as it is."""


class ChangedElsewhere(WorkspaceError):
    """What is to be saved was saved by another window or person meanwhile; nothing was written.

    ``name``, ``version``, ``author``, ``time`` (UTC) and ``note`` are of what is saved now, and
    ``toml`` is its text (empty for a place); ``deleted`` says that it was deleted. ``changes``
    are the other's changes since the version that was expected, one line each, in words, and
    ``both`` the keys of those that are changed differently in what was to be saved.
    """

    def __init__(
        self,
        message: str,
        *,
        name: str,
        version: int,
        author: str,
        time: dt.datetime,
        note: str = "",
        toml: str = "",
        deleted: bool = False,
        changes: Iterable[str] = (),
        both: Iterable[str] = (),
    ) -> None:
        self.name, self.version, self.author, self.time = name, version, author, time
        self.note, self.toml, self.deleted = note, toml, deleted
        self.changes, self.both = tuple(changes), tuple(both)
        super().__init__(message)


class Stage(StrEnum):
    """Which question of the reading a fault answers, in the order in which they are asked.

    The first three explain many of the later ones, so they are told first.
    """

    FILE = "file"  # can it be read, and is it ours?
    SHEETS = "sheets"  # are the sheets there, once each?
    COLUMNS = "columns"  # are the columns and settings there, once each?
    CELLS = "cells"  # does each cell hold what its column holds?
    RELATIONS = "relations"  # does what stands in several cells fit together?


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in the applications, at one place.

    ``blocks`` is true for faults, which must be put right, and false for notes, which need
    not be. ``file`` is empty when only one workbook was read. ``cell`` is an Excel reference
    such as ``I17``, or a row such as ``17``, or empty when the whole sheet is meant; ``sheet``
    is empty where the whole file is.
    """

    file: str
    sheet: str
    row: int
    cell: str
    message: str
    blocks: bool = True
    stage: Stage = Stage.CELLS

    @property
    def place(self) -> str:
        """Where it is, as Excel writes it: ``Activities!I17``."""
        place = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        return ": ".join(part for part in (self.file, place) if part)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class ApplicationsFaulty(InputError):
    """The applications hold faults; ``faults`` lists every one of them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        head = "1 fault" if count == 1 else f"{count} faults"
        first = "\n".join(f"  {fault}" for fault in self.faults[:20])
        more = f"\n  … and {count - 20} more" if count > 20 else ""
        super().__init__(f"The applications have {head}:\n{first}{more}")
