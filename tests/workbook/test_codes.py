"""A code that cannot be read is told once, and not again by what follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from funding.workbook.codes import Missed, excused
from tests.workbook.support import Cells, sound, taken, texts, workbook


@pytest.mark.parametrize(
    ("unread", "left"),
    [
        # GRE 3 is plainly GRE-3, and lil1 plainly LIL-1
        ([("GRE 3", "", 0)], {"LIL-1", "ZZZ"}),
        ([("lil1", "", 0), ("GRE 3", "", 1)], {"ZZZ"}),
        # like none of them: one that begins as it should, if there is one
        ([("???", "GRE-", 0)], {"LIL-1", "ZZZ"}),
        ([("???", "BOR-", 0)], {"GRE-3", "LIL-1", "ZZZ"}),
        # blank, and nothing is known of it: the one that is named most often
        ([("", "", 0)], {"GRE-3", "ZZZ"}),
        ([("", "", 0), ("", "", 5)], {"GRE-3"}),  # then the one that stands nearest to row 5
        ([("", "", 0)] * 9, set()),
        ([], {"GRE-3", "LIL-1", "ZZZ"}),
    ],
)
def test_each_unread_code_excuses_one(unread: list[tuple[str, str, int]], left: set[str]) -> None:
    missed = {"GRE-3": Missed(1, 0), "LIL-1": Missed(3, 1), "ZZZ": Missed(1, 4)}
    assert missed.keys() - excused(missed, unread) == left


def spoilt(**changes: Any) -> Cells:
    """The sound workbook with one more row in Assessment, about an activity that is not there."""
    cells = sound()
    cells["Assessment"].append(["ZZZ-9", "yes", None, 50, "no", None, None, None])
    for place, value in changes.items():
        sheet, _, cell = place.partition("_")
        cells[sheet][int(cell[1:]) - 1][ord(cell[0]) - ord("A")] = value
    return cells


UNKNOWN = 'Assessment!A5: "ZZZ-9" is not a code of sheet Activities'


@pytest.mark.parametrize("typed", ["GRE 2", "GRE-2" * 9, 102, None])
def test_an_unread_activity_is_told_once_and_hides_no_other(typed: Any) -> None:
    """GRE-2 is assessed in row 3: that row follows from the one fault, ZZZ-9 does not."""
    told = texts(taken(workbook(spoilt(Activities_A3=typed))).faults)
    assert [text.split(":")[0] for text in told] == ["Activities!A3", "Assessment!A5"]
    assert told[1] == UNKNOWN


@pytest.mark.parametrize("typed", ["G R E", None, 7])
def test_an_unread_city_is_told_once_and_hides_no_other(typed: Any) -> None:
    """GRE is named by two activities and a record; XXX by one activity."""
    cells = spoilt(Cities_A2=typed, Activities_B4="XXX")
    places = [fault.place for fault in taken(workbook(cells)).faults]
    assert places == ["Cities!A2", "Activities!B4", "Assessment!A5"]


def test_an_unread_assessment_hides_no_other_that_is_lacking() -> None:
    """GRE-2 is not assessed: its row is gone. LIL-1 is, under a code that cannot be read."""
    cells = sound()
    cells["Assessment"][3][0] = "LIL 1"
    del cells["Assessment"][2]
    assert [fault.place for fault in taken(workbook(cells)).faults] == [
        "Activities!A3",
        "Assessment!A3",
    ]


def test_one_slip_in_letter_case_is_one_fault() -> None:
    """gre-2 is not a code; that GRE-2 is not assessed follows from it."""
    assert texts(taken(workbook(Assessment_A3="gre-2")).faults) == [
        'Assessment!A3: "gre-2" is not a code of sheet Activities; did you mean GRE-2?'
    ]


def test_an_unread_score_hides_no_other_that_is_lacking() -> None:
    """GRE-1 has scores; GRE-2 and LIL-1 have none and a blank Score. One row of Scores cannot be
    read: it may be about LIL-1, as it is written, but not about GRE-2."""
    cells = sound()
    cells["Assessment"][2][3] = cells["Assessment"][3][3] = None
    cells["Scores"].append(["LIL 1", "Ada", "quality", 60, None, None])
    assert [fault.place for fault in taken(workbook(cells)).faults] == [
        "Assessment!D3",
        "Scores!A6",
    ]


def test_a_city_without_an_activity_is_noted_whatever_the_activities_codes_are() -> None:
    cells = sound()
    cells["Activities"][1][0] = "GRE 1"
    cells["Cities"].append(["PAU", "Pau", None, "South", 77_000, 9_000, None, 1, 0, None, "none"])
    assert "Cities!A4: city PAU has no activity" in texts(taken(workbook(cells)).notes)


def test_of_several_equally_near_codes_none_is_suggested() -> None:
    """GRE-1 and GRE-2 are as near to GRE-9 as each other."""
    assert texts(taken(workbook(Scores_A5="GRE-9")).faults) == [
        'Scores!A5: "GRE-9" is not a code of sheet Activities'
    ]
