"""Letters say what the award workbook says: read back and compared with amounts by hand."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import subprocess
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from funding import places
from funding.errors import RowsBroken, UsageError, WorkbookRejected
from funding.letters import facts, file_stem, letters
from funding.letters.facts import Item, Letter, Payment, Reason
from funding.letters.template import Template
from funding.verify import verify
from tests import award_books
from tests.letter_books import (
    W,
    awarded,
    document,
    every_status,
    paragraphs,
    plain,
    tables,
    text_of,
    tree,
)
from tests.small import apply, ask, city

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = places.letter_template()


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return awarded(every_status(), tmp_path_factory.mktemp("books") / "awards.xlsx")


@pytest.fixture(scope="module")
def made(book: Path) -> dict[str, bytes]:
    """City code → letter."""
    found = letters(book, date=dt.date(2026, 3, 15))
    return {name.split()[0]: data for name, data in found.items()}


def why(book: Path, code: str) -> str:
    """The reasons as the cell of sheet Awards by activity holds them."""
    (line,) = (
        line
        for line in award_books.lines(book.read_bytes(), "Awards by activity")
        if line["Activity code"] == code
    )
    return str(line["Why"])


def test_every_city_that_applied_gets_a_letter(book: Path) -> None:
    cities = ("AA Aachen", *(f"{c} City {c}" for c in ("DD", "HH", "BB", "CC", "EE", "FF", "GG")))
    assert list(letters(book)) == [f"{name}.docx" for name in cities]


def test_an_award_in_full(made: dict[str, bytes], book: Path) -> None:
    """Cost 600 + 600 own + 50 other = 1,250; own contribution 1,250 − 600 − 50 = 600."""
    text = plain(made["AA"])
    assert "Test fund: award of 600 EUR" in text
    assert "your engagement plan is funded in full: Aachen is awarded 600 EUR." in text
    assert "You asked for" not in text
    assert "an own contribution of 600 EUR from Aachen" in text
    assert "Aachen\nWest\nLegal identifier: 0042\n" in text
    assert "Date: 2026-03-15\nOur reference: T-1 / AA" in text
    activities, schedule = tables(made["AA"])
    assert activities == [
        ["Activity", "Requested", "Award", "Own contribution", "Result"],
        ["AA-1 Water", "600 EUR", "600 EUR", "600 EUR", "full"],
        ["Total", "600 EUR", "600 EUR", "600 EUR", ""],
    ]
    assert schedule == [
        ["Activity", "Period", "Year of payment", "Amount"],
        ["AA-1", "", "2026", "300 EUR"],
        ["AA-1", "", "2027", "300 EUR"],
        ["Total", "", "2026", "300 EUR"],
        ["Total", "", "2027", "300 EUR"],
    ]
    assert f"Reasons\nAA-1 · full\n{why(book, 'AA-1')}\n" in text
    assert "Reserve list" not in text
    assert "Where an award is less" not in text


def test_a_reduced_award(made: dict[str, bytes], book: Path) -> None:
    """Of 1,000 of 2026 AA takes 300, so 700 for 1,000; own contribution 2,000 − 700 = 1,300."""
    text = plain(made["BB"])
    assert "City BB is awarded 700 EUR of the 1,000 EUR that you asked for." in text
    assert "an own contribution of 1,300 EUR from City BB" in text
    activities, schedule = tables(made["BB"])
    assert activities[1:] == [
        ["BB-1 Activity BB-1", "1,000 EUR", "700 EUR", "1,300 EUR", "reduced"],
        ["Total", "1,000 EUR", "700 EUR", "1,300 EUR", ""],
    ]
    assert schedule[1:] == [["BB-1", "", "2026", "700 EUR"], ["Total", "", "2026", "700 EUR"]]
    assert "Where an award is less than you asked for" in text
    assert "People to be certified through BB-1, as in your application: 4." in text
    assert f"BB-1 · reduced\n{why(book, 'BB-1')}\n" in text
    assert "Reduced to 700 EUR of 1,000 EUR" in why(book, "BB-1")


def test_a_city_in_reserve(made: dict[str, bytes], book: Path) -> None:
    """CC-2 scores 75 and CC-1 70, so CC-2 is the first on the list."""
    text = plain(made["CC"])
    assert "Test fund: your place on the reserve list" in text
    assert "Your plan, for which you asked 900 EUR, holds activities" in text
    (activities,) = tables(made["CC"])
    assert activities == [
        ["Activity", "Requested", "Result"],
        ["CC-1 Activity CC-1", "400 EUR", "reserve"],
        ["CC-2 Activity CC-2", "500 EUR", "reserve"],
    ]
    assert "Place 1: CC-2 Activity CC-2\nPlace 2: CC-1 Activity CC-1\nShould money" in text
    assert why(book, "CC-1").startswith("In reserve: with ")
    assert why(book, "CC-1") in text
    assert "Own contribution" not in text
    assert "Conditions" not in text


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("DD", "not funded", "The rules of the fund leave no room for it"),
        ("EE", "below threshold", "did not reach, in the assessment, the score"),
        ("FF", "ineligible", "does not meet the conditions for taking part"),
        ("GG", "excluded by decision", "This follows from a decision made by hand"),
    ],
)
def test_each_refusal_has_its_own_words(
    made: dict[str, bytes], book: Path, code: str, status: str, words: str
) -> None:
    text = plain(made[code])
    assert "Test fund: decision on your application" in text
    assert "no award for the 600 EUR that you asked for" in text
    assert words in text
    assert f"{code}-1 · {status}\n{why(book, f'{code}-1')}" in text
    assert tables(made[code])[0][1] == [f"{code}-1 Activity {code}-1", "600 EUR", status]
    others = {"DD", "EE", "FF", "GG"} - {code}
    assert not any(words in plain(made[other]) for other in others)


def test_a_city_without_activities(made: dict[str, bytes]) -> None:
    text = plain(made["HH"])
    assert "Your application names no activity" in text
    assert "Reasons" not in text
    assert tables(made["HH"]) == []


def test_header_and_footer_say_who_writes_and_what_it_follows_from(
    made: dict[str, bytes], book: Path
) -> None:
    assert paragraphs(made["AA"], "word/header1.xml") == ["Test fund", "Test fund · T-1"]
    digest = verify(book).applications.digest
    (foot,) = paragraphs(made["AA"], "word/footer1.xml")
    assert foot == f"T-1 / AA · Test · record {digest[:12]}Page 1 of 1"


def test_the_same_reason_is_given_once(tmp_path: Path) -> None:
    given = apply(*(ask(f"A-{n}", 600, score=30) for n in (1, 2)), ask("A-3", 600, score=40))
    rules = "[gates.merit_threshold]\nscore = 50\n"
    (data,) = letters(awarded(given, tmp_path / "a.xlsx", rules)).values()
    lines = paragraphs(data)
    at = lines.index("A-1, A-2 · below threshold")
    assert lines[at + 1] == "Score 30 is below the threshold of 50."
    assert lines[at + 2] == "A-3 · below threshold"


def test_cents_stand_in_all_amounts_of_a_letter_or_in_none(tmp_path: Path) -> None:
    """600.50 asked, 600 in whole units; own contribution 1,201 − 600 = 601.00."""
    given = apply(ask("A-1", 600.50), ask("B-1", 700))
    first, second = letters(awarded(given, tmp_path / "a.xlsx", "")).values()
    assert tables(first)[0][1][1:4] == ["600.50 EUR", "600.00 EUR", "601.00 EUR"]
    assert "awarded 600.00 EUR. You asked for 600.50 EUR; awards are whole units" in plain(first)
    assert tables(second)[0][1][1:4] == ["700 EUR", "700 EUR", "700 EUR"]


def test_the_period_of_an_activity_stands_with_its_payments(tmp_path: Path) -> None:
    given = apply(
        ask("A-1", 600, start=dt.date(2026, 3, 1), end=dt.date(2027, 2, 28)),
        ask("A-2", 500, end=dt.date(2026, 9, 30)),
    )
    (data,) = letters(awarded(given, tmp_path / "a.xlsx", "")).values()
    assert [row[1] for row in tables(data)[1][1:3]] == [
        "from 2026-03-01 to 2027-02-28",
        "to 2026-09-30",
    ]
    assert "Date: ____________________" in plain(data)


def test_what_would_have_helped_is_said_where_the_workbook_says_it(book: Path) -> None:
    """No workbook of today has the column; a line of one that has it gives its text."""
    assert facts.helped({"Why": "x"}) == ""
    assert facts.helped({facts.HELPED: None}) == ""
    text = facts.helped({facts.HELPED: "A score of 51."})
    assert text == "A score of 51."
    (letter, *_) = facts.letters_of(verify(book))
    said = replace(letter, helps=(Reason("AA-1", "full", text),))
    template = Template(DEFAULT.read_bytes())
    assert "What would have helped\nAA-1 · full\nA score of 51.\n" in plain(template.letter(said))
    assert "What would have helped" not in plain(template.letter(letter))


def synthetic(path: Path) -> Path:
    call = every_status().call.model_copy(update={"fund": "A Synthetic fund"})
    return awarded(every_status().model_copy(update={"call": call}), path)


def test_synthetic_letters_say_so_on_every_page(tmp_path: Path, made: dict[str, bytes]) -> None:
    for data in letters(synthetic(tmp_path / "a.xlsx")).values():
        assert "SYNTHETIC DATA" in paragraphs(data, "word/header1.xml")[0]
        assert "SYNTHETIC" not in plain(data)
    assert "SYNTHETIC" not in paragraphs(made["AA"], "word/header1.xml")[0]


def test_synthetic_letters_say_so_whatever_the_template_says(tmp_path: Path) -> None:
    template = tmp_path / "own.docx"
    template.write_bytes(document("Dear {{ city }}"))
    data = next(iter(letters(synthetic(tmp_path / "a.xlsx"), template).values()))
    first, second = paragraphs(data)
    assert first == "SYNTHETIC DATA: for demonstration, no award is real"
    assert second == "Dear Aachen"


def test_the_same_workbook_gives_the_same_bytes(book: Path) -> None:
    assert letters(book) == letters(book)


HOSTILE = {
    "jinja": "{{ 7*7 }} {% for x in y %} {# no #} {_{ x }_}",
    "xml": '</w:t></w:r><w:p>]]>&amp;&lt;<!-- "quoted" \'s',
    "scripts": "القاهرة 東京 🎉👩‍🚀 é Z\u0351",
    "lines": "One\nTwo",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_texts_of_applications_stay_text(tmp_path: Path, text: str) -> None:
    """They come out letter by letter, as the application holds them."""
    given = apply(
        city("A", name=text, region=text, legal_identifier=text),
        ask("A-1", 600, title=text),
        ask("A-2", 600, title=text, eligible=False),
    )
    book = awarded(given, tmp_path / "a.xlsx", "")
    (data,) = letters(book).values()
    assert paragraphs(data)[:3] == [text, text, f"Legal identifier: {text}"]
    assert tables(data)[0][1][0] == f"A-1 {text}"
    assert len(tables(data)) == 2


def test_characters_that_no_file_can_hold_are_seen_as_such() -> None:
    """U+0000, U+001B, a lone surrogate and U+FFFF cannot stand in XML; tabs and lines can."""
    template = Template(document("<w:p><w:r><w:t>{{ city }}</w:t></w:r></w:p>"))
    name = "a\0b\x1bc\ud800d\uffffe\tf\r\ng\x0bh\u2028i"
    (line,) = paragraphs(template.letter(replace(_letter(), city=name)))
    assert line == "a\ufffdb\ufffdc\ufffdd\ufffde f\ng\nh\ni"


def _letter() -> Letter:
    """A letter with nothing in it."""
    blank: dict[str, object] = {f.name: "" if f.type == "str" else () for f in fields(Letter)}
    return Letter(**blank)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "name", "stem"),
    [
        ("GRE", "Grenoble", "GRE Grenoble"),
        ("SE", "Saint-Étienne (Loire)", "SE Saint-Étienne (Loire)"),
        ("CAI", "القاهرة", "CAI القاهرة"),
        ("X", "../../etc/passwd", "X etc passwd"),
        ("X", 'C:\\a*b?<c>|"d"\n:e.', "X C a b c d e"),
        ("X", "🎉", "X"),
        ("CON", "", "city CON"),
        ("com1", "", "city com1"),
        ("X", "a" * 300, "X " + "a" * 118),
        ("X", "é" * 300, "X " + "é" * 59),
        ("..", "..", "city"),
    ],
)
def test_names_of_files_are_safe(code: str, name: str, stem: str) -> None:
    assert file_stem(replace(_letter(), city_code=code, city=name)) == stem


def test_names_of_files_are_unique(tmp_path: Path) -> None:
    """Both are A B C once their names are safe; letter case does not tell files apart."""
    given = apply(city("A", name="B c"), city("A.B", name="C"), ask("A-1", 100), ask("A.B-1", 100))
    assert list(letters(awarded(given, tmp_path / "a.xlsx", ""))) == [
        "A B c.docx",
        "A B C (2).docx",
    ]


def test_a_workbook_that_does_not_verify_gives_no_letters(book: Path, tmp_path: Path) -> None:
    changed = openpyxl.load_workbook(io.BytesIO(book.read_bytes()), data_only=True)
    changed["Awards by activity"]["D2"].value = "Another title"
    changed.save(tmp_path / "changed.xlsx")
    with pytest.raises(RowsBroken, match=r"AA-1, Title\): .Water. is expected"):
        letters(tmp_path / "changed.xlsx")
    with pytest.raises(WorkbookRejected):
        letters(DEFAULT)
    with pytest.raises(UsageError, match="cannot be read"):
        letters(tmp_path / "missing.xlsx")


def script() -> ModuleType:
    """The script that makes the template."""
    spec = importlib.util.spec_from_file_location(
        "make_letter_template", ROOT / "inputs" / "make_letter_template.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_template_is_what_its_script_makes() -> None:
    """Part by part, since another version of zlib may pack it otherwise."""
    from funding.letters.package import unpacked

    assert unpacked(DEFAULT.read_bytes()) == unpacked(script().template())


def shown(writer: str, folder: Path, made: dict[str, bytes], code: str) -> str:
    """The text of a letter as a PDF, after LibreOffice made one of each."""
    for name, data in made.items():
        (folder / f"{name}.docx").write_bytes(data)
    command = [writer, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(folder)]
    sources = [str(folder / f"{name}.docx") for name in made]
    subprocess.run([*command, *sources], check=True, capture_output=True, timeout=300)
    for name in made:
        assert (folder / f"{name}.pdf").read_bytes().startswith(b"%PDF-")
    told = subprocess.run(
        ["pdftotext", "-layout", str(folder / f"{code}.pdf"), "-"], check=True, capture_output=True
    )
    return " ".join(told.stdout.decode().replace("\u00a0", " ").split())


@pytest.mark.needs_writer
def test_libreoffice_shows_every_letter(
    writer: str, made: dict[str, bytes], tmp_path: Path
) -> None:
    text = shown(writer, tmp_path, made, "AA")
    assert "Aachen is awarded 600 EUR." in text
    assert "Page 1 of 1" in text
    assert "{" not in text


@pytest.mark.needs_writer
def test_large_amounts_stay_on_one_line(writer: str, tmp_path: Path) -> None:
    """Asked 345,678,901.50 of a cost of 345,678,901.50 + 345,678,901.50 own; whole units of 1."""
    given = apply(ask("A-1", 345_678_901.50, title="Dam"))
    rules = "[fund]\nunit = 1\n[fund.envelopes]\n2026 = 900_000_000\n"
    (data,) = letters(awarded(given, tmp_path / "a.xlsx", rules)).values()
    line = "345,678,901.50 EUR 345,678,901.00 EUR 345,678,902.00 EUR"
    text = shown(writer, tmp_path, {"A": data}, "A")
    assert f"A-1 Dam {line} full Total {line} " in text
    assert "2026 345,678,901.00 EUR Total 2026 345,678,901.00 EUR" in text


def test_totals_stay_together_on_a_page(made: dict[str, bytes]) -> None:
    """A page that begins with the total of the second year alone says nothing."""
    rows = [row for row in tree(made["AA"]).iter(f"{{{W}}}tr") if text_of(row).startswith("Total")]
    assert len(rows) == 3
    for row in rows:
        kept = [p.find(f"{{{W}}}pPr/{{{W}}}keepNext") for p in row.iter(f"{{{W}}}p")]
        assert None not in kept


def test_fields_are_texts_or_lists_of_what_has_fields() -> None:
    """So that a letter holds nothing that a template could call."""
    for kind in (Letter, Item, Payment, Reason):
        for field in fields(kind):
            assert field.type == "str" or str(field.type).startswith("tuple[")
