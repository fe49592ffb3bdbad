"""The fund of a scenario: its money by year, its unit, its classes of cities and partners, and how
equals are served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from funding import money

OrderBy = Literal["first_time", "smaller_population"]

METROPOLIS = "metropolis"  # above the last size class
OTHER, SEVERAL, NONE = "other", "several", "none"  # partner classes that always exist


def exact_number(value: Any) -> Any:
    """Let whole numbers and decimals through, refuse what is not exact (floats, text, yes/no)."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("expected a number")
    return value


def to_cents(value: Any) -> int:
    """An amount in currency units, as scenario files write it, in cents."""
    return money.cents(exact_number(value))


Number = Annotated[Decimal, BeforeValidator(exact_number)]
Share = Annotated[Number, Field(ge=0, le=1)]  # of 1
Name = Annotated[str, Field(min_length=1)]  # may hold spaces
Amount = Annotated[int, BeforeValidator(to_cents), Field(ge=0)]  # written in units, held in cents


class Fund(BaseModel):
    """F, by year where the envelope is given by year, and how cities and partners are classed.

    ``unit`` [currency units] is the step of every award. ``envelope`` is the total; with
    ``envelopes`` (year → amount) it is their sum. ``size_classes`` maps a name to the most
    inhabitants it holds; larger cities than the last are a ``metropolis``. ``partner_classes``
    maps a name to country codes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Annotated[
        int,
        Field(ge=1, le=10**9, strict=True, title="Unit", description="Awards are multiples of it"),
    ] = 1
    envelope: Annotated[Amount, Field(title="Envelope")]  # F [cents]
    envelopes: Mapping[int, Amount] = {}  # F_t [cents]
    size_classes: Mapping[str, Annotated[int, Field(ge=1, strict=True)]] = {}
    partner_classes: Mapping[str, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _sound(self) -> Fund:
        if self.envelopes and sum(self.envelopes.values()) != self.envelope:
            raise ValueError("the envelopes by year do not add up to the envelope")
        limits = list(self.size_classes.values())
        if limits != sorted(set(limits)):
            raise ValueError("size_classes must rise, such as small = 20000, medium = 100000")
        if METROPOLIS in self.size_classes:
            raise ValueError(f'"{METROPOLIS}" is the name of the class above the last')
        listed = [c for codes in self.partner_classes.values() for c in codes]
        for code in listed:
            if code not in money.countries():
                raise ValueError(f'"{code}" is not a two-letter country code (ISO 3166)')
            if listed.count(code) > 1:
                raise ValueError(f'country "{code}" stands in two partner classes')
        for name in (OTHER, SEVERAL, NONE):
            if name in self.partner_classes:
                raise ValueError(f'partner class "{name}" exists always; choose another name')
        return self

    @property
    def step(self) -> int:
        """u [cents]: the unit of awards."""
        return self.unit * money.CENTS

    def size_class(self, population: int) -> str:
        """The first class that still holds so many inhabitants, else ``metropolis``."""
        for name, most in self.size_classes.items():
            if population <= most:
                return name
        return METROPOLIS

    def partner_class(self, countries: Iterable[str]) -> str:
        """The class of the partners' countries; ``none`` without, ``several`` where they mix."""
        classes = {self._country_class(code) for code in countries}
        if not classes:
            return NONE
        return classes.pop() if len(classes) == 1 else SEVERAL

    def _country_class(self, country: str) -> str:
        for name, codes in self.partner_classes.items():
            if country in codes:
                return name
        return OTHER

    @property
    def all_partner_classes(self) -> tuple[str, ...]:
        """Every class that an activity can fall in."""
        return (*self.partner_classes, OTHER, SEVERAL, NONE)


class Ties(BaseModel):
    """How equals are served: ``share`` the last of the money, or in turn, by ``order``.

    The order decides too for units that cannot be shared; where it ends, a lot does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: bool = Field(
        True,
        strict=True,
        title="Equals share",
        description="The last of the money; otherwise in turn",
    )
    order: tuple[OrderBy, ...] = Field(
        ("first_time", "smaller_population"),
        title="Declared order",
        description="Who comes first among equals; where it ends, a lot decides",
    )
    source: str = Field("", title="Source", description="Where the value comes from")
    note: str = Field("", title="Note", description="For the file")
