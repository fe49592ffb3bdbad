"""The robustness workbook: how often each activity and city is funded, and its range."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from funding.report.ranges import column_range
from funding.report.style import (
    BAD,
    DARK,
    GOOD,
    QUIET,
    Book,
    Cell,
    Field,
    Kind,
    Live,
    Looks,
    height_of,
)
from funding.robustness import Chance, Colour, Findings, sentences
from funding.robustness.findings import CONFIDENCE
from funding.workbook.writer import SAFE_TEXT, Page, set_properties

SUMMARY, ACTIVITIES, CITIES, RUN = "Summary", "Activities", "Cities", "Run record"
INKS = {Colour.GREEN: GOOD, Colour.GREY: QUIET, Colour.RED: BAD}
FILLS = {Colour.GREEN: "#DDEFE3", Colour.GREY: "#E6E8EB", Colour.RED: "#F6DDDF"}
FIRST, WIDTH, LETTERS_A_LINE = 34, 18, 105  # of the summary, in characters
TITLE = 28  # height [points]
MEANING = "Meaning"

OF_CHANCE = (
    Field("Award as it is", Kind.MONEY, 16),
    Field("Funded in draws", Kind.COUNT, 11),
    Field("Share of draws", Kind.SHARE, 11),
    Field("Share, from", Kind.SHARE, 11),
    Field("Share, to", Kind.SHARE, 11),
    Field("Colour", Kind.TEXT, 9),
    Field(MEANING, Kind.TEXT, 22),
    Field("Award in 5 % of draws, at most", Kind.MONEY, 16),
    Field("Award in the middle draw", Kind.MONEY, 16),
    Field("Award in 95 % of draws, at most", Kind.MONEY, 16),
)
OF_ACTIVITY = (
    Field("Activity code", Kind.TEXT, 13),
    Field("City code", Kind.TEXT, 10),
    Field("City", Kind.TEXT, 22),
    Field("Title", Kind.WRAPPED, 40),
    Field("Score", Kind.SCORE, 8),
    Field("Standard error", Kind.SCORE, 9),
    Field("Requested", Kind.MONEY, 16),
)
OF_CITY = (
    Field("City code", Kind.TEXT, 10),
    Field("City", Kind.TEXT, 26),
    Field("Region", Kind.TEXT, 22),
    Field("Requested", Kind.MONEY, 16),
)


def robustness_workbook(findings: Findings) -> bytes:
    """The robustness workbook, ready to hand on. Raises InputError for a text too long."""
    study = findings.study
    call = study.applications.call
    stream = io.BytesIO()
    file = xlsxwriter.Workbook(stream, SAFE_TEXT)
    set_properties(file, f"Robustness: {call.fund}", call.banner)
    page = Page(f"{call.fund} · {call.reference}", call.banner)
    book = Book(file, Looks(file, call.currency), page, f"Scenario: {study.scenario.name}")
    sheets = {name: file.add_worksheet(name) for name in (SUMMARY, ACTIVITIES, CITIES, RUN)}
    _write_summary(book, sheets[SUMMARY], findings)
    _write_chances(book, sheets[ACTIVITIES], findings, of_cities=False)
    _write_chances(book, sheets[CITIES], findings, of_cities=True)
    record = [[key, str(value)] for key, value in _record(findings).items()]
    fields = (Field("Item", Kind.TEXT, 28), Field("Value", Kind.TEXT, 76))
    book.table(sheets[RUN], fields, record)
    file.close()
    return stream.getvalue()


def _write_summary(book: Book, sheet: Any, findings: Findings) -> None:
    """The sentences, and how many activities and cities have each colour."""
    call = findings.study.applications.call
    make = book.looks.make
    sheet.set_column(0, 0, FIRST)
    sheet.set_column(1, 3, WIDTH)
    sheet.write_string(0, 0, call.fund, make(bold=True, font_size=20, font_color=DARK))
    sheet.set_row(0, TITLE)
    under = f"How robust the allocation is · {findings.study.scenario.name} · {call.reference}"
    sheet.write_string(1, 0, under, make(font_size=12, font_color=QUIET))
    row = 2
    if call.banner:
        look = make(font_size=12, bold=True, font_color="#FFFFFF", bg_color=BAD)
        sheet.merge_range(row, 0, row, 3, "", look)
        sheet.write_string(row, 0, call.banner, look)
        row += 1
    for words in sentences(findings):
        look = make(text_wrap=True)
        sheet.merge_range(row, 0, row, 3, "", look)
        sheet.write_string(row, 0, words, look)
        sheet.set_row(row, height_of(1 + len(words) // LETTERS_A_LINE))
        row += 1
    row += 1
    for at, header in enumerate(("Colour", MEANING, ACTIVITIES, CITIES)):
        sheet.write_string(row, at, header, book.looks.header(Kind.COUNT if at > 1 else Kind.TEXT))
    for colour in Colour:
        row += 1
        line: list[tuple[Cell, Kind]] = [(str(colour), Kind.TEXT), (colour.words, Kind.TEXT)]
        for name in (ACTIVITIES, CITIES):
            line.append((_counted(findings, name, colour), Kind.COUNT))
        for at, (cell, kind) in enumerate(line):
            look = book.looks.cell(kind) if at else _look(book, colour)
            book.put(sheet, row, at, cell, kind, look)
    sheet.print_area(0, 0, row, 3)
    book.set_up_page(sheet, SUMMARY, 4)


def _counted(findings: Findings, name: str, colour: Colour) -> Live:
    """How many rows of a sheet have a colour, counted there."""
    chances = findings.activities if name == ACTIVITIES else findings.cities
    fields = (*(OF_ACTIVITY if name == ACTIVITIES else OF_CITY), *OF_CHANCE)
    at = next(at for at, field in enumerate(fields) if field.header == "Colour")
    count = sum(1 for chance in chances.values() if chance.colour is colour)
    return Live(f'COUNTIF({column_range(name, at, len(chances))},"{colour}")', count)


def _write_chances(book: Book, sheet: Any, findings: Findings, *, of_cities: bool) -> None:
    """One row an activity, or a city, in the order of the applications."""
    chances = findings.cities if of_cities else findings.activities
    own = OF_CITY if of_cities else OF_ACTIVITY
    fields = (*own, *OF_CHANCE)
    head = _city if of_cities else _activity
    rows = [[*head(findings, code), *_cells(chance)] for code, chance in chances.items()]
    book.table(sheet, fields, rows, frozen=2 if of_cities else 3)
    at = next(at for at, field in enumerate(fields) if field.header == "Colour")
    for row, chance in enumerate(chances.values(), 1):
        for column, cell in ((at, str(chance.colour)), (at + 1, chance.colour.words)):
            book.put(sheet, row, column, cell, Kind.TEXT, _look(book, chance.colour))
    sheet.set_row(0, height_of(3))


def _activity(findings: Findings, code: str) -> list[Cell]:
    study = findings.study
    activity = study.applications.activities[code]
    return [
        code,
        activity.city,
        study.applications.cities[activity.city].name,
        activity.title,
        study.applications.score(code),
        study.standard_errors[code],
        activity.requested,
    ]


def _city(findings: Findings, code: str) -> list[Cell]:
    given = findings.study.applications
    city, plan = given.cities[code], given.plans[code]
    return [code, city.name, city.region, sum(activity.requested for activity in plan)]


def _cells(chance: Chance) -> list[Cell]:
    return [
        chance.award,
        chance.times,
        chance.share,
        chance.low,
        chance.high,
        str(chance.colour),
        chance.colour.words,
        chance.least,
        chance.middle,
        chance.most,
    ]


def _look(book: Book, colour: Colour) -> Any:
    """Ink and ground, so that the colour stands out; the words stand beside it."""
    return book.looks.cell(Kind.TEXT, font_color=INKS[colour], bg_color=FILLS[colour])


def _record(findings: Findings) -> dict[str, object]:
    """What is needed to do the study again, and what was counted."""
    return {
        **{key: "from sheet Scores" if v is None else v for key, v in findings.study.key.items()},
        "scenario name": findings.study.scenario.name,
        "draws asked for": findings.asked,
        "draws done": len(findings.draws),
        **{f"draws ended: {ending}": count for ending, count in sorted(findings.endings.items())},
        "green from": findings.levels.green,
        "red up to": findings.levels.red,
        "confidence of intervals": CONFIDENCE,
        "interval": "Clopper and Pearson",
    }
