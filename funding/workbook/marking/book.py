"""The workbook's own part: its sheets in order, and what goes by that order."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from funding.workbook.marking.archive import Archive, Relations
from funding.workbook.marking.listing import CONTENT_TYPE
from funding.workbook.marking.splice import (
    Edit,
    Element,
    after_last,
    cell_text,
    grown,
    parse,
    relation_attribute,
    relation_id,
    retagged,
    set_attributes,
    spliced,
)

_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook: ``at`` counts from 0, ``kind`` is worksheet, chartsheet, …"""

    title: str
    kind: str
    part: str
    at: int


class Book:
    """The workbook's part. Raises ValueError and KeyError for what is no workbook."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        main = Relations(archive, "").first("officeDocument")
        self._part = main.target if main else "xl/workbook.xml"
        self._content = archive.read(self._part)
        self._root = parse(self._content)
        self._relations = Relations(archive, self._part)
        sheets = self._root.child("sheets")
        if sheets is None:
            raise ValueError("a workbook without sheets")
        self._sheets = sheets
        self.sheets: list[Sheet] = []
        for at, element in enumerate(sheets.all("sheet")):
            relation = self._relations.get(relation_id(element))
            if relation is None or relation.target not in archive:
                raise ValueError("a sheet without its part")
            title = element.attributes["name"]
            self.sheets.append(Sheet(title, relation.kind, relation.target, at))

    def read_styles(self) -> bytes | None:
        """The formats, where the workbook has any."""
        return self._other("styles")

    def read_strings(self) -> bytes | None:
        """The shared texts, where the workbook has any."""
        return self._other("sharedStrings")

    def _other(self, kind: str) -> bytes | None:
        found = self._relations.first(kind)
        return self._archive.read(found.target) if found else None

    def put_styles(self, content: bytes) -> None:
        """Change the formats, or give the workbook some."""
        found = self._relations.first("styles")
        part = found.target if found else "xl/styles.xml"  # where some programs look for it
        self._archive.put(part, content)
        if found is None:
            self._archive.declare(part, _STYLES_TYPE)
            self._relations.add("styles", part)

    def put_first(self, title: str, content: bytes, last_row: int, earlier: Sheet | None) -> None:
        """Make a sheet the first, in the parts of an earlier one where there is one; its
        columns A to D have a filter that reaches to the row."""
        if earlier is None:
            part = self._archive.free("xl/worksheets/sheet{}.xml")
            self._archive.declare(part, CONTENT_TYPE)
            relation = self._relations.add("worksheet", part)
        else:
            part, relation = earlier.part, ""
            Relations(self._archive, part).drop()  # what it refers to goes with its old content
        self._archive.put(part, content)
        edits = [
            *self._sheet_edits(title, relation, earlier),
            *self._view_edits(),
            *self._name_edits(title, last_row, earlier),
        ]
        self._archive.put(self._part, spliced(self._content, edits))

    def _sheet_edits(self, title: str, relation: str, earlier: Sheet | None) -> list[Edit]:
        elements = list(self._sheets.all("sheet"))
        if earlier is None:
            number = max((int(e.attributes.get("sheetId", 0)) for e in elements), default=0) + 1
            named = f'{self._sheets.prefix}sheet name={quoteattr(title)} sheetId="{number}"'
            tag = f"<{named} {relation_attribute(self._root, relation)}/>"
            return grown(self._content, self._sheets, tag.encode(), at=self._sheets.inside)
        old = elements[earlier.at]
        tagged = retagged(self._content[old.start : old.inside], {"state": None})
        moved = tagged + self._content[old.inside : old.end]
        if earlier.at == 0:
            return [Edit(old.start, old.end, moved)]
        at = self._sheets.inside
        return [Edit(at, at, moved), Edit(old.start, old.end, b"")]

    def _view_edits(self) -> list[Edit]:
        """The first sheet is the one that is shown. Excel wants a window to show it in."""
        views = self._root.child("bookViews")
        if views is None:
            at, p = self._sheets.start, self._root.prefix
            return [Edit(at, at, f"<{p}bookViews><{p}workbookView/></{p}bookViews>".encode())]
        first = {"firstSheet": "0", "activeTab": "0"}
        return [
            set_attributes(
                self._content, view.start, {k: v for k, v in first.items() if k in view.attributes}
            )
            for view in views.all("workbookView")
        ]

    def _name_edits(self, title: str, last_row: int, earlier: Sheet | None) -> list[Edit]:
        """Names that belong to one sheet say so by its place in the order."""
        names = self._root.child("definedNames")
        p = self._root.prefix
        quoted = cell_text("'" + title.replace("'", "''") + "'")
        ours = "".join(
            f'<{p}definedName name="_xlnm.{name}" localSheetId="0"{more}>{quoted}!{area}'
            f"</{p}definedName>"
            for name, more, area in (
                ("_FilterDatabase", ' hidden="1"', f"$A$1:$D${last_row}"),
                ("Print_Titles", "", "$1:$1"),
            )
        ).encode()
        if names is None:
            at = after_last(self._root, _BEFORE_NAMES)
            tag = f"{p}definedNames"
            return [Edit(at, at, f"<{tag}>".encode() + ours + f"</{tag}>".encode())]
        edits = grown(self._content, names, ours, at=names.inside)
        for name in names.all("definedName"):
            edits += self._moved(name, earlier)
        return edits

    def _moved(self, name: Element, earlier: Sheet | None) -> list[Edit]:
        written = name.attributes.get("localSheetId")
        if written is None:
            return []
        old = int(written)
        if earlier is not None and old == earlier.at:
            return [Edit(name.start, name.end, b"")]
        new = old if earlier is not None and old > earlier.at else old + 1
        if new == old:
            return []
        return [set_attributes(self._content, name.start, {"localSheetId": str(new)})]
