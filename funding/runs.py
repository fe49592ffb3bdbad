"""Studies solve many funds: the same task for many items, on all processors or on a cluster.

The work is shared by a pool of processes of this machine, or by the workers of a Dask cluster. Each
item is looked at by itself, so that neither where it is done nor
the order in which results come back changes anything. What all items have in common is sent once
to each process.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
import zlib
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from importlib import metadata
from multiprocessing.context import SpawnContext, SpawnProcess
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from funding.errors import SolverStopped, UsageError

if TYPE_CHECKING:
    from distributed import Client

Result = TypeVar("Result")
Task = Callable[[Any, Any], Result]
Results = Generator[tuple[int, Result], None, None]

TRIES = 3  # of an item whose process ends without an answer
ANSWER = 10  # seconds in which a cluster has to answer, and to have a worker
PATIENCE, LOOK = 60, 5  # seconds without any worker, looked at so often, until it is given up
# What decides on awards: the same here and on every worker of a cluster.
PACKAGES = ("city-funding", "pulp", "highspy", "clarabel")


def run(
    task: Task[Result],
    items: Sequence[Any],
    *,
    common: Any = None,
    workers: int | None = None,
    scheduler: str | None = None,
) -> Results[Result]:
    """Apply ``task(common, item)`` to every item: its position and its result, as they finish.

    ``task`` is a function of a module; it, ``common``, items and results can be pickled.
    ``workers`` is how many processes of this machine share the work, by default one for each
    processor; 1: this process, in order. ``scheduler`` is the address of a Dask cluster, such as
    ``tcp://10.0.0.5:8786``, which does the work instead.

    What a process had in hand that is killed is done again. Closing the generator stops what is
    not finished; use `contextlib.closing` where an error may leave the loop. What the task raises
    is raised here. Raises SolverStopped where an item ends its process again and again, UsageError
    where there is no cluster to work on.
    """
    if scheduler is not None:
        return _on_cluster(task, items, common, scheduler)
    count = min(workers or os.cpu_count() or 1, len(items))
    if count <= 1:
        return ((at, task(common, item)) for at, item in enumerate(items))
    return _in_processes(task, items, common, count)


def _in_processes(
    task: Task[Result], items: Sequence[Any], common: Any, workers: int
) -> Results[Result]:
    fresh, again = deque(range(len(items))), deque[int]()
    ended = Counter[int]()  # item → how often its process ended while it was in hand
    while fresh or again:
        with _pool(workers, task, common) as pool:
            running: dict[Future[Result], int] = {}
            while fresh or again or running:
                try:
                    _hand_out(pool, items, fresh, again, running, workers)
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        result = future.result()
                        yield running.pop(future), result
                except BrokenProcessPool:
                    again.extend(sorted(running.values()))
                    ended.update(running.values())
                    _refuse_endless(ended, len(items))
                    break


def _hand_out(
    pool: Executor,
    items: Sequence[Any],
    fresh: deque[int],
    again: deque[int],
    running: dict[Future[Result], int],
    workers: int,
) -> None:
    """Give the pool an item for each process, and one to go on with.

    What was in hand when a process ended is done alone, so that it is known which item ends its
    process, and no other is counted with it.
    """
    while again or fresh:
        if len(running) >= (1 if again else workers + 1):
            return
        source = again or fresh
        with _unheard():
            running[pool.submit(_one, items[source[0]])] = source[0]
        source.popleft()


def _refuse_endless(ended: Counter[int], of: int) -> None:
    """Raise SolverStopped where an item has ended its process too often."""
    for at, times in ended.items():
        if times >= TRIES:
            raise SolverStopped(
                f"Part {at + 1:,} of {of:,} was given up: the process that worked on it ended "
                f"{times} times, perhaps for want of memory. Close other programs, or let fewer "
                "processes share the work (--workers)."
            )


class _Spawning(SpawnContext):
    """Starts processes afresh, so that no lock of this process is copied while another thread
    holds it; knows which it started."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[SpawnProcess] = []

    def Process(self, *args: Any, **options: Any) -> SpawnProcess:  # type: ignore[override]
        process = SpawnProcess(*args, **options)
        self.started.append(process)
        return process


@contextlib.contextmanager
def _pool(workers: int, task: Task[Any], common: Any) -> Iterator[Executor]:
    """Processes that share the work; none is left, whatever ends it."""
    context = _Spawning()
    pool = ProcessPoolExecutor(workers, context, _start, (task, common))
    try:
        yield pool
    except BaseException:
        for process in context.started:
            if process.pid is not None:
                process.terminate()
        raise
    finally:
        pool.shutdown()


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Processes that are started here never hear Ctrl-C, which goes to all of a terminal: it is
    for this process, which ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield  # Windows: they stop listening once they have started
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_work: list[tuple[Task[Any], Any]] = []  # of a process that shares the work


def _start(task: Task[Any], common: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work[:] = [(task, common)]


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _one(item: Any) -> Any:
    task, common = _work[0]
    return task(common, item)


def _on_cluster(
    task: Task[Result], items: Sequence[Any], common: Any, address: str
) -> Results[Result]:
    packed, doubtful = zlib.compress(pickle.dumps((task, common))), list[int]()
    with _client(address) as client:
        from distributed import KilledWorker  # which is there: there is a client

        for at, future in _done(client, packed, items, range(len(items)), address):
            try:
                result = _result(future, address)
            except KilledWorker:
                doubtful.append(at)
            else:
                yield at, result
        # A scheduler suspects all that its workers had in hand when they ended; done alone, it is
        # known which item ends them.
        for at in sorted(doubtful):
            ((_, future),) = _done(client, packed, items, [at], address)
            try:
                result = _result(future, address)
            except KilledWorker as error:
                raise SolverStopped(
                    f"Part {at + 1:,} of {len(items):,} was given up: the workers of the cluster "
                    "that took it ended, perhaps for want of memory. Give the workers more."
                ) from error
            yield at, result


def _done(
    client: Client, packed: bytes, items: Sequence[Any], chosen: Sequence[int], address: str
) -> Iterator[tuple[int, Any]]:
    """The futures of chosen items, by position, as they are done.

    Not by the library's own executor: where a worker ends between the end of an item and the
    handing over of its result, that may leave its future unfinished for ever.
    """
    # The result of a task: fetched once by each worker, and made again where it is lost.
    shared = client.submit(_kept, packed, pure=False)
    running = {}
    done: SimpleQueue[Any] = SimpleQueue()
    for at in chosen:
        future = client.submit(_apply, shared, items[at], pure=False)
        running[future.key] = at
        future.add_done_callback(done.put)  # type: ignore[no-untyped-call]
    while running:
        future = _next_done(client, done, address)
        yield running.pop(future.key), future


def _next_done(client: Client, done: SimpleQueue[Any], address: str) -> Any:
    """The next future that is done. Raises SolverStopped where no worker is left to do one."""
    alone = 0.0
    while True:
        try:
            return done.get(timeout=LOOK)
        except Empty:
            alone = 0.0 if _workers(client, address) else alone + LOOK
            if alone >= PATIENCE:
                raise SolverStopped(
                    f"The cluster at {address} has had no worker for {PATIENCE} seconds. Start "
                    f"one with: dask worker {address}"
                ) from None


def _workers(client: Client, address: str) -> int:
    """How many workers a cluster has now."""
    try:
        return len(client.nthreads())  # type: ignore[no-untyped-call]
    except OSError as error:
        raise _lost(address) from error


def _lost(address: str) -> SolverStopped:
    return SolverStopped(f"The cluster at {address} was lost before all was done.")


def _kept(packed: bytes) -> tuple[Task[Any], Any]:
    task, common = pickle.loads(zlib.decompress(packed))  # noqa: S301 (what this tool has packed)
    return task, common


def _apply(shared: tuple[Task[Result], Any], item: Any) -> Result:
    task, common = shared
    return task(common, item)


def _result(future: Any, address: str) -> Any:
    """What an item came to. Raises SolverStopped where the cluster is gone."""
    try:
        return future.result()
    except CancelledError as error:
        raise _lost(address) from error


@contextlib.contextmanager
def _client(address: str) -> Iterator[Client]:
    """The cluster at an address, with a worker at least and the packages of this machine."""
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "A cluster needs a library that is not installed: "
            'pip install "city-funding[cluster]". Without --scheduler this machine does the work.'
        ) from error
    try:
        client = Client(address, timeout=ANSWER, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise UsageError(
            f"No Dask scheduler answers at {address}; expected an address such as "
            "tcp://10.0.0.5:8786, of a scheduler that is running."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=ANSWER)
        except TimeoutError as error:
            raise UsageError(
                f"The cluster at {address} has no worker. Start one with: dask worker {address}"
            ) from error
        _refuse_others(client)
        yield client


def _refuse_others(client: Client) -> None:
    """Refuse workers with other packages than here: they could give other awards."""
    here = _versions()
    for worker, there in client.run(_versions).items():
        for package, version in here.items():
            if there[package] != version:
                raise UsageError(
                    f"The worker {worker} has {package} {there[package]}, this machine {version}. "
                    "Install the same version on both, so that the awards are the same."
                )


@cache
def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "(none)"
    return found
