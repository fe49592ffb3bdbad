"""Award workbooks for tests of letters, small Word documents, and what reads a letter back.

A letter is read with the standard library, not with what wrote it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from funding.applications import Applications
from funding.awards import allocate
from funding.report import award_workbook
from tests.small import apply, ask, city, scenario

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"

RULES = """
[fund]
unit = 100
[fund.envelopes]
2026 = 1_000
2027 = 300
[gates.merit_threshold]
score = 50
[rules.independence]
[[decisions]]
city = "GG"
exclude = true
reason = "Withdrawn"
"""


def every_status() -> Applications:
    """A city of each status under RULES.

    AA-1 (90) asks 600, half of it in each year: 300 of 1,000 in 2026, all 300 of 2027. BB-1 (80)
    asks 1,000 of 2026, where 700 are left. CC-1 (70) finds nothing left and waits; so does CC-2
    (75), before it. DD has no budget of its own, so independence leaves it nothing. EE-1 scores
    30, FF-1 is not eligible, GG is excluded by hand, HH asks for nothing.
    """
    years = {2026: 300, 2027: 300}
    return apply(
        city("AA", name="Aachen", legal_identifier="0042", region="West"),
        city("DD", own_budget=0),
        city("HH"),
        ask("AA-1", 600, score=90, by_year=years, other_funding=50, title="Water"),
        ask("BB-1", 1_000, score=80, stream="training", people_to_be_certified=4),
        ask("CC-1", 400, score=70),
        ask("CC-2", 500, score=75),
        ask("DD-1", 600, score=95),
        ask("EE-1", 600, score=30),
        ask("FF-1", 600, eligible=False),
        ask("GG-1", 600, score=99),
    )


def awarded(given: Applications, path: Path, rules: str = RULES) -> Path:
    """The award workbook of a fund, written."""
    path.write_bytes(award_workbook(allocate(given, scenario(rules))))
    return path


def document(*paragraphs: str, **parts: str) -> bytes:
    """A Word document of paragraphs of text; ``¦`` cuts a paragraph into runs. What is XML stands
    as it is. ``header`` and ``footer`` are paragraphs of such parts."""
    body = "".join(map(_paragraph, paragraphs))
    texts = {"document": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'}
    for name, tag in (("header", "hdr"), ("footer", "ftr")):
        if name in parts:
            inner = _paragraph(parts[name])
            texts[name] = f'<w:{tag} xmlns:w="{W}">{inner}</w:{tag}>'
    return packed({f"word/{name}.xml": xml for name, xml in texts.items()})


def packed(parts: Mapping[str, str | bytes], **types: str) -> bytes:
    """A package with these parts and the list of what they are."""
    kinds = {"word/document.xml": "document.main", "word/header.xml": "header"}
    kinds |= {"word/footer.xml": "footer"}
    listed = "".join(
        f'<Override PartName="/{name}" ContentType="{types.get("main", TYPE)}.{kinds[name]}+xml"/>'
        for name in parts
        if name in kinds
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="t">{listed}</Types>')
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _paragraph(text: str) -> str:
    if text.startswith("<w:"):
        return text
    runs = (f"<w:r><w:t>{escape(part)}</w:t></w:r>" for part in text.split("¦"))
    return f"<w:p>{''.join(runs)}</w:p>"


def tree(data: bytes, part: str = "word/document.xml") -> Any:
    """The XML of a part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return ElementTree.fromstring(archive.read(part))


def text_of(element: Any) -> str:
    """The text of an element; line breaks are lines."""
    text, line = f"{{{W}}}t", f"{{{W}}}br"
    found = (e for e in element.iter() if e.tag in (text, line))
    return "".join("\n" if e.tag == line else str(e.text or "") for e in found)


def paragraphs(data: bytes, part: str = "word/document.xml") -> list[str]:
    """The text of every paragraph in order, those in tables left out."""
    root = tree(data, part)
    in_tables = {id(p) for t in root.iter(f"{{{W}}}tbl") for p in t.iter(f"{{{W}}}p")}
    return [text_of(p) for p in root.iter(f"{{{W}}}p") if id(p) not in in_tables]


def tables(data: bytes) -> list[list[list[str]]]:
    """The tables as rows of cells; amounts with ordinary spaces."""
    return [
        [
            [text_of(cell).replace("\u00a0", " ") for cell in row.iter(f"{{{W}}}tc")]
            for row in table.iter(f"{{{W}}}tr")
        ]
        for table in tree(data).iter(f"{{{W}}}tbl")
    ]


def plain(data: bytes) -> str:
    """All paragraphs as lines, with ordinary spaces."""
    return "\n".join(paragraphs(data)).replace("\u00a0", " ")
