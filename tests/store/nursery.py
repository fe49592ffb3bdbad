"""A process that forks others which use one workspace at once, or are killed while they save.

It imports once, so that each of a hundred children starts in milliseconds. Run as a script with
the name of a function below and a folder; it ends with exit code 0 where all was as promised,
and writes what it counted.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from funding.errors import ChangedElsewhere
from funding.scenario import parse
from funding.store import ListedScenario, Place, SavedApplications, Store
from tests.store.support import opened, toml

KILLS = 100


def forked(task: Callable[[int], None]) -> tuple[int, int]:
    """Start a child that does a task and ends: its id, and the pipe from it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    code = 1
    try:
        os.close(reader)
        task(writer)
        code = 0
    finally:
        os._exit(code)


def said(reader: int, first: str = "") -> list[str]:
    """All whole lines that a child wrote until it ended; ``first`` was read of them already."""
    with open(reader, encoding="utf-8") as stream:
        *lines, _ = f"{first}{stream.read()}".split("\n")
    return lines


# Killed while it saves.


def save_on(folder: Path, start: int, confirm: int) -> None:
    """Save without end, and tell of each thing that was saved once it is confirmed."""
    store = opened(folder)
    number, version, place_version = start, 0, 0
    while True:
        number += 1
        version = store.save_scenario(f"S{start}", toml(number), expected_version=version)
        os.write(confirm, f"scenario {start} {version} {number}\n".encode())
        key = store.save_applications(applications(number), name=f"{number}")
        os.write(confirm, f"applications {number} {key}\n".encode())
        place = Place(applications=key, scenarios=(ListedScenario("S", toml(number)),))
        place_version = store.save_place(f"W{start}", place, expected_version=place_version)
        os.write(confirm, f"place {start} {place_version} {number}\n".encode())


def applications(number: int) -> SavedApplications:
    """A file that is large enough to fill several pages of the database."""
    data = random.Random(number).randbytes(20_000)
    return SavedApplications((("plans.xlsx", data),), (), edits=number)


def kept(store: Store, line: str) -> bool:
    """Whether the workspace holds what was confirmed."""
    kind, *parts = line.split(" ")
    if kind == "scenario":
        start, version, number = parts
        return store.load_scenario(f"S{start}", int(version)).toml == toml(int(number))
    if kind == "applications":
        return store.load_applications(parts[1]) == applications(int(parts[0]))
    return kept_place(store, f"W{parts[0]}", int(parts[1]), int(parts[2]))


def kept_place(store: Store, window: str, version: int, number: int) -> bool:
    """Whether a place was saved at least as often as was confirmed, and is whole."""
    place = store.load_place(window)
    if place is None or place.version < version:
        return False
    assert place.place.applications is not None
    store.load_applications(place.place.applications)  # whole, or it raises
    # A later one may have been written and not confirmed any more.
    return place.version > version or place.place.scenarios[0].toml == toml(number)


def sound(folder: Path) -> bool:
    """Whether the database is in order, to its last page and reference."""
    with contextlib.closing(sqlite3.connect(folder / "workspace.db")) as connection:
        whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return whole and connection.execute("PRAGMA foreign_key_check").fetchall() == []


def killed(folder: Path) -> int:
    """Kill a hundred children at random moments, three of four once they have saved something and
    the others maybe while they open; how much was confirmed. All of it is kept."""
    moments = random.Random(2026)
    confirmed: list[str] = []
    for turn in range(KILLS):
        child, reader = forked(partial(save_on, folder, turn * 10_000))
        first = ""
        while first.count("\n") < moments.randint(1, 6) and turn % 4:
            first += os.read(reader, 1000).decode()
        time.sleep(moments.uniform(0.0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = said(reader, first)
        store = opened(folder)
        assert store.notices == (), store.notices
        assert all(kept(store, line) for line in lines), f"kill {turn}"
        store.close()
        assert sound(folder), f"kill {turn}"
        confirmed += lines
    store = opened(folder)
    missing = [line for line in confirmed if not kept(store, line)]
    assert not missing, missing
    store.close()
    return len(confirmed)


# Several at once.


def add_marks(store: Store, who: str, times: int) -> int:
    """Add marks to what a scenario says of itself, one at a time, over whatever others save
    meanwhile; how often that had to be tried again."""
    conflicts = 0
    for number in range(times):
        while True:
            last = store.load_scenario("Marks")
            text = f"{parse(last.toml).description} {who}{number}"
            try:
                store.save_scenario("Marks", toml(description=text), expected_version=last.version)
                break
            except ChangedElsewhere:
                conflicts += 1
    return conflicts


def missing_marks(store: Store, whose: Sequence[str], times: int) -> set[str]:
    """The marks that are not there though each was confirmed."""
    last = store.load_scenario("Marks")
    marks = parse(last.toml).description.split()
    assert last.version == 1 + len(marks), last.version
    return {f"{who}{number}" for who in whose for number in range(times)} - {*marks}


def marked(folder: Path, times: int = 60) -> int:
    """Two processes add marks at once; how often one had to try again. None is lost."""
    store = opened(folder)
    store.save_scenario("Marks", toml())
    store.close()

    def add(who: str, pipe: int) -> None:
        os.write(pipe, f"{add_marks(opened(folder), who, times)}\n".encode())

    children = [forked(partial(add, who)) for who in "ab"]
    conflicts = sum(int(line) for _, reader in children for line in said(reader))
    assert all(os.waitpid(child, 0)[1] == 0 for child, _ in children)
    store = opened(folder)
    assert not missing_marks(store, "ab", times)
    store.close()
    return conflicts


def open_and_say(folder: Path, pipe: int) -> None:
    """Open the workspace, save something, and say what was noticed."""
    store = opened(folder)
    store.save_scenario(f"Of {os.getpid()}", toml())
    for notice in store.notices:
        os.write(pipe, f"{notice}\n".encode())


def opened_at_once(folder: Path) -> int:
    """Several processes open a workspace at once that is not there yet, then one that is
    damaged; how many of them found it damaged."""
    for damaged in (False, True):
        if damaged:
            for path in folder.glob("workspace.db*"):
                path.unlink()
            (folder / "workspace.db").write_bytes(b"no database" * 1000)
        children = [forked(partial(open_and_say, folder)) for _ in range(5)]
        notices = [line for _, reader in children for line in said(reader)]
        assert all(os.waitpid(child, 0)[1] == 0 for child, _ in children)
        store = opened(folder)
        assert len(store.scenarios()) == 5
        store.close()
    return len(notices)


if __name__ == "__main__":
    # Libraries have threads of their own, which is what the warning is about; they are idle.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    tasks = {task.__name__: task for task in (killed, marked, opened_at_once)}
    sys.stdout.write(f"{tasks[sys.argv[1]](Path(sys.argv[2]))}\n")
