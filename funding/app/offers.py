"""Rows of what can be handed on: made when asked for, then there to download.

What was made is kept for the very inputs that it was made of, and is not offered for others.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from funding.app.exports import Progress, Ready
from funding.app.text import listed, plain
from funding.errors import FundingError

_TRAY = "prepared"  # what was made in this session: what it is → of which inputs, and itself


def held(what: str, key: Hashable) -> Any:
    """What was made of these inputs; None where it was not, or of others."""
    found = st.session_state.get(_TRAY, {}).get(what)
    return found[1] if found is not None and found[0] == key else None


def hold(what: str, key: Hashable, made: object) -> None:
    """Keep what was made of these inputs, in place of what was made before."""
    st.session_state[_TRAY] = {**st.session_state.get(_TRAY, {}), what: (key, made)}


def described(name: str, purpose: str, *, narrow: bool = False) -> tuple[Any, Any]:
    """What it is, with what it is for, and where its button goes: beside it, in a narrow box
    below, so that neither is cut."""
    if narrow:
        about = action = st.container(height="stretch")
    else:
        about, action = st.columns([5, 2], vertical_alignment="center", gap="medium")
    about.markdown(f"**{plain(name)}**  \n{plain(purpose)}")
    return about, action


def offer(
    name: str,
    columns: tuple[Any, Any],
    key: Hashable,
    make: Callable[[Progress], Ready] | None,
) -> None:
    """A button that makes a file, and then the button that downloads it.

    ``make`` is told how to show its progress; None: it cannot be made now.
    """
    about, action = columns
    ready: Ready | None = held(name, key)
    if ready is not None and make is not None:
        if ready.words:
            about.caption(plain(ready.words))
        give(action, name, ready)
        return
    if prepare(action, name, disabled=make is None) and make is not None:
        made = attempt(about, name, make)
        if made is not None:
            hold(name, key, made)
            st.rerun()


def prepare(action: Any, name: str, *, disabled: bool = False) -> bool:
    """The button that makes something; whether it was pressed."""
    pressed: bool = action.button(
        f"Prepare {_lower(name)}", key=f"prepare {name}", disabled=disabled, width="stretch"
    )
    return pressed


def give(action: Any, name: str, ready: Ready) -> None:
    """The button that downloads what is ready: these bytes, whatever happens meanwhile."""
    action.download_button(
        f"Download {_lower(name)}",
        ready.data,
        ready.name,
        ready.kind,
        key=f"download {name}",
        type="primary",
        on_click="ignore",
        width="stretch",
    )


def at_once(action: Any, name: str, file: str, kind: str, make: Callable[[], Ready] | None) -> None:
    """The button of what takes no time: made when it is pressed, of what ``make`` is bound to."""
    action.download_button(
        f"Download {_lower(name)}",
        (lambda: make().data) if make is not None else b"",
        file or "none",
        kind,
        key=f"download {name}",
        disabled=make is None,
        on_click="ignore",
        width="stretch",
    )


def attempt(about: Any, name: str, make: Callable[[Progress], Any]) -> Any:
    """What is made, its progress shown; None after a sentence on what keeps it from being."""
    with about:
        shown = st.progress(0.0, f"Making {_lower(name)} …")
        try:
            return make(lambda done, of: _step(shown, name, done, of))
        except FundingError as error:
            st.error(listed(str(error)))
            return None
        finally:
            shown.empty()


def _step(shown: Any, name: str, done: int, of: int) -> None:
    shown.progress(done / max(of, 1), f"Making {_lower(name)}: {done:,} of {of:,}")


def _lower(name: str) -> str:
    """A name within a sentence; names in capitals stay so."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
