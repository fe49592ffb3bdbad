"""The example of docs/adding-a-rule.md works as it is written."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from funding.rules import RULES, Rule
from tests import small

DOC = Path(__file__).resolve().parent.parent / "docs" / "adding-a-rule.md"


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The doc's test as a module, with the doc's rule listed in RULES."""

    def module(name: str, text: str) -> ModuleType:
        path = tmp_path / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        made = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, made)  # where pydantic looks up annotations
        spec.loader.exec_module(made)
        return made

    rule_text, test_text = re.findall(r"```python\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)
    rule = module("example_rule", rule_text).ThemeCap
    assert issubclass(rule, Rule)
    monkeypatch.setitem(RULES, rule.key, rule)
    return module("example_test", test_text)


def test_the_miniature_holds(example: ModuleType) -> None:
    example.test_no_theme_takes_too_much()


def test_the_rows_hold_to_the_unit(example: ModuleType) -> None:
    check = example.test_the_cap_holds_to_the_unit
    (mark,) = check.pytestmark
    assert list(inspect.signature(check).parameters) == list(mark.args[0])
    for arguments in mark.args[1]:
        check(*arguments)


def test_its_words_are_a_sentence_with_the_amount(example: ModuleType) -> None:
    scenario, asks = small.scenario(example.CAP), example.ASKS
    row = small.rows(scenario, asks, "theme_cap")["water"]
    words = scenario.words(row, scenario.case(asks))
    assert words == "theme water: at most 5,000 EUR"
