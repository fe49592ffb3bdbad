"""A picture on a page: its sentence, its chart, and both as files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from funding.app.compare_charts import Picture
from funding.app.parts import file_name
from funding.app.separated import frame_csv
from funding.app.text import plain


def draw(shown: Picture, numbers: pd.DataFrame, *names: str) -> None:
    """The sentence, the chart, and what it shows as CSV and PNG; ``names`` make the file's."""
    st.markdown(f"**{plain(shown.title)}**")
    st.altair_chart(shown.on_screen(), width="stretch", alt=shown.title)
    downloads(numbers, *names, picture=shown.png)


def downloads(
    numbers: pd.DataFrame, *names: str, picture: Callable[[], bytes] | None = None
) -> None:
    """A table as CSV and, where there is one, a picture as PNG; made when they are asked for."""
    with st.container(horizontal=True):
        st.download_button(
            "CSV",
            partial(frame_csv, numbers),
            file_name(*names, suffix=".csv"),
            "text/csv",
            key=f"csv {' '.join(names)}",
            on_click="ignore",
            help="The numbers, for a spreadsheet",
        )
        if picture is not None:
            st.download_button(
                "PNG",
                picture,
                file_name(*names, suffix=".png"),
                "image/png",
                key=f"png {' '.join(names)}",
                on_click="ignore",
                help="The picture with its sentence, for a paper",
            )
