"""The list of scenarios: names, copies, parents, and what follows when one goes."""

from __future__ import annotations

import datetime as dt

import pytest

from funding.app.shelf import Adopted, Shelf
from funding.errors import ScenarioError, UsageError
from funding.scenario import Scenario, parse


def scenario(name: str, envelope: int = 1000) -> Scenario:
    return parse(f'name = "{name}"\n[fund]\nunit = 100\nenvelope = {envelope}\n')


def shelf(*names: str) -> Shelf:
    made = Shelf()
    for name in names:
        made.add(scenario(name))
    return made


def test_the_first_is_in_hand_and_the_reference() -> None:
    made = shelf("A", "B", "C")
    assert (made.names, made.current, made.reference, made.others) == (
        ["A", "B", "C"], "A", "A", ["B"],
    )  # fmt: skip


def test_a_name_that_is_taken_gets_a_number_in_the_scenario_too() -> None:
    made = shelf("A")
    assert made.add(scenario("A", 2000), parent="A") == "A (2)"
    assert made.add(scenario("A", 3000)) == "A (3)"
    draft = made.draft("A (2)")
    assert draft.scenario is not None
    assert (draft.scenario.name, draft.tables["name"], draft.parent) == ("A (2)", "A (2)", "A")
    assert not draft.changed


def test_the_same_scenario_is_not_added_twice() -> None:
    made = shelf("A")
    assert made.add(scenario("A")) == "A"
    assert made.names == ["A"]


def test_a_copy_takes_the_edits_along_and_stands_after_its_parent() -> None:
    made = shelf("A", "B")
    made.draft("A").take({**made.draft("A").tables, "fund": {"unit": 100, "envelope": 5}})
    copied = made.copy("A")
    assert made.names == ["A", "A (2)", "B"]
    draft = made.draft(copied)
    assert draft.tables["fund"] == {"unit": 100, "envelope": 5}
    assert (draft.parent, draft.changed) == ("A", False)


def test_a_copy_of_what_cannot_be_used_keeps_what_was_typed() -> None:
    made = shelf("A")
    made.draft("A").take({**made.draft("A").tables, "fund": {"unit": 100, "envelope": "12,5"}})
    draft = made.draft(made.copy("A"))
    assert draft.scenario is None
    assert draft.tables["fund"]["envelope"] == "12,5"


def test_a_new_name_counts_wherever_the_scenario_is_named() -> None:
    made = shelf("A", "B", "C")
    made.draft("C").parent = "A"
    made.choose("A")
    made.others = ["B", "C"]
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made.adopted = Adopted("A", "x", "y", "Best", "Ann", now)
    made.draft("A").take({**made.draft("A").tables, "fund": {"unit": 1, "envelope": 7}})
    assert made.rename("A", "  New   name ") == "New name"
    assert (made.names, made.current, made.reference) == (
        ["New name", "B", "C"],
        "New name",
        "New name",
    )
    assert made.draft("C").parent == "New name"
    assert made.adopted.scenario == "New name"
    draft = made.draft("New name")
    assert draft.scenario is not None
    assert (draft.scenario.name, draft.changed) == ("New name", True)  # the edit, not the name


@pytest.mark.parametrize(
    ("name", "words"), [("  ", "needs a name"), ("B", "already"), ("x" * 201, "201 characters")]
)
def test_a_name_that_cannot_be_is_refused(name: str, words: str) -> None:
    made = shelf("A", "B")
    with pytest.raises(UsageError, match=words):
        made.rename("A", name)
    with pytest.raises(UsageError, match=words):
        made.new("A", name)
    assert made.names == ["A", "B"]


def test_what_is_removed_comes_back_where_it_was() -> None:
    made = shelf("A", "B", "C")
    made.draft("C").parent = "B"
    made.choose("B")
    made.remove("B")
    assert (made.names, made.current, made.others) == (["A", "C"], "A", ["C"])
    assert made.parent_of("C") is None
    assert made.bring_back() == "B"
    assert (made.names, made.current) == (["A", "B", "C"], "B")
    assert made.parent_of("C") is not None


def test_the_last_one_can_be_removed() -> None:
    made = shelf("A")
    made.remove("A")
    assert (made.names, made.current, made.reference, made.others) == ([], "", "", [])
    assert made.bring_back() == "A"
    assert (made.current, made.reference) == ("A", "A")


def test_a_new_one_starts_from_another_without_its_description() -> None:
    made = Shelf()
    made.add(parse('name = "A"\ndescription = "Old"\n[fund]\nunit = 1\nenvelope = 9\n'))
    made.new("A", "Fresh")
    draft = made.draft("Fresh")
    assert "description" not in draft.tables
    assert (draft.tables["fund"]["envelope"], draft.parent) == (9, "A")


def test_a_file_that_extends_a_shipped_one_has_it_as_parent() -> None:
    made = Shelf()
    made.add_sample()
    name = made.add_file(
        "mine.toml", 'extends = "base.toml"\nname = "Mine"\n[ties]\nshare = false\n'
    )
    assert made.draft(name).parent == made.names[0]
    with pytest.raises(ScenarioError, match="not at hand"):
        made.add_file("mine.toml", 'extends = "other.toml"\nname = "Mine"\n')
