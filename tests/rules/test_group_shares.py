"""Group shares: l F ≤ Σ x_a over a group ≤ u F, or of all awards."""

from __future__ import annotations

import pytest

from funding.awards import allocate
from funding.errors import NoAllocation, ScenarioError
from funding.scenario import Scenario
from tests import small

# South asks for 10,000 with 90 points, North for 2,000 with 60; F = 10,000.
ASKS = small.apply(
    small.city("A", region="South"),
    small.city("B", region="North"),
    small.ask("A-1", 10_000, score=90),
    small.ask("B-1", 2_000, score=60),
)


def shares(terms: str, more: str = "") -> Scenario:
    return small.scenario(f"[[rules.group_shares]]\n{terms}\n{more}", envelope=10_000)


NORTH = 'attribute = "region"\ngroup = "North"\n'


def test_a_floor_is_at_most_what_the_group_asks_for() -> None:
    """0.3 × 10,000 = 3,000, but North asks for 2,000: the floor is that, and it is noted.

    Without the rule A-1 takes all.
    """
    scenario = shares(NORTH + "min = 0.3")
    assert small.awards(scenario, ASKS) == {"A-1": 8_000, "B-1": 2_000}
    assert small.awards(small.scenario(envelope=10_000), ASKS) == {"A-1": 10_000, "B-1": 0}
    (note,) = scenario.notes(scenario.case(ASKS))
    assert "3,000 EUR" in note
    assert "2,000 EUR" in note


def test_a_floor_within_the_demand() -> None:
    """0.15 × 10,000 = 1,500, nothing to note."""
    scenario = shares(NORTH + "min = 0.15")
    assert small.awards(scenario, ASKS) == {"A-1": 8_500, "B-1": 1_500}
    assert scenario.notes(scenario.case(ASKS)) == []


def test_a_floor_without_regard_to_demand_can_be_a_conflict() -> None:
    with pytest.raises(NoAllocation):
        small.awards(shares(NORTH + "min = 0.3\nat_most_demand = false"), ASKS)


def test_the_demand_is_in_whole_units() -> None:
    """A request of 2,050 can take 2,000 in hundreds."""
    asks = small.apply(small.ask("A-1", 10_000), small.ask("B-1", 2_050, theme="waste"))
    scenario = shares('attribute = "theme"\ngroup = "waste"\nmin = 0.3')
    assert small.bounds(scenario, asks, "group_shares") == {"theme waste minimum": 2_000}


def test_a_ceiling_of_the_envelope() -> None:
    """South at most 0.4 × 10,000; North takes its 2,000; 4,000 stays unspent."""
    scenario = shares('attribute = "region"\ngroup = "South"\nmax = 0.4')
    assert small.awards(scenario, ASKS) == {"A-1": 4_000, "B-1": 2_000}


def test_a_floor_of_the_awarded() -> None:
    """B-1 ≥ 0.3 (A-1 + B-1): with 2,000 of B-1 all awards are at most 6,666.67; A-1 4,600.

    It is noted that North's small request holds the whole fund down.
    """
    scenario = shares(NORTH + 'min = 0.3\nof = "awarded"')
    assert small.awards(scenario, ASKS) == {"A-1": 4_600, "B-1": 2_000}
    (note,) = scenario.notes(scenario.case(ASKS))
    assert "6,666.67 EUR" in note


def test_a_ceiling_of_the_awarded() -> None:
    """A-1 ≤ 0.6 (A-1 + B-1): 0.4 A-1 ≤ 0.6 × 2,000, so A-1 ≤ 3,000."""
    scenario = shares('attribute = "region"\ngroup = "South"\nmax = 0.6\nof = "awarded"')
    assert small.awards(scenario, ASKS) == {"A-1": 3_000, "B-1": 2_000}


def test_a_ceiling_of_the_awarded_on_the_only_group_stops_all() -> None:
    """A-1 ≤ 0.6 A-1, since nobody else is open: 0."""
    alone = small.apply(small.city("A", region="South"), small.ask("A-1", 4_000))
    scenario = shares('attribute = "region"\ngroup = "South"\nmax = 0.6\nof = "awarded"')
    assert small.awards(scenario, alone) == {"A-1": 0}


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"A-1": 4_600, "B-1": 2_000}, []),  # 30.3 %
        ({"A-1": 4_700, "B-1": 2_000}, ["region North minimum 30 % of awarded"]),  # 29.9 %
        ({"A-1": 100}, ["region North minimum 30 % of awarded"]),
        ({}, []),
    ],
)
def test_a_share_of_the_awarded_to_the_unit(given: dict[str, float], broken: list[str]) -> None:
    scenario = shares(NORTH + 'min = 0.3\nof = "awarded"')
    assert small.broken(scenario, ASKS, "group_shares", given) == broken


CLOSED = small.apply(
    small.city("A", region="South"),
    small.city("B", region="North"),
    small.ask("A-1", 4_000),
    small.ask("B-1", 2_000, eligible=False),
)


@pytest.mark.parametrize("whom", [NORTH, 'attribute = "region"\neach = true\n'])
@pytest.mark.parametrize("of", ["envelope", "awarded"])
def test_a_group_without_open_activities_has_no_floor(whom: str, of: str) -> None:
    """North applies, but its only activity is refused: A-1 is served all the same."""
    scenario = shares(f'{whom}min = 0.3\nof = "{of}"')
    assert small.awards(scenario, CLOSED) == {"A-1": 4_000, "B-1": 0}
    (note,) = scenario.notes(scenario.case(CLOSED))
    assert "North" in note


@pytest.mark.parametrize("whom", [NORTH, 'attribute = "region"\neach = true\n'])
def test_without_regard_to_demand_it_is_a_conflict(whom: str) -> None:
    with pytest.raises(NoAllocation):
        small.awards(shares(whom + "min = 0.3\nat_most_demand = false"), CLOSED)


def test_without_regard_to_demand_a_share_of_the_awarded_stops_all() -> None:
    """0 ≥ 0.3 A-1: nobody can have an award, and a note says why."""
    scenario = shares(NORTH + 'min = 0.3\nof = "awarded"\nat_most_demand = false')
    assert small.awards(scenario, CLOSED) == {"A-1": 0, "B-1": 0}
    (note,) = scenario.notes(scenario.case(CLOSED))
    assert "at most 0 EUR" in note


def test_each_group_that_applies() -> None:
    """max = 0.45 for each region: 4,500 for South, North is under it anyway."""
    scenario = shares('attribute = "region"\neach = true\nmax = 0.45')
    assert small.bounds(scenario, ASKS, "group_shares") == {
        "region North maximum": 4_500,
        "region South maximum": 4_500,
    }
    assert small.awards(scenario, ASKS) == {"A-1": 4_500, "B-1": 2_000}


def test_a_group_that_nobody_applies_in_is_noted_with_the_nearest() -> None:
    scenario = shares('attribute = "region"\ngroup = "Norht"\nmax = 0.3')
    assert small.awards(scenario, ASKS) == {"A-1": 10_000, "B-1": 0}
    (note,) = scenario.notes(scenario.case(ASKS))
    assert '"North"' in note


@pytest.mark.parametrize(
    ("attribute", "group"),
    [
        ("size_class", "small"),
        ("theme", "waste"),
        ("benefit", "not stated"),
        ("partner_class", "none"),
        ("first_time", "yes"),
    ],
)
def test_every_attribute_groups(attribute: str, group: str) -> None:
    """B is small, new, alone, with another theme and no benefit stated; A is nothing of this.

    With the floor of 0.2 × 10,000 B-1 gets its 2,000, without it nothing.
    """
    asks = small.apply(
        small.city("A", population=20_001),
        small.city("B", population=20_000),
        small.record("B", first_time=True),
        small.ask("A-1", 10_000, score=90, partner_countries=("JP",), main_benefit="economic ties"),
        small.ask("B-1", 2_000, score=60, theme="waste"),
    )
    scenario = shares(
        f'attribute = "{attribute}"\ngroup = "{group}"\nmin = 0.2',
        "[size_classes]\nsmall = 20_000\n",
    )
    assert small.awards(scenario, asks) == {"A-1": 8_000, "B-1": 2_000}


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ('attribute = "size_class"\ngroup = "small"\nmin = 0.1', "size_classes"),
        ('attribute = "partner_class"\ngroup = "rich"\nmin = 0.1', '"rich"'),
        ('attribute = "region"\nmin = 0.1', "each"),
        (NORTH + "each = true\nmin = 0.1", "each"),
        (NORTH, "min"),
        (NORTH + "min = 0.4\nmax = 0.3", "0.4"),
    ],
)
def test_what_cannot_be_meant_is_refused(terms: str, found: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        shares(terms)
    assert found in str(raised.value)


def test_several_groups_share_one_part() -> None:
    """F = 10,000, South and West together at most 5,000: A-1 (90) 5,000, C-1 (70) nothing, B-1 its
    2,000. With a ceiling for each of them both would have 5,000 at most: A-1 5,000, C-1 5,000."""
    asks = small.apply(
        small.city("A", region="South"),
        small.city("B", region="North"),
        small.city("C", region="West"),
        small.ask("A-1", 10_000, score=90),
        small.ask("B-1", 2_000, score=60),
        small.ask("C-1", 5_000, score=70),
    )
    head = '[[rules.group_shares]]\nattribute = "region"\nmax = 0.5\n'
    pot = small.scenario(f'{head}groups = ["South", "West"]\n', envelope=10_000)
    assert small.awards(pot, asks) == {"A-1": 5_000, "B-1": 2_000, "C-1": 0}
    each = small.scenario(
        f'{head}group = "South"\n{head}group = "West"\n',
        envelope=10_000,
    )
    assert small.awards(each, asks) == {"A-1": 5_000, "B-1": 0, "C-1": 5_000}
    assert allocate(asks, pot).outcomes["C-1"].reasons[1] == (
        "Group region South + West: at most 5,000 EUR."
    )


def test_a_floor_of_several_groups_counts_their_demand_together() -> None:
    """60 % of 10,000 to North and West, who ask for 2,000 and 1,000: the floor is 3,000."""
    asks = small.apply(
        small.city("A", region="South"),
        small.city("C", region="West"),
        small.ask("A-1", 10_000, score=90),
        small.ask("B-1", 2_000, score=60),
        small.ask("C-1", 1_000, score=70),
    )
    tables = '[[rules.group_shares]]\nattribute = "region"\ngroups = ["North", "West"]\nmin = 0.6\n'
    assert small.awards(small.scenario(tables, envelope=10_000), asks) == {
        "A-1": 7_000,
        "B-1": 2_000,
        "C-1": 1_000,
    }


def test_groups_that_are_named_twice_count_once_and_unknown_ones_are_noted() -> None:
    tables = '[[rules.group_shares]]\nattribute = "theme"\nmax = 0.5\n'
    tables += 'groups = ["water", "water", "watr"]\n'
    found = allocate(small.apply(small.ask("A-1", 8_000)), small.scenario(tables, envelope=10_000))
    assert small.in_units(found) == {"A-1": 5_000}
    assert found.notes == ('Group shares: nobody applies in theme "watr"; did you mean "water"?',)


@pytest.mark.parametrize(
    "more", ['group = "a"\ngroups = ["b"]\n', 'groups = ["b"]\neach = true\n', "groups = []\n"]
)
def test_one_way_to_name_groups(more: str) -> None:
    with pytest.raises(ScenarioError, match="either group"):
        small.scenario(f'[[rules.group_shares]]\nattribute = "theme"\nmin = 0.1\n{more}')


FREE = {"A-1": 10_000, "B-1": 0}  # nothing is guaranteed: A-1 (90) has all


@pytest.mark.parametrize(
    ("terms", "awards", "noted"),
    [
        ("", FREE, "the floor is that"),
        ('of = "awarded"', FREE, "the floor falls away"),
        ("at_most_demand = false", None, ""),
        ('of = "awarded"\nat_most_demand = false', {"A-1": 0, "B-1": 0}, "at most 0 EUR"),
    ],
)
def test_a_floor_for_a_group_that_nobody_applies_in(
    terms: str, awards: dict[str, float] | None, noted: str
) -> None:
    """As for a group without open activities: no floor, or a conflict, or nothing for anybody."""
    scenario = shares(f'attribute = "region"\ngroup = "Norht"\nmin = 0.3\n{terms}')
    if awards is None:
        with pytest.raises(NoAllocation, match="region Norht: at least 3,000 EUR"):
            small.awards(scenario, ASKS)
        return
    assert small.awards(scenario, ASKS) == awards
    nobody, why = scenario.notes(scenario.case(ASKS))
    assert 'did you mean "North"?' in nobody
    assert noted in why


PENNILESS = small.apply(
    small.city("A", region="South"),
    small.city("B", region="North", own_budget=0),
    small.ask("A-1", 4_000),
    small.ask("B-1", 2_000),
)


def test_other_rules_do_not_lower_a_floor_of_the_envelope() -> None:
    """North asks for 2,000 and is guaranteed 1,000; without own money independence leaves it 0."""
    scenario = shares(NORTH + "min = 0.1", "[rules.independence]\n")
    with pytest.raises(NoAllocation, match="Independence, Group shares"):
        small.awards(scenario, PENNILESS)


def test_a_group_that_other_rules_leave_nothing_holds_all_down_by_a_floor_of_the_awarded() -> None:
    """0 ≥ 0.1 A-1: nobody has an award. Without the floor A-1 has its 4,000."""
    scenario = shares(NORTH + 'min = 0.1\nof = "awarded"', "[rules.independence]\n")
    assert small.awards(scenario, PENNILESS) == {"A-1": 0, "B-1": 0}
    free = small.scenario("[rules.independence]\n", envelope=10_000)
    assert small.awards(free, PENNILESS) == {"A-1": 4_000, "B-1": 0}
