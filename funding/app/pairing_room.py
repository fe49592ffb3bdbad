"""The room in which the columns of a foreign workbook are paired with ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

import pandas as pd
import streamlit as st

from funding.app.findings import fault_list
from funding.app.opening import bar
from funding.app.pairing import (
    DATES,
    FUND_SETTINGS,
    Choices,
    Room,
    SheetChoice,
    cell_text,
    choices_of,
    example,
    foreign_words,
    headers_of,
    lacks_codes,
    mapping_of,
    option_label,
    options,
    problems,
    wanted,
)
from funding.app.parts import file_name
from funding.app.state import Workbench
from funding.app.text import count, listed, plain
from funding.applications import SHEETS
from funding.errors import FundingError, InputError
from funding.messages import few
from funding.workbook import Intake, Table
from funding.workbook import Mapping as Pairing
from funding.workbook.mapping import mapping_toml
from funding.workbook.suggestions import suggest
from funding.workbook.tables import FUND, is_blank
from funding.workbook.targets import filled, unambiguous

_ACROSS = 4  # small fields in a row
_ROWS = 5  # rows of the preview
_SIGNS = {"": "not given", ",": "comma: 1234,50", ".": "point: 1234.50"}
_BETWEEN = {"": "nothing", " ": "space", ".": "point", ",": "comma", "'": "apostrophe"}


def draw(bench: Workbench, room: Room) -> None:
    """Choose, see at once what that gives, open or download."""
    top, out = st.columns([5, 1], vertical_alignment="center")
    others = f" and {count(len(room.foreign) - 1, 'other')}" if len(room.foreign) > 1 else ""
    top.markdown(
        f"#### Pair the columns of {plain(room.foreign[0])}{others}\n"
        "It has none of our sheets. Say which of its columns fill which of ours; what our sheets "
        "need and it lacks gets a default. Nothing is opened before you have seen the result."
    )
    if out.button("Cancel", width="stretch", key=f"{room.number} cancel"):
        bench.pairing = None
        st.rerun()
    if not room.grids:
        st.error("The workbook has no sheet with cells. Choose another file.")
        return
    titles = [grid.title for grid in room.grids]
    chosen = titles
    if len(titles) > 1:
        chosen = st.multiselect(
            "Sheets to read",
            titles,
            default=titles[:1],
            key=f"{room.number} sheets",
            persist_state="session",
        )
        if not chosen:
            st.info("Choose at least one sheet.")
            return
    year = str(st.session_state.get(f"{room.number} fund First year", ""))
    sheets = [_columns(room, title, options(year)) for title in chosen]
    fund = _fund(room, sheets)
    conventions = _conventions(room)
    sheets = [_constants(room, sheet) for sheet in sheets]
    name = PurePath(room.foreign[0]).stem
    _result(bench, room, Choices(name, sheets, fund, conventions))


def _columns(room: Room, title: str, ours: Sequence[str]) -> SheetChoice:
    """The pairs of a sheet, in two columns."""
    key = f"{room.number} {title}"
    head, row = st.columns([5, 1], vertical_alignment="bottom")
    number = int(
        row.number_input(
            "Headers in row",
            1,
            10_000,
            value=room.header_row(title),
            key=f"{key} row",
            persist_state="session",
        )
    )
    table = room.table(title, number)
    headers = headers_of(table)
    rows = count(len(table.rows), "row")
    head.markdown(f"**{plain(title)}** · {count(len(headers), 'column')}, {rows}")
    if not headers:
        st.info(f"Row {number} holds no headers. Choose the row in which they stand.")
        return SheetChoice(title, number, {})
    likely = suggest(table)
    pairs: dict[str, list[str]] = {}
    with st.container(height=470 if len(headers) > 10 else "content", border=True):
        for at in range(0, len(headers), 2):
            for place, theirs in zip(st.columns(2), headers[at : at + 2], strict=False):
                pairs[theirs] = place.multiselect(
                    f"**{plain(theirs)}** :gray[{plain(example(table, theirs)) or 'blank'}]",
                    ours,
                    default=[h for h in likely.get(theirs, ()) if h in ours],
                    format_func=option_label,
                    placeholder="not read",
                    key=f"{key} {number} {theirs}",
                    persist_state="session",
                )
    return SheetChoice(title, number, {theirs: own for theirs, own in pairs.items() if own})


def _fund(room: Room, sheets: Sequence[SheetChoice]) -> dict[str, str]:
    """The settings of sheet Fund that no column gives."""
    given = {h for sheet in sheets for h in filled(sheet.columns, (), "").get(FUND, {})}
    asked = [setting for setting in FUND_SETTINGS if setting not in given]
    if not asked:
        return {}
    st.markdown("**Sheet Fund**")
    notes = {c.header: c for c in SHEETS[FUND].columns().values()}
    return {
        setting: place.text_input(
            setting,
            key=f"{room.number} fund {setting}",
            placeholder=f"such as {notes[setting].example}",
            help=plain(notes[setting].note),
            persist_state="session",
        )
        for place, setting in zip(st.columns(len(asked)), asked, strict=True)
    }


def _conventions(room: Room) -> dict[str, object]:
    """How the workbook writes what is text."""
    st.markdown("**How it writes values that are text**")
    places = st.columns([3, 2, 2, 3], vertical_alignment="bottom")
    key = f"{room.number} convention"
    dates = places[0].multiselect(
        "Dates", DATES, key=f"{key} dates", placeholder="true dates only", persist_state="session"
    )
    decimal = places[1].selectbox(
        "Decimal sign",
        list(_SIGNS),
        format_func=_SIGNS.__getitem__,
        key=f"{key} decimal",
        persist_state="session",
    )
    thousands = places[2].selectbox(
        "Between thousands",
        [sign for sign in _BETWEEN if not sign or sign != decimal],
        format_func=_BETWEEN.__getitem__,
        key=f"{key} thousands",
        disabled=not decimal,
        persist_state="session",
    )
    with places[3]:
        clean = st.checkbox(
            "Make codes of names",
            key=f"{key} clean",
            help="Accents are dropped and other characters become _",
            persist_state="session",
        )
        digits = st.checkbox(
            "Take numbers as text",
            key=f"{key} digits",
            help="Under text and codes. Leading zeros that Excel dropped do not come back",
            persist_state="session",
        )
    return {
        "dates": list(dates),
        "decimal": decimal,
        "thousands": thousands if decimal else "",
        "clean_codes": clean,
        "numbers_as_text": digits,
    }


def _constants(room: Room, sheet: SheetChoice) -> SheetChoice:
    """What our sheets need and the foreign one lacks, and the meaning of its words."""
    if not sheet.columns:
        return sheet
    key = f"{room.number} {sheet.title}"
    prefix = ""
    lacks = lacks_codes(sheet.columns)
    asked = wanted(sheet.columns, "P" if lacks else "")
    st.markdown(f"**{plain(sheet.title)}: defaults, the same in all rows**")
    more = st.multiselect(
        "Defaults for further columns, and for blank cells of those that are paired",
        [h for h in unambiguous() if h not in asked and _is_cell(h)],
        format_func=option_label,
        placeholder="none",
        key=f"{key} more",
        persist_state="session",
    )
    fields = [*asked, *more]
    constants: dict[str, str] = {}
    if lacks:
        fields.insert(0, "")
    for at in range(0, len(fields), _ACROSS):
        for place, header in zip(st.columns(_ACROSS), fields[at : at + _ACROSS], strict=False):
            with place:
                if header:
                    constants[header] = _constant(f"{key} constant {header}", header)
                else:
                    prefix = st.text_input(
                        "Activity codes: this and the row",
                        value="P",
                        key=f"{key} prefix",
                        help="No column gives the code of an activity, so each row gets one",
                        persist_state="session",
                    )
    words = _words(room, sheet)
    return SheetChoice(sheet.title, sheet.header_row, sheet.columns, prefix, constants, words)


def _is_cell(header: str) -> bool:
    return not option_label(header).endswith((f"({FUND})", "(all sheets)"))


def _constant(key: str, header: str) -> str:
    words = choices_of(header)
    label = option_label(header)
    if words:
        picked = st.selectbox(
            label, words, index=None, key=key, placeholder="choose", persist_state="session"
        )
        return picked or ""
    return st.text_input(label, key=key, persist_state="session")


def _words(room: Room, sheet: SheetChoice) -> dict[str, dict[str, str]]:
    """What the foreign words mean where a column of ours takes only some words."""
    table = room.table(sheet.title, sheet.header_row)
    found: dict[str, dict[str, str]] = {}
    for theirs, own in sheet.columns.items():
        for header in own:
            words = foreign_words(table, theirs, header) if choices_of(header) else []
            if not words:
                continue
            with st.expander(
                f"What the words of {plain(theirs)} mean for {plain(header)} · {len(words)}",
                expanded=len(words) <= _ACROSS * 2,
            ):
                found[header] = {}
                for at in range(0, len(words), _ACROSS):
                    line = words[at : at + _ACROSS]
                    for place, word in zip(st.columns(_ACROSS), line, strict=False):
                        picked = place.selectbox(
                            plain(word),
                            choices_of(header),
                            index=None,
                            placeholder="not translated",
                            key=f"{room.number} {sheet.title} {header} is {word}",
                            persist_state="session",
                        )
                        found[header][word] = picked or ""
    return found


def _result(bench: Workbench, room: Room, choices: Choices) -> None:
    """The problems of the mapping, or what the files give through it."""
    st.divider()
    if not any(sheet.columns for sheet in choices.sheets):
        st.info("Pair a column, such as the one with the amounts that are asked for.")
        return
    try:
        mapping = mapping_of(choices)
    except InputError as error:
        titles = [sheet.title for sheet in choices.sheets]
        st.warning(listed("\n".join(["To complete:", *problems(str(error), titles)])))
        return
    toml = mapping_toml(mapping)
    made = room.would_give(mapping, toml)
    if isinstance(made, str):
        st.error(listed(made))
    else:
        _preview(made, room)
    left, right, _ = st.columns([1, 1, 2])
    if left.button(
        "Open with this mapping",
        type="primary",
        disabled=isinstance(made, str),
        width="stretch",
        key=f"{room.number} open",
    ):
        _open(bench, room, mapping)
    right.download_button(
        "Download mapping (TOML)",
        toml,
        file_name(choices.name, "mapping", suffix=".toml"),
        "application/toml",
        on_click="ignore",
        width="stretch",
    )


def _open(bench: Workbench, room: Room, mapping: Pairing) -> None:
    try:
        with bar(room.files) as progress:
            bench.open_files(room.files, mapping, progress)
    except FundingError as error:
        st.error(listed(str(error)))
    else:
        bench.pairing = None
        st.rerun()


def _preview(intake: Intake, room: Room) -> None:
    """The first rows as they would be read, and what is found in all of them."""
    faults, notes = len(intake.faults), len(intake.notes)
    st.markdown(
        f"**What it gives:** {count(faults, 'fault') if faults else 'no faults'}, "
        f"{count(notes, 'note')}"
    )
    order = [*(sheet for sheet in SHEETS if sheet != FUND), FUND]
    shown_sheets = [sheet for sheet in order if sheet in intake.tables]
    rows, found = st.columns([2, 1])
    with rows:
        for tab, sheet in zip(st.tabs([*shown_sheets]), shown_sheets, strict=True):
            table = intake.tables[sheet]
            tab.dataframe(first_rows(table), hide_index=True)
            if len(table.rows) > _ROWS:
                tab.caption(f"The first {_ROWS} of {count(len(table.rows), 'row')}")
    with found:
        if faults:
            fault_list(intake.faults, 260)
        if notes:
            st.caption("Notes")
            fault_list(intake.notes, 200)
    if len(room.foreign) > 1:
        st.caption(f"The mapping is used for {plain(few(room.foreign))} where their sheets fit.")


def first_rows(table: Table) -> pd.DataFrame:
    """The first rows of a table in texts, without the columns that are blank in all rows."""
    kept = [
        at
        for at in range(len(table.headers))
        if any(not is_blank(table.value(row, at)) for row in table.rows)
    ]
    data: Mapping[str, list[str]] = {
        table.headers[at]: [cell_text(table.value(row, at)) for row in table.rows[:_ROWS]]
        for at in kept
    }
    return pd.DataFrame(data, dtype="string")
