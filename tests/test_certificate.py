"""The certificate: a bound that follows from multipliers by exact arithmetic, worked out by hand,
held against the best that another solver finds, and tampered with."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from hypothesis import given

from funding import awards
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.errors import NoAllocation, RowsBroken
from funding.linear import Kind, Quantity
from funding.proof import Certificate, Key, Leaf, bound_of, covers
from funding.report import award_workbook
from funding.report.certificate_sheet import NONE, certificate_from, certificate_rows
from funding.scenario import Scenario, load
from funding.verify import verify
from tests.random_funds import ENVELOPES, funds, rules
from tests.referee_milp import whole_units
from tests.small import apply, ask, city, scenario
from tests.test_properties import examples, of
from tests.test_referee_milp import SCENARIOS, rich, sample

SAME = 1e-7  # relative, of another solver's answer

ENVELOPE = Key("envelope", "", "", 1)
TOTAL_A, TOTAL_B = Key("city total", "A", "", 1), Key("city total", "B", "", 1)


def bound(certificate: Certificate, made: Allocation) -> Fraction:
    value = made.scenario.value(made.case)
    return bound_of(certificate, made.case, made.limits, value)


def by_price(price: str) -> Certificate:
    """One price for the envelope, which both cities pay for what they get [value per cent]."""
    leaf = {key: (Leaf((), {key: -Decimal(price)}),) for key in (TOTAL_A, TOTAL_B)}
    return Certificate({ENVELOPE: Decimal(price)}, {"A": leaf[TOTAL_A], "B": leaf[TOTAL_B]})


@pytest.fixture(scope="module")
def two() -> Allocation:
    """100 for asks of 60 and 60, scored 90 and 80: 90 × 60 + 80 × 40 = 8,600."""
    given = apply(ask("A-1", 60, score=90), ask("B-1", 60, score=80))
    return allocate(given, scenario(envelope=100, unit=1))


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ("0.8", 8_600),  # 80 × 100 + 10 × 60: the optimum, for 80 is what the last euro is worth
        ("0.9", 9_000),  # 90 × 100: nobody wants more than it costs
        ("0.7", 8_800),  # 70 × 100 + 20 × 60 + 10 × 60
        ("0", 10_200),  # 90 × 60 + 80 × 60: as if the envelope paid for all
        ("0.85", 8_800),  # 85 × 100 + 5 × 60
    ],
)
def test_any_price_of_the_envelope_proves_a_bound(
    two: Allocation, price: str, expected: int
) -> None:
    assert bound(by_price(price), two) == expected
    assert two.value == 8_600


def test_the_certificate_made_proves_the_optimum(two: Allocation) -> None:
    assert two.certified_bound == 8_600
    assert two.certified_gap == 0


def test_without_multipliers_all_requests_are_the_bound(two: Allocation) -> None:
    assert bound(Certificate({}, {}), two) == 10_200


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        (by_price("-0.8"), "multiplier of envelope has the wrong sign"),
        (Certificate({Key("envelope", "", "", 2): Decimal(1)}, {}), "envelope is no row"),
        (Certificate({}, {"Z": ()}), "speaks of Z"),
        (Certificate({}, {"A": ()}), "cases of A leave out"),
        (Certificate({}, {"A": (Leaf((), {TOTAL_B: Decimal(1)}),)}), "no row of A alone"),
        (Certificate({}, {"A": (Leaf((), {ENVELOPE: Decimal(1)}),)}), "no row of A alone"),
        (Certificate({}, {"A": (Leaf((), {}, impossible=True),)}), "does not show"),
        (
            Certificate({}, {"A": (Leaf(((Quantity(Kind.AWARD, "A-1"), 0),), {}),) * 2}),
            "cases of A leave out",
        ),
    ],
)
def test_what_proves_nothing_is_refused(
    two: Allocation, certificate: Certificate, words: str
) -> None:
    with pytest.raises(RowsBroken, match=words):
        bound(certificate, two)


def mixed() -> Allocation:
    """100 for A-1 (80 asked, 60 at least, scored 90) and B-1 (60 asked, scored 70). City A's own
    50 admit no more than 50 of national money: less than A-1 needs. So B-1 gets 60: 4,200. Where
    half a yes counts, A-1 would take 50: 90 × 50 + 70 × 50 = 8,000."""
    given = apply(
        city("A", own_budget=50),
        ask("A-1", 80, minimum_viable=60, score=90),
        ask("B-1", 60, score=70),
    )
    text = "[rules.independence]\nmax_national_share = 0.5\n"
    return allocate(given, scenario(text, envelope=100, unit=1))


def test_a_choice_that_cannot_be_is_shown_to_be_impossible() -> None:
    made = mixed()
    assert made.value == 4_200
    certificate = made.certificate
    assert certificate is not None
    assert made.certified_bound == 4_200
    yes, no = (Quantity(Kind.FUNDED, "A-1"), 1), (Quantity(Kind.FUNDED, "A-1"), 0)
    assert {leaf.choices: leaf.impossible for leaf in certificate.cities["A"]} == {
        (no,): False,
        (yes,): True,
    }


def test_the_same_by_hand() -> None:
    """Yes: −1 of x ≥ 60 y and −1 of X − x = 0 leave X − 60 y, at most 50 − 60 < 0: impossible.
    No: 0.9 of x ≤ 80 y leaves nothing of x. B-1 is bounded by its request: 70 × 60 = 4,200."""
    made = mixed()
    funded = Quantity(Kind.FUNDED, "A-1")
    least, most = Key("request", "A-1", "least", 1), Key("request", "A-1", "most", 1)
    impossible = Leaf(((funded, 1),), {least: Decimal(-1), TOTAL_A: Decimal(-1)}, True)
    nothing = Leaf(((funded, 0),), {most: Decimal("0.9")})
    assert bound(Certificate({}, {"A": (impossible, nothing)}), made) == 4_200
    with pytest.raises(RowsBroken, match="leave out some"):
        bound(Certificate({}, {"A": (nothing,)}), made)
    weak = replace(impossible, multipliers={least: Decimal(-1)})
    with pytest.raises(RowsBroken, match="does not show that a case of A is impossible"):
        bound(Certificate({}, {"A": (weak, nothing)}), made)


def test_cases_are_branches_of_one_tree() -> None:
    a, b = (Quantity(Kind.FUNDED, code) for code in "ab")
    assert covers([()])
    assert covers([((a, 0),), ((a, 1), (b, 0)), ((a, 1), (b, 1))])
    assert not covers([])
    assert not covers([((a, 0),)])
    assert not covers([((a, 0),), ((b, 1),)])
    assert not covers([((a, 0),), ((a, 1), (b, 0))])


# -- funds ------------------------------------------------------------------------------------


def tampered(certificate: Certificate, rng: Random) -> Certificate:
    """Some multipliers scaled, turned or left out, or a case left out."""

    def other(multipliers: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
        factors = ("0", "0.5", "0.99", "1", "1", "1", "1.01", "3", "-1")
        return {key: y * Decimal(rng.choice(factors)) for key, y in multipliers.items()}

    cities = {}
    for code, leaves in certificate.cities.items():
        kept = [replace(leaf, multipliers=other(leaf.multipliers)) for leaf in leaves]
        if rng.random() < 0.1:
            kept.pop(rng.randrange(len(kept)))
        if rng.random() < 0.1 and kept:
            kept[0] = replace(kept[0], impossible=not kept[0].impossible)
        cities[code] = tuple(kept)
    return Certificate(other(certificate.coupling), cities)


def never_wrong(applications: Applications, read: Scenario, rng: Random) -> float | None:
    """No whole units are worth more than the certified bound, nor than what comes of multipliers
    that were tampered with. The certified gap; None where there is no allocation."""
    try:
        made = allocate(applications, read)
    except NoAllocation:
        return None
    best = whole_units(applications, read.tables)
    assert best is not None
    certificate, certified = made.certificate, made.certified_bound
    assert certificate is not None
    assert certified is not None
    least = Fraction(best.value * (1 - SAME))
    assert certified >= made.value
    assert certified >= least
    again = certificate_from([[*HEADERS], *certificate_rows(certificate)], made.case, made.limits)
    assert again == certificate
    for _ in range(5):
        try:
            assert bound(tampered(certificate, rng), made) >= max(least, made.value)
        except RowsBroken:
            continue
    return made.certified_gap


HEADERS = ("City code", "Case", "Choices", "Proves", "Rule", "Whom", "Part", "Row", "Multiplier")


@examples(150)
@given(funds(most=7), rules(priced=True), ENVELOPES)
def test_no_small_fund_is_worth_more(applications: Applications, tables: str, money: str) -> None:
    never_wrong(applications, of(tables, money, 100), Random(tables))


@pytest.mark.parametrize("first", range(0, 90, 30))
def test_no_rich_fund_is_worth_more(first: int) -> None:
    gaps = []
    for seed in range(first, first + 30):
        try:
            gaps.append(never_wrong(*rich(seed), Random(seed)))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
    assert sum(gap is not None for gap in gaps) >= 15


# A few large awards in a small fund: which of them fit together, prices alone do not tell.
LUMPY = {"franco-quebec.toml": 0.03}


@pytest.mark.parametrize("name", sorted(path.name for path in SCENARIOS.glob("*.toml")))
def test_the_sample_is_certified(name: str) -> None:
    """Within 0.1 % of the best value, but where only choices made together decide."""
    made = allocate(sample(), load(SCENARIOS / name))
    certified, most = made.certified_bound, LUMPY.get(name, 0.001)
    assert certified is not None
    assert certified >= made.value
    assert float(certified) <= made.best_value * (1 + most)
    assert float(certified) >= made.bound * (1 - 2e-7)


def test_a_fund_without_open_activities_has_nothing_to_prove() -> None:
    made = allocate(apply(ask("A-1", 60, eligible=False)), scenario())
    assert made.certified_bound == 0
    assert made.certified_gap == 0


# -- the sheet --------------------------------------------------------------------------------


def edited(path: Path, edit: Any) -> Path:
    book = openpyxl.load_workbook(io.BytesIO(award_workbook(mixed())), data_only=True)
    edit(book["Certificate"])
    book.save(path)
    return path


def cells(sheet: Any, header: str) -> list[Any]:
    """The cells under a header of the table."""
    (start,) = [row for row in sheet.iter_rows() if row[0].value == "City code"]
    column = [cell.value for cell in start].index(header) + 1
    return [sheet.cell(n, column) for n in range(start[0].row + 1, sheet.max_row + 1)]


def set_all(header: str, value: str) -> Any:
    def edit(sheet: Any) -> None:
        for cell in cells(sheet, header):
            cell.value = value if cell.value else None

    return edit


def lower(sheet: Any) -> None:
    assert sheet["A4"].value == "No allocation is worth more than"
    sheet["D4"].value = "4199.000000"


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lower, "!D4"),
        (set_all("Multiplier", "0"), "is impossible"),
        (set_all("Multiplier", "many"), "no number"),
        (set_all("Multiplier", "Infinity"), "no number"),
        (set_all("Proves", "nothing"), "Proves"),
        (set_all("Proves", "impossible"), "does not show"),
        (set_all("Choices", "no: funded A-1"), "leave out"),
        (set_all("Choices", "maybe: funded A-1"), "is no choice"),
        (set_all("Rule", "envelope"), "no row"),
        (set_all("Case", ""), "Case"),
    ],
)
def test_an_edited_certificate_is_caught(tmp_path: Path, edit: Any, words: str) -> None:
    with pytest.raises(RowsBroken, match=f"Certificate.*({words})"):
        verify(edited(tmp_path / "edited.xlsx", edit))


def test_a_workbook_without_a_certificate_verifies_and_says_so(
    two: Allocation, tmp_path: Path
) -> None:
    path = tmp_path / "large.xlsx"
    path.write_bytes(award_workbook(replace(two, certify=lambda: None)))
    assert verify(path).certified_gap is None
    assert NONE in [row[0] for row in openpyxl.load_workbook(path)["Certificate"].values]


def test_a_bound_below_the_least_award_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing fits: A-1 needs 60, and there are 50. Its least award is worth 60 × 90 = 5,400, so a
    bound of a little more than nothing, as rounding leaves it, is 0, and nothing is the best."""
    given = apply(ask("A-1", 60, score=90, minimum_viable=60), ask("B-1", 60, score=0))
    for bound, said, gap in (("5399.999999", "0", 0), ("5400", "5400", 1)):
        found = allocate(
            given, scenario("[rules.request]\nall_or_nothing = true\n", envelope=50, unit=1)
        )
        monkeypatch.setattr(awards, "bound_of", lambda *_, bound=bound: Fraction(bound))
        assert found.value == 0
        assert found.certified_bound == Fraction(said)
        assert found.certified_gap == gap
