"""Formats of cells: a cell's own with our fill, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from funding.workbook.marking.splice import (
    HEAD,
    MAIN,
    Edit,
    Element,
    after_last,
    grown,
    parse,
    retagged,
    spliced,
)

_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs")
_MINIMAL = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/>'
    '</font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/>'
    '<right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf '
    'numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf '
    'numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_DARK = "FF1F1F1F"
_TOP = '<{p}alignment vertical="top" wrapText="1"/>'


class Colour(Enum):
    """The fills that mark: nearly those of Excel's own styles for bad and neutral cells, but
    told apart from them, so that a later check knows them for ours."""

    FAULT = "FFFFC7CF"
    NOTE = "FFFFEB9D"


class Styles:
    """The styles part; indexes are those of its ``cellXfs``, as cells name them in ``s``."""

    def __init__(self, content: bytes | None) -> None:
        content = HEAD + _MINIMAL.encode() if content is None else content
        root = parse(content)
        if root.empty:
            content = HEAD + _MINIMAL.encode()
            root = parse(content)
        self._content = content
        self._root = root
        self._prefix = root.prefix
        self._lists = {name: root.child(name) for name in _ORDER}
        self._new: dict[str, list[bytes]] = {"fonts": [], "fills": [], "cellXfs": []}
        self._made: dict[tuple[str, bytes], int] = {}
        self._complete_lists()
        self._formats: list[tuple[dict[str, str], bytes]] = [
            (xf.attributes, self._inner(xf)) for xf in self._members("cellXfs")
        ] or [self._add_default()]
        self._index = {_same(*one): at for at, one in reversed(list(enumerate(self._formats)))}
        self._fills = {colour: self._our_fills(colour) for colour in Colour}
        self._clones: dict[tuple[int, Colour], int] = {}
        ours = {str(fill) for fills in self._fills.values() for fill in fills}
        self.marked_before = frozenset(
            at for at, (values, _) in enumerate(self._formats) if values.get("fillId") in ours
        )

    def marked(self, style: int, colour: Colour) -> int:
        """The format with our fill, otherwise the same; but light letters become dark, as no
        one could read them on it."""
        key = style, colour
        if key not in self._clones:
            more = {"fillId": str(self._colour(colour)), "applyFill": "1"}
            font = self._dark_font(self._known(style)[0].get("fontId", "0"))
            if font is not None:
                more |= {"fontId": str(font), "applyFont": "1"}
            self._clones[key] = self._variant(style, more)
        return self._clones[key]

    def unmarked(self, style: int) -> int:
        """A format of ours without a fill: for a cell of which nothing better is known."""
        return self._variant(style, {"fillId": "0", "applyFill": "1"})

    def header(self) -> int:
        """White and bold on dark."""
        font = (
            '<{p}font><{p}b/><{p}sz val="11"/><{p}color rgb="FFFFFFFF"/>'
            '<{p}name val="Calibri"/></{p}font>'
        )
        return self._plain(self._entry("fonts", font), self._fill("FF1F3A5F"))

    def text(self, colour: Colour | None = None) -> int:
        """Wrapped text from the top, filled where a colour is given."""
        return self._plain(0, self._colour(colour) if colour else 0)

    def link(self) -> int:
        """Wrapped text that looks like a link."""
        font = (
            '<{p}font><{p}u/><{p}sz val="11"/><{p}color rgb="FF0563C1"/>'
            '<{p}name val="Calibri"/></{p}font>'
        )
        return self._plain(self._entry("fonts", font), 0)

    def saved(self) -> bytes:
        """The part with what was added."""
        edits: list[Edit] = []
        for at, name in enumerate(_ORDER):
            new, found = b"".join(self._new.get(name, ())), self._lists[name]
            if not new:
                continue
            if found is None:
                tag = f"{self._prefix}{name}"
                count = len(self._new[name])
                whole = f'<{tag} count="{count}">'.encode() + new + f"</{tag}>".encode()
                place = after_last(self._root, _ORDER[:at])
                edits.append(Edit(place, place, whole))
            else:
                count = len(self._members(name)) + len(self._new[name])
                edits += grown(self._content, found, new, {"count": str(count)})
        return spliced(self._content, edits)

    def _members(self, name: str) -> list[Element]:
        found = self._lists[name]
        return found.children if found else []

    def _inner(self, element: Element) -> bytes:
        return self._content[element.inside : element.close]

    def _complete_lists(self) -> None:
        """Fonts and fills begin with those that Excel takes for granted."""
        if not self._members("fonts"):
            self._entry("fonts", '<{p}font><{p}sz val="11"/><{p}name val="Calibri"/></{p}font>')
        for kind in ("none", "gray125")[len(self._members("fills")) :]:
            self._entry("fills", f'<{{p}}fill><{{p}}patternFill patternType="{kind}"/></{{p}}fill>')

    def _add_default(self) -> tuple[dict[str, str], bytes]:
        values = {"numFmtId": "0", "fontId": "0", "fillId": "0"}
        self._new["cellXfs"].append(retagged(f"<{self._prefix}xf/>".encode(), values))
        return values, b""

    def _our_fills(self, colour: Colour) -> list[int]:
        return [
            at
            for at, fill in enumerate(self._members("fills"))
            for pattern in fill.all("patternFill")
            for front in pattern.all("fgColor")
            if pattern.attributes.get("patternType") == "solid"
            and front.attributes.get("rgb", "")[-6:].upper() == colour.value[-6:]
        ]

    def _colour(self, colour: Colour) -> int:
        return self._fills[colour][0] if self._fills[colour] else self._fill(colour.value)

    def _fill(self, rgb: str) -> int:
        return self._entry(
            "fills",
            f'<{{p}}fill><{{p}}patternFill patternType="solid"><{{p}}fgColor rgb="{rgb}"/>'
            '<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>',
        )

    def _entry(self, name: str, pattern: str) -> int:
        """The place in a list of an entry, added where it is not there as it is."""
        raw = pattern.replace("{p}", self._prefix).encode()
        key = name, raw
        if key not in self._made:
            members = self._members(name)
            same = (
                at for at, old in enumerate(members) if self._content[old.start : old.end] == raw
            )
            found = next(same, None)
            if found is None:
                found = len(members) + len(self._new[name])
                self._new[name].append(raw)
            self._made[key] = found
        return self._made[key]

    def _dark_font(self, written: str) -> int | None:
        """A dark font for a light one; None where it is dark."""
        fonts = self._members("fonts")
        font = fonts[int(written)] if int(written) < len(fonts) else None
        colour = font.child("color") if font else None
        if font is None or colour is None or not _is_light(colour.attributes):
            return None
        before = self._content[font.start : colour.start].decode()
        after = self._content[colour.end : font.end].decode()
        return self._entry("fonts", f'{before}<{{p}}color rgb="{_DARK}"/>{after}')

    def _known(self, style: int) -> tuple[dict[str, str], bytes]:
        return self._formats[style if 0 <= style < len(self._formats) else 0]

    def _variant(self, style: int, more: Mapping[str, str]) -> int:
        """The same format but for some of its values."""
        values, inner = self._known(style)
        return self._format({**values, **more}, inner)

    def _plain(self, font: int, fill: int) -> int:
        values = {"numFmtId": "0", "fontId": str(font), "fillId": str(fill)}
        if self._members("borders"):
            values["borderId"] = "0"
        if self._members("cellStyleXfs"):
            values["xfId"] = "0"
        values |= {"applyFont": "1", "applyFill": "1", "applyAlignment": "1"}
        return self._format(values, _TOP.replace("{p}", self._prefix).encode())

    def _format(self, values: dict[str, str], inner: bytes) -> int:
        key = _same(values, inner)
        if key not in self._index:
            self._index[key] = len(self._formats)
            self._formats.append((values, inner))
            tag = f"{self._prefix}xf"
            opened = retagged(f"<{tag}/>".encode(), values)
            whole = opened[:-2] + b">" + inner + f"</{tag}>".encode() if inner else opened
            self._new["cellXfs"].append(whole)
        return self._index[key]


def _same(values: Mapping[str, str], inner: bytes) -> tuple[frozenset[tuple[str, str]], bytes]:
    """What two formats have alike that are one."""
    return frozenset(values.items()), inner


def _is_light(colour: Mapping[str, str]) -> bool:
    """Whether a colour is near to white: by its value, or by its number in the theme (where 0
    and 2 are light) or in the old palette (where 1 and 9 are white)."""
    rgb = colour.get("rgb", "")[-6:]
    if len(rgb) == 6:
        red, green, blue = (int(rgb[at : at + 2], 16) for at in (0, 2, 4))
        return 299 * red + 587 * green + 114 * blue > 150_000
    return colour.get("theme") in ("0", "2") or colour.get("indexed") in ("1", "9")
