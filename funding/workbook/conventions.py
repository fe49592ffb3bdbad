"""How a foreign workbook writes what is not in the form that we ask for: dates and numbers
that are text, codes with other characters, codes and texts that are numbers.

Nothing here is on by itself: a mapping declares what holds in its workbook.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from decimal import Decimal
from functools import cache

from pydantic import BaseModel, ConfigDict, StrictBool, StrictStr, field_validator

from funding.workbook.tables import plain_text

MOST_CODE = 32  # characters of a code
_TOKEN = re.compile(r"YYYY|MM|DD|M|D")
_PARTS = {
    "YYYY": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})",
    "D": r"(?P<day>\d{1,2})",
}
_BETWEEN = frozenset("-./ ")
_SPACES = " \u00a0\u2007\u2009\u202f"
_NOT_IN_CODES = re.compile(r"[^A-Za-z0-9_.-]")
_HASHED = 6  # hexadecimal digits that end a shortened code
_TELLING = dt.date(2001, 2, 3)  # year, month and day all differ


class Conventions(BaseModel):
    """The table ``[conventions]`` of a mapping: how its workbook writes values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dates: tuple[StrictStr, ...] = ()  # how dates that are text are written
    decimal: StrictStr = ""  # the sign before the decimals of numbers that are text
    thousands: StrictStr = ""  # the sign between their thousands
    clean_codes: StrictBool = False
    numbers_as_text: StrictBool = False

    @field_validator("dates")
    @classmethod
    def _formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        odd = [form for form in formats if not _is_format(form)]
        if odd:
            raise ValueError(
                f"expected formats of YYYY, MM (or M) and DD (or D) with - . / or spaces between, "
                f"such as DD/MM/YYYY; found {', '.join(odd)}"
            )
        for form in formats:
            day = _written(form, _TELLING)
            rival = next((f for f in formats if day_of(day, f) not in (None, _TELLING)), "")
            if rival:
                raise ValueError(
                    f"the formats {form} and {rival} read the same text as different days; "
                    "keep one of them"
                )
        return formats

    @field_validator("decimal")
    @classmethod
    def _decimal_sign(cls, sign: str) -> str:
        if sign not in ("", ".", ","):
            raise ValueError('expected "," or "."')
        return sign

    @field_validator("thousands")
    @classmethod
    def _thousands_sign(cls, sign: str, info: object) -> str:
        if sign not in ("", " ", ".", ",", "'", "’"):
            raise ValueError('expected " ", ".", "," or an apostrophe')
        given = getattr(info, "data", {})
        if sign and sign == given.get("decimal"):
            raise ValueError("expected another sign than decimal")
        if sign and given.get("decimal") == "":
            raise ValueError("expected decimal to be given too")
        return sign

    def date(self, text: str) -> tuple[dt.date, str] | None:
        """The day that a text stands for and the format it has; None where it has none."""
        for form in self.dates:
            day = day_of(plain_text(text), form)
            if day is not None:
                return day, form
        return None

    def number(self, text: str) -> Decimal | None:
        """The number that a text stands for; None where it is not written as declared."""
        if not self.decimal:
            return None
        match = _number(self.decimal, self.thousands).fullmatch(text.strip())
        if match is None:
            return None
        whole = re.sub(r"\D", "", match["whole"])
        return Decimal(f"{'-' if match['minus'] else ''}{whole}.{match['part'] or '0'}")

    def code(self, text: str) -> str:
        """A text as a code: as it is where it is one or where codes are not cleaned.

        Accents are dropped and other characters become ``_``; of what is longer than 32
        characters the first 25 stay, followed by a hash of the whole, so that the code does
        not depend on the other rows.
        """
        plain = plain_text(text)
        if not self.clean_codes or not plain:
            return text
        bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not _is_mark(c))
        code = _NOT_IN_CODES.sub("_", bare)
        if len(code) <= MOST_CODE:
            return code
        digest = hashlib.sha256(plain.encode()).hexdigest()[:_HASHED]
        return f"{code[: MOST_CODE - _HASHED - 1]}-{digest}"


def day_of(text: str, form: str) -> dt.date | None:
    """The day that a text in a format stands for, or None."""
    match = _date(form).fullmatch(text)
    if match is None:
        return None
    try:
        return dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) == "Mn"


def _is_format(form: str) -> bool:
    tokens = [token[0] for token in _TOKEN.findall(form)]
    return sorted(tokens) == ["D", "M", "Y"] and set(_TOKEN.sub("", form)) <= _BETWEEN


@cache
def _date(form: str) -> re.Pattern[str]:
    pattern, at = "", 0
    for token in _TOKEN.finditer(form):
        pattern += re.escape(form[at : token.start()]) + _PARTS[token[0]]
        at = token.end()
    return re.compile(pattern + re.escape(form[at:]), re.ASCII)


def _written(form: str, day: dt.date) -> str:
    parts = {"YYYY": f"{day.year}", "MM": f"{day.month:02}", "DD": f"{day.day:02}"}
    parts |= {"M": f"{day.month:02}", "D": f"{day.day:02}"}
    return _TOKEN.sub(lambda token: parts[token[0]], form)


@cache
def _number(decimal: str, thousands: str) -> re.Pattern[str]:
    between = _SPACES if thousands == " " else thousands
    grouped = rf"\d{{1,3}}(?:[{re.escape(between)}]\d{{3}})+|" if between else ""
    return re.compile(
        rf"(?P<minus>[-\u2212]?)(?P<whole>{grouped}\d+)(?:{re.escape(decimal)}(?P<part>\d+))?",
        re.ASCII,
    )
