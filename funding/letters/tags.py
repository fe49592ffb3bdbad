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
from typing import Any, cast
from xml.dom.minidom import Document, Element, Node, Text
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.minidom import parseString

from funding.errors import TemplateRejected

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

ROUND = "\ufdd2"  # begins each round of a list, so that rounds can be counted

_INNER = r"(?:(?!\{[{%#]).)*?"  # up to the next opening, so that no text is searched twice
_TAG = re.compile(rf"\{{\{{{_INNER}\}}\}}|\{{%{_INNER}%\}}|\{{#{_INNER}#\}}", re.DOTALL)
_OPENING = re.compile(r"\{[{%#]")
_WHOLE = re.compile(r"\{%(p|tr)\s")
_WORD = re.compile(r"\{%(?:(?:p|tr)\s)?[-+\s]*(\w*)")
_BEGIN, _BETWEEN, _ENDS = {"if", "for"}, {"else", "elif"}, {"endif", "endfor"}
_ACROSS = (
    "what begins in one paragraph or cell and ends in another is written {%p if … %} and "
    "{%p endif %}, each alone in a paragraph of the same text or cell, or {%tr … %} for rows"
)
_FETCHING = re.compile(
    r"^[ \t]*(INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|DDEAUTO|DDE|DATABASE)\b", re.I | re.M
)
# around a tag's number; they, too, are no characters of any script
_START, _END = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"{_START}([0-9]+){_END}")
# As Word types them, and as Jinja reads them.
_TYPED = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
# What people see beside text.
_SEEN = ("w:sectPr", "w:drawing", "w:pict", "w:object", "w:footnoteReference", "w:endnoteReference")
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
    _check_fetching(root)
    tags = _marked_tags(document)
    for element in root.getElementsByTagName("w:p"):
        for name in _IDENTITIES:
            if element.hasAttribute(name):
                element.removeAttribute(name)
    for binding in root.getElementsByTagName("w:dataBinding"):
        _unbind(binding)
    xml = root.toxml().replace("\n", " ")
    _check_strays(xml, len(tags))
    used: list[str] = []

    def put(mark: re.Match[str]) -> str:
        tag = tags[int(mark[1])]
        if tag.startswith("{#"):
            return ""
        used.append(tag)
        return _jinja(tag)

    return Source(_MARK.sub(put, xml), used)


def _marked_tags(document: Document) -> list[str]:
    """Put a mark in the place of every tag; returns the tags by the numbers of their marks."""
    tags: list[str] = []
    opened: dict[int, list[str]] = {}  # element → the conditions and lists that are open in it
    for texts in _paragraphs(document):
        home, found = _mark(document, texts, len(tags))
        _check_ends(found, opened.setdefault(id(home), []))
        tags += found
    for unended in filter(None, opened.values()):
        raise TemplateRejected(f"{unended[-1]} has no end beside it; {_ACROSS}")
    return tags


def _check_fetching(root: Element) -> None:
    """Raises TemplateRejected for a field of Word that brings in what lies elsewhere."""
    simple = root.getElementsByTagName("w:fldSimple")
    told = [f"{field.getAttribute('w:instr')}\n" for field in simple]
    for element in root.getElementsByTagName("*"):
        if element.tagName == "w:fldChar":
            told.append("\n")
        elif element.tagName == "w:instrText":
            told.append(_text(element))
    if found := _FETCHING.search("".join(told)):
        raise TemplateRejected(
            f"the field {found[1].upper()} of Word brings in what is not in the file; insert "
            "pictures and texts instead of linking them"
        )


def _check_strays(xml: str, marks: int) -> None:
    """Raises TemplateRejected where a tag is left, or a mark that nothing put there."""
    if xml.count(_START) != marks:
        raise TemplateRejected("it holds characters that stand for nothing; save it in Word")
    stray = _OPENING.search(xml)
    if stray:
        near = re.sub(r"<[^>]*>", "", xml[stray.start() : stray.start() + 60])
        raise TemplateRejected(
            f'"{near[:40]}" stands where nothing is filled in: in a field, a deleted text, a shape '
            "or a description. Write it as ordinary text, and accept all changes in Word"
        )


def _jinja(tag: str) -> str:
    """The tag as Jinja reads it, its content on a line of its own."""
    inner = tag[2:-2]
    if _WHOLE.match(tag):
        inner = re.sub(r"^(p|tr)\b", "", inner)
    inner = " ".join(inner.translate(_TYPED).split()).strip("-+ ")
    return f"{tag[:2]}\n{inner} {tag[-2:]}{ROUND if _word(tag) == 'for' else ''}"


def _word(tag: str) -> str:
    """What a condition or list begins with; empty for a field and a remark."""
    found = _WORD.match(tag)
    return found[1] if found else ""


def _check_ends(tags: Sequence[str], opened: list[str]) -> None:
    """Follow the conditions and lists ``opened`` in a paragraph, or beside one, through more tags.

    Raises TemplateRejected for one that ends elsewhere, and for what is neither.
    """
    for tag in tags:
        word = _word(tag)
        if tag.startswith("{%") and word not in _BEGIN | _BETWEEN | _ENDS:
            raise TemplateRejected(f"{tag}: it cannot be read: a template can hold if and for only")
        if word in _BETWEEN | _ENDS and not opened:
            raise TemplateRejected(f"{tag} has no beginning beside it; {_ACROSS}")
        if word in _BEGIN:
            opened.append(tag)
        elif word in _ENDS:
            opened.pop()


def _unbind(binding: Element) -> None:
    """Word puts what is stored elsewhere, as it was, into a control that is bound to it."""
    control, parent = _around(binding, "w:sdt"), binding.parentNode
    texts = control.getElementsByTagName("w:t") if control else []
    if isinstance(parent, Element) and any(_START in _text(text) for text in texts):
        parent.removeChild(binding)


def _paragraphs(document: Document) -> Iterator[list[Element]]:
    """The elements with text of each paragraph; paragraphs in text boxes are their own."""
    found: dict[int, list[Element]] = {}
    for text in document.getElementsByTagName("w:t"):
        found.setdefault(id(_around(text, "w:p")), []).append(text)
    yield from found.values()


def _mark(document: Document, texts: list[Element], number: int) -> tuple[Node, list[str]]:
    """Put a mark in the place of every tag of a paragraph; marks have numbers from ``number`` on.

    Returns the tags, and the element in which conditions and lists among them must end.
    """
    home = _around(texts[0], "w:p") or texts[0]
    parts = [_text(element) for element in texts]
    whole = "".join(parts)
    found = list(_TAG.finditer(whole))
    stray = _OPENING.search(_TAG.sub(" ", whole))
    if stray:
        raise TemplateRejected(f'"{whole.strip()[:60]}": a {stray[0]} has no end')
    for match in found:
        unit = _WHOLE.match(match[0])
        if unit:
            mark = f"{_START}{number}{_END}"
            return _replace(document, texts[0], f"w:{unit[1]}", match[0], mark), [match[0]]
    if found:
        for element, text in zip(texts, _marked(parts, found, number), strict=True):
            _set_text(document, element, text)
    return home, [match[0] for match in found]


def _marked(parts: Sequence[str], found: Sequence[re.Match[str]], number: int) -> Iterator[str]:
    """The parts of a paragraph's text, with the mark of each tag in the part that it begins in."""
    at, place = 0, 0
    for part in parts:
        made, done, end = "", at, at + len(part)
        while place < len(found) and found[place].start() < end:
            first, last = found[place].span()
            made += part[done - at : max(first - at, 0)]
            if first >= at:
                made += f"{_START}{number + place}{_END}"
            done = min(last, end)
            if last > end:
                break
            place += 1
        yield made + part[done - at :]
        at = end


def _replace(document: Document, text: Element, unit: str, tag: str, mark: str) -> Node:
    """Put a mark in the place of the paragraph or row that a tag stands for; returns what it
    stands in."""
    element = _around(text, unit)
    parent: Any = element and element.parentNode  # the types forbid text where XML has it
    if element is None or parent is None:
        raise TemplateRejected(f"{tag} stands in no row of a table")
    where = "paragraph" if unit == "w:p" else "row"
    if "".join(map(_text, element.getElementsByTagName("w:t"))).strip() != tag:
        raise TemplateRejected(f"{tag} must be alone in its {where}, which it stands for")
    breaks = (e for e in element.getElementsByTagName("w:br") if e.hasAttribute("w:type"))
    if any(breaks) or any(map(element.getElementsByTagName, _SEEN)):
        raise TemplateRejected(
            f"{tag} stands in a {where} with a picture, a note or a break of the page or section, "
            "which no letter would have; move it to a paragraph of its own"
        )
    parent.replaceChild(document.createTextNode(mark), element)
    return cast(Node, parent)


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
