"""A Word document as its parts: taken apart safely, and put together again."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from xml.dom.minidom import Document, Element
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.minidom import parseString

from funding.errors import TemplateRejected
from funding.packages import CHUNK, CONTENT_TYPES, Kind

MOST_UNZIPPED = 60 << 20  # bytes, all parts together
MOST_TEXT = 4 << 20  # bytes of the parts that hold text, together; a page has about 20 000
MOST_LIST = 1 << 20  # bytes of a part that lists others

_SAVE_AS = "save it in Word as a Word document (.docx)"
_KIND = Kind(TemplateRejected, "the file has a password or is an old .doc file", _SAVE_AS)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MAIN = f"{_WORD}.document.main+xml"
_TEXTS = {_MAIN, *(f"{_WORD}.{kind}+xml" for kind in ("header", "footer", "footnotes", "endnotes"))}
_ACTIVE = re.compile("macroenabled|vbaproject|activex", re.IGNORECASE)
_DRAWN = re.compile(r"word/(charts|diagrams|drawings)/.*\.xml", re.IGNORECASE)
_TAG = re.compile(r"\{\{|\{%")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # so that the same letter has the same bytes


def unpacked(data: bytes) -> dict[str, bytes]:
    """Part name → its bytes, in the order of the archive.

    Raises TemplateRejected, in a sentence, for all but a Word document (.docx) that stays within
    bounds when it is unpacked, runs nothing, and takes nothing from elsewhere when it is opened.
    The template that the document itself was made from is no part of the letters.
    """
    _KIND.check_start(data)
    if not data.startswith(b"PK"):
        raise TemplateRejected(f"the file is no Word document; {_SAVE_AS}")
    with _KIND.opened(data) as archive:
        _KIND.check_parts(archive.infolist())
        parts = _parts(archive)
        types = _types(parts)
        if any(_ACTIVE.search(text) for text in (*parts, *types.values())):
            raise TemplateRejected(f"the file holds macros or controls; {_SAVE_AS} without them")
        if list(types.values()).count(_MAIN) != 1:
            raise TemplateRejected(f"the file is no Word document; {_SAVE_AS}")
        return _apart(parts)


def text_parts(parts: Mapping[str, bytes]) -> list[str]:
    """The names of the parts that hold text: the document, headers, footers and notes.

    Raises TemplateRejected where they are far too long, or one that is drawn holds fields.
    """
    names = [name for name, kind in _types(parts).items() if kind in _TEXTS]
    if sum(len(parts[name]) for name in names) > MOST_TEXT:
        raise TemplateRejected("the file holds far more text than a letter could")
    for name in filter(_DRAWN.fullmatch, parts):
        text = re.sub("<[^<>]*>", "", parts[name].decode("utf-8", "replace"))
        if field := _TAG.search(text):
            raise TemplateRejected(
                f'"{text[field.start() :][:40]}" stands in a chart or drawing, where nothing is '
                "filled in; write it as ordinary text"
            )
    return names


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The document of these parts; the same parts give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = MOST_UNZIPPED
    for info in archive.infolist():
        if info.is_dir():
            continue
        content = io.BytesIO()
        with archive.open(info) as stream:
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise TemplateRejected("the file is far larger than it seems once unpacked")
                content.write(chunk)
        parts[info.filename] = content.getvalue()
    return parts


def _types(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Part name → what it is. Names and kinds are the same in capitals and in small letters."""
    root = _listed(parts.get(CONTENT_TYPES, b"<Types/>"))
    kinds = {
        part.getAttribute("PartName").lower().lstrip("/"): part.getAttribute("ContentType").lower()
        for part in _elements(root, "Override")
    }
    endings = {
        part.getAttribute("Extension").lower(): part.getAttribute("ContentType").lower()
        for part in _elements(root, "Default")
    }
    ending = {name: name.lower().rpartition(".")[2] for name in parts}
    return {
        name: kinds.get(name.lower()) or endings.get(ending[name], "")
        for name in parts
        if name != CONTENT_TYPES
    }


def _apart(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts, without the tie to the template that the document was made from.

    Raises TemplateRejected where a part is tied to anything else but a link to click on.
    """
    made = dict(parts)
    for name, content in parts.items():
        if not name.lower().endswith(".rels"):
            continue
        document = _listed(content)
        outside = [
            relation
            for relation in _elements(document, "Relationship")
            if relation.getAttribute("TargetMode").lower() == "external"
            and not relation.getAttribute("Type").endswith("/hyperlink")
        ]
        for relation in outside:
            if not relation.getAttribute("Type").endswith("/attachedTemplate"):
                raise TemplateRejected(
                    f'the file shows "{relation.getAttribute("Target")[:80]}", which is not in it; '
                    "insert pictures and other files instead of linking them, and end a mail merge"
                )
            _root(document).removeChild(relation)
            _detach(made, name)
        if outside:
            made[name] = document.toxml(encoding="UTF-8")
    return made


def _detach(parts: dict[str, bytes], relations: str) -> None:
    """Take the mention of a template out of the part whose relations these are."""
    name = relations.replace("_rels/", "").removesuffix(".rels")
    settings = _listed(parts.get(name, b"<settings/>"))
    for mention in _elements(settings, "attachedTemplate"):
        _root(settings).removeChild(mention)
    if name in parts:
        parts[name] = settings.toxml(encoding="UTF-8")


def _listed(part: bytes) -> Document:
    """The XML of a part that lists others. Raises TemplateRejected where it is none."""
    try:
        if len(part) > MOST_LIST:
            raise _KIND.unusual()
        found: Document = parseString(part.decode("utf-8-sig"), forbid_dtd=True)
    except (ExpatError, ValueError, LookupError, DefusedXmlException) as error:
        raise _KIND.unusual() from error
    return found


def _elements(document: Document, name: str) -> list[Element]:
    """The things of a list that have this name, in whatever namespace."""
    children = _root(document).childNodes
    return [node for node in children if isinstance(node, Element) and node.localName == name]


def _root(document: Document) -> Element:
    assert document.documentElement is not None, "a document that was parsed has one"
    return document.documentElement
