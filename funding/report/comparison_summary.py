"""The first sheet of the comparison workbook: sentences, figures, winners and losers, charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from funding.applications import STREAMS
from funding.compare import (
    BANDS,
    FIGURES,
    ONE_SIDED,
    AwardChange,
    Comparison,
    Measure,
    parts_of,
    sentences,
)
from funding.report.comparison_sheets import CITIES, WIDTH, height_of_names
from funding.report.ranges import column_range
from funding.report.style import (
    BAD,
    DARK,
    LIGHT,
    MEDIUM,
    QUIET,
    Book,
    Cell,
    Kind,
    Live,
    height_of,
    units,
)

COMPARISON = "Comparison"
FIRST = 42  # width of the first column, in characters
FEWEST = 6  # columns after the first, so that sentences and all bands have room
KINDS = {
    Measure.MONEY: Kind.WHOLE,
    Measure.COUNT: Kind.COUNT,
    Measure.SHARE: Kind.SHARE,
    Measure.PERSONS: Kind.SCORE,
    Measure.SECONDS: Kind.SCORE,
}
COLOURS = ("#1E6B3A", "#8FC3A1", "#D5DCE4", "#E8A79A", "#9C0006")  # from gain to loss
SERIES = (
    *(DARK, "#C97B2B", MEDIUM, "#5E8C61", "#8A5A8C", "#B9C9DC", "#D9B38C", "#2E8B8B", "#9C0006"),
    "#7A7A7A",
)  # as many as can be compared


class Sheet:
    """Writes the sheet from top to bottom."""

    def __init__(self, book: Book, sheet: Any, comparison: Comparison) -> None:
        self.book, self.sheet, self.comparison = book, sheet, comparison
        self.row = 0
        self.last = max(len(comparison.names), FEWEST)  # column

    def text(self, words: str, **look: Any) -> None:
        """Words across the page, in as many lines as they need."""
        size = look.get("font_size", 10)
        room = 12.5 / size * (FIRST + WIDTH * self.last)
        height = (1 + int(len(words) / room)) * size * 1.4 + 1
        made = self.book.looks.make(text_wrap=True, **{"valign": "vcenter"} | look)
        self.sheet.merge_range(self.row, 0, self.row, self.last, "", made)
        self.sheet.write_string(self.row, 0, words, made)
        self.sheet.set_row(self.row, height)
        self.row += 1

    def headers(self, titles: Sequence[str], kind: Kind = Kind.COUNT) -> None:
        """A row of headers, the first over text."""
        for at, title in enumerate(titles):
            look = self.book.looks.header(kind if at else Kind.TEXT)
            self.sheet.write_string(self.row, at, title, look)
        self.sheet.set_row(self.row, height_of_names(titles[1:]))
        self.row += 1

    def line(self, cells: Sequence[tuple[Cell, Kind]]) -> None:
        """One row of a table."""
        for at, (cell, kind) in enumerate(cells):
            self.book.put(self.sheet, self.row, at, cell, kind, self.book.looks.cell(kind))
        self.row += 1


def write_comparison(
    book: Book, sheet: Any, comparison: Comparison, cities: Sequence[AwardChange]
) -> None:
    """Write the sheet."""
    to = Sheet(book, sheet, comparison)
    sheet.set_column(0, 0, FIRST)
    sheet.set_column(1, to.last, WIDTH)
    _title(to)
    _sentences(to)
    _figures(to)
    streams = _streams(to)
    bands = _bands(to, cities)
    sheet.set_h_pagebreaks([to.row + 1])  # charts are not cut in two
    _chart(to, streams, bands)
    sheet.print_area(0, 0, to.row, to.last)
    book.set_up_page(sheet, COMPARISON, to.last + 1)
    sheet.fit_to_pages(1, 0)


def _title(to: Sheet) -> None:
    call = to.comparison.base.applications.call
    to.text(call.fund, bold=True, font_size=20, font_color=DARK)
    under = f"{len(to.comparison.names)} scenarios compared · reference {to.comparison.base_name}"
    calls = dict.fromkeys(a.applications.call.reference for a in to.comparison.allocations)
    told = f"call{'s' if len(calls) > 1 else ''} {', '.join(calls)}"
    to.text(f"{under} · {told}", font_size=12, font_color=QUIET)
    to.text(f"Amounts in {call.currency}, shown without cents", font_color=QUIET)
    if to.book.page.banner:
        to.text(to.book.page.banner, font_size=12, bold=True, font_color="#FFFFFF", bg_color=BAD)


def _sentences(to: Sheet) -> None:
    for name, words in sentences(to.comparison).items():
        to.row += 1
        to.text(name, bold=True, font_size=12, font_color=DARK)
        to.text(" ".join(words))


def _figures(to: Sheet) -> None:
    comparison = to.comparison
    to.row += 1
    to.text("Key figures", bold=True, font_size=12, font_color=DARK)
    to.headers(["Figure", *_names(comparison)])
    section = ""
    for figure in FIGURES:
        if figure.section != section:
            section = figure.section
            look = to.book.looks.make(bold=True, font_color=DARK, bg_color=LIGHT, indent=1)
            for at in range(len(comparison.names) + 1):
                to.book.put(to.sheet, to.row, at, None if at else section, Kind.TEXT, look)
            to.row += 1
        kind = KINDS[figure.measure]
        values = [figure.of(allocation) for allocation in comparison.allocations]
        to.line([(figure.title, Kind.TEXT), *((value, kind) for value in values)])
        if figure.meaning:
            to.sheet.write_comment(to.row - 1, 0, figure.meaning)
    if not comparison.same_value:
        to.text(
            "Values are counted otherwise in some scenarios: those cannot be compared.",
            font_color=QUIET,
        )


def _names(comparison: Comparison) -> list[str]:
    """The names over the columns; the reference says that it is."""
    return [
        f"{name} (reference)" if at == comparison.reference else name
        for at, name in enumerate(comparison.names)
    ]


def _streams(to: Sheet) -> tuple[int, int]:
    """Awards by stream; gives the row of the headers and the last row."""
    to.row += 1
    to.text("Awarded by stream", bold=True, font_size=12, font_color=DARK)
    top = to.row
    to.headers(["Stream", *to.comparison.names])
    parts = [parts_of(allocation, None) for allocation in to.comparison.allocations]
    for stream in STREAMS:
        got = [found[stream].awarded if stream in found else 0 for found in parts]
        to.line([(stream, Kind.TEXT), *((amount, Kind.WHOLE) for amount in got)])
    return top, to.row - 1


def _bands(to: Sheet, cities: Sequence[AwardChange]) -> tuple[int, int]:
    """Cities that gain and lose, counted over the sheet of cities."""
    to.row += 1
    title = f"Cities that gain and lose against {to.comparison.base_name}"
    to.text(title, bold=True, font_size=12, font_color=DARK)
    top = to.row
    one_sided = any(ONE_SIDED in change.bands for change in cities)
    bands = (*BANDS, ONE_SIDED) if one_sided else BANDS
    to.headers(["Scenario", *bands])
    first = 2 + len(to.comparison.names)
    for at, (name, _) in enumerate(to.comparison.others):
        counts = Counter(change.bands[at] for change in cities)
        column = column_range(CITIES, first + 2 * at + 1, len(cities))
        to.sheet.set_row(to.row, height_of(1 + len(name) // FIRST))
        to.line(
            [
                (name, Kind.WRAPPED),
                *(
                    (Live(f'COUNTIF({column},"{band}")', counts[band]), Kind.COUNT)
                    for band in bands
                ),
            ]
        )
    return top, to.row - 1


def _chart(to: Sheet, streams: tuple[int, int], bands: tuple[int, int]) -> None:
    """Two charts under the tables, each with a title from the numbers."""
    comparison = to.comparison
    to.row += 1
    money = to.book.book.add_chart({"type": "column"})
    for at in range(len(comparison.names)):
        money.add_series(
            {
                "name": [COMPARISON, streams[0], at + 1],
                "categories": [COMPARISON, streams[0] + 1, 0, streams[1], 0],
                "values": [COMPARISON, streams[0] + 1, at + 1, streams[1], at + 1],
                "fill": {"color": SERIES[at % len(SERIES)]},
                "gap": 80,
            }
        )
    won = to.book.book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for at, colour in enumerate(COLOURS, 1):
        won.add_series(
            {
                "name": [COMPARISON, bands[0], at],
                "categories": [COMPARISON, bands[0] + 1, 0, bands[1], 0],
                "values": [COMPARISON, bands[0] + 1, at, bands[1], at],
                "fill": {"color": colour},
                "gap": 50,
            }
        )
    won.set_y_axis({"reverse": True, "num_font": {"size": 9}, "line": {"color": MEDIUM}})
    won.set_x_axis(_axis("0%") | {"label_position": "high"})  # the other axis is reversed
    parts = [parts_of(allocation, None).values() for allocation in comparison.allocations]
    most = max((part.awarded for found in parts for part in found), default=0)
    large = units(most) >= 10_000
    money.set_y_axis(_axis("#,##0," if large else "#,##0"))
    money.set_x_axis({"num_font": {"size": 9}, "line": {"color": MEDIUM}})
    titles = (
        f"Awarded by stream ({'thousand ' if large else ''}{comparison.currency})",
        f"Share of cities that gain and lose against {comparison.base_name}",
    )
    height = max(300, 60 + 36 * len(comparison.others))
    for chart, title in zip((money, won), titles, strict=True):
        chart.set_title({"name": title, "name_font": {"size": 12, "color": DARK}})
        chart.set_legend({"position": "bottom"})
        chart.set_chartarea({"border": {"none": True}})
        chart.set_size({"width": 1000, "height": height})
        to.sheet.insert_chart(to.row, 0, chart, {"object_position": 2, "description": title})
        to.row += height // 20 + 2


def _axis(form: str) -> dict[str, Any]:
    lines = {"visible": True, "line": {"color": LIGHT}}
    return {"num_format": form, "num_font": {"size": 9}, "major_gridlines": lines}
