"""Several processes and threads use one workspace at once, and some are killed while they save."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.store.nursery import add_marks, missing_marks
from tests.store.support import opened, toml

ROOT = Path(__file__).resolve().parent.parent.parent
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system starts processes slowly")


def nursery(task: str, folder: Path) -> int:
    """What a task of the nursery counted; its failures are ours."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.nursery", task, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@FORKS
def test_a_hundred_kills_while_saving_lose_nothing_that_was_confirmed(tmp_path: Path) -> None:
    assert nursery("killed", tmp_path) >= 75  # it is no test where nothing was saved


@FORKS
def test_two_processes_that_read_and_write_at_once_lose_nothing(tmp_path: Path) -> None:
    assert nursery("marked", tmp_path) > 0  # they were in each other's way


@FORKS
def test_processes_that_open_at_once_make_one_workspace_and_set_aside_one(tmp_path: Path) -> None:
    assert nursery("opened_at_once", tmp_path) == 1
    assert len(list(tmp_path.glob("workspace.damaged-*.db"))) == 1


def test_threads_that_read_and_write_at_once_lose_nothing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save_scenario("Marks", toml())
    whose = "abcdefgh"
    with ThreadPoolExecutor(len(whose)) as pool:
        list(pool.map(lambda who: add_marks(store, who, 5), whose))
    assert missing_marks(store, whose, 5) == set()
    store.close()
