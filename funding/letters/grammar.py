"""What a template may say, held before any letter is made: known fields, and no more than
conditions and lists. So a template can neither run code nor keep the machine busy."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

from jinja2 import nodes

from funding.errors import TemplateRejected
from funding.letters.facts import Letter
from funding.letters.tags import Source

MOST_NESTED = 3  # lists within lists: activities, their payments, and one more
FILTERS = ("upper", "length")
_FILTERS = " and ".join(f'"| {name}"' for name in FILTERS)

# The type of what an expression stands for: str, int, bool, a list (tuple[Item, ...]) or a thing
# with fields; object for what can only be asked whether it is there.
Meaning: TypeAlias = Any
Scope: TypeAlias = Mapping[str, Meaning]


@dataclasses.dataclass(frozen=True)
class Loop:
    """What ``loop`` says within a list."""

    index: int  # from 1
    first: bool
    last: bool
    length: int


def check(tree: nodes.Template, source: Source) -> None:
    """Raises TemplateRejected for an unknown field, and for what no template may say."""
    _Check(source).body(tree.body, get_type_hints(Letter), 0)


@dataclasses.dataclass(frozen=True)
class _Check:
    source: Source

    def body(self, parts: Iterable[nodes.Node], scope: Scope, nested: int) -> None:
        for part in parts:
            match part:
                case nodes.Output():
                    for shown in part.nodes:
                        self._shown(shown, scope)
                case nodes.If():
                    self._meaning(part.test, scope)
                    self.body([*part.body, *part.elif_, *part.else_], scope, nested)
                case nodes.For(target=nodes.Name(), recursive=False):
                    self._list(part, scope, nested)
                case _:
                    raise self._wrong(part, "a template can hold if, for and fields only")

    def _list(self, part: nodes.For, scope: Scope, nested: int) -> None:
        listed = self._meaning(part.iter, scope)
        if not _is_list(listed):
            raise self._wrong(part, "this is no list, so nothing can be repeated for it")
        if nested == MOST_NESTED:
            raise self._wrong(part, f"more than {MOST_NESTED} lists stand within each other")
        assert isinstance(part.target, nodes.Name)
        inner = {**scope, part.target.name: get_args(listed)[0]}
        if part.test is not None:  # before things are counted
            self._meaning(part.test, {name: inner[name] for name in inner if name != "loop"})
        self.body(part.body, {**inner, "loop": Loop}, nested + 1)
        self.body(part.else_, scope, nested)

    def _shown(self, part: nodes.Expr, scope: Scope) -> None:
        if isinstance(part, nodes.TemplateData):
            return
        if self._meaning(part, scope) not in (str, int):
            raise self._wrong(
                part,
                "this is no text; a list is gone through with {%p for … in … %}, and a condition "
                "asked with {% if … %}",
            )

    def _meaning(self, part: nodes.Node, scope: Scope) -> Meaning:
        """What an expression stands for."""
        match part:
            case nodes.Name():
                return self._field(part, part.name, scope)
            case nodes.Getattr():
                thing = self._meaning(part.node, scope)
                fields = get_type_hints(thing) if dataclasses.is_dataclass(thing) else {}
                return self._field(part, part.attr, fields)
            case nodes.Filter():
                return self._filtered(part, scope)
            case nodes.Compare():
                return self._compared(part, scope)
            case nodes.Not():
                self._meaning(part.node, scope)
                return bool
            case nodes.And() | nodes.Or():
                return self._either(part.left, part.right, scope)
            case nodes.CondExpr():
                self._meaning(part.test, scope)
                return self._either(part.expr1, part.expr2 or nodes.Const(""), scope)
            case nodes.List() | nodes.Tuple():
                for child in part.items:
                    self._meaning(child, scope)
                return list
            case nodes.Const():
                return type(part.value)
            case _:
                raise self._wrong(part, "a template can compare fields, but not calculate or call")

    def _either(self, one: nodes.Node, other: nodes.Node, scope: Scope) -> Meaning:
        """What one of two expressions stands for."""
        first, second = self._meaning(one, scope), self._meaning(other, scope)
        return first if first == second else object

    def _filtered(self, part: nodes.Filter, scope: Scope) -> Meaning:
        if part.name not in FILTERS:
            raise self._wrong(part, f'"| {part.name}" is not one of {_FILTERS}')
        extra = part.args or part.kwargs or part.dyn_args or part.dyn_kwargs
        if part.node is None or extra:
            raise self._wrong(part, f'"| {part.name}" stands alone behind a field')
        kind = self._meaning(part.node, scope)
        if part.name == "upper" and kind is str:
            return str
        if part.name == "length" and (kind is str or _is_list(kind)):
            return int
        wanted = "a text" if part.name == "upper" else "a list"
        raise self._wrong(part, f'"| {part.name}" is for {wanted}')

    def _compared(self, part: nodes.Compare, scope: Scope) -> Meaning:
        left = self._meaning(part.expr, scope)
        for operand in part.ops:
            right = self._meaning(operand.expr, scope)
            if operand.op in ("in", "notin"):
                listed = right is list or _is_list(right)
                if not listed and not (left is right is str):
                    raise self._wrong(part, '"in" looks for a thing in a list, or a text in a text')
            elif operand.op not in ("eq", "ne") and not (left is right is int):
                raise self._wrong(
                    part, "only numbers are more or less than others; amounts and dates are texts"
                )
            left = right
        return bool

    def _field(self, part: nodes.Node, name: str, known: Scope) -> Meaning:
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name, known, 1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        raise self._wrong(part, f'there is no field "{name}" here{hint}')

    def _wrong(self, part: nodes.Node, why: str) -> TemplateRejected:
        return TemplateRejected(f"{self.source.tag_at(part.lineno or 0)}: {why}")


def _is_list(kind: Meaning) -> bool:
    origin: Any = get_origin(kind)
    return origin is tuple
