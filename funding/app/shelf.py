"""The scenarios of a workbench: a list of drafts, which is in hand, and what is compared."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from funding import places
from funding.compare import MOST
from funding.errors import ChangedElsewhere, ScenarioError, UsageError
from funding.scenario import Scenario, from_tables, load, parse

LONGEST = 200  # characters of a name


@dataclass(frozen=True, slots=True)
class Kept:
    """How a scenario stands in the workspace, as far as this window knows: under which name, in
    which version, and with which content (digest)."""

    name: str
    version: int
    content: str


@dataclass
class Draft:
    """A scenario as it is being edited, and what is wrong with it.

    ``original`` is it as it was opened, copied or made; ``scenario`` what counts now, None while
    the tables are no scenario. ``parent`` names the scenario of the list that it comes from, and
    ``file`` the file, where there is one.
    """

    original: Scenario
    tables: dict[str, Any]
    scenario: Scenario | None
    problem: str = ""
    generation: int = 0  # a new one gives the widgets a new start
    parent: str | None = None
    file: str = ""
    shipped: bool = False  # with the tool: in the workspace only once it is edited
    kept: Kept | None = None
    elsewhere: ChangedElsewhere | None = None  # what another window saved under it meanwhile

    @classmethod
    def of(cls, original: Scenario, parent: str | None = None, file: str = "") -> Draft:
        """A draft without changes."""
        tables = copy.deepcopy(dict(original.tables))
        return cls(original, tables, original, parent=parent, file=file)

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

    def restart(self, tables: Mapping[str, Any]) -> None:
        """Tables that the forms did not make: they start anew from these."""
        self.take(copy.deepcopy(dict(tables)))
        self.generation += 1

    def reset(self) -> None:
        """Back to the scenario as it was opened."""
        self.restart(self.original.tables)

    def renamed(self, name: str) -> Draft:
        """The same under another name, which is no edit."""
        tables = {**self.tables, "name": name}
        scenario = None if self.scenario is None else named(self.scenario, name)
        return replace(self, original=named(self.original, name), tables=tables, scenario=scenario)


@dataclass(frozen=True)
class Adopted:
    """The allocation that was chosen: of which scenario, on which inputs, by whom and why."""

    scenario: str  # its name in the list
    applications: str  # digest of the applications
    content: str  # digest of the scenario
    reason: str
    author: str
    time: dt.datetime
    allocation: str = ""  # its key in the workspace; empty where it was not saved


@dataclass
class Shelf:
    """The scenarios that are open, by name, and what they are used for.

    ``current`` is in hand; ``others``, up to nine, are compared with ``reference``. All three are
    empty only while there is no scenario.
    """

    drafts: dict[str, Draft] = field(default_factory=dict)
    current: str = ""
    reference: str = ""
    others: list[str] = field(default_factory=list)
    adopted: Adopted | None = None
    lead: bool = True  # through the five steps, until it is dismissed
    deleted: tuple[int, str, Draft] | None = None  # the last one: where it stood, its name, itself

    @property
    def names(self) -> list[str]:
        """The scenarios, in their order."""
        return list(self.drafts)

    def draft(self, name: str) -> Draft:
        """The draft of a scenario of the list."""
        return self.drafts[name]

    def choose(self, name: str) -> None:
        """Take a scenario of the list in hand."""
        if name not in self.drafts:
            raise KeyError(name)
        self.current = name

    def add(self, scenario: Scenario, parent: str | None = None, file: str = "") -> str:
        """Put a scenario in the list; its name there, which is unique.

        One that is there already under its name, with the same content, is not added again.
        """
        name = scenario.name
        held = self.drafts.get(name)
        if held is not None and held.scenario and held.scenario.digest == scenario.digest:
            return name
        name = self.free_name(name)
        self.drafts[name] = Draft.of(named(scenario, name), parent, file)
        self.settle()
        return name

    def free_name(self, name: str) -> str:
        """The name, or with a number where it is taken: ``Base (2)``."""
        number, made = 1, name
        while made in self.drafts:
            number += 1
            made = f"{name} ({number})"
        return made

    def copy(self, name: str) -> str:
        """A copy of a scenario, as it is being edited, in the list after it; the copy's name."""
        draft = self.drafts[name]
        made = self.free_name(name)
        original = named(draft.scenario or draft.original, made)
        copied = Draft.of(original, parent=name)
        copied.take({**copy.deepcopy(draft.tables), "name": made})
        self._insert(self.names.index(name) + 1, made, copied)
        return made

    def new(self, base: str, name: str) -> str:
        """A new scenario that starts from another; its name. Raises UsageError for a name that
        is empty or taken."""
        name = self._usable(name)
        start = self.drafts[base].scenario or self.drafts[base].original
        tables = {k: v for k, v in start.tables.items() if k != "description"}
        scenario = replace(named(start, name), description="", tables={**tables, "name": name})
        self.drafts[name] = Draft.of(scenario, parent=base)
        return name

    def rename(self, name: str, new: str) -> str:
        """Give a scenario another name, wherever it is named; the name. Raises UsageError for
        one that is empty or taken."""
        if new == name:
            return name
        new = self._usable(new)
        self.drafts = {
            (new if n == name else n): (d.renamed(new) if n == name else d)
            for n, d in self.drafts.items()
        }
        for draft in self.drafts.values():
            if draft.parent == name:
                draft.parent = new
        self.current, self.reference, *self.others = (
            new if n == name else n for n in (self.current, self.reference, *self.others)
        )
        if self.adopted is not None and self.adopted.scenario == name:
            self.adopted = replace(self.adopted, scenario=new)
        return new

    def remove(self, name: str) -> None:
        """Take a scenario out of the list; `bring_back` puts the last one in again."""
        at = self.names.index(name)
        # In the workspace it is deleted too; where it comes back it goes on from there.
        self.deleted = (at, name, replace(self.drafts.pop(name), kept=None, elsewhere=None))
        self.settle()

    def bring_back(self) -> str:
        """Put the scenario that was removed last where it was, and in hand; its name."""
        assert self.deleted is not None  # offered where there is one
        at, name, draft = self.deleted
        made = self.free_name(name)
        self._insert(at, made, draft if made == name else draft.renamed(made))
        self.deleted = None
        self.current = made
        self.settle()
        return made

    def parent_of(self, name: str) -> Scenario | None:
        """The scenario that one of the list comes from, as it is now; None where it has none."""
        parent = self.drafts.get(self.drafts[name].parent or "")
        return None if parent is None else parent.scenario or parent.original

    def _insert(self, at: int, name: str, draft: Draft) -> None:
        entries = list(self.drafts.items())
        self.drafts = dict([*entries[:at], (name, draft), *entries[at:]])

    def _usable(self, name: str) -> str:
        name = " ".join(name.split())
        if not name:
            raise UsageError("The scenario needs a name.")
        if len(name) > LONGEST:
            raise UsageError(f"The name has {len(name)} characters; {LONGEST} fit. Shorten it.")
        if name in self.drafts:
            raise UsageError(f'There is a scenario "{name}" already. Choose another name.')
        return name

    def add_file(self, file: str, text: str) -> str:
        """A scenario of a file; its name in the list. Raises ScenarioError.

        What it extends is looked up among the scenarios that were shipped.
        """
        scenario = parse(text, _shipped)
        return self.add(scenario, self._extended_by(scenario), file)

    def add_sample(self) -> list[str]:
        """The scenarios of the sample fund; what is wrong with any of them, in sentences."""
        problems = []
        folder = places.sample_scenarios()
        # The base scenario first: it is what the others differ from.
        for path in sorted(folder.glob("*.toml"), key=lambda p: (p.stem != "base", p.stem)):
            try:
                scenario = load(path)
            except ScenarioError as error:
                problems.append(str(error))
            else:
                name = self.add(scenario, self._extended_by(scenario), path.name)
                self.drafts[name].shipped = True
        return problems

    def _extended_by(self, scenario: Scenario) -> str | None:
        """The scenario of the list that comes from the file which a scenario extends."""
        extends = scenario.own.get("extends")
        return next((n for n, d in self.drafts.items() if extends and d.file == extends), None)

    def settle(self) -> None:
        """What is in hand and compared is in the list, each once."""
        names = self.names
        if self.current not in names:
            self.current = names[0] if names else ""
        if self.reference not in names:
            self.reference = names[0] if names else ""
        kept = [n for n in dict.fromkeys(self.others) if n in names and n != self.reference]
        self.others = (kept or [n for n in names if n != self.reference][:1])[: MOST - 1]


def named(scenario: Scenario, name: str) -> Scenario:
    """A scenario under another name."""
    if scenario.name == name:
        return scenario
    return replace(
        scenario,
        name=name,
        tables={**scenario.tables, "name": name},
        own={**scenario.own, "name": name},
    )


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
