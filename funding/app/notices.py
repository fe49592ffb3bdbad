"""What the frame says on every page: what is not kept, and what another window changed."""

from __future__ import annotations

import streamlit as st

from funding.app import keeping
from funding.app.keeping import Keeper
from funding.app.state import Workbench
from funding.app.text import listed, plain
from funding.errors import ChangedElsewhere


def draw(bench: Workbench, keeper: Keeper) -> None:
    """Notices, the worst first; nothing where all is well."""
    if bench.problem:
        st.error(listed(bench.problem))
    if keeper.problem:
        not_kept(keeper)
    for notice in keeper.notices:
        st.info(plain(notice))
    if bench.names:
        error = bench.draft(bench.current).elsewhere
        if error is not None:
            _elsewhere(bench, bench.current, error)


def not_kept(keeper: Keeper) -> None:
    """What is not kept and why, with another attempt."""
    text, button = st.columns([5, 1], vertical_alignment="center")
    what = (
        "Applications, scenarios and allocations of this window are not kept: they are gone when "
        "it is closed, so export what you need."
        if keeper.store is None
        else "What you changed last is not kept yet."
    )
    text.warning(f"{what}  \n{plain(keeper.problem)}")
    if button.button("Try again", key="open the workspace again", width="stretch"):
        keeping.forget()
        st.rerun()


def _elsewhere(bench: Workbench, name: str, error: ChangedElsewhere) -> None:
    """What another window made of the scenario in hand, and the three ways to go on."""
    with st.container(border=True):
        st.warning(plain(_head(name, error)))
        if error.changes:
            st.markdown("\n".join(f"- {plain(line)}" for line in error.changes))
        elif not error.deleted:
            st.markdown("Its rules are the same.")
        if error.both:
            st.markdown(plain(f"Changed here too, and otherwise: {'; '.join(error.both)}."))
        with st.container(horizontal=True):
            take = "Delete it here too" if error.deleted else "Take theirs"
            if st.button(take, help="What you changed in it here is gone"):
                keeping.take_theirs(bench, name)
                st.rerun()
            if st.button("Keep mine as a copy", help="Both remain, under two names"):
                keeping.keep_mine_as_copy(bench, name)
                st.rerun()
            if st.button("Overwrite theirs", help="Theirs stays in the workspace's history"):
                keeping.overwrite(bench, name)
                st.rerun()
        st.caption("Until you choose, what you change here stays in this window.")


def _head(name: str, error: ChangedElsewhere) -> str:
    by = f" by {error.author}" if error.author else ""
    time = f"{error.time:%Y-%m-%d} at {error.time:%H:%M} UTC"
    if error.deleted:
        return f"{name} was deleted in another window{by} on {time}."
    renamed = f", and is called {error.name} there" if error.name != name else ""
    return f"{name} was changed in another window{by} on {time}{renamed}. What changed there:"
