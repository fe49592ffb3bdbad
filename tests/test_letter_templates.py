"""A ministry's own template: what it may say, and what is refused, with words on what to do."""

from __future__ import annotations

import contextlib
import io
import re
import time
import zipfile
from dataclasses import fields, replace
from pathlib import Path

import pytest

from funding.errors import TemplateRejected
from funding.letters.facts import Item, Letter, Payment, Reason
from funding.letters.tags import source_of
from funding.letters.template import Template
from tests.letter_books import W, document, packed, paragraphs, plain, tables, tree

PAGE = Path(__file__).resolve().parent.parent / "docs" / "letters.md"


def item(code: str, **said: object) -> Item:
    blank: dict[str, object] = {f.name: "" for f in fields(Item)} | {"payments": ()}
    return Item(**blank | {"code": code} | said)  # type: ignore[arg-type]


def letter(**said: object) -> Letter:
    blank: dict[str, object] = {f.name: "" if f.type == "str" else () for f in fields(Letter)}
    return Letter(**blank | said)  # type: ignore[arg-type]


PAID = (Payment("2026", "300 EUR"), Payment("2027", "200 EUR"))
GIVEN = letter(
    city="Aachen",
    status="full",
    award="500 EUR",
    activities=(item("A-1", title="Water", award="500 EUR", payments=PAID), item("A-2")),
    awarded=(item("A-1", title="Water", award="500 EUR", payments=PAID),),
)


def filled(*texts: str, given: Letter = GIVEN) -> list[str]:
    return paragraphs(Template(document(*texts)).letter(given))


def refused(*texts: str) -> str:
    with pytest.raises(TemplateRejected) as caught:
        Template(document(*texts)).letter(GIVEN)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("To {{ city }}.", "To Aachen."),
        ("To {¦{ ci¦ty }¦}.", "To Aachen."),
        ("{{¦city}} and {{city¦}}¦{{ award }}!", "Aachen and Aachen500 EUR!"),
        ("a¦b{{ city }}c¦d", "abAachencd"),
        ("{% if award %}yes{% else %}no{% endif %}", "yes"),
        ("{% if status == “full” %}all{% endif %}", "all"),
        ("{% if not region and city %}none{% endif %}", "none"),
        ('{{ region if region else "–" }}', "–"),
        ('{% if status in ["full", "reduced"] %}funded{% endif %}', "funded"),
        ("{{ city | upper }}", "AACHEN"),
        ("{% if activities|length > 1 %}several{% endif %}", "several"),
        ("{% for a in activities %}{{ loop.index }}:{{ a.code }} {% endfor %}", "1:A-1 2:A-2 "),
        ("{% for a in activities if a.award %}{{ a.title }}{% endfor %}", "Water"),
        ("{{ city }}{# a remark #}!", "Aachen!"),
        ("{{- city -}}", "Aachen"),
        ("5 % of {x} & <y>", "5 % of {x} & <y>"),
    ],
)
def test_fields_conditions_and_lists(text: str, made: str) -> None:
    assert filled(text) == [made]


def test_whole_paragraphs_stand_or_fall() -> None:
    texts = ("{%p if award %}", "Yes", "{%p else %}", "No", "{%p endif %}", "End")
    assert filled(*texts) == ["Yes", "End"]
    assert filled(*texts, given=letter()) == ["No", "End"]
    listed = filled("{%p for a in activities %}", "{{ a.code }}", "{%¦p endfor %}")
    assert listed == ["A-1", "A-2"]


CELL = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"


def table(*rows: tuple[str, ...]) -> str:
    made = "".join(f"<w:tr>{''.join(map(CELL.format, row))}</w:tr>" for row in rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{made}</w:tbl>"


def test_rows_of_a_table_are_repeated() -> None:
    """The payments of each activity, in two lists within each other."""
    content = table(
        ("{%tr for a in activities %}", ""),
        ("{%tr for p in a.payments %}", ""),
        ("{{ a.code }}", "{{ p.year }}: {{ p.amount }}"),
        ("{%tr endfor %}", ""),
        ("{%tr endfor %}", ""),
    )
    data = Template(document("<w:p/>", content, "<w:p/>")).letter(GIVEN)
    assert tables(data) == [[["A-1", "2026: 300 EUR"], ["A-1", "2027: 200 EUR"]]]


def test_a_table_without_rows_and_a_cell_without_paragraphs() -> None:
    """Word opens neither: the first is refused, the second gets an empty paragraph."""
    rows = table(("{%tr for a in reserve %}",), ("{{ a.code }}",), ("{%tr endfor %}",))
    assert "a table is left without rows" in refused(rows)
    cell = "<w:tc>{0}<w:p><w:r><w:t>x</w:t></w:r></w:p>{1}</w:tc>"
    p = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    content = cell.format(p.format("{%p if region %}"), p.format("{%p endif %}"))
    data = Template(document(f"<w:tbl><w:tr>{content}</w:tr></w:tbl>")).letter(GIVEN)
    (only,) = tree(data).iter(f"{{{W}}}tc")
    assert [child.tag for child in only] == [f"{{{W}}}p"]


def test_headers_and_footers_have_fields_too() -> None:
    content = document("x", header="{{ ci¦ty }}", footer="To {{ award }}")
    data = Template(content).letter(GIVEN)
    assert paragraphs(data, "word/header.xml") == ["Aachen"]
    assert paragraphs(data, "word/footer.xml") == ["To 500 EUR"]


def test_everything_else_of_the_template_stays() -> None:
    """Formats, other parts, and marks of Word between the pieces of a field."""
    text = (
        '<w:p w:rsidR="1"><w:pPr><w:jc w:val="right"/></w:pPr><w:r><w:rPr><w:b/></w:rPr>'
        '<w:t>{{ </w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>city</w:t></w:r>'
        "<w:r><w:t> }}</w:t></w:r></w:p>"
    )
    xml = f'<w:document xmlns:w="{W}"><w:body>{text}</w:body></w:document>'
    picture = bytes(range(256))
    parts: dict[str, str | bytes] = {"word/document.xml": xml, "word/media/a.png": picture}
    data = Template(packed(parts)).letter(GIVEN)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("word/media/a.png") == picture
    (p,) = tree(data).iter(f"{{{W}}}p")
    assert p.find(f"{{{W}}}pPr/{{{W}}}jc") is not None
    assert p.find(f"{{{W}}}r/{{{W}}}rPr/{{{W}}}b") is not None
    assert plain(data) == "Aachen"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ citty }}", '{{ citty }}: there is no field "citty" here; did you mean "city"?'),
        ("{% if region %}{{ zzz }}{% endif %}", '{{ zzz }}: there is no field "zzz" here'),
        ("{{ city }} {{ a.code }}", '{{ a.code }}: there is no field "a" here'),
        ("{{ city.nmae }}", 'there is no field "nmae" here'),
        ("{% for a in activities %}{{ a.tittle }}{% endfor %}", 'did you mean "title"?'),
        ("{{ activities }}", "this is no text"),
        ("{% for a in city %}{% endfor %}", "this is no list"),
        ("{{ city", "a {{ has no end"),
        ("{{ city }", "a {{ has no end"),
        ("{% if city %}", "{% if city %} has no end beside it"),
        ("{% endif %}", "{% endif %} has no beginning beside it"),
        ("{% else %}", "{% else %} has no beginning beside it"),
        ("{%p for a in activities %}", "{%p for a in activities %} has no end beside it"),
        ("{% if city %}{% endfor %}", "it cannot be read"),
        ("{% raw %}{{ city }}{% endraw %}", "{% raw %}: it cannot be read"),
        ("{{ city } {{ award }}", "a {{ has no end"),
        ("{% iff city %}", "{% iff city %}: it cannot be read"),
        ("{{ city city }}", "{{ city city }}: it cannot be read"),
        ("{{r city }}", "{{r city }}: it cannot be read"),
        ("{% if award > 100 %}x{% endif %}", "only numbers are more or less than others"),
        ("{% if 'A' in activities|length %}x{% endif %}", '"in" looks for a thing in a list'),
        ("{{ activities | upper }}", '"| upper" is for a text'),
        ("{{ 5 | length }}", '"| length" is for a list'),
        ("{{ activities or city }}", "this is no text"),
        ("{{ city == region }}", "this is no text"),
        ("{% for a in activities if loop.first %}{% endfor %}", 'no field "loop" here'),
        (f"{{{{ {'9' * 5_000} }}}}", "a number in it is far too long"),
        ("{{ city | uper }}", '"| uper" is not one of "| upper" and "| length"'),
        ("Dear {%p if city %}", "{%p if city %} must be alone in its paragraph"),
        ("{%tr if city %}", "{%tr if city %} stands in no row of a table"),
    ],
)
def test_what_is_no_field_is_named(text: str, words: str) -> None:
    assert words in refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ city.__class__ }}",
        "{{ city.format(city) }}",
        '{{ city | attr("__class__") }}',
        "{{ city | safe }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ self.__init__ }}",
        "{{ lipsum() }}",
        "{{ activities[0] }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 99999999 }}",
        "{% for i in range(1000000000) %}x{% endfor %}",
        "{% set x = city %}",
        "{% macro x() %}{% endmacro %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{% autoescape false %}{{ city }}{% endautoescape %}",
        "{% block a %}{% endblock %}",
        "{% call city() %}{% endcall %}",
        "{% filter upper %}x{% endfilter %}",
        "{% for a, b in activities %}{% endfor %}",
        "{% for a in activities recursive %}{% endfor %}",
        "{{ city ~ city }}",
        "{{ city is callable }}",
        "{{ city | length(1) }}",
        "{% with %}{% endwith %}",
        "{% do city.x() %}",
    ],
)
def test_a_template_can_run_no_code(text: str) -> None:
    refused(text)


OPERANDS = [
    *("city", "region", "activities", "a", "a.payments", "loop", "loop.index", "loop.last"),
    *("'x'", "2", "1.5", "none", "true", "[city, a]", "activities|length", "city|upper"),
]
BOTH = [
    *("{0} == {1}", "{0} < {1}", "{0} >= {1}", "{0} in {1}", "{0} not in {1}", "{0} and {1}"),
    *("{0} or {1}", "{0} if {1} else city", "not {0} or {1}", "{0} < {1} == {0}", "({0} if {1})"),
]


@pytest.mark.parametrize("form", BOTH)
def test_what_is_accepted_can_be_filled_in(form: str) -> None:
    """Every pair of things that a template can name is refused at once, or makes a letter."""
    made = 0
    for one in OPERANDS:
        for other in OPERANDS:
            said = form.format(one, other)
            for use in (f"{{% if {said} %}}y{{% endif %}}", f"{{{{ {said} }}}}"):
                text = f"{{% for a in activities %}}{use}{{% endfor %}}"
                with contextlib.suppress(TemplateRejected):
                    template = Template(document(text))
                    assert "Item(" not in plain(template.letter(GIVEN))
                    made += 1
    assert made


def test_a_template_cannot_keep_the_machine_busy() -> None:
    """Lists in lists are few, deep nesting is refused, and a letter has an end."""
    deep = "{% for a in activities %}" * 4 + "{{ a.code }}" + "{% endfor %}" * 4
    assert "more than 3 lists stand within each other" in refused(deep)
    nested = "{% if city %}" * 5_000 + "{% endif %}" * 5_000
    assert "deep" in refused(nested)
    empty = "{% for a in activities %}" * 3 + "{% endfor %}" * 3
    many = letter(activities=tuple(item(f"A-{n}", title="x" * 5_000) for n in range(100)))
    text = "{% for a in activities %}{% for b in activities %}{{ b.title }}{% endfor %}{% endfor %}"
    with pytest.raises(TemplateRejected, match="far too long"):
        Template(document(text)).letter(many)
    with pytest.raises(TemplateRejected, match="far too long"):  # 100³ rounds of nothing, 25 times
        Template(document(empty * 25)).letter(many)


@pytest.mark.parametrize("text", ["{{" * 200_000, "¦".join(["{{ city }}"] * 10_000)])
def test_a_paragraph_is_read_in_one_go(text: str) -> None:
    """A search that begins anew at each brace took hours, one at each run 9 s."""
    with zipfile.ZipFile(io.BytesIO(document(text))) as archive:
        part = archive.read("word/document.xml")
    began = time.process_time()
    with contextlib.suppress(TemplateRejected):
        source_of(part)
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    "texts",
    [
        ("{% if city %}a", "b{% endif %}"),
        ("{% for a in activities %}a", "b{% endfor %}"),
        ("{%p if city %}", table(("{%p endif %}",))),
        (table(("{% if city %}a", "b{% endif %}")),),
        (table(("{%p if city %}", "{%p endif %}")),),
        (table(("{%tr if city %}", ""), ("b", "c")), table(("{%tr endif %}", ""))),
    ],
)
def test_a_condition_across_paragraphs_or_cells_is_refused(texts: tuple[str, ...]) -> None:
    """Whatever the city: here all hold, and without one a table would lose a cell."""
    words = refused(*texts)
    assert "begins in one paragraph or cell and ends in another" in words
    assert "{%p if … %}" in words


def test_a_condition_across_a_link_is_refused() -> None:
    link = "<w:p><w:hyperlink><w:r><w:t>{% if region %}a</w:t></w:r></w:hyperlink>"
    assert "within a link" in refused(f"{link}<w:r><w:t>b{{% endif %}}</w:t></w:r></w:p>")


@pytest.mark.parametrize(
    "lost",
    [
        "<w:pPr><w:sectPr/></w:pPr>",
        "<w:r><w:drawing/></w:r>",
        '<w:r><w:br w:type="page"/></w:r>',
        "<w:r><w:footnoteReference/></w:r>",
    ],
)
def test_what_stands_beside_a_condition_is_not_lost(lost: str) -> None:
    """A break of the section holds the margins and the letterhead of all pages before it."""
    tag = f"<w:p>{lost}<w:r><w:t>{{%p endif %}}</w:t></w:r></w:p>"
    assert "move it to a paragraph of its own" in refused("{%p if city %}", "x", tag)


def test_controls_show_what_is_filled_in() -> None:
    """A control of Word that is bound to the title of the document would show that instead."""
    bound = "<w:sdt><w:sdtPr>{}<w:dataBinding/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    p = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    content = bound.format("<w:a/>", p.format("{{ city }}")) + bound.format("", p.format("x"))
    data = Template(document(f"<w:p/>{content}")).letter(GIVEN)
    first, second = tree(data).iter(f"{{{W}}}sdtPr")
    assert [child.tag for child in first] == [f"{{{W}}}a"]
    assert [child.tag for child in second] == [f"{{{W}}}dataBinding"]


@pytest.mark.parametrize(
    "field",
    [
        """<w:fldSimple w:instr='INCLUDEPICTURE "https://example.org/x"'/>""",
        "<w:r><w:fldChar/></w:r><w:r><w:instrText> INCLUDE</w:instrText></w:r>"
        "<w:r><w:instrText>TEXT x.docx</w:instrText></w:r>",
        "<w:r><w:fldChar/><w:instrText>PAGE</w:instrText><w:fldChar/><w:fldChar/>"
        "<w:instrText>dde excel x</w:instrText></w:r>",
    ],
)
def test_fields_of_word_that_fetch_something_are_refused(field: str) -> None:
    assert "brings in what is not in the file" in refused(f"<w:p>{field}</w:p>")


def test_fields_of_word_that_count_or_point_are_not() -> None:
    page = '<w:p><w:fldSimple w:instr="PAGE"/></w:p>'
    link = '<w:p><w:r><w:instrText>HYPERLINK "https://example.org/LINK"</w:instrText></w:r></w:p>'
    assert filled("{{ city }}", page, link) == ["Aachen", "", ""]


def test_marks_of_the_reader_cannot_be_forged() -> None:
    """They would put a city's text into a field of Word, which is never filled in."""
    forged = "<w:p><w:r><w:instrText>TITLE \ufdd00\ufdd1</w:instrText></w:r></w:p>"
    assert "characters that stand for nothing" in refused("{{ city }}", forged)


@pytest.mark.parametrize(
    "paragraph",
    [
        '<w:p><w:r><w:instrText>HYPERLINK "{{ city }}"</w:instrText></w:r></w:p>',
        '<w:p><w:fldSimple w:instr="AUTHOR {{ city }}"/></w:p>',
        "<w:p><w:del><w:r><w:delText>{{ city }}</w:delText></w:r></w:del></w:p>",
    ],
)
def test_fields_of_word_are_never_filled_in(paragraph: str) -> None:
    assert "stands where nothing is filled in" in refused(paragraph)


def test_the_page_lists_every_field_and_no_other() -> None:
    """Each table of fields stands under the heading of what it is of."""
    text = PAGE.read_text(encoding="utf-8")
    for heading, kind in (
        ("Fields of a letter", Letter),
        ("Fields of an activity", Item),
        ("Fields of a payment", Payment),
        ("Fields of a reason", Reason),
    ):
        section = re.search(rf"^##+ {heading}\n(.*?)(?=^##|\Z)", text, re.M | re.DOTALL)
        assert section, heading
        assert re.findall(r"^\| `(\w+)` \|", section[1], re.M) == [f.name for f in fields(kind)]


def test_every_field_of_the_page_can_be_filled_in() -> None:
    """In a template that shows all texts and goes through all lists."""
    texts = []
    for field in fields(Letter):
        if field.type == "str":
            texts.append(f"{{{{ {field.name} }}}}")
            continue
        kind = {"Payment": Payment, "Item": Item, "Reason": Reason}[
            re.sub(r"tuple\[(\w+), \.\.\.\]", r"\1", str(field.type))
        ]
        inner = " ".join(f"{{{{ x.{f.name} }}}}" for f in fields(kind) if f.type == "str")
        texts += [f"{{%p for x in {field.name} %}}", inner, "{%p endfor %}"]
    assert "Aachen" in filled(*texts)
    assert "A-1" in " ".join(filled(*texts))


def test_examples_of_the_page_are_filled_in() -> None:
    """Each block of a template on the page, as paragraphs; the block after it is what it makes."""
    text = PAGE.read_text(encoding="utf-8")
    pairs = re.findall(r"```jinja\n(.*?)```\n+[^`]*?```text\n(.*?)```", text, re.DOTALL)
    assert pairs
    waiting = item("A-2", title="Air", status="reserve", place="3")
    given = replace(
        GIVEN, activities=(GIVEN.awarded[0], waiting), reserve=(waiting,), payments=PAID
    )
    for block, made in pairs:
        assert filled(*block.splitlines(), given=given) == made.splitlines()
