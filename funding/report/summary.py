"""Sheet Summary: the proposal on one page."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from funding import money
from funding.applications import STREAMS
from funding.awards import Allocation
from funding.baselines import Proposal
from funding.outcomes import WITHOUT_AWARD
from funding.report import checks as c
from funding.report.awards_sheets import own_required, paid_in
from funding.report.beside import write_beside
from funding.report.blocks import TABLE, Writer, write_remainder, write_signatures, write_ties
from funding.report.certificate_sheet import CERTIFICATE
from funding.report.ranges import Ranges, column_range
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
    units,
)

SUMMARY = "Summary"
LEFT, RIGHT = 0, 7  # first columns of the two halves
MOST_LINES = 82  # of a page that can still be read
MOST_REGIONS = 25  # in a chart; with more, it shows the streams
STATUSES = ("full", "reduced", *WITHOUT_AWARD)


def write_summary(
    book: Book,
    sheet: Any,
    allocation: Allocation,
    r: Ranges,
    checks: Sequence[c.Check],
    beside: Sequence[Proposal] = (),
) -> None:
    """Write the sheet: key figures, years, streams, regions, outcomes, rules, a chart, and the
    baselines that are given."""
    _columns(sheet)
    top = _title(book, sheet, allocation)
    left = Writer(book, sheet, LEFT, top)
    _key_figures(left, allocation, r, len(checks))
    _years(left, allocation, r)
    streams = _groups(left, "By stream", "Stream", allocation, _stream_lines(allocation, r, left))
    _outcomes(left, allocation, r)
    _binding(left, checks)
    write_ties(left, allocation)
    right = Writer(book, sheet, RIGHT, top)
    regions = _groups(right, "By region", "Region", allocation, _region_lines(allocation, r, right))
    write_remainder(right, allocation)
    if beside:
        write_beside(right, allocation, beside)
    few = regions[1] - regions[0] < MOST_REGIONS
    last = _chart(
        book,
        right,
        "region" if few else "stream",
        regions if few else streams,
        RIGHT if few else LEFT,
        allocation,
    )
    left.row = right.row = max(left.row, last)
    write_signatures(left, right, allocation)
    bottom = left.row
    sheet.print_area(0, 0, bottom - 1, RIGHT + TABLE - 1)
    book.set_up_page(sheet, SUMMARY, RIGHT + TABLE)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 1 if bottom < MOST_LINES else 0)


def _columns(sheet: Any) -> None:
    for start in (LEFT, RIGHT):
        sheet.set_column(start, start, 34)
        sheet.set_column(start + 1, start + TABLE - 1, 15)
    sheet.set_column(LEFT + TABLE, RIGHT - 1, 2)


def _title(book: Book, sheet: Any, allocation: Allocation) -> int:
    """The title; gives the first row under it."""
    call, looks = allocation.applications.call, book.looks
    sheet.write_string(0, 0, call.fund, looks.make(bold=True, font_size=20, font_color=DARK))
    sheet.set_row(0, 28)
    under = f"Proposed awards · scenario {allocation.scenario.name} · call {call.reference}"
    sheet.write_string(1, 0, under, looks.make(font_size=12, font_color=QUIET))
    row = 2
    amounts = f"Amounts in {call.currency}, shown without cents"
    lines = [call.funder, amounts, allocation.scenario.description]
    about = " · ".join(filter(None, lines))
    sheet.merge_range(row, 0, row, RIGHT + TABLE - 1, "", looks.make(text_wrap=True))
    sheet.write_string(row, 0, about, looks.make(font_color=QUIET, text_wrap=True))
    sheet.set_row(row, 15 * (1 + len(about) // 190))
    if book.page.banner:
        row += 1
        look = looks.make(bold=True, font_color="#FFFFFF", bg_color=BAD, valign="vcenter")
        sheet.merge_range(row, 0, row, RIGHT + TABLE - 1, "", look)
        sheet.write_string(row, 0, book.page.banner, look)
        sheet.set_row(row, 20)
    return row + 1


def _key_figures(to: Writer, allocation: Allocation, r: Ranges, count: int) -> None:
    given, looks = allocation.applications, to.book.looks
    requested = sum(a.requested for a in given.activities.values())
    to.heading("Key figures", [("Figure", Kind.TEXT), ("Value", Kind.WHOLE)])
    first = to.row + 1  # counted from 1, as in formulas
    marks = column_range(c.CHECKS, [f.header for f in c.CHECK_FIELDS].index("OK"), count)
    measure = allocation.scenario.objective.measure(given.call.currency)
    fund = allocation.case.fund.envelope
    share = allocation.spent / fund if fund else 0
    price = allocation.scenario.objective.fairness_price
    lines: list[tuple[str, Cell, Kind, str]] = [
        ("Envelope", fund, Kind.WHOLE, "what the fund may spend"),
        ("Awarded", Live(f"SUM({r.activity('Award')})", allocation.spent), Kind.WHOLE,
         f"in multiples of {allocation.case.money(allocation.case.fund.step)}"),
        ("Left in the fund", Live(f"B{first}-B{first + 1}", allocation.unspent), Kind.WHOLE, ""),
        ("Share of the envelope awarded",
         Live(f"IF(B{first}=0,0,B{first + 1}/B{first})", share), Kind.SHARE, ""),
        ("Requested", Live(f"SUM({r.activity('Requested')})", requested), Kind.WHOLE,
         f"by {len(given.cities):,} cities with {len(given.activities):,} activities"),
        ("Cities with an award",
         Live(r.count_positive(r.city("Award")), allocation.served), Kind.COUNT,
         f"of {len(given.cities):,} that applied"),
        ("Activities with an award",
         Live(r.count_positive(r.activity("Award")), allocation.funded), Kind.COUNT,
         f"of {len(given.activities):,} that were applied with"),
        ("Own contribution required",
         Live(f"SUM({r.activity('Own contribution required')})", own_required(allocation)),
         Kind.WHOLE, "of the cities, for the funded activities"),
        ("Solver's bound of the value", allocation.bound, Kind.COUNT,
         "no allocation in whole units is worth more, by the solver's word"),
        ("Best value found", allocation.best_value, Kind.COUNT, measure),
        ("Given up for evenness", allocation.price_of_fairness, Kind.COUNT,
         f"the price of fairness; at most {money.percent(price)} of the best value"),
        ("Lost by rounding to whole units", allocation.rounding_loss, Kind.COUNT,
         "below 0: gained"),
        ("Value of the awards",
         Live(f"B{first + 9}-B{first + 10}-B{first + 11}", float(allocation.value)),
         Kind.COUNT, measure),
        ("Below the solver's bound, at most", allocation.gap, Kind.PRECISE,
         f"solver's status: {allocation.status}"),
        *_certified(allocation),
        ("Checks that do not hold",
         Live(f'ROWS({marks})-COUNTIF({marks},"{c.HOLDS}")', 0), Kind.COUNT,
         f"of {count:,} on sheet {c.CHECKS}"),
    ]  # fmt: skip
    for label, cell, kind, note in lines:
        to.sheet.write_string(to.row, 2, note, looks.make(font_color=QUIET, align="left", indent=1))
        to.line([(label, Kind.TEXT), (cell, kind)])
    alarm = looks.make(bold=True, font_color="#FFFFFF", bg_color=BAD)
    to.sheet.conditional_format(
        to.row - 1, 1, to.row - 1, 1,
        {"type": "cell", "criteria": ">", "value": 0, "format": alarm},
    )  # fmt: skip


def _certified(allocation: Allocation) -> list[tuple[str, Cell, Kind, str]]:
    """What the certificate proves of the best value; nothing where there is none."""
    bound, gap = allocation.certified_bound, allocation.certified_gap
    if bound is None or gap is None:
        return []
    proved = f"proved without a solver on sheet {CERTIFICATE}"
    return [
        ("Certified bound of the value", float(bound), Kind.COUNT, proved),
        ("Below the certified bound, at most", gap, Kind.PRECISE, proved),
    ]


def _years(to: Writer, allocation: Allocation, r: Ranges) -> None:
    envelopes = allocation.case.fund.envelopes
    money = [("Envelope", Kind.WHOLE)] if envelopes else []
    left = [("Left", Kind.WHOLE)] if envelopes else []
    to.heading("Payments by year", [("Year", Kind.TEXT), *money, ("Paid", Kind.WHOLE), *left])
    for year in allocation.years:
        paid, n = paid_in(allocation, year), to.row + 1
        live: tuple[Cell, Kind] = (Live(f"SUM({r.activity(f'Award {year}')})", paid), Kind.WHOLE)
        cells: list[tuple[Cell, Kind]] = [(str(year), Kind.TEXT), live]
        if envelopes:
            most = envelopes.get(year, 0)
            cells.insert(1, (most, Kind.WHOLE))
            cells.append((Live(f"B{n}-C{n}", most - paid), Kind.WHOLE))
        to.line(cells)


Lines = Callable[[int], list[tuple[Cell, Kind]]]
Group = tuple[str, Lines]


def _groups(
    to: Writer, title: str, header: str, allocation: Allocation, groups: Sequence[Group]
) -> tuple[int, int]:
    """A table of groups with totals; gives its first and last row."""
    kinds = (Kind.TEXT, Kind.WHOLE, Kind.WHOLE, Kind.SHARE, Kind.COUNT)
    counted = "Activities funded" if header == "Stream" else "Cities funded"
    names = (header, "Requested", "Awarded", "Share of awards", counted)
    to.heading(title, list(zip(names, kinds, strict=True)))
    first = to.row
    for name, cells in groups:
        to.line([(name, Kind.TEXT), *cells(to.row + 1)])
    last = to.row - 1
    letters = [chr(ord("A") + to.column + at) for at in range(TABLE)]
    span = [f"SUM({letter}{first + 1}:{letter}{last + 1})" for letter in letters]
    requested = sum(a.requested for a in allocation.applications.activities.values())
    count = allocation.funded if header == "Stream" else allocation.served
    share = 1 if allocation.spent else 0
    values: tuple[str | float, ...] = ("Total", requested, allocation.spent, share, count)
    totals: list[tuple[Cell, Kind]] = [("Total", Kind.TEXT)]
    for formula, value, kind in list(zip(span, values, kinds, strict=True))[1:]:
        totals.append((Live(formula, value), kind))
    to.line(totals, total=True)
    return first, last


def _stream_lines(allocation: Allocation, r: Ranges, to: Writer) -> list[Group]:
    def of(stream: str) -> Lines:
        mine = [a for a in allocation.applications.activities.values() if a.stream == stream]
        asked, got = sum(a.requested for a in mine), sum(allocation.awards[a.code] for a in mine)
        count = sum(1 for a in mine if allocation.awards[a.code])

        def cells(n: int) -> list[tuple[Cell, Kind]]:
            where = (r.activity("Stream"), _at(to.column, n))
            return [
                (Live(r.total(r.activity("Requested"), where), asked), Kind.WHOLE),
                (Live(r.total(r.activity("Award"), where), got), Kind.WHOLE),
                _share(allocation, r, to, n, got),
                (Live(r.count_positive(r.activity("Award"), where), count), Kind.COUNT),
            ]

        return cells

    return [(stream, of(stream)) for stream in STREAMS]


def _region_lines(allocation: Allocation, r: Ranges, to: Writer) -> list[Group]:
    given = allocation.applications

    def of(region: str) -> Lines:
        mine = [city.code for city in given.cities.values() if city.region == region]
        asked = sum(a.requested for code in mine for a in given.plans[code])
        got = sum(allocation.city_totals[code] for code in mine)
        count = sum(1 for code in mine if allocation.city_totals[code])

        def cells(n: int) -> list[tuple[Cell, Kind]]:
            where = (r.city("Region"), _at(to.column, n))
            return [
                (Live(r.total(r.city("Requested"), where, text=True), asked), Kind.WHOLE),
                (Live(r.total(r.city("Award"), where, text=True), got), Kind.WHOLE),
                _share(allocation, r, to, n, got),
                (Live(r.count_positive(r.city("Award"), where, text=True), count), Kind.COUNT),
            ]

        return cells

    regions = {city.region for city in given.cities.values()}
    return [(region, of(region)) for region in sorted(regions, key=_without_accents)]


def _without_accents(name: str) -> str:
    """As names are sorted: Île-de-France stands under I."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _share(allocation: Allocation, r: Ranges, to: Writer, n: int, got: int) -> tuple[Cell, Kind]:
    total = f"SUM({r.activity('Award')})"
    value = got / allocation.spent if allocation.spent else 0
    return Live(f"IF({total}=0,0,{_at(to.column + 2, n)}/{total})", value), Kind.SHARE


def _at(column: int, row: int) -> str:
    return f"${chr(ord('A') + column)}{row}"


def _outcomes(to: Writer, allocation: Allocation, r: Ranges) -> None:
    found = Counter(outcome.status for outcome in allocation.outcomes.values())
    to.heading("What became of the activities", [("Status", Kind.TEXT), ("Activities", Kind.COUNT)])
    for status in (*STATUSES, *(s for s in found if s not in STATUSES)):
        count = Live(f"COUNTIF({r.activity('Status')},{_at(to.column, to.row + 1)})", found[status])
        to.line([(status, Kind.STATUS), (count, Kind.COUNT)])


def _binding(to: Writer, checks: Sequence[c.Check]) -> None:
    """How often each rule binds, counted over sheet Rules."""
    ruled = [(check.rule, check.use) for check in checks if check.use]
    rules = column_range(c.RULES, 0, len(ruled))
    binds = column_range(c.RULES, [f.header for f in c.RULE_FIELDS].index("Binding"), len(ruled))
    to.heading(
        "Rules in force", [("Rule", Kind.TEXT), ("Limits", Kind.COUNT), ("Binding", Kind.COUNT)]
    )
    for title in dict.fromkeys(rule for rule, _ in ruled):
        uses = [use for rule, use in ruled if rule == title]
        here, bound = _at(to.column, to.row + 1), sum(1 for use in uses if use.binding)
        to.line(
            [
                (title, Kind.TEXT),
                (Live(f"COUNTIF({rules},{here})", len(uses)), Kind.COUNT),
                (Live(f'COUNTIFS({rules},{here},{binds},"yes")', bound), Kind.COUNT),
            ]
        )


def _chart(
    book: Book, to: Writer, what: str, rows: tuple[int, int], column: int, allocation: Allocation
) -> int:
    """Requested and awarded, side by side; gives the last row that the chart covers."""
    first, last = rows
    chart = book.book.add_chart({"type": "bar"})
    for at, name, colour in ((1, "Requested", "#B9C9DC"), (2, "Awarded", DARK)):
        chart.add_series(
            {
                "name": name,
                "categories": [SUMMARY, first, column, last, column],
                "values": [SUMMARY, first, column + at, last, column + at],
                "fill": {"color": colour},
                "gap": 60,
                "overlap": 0,
            }
        )
    currency = allocation.applications.call.currency
    most = max((a.requested for a in allocation.applications.activities.values()), default=0)
    large = units(most) >= 10_000
    chart.set_title(
        {
            "name": f"Requested and awarded by {what} ({'thousand ' if large else ''}{currency})",
            "name_font": {"size": 12, "color": DARK},
            "overlay": False,
        }
    )
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "line": {"color": MEDIUM}})
    chart.set_x_axis(
        {
            "num_format": "#,##0," if large else "#,##0",
            "num_font": {"size": 9},
            "major_gridlines": {"visible": True, "line": {"color": LIGHT}},
            "label_position": "high",  # at the bottom: the other axis is reversed
        }
    )
    chart.set_plotarea({"layout": {"x": 0.27, "y": 0.1, "width": 0.66, "height": 0.76}})
    chart.set_legend({"position": "bottom"})
    lines = max(12, (last - first + 1) * 2)
    chart.set_size({"width": 670, "height": lines * 20})
    chart.set_chartarea({"border": {"none": True}})
    description = {"description": f"Bars: requested and awarded by {what}"}
    to.sheet.insert_chart(to.row + 1, to.column, chart, {"object_position": 2, **description})
    return to.row + 1 + lines
