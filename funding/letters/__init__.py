"""Letters to the cities: one Word document for each, from a verified award workbook alone."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from pathlib import Path

from funding import files, places
from funding.errors import TemplateRejected, UsageError
from funding.letters.facts import Letter, letters_of
from funding.letters.template import Template
from funding.verify import verify

__all__ = ["letters"]

LONGEST_NAME = 120  # bytes, without the suffix; some systems allow 143
# Windows keeps these for devices, whatever the suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com\S|lpt\S)( *\.| *$)", re.IGNORECASE)
_KEPT = frozenset(" -_'()")  # beside letters, their marks and digits


def letters(
    awards: Path, template: Path | None = None, date: dt.date | None = None
) -> dict[str, bytes]:
    """File name → letter, one for each city that applied, in the order of the applications.

    ``template`` is a Word document with fields (docs/letters.md); ``date`` is the day that the
    letters bear. Raises TemplateRejected for a template that cannot be used, and as
    `funding.verify.verify` for a workbook that does not verify.
    """
    path = template or places.letter_template()
    try:
        content = path.read_bytes()
    except OSError:
        raise UsageError(f"{path} cannot be read; is it there, and may you read it?") from None
    try:
        made = Template(content)
        found: dict[str, bytes] = {}
        for letter in letters_of(verify(awards), date):
            name = files.unused_name(f"{file_stem(letter)}.docx", found)
            found[name] = made.letter(letter)
    except TemplateRejected as error:
        end = "" if str(error).endswith("?") else "."
        raise TemplateRejected(f"{path.name}: {error}{end}") from None
    return found


def file_stem(letter: Letter) -> str:
    """City code and name as the name of a file on any system, without its suffix."""
    text = unicodedata.normalize("NFC", f"{letter.city_code} {letter.city}")
    kept = (c if c in _KEPT or unicodedata.category(c)[0] in "LMN" else " " for c in text)
    stem = " ".join("".join(kept).split())
    stem = stem.encode()[:LONGEST_NAME].decode(errors="ignore").strip()
    if not stem or _DEVICES.match(stem):
        stem = f"city {stem}".strip()
    return stem
