"""Quick levers: the scenario that comes of them, and the sentence on what it does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from funding import places
from funding.app import quick_levers as quick
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.compare import compare
from funding.errors import UsageError
from funding.scenario import Scenario, load, parse
from funding.sweep import ENVELOPE, parameters
from tests.small import apply, ask, city

FLOOR, NATIONAL, EVEN = (lever.key for lever in quick.SHARES)
TABLE = """
name = "Base"
[fund]
unit = 100
{fund}
{more}
"""


def scenario(more: str = "", fund: str = "envelope = 1_500") -> Scenario:
    return parse(TABLE.format(fund=fund, more=more))


def moved(base: Scenario, envelope: int | None = None, **shares: str) -> Scenario:
    """A variant; the levers by the word in their title."""
    wanted = wanting(base, envelope, **shares)
    return quick.variant(base, wanted, base.name, quick.changes(base, wanted, "EUR"))


def wanting(base: Scenario, envelope: int | None = None, **shares: str) -> quick.Setting:
    keys = {"floor": FLOOR, "national": NATIONAL, "even": EVEN}
    now = quick.setting(base)
    told = {keys[name]: Decimal(value) for name, value in shares.items()}
    cents = now.envelope if envelope is None else envelope * 100
    return replace(now, envelope=cents, shares={**now.shares, **told})


SIZES = "[size_classes]\nsmall = 20_000\n"


def test_every_lever_is_a_key_that_a_scenario_knows() -> None:
    after = moved(scenario(SIZES), envelope=900, floor="0.1", national="0.4", even="0.02")
    known = {parameter.key for parameter in parameters(after)}
    assert {ENVELOPE, NATIONAL, EVEN, "rules.group_shares.0.min"} <= known
    assert quick.setting(after).shares == {
        FLOOR: Decimal("0.1"), NATIONAL: Decimal("0.4"), EVEN: Decimal("0.02"),
    }  # fmt: skip
    assert quick.setting(after).envelope == 90_000


def test_levers_stand_where_the_scenario_has_them() -> None:
    base = load(places.sample_scenarios() / "base.toml")
    assert quick.setting(base).envelope == 12_000_000_00
    assert quick.setting(base).shares == {
        FLOOR: Decimal("0.06"), NATIONAL: Decimal("0.5"), EVEN: Decimal(0),
    }  # fmt: skip


def test_what_a_scenario_does_not_name_is_off() -> None:
    off = "[rules.independence]\nenabled = false\nmax_national_share = 0.3\n"
    for base in (scenario(SIZES), scenario(SIZES + off)):
        assert quick.setting(base).shares == {FLOOR: 0, NATIONAL: 1, EVEN: 0}


def test_without_size_classes_there_is_no_floor() -> None:
    assert FLOOR not in quick.setting(scenario()).shares


def test_a_floor_that_stands_is_moved_and_others_stay() -> None:
    tables = """
[[rules.group_shares]]
attribute = "size_class"
group = "small"
min = 0.3
of = "awarded"
[[rules.group_shares]]
attribute = "size_class"
group = "small"
min = 0.2
max = 0.5
[size_classes]
small = 20_000
"""
    after = moved(scenario(tables), floor="0.25")
    shares = after.tables["rules"]["group_shares"]
    assert [share["min"] for share in shares] == [Decimal("0.3"), Decimal("0.25")]
    assert shares[1]["max"] == Decimal("0.5")


def test_a_floor_that_is_switched_off_stays_off() -> None:
    table = '[[rules.group_shares]]\nattribute = "size_class"\ngroup = "small"\nmin = 0.9\n'
    after = moved(scenario(f"{table}enabled = false\n{SIZES}"), floor="0.1")
    (rule,) = [rule for rule in after.rules if rule.key == "group_shares"]
    assert [share.min for share in rule.shares] == [Decimal("0.1")]  # type: ignore[attr-defined]


def test_a_floor_above_its_ceiling_is_refused_in_words() -> None:
    table = '[[rules.group_shares]]\nattribute = "size_class"\ngroup = "small"\nmax = 0.2\n'
    with pytest.raises(UsageError, match=r"min = 0\.3 is above max = 0\.2"):
        moved(scenario(table + SIZES), floor="0.3")


def test_years_keep_their_proportion_and_add_up() -> None:
    """Of 12,000 as 6,400 and 5,600: 11,000 as 5,866 2/3 and 5,133 1/3, to the hundred."""
    base = scenario(fund="[fund.envelopes]\n2026 = 6_400\n2027 = 5_600")
    after = moved(base, envelope=11_000)
    assert after.fund.envelopes == {2026: 590_000, 2027: 510_000}
    assert after.fund.envelope == 1_100_000


def test_years_without_money_have_no_proportion() -> None:
    base = scenario(fund="[fund.envelopes]\n2026 = 0\n2027 = 0")
    with pytest.raises(UsageError, match="every year is 0"):
        moved(base, envelope=1_000)


def test_the_scenario_given_stays_as_it_is() -> None:
    base = scenario(SIZES)
    before = base.digest
    after = moved(base, envelope=1_000, floor="0.1", national="0.4", even="0.02")
    assert base.digest == before
    assert after.digest != before


def test_a_lever_moved_back_is_no_change() -> None:
    base = load(places.sample_scenarios() / "base.toml")
    now = quick.setting(base)
    assert quick.changes(base, now, "EUR") == []
    same = quick.variant(base, now, "Again", ["nothing"])
    assert {k: v for k, v in same.tables.items() if k not in ("name", "description")} == {
        k: v for k, v in base.tables.items() if k not in ("name", "description")
    }


def test_changes_in_words() -> None:
    base = load(places.sample_scenarios() / "base.toml")
    told = quick.changes(base, wanting(base, 11_000_000, floor="0.1"), "EUR")
    assert told == ["1,000,000 EUR less", "at least 10 % for small cities"]
    told = quick.changes(base, wanting(base, 12_500_000, floor="0", national="1"), "EUR")
    assert told == [
        "500,000 EUR more", "no floor for small cities", "no limit to the national share",
    ]  # fmt: skip
    after = moved(base, 11_000_000, floor="0.1", even="0.015")
    assert after.name == (
        f"{base.name}: 1,000,000 EUR less; at least 10 % for small cities; "
        "up to 1.5 % of the value given up for evenness"
    )
    assert after.description.startswith(f"{base.name} with 1,000,000 EUR less, at least 10 %")


# -- what it does -----------------------------------------------------------------------


def given(more: str = "") -> tuple[Scenario, Allocation]:
    base = scenario(more)
    return base, allocate(applications(), base)


def applications() -> Applications:
    """A 1,000 with 90, B 400 with 60, C (small) 500 with 50."""
    return apply(
        city("A", name="Aix"),
        city("B", name="Brest"),
        city("C", name="Cassis", population=10_000),
        ask("A-1", 1_000, score=90),
        ask("B-1", 400, score=60),
        ask("C-1", 500, score=50),
    )


def effect(envelope: int | None = None, **shares: str) -> str:
    base, allocation = given(SIZES)
    wanted = wanting(base, envelope, **shares)
    told = quick.changes(base, wanted, "EUR")
    after = allocate(applications(), quick.variant(base, wanted, "Base", told))
    return quick.effect(compare([allocation, after]), told)


def test_less_money_and_a_floor_say_who_loses_and_who_gains() -> None:
    """Before: Aix 1,000, Brest 400, Cassis 100. With 1,000 and 500 for Cassis: Aix 500."""
    assert effect(1_000, floor="0.5") == (
        "With 500 EUR less and at least 50 % for small cities, 2 cities lose 900 EUR together "
        "(Aix 500 EUR, Brest 400 EUR); 1 city gains 400 EUR: Cassis."
    )


def test_one_who_loses_is_named_and_the_others_are_counted() -> None:
    assert effect(1_400) == (
        "With 100 EUR less, 1 city loses 100 EUR: Cassis; 2 cities keep their awards."
    )


def test_nothing_changed_is_said() -> None:
    assert effect(national="0.9") == (
        "With national money at most 90 % of a city's engagement money, every city keeps its award."
    )
