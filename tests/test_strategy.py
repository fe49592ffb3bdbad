"""Strategic applications: hand-worked funds in which another statement gains, or does not."""

from __future__ import annotations

import io
import json
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from funding import cli, places
from funding.applications import Applications, AssessorScore
from funding.awards import allocate
from funding.report.strategy_workbook import strategy_workbook
from funding.scenario import Scenario
from funding.strategy import MANIPULATIONS, Ending, Study, as_json, sentences, study_of
from funding.strategy.invites import readers, title_of, without
from funding.strategy.study import _invited, useful
from funding.workbook import read, write_applications
from tests.small import apply, ask, city, scenario

PROJECTS = '[objective]\nvalue = "merit_projects"\n'
HALF = "[rules.national_share]\nrates = { other = 0.5, several = 0.5, none = 0.5 }\n"


def study(given: Applications, rules: Scenario, **more: Any) -> Study:
    return study_of(given, rules, workers=1, **more)


def gains(found: Study, key: str) -> dict[str, float]:
    """City → its gain in currency units by one manipulation."""
    return {t.city: t.gain / 100 for t in found.of_manipulation(key)}


def invited(found: Study, key: str) -> set[tuple[str, ...]]:
    return {trial.invited_by for trial in found.of_manipulation(key)}


def equals(*, unit: int = 10) -> tuple[Applications, Scenario]:
    """Two equal cities ask 1,000 each of 1,100 and share it, 550 and 550.

    Who asks 1,200 has 1,200 / 2,200 of it, 600: unmet requests are spread evenly. Who asks 800 has
    8 / 18, less than 550. Who says that only 1,000 is viable has it: the other takes the 100 that
    are left, and all is spent.
    """
    return (
        apply(ask("A-1", 1_000), ask("B-1", 1_000)),
        scenario(envelope=1_100, unit=unit),
    )


@pytest.fixture(scope="module")
def shared() -> Study:
    return study(*equals())


def test_between_equals_asking_more_wins(shared: Study) -> None:
    assert gains(shared, "ask more") == {"A": 50, "B": 50}
    assert invited(shared, "ask more") == {("ties.share",)}
    assert gains(shared, "ask less") == {}


def test_between_equals_take_it_or_leave_it_wins(shared: Study) -> None:
    assert gains(shared, "all or nothing") == {"A": 450, "B": 450}
    assert invited(shared, "all or nothing") == {("rules.request",)}
    assert gains(shared, "at least half") == {}  # 550 is more than that already
    assert gains(shared, "split") == {}


def test_the_whole_study(shared: Study) -> None:
    assert len(shared.trials) == 2 * len(MANIPULATIONS)
    assert shared.cities == ("A", "B")
    best = shared.best_of("A")
    assert best is not None
    assert (best.key, best.before, best.after) == (
        "all or nothing",
        55_000,
        100_000,
    )
    assert shared.share(best) == Fraction(45, 100)


def test_what_whole_units_can_decide_is_no_gain() -> None:
    """In hundreds one of the two has 600 anyway, and the other gains a unit at most."""
    assert gains(study(*equals(unit=100)), "ask more") == {}


def test_a_lower_score_pushes_a_higher_one_out() -> None:
    """1,500 for 1,000 (score 90) and 1,000 (score 80): in full, and 500. Where the second says
    that only 1,000 is viable, 500 and 1,000 (125,000) beat 1,000 and nothing (90,000)."""
    given = apply(ask("A-1", 1_000, score=90), ask("B-1", 1_000, score=80))
    found = study(given, scenario(envelope=1_500))
    assert gains(found, "all or nothing") == {"B": 500}
    assert {t.ending for t in found.trials if t.city == "A"} == {Ending.FULL}


def test_where_nothing_helps() -> None:
    """The same, but the first takes all or nothing too: it has the better score, and is served."""
    given = apply(ask("A-1", 1_000, score=90, minimum_viable=1_000), ask("B-1", 1_000, score=80))
    found = study(given, scenario(envelope=1_500))
    assert found.gaining == ()
    assert [t.after for t in found.trials if t.city == "B"] == [50_000, 50_000, 0, 50_000, 50_000]
    said = sentences(found)
    assert "no city could have got more" in said[0]
    assert "Splitting each activity in two halves would have raised no award." in said


def padded(**counted: Any) -> Applications:
    """1,000 of a cost of 1,200: half of it is 600, of a cost of 1,400 it is 700."""
    return apply(ask("A-1", 1_000, own_cash=200, **counted))


def test_a_padded_cost_gains_where_the_nation_pays_a_share() -> None:
    found = study(padded(), scenario(HALF, envelope=5_000, unit=1))
    assert gains(found, "ask more") == {"A": 100}
    assert invited(found, "ask more") == {("rules.national_share",)}


def test_a_cost_that_the_ministry_counted_cannot_be_padded() -> None:
    found = study(padded(eligible_cost=1_200), scenario(HALF, envelope=5_000, unit=1))
    assert gains(found, "ask more") == {}


def test_a_rule_that_does_not_read_the_cost_does_not_invite_its_padding() -> None:
    """Matching reads own cash alone, and leaves room for 2,000."""
    rules = f"{HALF}[rules.matching]\nratio = 10\n"
    found = study(padded(), scenario(rules, envelope=5_000, unit=1))
    assert invited(found, "ask more") == {("rules.national_share",)}


def test_a_smaller_request_counts_more_where_projects_count() -> None:
    """800 for 1,000 (score 60) and 1,000 (score 70): 70 for 1,000 is more than 60, but 60 for 800
    is more still."""
    given = apply(ask("A-1", 1_000, score=60), ask("B-1", 1_000, score=70))
    found = study(given, scenario(PROJECTS, envelope=800))
    assert gains(found, "ask less") == {"A": 800}
    assert invited(found, "ask less") == {("objective.value",)}


def test_splitting_gains_where_projects_count() -> None:
    """1,000 for 1,000 (score 60) and 1,000 (score 80). Two halves are worth 60 each: 120."""
    given = apply(ask("A-1", 1_000, score=60), ask("B-1", 1_000, score=80))
    found = study(given, scenario(PROJECTS, envelope=1_000))
    assert gains(found, "split") == {"A": 1_000}
    assert invited(found, "split") == {("objective.value",)}


def test_splitting_gains_where_each_award_must_fall_in_a_band() -> None:
    """From 100 to under 500, so 400 for the one; for each half, too."""
    bands = '[[rules.award_bands]]\nstreams = ["financing"]\nmin = 100\nmax = 500\n'
    found = study(apply(ask("A-1", 1_000)), scenario(bands, envelope=5_000))
    assert gains(found, "split") == {"A": 400}
    assert invited(found, "split") == {("rules.award_bands",)}


@pytest.mark.parametrize("seed", range(6))
def test_splitting_changes_nothing_in_a_linear_fund(seed: int) -> None:
    draw = random.Random(seed)
    asks = [
        ask(
            f"{chr(65 + c)}-{n}",
            draw.randrange(200, 3_000),
            score=draw.choice([60, 70, 80]),
            stream=draw.choice(["financing", "training"]),
            own_cash=draw.randrange(100, 2_000),
        )
        for c in range(5)
        for n in range(draw.randint(1, 3))
    ]
    cities = [city(chr(65 + c), own_budget=draw.randrange(500, 4_000)) for c in range(5)]
    rules = f"{HALF}[rules.independence]\n[rules.stream_shares]\nfinancing = {{ max = 0.6 }}\n"
    rules += "[rules.matching]\nratio = 1.5\n"
    envelope = sum(a.requested for a, _ in asks) // 250
    given, rule_set = apply(*cities, *asks), scenario(rules, envelope=envelope, unit=1)
    true = useful(given, allocate(given, rule_set).awards, {})
    for code in given.cities:
        stated = MANIPULATIONS["split"].statement(given, rule_set, code)
        assert stated is not None
        assert readers(rule_set, rule_set.case(given), stated, code) == ()
        got = useful(given, allocate(stated.applications, rule_set).awards, stated.origin)
        few = 100 * 2 * len(given.plans[code])  # a euro for each half
        assert abs(got[code] - true[code]) <= few


def test_what_is_of_use_to_the_true_plan() -> None:
    given = apply(ask("A-1", 1_000, minimum_viable=400), ask("B-1", 500))

    def of_use(awards: dict[str, int], **origin: str) -> dict[str, int]:
        return useful(given, awards, {code.replace("_", "-"): a for code, a in origin.items()})

    assert of_use({"A-1": 120_000, "B-1": 10_000}) == {"A": 100_000, "B": 10_000}
    assert of_use({"A-1": 39_900}) == {"A": 0, "B": 0}
    assert of_use({"A-1": 20_000, "A-1b": 20_000}, A_1b="A-1") == {"A": 40_000, "B": 0}


def test_a_statement_that_leaves_no_allocation() -> None:
    """A must have 1,000, which it no longer asks for."""
    must = '[[decisions]]\ncity = "A"\nminimum = 1_000\nreason = "Treaty"\n'
    given = apply(ask("A-1", 1_000), ask("A-2", 200, score=10), ask("B-1", 1_000, score=90))
    found = study(given, scenario(must, envelope=1_100))
    assert found.by_city["A"]["ask less"].ending is Ending.NONE
    assert "For 1 statement no allocation would hold the rules." in sentences(found)


def rich() -> Applications:
    """One of everything that a plan can hold."""
    years = {2026: 1_000.03, 2027: 0, 2028: 999.98}
    return apply(
        ask(
            "A-1",
            2_000.01,
            by_year=years,
            minimum_viable=1_900.01,
            own_in_kind=33.33,
            other_funding=77.77,
            other_national_funding=11.11,
            eligible_cost=4_000.03,
            stream="training",
            people_to_be_certified=3,
        ),
        ask("A-2", 0.03, own_cash=0.01),
        ask("A-1.2", 500),
        ask("B-1", 800),
        AssessorScore(activity="A-1", assessor="X", criterion="Y", score=Decimal(70)),
    )


@pytest.mark.parametrize("key", MANIPULATIONS)
def test_what_is_stated_is_a_sound_application(key: str) -> None:
    given = rich()
    stated = MANIPULATIONS[key].statement(given, scenario(unit=1), "A")
    assert stated is not None
    made = stated.applications
    again = read([("stated.xlsx", write_applications(made))]).require()
    assert again.digest == made.digest
    assert made.plans["B"] == given.plans["B"]
    assert made.cities == given.cities
    if key == "split":
        for name in ("requested", "total_cost", "own_cash", "people_to_be_certified"):
            of_both = [sum(getattr(a, name) for a in g.plans["A"]) for g in (given, made)]
            assert of_both[0] == of_both[1]
        assert set(stated.origin.values()) == {"A-1", "A-1.2"}  # a half of A-2 is less than a unit
        assert "A-1.3" in stated.origin  # is taken
        assert sum(made.eligible_cost(a) for a in ("A-1", "A-1.3")) == 400_003
        assert made.score("A-1.3") == 70


def test_the_amounts_that_are_stated() -> None:
    given = apply(ask("A-1", 1_000, own_cash=300, minimum_viable=900))
    of = {key: each.statement(given, scenario(), "A") for key, each in MANIPULATIONS.items()}

    def amounts(key: str) -> list[float | None]:
        stated = of[key]
        assert stated is not None
        a = stated.applications.activities["A-1"]
        cents = (a.requested, a.own_cash, a.total_cost, a.minimum_viable)
        return [None if amount is None else amount / 100 for amount in cents]

    assert amounts("ask more") == [1_200, 300, 1_500, 900]
    assert amounts("ask less") == [800, 500, 1_300, 800]
    assert amounts("all or nothing") == [1_000, 300, 1_300, 1_000]
    assert of["at least half"] is None
    assert amounts("split") == [500, 150, 650, 450]


def test_an_activity_decided_by_hand_stays_whole() -> None:
    by_hand = '[[decisions]]\nactivity = "A-1"\nmaximum = 500\nreason = "Too much"\n'
    given = apply(ask("A-1", 1_000))
    assert MANIPULATIONS["split"].statement(given, scenario(by_hand), "A") is None


def test_every_part_has_a_title_and_can_be_left_out() -> None:
    gates = "[gates.own_contribution]\nfloor = 0.1\n"
    rules = scenario(f"{HALF}{gates}[rules.request]\nall_or_nothing = true\n{PROJECTS}")
    off = without(rules, "rules.national_share")
    assert [rule.key for rule in off.rules] == ["envelope", "request"]
    assert without(rules, "gates.own_contribution").gates == tuple(
        gate for gate in rules.gates if gate.key != "own_contribution"
    )
    assert not without(rules, "rules.request").request.all_or_nothing
    assert without(rules, "objective.value").objective.value == "merit_money"
    assert not without(rules, "ties.share").ties.share
    assert title_of("rules.national_share", rules) == "National share"
    assert title_of("gates.own_contribution", rules) == "Own contribution"


def test_a_gate_that_a_padded_cost_fails_is_read() -> None:
    """Own cash of 110 is 10 % of 1,100, but not of 1,300."""
    rules = scenario("[gates.own_contribution]\nfloor = 0.1\n", envelope=500)
    given = apply(ask("A-1", 990, own_cash=110))
    found = study(given, rules)
    assert found.by_city["A"]["ask more"].after == 0
    stated = MANIPULATIONS["ask more"].statement(given, rules, "A")
    assert stated is not None
    assert "gates.own_contribution" in readers(rules, rules.case(given), stated, "A")


@pytest.mark.parametrize(
    ("without_share", "without_ties", "expected"),
    [
        (55_000, 60_000, (("rules.national_share",), False)),
        (55_000, 55_000, (("rules.national_share", "ties.share"), False)),
        (60_000, 60_000, (("rules.national_share", "ties.share"), True)),
        (Ending.STOPPED, 55_000, (("ties.share",), False)),
        (56_000, 57_001, (("rules.national_share",), False)),  # a unit, and more
    ],
)
def test_what_of_several_parts_invites_a_gain(
    shared: Study, without_share: Any, without_ties: Any, expected: tuple[tuple[str, ...], bool]
) -> None:
    """City A gains 50; it has 550 in truth without either part, and this with its statement."""
    parts = ("rules.national_share", "ties.share")
    found: dict[tuple[str, str, str], Any] = {("", "", part): {"A": 55_000} for part in parts}
    for part, got in zip(parts, (without_share, without_ties), strict=True):
        found["A", "ask more", part] = got if isinstance(got, Ending) else {"A": got}
    trial = _invited(shared.allocation, shared.by_city["A"]["ask more"], parts, found)
    assert (trial.invited_by, trial.together) == expected


def test_a_gain_that_no_part_reads_is_of_units(shared: Study) -> None:
    trial = _invited(shared.allocation, shared.by_city["A"]["ask more"], (), {})
    assert trial.invited_by == ("units",)
    assert title_of("units", shared.allocation.scenario) == "Whole units and the order among equals"


def test_processes_come_to_the_same(shared: Study) -> None:
    told: list[tuple[int, int, str]] = []
    given, rules = equals()
    found = study_of(given, rules, workers=2, progress=lambda *step: told.append(step))
    assert found.trials == shared.trials
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] > 0


def sheets(found: Study) -> Any:
    return openpyxl.load_workbook(io.BytesIO(strategy_workbook(found)), data_only=True)


def test_the_workbook(shared: Study) -> None:
    made = sheets(shared)
    assert made.sheetnames == ["Summary", "Cities", "Rules", "Run record"]
    headers, *rows = made["Cities"].iter_rows(values_only=True)
    line = dict(zip(headers, rows[0], strict=True))
    assert line["Gains at most"] == 450
    assert line["Share of what it asks for"] == pytest.approx(0.45)
    assert line["What invites it"] == "Request: minimum viable amounts"
    assert (line["Asking 20 % more"], line["Asking 20 % less"]) == (50, 0)
    _, *rules = made["Rules"].iter_rows(values_only=True)
    assert sorted(row[:5] for row in rules) == [
        (
            *("Request: minimum viable amounts", "Saying that only the whole request is viable"),
            *(2, 450, 450),
        ),
        ("Ties: equals share the last of the money", "Asking 20 % more", 2, 50, 50),
    ]
    told = [row[0] for row in made["Summary"].iter_rows(values_only=True)]
    assert (
        "Asking 20 % more would have raised the award of 2 of 2 cities, by 50 EUR in the median "
        "(5 % of what they truly ask for); Ties: equals share the last of the money invites it."
    ) in told


def test_the_workbook_where_nothing_gains() -> None:
    found = study(apply(ask("A-1", 1_000)), scenario(envelope=5_000))
    made = sheets(found)
    assert made["Rules"]["A2"].value == "No city gains by any of these."
    assert made["Cities"]["I2"].value == "has all it needs"


def test_the_json(shared: Study) -> None:
    found: Any = json.loads(json.dumps(as_json(shared)))
    assert (found["format"], found["cities"], found["cities_gaining"]) == (1, 2, 2)
    more = found["manipulations"][0]
    assert (more["cities_gaining"], more["median_gain"], more["gains_most"]) == (2, 50, "A")
    assert more["invited_by"] == [
        {"rule": "Ties: equals share the last of the money", "key": "ties.share", "cities": 2}
    ]
    first = found["trials"][0]
    assert (first["city"], first["award"], first["award_then"]) == ("A", 550, 600)


def test_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, rules = equals()
    (tmp_path / "in.xlsx").write_bytes(write_applications(given))
    (tmp_path / "rules.toml").write_text(rules.to_toml(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    arguments = ["robustness", "in.xlsx", "--scenario", "rules.toml", "--strategic"]
    arguments += ["--workers", "1", "--out", "out.xlsx", "--json", "out.json"]
    monkeypatch.setattr("sys.argv", ["funding", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code in (0, None)
    said = capsys.readouterr().err
    assert "Asking 20 % more would have raised the award of 2 of 2 cities" in said
    assert json.loads(Path("out.json").read_text(encoding="utf-8"))["cities_gaining"] == 2
    assert openpyxl.load_workbook("out.xlsx").sheetnames[0] == "Summary"


def test_a_result_is_not_written_over_the_applications(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = str(places.sample_workbook())
    arguments = ["robustness", sample, "--strategic", "--out", sample]
    monkeypatch.setattr("sys.argv", ["funding", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "in use already" in capsys.readouterr().err
