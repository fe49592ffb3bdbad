"""Many files, one set: what is right is merged, what is wrong is named and holds up no other."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from funding.errors import ApplicationsFaulty, Fault, InputError, Stage, UsageError
from funding.workbook import changes, named_sources, read, write_intake
from tests.workbook.support import Cells, edited, sound, taken, texts, workbook

MINISTRY = ("Assessment", "City record", "Scores")
UNASSESSED = "the plans are not assessed yet: no sheet Assessment"


def city(code: str, **changes: object) -> bytes:
    """The form of one city as it would send it: sheets Fund, Cities and Activities."""
    cells: Cells = {sheet: rows for sheet, rows in sound().items() if sheet not in MINISTRY}
    for sheet, at in (("Cities", 0), ("Activities", 1)):
        head, *rows = cells[sheet]
        cells[sheet] = [head, *(row for row in rows if row[at] == code)]
    return workbook(cells, **changes)


def ministry(**changes: object) -> bytes:
    cells = sound()
    del cells["Cities"], cells["Activities"]
    return workbook(cells, **changes)


def three(
    gre: bytes | None = None, lil: bytes | None = None, own: bytes | None = None
) -> list[tuple[str, bytes]]:
    return [
        ("gre.xlsx", gre or city("GRE")),
        ("lil.xlsx", lil or city("LIL")),
        ("ministry.xlsx", own or ministry()),
    ]


def test_a_file_that_cannot_be_read_holds_up_no_other() -> None:
    """The faults of lil.xlsx are told although gre.xlsx is no workbook at all."""
    intake = read(three(gre=b"%PDF-1.7\0", lil=city("LIL", Cities_E2=0)))
    assert texts(intake.faults)[:2] == [
        "gre.xlsx: the file is not an Excel workbook; "
        "save it in Excel as an Excel workbook (.xlsx)",
        "lil.xlsx: Cities!E2: Population is 0; expected a whole number of at least 1",
    ]
    assert intake.faults[0].stage is Stage.FILE
    assert intake.files == ("gre.xlsx", "lil.xlsx", "ministry.xlsx")
    assert intake.applications is None


def test_what_is_right_is_merged() -> None:
    """Without gre.xlsx the ministry's rows about Grenoble have nothing to be about."""
    intake = read(three(gre=b"%PDF-1.7\0"))
    assert intake.faulty_files() == ("gre.xlsx",)
    kept = intake.without_faulty()
    assert kept.faults == ()
    assert kept.left_out == ("gre.xlsx",)
    assert list(kept.require().activities) == ["LIL-1"]
    assert list(kept.require().records) == []
    assert texts(kept.notes) == [
        "ministry.xlsx: Assessment: 2 rows are about GRE-1, GRE-2, which no file has that was "
        "read; left out",
        "ministry.xlsx: City record: 1 row is about GRE, which no file has that was read; left out",
        "ministry.xlsx: Scores: 4 rows are about GRE-1, which no file has that was read; left out",
    ]
    merged = taken(write_intake(kept)).require()
    assert merged.digest == kept.require().digest


def test_a_faulty_cell_leaves_its_file_out_too() -> None:
    intake = read(three(lil=city("LIL", Activities_M2="6 000,00")))
    assert intake.faulty_files() == ("lil.xlsx",)
    assert list(intake.without_faulty().require().cities) == ["GRE"]


def test_the_ministry_is_never_left_out() -> None:
    """Its fault is told and remains; nobody is left out for it."""
    intake = read(three(own=ministry(Assessment_D4=101)))
    assert intake.faulty_files() == ()
    assert intake.without_faulty() is intake
    both = read(three(gre=b"", own=ministry(Assessment_D4=101))).without_faulty()
    assert [fault.place for fault in both.faults] == ["ministry.xlsx: Assessment!D4"]
    with pytest.raises(ApplicationsFaulty):
        write_intake(both)


def test_one_city_in_two_files_leaves_both_out() -> None:
    """Which of the two is right cannot be known, so neither is taken."""
    again = city("GRE", Cities_E2=158_001)
    intake = read([*three(), ("gre-new.xlsx", again)])
    assert intake.faulty_files() == ("gre.xlsx", "gre-new.xlsx")
    assert list(intake.without_faulty().require().cities) == ["LIL"]


def test_what_is_not_assessed_is_told_to_the_ministry() -> None:
    def strike(book: openpyxl.Workbook) -> None:
        book["Assessment"].delete_rows(4)

    intake = read(three(own=edited(ministry(), strike)))
    assert texts(intake.faults) == [
        "ministry.xlsx: Assessment: no row for activity LIL-1 of lil.xlsx: Activities!A2; "
        "expected one"
    ]


def test_another_currency_and_another_format_name_the_file() -> None:
    """Two of three say EUR and none is the ministry's: the third is told. A newer format is not
    looked into, and the others go on."""
    intake = read(
        [
            ("a.xlsx", city("GRE", Fund_B4="USD")),
            ("b.xlsx", city("LIL")),
            ("c.xlsx", workbook({"Fund": sound()["Fund"]})),
            ("d.xlsx", city("GRE", Fund_B8=2, Cities_E2="lost")),
        ]
    )
    assert texts(intake.faults) == [
        'a.xlsx: Fund!B4: Currency is "USD"; expected "EUR" as in b.xlsx: Fund!B4 and 1 more file',
        "d.xlsx: Fund!B8: Workbook format is 2, but this version reads format 1; "
        "use a newer version of this tool",
    ]
    kept = intake.without_faulty()
    assert (kept.left_out, texts(kept.faults)) == (("a.xlsx", "d.xlsx"), [])
    assert kept.plans is not None
    assert list(kept.plans.cities) == ["LIL"]


def test_the_word_of_the_ministry_counts_in_sheet_fund() -> None:
    """Both cities say first year 2027; the ministry says 2026."""
    intake = read(three(gre=city("GRE", Fund_B5=2027), lil=city("LIL", Fund_B5=2027)))
    assert [f.message for f in intake.faults if f.sheet == "Fund"] == [
        "First year is 2027; expected 2026 as in ministry.xlsx: Fund!B5"
    ] * 2


# --- plans that are not assessed yet -----------------------------------------------------


def test_the_form_of_a_city_is_sound_before_it_is_assessed() -> None:
    intake = taken(city("GRE"))
    assert (intake.faults, texts(intake.notes)) == ((), [UNASSESSED])
    assert intake.applications is None
    assert intake.sound
    with pytest.raises(InputError, match="not assessed yet"):
        intake.require()


def test_merged_plans_become_the_workbook_to_assess() -> None:
    """Scored in it, the plans are applications like any other."""
    data = write_intake(read([("gre.xlsx", city("GRE")), ("lil.xlsx", city("LIL"))]))
    book = openpyxl.load_workbook(io.BytesIO(data))
    column = [cell.value for cell in book["Assessment"]["A"]]
    assert column == ["Activity code", "GRE-1", "GRE-2", "LIL-1"]
    assert [cell.value for cell in book["City record"]["A"]] == ["City code", "GRE", "LIL"]
    assert [fault.place for fault in taken(data).faults] == [
        "Assessment!D2",
        "Assessment!D3",
        "Assessment!D4",
    ]

    def score(opened: openpyxl.Workbook) -> None:
        for row in (2, 3, 4):
            opened["Assessment"].cell(row, 4, 50 + row)

    applications = taken(edited(data, score)).require()
    assert [applications.score(code) for code in applications.activities] == [52, 53, 54]
    assert applications.activities == taken(workbook()).require().activities


def test_a_sheet_of_the_ministry_without_assessment_is_a_fault() -> None:
    cells = sound()
    del cells["Assessment"], cells["Scores"]
    assert texts(taken(workbook(cells)).faults) == [
        "Assessment: the workbook has no such sheet; expected one"
    ]


# --- names of files ----------------------------------------------------------------------


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    sources: list[Path] = []
    for code in ("GRE", "LIL"):
        (tmp_path / code).mkdir()
        path = tmp_path / code / "plan.xlsx"
        path.write_bytes(city(code, Cities_E2=0))
        sources.append(path)
    assert [fault.file for fault in read(sources).faults] == ["GRE/plan.xlsx", "LIL/plan.xlsx"]
    uploads = [("plan.xlsx", path.read_bytes()) for path in sources]
    assert [fault.file for fault in read(uploads).faults] == ["plan.xlsx", "plan (2).xlsx"]


def test_a_file_given_twice_is_told() -> None:
    data = city("GRE")
    intake = read([("a.xlsx", data), ("b.xlsx", data), ("c.xlsx", city("LIL"))])
    assert intake.faults == (
        Fault(
            "b.xlsx",
            "",
            0,
            "",
            "the file is the same as a.xlsx; give each file once",
            stage=Stage.FILE,
        ),
    )


def test_a_folder_stands_for_the_files_in_it(tmp_path: Path) -> None:
    """Excel's own marks of open files are not among them."""
    for name in ("lil.xlsx", "gre.XLSX", "~$gre.xlsx", ".hidden.xlsx", "letter.docx"):
        (tmp_path / name).write_bytes(city("LIL" if name.startswith("lil") else "GRE"))
    assert [name for name, _ in named_sources([tmp_path])] == ["gre.XLSX", "lil.xlsx"]
    intake = read([tmp_path])
    assert intake.plans is not None
    assert list(intake.plans.cities) == ["GRE", "LIL"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no workbook and no CSV file"):
        read([tmp_path / "empty"])


def test_progress_is_told_file_by_file() -> None:
    told: list[tuple[int, int, str]] = []
    read(three(), progress=lambda *step: told.append(step))
    assert told == [
        (0, 3, "gre.xlsx"),
        (1, 3, "lil.xlsx"),
        (2, 3, "ministry.xlsx"),
        (3, 3, ""),
    ]


# --- whose word counts, and who is left out ------------------------------------------------


def test_a_file_named_after_a_sheet_of_the_ministry_is_never_left_out() -> None:
    """Forgetting it would forget that a city owes a report."""
    intake = read([*three(), ("city-record.csv", b"City code,Reports overdue\nLIL,yes\x81\xff\n")])
    assert [fault.stage for fault in intake.faults] == [Stage.FILE]
    assert intake.faulty_files() == ()
    assert not intake.without_faulty().sound


def test_what_falls_with_a_file_is_left_out_with_it() -> None:
    """gre.xlsx is faulty; lil.xlsx has an activity of Grenoble and falls too; pau.xlsx stands."""

    def join(book: openpyxl.Workbook) -> None:
        book["Activities"]["B2"] = "GRE"

    def rename(book: openpyxl.Workbook) -> None:
        book["Cities"]["A2"] = book["Activities"]["B2"] = "PAU"
        book["Activities"]["A2"] = "PAU-1"

    files = [
        ("gre.xlsx", city("GRE", Cities_E2="many")),
        ("lil.xlsx", edited(city("LIL"), join)),
        ("pau.xlsx", edited(city("LIL"), rename)),
    ]
    kept = read(files).without_faulty()
    assert (kept.left_out, texts(kept.faults)) == (("gre.xlsx", "lil.xlsx"), [])
    assert kept.plans is not None
    assert list(kept.plans.cities) == ["PAU"]


def test_a_city_that_fills_the_form_of_the_ministry_is_no_ministry() -> None:
    """Its sheet Assessment is empty, so its currency is not the one that counts."""
    cells = sound()
    for sheet, at in (("Cities", 0), ("Activities", 1)):
        head, *rows = cells[sheet]
        cells[sheet] = [head, *(row for row in rows if row[at] == "GRE")]
    del cells["Scores"], cells["City record"]
    cells["Assessment"] = cells["Assessment"][:1]
    intake = read(three(gre=workbook(cells, Fund_B4="USD")))
    assert texts(intake.faults) == [
        'gre.xlsx: Fund!B4: Currency is "USD"; expected "EUR" as in ministry.xlsx: Fund!B4'
    ]
    assert intake.faulty_files() == ("gre.xlsx",)


def test_of_two_files_of_the_ministry_the_one_that_assesses_counts() -> None:
    cells = {sheet: rows for sheet, rows in sound().items() if sheet in ("Fund", "Scores")}
    own = ministry()

    def strike(book: openpyxl.Workbook) -> None:
        del book["Scores"]

    sources = [("a.xlsx", workbook(cells, Fund_B5=2025)), *three(own=edited(own, strike))]
    assert texts(read(sources).faults) == [
        "a.xlsx: Fund!B5: First year is 2025; expected 2026 as in ministry.xlsx: Fund!B5"
    ]


def test_the_merged_sheet_fund_is_the_one_that_counts() -> None:
    """Of three files the ministry's alone names a funder: the tables hold it, and once."""
    cells = sound()
    del cells["Cities"], cells["Activities"]
    cells["Fund"].append(["Funder", "Ministry", None])
    intake = read(three(own=workbook(cells)))
    rows = {row.values[0]: (row.values[1], row.file) for row in intake.tables["Fund"].rows}
    assert rows["Funder"] == ("Ministry", "ministry.xlsx")
    assert rows["Reference"] == ("CF-26", "ministry.xlsx")
    assert len(rows) == len(intake.tables["Fund"].rows)
    later = read(three(own=workbook(cells, Fund_B9="Another ministry")))
    [change] = changes(intake.tables, later.tables)
    assert (change.key, change.before, change.after) == (
        ("Funder",),
        "Ministry",
        "Another ministry",
    )


def test_as_many_against_as_many_is_said_so() -> None:
    sources = [("a.xlsx", city("GRE")), ("b.xlsx", city("LIL", Fund_B4="USD"))]
    assert texts(read(sources).faults) == [
        'b.xlsx: Fund!B4: Currency is "USD"; expected "EUR" as in a.xlsx: Fund!B4, '
        "but as many say otherwise: ask which is right"
    ]
