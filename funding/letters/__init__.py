"""Letters to the cities: one Word document for each, from a verified award workbook alone."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from funding import files, places
from funding.errors import TemplateRejected, UsageError
from funding.letters.facts import Letter, letter_to, letters_of
from funding.letters.template import Template
from funding.verify import Verified, verify

__all__ = ["NamedTemplate", "letters", "read_template", "written", "written_to"]

Progress: TypeAlias = Callable[[int, int], None]

LONGEST_NAME = 120  # bytes, without the suffix; some systems allow 143
# Windows keeps these for devices, whatever the suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com\S|lpt\S)( *\.| *$)", re.IGNORECASE)
_KEPT = frozenset(" -_'()")  # beside letters, their marks and digits


@dataclass(frozen=True)
class NamedTemplate:
    """A template and the name of its file, by which faults name it."""

    name: str
    template: Template


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
    made = read_template(path.name, content)
    return written(verify(awards), made, date)


def read_template(name: str, data: bytes) -> NamedTemplate:
    """The template in the bytes of a file of this name. Raises TemplateRejected."""
    with _naming(name):
        return NamedTemplate(name, Template(data))


def written(
    verified: Verified,
    template: NamedTemplate,
    date: dt.date | None = None,
    progress: Progress = lambda done, of: None,
) -> dict[str, bytes]:
    """The letters of a verified award workbook, as `letters`; ``progress`` is told how many
    of how many are made."""
    found: dict[str, bytes] = {}
    count = len(verified.applications.cities)
    with _naming(template.name):
        for letter in letters_of(verified, date):
            name = files.unused_name(f"{file_stem(letter)}.docx", found)
            found[name] = template.template.letter(letter)
            progress(len(found), count)
    return found


def written_to(
    verified: Verified, city: str, template: NamedTemplate, date: dt.date | None = None
) -> tuple[str, bytes]:
    """The letter to one city, by its code, as `written` makes it: its file name and content."""
    with _naming(template.name):
        letter = letter_to(verified, city, date)
        return f"{file_stem(letter)}.docx", template.template.letter(letter)


@contextlib.contextmanager
def _naming(name: str) -> Iterator[None]:
    """What is wrong with a template is said with the name of its file."""
    try:
        yield
    except TemplateRejected as error:
        end = "" if str(error).endswith("?") else "."
        raise TemplateRejected(f"{name}: {error}{end}") from None


def file_stem(letter: Letter) -> str:
    """City code and name as the name of a file on any system, without its suffix."""
    text = unicodedata.normalize("NFC", f"{letter.city_code} {letter.city}")
    kept = (c if c in _KEPT or unicodedata.category(c)[0] in "LMN" else " " for c in text)
    stem = " ".join("".join(kept).split())
    stem = stem.encode()[:LONGEST_NAME].decode(errors="ignore").strip()
    if not stem or _DEVICES.match(stem):
        stem = f"city {stem}".strip()
    return stem
