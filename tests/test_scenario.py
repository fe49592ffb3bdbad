"""Scenarios from TOML: what is read, what is inherited, what is refused and in which words."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from funding.errors import ScenarioError
from funding.rules import GATES, RULES
from funding.scenario import difference, from_tables, load, parse

FUND = 'name = "Test"\n[fund]\nunit = 100\nenvelope = 1_000\n'


def refusal(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse(text)
    return str(caught.value)


def test_decimals_are_read_exactly() -> None:
    """0.1 as a binary float is not 1/10; a tenth of the envelope must be exactly a tenth."""
    made = parse(FUND + "[rules.independence]\nmax_national_share = 0.1\n")
    rule = made.rule("independence")
    assert rule is not None
    assert rule.model_dump()["max_national_share"] == Decimal("0.1")


def test_envelope_and_request_always_hold_and_nothing_else() -> None:
    assert [rule.key for rule in parse(FUND).rules] == ["envelope", "request"]
    assert [gate.key for gate in parse(FUND).gates] == ["eligible"]


def test_envelopes_by_year_add_up() -> None:
    made = parse('name = "T"\n[fund]\n[fund.envelopes]\n2026 = 700.50\n2027 = 300\n')
    assert made.fund.envelope == 100_050
    assert dict(made.fund.envelopes) == {2026: 70_050, 2027: 30_000}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[rules.hands_of]\n", 'rules.hands_of is not known; did you mean "hands_off"?'),
        ("[gates.no_overlp]\n", 'gates.no_overlp is not known; did you mean "no_overlap"?'),
        (
            "[rules.city_cap]\namont = 3\n",
            'rules.city_cap.amont is not known; did you mean "amount"',
        ),
        ("[tie]\n", 'tie is not known; did you mean "ties"?'),
        ("[objective]\nvalu = 1\n", 'objective.valu is not known; did you mean "value"?'),
        ("[rules.request]\nenabled = false\n", "rules.request always holds"),
        (
            "[rules.independence]\nmax_national_share = 1.5\n",
            "rules.independence.max_national_share",
        ),
        ('[rules.independence]\nmax_national_share = "half"\n', "expected a number"),
        (
            "[rules.national_share]\nrates = { other = 0.3 }\n",
            'no rate for partner class "several"',
        ),
        ("[rules.stream_shares]\ntraining = { min = 0.5, max = 0.4 }\n", "min = 0.5 is above"),
        ('[[rules.group_shares]]\nattribute = "region"\nmin = 0.1\n', "either group"),
        ("[[rules.city_cap]]\namount = 5\n", "write [rules.city_cap], not [[rules.city_cap]]"),
        ("[rules.city_cap]\nenabled = false\nbogus = 1\n", "rules.city_cap.bogus is not known"),
        ("[ties]\nshare = 'no'\n", "ties.share"),
        ("[ties]\nshare = false\n[objective]\nfairness_price = 0.1\n", "choose one of them"),
        ("[rules.city_cap]\namount = 1e999999\n", "too large"),
        ('[[decisions]]\ncity = "A"\nminimum = 5\n', "decisions.0.reason is missing"),
        ('[decisions]\ncity = "A"\n', "write [[decisions]], not [decisions]"),
        ("[rules.decisions]\n", "rules.decisions is not known"),
        ("[partner_classes]\nnear = ['XX1']\n", '"XX1" is not a two-letter country code'),
        ("[size_classes]\nsmall = 100\nmedium = 50\n", "must rise"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(text: str, words: str) -> None:
    assert words in refusal(FUND + text)


def test_every_problem_is_said_at_once() -> None:
    words = refusal(FUND + "[rules.nonsense]\n[gates.merit_threshold]\nscore = 101\n[odd]\n")
    assert "rules.nonsense" in words
    assert "gates.merit_threshold.score" in words
    assert "odd is not known" in words


@pytest.mark.parametrize("text", ["name = ", 'name = "x"\n', "[fund]\nenvelope = 1\n"])
def test_what_is_no_scenario_is_refused(text: str) -> None:
    assert refusal(text)


@pytest.mark.parametrize(
    "fund",
    ["[fund]\nunit = true\nenvelope = 5", "[fund.envelopes]\n02026 = 5", "[fund.envelopes]"],
)
def test_a_fund_of_the_wrong_kind_is_refused(fund: str) -> None:
    assert "fund" in refusal(f'name = "T"\n{fund}\n')


def test_a_child_with_both_envelopes_is_refused() -> None:
    text = child("[fund]\nenvelope = 5\n[fund.envelopes]\n2026 = 7\n")
    with pytest.raises(ScenarioError, match="found both"):
        parse(text, {"base.toml": PARENT}.__getitem__)


PARENT = FUND + "[rules.independence]\nmax_national_share = 0.5\n[gates.no_overlap]\n"


def child(text: str) -> str:
    return f'name = "Child"\nextends = "base.toml"\n{text}'


def test_a_child_holds_only_what_differs() -> None:
    made = parse(child("[fund]\nenvelope = 500\n"), {"base.toml": PARENT}.__getitem__)
    assert made.name == "Child"
    assert made.fund.unit == 100
    assert made.fund.envelope == 50_000
    assert made.rule("independence") is not None
    assert set(made.own) == {"name", "extends", "fund"}


def test_a_child_switches_an_inherited_rule_off() -> None:
    text = child("[rules.independence]\nenabled = false\n[gates.no_overlap]\nenabled = false\n")
    made = parse(text, {"base.toml": PARENT}.__getitem__)
    assert made.rule("independence") is None
    assert [gate.key for gate in made.gates] == ["eligible"]


def test_an_envelope_by_year_replaces_the_total_of_the_parent() -> None:
    made = parse(child("[fund.envelopes]\n2026 = 7\n"), {"base.toml": PARENT}.__getitem__)
    assert made.fund.envelope == 700


def test_a_circle_is_refused() -> None:
    with pytest.raises(ScenarioError, match="circle"):
        parse(child(""), {"base.toml": child("")}.__getitem__)


def test_extends_reaches_no_other_folder(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "base.toml").write_text(PARENT, encoding="utf-8")
    path = tmp_path / "below" / "child.toml"
    path.write_text('name = "C"\nextends = "../base.toml"\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match="beside this one"):
        load(path)


def test_a_missing_parent_is_named(tmp_path: Path) -> None:
    path = tmp_path / "child.toml"
    path.write_text(child(""), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"no file base\.toml"):
        load(path)


def test_the_exported_file_is_the_same_scenario() -> None:
    made = parse(child("[fund]\nenvelope = 500.25\n"), {"base.toml": PARENT}.__getitem__)
    again = parse(made.to_toml())
    assert again.rules == made.rules
    assert again.gates == made.gates
    assert again.fund == made.fund
    assert again.digest == made.digest
    assert from_tables(made.tables).digest == made.digest


def test_the_digest_ignores_order_and_number_format_but_no_value() -> None:
    one = parse(FUND + "[rules.independence]\nmax_national_share = 0.50\n[gates.no_overlap]\n")
    two = parse(FUND + "[gates.no_overlap]\n[rules.independence]\nmax_national_share = 0.5\n")
    other = parse(FUND + "[gates.no_overlap]\n[rules.independence]\nmax_national_share = 0.51\n")
    assert one.digest == two.digest
    assert one.digest != other.digest


def test_the_difference_names_each_key() -> None:
    before = parse(FUND + "[rules.city_cap]\namount = 5\n")
    after = parse(FUND.replace("1_000", "900") + "[gates.no_overlap]\nnote = 'n'\n")
    assert difference(before, after) == {
        "fund.envelope": (1000, 900),
        "rules.city_cap.amount": (5, None),
        "gates.no_overlap.note": (None, "n"),
    }


def test_every_always_holding_term_is_known() -> None:
    assert {key for key, rule in RULES.items() if rule.always} == {"envelope", "request"}
    assert {key for key, gate in GATES.items() if gate.always} == {"eligible"}


def test_one_table_of_a_list_is_switched_off() -> None:
    """Its keys are looked at all the same: a slip in them is told."""
    one = '[[rules.group_shares]]\nattribute = "region"\neach = true\nmax = 0.5\n'
    assert (
        parse(FUND + one + one.replace("max", "enabled = false\nmax")).rules[-1]
        == (parse(FUND + one).rules[-1])
    )
    wrong = one.replace("max", "enabled = false\nmaxx")
    assert 'group_shares.maxx is not known; did you mean "max"?' in refusal(FUND + wrong)


@pytest.mark.parametrize("amount", ['"12,5"', "-3", "1.005", "true"])
def test_a_faulty_amount_of_a_year_names_its_year(amount: str) -> None:
    text = f'name = "T"\n[fund.envelopes]\n2026 = 7\n2027 = {amount}\n'
    with pytest.raises(ScenarioError, match=r"fund\.envelopes\.2027: expected an amount") as error:
        parse(text)
    assert "2026" not in str(error.value)
