"""What the workspace keeps comes back as it was: cells, applications, records, allocations."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding import __version__, places
from funding.app import intakes
from funding.applications import Applications
from funding.awards import Allocation, allocate
from funding.errors import Fault, RowsBroken, Stage, WorkspaceError
from funding.scenario import Scenario, load
from funding.store import SavedApplications, Store
from funding.store.cells import cell_from, cell_json, table_from, table_json
from funding.workbook import Intake, Row, Table, changes, read, to_tables, write_applications
from funding.workbook.intake import Part, check_parts
from funding.workbook.record import Entry
from funding.workbook.tables import ErrorCell, Percent, Uncalculated, Unread, Value
from tests.small import apply, ask, scenario
from tests.store.support import opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A workspace of its own."""
    store = opened(tmp_path)
    yield store
    store.close()


# Cells.

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
CELLS: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(10**15), 10**15),
    st.booleans(),
    st.floats(allow_nan=False),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.floats(allow_nan=False, allow_infinity=False).map(Percent),
    TEXTS.map(ErrorCell),
    TEXTS.map(Uncalculated),
    st.builds(Unread, TEXTS, TEXTS),
)


@given(CELLS)
def test_a_cell_comes_back_with_its_kind(cell: Value) -> None:
    back = cell_from(cell_json(cell))
    assert back == cell
    assert type(back) is type(cell)
    if isinstance(cell, Unread):
        assert isinstance(back, Unread)
        assert back.why == cell.why
    if isinstance(cell, Decimal | float):  # 1.50 is not 1.5 as it was typed, nor 0.0 −0.0
        assert repr(back) == repr(cell)


def test_what_no_cell_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="holds no complex"):
        cell_json(1j)  # type: ignore[arg-type]


ROWS = st.builds(
    Row,
    st.integers(1, 40_000),
    st.lists(CELLS, max_size=4).map(tuple),
    st.lists(st.sampled_from(["", "A", "XFD"]), max_size=4).map(tuple),
    TEXTS,
    TEXTS,
)
TABLES = st.builds(
    Table,
    st.lists(TEXTS, max_size=4).map(tuple),
    st.lists(ROWS, max_size=4).map(tuple),
    st.lists(TEXTS, max_size=4).map(tuple),
    st.integers(1, 50),
)


@given(TABLES)
def test_a_table_comes_back_with_every_place(table: Table) -> None:
    assert table_from(table_json(table)) == table


# Applications.


def saved_of(intake: Intake, files: dict[str, bytes], **more: Any) -> SavedApplications:
    """What the workbench would save of an intake."""
    return SavedApplications(
        files=tuple(files.items()),
        parts=intake.parts,
        refused=tuple(intakes.unread(intake)),
        left_out=intake.left_out,
        **more,
    )


def intake_of(saved: SavedApplications) -> Intake:
    """The intake again."""
    made = check_parts(saved.parts, saved.refused, saved.names, saved.left_out)
    kept = [n for n in made.notes if (n.file, n.sheet) != (intakes.ADDED, "Fund")]
    return dataclasses.replace(made, notes=tuple(kept))


def three() -> dict[str, bytes]:
    """Files of two cities, and one that cannot be read."""
    one, other = apply(ask("A-1", 500), ask("A-2", 300)), apply(ask("B-1", 400))
    return {
        "a.xlsx": write_applications(one),
        "b.xlsx": write_applications(other),
        "c.xlsx": b"no workbook",
    }


def with_fault(intake: Intake) -> Intake:
    """The intake with a request that is no amount, in the last row."""
    table = intake.tables["Activities"]
    at = table.headers.index("Requested")
    row = table.rows[-1]
    values = (*row.values[:at], "12.5k", *row.values[at + 1 :])
    broken = dataclasses.replace(row, values=values)
    edited = dataclasses.replace(table, rows=(*table.rows[:-1], broken))
    return intakes.edited(intake, {**intake.tables, "Activities": edited})


def same(one: Intake, other: Intake) -> None:
    """That two intakes are the same, the parts that do not count for equality too."""
    assert one == other
    assert one.parts == other.parts
    if one.applications is not None and other.applications is not None:
        assert one.applications.digest == other.applications.digest


def test_the_sample_fund_comes_back_with_its_applications(store: Store) -> None:
    path = places.sample_workbook()
    intake = read([path])
    key = store.save_applications(saved_of(intake, {path.name: path.read_bytes()}, sample=True))
    back = store.load_applications(key)
    assert back.files == ((path.name, path.read_bytes()),)
    assert back.sample
    same(intake_of(back), intake)


def test_faults_edits_and_files_that_were_set_aside_come_back(store: Store) -> None:
    files = three()
    intake = read(list(files.items()))
    assert not intake.sound
    edited = with_fault(intake)
    rest = edited.without_faulty()
    assert rest.left_out
    aside = {file: tuple(intakes.found_in(edited, file)) for file in rest.left_out}
    for state, edits, found in ((intake, 0, {}), (edited, 1, {}), (rest, 1, aside)):
        saved = saved_of(state, files, mapping='name = "ours"', edits=edits, set_aside=found)
        back = store.load_applications(store.save_applications(saved))
        assert back == saved
        same(intake_of(back), state)


def test_rows_that_were_typed_where_several_files_are_open_come_back(store: Store) -> None:
    files = dict(list(three().items())[:2])
    intake = read(list(files.items()))
    table = intake.tables["Cities"]
    typed = dataclasses.replace(table.rows[0], number=99, file="", letters=())
    edited = intakes.edited(
        intake, {**intake.tables, "Cities": dataclasses.replace(table, rows=(*table.rows, typed))}
    )
    assert edited.parts[-1].file == intakes.ADDED
    back = store.load_applications(store.save_applications(saved_of(edited, files)))
    same(intake_of(back), edited)


FAULTS = st.builds(
    Fault,
    TEXTS,
    TEXTS,
    st.integers(0, 40_000),
    TEXTS,
    TEXTS,
    st.booleans(),
    st.sampled_from(Stage),
)


@given(
    st.lists(st.tuples(TEXTS, st.binary(max_size=30)), max_size=3).map(tuple),
    st.lists(
        st.builds(Part, TEXTS, st.dictionaries(TEXTS, TABLES, max_size=2), st.tuples(FAULTS)),
        max_size=2,
    ).map(tuple),
    st.dictionaries(TEXTS, st.tuples(FAULTS), max_size=2),
    TEXTS,
    TEXTS,
)
def test_any_applications_come_back(
    everything: Store,
    files: tuple[tuple[str, bytes], ...],
    parts: tuple[Part, ...],
    aside: dict[str, tuple[Fault, ...]],
    mapping: str,
    name: str,
) -> None:
    saved = SavedApplications(files, parts, set_aside=aside, mapping=mapping)
    key = everything.save_applications(saved, name=name)
    back = everything.load_applications(key)
    assert back == saved
    for part, kept in zip(parts, back.parts, strict=True):
        assert list(kept.tables) == list(part.tables)  # in their order
    assert everything.save_applications(back) == key  # content-addressed


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One workspace for all examples."""
    store = opened(tmp_path_factory.mktemp("everything"))
    yield store
    store.close()


def test_the_same_content_is_kept_once(store: Store, tmp_path: Path) -> None:
    files = dict(list(three().items())[:2])
    intake = read(list(files.items()))

    def blobs() -> int:
        with contextlib.closing(sqlite3.connect(tmp_path / "workspace.db")) as connection:
            (count,) = connection.execute("SELECT count(*) FROM blob").fetchone()
            return int(count)

    store.save_applications(saved_of(intake, files))
    before = blobs()
    store.save_applications(saved_of(intake, files))
    assert blobs() == before
    store.save_applications(saved_of(with_fault(intake), files, edits=1))
    assert blobs() == before + 2  # the table that was edited, and the list of all parts


def test_what_was_saved_is_listed_the_latest_first_with_name_note_author_and_time(
    store: Store,
) -> None:
    one = SavedApplications((("a.xlsx", b"a"),), ())
    two = SavedApplications((("b.xlsx", b"b"),), ())
    before = dt.datetime.now(dt.UTC)
    keys = [store.save_applications(one, name="Call", note="n\nm", author="Ann")]
    keys += [store.save_applications(two, name="Call", author="Ben")]
    store.save_applications(two, name="Call", author="Ben")  # again: nothing new to list
    listed = store.applications()
    assert [(s.key, s.name, s.note, s.author) for s in listed] == [
        (keys[1], "Call", "", "Ben"),
        (keys[0], "Call", "n\nm", "Ann"),
    ]
    assert before <= listed[1].time <= listed[0].time <= dt.datetime.now(dt.UTC)


def test_content_that_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(WorkspaceError, match="is missing from the workspace"):
        store.load_applications("0" * 64)


def test_content_of_a_newer_format_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr("funding.store.applications.FORMAT", 2)
        key = store.save_applications(SavedApplications((), ()))
    with pytest.raises(WorkspaceError, match="in format 2; this version reads up to 1"):
        store.load_applications(key)


# The record of changes.


def test_a_step_of_the_record_comes_back(store: Store) -> None:
    before = apply(ask("A-1", 500), ask("A-2", 300))
    after = apply(ask("A-1", 600), ask("A-3", 300))
    made = changes(to_tables(before), to_tables(after))
    assert len(made) > 1
    for entry in (
        Entry(dt.datetime.now(dt.UTC), "edit", (), made),
        Entry(dt.datetime(2026, 11, 26, tzinfo=dt.UTC), "opened", ("a.xlsx", "b'\".xlsx")),
    ):
        assert store.load_entry(store.save_entry(entry)) == entry


# Allocations.


def together(found: Allocation) -> dict[str, object]:
    """What of an allocation is data."""
    names = [field.name for field in dataclasses.fields(found) if field.name != "certify"]
    return {name: getattr(found, name) for name in names}


SAMPLE_SCENARIOS = ["base.toml", "ministers-choice.toml"]


@pytest.mark.parametrize("file", SAMPLE_SCENARIOS)
def test_an_allocation_comes_back_without_being_solved(
    store: Store, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    given = read([places.sample_workbook()]).require()
    rules = load(places.sample_scenarios() / file)
    assert store.load_allocation(given, rules) is None
    made = allocate(given, rules)
    proof, bound = made.certificate, made.certified_bound
    key = store.save_allocation(made, name=rules.name, note="first", author="Ann")
    for solver in ("funding.solve.fair_allocation", "funding.certificate.certificate_of"):
        monkeypatch.setattr(solver, None)  # a call of it would fail
    back = store.load_allocation(given, rules)
    assert back is not None
    assert together(back) == together(made)
    assert back.certificate == proof
    assert back.certified_bound == bound
    assert store.load_allocation(given, rules, key) is not None
    assert [(s.key, s.name, s.note, s.author) for s in store.allocations()] == [
        (key, rules.name, "first", "Ann")
    ]


def small() -> tuple[Applications, Scenario]:
    return apply(ask("A-1", 500), ask("B-1", 300)), scenario(envelope=600)


def test_a_certificate_that_was_not_asked_for_is_made_when_it_is(store: Store) -> None:
    given, rules = small()
    made = allocate(given, rules)
    store.save_allocation(made)
    assert "certificate" not in vars(made)  # saving asked for none
    back = store.load_allocation(given, rules)
    assert back is not None
    assert back.certificate == made.certificate
    assert back.certificate is not None


def test_other_inputs_or_another_version_find_no_allocation(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, rules = small()
    key = store.save_allocation(allocate(given, rules))
    others = apply(ask("A-1", 500), ask("B-1", 301))
    assert store.load_allocation(others, rules) is None
    assert store.load_allocation(given, scenario(envelope=599)) is None
    with pytest.raises(WorkspaceError, match="of other applications or of another scenario"):
        store.load_allocation(others, rules, key)
    monkeypatch.setattr("funding.run.__version__", f"{__version__}.1")
    assert store.load_allocation(given, rules) is None
    adopted = store.load_allocation(given, rules, key)  # what was adopted stays as it was
    assert adopted is not None
    assert adopted.run["funding"] == __version__


def test_an_allocation_that_breaks_a_rule_does_not_come_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, rules = small()
    made = allocate(given, rules)
    awards = dict.fromkeys(made.awards, 9990000)
    monkeypatch.setattr("funding.awards.Allocation.__post_init__", lambda self: None)
    store.save_allocation(dataclasses.replace(made, awards=awards))
    monkeypatch.undo()
    with pytest.raises(RowsBroken, match="do not hold the rules"):
        store.load_allocation(given, rules)


def test_the_last_of_several_allocations_of_the_same_inputs_counts(store: Store) -> None:
    given, rules = small()
    made = allocate(given, rules)
    store.save_allocation(dataclasses.replace(made, status="feasible"))
    store.save_allocation(made)
    back = store.load_allocation(given, rules)
    assert back is not None
    assert back.status == "optimal"
