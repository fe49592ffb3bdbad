"""Comments of one sheet: its comments part and the drawing that holds their boxes.

A comment of somebody else keeps its text and author; ours goes under it. What is ours begins
with a line ``Funding check:``, by which a later check finds it again; not every program keeps
the authors of comments. Threaded comments have a stand-in here that belongs to them and is
left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from funding.workbook.marking.archive import Archive, Relations
from funding.workbook.marking.sheet import Place, place_of, reference
from funding.workbook.marking.splice import (
    HEAD,
    MAIN,
    Edit,
    Element,
    after_last,
    as_shown,
    cell_text,
    grown,
    parse,
    spliced,
)

AUTHOR = "Funding check"
MORE = "… and more: see sheet Faults"

_MOST_TEXT = 30_000  # characters of a comment; Excel takes 32,767
_THREADED = "tc="  # how the author of a threaded comment's stand-in begins
_BREAK = rb"(?:\r|&#13;|&#x[dD];|_x000[dD]_)?(?:\n|&#10;|&#x[aA];|_x000[aA]_)"
_ENDS = rb"(?=\s|&#1[03];|&#x[aAdD];|_x000[aAdD]_|\Z)"
_OURS = re.compile(rb"(?:\A|%b)%b:%b" % (_BREAK, AUTHOR.encode(), _ENDS))
_LED = re.compile(rb"%b\Z" % _BREAK)
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_FONT = (
    '<{p}rPr><{p}sz val="9"/><{p}color indexed="81"/><{p}rFont val="Tahoma"/>'
    '<{p}family val="2"/></{p}rPr>'
)
_EMPTY = f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'

_SPACES = (
    ("v", "urn:schemas-microsoft-com:vml"),
    ("o", "urn:schemas-microsoft-com:office:office"),
    ("x", "urn:schemas-microsoft-com:office:excel"),
)
_DECLARATIONS = tuple(f'xmlns:{prefix}="{space}"' for prefix, space in _SPACES)
_BOXES = (
    f"<xml {' '.join(_DECLARATIONS)}>"
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_BOX_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_BOX = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
    "margin-left:60pt;margin-top:2pt;width:320px;height:{height}px;z-index:1;"
    'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column>"
    "</x:ClientData></v:shape>"
)
_SHAPE = re.compile(rb"<(\w+:)?shape[\s>].*?</(?:\w+:)?shape\s*>", re.DOTALL)
_NOTE = re.compile(rb"""ObjectType\s*=\s*["']Note["']""")
_AT = re.compile(rb"<(?:\w+:)?(Row|Column)>\s*(\d+)\s*</")
_NUMBER = re.compile(rb"_x0000_s(\d+)")


@dataclass(frozen=True, slots=True)
class Told:
    """The lines that an earlier check wrote into comments; None where its list is gone, and
    then all is taken for ours that stands in our comments."""

    lines: frozenset[str] | None

    def others(self, text: str) -> str:
        """What somebody else added to a text of ours."""
        if self.lines is None:
            return ""
        ours = {*self.lines, "", f"{AUTHOR}:", MORE}
        return "\n".join(line for line in text.splitlines() if line.strip() not in ours).strip()


def hold_ours(content: bytes) -> bool:
    """Whether a comments part may hold comments of ours."""
    return AUTHOR.encode() in content


def change_notes(
    archive: Archive,
    relations: Relations,
    legacy: str,
    notes: Mapping[Place, Sequence[str]],
    told: Told,
) -> str:
    """Take our earlier comments out of a sheet and put these in, by place.

    ``legacy`` is the relation of the sheet's drawing of boxes; empty where it has none. Gives
    the relation of one that was made, which the sheet must then name; else empty.
    """
    found = relations.first("comments")
    if found is None and not notes:
        return ""
    if found is None:
        part = archive.free("xl/comments{}.xml")
        archive.put(part, HEAD + _EMPTY.encode())
        archive.declare(part, _TYPE)
        relations.add("comments", part)
    else:
        part = found.target
    gone, boxed = _change_comments(archive, part, notes, told)
    drawing = relations.get(legacy)
    if drawing is not None and drawing.target in archive:
        boxes = archive.read(drawing.target)
        archive.put(drawing.target, _change_boxes(boxes, gone, boxed))
        return ""
    if not boxed:
        return ""
    part = archive.free("xl/drawings/vmlDrawing{}.vml")
    archive.put(part, _change_boxes(_BOXES.encode(), frozenset(), boxed))
    archive.declare_extension("vml", _DRAWING_TYPE)
    return relations.add("vmlDrawing", part)


def _change_comments(
    archive: Archive, part: str, notes: Mapping[Place, Sequence[str]], told: Told
) -> tuple[set[Place], dict[Place, str]]:
    """Gives the places whose comments went, and our texts where a box is needed."""
    content = archive.read(part)
    if hold_ours(content):
        content, gone = _without_ours(content, told)
    else:
        gone = set()
    content, boxed = _with_ours(content, notes)
    archive.put(part, content)
    return gone, boxed


def _without_ours(content: bytes, told: Told) -> tuple[bytes, set[Place]]:
    edits: list[Edit] = []
    gone: set[Place] = set()
    for comment in _comments(parse(content)):
        text, place = comment.child("text"), place_of(comment.attributes.get("ref", ""))
        found = _find_ours(content, text) if text else None
        if text is None or found is None:
            continue
        before, ours = found.before, told.others(found.ours)
        if place is not None and not (before.strip() or ours):
            edits.append(Edit(comment.start, comment.end, b""))
            gone.add(place)
            continue
        edits.append(Edit(found.start, found.end, found.closing))
        if ours:
            run = _run(text.prefix, f"\n{ours}" if before.strip() else ours)
            edits.append(Edit(found.end, found.end, run))
    return spliced(content, edits), gone


@dataclass(frozen=True, slots=True)
class _Ours:
    """What is ours in a comment: it reaches to the end of its last run. ``closing`` is what
    the run needs that stays before it."""

    start: int
    end: int
    closing: bytes
    before: str
    ours: str


def _find_ours(content: bytes, text: Element) -> _Ours | None:
    """What stands in a comment from the line ``Funding check:`` on."""
    runs = [e for e in text.children if e.local in ("t", "r")]
    pieces = [run if run.local == "t" else run.child("t") for run in runs]
    for at, piece in enumerate(pieces):
        found = _OURS.search(content[piece.inside : piece.close]) if piece else None
        if piece is None or found is None:
            continue
        start = piece.inside + found.start()
        ours = "".join([_inner_text(content[start : piece.close]), *map(_words, runs[at + 1 :])])
        before = "".join(map(_words, runs[:at])) + _inner_text(content[piece.inside : start])
        closing = content[piece.close : runs[at].end]
        if start == piece.inside:  # the whole run goes, and the line break that led to it
            start, closing, last = runs[at].start, b"", pieces[at - 1] if at else None
            led = _LED.search(content[last.inside : last.close]) if last else None
            if last and led:
                start, closing = last.inside + led.start(), content[last.close : runs[at - 1].end]
        return _Ours(start, runs[-1].end, closing, before, ours)
    return None


def _inner_text(raw: bytes) -> str:
    return as_shown(parse(b"<t>" + raw + b"</t>").text)


def _with_ours(
    content: bytes, notes: Mapping[Place, Sequence[str]]
) -> tuple[bytes, dict[Place, str]]:
    if not notes:
        return content, {}
    root = parse(content)
    authors, listed = root.child("authors"), root.child("commentList")
    if authors is None or listed is None:
        raise ValueError("a comments part without authors or comments")
    names = _authors(root)
    there = {place_of(c.attributes.get("ref", "")): c for c in _comments(root)}
    edits: list[Edit] = []
    new: list[bytes] = []
    boxed: dict[Place, str] = {}
    number = names.index(AUTHOR) if AUTHOR in names else len(names)
    for place, lines in notes.items():
        if place in there:
            edits += _appended(content, there[place], names, lines)
            continue
        boxed[place] = _joined(lines)
        p = root.prefix
        tag = f'{p}comment ref="{reference(place)}" authorId="{number}" shapeId="0"'
        run = _run(p, f"{AUTHOR}:\n{boxed[place]}")
        new.append(f"<{tag}><{p}text>".encode() + run + f"</{p}text></{p}comment>".encode())
    if new:
        edits += grown(content, listed, b"".join(new))
        if number == len(names):
            tag = f"{root.prefix}author"
            edits += grown(content, authors, f"<{tag}>{AUTHOR}</{tag}>".encode())
    return spliced(content, edits), boxed


def _appended(
    content: bytes, comment: Element, names: Sequence[str], lines: Sequence[str]
) -> list[Edit]:
    text = comment.child("text")
    author = int(comment.attributes.get("authorId", 0))
    threaded = author < len(names) and names[author].startswith(_THREADED)
    if text is None or threaded:
        return []
    before = "\n" if text.children else ""
    run = _run(text.prefix, f"{before}{AUTHOR}:\n{_joined(lines)}")
    plain = text.child("t")
    if plain is None:
        return grown(content, text, run, at=after_last(text, ("r",)))
    # Text beside runs is text that some programs leave out: it becomes a run too.
    p = text.prefix
    return [
        Edit(plain.start, plain.start, f"<{p}r>".encode()),
        Edit(plain.end, plain.end, f"</{p}r>".encode() + run),
    ]


def _joined(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    if len(text) <= _MOST_TEXT:
        return text
    kept: list[str] = []
    room = _MOST_TEXT - len(MORE)
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, MORE])


def _run(prefix: str, text: str) -> bytes:
    font = _FONT.replace("{p}", prefix)
    shown = f'<{prefix}t xml:space="preserve">{cell_text(text)}</{prefix}t>'
    return f"<{prefix}r>{font}{shown}</{prefix}r>".encode()


def _authors(root: Element) -> list[str]:
    found = root.child("authors")
    return [author.text for author in found.children] if found else []


def _comments(root: Element) -> Iterable[Element]:
    found = root.child("commentList")
    return found.all("comment") if found else ()


def _words(element: Element) -> str:
    """The text of a comment or of one of its runs."""
    if element.local == "t":
        return as_shown(element.text)
    return "".join(_words(child) for child in element.children if child.local in ("t", "r"))


def _change_boxes(content: bytes, gone: Iterable[Place], boxed: Mapping[Place, str]) -> bytes:
    """The drawing without the boxes of comments that went, and with those of new ones.

    What Excel writes there need not be well-formed XML: it is searched, not parsed.
    """
    leaving = set(gone)
    content = _SHAPE.sub(lambda found: b"" if _place(found[0]) in leaving else found[0], content)
    end = content.rfind(b"</")
    if not boxed:
        return content
    if end < 0:
        raise ValueError("a drawing of comments without its end")
    there = {_place(found[0]) for found in _SHAPE.finditer(content)}
    number = max((int(n) for n in _NUMBER.findall(content)), default=1024)
    declare = _declaring(content)
    new = [] if b'"_x0000_t202"' in content else [declare(_BOX_TYPE)]
    for place, text in boxed.items():
        if place not in there:
            number += 1
            row, column = place[0] - 1, place[1] - 1
            height = min(400, 40 + 20 * (len(text) // 35 + text.count("\n")))
            box = _BOX.format(number=number, height=height, row=row, column=column)
            new.append(declare(box))
    return content[:end] + "".join(new).encode() + content[end:]


def _declaring(content: bytes) -> Callable[[str], str]:
    """What declares the prefixes in an element of ours that the drawing does not."""
    head = content[: max(0, content.find(b">", content.find(b"<xml")))].decode("utf-8", "replace")
    more = "".join(f" {one}" for one in _DECLARATIONS if one not in head)
    return lambda element: re.sub(r"^<[\w:]+", lambda found: found[0] + more, element)


def _place(shape: bytes) -> Place | None:
    """The cell whose comment a shape is the box of."""
    if not _NOTE.search(shape):
        return None
    at = {name: int(number) for name, number in _AT.findall(shape)}
    return (at[b"Row"] + 1, at[b"Column"] + 1) if len(at) == 2 else None
