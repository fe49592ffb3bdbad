"""Decisions by hand: must fund, cap, exclude, each with its reason."""

from __future__ import annotations

import pytest

from funding.awards import allocate
from funding.errors import NoAllocation, ScenarioError
from funding.rules.decisions import Decision
from funding.scenario import parse
from tests import small

ASKS = small.apply(
    small.city("C", name="Ceiba"),
    small.ask("A-1", 8_000, score=60),
    small.ask("B-1", 6_000, score=90),
    small.ask("C-1", 4_000, score=80),
    small.ask("D-1", 500, eligible=False),
)


def table(of: str, what: str, reason: str = "Treaty of 12 March") -> str:
    """One table, such as ``table('city = "A"', "minimum = 5")``."""
    return f'[[decisions]]\n{of}\n{what}\nreason = "{reason}"\n'


def decided(*tables: str, **fund: int) -> dict[str, float]:
    """The awards of 10,000 under decisions."""
    return small.awards(small.scenario("".join(tables), **{"envelope": 10_000, **fund}), ASKS)


def conflict(*tables: str) -> str:
    """What is said where the decisions cannot hold."""
    with pytest.raises(NoAllocation) as caught:
        decided(*tables)
    return str(caught.value)


A_MINIMUM = table('activity = "A-1"', "minimum = 5_000")
C_MAXIMUM = table('city = "C"', "maximum = 1_000")
B_EXCLUDED = table('activity = "B-1"', "exclude = true")


def test_without_decisions_the_best_are_served() -> None:
    """B-1 (90) in full and C-1 (80) with the other 4,000."""
    assert decided() == {"A-1": 0, "B-1": 6_000, "C-1": 4_000, "D-1": 0}


def test_a_minimum_is_served_first_and_a_maximum_caps() -> None:
    """A-1 has its 5,000; each unit of the other 5,000 is worth most with B-1 (90)."""
    assert decided(A_MINIMUM, C_MAXIMUM) == {"A-1": 5_000, "B-1": 5_000, "C-1": 0, "D-1": 0}


def test_what_is_excluded_leaves_its_money_to_others() -> None:
    """C-1 (80) has its cap of 1,000, so A-1 (60) its 8,000; 1,000 is left."""
    found = decided(A_MINIMUM, C_MAXIMUM, B_EXCLUDED)
    assert found == {"A-1": 8_000, "B-1": 0, "C-1": 1_000, "D-1": 0}


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"A-1": 5_000, "C-1": 1_000}, []),
        ({"A-1": 4_900, "C-1": 1_000}, ["A-1 minimum"]),
        ({"A-1": 5_000, "C-1": 1_100}, ["C maximum of the city"]),
        ({"A-1": 5_000, "B-1": 100}, ["B-1 exclusion"]),
    ],
)
def test_decisions_hold_to_the_unit(given: dict[str, float], broken: list[str]) -> None:
    read = small.scenario(A_MINIMUM + C_MAXIMUM + B_EXCLUDED)
    assert small.broken(read, ASKS, "decisions", given) == broken


def test_a_citys_activities_count_together() -> None:
    """A must have 3,000: A-1 (50) and A-2 (40) ask for 2,000 each, so 2,000 and 1,000; the
    other 2,000 of 5,000 go to B-1 (90). Without the decision B-1 has its 4,000, A-1 1,000."""
    asks = small.apply(
        small.ask("A-1", 2_000, score=50),
        small.ask("A-2", 2_000, score=40),
        small.ask("B-1", 4_000, score=90),
    )
    must = small.scenario(table('city = "A"', "minimum = 3_000"), envelope=5_000)
    assert small.awards(must, asks) == {"A-1": 2_000, "A-2": 1_000, "B-1": 2_000}
    free = {"A-1": 1_000, "A-2": 0, "B-1": 4_000}
    assert small.awards(small.scenario(envelope=5_000), asks) == free


def test_bounds_that_are_no_multiples_of_the_unit() -> None:
    """At least 5,050 is 5,100 in units of 100; at most 1,950 is 1,900. C-1 has the rest."""
    minimum = table('activity = "A-1"', "minimum = 5_050")
    maximum = table('city = "B"', "maximum = 1_950")
    found = decided(minimum, maximum)
    assert found == {"A-1": 5_100, "B-1": 1_900, "C-1": 3_000, "D-1": 0}


def test_minimum_and_maximum_may_be_one_amount() -> None:
    fixed = table('activity = "A-1"', "minimum = 2_000\nmaximum = 2_000")
    assert decided(fixed, envelope=50_000)["A-1"] == 2_000


def test_a_city_and_an_activity_of_one_code_are_two() -> None:
    """City A at least 500, its activity "A" at most 300, so A-2 gets at least 200."""
    asks = small.apply(small.ask("A", 1_000), small.ask("A-2", 1_000, score=1))
    read = small.scenario(
        table('city = "A"', "minimum = 500") + table('activity = "A"', "maximum = 300"),
        envelope=500,
    )
    assert small.awards(read, asks) == {"A": 300, "A-2": 200}


def test_alike_activities_are_served_as_decided_not_in_the_declared_order() -> None:
    """Two alike of 1,000, all or nothing, 1,000 in the fund: whichever must be funded is."""
    asks = small.apply(small.ask("A-1", 1_000), small.ask("A-2", 1_000))
    for code in ("A-1", "A-2"):
        must = table(f'activity = "{code}"', "minimum = 1_000")
        read = small.scenario(f"[rules.request]\nall_or_nothing = true\n{must}", envelope=1_000)
        assert small.awards(read, asks)[code] == 1_000


def test_the_reason_is_quoted_with_status() -> None:
    read = small.scenario(A_MINIMUM + C_MAXIMUM + B_EXCLUDED, envelope=10_000)
    found = allocate(ASKS, read)
    b, c = found.outcomes["B-1"], found.outcomes["C-1"]
    said = 'Activity B-1: no award by decision, "Treaty of 12 March".'
    assert (b.status, b.reasons) == (
        "excluded by decision",
        ("Excluded by decision.", said),
    )
    assert found.city_status("B") == "excluded by decision"
    assert c.status == "reduced"
    assert 'City C: at most 1,000 EUR by decision, "Treaty of 12 March".' in c.reasons
    assert found.outcomes["A-1"].reasons == (
        "Awarded in full, 8,000 EUR in whole units.",
        'Activity A-1: at least 5,000 EUR by decision, "Treaty of 12 March".',
    )
    (floor,) = [use for use in found.rows if use.limit.part == "minimum"]
    assert not floor.binding  # it would have had more anyhow


def test_a_minimum_that_is_just_met_binds() -> None:
    found = allocate(ASKS, small.scenario(A_MINIMUM, envelope=10_000))
    (floor,) = [use for use in found.rows if use.limit.part == "minimum"]
    assert floor.binding


def test_a_maximum_below_the_least_award_leaves_nothing() -> None:
    """Viable from 3,000 on, at most 1,000 by decision: not funded, not excluded."""
    asks = small.apply(small.ask("C-1", 4_000, minimum_viable=3_000))
    outcome = allocate(asks, small.scenario(C_MAXIMUM)).outcomes["C-1"]
    assert outcome.status == "not funded"
    assert "Treaty of 12 March" in outcome.reasons[1]


def test_an_exclusion_does_not_lower_the_floor_of_a_group() -> None:
    """South asks for 4,000 and is guaranteed a tenth of 10,000. Excluded, it cannot have it."""
    asks = small.apply(
        small.city("C", region="South"), small.ask("A-1", 8_000), small.ask("C-1", 4_000)
    )
    share = '[[rules.group_shares]]\nattribute = "region"\ngroup = "South"\nmin = 0.1\n'
    excluded = table('city = "C"', "exclude = true")
    with pytest.raises(NoAllocation, match="Group shares, Decisions by hand"):
        allocate(asks, small.scenario(share + excluded, envelope=10_000))


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ([table('activity = "D-1"', "minimum = 100")], "D-1 is closed: assessed as not eligible"),
        ([table('city = "D"', "minimum = 100")], "D-1 is closed: assessed as not eligible"),
        ([table('activity = "A-2"', "minimum = 1")], "there is no such activity"),
        ([table('city = "Z"', "minimum = 1")], "there is no such city"),
        (
            [table('activity = "A-1"', "minimum = 8_050")],
            "no more than 8,000 EUR is asked for in whole units and open",
        ),
        (
            [A_MINIMUM, table('city = "A"', "exclude = true", "No")],
            '  Decisions by hand: activity A-1: at least 5,000 EUR by decision, "Treaty of 12 '
            'March".\n  Decisions by hand: city A: no award by decision, "No".\n',
        ),
        (
            [A_MINIMUM, C_MAXIMUM, table('city = "B"', "minimum = 5_100")],
            "contradict each other: Envelope, Decisions by hand. Without any one of them the "
            "others can be held.\n  Envelope: the envelope: at most 10,000 EUR.\n  Decisions by "
            'hand: activity A-1: at least 5,000 EUR by decision, "Treaty of 12 March".\n'
            "  Decisions by hand: city B: at least 5,100 EUR",
        ),
    ],
)
def test_a_minimum_that_cannot_hold_is_said(tables: list[str], said: str) -> None:
    """Never a silent shortfall; decisions that are no part of the conflict are not named."""
    words = conflict(*tables)
    assert said in words
    assert "city C" not in words


def test_with_nothing_open_a_minimum_is_a_conflict_too() -> None:
    asks = small.apply(small.ask("D-1", 500, eligible=False))
    with pytest.raises(NoAllocation, match=r"D-1 is closed: assessed as not eligible"):
        allocate(asks, small.scenario(table('city = "D"', "minimum = 100")))


def test_maximum_and_exclusion_of_what_is_closed_or_unknown_hold() -> None:
    """Nothing changes; unknown codes are noted, with the nearest."""
    read = small.scenario(
        table('activity = "D-1"', "exclude = true")
        + table('activity = "A-2"', "maximum = 5")
        + table('city = "Z"', "exclude = true"),
        envelope=10_000,
    )
    found = allocate(ASKS, read)
    assert small.in_units(found) == decided()
    assert found.outcomes["D-1"].status == "ineligible"
    assert found.notes == (
        "Decisions by hand: activity A-2 is decided, but there is no such activity "
        '(did you mean "A-1"?)',
        "Decisions by hand: city Z is decided, but there is no such city",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[decisions]]\ncity = "A"\nminimum = 5\n', "decisions.0.reason is missing"),
        (table('city = "A"', "minimum = 5", "  "), "needs a written reason"),
        (table("", "minimum = 5"), 'either city = "…" or activity = "…"'),
        (table('city = "A"\nactivity = "A-1"', "minimum = 5"), "either city"),
        (table('city = "A"', ""), "expected minimum, maximum or both"),
        (table('city = "A"', "minimum = 5\nexclude = true"), "or else exclude = true"),
        (table('city = "A"', "minimum = 5\nmaximum = 4"), "minimum is above maximum"),
        (table('city = "A"', "minimum = 0"), "decisions.0.minimum: input should be greater than 0"),
        (A_MINIMUM + B_EXCLUDED + A_MINIMUM, "activity A-1 is decided 2 times"),
        (table('city = "A"', "minimun = 5"), 'did you mean "minimum"'),
    ],
)
def test_what_is_no_decision_is_refused(text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        small.scenario(text)
    assert said in str(caught.value)


def test_a_decision_can_be_switched_off_and_a_childs_list_replaces() -> None:
    """The child of a scenario that excludes B and must fund A keeps only what it writes."""
    off = small.scenario(table('city = "A"\nenabled = false', "minimum = 5"))
    assert off.rule("decisions") is None
    both = f'name = "Base"\n[fund]\nenvelope = 5\n{A_MINIMUM}{B_EXCLUDED}'
    for text, kept in ((C_MAXIMUM, ["city C"]), ("decisions = []\n", [])):
        own = f'name = "Child"\nextends = "base.toml"\n{text}'
        child = parse(own, {"base.toml": both}.__getitem__)
        rule = child.rule("decisions")
        listed: tuple[Decision, ...] = getattr(rule, "decisions", ())
        assert [decision.whose for decision in listed] == kept


def test_a_minimum_for_a_city_above_all_that_it_asks_for_is_a_conflict() -> None:
    """A asks for 8,000 in whole units, and F is 10,000."""
    words = conflict(table('city = "A"', "minimum = 8_100"))
    assert "no more than 8,000 EUR is asked for in whole units and open" in words
