"""Allocations for the screen: made once for the same inputs, at once or when they are asked for."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import streamlit as st

from funding.app.kept import content, kept
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.errors import Conflict, FundingError, NoAllocation, SolverStopped
from funding.scenario import Scenario

QUICK = 3.0  # seconds; where the last allocation took longer, the next one waits to be asked for
_KIND = "allocations"


@dataclass(frozen=True)
class Made:
    """A scenario's allocation; ``name`` is the scenario's in the list, here as below."""

    name: str
    allocation: Allocation


@dataclass(frozen=True)
class Failed:
    """Why a scenario has no allocation, in sentences.

    ``stopped``: another attempt may succeed. ``conflict`` holds the rules that contradict each
    other, where they do and were found.
    """

    name: str
    problem: str
    stopped: bool = False
    conflict: Conflict | None = None


@dataclass(frozen=True)
class Stale:
    """A scenario whose inputs changed since it was allocated, or that never was.

    ``earlier`` is its last allocation, older than its inputs: to be looked at, not handed on.
    ``seconds`` is what the last allocation of these applications took.
    """

    name: str
    earlier: Made | None
    seconds: float


@dataclass
class _Latest:
    """What this session last allocated of one call: how long it took, and the results by name."""

    seconds: float = 0.0
    made: dict[str, Made] = field(default_factory=dict)


def result(name: str, applications: Applications, scenario: Scenario) -> Made | Failed:
    """The result for these very inputs, found now where it is not known: an older one cannot
    come back."""
    known_one = known(name, applications, scenario)
    if known_one is not None:
        return known_one
    with st.spinner("Allocating …", show_time=True):
        found, seconds = _found(applications, scenario)
    latest = _latest(applications)
    latest.seconds = seconds
    kept(_KIND).put(content(applications, scenario), found)
    return _shown(name, applications, found)


def known(name: str, applications: Applications, scenario: Scenario) -> Made | Failed | None:
    """The result for these very inputs where it was found before; nothing is solved."""
    found = kept(_KIND).get(content(applications, scenario))
    return None if found is None else _shown(name, applications, found)


def at_hand(name: str, applications: Applications, scenario: Scenario) -> Made | Failed | Stale:
    """The result for these inputs; where it is not known and the last one of these applications
    took more than `QUICK` seconds, only what there was before."""
    found = known(name, applications, scenario)
    latest = _latest(applications)
    if found is None and latest.seconds > QUICK:
        return Stale(name, latest.made.get(name), latest.seconds)
    return found or result(name, applications, scenario)


def try_again() -> None:
    """Forget that solvers were stopped, so that they start anew."""
    kept(_KIND).forget(lambda found: isinstance(found, SolverStopped))


def _found(
    applications: Applications, scenario: Scenario
) -> tuple[Allocation | FundingError, float]:
    start = time.perf_counter()
    found: Allocation | FundingError
    try:
        found = allocate(applications, scenario)
    except (NoAllocation, SolverStopped) as error:  # kept too, or each click would wait again
        found = error
    return found, time.perf_counter() - start


def _shown(
    name: str, applications: Applications, found: Allocation | FundingError
) -> Made | Failed:
    if isinstance(found, Allocation):
        made = Made(name, found)
        _latest(applications).made[name] = made
        return made
    conflict = found.conflict if isinstance(found, NoAllocation) else None
    return Failed(name, str(found), isinstance(found, SolverStopped), conflict)


def _latest(applications: Applications) -> _Latest:
    """The latest of this session for one call: another call's result says nothing of this one."""
    call = applications.call
    all_calls: dict[tuple[str, str], _Latest] = st.session_state.setdefault("latest results", {})
    return all_calls.setdefault((call.fund, call.reference), _Latest())
