"""Applications from files: every fault and note, and the applications where none blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from funding.applications import (
    FORMAT,
    REQUIRED_SHEETS,
    SHEETS,
    Activity,
    Applications,
    Assessment,
    AssessorScore,
    Call,
    City,
    CityRecord,
)
from funding.errors import ApplicationsFaulty, Fault, InputError, Stage, WorkbookRejected
from funding.workbook.codes import REFERENCES
from funding.workbook.fund_sheets import agree
from funding.workbook.mapping import Mapping as Pairing
from funding.workbook.parsing import Parsed, is_example, newer_format, parse_call, parse_sheet
from funding.workbook.relations import Relations
from funding.workbook.sources import TEXT_FILES, Reading, Source
from funding.workbook.tables import FUND, Table, joined_table, matching, merged

Progress = Callable[[int, int, str], object]  # files done, files in all, the next one's name

MINISTRY_SHEETS = ("Assessment", "City record", "Scores")
_NAMED = 10  # codes that a note names


@dataclass(frozen=True, slots=True)
class Part:
    """One file as it was opened: its tables by our sheets, and what is to say of it."""

    file: str
    tables: Mapping[str, Table]
    found: tuple[Fault, ...] = ()

    @property
    def assesses(self) -> bool:
        """Whether the ministry filled any sheet of it: the example alone fills none."""
        return any(self._fills(sheet) for sheet in MINISTRY_SHEETS)

    @property
    def bears(self) -> bool:
        """Whether it has a sheet of the ministry, filled or not."""
        return any(sheet in self.tables for sheet in MINISTRY_SHEETS)

    def _fills(self, sheet: str) -> bool:
        if sheet not in self.tables:
            return False
        rows = self.tables[sheet].rows
        return any(not any(map(is_example, row.values)) for row in rows)


@dataclass(frozen=True)
class Intake:
    """What reading gave.

    ``faults`` block and must be put right; ``notes`` need not be. ``applications`` is None
    where a fault blocks, and where nothing is assessed yet: then ``plans`` holds what the cities
    applied with, without assessments. ``tables`` are the raw cells as they stand, by sheet.
    ``files`` are the names of all files, ``left_out`` of those that do not count.
    """

    applications: Applications | None
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    tables: Mapping[str, Table]
    plans: Applications | None = None
    files: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    parts: tuple[Part, ...] = field(default=(), repr=False, compare=False)

    @property
    def sound(self) -> bool:
        """Whether no fault blocks."""
        return not self.faults

    def require(self) -> Applications:
        """The applications. Raises ApplicationsFaulty, with every fault, where there are some,
        and InputError where the plans are not assessed yet."""
        if self.applications is not None:
            return self.applications
        if self.faults:
            raise ApplicationsFaulty(self.faults)
        raise InputError(
            "The plans have no fault, but they are not assessed yet: no file has a sheet "
            "Assessment. `funding check … --merge OUT.xlsx` writes the workbook to assess."
        )

    def faulty_files(self) -> tuple[str, ...]:
        """The files of cities that have a fault, so that the others could go on without them.

        The ministry's own files are never among them: without them nothing would be assessed, or
        a record would be forgotten. A file that could not be read counts as the ministry's where
        it is named after one of its sheets.
        """
        if len(self.files) < 2:
            return ()
        told = {fault.file for fault in self.faults}
        ours = {part.file for part in _assessing(self.parts)}
        ours |= {file for file in self.lost_files() if _named_after_ministry(file)}
        return tuple(file for file in self.files if file in told - ours)

    def lost_files(self) -> tuple[str, ...]:
        """The files that could not be read, so that what they hold is not known."""
        if len(self.files) < 2:
            return ()
        known = {*self.left_out, *(part.file for part in self.parts)}
        return tuple(file for file in self.files if file not in known)

    def without_faulty(self) -> Intake:
        """The same files but for the `faulty_files`: what is right, merged.

        Rows of the ministry that are about cities or activities of the files left out are left
        out too, with a note. Where what is left has faults because of that, their files are left
        out in turn. Faults of the ministry's own files remain.
        """
        out = self.faulty_files()
        if not out:
            return self
        kept = [part for part in self.parts if part.file not in out]
        if not kept:
            return self
        gone = {*self.left_out, *out}
        lost = {*self.lost_files()} - {*out}
        remain = [fault for fault in self.faults if fault.file in lost]
        files = tuple(file for file in self.files if file in gone)
        return check_parts(kept, remain, self.files, files).without_faulty()


def read(
    sources: Sequence[Source], mapping: Pairing | None = None, progress: Progress | None = None
) -> Intake:
    """Read one or several files as one set of applications.

    A source is the path of a workbook, of a CSV file or of a folder of them, or a name with the
    bytes of a file. Foreign workbooks that the ``mapping`` fits are read through it. Rows of
    several files are joined, their sheets Fund must agree, and each fault names its file; a file
    that cannot be read is a fault of that file, and the others are read all the same. Raises
    WorkbookRejected where no file could be read, UsageError for missing files.
    """
    if not sources:
        raise InputError("No workbook was given.")
    reading = Reading(sources, mapping)
    parts: list[Part] = []
    refused: list[Fault] = []
    for done, (name, source) in enumerate(reading.files()):
        if progress:
            progress(done, len(reading), name)
        try:
            tables, found = reading.open(name, source)
        except WorkbookRejected as error:
            refused.append(Fault(name, "", 0, "", f"{error}", stage=Stage.FILE))
        else:
            parts.append(Part(name if len(reading) > 1 else "", tables, tuple(found)))
    if progress:
        progress(len(reading), len(reading), "")
    if not parts:
        raise WorkbookRejected("\n".join(f"{fault}." for fault in refused))
    return check_parts(parts, refused, tuple(reading.names))


def check_parts(
    parts: Sequence[Part],
    refused: Iterable[Fault],
    files: tuple[str, ...],
    left_out: tuple[str, ...] = (),
) -> Intake:
    """Every check on the files that were opened. Where some were left out, rows of the ministry
    that miss them are left out too."""
    faults = [*refused]
    readable = []
    for part in parts:
        newer = newer_format(part.file, part.tables[FUND]) if FUND in part.tables else None
        faults += [newer] if newer else part.found
        readable += [] if newer else [part]
    assessing = _assessing(readable)
    first = [part.file for part in assessing if "Assessment" in part.tables]
    assessor = next(iter([*first, *(part.file for part in assessing)]), "")
    assessed = any(part.bears for part in parts)
    gathered = _Gathered(readable, assessor, assessed, len(readable) == len(parts))
    if left_out:
        gathered.drop_orphans()
    if readable:
        faults += [*gathered.faults, *gathered.relations().faults()]
    given = {file: at for at, file in enumerate(files)}
    faults = sorted(set(faults), key=lambda fault: (given.get(fault.file, -1), *_order(fault)))
    blocking = tuple(fault for fault in faults if fault.blocks)
    notes = tuple(fault for fault in faults if not fault.blocks)
    applications = plans = None
    if not blocking and assessed:
        applications = gathered.applications()
    elif not blocking:
        plans = gathered.plans()
    tables = merged([(part.file, part.tables) for part in parts])
    if len(parts) > 1 and FUND in tables:
        tables[FUND] = gathered.fund()
    return Intake(applications, blocking, notes, tables, plans, files, left_out, tuple(parts))


def _assessing(parts: Sequence[Part]) -> list[Part]:
    """The files of the ministry: those with a row in one of its sheets, or else those that have
    such a sheet at all."""
    return [part for part in parts if part.assesses] or [part for part in parts if part.bears]


def _named_after_ministry(file: str) -> bool:
    """Whether a file bears the name of a sheet of the ministry, such as city-record.csv."""
    words = matching(file.replace("-", " ").replace("_", " "))
    return any(matching(sheet) in words for sheet in MINISTRY_SHEETS)


class _Gathered:
    """The rows of all files as far as they are sound, with the faults of their cells.

    ``assessor`` is the file of the ministry; ``complete`` says that no file was set aside.
    """

    def __init__(
        self, parts: Sequence[Part], assessor: str, assessed: bool, complete: bool
    ) -> None:
        self.parts, self.assessor, self.assessed = parts, assessor, assessed
        self.complete = complete
        self.faults: list[Fault] = []
        self.rows: dict[str, list[Parsed]] = {sheet: [] for sheet in SHEETS}
        self.known = set(SHEETS)  # the sheets all of whose codes are sound
        self.calls: list[Parsed] = []
        self.call = self._call()
        for sheet in list(SHEETS)[1:]:
            self._sheet(sheet)
        if not assessed:
            message = "the plans are not assessed yet: no sheet Assessment"
            note = Fault("", "", 0, "", message, blocks=False, stage=Stage.SHEETS)
            self.faults.append(note)

    def _call(self) -> Parsed:
        """The call that all sheets Fund agree on."""
        for part in self.parts:
            if FUND in part.tables:
                call, own = parse_call(part.file, part.tables[FUND])
                self.calls.append(call)
                self.faults += own
            elif len(self.parts) > 1 and not part.file.lower().endswith(TEXT_FILES):
                message = "no sheet Fund; its amounts are taken to be in the fund's currency"
                note = Fault(part.file, FUND, 0, "", message, blocks=False, stage=Stage.SHEETS)
                self.faults.append(note)
        call, self.chosen, faults = agree(self.calls, self.assessor)
        self.faults += faults
        return call

    def _sheet(self, sheet: str) -> None:
        having = [part for part in self.parts if sheet in part.tables]
        for part in having:
            currency = self.call.values.get("currency", "")
            made = parse_sheet(sheet, part.file, part.tables[sheet], currency)
            self.rows[sheet] += made.rows
            self.faults += made.faults
            dropped = any(f.blocks and f.row and f.sheet == sheet for f in part.found)
            if dropped or not made.codes_known:
                self.known.discard(sheet)
        absent = not having and (self.assessed or sheet not in MINISTRY_SHEETS)
        if absent and sheet in REQUIRED_SHEETS and not self.complete:
            self.known.discard(sheet)  # it may stand in the file that was set aside
        elif absent and sheet in REQUIRED_SHEETS:
            self.known.discard(sheet)
            what = (
                "no file has this sheet"
                if len(self.parts) > 1
                else "the workbook has no such sheet"
            )
            message = f"{what}; expected one"
            self.faults.append(Fault("", sheet, 0, "", message, stage=Stage.SHEETS))
        elif sheet in ("Cities", "Activities") and not self.rows[sheet] and sheet in self.known:
            message = "the sheet has no rows; expected at least one"
            self.faults.append(Fault("", sheet, 0, "", message, stage=Stage.SHEETS))

    def fund(self) -> Table:
        """Of the sheets Fund of all files the rows that count, one a setting."""
        having = [(part.file, part.tables[FUND]) for part in self.parts if FUND in part.tables]
        whole = joined_table(having)
        counted = {
            (call.file, int(call.cells[name].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
            for name, call in self.chosen.items()
            if name in call.cells
        }
        return replace(whole, rows=tuple(r for r in whole.rows if (r.file, r.number) in counted))

    def drop_orphans(self) -> None:
        """Leave out what the ministry says of cities and activities that are not there."""
        for sheet in MINISTRY_SHEETS:
            name, home = REFERENCES[sheet]
            codes = {row.values.get("code") for row in self.rows[home]}
            rows = self.rows[sheet]
            gone = [row for row in rows if name in row.values and row.values[name] not in codes]
            if not gone:
                continue
            self.rows[sheet] = [
                row for row in rows if name not in row.values or row.values[name] in codes
            ]
            names = sorted({row.values[name] for row in gone})
            told = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
            message = f"{len(gone)} {'row is' if len(gone) == 1 else 'rows are'} about {told}"
            message += ", which no file has that was read; left out"
            self.faults.append(Fault(gone[0].file, sheet, 0, "", message, blocks=False))

    def relations(self) -> Relations:
        """What must hold between the cells."""
        return Relations(
            self.calls, self.call, self.rows, frozenset(self.known), self.assessor, self.assessed
        )

    def plans(self) -> Applications:
        """The cities' part alone."""
        activities = [Activity(**row.values) for row in self.rows["Activities"]]
        cities = [City(**row.values) for row in self.rows["Cities"]]
        return Applications(
            call=Call(**{"workbook_format": FORMAT, **self.call.values}),
            cities={city.code: city for city in cities},
            activities={activity.code: activity for activity in activities},
            assessments={},
        )

    def applications(self) -> Applications:
        """All of it. Only where nothing is faulty."""
        return Applications.of(
            Call(**{"workbook_format": FORMAT, **self.call.values}),
            [City(**row.values) for row in self.rows["Cities"]],
            [Activity(**row.values) for row in self.rows["Activities"]],
            [Assessment(**row.values) for row in self.rows["Assessment"]],
            [CityRecord(**row.values) for row in self.rows["City record"]],
            [AssessorScore(**row.values) for row in self.rows["Scores"]],
        )


def _order(fault: Fault) -> tuple[Any, ...]:
    """The order in which a file is looked through: what explains others first."""
    sheets = list(SHEETS)
    first = _EARLY.index(fault.stage) if fault.stage in _EARLY else len(_EARLY)
    at = sheets.index(fault.sheet) if fault.sheet in SHEETS else len(sheets)
    letters = fault.cell.rstrip("0123456789")
    place = (at, fault.sheet, fault.row, len(letters), letters)
    return (fault.file, first, *place, fault.message)


_EARLY = (Stage.FILE, Stage.SHEETS, Stage.COLUMNS)
