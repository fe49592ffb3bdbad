"""Makes ``letter.docx``, the template of letters to cities: the same bytes on every run.

    python inputs/make_letter_template.py

The words stand in ``letter()``; the rest says how they look. A ministry changes the document in
Word and has no need of this script.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from funding.letters.package import packed

INK, DARK, QUIET, LIGHT, LINE, ALARM = "1F2933", "1F3A5F", "52606D", "DCE6F1", "D5DCE4", "9C0006"
WIDE = 9638  # of the text on A4 with margins of 2 cm [twentieths of a point]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PARTS = {"styles": "styles", "numbering": "numbering", "header1": "header", "footer1": "footer"}


def run(text: str, **look: str) -> str:
    """A run of text; looks: ``bold``, ``colour``, ``size`` (half points)."""
    made = "<w:b/>" if "bold" in look else ""
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


def each(name: str, of: str, *paragraphs: str) -> str:
    """Paragraphs for each thing of a list."""
    return p(f"{{%p for {name} in {of} %}}") + "".join(paragraphs) + p("{%p endfor %}")


def choose(*cases: tuple[str, str]) -> str:
    """The paragraph of the first test that holds; the last, with no test, else."""
    made = ""
    for number, (test, paragraph) in enumerate(cases):
        word = f"if {test}" if not number else f"elif {test}" if test else "else"
        made += p(f"{{%p {word} %}}") + paragraph
    return made + p("{%p endif %}")


def row(cells: Sequence[str], widths: Sequence[int], kind: str = "", right: int = 9) -> str:
    """A row of a table; ``kind``: "head", "total" or none; from cell ``right`` on, to the right."""
    fill = {"head": DARK, "total": LIGHT}.get(kind)
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    made = ""
    for at, (text, width) in enumerate(zip(cells, widths, strict=True)):
        look = {"bold": "yes", "colour": "FFFFFF" if kind == "head" else INK} if kind else {}
        side = '<w:jc w:val="right"/>' if at >= right else ""
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
    asked = "the {{ requested }} that you asked for"
    return "".join(
        [
            p("{{ city }}", "Address", runs=run("{{ city }}", bold="yes")),
            when("region", p("{{ region }}", "Address")),
            when("legal_identifier", p("Legal identifier: {{ legal_identifier }}", "Address")),
            p(style="Room"),
            p("Date: {% if date %}{{ date }}{% else %}____________________{% endif %}", "Address"),
            p("Our reference: {{ reference }} / {{ city_code }}", "Address"),
            choose(
                ("award", p("{{ fund }}: award of {{ award }}", "Title")),
                ('status == "reserve"', p("{{ fund }}: your place on the reserve list", "Title")),
                ("", p("{{ fund }}: decision on your application", "Title")),
            ),
            p("Dear Sir or Madam,"),
            choose(
                (
                    'status == "full"',
                    p(
                        "We are pleased to tell you that your engagement plan is funded in full: "
                        f"{{{{ city }}}} is awarded {{{{ award }}}} for {asked}, in whole units of "
                        "the fund."
                    ),
                ),
                (
                    "award",
                    p(
                        "We are pleased to tell you that {{ city }} is awarded {{ award }} of "
                        f"{asked}. Not all of your plan could be funded in full; the reasons are "
                        "given below, activity by activity."
                    ),
                ),
                (
                    'status == "reserve"',
                    p(
                        "Your application for {{ requested }} meets the rules of the fund, but its "
                        "money does not reach far enough: for the time being we can make no "
                        "award. Your plan stands on the reserve list. Should money become free, "
                        "the list is followed in its order. This is no promise of an award."
                    ),
                ),
                (
                    'status == "below threshold"',
                    p(
                        f"We regret that we can make no award for {asked}. In the assessment your "
                        "plan did not reach the score that the fund requires."
                    ),
                ),
                (
                    'status == "ineligible"',
                    p(
                        f"We regret that we can make no award for {asked}. Your application does "
                        "not meet the conditions for taking part in this call."
                    ),
                ),
                (
                    'status == "excluded by decision"',
                    p(
                        f"We regret that we can make no award for {asked}. This follows from a "
                        "decision in your case alone; its reason is given below."
                    ),
                ),
                (
                    'status == "no activities"',
                    p(
                        "Your application names no activity for which money is asked, so there was "
                        "nothing to decide on."
                    ),
                ),
                (
                    "",
                    p(
                        f"We regret that we can make no award for {asked}. The rules of the fund "
                        "leave no room for it; which ones is said below."
                    ),
                ),
            ),
        ]
    )


def activities() -> str:
    """What became of each activity: with amounts where there is an award."""
    wide, narrow = (3338, 1600, 1600, 1700, 1400), (5638, 2000, 2000)
    name = "{{ a.code }} {{ a.title }}"
    funded = table(
        wide,
        row(("Activity", "Requested", "Award", "Own contribution", "Result"), wide, "head", 1),
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
            right=1,
        ),
        row_tag("endfor", wide),
        row(
            ("Total", "{{ requested }}", "{{ award }}", "{{ own_contribution }}", ""),
            wide,
            "total",
            1,
        ),
    )
    refused = table(
        narrow,
        row(("Activity", "Requested", "Result"), narrow, "head", 1),
        row_tag("for a in activities", narrow),
        row((name, "{{ a.requested }}", "{{ a.status }}"), narrow, right=1),
        row_tag("endfor", narrow),
    )
    return when(
        "activities",
        p("Your activities", "Heading1"),
        choose(("award", funded), ("", refused)),
    )


def schedule() -> str:
    """What is paid in which year, and when each activity runs."""
    widths = (1800, 4238, 1700, 1900)
    period = "{% if a.start %}from {{ a.start }} {% endif %}{% if a.end %}to {{ a.end }}{% endif %}"
    return table(
        widths,
        row(("Activity", "Period", "Year of payment", "Amount"), widths, "head", 2),
        row_tag("for a in awarded", widths),
        row_tag("for paid in a.payments", widths),
        row(("{{ a.code }}", period, "{{ paid.year }}", "{{ paid.amount }}"), widths, right=2),
        row_tag("endfor", widths),
        row_tag("endfor", widths),
        row_tag("for paid in payments", widths),
        row(("Total", "", "{{ paid.year }}", "{{ paid.amount }}"), widths, "total", 2),
        row_tag("endfor", widths),
    )


def conditions() -> str:
    """What the award requires."""
    return "".join(
        [
            p("Own contribution required", "Heading1"),
            p(
                "The award requires an own contribution of {{ own_contribution }} from {{ city }}: "
                "the eligible cost of the activities that are funded, less the award and less "
                "other funding that your application names. The table above gives it for each "
                "activity."
            ),
            p("Schedule of payments", "Heading1"),
            schedule(),
            p("Conditions", "Heading1"),
            p(
                "The award is for the activities that the tables name, as your application "
                "{{ reference }} describes them.",
                "Listed",
            ),
            p(
                "You provide the own contribution of each activity, and tell us if you cannot.",
                "Listed",
            ),
            when(
                'status == "reduced"',
                p(
                    "Where an award is less than you asked for, the cost of the activity stays as "
                    "it is. You cover the difference, or agree a smaller plan with us before the "
                    "activity begins.",
                    "Listed",
                ),
            ),
            each(
                "a",
                "awarded",
                when(
                    "a.certified",
                    p(
                        "{{ a.code }}: people to be certified, as your application says: "
                        "{{ a.certified }}.",
                        "Listed",
                    ),
                ),
            ),
            p("Payments are made in the years of the schedule.", "Listed"),
            p(
                "You tell us of any other national money for these activities that your "
                "application does not name.",
                "Listed",
            ),
        ]
    )


def reasons() -> str:
    """Why, what would have helped, and where on the reserve list."""
    name = run("{{ a.code }} {{ a.title }}", bold="yes") + run(" · {{ a.status }}", colour=QUIET)
    titled = p(style="Reason", runs=name)
    helping = "".join(
        p(f"{{%p {tag} %}}")
        for tag in ("for a in activities if a.helped", "if loop.first")
    )
    return "".join(
        [
            when(
                "activities",
                p("Reasons", "Heading1"),
                each("a", "activities", titled, p("{{ a.why }}")),
            ),
            helping,
            p("What would have helped", "Heading1"),
            p("{%p endif %}"),
            titled,
            p("{{ a.helped }}"),
            p("{%p endfor %}"),
            when(
                "reserve",
                p("Reserve list", "Heading1"),
                each("a", "reserve", p("{{ a.code }} {{ a.title }}: place {{ a.place }}", "Listed")),
            ),
        ]
    )


def letter() -> str:
    """The whole letter."""
    end = p("Yours faithfully,", more="<w:keepNext/><w:spacing w:before='360' w:after='720'/>")
    signed = p(
        "{{ funder if funder else fund }}", more='<w:keepLines/><w:spacing w:before="0"/>'
    )
    return "".join(
        [opening(), activities(), when("award", conditions()), reasons(), end, signed]
    )


def header() -> str:
    """The sender, the fund, and the label of invented data, on every page."""
    sender = run("{{ funder if funder else fund }}", bold="yes", colour=DARK, size="24")
    return "".join(
        [
            when("banner", p(style="Header", runs=run("{{ banner }}", bold="yes", colour=ALARM))),
            p(style="Header", runs=sender),
            p("{{ fund }} · {{ reference }}", "Header"),
        ]
    )


def footer() -> str:
    """What the letter follows from, and its pages."""
    pages = f"{run('Page ')}{field('PAGE')}{run(' of ')}{field('NUMPAGES')}"
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{WIDE}"/></w:tabs>'
    left = run("{{ reference }} / {{ city_code }} · {{ scenario }} · {{ fingerprint }}")
    return p(style="Footer", runs=f"{left}<w:r><w:tab/></w:r>{pages}", more=tab)


def styles() -> str:
    """The looks of paragraphs, by name, so that Word offers them."""
    base = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" '
        f'w:eastAsia="Calibri" w:cs="Arial"/><w:color w:val="{INK}"/><w:sz w:val="21"/>'
        '<w:szCs w:val="21"/><w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr>'
        '</w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" '
        'w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )
    return f'<w:styles xmlns:w="{W}">{base}' + "".join(
        [
            style("Normal", "Normal"),
            style("Title", "Title", '<w:keepNext/><w:spacing w:before="360" w:after="200"/>', 30),
            style(
                "Heading1",
                "heading 1",
                '<w:keepNext/><w:spacing w:before="280" w:after="100"/><w:outlineLvl w:val="0"/>',
                24,
            ),
            style("Address", "Address", '<w:spacing w:after="0"/>'),
            style("Room", "Room", '<w:spacing w:after="0" w:line="120" w:lineRule="exact"/>'),
            style("Cell", "Cell", '<w:spacing w:before="40" w:after="40" w:line="240"/>', small=19),
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
    ) + "</w:styles>"


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
        "word/styles.xml": styles(),
        "word/numbering.xml": numbering(),
        "word/header1.xml": f'<w:hdr xmlns:w="{W}">{header()}</w:hdr>',
        "word/footer1.xml": f'<w:ftr xmlns:w="{W}">{footer()}</w:ftr>',
    }
    return packed({name: (HEAD + xml).encode() for name, xml in parts.items()})


if __name__ == "__main__":
    Path(__file__).with_name("letter.docx").write_bytes(template())
