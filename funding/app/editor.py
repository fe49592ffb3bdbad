"""Grids that keep what was typed: on a change of page too."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from funding.app.state import Grid, Workbench


def edited(bench: Workbench, name: str, start: pd.DataFrame, **options: Any) -> pd.DataFrame:
    """An editable grid. ``start`` counts when the grid is new; later it keeps its own base.

    An editor must never be given back what it returned, or it would apply its edits twice, so
    its base stays as it is while it lives. When the page was left, the widget is gone with its
    edits: then what it last returned becomes the base of a new one.
    """
    grid = bench.grids.get(name)
    if grid is None:
        grid = Grid(0, start, start)
    elif _key(name, grid.version) not in st.session_state:
        grid = Grid(grid.version + 1, grid.latest, grid.latest)
    grid.latest = st.data_editor(
        grid.base,
        key=_key(name, grid.version),
        hide_index=True,
        num_rows="dynamic",
        placeholder="",  # of a blank cell, which else reads None
        **options,
    )
    bench.grids[name] = grid
    latest: pd.DataFrame = grid.latest
    return latest


def _key(name: str, version: int) -> str:
    return f"{name} v{version}"
