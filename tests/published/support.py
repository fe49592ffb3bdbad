"""A published choice of projects as an analyst would enter it: a workbook and a scenario on disk.

The workbook is written cell by cell, not by the package, and read through its public path. Each
project is an activity of one city that asks for what the project spends in each year; a
project's worth is its score, so that ``merit_projects`` is worth what is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl

from funding import scenario, workbook
from funding.awards import Allocation, allocate

FIRST_YEAR = 2026
CITY = ["P", "City", "North", 50_000, 0, 1, 1, "formal"]
CITY_HEADERS = [
    *("City code", "City", "Region", "Population", "Own engagement budget"),
    *("International staff", "Staff with relevant training", "Coordination"),
]
ACTIVITY_HEADERS = [
    *("Activity code", "City code", "Title", "Stream", "Theme", "Total cost", "Requested"),
    "Own cash",
]
WHOLE_PROJECTS = "[rules.request]\nall_or_nothing = true\n"


@dataclass(frozen=True)
class Choice:
    """Projects, what each is worth and spends in each year, and the limit of each year."""

    worth: Sequence[Decimal | int]
    spending: Sequence[Sequence[int]]  # by year, then by project [currency]
    limits: Sequence[int]
    themes: Sequence[str] = ()

    @property
    def scale(self) -> int:
        """The power of ten that brings every worth into 0 to 100: so no digit is lost."""
        scale = 1
        while max(self.worth) > 100 * scale:
            scale *= 10
        return scale

    def asked(self, project: int) -> int:
        """What a project spends in all years."""
        return sum(year[project] for year in self.spending)

    def allocate(self, folder: Path, rules: str) -> Allocation:
        """The tool's allocation, through files in the folder; units of 1."""
        book, file = folder / "applications.xlsx", folder / "published.toml"
        self._write(book)
        years = range(FIRST_YEAR, FIRST_YEAR + len(self.limits))
        by_year = "".join(f"{y} = {n}\n" for y, n in zip(years, self.limits, strict=True))
        file.write_text(
            'name = "Published"\n[objective]\nvalue = "merit_projects"\n'
            f"[fund]\nunit = 1\n[fund.envelopes]\n{by_year}{rules}",
            encoding="utf-8",
        )
        return allocate(workbook.read([book]).require(), scenario.load(file))

    def chosen(self, found: Allocation) -> set[int]:
        """The projects with a full award, by their published numbers: 1 and on."""
        return {n for n, part in self.fractions(found).items() if part == 1}

    def fractions(self, found: Allocation) -> dict[int, Fraction]:
        """The part of each project that is funded, by its published number."""
        return {
            n + 1: Fraction(found.awards[f"P-{n + 1}"], 100 * self.asked(n))
            for n in range(len(self.worth))
        }

    def value(self, found: Allocation) -> Fraction:
        """What an allocation is worth, in the published unit."""
        return found.value * self.scale

    def best_whole(self) -> tuple[Decimal | int, list[set[int]]]:
        """The best choices of whole projects, all of which are tried: worth and numbers."""
        found: dict[Decimal | int, list[set[int]]] = {}
        for picked in product((0, 1), repeat=len(self.worth)):
            spent = [sum(map(lambda x, y: x * y, picked, year)) for year in self.spending]
            if all(used <= limit for used, limit in zip(spent, self.limits, strict=True)):
                numbers = {n + 1 for n, taken in enumerate(picked) if taken}
                worth = sum(self.worth[n - 1] for n in numbers)
                found.setdefault(worth, []).append(numbers)
        return max(found), found[max(found)]

    def _write(self, path: Path) -> None:
        years = [f"Requested {FIRST_YEAR + t}" for t in range(len(self.limits))]
        activities: list[list[Any]] = [[*ACTIVITY_HEADERS, *years]]
        assessment: list[list[Any]] = [["Activity code", "Score"]]
        for n, worth in enumerate(self.worth):
            code, asked = f"P-{n + 1}", self.asked(n)
            theme = self.themes[n] if self.themes else "projects"
            by_year = [year[n] for year in self.spending]
            row = [code, "P", f"Project {n + 1}", "financing", theme, asked, asked, 0]
            activities.append([*row, *by_year])
            assessment.append([code, Decimal(worth) / self.scale])
        sheets: Mapping[str, list[list[Any]]] = {
            "Fund": [
                ["Setting", "Value", "Note"],
                ["Fund", "Published", None],
                ["Reference", "PUB-1", None],
                ["Currency", "EUR", None],
                ["First year", FIRST_YEAR, None],
            ],
            "Cities": [CITY_HEADERS, CITY],
            "Activities": activities,
            "Assessment": assessment,
        }
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for cells in rows:
                sheet.append(cells)
        book.save(path)
