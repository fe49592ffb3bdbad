"""What the workbench holds for one user: applications, scenarios, drafts. No widget state.

Widgets come and go with their pages; this stays, so nothing is lost on a change of page.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from funding import places
from funding.app.results import SIDES
from funding.errors import FundingError, ScenarioError
from funding.scenario import Scenario, from_tables, load, parse
from funding.workbook import Intake, read

SAMPLE = "the sample fund"


@dataclass
class Draft:
    """A scenario as it is being edited on one side, and what is wrong with it."""

    original: Scenario
    tables: dict[str, Any]
    scenario: Scenario | None
    problem: str = ""
    generation: int = 0  # a new one gives the widgets a new start

    @classmethod
    def of(cls, original: Scenario) -> Draft:
        """A draft without changes."""
        return cls(original, copy.deepcopy(dict(original.tables)), original)

    @property
    def changed(self) -> bool:
        """Whether it differs from the scenario that it started from."""
        return self.scenario is None or self.scenario.digest != self.original.digest

    def take(self, tables: dict[str, Any]) -> None:
        """New tables; where they are no scenario, the problem is kept and no result shown."""
        if tables == self.tables:
            return
        self.tables = tables
        try:
            self.scenario, self.problem = from_tables(tables), ""
        except ScenarioError as error:
            self.scenario, self.problem = None, str(error)

    def reset(self) -> None:
        """Back to the scenario as it was loaded."""
        self.tables = copy.deepcopy(dict(self.original.tables))
        self.scenario, self.problem = self.original, ""
        self.generation += 1


@dataclass
class Grid:
    """An editor of a table: what it was given, which it keeps, and what it last gave back."""

    version: int
    base: Any
    latest: Any


@dataclass
class Workbench:
    """Everything that one user has open."""

    intake: Intake | None = None
    loaded: Intake | None = None  # as read, before any edit
    source: str = SAMPLE
    files: tuple[tuple[str, bytes], ...] = ()
    edits: int = 0
    generation: int = 0  # of the applications; a new one gives the grids a new start
    problem: str = ""
    shelf: dict[str, Scenario] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)  # side → name on the shelf
    drafts: dict[tuple[str, str], Draft] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)

    def draft(self, side: str) -> Draft:
        """The draft of the scenario chosen for a side."""
        key = (side, self.chosen[side])
        if key not in self.drafts:
            self.drafts[key] = Draft.of(self.shelf[key[1]])
        return self.drafts[key]

    def open_sample(self) -> None:
        """The sample fund's applications."""
        self._take(read([places.sample_workbook()]), SAMPLE, ())

    def open_files(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Uploaded workbooks, as one set. Raises FundingError; what was open then stays open."""
        intake = read(list(files))
        self._take(intake, ", ".join(name for name, _ in files), tuple(files))

    def _take(self, intake: Intake, source: str, files: tuple[tuple[str, bytes], ...]) -> None:
        self.intake = self.loaded = intake
        self.source, self.files, self.edits = source, files, 0
        self.renew_grids()

    def apply(self, intake: Intake, edits: int) -> None:
        """Sound tables with edits in them."""
        self.intake = intake
        self.edits += edits
        self.renew_grids()

    def back_to_loaded(self) -> None:
        """The applications as they were read."""
        self.intake, self.edits = self.loaded, 0
        self.renew_grids()

    def renew_grids(self) -> None:
        """Grids start from what is applied; edits that were not applied are gone."""
        self.generation += 1
        self.grids = {k: g for k, g in self.grids.items() if not k.startswith("sheet")}

    def add_scenario(self, file: str, text: str) -> str:
        """An uploaded scenario; its name on the shelf. Raises ScenarioError."""
        scenario = parse(text, _shipped)
        name = scenario.name
        if name in self.shelf and self.shelf[name].digest != scenario.digest:
            name = f"{scenario.name} ({file})"
        self.shelf[name] = scenario
        for side in SIDES:  # a file that was changed and uploaded again counts anew
            draft = self.drafts.get((side, name))
            if draft is not None and draft.original.digest != scenario.digest:
                del self.drafts[side, name]
        return name


def workbench() -> Workbench:
    """This user's workbench; at first with the sample fund and its scenarios."""
    if "workbench" not in st.session_state:
        st.session_state["workbench"] = _started()
    bench: Workbench = st.session_state["workbench"]
    return bench


def _started() -> Workbench:
    bench = Workbench()
    problems = []
    try:
        bench.open_sample()
    except FundingError as error:
        problems.append(str(error))
    folder = places.sample_scenarios()
    # The base scenario first: it is what the others differ from.
    for path in sorted(folder.glob("*.toml"), key=lambda p: (p.stem != "base", p.stem)):
        try:
            scenario = load(path)
        except ScenarioError as error:
            problems.append(str(error))
        else:
            bench.shelf[scenario.name] = scenario
    bench.problem = "\n".join(problems)
    names = list(bench.shelf)
    if names:
        bench.chosen = {side: names[min(n, len(names) - 1)] for n, side in enumerate(SIDES)}
    return bench


def _shipped(name: str) -> str:
    """The text of a shipped scenario that an uploaded one extends."""
    path = places.sample_scenarios() / name
    if path.name != name or not path.is_file():
        known = ", ".join(sorted(p.name for p in path.parent.glob("*.toml")))
        raise ScenarioError(
            f'it extends "{name}", which is not at hand. It can extend {known}; '
            "or upload it as a scenario that stands alone."
        )
    return path.read_text(encoding="utf-8")
