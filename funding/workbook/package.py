"""A look at a file before it is opened as a workbook: is it one, and is it safe to read?

Nothing is trusted that the file says of itself: what comes out of the archive is counted as it
comes out. What is refused is refused in one sentence that says what to do.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from funding import packages
from funding.errors import WorkbookRejected

MOST_UNZIPPED = 200 << 20  # bytes, all parts together
MOST_PART = 150 << 20  # bytes of a sheet
MOST_OTHER_PART = 40 << 20  # bytes of a part that is read whole, such as the table of texts
MOST_REMARKS = 10_000  # in XML: each makes the parser copy the text around it
MOST_ELEMENTS = 4_000_000  # of XML, all parts together; a cell with its value has two or three

_OVERLAP = 64  # bytes kept between chunks, so that no mark is cut in two
_SAVE_AS = "save it in Excel as an Excel workbook (.xlsx)"
_KIND = packages.Kind(
    WorkbookRejected, "the workbook has a password or is an old .xls file", _SAVE_AS
)
_ENCODING = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']""")
_UTF8 = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
_XML = (".xml", ".rels", ".vml")
_ACTIVE = re.compile(rb"macroenabled|macrosheet|vbaproject|dialogsheet", re.IGNORECASE)
_MACROS = f"the workbook holds macros; {_SAVE_AS}, which leaves them out"
# where it lies → what is said of it
_BESIDE = {
    "xl/externallinks/": "the workbook has links to other workbooks; their stored values were read",
    "xl/connections": "the workbook is connected to data elsewhere; its stored values were read",
    "xl/activex/": "the workbook holds controls; they were not looked at",
    "xl/embeddings/": "the workbook holds other files; they were not looked at",
}


@dataclass(frozen=True, slots=True)
class Package:
    """What a safe workbook holds ``beside`` its cells, in sentences."""

    beside: tuple[str, ...]


def check_package(data: bytes) -> Package:
    """Look at a file's bytes. Raises WorkbookRejected, in a sentence, for all but a safe .xlsx.

    Refused are files above 20 MB, archives that grow beyond bounds, document types (XML
    entities), macros, encrypted, old or binary workbooks, and what is no workbook at all.
    Links to other workbooks and to data elsewhere, controls and embedded files are told of, and
    never followed or opened.
    """
    _check_start(data)
    with _KIND.opened(data) as archive:
        parts = archive.infolist()
        _check_names(parts)
        _KIND.check_parts(parts)
        return _check_parts(archive, parts)


def too_much() -> WorkbookRejected:
    """The refusal of a workbook that would take more time or memory than any application."""
    return WorkbookRejected(
        "the workbook holds far more than its applications could; copy its cells into the template"
    )


def _check_start(data: bytes) -> None:
    _KIND.check_start(data)
    if data.startswith(b"PK"):
        return
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith(b"<"):
        raise WorkbookRejected(f"the file is a web page or XML, not a workbook; {_SAVE_AS}")
    if b"\x00" not in head and any(mark in head for mark in (b",", b";", b"\t")):
        raise WorkbookRejected(f"the file is plain text such as CSV, not a workbook; {_SAVE_AS}")
    raise WorkbookRejected(f"the file is not an Excel workbook; {_SAVE_AS}")


def _check_names(parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename.lower() for part in parts}
    if "mimetype" in names and "content.xml" in names:
        raise WorkbookRejected(f"the file is an OpenDocument file; {_SAVE_AS}")
    if any(name.endswith("workbook.bin") for name in names):
        raise WorkbookRejected(f"the file is a binary workbook (.xlsb); {_SAVE_AS}")
    if any(_ACTIVE.search(name.encode()) for name in names):
        raise WorkbookRejected(_MACROS)
    if not {"[content_types].xml", "xl/workbook.xml"} <= names:
        raise WorkbookRejected(f"the file is an archive but not an Excel workbook; {_SAVE_AS}")


def _check_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Package:
    unzipped = elements = remarks = 0
    for part in parts:
        size = 0
        name = part.filename.lower()
        is_xml = name.endswith(_XML)
        most = MOST_PART if name.startswith("xl/worksheets/") else MOST_OTHER_PART
        with archive.open(part) as stream:
            for chunk, fresh in _chunks(stream):
                size += fresh
                if size > most or unzipped + size > MOST_UNZIPPED:
                    raise WorkbookRejected(
                        "the workbook is far larger than its file once unpacked; "
                        "copy its cells into the template"
                    )
                if is_xml and size == fresh:
                    _check_encoding(chunk)
                _check_content(name, chunk)
                if is_xml:
                    elements += _elements(chunk)
                    remarks += chunk.count(b"<!--") + chunk.count(b"<?")
                if elements > MOST_ELEMENTS or remarks > MOST_REMARKS:
                    raise too_much()
        unzipped += size
    names = [part.filename.lower() for part in parts]
    beside = (said for place, said in _BESIDE.items() if any(n.startswith(place) for n in names))
    return Package(tuple(beside))


def _elements(chunk: bytes) -> int:
    """How many elements begin in a piece of XML, at most."""
    return chunk.count(b"<") - chunk.count(b"</")


def _chunks(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """The content piece by piece, each with the end of the one before; and its fresh bytes."""
    kept = b""
    while fresh := stream.read(packages.CHUNK):
        yield kept + fresh, len(fresh)
        kept = fresh[-_OVERLAP:]


def _check_encoding(head: bytes) -> None:
    """XML in any other encoding could hide a document type from the search for one."""
    declared = _ENCODING.search(head[:512])
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start != b"<" or (declared and declared[1].lower() not in _UTF8):
        raise WorkbookRejected(f"the workbook's text is in an unusual encoding; {_SAVE_AS}")


def _check_content(name: str, chunk: bytes) -> None:
    if name.startswith("xl/media/"):  # pictures; drawings may well have a document type
        return
    if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
        raise WorkbookRejected(f"the workbook holds an XML document type; {_SAVE_AS}")
    if name == "xl/workbook.xml" and b"http://purl.oclc.org/ooxml/" in chunk:
        raise WorkbookRejected(f"the file is a Strict Open XML workbook; {_SAVE_AS}")
    if name == "[content_types].xml" and _ACTIVE.search(chunk):
        raise WorkbookRejected(_MACROS)
