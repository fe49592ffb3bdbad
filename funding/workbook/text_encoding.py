"""From the bytes of a text file to its text: UTF-8, UTF-16 with its mark, or Windows-1252."""

from __future__ import annotations

import io
import re

from funding.errors import WorkbookRejected
from funding.packages import MOST_FILE

MOST_LINE = 1_000_000  # characters without a line break
SAVE_AS = 'save it in Excel as "CSV UTF-8"'

_LINE_END = re.compile(rb"\r\n?|\n")


def decoded(data: bytes) -> tuple[str, str]:
    """The text of a file, without its byte order mark, and its encoding where that had to be
    found out, else "": ``cp1252``, ``UTF-16``, or ``UTF-8`` where it is neither marked nor ASCII.

    Raises WorkbookRejected, in a sentence, for what is no text, above 20 MB, or in another
    encoding as far as can be told.
    """
    if not data:
        raise WorkbookRejected("the file is empty")
    if len(data) > MOST_FILE:
        raise WorkbookRejected(
            f"the file has {len(data) / 1e6:.0f} MB; at most {MOST_FILE >> 20} MB are read"
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text, encoding = _utf16(data), "UTF-16"
    elif b"\0" in data:
        raise WorkbookRejected(
            f"the file is no plain text: line {_line(data, data.index(0))} holds a NUL character; "
            f"if it is a workbook, name it .xlsx, else {SAVE_AS}"
        )
    else:
        text, encoding = _utf8_or_cp1252(data)
    if any(len(line) > MOST_LINE for line in io.StringIO(text, newline="")):
        raise WorkbookRejected(
            f"the file has a line of more than {MOST_LINE:,} characters and is no table; {SAVE_AS}"
        )
    return text.lstrip("\ufeff"), encoding


def _utf16(data: bytes) -> str:
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise WorkbookRejected(
            f"the file begins as UTF-16 text but does not go on so; {SAVE_AS}"
        ) from error


def _utf8_or_cp1252(data: bytes) -> tuple[str, str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _cp1252(data, error.start), "cp1252"
    marked = text.startswith("\ufeff")
    return text, "" if marked or text.isascii() else "UTF-8"


def _cp1252(data: bytes, broken_at: int) -> str:
    """Text that is not UTF-8 throughout. Refused where it is so in most places: read as
    cp1252, every one of its accents would be garbled for the sake of a few."""
    sound = len(data.decode("utf-8", "ignore"))
    broken = len(data.decode("utf-8", "surrogateescape")) - sound
    ascii_only = len(data.translate(None, bytes(range(128, 256))))
    if sound - ascii_only > broken:
        raise WorkbookRejected(
            f"the file is UTF-8 text but for line {_line(data, broken_at)}, where a character is "
            f"broken; type it again, or {SAVE_AS}"
        )
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        line = _line(data, error.start)
        raise WorkbookRejected(
            "the file is neither UTF-8 nor Windows-1252 (cp1252) text: line "
            f"{line} holds the byte {data[error.start]:02X}; {SAVE_AS}"
        ) from error


def _line(data: bytes, at: int) -> int:
    """The line, counted from 1, in which a byte stands."""
    return len(_LINE_END.findall(data, 0, at)) + 1
