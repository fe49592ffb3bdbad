"""Parameters of rules, read from their classes, and how they are entered."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from funding.app.parameters import Shape, entered, parameters, taken
from funding.fund import Amount, Fund, Name, Number, Share
from funding.objective import Objective
from funding.rules import GATES, RULES


class Item(BaseModel):
    name: str


class Example(BaseModel):
    note: str = ""
    flag: bool = Field(False, title="A flag", description="Says so")
    share: Share | None = None
    amount: Amount = Field(title="Amount", json_schema_extra={"unit": "currency"})
    number: Number = Decimal(1)
    whole: int = 1
    choice: Literal["a", "b"] = "a"
    choices: tuple[Literal["a", "b"], ...] = ()
    rates: Mapping[str, Share] = {}
    names: tuple[Name, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = {}
    item: Item = Item(name="x")
    items: tuple[Item, ...] = ()


def test_each_type_has_its_shape() -> None:
    assert {p.name: (p.shape, p.of) for p in parameters(Example)} == {
        "flag": (Shape.FLAG, None),
        "share": (Shape.SHARE, None),
        "amount": (Shape.AMOUNT, None),
        "number": (Shape.NUMBER, None),
        "whole": (Shape.NUMBER, None),
        "choice": (Shape.CHOICE, None),
        "choices": (Shape.CHOICES, None),
        "names": (Shape.NAMES, None),
        "rates": (Shape.MAP, Shape.SHARE),
        "lists": (Shape.MAP, Shape.TEXTS),
        "item": (Shape.GROUP, None),
        "items": (Shape.ROWS, None),
    }


def test_titles_units_and_need_come_from_the_field() -> None:
    by_name = {p.name: p for p in parameters(Example)}
    assert (by_name["flag"].title, by_name["flag"].description) == ("A flag", "Says so")
    assert (by_name["amount"].unit, by_name["amount"].required) == ("currency", True)
    assert by_name["choice"].choices == ("a", "b")
    assert by_name["rates"].label == "Rates (%)"


@pytest.mark.parametrize("model", [*RULES.values(), *GATES.values(), Objective, Fund])
def test_every_class_of_a_scenario_can_be_shown(model: type[BaseModel]) -> None:
    fields = set(model.model_fields) - {"source", "note"}
    assert {p.name for p in parameters(model)} == fields


@pytest.mark.parametrize(
    ("shape", "text", "value"),
    [
        (Shape.SHARE, "70", Decimal("0.7")),
        (Shape.SHARE, "12.5 %", Decimal("0.125")),
        (Shape.SHARE, "100", 1),
        (Shape.AMOUNT, "6,500,000", 6_500_000),
        (Shape.AMOUNT, "6 500 000.50", Decimal("6500000.5")),
        (Shape.AMOUNT, "12,5", "12,5"),  # thousands or decimals? not guessed
        (Shape.AMOUNT, "6.500.000", "6.500.000"),
        (Shape.NUMBER, "-3", -3),
        (Shape.NUMBER, "1e3", "1e3"),
        (Shape.NUMBER, "  ", None),
        (Shape.TEXTS, "SN, ML; NA", ["SN", "ML", "NA"]),
        (Shape.NAMES, "Water and sanitation; Waste ", ["Water and sanitation", "Waste"]),
        (Shape.TEXT, "North ", "North"),
    ],
)
def test_what_is_entered_is_exact_or_stays_text(shape: Shape, text: str, value: Any) -> None:
    made = taken(shape, text)
    assert (made, type(made)) == (value, type(value))


@pytest.mark.parametrize(
    ("shape", "value", "text"),
    [
        (Shape.SHARE, Decimal("0.7"), "70"),
        (Shape.SHARE, Decimal("0.125"), "12.5"),
        (Shape.AMOUNT, 6_500_000, "6,500,000"),
        (Shape.NUMBER, Decimal("2.0"), "2"),
        (Shape.NUMBER, 100, "100"),
        (Shape.AMOUNT, None, ""),
        (Shape.AMOUNT, "12,5", "12,5"),
        (Shape.TEXTS, ["SN", "ML"], "SN, ML"),
    ],
)
def test_values_are_shown_as_they_are_entered(shape: Shape, value: Any, text: str) -> None:
    assert entered(shape, value) == text
