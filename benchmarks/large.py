"""Funds of 100 to 20,000 cities: every stage of an allocation, beside what others need.

``python -m benchmarks.large``, or with the numbers of cities to run. For linear funds and for
funds with minimum viable amounts it prints, in one run, seconds and peak memory of each stage,
and ratios, which hold from machine to machine better than seconds do. Beside stage 1 stand the
natural matrix given cold to HiGHS and to CBC (package ``cbcbox``), and the same model in
``linopy``; what is not installed is said and left out (``pip install -e ".[benchmarks]"`` has
both). Each runs in a process of its own, one after the other. What the aims are, and whether they
are held, is printed with the figures.

With minimum viable amounts and more than 2,000 cities only our own stages as far as stage 1 are
run: each of the others may take all of its time limit there.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping

from benchmarks import in_linopy, measure, natural, stages
from benchmarks.natural import Size, Solved
from benchmarks.stages import Profile
from funding.program import State

SIZES = (100, 500, 2_000, 20_000)
MOST_MIXED = 2_000  # cities: larger funds with minimum viable amounts end after our stage 1
HIGHS, CBC, LINOPY = "HiGHS, matrix cold", "CBC, matrix cold", "linopy, HiGHS"
OTHERS: Mapping[str, tuple[str, Callable[[str], Solved]]] = {
    HIGHS: ("highspy", natural.by_highs),
    CBC: ("cbcbox", natural.by_cbc),
    LINOPY: ("linopy", in_linopy.solved),
}
SAME = 1e-7  # of the optimum: what two solvers' last digits may differ by
BOUND_DIGITS = 1e-5  # of the optimum: CBC prints bounds with six digits
ABOUT_A_SECOND = 1.25
NO_ANSWER = f"gave no answer in {measure.PATIENCE:.0f} s, or memory was too little"
VERDICTS: Mapping[bool, Mapping[bool | None, str]] = {
    False: {True: "the same optimum", False: "ANOTHER optimum", None: "nothing to compare"},
    True: {True: "agrees with ours", False: "CONTRADICTS ours", None: "nothing to compare"},
}


def main(sizes: list[int]) -> None:
    """One block for each number of cities, linear and with minimum viable amounts."""
    for cities in sizes:
        for minimums in (False, True):
            _block(cities, minimums)
    print(measure.machine())


def _block(cities: int, minimums: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        size = measure.apart(natural.write, cities, minimums, folder)
        assert size is not None, f"Writing the matrix {NO_ANSWER}"
        kind = "with minimum viable amounts" if minimums else "linear"
        print(f"{cities:,} cities, {kind}: {size.activities:,} activities")
        alone = minimums and cities > MOST_MIXED
        last = stages.FIRST if alone else ""
        ours = measure.apart(stages.of_synthetic, cities, minimums, last)
        if ours is None:
            print(f"  our own process {NO_ANSWER}: no aim of this fund is held\n", flush=True)
            return
        _print_stages(ours)
        others: dict[str, Solved] = {}
        if ours.first.state is State.INFEASIBLE:
            print("  No allocation holds these rules: nothing to compare")
        elif alone:
            print(f"  Further stages, HiGHS, CBC and linopy: up to {MOST_MIXED:,} such cities")
        else:
            _beside(size, ours, folder, others)
    for aim, figure, held in _aims(cities, size, ours, others):
        print(f"  aim: {aim}: {figure}: {'held' if held else 'NOT held'}")
    print(flush=True)


def _print_stages(ours: Profile) -> None:
    total = ours.seconds
    print(f"  {'stage':20}{'seconds':>9}{'of all':>9}{'peak':>12}")
    print(f"  {'(applications read)':38}{measure.mib(ours.before):>12}")
    for name, stage in ours.stages.items():
        proved = name == stages.FIRST and ours.first.found
        words = f"proved within {ours.first_gap:.4%}" if proved else ""
        if stage.seconds:  # else it was not reached
            _line(name, stage.seconds, f"{stage.seconds / total:.1%}", stage.peak, words)
    end = "NO AWARDS" if ours.stopped else f"awards proved within {ours.gap:.4%}"
    _line("all, to awards" if not ours.stopped else "all", total, "", ours.peak, end)
    if ours.stopped:
        print(f"  stopped: {ours.stopped}")


def _beside(size: Size, ours: Profile, folder: str, others: dict[str, Solved]) -> None:
    """Print, and add to ``others``, what the others need for what stage 1 does."""
    what = f"to within {natural.GAP:.1%} of the best" if size.whole else "to the optimum"
    whole = f" ({size.whole:,} whole)" if size.whole else ""
    print(
        f"  Beside, the natural matrix, {size.rows:,} rows, {size.columns:,} columns{whole}, "
        f"{what}, in at most {measure.TIME_LIMIT:.0f} s:"
    )
    first = ours.stages[stages.FIRST]
    print(f"  {'':20}{'seconds':>9}{'ratio':>9}{'peak':>12}")
    _line("our stage 1", first.seconds, "1", first.peak)
    _line("ours, to awards", ours.seconds, f"{ours.seconds / first.seconds:.1f}", ours.peak)
    for name, (package, work) in OTHERS.items():
        if measure.missing(package):
            print(f"  {name:20}not installed: {package}")
            continue
        found = measure.apart(work, folder)
        if found is None:
            print(f"  {name:20}{NO_ANSWER}")
            continue
        others[name] = found
        words = [] if found.ended else ["NOT SOLVED in time"]
        if math.isnan(found.value):
            words.append("no allocation found")
        elif size.whole:
            words.append(f"proved within {found.gap:.4%}")
        if name == LINOPY:
            words.append(f"built in {found.building:.3f} s")
        words.append(VERDICTS[bool(size.whole)][_agree(size, ours, found)])
        ratio = f"{found.seconds / first.seconds:.1f}"
        _line(name, found.seconds, ratio, found.peak, ", ".join(words))


def _line(name: str, seconds: float, ratio: str, peak: int | None, words: str = "") -> None:
    line = f"  {name:20}{seconds:9.3f}{ratio:>9}{measure.mib(peak):>12}  {words}"
    print(line.rstrip(), flush=True)


def _agree(size: Size, ours: Profile, found: Solved) -> bool | None:
    """Whether neither is worth more than the other proved possible; None: nothing to compare."""
    stopped = not size.whole and not found.ended  # a linear solve that stopped proves nothing
    if math.isnan(found.value) or not ours.first.found or stopped:
        return None
    slack = (BOUND_DIGITS if size.whole else SAME) * ours.first.bound
    no_more = found.value <= ours.first.bound + slack
    return no_more and ours.first.objective <= found.bound + slack


def _aims(
    cities: int, size: Size, ours: Profile, others: Mapping[str, Solved]
) -> Iterator[tuple[str, str, bool]]:
    """What is aimed at for a fund, the figure, and whether that holds the aim."""
    first, done, minimums = ours.stages[stages.FIRST].seconds, not ours.stopped, size.whole > 0
    if cities == 500 and minimums:
        yield (
            "to awards in about 1 s, proved within 0.01 %",
            f"{ours.seconds:.2f} s, {ours.gap:.4%}",
            done and ours.seconds <= ABOUT_A_SECOND and ours.gap <= 1e-4,
        )
    if cities == 2_000:
        yield "all stages under 5 s", f"{ours.seconds:.2f} s", done and ours.seconds < 5
    if cities == 2_000 and minimums:
        aim = "stage 1 proved within 0.1 %, at least twice as fast as the better of CBC and HiGHS"
        if {HIGHS, CBC} <= others.keys():
            name = min((HIGHS, CBC), key=lambda name: others[name].seconds)
            yield (
                aim,
                f"{ours.first_gap:.4%}, {others[name].seconds / first:.1f} times ({name})",
                ours.first.found and ours.first_gap <= 1e-3 and others[name].seconds >= 2 * first,
            )
        else:
            yield aim, "not both were run", False
    if cities == 20_000 and not minimums:
        for name, times in ((HIGHS, 8), (CBC, 3)):
            aim = f"stage 1 at least {times} times as fast as {name}, to the same optimum"
            if name in others:
                same = _agree(size, ours, others[name]) is True
                figure = (
                    f"{others[name].seconds / first:.1f} times{'' if same else ', NOT the same'}"
                )
                yield aim, figure, same and others[name].seconds >= times * first
            else:
                yield aim, "it was not run", False


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or list(SIZES))
