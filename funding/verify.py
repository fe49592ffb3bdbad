"""Verify an award workbook from itself alone: exact arithmetic, no solver.

From the applications and the scenario that the workbook holds, every rule is evaluated on the
awards it states, and its certificate is added up in fractions. Then all that the workbook should
show of these awards is worked out anew and compared with what it shows, cell by cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from funding import __version__, check
from funding.applications import SHEETS, Applications
from funding.awards import Allocation
from funding.case import Case
from funding.errors import InputError, RowsBroken
from funding.linear import Limit
from funding.proof import Certificate, bound_of
from funding.report import award_cells
from funding.report.award_workbook import BESIDE_ITEM, OF_AWARDS, RUN, SEAL
from funding.report.awards_sheets import HELPED_FIELD
from funding.report.beside import BASELINES
from funding.report.certificate_sheet import CERTIFICATE, certificate_from
from funding.report.checks import RULE_FIELDS, RULES
from funding.report.priced import KEY_FIELDS, PRICES, RULE_PRICE_FIELDS
from funding.report.ranges import BY_ACTIVITY, BY_CITY
from funding.report.recorder import Shown, Written
from funding.report.solved import HELPED_ITEM, PRICES_ITEM, Solved
from funding.report.style import Cell
from funding.report.summary import RIGHT, SUMMARY
from funding.stated import NO_AMOUNT, Cells, Stated, changed, read_stated, rows_of
from funding.workbook.formulas import in_row, same_formula
from funding.workbook.tables import FUND, column_letter

LAST_DIGITS = 1e-14  # of a number: what a program that saves a workbook may change
RECALCULATED = 1e-12  # of the largest number of a row: what it may change in a formula's value
SHOWN = 80  # characters of a text in a message
NOISE = 1e-8  # the same for differences of large numbers

SOLVED_AGAIN = {
    PRICES_ITEM: f"{RULES} or {PRICES}: a price",
    HELPED_ITEM: f"{BY_ACTIVITY}: something in column {HELPED_FIELD.header}",
}

Expected = Mapping[tuple[int, int], Written]


@dataclass(frozen=True)
class Verified:
    """An award workbook of which everything agrees: what it states, and the allocation it is of.

    ``looked_at`` names the sheets that were compared.
    """

    stated: Stated
    allocation: Allocation
    looked_at: Collection[str]

    @property
    def applications(self) -> Applications:
        """What the cities applied for."""
        return self.stated.applications

    @property
    def rows(self) -> int:
        """How many rows of its scenario the awards hold."""
        return len(self.allocation.limits)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the file beside that: sheets that are none of ours, and
        what is hidden."""
        sheets = self.stated.sheets.items()
        more = [
            f"sheet {name} is not of this tool, and was not looked at"
            for name, _ in sheets
            if name not in self.looked_at
        ]
        return (*more, *(f"{name}: {held.hidden}" for name, held in sheets if held.hidden))

    @property
    def certified_gap(self) -> float | None:
        """How far below the certified bound the value is at most, as a share of the bound.

        None where the workbook holds no certificate.
        """
        return self.allocation.certified_gap


def verify(path: Path) -> Verified:
    """What an award workbook holds, where everything agrees.

    Raises RowsBroken, naming each cell or rule that does not agree; InputError for a file that
    is no award workbook.
    """
    return verified(read_stated(path))


def verified(stated: Stated) -> Verified:
    """What an award workbook holds that states this, where everything agrees; as `verify`."""
    if int(stated.run["format"]) == 1:
        raise InputError(
            f"{stated.name} has format 1, which held no certificate. Verify it with the version "
            "that wrote it, or solve it again: funding replay."
        )
    case = stated.scenario.case(stated.applications)
    limits = stated.scenario.limits(case)
    wrong, broken = list(_other_content(stated)), list(_unsound(stated, case, limits))
    wrong += broken
    allocation, expected = None, dict[str, Expected]()
    if not broken:
        try:
            allocation = _allocation(stated, case, limits)
            expected = award_cells(allocation, solved_in(stated))
            wrong += _other_cells(stated, expected)
        except RowsBroken as error:
            wrong.append(str(error))
    if wrong or allocation is None:
        if stated.run.get("funding") != __version__:
            wrong.append(
                f"It was written by version {stated.run.get('funding')} of this tool, and this is "
                f"{__version__}, whose words may differ: verify it with that version too."
            )
        raise changed(stated.name, wrong)
    return Verified(stated, allocation, {*expected, *SHEETS, FUND})


def _other_content(stated: Stated) -> Iterator[str]:
    """What was changed in the applications or the scenario, by their hashes."""
    for sheet, digest in stated.applications.digests.items():
        if stated.run.get(f"sheet {sheet}") != digest:
            yield f"{sheet}: its content, or its hash on sheet {RUN}, is not what was allocated"
    if stated.run.get("applications") != stated.applications.digest:
        yield f"{RUN}: the applications are not those that were allocated"
    if stated.run.get("scenario") != stated.scenario.digest:
        yield f"{RUN}: the scenario is not the one that was used"
    for sheet in (FUND, *SHEETS):
        held = stated.sheets.get(sheet)
        for (row, column), formula in held.formulas.items() if held else ():
            where = f"{sheet}!{column_letter(column)}{row + 1}"
            yield f"{where}: {_not_ours(None, formula)}"


def _unsound(stated: Stated, case: Case, limits: list[Limit]) -> Iterator[str]:
    """What is wrong with the awards: missing or unknown activities, and what they break."""
    known = stated.applications.activities
    for code in sorted(known.keys() - stated.activities.keys()):
        yield f"{BY_ACTIVITY}: {code} is missing"
    unknown = stated.activities.keys() - known.keys()
    if unknown:
        yield f"{BY_ACTIVITY}: no such activities: {', '.join(sorted(unknown))}"
        return
    none = sorted(code for code, award in stated.awards.items() if award == NO_AMOUNT)
    if none:
        yield f"{BY_ACTIVITY}: no amount stands in column Award of {', '.join(none)}"
        return
    yield from check.broken_awards(case, limits, stated.awards)
    yield from check.broken_payments(case, stated.awards, stated.payments)


def _allocation(stated: Stated, case: Case, limits: list[Limit]) -> Allocation:
    """The allocation that the workbook states.

    Raises RowsBroken where the run record or the certificate state nothing that can be one.
    """
    certificate = _certificate(stated, case, limits)
    run = stated.run
    own = (*OF_AWARDS, "note", PRICES_ITEM, HELPED_ITEM, BESIDE_ITEM, SEAL, "Item")
    try:
        return Allocation(
            applications=stated.applications,
            scenario=stated.scenario,
            case=case,
            limits=limits,
            awards={code: stated.awards[code] for code in stated.applications.activities},
            payments={code: parts for code, parts in stated.payments.items() if parts},
            status=run["status"],
            bound=float(run["bound"]),
            best_value=float(run["best value"]),
            fair_value=float(run["fair value"]),
            seconds=float(run["seconds"]),
            run={item: text for item, text in run.items() if item not in own},
            certify=lambda: certificate,
        )
    except (KeyError, ValueError) as error:
        raise RowsBroken(f"{RUN}: an item is missing, or is no number: {error}") from None


def _certificate(stated: Stated, case: Case, limits: list[Limit]) -> Certificate | None:
    if CERTIFICATE not in stated.sheets:
        raise RowsBroken(f"sheet {CERTIFICATE} is missing")
    try:
        found = certificate_from(rows_of(stated.sheets[CERTIFICATE].cells), case, limits)
        if found is not None:
            bound_of(found, case, limits, stated.scenario.value(case))
    except RowsBroken as error:
        raise RowsBroken(f"{CERTIFICATE}: {error}") from None
    return found


def _other_cells(stated: Stated, of_sheets: Mapping[str, Expected]) -> Iterator[str]:
    """Every cell that is not what the applications, the scenario and the awards make it."""
    # What only stands beside the awards is told last: of a long list the end is left out.
    for sheet, expected in sorted(of_sheets.items(), key=lambda item: item[0] == BASELINES):
        if sheet not in stated.sheets:
            yield f"sheet {sheet} is missing"
            continue
        found, formulas = stated.sheets[sheet].cells, stated.sheets[sheet].formulas
        if sheet in (BY_ACTIVITY, BY_CITY):
            expected = _in_its_order(expected, found)
        largest: dict[int, float] = {}
        for (row, _), cell in expected.items():
            if isinstance(cell.value, int | float):
                largest[row] = max(largest.get(row, 0.0), abs(cell.value))
        for place in sorted(expected.keys() | found.keys() | formulas.keys()):
            written = expected.get(place, Written(None))
            if not written.free and not _same(
                written, found.get(place), largest.get(place[0], 0.0)
            ):
                yield _differs(sheet, place, expected, written.value, found.get(place))
            elif place in formulas and not same_formula(written.formula, formulas[place]):
                yield _calculates(sheet, place, expected, formulas[place])


def solved_in(stated: Stated) -> Solved:
    """What a workbook says that was found by solving again, which nothing here can find, and
    whether the baselines stand beside its awards."""
    rules, keys, helped = list[list[Cell]](), list[list[Cell]](), None
    if {PRICES, RULES} <= stated.sheets.keys():
        width, start = len(RULE_PRICE_FIELDS), len(RULE_FIELDS)
        rules = [_cut(row, start, width) for row in rows_of(stated.sheets[RULES].cells)[1:]]
        keys = [_cut(row, 0, len(KEY_FIELDS)) for row in rows_of(stated.sheets[PRICES].cells)[1:]]
    header = HELPED_FIELD.header
    if any(header in line for line in stated.activities.values()):
        texts = {code: line.get(header) for code, line in stated.activities.items()}
        helped = {code: str(text) for code, text in texts.items() if text}
    # Without a solver these are worked out again: older workbooks, and those of large funds, have
    # none.
    beside = BESIDE_ITEM in stated.run or BASELINES in stated.sheets
    return Solved(rules, keys, helped, beside)


def _cut(row: Sequence[object], start: int, width: int) -> list[Cell]:
    """Some cells of a row, as they may be written again."""
    cells = [*row[start : start + width], *[None] * width][:width]
    return [cell if isinstance(cell, int | float) else str(cell or "") or None for cell in cells]


def _in_its_order(expected: Expected, found: Cells) -> Expected:
    """The expected cells with rows in the order in which the sheet has their codes: a table that
    was sorted says the same."""
    rows = {cell.value: row for (row, column), cell in expected.items() if column == 0}
    codes = {code: row for (row, column), code in found.items() if column == 0}
    if rows.keys() != codes.keys():
        return expected
    to = {row: codes[code] for code, row in rows.items() if code is not None}
    sorted_rows: dict[tuple[int, int], Written] = {}
    for (row, column), cell in expected.items():
        new = to.get(row, row)
        if cell.formula and new != row:
            cell = Written(cell.value, in_row(cell.formula, row, new))
        sorted_rows[new, column] = cell
    return sorted_rows


def _same(written: Written, found: object, largest: float) -> bool:
    expected = written.value
    if expected is None or isinstance(expected, str):
        text = found.replace("\r\n", "\n") if isinstance(found, str) else found
        return (expected or None) == text
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    room = RECALCULATED * largest + NOISE if written.formula else LAST_DIGITS * abs(expected)
    return abs(found - expected) <= room


def _calculates(sheet: str, place: tuple[int, int], expected: Expected, formula: str) -> str:
    """What a program would show there is not what it was saved with."""
    return f"{_place(sheet, place, expected)}: {_not_ours(expected.get(place), formula)}"


def _not_ours(written: Written | None, formula: str) -> str:
    """A formula that is not ours shows what it likes once the file is opened."""
    ours = f"the formula {_shown(written.formula)}" if written and written.formula else "no formula"
    return f"{ours} is expected, found is the formula {_shown(formula)}"


def _differs(
    sheet: str, place: tuple[int, int], expected: Expected, value: Shown, found: object
) -> str:
    where = _place(sheet, place, expected)
    named = expected.get((place[0], 0))
    item = str(named.value) if named else ""
    if sheet == RUN and item in SOLVED_AGAIN:
        return f"{SOLVED_AGAIN[item]} is not what was written, by its hash on sheet {RUN}"
    if sheet == RUN and item == SEAL:
        return f"{RUN}: an item of the record was changed after it was written"
    if isinstance(value, str) and isinstance(found, str):
        pairs = zip(value, found, strict=False)
        same = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(value), len(found)))
        start = max(0, same - SHOWN // 2) if max(len(value), len(found)) > SHOWN else 0
        return f"{where}: {_shown(value, start)} is expected, found is {_shown(found, start)}"
    return f"{where}: {_shown(value)} is expected, found is {_shown(found)}"


def _place(sheet: str, place: tuple[int, int], expected: Expected) -> str:
    """A cell, with what its row and its column are called."""
    row, column = place
    start = RIGHT if sheet == SUMMARY and column >= RIGHT else 0
    names = [expected.get((row, start)), expected.get((0, column)) if sheet != SUMMARY else None]
    told = ", ".join(str(cell.value) for cell in names if cell and cell.value is not None)
    told = told.split("\n")[0][:60]
    return f"{sheet}!{column_letter(column)}{row + 1}" + (f" ({told})" if told else "")


def _shown(value: object, start: int = 0) -> str:
    """A value as a message names it; of a long text the part where it differs."""
    if value is None:
        return "nothing"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return format(value, ",.15g")
    text = str(value)
    head, tail = "…" if start else "", "…" if len(text) > start + SHOWN else ""
    return f'"{head}{text[start : start + SHOWN]}{tail}"'
