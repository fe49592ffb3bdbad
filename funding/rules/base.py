"""What a rule and a gate are: small frozen classes whose fields are their parameters.

A *rule* yields rows over the quantities of the plan; a *gate* closes activities before the
model. Neither knows a solver. Forms, tables and docs are made from the classes: ``key`` is the
table's name in the scenario file, ``title`` what analysts call it, the docstring its sentence,
formula and source, and each field's title and description its parameter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from funding.applications import Activity, Applications
from funding.case import Case, Plan
from funding.fund import Fund
from funding.linear import Limit, Sense

Looser = Mapping[str, Literal["up", "up to 1", "down", "away"]]
NOT_FUNDED = "not funded"  # the status of an open activity that a rule leaves no room for


def parameter(title: str, symbol: str, unit: str, description: str, **more: Any) -> Any:
    """A parameter of a rule: what it is called, its symbol in the docs, its unit, its meaning."""
    extra: dict[str, JsonValue] = {"symbol": symbol, "unit": unit}
    return Field(title=title, description=description, json_schema_extra=extra, **more)


class Terms(BaseModel):
    """Any table of a scenario: frozen, no unknown keys, with room for a source and a note."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    looser: ClassVar[Looser] = {}  # which way a parameter goes to ask for less; "away": left out

    source: str = Field("", title="Source", description="Where the value comes from")
    note: str = Field("", title="Note", description="For the file")

    @property
    def label(self) -> str:
        """What tells one table of a list from the others; empty for tables that stand once."""
        return ""


class Rule(Terms, ABC):
    """A policy or legal condition on the awards. Yields rows as data."""

    key: ClassVar[str]
    title: ClassVar[str]
    fact: ClassVar[bool] = False  # law or arithmetic, never relaxed
    always: ClassVar[bool] = False  # holds in every scenario
    apart: ClassVar[bool] = False  # set by a part of the scenario of its own, not under [rules]
    by_hand: ClassVar[bool] = False  # each row is a decision of its own, to be told by itself
    caps_alone: ClassVar[bool] = False  # each row concerns one award, or one city's total, alone

    @abstractmethod
    def limits(self, plan: Plan, case: Case) -> Iterator[Limit]:
        """The rows that every allocation must hold under this rule."""

    @abstractmethod
    def words(self, limit: Limit, case: Case) -> str:
        """One of this rule's rows as a sentence with its amounts, without a full stop."""

    def status(self, limit: Limit) -> str:
        """The status of an open activity that one of this rule's rows keeps from any award."""
        return NOT_FUNDED

    def problems(self, fund: Fund) -> Iterator[str]:
        """What is wrong with the parameters for this fund, as sentences."""
        return iter(())

    def notes(self, case: Case) -> Iterator[str]:
        """What an analyst should know of the rule on these applications, as sentences."""
        return iter(())


class Gate(Terms, ABC):
    """A condition of eligibility, decided before the model; leaves a reason on the activity."""

    key: ClassVar[str]
    title: ClassVar[str]
    status: ClassVar[str] = "ineligible"
    always: ClassVar[bool] = False

    @abstractmethod
    def refuse(self, activity: Activity, applications: Applications) -> str | None:
        """Why the activity is refused, as a sentence without a full stop; None: it passes."""

    def notes(self, applications: Applications) -> Iterator[str]:
        """What an analyst should know of the gate on these applications, as sentences."""
        return iter(())


def room_words(limit: Limit, case: Case) -> str:
    """``at most 12,000 EUR`` or ``at least …``, for a row whose bound is an amount."""
    least = limit.sense is Sense.AT_LEAST
    return f"at {'least' if least else 'most'} {case.money(limit.bound)}"
