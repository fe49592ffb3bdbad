"""What is noted of a foreign workbook though it is no fault."""

from __future__ import annotations

from tests.workbook.grants import (
    FIRST,
    HEADERS,
    SECOND,
    changed,
    grants,
    notes,
    pairing,
    taken,
)
from tests.workbook.support import texts, workbook


def test_numbers_above_others() -> None:
    """The second is above, the first is equal, the third lacks a number."""
    headers = [*HEADERS, "Paid"]
    third = changed(FIRST, Ref="A-3", Project="Air")
    data = workbook({"Grants": [headers, [*FIRST, 500], [*SECOND, "301,00"], [*third, "much"]]})
    mapping = pairing(at_most=[("PAID", "ask")], conventions={"decimal": ","})
    assert [note for note in notes(taken(data, mapping)) if "above" in note] == [
        "Grants!J3: Paid is 301.00, above Ask, 300.5 in G3"
    ]
    told = texts(taken(data, pairing(at_most=[("Payed", "Ask")])).faults)
    assert told == [
        'Grants: no column "Payed"; is it "Paid" in J1? Rename that header, or correct the mapping'
    ]


def test_facts_of_a_city_that_differ_between_its_rows() -> None:
    """The first row counts; each other value is noted once, at its first cell; blanks are not."""
    rows = [
        FIRST,
        changed(FIRST, Ref="A-2", Project="b", Name="Grenoble Alpes"),
        changed(FIRST, Ref="A-3", Project="c", Name="Grenoble  "),
        changed(FIRST, Ref="A-4", Project="d", Name="Grenoble Alpes", Area=None),
        changed(FIRST, Ref="A-5", Project="e", Name="Grenoble Alpes", Area="East"),
    ]
    intake = taken(grants(*rows))
    assert intake.require().cities["GRE"].name == "Grenoble"
    assert [note for note in notes(intake) if "counts" in note] == [
        'Grants!C3: Name is "Grenoble Alpes" here and in 2 more rows, but "Grenoble" in C2, the '
        "first row of GRE, which counts",
        'Grants!D6: Area is "East", but "South" in D2, the first row of GRE, which counts',
    ]


def test_one_name_under_two_codes() -> None:
    rows = [FIRST, changed(FIRST, Ref="A-2", Town="GRN", Name="grenoble", Project="Air")]
    assert [note for note in notes(taken(grants(*rows))) if "one city" in note] == [
        'Grants!C3: Name "grenoble" has the code GRN here and GRE in row 2; is it one city?'
    ]


def test_rows_that_seem_to_be_entered_twice() -> None:
    """Row 3 differs in its code alone, row 4 in its amount too; row 5 is the third of its kind."""
    rows = [
        FIRST,
        changed(FIRST, Ref="A-2"),
        changed(FIRST, Ref="A-3", Ask=501, Cost=501),
        changed(FIRST, Ref="A-4"),
    ]
    assert [note for note in notes(taken(grants(*rows))) if "twice" in note] == [
        f'Grants!A{row}: this row is the same as row 2 in every column that is read but "Ref"; '
        "was it entered twice?"
        for row in (3, 5)
    ]


def test_groups_spelt_in_two_ways() -> None:
    """Areas South, SOUTH and South : spaces are no content, letter case is."""
    rows = [
        FIRST,
        changed(FIRST, Ref="A-2", Town="B", Name="B", Area="SOUTH"),
        changed(FIRST, Ref="A-3", Town="C", Name="C", Area=" South"),
    ]
    assert [note for note in notes(taken(grants(*rows))) if "letter case" in note] == [
        'Grants!D3: Area is "SOUTH", but "South" in D2 and in 1 more row; with another letter '
        "case they count as two"
    ]
