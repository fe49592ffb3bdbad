"""Opening files: their table, going on without some, faults by stage, plans, CSV."""

from __future__ import annotations

import io
import json
import zipfile

import openpyxl
import pandas as pd
from streamlit.testing.v1 import AppTest

from funding.app.findings import MOST, by_stage, chosen, files_of, json_of, sheets_of
from funding.app.opening import marked_copies, zipped
from funding.errors import Fault, Stage
from funding.workbook import read
from tests.app.support import (
    bench,
    button,
    city_file,
    edit,
    intake,
    ministry_file,
    plans_file,
    sound,
    start,
    three_files,
    turn,
    upload,
    words,
)

LOST = ("notes.xlsx", b"name;amount")
CITIES_CSV = (
    "City code;City;Region;Population;Own engagement budget;International staff;"
    "Staff with relevant training;Coordination\n"
    "LIL;Lille;North;238000;20000,50;2;0;ad hoc\n"
)


def fault(stage: Stage, sheet: str = "Cities", file: str = "a.xlsx", at: int = 2) -> Fault:
    return Fault(file, sheet, at, f"A{at}", "is wrong", stage=stage)


def files_table(at: AppTest) -> pd.DataFrame:
    (found,) = [d.value for d in at.dataframe if "State" in d.value]
    return found


def labels(at: AppTest) -> list[str]:
    """The labels of all buttons, those of downloads too."""
    return [b.label for b in (*at.button, *at.get("download_button"))]


def test_stages_come_in_their_order_whatever_the_order_of_faults() -> None:
    found = [fault(Stage.RELATIONS), fault(Stage.FILE), fault(Stage.CELLS), fault(Stage.FILE)]
    grouped = by_stage(found)
    assert {stage: len(own) for stage, own in grouped.items()} == {
        Stage.FILE: 2,
        Stage.CELLS: 1,
        Stage.RELATIONS: 1,
    }
    assert list(grouped) == [Stage.FILE, Stage.CELLS, Stage.RELATIONS]


def test_files_and_sheets_can_be_chosen() -> None:
    found = [
        fault(Stage.CELLS, "Demandes", "b.xlsx"),
        fault(Stage.CELLS, "Activities", "b.xlsx"),
        fault(Stage.CELLS, "Cities", "a.xlsx"),
        fault(Stage.FILE, "", "a.xlsx"),
    ]
    assert files_of(found) == ["b.xlsx", "a.xlsx"]
    assert sheets_of(found) == ["Cities", "Activities", "", "Demandes"]
    assert chosen(found, "a.xlsx", None) == found[2:]
    assert chosen(found, None, "") == found[3:]
    assert chosen(found, "b.xlsx", "Activities") == found[1:2]


def test_several_files_are_listed_and_what_is_wrong_comes_first() -> None:
    at = upload(start(), *three_files(Cities_E2=0), LOST)
    listed = files_table(at)
    assert list(listed["File"]) == ["notes.xlsx", "lille.xlsx", "grenoble.xlsx", "ministry.xlsx"]
    assert list(listed["State"]) == ["cannot be read", "faults", "sound", "sound"]
    assert listed["Rows"].isna().tolist() == [True, False, False, False]
    assert "Go on without the 2 files that have faults" in labels(at)
    assert "One workbook of what is sound" in labels(at)
    assert "lille-faults.xlsx".replace(".", r"\.").replace("-", r"\-") in labels(at)
    said = words(at)
    assert "File · 1" in said
    assert "lille.xlsx: Cities!E2" in said


def test_going_on_without_faulty_files_is_never_forgotten() -> None:
    """Grenoble's plan alone is allocated; every page says that two files are left out."""
    at = upload(start(), *three_files(Cities_E2=0), LOST)
    sound(button(at, "Go on without the 2 files that have faults").click().run())
    made = intake(at).applications
    assert made is not None
    assert set(made.cities) == {"GRE"}
    assert "Left out, as they have faults: lille.xlsx, notes.xlsx." in words(at)
    assert "One workbook of what is sound" not in labels(at)  # the whole is sound now
    assert "Applications as a workbook" in labels(at)
    listed = files_table(at).set_index("File")
    assert tuple(listed.loc["lille.xlsx", ["State", "Faults"]]) == ("left out", 1)
    edit(at, "sheet Cities", {"edited_rows": {0: {"c3": "Alpes"}}})
    sound(button(at, "Apply").click().run())
    assert "Left out, as they have faults: lille.xlsx, notes.xlsx." in words(at)
    for page in ("allocation", "decide", "scenarios"):
        assert "2 files left out" in words(turn(at, page))


def test_one_file_with_faults_is_told_in_the_singular() -> None:
    at = upload(start(), *three_files(Cities_E2=0))
    sound(button(at, "Go on without the file that has faults").click().run())
    assert "Left out, as it has faults: lille.xlsx. Nothing of it counts." in words(at)


def test_sound_files_offer_nothing_to_leave_out() -> None:
    at = upload(start(), *three_files())
    assert list(files_table(at)["State"]) == ["sound"] * 3
    assert not [label for label in labels(at) if label.startswith("Go on")]
    assert intake(at).sound


def test_a_file_given_twice_is_shown() -> None:
    files = three_files()
    # The very same bytes: a workbook written anew may hold another second.
    at = upload(start(), *files, ("copy.xlsx", dict(files)["grenoble.xlsx"]))
    first = files_table(at).iloc[0]
    assert (first["File"], first["State"]) == ("copy.xlsx", "cannot be read")
    assert "the file is the same as grenoble.xlsx" in words(at)


def test_files_of_one_name_are_told_apart() -> None:
    at = upload(start(), ("a.xlsx", city_file("GRE")), ("a.xlsx", city_file("LIL")))
    assert set(files_table(at)["File"]) == {"a.xlsx", "a (2).xlsx"}


def test_marked_copies_hold_the_faults_of_their_file_alone() -> None:
    at = upload(start(), *three_files(Cities_E2=0), LOST)
    opened = bench(at).opened
    assert opened is not None
    copies = marked_copies(opened, ["lille.xlsx", "notes.xlsx"])
    assert list(copies) == ["lille-faults.xlsx"]  # what is no workbook cannot be marked
    book = openpyxl.load_workbook(io.BytesIO(copies["lille-faults.xlsx"]()))
    assert book["Cities"]["E2"].comment is not None
    archive = zipfile.ZipFile(io.BytesIO(zipped(copies)))
    assert archive.namelist() == ["lille-faults.xlsx"]


def test_the_marked_copy_of_a_file_that_was_left_out_can_still_be_made() -> None:
    at = upload(start(), *three_files(Cities_E2=0))
    sound(button(at, "Go on without the file that has faults").click().run())
    opened = bench(at).opened
    assert opened is not None
    make = marked_copies(opened, ["lille.xlsx"])["lille-faults.xlsx"]
    assert openpyxl.load_workbook(io.BytesIO(make()))["Cities"]["E2"].comment is not None


def test_plans_that_are_not_assessed_are_a_state_of_their_own() -> None:
    at = upload(start(), ("plans.xlsx", plans_file()))
    assert not at.error
    assert "not assessed yet" in words(at)
    assert "Not assessed yet" in words(at)
    assert "Workbook to assess" in labels(at)
    edit(at, "sheet Cities", {"edited_rows": {0: {"c3": "Alpes"}}})
    sound(button(at, "Apply").click().run())
    plans = intake(at).plans
    assert plans is not None
    assert plans.cities["GRE"].region == "Alpes"
    for page in ("allocation", "decide"):
        turn(at, page)
        assert not at.error
        assert any("not assessed yet" in i.value for i in at.info)


def test_what_csv_files_assumed_is_said_first() -> None:
    """20000,50 proves a comma; that is a note of stage File, shown before all others."""
    at = upload(
        start(),
        ("cities.csv", CITIES_CSV.encode()),
        ("grenoble.xlsx", city_file("GRE")),
        ("ministry.xlsx", ministry_file()),
    )
    first = next(m.value for m in at.markdown if "note" in m.value and "**" in m.value)
    assert "How the files were read" in first
    assert "cities.csv" in words(at)


def test_many_faults_are_bounded_on_screen_and_all_in_the_json() -> None:
    """60 rows without a name: 60 faults, of which 40 are shown."""
    rows = [["GRE", "Grenoble", None, "South", 1, 1, None, 1, 1, None, "none"]]
    rows += [[f"C{n}", None, None, "South", 1, 1, None, 1, 1, None, "none"] for n in range(60)]
    book = openpyxl.load_workbook(io.BytesIO(plans_file()))
    for row in rows[1:]:
        book["Cities"].append(row)
    stream = io.BytesIO()
    book.save(stream)
    at = upload(start(), ("many.xlsx", stream.getvalue()))
    assert f"… and {60 - MOST} more; the list as JSON has all." in words(at)
    told = json.loads(json_of(intake(at)))
    assert len(told["faults"]) == 60
    assert {fault["stage"] for fault in told["faults"]} == {"cells"}


def test_faults_of_one_file_can_be_chosen() -> None:
    files = [
        ("grenoble.xlsx", city_file("GRE", Cities_E2=0)),
        ("lille.xlsx", city_file("LIL", Activities_C2=None)),
        ("ministry.xlsx", ministry_file()),
    ]
    at = upload(start(), *files)
    assert "grenoble.xlsx: Cities!E2" in words(at)
    at.selectbox(key="findings In file").set_value("lille.xlsx").run()
    said = words(sound(at))
    assert "lille.xlsx: Activities!C2" in said
    assert "grenoble.xlsx: Cities!E2" not in said


def test_a_refused_file_alone_leaves_what_was_open() -> None:
    at = turn(start(), "applications")
    before = bench(at).opened
    upload(at, ("table.csv", b"\x00\x01"))
    assert at.error
    assert bench(at).opened is before


def test_reading_says_which_file_it_is_at() -> None:
    steps: list[tuple[int, int, str]] = []
    read(three_files(), None, lambda *step: steps.append(step))
    assert [name for _, _, name in steps] == ["grenoble.xlsx", "lille.xlsx", "ministry.xlsx", ""]
