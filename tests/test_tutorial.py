"""What the tutorial shows is what its reader sees: every figure is worked out here once more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from funding import money, places, scenario
from funding.app import adoption, city_facts, exports
from funding.awards import Allocation, allocate
from funding.compare import compare, sentences
from funding.errors import Fault, NoAllocation
from funding.explain import explain
from funding.scenario import Scenario
from funding.sentences import city_text
from funding.workbook import read
from tests.test_docs import ROOT, blocks, matches, run

PAGE = "docs/tutorial.md"
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
FLAT = " ".join(TEXT.replace("\n> ", "\n").split())  # a quotation goes over several lines
NAME = "Smaller envelope"


def smaller(floor: str = "0.07") -> Scenario:
    """The scenario of the tutorial: the base with a smaller envelope and another floor."""
    shares = 'attribute = "region"\neach = true\nmax = 0.14'
    text = f"""
name = "{NAME}"
extends = "base.toml"
[fund.envelopes]
2026 = 6_000_000
2027 = 5_000_000
[[rules.group_shares]]
{shares}
[[rules.group_shares]]
attribute = "size_class"
group = "small"
min = {floor}
"""
    folder = places.sample_scenarios()
    return scenario.parse(text, lambda name: (folder / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def base() -> Allocation:
    given = read([places.sample_workbook()]).require()
    return allocate(given, scenario.load(places.sample_scenarios() / "base.toml"))


@pytest.fixture(scope="module")
def made(base: Allocation) -> Allocation:
    return allocate(base.applications, smaller())


def test_the_faults_are_told_as_the_workbench_tells_them() -> None:
    """Place and message of each of the three, and no other."""
    faults = read([ROOT / "inputs" / "applications-with-faults.xlsx"]).faults
    rows = re.findall(r"^\| `(\w+!\w+)` \| (.+?) \|", TEXT, re.M)
    assert rows == [(fault.place, fault.message) for fault in faults]


def test_what_each_scenario_awards(base: Allocation, made: Allocation) -> None:
    for allocation in (base, made):
        assert adoption.headline(allocation) in FLAT


def test_what_changes_against_the_base(base: Allocation, made: Allocation) -> None:
    (told,) = sentences(compare([base, made])).values()
    assert " ".join(told) in FLAT
    small = sum(
        award
        for code, award in made.city_totals.items()
        if made.applications.cities[code].population <= 20_000
    )
    assert f"small cities get {money.show(small, 'EUR')}" in FLAT
    assert f"the floor of 7 %, {money.show(made.case.fund.envelope * 7 // 100, 'EUR')}" in FLAT


def test_why_caen_loses(base: Allocation, made: Allocation) -> None:
    """The panel's first sentence of both allocations, and its reasons under the new one."""
    for allocation in (base, made):
        assert city_facts.headline(allocation, "CAE") in FLAT
    _, *reasons = city_text(explain(made, "CAE")).splitlines()
    for reason in filter(None, reasons):
        assert reason in FLAT


def test_the_higher_floor_contradicts_other_rules(base: Allocation) -> None:
    with pytest.raises(NoAllocation) as caught:
        allocate(base.applications, smaller("0.08"))
    demand = "small: at least 880,000 EUR"
    assert demand in str(caught.value)
    assert demand in FLAT


def test_the_file_that_is_downloaded_verifies_as_shown(
    made: Allocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    file = exports.awards_file(made).file
    Path(file.name).write_bytes(file.data)
    (block,) = [b for b in blocks(PAGE) if b.kind == "console"]
    command, shown = block.text.removeprefix("$ ").split("\n", 1)
    assert command == f"funding verify {file.name}"
    ran = run(command)
    assert ran.code == 0
    assert matches(shown, ran.printed), ran.printed


def test_no_other_amount_stands_in_the_tutorial(base: Allocation, made: Allocation) -> None:
    """Amounts that no test above has worked out are those that the reader types."""
    (told,) = sentences(compare([base, made])).values()
    known = [*told, *(fault.message for fault in _faults())]
    for allocation in (base, made):
        known += [adoption.headline(allocation), city_facts.headline(allocation, "CAE")]
        known += [city_text(explain(allocation, "CAE"))]
    known += ["small cities get 770,000 at least 880,000 6,000,000 5,000,000 173,400 1,119,000"]
    (block,) = [b for b in blocks(PAGE) if b.kind == "console"]
    prose = TEXT.replace(block.text, "")
    amounts = set(re.findall(r"\d{1,3}(?:,\d{3})+", prose))
    assert amounts
    assert amounts <= set(re.findall(r"\d{1,3}(?:,\d{3})+", " ".join(known)))


def test_every_picture_is_there_and_described() -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(images/([\w-]+\.png)\)", TEXT)
    assert len(shown) >= 6
    for words, name in shown:
        assert len(words) > 40, f"{name}: say what the picture shows"
        picture = ROOT / "docs" / "images" / name
        assert picture.stat().st_size < 200_000
    assert {name for _, name in shown} == {p.name for p in (ROOT / "docs/images").glob("*.png")}


def _faults() -> tuple[Fault, ...]:
    return read([ROOT / "inputs" / "applications-with-faults.xlsx"]).faults
