"""Corrected files: what they would change is shown first, and counts when it is applied."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from funding.app.corrections import FURTHER, plan
from tests.app.support import (
    bench,
    button,
    city_file,
    edit,
    intake,
    sound,
    start,
    three_files,
    turn,
    upload,
    words,
)
from tests.workbook.support import workbook


def correct(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Hand in corrected files and ask what they change."""
    uploader = at.file_uploader(key=f"corrected files {bench(at).corrections}")
    for name, data in files:
        uploader.upload(name, data)
    at.run()
    return sound(button(at, "Show what changes").click().run())


def changed(at: AppTest) -> list[dict[str, str]]:
    (found,) = [d.value for d in at.dataframe if "Change" in d.value]
    return [{str(k): str(v) for k, v in row.items()} for row in found.to_dict("records")]


def test_a_corrected_file_is_shown_and_then_applied() -> None:
    """Lille had a population of 0; the corrected file says 238,000."""
    at = upload(start(), *three_files(Cities_E2=0))
    correct(at, ("lille-faults.xlsx", city_file("LIL")))
    assert not intake(at).sound  # nothing counts yet
    assert changed(at) == [
        {
            "Sheet": "Cities",
            "Change": "changed cell",
            "Row": "LIL: Lille",
            "Column": "Population",
            "Before": "0",
            "After": "238,000",
            "Where": "lille.xlsx: Cities!E2",
        }
    ]
    assert "1 cell changed in 1 row. Then there would be no faults" in words(at)
    sound(button(at, "Apply corrected files").click().run())
    assert intake(at).sound
    assert bench(at).record.entries[-1].action == "corrected upload"
    assert bench(at).record.entries[-1].files == ("lille-faults.xlsx",)


def test_discarding_leaves_all_as_it_was() -> None:
    at = upload(start(), *three_files(Cities_E2=0))
    before = bench(at).opened
    correct(at, ("lille.xlsx", city_file("LIL")))
    sound(button(at, "Discard corrected files").click().run())
    assert bench(at).opened is before
    assert bench(at).correction is None
    assert len(bench(at).record.entries) == 2  # the sample and the files


def test_what_waits_is_still_there_after_a_change_of_page() -> None:
    at = upload(start(), *three_files(Cities_E2=0))
    correct(at, ("lille.xlsx", city_file("LIL")))
    turn(at, "decide")
    turn(at, "applications")
    sound(button(at, "Apply corrected files").click().run())
    assert intake(at).sound


def test_faults_that_remain_are_told() -> None:
    at = upload(start(), *three_files(Cities_E2=0))
    correct(at, ("lille.xlsx", city_file("LIL", Cities_H2=-1)))
    said = words(at)
    assert "Faults that remain" in said
    assert "Cities!H2" in said


def test_where_one_file_is_open_any_name_replaces_it() -> None:
    at = upload(start(), ("book.xlsx", workbook(Cities_E2=0)))
    correct(at, ("other.xlsx", workbook()))
    sound(button(at, "Apply corrected files").click().run())
    assert intake(at).sound
    assert "1 edit" not in words(at)


def test_edits_that_one_corrected_file_lacks_are_shown_to_be_lost() -> None:
    at = upload(start(), ("book.xlsx", workbook()))
    edit(at, "sheet Cities", {"edited_rows": {0: {"c3": "Alpes"}}})
    sound(button(at, "Apply").click().run())
    correct(at, ("book.xlsx", workbook(Cities_E2=158_001)))
    assert [(c["Column"], c["Before"], c["After"]) for c in changed(at)] == [
        ("Region", "Alpes", "South"),
        ("Population", "158,000", "158,001"),
    ]
    assert "Edits made here are not in the file" in words(at)


def test_a_file_that_was_left_out_comes_back_corrected() -> None:
    at = upload(start(), *three_files(Cities_E2=0))
    sound(button(at, "Go on without the file that has faults").click().run())
    correct(at, ("lille.xlsx", city_file("LIL")))
    assert {c["Change"] for c in changed(at)} == {"added row"}
    sound(button(at, "Apply corrected files").click().run())
    made = intake(at)
    assert made.left_out == ()
    assert set(made.require().cities) == {"GRE", "LIL"}
    assert "Left out" not in words(at)


def test_a_file_of_an_unknown_name_can_be_said_to_replace_one() -> None:
    at = upload(start(), *three_files(Cities_E2=0))
    uploader = at.file_uploader(key=f"corrected files {bench(at).corrections}")
    uploader.upload("final version.xlsx", city_file("LIL")).run()
    at.selectbox(key="replaces 0 final version.xlsx").set_value("lille.xlsx").run()
    sound(button(at, "Show what changes").click().run())
    sound(button(at, "Apply corrected files").click().run())
    assert intake(at).sound
    assert intake(at).files == ("grenoble.xlsx", "lille.xlsx", "ministry.xlsx")


def test_a_corrected_file_that_cannot_be_read_is_a_fault_before_it_counts() -> None:
    at = upload(start(), *three_files())
    correct(at, ("lille.xlsx", b"name;amount"))
    assert "Faults that remain" in words(at)
    assert {c["Change"] for c in changed(at)} == {"removed row"}
    assert intake(at).sound


@pytest.mark.parametrize(
    ("name", "replaced", "made"),
    [
        ("lille v2.xlsx", "lille.xlsx", {"lille.xlsx": [("lille.xlsx", b"x")]}),
        ("lille.csv", "lille.xlsx", {"lille.xlsx": [("lille.csv", b"x")]}),
        ("late.xlsx", FURTHER, {"late.xlsx": [("late.xlsx", b"x")]}),
    ],
)
def test_a_corrected_file_takes_the_name_of_the_one_it_replaces(
    name: str, replaced: str, made: dict[str, list[tuple[str, bytes]]]
) -> None:
    """But for another kind of file, whose name says how it is read."""
    assert plan([(name, b"x")], {name: replaced}) == made
