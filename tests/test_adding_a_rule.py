"""The example of docs/adding-a-rule.md works as it is written."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from funding.awards import allocate
from funding.case import Case, Plan
from funding.linear import Limit, Sense, plus
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


class FewEach(Rule):
    """At most two funded activities a city, without a word on when an activity is funded."""

    key = "few_each"
    title = "Few each"

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        unit = case.fund.step
        for city, codes in case.open_plans.items():
            left = unit * plus(plan.funded(code) for code in codes)
            yield Limit(self.key, city, left, Sense.AT_MOST, 2 * unit)

    def words(self, limit: Limit, case: Case) -> str:
        return "at most two"


class FewCities(FewEach):
    """At most two funded cities."""

    key = "few_cities"

    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        left = case.fund.step * plus(plan.city_funded(city) for city in case.open_plans)
        yield Limit(self.key, "", left, Sense.AT_MOST, 2 * case.fund.step)


@pytest.mark.parametrize("rule", [FewEach, FewCities])
def test_funded_means_an_award_without_a_word_of_the_rule(
    rule: type[Rule], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three asks of 1,000 with 90, 80 and 70, money for all: 170,000, and nothing is worth more."""
    monkeypatch.setitem(RULES, rule.key, rule)
    codes = ("A-1", "A-2", "A-3") if rule is FewEach else ("A-1", "B-1", "C-1")
    scores = (90, 80, 70)
    asks = [small.ask(code, 1_000, score=s) for code, s in zip(codes, scores, strict=True)]
    found = allocate(small.apply(*asks), small.scenario(f"[rules.{rule.key}]\n"))
    assert [found.awards[code] for code in codes] == [100_000, 100_000, 0]
    assert found.value == 170_000
    assert found.bound == pytest.approx(170_000)
