"""A window's place: closing the browser or restarting the server leads back to it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.errors import ChangedElsewhere, WorkspaceError
from funding.store import Adopted, ListedScenario, Place, Store, new_window
from funding.store.place import MOST
from tests.store.support import opened, toml

TEXTS = st.text(st.characters(codec="utf-8"), max_size=15)
TIMES = st.datetimes(timezones=st.just(dt.UTC))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
PLACES = st.builds(
    Place,
    st.none() | TEXTS,
    st.lists(TEXTS, max_size=3).map(tuple),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple),
    st.lists(
        st.builds(
            ListedScenario, TEXTS, TEXTS, st.none() | TEXTS, st.none() | TEXTS, st.integers(0, 9)
        ),
        max_size=3,
    ).map(tuple),
    TEXTS,
    TEXTS,
    st.lists(TEXTS, max_size=3).map(tuple),
    st.none() | st.builds(Adopted, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TIMES, TEXTS),
    TEXTS,
    st.dictionaries(TEXTS, JSON, max_size=3),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A workspace of its own."""
    store = opened(tmp_path)
    yield store
    store.close()


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One workspace for all examples."""
    store = opened(tmp_path_factory.mktemp("places"))
    yield store
    store.close()


@given(PLACES)
def test_any_place_comes_back(everything: Store, place: Place) -> None:
    window = new_window()
    assert everything.save_place(window, place, expected_version=0) == 1
    saved = everything.load_place(window)
    assert saved is not None
    assert saved.place == place


def test_a_restart_leads_back_to_the_same_place(tmp_path: Path) -> None:
    store = opened(tmp_path)
    place = Place(
        applications="a1",
        scenarios=(
            ListedScenario("Base", toml(), version=3),
            ListedScenario("Base (copy)", toml(), draft='name = "unusable"', parent="Base"),
        ),
        current="Base (copy)",
        reference="Base",
        others=("Base (copy)",),
        page="compare",
    )
    window = new_window()
    version = store.save_place(window, Place(), expected_version=0, author="Ann")
    version = store.save_place(window, place, expected_version=version, author="Ann")
    store.close()
    store = opened(tmp_path)
    (saved,) = store.places("Ann")
    assert (saved.window, saved.version, saved.author) == (window, version, "Ann")
    assert saved.place == place
    assert saved.time.utcoffset() == dt.timedelta()
    assert store.load_place(window) == saved
    assert store.load_place(new_window()) is None
    store.close()


def test_places_are_listed_the_latest_first_and_by_author(store: Store) -> None:
    windows = [new_window() for _ in range(MOST + 2)]
    for number, window in enumerate(windows):
        author = "Ben" if number == 1 else "Ann"
        store.save_place(window, Place(page=f"{number}"), expected_version=0, author=author)
    store.save_place(windows[0], Place(page="again"), expected_version=1, author="Ann")
    pages = [saved.place.page for saved in store.places()]
    assert pages == ["again", *(f"{number}" for number in range(MOST + 1, 2, -1))]
    assert [saved.place.page for saved in store.places("Ben")] == ["1"]
    assert store.places("Nobody") == []


def test_a_tab_that_was_duplicated_does_not_overwrite_the_other(store: Store) -> None:
    window = new_window()
    store.save_place(window, Place(page="one"), expected_version=0)
    store.save_place(window, Place(page="two"), expected_version=1, author="Ben")
    for expected in (0, 1):
        with pytest.raises(ChangedElsewhere, match="open in two windows") as caught:
            store.save_place(window, Place(page="mine"), expected_version=expected)
        assert (caught.value.version, caught.value.author) == (2, "Ben")
    saved = store.load_place(window)
    assert saved is not None
    assert saved.place.page == "two"
    assert store.save_place(new_window(), Place(page="mine"), expected_version=0) == 1


def test_a_place_that_is_gone_is_told(store: Store) -> None:
    with pytest.raises(WorkspaceError, match="no longer in the workspace"):
        store.save_place(new_window(), Place(), expected_version=3)


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"format": 1, "others": 3}', b"\xff"])
def test_a_damaged_place_is_told(store: Store, tmp_path: Path, data: bytes) -> None:
    store.save_place("w", Place(), expected_version=0)
    with closing(sqlite3.connect(tmp_path / "workspace.db")) as connection, connection:
        connection.execute("UPDATE place SET data = ?", [data])
    with pytest.raises(WorkspaceError, match="is damaged in the workspace"):
        store.load_place("w")


def test_a_place_of_a_newer_format_is_refused(store: Store, tmp_path: Path) -> None:
    store.save_place("w", Place(), expected_version=0)
    with closing(sqlite3.connect(tmp_path / "workspace.db")) as connection, connection:
        connection.execute("UPDATE place SET data = ?", [b'{"format": 2}'])
    with pytest.raises(WorkspaceError, match="in format 2"):
        store.load_place("w")
    store.save_place("v", Place(page="mine"), expected_version=0)
    assert [saved.window for saved in store.places()] == ["v"]  # it bars nobody from the others
