"""Seconds and peak memory of a piece of work, in a process of its own, and on which machine."""

from __future__ import annotations

import multiprocessing
import os
import platform
import time
from collections.abc import Callable
from importlib import metadata, util
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

TIME_LIMIT = 300.0  # seconds for one solve, whoever solves
PATIENCE = 900.0  # seconds for one process: not every solver looks at its clock all the time
ROUNDS, ROUNDS_WITHIN = 5, 2.0  # so many times, but none more after so many seconds
MIB = 1024  # KiB
SOLVERS = ("highspy", "pulp", "clarabel", "scipy", "numpy", "cbcbox", "linopy")


def apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """What some work returns in a new process, so that its memory is its own.

    None where the process has not answered after `PATIENCE`, and is ended, or where it was ended
    from outside, as a system does that is out of memory. Raises what the work raises.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_answer, args=(theirs, work, args, kwargs))
    process.start()
    theirs.close()  # so that the pipe ends with the process
    try:
        answer = ours.recv() if ours.poll(PATIENCE) else None
    except EOFError:
        answer = None
    finally:
        process.kill()  # it has said what it has to say
        process.join()
        ours.close()
    if isinstance(answer, Exception):
        raise answer
    return cast(T | None, answer)


def _answer(pipe: Connection, work: Callable[..., Any], args: Any, kwargs: Any) -> None:
    try:
        pipe.send(work(*args, **kwargs))
    except Exception as error:
        pipe.send(error)


def rounds(work: Callable[[], T], seconds: Callable[[T], float]) -> T:
    """The round whose time is the median; a single one where it takes long."""
    found: list[T] = []
    start = time.perf_counter()
    while len(found) < ROUNDS and (not found or time.perf_counter() - start < ROUNDS_WITHIN):
        found.append(work())
    return sorted(found, key=seconds)[(len(found) - 1) // 2]


def peak(pid: int | str = "self") -> int | None:
    """The most memory that a process had since `forget` [MiB]; None where no system tells.

    Solvers take their memory outside Python, so only the process as a whole counts. (Not
    ``getrusage``: its peak is inherited from the process that started this one.)
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return None
    parts = status.split("VmHWM:")
    return int(parts[1].split()[0]) // MIB if len(parts) > 1 else None


def forget() -> None:
    """Start the peak of this process anew, at what it has now."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5", encoding="ascii")


def mib(peaked: int | None) -> str:
    """Memory as it is printed."""
    return "not known" if peaked is None else f"{peaked:,} MiB"


def missing(package: str) -> bool:
    """Whether a package that only benchmarks use is not installed."""
    return util.find_spec(package) is None


def machine() -> str:
    """The machine and the versions that figures belong to."""
    model = platform.processor() or platform.machine()
    try:
        about = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        model = about.split("model name")[1].split(":")[1].split("\n")[0].strip()
        memory = int(Path("/proc/meminfo").read_text(encoding="utf-8").split()[1]) / MIB / MIB
        model += f", {memory:.0f} GiB"
    except (OSError, IndexError):
        pass  # only Linux tells more
    versions = ", ".join(f"{name} {_version(name)}" for name in SOLVERS)
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors: {model}; "
        f"Python {platform.python_version()}, {versions}"
    )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
