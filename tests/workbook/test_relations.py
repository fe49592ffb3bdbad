"""Faults and notes between cells, rows and sheets: each with its cell."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.workbook.support import sound, taken, texts, workbook

FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    # 12,500.30 + 7,000 + 499.70 = 20,000.00: one cent more is a fault
    (
        {"Activities_L2": 20_000.01},
        [
            "Activities!L2: Total cost is 20,000.01 EUR; expected Requested + Own cash + "
            "Own in kind + Other funding = 20,000.00 EUR"
        ],
    ),
    (
        {"Activities_T2": 5_999.99},
        [
            "Activities!M2: Requested is 12,500.30 EUR; expected Requested 2026 + Requested 2027 "
            "= 12,500.29 EUR"
        ],
    ),
    (
        {"Fund_B5": 2027},
        [
            "Activities!S1: Requested 2026 lies before the fund's First year, 2027; "
            "expected no amounts in it: correct the year, or move them"
        ],
    ),
    (
        {"Activities_N2": 12_500.31},
        [
            "Activities!N2: Minimum viable is 12,500.31 EUR; expected at most Requested, "
            "12,500.30 EUR"
        ],
    ),
    (
        {"Activities_M3": 0, "Activities_L3": 500},
        ["Activities!M3: Requested is 0; expected an amount above 0"],
    ),
    (
        {"Activities_K2": dt.date(2026, 2, 28)},
        ["Activities!K2: End is 2026-02-28; expected no earlier than the Start, 2026-03-01"],
    ),
    (
        {"Activities_R2": 3},
        [
            "Activities!R2: People to be certified is 3 but the Stream is financing; "
            "expected it in training only"
        ],
    ),
    (
        {"Cities_I2": 5},
        [
            "Cities!I2: Staff with relevant training is 5; expected at most International staff, 4",
        ],
    ),
    (
        {"Cities_J2": 3},
        ["Cities!J2: Staff certified is 3; expected at most Staff with relevant training, 2"],
    ),
    (
        {"Cities_M3": 50.6},
        ["Cities!N3: Longitude is blank but Latitude is given; expected both or neither"],
    ),
    (
        {"Cities_M2": None},
        ["Cities!M2: Latitude is blank but Longitude is given; expected both or neither"],
    ),
    (
        {"Fund_B7": dt.date(2025, 8, 31)},
        [
            "Fund!B7: Closing date is 2025-08-31; expected no earlier than the Opening date, "
            "2025-09-01"
        ],
    ),
    (
        {"Assessment_C2": 20_000.01},
        [
            "Assessment!C2: Eligible cost is 20,000.01 EUR; expected at most the Total cost, "
            "20,000.00 EUR in Activities!L2"
        ],
    ),
    (
        {"City record_E2": 40_001},
        [
            "City record!E2: Earlier awards spent is 40,001.00 EUR; expected at most "
            "Earlier awards, 40,000.00 EUR"
        ],
    ),
    # codes
    (
        {"Activities_B4": "LIK"},
        ['Activities!B4: "LIK" is not a code of sheet Cities; did you mean LIL?'],
    ),
    ({"Activities_B4": "XX"}, ['Activities!B4: "XX" is not a code of sheet Cities']),
    (
        {"Activities_A3": "GRE-1"},
        [
            'Activities!A3: "GRE-1" stands twice; it is already in Activities!A2',
            'Assessment!A3: "GRE-2" is not a code of sheet Activities; did you mean GRE-1?',
        ],
    ),
    (
        {"Activities_A3": "gre-1"},
        [
            'Activities!A3: "gre-1" differs from "GRE-1" in Activities!A2 in letter case only; '
            "expected another code, for Excel takes them for the same",
            "Activities!A3: activity gre-1 is not assessed; expected a row in sheet Assessment",
            'Assessment!A3: "GRE-2" is not a code of sheet Activities; did you mean GRE-1?',
        ],
    ),
    (
        {"Assessment_A3": "LIL-1"},
        [
            "Activities!A3: activity GRE-2 is not assessed; expected a row in sheet Assessment",
            'Assessment!A4: "LIL-1" stands twice; it is already in Assessment!A3',
        ],
    ),
    (
        {"City record_A2": "ROM"},
        ['City record!A2: "ROM" is not a code of sheet Cities'],
    ),
    (
        {"Scores_A5": "ROM-1"},
        ['Scores!A5: "ROM-1" is not a code of sheet Activities'],
    ),
    (
        {"Scores_C3": "Quality"},
        [
            "Scores!A3: Ada scored activity GRE-1 twice on Quality; the first is in Scores!A2",
        ],
    ),
    # scores: Ada's mean is (80 + 84) / 2 = 82, Ben's 81; Cid has a conflict: (82 + 81) / 2 = 81.5
    (
        {"Assessment_D2": 81.6},
        [
            "Assessment!D2: Score is 81.6; expected the mean of the assessors' means, 81.500, "
            "or a blank cell"
        ],
    ),
    (
        {"Assessment_D2": 83},
        [
            "Assessment!D2: Score is 83; expected the mean of the assessors' means, 81.50, "
            "or a blank cell"
        ],
    ),
    (
        {"Assessment_D3": None},
        ["Assessment!D3: Score is blank and sheet Scores has none; expected a score from 0 to 100"],
    ),
    (
        {"Scores_E2": "yes", "Scores_E3": "yes", "Scores_E4": "yes"},
        [
            "Assessment!D2: Score is blank and all scores in sheet Scores have a conflict of "
            "interest; expected a score from 0 to 100"
        ],
    ),
]


@pytest.mark.parametrize(("changes", "faults"), FAULTS)
def test_faults(changes: dict[str, Any], faults: list[str]) -> None:
    intake = taken(workbook(**changes))
    assert texts(intake.faults) == faults
    assert intake.applications is None


@pytest.mark.parametrize("score", [81.5, 81, 82])
def test_a_rounded_mean_is_no_fault(score: float) -> None:
    """The mean is 81.5: without decimals, both 81 and 82 lie within a half of it."""
    assert taken(workbook(Assessment_D2=score)).faults == ()


NOTES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    # 7,000 + 500 = 7,500 pledged
    (
        {"Cities_F2": 7_499.99},
        [
            "Cities!F2: Own engagement budget is 7,499.99 EUR, less than the Own cash of the "
            "city's activities, 7,500.00 EUR"
        ],
    ),
    ({"Cities_F2": 7_500}, []),
    ({"Cities_L2": None}, ["Cities!L2: Coordination is formal but no agreement is named"]),
    (
        {"Assessment_F4": 1_000.01},
        [
            "Assessment!F4: Other national funding is 1,000.01 EUR, more than the plan's Other "
            "funding, 1,000.00 EUR in Activities!Q4"
        ],
    ),
    # Ada 82, Ben 57: 25 apart, and 30 % of 82 is 24.6; at 58 they are 24 apart
    (
        {"Scores_D4": 57},
        [
            "Scores!A2: the assessors are more than 30 % apart (Ada 82.0 and Ben 57.0); "
            "needs a third assessment"
        ],
    ),
    ({"Scores_D4": 58}, []),
    ({"Scores_D4": 57, "Scores_E5": None}, []),  # Cid counts: there is a third already
    (
        {"City record_D2": None},
        ["City record!D2: Earlier awards is blank, so Earlier awards spent says nothing"],
    ),
    (
        {"City record_B2": "yes"},
        ["City record!B2: First-time applicant is yes, but there are Earlier awards"],
    ),
    (
        {"Activities_B4": "GRE"},
        ["Cities!A3: city LIL has no activity"],
    ),
]


@pytest.mark.parametrize(("changes", "notes"), NOTES)
def test_notes_do_not_block(changes: dict[str, Any], notes: list[str]) -> None:
    intake = taken(workbook(**changes))
    assert intake.faults == ()
    assert texts(intake.notes) == notes
    assert intake.require().cities.keys() == {"GRE", "LIL"}


def test_relations_look_at_sound_cells_only() -> None:
    """Total cost is wrong, but Own cash cannot be read: one fault, not two. The minimum is
    still compared with the request."""
    changed = workbook(Activities_O2="7.000", Activities_L2=19_500, Activities_N2=13_000)
    assert [fault.place for fault in taken(changed).faults] == ["Activities!N2", "Activities!O2"]


def test_unreadable_codes_make_no_unknown_codes() -> None:
    """City code A3 cannot be read: the activity that names LIL may well be right."""
    assert [fault.place for fault in taken(workbook(Cities_A3="L/L")).faults] == ["Cities!A3"]


def test_a_missing_sheet_is_one_fault() -> None:
    for sheet in ("Fund", "Cities", "Activities", "Assessment"):
        cells = sound()
        del cells[sheet]
        assert texts(taken(workbook(cells)).faults) == [
            f"{sheet}: the workbook has no such sheet; expected one"
        ]


def test_optional_sheets_may_be_missing() -> None:
    cells = sound()
    del cells["City record"], cells["Scores"]
    cells["Assessment"][1][3] = 81.5
    applications = taken(workbook(cells)).require()
    assert applications.records == {}
    assert applications.score("GRE-1") * 2 == 163


def test_a_cost_below_its_sound_parts_is_told_though_another_part_cannot_be_read() -> None:
    """Requested 30,000 of a cost of 2,000, whatever Own cash may be."""
    cells = sound()
    cells["Activities"][2][11:15] = [2_000, 30_000, None, "abc"]
    assert texts(taken(workbook(cells)).faults) == [
        "Activities!L3: Total cost is 2,000.00 EUR; expected at least 30,000.00 EUR, the parts of "
        "it that can be read",
        'Activities!O3: Own cash is "abc"; expected an amount such as 12500.00',
    ]
