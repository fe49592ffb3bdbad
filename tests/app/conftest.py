"""Every test of the workbench has a workspace and a log of its own, never the user's."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from funding import logs
from funding.app import workspace
from tests.app.failing import FAILED


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The user's folders are temporary ones, in servers that a test starts too."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("FUNDING_DATABASE_URL", f"sqlite:///{tmp_path / 'data' / 'workspace.db'}")
    logs.stop()
    yield
    workspace.close_all()
    logs.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fixtures can ask whether their test failed, to keep what shows why."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
