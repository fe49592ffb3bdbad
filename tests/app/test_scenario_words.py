"""Scenarios in words: differences with units, and faults where they belong."""

from __future__ import annotations

import pytest

from funding import places
from funding.app.scenario_words import Difference, differences, problems_by_place
from funding.errors import ScenarioError
from funding.rules import GATES, RULES
from funding.scenario import Scenario, load, parse

BASE = """
name = "Base"
[fund]
unit = 100
envelope = 1_000
[gates.merit_threshold]
score = 50
[rules.city_cap]
amount = 500
note = "As last year"
[[rules.group_shares]]
attribute = "size_class"
group = "small"
min = 0.06
[size_classes]
small = 20_000
"""


def changed(*steps: tuple[str, str]) -> Scenario:
    text = BASE
    for old, new in steps:
        assert old in text
        text = text.replace(old, new)
    return parse(text)


def told(scenario: Scenario) -> list[tuple[str, str, str, str]]:
    found = differences(parse(BASE), scenario, "EUR")
    return [(d.where, d.what, d.parent, d.here) for d in found]


def test_names_and_notes_are_no_differences() -> None:
    steps = (('"Base"', '"Other"'), ('"As last year"', '"Lower next year"'))
    assert told(changed(*steps)) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("amount = 500", "amount = 400.5", ("City cap", "Amount", "500 EUR", "400.5 EUR")),
        ("amount = 500", "share = 0.05", ("City cap", "Amount", "500 EUR", "nothing")),
        ("score = 50", "score = 45", ("Merit threshold", "Score", "50", "45")),
        ("score = 50", "score = 5\nenabled = false", ("Merit threshold", "Score", "50", "off")),
        ("envelope = 1_000", "envelope = 2_000", ("Fund", "Envelope", "1,000 EUR", "2,000 EUR")),
        (
            "min = 0.06",
            "min = 0.045",
            ("Group shares (size class, small)", "At least", "6 %", "4.5 %"),
        ),
        ("small = 20_000", "small = 10_000", ("Size classes", "small", "20,000", "10,000")),
        (
            "[size_classes]",
            "[gates.reports_filed]\n[size_classes]",
            ("Reports filed", "on or off", "off", "on"),
        ),
        (
            "[size_classes]",
            "[rules.stream_shares]\ntraining = { min = 0.1 }\n[size_classes]",
            ("Stream shares", "Training, at least", "off", "10 %"),
        ),
        (
            "[size_classes]",
            '[[decisions]]\ncity = "GRE"\nminimum = 60_000\nreason = "Treaty"\n[size_classes]',
            ("Decisions by hand (GRE)", "At least", "off", "60,000 EUR"),
        ),
    ],
)
def test_a_difference_is_told_in_words(old: str, new: str, line: tuple[str, str, str, str]) -> None:
    assert line in told(changed((old, new)))


def test_every_difference_of_the_sample_has_a_title_and_a_place() -> None:
    """No key of a file is left in the words, whatever rules the scenarios name."""
    folder = places.sample_scenarios()
    base = load(folder / "base.toml")
    titles = {rule.title for rule in RULES.values()} | {gate.title for gate in GATES.values()}
    titles |= {"Fund", "What is maximised", "Equals", "Size classes", "Partner classes"}
    for path in folder.glob("*.toml"):
        for found in differences(base, load(path), "EUR"):
            assert isinstance(found, Difference)
            assert found.where.partition(" (")[0] in titles, (path.stem, found)
            assert found.what
            assert "_" not in found.what, (path.stem, found)
            assert found.parent != found.here


def test_faults_stand_at_the_longest_place_that_has_room() -> None:
    text = BASE.replace("amount = 500", 'amount = "12,5"').replace("score = 50", "score = 500")
    text += "\n[rules.nonsense]\n"
    with pytest.raises(ScenarioError) as raised:
        parse(text)
    places_known = ["gates.merit_threshold", "rules.city_cap", "rules.city_cap.amount"]
    found = problems_by_place(str(raised.value), places_known)
    assert set(found) == {"", "gates.merit_threshold", "rules.city_cap.amount"}
    assert "12,5" in found["rules.city_cap.amount"][0]
    assert found["rules.city_cap.amount"][0][0].isupper()
    assert "nonsense" in found[""][0]
