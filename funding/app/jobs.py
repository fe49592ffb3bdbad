"""Studies that run while the page is used: in a thread of their own, results kept as they come.

The thread knows no page and no session: it is handed plain data and adds to a dictionary. A page
looks at that from time to time; leaving it changes nothing. Nothing that was found is lost by
stopping, and the same study goes on from there.
"""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from funding import logs
from funding.errors import FundingError
from funding.runs import run

ENOUGH = 8  # items from which other processes are worth their start
FAULT = (
    "The study ended because of a fault in this tool. What was found before is kept. The log says "
    "where it happened, without any applicant's data."
)


class Job:
    """One task for many items, some of them done before.

    ``found`` maps the key of each item to its result; it grows while the job runs. ``task`` is a
    function of a module, as `funding.runs.run` takes it.
    """

    def __init__(
        self,
        task: Callable[[Any, Any], Any],
        common: Any,
        items: Mapping[Hashable, Any],
        found: dict[Hashable, Any],
    ) -> None:
        self.found, self.of = found, len(items)
        self.problem = ""  # why it ended before its end, in a sentence
        self._task, self._common = task, common
        self._keys = tuple(items)
        self._todo = {key: item for key, item in items.items() if key not in found}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end once an item that is in hand is done; returns at once."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._stop.is_set()

    @property
    def running(self) -> bool:
        """Whether it is at work."""
        return self._thread.is_alive()

    @property
    def done(self) -> int:
        """How many of its items have a result."""
        return sum(key in self.found for key in self._keys)

    def wait(self) -> None:
        """Until it has ended."""
        self._thread.join()

    def _work(self) -> None:
        keys = list(self._todo)
        try:
            with contextlib.closing(self._results()) as results:
                for at, result in results:
                    self.found[keys[at]] = result
                    if self.stopping:
                        break
        except FundingError as error:
            self.problem = str(error)
        except Exception as error:  # a slip of ours: the analyst gets a sentence
            logs.failure("study", error)
            self.problem = FAULT

    def _results(self) -> Any:
        items = list(self._todo.values())
        few = len(items) < ENOUGH
        workers = 1 if few else max(2, (os.cpu_count() or 2) - 1)  # one is left for the page
        return run(self._task, items, common=self._common, workers=workers)


class Desk:
    """The studies of one session: what each has found, and the one that is running, if any.

    A session that ends takes its desk along, and the study stops.
    """

    def __init__(self) -> None:
        self.job: Job | None = None
        self.name: Hashable = None  # of the study that the job is of
        self._found: dict[Hashable, dict[Hashable, Any]] = {}

    def found(self, name: Hashable) -> dict[Hashable, Any]:
        """What a study has found so far, by the keys of its items."""
        return self._found.setdefault(name, {})

    @property
    def busy(self) -> bool:
        """Whether a study is running."""
        return self.job is not None and self.job.running

    def running(self, name: Hashable) -> Job | None:
        """The job of a study while it runs."""
        return self.job if self.busy and self.name == name else None

    def problem(self, name: Hashable) -> str:
        """Why the last job of a study ended before its end."""
        return self.job.problem if self.job is not None and self.name == name else ""

    def start(
        self,
        name: Hashable,
        task: Callable[[Any, Any], Any],
        common: Any,
        items: Mapping[Hashable, Any],
    ) -> Job:
        """Let a study run, or go on; one at a time."""
        assert not self.busy  # pages offer it when nothing runs
        job = Job(task, common, items, self.found(name))
        self.job, self.name = job, name
        weakref.finalize(self, job.stop)
        job.start()
        return job
