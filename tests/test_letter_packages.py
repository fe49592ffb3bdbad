"""Templates as files: what is refused before anything in one is read, and what is left out."""

from __future__ import annotations

import io
import zipfile

import pytest

from funding import packages, places
from funding.errors import TemplateRejected
from funding.letters import package
from funding.letters.template import Template
from tests.letter_books import TYPE, W, document, packed, plain
from tests.test_letter_templates import GIVEN

FIELD = "<w:p><w:r><w:t>{{ city }}</w:t></w:r></w:p>"
BODY = f'<w:document xmlns:w="{W}"><w:body>{FIELD}</w:body></w:document>'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def test_what_is_no_word_document_is_refused() -> None:
    sheet = places.sample_workbook().read_bytes()
    word = package.unpacked(document("x"))
    template = dict(word)
    types = template[packages.CONTENT_TYPES]
    template[packages.CONTENT_TYPES] = types.replace(b"document.main", b"template.main")
    macros = dict(word) | {"word/vbaProject.bin": b"x"}
    cut = document("x")[:-30]
    for data, words in (
        (b"", "empty"),
        (b"Dear {{ city }}", "no Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a password or is an old .doc"),
        (sheet, "no Word document"),
        (package.packed(template), "no Word document"),
        (package.packed(macros), "macros"),
        (cut, "damaged"),
        (packed({}), "no Word document"),
        (packed({"word/document.xml": "<w:document"}), "damaged"),
        (packed({"word/document.xml": "<document/>"}), "unusual"),
        (packed({"word/document.xml": "<a xmlns='x'>".encode("utf-16")}), "damaged"),
    ):
        with pytest.raises(TemplateRejected, match=words):
            Template(data)


def test_entities_are_refused() -> None:
    body = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body>'
    xml = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>{body}</w:document>'
    with pytest.raises(TemplateRejected, match="unusual"):
        Template(packed({"word/document.xml": xml}))


def test_packages_that_grow_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """70 MB of nothing pack into 70 KB; a part of text may have 4 MB."""
    parts: dict[str, str | bytes] = {"word/document.xml": "x", "word/a": bytes(70 << 20)}
    bomb = packed(parts)
    assert len(bomb) < 1 << 20
    with pytest.raises(TemplateRejected, match="far larger than it seems"):
        Template(bomb)
    with pytest.raises(TemplateRejected, match="far more text"):
        Template(packed({"word/document.xml": " " * ((4 << 20) + 1)}))
    monkeypatch.setattr(packages, "MOST_PARTS", 2)
    with pytest.raises(TemplateRejected, match="unusual"):
        Template(packed({"word/document.xml": "x", "a": "x", "b": "x"}))
    monkeypatch.setattr(packages, "MOST_FILE", 100)
    with pytest.raises(TemplateRejected, match="at most 0 MB"):
        Template(document("x"))


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "a\\evil"])
def test_parts_lie_within_the_package(name: str) -> None:
    with pytest.raises(TemplateRejected, match="unusual"):
        Template(packed({"word/document.xml": "x", name: "x"}))


def described(listed: str, **parts: str) -> bytes:
    """A document with one field, and a list of its parts as given; ``word__x`` is ``word/x``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", f"<Types xmlns='t'>{listed}</Types>")
        archive.writestr("word/document.xml", BODY)
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


MAIN = f'<Override PartName="/word/document.xml" ContentType="{TYPE}.document.main+xml"/>'


@pytest.mark.parametrize(
    "listed",
    [
        MAIN.replace('"', "'"),
        MAIN.replace("/word/document", "/WORD/Document"),
        MAIN.replace("main+xml", "main&#43;xml"),
        MAIN.replace("Override", "t:Override xmlns:t='t'"),
        MAIN.replace("/>", " >  </Override>"),
        f'<Default Extension="XML" ContentType="{TYPE}.document.main+xml"/>',
    ],
)
def test_fields_are_filled_in_however_the_list_of_parts_is_written(listed: str) -> None:
    """Else every city would get the template itself."""
    assert plain(Template(described(listed)).letter(GIVEN)) == "Aachen"


@pytest.mark.parametrize(
    "kind",
    [
        "application/vnd.ms-word.document.macro&#69;nabled.main+xml",
        "application/vnd.ms-office.vba&#80;roject",
        "application/vnd.ms-office.activeX",
    ],
)
def test_what_runs_is_refused_whatever_it_is_called(kind: str) -> None:
    data = described(
        f'{MAIN}<Override PartName="/word/x.bin" ContentType="{kind}"/>', **{"word__x.bin": "x"}
    )
    with pytest.raises(TemplateRejected, match="macros or controls"):
        Template(data)


def test_a_list_of_parts_cannot_keep_the_machine_busy() -> None:
    """One part that is named 5,000 times is read once; what is no XML is refused at once."""
    assert plain(Template(described(MAIN * 5_000)).letter(GIVEN)) == "Aachen"
    for listed in ("<Override " * 90_000, "<x/>" * 300_000, "<x>" * 5_000 + "</x>" * 5_000):
        with pytest.raises(TemplateRejected, match=r"unusual|no Word document"):
            Template(described(listed))


def tied(kind: str, target: str) -> bytes:
    """A document whose settings are tied to something outside, in one of the ways of Word."""
    relation = f'<Relationship Id="r1" Type="{RELATIONS}/{kind}" Target="{target}"'
    one = f"<Relationships xmlns='r'>{relation} TargetMode='External'/></Relationships>"
    settings = f'<w:settings xmlns:w="{W}" xmlns:r="r"><w:attachedTemplate r:id="r1"/><w:zoom/>'
    parts = {"word__settings.xml": f"{settings}</w:settings>"}
    return described(MAIN, **parts, **{"word___rels__settings.xml.rels": one})


@pytest.mark.parametrize(
    "kind", ["image", "oleObject", "frame", "subDocument", "mailMergeSource", "aFChunk", "video"]
)
def test_nothing_is_fetched_from_elsewhere_when_a_letter_is_opened(kind: str) -> None:
    with pytest.raises(TemplateRejected, match=r"example\.org/x") as caught:
        Template(tied(kind, "https://example.org/x"))
    assert "instead of linking them" in str(caught.value)


def test_links_stay_and_the_tie_to_a_house_style_goes() -> None:
    """Word ties a document to the template it was made from; it would be fetched by every city."""
    place = "file:///C:/Users/someone/house.dotm"
    data = Template(tied("attachedTemplate", place)).letter(GIVEN)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not any(b"house.dotm" in part or b"attachedTemplate" in part for part in parts.values())
    assert b"<w:zoom/>" in parts["word/settings.xml"]
    link = Template(tied("hyperlink", "https://example.org/x")).letter(GIVEN)
    with zipfile.ZipFile(io.BytesIO(link)) as archive:
        assert b"https://example.org/x" in archive.read("word/_rels/settings.xml.rels")


def test_fields_in_charts_and_drawings_are_refused() -> None:
    """They would go out as they are; braces in other parts, such as comments, mean nothing."""
    drawn = "<a><t>To {</t><t>{ city }}</t></a>"
    for place in ("word/diagrams/data1.xml", "word/charts/chart1.xml"):
        with pytest.raises(TemplateRejected, match="stands in a chart or drawing"):
            Template(packed({"word/document.xml": BODY, place: drawn}))
    Template(packed({"word/document.xml": BODY, "word/comments.xml": drawn}))


def test_settings_that_are_no_list_of_settings() -> None:
    """Nested deeper than Python goes; only read where they mention a template."""
    deep = f"<w:settings xmlns:w='{W}'>{'<x>' * 5_000}{'</x>' * 5_000}</w:settings>"
    with zipfile.ZipFile(io.BytesIO(tied("attachedTemplate", "a.dotm"))) as archive:
        ties = archive.read("word/_rels/settings.xml.rels").decode()
    parts = {"word__settings.xml": deep, "word___rels__settings.xml.rels": ties}
    with pytest.raises(TemplateRejected, match="unusual"):
        Template(described(MAIN, **parts))


def test_all_text_together_has_a_bound() -> None:
    """A header of 3 MB and a document of 3 MB are each within it."""
    wide = document("x" * (3 << 20), header="x" * (3 << 20))
    with pytest.raises(TemplateRejected, match="far more text"):
        Template(wide)
