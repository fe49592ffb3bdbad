"""The parts of a workbook: what they hold, how they refer to each other, their new archive."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote
from xml.sax.saxutils import quoteattr

from funding.workbook.marking.splice import HEAD, RELATIONS, Edit, grown, parse, pieces, spliced

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "[Content_Types].xml"
_DAY = (1980, 1, 1, 0, 0, 0)  # of parts that we add: the same each time


class Archive:
    """A workbook's archive and what is to change in it. Names of parts have no leading slash
    and, as everywhere in packages, no letter case."""

    def __init__(self, source: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(source))
        self._names = {_key(info.filename): info.filename for info in self._zip.infolist()}
        self._content: dict[str, bytes] = {}
        self._edits: dict[str, Sequence[Edit]] = {}
        self._dropped: set[str] = set()

    def __contains__(self, part: str) -> bool:
        key = _key(part)
        return (key in self._names or key in self._content) and key not in self._dropped

    def read(self, part: str) -> bytes:
        """A part as it will be, but for edits. Raises KeyError where there is none."""
        key = _key(part)
        return self._content[key] if key in self._content else self._zip.read(self._names[key])

    def put(self, part: str, content: bytes) -> None:
        """Add or replace a part."""
        self._names.setdefault(_key(part), part)
        self._content[_key(part)] = content
        self._dropped.discard(_key(part))

    def edit(self, part: str, edits: Sequence[Edit]) -> None:
        """Edit a large part once, when it is written: it is not held until then."""
        if edits:
            self._edits[_key(part)] = edits

    def drop(self, part: str) -> None:
        """Leave a part out."""
        self._dropped.add(_key(part))

    def free(self, pattern: str) -> str:
        """The first name of a pattern such as ``xl/comments{}.xml`` that no part has."""
        number = 1
        while _key(name := pattern.format(number)) in self._names:
            number += 1
        return name

    def saved(self) -> bytes:
        """The new archive: the parts in their old order, then the added ones."""
        stream = io.BytesIO()
        infos = {_key(info.filename): info for info in self._zip.infolist()}
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
            for key, name in self._names.items():
                if key in self._dropped:
                    continue
                info = zipfile.ZipInfo(name, infos[key].date_time if key in infos else _DAY)
                stored = key in infos and infos[key].compress_type == zipfile.ZIP_STORED
                info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                info.external_attr = infos[key].external_attr if key in infos else 0
                with target.open(info, "w") as part:
                    for piece in pieces(self.read(name), self._edits.get(key, ())):
                        part.write(piece)
        return stream.getvalue()

    def declare(self, part: str, kind: str) -> None:
        """Give an added part its content type."""
        content = self.read(_TYPES)
        root = parse(content)
        if any(_key(o.attributes["PartName"]) == _key(part) for o in root.all("Override")):
            return
        tag = (
            f"{root.prefix}Override PartName={quoteattr('/' + part)} ContentType={quoteattr(kind)}"
        )
        self.put(_TYPES, spliced(content, grown(content, root, f"<{tag}/>".encode())))

    def declare_extension(self, extension: str, kind: str) -> None:
        """Give all parts whose names end in an extension their content type, if they have none."""
        content = self.read(_TYPES)
        root = parse(content)
        if any(d.attributes["Extension"].lower() == extension for d in root.all("Default")):
            return
        tag = f'{root.prefix}Default Extension="{extension}" ContentType="{kind}"'
        new = f"<{tag}/>".encode()
        self.put(_TYPES, spliced(content, grown(content, root, new, at=root.inside)))


def _key(part: str) -> str:
    return part.lstrip("/").lower()


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: ``kind`` is the last word of its type, ``target`` a part's name."""

    id: str
    kind: str
    target: str


class Relations:
    """The relations of one part, or of the package where the part is empty."""

    def __init__(self, archive: Archive, part: str) -> None:
        folder, name = posixpath.split(part)
        self._archive = archive
        self._part = posixpath.join(folder, "_rels", f"{name}.rels")
        self.all: list[Relation] = []
        if self._part in archive:
            for element in parse(archive.read(self._part)).all("Relationship"):
                if element.attributes.get("TargetMode") != "External":
                    kind = element.attributes["Type"].rpartition("/")[2]
                    target = self._resolved(folder, element.attributes["Target"])
                    self.all.append(Relation(element.attributes["Id"], kind, target))
        self._ids = self._all_ids()

    def _resolved(self, folder: str, target: str) -> str:
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        return path if path in self._archive else unquote(path)

    def _all_ids(self) -> set[str]:
        if self._part not in self._archive:
            return set()
        root = parse(self._archive.read(self._part))
        return {element.attributes["Id"] for element in root.all("Relationship")}

    def first(self, kind: str) -> Relation | None:
        """The first relation of a kind, to a part that is there."""
        found = (r for r in self.all if r.kind == kind and r.target in self._archive)
        return next(found, None)

    def get(self, wanted: str) -> Relation | None:
        """The relation with an id."""
        return next((r for r in self.all if r.id == wanted), None)

    def add(self, kind: str, target: str) -> str:
        """Refer to a part too; gives the new relation's id."""
        number = len(self._ids) + 1
        while f"rId{number}" in self._ids:
            number += 1
        made = Relation(f"rId{number}", kind, target)
        tag = (
            f'Relationship Id="{made.id}" Type="{RELATIONS}/{kind}" '
            f"Target={quoteattr('/' + target)}/>"
        )
        if self._part in self._archive:
            content = self._archive.read(self._part)
            root = parse(content)
            content = spliced(content, grown(content, root, f"<{root.prefix}{tag}".encode()))
        else:
            root_tag = f'<Relationships xmlns="{_PACKAGE}/relationships">'
            content = HEAD + f"{root_tag}<{tag}</Relationships>".encode()
        self._archive.put(self._part, content)
        self.all.append(made)
        self._ids.add(made.id)
        return made.id

    def drop(self) -> None:
        """Leave out all relations of this part."""
        if self._part in self._archive:
            self._archive.drop(self._part)
