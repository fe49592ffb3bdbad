"""Named scenarios: every version is kept, and two windows never overwrite each other silently."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from funding.errors import ChangedElsewhere, ScenarioError, UsageError
from funding.scenario import parse
from funding.store import Store
from funding.store.tables import NAME
from tests.store.support import opened, toml


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Store]:
    """The store of the first window."""
    store = opened(tmp_path)
    yield store
    store.close()


@pytest.fixture
def there(tmp_path: Path, here: Store) -> Iterator[Store]:
    """The store of a second window, of the same workspace."""
    store = opened(tmp_path)
    yield store
    store.close()


def test_what_was_saved_is_there_again_after_a_restart(tmp_path: Path) -> None:
    store = opened(tmp_path)
    before = dt.datetime.now(dt.UTC)
    assert store.save_scenario("Base", toml(), note="for the minister", author="Ann") == 1
    store.close()
    store = opened(tmp_path)
    (saved,) = store.scenarios()
    assert (saved.name, saved.version, saved.toml) == ("Base", 1, toml())
    assert (saved.note, saved.author, saved.what) == ("for the minister", "Ann", "saved")
    assert before <= saved.time <= dt.datetime.now(dt.UTC)
    assert saved.time.utcoffset() == dt.timedelta()
    store.close()


def test_the_second_of_two_windows_is_told_what_the_first_changed(
    here: Store, there: Store
) -> None:
    here.save_scenario("Base", toml(500))
    there.save_scenario("Base", toml(400), expected_version=1, author="Ben", note="Cut")
    with pytest.raises(ChangedElsewhere) as caught:
        here.save_scenario("Base", toml(600), expected_version=1)
    error = caught.value
    assert error.changes == ("City cap, amount: 500 → 400",)
    assert error.both == ("City cap, amount",)
    assert (error.name, error.version, error.author, error.note) == ("Base", 2, "Ben", "Cut")
    assert (error.toml, error.deleted) == (toml(400), False)
    assert str(error).startswith('"Base" was saved elsewhere by Ben on ')
    assert "as version 2; yours stands on version 1." in str(error)
    assert "What differs: City cap, amount: 500 → 400." in str(error)
    assert here.load_scenario("Base").toml == toml(400)  # nothing of ours was written
    assert len(here.history("Base")) == 2


def test_a_change_of_something_else_is_told_but_not_as_changed_by_both(
    here: Store, there: Store
) -> None:
    here.save_scenario("Base", toml(500))
    there.save_scenario("Base", toml(500, description="of 2026"), expected_version=1)
    with pytest.raises(ChangedElsewhere) as caught:
        here.save_scenario("Base", toml(600), expected_version=1)
    assert caught.value.changes == ('Description: "" → "of 2026"',)
    assert caught.value.both == ()


def test_the_second_can_overwrite_knowingly_or_keep_a_copy(here: Store, there: Store) -> None:
    here.save_scenario("Base", toml(500))
    there.save_scenario("Base", toml(400), expected_version=1)
    with pytest.raises(ChangedElsewhere) as caught:
        here.save_scenario("Base", toml(600), expected_version=1)
    assert here.save_scenario("Base of Ann", toml(600)) == 1
    assert here.save_scenario("Base", toml(600), expected_version=caught.value.version) == 3
    kept = [parse(version.toml).tables["rules"]["city_cap"] for version in here.history("Base")]
    assert [cap["amount"] for cap in kept] == [600, 400, 500]


def test_a_new_scenario_does_not_overwrite_one_of_its_name(here: Store, there: Store) -> None:
    there.save_scenario("Base", toml(400))
    with pytest.raises(ChangedElsewhere, match="yours is new") as caught:
        here.save_scenario("Base", toml(500))
    assert caught.value.changes == ("City cap, amount: 500 → 400",)


def test_the_same_content_is_no_conflict_and_no_version(here: Store, there: Store) -> None:
    here.save_scenario("Base", toml(500))
    there.save_scenario("Base", toml(400), expected_version=1)
    written_otherwise = toml(400).replace("400", "400.00")
    assert here.save_scenario("Base", written_otherwise, expected_version=1) == 2
    assert len(here.history("Base")) == 2


def test_a_scenario_deleted_elsewhere_is_told_and_can_be_overwritten(
    here: Store, there: Store
) -> None:
    here.save_scenario("Base", toml(500))
    there.delete_scenario("Base", expected_version=1, author="Ben")
    with pytest.raises(ChangedElsewhere, match='"Base" was deleted elsewhere by Ben') as caught:
        here.save_scenario("Base", toml(600), expected_version=1)
    assert caught.value.deleted
    assert here.save_scenario("Base", toml(600), expected_version=caught.value.version) == 3
    assert [saved.name for saved in here.scenarios()] == ["Base"]


def test_a_scenario_renamed_elsewhere_is_told_with_its_new_name(here: Store, there: Store) -> None:
    here.save_scenario("Base", toml(500))
    there.rename_scenario("Base", "Base 2026", expected_version=1)
    with pytest.raises(ChangedElsewhere, match='"Base" was renamed to "Base 2026"') as caught:
        here.save_scenario("Base", toml(600), expected_version=1)
    assert caught.value.name == "Base 2026"
    with pytest.raises(UsageError, match="has no scenario"):
        here.save_scenario("Never", toml(600), expected_version=1)


STEPS: dict[str, Callable[[Store], int]] = {
    "rename": lambda store: store.rename_scenario("Base", "Other", expected_version=1),
    "delete": lambda store: store.delete_scenario("Base", expected_version=1),
    "bring back": lambda store: store.bring_back("Base", 1, expected_version=1),
}


@pytest.mark.parametrize("step", STEPS)
def test_no_step_passes_over_what_another_window_saved(
    here: Store, there: Store, step: str
) -> None:
    here.save_scenario("Base", toml(500))
    there.save_scenario("Base", toml(400), expected_version=1)
    with pytest.raises(ChangedElsewhere) as caught:
        STEPS[step](here)
    assert caught.value.changes == ("City cap, amount: 500 → 400",)
    assert here.load_scenario("Base").version == 2


def test_deletion_keeps_every_version_and_each_can_be_brought_back(here: Store) -> None:
    here.save_scenario("Base", toml(500), author="Ann")
    here.save_scenario("Base", toml(400), expected_version=1)
    assert here.delete_scenario("Base", expected_version=2) == 3
    assert here.scenarios() == []
    assert [saved.name for saved in here.deleted_scenarios()] == ["Base"]
    assert here.bring_back("Base", 1, expected_version=3) == 4
    told = [(v.version, v.what) for v in here.history("Base")]
    assert told == [(4, "brought back"), (3, "deleted"), (2, "saved"), (1, "saved")]
    assert here.load_scenario("Base").toml == toml(500)
    assert here.load_scenario("Base", 2).toml == toml(400)
    assert here.deleted_scenarios() == []


def test_a_new_scenario_under_a_deleted_name_goes_on_with_its_versions(here: Store) -> None:
    here.save_scenario("Base", toml(500))
    here.delete_scenario("Base", expected_version=1)
    assert here.save_scenario("Base", toml(500)) == 3  # deleted, so the same content is new too
    assert [saved.version for saved in here.scenarios()] == [3]


def test_renaming_changes_the_name_in_the_text_too(here: Store) -> None:
    here.save_scenario("Base", toml(500))
    assert here.rename_scenario("Base", "Base 2026", expected_version=1) == 2
    (saved,) = here.scenarios()
    assert saved.name == "Base 2026"
    assert parse(saved.toml).name == "Base 2026"
    assert [v.name for v in here.history("Base 2026")] == ["Base 2026", "Base"]
    assert here.save_scenario("Base", toml(500)) == 1  # the old name is free


def test_a_version_from_before_a_renaming_comes_back_under_the_new_name(here: Store) -> None:
    here.save_scenario("Base", toml(500))
    here.rename_scenario("Base", "New", expected_version=1)
    here.bring_back("New", 1, expected_version=2)
    assert parse(here.load_scenario("New").toml).name == "New"


def test_a_copy_stands_by_itself(here: Store) -> None:
    here.save_scenario("Base", toml(500))
    assert here.copy_scenario("Base", "Copy", author="Ann") == 1
    here.save_scenario("Base", toml(400), expected_version=1)
    copy = here.load_scenario("Copy")
    assert (copy.what, copy.author, parse(copy.toml).name) == ("copied", "Ann", "Copy")
    assert parse(copy.toml).tables["rules"]["city_cap"]["amount"] == 500


def test_a_name_that_is_taken_is_refused_in_a_sentence(here: Store) -> None:
    here.save_scenario("A", toml(name="A"))
    here.save_scenario("B", toml(name="B"))
    with pytest.raises(UsageError, match='has a scenario "B" already'):
        here.rename_scenario("A", "B", expected_version=1)
    with pytest.raises(UsageError, match='has a scenario "B" already'):
        here.copy_scenario("A", "B")
    here.delete_scenario("B", expected_version=1)
    with pytest.raises(UsageError, match='keeps the versions of, a scenario "B"'):
        here.rename_scenario("A", "B", expected_version=1)
    assert [saved.name for saved in here.scenarios()] == ["A"]


@pytest.mark.parametrize(
    "name",
    [
        "L'Haÿ-les-Roses « 2026 »",
        'say "no"; DROP TABLE scenario; --',
        "Robert'); DELETE FROM scenario_version WHERE ('1'='1",
        "城市外交 2026",
        "القدس ٢٠٢٦",
        "50 % _ * ?",
        "<b>bold</b> **bold**",
        "👩🏽‍🚀",
        "x" * NAME,
    ],
)
def test_any_name_is_kept_as_it_is(here: Store, name: str) -> None:
    here.save_scenario(name, toml(), note=name, author=name[:100])
    here.save_scenario("Other", toml(name="Other"))
    saved = here.load_scenario(name)
    assert (saved.name, saved.note, saved.author) == (name, name, name[:100])
    assert {s.name for s in here.scenarios()} == {name, "Other"}
    here.rename_scenario(name, f"{name[:-1]}!", expected_version=1)
    assert parse(here.load_scenario(f"{name[:-1]}!").toml).name == f"{name[:-1]}!"


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One workspace for all examples."""
    store = opened(tmp_path_factory.mktemp("everything"))
    yield store
    store.close()


@given(st.text(st.characters(), max_size=12), st.text(st.characters(), max_size=12))
@example("e\x00\u0301", "\ud800")
def test_any_text_is_a_name_that_finds_its_scenario_or_is_refused(
    everything: Store, name: str, note: str
) -> None:
    try:
        everything.save_scenario(name, toml(), note=note, author=note)
    except UsageError:
        assert not any(c.isalnum() for c in name)
        return
    saved = everything.load_scenario(name)
    assert everything.load_scenario(saved.name) == saved
    plain = name.isascii() and name.isprintable()
    assert saved.name == " ".join(name.split()) or not plain


def test_names_that_look_the_same_are_the_same(here: Store) -> None:
    here.save_scenario("Saint-É\u0301tienne".replace("É\u0301", "E\u0301"), toml(500))
    with pytest.raises(ChangedElsewhere):
        here.save_scenario("  Saint-\u00c9tienne\x00 ", toml(400))


@pytest.mark.parametrize("name", ["", " \t\n", "\x00", "x" * (NAME + 1)])
def test_a_name_that_is_none_is_refused(here: Store, name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        here.save_scenario(name, toml())
    assert here.scenarios() == []


def test_a_text_that_is_no_scenario_is_refused(here: Store) -> None:
    with pytest.raises(ScenarioError):
        here.save_scenario("Base", "name = 1")
    assert here.scenarios() == []


def test_what_is_not_there_is_told(here: Store) -> None:
    with pytest.raises(UsageError, match='has no scenario "Base"'):
        here.load_scenario("Base")
    with pytest.raises(UsageError, match='has no scenario "Base"'):
        here.history("Base")
    here.save_scenario("Base", toml())
    with pytest.raises(UsageError, match="has no version 2"):
        here.load_scenario("Base", 2)


def test_the_author_is_who_the_system_says_or_nobody(
    here: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here.save_scenario("A", toml(), author="")
    assert here.load_scenario("A").author == ""
    monkeypatch.setenv("FUNDING_AUTHOR", " Ann\n Lee ")
    store = opened(tmp_path)
    store.save_scenario("B", toml())
    assert store.load_scenario("B").author == "Ann Lee"
    store.close()
