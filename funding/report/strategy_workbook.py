"""The workbook of a study of strategic applications: who gains by what, and what invites it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from funding.report.ranges import column_range
from funding.report.style import (
    BAD,
    DARK,
    LIGHT,
    MEDIUM,
    QUIET,
    Book,
    Cell,
    Field,
    Kind,
    Live,
    Looks,
    height_of,
)
from funding.strategy import MANIPULATIONS, Ending, Study, method_words, sentences
from funding.strategy.invites import title_of
from funding.strategy.study import Trial, median_gain, unclear
from funding.workbook.writer import SAFE_TEXT, Page, set_properties

SUMMARY, CITIES, RULES, RUN = "Summary", "Cities", "Rules", "Run record"
NOTHING_GAINS = "No city gains by any of these."
WIDTHS = (46, 13, 16, 16, 24, 60)  # of the summary
LETTERS_A_LINE = 185
OF_MANIPULATION = (
    Field("What a city states", Kind.WRAPPED, WIDTHS[0]),
    Field("Cities that gain", Kind.COUNT, WIDTHS[1]),
    Field("Gain, median", Kind.WHOLE, WIDTHS[2]),
    Field("Gain, largest", Kind.WHOLE, WIDTHS[3]),
    Field("Who gains most", Kind.WRAPPED, WIDTHS[4]),
    Field("What invites it (cities)", Kind.WRAPPED, WIDTHS[5]),
)
OF_CITY = (
    Field("City code", Kind.TEXT, 10),
    Field("City", Kind.TEXT, 24),
    Field("Truly asks for", Kind.MONEY, 16),
    Field("Gets", Kind.MONEY, 16),
    Field("Gains at most", Kind.MONEY, 16),
    Field("Share of what it asks for", Kind.SHARE, 12),
    Field("By", Kind.WRAPPED, 34),
    Field("What invites it", Kind.WRAPPED, 40),
)
FIRST_GAIN = len(OF_CITY)  # column of the first manipulation
OF_RULE = (
    Field("What invites a gain", Kind.WRAPPED, 44),
    Field("What a city states", Kind.WRAPPED, 44),
    Field("Cities", Kind.COUNT, 10),
    Field("Gain, median", Kind.MONEY, 16),
    Field("Gain, largest", Kind.MONEY, 16),
    Field("Only with others", Kind.COUNT, 12),
)


def strategy_workbook(study: Study) -> bytes:
    """The workbook, ready to hand on. Raises InputError for a text too long for a cell."""
    call = study.allocation.applications.call
    stream = io.BytesIO()
    file = xlsxwriter.Workbook(stream, SAFE_TEXT)
    set_properties(file, f"Strategic applications: {call.fund}", call.banner)
    page = Page(f"{call.fund} · {call.reference}", call.banner)
    foot = f"Scenario: {study.allocation.scenario.name}"
    book = Book(file, Looks(file, call.currency), page, foot)
    sheets = {name: file.add_worksheet(name) for name in (SUMMARY, CITIES, RULES, RUN)}
    _write_summary(book, sheets[SUMMARY], study)
    by_way = (Field(each.title, Kind.MONEY, 17) for each in MANIPULATIONS.values())
    book.table(sheets[CITIES], (*OF_CITY, *by_way), _city_rows(study), frozen=2)
    sheets[CITIES].set_row(0, height_of(4))
    book.table(sheets[RULES], OF_RULE, _rule_rows(study), none=NOTHING_GAINS)
    fields = (Field("Item", Kind.TEXT, 30), Field("Value", Kind.WRAPPED, 110))
    book.table(sheets[RUN], fields, _record(study))
    file.close()
    return stream.getvalue()


def _write_summary(book: Book, sheet: Any, study: Study) -> None:
    """The sentences, a table by manipulation, a chart, and how it was found."""
    call, make = study.allocation.applications.call, book.looks.make
    last = len(WIDTHS) - 1
    for at, width in enumerate(WIDTHS):
        sheet.set_column(at, at, width)
    sheet.write_string(0, 0, call.fund, make(bold=True, font_size=20, font_color=DARK))
    sheet.set_row(0, 28)
    name = study.allocation.scenario.name
    under = f"What cities gain by strategic applications · {name} · {call.reference}"
    sheet.write_string(1, 0, under, make(font_size=12, font_color=QUIET))
    row = 2
    if call.banner:
        look = make(font_size=12, bold=True, font_color="#FFFFFF", bg_color=BAD)
        sheet.merge_range(row, 0, row, last, "", look)
        sheet.write_string(row, 0, call.banner, look)
        row += 1
    row = _paragraphs(book, sheet, row, sentences(study))
    for at, field in enumerate(OF_MANIPULATION):
        sheet.write_string(row, at, field.header, book.looks.header(field.kind))
    top = row
    for number, line in enumerate(_manipulation_rows(study)):
        row += 1
        lines = max(1, len(study.parts(study.of_manipulation(list(MANIPULATIONS)[number]))))
        sheet.set_row(row, height_of(lines))
        for at, (field, cell) in enumerate(zip(OF_MANIPULATION, line, strict=True)):
            book.put(sheet, row, at, cell, field.kind, book.looks.cell(field.kind))
    row = _chart(book, sheet, (top + 1, row), row + 2)
    sheet.write_string(row, 0, "How it was found", make(bold=True, font_size=12, font_color=DARK))
    row = _paragraphs(book, sheet, row + 1, method_words(study))
    sheet.print_area(0, 0, row - 1, last)
    book.set_up_page(sheet, SUMMARY, len(WIDTHS))
    sheet.fit_to_pages(1, 1)


def _paragraphs(book: Book, sheet: Any, row: int, texts: Sequence[str]) -> int:
    """Texts across the page, one a row; gives the row after an empty one."""
    look = book.looks.make(text_wrap=True)
    for words in texts:
        sheet.merge_range(row, 0, row, len(WIDTHS) - 1, "", look)
        sheet.write_string(row, 0, words, look)
        sheet.set_row(row, height_of(1 + len(words) // LETTERS_A_LINE))
        row += 1
    return row + 1


def _manipulation_rows(study: Study) -> list[list[Cell]]:
    """One row a manipulation; its cities are counted over sheet Cities."""
    given, rows = study.allocation.applications, list[list[Cell]]()
    for at, each in enumerate(MANIPULATIONS.values()):
        gained = study.of_manipulation(each.key)
        column = column_range(CITIES, FIRST_GAIN + at, len(given.cities))
        parts = study.parts(gained)
        told = "\n".join(f"{_title(study, part)} ({count:,})" for part, count in parts)
        most = given.cities[gained[0].city].name if gained else None
        rows.append(
            [
                each.title,
                Live(f'COUNTIF({column},">0")', len(gained)),
                median_gain(gained) if gained else None,
                gained[0].gain if gained else None,
                most,
                told or None,
            ]
        )
    return rows


def _chart(book: Book, sheet: Any, rows: tuple[int, int], row: int) -> int:
    """How many cities gain by each manipulation; gives the row under the chart."""
    first, last = rows
    chart = book.book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "categories": [SUMMARY, first, 0, last, 0],
            "values": [SUMMARY, first, 1, last, 1],
            "fill": {"color": DARK},
            "gap": 60,
            "data_labels": {"value": True},
        }
    )
    title = "Cities that gain, by what they state"
    chart.set_title({"name": title, "name_font": {"size": 12, "color": DARK}, "overlay": False})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "line": {"color": MEDIUM}})
    lines = {"visible": True, "line": {"color": LIGHT}}
    chart.set_x_axis({"num_format": "0", "major_gridlines": lines, "label_position": "high"})
    chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 900, "height": 260})
    sheet.insert_chart(row, 0, chart, {"object_position": 2, "description": title})
    return row + 15


def _city_rows(study: Study) -> list[list[Cell]]:
    """One row a city, in the order of the applications: its best statement, then each."""
    rows = list[list[Cell]]()
    for number, (city, found) in enumerate(study.allocation.applications.cities.items(), 2):
        trials, best = study.by_city.get(city, {}), study.best_of(city)
        got = next((trial.before for trial in trials.values()), 0)
        row: list[Cell] = [city, found.name, study.need(city), got]
        if best is None:
            row += [None, None, None, None]
        else:
            share = Live(f"E{number}/C{number}", study.share(best))
            row += [best.gain, share, MANIPULATIONS[best.key].title, _invited(study, best)]
        row += [_gain(trials.get(key)) for key in MANIPULATIONS]
        rows.append(row)
    return rows


def _gain(trial: Trial | None) -> Cell:
    """The gain, or in words why none was looked for."""
    if trial is None:
        return None
    return trial.gain if trial.ending is Ending.SOLVED else str(trial.ending)


def _invited(study: Study, trial: Trial) -> str:
    titles = ", ".join(_title(study, part) for part in trial.invited_by)
    return f"{titles} (only together)" if trial.together else titles


def _title(study: Study, part: str) -> str:
    return title_of(part, study.allocation.scenario)


def _rule_rows(study: Study) -> list[list[Cell]]:
    """One row for each part that invites gains and each manipulation, the most cities first."""
    rows = list[list[Cell]]()
    for part, _ in study.parts(study.gaining):
        for each in MANIPULATIONS.values():
            gained = [t for t in study.of_manipulation(each.key) if part in t.invited_by]
            if gained:
                together = sum(trial.together for trial in gained)
                amounts: list[Cell] = [len(gained), median_gain(gained), gained[0].gain, together]
                rows.append([_title(study, part), each.title, *amounts])
    return rows


def _record(study: Study) -> list[list[Cell]]:
    """What was tried, on what, and with what."""
    allocation = study.allocation
    rows: list[list[Cell]] = [
        [f"states: {each.key}", each.states] for each in MANIPULATIONS.values()
    ]
    cities = allocation.applications.cities
    least = max((unclear(allocation, city) for city in cities), default=0)
    rows.append(
        [
            "gains that count",
            f"above {allocation.case.money(least)}, or less: one unit for "
            "each activity of the city",
        ]
    )
    for ending in Ending:
        count = sum(trial.ending is ending for trial in study.trials)
        rows.append([f"statements: {ending}", f"{count:,}"])
    rows += [[item, text] for item, text in allocation.run.items()]
    return rows
