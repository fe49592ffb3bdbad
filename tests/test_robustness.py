"""Redrawn inputs, the share of draws in which each is funded, and the file that keeps draws."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from funding import workbook
from funding.applications import Applications, AssessorScore
from funding.awards import allocate
from funding.errors import NoAllocation, UsageError
from funding.robustness import (
    Colour,
    Drawn,
    Ending,
    Kept,
    Settings,
    Study,
    as_json,
    draws,
    findings_of,
    sentences,
)
from funding.robustness.findings import CONFIDENCE, Findings, Levels, interval, ranges
from funding.robustness.study import draw, smaller, standard_errors, with_envelope
from funding.scenario import parse
from tests import rich_funds
from tests.small import apply, ask, scenario

STILL = Settings(standard_error=0.0, envelope_spread=0.0)
WHOLE = "[rules.request]\nall_or_nothing = true\n"


def slot(first: int, second: int, **settings: float) -> Study:
    """Two cities ask for all of the envelope: one of them has it, whoever scores higher."""
    given = apply(ask("A-1", 1_000, score=first), ask("B-1", 1_000, score=second))
    varied = Settings(**{"envelope_spread": 0.0} | settings)  # type: ignore[arg-type]
    return Study(given, scenario(WHOLE, envelope=1_000), varied)


def found(study: Study, count: int, levels: Levels | None = None) -> Findings:
    """The findings of so many draws, done in this process."""
    done = {drawn.number: drawn for drawn in draws(study, range(count), workers=1)}
    allocation = allocate(study.applications, study.scenario)
    return findings_of(study, allocation, done, asked=count, levels=levels or Levels())


def assessor(activity: str, who: str, score: str, *, conflict: bool = False) -> AssessorScore:
    return AssessorScore(
        activity=activity, assessor=who, criterion="All", score=Decimal(score), conflict=conflict
    )


# --- what a draw is --------------------------------------------------------------------


@pytest.mark.parametrize(("ahead", "error", "count"), [(2, 3.0, 200), (5, 3.0, 100)])
def test_one_slot_has_a_closed_form(ahead: int, error: float, count: int) -> None:
    """A is funded where 50 + δ + s Z₁ > 50 + s Z₂: with Φ(δ / (√2 s)), by the normal law."""
    exact = NormalDist().cdf(ahead / (math.sqrt(2) * error))
    findings = found(slot(50 + ahead, 50, standard_error=error), count)
    a, b = findings.activities["A-1"], findings.activities["B-1"]
    assert a.low <= exact <= a.high
    assert b.low <= 1 - exact <= b.high
    assert a.times + b.times == count
    assert {award for d in findings.draws for award in d.awards.values()} == {100_000}


@pytest.mark.parametrize("seed", range(6))
def test_without_noise_every_draw_is_the_allocation(seed: int) -> None:
    """On funds with many rules; some have no allocation, and so has each draw."""
    rng = Random(seed)
    given = rich_funds.fund(rng)
    rules = parse(f'name = "Rich"\n{rich_funds.tables(rng, given)}')
    drawn = draw(Study(given, rules, STILL), 7)
    try:
        allocation = allocate(given, rules)
    except NoAllocation:
        assert drawn == Drawn(7, Ending.NONE)
        return
    assert drawn.awards == {code: award for code, award in allocation.awards.items() if award}
    assert drawn.ending == allocation.status


@pytest.mark.parametrize("seed", range(3))
def test_a_draw_is_what_its_inputs_give_from_files(seed: int, tmp_path: Path) -> None:
    """Its applications are a workbook without a fault, its scenario a file that is read again."""
    rng = Random(seed)
    rich = rich_funds.fund(rng)
    given = rich.model_copy(update={"records": {}})  # which have faults of their own
    rules = parse(f'name = "Rich"\n{rich_funds.tables(rng, given)}')
    study = Study(given, rules, Settings(standard_error=5.0, request_spread=0.4))
    applications, scenario_ = study.inputs(3)
    path = tmp_path / "draw.xlsx"
    path.write_bytes(workbook.write_applications(applications))
    intake = workbook.read([path])
    assert intake.sound, intake.faults
    assert intake.require().digest == applications.digest != given.digest
    drawn = draw(study, 3)
    try:
        allocation = allocate(intake.require(), parse(scenario_.to_toml()))
    except NoAllocation:
        assert drawn.ending is Ending.NONE
    else:
        assert drawn.awards == {a: x for a, x in allocation.awards.items() if x}


def test_scores_stay_between_0_and_100() -> None:
    study = Study(
        apply(ask("A-1", 1_000, score=99), ask("B-1", 1_000, score=1)),
        scenario(envelope=1_000),
        Settings(standard_error=5.0),
    )
    scores = [study.inputs(n)[0].score(code) for n in range(100) for code in ("A-1", "B-1")]
    assert min(scores) == 0
    assert max(scores) == 100
    assert len(set(scores)) > 50


def test_a_draw_depends_on_its_seed_and_number_alone() -> None:
    """Neither on other draws, nor on the order of the rows, nor on what else varies."""
    asks = [ask(f"{c}-1", 1_000, score=50) for c in "ABCD"]
    rules = scenario(envelope=2_000)
    settings = Settings(seed=5, standard_error=4.0)

    def scores(study: Study, number: int) -> dict[str, Fraction]:
        given = study.inputs(number)[0]
        return {code: given.score(code) for code in sorted(given.activities)}

    study = Study(apply(*asks), rules, settings)
    first = scores(study, 3)
    study.inputs(1)
    assert scores(study, 3) == first
    assert scores(Study(apply(*reversed(asks)), rules, settings), 3) == first
    wider = Settings(seed=5, standard_error=4.0, envelope_spread=0.5, request_spread=0.5)
    assert scores(Study(apply(*asks), rules, wider), 3) == first
    assert scores(study, 4) != first
    assert scores(Study(apply(*asks), rules, Settings(seed=6, standard_error=4.0)), 3) != first


def test_the_standard_error_of_the_mean_by_hand() -> None:
    """A: 60 and 70, variance 50. B: one assessor. C: 50, 50 and 56, variance 12. D: none.

    Pooled: (1 · 50 + 2 · 12) / 3 = 24.667. A: √((50 + 24.667) / 2 / 2), C:
    √((24 + 24.667) / 3 / 3).
    """
    given = apply(
        *(ask(f"{c}-1", 1_000, score=None) for c in "ABC"),
        ask("D-1", 1_000, score=70),
        assessor("A-1", "x", "58"),
        assessor("A-1", "x", "62"),
        assessor("A-1", "y", "70"),
        assessor("A-1", "z", "10", conflict=True),
        assessor("B-1", "x", "80"),
        *(assessor("C-1", who, score) for who, score in (("x", "50"), ("y", "50"), ("z", "56"))),
    )
    errors = standard_errors(given)
    pooled = 74 / 3
    by_hand = {
        "A-1": math.sqrt((50 + pooled) / 4),
        "B-1": math.sqrt(pooled),
        "C-1": math.sqrt((24 + pooled) / 9),
        "D-1": math.sqrt(pooled),
    }
    assert errors == pytest.approx(by_hand)


def test_scores_of_assessors_are_redrawn_around_their_mean() -> None:
    """The mean of many draws is the assessors' mean, 65, to within four of its standard errors."""
    given = apply(
        ask("A-1", 1_000, score=None),
        ask("B-1", 1_000, score=60),
        assessor("A-1", "x", "60"),
        assessor("A-1", "y", "70"),
    )
    study = Study(given, scenario(), Settings())
    drawn = [float(study.inputs(n)[0].score("A-1")) for n in range(400)]
    error = study.standard_errors["A-1"]
    assert error == pytest.approx(5)  # √((50 + 50) / 4)
    assert sum(drawn) / 400 == pytest.approx(65, abs=4 * error / 20)
    spread = math.sqrt(sum((x - 65) ** 2 for x in drawn) / 400)
    assert spread == pytest.approx(error, rel=0.15)


def test_where_no_spread_is_known_it_must_be_stated() -> None:
    with pytest.raises(UsageError, match="--standard-error"):
        Study(apply(ask("A-1", 1_000)), scenario(), Settings())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"envelope_spread": 1.0}, "spread of the envelope is 1"),
        ({"envelope_spread": -0.1}, "spread of the envelope is -0.1"),
        ({"request_spread": float("nan")}, "spread of the requests is nan"),
        ({"standard_error": -1.0}, "standard error is -1"),
        ({"standard_error": float("inf")}, "standard error is inf"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Settings(**settings)  # type: ignore[arg-type]


def test_the_envelope_of_each_year_moves_alike_in_whole_cents() -> None:
    rules = scenario(
        '[fund]\nunit = 100\nsource = "Law"\n[fund.envelopes]\n2026 = 1000\n2027 = 500.05\n'
    )
    cut = with_envelope(rules, 0.95)
    assert dict(cut.fund.envelopes) == {2026: 95_000, 2027: 47_505}  # 47,504.75 rounded
    assert cut.fund.envelope == 142_505
    assert cut.tables["fund"]["source"] == "Law"
    assert with_envelope(scenario(envelope=1_000), 1.005).fund.envelope == 100_500


def test_envelopes_fill_the_range_and_no_more() -> None:
    study = Study(apply(ask("A-1", 1_000)), scenario(envelope=1_000), Settings(standard_error=0.0))
    drawn = [study.envelope(n) for n in range(300)]
    assert 90_000 <= min(drawn) < 91_000
    assert 109_000 < max(drawn) <= 110_000
    assert sum(drawn) / 300 == pytest.approx(100_000, abs=1_500)


@given(
    parts=st.lists(st.integers(0, 10**9), min_size=4, max_size=4),
    viable=st.floats(0, 1),
    counted=st.floats(0, 1),
    years=st.lists(st.integers(0, 10**6), min_size=1, max_size=4),
    factor=st.floats(0.001, 1),
)
def test_a_smaller_activity_is_sound(
    parts: list[int], viable: float, counted: float, years: list[int], factor: float
) -> None:
    """Its parts add up, its request by year too, and nothing is above what it was."""
    asked = max(1, sum(years))
    years[0] += asked - sum(years)
    activity, assessment = ask("A-1", 1)
    total = asked + sum(parts[1:])
    activity = activity.model_copy(
        update={
            "requested": asked,
            "own_cash": parts[1],
            "own_in_kind": parts[2],
            "other_funding": parts[3],
            "total_cost": total,
            "minimum_viable": round(viable * asked),
            "requested_by_year": tuple(enumerate(years, 2026)),
        }
    )
    assessment = assessment.model_copy(update={"eligible_cost": round(counted * total)})
    less, assessed = smaller(activity, assessment, factor)
    assert 1 <= less.requested <= asked
    assert less.requested == pytest.approx(asked * factor, abs=1)
    own = less.own_cash + less.own_in_kind + less.other_funding
    assert less.total_cost == less.requested + own
    assert less.minimum_viable is not None
    assert less.minimum_viable <= less.requested
    assert sum(part for _, part in less.requested_by_year) == less.requested
    for (year, part), (of, whole) in zip(
        less.requested_by_year, activity.requested_by_year, strict=True
    ):
        assert year == of
        assert 0 <= part <= whole
    assert assessed.eligible_cost is not None
    assert assessed.eligible_cost <= less.total_cost


# --- what is concluded -----------------------------------------------------------------


@pytest.mark.parametrize("of", [1, 10, 37])
def test_the_interval_holds_the_true_share_as_often_as_it_says(of: int) -> None:
    """Summed exactly over all outcomes of the binomial law, for shares all over."""
    intervals = [interval(times, of) for times in range(of + 1)]
    for share in [k / 200 for k in range(201)]:
        covered = sum(
            float(binom.pmf(times, of, share))
            for times, (low, high) in enumerate(intervals)
            if low <= share <= high
        )
        assert covered >= CONFIDENCE - 1e-9


def test_the_interval_where_all_or_none_are_funded() -> None:
    """Clopper and Pearson: none of n has 1 − 0.025^(1/n) for its upper end."""
    assert interval(0, 10) == pytest.approx((0, 1 - 0.025**0.1))
    assert interval(10, 10) == pytest.approx((0.025**0.1, 1))
    assert interval(0, 0) == (0, 1)


def test_ranges_are_awards_that_were_drawn() -> None:
    """Of 1 to 20: 5 % are at most 1, half at most 10, 95 % at most 19."""
    assert ranges(list(range(20, 0, -1))) == (1, 10, 19)
    assert ranges([7]) == (7, 7, 7)
    assert ranges([]) == (0, 0, 0)
    assert ranges([0] * 949 + [9] * 51) == (0, 0, 9)
    assert ranges([0] * 950 + [9] * 50) == (0, 0, 0)


def test_colours_go_by_the_whole_interval() -> None:
    """Of 100 draws: 97 of 100 is 91.5 % at least, 95 of 100 only 88.7 %; and so at the foot."""
    study = slot(60, 40, standard_error=0.0)
    allocation = allocate(study.applications, study.scenario)
    colours = {}
    for times in (97, 95, 5, 3):
        done = {
            n: Drawn(n, Ending.OPTIMAL, {"A-1": 100_000} if n < times else {}) for n in range(100)
        }
        findings = findings_of(study, allocation, done, asked=100, levels=Levels())
        colours[times] = findings.activities["A-1"].colour
        assert findings.cities["A"].colour == colours[times]
    assert colours == {97: Colour.GREEN, 95: Colour.GREY, 5: Colour.GREY, 3: Colour.RED}
    for green, red in ((0.5, 0.5), (1.1, 0.1), (0.9, -0.1), (1.0, 0.1), (0.9, 0.0)):
        with pytest.raises(UsageError, match="expected shares between 0 and 1"):
            Levels(green, red)


@pytest.mark.parametrize(("green", "red"), [(0.9, 0.1), (0.8, 0.3), (0.95, 0.02), (0.6, 0.4)])
def test_of_too_few_draws_nothing_is_green_or_red_and_it_is_said(green: float, red: float) -> None:
    """From just as many on that all fund A and none B, one of them is; 36 for 90 % and 10 %."""
    study = slot(60, 40, standard_error=0.0)
    allocation = allocate(study.applications, study.scenario)

    def of(count: int) -> Findings:
        done = {n: Drawn(n, Ending.OPTIMAL, {"A-1": 100_000}) for n in range(count)}
        return findings_of(study, allocation, done, asked=count, levels=Levels(green, red))

    fewest = of(1).fewest
    assert (green, red) != (0.9, 0.1) or fewest == 36
    enough, short = of(fewest), of(fewest - 1)
    assert {chance.colour for chance in short.activities.values()} == {Colour.GREY}
    assert any(c.colour is not Colour.GREY for c in enough.activities.values())
    assert f"of fewer than {fewest}" in " ".join(sentences(short))
    assert "fewer than" not in " ".join(sentences(enough))


def test_a_city_has_the_range_of_its_awards_together() -> None:
    given = apply(ask("A-1", 600), ask("A-2", 500), ask("B-1", 100))
    study = Study(given, scenario(), STILL)
    done = {
        n: Drawn(n, Ending.OPTIMAL, {"A-1": 100 * n, "A-2": 1_000} if n else {"B-1": 5})
        for n in range(20)
    }
    findings = findings_of(study, allocate(given, study.scenario), done, asked=20, levels=Levels())
    a = findings.cities["A"]
    assert (a.times, a.least, a.middle, a.most) == (19, 0, 1_900, 2_800)
    assert a.award == 110_000


def test_draws_without_an_allocation_are_counted_and_left_out() -> None:
    """A is promised 960 of an envelope of 1,000 ± 10 %: below 960 nobody can keep that."""
    given = apply(ask("A-1", 1_000), ask("B-1", 1_000))
    rules = scenario(
        '[[decisions]]\nactivity = "A-1"\nminimum = 960\nreason = "Treaty"\n',
        envelope=1_000,
        unit=1,
    )
    study = Study(given, rules, Settings(standard_error=0.0))
    findings = found(study, 40)
    short = [n for n in range(40) if study.envelope(n) < 96_000]
    assert 0 < len(short) < 40
    assert list(findings.refused) == short
    a = findings.activities["A-1"]
    assert (a.times, a.share) == (40 - len(short), 1)
    said = " ".join(sentences(findings))
    assert f"In {len(short)} of 40 draws no allocation can hold all the rules" in said
    assert f"0 have a larger envelope than the scenario and {len(short)} a smaller one" in said
    assert (
        f"In draw {short[0] + 1}, for one, these contradict each other: Envelope, Decision" in said
    )


def test_what_ended_at_the_time_limit_is_said() -> None:
    study = slot(60, 40, standard_error=0.0)
    done = {
        0: Drawn(0, Ending.FEASIBLE, {"A-1": 100_000}),
        1: Drawn(1, Ending.STOPPED),
        2: Drawn(2, Ending.OPTIMAL, {"A-1": 100_000}),
        9: Drawn(9, Ending.OPTIMAL, {"B-1": 100_000}),  # of more draws than are asked for
    }
    allocation = allocate(study.applications, study.scenario)
    findings = findings_of(study, allocation, done, asked=4, levels=Levels())
    said = " ".join(sentences(findings))
    assert "Only 3 of the 4 draws are done" in said
    assert "In 1 of 3 draws the solver found nothing in time" in said
    assert "In 1 draw the solver ended at its time limit" in said
    assert (findings.activities["A-1"].times, findings.activities["B-1"].times) == (2, 0)


def test_findings_as_json() -> None:
    content: dict[str, Any] = as_json(found(slot(52, 50, standard_error=3.0), 30))
    assert json.loads(json.dumps(content)) == content
    assert content["draws"] == {
        "done": 30,
        "allocated": 30,
        "no_allocation": 0,
        "stopped": 0,
        "time_limited": 0,
    }
    first, second = content["activities"]
    assert first["times_funded"] + second["times_funded"] == 30
    assert first["award"] == 1_000
    assert first["colour"] == "grey"


# --- the file that keeps draws ---------------------------------------------------------

AWARDS = Drawn(2, Ending.OPTIMAL, {"A-1": 100_000})


@pytest.fixture
def study() -> Study:
    return slot(52, 50, standard_error=3.0)


@pytest.fixture
def path(tmp_path: Path, study: Study) -> Path:
    """A file with two draws."""
    path = tmp_path / "draws.jsonl"
    with Kept(path, study) as kept:
        kept.add(AWARDS)
        kept.add(Drawn(0, Ending.NONE))
    return path


def test_draws_are_kept(path: Path, study: Study) -> None:
    with Kept(path, study) as kept:
        assert kept.draws == {2: AWARDS, 0: Drawn(0, Ending.NONE)}
        kept.add(Drawn(1, Ending.STOPPED))
    with Kept(path, study) as kept:
        assert list(kept.draws) == [2, 0, 1]


def test_a_torn_line_is_left_out_wherever_it_is_torn(path: Path, study: Study) -> None:
    whole = path.read_bytes()
    head = whole.index(b"\n") + 1
    for upto in [0, 1, head - 1, head, head + 1, len(whole) - 1]:
        path.write_bytes(whole[:upto])
        with Kept(path, study) as kept:
            assert set(kept.draws) == ({2} if upto == len(whole) - 1 else set())
            kept.add(Drawn(7, Ending.NONE))
        with Kept(path, study) as kept:
            assert 7 in kept.draws


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (slot(52, 50, standard_error=3.0, seed=2), "another seed"),
        (slot(52, 50, standard_error=4.0), "another standard error"),
        (slot(53, 50, standard_error=3.0), "other applications"),
        (slot(52, 50, standard_error=3.0, request_spread=0.1), "another spread of the requests"),
    ],
)
def test_draws_of_another_study_are_refused(
    other: Study, said: str, path: Path, study: Study
) -> None:
    before = path.read_bytes()
    with pytest.raises(UsageError, match=rf"holds draws of another study \({said}\)"):
        Kept(path, other)
    assert path.read_bytes() == before


def _without(text: bytes) -> Callable[[bytes], bytes]:
    return lambda whole: whole.replace(text, b"", 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda whole: b"\x00\x01 something else", "holds no draws"),
        (lambda whole: b'{"format":1}\n', "holds no draws"),
        (lambda whole: b"code,award\nA-1,100\n", "holds no draws"),
        (lambda whole: whole.replace(b'"format":1', b'"format":2'), "newer version"),
        (lambda whole: whole.replace(b"A-1", b"Z-9"), "Line 2 of"),
        (lambda whole: whole.replace(b":100000", b":-1"), "Line 2 of"),
        (lambda whole: whole.replace(b":100000", b":1.5"), "Line 2 of"),
        (_without(b"optimal"), "Line 2 of"),
        (lambda whole: whole.replace(b'"draw":0', b'"draw":true'), "Line 3 of"),
        (lambda whole: whole.replace(b"PuLP", b"Pulp"), "another version of PuLP"),
    ],
)
def test_a_file_that_is_none_or_was_changed_is_refused(
    change: Callable[[bytes], bytes], said: str, path: Path, study: Study
) -> None:
    changed = change(path.read_bytes())
    path.write_bytes(changed)
    with pytest.raises(UsageError, match=said):
        Kept(path, study)
    assert path.read_bytes() == changed


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, study: Study) -> None:
    with pytest.raises(UsageError, match=r"cannot keep the draws: .*Choose another"):
        Kept(tmp_path / "nowhere" / "draws.jsonl", study)
    with pytest.raises(UsageError, match="cannot keep the draws"):
        Kept(tmp_path, study)


def test_reading_is_of_the_content(path: Path, study: Study) -> None:
    """The same applications in another order are the same study."""
    given = study.applications
    turned = Applications.of(
        given.call,
        reversed(list(given.cities.values())),
        reversed(list(given.activities.values())),
        reversed(list(given.assessments.values())),
    )
    with Kept(path, Study(turned, study.scenario, study.settings)) as kept:
        assert len(kept.draws) == 2
