"""What ``funding check`` says and writes of the files that were read.

Each function takes ``say``, which shows one line to the analyst.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from funding import files, workbook
from funding.applications import Applications
from funding.errors import UsageError, WorkbookRejected
from funding.workbook import Changes, Intake

Say = Callable[[str], None]


def tell(intake: Intake, say: Say) -> None:
    """Every fault and every note, and what they come to."""
    for fault in intake.faults:
        say(str(fault))
    for note in intake.notes:
        say(f"Note: {note}")
    counted = intake.applications or intake.plans
    if counted is not None:
        say(f"Sound: {_counts(counted)}.")
        return
    count = len(intake.faults)
    say(f"{count} {'fault' if count == 1 else 'faults'} to put right.")
    if len(intake.files) > 1:
        faulty = {fault.file for fault in intake.faults}
        sound = sum(1 for file in intake.files if file not in faulty)
        say(f"{sound} of {len(intake.files)} files have no fault; --merge OUT.xlsx merges them.")


def tell_changes(changes: Changes, against: Path, say: Say) -> None:
    """What was changed since an earlier workbook, line by line."""
    say(f"Against {against}: {changes.sentence}.")
    for change in changes:
        sheet, kind, label, column, before, after, *_ = change.row()
        what = " · ".join(part for part in (sheet, label, column) if part)
        say(f"  {kind}: {what}: {before or 'nothing'} → {after or 'nothing'}")


def annotate(sources: Sequence[tuple[str, Path]], intake: Intake, out: Path, say: Say) -> None:
    """Each Excel workbook with its cells marked: one into the file ``out``, several into the
    folder of that name. ``sources`` are the files with the names that faults give them.

    Raises UsageError, before anything is written, where a copy would take the place of a file
    that was read.
    """
    several = len(sources) > 1
    marked = [(name, path) for name, path in sources if workbook.can_be_marked(name)]
    copies = workbook.marked_names([name for name, _ in marked])
    targets = [out / copy for copy in copies] if several else [out]
    read = {path.resolve() for _, path in sources}
    for target in targets:
        if target.resolve() in read:
            raise UsageError(f"{target} is one of the files that were read; choose another folder.")
    for name, _ in sources:
        if not workbook.can_be_marked(name):
            if not several:
                raise UsageError(f"{name} is no Excel workbook, so it cannot be marked.")
            say(f"{name} is no Excel workbook, so it was not marked.")
    if several:
        files.make_folder(out)
    for (name, source), target in zip(marked, targets, strict=True):
        found = [*intake.faults, *intake.notes]
        own = [fault for fault in found if fault.file in ("", name)]
        try:
            copy = workbook.annotate(source.read_bytes(), own)
        except WorkbookRejected as error:
            if not several:
                raise
            say(f"{name} was not marked: {error}.")
            continue
        files.write_atomically(target, copy)
        say(f"Wrote {target} with the cells marked.")


def merge(intake: Intake, out: Path, say: Say) -> None:
    """One workbook of the files that have no fault, saying which were left out."""
    kept = intake.without_faulty()
    counted = kept.applications or kept.plans
    if counted is None:
        say(f"{out} was not written: these faults leave nothing sound to merge.")
        for fault in kept.faults:
            say(f"  {fault}")
        return
    for note in kept.notes:
        if note not in intake.notes:
            say(f"Note: {note}")
    files.write_atomically(out, workbook.write_intake(kept))
    lost = intake.lost_files()
    for file in kept.left_out:
        why = (
            "which could not be read: whose it is, is not known"
            if file in lost
            else "which has faults"
        )
        say(f"Left out of {out}: {file}, {why}.")
    say(f"Wrote {out}: {_counts(counted)}.")


def _counts(applications: Applications) -> str:
    cities, activities = len(applications.cities), len(applications.activities)
    cities_words = f"{cities:,} {'city' if cities == 1 else 'cities'}"
    return f"{cities_words}, {activities:,} {'activity' if activities == 1 else 'activities'}"
