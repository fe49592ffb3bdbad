"""The files that are read together: their names in messages, and how each is opened."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import TypeAlias

from funding.errors import Fault, UsageError, WorkbookRejected
from funding.files import unused_name
from funding.workbook.foreign import read_foreign
from funding.workbook.mapping import Mapping as Pairing
from funding.workbook.reader import open_grids, open_tables
from funding.workbook.tables import Table
from funding.workbook.text_tables import read_text

Source: TypeAlias = Path | tuple[str, bytes]  # a path, or a name with the bytes of a file

TEXT_FILES = (".csv", ".tsv", ".txt")
READ_FILES = (".xlsx", *TEXT_FILES)


class Reading:
    """Opens files one after the other; tells apart those that bear one name."""

    def __init__(self, sources: Sequence[Source], pairing: Pairing | None) -> None:
        self.sources = _expanded(sources)
        self.names = _names(self.sources)
        self._pairing = pairing
        self._seen: dict[bytes, str] = {}

    def __len__(self) -> int:
        return len(self.sources)

    def files(self) -> Iterator[tuple[str, Source]]:
        """Each file's name, as messages say it, with the file."""
        return zip(self.names, self.sources, strict=True)

    def open(self, name: str, source: Source) -> tuple[dict[str, Table], list[Fault]]:
        """The tables of one file by our sheets, with what is to say of it as a whole.

        Faults carry the file's name where there are several files. Raises WorkbookRejected, in
        a sentence without the name, and UsageError where a path cannot be read.
        """
        data = _content(source)
        digest = hashlib.sha256(data).digest()
        if digest in self._seen:
            raise WorkbookRejected(
                f"the file is the same as {self._seen[digest]}; give each file once"
            )
        self._seen[digest] = name
        file = name if len(self) > 1 else ""
        suffix = PurePath(name).suffix.lower()
        if suffix in TEXT_FILES:
            return read_text(PurePath(name).name, data, file)
        if self._pairing and self._pairing.fits(open_grids(file, data, lambda _: None).titles):
            return read_foreign(file, data, self._pairing)
        return open_tables(file, data)


def named_sources(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """The files that are meant by paths of files and folders, each with its name in messages.

    Raises UsageError for a folder without any.
    """
    found = _expanded(paths)
    pairs = zip(_names(found), found, strict=True)
    return [(name, path) for name, path in pairs if isinstance(path, Path)]


def open_workbook(path: Path) -> tuple[dict[str, Table], list[Fault]]:
    """The tables of one application workbook. Raises WorkbookRejected, with the file's name, and
    UsageError where it cannot be read."""
    try:
        return open_tables("", _content(path))
    except WorkbookRejected as error:
        raise WorkbookRejected(f"{path.name}: {error}.") from error


def can_be_marked(name: str) -> bool:
    """Whether a file is of the kind that can be given back with its faults marked."""
    return PurePath(name).suffix.lower() not in TEXT_FILES


def marked_names(names: Sequence[str]) -> list[str]:
    """The names of the copies of some files with their faults marked, each a name of its own
    without folders: ``gre-faults.xlsx``."""
    made: list[str] = []
    for name in names:
        flat = PurePath(name.replace("/", "-").replace("\\", "-"))
        made.append(unused_name(f"{flat.stem}-faults.xlsx", made))
    return made


def _expanded(sources: Sequence[Source]) -> list[Source]:
    """Folders replaced by the workbooks and CSV files in them, in the order of their names."""
    found: list[Source] = []
    for source in sources:
        if not isinstance(source, Path) or not source.is_dir():
            found.append(source)
            continue
        inside = [path for path in sorted(source.iterdir()) if _is_read(path)]
        if not inside:
            raise UsageError(
                f"The folder {source} holds no workbook and no CSV file. Name another folder."
            )
        found += inside
    return found


def _is_read(path: Path) -> bool:
    """Whether a file of a folder is meant; ``~$`` marks one that Excel holds open."""
    return (
        path.suffix.lower() in READ_FILES
        and not path.name.startswith(("~$", "."))
        and path.is_file()
    )


def _names(sources: Sequence[Source]) -> list[str]:
    """A name for each: the file's own, with its folder or a number where two are the same."""
    own = [source.name if isinstance(source, Path) else source[0] for source in sources]
    twice = {name for name, times in Counter(own).items() if times > 1}
    names: list[str] = []
    for name, source in zip(own, sources, strict=True):
        if name in twice and isinstance(source, Path) and source.parent.name:
            name = f"{source.parent.name}/{name}"
        names.append(unused_name(name, names))
    return names


def _content(source: Source) -> bytes:
    if not isinstance(source, Path):
        return source[1]
    try:
        return source.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {source}. Check its name and folder.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{source} cannot be read: {reason}.") from error
