"""The workspace that everybody on this machine saves in; without one, the workbench runs on."""

from __future__ import annotations

import streamlit as st

from funding import logs
from funding.applications import Applications
from funding.awards import Allocation
from funding.errors import FundingError
from funding.scenario import Scenario
from funding.store import Store
from funding.store.opening import default_url


def opened() -> Store | FundingError:
    """The workspace, opened once a process; or why it cannot be."""
    return _opened(default_url())


def _release(made: Store | FundingError) -> None:
    """Close the connections of a workspace that is let go; one in use opens them anew."""
    if isinstance(made, Store):
        made.close()


@st.cache_resource(max_entries=4, show_spinner=False, on_release=_release)
def _opened(url: str) -> Store | FundingError:
    try:
        return Store.open(url)
    except FundingError as error:
        logs.failure("workspace", error)
        return error


def close_all() -> None:
    """Close every workspace; the next use opens one anew, and what kept it closed may be mended."""
    _opened.clear()


def allocation_kept(applications: Applications, scenario: Scenario) -> Allocation | None:
    """The allocation of these very inputs that was saved, checked again; None: there is none."""
    store = opened()
    if isinstance(store, FundingError):
        return None
    try:
        return store.load_allocation(applications, scenario)
    except FundingError as error:  # it is solved anew then
        logs.failure("workspace allocation", error)
        return None


def keep_allocation(allocation: Allocation, name: str) -> str:
    """Save an allocation, once; its key, empty where it cannot be saved."""
    store = opened()
    if isinstance(store, FundingError):
        return ""
    keys = _keys(store.where)
    inputs = (allocation.applications.digest, allocation.scenario.digest)
    if inputs not in keys:
        try:
            keys[inputs] = store.save_allocation(allocation, name=name)
        except FundingError as error:
            logs.failure("workspace allocation", error)
            return ""
    return keys[inputs]


@st.cache_resource(max_entries=4, show_spinner=False)
def _keys(where: str) -> dict[tuple[str, str], str]:
    """Digests of applications and scenario → the key of the allocation that was saved of them."""
    return {}
