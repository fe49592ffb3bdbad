"""The sweep workbook: what a scenario comes to at each value of one or two of its numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from funding.compare import FIGURES, Figure, Measure
from funding.report.comparison_summary import KINDS
from funding.report.style import (
    BAD,
    DARK,
    LIGHT,
    MEDIUM,
    QUIET,
    Book,
    Cell,
    Kind,
    Looks,
    height_of,
)
from funding.report.sweep_sheets import award_rows, cell_of, change_rows, figure_rows, kind_of
from funding.sweep import (
    AGAINST,
    Frontier,
    Parameter,
    Sweep,
    all_changes,
    at_words,
    headline,
    knee_words,
    lines_of,
    main_figures,
    notes,
    prices_words,
    shown,
    statuses,
)
from funding.workbook.writer import SAFE_TEXT, Page, set_properties

SUMMARY, TABLE, FIGURES_SHEET = "Sweep", "Table", "Figures"
CHANGED, AWARDS, FRONTIER = "Changes", "Awards by activity", "Frontier"
FIRST, WIDTH, COLUMNS = 24, 15, 8  # widths of the first sheet in characters, and its columns
TOLD = 12  # changes told on the first sheet
CHART = ("value", "cities", "lowest")  # drawn on the first sheet, over one parameter
MAPS = ("value", "spent", "cities", "activities", "lowest", AGAINST)  # as tables of two parameters
WIDE, HIGH = 900, 200  # of a chart [pixels]
ACCENT, SECOND = "#2874C9", "#E0861A"
NO_CHANGE = "The funded set is the same at every point."


def sweep_workbook(sweep: Sweep, frontier: Frontier | None = None) -> bytes:
    """The workbook of a sweep, with its frontier where there is one, ready to hand on.

    Raises InputError for a text too long for a cell.
    """
    call = sweep.applications.call
    stream = io.BytesIO()
    file = xlsxwriter.Workbook(stream, SAFE_TEXT)
    set_properties(file, f"Sweep: {call.fund}", call.banner)
    page = Page(f"{call.fund} · {call.reference}", call.banner)
    book = Book(file, Looks(file, call.currency), page, f"Scenario: {sweep.scenario.name}")
    two = len(sweep.ranges) > 1
    names = [SUMMARY, *([FRONTIER] if frontier else []), *([TABLE] if two else [])]
    sheets = {n: file.add_worksheet(n) for n in (*names, FIGURES_SHEET, CHANGED, AWARDS)}
    _write_summary(book, sheets[SUMMARY], sweep, frontier)
    if frontier:
        _write_frontier(book, sheets[FRONTIER], frontier)
    if two:
        _write_maps(book, sheets[TABLE], sweep)
    fields, rows = figure_rows(sweep)
    book.table(sheets[FIGURES_SHEET], fields, rows, frozen=len(sweep.ranges))
    fields, rows = change_rows(sweep)
    book.table(sheets[CHANGED], fields, rows, frozen=1, none=NO_CHANGE)
    fields, rows, total = award_rows(sweep)
    book.table(sheets[AWARDS], fields, rows, total=total, frozen=3)
    file.close()
    return stream.getvalue()


class _Sheet:
    """Writes a sheet from top to bottom."""

    def __init__(self, book: Book, sheet: Any, last: int = COLUMNS - 1) -> None:
        self.book, self.sheet, self.last, self.row = book, sheet, last, 0
        sheet.set_column(0, 0, FIRST)
        sheet.set_column(1, last, WIDTH)

    def text(self, words: str, **look: Any) -> None:
        """Words across the page, in as many lines as they need."""
        size = look.get("font_size", 10)
        room = 12.5 / size * (FIRST + WIDTH * self.last)
        made = self.book.looks.make(text_wrap=True, **{"valign": "vcenter"} | look)
        self.sheet.merge_range(self.row, 0, self.row, self.last, "", made)
        self.sheet.write_string(self.row, 0, words, made)
        self.sheet.set_row(self.row, (1 + int(len(words) / room)) * size * 1.4 + 1)
        self.row += 1

    def heading(self, words: str) -> None:
        """A heading, with a line above it."""
        self.row += 1
        self.text(words, bold=True, font_size=12, font_color=DARK)

    def line(self, cells: Sequence[tuple[Cell, Kind]], *, header: bool = False) -> None:
        """One row of a table, or its headers."""
        looks = self.book.looks
        for at, (cell, kind) in enumerate(cells):
            look = looks.header(kind) if header else looks.cell(kind)
            self.book.put(self.sheet, self.row, at, cell, Kind.TEXT if header else kind, look)
        if header:
            self.sheet.set_row(self.row, height_of(3))
        self.row += 1

    def place(self, chart: Any, title: str) -> None:
        """A chart across the page."""
        chart.set_title({"name": title, "name_font": {"size": 12, "color": DARK}, "overlay": False})
        chart.set_chartarea({"border": {"none": True}})
        chart.set_size({"width": WIDE, "height": HIGH})
        self.sheet.insert_chart(
            self.row, 0, chart, {"object_position": 2, "description": title, "x_offset": 4}
        )
        self.row += HIGH // 20 + 1

    def finish(self, name: str) -> None:
        """Print area and page."""
        self.sheet.print_area(0, 0, self.row, self.last)
        self.book.set_up_page(self.sheet, name, self.last + 1)
        self.sheet.fit_to_pages(1, 0)


def _write_summary(book: Book, sheet: Any, sweep: Sweep, frontier: Frontier | None) -> None:
    """The first sheet: sentences, the main figures, charts, and the first of the changes."""
    to, call = _Sheet(book, sheet), sweep.applications.call
    to.text(call.fund, bold=True, font_size=20, font_color=DARK)
    over = " and ".join(each.parameter.title for each in sweep.ranges)
    to.text(
        f"{over} swept · {len(sweep.points):,} points · call {call.reference}",
        font_size=12,
        font_color=QUIET,
    )
    to.text(f"Amounts in {call.currency}, shown without cents", font_color=QUIET)
    if book.page.banner:
        to.text(book.page.banner, font_size=12, bold=True, font_color="#FFFFFF", bg_color=BAD)
    to.row += 1
    if frontier:
        to.text(knee_words(frontier), bold=True)
    to.text(headline(sweep), bold=not frontier)
    for words in notes(sweep):
        to.text(words)
    if len(sweep.ranges) == 1:
        _main_table(to, sweep)
    to.heading("Where the funded set changes")
    told = all_changes(sweep)
    for words in told[:TOLD]:
        to.text(words)
    if len(told) > TOLD:
        to.text(f"… and {len(told) - TOLD:,} more on sheet {CHANGED}.", font_color=QUIET)
    to.finish(SUMMARY)


def _main_table(to: _Sheet, sweep: Sweep) -> None:
    """The main figures of every point, and charts over them."""
    (each,) = sweep.ranges
    figures = main_figures(sweep)
    to.heading("Main figures")
    headers = [(each.parameter.title, kind_of(each.parameter, sweep))]
    headers += [(figure.title, KINDS[figure.measure]) for figure in figures]
    top = to.row
    to.line(headers, header=True)
    for point in sweep.points:
        cells: list[tuple[Cell, Kind]] = [(cell_of(each.parameter, point.at[0]), headers[0][1])]
        if point.found.exists:
            cells += [(point.found.figures[f.key], KINDS[f.measure]) for f in figures]
        else:
            cells += [(None, KINDS[f.measure]) for f in figures]
        to.line(cells)
        if not point.found.exists:
            look = to.book.looks.make(font_color=QUIET, italic=True, indent=1)
            to.sheet.write_string(to.row - 1, 1, statuses(point), look)
    bottom = to.row - 1
    if len(sweep.found) > 1:
        to.sheet.set_h_pagebreaks([to.row])  # charts are not cut in two
        for figure in figures:
            if figure.key in CHART:
                at = (top, bottom, 1 + figures.index(figure))
                to.place(_curve(to.book, sweep, figure, at), _from_to(sweep, figure))


def _from_to(sweep: Sweep, figure: Figure) -> str:
    """The title of a chart: the figure at the first and at the last allocation."""
    ends = (sweep.found[0], sweep.found[-1])
    told = (
        f"{shown(figure, point.found.figures[figure.key], sweep.currency)} at "
        f"{at_words(sweep, point.at)}"
        for point in ends
    )
    return f"{figure.title}: {', '.join(told)}"


def _curve(book: Book, sweep: Sweep, figure: Figure, at: tuple[int, int, int]) -> Any:
    """A native chart of a figure over the parameter; ``at``: header row, last row, column."""
    top, bottom, column = at
    chart = book.book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    mark = {"type": "circle", "size": 5, "fill": {"color": ACCENT}, "border": {"color": ACCENT}}
    chart.add_series(
        {
            "name": [SUMMARY, top, column],
            "categories": [SUMMARY, top + 1, 0, bottom, 0],
            "values": [SUMMARY, top + 1, column, bottom, column],
            "line": {"color": ACCENT, "width": 2},
            "marker": mark,
        }
    )
    parameter = sweep.ranges[0].parameter
    values = [float(value) for value in sweep.ranges[0].values]
    chart.set_x_axis(
        {
            "name": _unit_title(parameter, sweep),
            "min": min(values),
            "max": max(values),
            "num_format": "0.0##%" if parameter.kind == "share" else "#,##0.###",
            **_AXIS,
        }
    )
    share = figure.measure is Measure.SHARE
    large = max(float(p.found.figures[figure.key] or 0) for p in sweep.found) >= 1e7
    form = "0.0%" if share else '#,##0,,"m"' if large else "#,##0"
    chart.set_y_axis({"num_format": form, **_AXIS, **_LINES})
    chart.set_legend({"none": True})
    return chart


_AXIS: dict[str, Any] = {
    "num_font": {"size": 9},
    "name_font": {"size": 9, "bold": False, "color": QUIET},
    "line": {"color": MEDIUM},
    "major_gridlines": {"visible": False},
}
_LINES: dict[str, Any] = {"major_gridlines": {"visible": True, "line": {"color": LIGHT}}}


def _write_frontier(book: Book, sheet: Any, frontier: Frontier) -> None:
    """The sheet of the frontier: the sentence, its points, and a chart."""
    to, figure = _Sheet(book, sheet), frontier.figure
    to.text("Frontier", bold=True, font_size=20, font_color=DARK)
    to.text(knee_words(frontier), font_size=12)
    to.row += 1
    kind = KINDS[figure.measure]
    headers = (
        *(("Fairness price", Kind.TEXT), ("Value", Kind.COUNT), ("Given up", Kind.PRECISE)),
        *((figure.title, kind), ("What it is", Kind.TEXT)),
    )
    top = to.row
    to.line(headers, header=True)
    # Those that none dominates first, so that they are one range for the chart.
    for trade in sorted(frontier.trades, key=lambda trade: trade.dominated):
        what = "the knee" if trade.knee else "dominated" if trade.dominated else ""
        to.line(
            [
                (prices_words(trade), Kind.TEXT),
                (trade.value, Kind.COUNT),
                (trade.given_up, Kind.PRECISE),
                (trade.measure, kind),
                (what, Kind.TEXT),
            ]
        )
    best, every = len(frontier.best), len(frontier.trades)
    to.row += 1
    chart = book.book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    parts = [("Not dominated", top + 1, top + best, ACCENT, True)]
    parts += [("Dominated", top + best + 1, top + every, QUIET, False)] if every > best else []
    for name, first, last, colour, joined in parts:
        mark = {"type": "circle", "size": 7, "border": {"color": colour}}
        chart.add_series(
            {
                "name": name,
                "categories": [FRONTIER, first, 2, last, 2],
                "values": [FRONTIER, first, 3, last, 3],
                "line": {"color": colour, "width": 2} if joined else {"none": True},
                "marker": mark | {"fill": {"color": colour} if joined else {"none": True}},
                "points": [
                    {"fill": {"color": SECOND}, "border": {"color": SECOND}} if t.knee else None
                    for t in frontier.best
                ]
                if joined
                else None,
                "data_labels": {
                    "custom": [
                        {"value": f"={FRONTIER}!$A${row + 1}"} for row in range(first, last + 1)
                    ],
                    "value": True,
                    "position": "above",
                    "font": {"size": 9},
                },
            }
        )
    chart.set_x_axis({"name": "Given up of the best value", "num_format": "0.0%", **_AXIS})
    share = figure.measure is Measure.SHARE
    chart.set_y_axis(
        {"name": figure.title, "num_format": "0%" if share else "#,##0", **_AXIS, **_LINES}
    )
    chart.set_legend({"position": "bottom"})
    to.place(chart, f"Value given up, and {figure.title}")
    to.finish(FRONTIER)


def _write_maps(book: Book, sheet: Any, sweep: Sweep) -> None:
    """A table a measure: the first parameter down, the second across; the darker, the higher."""
    first, second = sweep.ranges
    to = _Sheet(book, sheet, max(COLUMNS - 1, len(second.values)))
    to.text(f"{first.parameter.title} and {second.parameter.title}", bold=True, font_size=20)
    to.text(headline(sweep))
    known = {figure.key: figure for figure in FIGURES}
    across = kind_of(second.parameter, sweep)
    down = kind_of(first.parameter, sweep)
    for key in MAPS:
        figure = known[key]
        if key == "value" and not sweep.same_value:
            continue
        to.heading(figure.title)
        corner = f"{first.parameter.title}, down; {second.parameter.title}, across"
        to.sheet.write_string(to.row, 0, corner, book.looks.header(Kind.TEXT))
        for at, value in enumerate(second.values, 1):
            look = book.looks.header(across)
            to.sheet.write_string(to.row, at, second.parameter.show(value, sweep.currency), look)
        to.sheet.set_row(to.row, height_of(3))
        to.row += 1
        top = to.row
        by_first = list(zip(*lines_of(sweep), strict=True))
        for points in by_first:
            kind = KINDS[figure.measure]
            cells: list[tuple[Cell, Kind]] = [(cell_of(first.parameter, points[0].at[0]), down)]
            for p in points:
                known_here = p.found.exists
                cells.append((p.found.figures[key], kind) if known_here else ("–", Kind.TEXT))
            to.line(cells)
        to.sheet.conditional_format(
            *(top, 1, to.row - 1, len(second.values)),
            {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#8DB9EC"},
        )
    to.finish(TABLE)


def _unit_title(parameter: Parameter, sweep: Sweep) -> str:
    return f"{parameter.title} ({sweep.currency})" if parameter.in_money else parameter.title
