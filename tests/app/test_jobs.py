"""Studies in a thread of their own: they can be stopped, go on, and lose nothing."""

from __future__ import annotations

import gc
import threading
from collections.abc import Hashable
from typing import Any

from funding.app.jobs import FAULT, Desk, Job
from funding.errors import UsageError

PATIENCE = 30.0  # seconds, on a busy machine


def items(count: int) -> dict[Hashable, int]:
    return {f"item {n}": n for n in range(count)}


class Gate:
    """A task that says when an item is begun, and waits at some until it may go on."""

    def __init__(self, *closed: int) -> None:
        self.closed = closed
        self.begun, self.opened = threading.Event(), threading.Event()
        self.seen: list[int] = []

    def __call__(self, common: int, item: int) -> int:
        self.seen.append(item)
        if item in self.closed:
            self.begun.set()
            assert self.opened.wait(PATIENCE)
        return item * common


def test_results_are_kept_by_key() -> None:
    found: dict[Hashable, int] = {}
    job = Job(Gate(), 10, items(3), found)
    job.start()
    job.wait()
    assert found == {"item 0": 0, "item 1": 10, "item 2": 20}
    assert (job.done, job.of, job.running, job.problem) == (3, 3, False, "")


def test_a_study_that_is_stopped_keeps_what_it_found_and_goes_on_from_there() -> None:
    gate, desk = Gate(1), Desk()
    job = desk.start("study", gate, 10, items(5))
    assert gate.begun.wait(PATIENCE)
    assert desk.busy
    assert desk.running("study") is job
    assert desk.running("another") is None
    assert job.done == 1
    job.stop()
    assert job.stopping
    gate.opened.set()
    job.wait()
    assert not desk.busy
    assert desk.found("study") == {"item 0": 0, "item 1": 10}
    desk.start("study", gate, 10, items(5)).wait()
    assert desk.found("study")["item 4"] == 40
    assert gate.seen == [0, 1, 2, 3, 4]  # none twice


def test_more_items_of_a_study_need_only_the_new_ones() -> None:
    gate, desk = Gate(), Desk()
    desk.start("study", gate, 1, items(2)).wait()
    job = desk.start("study", gate, 1, items(4))
    job.wait()
    assert gate.seen == [0, 1, 2, 3]
    assert (job.done, job.of) == (4, 4)


def failing(error: Exception) -> Any:
    def task(common: Any, item: int) -> int:
        if item:
            raise error
        return item

    return task


def test_an_error_is_told_and_what_was_found_stays() -> None:
    desk = Desk()
    desk.start("study", failing(UsageError("Too little memory.")), None, items(3)).wait()
    assert desk.problem("study") == "Too little memory."
    assert desk.problem("another") == ""
    assert desk.found("study") == {"item 0": 0}


def test_a_slip_of_ours_tells_no_text_of_its_error() -> None:
    desk = Desk()
    desk.start("study", failing(ValueError("Grenoble")), None, items(2)).wait()
    assert desk.problem("study") == FAULT


def test_a_session_that_ends_takes_its_study_along() -> None:
    gate, desk = Gate(0), Desk()
    job = desk.start("study", gate, 1, items(3))
    assert gate.begun.wait(PATIENCE)
    del desk
    gc.collect()
    assert job.stopping
    gate.opened.set()
    job.wait()
    assert gate.seen == [0]
