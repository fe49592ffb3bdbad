"""What of a decision goes out of the house: letters to the cities, and open data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from funding import places
from funding.app import exports, offers
from funding.app.exports import FIELDS, WORD, OpenData, Progress, Proved, Ready
from funding.app.text import count, listed, plain
from funding.errors import FundingError
from funding.publish import STANDARDS, Facts

LETTERS, OPEN_DATA = "Letters", "Open data"

_SAID, _YES, _NO = "not said", "yes", "no"
_STANDARDS = {
    STANDARDS[0]: "360Giving (JSON and Excel)",
    STANDARDS[1]: "French essential grant data (CSV)",
}

Prove = Callable[[], Proved]  # the award workbook, made or taken from before


def letters(key: str, prove: Prove | None) -> None:
    """A Word letter to each city, from the template that comes with the tool or one's own."""
    with st.container(border=True):
        columns = offers.described(
            LETTERS,
            "For the cities: a Word letter to each that applied, with its award, conditions and "
            "reasons, or why there is none. In a ZIP.",
        )
        if prove is None:
            offers.offer(LETTERS, columns, key, None)
            return
        asked = columns[0].columns([2, 1, 1], vertical_alignment="bottom")
        file = asked[0].file_uploader("Your own template (.docx)", type=["docx"], key="template")
        day = asked[1].date_input(
            "Day of the letters", None, key="letters day", help="Blank: a line to fill in by hand"
        )
        offers.at_once(
            asked[2], "The template", "letter.docx", WORD, lambda: Ready("", _template(), WORD)
        )
        own = (file.name, file.getvalue()) if file else None

        def make(progress: Progress) -> Ready:
            return exports.letters_file(prove().verified, own, day, progress)

        offers.offer(LETTERS, columns, (key, own, day), make)


def open_data(key: str, prove: Prove | None) -> None:
    """The awards in the standards of open data, once all is said that these ask for."""
    with st.container(border=True):
        columns = offers.described(
            OPEN_DATA,
            "For the public: the awards in 360Giving and as French essential grant data. Scores, "
            "reasons and comments stay out; titles and descriptions are published as written.",
        )
        if prove is None:
            offers.prepare(columns[1], OPEN_DATA, disabled=True)
            return
        with columns[0].expander("What the standards ask for"):
            standards = _standards()
            facts = _facts()
        if facts is None:
            offers.prepare(columns[1], OPEN_DATA, disabled=True)
            return
        _made(columns, (key, facts, standards), prove, facts, standards)


def _made(columns: tuple[Any, Any], key: Any, prove: Prove, facts: Facts, chosen: Any) -> None:
    """What came of publishing; before, the button that does it."""
    about, action = columns
    done: OpenData | None = offers.held(OPEN_DATA, key)
    if done is None:
        if offers.prepare(action, OPEN_DATA, disabled=not chosen):
            done = offers.attempt(
                about,
                OPEN_DATA,
                lambda _: exports.open_data_file(prove().verified, facts, chosen),
            )
            if done is not None:
                offers.hold(OPEN_DATA, key, done)
                st.rerun()
        return
    for note in done.notes:
        about.caption(plain(f"Note: {note}."))
    if done.file is not None:
        about.caption(plain(done.file.words))
        offers.give(action, OPEN_DATA, done.file)
        return
    offers.prepare(action, OPEN_DATA, disabled=True)
    faults = count(len(done.faults), "fault")
    about.error(f"{faults} to put right before anything can be written:")
    rows = [(exports.where(f), exports.on_the_page(f.message)) for f in done.faults]
    wide = {"What to put right": st.column_config.TextColumn(width="large")}
    frame = pd.DataFrame(rows, columns=["Where", "What to put right"], dtype="string")
    about.dataframe(frame, hide_index=True, column_config=wide)


def _standards() -> tuple[str, ...]:
    chosen = st.columns(2)
    return tuple(
        standard
        for column, (standard, label) in zip(chosen, _STANDARDS.items(), strict=True)
        if column.checkbox(label, True, key=f"standard {standard}", persist_state="session")
    )


def _facts() -> Facts | None:
    """What is typed in the fields; None after a sentence where it can be no facts."""
    left, right = st.columns(2)
    with left:
        prefix = _ask("--prefix", "for 360Giving; it gives it out, such as 360G-example")
        register = _ask(
            "--register", "for 360Giving: list code for identifiers that name none, such as GB-LAE"
        )
        publisher = _ask("--publisher", "blank: Funder of sheet Fund")
        identifier = _ask("--publisher-id", "blank: Funder identifier of sheet Fund")
    with right:
        decided = st.date_input(FIELDS["--decided"], None, key="decided", help="For 360Giving")
        agreed = st.date_input(FIELDS["--agreed"], None, key="agreed", help="For the French data")
        decision = _ask("--decision", "may stay blank")
        minor = st.radio(
            FIELDS["--de-minimis"],
            [_SAID, _YES, _NO],
            horizontal=True,
            key="de minimis",
            help="For the French data: whether the grants are de minimis aid notified to the EU",
        )
    file = st.file_uploader(
        f"{FIELDS['--cities']} (CSV: City code, Identifier, Agreed)", type=["csv"], key="cities"
    )
    try:
        return Facts(
            prefix=prefix,
            publisher=publisher,
            publisher_id=identifier,
            register=register,
            decided=decided,
            agreed=agreed,
            decision=decision,
            de_minimis={_YES: True, _NO: False}.get(minor or _SAID),
            cities=exports.city_facts((file.name, file.getvalue()) if file else None),
        )
    except FundingError as error:
        st.error(listed(exports.on_the_page(str(error))))
        return None


def _ask(option: str, hint: str) -> str:
    """What is typed into a field, named as faults name it; without spaces at its ends."""
    typed = st.text_input(
        FIELDS[option],
        key=f"publish {option}",
        placeholder=hint,
        max_chars=200,
        persist_state="session",
    )
    return (typed or "").strip()


def _template() -> bytes:
    return places.letter_template().read_bytes()
