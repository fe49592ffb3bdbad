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

# What a name stands for: a text or number (str), a list, or a thing with fields.
Meaning: TypeAlias = Any
Scope: TypeAlias = Mapping[str, Meaning]


@dataclasses.dataclass(frozen=True)
class Loop:
    """What ``loop`` says within a list."""

    index: str  # from 1
    first: str
    last: str
    length: str


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
        kind: Any = get_origin(listed)
        if kind is not tuple:
            raise self._wrong(part, "this is no list, so nothing can be repeated for it")
        if nested == MOST_NESTED:
            raise self._wrong(part, f"more than {MOST_NESTED} lists stand within each other")
        assert isinstance(part.target, nodes.Name)
        inner = {**scope, part.target.name: get_args(listed)[0], "loop": Loop}
        if part.test is not None:
            self._meaning(part.test, inner)
        self.body(part.body, inner, nested + 1)
        self.body(part.else_, scope, nested)

    def _shown(self, part: nodes.Expr, scope: Scope) -> None:
        if isinstance(part, nodes.TemplateData):
            return
        if self._meaning(part, scope) is not str:
            raise self._wrong(
                part, "this is no text; a list is gone through with {%p for … in … %}"
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
            case nodes.Filter() if part.name not in FILTERS:
                raise self._wrong(part, f'"| {part.name}" is not one of {_FILTERS}')
            case nodes.Filter() if part.node and not part.args:
                self._meaning(part.node, scope)
            case (
                nodes.Not()
                | nodes.And()
                | nodes.Or()
                | nodes.Compare()
                | nodes.Operand()
                | nodes.CondExpr()
                | nodes.List()
                | nodes.Tuple()
            ):
                for child in part.iter_child_nodes():
                    self._meaning(child, scope)
            case nodes.Const():
                pass
            case _:
                raise self._wrong(part, "a template can compare fields, but not calculate or call")
        return str

    def _field(self, part: nodes.Node, name: str, known: Scope) -> Meaning:
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name, known, 1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        raise self._wrong(part, f'there is no field "{name}" here{hint}')

    def _wrong(self, part: nodes.Node, why: str) -> TemplateRejected:
        return TemplateRejected(f"{self.source.tag_at(part.lineno or 0)}: {why}")
