"""The codes that tie rows together: none twice, none unknown, every activity assessed.

A code that cannot be read is told once. What follows from it, such as an assessment whose
activity then seems to be missing, is not told again: each unread code excuses one code that
nobody else explains, the one that is most like it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from funding.errors import Fault, Stage
from funding.workbook.headings import ALIKE, nearest
from funding.workbook.parsing import Parsed

MOST_COMPARED = 50_000  # codes that are looked through for likenesses; each takes microseconds

Rows = Mapping[str, list[Parsed]]

# sheet → the field with a code of another sheet, and that sheet
REFERENCES = {
    "Activities": ("city", "Cities"),
    "City record": ("city", "Cities"),
    "Assessment": ("activity", "Activities"),
    "Scores": ("activity", "Activities"),
}
KEYS = {"Cities": "code", "Activities": "code", "Assessment": "activity", "City record": "city"}


@dataclass(frozen=True, slots=True)
class Missed:
    """A code that is not found where it should stand: how often it is named, and where first."""

    times: int
    at: int


class Codes:
    """The checks of all codes. ``known`` names the sheets whose columns of codes could be read;
    ``assessor`` is the file of the ministry, and ``assessed`` says whether it assessed yet."""

    def __init__(self, rows: Rows, known: frozenset[str], assessor: str, assessed: bool) -> None:
        self.rows = rows
        self.known = known
        self.assessor = assessor
        self.assessed = assessed
        self.first = {sheet: first_by(rows[sheet], name) for sheet, name in KEYS.items()}

    def faults(self) -> Iterator[Fault]:
        """Every fault of a code."""
        for sheet, name in KEYS.items():
            yield from _twice(self.rows[sheet], name)
        yield from _twice_scored(self.rows["Scores"])
        for home in ("Cities", "Activities"):
            if home in self.known:
                yield from self._unknown(home)
        if self.assessed and "Assessment" in self.known:
            yield from self._not_assessed()

    def _unknown(self, home: str) -> Iterator[Fault]:
        codes = self.first[home]
        astray = [
            (row, name, row.values[name])
            for sheet, (name, its_home) in REFERENCES.items()
            if its_home == home
            for row in self.rows[sheet]
            if name in row.values and row.values[name] not in codes
        ]
        missed: dict[str, Missed] = {}
        for at, (_, _, code) in enumerate(astray):
            before = missed.get(code, Missed(0, at))
            missed[code] = Missed(before.times + 1, before.at)
        excuses = excused(missed, self._unread(home, "code"))
        for told, (row, name, code) in enumerate(astray, 1):
            if code not in excuses:
                near = nearest(code, codes) if told * len(codes) <= MOST_COMPARED else ""
                hint = f"; did you mean {near}?" if near else ""
                yield row.fault(name, f'"{code}" is not a code of sheet {home}{hint}')

    def _not_assessed(self) -> Iterator[Fault]:
        activities, assessments = self.first["Activities"], self.first["Assessment"]
        same = {_bare(code) for code in assessments if code not in activities}
        missed = {
            code: Missed(1, at)
            for at, code in enumerate(activities)
            if code not in assessments and _bare(code) not in same  # gre-1 is told already
        }
        excuses = excused(missed, self._unread("Assessment", "activity"))
        for code in missed:
            if code not in excuses:
                yield self._lacks_assessment(activities[code])

    def _lacks_assessment(self, row: Parsed) -> Fault:
        """Told where it is to be put right: of several files, in that of the ministry."""
        code = row.values["code"]
        if self.assessor in ("", row.file):
            message = f"activity {code} is not assessed; expected a row in sheet Assessment"
            return row.fault("code", message)
        message = f"no row for activity {code} of {row.place('code')}; expected one"
        return Fault(self.assessor, "Assessment", 0, "", message, stage=Stage.RELATIONS)

    def without_scores(self, codes: Sequence[str]) -> set[str]:
        """Of activities that sheet Scores does not name, those that a code there which cannot be
        read does not explain."""
        if "Scores" not in self.known:
            return set()
        missed = {code: Missed(1, at) for at, code in enumerate(codes)}
        return missed.keys() - excused(missed, self._unread("Scores", "activity"))

    def _unread(self, sheet: str, name: str) -> list[tuple[str, str, int]]:
        """The rows whose code cannot be read: what stands there, how it should begin, its place."""
        rows = self.rows[sheet]
        starts = _starts(self.first[sheet].values()) if sheet == "Activities" else {}
        return [
            (row.typed, starts.get(row.values.get("city", ""), ""), at)
            for at, row in enumerate(rows)
            if name not in row.values
        ]


def _starts(activities: Iterable[Parsed]) -> dict[str, str]:
    """City code → how the codes of all its activities begin, but for their numbers."""
    codes: dict[str, list[str]] = {}
    for row in activities:
        if row.has("city"):
            codes.setdefault(row.values["city"], []).append(row.values["code"])
    return {city: _beginning(own).rstrip("0123456789") for city, own in codes.items()}


def _beginning(codes: Sequence[str]) -> str:
    """The letters with which all of some codes begin."""
    first, last = min(codes), max(codes)  # these two differ the most
    same = (n for n, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1)
    return first[: next(same, len(first))]


def excused(missed: Mapping[str, Missed], unread: Iterable[tuple[str, str, int]]) -> set[str]:
    """Those of the missed codes that codes which cannot be read explain, at most one each.

    ``unread`` gives what stands there, how the code should begin ("": not known), and its place.
    First those are explained that are written alike. A code that is blank, or like none, explains
    one that begins as it should: the one that is named most often, or stands nearest.
    """
    left = dict(missed)
    unlike = []
    for typed, start, at in unread:
        like = _likest(typed, left) if typed else ""
        if like:
            del left[like]
        else:
            unlike.append((start.casefold(), at))
    for start, at in unlike:
        fit = [code for code in left if code.casefold().startswith(start)]
        if fit:
            del left[max(fit, key=lambda code: (left[code].times, -abs(left[code].at - at)))]
    return missed.keys() - left.keys()


def _likest(typed: str, codes: Iterable[str]) -> str:
    """The code that is written most like a text, or "" where none is."""
    bare = _bare(typed)
    best, found = ALIKE, ""
    for code in codes:
        if _bare(code) == bare:
            return code
        likeness = SequenceMatcher(None, bare, _bare(code)).ratio()
        if likeness > best:
            best, found = likeness, code
    return found


def _bare(code: str) -> str:
    """The letters and digits of a code alone."""
    return "".join(c for c in code.casefold() if c.isalnum())


def first_by(rows: Iterable[Parsed], name: str) -> dict[str, Parsed]:
    """Code → the first row that has it."""
    first: dict[str, Parsed] = {}
    for row in rows:
        if name in row.values:
            first.setdefault(row.values[name], row)
    return first


def _twice(rows: Iterable[Parsed], name: str) -> Iterator[Fault]:
    """Codes that stand twice, or differ only in letter case: to Excel's formulas these are
    the same code. In two files, both are told of it: either may be the wrong one."""
    first: dict[str, Parsed] = {}
    for row in rows:
        code = row.values.get(name)
        if code is None:
            continue
        earlier = first.setdefault(code.casefold(), row)
        if earlier is not row:
            yield _same_code(row, earlier, name, "already")
            if earlier.file != row.file:
                yield _same_code(earlier, row, name, "also")


def _same_code(row: Parsed, other: Parsed, name: str, when: str) -> Fault:
    code, theirs = row.values[name], other.values[name]
    if theirs == code:
        return row.fault(name, f'"{code}" stands twice; it is {when} in {other.place(name)}')
    return row.fault(
        name,
        f'"{code}" differs from "{theirs}" in {other.place(name)} in letter case only; '
        "expected another code, for Excel takes them for the same",
    )


def _twice_scored(rows: Iterable[Parsed]) -> Iterator[Fault]:
    first: dict[tuple[str, ...], Parsed] = {}
    keys = ("activity", "assessor", "criterion")
    for row in rows:
        if not row.has(*keys):
            continue
        key = tuple(row.values[k].casefold() for k in keys)
        earlier = first.setdefault(key, row)
        if earlier is not row:
            yield row.fault(
                "activity",
                f"{row.values['assessor']} scored activity {row.values['activity']} twice on "
                f"{row.values['criterion']}; the first is in {earlier.place('activity')}",
            )
