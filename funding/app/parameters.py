"""The parameters of a rule, gate or other table of a scenario, read from its class.

Forms are made from these, so the workbench knows no rule by name.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Le
from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from funding.fund import to_cents

REMARKS = ("source", "note")  # on every table, for the file
_GROUPED = re.compile(r"[+-]?\d{1,3}([, \u00a0\u202f]\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


class Shape(StrEnum):
    """What a parameter holds, and so how it is entered."""

    FLAG = auto()
    SHARE = auto()  # of 1; entered in percent
    AMOUNT = auto()  # currency units
    NUMBER = auto()
    TEXT = auto()
    CHOICE = auto()
    CHOICES = auto()  # several, in order
    TEXTS = auto()  # several without spaces, in a row
    NAMES = auto()  # several that may hold spaces, in a row
    MAP = auto()  # name → a shape
    GROUP = auto()  # a table of its own
    ROWS = auto()  # a list of tables


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``inner`` is the class of its tables, ``of`` the shape that a map holds."""

    name: str
    title: str
    description: str
    unit: str
    shape: Shape
    required: bool
    default: Any
    choices: tuple[str, ...] = ()
    inner: type[BaseModel] | None = None
    of: Shape | None = None

    @property
    def label(self) -> str:
        """Title with the unit in which it is entered."""
        return f"{self.title} (%)" if Shape.SHARE in (self.shape, self.of) else self.title


@dataclass(frozen=True, slots=True)
class _Type:
    shape: Shape
    choices: tuple[str, ...] = ()
    inner: type[BaseModel] | None = None
    of: Shape | None = None


def parameters(model: type[BaseModel]) -> list[Parameter]:
    """The parameters of a class in their order; source and note are left to the file."""
    hints = get_type_hints(model, include_extras=True)
    found = []
    for name, field in model.model_fields.items():
        if name in REMARKS:
            continue
        kind = _type(hints[name], ())
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        found.append(
            Parameter(
                name,
                field.title or name.replace("_", " ").capitalize(),
                field.description or "",
                str(extra.get("unit", "")),
                kind.shape,
                field.is_required(),
                None if field.is_required() else field.get_default(),
                kind.choices,
                kind.inner,
                kind.of,
            )
        )
    return found


def _type(annotation: Any, marks: tuple[Any, ...]) -> _Type:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(args[0], (*marks, *_flat(args[1:])))
    if origin in (Union, types.UnionType):  # X | None
        return _type(next(arg for arg in args if arg is not type(None)), marks)
    if origin is Literal:
        return _Type(Shape.CHOICE, choices=tuple(map(str, args)))
    if origin is tuple:
        item = _type(args[0], ())
        if item.shape is Shape.GROUP:
            return _Type(Shape.ROWS, inner=item.inner)
        if get_origin(args[0]) is Annotated and item.shape is Shape.TEXT:
            return _Type(Shape.NAMES)
        chosen = item.shape is Shape.CHOICE
        return _Type(Shape.CHOICES if chosen else Shape.TEXTS, choices=item.choices)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _Type(Shape.MAP, of=_type(args[1], ()).shape)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _Type(Shape.GROUP, inner=annotation)
    if annotation is bool:
        return _Type(Shape.FLAG)
    if any(isinstance(m, BeforeValidator) and m.func is to_cents for m in marks):
        return _Type(Shape.AMOUNT)
    if annotation is Decimal and any(isinstance(m, Le) and m.le == 1 for m in marks):
        return _Type(Shape.SHARE)
    return _Type(Shape.NUMBER if annotation in (int, Decimal) else Shape.TEXT)


def _flat(marks: tuple[Any, ...]) -> list[Any]:
    found: list[Any] = []
    for mark in marks:
        found += mark.metadata if isinstance(mark, FieldInfo) else [mark]
    return found


def entered(shape: Shape, value: Any) -> str:
    """A value of a scenario file as it is entered: 0.7 as ``70``, 60000 as ``60,000``."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    number = Decimal(value) * 100 if shape is Shape.SHARE else Decimal(value)
    text = format(number, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def taken(shape: Shape, text: str) -> Any:
    """What was entered, as a scenario file holds it; None for nothing.

    What is no number stays text, which the scenario then refuses in words.
    """
    text = text.strip()
    if not text:
        return None
    if shape in (Shape.TEXTS, Shape.CHOICES):
        return [part.strip() for part in re.split(r"[,;\s]+", text) if part.strip()]
    if shape is Shape.NAMES:
        return [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if shape not in (Shape.SHARE, Shape.AMOUNT, Shape.NUMBER):
        return text
    plain = text.removesuffix("%").strip() if shape is Shape.SHARE else text
    if _GROUPED.fullmatch(plain):
        plain = re.sub(r"[, \u00a0\u202f]", "", plain)
    if not _NUMBER.fullmatch(plain):
        return text
    number = Decimal(plain) / 100 if shape is Shape.SHARE else Decimal(plain)
    return int(number) if number == int(number) else number.normalize()
