"""Every rule and gate has its test file and its entry in docs/model.md, and no entry lacks one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from funding import places
from funding.rules import GATES, RULES
from funding.scenario import load
from tests import rich_funds, test_oracle

ROOT = Path(__file__).resolve().parent.parent
DOC = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
TERMS = {**GATES, **RULES}


def entries() -> dict[str, str]:
    """Title → text of each ``## `` entry whose title is a key: lower case and underscores."""
    parts = re.split(r"^## (.+)$", DOC, flags=re.MULTILINE)[1:]
    named = dict(zip(parts[::2], parts[1::2], strict=True))
    return {title: text for title, text in named.items() if re.fullmatch("[a-z_]+", title)}


def test_no_key_is_both_a_rule_and_a_gate() -> None:
    assert GATES.keys().isdisjoint(RULES)


@pytest.mark.parametrize("key", TERMS)
def test_it_has_a_test_file(key: str) -> None:
    tests = ROOT / "tests" / "rules" / f"test_{key}.py"
    assert tests.is_file(), f"write {tests.relative_to(ROOT).as_posix()}"
    assert "def test_" in tests.read_text(encoding="utf-8")


def test_no_test_file_is_without_its_rule() -> None:
    files = {path.stem.removeprefix("test_") for path in (ROOT / "tests/rules").glob("test_*.py")}
    assert files == TERMS.keys()


def test_the_doc_has_an_entry_for_each_and_for_nothing_else() -> None:
    """In the order of RULES and GATES."""
    assert list(entries()) == list(TERMS)


@pytest.mark.parametrize("key", TERMS)
def test_its_entry_names_its_parameters_and_gives_an_example(key: str) -> None:
    entry = entries()[key]
    assert "Example:" in entry
    lists = {getattr(TERMS[key], "listed", "")}  # whose tables have fields of their own
    own = TERMS[key].model_fields.keys() - {"source", "note"} - lists
    missing = [name for name in sorted(own) if f"`{name}`" not in entry]
    assert missing == []


@pytest.mark.parametrize("key", TERMS)
def test_its_docstring_is_its_own(key: str) -> None:
    assert vars(TERMS[key]).get("__doc__"), f"{TERMS[key].__name__} needs a docstring"


def test_sample_scenarios_use_every_rule_and_gate() -> None:
    read = [load(path) for path in places.sample_scenarios().glob("*.toml")]
    used = {rule.key for each in read for rule in each.rules}
    used |= {gate.key for each in read for gate in each.gates}
    assert used == TERMS.keys()


def test_the_referees_try_every_rule_and_gate() -> None:
    """In the random funds of the second referee, and with awards at the limit of each rule."""
    always = {"envelope", "eligible"}  # no table of their own
    assert rich_funds.RULES.keys() | rich_funds.GATES.keys() | always == TERMS.keys()
    assert test_oracle.JUDGED.keys() == RULES.keys()
