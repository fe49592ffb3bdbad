"""Makes ``letter.docx``, the template of letters to cities: the same bytes on every run.

    python inputs/make_letter_template.py

Most of its words stand in ``letter_words.toml``; what stands here says how they look. A ministry
changes the document in Word and has no need of this script.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from funding.letters.package import packed

WORDS = tomllib.loads(Path(__file__).with_name("letter_words.toml").read_text(encoding="utf-8"))
INK, DARK, QUIET, LIGHT, LINE, ALARM = "1F2933", "1F3A5F", "52606D", "DCE6F1", "D5DCE4", "9C0006"
WIDE = 9638  # of the text on A4 with margins of 2 cm [twentieths of a point]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
AMOUNTS = {1, 2, 3}  # the columns of amounts in the table of activities
PARTS = {
    "settings": "settings",
    "styles": "styles",
    "numbering": "numbering",
    "header1": "header",
    "footer1": "footer",
}


def run(text: str, **look: str) -> str:
    """A run of text; looks: ``bold``, ``colour``, ``size`` (half points)."""
    made = "<w:b/><w:bCs/>" if "bold" in look else ""
    made += f'<w:color w:val="{look["colour"]}"/>' if "colour" in look else ""
    if "size" in look:
        made += f'<w:sz w:val="{look["size"]}"/><w:szCs w:val="{look["size"]}"/>'
    return f'<w:r><w:rPr>{made}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def field(code: str) -> str:
    """A field that Word counts, such as the number of the page."""
    return f"<w:fldSimple w:instr={quoteattr(code)}>{run('1')}</w:fldSimple>"


def p(text: str = "", style: str = "", runs: str = "", more: str = "") -> str:
    """A paragraph of plain text, or of runs, in a style."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{more}</w:pPr>{runs or run(text)}</w:p>"


def when(test: str, *paragraphs: str) -> str:
    """Paragraphs that stand only where a condition holds."""
    return p(f"{{%p if {test} %}}") + "".join(paragraphs) + p("{%p endif %}")


def each(listed: str, *paragraphs: str) -> str:
    """Paragraphs for each thing of a list, such as ``a in activities``."""
    return p(f"{{%p for {listed} %}}") + "".join(paragraphs) + p("{%p endfor %}")


def choose(*cases: tuple[str, str]) -> str:
    """The paragraph of the first test that holds; the last, with no test, else."""
    made = ""
    for number, (test, paragraph) in enumerate(cases):
        word = f"if {test}" if not number else f"elif {test}" if test else "else"
        made += p(f"{{%p {word} %}}") + paragraph
    return made + p("{%p endif %}")


def cases(name: str, style: str = "") -> str:
    """The first of these words whose test holds."""
    return choose(*((case.get("test", ""), p(case["words"], style)) for case in WORDS[name]))


def row(
    cells: Sequence[str], widths: Sequence[int], kind: str = "", right: Collection[int] = ()
) -> str:
    """A row of a table; ``kind``: "head", "total" or none; ``right``: cells set to the right."""
    fill = {"head": DARK, "total": LIGHT}.get(kind)
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    made = ""
    for at, (text, width) in enumerate(zip(cells, widths, strict=True)):
        look = {"bold": "yes", "colour": "FFFFFF" if kind == "head" else INK} if kind else {}
        # Totals stay together, and with a line after them.
        side = "<w:keepNext/>" if kind == "total" else ""
        side += '<w:jc w:val="right"/>' if at in right else ""
        content = p(style="Cell", runs=run(text, **look), more=side)
        made += f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>{content}</w:tc>'
    repeat = "<w:tblHeader/>" if kind == "head" else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{made}</w:tr>"


def row_tag(tag: str, widths: Sequence[int]) -> str:
    """A row that holds a tag for rows alone."""
    return row([f"{{%tr {tag} %}}", *([""] * (len(widths) - 1))], widths)


def table(widths: Sequence[int], *rows: str) -> str:
    """A table of rows, with thin lines between them, and a little room below."""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
        for side in ("top", "bottom", "insideH")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{sides}'
        '</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>{p(style='Room')}"
    )


def opening() -> str:
    """To whom, about what, and the decision in a sentence."""
    return "".join(
        [
            p(style="Address", runs=run("{{ city }}", bold="yes")),
            when("region", p("{{ region }}", "Address")),
            when("legal_identifier", p("Legal identifier: {{ legal_identifier }}", "Address")),
            p(style="Room"),
            p("Date: {% if date %}{{ date }}{% else %}____________________{% endif %}", "Address"),
            p("Our reference: {{ reference }} / {{ city_code }}", "Address"),
            cases("titles", "Title"),
            p("Dear Sir or Madam,"),
            cases("decisions"),
        ]
    )


def activities() -> str:
    """What became of each activity: with amounts where there is an award."""
    wide, narrow = (2838, 1750, 1750, 1900, 1400), (6038, 1800, 1800)
    name = "{{ a.code }} {{ a.title }}"
    funded = table(
        wide,
        row(
            ("Activity", "Requested", "Award", "Own contribution", "Result"), wide, "head", AMOUNTS
        ),
        row_tag("for a in activities", wide),
        row(
            (
                name,
                "{{ a.requested }}",
                '{{ a.award if a.award else "–" }}',
                '{{ a.own_contribution if a.award else "–" }}',
                "{{ a.status }}",
            ),
            wide,
            right=AMOUNTS,
        ),
        row_tag("endfor", wide),
        row(
            ("Total", "{{ requested }}", "{{ award }}", "{{ own_contribution }}", ""),
            wide,
            "total",
            AMOUNTS,
        ),
    )
    refused = table(
        narrow,
        row(("Activity", "Requested", "Result"), narrow, "head", {1}),
        row_tag("for a in activities", narrow),
        row((name, "{{ a.requested }}", "{{ a.status }}"), narrow, right={1}),
        row_tag("endfor", narrow),
    )
    return when(
        "activities",
        p("Your activities", "Heading1"),
        choose(("award", funded), ("", refused)),
    )


def schedule() -> str:
    """What is paid in which year, and when each activity runs."""
    widths, right = (1900, 3988, 1700, 2050), {2, 3}
    period = "{% if a.start %}from {{ a.start }} {% endif %}{% if a.end %}to {{ a.end }}{% endif %}"
    return table(
        widths,
        row(("Activity", "Period", "Year of payment", "Amount"), widths, "head", right),
        row_tag("for a in awarded", widths),
        row_tag("for paid in a.payments", widths),
        row(("{{ a.code }}", period, "{{ paid.year }}", "{{ paid.amount }}"), widths, right=right),
        row_tag("endfor", widths),
        row_tag("endfor", widths),
        row_tag("for paid in payments", widths),
        row(("Total", "", "{{ paid.year }}", "{{ paid.amount }}"), widths, "total", right),
        row_tag("endfor", widths),
    )


def conditions() -> str:
    """What the award requires."""
    listed = []
    for condition in WORDS["conditions"]:
        one = p(condition["words"], "Listed")
        if "each" in condition:
            one = each(condition["each"], one)
        listed.append(when(condition["test"], one) if "test" in condition else one)
    return "".join(
        [
            p("Own contribution required", "Heading1"),
            p(WORDS["own_contribution"]),
            p("Schedule of payments", "Heading1"),
            schedule(),
            p("Conditions", "Heading1"),
            *listed,
        ]
    )


def reasons() -> str:
    """Why, what would have helped, and where on the reserve list."""
    # The last stays with what follows, so that no page holds a signature alone.
    last = choose(("loop.last", p("{{ said.text }}", "Last")), ("", p("{{ said.text }}")))
    name = run("{{ said.codes }}", bold="yes") + run(" · {{ said.status }}", colour=QUIET)
    said = (p(style="Reason", runs=name), last)
    place = "Place {{ a.place }}: {{ a.code }} {{ a.title }}"
    return "".join(
        [
            when("reasons", p("Reasons", "Heading1"), each("said in reasons", *said)),
            when("helps", p("What would have helped", "Heading1"), each("said in helps", *said)),
            when(
                "reserve",
                p("Reserve list", "Heading1"),
                each("a in reserve", p(place, "Listed", more="<w:keepNext/>")),
                p(WORDS["reserve"], "Last"),
            ),
        ]
    )


def letter() -> str:
    """The whole letter."""
    end = p("Yours faithfully,", more='<w:keepNext/><w:spacing w:before="360" w:after="720"/>')
    signed = p("{{ funder if funder else fund }}")
    return "".join([opening(), activities(), when("award", conditions()), reasons(), end, signed])


def header() -> str:
    """The sender, the fund, and the label of invented data, on every page."""
    sender = run("{{ funder if funder else fund }}", bold="yes", colour=DARK, size="24")
    return "".join(
        [
            when("banner", p(style="Header", runs=run("{{ banner }}", bold="yes", colour=ALARM))),
            p(style="Header", runs=sender),
            p("{{ fund }} · {{ reference }}", "Header", more='<w:spacing w:after="360"/>'),
        ]
    )


def footer() -> str:
    """What the letter follows from, and its pages."""
    pages = f"{run('Page ')}{field('PAGE')}{run(' of ')}{field('NUMPAGES')}"
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{WIDE}"/></w:tabs>'
    left = run("{{ reference }} / {{ city_code }} · {{ scenario }} · record {{ fingerprint }}")
    return p(style="Footer", runs=f"{left}<w:r><w:tab/></w:r>{pages}", more=tab)


def settings() -> str:
    """Word is to open the letters as of today, not in its compatibility mode."""
    return (
        f'<w:settings xmlns:w="{W}"><w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
    )


def styles() -> str:
    """The looks of paragraphs, by name, so that Word offers them."""
    base = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" '
        f'w:eastAsia="Calibri" w:cs="Arial"/><w:color w:val="{INK}"/><w:sz w:val="21"/>'
        '<w:szCs w:val="21"/><w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr>'
        '</w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" '
        'w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )
    return (
        f'<w:styles xmlns:w="{W}">{base}'
        + "".join(
            [
                style("Normal", "Normal"),
                style(
                    "Title", "Title", '<w:keepNext/><w:spacing w:before="360" w:after="200"/>', 30
                ),
                style(
                    "Heading1",
                    "heading 1",
                    '<w:keepNext/><w:spacing w:before="280" w:after="100"/>'
                    '<w:outlineLvl w:val="0"/>',
                    24,
                ),
                style("Address", "Address", '<w:spacing w:after="0"/>'),
                style("Room", "Room", '<w:spacing w:after="0" w:line="120" w:lineRule="exact"/>'),
                style(
                    "Cell", "Cell", '<w:spacing w:before="40" w:after="40" w:line="240"/>', small=19
                ),
                style("Last", "Last", "<w:keepNext/>"),
                style("Reason", "Reason", '<w:keepNext/><w:spacing w:before="120" w:after="20"/>'),
                style(
                    "Listed",
                    "Listed",
                    '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
                    '<w:spacing w:after="60"/>',
                ),
                style("Header", "header", '<w:spacing w:after="0"/>', small=18),
                style("Footer", "footer", '<w:spacing w:after="0"/>', small=16),
            ]
        )
        + "</w:styles>"
    )


def style(code: str, name: str, look: str = "", head: int = 0, small: int = 0) -> str:
    """A style of paragraphs; ``head`` and ``small`` are sizes in half points."""
    size = head or small
    font = f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else ""
    if head:
        font = f'<w:b/><w:bCs/><w:color w:val="{DARK}"/>{font}'
    elif small and code != "Cell":
        font = f'<w:color w:val="{QUIET}"/>{font}'
    default = ' w:default="1"' if code == "Normal" else ""
    based = "" if code == "Normal" else '<w:basedOn w:val="Normal"/>'
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{code}"><w:name w:val="{name}"/>{based}'
        f"<w:qFormat/><w:pPr>{look}</w:pPr><w:rPr>{font}</w:rPr></w:style>"
    )


def numbering() -> str:
    """One list with dots."""
    return (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">'
        '<w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr>'
        '<w:ind w:left="340" w:hanging="340"/></w:pPr></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def document() -> str:
    """The body of the document and its page: A4, margins of 2 cm."""
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="header1"/><w:footerReference '
        'w:type="default" r:id="footer1"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" '
        'w:right="1134" w:bottom="1134" w:left="1134" w:header="680" w:footer="567" '
        'w:gutter="0"/></w:sectPr>'
    )
    return (
        f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{letter()}{section}</w:body></w:document>'
    )


def relations(targets: dict[str, tuple[str, str]]) -> str:
    """The relations of a part: id → kind and target."""
    made = "".join(
        f'<Relationship Id="{code}" Type="{R}/{kind}" Target="{target}"/>'
        for code, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{made}</Relationships>'


def content_types() -> str:
    """What each part is."""
    kinds = {"document": "document.main", **PARTS}
    made = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{TYPE}.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{rels}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{made}</Types>'
    )


def template() -> bytes:
    """The template as a Word document."""
    parts = {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relations({"document": ("officeDocument", "word/document.xml")}),
        "word/document.xml": document(),
        "word/_rels/document.xml.rels": relations(
            {name: (kind, f"{name}.xml") for name, kind in PARTS.items()}
        ),
        "word/settings.xml": settings(),
        "word/styles.xml": styles(),
        "word/numbering.xml": numbering(),
        "word/header1.xml": f'<w:hdr xmlns:w="{W}">{header()}</w:hdr>',
        "word/footer1.xml": f'<w:ftr xmlns:w="{W}">{footer()}</w:ftr>',
    }
    return packed({name: (HEAD + xml).encode() for name, xml in parts.items()})


if __name__ == "__main__":
    Path(__file__).with_name("letter.docx").write_bytes(template())
