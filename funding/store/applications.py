"""Applications as they are open: the files as opened, and the tables as they were edited since.

What was read of each file is kept beside its bytes, so that nothing needs to be read again: the
checks run anew on the tables, and give the same faults in the same places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from funding.errors import Fault
from funding.store import blobs
from funding.store.cells import table_from, table_json
from funding.workbook.intake import Part
from funding.workbook.record import Entry

KIND = "applications"
FORMAT = 1

_FAULTS = TypeAdapter(tuple[Fault, ...])
_ENTRY = TypeAdapter(Entry)


@dataclass(frozen=True)
class SavedApplications:
    """All that an intake and its files can be made of again.

    ``files`` are names, as faults say them, with bytes as opened. ``parts`` are the files as
    read and edited since (`Intake.parts`), ``refused`` the faults of files that could not be
    read, ``left_out`` the files that do not count (`Intake.left_out`), and ``set_aside`` what was
    found in each of those. ``mapping`` is the mapping's TOML text, empty where none was used.
    ``sample``: these are the sample fund's; ``edits`` counts the changes made since opening.

    The intake again: ``check_parts(parts, refused, names, left_out)``, as for an edit.
    """

    files: tuple[tuple[str, bytes], ...]
    parts: tuple[Part, ...]
    refused: tuple[Fault, ...] = ()
    left_out: tuple[str, ...] = ()
    set_aside: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    mapping: str = ""
    sample: bool = False
    edits: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files, as in `Intake.files`."""
        return tuple(name for name, _ in self.files)


def put(session: Session, saved: SavedApplications) -> str:
    """Keep applications; their key. Tables and files that are kept already are kept once."""
    return blobs.put_json(
        session,
        {
            "format": FORMAT,
            "files": [[n, blobs.put(session, data, packed=False)] for n, data in saved.files],
            "parts": [_part_json(session, part) for part in saved.parts],
            "refused": _faults_json(saved.refused),
            "left out": list(saved.left_out),
            "set aside": {name: _faults_json(found) for name, found in saved.set_aside.items()},
            "mapping": saved.mapping,
            "sample": saved.sample,
            "edits": saved.edits,
        },
    )


def get(session: Session, key: str) -> SavedApplications:
    """The applications under a key. Raises WorkspaceError where they are not whole."""
    held = blobs.get_json(session, key, FORMAT)
    return SavedApplications(
        files=tuple((name, blobs.get(session, digest)) for name, digest in held["files"]),
        parts=tuple(_part_from(session, part) for part in held["parts"]),
        refused=_faults_from(held["refused"]),
        left_out=tuple(held["left out"]),
        set_aside={name: _faults_from(found) for name, found in held["set aside"].items()},
        mapping=held["mapping"],
        sample=held["sample"],
        edits=held["edits"],
    )


def put_entry(session: Session, entry: Entry) -> str:
    """Keep one step of the record of changes; its key."""
    return blobs.put_json(session, _ENTRY.dump_python(entry, mode="json"))


def get_entry(session: Session, key: str) -> Entry:
    """A step of the record again. Raises WorkspaceError where it is not whole."""
    return _ENTRY.validate_python(blobs.get_json(session, key))


def _part_json(session: Session, part: Part) -> dict[str, Any]:
    tables = part.tables.items()
    return {
        "file": part.file,
        # a list: the order of the sheets is kept, which an object's keys would lose
        "tables": [[sheet, blobs.put_json(session, table_json(t))] for sheet, t in tables],
        "found": _faults_json(part.found),
    }


def _part_from(session: Session, held: Mapping[str, Any]) -> Part:
    tables = {sheet: table_from(blobs.get_json(session, key)) for sheet, key in held["tables"]}
    return Part(held["file"], tables, _faults_from(held["found"]))


def _faults_json(faults: Sequence[Fault]) -> Any:
    return _FAULTS.dump_python(tuple(faults), mode="json")


def _faults_from(held: Any) -> tuple[Fault, ...]:
    return _FAULTS.validate_python(held)
