"""A look at a file before it is opened as a workbook: is it one, and is it safe to read?

Nothing is trusted that the file says of itself: what comes out of the archive is counted as it
comes out. What is refused is refused in one sentence that says what to do.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from funding.errors import WorkbookRejected

MOST_FILE = 20 << 20  # bytes
MOST_UNZIPPED = 200 << 20  # bytes, all parts together
MOST_PART = 150 << 20  # bytes of a sheet
MOST_OTHER_PART = 40 << 20  # bytes of a part that is read whole, such as the table of texts
MOST_PARTS = 1_000
MOST_REMARKS = 10_000  # in XML: each makes the parser copy the text around it
MOST_ELEMENTS = 4_000_000  # of XML, all parts together; a cell with its value has two or three

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1 << 20
_OVERLAP = 64  # bytes kept between chunks, so that no mark is cut in two
_SAVE_AS = "save it in Excel as an Excel workbook (.xlsx)"
_ENCODING = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']""")
_UTF8 = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
_XML = (".xml", ".rels", ".vml")
_ACTIVE = re.compile(rb"macroenabled|macrosheet|vbaproject|dialogsheet", re.IGNORECASE)
_UNUSUAL = f"the file is packed in an unusual way; {_SAVE_AS}"
_MACROS = f"the workbook holds macros; {_SAVE_AS}, which leaves them out"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # Excel knows no other
_LOCAL = 30  # bytes before the name in the header of a part, the least that lies between parts
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
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_names(parts)
            _check_places(parts)
            return _check_parts(archive, parts)
    except WorkbookRejected:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError) as error:
        raise WorkbookRejected(
            "the file is damaged or was cut off on its way; send or save it again"
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise WorkbookRejected(_UNUSUAL) from error


def too_much() -> WorkbookRejected:
    """The refusal of a workbook that would take more time or memory than any application."""
    return WorkbookRejected(
        "the workbook holds far more than its applications could; copy its cells into the template"
    )


def _check_start(data: bytes) -> None:
    if not data:
        raise WorkbookRejected("the file is empty")
    if len(data) > MOST_FILE:
        raise WorkbookRejected(
            f"the file has {len(data) / 1e6:.0f} MB; at most {MOST_FILE >> 20} MB are read"
        )
    if data.startswith(_OLE):
        raise WorkbookRejected(
            f"the workbook has a password or is an old .xls file; {_SAVE_AS} without a password"
        )
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
    if any(part.flag_bits & 1 for part in parts):
        raise WorkbookRejected("the file is encrypted; save it without a password")
    if "mimetype" in names and "content.xml" in names:
        raise WorkbookRejected(f"the file is an OpenDocument file; {_SAVE_AS}")
    if any(name.endswith("workbook.bin") for name in names):
        raise WorkbookRejected(f"the file is a binary workbook (.xlsb); {_SAVE_AS}")
    if any(_ACTIVE.search(name.encode()) for name in names):
        raise WorkbookRejected(_MACROS)
    if not {"[content_types].xml", "xl/workbook.xml"} <= names:
        raise WorkbookRejected(f"the file is an archive but not an Excel workbook; {_SAVE_AS}")
    strange = any(_is_strange(name) for name in names)
    if len(parts) > MOST_PARTS or len(names) != len(parts) or strange:
        raise WorkbookRejected(_UNUSUAL)


def _is_strange(name: str) -> bool:
    """Names that other programs take for another place, or for none."""
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def _check_places(parts: list[zipfile.ZipInfo]) -> None:
    """Parts that lie in one another unpack to far more than the file; what lies before the first
    one is another file, which other programs may take this one for."""
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        first = end == 0
        if part.header_offset < end or (first and part.header_offset):
            raise WorkbookRejected(_UNUSUAL)
        end = part.header_offset + _LOCAL + part.compress_size
    if any(part.compress_type not in _METHODS for part in parts):
        raise WorkbookRejected(_UNUSUAL)


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
    while fresh := stream.read(_CHUNK):
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
