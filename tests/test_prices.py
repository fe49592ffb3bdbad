"""Prices of limits and keys, each worked out by hand; small funds of one or two activities a city.

Unless said otherwise the envelope is 1,000 in units of 100, and value is score × EUR awarded.
"""

from __future__ import annotations

import io
import math
from pathlib import Path

import openpyxl
import pytest

from funding import cli, logs
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.price_words import number, told
from funding.prices import KeyPrice, Price, Prices, prices_of, prices_of_money
from funding.report import award_workbook
from funding.report.solved import solved_of
from funding.result import as_json
from funding.steps import Side, side
from funding.workbook import write_applications
from tests.small import apply, ask, city, scenario

A90, B60 = ask("A-1", 800, score=90), ask("B-1", 800, score=60)


def made(given: Applications, tables: str = "", **fund: int) -> tuple[Allocation, Prices]:
    allocation = allocate(given, scenario(tables, **{"envelope": 1_000, **fund}))
    return allocation, prices_of(allocation)


def key(prices: Prices, name: str) -> KeyPrice:
    (found,) = [each for each in prices.keys if each.lever.key == name]
    return found


def test_the_price_of_an_envelope_is_the_score_of_the_marginal_activity() -> None:
    """A-1 (90) is full with 800, B-1 (60) has 200. A euro is worth 60 until B-1 is full at 1,600,
    and one less costs 60 until B-1 has nothing at 800."""
    _, prices = made(apply(A90, B60))
    found = prices.rows["envelope"]
    assert (found.more, found.less) == (60, 60)
    assert (found.least, found.most) == (800, 1_600)
    assert found.steady
    assert not prices.fixed
    assert prices.complete
    assert key(prices, "fund.envelope").price == found
    assert key(prices, "fund.envelope").again is None


def test_a_price_is_what_solving_again_gives() -> None:
    """The value of the fund with 1,100 less that with 1,000 is 100 × the price."""
    given = apply(A90, B60)
    _, prices = made(given)
    more = (
        allocate(given, scenario(envelope=1_100)).value
        - allocate(given, scenario(envelope=1_000)).value
    )
    assert prices.rows["envelope"].more == more / 100


def test_more_and_less_differ_at_a_kink() -> None:
    """With 800 A-1 is just full: a euro more goes to B-1 (60), a euro less is A-1's (90)."""
    _, prices = made(apply(A90, B60), envelope=800)
    found = prices.rows["envelope"]
    assert (found.more, found.less) == (60, 90)
    assert (found.least, found.most) == (0, 1_600)
    assert found.kinked
    assert found.steady


def test_a_kink_within_the_step_is_said() -> None:
    """At 750 half a unit more is A-1's (50 × 90), the second half B-1's (50 × 60): 7,500 / 100."""
    _, prices = made(apply(A90, B60), envelope=750)
    found = prices.rows["envelope"]
    assert found.more == 75
    assert not found.steady
    assert found.most == 750


def test_an_envelopes_price_counts_the_shares_that_move_with_it() -> None:
    """Training (60) is guaranteed 30 %, the rest is A-1's (90): 0.7 × 90 + 0.3 × 60 = 81 a euro, up
    to 0.7 F = 800, in whole units 1,100. The row alone, the floor staying at 300, would give 90."""
    given = apply(A90, ask("B-1", 800, score=60, stream="training"))
    _, prices = made(given, "[rules.stream_shares]\ntraining = { min = 0.3 }\n")
    assert prices.rows["envelope"].more == prices.rows["envelope"].less == 81
    assert prices.rows["envelope"].most == 1_100
    assert prices.rows["envelope"].least == 0


def test_a_floors_price_is_below_0_with_one_sign_for_row_and_key() -> None:
    """A euro more guaranteed to training (60) is one less for A-1 (90): −30, from 200, where A-1 is
    full and B-1 has the rest anyway, up to 800, all that B-1 asks for."""
    given = apply(A90, ask("B-1", 800, score=60, stream="training"))
    _, prices = made(given, "[rules.stream_shares]\ntraining = { min = 0.3 }\n")
    row = prices.rows["stream_shares · training · minimum"]
    assert (row.more, row.less, row.least, row.most) == (-30, -30, 200, 800)
    of_key = key(prices, "rules.stream_shares.training.min").price
    assert (of_key.more, of_key.less) == (-30, -30)
    assert of_key.least == pytest.approx(0.2)
    assert of_key.most == pytest.approx(0.8)
    assert of_key.per == "EUR of the limit"


def test_no_price_where_a_step_is_impossible() -> None:
    """Training is guaranteed 800 and asks 800: the floor cannot rise; 60 − 90 for a euro less."""
    given = apply(A90, ask("B-1", 800, score=60, stream="training"))
    _, prices = made(given, "[rules.stream_shares]\ntraining = { min = 0.8 }\n")
    row = prices.rows["stream_shares · training · minimum"]
    assert row.more is None
    assert row.less == -30
    assert key(prices, "rules.stream_shares.training.min").price.more is None
    assert key(prices, "fund.envelope").price.more is None  # the floor would be above 800


def test_a_share_that_is_1_cannot_be_more() -> None:
    given = apply(ask("A-1", 800, steered=True), B60)
    _, prices = made(given, "[rules.hands_off]\nmax_steered_share = 1\n")
    found = key(prices, "rules.hands_off.max_steered_share").price
    assert found.more is None


def test_a_cap_that_leaves_room_is_worth_nothing_until_it_binds() -> None:
    """A-1 gets 800 of a cap of 900: nothing until 800; the cap is a limit of B-1 nowhere."""
    _, prices = made(apply(A90, B60), "[rules.city_cap]\namount = 900\n")
    found = prices.rows["city_cap · A"]
    assert (found.more, found.less, found.least) == (0, 0, 800)
    assert math.isinf(found.most)
    assert key(prices, "rules.city_cap.amount").price.least == 800


def test_a_cap_of_two_cities_is_priced_in_total_and_city_by_city() -> None:
    """Cap 300, envelope 1,000: A (90) and B (60) have 300 each. A euro of A's row is worth 90, of
    B's 60, of the key both: 150, until 2 × 500 spend all."""
    _, prices = made(apply(A90, B60), "[rules.city_cap]\namount = 300\n")
    assert prices.rows["city_cap · A"].more == 90
    assert prices.rows["city_cap · B"].more == 60
    found = key(prices, "rules.city_cap.amount").price
    assert (found.more, found.less, found.least, found.most) == (150, 150, 0, 500)
    assert prices.rows["envelope"].more == 0


def test_a_share_of_cost_is_priced_by_the_percentage_point() -> None:
    """A quarter of 1,600 is 400 for each; a point is 16 EUR: 16 × (90 + 60) = 2,400, until both
    have 500 at 31.25 %; in whole points 31 %."""
    rates = "[rules.national_share]\nrates = { none = 0.25, other = 0.5, several = 0.5 }\n"
    _, prices = made(apply(A90, B60), rates)
    found = key(prices, "rules.national_share.rates.none").price
    assert (found.more, found.less) == (2_400, 2_400)
    assert found.most == pytest.approx(0.31)
    assert found.per == "percentage point"
    unused = key(prices, "rules.national_share.rates.other").price
    assert (unused.more, unused.less) == (0, 0)


def test_an_amount_per_head_is_priced_per_head() -> None:
    """60 EUR a head for 5 staff: financing of A at most 300; a euro a head is 5 × 90."""
    _, prices = made(apply(A90, B60, city("B", staff=100)), "[rules.absorption]\nper_staff = 60\n")
    found = key(prices, "rules.absorption.per_staff").price
    # B has 700 left of the envelope, so that what A gets more is what B gets less.
    assert found.more == 5 * (90 - 60)
    assert found.per == "EUR per head"


def test_envelopes_by_year_are_priced_year_by_year() -> None:
    """All of A-1 (90) is paid in 2026, all of B-1 (60) in 2027; both lack money."""
    given = apply(
        ask("A-1", 800, score=90, by_year={2026: 800}),
        ask("B-1", 800, score=60, by_year={2027: 800}),
    )
    tables = "[fund]\nunit = 100\n[fund.envelopes]\n2026 = 500\n2027 = 300\n"
    _, prices = made(given, tables)
    first = key(prices, "fund.envelopes.2026").price
    assert (first.more, first.less, first.most) == (90, 90, 700)  # two units a step
    assert key(prices, "fund.envelopes.2027").price.more == 60
    assert prices.rows["envelope · 2026"] == first  # in total: the sum of both years moves too
    assert prices.rows["envelope"].more == 0  # the sum alone: no year has more then


MIXED = apply(A90, ask("B-1", 800, score=60, minimum_viable=600))


def test_with_minimums_it_is_the_price_with_those_funded_who_are() -> None:
    """1,300: A-1 700 and B-1 600 (99,000) beat A-1 alone with 800 (72,000). A euro is worth 90
    until A-1 is full, at 1,400. One less is A-1's too, as B-1 keeps its 600."""
    allocation, prices = made(MIXED, envelope=1_300)
    assert allocation.awards == {"A-1": 700_00, "B-1": 600_00}
    assert prices.fixed
    found = key(prices, "fund.envelope")
    assert (found.price.more, found.price.less) == (90, 90)
    assert (found.price.least, found.price.most) == (600, 1_400)
    assert found.again == (90, 90)


def test_where_a_step_changes_who_is_funded_that_stands_beside_it() -> None:
    """900: A-1 alone has 800 (72,000), with B-1's 600 it would have 300 (63,000). With those funded
    who are a euro is worth nothing. With 1,000 it is 72,000 either way, so nothing anew. With 59
    for B-1 and units of 200, a step from 1,000 is to 1,200: A-1 and B-1 have 600 each: 89,400."""
    _, prices = made(MIXED, envelope=900)
    found = key(prices, "fund.envelope")
    assert (found.price.more, found.price.less) == (0, 0)
    assert found.again == (0, 0)
    given = apply(A90, ask("B-1", 800, score=59, minimum_viable=600))
    _, prices = made(given, envelope=1_000, unit=200)
    found = key(prices, "fund.envelope")
    assert found.price.more == 0
    assert found.again is not None
    assert found.again[0] == (600 * 90 + 600 * 59 - 72_000) / 200  # 87


def test_each_decision_carries_its_price() -> None:
    """B-1 (60) must have 500, so A-1 (90) has 500 and not 800: 300 × 30. A cap of B-1 at 700 costs
    nothing."""
    text = '[[decisions]]\nactivity = "B-1"\nminimum = 500\nmaximum = 700\nreason = "Promised"\n'
    _, prices = made(apply(A90, B60), text)
    costs = {each.row: each.cost for each in prices.decisions}
    assert costs == {"decisions · B-1 · minimum": 9_000, "decisions · B-1 · maximum": 0}
    assert prices.decisions[0].words.startswith("activity B-1: at least 500 EUR by decision")


def test_an_exclusion_costs_what_the_city_would_have_brought() -> None:
    """Without A (90) B has 800 and 200 are left: 48,000. With A 84,000."""
    text = '[[decisions]]\ncity = "A"\nexclude = true\nreason = "Withdrawn"\n'
    _, prices = made(apply(A90, B60), text)
    (found,) = prices.decisions
    assert (found.row, found.cost) == ("decisions · A · exclusion of the city", 36_000)


def test_a_decisions_price_decides_anew_who_is_funded() -> None:
    """1,000, B-1 viable from 600 and decided: A-1 400 and B-1 600 are 36,000 + 35,400; without the
    decision A-1 alone has 72,000."""
    given = apply(A90, ask("B-1", 800, score=59, minimum_viable=600))
    text = '[[decisions]]\nactivity = "B-1"\nminimum = 100\nreason = "Promised"\n'
    _, prices = made(given, text)
    assert [each.cost for each in prices.decisions] == [600]


def test_nothing_open_has_no_prices() -> None:
    _, prices = made(apply(ask("A-1", 500, eligible=False)))
    assert prices == Prices({}, (), (), fixed=False, complete=True)


def test_without_time_what_was_not_found_is_said() -> None:
    allocation = allocate(apply(A90, B60), scenario(envelope=1_000))
    prices = prices_of(allocation, time_limit=0.05)
    assert prices.complete or "Time ran out" in told(allocation, prices)[-1]


@pytest.mark.parametrize(
    ("worth", "sign", "expected"),
    [
        (lambda k: min(3 * k, 30 + k), 1, Side(3, 3, 15)),  # bends at 15
        (lambda k: min(3 * k, 30 + k, 40.0), 1, Side(3, 3, 13)),
        (lambda k: None if k > 20 else 2 * k, 1, Side(2, 2, 20)),
        (lambda k: 2 * k, 1, Side(2, 2, math.inf)),
        (lambda k: min(5 * k, 2 * k), 1, Side(2, 2, math.inf)),
        (lambda k: min(5 * k, 2 * k), -1, Side(5, 5, math.inf)),
        (lambda k: min(4 * k, 2.0), 1, Side(2, 4, 0)),
        (lambda k: None if k > 0.7 else k, 1, None),
    ],
)
def test_a_side(worth: object, sign: int, expected: Side | None) -> None:
    """Straight lines that bend: the end of the first is found, in whole steps. In the second case
    3 k meets 40 at 13.3, before it meets 30 + k at 15."""
    found = side(worth, 0.0, sign, 1_000, 1.0)  # type: ignore[arg-type]
    assert found == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1_023_610.0, "1,023,610"),
        (81.0, "81"),
        (59.37, "59.37"),
        (0.0004321, "0.0004321"),
        (0, "0"),
    ],
)
def test_numbers_are_shown_without_noise(value: float, shown: str) -> None:
    assert number(value) == shown


def test_the_result_and_the_workbook_carry_them_where_asked() -> None:
    allocation, prices = made(apply(A90, B60))
    plain, priced = as_json(allocation), as_json(allocation, prices)
    assert "prices" not in plain
    assert all("price" not in rule for rule in plain["rules"])  # type: ignore[attr-defined]
    rules = {rule["name"]: rule["price"] for rule in priced["rules"]}  # type: ignore[attr-defined]
    assert rules["envelope"] == {
        "more": 60,
        "less": 60,
        "from": 800,
        "to": 1_600,
        "steady": True,
        "per": "EUR",
    }
    book = openpyxl.load_workbook(
        io.BytesIO(award_workbook(allocation, solved_of(allocation, prices)))
    )
    headers = [cell.value for cell in book["Rules"][1]]
    first = dict(zip(headers, [cell.value for cell in book["Rules"][2]], strict=True))
    assert (first["Price of more"], first["Price of less"]) == (60, 60)
    assert first["Price in words"] == (
        "One more EUR adds 60, up to 1,600 EUR; one less takes as much, down to 800 EUR."
    )
    assert [cell.value for cell in book["Prices"]["A"]][2] == "fund.envelope"
    assert "Prices" not in openpyxl.load_workbook(io.BytesIO(award_workbook(allocation))).sheetnames


def test_the_command_tells_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    Path("fund.xlsx").write_bytes(write_applications(apply(A90, B60)))
    Path("rules.toml").write_text(
        'name = "R"\n[fund]\nunit = 100\nenvelope = 1_000\n', encoding="utf-8"
    )
    monkeypatch.setattr(
        "sys.argv", ["funding", "allocate", "fund.xlsx", "--scenario", "rules.toml", "--prices"]
    )
    with pytest.raises(SystemExit) as ended:
        cli.main()
    logs.stop()
    assert not ended.value.code
    said = capsys.readouterr().err
    assert "Prices, in value (score × EUR awarded) for more of each limit:" in said
    assert (
        "  Envelope (1,000 EUR): one more EUR adds 60, up to 1,600 EUR; one less takes as much, "
        "down to 800 EUR."
    ) in said


def test_words_of_a_kink_and_of_what_is_impossible() -> None:
    allocation, prices = made(apply(A90, B60), envelope=800)
    assert any(
        "adds 60, up to 1,600 EUR; one less takes 90, down to 0 EUR" in x
        for x in told(allocation, prices)
    )
    none = Price(None, None, 1.0, 1.0, True, "EUR")
    assert none.kinked is False


def money(
    given: Applications, tables: str = "", **fund: int
) -> tuple[dict[int | None, float], bool]:
    found, fixed = prices_of_money(allocate(given, scenario(tables, **fund)))
    return {year: price for year, price in found.items() if price is not None}, fixed


def test_the_price_of_money_is_the_score_where_the_last_of_it_goes() -> None:
    """11,000 pay A-1 (80) in full and B-1 (70) but for 1,000: the next euro is B-1's. With 20,000
    nobody needs it."""
    given = apply(ask("A-1", 8_000, score=80), ask("B-1", 4_000, score=70))
    assert money(given, envelope=11_000) == ({None: 70}, False)
    assert money(given, envelope=20_000) == ({None: 0}, False)


def test_the_price_of_money_is_with_those_funded_who_are() -> None:
    """12,000 pay both in full; C-1, viable from 2,000, is not funded by one euro more."""
    c = ask("C-1", 3_000, score=60, minimum_viable=2_000)
    given = apply(ask("A-1", 8_000, score=80), ask("B-1", 4_000, score=70), c)
    assert money(given, envelope=12_000) == ({None: 0}, True)
    assert money(given, envelope=14_500) == ({None: 60}, True)


def test_the_price_of_money_counts_the_shares_that_move_with_it() -> None:
    """Training (50) must have a fifth: 0.2 × 50 + 0.8 × 90 = 82 for each euro more."""
    given = apply(ask("A-1", 9_000, score=90), ask("A-2", 9_000, score=50, stream="training"))
    rules = "[rules.stream_shares]\ntraining = { min = 0.2 }\n"
    assert money(given, rules, envelope=5_000) == ({None: 82}, False)


def test_the_price_of_money_by_year() -> None:
    """B-1 (50) waits for money of 2026 alone; 2027 has more than is asked for."""
    given = apply(ask("A-1", 2_000, score=80), ask("B-1", 2_000, score=50))
    rules = scenario("[fund]\nunit = 100\n[fund.envelopes]\n2026 = 3_000\n2027 = 1_000\n")
    assert prices_of_money(allocate(given, rules)) == ({2026: 50, 2027: 0}, False)


def test_without_open_activities_money_is_worth_nothing() -> None:
    given = apply(ask("A-1", 800, score=0))
    rules = "[gates.merit_threshold]\nscore = 10\n"
    assert money(given, rules, envelope=1_000) == ({None: 0}, False)
