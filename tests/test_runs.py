"""The same task for many items: in processes and on a cluster, whatever ends on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import SimpleQueue

import dask
import pytest
from distributed import LocalCluster

from funding import runs
from funding.errors import FundingError, SolverStopped, UsageError
from funding.runs import run
from tests import run_tasks

ITEMS = list(range(12))
SQUARES = {n: 100 + n * n for n in ITEMS}


@contextmanager
def local_cluster(workers: int, *, processes: bool = True) -> Iterator[str]:
    """A Dask cluster of this machine, without a dashboard; the address of its scheduler."""
    made = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=workers,
        threads_per_worker=1,
        processes=processes,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    )
    with made:
        yield made.scheduler_address


@pytest.fixture(autouse=True)
def _busy_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that runs many tests at once starts workers slowly."""
    monkeypatch.setattr(runs, "ANSWER", 120)
    monkeypatch.setattr(runs, "PATIENCE", 600)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A Dask cluster of two worker processes on this machine."""
    with local_cluster(2) as address:
        yield address


@pytest.fixture(params=["here", "processes", "cluster"])
def where(request: pytest.FixtureRequest) -> dict[str, object]:
    if request.param == "cluster":
        return {"scheduler": request.getfixturevalue("cluster")}
    return {"workers": 1 if request.param == "here" else 2}


@pytest.fixture(params=["processes", "cluster"])
def apart(request: pytest.FixtureRequest) -> dict[str, object]:
    """Where a process can end without this one."""
    if request.param == "cluster":
        return {"scheduler": request.getfixturevalue("cluster")}
    return {"workers": 2}


def test_every_item_has_its_result(where: dict[str, object]) -> None:
    found = list(run(run_tasks.square_from, ITEMS, common=100, **where))  # type: ignore[arg-type]
    assert len(found) == len(ITEMS)
    assert dict(found) == SQUARES


def test_nothing_to_do(where: dict[str, object]) -> None:
    assert list(run(run_tasks.square_from, [], common=100, **where)) == []  # type: ignore[arg-type]


def test_what_the_task_raises_is_raised(where: dict[str, object]) -> None:
    with pytest.raises(ZeroDivisionError):
        list(run(run_tasks.divide, [1, 0, 2], common=1, **where))  # type: ignore[arg-type]


def test_what_is_common_is_sent_once_to_each_process(apart: dict[str, object]) -> None:
    """It says in which process it was unpickled; the items tell of two processes at most."""
    found = list(run(run_tasks.unpickled, ITEMS, common=run_tasks.Counted(), **apart))  # type: ignore[arg-type]
    times = {}
    for _, (process, count) in found:
        times[process] = count
        assert process != os.getpid()
    assert set(times.values()) <= {1, 2}  # on a cluster the one that makes it unpickles it twice


def test_a_killed_process_loses_nothing(apart: dict[str, object], tmp_path: Path) -> None:
    """The process that has item 5 kills itself the first time."""
    common = (tmp_path / "killed", 5, 1)
    found = list(run(run_tasks.square_unless_killed, ITEMS, common=common, **apart))  # type: ignore[arg-type]
    assert sorted(found) == [(n, n * n) for n in ITEMS]
    assert (tmp_path / "killed").read_text() == "x"


def test_an_item_that_always_ends_its_process_is_named(tmp_path: Path) -> None:
    common = (tmp_path / "killed", 5, 100)
    with pytest.raises(SolverStopped, match=r"Part 6 of 12 was given up"):
        list(run(run_tasks.square_unless_killed, ITEMS, common=common, workers=2))
    assert (tmp_path / "killed").read_text(encoding="utf-8") == "xxx"


def test_an_item_that_always_ends_its_worker_is_named(tmp_path: Path) -> None:
    """A scheduler that allows one failure suspects it, and what was beside it, at the second worker
    that ends; alone it ends two more."""
    common = (tmp_path / "killed", 5, 100)
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        local_cluster(4) as address,
        pytest.raises(SolverStopped, match=r"Part 6 of 12 was given up"),
    ):
        list(run(run_tasks.square_unless_killed, ITEMS, common=common, scheduler=address))
    assert (tmp_path / "killed").read_text(encoding="utf-8") == "xxxx"


def test_a_cluster_whose_workers_are_gone_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "PATIENCE", 0.2)
    monkeypatch.setattr(runs, "LOOK", 0.1)
    looked = list[int]()

    class Alone:
        """A client of a cluster that has one worker when first looked at, then none."""

        def nthreads(self) -> dict[str, int]:
            looked.append(1)
            return {"tcp://10.0.0.6:4000": 1} if len(looked) == 1 else {}

    with pytest.raises(SolverStopped, match="has had no worker for"):
        runs._next_done(Alone(), SimpleQueue(), "tcp://10.0.0.5:8786")  # type: ignore[arg-type]
    assert len(looked) == 3


def test_no_other_item_is_blamed(tmp_path: Path) -> None:
    """Item 3 ends its process twice, and what was in hand beside it once: all are done."""
    common = (tmp_path / "killed", 3, 2)
    found = list(run(run_tasks.square_unless_killed, ITEMS, common=common, workers=2))
    assert sorted(found) == [(n, n * n) for n in ITEMS]
    assert (tmp_path / "killed").read_text(encoding="utf-8") == "xx"


def test_closing_stops_what_has_not_begun(apart: dict[str, object], tmp_path: Path) -> None:
    with closing(run(run_tasks.mark, range(400), common=tmp_path, **apart)) as results:  # type: ignore[arg-type]
        next(results)
    assert len(list(tmp_path.iterdir())) < 400


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_no_process_is_left(ending: signal.Signals, tmp_path: Path) -> None:
    """Neither when Ctrl-C ends the study, as a terminal sends it to all processes, nor when the
    study itself is killed."""
    script = "from tests.run_tasks import long_study; long_study()"
    study = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    _until(lambda: len(list(tmp_path.iterdir())) == 2)
    workers = [int(path.name) for path in tmp_path.iterdir()]
    if ending is signal.SIGINT:
        os.killpg(study.pid, ending)
    else:
        os.kill(study.pid, ending)
    _, said = study.communicate(timeout=30)
    _until(lambda: not any(map(_lives, workers)))
    if ending is signal.SIGINT:
        assert said.rstrip().endswith("KeyboardInterrupt")
        assert said.count("Traceback") == 1  # of the study, and of none of its processes


def _until(holds: object) -> None:
    deadline = time.monotonic() + 30
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return (
        not state.exists() or state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    )


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "tcp://", "what://127.0.0.1"])
def test_an_address_that_does_not_answer(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "ANSWER", 0.5)
    with pytest.raises(UsageError, match="No Dask scheduler answers at"):
        list(run(run_tasks.square_from, ITEMS, common=1, scheduler=address))


def test_a_cluster_without_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "ANSWER", 1)
    with local_cluster(0) as address, pytest.raises(UsageError, match="has no worker"):
        list(run(run_tasks.square_from, ITEMS, common=1, scheduler=address))


def test_a_worker_with_another_solver_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_versions", lambda: {"highspy": "0.9"})
    with pytest.raises(UsageError, match=r"has highspy \d.*, this machine 0\.9"):
        runs._refuse_others(_Workers())  # type: ignore[arg-type]


class _Workers:
    """A client of a cluster with one worker."""

    def run(self, _: object) -> dict[str, dict[str, str]]:
        return {"tcp://10.0.0.6:4000": {"highspy": "1.16.0"}}


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(FundingError, match=r'pip install "city-funding\[cluster\]"') as error:
        list(run(run_tasks.square_from, ITEMS, common=1, scheduler="tcp://127.0.0.1:1"))
    assert error.value.exit_code == 2


def test_a_cluster_that_is_lost(tmp_path: Path) -> None:
    with local_cluster(1) as address:
        results = run(run_tasks.mark, range(400), common=tmp_path, scheduler=address)
        next(results)
    with pytest.raises(SolverStopped, match=f"The cluster at {address} was lost"):
        list(results)
