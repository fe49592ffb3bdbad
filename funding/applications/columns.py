"""What a column of the application workbook holds, and the record that knows its columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class CellKind(StrEnum):
    """What a cell of a column holds, and so how it is read and written."""

    TEXT = "text"
    CODE = "code"  # [A-Za-z0-9_.-]{1,32}
    MONEY = "money"  # currency units with at most two decimals
    COUNT = "whole number"
    SCORE = "score"  # 0 to 100
    DEGREES = "degrees"
    YES_NO = "yes or no"
    CHOICE = "one of a list"
    DATE = "date"
    YEAR = "year"
    COUNTRIES = "country codes"  # ISO 3166 alpha-2, several separated by ;
    CURRENCY = "currency code"  # ISO 4217


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the application workbook (or one setting of its sheet Fund).

    ``required`` says that the header must be there and every row must fill it;
    ``required_header`` that the header must be there though a cell may stay blank.
    """

    header: str
    kind: CellKind
    note: str
    unit: str = ""
    required: bool = False
    required_header: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    example: str = ""


class Record(BaseModel):
    """A frozen row of the applications; knows the columns that it is read from."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """Field name → column, in the order of the sheet."""
        found = {}
        for name, field in cls.model_fields.items():
            for mark in field.metadata:
                if isinstance(mark, Column):
                    found[name] = mark
        return found
