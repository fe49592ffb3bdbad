"""Whether a test failed, as its fixtures can ask: they keep then what shows why."""

from __future__ import annotations

import pytest

FAILED = pytest.StashKey[bool]()


def failed(item: pytest.Item) -> bool:
    """Whether a test that has run failed."""
    return item.stash.get(FAILED, False)
