"""A Word document as its parts: taken apart safely, and put together again.

As with workbooks (`funding.workbook.package`), nothing is trusted that a file says of itself:
what comes out of the archive is counted as it comes out.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping

from funding.errors import TemplateRejected

MOST_FILE = 20 << 20  # bytes
MOST_UNZIPPED = 60 << 20  # bytes, all parts together
MOST_TEXT = 4 << 20  # bytes of a part that holds text; a page has about 20 000
MOST_PARTS = 1_000
CONTENT_TYPES = "[Content_Types].xml"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # Word knows no other
_CHUNK = 1 << 20
_SAVE_AS = "save it in Word as a Word document (.docx)"
_UNUSUAL = f"it is packed in an unusual way; {_SAVE_AS}"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_TEXT = re.compile(
    r'<Override\b(?=[^>]*\bContentType="'
    + re.escape(_WORD)
    + r'(document\.main|header|footer|footnotes|endnotes)\+xml")[^>]*\bPartName="/([^"]+)"'
)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # so that the same letter has the same bytes


def unpacked(data: bytes) -> dict[str, bytes]:
    """Part name → its bytes, in the order of the archive.

    Raises TemplateRejected, in a sentence, for all but a Word document (.docx) without macros
    that stays within bounds when it is unpacked.
    """
    if data.startswith(_OLE):
        raise TemplateRejected(f"it has a password or is an old .doc file; {_SAVE_AS}")
    if not data.startswith(b"PK"):
        raise TemplateRejected(f"it is no Word document; {_SAVE_AS}")
    if len(data) > MOST_FILE:
        raise TemplateRejected(f"it has more than {MOST_FILE >> 20} MB; use smaller pictures")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError) as error:
        raise TemplateRejected("it is damaged; send or save it again") from error
    except (NotImplementedError, RuntimeError) as error:
        raise TemplateRejected(_UNUSUAL) from error
    types = parts.get(CONTENT_TYPES, b"").lower()
    if b"macroenabled" in types or any("vbaproject" in name.lower() for name in parts):
        raise TemplateRejected(f"it holds macros; {_SAVE_AS}, which leaves them out")
    if b"wordprocessingml.document.main+xml" not in types:
        raise TemplateRejected(f"it is no Word document; {_SAVE_AS}")
    return parts


def text_parts(parts: Mapping[str, bytes]) -> list[str]:
    """The names of the parts that hold text: the document, headers, footers and notes.

    Raises TemplateRejected where one is not there or far too long.
    """
    names = [name for _, name in _TEXT.findall(parts[CONTENT_TYPES].decode("utf-8", "replace"))]
    for name in names:
        if name not in parts:
            raise TemplateRejected("it is damaged; send or save it again")
        if len(parts[name]) > MOST_TEXT:
            raise TemplateRejected("it holds far more text than a letter could")
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
    infos = [info for info in archive.infolist() if not info.is_dir()]
    names = {info.filename.lower() for info in infos}
    if len(infos) > MOST_PARTS or len(names) != len(infos):
        raise TemplateRejected(_UNUSUAL)
    parts: dict[str, bytes] = {}
    left = MOST_UNZIPPED
    for info in infos:
        odd = info.filename.startswith("/") or ".." in info.filename.split("/")
        if info.compress_type not in _METHODS or odd or "\\" in info.filename:
            raise TemplateRejected(_UNUSUAL)
        content = io.BytesIO()
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise TemplateRejected("it is far larger than its file once unpacked")
                content.write(chunk)
        parts[info.filename] = content.getvalue()
    return parts
