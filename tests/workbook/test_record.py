"""The record of changes as it is told: its order, its counts, its forms, its steps."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest

from funding.workbook.changes import HEADERS, Change, Changes, Entry, Place, Record, changes
from funding.workbook.tables import Row, Table, merged
from tests.workbook.support import sound, taken, workbook
from tests.workbook.versions import compared, edited, tables, told


def many() -> Changes:
    """In sheet Activities: LIL-1 moved to the top and changed, GRE-1 removed, two rows new."""
    after = sound()
    head, _, second, third = after["Activities"]
    third[2], third[14] = "Accord", 2_500
    second[14] = 600
    new = [["GRE-7", "GRE", "Seven"], ["GRE-8", "GRE", "Eight"]]
    after["Activities"] = [head, third, new[0], second, new[1]]
    return compared(after)


def test_the_order_is_that_of_the_rows_after_with_removed_rows_where_they_stood() -> None:
    assert [(c.kind, c.key[0], c.column) for c in many()] == [
        ("removed row", "GRE-1", ""),
        ("changed cell", "LIL-1", "Title"),
        ("changed cell", "LIL-1", "Own cash"),
        ("added row", "GRE-7", ""),
        ("changed cell", "GRE-2", "Own cash"),
        ("added row", "GRE-8", ""),
    ]


def test_where_a_moved_cell_stood_and_stands() -> None:
    change = next(c for c in many() if c.column == "Title")
    assert (str(change.place_before), str(change.place_after)) == ("Activities!C4", "Activities!C2")


def test_a_removed_row_follows_the_row_that_stood_before_it() -> None:
    after = edited(Activities_C2="Water", Activities_C4="Accord")
    del after["Activities"][2]
    assert [(c.kind, c.key[0]) for c in compared(after)] == [
        ("changed cell", "GRE-1"),
        ("removed row", "GRE-2"),
        ("changed cell", "LIL-1"),
    ]


def test_counts_and_sentence() -> None:
    found = many()
    assert len(found) == 6
    assert found.count("added row") == 2
    assert found.count("changed cell") == 3
    assert found.rows_changed == 2
    assert found.sentence == "2 rows added, 1 removed, 3 cells changed in 2 rows"


def _of(**numbers: int) -> Changes:
    kinds: Mapping[str, Any] = {
        "ra": "added row", "rr": "removed row", "ca": "added column", "cr": "removed column",
        "cell": "changed cell",
    }  # fmt: skip
    return Changes(
        tuple(
            Change("Cities", kinds[name], (), "", place_after=Place("", "Cities", row, ""))
            for name, number in numbers.items()
            for row in range(number)
        )
    )


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (_of(), "nothing changed"),
        (_of(ra=1), "1 row added"),
        (_of(rr=1), "1 row removed"),
        (_of(rr=2), "2 rows removed"),
        (_of(cell=1), "1 cell changed in 1 row"),
        (_of(ra=1, rr=3, ca=1, cr=1), "1 row added, 3 removed, 1 column added, 1 removed"),
        (_of(cr=2, cell=1_200), "2 columns removed, 1,200 cells changed in 1,200 rows"),
    ],
)
def test_sentences_have_the_right_plurals(found: Changes, sentence: str) -> None:
    assert found.sentence == sentence


def test_rows_for_the_screen() -> None:
    rows = many().rows()
    assert all(len(row) == len(HEADERS) for row in rows)
    assert rows[1] == (
        "Activities", "changed cell", "LIL-1: Accord", "Title", "Agreement", "Accord",
        "Activities!C4", "Activities!C2",
    )  # fmt: skip
    assert rows[3] == (
        "Activities", "added row", "GRE-7: Seven", "", "",
        "Activity code: GRE-7; City code: GRE; Title: Seven", "", "Activities!3",
    )  # fmt: skip
    after = sound()
    for row, extra in zip(after["Cities"], ("In-house note", "a", "b"), strict=True):
        row.append(extra)
    assert compared(after).rows() == [
        ("Cities", "added column", "In-house note", "In-house note", "", "2 filled cells", "",
         "Cities!O1")
    ]  # fmt: skip
    assert compared(sound(), after).rows()[0][4:6] == ("2 filled cells", "")


def test_json_holds_texts_alone() -> None:
    found = many().as_json()
    assert json.loads(json.dumps(found)) == found
    assert found[1] == {
        "sheet": "Activities",
        "kind": "changed cell",
        "key": ["LIL-1"],
        "label": "LIL-1: Accord",
        "column": "Title",
        "before": "Agreement",
        "after": "Accord",
        "place_before": "Activities!C4",
        "place_after": "Activities!C2",
        "cells": [],
    }
    assert found[3]["cells"][2] == {
        "label": "GRE-7: Seven",
        "column": "Title",
        "text": "Seven",
        "place": "Activities!C3",
    }


def test_of_several_workbooks_each_place_names_its_file() -> None:
    lille = sound()
    lille["Activities"] = [["Title", "Activity code", "Own note"], ["Tram", "LIL-7", "x"]]
    first, second = tables(sound()), tables(lille)
    changed = {"Activities": Table(("Title", "Activity code", "Own note"), (
        Row(2, ("Tramway", "LIL-7", "x")),
    ))}  # fmt: skip
    before = merged([("gre.xlsx", first), ("lil.xlsx", second)])
    after = merged([("gre.xlsx", first), ("lil-2.xlsx", {**second, **changed})])
    title = next(c for c in changes(before, after) if c.column == "Title")
    assert str(title.place_before) == "lil.xlsx: Activities!A2"
    assert str(title.place_after) == "lil-2.xlsx: Activities!A2"
    (column,) = (
        c for c in changes({"Activities": first["Activities"]}, before) if c.kind == "added column"
    )
    assert str(column.place_after) == "lil.xlsx: Activities!C1"


def test_a_corrected_upload() -> None:
    """Through real workbooks: a faulty one, then the corrected one."""
    before = taken(workbook(Activities_M2="12.5k", Activities_K3="soon")).tables
    after = taken(workbook(Activities_M2=12_500.30)).tables
    assert [(*change, str(place)) for change, place in zip(
        told(changes(before, after)), (c.place_after for c in changes(before, after)), strict=True
    )] == [
        ("GRE-1: Clean water", "Requested", '"12.5k"', "12,500.30", "Activities!M2"),
        ("GRE-2: Courses", "End", '"soon"', "blank", "Activities!K3"),
    ]  # fmt: skip


# --- the record -------------------------------------------------------------------------


def test_the_record_only_grows() -> None:
    noon = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    opened = Record().plus(Entry(noon, "opened", ("gre.xlsx",)))
    record = opened.plus(Entry(noon, "edit", changes=many()))
    assert [entry.action for entry in record.entries] == ["opened", "edit"]
    assert record.entries[0].changes == Changes()
    assert len(opened.entries) == 1


def test_the_time_of_a_step_is_in_utc() -> None:
    for wrong in (
        dt.datetime.combine(dt.date(2026, 3, 1), dt.time(12)),
        dt.datetime(2026, 3, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    ):
        with pytest.raises(ValueError, match="not in UTC"):
            Entry(wrong, "edit")
