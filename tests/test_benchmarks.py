"""Benchmarks run, print their ratios, and measure what they say they measure."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import allocate, intake, large, letters, measure, natural, stages, synthetic
from benchmarks import sweep as sweeping
from funding import awards, places, program, scenario, whole
from funding.case import Plan
from funding.program import Task
from funding.settle import settle

MISSING = {name: measure.missing(package) for name, (package, _) in large.OTHERS.items()}


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One round each, in this process."""

    def here(work: Callable[..., Any], *args: Any) -> Any:
        return work(*args)

    monkeypatch.setattr(measure, "ROUNDS", 1)
    monkeypatch.setattr(measure, "apart", here)


@pytest.mark.usefixtures("once")
def test_large_funds_stand_beside_other_solvers(capsys: pytest.CaptureFixture[str]) -> None:
    large.main([20])
    printed = capsys.readouterr().out
    linear, mixed = printed.split("20 cities, ")[1:]
    for block, agrees in ((linear, "the same optimum"), (mixed, "agrees with ours")):
        for stage in (*(name for name, _, _ in stages.STAGES), "all, to awards"):
            (seconds,) = re.findall(rf"^  {stage} +(\d+\.\d+)", block, re.MULTILINE)
            assert float(seconds) < 60, stage
        assert re.search(r"our stage 1 +\d+\.\d+ +1 ", block)
        for name, missing in MISSING.items():
            (line,) = [text for text in block.splitlines() if text.startswith(f"  {name}")]
            if missing:
                assert "not installed" in line
            else:
                assert re.search(r" \d+\.\d{3} +\d+\.\d ", line)
                assert line.endswith(agrees)
    assert "Python" in printed.splitlines()[-1]
    assert "NO AWARDS" not in printed


@pytest.mark.usefixtures("once")
def test_a_sweep_stands_beside_one_solve(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two points and the scenario itself, in this process both times."""
    monkeypatch.setattr(sweeping, "OVER", "fund.envelope=105e5:11e6:5e5")
    rules = scenario.load(places.sample_scenarios() / "base.toml")
    sweeping.main(places.sample_workbook(), rules)
    printed = capsys.readouterr().out
    assert re.search(r"^3 scenarios in this process: \d+\.\d s of it = \d+\.\d$", printed, re.M)
    assert "points whose awards are not those of allocate: 0" in printed
    shares = re.findall(r"^  .+: (\d+)%$", printed, re.M)
    assert 95 <= sum(map(int, shares)) <= 105


@pytest.mark.usefixtures("once")
def test_letters_stand_beside_verifying(capsys: pytest.CaptureFixture[str]) -> None:
    letters.main()
    printed = capsys.readouterr().out
    assert re.search(r"and 123 letters: \d+\.\d\d s = \d+\.\d\d$", printed, re.MULTILINE)
    assert "aim: 120 letters in under 30 s: " in printed


@pytest.mark.usefixtures("once")
def test_scenarios_of_the_sample_fund_stage_by_stage(capsys: pytest.CaptureFixture[str]) -> None:
    allocate.main([places.sample_scenarios() / "base.toml"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("reading the sample: ")
    assert all(name in lines[1] for name, _, _ in stages.STAGES)
    assert lines[2].startswith("base ")
    assert "all stages under 1 s" in lines[3]


def test_intake_is_measured_against_bare_reading(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "FILES", 2)
    intake.main(80)
    assert len(re.findall(r"\d of it \(", capsys.readouterr().out)) == 4


def test_a_stage_is_without_the_stages_inside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.2 s in the settling of ties, inside whole units, are the settling's."""
    given = synthetic.applications(20)
    rules = synthetic.scenario(given, minimums=False)

    def slow(*args: Any) -> None:
        time.sleep(0.2)
        settle(*args)

    monkeypatch.setattr(whole, "settle", slow)
    start = time.perf_counter()
    found = stages.profiled(given, rules)
    taken = time.perf_counter() - start
    assert vars(whole)["settle"] is slow  # what was wrapped is as it was
    assert found.stages["settling ties"].seconds >= 0.2
    assert found.stages["3: whole units"].seconds < found.seconds - 0.2
    assert found.seconds == pytest.approx(taken, abs=0.1)


def test_a_profile_has_what_the_allocation_has() -> None:
    given = synthetic.applications(20)
    rules = synthetic.scenario(given, minimums=True)
    found, made = stages.profiled(given, rules), awards.allocate(given, rules)
    assert not found.stopped
    assert found.gap == made.gap
    assert found.first_gap == pytest.approx(1 - made.best_value / made.bound, abs=1e-9)


def test_a_profile_ends_after_the_stage_that_is_asked_for() -> None:
    given = synthetic.applications(20)
    rules = synthetic.scenario(given, minimums=False)
    found = stages.profiled(given, rules, stages.FIRST)
    assert stages.FIRST in found.stopped
    assert found.first.found
    assert found.stages["1: value"].seconds > 0
    assert found.stages["3: whole units"].seconds == 0


@pytest.mark.parametrize("minimums", [False, True])
def test_the_natural_matrix_has_the_optimum_of_the_program(minimums: bool, tmp_path: Path) -> None:
    given = synthetic.applications(20)
    rules = synthetic.scenario(given, minimums=minimums)
    case = rules.case(given)
    found = program.build(Plan(case), rules.limits(case), rules.value(case))
    zeros = [0.0] * len(found.upper)
    task = Task(zeros, found.upper, found.worth, found.rows, found.integer)
    best = program.solve(task, time_limit=60).objective
    size = natural.write(20, minimums, str(tmp_path))
    assert size.whole == len(found.integer)
    assert size.columns < len(found.upper)  # no city totals
    solved = natural.by_highs(str(tmp_path))
    assert solved.ended
    assert solved.bound >= best * (1 - 1e-9)
    assert solved.value == pytest.approx(best, rel=natural.GAP if minimums else 1e-9)


@pytest.mark.parametrize("name", [large.HIGHS, large.CBC])
def test_who_stops_at_the_time_limit_has_proved_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if MISSING[name]:
        pytest.skip("Not installed.")
    monkeypatch.setattr(measure, "ROUNDS", 1)
    monkeypatch.setattr(measure, "TIME_LIMIT", 1e-3)
    natural.write(100, True, str(tmp_path))
    found = large.OTHERS[name][1](str(tmp_path))
    assert not found.ended
    assert math.isnan(found.value)
    assert found.gap == 1


def _needs(mib: int) -> tuple[int | None, int | None]:
    """The peak with so much memory taken, and after it was given back and forgotten."""
    measure.forget()
    taken = np.ones(mib * 131_072)
    most = measure.peak()
    del taken
    measure.forget()
    return most, measure.peak()


def _ended() -> None:
    os._exit(9)


def _wrong() -> None:
    raise ValueError("said by the work")


def test_work_apart_that_gives_no_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    assert measure.apart(_ended) is None
    with pytest.raises(ValueError, match="said by the work"):
        measure.apart(_wrong)
    monkeypatch.setattr(measure, "PATIENCE", 0.2)
    start = time.perf_counter()
    assert measure.apart(time.sleep, 60) is None
    assert time.perf_counter() - start < 30


def test_work_runs_apart_with_memory_of_its_own() -> None:
    found = measure.apart(_needs, 300)
    assert found is not None
    most, after = found
    if most is None or after is None:
        pytest.skip("This system does not tell what a process needed.")
    assert 300 <= most - after + 5 <= 400
