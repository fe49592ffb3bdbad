"""Where the columns of the award sheets stand, and formulas that sum over them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from funding.applications import Applications
from funding.workbook.tables import column_letter

BY_CITY, BY_ACTIVITY = "Awards by city", "Awards by activity"

_LIKE_VALUES = (  # beginnings of dates and truth values
    *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    *("true", "false"),
)
_PLAIN = re.compile(r"[a-z][a-z0-9_.-]*")


@dataclass(frozen=True)
class Ranges:
    """The columns of the two award sheets by header, with so many rows each.

    ``alike`` says that a spreadsheet could take two codes for the same one: its conditions
    ignore letter case and read ``01`` and ``1``, or ``1-2`` and ``01-02``, as equal. Then sums
    compare codes with EXACT, which is slower.
    """

    city_headers: tuple[str, ...]
    activity_headers: tuple[str, ...]
    cities: int
    activities: int
    alike: bool

    def city(self, header: str) -> str:
        """A column of sheet Awards by city."""
        return _column(BY_CITY, self.city_headers, header, self.cities)

    def activity(self, header: str) -> str:
        """A column of sheet Awards by activity."""
        return _column(BY_ACTIVITY, self.activity_headers, header, self.activities)

    def total(self, summed: str, *where: tuple[str, str], text: bool = False) -> str:
        """The sum of a column over the rows where each column equals its criterion.

        ``text`` says that a criterion is free text: as a condition, text such as ``>5`` or
        ``*`` would mean something else, so it is compared with EXACT.
        """
        if not where:
            return f"SUM({summed})"
        if text or self.alike:
            return f"SUMPRODUCT({_tests(where)}*{summed})"
        return f"SUMIFS({summed},{','.join(f'{column},{like}' for column, like in where)})"

    def count_positive(self, counted: str, *where: tuple[str, str], text: bool = False) -> str:
        """How many rows of a column are above 0 where each column equals its criterion."""
        if where and (text or self.alike):
            return f"SUMPRODUCT({_tests(where)}*({counted}>0))"
        tests = "".join(f"{column},{like}," for column, like in where)
        return f'COUNTIFS({tests}{counted},">0")'

    def award(self, code: str) -> str:
        """The award of one activity; ``code`` is a cell or a quoted code."""
        return self.total(self.activity("Award"), (self.activity("Activity code"), code))


def ranges_of(
    applications: Applications, city_headers: Sequence[str], activity_headers: Sequence[str]
) -> Ranges:
    """The ranges of the award sheets for these applications."""
    return Ranges(
        tuple(city_headers),
        tuple(activity_headers),
        len(applications.cities),
        len(applications.activities),
        look_alike(applications.cities) or look_alike(applications.activities),
    )


def look_alike(codes: Iterable[str]) -> bool:
    """Whether a spreadsheet's conditions might not tell some of the codes apart.

    Careful rather than fast: codes that could be numbers, dates or truth values count too.
    """
    seen: set[str] = set()
    for code in codes:
        plain = code.casefold()
        like = re.sub(r"[-_.]", "-", re.sub(r"(?<!\d)0+(?=\d)", "", plain))
        if like in seen or not _PLAIN.fullmatch(plain) or plain.startswith(_LIKE_VALUES):
            return True
        seen.add(like)
    return False


def quoted(text: str) -> str:
    """A text inside a formula."""
    return '"' + text.replace('"', '""') + '"'


def _column(sheet: str, headers: Sequence[str], header: str, rows: int) -> str:
    return column_range(sheet, headers.index(header), rows)


def column_range(sheet: str, column: int, rows: int) -> str:
    """A column (from 0) of a sheet, without its header: ``'Check weights'!$C$2:$C$9``."""
    letter = column_letter(column)
    return f"'{sheet}'!${letter}$2:${letter}${max(rows, 1) + 1}"


def _tests(where: Sequence[tuple[str, str]]) -> str:
    return "*".join(f"EXACT({column},{like})" for column, like in where)
