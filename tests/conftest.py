"""What all tests share: the tools that some of them need, and how hypothesis searches."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import settings

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# mark → what is needed, and the names that it may have
TOOLS = {
    "needs_browser": ("Chromium", ("chromium", "chromium-browser", "google-chrome", "chrome")),
    "needs_office": ("LibreOffice", ("soffice", "libreoffice")),
    "needs_writer": ("LibreOffice Writer", ("lowriter",)),
}

# No deadline: a busy machine is no fault. In CI the same examples each time.
settings.register_profile("funding", deadline=None, derandomize=IN_CI)
settings.load_profile("funding")


def tool(mark: str) -> str | None:
    """The path of the program that tests with this mark run; None where it is missing."""
    return next(filter(None, map(shutil.which, TOOLS[mark][1])), None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test whose program is missing is skipped, with the reason; in CI it fails."""
    for mark, (name, _) in TOOLS.items():
        if item.get_closest_marker(mark) is None or tool(mark) is not None:
            continue
        if IN_CI:
            pytest.fail(f"{name} is missing, and CI may skip no test", pytrace=False)
        pytest.skip(f"{name} is not installed")


@pytest.fixture
def chromium() -> str:
    """The path of Chromium, for tests marked ``needs_browser``."""
    path = tool("needs_browser")
    assert path is not None, "mark the test with needs_browser"
    return path


@pytest.fixture
def soffice() -> str:
    """The path of LibreOffice, for tests marked ``needs_office``."""
    path = tool("needs_office")
    assert path is not None, "mark the test with needs_office"
    return path


@pytest.fixture
def writer() -> str:
    """The path of LibreOffice Writer, for tests marked ``needs_writer``."""
    path = tool("needs_writer")
    assert path is not None, "mark the test with needs_writer"
    return path
