"""From the XML of a document's part to the source of a Jinja template.

Word cuts text into runs as it likes, so that ``{{ city }}`` may lie in five of them. Each tag is
put together in the first of its runs. ``{%p … %}`` stands for its whole paragraph and ``{%tr … %}``
for its whole row of a table, so that paragraphs and rows can be repeated or left out; this is the
notation of docxtpl, which many templates use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.dom.minidom import Document, Element, Text
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.minidom import parseString

from funding.errors import TemplateRejected

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_OPENING = re.compile(r"\{[{%#]")
_WHOLE = re.compile(r"\{%(p|tr)\s")
_START, _END = "\ufdd0", "\ufdd1"  # around a tag's number; they are no characters of any script
_MARK = re.compile(f"{_START}([0-9]+){_END}")
# As Word types them, and as Jinja reads them.
_TYPED = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
_IDENTITIES = ("w14:paraId", "w14:textId")  # would stand twice where a paragraph is repeated


@dataclass(frozen=True)
class Source:
    """The source of a Jinja template, and the tags in it as they were written."""

    text: str
    tags: Sequence[str]

    def tag_at(self, line: int) -> str:
        """The tag that holds a line of the text; every tag begins one."""
        return self.tags[min(max(line - 2, 0), len(self.tags) - 1)] if self.tags else ""


def source_of(part: bytes) -> Source:
    """The source of a part of a document. Raises TemplateRejected where it can be none."""
    try:
        document = parseString(part.decode("utf-8-sig"), forbid_dtd=True)
        return _source(document)
    except (ExpatError, ValueError, LookupError, DefusedXmlException, RecursionError) as error:
        raise TemplateRejected("it is damaged, or its XML is unusual; save it in Word") from error


def _source(document: Document) -> Source:
    root = document.documentElement
    if root is None or root.getAttribute("xmlns:w") != NAMESPACE:
        raise TemplateRejected("its XML is unusual; save it in Word as a Word document (.docx)")
    tags: list[str] = []
    for texts in _paragraphs(document):
        _mark(document, texts, tags)
    for element in root.getElementsByTagName("w:p"):
        for name in _IDENTITIES:
            if element.hasAttribute(name):
                element.removeAttribute(name)
    xml = root.toxml().replace("\n", " ")
    stray = _OPENING.search(xml)
    if stray:
        near = re.sub(r"<[^>]*>", "", xml[stray.start() : stray.start() + 60])
        raise TemplateRejected(
            f'"{near[:40]}" stands where nothing is filled in: in a field, a deleted text, a shape '
            "or a description. Write it as ordinary text, and accept all changes in Word"
        )
    used: list[str] = []

    def put(mark: re.Match[str]) -> str:
        tag = tags[int(mark[1])]
        if tag.startswith("{#"):
            return ""
        used.append(tag)
        return _jinja(tag)

    return Source(_MARK.sub(put, xml), used)


def _jinja(tag: str) -> str:
    """The tag as Jinja reads it, its content on a line of its own."""
    inner = tag[2:-2]
    if _WHOLE.match(tag):
        inner = re.sub(r"^(p|tr)\b", "", inner)
    inner = " ".join(inner.translate(_TYPED).split()).strip("-+ ")
    return f"{tag[:2]}\n{inner} {tag[-2:]}"


def _paragraphs(document: Document) -> Iterator[list[Element]]:
    """The elements with text of each paragraph; paragraphs in text boxes are their own."""
    found: dict[int, list[Element]] = {}
    for text in document.getElementsByTagName("w:t"):
        found.setdefault(id(_around(text, "w:p")), []).append(text)
    yield from found.values()


def _mark(document: Document, texts: list[Element], tags: list[str]) -> None:
    """Put a mark in the place of every tag of a paragraph."""
    parts = [_text(element).translate({ord(_START): None, ord(_END): None}) for element in texts]
    whole = "".join(parts)
    found = list(_TAG.finditer(whole))
    stray = _OPENING.search(_TAG.sub("", whole))
    if stray:
        raise TemplateRejected(f'"{whole.strip()[:60]}": a {stray[0]} has no end')
    if not found:
        return
    for match in found:
        unit = _WHOLE.match(match[0])
        if unit:
            mark = f"{_START}{len(tags)}{_END}"
            tags.append(match[0])
            _replace(document, texts[0], f"w:{unit[1]}", match[0], mark)
            return
    at = 0
    for element, part in zip(texts, parts, strict=True):
        _set_text(document, element, _marked(part, at, found, len(tags)))
        at += len(part)
    tags += (match[0] for match in found)


def _marked(part: str, at: int, found: Sequence[re.Match[str]], number: int) -> str:
    """A part of a paragraph's text that begins ``at``, with marks for the tags that begin in it."""
    made, done = "", at
    for place, match in enumerate(found, number):
        start, end = match.span()
        if end <= at or start >= at + len(part):
            continue
        made += part[done - at : max(start - at, 0)]
        if start >= at:
            made += f"{_START}{place}{_END}"
        done = min(end, at + len(part))
    return made + part[done - at :]


def _replace(document: Document, text: Element, unit: str, tag: str, mark: str) -> None:
    """Put a mark in the place of the paragraph or row that a tag stands for."""
    element = _around(text, unit)
    parent: Any = element and element.parentNode  # the types forbid text where XML has it
    if element is None or parent is None:
        raise TemplateRejected(f"{tag} stands in no row of a table")
    if "".join(map(_text, element.getElementsByTagName("w:t"))).strip() != tag:
        where = "paragraph" if unit == "w:p" else "row"
        raise TemplateRejected(f"{tag} must be alone in its {where}, which it stands for")
    parent.replaceChild(document.createTextNode(mark), element)


def _around(element: Element, name: str) -> Element | None:
    """The nearest element of this name that an element stands in."""
    node = element.parentNode
    while isinstance(node, Element) and node.tagName != name:
        node = node.parentNode
    return node if isinstance(node, Element) else None


def _text(element: Element) -> str:
    return "".join(node.data for node in element.childNodes if isinstance(node, Text))


def _set_text(document: Document, element: Element, text: str) -> None:
    while element.firstChild is not None:
        element.removeChild(element.firstChild)
    element.appendChild(document.createTextNode(text))
    element.setAttribute("xml:space", "preserve")
