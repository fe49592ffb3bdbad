"""XML as bytes with places: where an element stands, and bytes spliced in there.

Nothing is ever written back from a tree: a tree would lose the prefixes, the order of
attributes and the declarations that extensions hang on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_TAG = re.compile(rb"""<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
_DECLARED = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']""")
_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LIKE_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes ``start`` to ``end`` of a part become ``new``; equal places insert."""

    start: int
    end: int
    new: bytes


@dataclass(slots=True)
class Element:
    """An element and its places in the part, in bytes.

    ``start`` is its ``<``, ``inside`` follows its start tag, ``close`` is the ``<`` of its end
    tag and ``end`` follows that. ``name`` is as written, with its prefix.
    """

    name: str
    attributes: dict[str, str]
    start: int
    inside: int
    close: int = -1  # until its end is met
    end: int = -1
    text: str = ""
    children: list[Element] = field(default_factory=list)

    @property
    def local(self) -> str:
        return local(self.name)

    @property
    def prefix(self) -> str:
        """What its tags begin with: ``x:``, or nothing."""
        return self.name[: len(self.name) - len(self.local)]

    @property
    def empty(self) -> bool:
        """Whether it is one tag that closes itself."""
        return self.close == self.inside == self.end

    def child(self, wanted: str) -> Element | None:
        return next(self.all(wanted), None)

    def all(self, wanted: str) -> Iterator[Element]:
        return (child for child in self.children if child.local == wanted)


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def parser(content: bytes) -> expat.XMLParserType:
    """A parser that takes UTF-8 alone and no document type, which could hide anything.

    Raises ValueError for another encoding; while parsing, for a document type.
    """
    head = content[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _DECLARED.match(head)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise ValueError("an encoding other than UTF-8")
    made = expat.ParserCreate("utf-8")
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse
    return made


def _refuse(*_: object) -> NoReturn:
    raise ValueError("a document type")


def tag_end(content: bytes, start: int) -> int:
    """Where the tag that begins at a place ends; a ``>`` inside quotes is not its end."""
    found = _TAG.match(content, start)
    if found is None:
        raise ValueError(f"no tag at byte {start}")
    return found.end()


def parse(content: bytes) -> Element:
    """The whole part as elements with their places. Raises ExpatError, ValueError."""
    top = Element("", {}, 0, 0)
    stack = [top]
    reader = parser(content)

    def begin(name: str, attributes: dict[str, str]) -> None:
        start = reader.CurrentByteIndex
        element = Element(name, attributes, start, tag_end(content, start))
        stack[-1].children.append(element)
        stack.append(element)

    def finish(_: str) -> None:
        element = stack.pop()
        at = reader.CurrentByteIndex
        # Of a tag that closes itself the parser tells its end.
        element.close = at
        element.end = (
            at if at == element.inside and self_closed(content, at) else tag_end(content, at)
        )

    def characters(text: str) -> None:
        stack[-1].text += text

    reader.StartElementHandler = begin
    reader.EndElementHandler = finish
    reader.CharacterDataHandler = characters
    reader.Parse(content, True)
    return top.children[0]


def self_closed(content: bytes, tag_ends: int) -> bool:
    """Whether the tag that ends at a place closes itself."""
    return content[tag_ends - 2 : tag_ends] == b"/>"


def pieces(content: bytes, edits: Iterable[Edit]) -> Iterator[bytes | memoryview]:
    """The part after the edits, piece by piece. Raises ValueError where edits overlap."""
    view, at = memoryview(content), 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < at:
            raise ValueError("edits overlap")
        yield view[at : edit.start]
        yield edit.new
        at = edit.end
    yield view[at:]


def spliced(content: bytes, edits: Iterable[Edit]) -> bytes:
    """The part after the edits."""
    return b"".join(pieces(content, edits))


def retagged(tag: bytes, values: Mapping[str, str | None]) -> bytes:
    """A start tag with attributes set, or taken out where the value is None."""
    left = dict(values)

    def change(found: re.Match[bytes]) -> bytes:
        name = found[1].decode()
        if name not in left:
            return found[0]
        value = left.pop(name)
        return b"" if value is None else f" {name}={quoteattr(value)}".encode()

    changed = _ATTRIBUTE.sub(change, tag)
    more = "".join(f" {name}={quoteattr(v)}" for name, v in left.items() if v is not None)
    ends = 2 if changed.endswith(b"/>") else 1
    return changed[:-ends].rstrip() + more.encode() + changed[-ends:] if more else changed


def set_attributes(content: bytes, start: int, values: Mapping[str, str | None]) -> Edit:
    """The edit that sets attributes in the tag that begins at a place."""
    end = tag_end(content, start)
    return Edit(start, end, retagged(content[start:end], values))


def grown(
    content: bytes,
    parent: Element,
    new: bytes,
    values: Mapping[str, str | None] | None = None,
    *,
    at: int | None = None,
) -> list[Edit]:
    """The edits that put bytes into an element: at a place, else before its end."""
    tag = retagged(content[parent.start : parent.inside], values or {})
    if parent.empty:
        opened = tag[:-2].rstrip() + b">" + new + f"</{parent.name}>".encode()
        return [Edit(parent.start, parent.inside, opened)]
    where = parent.close if at is None else at
    edits = [Edit(parent.start, parent.inside, tag)] if values else []
    return [*edits, Edit(where, where, new)]


def after_last(parent: Element, earlier: Iterable[str]) -> int:
    """The place behind the last child of these names, else the beginning of the parent: where
    a missing child goes whose place in the order of the schema follows theirs."""
    names = set(earlier)
    return max((c.end for c in parent.children if c.local in names), default=parent.inside)


def relation_attribute(root: Element, value: str) -> str:
    """``r:id="…"``, with the prefix that the part's root declares for it, else its own."""
    for name, namespace in root.attributes.items():
        if namespace == RELATIONS and name.startswith("xmlns:"):
            return f"{name[6:]}:id={quoteattr(value)}"
    return f'xmlns:r="{RELATIONS}" r:id={quoteattr(value)}'


def relation_id(element: Element) -> str:
    """The value of an element's ``r:id``, whatever its prefix; else empty."""
    found = (v for k, v in element.attributes.items() if k.endswith(":id"))
    return next(found, "")


def is_true(value: str | None) -> bool:
    return value in ("1", "true", "on")


def cell_text(text: str) -> str:
    """A text as XML of a cell or comment: nothing in it is a tag, a forbidden character, or
    what Excel takes for an escape."""
    kept = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return escape(_LIKE_ESCAPE.sub("_x005F_", kept))


def as_shown(text: str) -> str:
    """A text of a cell or comment as Excel shows it: its escapes taken for what they mean."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
