"""What a window has open is saved as it is made, and there again when it is opened again.

Applications, the record, and scenarios by name go to the workspace, and with them the window's
place: what is in hand, compared and adopted, and on which page. Two windows on one scenario never
overwrite each other: the second is told, and chooses.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import streamlit as st
import tomli_w

from funding import logs
from funding.app import intakes, workspace
from funding.app.shelf import Adopted, Draft, Kept, named
from funding.app.state import HELD, Opened, Step, Workbench, first, sample
from funding.errors import ChangedElsewhere, FundingError, UsageError
from funding.scenario import parse
from funding.scenario_tables import toml
from funding.store import Adopted as SavedAdoption
from funding.store import ListedScenario, Place, SavedApplications, Store, new_window
from funding.workbook.mapping import mapping_toml, parse_mapping
from funding.workbook.record import Entry, Record

_HELD = "keeper"
_SAMPLE = "sample"  # stands for the key of the sample's applications as they were shipped


@dataclass(frozen=True)
class _Key:
    """Under which key a thing was saved; the thing itself is not kept alive."""

    thing: weakref.ref[Any]
    key: str


@dataclass
class Keeper:
    """What one window saved, and under which name; ``problem`` is why it is not kept, if so."""

    store: Store | None
    problem: str = ""
    notices: tuple[str, ...] = ()
    window: str = field(default_factory=new_window)
    version: int = 0
    page: str = ""  # where the window was when it was last saved
    saved: tuple[Any, ...] = ()  # the state that was saved last
    keys: dict[int, _Key] = field(default_factory=dict)  # by identity, of what was saved
    entries: dict[int, tuple[Entry, str]] = field(default_factory=dict)  # as keys, of the record
    known: dict[str, Kept] = field(default_factory=dict)  # the scenarios of this window

    def look(self, bench: Workbench) -> None:
        """Find out which scenarios were changed elsewhere since they were saved here."""
        if self.store is None:
            return
        try:
            last = {saved.name: saved for saved in self.store.scenarios()}
            for name, draft in bench.drafts.items():
                found = last.get(draft.kept.name if draft.kept else name)
                version = draft.kept.version if draft.kept else 0
                moved = (found.version if found else 0) != version
                if moved and draft.scenario is not None:
                    draft.elsewhere = None  # told anew, of both as they are now
                    self._save_one(name, draft, moved=True)
        except FundingError as error:
            self._refused(error)

    def keep(self, bench: Workbench, page: str) -> None:
        """Save what was changed since the last time."""
        if self.store is None or self.saved == _state(bench, page):
            return
        self.problem = ""
        try:
            self._scenarios(bench)
            self._place(bench, page)
        except FundingError as error:
            self._refused(error)
        else:
            self.saved = _state(bench, page)

    def _refused(self, error: FundingError) -> None:
        self.problem = str(error)
        logs.failure("workspace", error)

    def _scenarios(self, bench: Workbench) -> None:
        """Delete, rename and save scenarios as they were deleted, renamed and changed here."""
        assert self.store is not None  # asked before
        held = {draft.kept.name for draft in bench.drafts.values() if draft.kept}
        for name, kept in self.known.items():
            if name not in held:
                _tried(partial(self.store.delete_scenario, name, expected_version=kept.version))
        for name, draft in bench.drafts.items():
            if draft.elsewhere is None:
                self._save_one(name, draft)
        self.known = {d.kept.name: d.kept for d in bench.drafts.values() if d.kept}

    def _save_one(self, name: str, draft: Draft, *, moved: bool = False) -> None:
        """Save a scenario; where another window saved it meanwhile, that is noted and no more.

        ``moved``: the workspace has another version than is known here.
        """
        assert self.store is not None  # asked before
        try:
            if draft.kept is not None and draft.kept.name != name:
                version = self.store.rename_scenario(
                    draft.kept.name, name, expected_version=draft.kept.version
                )
                draft.kept = replace(draft.kept, name=name, version=version)
            if draft.scenario is None:
                return
            content = draft.scenario.digest
            if not moved and draft.kept is not None and draft.kept.content == content:
                return
            version = draft.kept.version if draft.kept else 0
            if draft.kept is None and draft.shipped and not moved:
                if not draft.changed:
                    return
                # As it was shipped first, so that the history tells what was edited.
                text = draft.original.to_toml()
                version = self.store.save_scenario(name, text, expected_version=0)
            text = draft.scenario.to_toml()
            version = self.store.save_scenario(name, text, expected_version=version)
            draft.kept = Kept(name, version, content)
        except ChangedElsewhere as error:
            draft.elsewhere = error
        except UsageError as error:  # a name that the workspace does not take
            self.problem = str(error)

    def _place(self, bench: Workbench, page: str) -> None:
        """Save the window's place; where another window goes on from it, as one of its own."""
        assert self.store is not None  # asked before
        made = self._made(bench, page)
        try:
            self.version = self.store.save_place(self.window, made, expected_version=self.version)
        except ChangedElsewhere:
            self.window = new_window()
            self.version = self.store.save_place(self.window, made, expected_version=0)

    def _made(self, bench: Workbench, page: str) -> Place:
        listed = [
            ListedScenario(
                name,
                draft.original.to_toml(),
                None if draft.tables == draft.original.tables else tomli_w.dumps(draft.tables),
                draft.parent,
                draft.kept.version if draft.kept else 0,
            )
            for name, draft in bench.drafts.items()
        ]
        more = {
            "files": {name: draft.file for name, draft in bench.drafts.items()},
            "shipped": [name for name, draft in bench.drafts.items() if draft.shipped],
            "kept": {n: [d.kept.name, d.kept.content] for n, d in bench.drafts.items() if d.kept},
            "lead": bench.lead,
        }
        return Place(
            applications=self._applications(bench.opened) if bench.opened else None,
            record=tuple(self._entry(entry) for entry in bench.record.entries),
            earlier=tuple(self._step(step) for step in bench.earlier),
            scenarios=tuple(listed),
            current=bench.current,
            reference=bench.reference,
            others=tuple(bench.others),
            adopted=_adoption(bench.adopted),
            page=page,
            more=more,
        )

    def _applications(self, opened: Opened) -> str:
        assert self.store is not None  # asked before
        key = self.key(opened)
        if not key:
            if opened.sample and not opened.edits and not opened.intake.left_out:
                key = _SAMPLE
            else:
                key = self.store.save_applications(_to_save(opened), name=opened.source)
            self.note(opened, key)
        return key

    def _entry(self, entry: Entry) -> str:
        assert self.store is not None  # asked before
        found = self.entries.get(id(entry))
        if found is None:
            found = self.entries[id(entry)] = (entry, self.store.save_entry(entry))
        return found[1]

    def _step(self, step: Step) -> tuple[str, str]:
        """A step that can be undone; one that was loaded says its keys without being read."""
        key = self.key(step.before) or self._applications(step.before())
        return self._entry(step.entry), key

    def key(self, thing: object) -> str:
        """The key under which a thing was saved; empty where it was not."""
        found = self.keys.get(id(thing))
        return found.key if found is not None and found.thing() is thing else ""

    def note(self, thing: object, key: str) -> None:
        """Remember the key under which a thing was saved, as long as the thing lives."""
        self.keys = {at: held for at, held in self.keys.items() if held.thing() is not None}
        self.keys[id(thing)] = _Key(weakref.ref(thing), key)


def keeper() -> Keeper:
    """This window's; at the first call its workbench is brought back as it was left last."""
    if _HELD not in st.session_state:
        opened = workspace.opened()
        if isinstance(opened, FundingError):
            made = Keeper(None, problem=str(opened))
        else:
            made = Keeper(opened, notices=opened.notices)
        if HELD not in st.session_state:
            st.session_state[HELD] = _returned(made) or first()
        bench: Workbench = st.session_state[HELD]
        made.saved = _state(bench, made.page)
        made.known = {d.kept.name: d.kept for d in bench.drafts.values() if d.kept}
        st.session_state[_HELD] = made
    held: Keeper = st.session_state[_HELD]
    return held


def forget() -> None:
    """Open the workspace anew at the next run; the workbench stays as it is."""
    workspace.close_all()
    st.session_state.pop(_HELD, None)


def take_theirs(bench: Workbench, name: str) -> None:
    """Let what another window saved take the place of a scenario here."""
    draft = bench.draft(name)
    error = draft.elsewhere
    assert error is not None  # offered where there is one
    if error.deleted:
        bench.remove(name)
        return
    scenario = named(parse(error.toml), name)
    draft.original, draft.elsewhere = scenario, None
    draft.kept = Kept(error.name, error.version, scenario.digest)
    draft.restart(scenario.tables)
    if error.name != name and error.name not in bench.names:
        bench.rename(name, error.name)


def keep_mine_as_copy(bench: Workbench, name: str) -> str:
    """Keep a scenario as it is here under a name of its own, and take the other; the name."""
    made = bench.copy(name)
    bench.draft(made).parent = bench.draft(name).parent
    take_theirs(bench, name)
    bench.choose(made)
    return made


def overwrite(bench: Workbench, name: str) -> None:
    """Let a scenario as it is here take the place of what another window saved."""
    draft = bench.draft(name)
    error = draft.elsewhere
    assert error is not None  # offered where there is one
    draft.elsewhere = None
    # Of one that was deleted the next version begins anew.
    draft.kept = None if error.deleted else Kept(error.name, error.version, "")
    draft.shipped = False


def _tried(act: Callable[[], object]) -> None:
    """Delete in the workspace too; what others changed or deleted meanwhile stays theirs."""
    try:
        act()
    except (ChangedElsewhere, UsageError) as error:
        logs.failure("workspace delete", error)


def _state(bench: Workbench, page: str) -> tuple[Any, ...]:
    """What would be saved, to be compared: a change of any of it makes another tuple."""
    drafts = [
        (name, d.tables, d.original.digest, d.parent, d.kept, d.elsewhere is None)
        for name, d in bench.drafts.items()
    ]
    compared = (bench.current, bench.reference, tuple(bench.others), bench.adopted, bench.lead)
    steps = tuple(id(step) for step in bench.earlier)
    return (id(bench.opened), len(bench.record.entries), steps, drafts, compared, page)


def _to_save(opened: Opened) -> SavedApplications:
    return SavedApplications(
        files=opened.files,
        parts=opened.intake.parts,
        refused=tuple(intakes.unread(opened.intake)),
        left_out=opened.intake.left_out,
        set_aside=opened.set_aside,
        mapping=mapping_toml(opened.mapping) if opened.mapping else "",
        sample=opened.sample,
        edits=opened.edits,
    )


def _adoption(adopted: Adopted | None) -> SavedAdoption | None:
    if adopted is None:
        return None
    a = adopted
    return SavedAdoption(
        a.scenario, a.applications, a.content, a.reason, a.author, a.time, a.allocation
    )


def _returned(made: Keeper) -> Workbench | None:
    """The workbench as this author's last window left it; None where there is none."""
    if made.store is None:
        return None
    try:
        found = made.store.places(made.store.author)[:1]
        if not found:
            return None
        bench = _bench_of(made, found[0].place)
    except FundingError as error:
        made.problem = f"What was open last cannot be brought back. {error}"
        logs.failure("workspace place", error)
        return None
    made.window, made.version = found[0].window, found[0].version
    made.page = found[0].place.page
    return bench


def _bench_of(made: Keeper, place: Place) -> Workbench:
    assert made.store is not None  # asked before
    entries = []
    for key in place.record:
        entry = made.store.load_entry(key)
        made.entries[id(entry)] = (entry, key)
        entries.append(entry)
    bench = Workbench(record=Record(tuple(entries)))
    if place.applications is not None:
        bench.opened = _loaded(made, place.applications)
    by_key = dict(zip(place.record, entries, strict=True))
    for entry_key, key in place.earlier:
        if entry_key in by_key:
            step = Step(by_key[entry_key], partial(_loaded, made, key))
            made.note(step.before, key)
            bench.earlier.append(step)
    for listed in place.scenarios:
        bench.drafts[listed.name] = _draft_of(listed, place.more)
    bench.current, bench.reference = place.current, place.reference
    bench.others = list(place.others)
    if (a := place.adopted) is not None:
        bench.adopted = Adopted(
            a.name, a.applications, a.scenario, a.reason, a.author, a.time, a.allocation
        )
    bench.lead = bool(place.more.get("lead", True))
    bench.settle()
    return bench


def _loaded(made: Keeper, key: str) -> Opened:
    """Applications that were saved, checked again. Raises WorkspaceError."""
    assert made.store is not None  # asked before
    if key == _SAMPLE:
        opened = sample()
    else:
        saved = made.store.load_applications(key)
        intake = intakes.checked(saved.parts, saved.refused, saved.names, saved.left_out)
        opened = Opened(
            intake,
            saved.files,
            parse_mapping(saved.mapping) if saved.mapping else None,
            saved.sample,
            saved.edits,
            saved.set_aside,
        )
    made.note(opened, key)
    return opened


def _draft_of(listed: ListedScenario, more: Mapping[str, Any]) -> Draft:
    original = parse(listed.toml)
    draft = Draft.of(original, listed.parent, more.get("files", {}).get(listed.name, ""))
    if listed.draft is not None:
        draft.take(toml(listed.draft))
    draft.shipped = listed.name in more.get("shipped", [])
    kept = more.get("kept", {}).get(listed.name)
    if kept is not None and listed.version:
        draft.kept = Kept(kept[0], listed.version, kept[1])
    return draft
