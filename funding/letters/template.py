"""A Word document with fields, filled in for a city. What is filled in is text and stays text."""

from __future__ import annotations

import re
from dataclasses import fields
from xml.parsers import expat

import jinja2
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from funding.errors import TemplateRejected
from funding.letters.facts import Letter
from funding.letters.grammar import FILTERS, check
from funding.letters.package import packed, text_parts, unpacked
from funding.letters.tags import ROUND, source_of

MOST_LETTER = 20 << 20  # characters of a part, filled in, and rounds of its lists

_LINE_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = Markup('</w:t><w:br/><w:t xml:space="preserve">')
_HOLDERS = "tc|hdr|ftr|txbxContent"  # which Word wants to end with a paragraph
_EMPTIED = re.compile(
    rf"(<w:(?:{_HOLDERS})\b[^>]*>|</w:tcPr>|<w:tcPr/>|</w:tbl>)\s*(?=</w:(?:{_HOLDERS})>)"
)
_NO_ROWS = re.compile(r"(</w:tblGrid>|<w:tblGrid/>|</w:tblPr>)\s*</w:tbl>")
_BODY = re.compile(r"<w:body\b[^>]*>")


class Template:
    """A template of letters, read and checked once.

    Raises TemplateRejected, in a sentence, for a file that is no Word document or not safe to
    read, a field that does not exist, and a condition or list that does not fit its paragraphs.
    """

    def __init__(self, data: bytes) -> None:
        self._parts = unpacked(data)
        environment = _environment()
        self._texts: dict[str, jinja2.Template] = {}
        for name in text_parts(self._parts):
            source = source_of(self._parts[name])
            try:
                tree = environment.parse(source.text)
                check(tree, source)
                self._texts[name] = environment.from_string(tree)
            except jinja2.TemplateSyntaxError as error:
                tag = source.tag_at(error.lineno)
                raise TemplateRejected(f"{tag}: it cannot be read: {error.message}") from error
            except ValueError as error:  # Python reads no longer ones
                raise TemplateRejected("a number in it is far too long") from error
            except (RecursionError, SyntaxError, MemoryError) as error:  # of Python's compiler
                raise TemplateRejected(
                    "conditions and lists stand too deep in each other"
                ) from error

    def letter(self, letter: Letter) -> bytes:
        """The letter as a Word document; the same facts give the same bytes.

        Letters on synthetic data say so, also where the template does not.
        """
        given = {field.name: getattr(letter, field.name) for field in fields(letter)}
        made = {name: _filled(template, given) for name, template in self._texts.items()}
        if letter.banner and not any(escape(letter.banner) in text for text in made.values()):
            made = {name: _BODY.sub(_labelled(letter), text) for name, text in made.items()}
        parts = self._parts | {name: _document(text) for name, text in made.items()}
        return packed(parts)


def as_xml(value: object) -> Markup:
    """A text as the content of a run: nothing in it is markup, and its lines stay lines."""
    text = _NO_XML.sub("\ufffd", _LINE_BREAKS.sub("\n", str(value))).replace("\t", " ")
    return _BREAK.join(escape(line) for line in text.split("\n"))


def _environment() -> SandboxedEnvironment:
    """Jinja without its functions: nothing can be called, and what is put in is escaped."""
    environment = SandboxedEnvironment(
        autoescape=True, undefined=jinja2.StrictUndefined, finalize=as_xml, cache_size=0
    )
    environment.globals.clear()
    known = environment.filters
    environment.filters = {name: known[name] for name in FILTERS}
    return environment


def _filled(template: jinja2.Template, given: dict[str, object]) -> str:
    pieces, left = [], MOST_LETTER
    for piece in template.generate(given):
        left -= len(piece)
        if left < 0:
            raise TemplateRejected("a letter made from it would be far too long")
        if piece != ROUND:
            pieces.append(piece)
    text = _EMPTIED.sub(r"\1<w:p/>", "".join(pieces).replace(ROUND, ""))
    if _NO_ROWS.search(text):
        raise TemplateRejected(
            "a table is left without rows; put {%p if … %} before it and {%p endif %} after it"
        )
    return text


def _labelled(letter: Letter) -> Markup:
    look = '<w:rPr><w:b/><w:color w:val="9C0006"/></w:rPr>'
    return Markup(rf"\g<0><w:p><w:r>{look}<w:t>{as_xml(letter.banner)}</w:t></w:r></w:p>")


def _document(text: str) -> bytes:
    data = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode()
    try:
        expat.ParserCreate().Parse(data, True)
    except expat.ExpatError as error:
        raise TemplateRejected(
            "a condition or list begins within a link or a content control and ends outside; "
            "put both ends within it or both outside"
        ) from error
    return data
