"""What took a while to find, kept by the content that it was found from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import streamlit as st

from funding.applications import Applications
from funding.scenario import Scenario

MOST = 32  # of each kind; the one that was not asked for longest goes first

Key = tuple[str, ...]


def content(applications: Applications, scenario: Scenario, *more: str) -> Key:
    """A key that holds the whole content, so that what it names can be shared by all users."""
    return (applications.digest, scenario.to_toml(), *more)


class Kept:
    """Results by key, for every session: an older one cannot come back under new inputs."""

    def __init__(self) -> None:
        self._found: OrderedDict[Key, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Any | None:
        """What is known under a key; None where nothing is."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: Key, found: Any) -> None:
        """Keep something; beyond `MOST` the oldest goes."""
        with self._lock:
            self._found[key] = found
            self._found.move_to_end(key)
            while len(self._found) > MOST:
                self._found.popitem(last=False)

    def forget(self, unwanted: Callable[[Any], bool]) -> None:
        """Let what is unwanted be found anew."""
        with self._lock:
            for key in [key for key, found in self._found.items() if unwanted(found)]:
                del self._found[key]


@st.cache_resource
def kept(kind: str) -> Kept:
    """The results of one kind; shared by all sessions of this server."""
    return Kept()
